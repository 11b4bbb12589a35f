package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/report"
)

// tellAnswer writes an answer in the format that was asked for.
func (a *app) tellAnswer(g estimateFlags, q *question.Question, answer *pipeline.Answer) error {
	if q.Written {
		if err := a.writeWeights(g.weightsOut, answer); err != nil {
			return err
		}
	}
	var made bytes.Buffer
	var err error
	switch g.format {
	case formCSV:
		made.Write(sheetOf(q, answer).csv())
	case formJSON:
		made.Write(report.Escape(answerJSON(q, answer)))
	case formParquet:
		var data []byte
		data, err = sheetOf(q, answer).parquet(sheet.Pair{Key: "file", Value: answer.Extract.Name}, sheet.Pair{Key: "sha256", Value: answer.Extract.SHA256})
		made.Write(data)
	case formText:
		page := &app{out: &output{to: &made}, width: a.width}
		if g.out != "" { // a file does not have the terminal's width
			page.width = report.Width
		}
		page.answerPage(g, q, answer)
		if q.Written {
			page.line("")
			page.paragraph("", weightsWritten(g.weightsOut, answer))
		}
	default:
		page := &app{out: &output{to: &made}, width: report.Width, document: &report.Document{Title: answer.Extract.Name, Captions: g.captions}}
		page.answerPage(g, q, answer)
		if left := len(page.document.Captions); left > 0 {
			return usage("give one for each table", "--caption: %s for %s", report.Plural(len(g.captions), "text"), report.Plural(len(g.captions)-left, "table"))
		}
		made.WriteString(report.Clean(page.document.Write(g.format)))
	}
	if err != nil {
		return err
	}
	if err := g.writePlot(q, answer); err != nil {
		return err
	}
	if g.format == formCSV || g.format == formParquet {
		for _, x := range answer.Absent {
			if _, err := io.WriteString(a.stderr, "twc: "+report.Clean(fileWords(q).absent(x))+"\n"); err != nil {
				return err
			}
		}
	}
	if q.Written && g.format != formText { // whose reader is a program, or of a paper
		if _, err := io.WriteString(a.stderr, "twc: "+report.Clean(weightsWritten(g.weightsOut, answer))+"\n"); err != nil {
			return err
		}
	}
	switch {
	case g.out != "":
	case g.format == formParquet:
		return a.binary(made.Bytes())
	default:
		return a.csv(made.Bytes())
	}
	return write(g.out, made.Bytes())
}

// mayWrite wants the files that are asked for to be other ones, none of those that are read,
// and not there or to be replaced.
func (g *estimateFlags) mayWrite() error {
	var ps refusal.Problems
	wrong := func(file, what, hint string) {
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: file, What: what, Hint: hint})
	}
	files := []struct{ flag, name string }{{"output", g.out}, {"checks", g.checks}, {"weights-out", g.weightsOut}, {"plot", g.plot}}
	for i, file := range files {
		if file.name == "" {
			continue
		}
		if file.name == "-" {
			wrong("--"+file.flag, "-, want the name of a file", "without --output an answer is written to standard output")
			continue
		}
		there, err := os.Stat(file.name)
		read := ""
		if err == nil {
			read = g.reads(there)
		}
		switch {
		case err == nil && !there.Mode().IsRegular(): // which the file that is written would replace
			wrong(file.name, "is "+refusal.NoFile(there.Mode())+", want a file", "")
		case read != "":
			wrong(file.name, "is "+read+", want another file", "")
		case !g.force && !errors.Is(err, fs.ErrNotExist):
			wrong(file.name, "is there already, and is not overwritten", "name another file, or give --force")
		}
		for _, before := range files[:i] {
			if before.name != "" && filepath.Clean(before.name) == filepath.Clean(file.name) {
				wrong(file.name, "is --"+before.flag+" and --"+file.flag+", want two files", "")
			}
		}
	}
	return ps.Err()
}

// reads says which of the files that are read a file is, by whatever name or link; "" for none.
func (g *estimateFlags) reads(file fs.FileInfo) string {
	for _, read := range []struct {
		names []string
		what  string
	}{
		{g.files, "the extract itself"},
		{append([]string{g.drawn}, g.otherDesigns...), "the file of --design"},
		{[]string{g.marginFile}, "the file of --margins"},
		{[]string{g.scales}, "the file of --scales"},
		{[]string{g.source.Labels}, "the file of --labels"},
	} {
		for _, name := range read.names {
			if there, err := os.Stat(name); err == nil && os.SameFile(there, file) {
				return read.what
			}
		}
	}
	return ""
}

