package pipeline

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/query"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/tally"
)

// Levels are those that a tally may be asked for of a sample of PSUs.
var Levels = []string{tally.OfPSUs, tally.OfStrata}

// Tally counts what a question rests on, in place of answering it: of each PSU, or of
// each stratum. Ask has the same answer from it as from the file. The error is
// refusal.Problems.
func Tally(f File, q question.Question, level string) (*tally.Part, error) {
	a := &inquiry{File: f, q: q.Complete(), counting: true}
	if ps := a.tallied(); ps != nil {
		return nil, ps.Err()
	}
	for _, step := range []func() refusal.Problems{a.parse, a.read, a.weigh} {
		if ps := step(); ps != nil {
			return nil, a.advised(ps)
		}
	}
	h, ps := a.head(level)
	if ps != nil {
		return nil, a.advised(ps)
	}
	return tally.Of(a.design, a.wave.Table).Part(*h, a.sources[codebook.CoreWeight]), nil
}

// head is that of a tally of the question.
func (a *inquiry) head(level string) (*tally.Head, refusal.Problems) {
	countings, ps := estimate.Countings(a.words.Book, a.definitions(), a.wave)
	if ps != nil {
		return nil, ps
	}
	h := &tally.Head{Version: tally.PartVersion, Dialect: "twc", Form: 128, Level: cmp.Or(level, tally.OfPSUs), Asked: a.asked()}
	for _, c := range countings {
		h.K, h.Plans = c.Units.K, append(h.Plans, c.Planned)
	}
	drawn := a.q.Drawn()
	h.Strata, h.PSU = make([]bool, len(drawn.Stratum)), make([]bool, min(len(drawn.PSU), 1))
	if len(drawn.PSU) == 0 {
		if h.Level = tally.OfRespondents; a.design.Error == design.ByFactor {
			h.Level = tally.OfAll
		}
	}
	for _, c := range a.wave.Table.Columns {
		v := c.Variable
		if !v.Categorical() && !slices.ContainsFunc(h.Plans, func(p tally.Planned) bool { return slices.Contains(p.Variables(), v.Name) }) {
			continue // of which a condition is made
		}
		of := tally.Counted{Name: v.Name, Label: v.Label, Categories: v.Categories, Missing: slices.Sorted(slices.Values(a.words.Missing[v.Name]))}
		if !v.Categorical() {
			low, high := c.Extent()
			least, _ := c.Sizes()
			if least > high {
				least = -least
			}
			of.Numbers = []float64{low, high, least}
		}
		h.Variables = append(h.Variables, of)
	}
	notes, err := json.Marshal(a.answer.Notes)
	if err != nil {
		panic("pipeline: " + err.Error())
	}
	h.Notes = notes
	return h, nil
}

// asked is what of a question must be that of a tally, beside what it counts: how the
// sample was drawn and variables came about.
func (a *inquiry) asked() map[string]json.RawMessage {
	made := map[string]json.RawMessage{}
	put := func(name string, of any) {
		text, err := json.Marshal(of)
		if err != nil {
			panic("pipeline: " + err.Error())
		}
		made[name] = text
	}
	lower := func(names []string) []string {
		made := []string{}
		for _, name := range names {
			made = append(made, strings.ToLower(name))
		}
		return made
	}
	drawn := a.q.Drawn()
	put("stratum", lower(drawn.Stratum))
	put("psu", lower(drawn.PSU))
	put("weight", strings.ToLower(a.q.Weight.Variable))
	put("deft", drawn.Factor)
	lets, bands, missing := []string{}, []string{}, []string{}
	for _, l := range a.q.Lets {
		lets = append(lets, l.Name+" = "+l.Expression.String())
	}
	for _, b := range a.q.Bands {
		bands = append(bands, fmt.Sprint(strings.ToLower(b.Variable), b.From))
	}
	for _, m := range a.q.Missing {
		missing = append(missing, strings.ToLower(m.Variable)+"="+m.Code)
	}
	slices.Sort(missing)
	put("let", lets)
	put("band", bands)
	put("missing", missing)
	return made
}

