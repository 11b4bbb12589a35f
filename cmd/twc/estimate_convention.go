package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// conventional gives the question what --df, --count-ci, --design-effect and --as say.
func (r *flagReader) conventional(q *question.Question) {
	if why := indicator.WrongFreedom(r.df); why != "" {
		r.wrong("df", "%s", why)
	}
	if replicated := q.Weight.Replicates != nil; !replicated && strings.HasPrefix(r.df, indicator.FreedomReplicates) {
		r.wrong("df", "%q, want --replicates or --method beside it", r.df)
	} else if replicated && r.df == indicator.FreedomStrata {
		r.wrong("df", "%q, want no replicates beside it: %s, %s, %s", r.df, indicator.FreedomDomain, indicator.FreedomReplicates, indicator.FreedomLess)
	}
	r.one("count-ci", r.countInterval, countIntervals)
	r.one("design-effect", r.effect, question.Effects)
	if r.presentation != "" {
		r.one("presentation", r.presentation, indicator.Presentations)
		q.Presentation = r.presentation
	}
	q.Freedom, q.CountInterval, q.Effect = r.df, r.countInterval, r.effect
	if r.flags.Changed("df") {
		q.ModelFreedom, q.FreedomCompared = r.df, true
	}
	r.reduced(q)
	if r.as == "" {
		return
	}
	r.one("as", r.as, question.ConventionNames())
	if c, known := question.ConventionBy(r.as); known {
		if r.conventions {
			r.wrong("as", "%q beside --conventions, which is of all, want one of them", r.as)
		}
		if rules := q.As(c, r.flags.Changed); rules != nil {
			r.held = true
			q.Told.Add(indicator.Note{Code: indicator.ByConvention, Of: c.Title, Args: ruleTexts(rules)})
			if of := q.Silent(c, rules); of != "" {
				q.Told.Add(indicator.Note{Code: indicator.NoConvention, Of: c.Title, Args: []string{of}})
			}
		}
	}
}

// countIntervals are the methods for counts and totals.
var countIntervals = []string{indicator.Wald, indicator.Logarithm}

// ruleTexts are rules as flags with their values, those that nothing printed holds marked.
func ruleTexts(rules []question.ConventionRule) []string {
	var words []string
	for _, r := range rules {
		word := r.Key + " " + r.Value
		if r.Unchecked() {
			word += " (unchecked)"
		}
		words = append(words, word)
	}
	return words
}

// A told convention is one figure by a convention, or why there is none.
type toldConvention struct {
	question.Convention
	rules  []question.ConventionRule
	figure *question.Reply
	row    release.AnswerRow
	why    string
}

// tellConventions answers a question of one figure by every convention.
func (a *app) tellConventions(g estimateFlags, file pipeline.File, q *question.Question, flags *pflag.FlagSet) error {
	var all []toldConvention
	var head *pipeline.Answer // of any, whose file, sample and weights all have
	for _, c := range question.Conventions() {
		own := *q
		told := toldConvention{Convention: c}
		told.rules = own.As(c, flags.Changed)
		answer, err := pipeline.Ask(file, own)
		switch {
		case err != nil && refusal.Of(err, refusal.Data)[0].Remedy != refusal.LonelyPolicy:
			return err // which every convention has
		case err != nil:
			told.why = refusal.Of(err, refusal.Data)[0].Error()
		case len(answer.Figures) != 1:
			return usage("ask for one statistic of one code or share, without --by", "--conventions: %d figures, want one", len(answer.Figures))
		default:
			told.figure, told.row, head = &answer.Figures[0], answerRow(&own, answer.Figures[0], ""), answer
		}
		all = append(all, told)
	}
	given := givenRules(flags)
	if g.format == formJSON {
		return a.conventionsJSON(all, head, given)
	}
	page := *a
	if report.IsDocument(g.format) {
		page.document = &report.Document{Title: file.Called()}
	}
	if head == nil {
		page.line("%s", file.Called())
	} else {
		page.answerHead(q, head)
		page.outside(head)
	}
	if given != nil {
		page.paragraph("", "For every convention, as given: "+strings.Join(given, ", "))
	}
	page.line("")
	page.conventionsPage(q, all)
	if page.document != nil {
		return a.csv([]byte(report.Clean(page.document.Write(g.format))))
	}
	return nil
}