// write writes a file that may be written.
func write(file string, data []byte) error {
	if err := disk.WriteFile(file, data, 0o644); err != nil {
		return refusal.Problems{{Kind: refusal.Disk, Where: file, What: "cannot be written: " + refusal.Reason(err).Error()}}
	}
	return nil
}

// pageWords are those of the page of an answer: a document's labels stand alone, and so do
// names of one's own.
func (g *estimateFlags) pageWords(q *question.Question, answer *pipeline.Answer) *answerWords {
	if report.IsDocument(g.format) || len(q.Called) > 0 {
		return wordsOf(q, answer)
	}
	return fileWords(q)
}

// answerPage writes an answer for people: a table of each statistic and
// breakdown, and under it what there is not and why.
func (a *app) answerPage(g estimateFlags, q *question.Question, answer *pipeline.Answer) {
	a.words = g.pageWords(q, answer)
	a.answerHead(q, answer)
	a.digits = g.decimals
	a.shown = slices.DeleteFunc(slices.Clone(g.show), ofCells)
	if len(a.shown) == 0 {
		a.shown = nil // all columns of tables of figures
	}
	facts := answer.Facts
	for _, l := range answer.Lonely {
		one := "PSU"
		if facts.PSUs == 0 {
			one = "respondent"
		}
		if l.Stage > 1 {
			one = fmt.Sprintf("cluster in stage %d", l.Stage)
		}
		strata, weight := "strata", ""
		if l.Of == 1 {
			strata = "stratum"
		}
		if !math.IsNaN(l.Share) {
			weight = fmt.Sprintf(", with %s%% of the weight", report.Plain(l.Share*100, 1))
		}
		a.line("One %s: %s of %s %s%s (--lonely %s)", one, report.Count(int64(l.Strata)), report.Count(int64(l.Of)), strata, weight, q.Design.Lonely)
	}
	if answer.Policy != nil {
		a.paragraph("", "Disclosure policy "+answer.Policy.Name+": what other questions to the file tell is not withheld")
	}
	a.outside(answer)
	if q.Accounted && answer.Weighting != nil {
		a.weightingTables(answer.Weighting)
	}
	if q.TableOne {
		a.tableOne(g, q, answer)
		return // checkTogether has nothing beside it
	}
	for first := 0; first < len(answer.Figures); {
		last := first + 1
		head := answer.Figures[first]
		for last < len(answer.Figures) && answer.Figures[last].Statistic == head.Statistic && answer.Figures[last].Variable == head.Variable && answer.Figures[last].Breakdown == head.Breakdown &&
			!(head.Breakdown == codebook.All && answer.Figures[last].Item == head.Item) {
			last++
		}
		figures := answer.Figures[first:last]
		a.figureTable(q, answer, figures)
		a.contrastTable(q, answer, figures)
		a.trendTable(q, answer, figures)
		first = last
	}
	a.combinationTables(q, answer)
	for i := range answer.Tables {
		a.crosstab(q, answer, &answer.Tables[i], g.show)
	}
	for _, t := range answer.Tests {
		a.testTable(q, t)
	}
	for _, g := range answer.Fits {
		a.goodnessTable(q, g)
	}
	a.modelTables(g, q, answer)
	for _, x := range answer.Absent {
		a.line("")
		a.paragraph("", a.words.absent(x))
	}
}

