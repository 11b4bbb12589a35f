package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/google/renameio/v2"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/ingest/parquet"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/report"
)

// tellAnswer writes an answer in the format that was asked for.
func (a *app) tellAnswer(g asking, q *pipeline.Question, answer *pipeline.Answer) error {
	var made bytes.Buffer
	var err error
	switch g.format {
	case "csv":
		err = answerCSV(&made, answer)
	case "json":
		err = answerJSON(&made, answer)
	case "parquet":
		err = parquet.Write(&made, answerTable(answer), answer.Extract.Name)
	default:
		page := &app{out: &output{to: &made}, stdout: a.stdout}
		err = page.answerPage(q, answer)
	}
	if err != nil {
		return err
	}
	if g.out == "" {
		_, err := a.out.Write(made.Bytes())
		return err
	}
	if _, err := os.Stat(g.out); !g.force && !errors.Is(err, fs.ErrNotExist) {
		return refusal.Problems{{Kind: refusal.Usage, Where: g.out, What: "is there already, and is not overwritten", Hint: "name another file, or give --force"}}
	}
	if err := renameio.WriteFile(g.out, made.Bytes(), 0o644); err != nil {
		return refusal.Problems{{Kind: refusal.Disk, Where: g.out, What: "cannot be written: " + cause(err).Error()}}
	}
	return nil
}

// answerWidth is the width of an answer's tables, whose labels are shortened to
// fit; the other formats have them whole.
const answerWidth = 80

// answerPage writes an answer for people: a table of each statistic and
// breakdown, and under it what there is not and why.
func (a *app) answerPage(q *pipeline.Question, answer *pipeline.Answer) error {
	facts := answer.Facts
	by := string(answer.Error)
	var sizes []string
	if facts.Strata > 1 {
		sizes = append(sizes, report.Count(int64(facts.Strata))+" strata")
	}
	switch {
	case facts.PSUs > 0:
		sizes = append(sizes, report.Plural(facts.PSUs, "PSU"))
	case facts.Strata > 1 && answer.Error == design.ByWeights:
		by = "strata of respondents"
	}
	if facts.PSUs > 0 && facts.Strata <= 1 && answer.Error == design.ByPSU {
		by = "PSUs"
	}
	sizes = append(sizes, "df "+report.Count(int64(answer.DF)))
	head := fmt.Sprintf("%s: %s,", answer.Extract.Name, report.Plural(facts.Respondents, "respondent"))
	source := fmt.Sprintf("error by %s (%s)", by, strings.Join(sizes, ", "))
	between := " "
	if utf8.RuneCountInString(head+between+source) > answerWidth {
		between = "\n"
	}
	fmt.Fprintln(a.out, head+between+source)
	var left []string
	for _, without := range []struct {
		rows int
		why  string
	}{{facts.WithoutWeight, "without a weight"}, {facts.ZeroWeight, "of weight 0"}} {
		if without.rows > 0 {
			left = append(left, report.Plural(without.rows, "row")+" "+without.why)
		}
	}
	if left != nil {
		fmt.Fprintf(a.out, "Left out: %s\n", strings.Join(left, ", "))
	}
	if answer.Outside > 0 {
		fmt.Fprintf(a.out, "Outside --where: %s, who count in the design alone\n", report.Plural(answer.Outside, "respondent"))
	}
	for first := 0; first < len(answer.Figures); {
		last := first + 1
		head := answer.Figures[first]
		for last < len(answer.Figures) && answer.Figures[last].Statistic == head.Statistic && answer.Figures[last].Variable == head.Variable && answer.Figures[last].Breakdown == head.Breakdown &&
			!(head.Breakdown == codebook.All && answer.Figures[last].Item == head.Item) {
			last++
		}
		if err := a.figureTable(q, answer.Figures[first:last]); err != nil {
			return err
		}
		if err := a.contrastTable(q, answer, head); err != nil {
			return err
		}
		first = last
	}
	for _, t := range answer.Tests {
		if err := a.testTable(t); err != nil {
			return err
		}
	}
	for _, m := range answer.Models {
		if err := a.modelTable(q, m); err != nil {
			return err
		}
	}
	return nil
}