// tallied refuses what neither a tally has nor an answer from one, by name.
func (a *inquiry) tallied() refusal.Problems {
	var ps refusal.Problems
	q := &a.q
	crosses := slices.ContainsFunc(q.By, func(by []string) bool { return len(by) > 1 })
	quantile := slices.ContainsFunc(q.Asks, func(ask question.Ask) bool { return ask.Statistic == indicator.Quantile })
	for _, of := range []struct {
		flag  string
		asked bool
	}{
		{"--model", q.Models != nil},
		{"--test", q.Tests != nil || q.Fits != nil},
		{"--table", q.Tables != nil},
		{"--quantile", quantile},
		{"--standardise", q.Standard != nil},
		{"--compare", q.Compared != nil},
		{"--pairs", q.Pairs},
		{"--against everyone", q.Contrast && q.Whole},
		{"--contrast of a breakdown that crosses variables", q.Contrast && crosses},
		{"--trend of a breakdown that crosses variables", q.Trend && crosses},
		{"--table-one", q.TableOne},
		{"--show deviations", q.Deviations},
		{"--replicates", q.Weight.Given()},
		{"--method", q.Weight.Replicates != nil && q.Weight.Replicates.Method != "" && !q.Weight.Given()},
		{"--margin", q.Weight.Calibrate != nil},
		{"--trim", q.Weight.Trim != nil},
		{"--weights-out", q.Written},
		{"--fpc", len(q.Design.Population) > 0},
		{"--psu with later stages", len(q.Design.PSU) > 1},
		{"--wave", q.Wave != nil},
		{"--stacked", q.Stacked != question.Stacking{} || a.Stack != nil},
		{"--policy", q.Controlled != nil},
	} {
		if of.asked {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: of.flag, What: "needs the respondents, whom a tally does not have", Hint: "twc estimate FILE reads them"})
		}
	}
	return ps
}

// readParts reads the tallies in place of an extract.
func (a *inquiry) readParts() refusal.Problems {
	if ps := a.tallied(); ps != nil {
		return ps
	}
	whole, ps := ReadTallies(a.Tallies)
	if ps != nil {
		return ps
	}
	name := a.called()
	h := &whole.Head
	ps = a.unasked(h, name)
	if ps != nil {
		return ps
	}
	x := a.q.Crosswalk()
	if k := x.Design.Unit; k != nil && *k != h.K {
		ps.Add("--unit", "%d, and the tally is in units of 2^-%d: want the same, or none", *k, h.K)
		return ps
	}
	r, ps := harmonise.Part(x, a.q.CommonBook(), whole, name)
	if ps != nil {
		return ps
	}
	var notes indicator.Notes
	if h.Notes != nil {
		if err := json.Unmarshal(h.Notes, &notes); err != nil {
			ps.Add(name, "notes cannot be read: %v", err)
			return ps
		}
	}
	sum := sha256.Sum256(whole.Text())
	a.answer.Extract = &ingest.Extract{Name: name, SHA256: hex.EncodeToString(sum[:])}
	a.answer.Notes = append(slices.Clone(a.q.Told), notes...)
	a.wave, a.words = r.Wave, question.Words{Book: r.Book, Missing: r.Missing, NumberOf: a.numberOf, Where: name}
	a.answer.Book, a.answer.Outside, a.answer.Unknown = r.Book, whole.Outside(), whole.Unknown()
	x.Populations = []codebook.Population{a.q.Population(&a.words)}
	checked := a.q
	checked.Bands = nil // which are the tally's, whose categories they are
	if ps := checked.Check(&a.words, func(string) string { return "is of no numbers in the tally" }); ps != nil {
		return ps
	}
	a.call()
	return nil
}

// unasked refuses a tally of another question.
func (a *inquiry) unasked(h *tally.Head, name string) refusal.Problems {
	var ps refusal.Problems
	for key, want := range a.asked() {
		if found := string(h.Asked[key]); found != string(want) {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--" + key, What: fmt.Sprintf("%s, and %s was made with %s: want the same", want, name, cmp.Or(found, "none"))})
		}
	}
	for _, o := range harmonise.Owned(&a.q, a.q.Terms) {
		known := slices.ContainsFunc(h.Variables, func(v tally.Counted) bool {
			return strings.EqualFold(v.Name, o.Name) || strings.EqualFold(v.Name, harmonise.NumberOf(o.Name))
		})
		if !known && !o.Input {
			var names []string
			for _, v := range h.Variables {
				names = append(names, v.Name)
			}
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: name, What: fmt.Sprintf("no variable %q%s", o.Name, refusal.Nearest(o.Name, names)), Hint: "make the tally with every variable of the question"})
		}
	}
	return ps
}

// ReadTallies reads tallies, and adds them up.
func ReadTallies(paths []string) (*tally.Part, refusal.Problems) {
	parts, problems := make([]*tally.Part, len(paths)), make([]refusal.Problems, len(paths))
	work := make(chan int)
	done := make(chan bool)
	threads := min(len(paths), runtime.GOMAXPROCS(0))
	for range threads {
		go func() {
			for i := range work {
				f, err := os.Open(paths[i])
				if err != nil {
					problems[i] = refusal.Problems{{Kind: refusal.Usage, Where: paths[i], What: "cannot be read: " + refusal.Reason(err).Error()}}
					continue
				}
				parts[i], problems[i] = tally.ReadPart(f, filepath.Base(paths[i]))
				f.Close()
			}
			done <- true
		}()
	}
	for i := range paths {
		work <- i
	}
	close(work)
	for range threads {
		<-done
	}
	if ps := slices.Concat(problems...); ps != nil {
		return nil, ps
	}
	sums := map[string]string{} // the part that has these lines, by their SHA-256
	for i, part := range parts {
		name, sum := filepath.Base(paths[i]), part.Sum()
		if before, met := sums[sum]; met {
			return nil, refusal.Problems{{Kind: refusal.Data, Where: before + " and " + name, What: "the same part twice (SHA-256 of the lines " + sum + "), which would count each respondent twice: want each part once"}}
		}
		sums[sum] = name
	}
	whole := parts[0]
	for i, part := range parts[1:] {
		if !bytes.Equal(whole.Head.Notes, part.Head.Notes) {
			whole.Head.Notes = nil
		}
		if err := whole.Merge(part); err != nil {
			return nil, refusal.Problems{{Kind: refusal.Data, Where: filepath.Base(paths[0]) + " and " + filepath.Base(paths[i+1]), What: err.Error()}}
		}
	}
	if short := whole.Short(); short != "" {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: filepath.Base(paths[0]), What: short, Hint: "give every part, and compare how the weights are stored: of texts some engines make other numbers, and rows may still be on their way"}}
	}
	return whole, nil
}

