package release

import (
	"math"
	"slices"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// An AnswerRow is a figure as a question is answered, or what compares some: a
// Figure in its unit with every digit, with what a release does not publish.
// What a release says of a figure's place, its period and its status it has
// not.
type AnswerRow struct {
	Figure
	Variable      string
	ItemLabel     string
	CategoryLabel string
	EffectiveBase float64 // respondents of a simple random sample that would be as precise
	WeightedBase  float64 // sum of the weights of those counted
	CV            float64 // error over value, of a figure
	Deviation     float64 // of a mean's variable; NaN where it is not asked for
	Counted       float64 // respondents whom a share or a count counts, where it is asked for; NaN where not
	Test          string  // whose p-value a figure of groups side by side has; "" of none

	Comparison   string // DifferenceOf, RatioOf, ContrastOf or TrendOf; "" of a figure
	Contrast     string // the expression of a contrast
	Against      string // the code of the category that is compared with
	AgainstLabel string
	T, P         float64
	PAdjusted    float64
	Adjustment   string
	Detectable   float64 // the smallest difference that a test finds, in the unit
}

// The kinds of comparison.
const (
	DifferenceOf = "difference" // of the category's figure and another's
	RatioOf      = "ratio"      // of the category's figure to another's
	ContrastOf   = "contrast"   // of figures, by an expression, that is no difference and no ratio
	TrendOf      = "trend"      // slope through the categories, for each unit of the score
)

// NewAnswerRow is an estimate as an answer gives it: in its unit's scale, with
// its interval's level and method where it has one. comparison is "" of
// a figure.
func NewAnswerRow(e indicator.Estimate, comparison string) AnswerRow {
	row := e.Statistic.Row()
	by, unit := row.Scale, row.Unit
	if unit == "" {
		unit = e.Unit
	}
	switch comparison {
	case DifferenceOf, TrendOf:
		unit = row.UnitOfChange(unit)
	case RatioOf:
		by, unit = 1, indicator.Times
	}
	nan, cv := math.NaN(), math.NaN()
	if comparison == "" { // one that compares may be 0
		cv = Finite(e.CV())
	}
	a := AnswerRow{
		Figure: Figure{
			Key: e.Key, Statistic: string(e.Statistic), Unit: unit,
			Value: Finite(e.Value * by), SE: Finite(e.SE * by), Lower: Finite(e.Lower * by), Upper: Finite(e.Upper * by),
			Level: e.Level, Method: e.Method, DF: Finite(e.DF), DEFF: Finite(e.DEFF), Base: int64(e.Base), Status: string(e.Status), Notes: e.Notes.String(),
		},
		EffectiveBase: Finite(e.EffectiveBase()), WeightedBase: e.Weights, CV: cv, Deviation: nan, Counted: nan,
		Comparison: comparison, T: nan, P: nan, PAdjusted: nan, Detectable: nan,
	}
	if math.IsNaN(a.Lower) {
		a.Level, a.Method = nan, ""
	}
	return a
}

// In gives a count in a unit of so many.
func (a *AnswerRow) In(unit string, of float64) {
	a.Unit = unit
	for _, x := range []*float64{&a.Value, &a.SE, &a.Lower, &a.Upper} {
		*x /= of
	}
}

// A CodeAndLabel is a category as a table of rows has it.
type CodeAndLabel struct{ Code, Label string }

// A CrosstabRow is a figure of a table of two variables: of a cell, or of a margin,
// whose row or column is codebook.All.
type CrosstabRow struct {
	AnswerRow
	RowVariable, ColumnVariable string
	Row, Column                 CodeAndLabel
	Measure                     string // count, or what a share is of: cell, row or column
	Respondents                 int64  // unweighted, in the cell
}

// CrosstabColumns are the columns of tables, with those of an answer's figures for the
// figure of each row.
func CrosstabColumns(of []sheet.Column[AnswerRow]) []sheet.Column[CrosstabRow] {
	own := []sheet.Column[CrosstabRow]{
		{Name: "row", Required: true, About: "Variable of the table's rows", Text: func(c *CrosstabRow) *string { return &c.RowVariable }},
		{Name: "column", About: "Variable of the table's columns; null of a table of one variable", Text: func(c *CrosstabRow) *string { return &c.ColumnVariable }},
		{Name: "row_category", Required: true, About: "Category of the row; all: the total of the rows", Text: func(c *CrosstabRow) *string { return &c.Row.Code }},
		{Name: "row_label", About: "Its label in the file", Text: func(c *CrosstabRow) *string { return &c.Row.Label }},
		{Name: "column_category", Required: true, About: "Category of the column; all: the total of the columns", Text: func(c *CrosstabRow) *string { return &c.Column.Code }},
		{Name: "column_label", About: "Its label in the file", Text: func(c *CrosstabRow) *string { return &c.Column.Label }},
		{Name: "measure", Required: true, About: "count: weighted count of the cell; cell, row, column: its share of all, of its row, of its column", Text: func(c *CrosstabRow) *string { return &c.Measure }},
		{Name: "cell_unweighted", About: "Respondents in the cell", Count: func(c *CrosstabRow) *int64 { return &c.Respondents }},
	}
	figures := sheet.Of(of, func(c *CrosstabRow) *AnswerRow { return &c.AnswerRow })
	return slices.Concat(own, slices.DeleteFunc(figures, func(c sheet.Column[CrosstabRow]) bool {
		return slices.Contains([]string{"variable", "item", "item_label"}, c.Name)
	}))
}

// Settle drops the digits of a rounded row's numbers that its scale has brought in.
func (a *AnswerRow) Settle() {
	for _, x := range []*float64{&a.Value, &a.SE, &a.Lower, &a.Upper, &a.EffectiveBase, &a.CV, &a.Detectable} {
		*x = indicator.Settle(*x)
	}
}

// StatusColumn is the column of an answer that was brought under a disclosure policy.
var StatusColumn = slices.DeleteFunc(sheet.Of(FigureColumns, func(a *AnswerRow) *Figure { return &a.Figure }), func(c sheet.Column[AnswerRow]) bool { return c.Name != "status" })

// Finite is a number, or NaN for one that no table can hold.
func Finite(x float64) float64 {
	if math.IsInf(x, 0) {
		return math.NaN()
	}
	return x
}

// notAsked are the columns of a figure that are of releases alone.
var notAsked = []string{"indicator", "source", "period_start", "period_end", "population", "numerator", "denominator", "status"}

// AnswerColumns are the columns of an answer's figures: those of a release's
// that a question has too, and its own.
var AnswerColumns = slices.Concat(
	[]sheet.Column[AnswerRow]{{Name: "variable", Required: true, About: "Variable of the file", Text: func(a *AnswerRow) *string { return &a.Variable }}},
	ofAnswers(sheet.Of(FigureColumns, func(a *AnswerRow) *Figure { return &a.Figure })),
	[]sheet.Column[AnswerRow]{
		{Name: "item_label", About: "Label of the item in the file", Text: func(a *AnswerRow) *string { return &a.ItemLabel }},
		{Name: "category_label", About: "Label of the category in the file", Text: func(a *AnswerRow) *string { return &a.CategoryLabel }},
		{Name: "base_effective", About: "Respondents of a simple random sample that would be as precise: base_unweighted over design_effect", Number: func(a *AnswerRow) *float64 { return &a.EffectiveBase }},
		{Name: "base_weighted", About: "Sum of the weights of the respondents counted", Number: func(a *AnswerRow) *float64 { return &a.WeightedBase }},
		{Name: "cv", About: "Coefficient of variation: std_error over value", Number: func(a *AnswerRow) *float64 { return &a.CV }},
	})

// DeviationColumn follows where standard deviations are asked for.
var DeviationColumn = []sheet.Column[AnswerRow]{
	{Name: "std_dev", About: "Standard deviation in the population of the variable that a mean is of", Number: func(a *AnswerRow) *float64 { return &a.Deviation }},
}

// TableOneColumns follow where groups stand beside each other.
var TableOneColumns = []sheet.Column[AnswerRow]{
	{Name: "item_unweighted", About: "Respondents whom a share or a count counts, without their weights", Number: func(a *AnswerRow) *float64 { return &a.Counted }},
	{Name: "test", About: "Test of whether the statistic is the same in all groups", Text: func(a *AnswerRow) *string { return &a.Test }},
	{Name: "p_value", About: "Its p-value, in every row of the statistic", Number: func(a *AnswerRow) *float64 { return &a.P }},
}

// ComparisonColumns are those that follow where something is compared.
var ComparisonColumns = []sheet.Column[AnswerRow]{
	{Name: "comparison", About: "difference or ratio of the category and another, or of the figures of a contrast; contrast: what else a contrast makes; trend: slope through the categories", Text: func(a *AnswerRow) *string { return &a.Comparison }},
	{Name: "against", About: "Category that is compared with; all: everyone", Text: func(a *AnswerRow) *string { return &a.Against }},
	{Name: "against_label", About: "Its label", Text: func(a *AnswerRow) *string { return &a.AgainstLabel }},
	{Name: "t", About: "Value over std_error", Number: func(a *AnswerRow) *float64 { return &a.T }},
	{Name: "p_value", About: "Two-sided p-value of no difference, or no trend", Number: func(a *AnswerRow) *float64 { return &a.P }},
	{Name: "p_adjusted", About: "The p-value adjusted for the number of comparisons", Number: func(a *AnswerRow) *float64 { return &a.PAdjusted }},
	{Name: "adjustment", About: "How it was adjusted: bh, bonferroni or holm", Text: func(a *AnswerRow) *string { return &a.Adjustment }},
	{Name: "detectable_difference", About: "Smallest difference that a test at the 5 per cent level finds with a power of 80 per cent", Number: func(a *AnswerRow) *float64 { return &a.Detectable }},
}

// ContrastColumns follow where contrasts are asked for by expressions.
var ContrastColumns = []sheet.Column[AnswerRow]{
	{Name: "contrast", About: "The contrast as it was asked for; null of a category and another", Text: func(a *AnswerRow) *string { return &a.Contrast }},
}

// ofAnswers drops what only a release has. Of a trend the category is null.
func ofAnswers(columns []sheet.Column[AnswerRow]) []sheet.Column[AnswerRow] {
	columns = slices.DeleteFunc(columns, func(c sheet.Column[AnswerRow]) bool { return slices.Contains(notAsked, c.Name) })
	for i := range columns {
		columns[i].Key = false
		if columns[i].Name == "unit" {
			columns[i].Required = false // nobody says in what a file's variable is
		}
	}
	return columns
}

// What a number of a regression is.
const (
	CoefficientOf = "coefficient"
	PredictionOf  = "prediction" // on average, if all had one value of a variable
	SlopeOf       = "slope"      // on average, of the prediction by a variable
)

// A Coefficient is one of a regression's, a contrast of them, or an average of what it predicts, of which
// Quantity says which.
type Coefficient struct {
	Formula, Breakdown, Category   string // of the model
	Family, Term, Name, Label      string
	Quantity, Outcome              string // what it is, and of an ordinal model the category that a prediction is of
	OutcomeLabel                   string
	Value, SE, Lower, Upper, Level float64
	T, DF, P                       float64
	Ratio, RatioLower, RatioUpper  float64 // the exponentials of value and limits, where they are odds or rate ratios
	Base                           int64
}

// CoefficientColumns are the columns of a regression's coefficients.
var CoefficientColumns = []sheet.Column[Coefficient]{
	{Name: "model", Required: true, About: "Formula of the model", Text: func(c *Coefficient) *string { return &c.Formula }},
	{Name: "family", Required: true, About: "gaussian, quasibinomial, quasipoisson or ordinal", Text: func(c *Coefficient) *string { return &c.Family }},
	{Name: "term", Required: true, About: "Term of the formula that the coefficient is of, or of a contrast all of it", Text: func(c *Coefficient) *string { return &c.Term }},
	{Name: "coefficient", Required: true, About: "Name of the coefficient", Text: func(c *Coefficient) *string { return &c.Name }},
	{Name: "label", About: "Label of its category in the file", Text: func(c *Coefficient) *string { return &c.Label }},
	{Name: "value", About: "The coefficient", Number: func(c *Coefficient) *float64 { return &c.Value }},
	{Name: "std_error", About: "Design-based standard error; null where it does not vary", Number: func(c *Coefficient) *float64 { return &c.SE }},
	{Name: "ci_lower", About: "Lower limit of the confidence interval", Number: func(c *Coefficient) *float64 { return &c.Lower }},
	{Name: "ci_upper", About: "Upper limit of the confidence interval", Number: func(c *Coefficient) *float64 { return &c.Upper }},
	{Name: "ci_level", About: "Level of the confidence interval", Number: func(c *Coefficient) *float64 { return &c.Level }},
	{Name: "t", About: "Value over std_error", Number: func(c *Coefficient) *float64 { return &c.T }},
	{Name: "df", About: "Degrees of freedom: what the coefficients leave of the design's, by a rule that was asked for, or of its error", Number: func(c *Coefficient) *float64 { return &c.DF }},
	{Name: "p_value", About: "Two-sided p-value of a coefficient of 0", Number: func(c *Coefficient) *float64 { return &c.P }},
	{Name: "ratio", About: "Odds or rate ratio: the exponential of value", Number: func(c *Coefficient) *float64 { return &c.Ratio }},
	{Name: "ratio_lower", About: "Lower limit of the ratio", Number: func(c *Coefficient) *float64 { return &c.RatioLower }},
	{Name: "ratio_upper", About: "Upper limit of the ratio", Number: func(c *Coefficient) *float64 { return &c.RatioUpper }},
	{Name: "base_unweighted", About: "Respondents counted", Count: func(c *Coefficient) *int64 { return &c.Base }},
}

// AverageColumns follow where there are averages of predictions, or contrasts of coefficients.
var AverageColumns = []sheet.Column[Coefficient]{
	{Name: "quantity", Required: true, About: "coefficient; prediction: on average, if all had the value of the variable; difference of two predictions; slope: the average slope of the prediction by the variable; contrast: what arithmetic makes of coefficients", Text: func(c *Coefficient) *string { return &c.Quantity }},
	{Name: "outcome", About: "Category of an ordinal response whose probability is predicted", Text: func(c *Coefficient) *string { return &c.Outcome }},
	{Name: "outcome_label", About: "Its label in the file", Text: func(c *Coefficient) *string { return &c.OutcomeLabel }},
}

// CoefficientCells are the columns of the category that a regression is within, where
// it is of categories.
var CoefficientCells = []sheet.Column[Coefficient]{
	{Name: "breakdown", Required: true, About: "Variables that cross to whom the model is of; all: everyone", Text: func(c *Coefficient) *string { return &c.Breakdown }},
	{Name: "category", Required: true, About: "Category of the breakdown", Text: func(c *Coefficient) *string { return &c.Category }},
}

// A Test is one of a table of two variables, or of a term of a regression.
type Test struct {
	Row, Column string // variables of the table

	Breakdown, Category string // whom it is of

	Name        string // of the test, or of the term
	Statistic   float64
	DF          float64
	Denominator float64 // degrees of freedom of an F test
	P           float64
	Base        int64
	Notes       string // indicator.Notes as text
}

var results = []sheet.Column[Test]{
	{Name: "statistic", About: "Value of the test", Number: func(t *Test) *float64 { return &t.Statistic }},
	{Name: "df", About: "Degrees of freedom", Number: func(t *Test) *float64 { return &t.DF }},
	{Name: "denominator_df", About: "Degrees of freedom of the denominator of an F test", Number: func(t *Test) *float64 { return &t.Denominator }},
	{Name: "p_value", About: "P-value of independence, or of no effect", Number: func(t *Test) *float64 { return &t.P }},
	{Name: "base_unweighted", About: "Respondents counted", Count: func(t *Test) *int64 { return &t.Base }},
	{Name: "notes", About: "Code of why there is no test", Text: func(t *Test) *string { return &t.Notes }},
}

// TestColumns are the columns of the tests of tables.
var TestColumns = slices.Concat([]sheet.Column[Test]{
	{Name: "row", Required: true, About: "Variable of the table's rows", Text: func(t *Test) *string { return &t.Row }},
	{Name: "column", About: "Variable of the table's columns; null of one that is held against given shares", Text: func(t *Test) *string { return &t.Column }},
	{Name: "test", Required: true, About: "Which test", Text: func(t *Test) *string { return &t.Name }},
}, results)

// TestCells are the columns of the category that a table is of, where it is of
// categories.
var TestCells = []sheet.Column[Test]{
	{Name: "breakdown", Required: true, About: "Variables that cross to whom the table is of; all: everyone", Text: func(t *Test) *string { return &t.Breakdown }},
	{Name: "category", Required: true, About: "Category of the breakdown", Text: func(t *Test) *string { return &t.Category }},
}

// TermColumns are the columns of the tests of a regression's terms.
var TermColumns = slices.Concat([]sheet.Column[Test]{
	{Name: "term", Required: true, About: "Term of the formula", Text: func(t *Test) *string { return &t.Name }},
}, results)
