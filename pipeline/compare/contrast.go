package compare

import (
	"maps"
	"math"
	"slices"
	"strconv"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
)

// A Contrast compares a category with another one of its breakdown. Both figures
// are of the category, with its codes and with the base of the two.
type Contrast struct {
	From       question.Reply
	Difference question.Reply // its value less that of From
	Ratio      question.Reply // its value over that of From, if both are above 0
	T, P       float64        // of the difference
	Adjusted   float64        // P for the number of categories that are compared
	Adjustment string         // by which, Adjustments
	Detectable float64        // the smallest difference that a test at 5% finds with a power of 80%
}

// A Trend is the slope of the straight line through a breakdown's values by their
// scores, for each unit of the score. Each category counts alike.
type Trend struct {
	question.Reply
	Coded      bool // the scores are the codes; otherwise 1, 2, ...
	Categories []codebook.Category
	Scores     []float64           // of Categories
	Left       []codebook.Category // without a figure
	T, P       float64
}

// adjustments are the ways to adjust p-values for their number.
var adjustments = map[string]func(ps []float64) []float64{"holm": Holm, "bh": BenjaminiHochberg, "bonferroni": Bonferroni}

// Adjustments lists the ways to adjust p-values for their number.
func Adjustments() []string { return slices.Sorted(maps.Keys(adjustments)) }

// Adjusted are p-values adjusted for their number, NaN for those that are.
func Adjusted(method string, ps []float64) []float64 { return adjustments[method](ps) }

// power is that of the test for which Detectable is made.
const power = 0.8

// How is what comparisons follow from, beside figures and their covariances.
type How struct {
	Design   *design.Design // of the weights
	Level    float64        // of the intervals
	Adjust   string         // Adjustments
	Standard string         // the variable that figures are standardised by, "" for none
	Joint    bool           // covariances are those of the figures, also where their errors follow from a published design factor
}

// logarithmic is the method of a ratio's interval.
const logarithmic = "log"

// Contrasts compares the figures of an item in the categories of a breakdown with
// that in the reference. Student's t has the degrees of freedom of the whole
// design. P-values are adjusted once all of the breakdown are there.
func Contrasts(figures []question.Reply, j *indicator.Joint, how How) []Contrast {
	var made []Contrast
	for k := range figures {
		if k != j.Reference {
			made = append(made, how.contrast(figures, k, j))
		}
	}
	return made
}

// Against is the category that the contrast is with, or everyone.
func (c *Contrast) Against() codebook.Category {
	switch n := len(c.From.Crossed); n {
	case 0:
		return codebook.Category{Code: codebook.All, Label: "everyone"}
	case 1:
		return c.From.Crossed[0]
	}
	return codebook.Category{Code: c.From.Category, Label: c.From.Label}
}

// Whole says whether the contrast is with all whom the category is a part of.
func (c *Contrast) Whole() bool { return len(c.From.Crossed) < len(c.Difference.Crossed) }

// last is the category of the last variable of a breakdown that a figure is of.
func last(f *question.Reply) codebook.Category { return f.Crossed[len(f.Crossed)-1] }

func (how How) contrast(figures []question.Reply, k int, j *indicator.Joint) Contrast {
	from, to := &figures[j.Reference], &figures[k]
	nan := math.NaN()
	made := Contrast{From: *from, Adjustment: how.Adjust, Difference: comparison(j, to, from, to), Ratio: comparison(j, to, from, to), T: nan, P: nan, Adjusted: nan, Detectable: nan}
	if made.Difference.Notes.Has(indicator.NoFigure) {
		return made
	}
	if j.Nested {
		for _, f := range []*question.Reply{&made.Difference, &made.Ratio} {
			f.Base, f.Weights = from.Base, from.Weights
		}
	}
	sides := []*question.Reply{from, to}
	covariance := [][]float64{{j.Beside[k], j.With[k]}, {j.With[k], j.Own[k]}}
	se := how.error(sides, []float64{-1, 1}, covariance)
	size := math.Abs(from.Value) + math.Abs(to.Value)
	if how.infer(&made.Difference, j, j.Left[k], to.Value-from.Value, se, size, indicator.Wald) {
		made.T, made.P = made.Difference.Value/se, indicator.PValue(made.Difference.Value/se, j.DF)
		made.Detectable = Detectable(se, j.DF, Significance, power)
	}
	if !(from.Value > 0 && to.Value > 0) {
		made.Ratio.Notes.Add(indicator.Note{Code: indicator.NoRatio})
		return made
	}
	ratio := to.Value / from.Value
	how.infer(&made.Ratio, j, j.Left[k], ratio, how.error(sides, []float64{-ratio / from.Value, 1 / from.Value}, covariance), ratio, logarithmic)
	return made
}