// A Warehouse is where a database has the respondents, and how they are to be counted.
type Warehouse struct {
	Dialect string // of query.Dialects
	Table   string // as its statements name it
	Level   string // of Levels
	Whole   bool   // the file has every row of the table, of which a tally must have as many and their weights
}

// Statements writes what a database is asked, to make the tally of a question: statements,
// which are run one after the other and whose records together are the tally. The file
// has the variables as the table does, and every code; of its rows nothing else is taken but, where the
// question names no unit, how large weights and PSUs are. The error is refusal.Problems.
func Statements(f File, q question.Question, w Warehouse) ([]string, error) {
	a := &inquiry{File: f, q: q.Complete(), counting: true}
	if ps := a.tallied(); ps != nil {
		return nil, ps.Err()
	}
	var ps refusal.Problems
	for _, of := range []struct {
		flag  string
		asked bool
	}{{"--let", q.Lets != nil}} {
		if of.asked {
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: of.flag, What: "is not written as statements", Hint: "make the variable where the respondents are, in a view"})
		}
	}
	if ps != nil {
		return nil, ps.Err()
	}
	for _, step := range []func() refusal.Problems{a.parse, a.read, a.weigh} {
		if ps := step(); ps != nil {
			return nil, a.advised(ps)
		}
	}
	h, ps := a.head(w.Level)
	if ps != nil {
		return nil, a.advised(ps)
	}
	d := query.DialectBy(w.Dialect)
	h.Dialect, h.Form = d.Name, d.FormAt(h.Level)
	if h.Form == 64 && a.q.Design.Unit == nil {
		h.K -= 62 - 2*tally.Half // for which halves have room
	}
	if w.Whole {
		h.Expected = h.Expect(a.sources[codebook.CoreWeight])
	}
	h.Variables = slices.DeleteFunc(h.Variables, func(v tally.Counted) bool { return v.Categories == nil })
	t := &query.Table{From: w.Table, Respondents: h.Level == tally.OfRespondents || h.Level == tally.OfAll}
	of := func(name string, missing codebook.Missings) query.Variable {
		v := query.Variable{Name: name, Column: name, Missing: missing}
		if c := a.answer.Extract.Table.Column(name); c != nil {
			v.Column, v.Text = c.Variable.Name, c.Text != nil
			if r := c.Variable.Recorded; r != nil {
				v.Missing.Numbers = slices.Concat(v.Missing.Numbers, r.Missing)
				v.Missing.Texts = slices.Concat(v.Missing.Texts, r.Texts)
			}
		}
		return v
	}
	taken := func(name string) query.Variable {
		return of(name, a.q.Missings(name, func(string) bool { return true }))
	}
	for _, v := range h.Variables {
		of := taken(v.Name)
		for _, b := range a.q.Bands {
			if strings.EqualFold(b.Variable, v.Name) {
				of.From = b.From
			}
		}
		for _, l := range a.q.Lets {
			if l.Name == v.Name {
				of.Holds = l.Expression
			}
		}
		t.Columns = append(t.Columns, of)
	}
	for _, name := range a.q.Inputs() {
		t.Inputs = append(t.Inputs, taken(name))
	}
	drawn := a.q.Drawn()
	h.Strata, h.PSU = nil, nil
	for _, name := range drawn.Stratum {
		v := of(name, a.q.MissingDrawn(name))
		t.Stratum, h.Strata = append(t.Stratum, v), append(h.Strata, !v.Text)
	}
	for _, name := range drawn.PSU {
		v := of(name, a.q.MissingDrawn(name))
		t.Clusters, h.PSU = append(t.Clusters, v), append(h.PSU, !v.Text)
	}
	if name := a.q.Weight.Variable; name != "" {
		v := of(name, a.q.MissingDrawn(name))
		if t.Weight = v.Column; v.Missing.Numbers != nil {
			return nil, refusal.Problems{{Kind: refusal.Usage, Where: "--missing " + name, What: "missing codes of the weight are not written as statements", Hint: "make the weight NULL there, in a view"}}
		}
	}
	made, ps := query.Statements(*h, t, d)
	return made, ps.Err()
}