// figureTable writes the figures of one statistic and breakdown.
func (a *app) figureTable(q *question.Question, answer *pipeline.Answer, figures []question.Reply) {
	head := figures[0]
	kind := head.Statistic.Row()
	several := slices.ContainsFunc(figures, func(f question.Reply) bool { return f.Item != head.Item })
	title := inUnit(q, head.Statistic, a.words.titleOf(head, several))
	var header []string
	if several {
		header = append(header, a.words.called(head.Variable))
	}
	if head.Breakdown != codebook.All {
		by := a.words.headings(indicator.Crossed(head.Breakdown))
		title += " by " + strings.Join(by, " and ")
		header = append(header, by...)
	}
	a.line("")
	a.paragraph("", title)
	labels := len(header)
	value, places, by := ">Value", decimals(scaled(figures, scaleOf(q, head.Statistic))), scaleOf(q, head.Statistic)
	switch {
	case kind.Share:
		value, places = ">"+kind.Symbol, kind.Decimals+1
	case several:
		title := string(kind.Name)
		header = append(header[1:], strings.ToUpper(title[:1])+title[1:])
	}
	places, ofError := a.shownAt(answer, places, by, figures...)
	header = append(header, value, ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">df", ">deff", ">Base")
	if q.Deviations && head.Statistic == indicator.Mean {
		header = slices.Insert(header, labels+1, ">SD")
	}
	var rows [][]string
	var notes footnotes
	for _, f := range figures {
		var row []string
		if several && kind.Share {
			row = append(row, a.words.codeLabel(f.Item, f.ItemLabel))
		}
		for _, category := range f.Crossed {
			row = append(row, a.words.codeLabel(category.Code, category.Label))
		}
		if several && !kind.Share {
			row = append(row, a.words.codeLabel(f.Item, f.ItemLabel))
		}
		notes.addNotes(f.Notes, row)
		if of := q.WeightOf(f.Weight); of != q.Weight.Variable {
			notes.add("weighted by "+of, row)
		}
		value, of := a.amount(f.Statistic, f.Value*by, places), report.Count(int64(f.Base))
		if f.Status != "" {
			value = "[" + string(f.Status) + "]"
		}
		notes.addLow(f, row)
		if f.Base == release.Withheld {
			of = "[c]"
		}
		row = append(row, value)
		if q.Deviations && head.Statistic == indicator.Mean {
			row = append(row, report.Plain(f.Deviation, places))
		}
		rows = append(rows, append(row, a.amount(f.Statistic, f.SE*by, ofError), a.limits(f.Statistic, f.Lower*by, f.Upper*by, places), report.Freedom(f.DF), report.Plain(f.DEFF, 2), of))
	}
	if at := len(header) - 2; !slices.ContainsFunc(rows, func(row []string) bool { return row[at] != "" }) { // quantiles have no design effect
		header = slices.Delete(header, at, at+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], at, at+1)
		}
	}
	a.chosenTable(header, rows, labels)
	a.footnotes(notes, len(rows))
}

// footnotes are what is said under a table, each once with the rows that it is
// of.
type footnotes struct {
	notes []string
	rows  map[string][]string
}

// addNotes adds the notes of a row.
func (n *footnotes) addNotes(notes indicator.Notes, labels []string) {
	for _, note := range notes {
		n.add(report.Words(note), labels)
	}
}

// addLow says what is not shown of a figure that would be rounded to 0.
func (n *footnotes) addLow(f question.Reply, labels []string) {
	if f.Status == indicator.Low {
		n.add("low: not 0, and less than half of the last digit that is shown", labels)
	}
}

// add adds what is said of a row; "" is nothing.
func (n *footnotes) add(words string, labels []string) {
	if words == "" {
		return
	}
	if n.rows == nil {
		n.rows = map[string][]string{}
	}
	if n.rows[words] == nil {
		n.notes = append(n.notes, words)
	}
	n.rows[words] = append(n.rows[words], strings.Join(labels, ", "))
}

// footnotes writes the notes under a table of this many rows; what is said of all
// of them names none.
func (a *app) footnotes(n footnotes, of int) {
	for _, note := range n.notes {
		const most = 5
		rows := n.rows[note]
		if len(rows) == of {
			rows = nil
		}
		if more := len(rows) - most; more > 0 {
			rows = append(rows[:most:most], fmt.Sprintf("%d more", more))
		}
		a.paragraph("  ", strings.TrimPrefix(strings.Join(rows, "; ")+": "+note, ": "))
	}
}

// labelTable writes a table whose first columns are labels, of which all but the last
// stand once where they stay the same from row to row.
func (a *app) labelTable(header []string, rows [][]string, labels int) {
	if a.document != nil { // whose reader may not see the row before
		a.document.Table(header, rows, labels)
		return
	}
	shown := make([][]string, len(rows))
	for r, row := range rows {
		shown[r] = slices.Clone(row)
		for i := range labels {
			if r > 0 && i < labels-1 && slices.Equal(row[:i+1], rows[r-1][:i+1]) {
				shown[r][i] = ""
			}
		}
	}
	a.rows(header, shown)
}