// error is that of a linear combination of figures: by their covariances or, where
// their own follow from a published design factor, that of independent ones. It
// is 0 where no more is left than rounding leaves of variances that cancel.
func (how How) error(figures []*question.Reply, by []float64, covariance [][]float64) float64 {
	var terms, sizes []float64
	for a := range by {
		for b := range by {
			v := 0.0
			switch {
			case how.Joint || how.Design.Error != design.ByFactor:
				v = covariance[a][b]
			case a == b:
				v = float64(figures[a].SE * figures[a].SE)
			}
			term := float64(float64(by[a]*by[b]) * v)
			terms, sizes = append(terms, term), append(sizes, math.Abs(term))
		}
	}
	const cancelled = 1e-15
	variance := design.Total(terms)
	if variance <= cancelled*design.Total(sizes) {
		return 0
	}
	return math.Sqrt(variance)
}

// comparison is a comparison of figures, still without a value, that is shown at
// one of them: the base is that of all of them.
func comparison(j *indicator.Joint, at *question.Reply, of ...*question.Reply) question.Reply {
	nan := math.NaN()
	f := *at
	f.Value, f.SE, f.Lower, f.Upper, f.Level, f.Method, f.DEFF, f.Notes = nan, nan, nan, nan, nan, "", nan, nil
	f.DF, f.Base, f.Weights, f.Status = j.DF, 0, 0, ""
	var without []string
	for _, figure := range of {
		f.Base += figure.Base
		f.Weights += figure.Weights
		if math.IsNaN(figure.Value) {
			f.Notes.Add(indicator.Note{Code: indicator.NoFigure})
			return f
		}
		if math.IsNaN(figure.SE) {
			without = append(without, figure.Category)
		}
	}
	if without != nil {
		f.Notes.Add(indicator.Note{Code: indicator.NoErrorOf, Args: without})
	}
	return f
}

// infer gives a comparison its value, and its error and interval where there
// are some: not where a figure that it is made of has none. Size is that of its
// terms.
func (how How) infer(f *question.Reply, j *indicator.Joint, left indicator.Note, value, se, size float64, method string) bool {
	f.Value = value
	f.Infer(indicator.Basis{SE: se, DEFF: math.NaN(), Size: size, PSUs: j.Clusters, Lonely: how.Design.Lonely, Method: method, Level: how.Level})
	if math.IsNaN(f.SE) {
		return false
	}
	if f.Notes.Has(indicator.NoIntervalDF) {
		f.Notes = indicator.Notes{{Code: indicator.NoTestDF}}
	}
	if how.Design.Error == design.ByFactor {
		f.Notes.Add(indicator.FactorNote(how.Design.Factor))
	}
	if how.Standard != "" {
		f.Notes.Add(indicator.Note{Code: indicator.Standardised, Of: how.Standard})
	}
	f.Notes.Add(left)
	return true
}

// Line is the trend of an item over the categories of a breakdown that have a
// figure: those of its last variable, in a category of the others.
func Line(figures []question.Reply, j *indicator.Joint, how How) Trend {
	uncoded := func(f question.Reply) bool { return math.IsNaN(scoreOf(last(&f).Code)) }
	made := Trend{T: math.NaN(), P: math.NaN(), Coded: !slices.ContainsFunc(figures, uncoded)}
	var of []*question.Reply
	for i := range figures {
		category := last(&figures[i])
		if math.IsNaN(figures[i].Value) {
			made.Left = append(made.Left, category)
			continue
		}
		score := float64(len(of) + 1)
		if made.Coded {
			score = scoreOf(category.Code)
		}
		of = append(of, &figures[i])
		made.Categories, made.Scores = append(made.Categories, category), append(made.Scores, score)
	}
	made.Reply = comparison(j, &figures[0], of...)
	made.Crossed = made.Crossed[:len(made.Crossed)-1]
	if made.Category, made.Label = "", ""; len(made.Crossed) > 0 {
		made.Category, made.Label = question.CategoryOf(made.Crossed)
	}
	by, ok := Slope(made.Scores)
	if !ok {
		made.Notes.Add(indicator.Note{Code: indicator.NoTrend})
		return made
	}
	terms, size := make([]float64, len(of)), 0.0
	for k, f := range of {
		terms[k] = float64(by[k] * f.Value)
		size += math.Abs(terms[k])
	}
	se := how.error(of, by, j.All)
	if how.infer(&made.Reply, j, j.AllLeft, design.Total(terms), se, size, indicator.Wald) {
		made.T, made.P = made.Value/se, indicator.PValue(made.Value/se, made.DF)
	}
	return made
}

// scoreOf is a code as a number, or NaN.
func scoreOf(code string) float64 {
	x, err := strconv.ParseFloat(code, 64)
	if err != nil || math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}