// figureTable writes the figures of one statistic and breakdown.
func (a *app) figureTable(q *pipeline.Question, figures []pipeline.AskedFigure) error {
	head := figures[0]
	share := head.Statistic == pipeline.AskProportion
	several := slices.ContainsFunc(figures, func(f pipeline.AskedFigure) bool { return f.Item != head.Item })
	title := strings.ToUpper(head.Statistic[:1]) + head.Statistic[1:] + " of " + head.Variable
	if !several && head.Item != "" {
		title += " = " + strings.ReplaceAll(head.Item, "+", ", ")
		if head.ItemLabel != "" {
			title += " (" + head.ItemLabel + ")"
		}
	}
	var header []string
	if several {
		header = append(header, head.Variable)
	}
	if head.Breakdown != codebook.All {
		by := strings.Split(head.Breakdown, "*")
		title += " by " + strings.Join(by, " and ")
		header = append(header, by...)
	}
	fmt.Fprintln(a.out)
	if err := report.Paragraph(a.out, answerWidth, "", title); err != nil {
		return err
	}
	labels := len(header)
	value, places, by := ">Value", 0, 1.0
	switch {
	case share:
		value, places, by = ">%", 2, 100
	case head.Statistic == pipeline.AskQuantile && several:
		header = append(header[1:], "Quantile")
	}
	header = append(header, value, ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">df", ">deff", ">Base")
	var rows [][]string
	var notes []string
	of := map[string][]string{} // each note's cells
	withError := slices.ContainsFunc(figures, func(f pipeline.AskedFigure) bool { return f.SE > 0 })
	for _, f := range figures {
		if !share && (f.SE > 0 || !withError) {
			places = max(places, significant(f.Value, f.SE))
		}
	}
	for _, f := range figures {
		number := func(x float64) string { return plain(x*by, places) }
		var row []string
		if several && share {
			row = append(row, codeLabel(f.Item, f.ItemLabel))
		}
		for _, category := range f.Crossed {
			row = append(row, codeLabel(category.Code, category.Label))
		}
		if several && !share {
			row = append(row, f.Item)
		}
		if f.Note != "" {
			if of[f.Note] == nil {
				notes = append(notes, f.Note)
			}
			of[f.Note] = append(of[f.Note], strings.Join(row, ", "))
		}
		rows = append(rows, append(row, number(f.Value), number(f.SE), interval(f.Lower*by, f.Upper*by, places), plain(f.DF, 0), plain(f.DEFF, 2), report.Count(int64(f.Base))))
	}
	if at := len(header) - 2; !slices.ContainsFunc(rows, func(row []string) bool { return row[at] != "" }) { // quantiles have no design effect
		header = slices.Delete(header, at, at+1)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], at, at+1)
		}
	}
	if err := labelTable(a.out, header, rows, labels); err != nil {
		return err
	}
	for _, note := range notes {
		const most = 5
		cells := of[note]
		if more := len(cells) - most; more > 0 {
			cells = append(cells[:most:most], fmt.Sprintf("%d more", more))
		}
		if err := report.Paragraph(a.out, answerWidth, "  ", strings.TrimPrefix(strings.Join(cells, "; ")+": "+note, ": ")); err != nil {
			return err
		}
	}
	return nil
}

