package pipeline

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release/sheet"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// A WeightRow is the weights of a respondent, by the key that tells it from others.
type WeightRow struct {
	Key                  []KeyCell
	Base, Weight, Factor float64
	Replicates           []float64
}

// A KeyCell is a part of a key: text, or a number that is not NaN.
type KeyCell struct {
	Text   string
	Number float64
}

// exact is up to where every whole number is one of its own as a float64.
const exact = 1 << 53

// weightRows are the weights of a design's respondents, by their key or the numbers of
// their rows. It refuses a key of numbers that are too large to be told apart.
func weightRows(d *design.Design, keys []*table.Column, account *weigh.Weighting) (rows []WeightRow, names []string, ps refusal.Problems) {
	var replicated [][]float64
	if d.Replicates != nil {
		replicated = d.Replicated()
	}
	if keys == nil {
		numbers := make([]float64, d.Rows[len(d.Rows)-1]+1)
		for row := range numbers {
			numbers[row] = float64(row + 1)
		}
		keys = []*table.Column{{Variable: codebook.Variable{Name: rowColumn}, Values: numbers}}
	}
	for _, c := range keys {
		names = append(names, c.Variable.Name)
		for _, x := range c.Values {
			if math.Abs(x) > exact {
				ps.AddHint("write the key as text", fmt.Sprintf("variable %q", c.Variable.Name), "%s, want numbers that are exact, up to 2^53, as a key", codebook.Spell(x))
				break
			}
		}
	}
	rows = make([]WeightRow, len(d.Rows))
	for i, row := range d.Rows {
		r := WeightRow{Base: d.Weight[i], Weight: d.Weight[i], Factor: 1}
		if account != nil {
			r.Base, r.Factor = account.Base[i], d.Weight[i]/account.Base[i]
		}
		for _, c := range keys {
			cell := KeyCell{Number: math.NaN()}
			if c.Text != nil {
				cell.Text = c.Text[row]
			} else {
				cell.Number = c.Values[row] + 0
			}
			r.Key = append(r.Key, cell)
		}
		if d.Replicates != nil {
			r.Replicates = make([]float64, len(replicated))
			for n, weight := range replicated {
				r.Replicates[n] = weight[i]
			}
		}
		rows[i] = r
	}
	return rows, names, ps
}

// The columns of weights beside their key.
const (
	rowColumn                              = "row" // instead of a key
	baseColumn, weightColumn, factorColumn = "base_weight", "weight", "g"
	replicateColumn                        = "replicate_"
)

// WeightColumns are those of weights that are written out: the key, the base weight, the weight, its factor, and the replicate weights. It refuses a key with
// the name of one of the others.
func (a *Answer) WeightColumns() ([]sheet.Column[WeightRow], refusal.Problems) {
	var columns []sheet.Column[WeightRow]
	for k, name := range a.keys {
		c := sheet.Column[WeightRow]{Name: name, About: "the key of the respondent in " + a.Extract.Name, Required: true}
		if a.Weights[0].Key[k].Text != "" {
			c.Text = func(r *WeightRow) *string { return &r.Key[k].Text }
		} else {
			c.Number = func(r *WeightRow) *float64 { return &r.Key[k].Number }
		}
		columns = append(columns, c)
	}
	number := func(name, about string, of func(r *WeightRow) *float64) {
		columns = append(columns, sheet.Column[WeightRow]{Name: name, About: about, Required: true, Number: of})
	}
	number(baseColumn, "the weight before", func(r *WeightRow) *float64 { return &r.Base })
	number(weightColumn, "the weight after calibration and trimming", func(r *WeightRow) *float64 { return &r.Weight })
	number(factorColumn, "weight over base_weight", func(r *WeightRow) *float64 { return &r.Factor })
	for n := range a.Weights[0].Replicates {
		name := replicateColumn + strconv.Itoa(n+1)
		number(name, "the weight in replicate "+strconv.Itoa(n+1)+", after calibration and trimming", func(r *WeightRow) *float64 { return &r.Replicates[n] })
	}
	var ps refusal.Problems
	for i, c := range columns {
		for _, before := range columns[:i] {
			if strings.EqualFold(before.Name, c.Name) {
				ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--id", What: fmt.Sprintf("%q is a column of the weights, want a key of another name", before.Name)})
			}
		}
	}
	return columns, ps
}

// ReadWeights reads weights that were written out, and wants each to be what it was, to the
// last bit.
func (a *Answer) ReadWeights(path string, columns []sheet.Column[WeightRow]) error {
	e, err := ingest.Read(ingest.Source{Path: path, Where: path}, nil, ingest.DefaultLimits, nil)
	if err != nil {
		return err
	}
	differs := func(format string, args ...any) error {
		return refusal.Problems{{Kind: refusal.Disk, Where: path, What: "read back, " + fmt.Sprintf(format, args...)}}
	}
	if e.Rows != len(a.Weights) {
		return differs("it has %d rows, want %d", e.Rows, len(a.Weights))
	}
	for _, c := range columns {
		read := e.Table.Column(c.Name)
		if read == nil {
			return differs("it has no column %q", c.Name)
		}
		for i := range a.Weights {
			if !holds(c, &a.Weights[i], read, i) {
				return differs("%q of row %d is another one", c.Name, i+1)
			}
		}
	}
	return nil
}

// holds says whether a cell that was read is what was written: a key of text may be read
// as the number that it is.
func holds(c sheet.Column[WeightRow], r *WeightRow, read *table.Column, row int) bool {
	switch {
	case c.Number != nil && read.Text == nil:
		return *c.Number(r) == read.Values[row]
	case c.Text != nil && read.Text == nil:
		x, ok := codebook.Number(*c.Text(r))
		return ok && x == read.Values[row]
	case c.Text != nil:
		return *c.Text(r) == read.Text[row]
	}
	return false
}
