package seeds

import (
	"bytes"
	"cmp"
	_ "embed"
	"encoding/csv"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

//go:embed returns.yaml
var returnsText []byte

// Returns say what is true of the synthetic returns, by series.
type Returns struct {
	Series map[string]SeriesTruth `yaml:"series"`
	Real   []string               `yaml:"real"` // series of which there are real returns and none are made up

	page *codebook.Page
}

// A SeriesTruth is what is true of one series: each column's in every period.
type SeriesTruth struct {
	Periods []string               `yaml:"periods"`
	Columns map[string]ColumnTruth `yaml:"columns"`
}

// A ColumnTruth is what is true of a column, one number a period: a total that is
// shared out over the rows, evenly or as another column is; a sum of columns;
// a rate of all areas, about which theirs lie within a spread; the share of rows
// that have 1; one number that all have; or one that the rows of a category have,
// of a series with one column of categories.
type ColumnTruth struct {
	Total  []float64            `yaml:"total"`
	Of     string               `yaml:"of"`
	Sum    []string             `yaml:"sum"`
	Rate   []float64            `yaml:"rate"`
	Spread float64              `yaml:"spread"`
	Share  []float64            `yaml:"share"`
	Given  []float64            `yaml:"given"`
	By     map[string][]float64 `yaml:"by"`
}

// LoadReturns reads the declaration. An error is refusal.Problems.
func LoadReturns() (*Returns, error) {
	r := &Returns{page: codebook.NewPage("returns.yaml", returnsText)}
	if err := r.page.Decode(r).Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// A Form is a synthetic return: its place below a folder of extracts, and its
// bytes.
type Form struct {
	Path string
	Data []byte
}

// Forms fills in the returns of the declared series for their periods, in the
// order of the series and then of the periods. An error is refusal.Problems: a
// series, period or column that is not declared, or is and does not exist.
func Forms(known []*series.Series) ([]Form, error) {
	r, err := LoadReturns()
	if err != nil {
		return nil, err
	}
	var forms []Form
	var ps refusal.Problems
	for _, s := range known {
		truth, declared := r.Series[s.ID]
		if slices.Contains(r.Real, s.ID) {
			if declared {
				ps.Add(r.page.At("series", s.ID), "series %q is among those of which nothing is made up", s.ID)
			}
			continue
		}
		if !declared {
			ps.Add(r.page.At("series"), "nothing is declared of series %q", s.ID)
			continue
		}
		for _, name := range s.Numbers() {
			if _, ok := truth.Columns[name]; !ok && !s.Columns[name].Optional {
				ps.Add(r.page.At("series", s.ID, "columns"), "nothing is declared of column %q of series %q", name, s.ID)
			}
		}
		for i, period := range truth.Periods {
			days, err := s.Frequency.Period(period)
			if err != nil {
				ps.Add(r.page.At("series", s.ID, "periods"), "%v", err)
				continue
			}
			g := &grower{s: s, truth: truth, at: i, period: period, rows: rowsOf(s, days), values: map[string][]float64{}}
			forms = append(forms, Form{string(s.Source(period)) + ".csv", g.form()})
		}
	}
	return forms, ps.Err()
}

// WriteReturns writes the synthetic returns below a folder of extracts.
func WriteReturns(dir string, known []*series.Series) error {
	forms, err := Forms(known)
	if err != nil {
		return err
	}
	for _, f := range forms {
		name := filepath.Join(dir, filepath.FromSlash(f.Path))
		err := os.MkdirAll(filepath.Dir(name), 0o755)
		if err == nil {
			err = os.WriteFile(name, f.Data, 0o644)
		}
		if err != nil {
			return refusal.Problems{{Kind: refusal.Disk, Where: name, What: refusal.Reason(err).Error()}}
		}
	}
	return nil
}

// A formRow is a row of a form: its area and categories, as they are written.
type formRow struct{ labels []string }

// rowsOf lists the rows that a period's form has.
func rowsOf(s *series.Series, days codebook.Period) []formRow {
	rows := []formRow{{}}
	if s.Area() != "" {
		rows = nil
		for _, place := range s.Expected(days) {
			rows = append(rows, formRow{[]string{s.Areas.Are[place].Label}})
		}
	}
	for _, name := range s.CategoryColumns() {
		var more []formRow
		for _, r := range rows {
			for _, k := range s.Columns[name].Categories {
				more = append(more, formRow{append(slices.Clone(r.labels), k.Label)})
			}
		}
		rows = more
	}
	return rows
}

// A grower fills in one form.
type grower struct {
	s      *series.Series
	truth  SeriesTruth
	at     int // of the period among those declared
	period string
	rows   []formRow
	values map[string][]float64 // of columns, by row
}

// column fills in a column of numbers.
func (g *grower) column(name string) []float64 {
	if v, ok := g.values[name]; ok {
		return v
	}
	t, out := g.truth.Columns[name], make([]float64, len(g.rows))
	// An area keeps its size from period to period; what it has of another column
	// varies a little.
	size := newStream(2005, g.s.ID+" "+name)
	vary := newStream(2005, g.s.ID+" "+name+" "+g.period)
	switch {
	case t.Total != nil:
		weights, most := make([]float64, len(g.rows)), make([]float64, len(g.rows))
		for i := range weights {
			most[i] = math.Inf(1)
			if t.Of == "" {
				weights[i] = (0.6 + 0.8*size.unit()) * (0.99 + 0.02*vary.unit())
			} else {
				of := g.column(t.Of)[i]
				weights[i], most[i] = float64(of*(0.9+0.2*size.unit()))*(0.98+0.04*vary.unit()), of
			}
		}
		if t.Of != "" && t.Total[g.at] > total(g.column(t.Of)) {
			for i := range most {
				most[i] = math.Inf(1) // not a part of it
			}
		}
		apportion(out, t.Total[g.at], weights, most)
	case t.Sum != nil:
		for _, part := range t.Sum {
			for i, x := range g.column(part) {
				out[i] += x
			}
		}
	case t.Rate != nil:
		for i := range out {
			out[i] = math.Round(10*(t.Rate[g.at]+float64(t.Spread*(2*size.unit()-1)))) / 10
		}
	case t.Share != nil:
		for i := range out {
			if size.unit() < t.Share[g.at] {
				out[i] = 1
			}
		}
	case t.By != nil:
		c := g.s.Columns[g.s.CategoryColumns()[0]]
		for i, r := range g.rows {
			place, _ := c.Category(r.labels[len(r.labels)-1])
			out[i] = t.By[c.Categories[place].Code][g.at]
		}
	default:
		for i := range out {
			out[i] = t.Given[g.at]
		}
	}
	g.values[name] = out
	return out
}

func total(values []float64) float64 {
	sum := 0.0
	for _, x := range values {
		sum += x
	}
	return sum
}

// apportion shares a whole number out by weights, no row above its most, by the
// largest remainders.
func apportion(out []float64, whole float64, weights, most []float64) {
	left := whole
	for left >= 1 {
		sum := 0.0
		for i, w := range weights {
			if out[i] < most[i] {
				sum += w
			}
		}
		if sum == 0 {
			return
		}
		type rest struct {
			at   int
			part float64
		}
		var rests []rest
		given, now := 0.0, left
		for i, w := range weights {
			if out[i] >= most[i] {
				continue
			}
			exact := now * w / sum
			add := min(math.Floor(exact), most[i]-out[i])
			out[i] += add
			given += add
			rests = append(rests, rest{i, exact - math.Floor(exact)})
		}
		left -= given
		slices.SortStableFunc(rests, func(a, b rest) int { return cmp.Compare(b.part, a.part) })
		for _, r := range rests {
			if left < 1 {
				return
			}
			if out[r.at] < most[r.at] {
				out[r.at]++
				left--
			}
		}
	}
}

// form is the return as CSV: its rows and, where the series has one, that of all
// areas. Every row says that it was made up.
func (g *grower) form() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	names := slices.DeleteFunc(g.s.ColumnNames(), func(name string) bool {
		_, declared := g.truth.Columns[name]
		return g.s.Columns[name].Kind.Number() && !declared
	})
	var head []string
	for _, name := range names {
		head = append(head, g.s.Columns[name].Label)
	}
	write := func(cells []string) { _ = w.Write(cells) } // a buffer takes all
	write(append(head, Synthetic))
	standing := series.Final
	if g.at == len(g.truth.Periods)-1 {
		standing = series.Provisional
	}
	row := func(labels []string, value func(name string) float64) {
		var cells []string
		for _, name := range names {
			switch kind := g.s.Columns[name].Kind; {
			case kind == series.AreaColumn || kind == series.CategoryColumn:
				cells, labels = append(cells, labels[0]), labels[1:]
			case kind == series.StatusColumn:
				cells = append(cells, standing)
			case kind == series.PeriodColumn:
				cells = append(cells, g.period)
			default:
				cells = append(cells, strconv.FormatFloat(value(name), 'f', -1, 64))
			}
		}
		write(append(cells, "1"))
	}
	for i, r := range g.rows {
		row(r.labels, func(name string) float64 { return g.column(name)[i] })
	}
	if whole := g.s.Areas.Whole; whole != nil && len(g.s.CategoryColumns()) == 0 {
		row([]string{whole.Label}, func(name string) float64 {
			if t := g.truth.Columns[name]; t.Rate != nil {
				return t.Rate[g.at]
			}
			return total(g.column(name))
		})
	}
	w.Flush()
	return out.Bytes()
}