// labelTable writes a table whose first columns are labels: shortened where the
// table would be too wide, and once where they stay the same from row to row.
func labelTable(w io.Writer, header []string, rows [][]string, labels int) error {
	widths := make([]int, len(header))
	for i, name := range header {
		widths[i] = utf8.RuneCountInString(strings.TrimPrefix(name, ">"))
		for _, row := range rows {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	width := 2 * len(header)
	for _, w := range widths {
		width += w
	}
	const least = 9 // that a label is shortened to
	for ; width > answerWidth && labels > 0; width-- {
		widest := 0
		for i := range labels {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= least {
			break
		}
		widths[widest]--
	}
	shown := make([][]string, len(rows))
	for r, row := range rows {
		shown[r] = slices.Clone(row)
		for i := range labels {
			if r > 0 && i < labels-1 && slices.Equal(row[:i+1], rows[r-1][:i+1]) {
				shown[r][i] = ""
			} else if text := []rune(row[i]); len(text) > widths[i] {
				shown[r][i] = strings.TrimRight(string(text[:widths[i]-1]), " ,") + "…"
			}
		}
	}
	return report.Table(w, header, shown)
}

// codeLabel is a code with its label, where it has another one.
func codeLabel(code, label string) string {
	if label == "" || label == code {
		return code
	}
	return code + " " + label
}

// significant is how many decimals show three digits of the error, or where
// there is none of the value five of its own.
func significant(value, se float64) int {
	digits := func(x float64, n int) int { return n - 1 - int(math.Floor(math.Log10(math.Abs(x)))) }
	switch {
	case se > 0:
		return min(max(digits(se, 3), 0), 12)
	case value != 0 && !math.IsNaN(value):
		return min(max(digits(value, 5), 0), 12)
	}
	return 0
}

// plain is a number with so many decimals, "" where there is none.
func plain(x float64, places int) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	return strconv.FormatFloat(x, 'f', places, 64)
}

// interval is a range of numbers, "" where there is none.
func interval(lower, upper float64, places int) string {
	if math.IsNaN(lower) {
		return ""
	}
	return plain(lower, places) + " to " + plain(upper, places)
}

// contrastTable writes the comparisons of a breakdown's categories.
func (a *app) contrastTable(q *pipeline.Question, answer *pipeline.Answer, of pipeline.AskedFigure) error {
	by, places := 1.0, 0
	contrasts := slices.DeleteFunc(slices.Clone(answer.Contrasts), func(c pipeline.AskedContrast) bool {
		return c.Statistic != of.Statistic || c.Variable != of.Variable || c.Breakdown != of.Breakdown
	})
	for _, c := range contrasts {
		places = max(places, significant(c.Difference, c.SE))
	}
	if of.Statistic == pipeline.AskProportion {
		by, places = 100, 2
	}
	var rows [][]string
	items := map[string]bool{}
	for _, c := range contrasts {
		items[c.Item] = true
		rows = append(rows, []string{c.Item, c.Category + " less " + c.From, plain(c.Difference*by, places), plain(c.SE*by, places), interval(c.Lower*by, c.Upper*by, places), probability(c.P), probability(c.Adjusted)})
	}
	if len(rows) == 0 {
		return nil
	}
	header := []string{of.Variable, of.Breakdown, ">Difference", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">p", ">p (Holm)"}
	labels := 2
	if len(items) == 1 {
		header, labels = header[1:], 1
		for i := range rows {
			rows[i] = rows[i][1:]
		}
	}
	fmt.Fprintln(a.out)
	return labelTable(a.out, header, rows, labels)
}

// probability is a p-value as people read it.
func probability(p float64) string {
	switch {
	case math.IsNaN(p):
		return ""
	case p < 0.001:
		return "< 0.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// testTable writes a table of shares and the tests of its independence.
func (a *app) testTable(t pipeline.AskedTest) error {
	fmt.Fprintf(a.out, "\nIndependence of %s and %s, %s (%% of all)\n", t.Variables[0], t.Variables[1], report.Plural(t.N, "respondent"))
	const most = 6 // columns that fit
	if len(t.Columns) <= most {
		header := []string{t.Variables[0] + " \\ " + t.Variables[1]}
		for _, c := range t.ColumnCategories {
			label := []rune(codeLabel(c.Code, c.Label))
			if fits := 52/len(t.Columns) - 2; len(label) > fits {
				label = append(label[:fits-1], '…')
			}
			header = append(header, ">"+string(label))
		}
		var rows [][]string
		for i, r := range t.RowCategories {
			row := []string{codeLabel(r.Code, r.Label)}
			for _, share := range t.Shares[i] {
				row = append(row, plain(share*100, 2))
			}
			rows = append(rows, row)
		}
		if err := labelTable(a.out, header, rows, 1); err != nil {
			return err
		}
		fmt.Fprintln(a.out)
	}
	var rows [][]string
	var without []string
	for _, test := range tests(t.Association) {
		df := plain(test.DF, 2)
		if test.Denominator > 0 {
			df += ", " + plain(test.Denominator, 2)
		}
		if math.IsNaN(test.Statistic) {
			without = append(without, test.name)
			continue
		}
		rows = append(rows, []string{test.name, plain(test.Statistic, 4), df, probability(test.P)})
	}
	if err := report.Table(a.out, []string{"Test", ">Statistic", ">df", ">p"}, rows); err != nil || without == nil {
		return err
	}
	return report.Paragraph(a.out, answerWidth, "  ", strings.Join(without, "; ")+": too few degrees of freedom")
}

// A namedTest is one of the tests of a table.
type namedTest struct {
	name string
	estimate.Test
}

func tests(t *estimate.Association) []namedTest {
	return []namedTest{
		{"Rao-Scott, second order (F)", t.RaoScott},
		{"Rao-Scott, first order (chi-square)", t.FirstOrder},
		{"Wald (F)", t.Wald},
		{"Wald, adjusted (F)", t.AdjustedWald},
	}
}

// modelTable writes the coefficients of a model.
func (a *app) modelTable(q *pipeline.Question, m pipeline.AskedModel) error {
	fmt.Fprintf(a.out, "\nRegression %s (%s), %s, df %s\n", m.Formula, m.Model.Family, report.Plural(m.N, "respondent"), plain(m.ResidualDF, 0))
	wald, _ := estimate.IntervalBy("wald")
	var rows [][]string
	for i, name := range m.Model.Names {
		value, se := m.Values[i], m.SE(i)
		places := significant(value, se)
		limits := wald.Interval(value, se, m.ResidualDF, m.N, q.Level)
		rows = append(rows, []string{codeLabel(name, m.Labels[i]), plain(value, places), plain(se, places), interval(limits.Lower, limits.Upper, places), plain(value/se, 2), probability(estimate.PValue(value/se, m.ResidualDF))})
	}
	if err := labelTable(a.out, []string{"Coefficient", ">Value", ">SE", fmt.Sprintf(">%g%% interval", q.Level*100), ">t", ">p"}, rows, 1); err != nil {
		return err
	}
	var notes []string
	if len(m.Model.Aliased) > 0 {
		notes = append(notes, "Left out, since those before say as much: "+strings.Join(m.Model.Aliased, ", "))
	}
	if m.LeftOut > 0 {
		notes = append(notes, report.Plural(m.LeftOut, "replicate")+" left out, under whose weights the coefficients are not all there: the errors are the less for it")
	}
	if !(m.ResidualDF > 0) {
		notes = append(notes, "No intervals: the coefficients leave no degrees of freedom")
	}
	for _, note := range notes {
		if err := report.Paragraph(a.out, answerWidth, "  ", note); err != nil {
			return err
		}
	}
	return nil
}