// givenRules are the rules of conventions that flags say, whose values every convention has.
func givenRules(flags *pflag.FlagSet) []string {
	var made []string
	flags.Visit(func(f *pflag.Flag) {
		rule := func(c question.Convention) bool {
			return slices.ContainsFunc(c.Rules, func(r question.ConventionRule) bool { return r.Key == f.Name })
		}
		if slices.ContainsFunc(question.Conventions(), rule) {
			made = append(made, f.Name+" "+f.Value.String())
		}
	})
	return made
}

func (a *app) conventionsPage(q *question.Question, all []toldConvention) {
	a.words = fileWords(q)
	var rows [][]string
	var notes footnotes
	for _, c := range all {
		row := []string{c.Name}
		if c.figure == nil {
			rows = append(rows, append(row, "", "", "", "", "", ""))
			notes.add("no figure: "+c.why, row)
			continue
		}
		f := *c.figure
		if rows == nil || !slices.ContainsFunc(all[:len(rows)], func(before toldConvention) bool { return before.figure != nil }) {
			a.line("%s", a.words.titleOf(f, false)+" by each convention")
		}
		kind := f.Statistic.Row()
		places := decimals([]question.Reply{f})
		if kind.Share {
			places = kind.Decimals + 2
		}
		by := kind.Scale
		notes.addNotes(f.Notes, row)
		rows = append(rows, append(row, report.Plain(f.Value*by, places), report.Plain(f.SE*by, places), report.Range(f.Lower*by, f.Upper*by, places), report.Freedom(f.DF), report.Plain(f.DEFF, 3), report.Count(int64(f.Base))))
	}
	a.rows([]string{"", ">Value", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">df", ">deff", ">Base"}, rows)
	a.footnotes(notes, len(rows))
	lists := make([][]question.ConventionRule, len(all))
	for i, c := range all {
		lists[i] = c.rules
	}
	keys, values := question.Differing(lists)
	a.line("")
	if keys == nil {
		a.line("Nothing that the figure rests on differs between them")
		return
	}
	a.line("What differs")
	header, table := []string{""}, make([][]string, len(all))
	for i, c := range all {
		table[i] = []string{c.Name}
	}
	for _, key := range keys {
		header = append(header, key)
		for i, v := range values[key] {
			if at := slices.IndexFunc(lists[i], func(r question.ConventionRule) bool { return r.Key == key }); at >= 0 && lists[i][at].Unchecked() {
				v += " *"
			}
			table[i] = append(table[i], v)
		}
	}
	a.rows(header, table)
	a.paragraph("  ", "* unchecked: read in its source, and held by no printed example; nothing is said where a system's rule is not known, and the value is that of twc")
	a.line("")
	a.line("Where it is said")
	for _, c := range all {
		for _, r := range c.rules {
			if slices.Contains(keys, r.Key) {
				a.paragraph("  ", fmt.Sprintf("%s, %s: %s", c.Name, r.Key, r.Source))
			}
		}
	}
}

func (a *app) conventionsJSON(all []toldConvention, head *pipeline.Answer, given []string) error {
	type rule struct {
		Rule    string `json:"rule"`
		Value   string `json:"value"`
		Source  string `json:"source"`
		Checked any    `json:"checked"`
	}
	type told struct {
		Convention string          `json:"convention"`
		Title      string          `json:"title"`
		Rules      []rule          `json:"rules"`
		Figure     json.RawMessage `json:"figure"`
		Why        any             `json:"why"`
	}
	made := []told{}
	for _, c := range all {
		one := told{Convention: c.Name, Title: c.Title, Rules: []rule{}}
		for _, r := range c.rules {
			of := rule{r.Key, r.Value, r.Source, nil}
			if !r.Unchecked() {
				of.Checked = r.Checked
			}
			one.Rules = append(one.Rules, of)
		}
		if c.figure != nil {
			one.Figure = sheet.JSON([]release.AnswerRow{c.row}, release.AnswerColumns)[0]
		} else {
			one.Why = c.why
		}
		made = append(made, one)
	}
	of := map[string]any{"conventions": made, "given": slices.Concat([]string{}, given), "notes": nil, "weighting": nil}
	if head != nil {
		if of["notes"] = head.Notes.String(); head.Weighting != nil {
			of["weighting"] = weightingJSON(head.Weighting)
		}
	}
	return a.json(of)
}
