package release

import (
	"math"
	"strings"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// An Attribution is what moved a figure from one release to another: its parts, in the
// digits published, add up to the change exactly.
type Attribution struct {
	indicator.Key
	Unit       string
	Was, Now   float64
	Change     float64
	Data       float64 // other files
	Definition float64 // another definition or crosswalk
	Method     float64 // another program
	Disclosure float64 // the digits that the policies show: what is left
	Rule       string  // how data and definition were told apart
	Together   string  // parts that are told as one, in the first of them, with a blank between them
}

// The rules by which data and definition are told apart.
const (
	RuleOne        = "one"              // only one of them is another
	RuleShapley    = "shapley"          // the mean of both orders
	RuleDataFirst  = "data first"       // the old definition on the new data is known alone
	RuleOtherFirst = "definition first" // the new definition on the old data is known alone
	RuleNone       = "none"             // neither is known
)

// The parts, as Together names them.
const (
	PartData       = "data"
	PartDefinition = "definition"
	PartMethod     = "method"
)

// AttributionColumns are the columns of a table of attributions, in order.
var AttributionColumns = []sheet.Column[Attribution]{
	{Name: "indicator", Key: true, About: "Identifier of the indicator", Text: func(a *Attribution) *string { return &a.Indicator }},
	{Name: "source", Key: true, About: "Source of the figure", Text: func(a *Attribution) *string { return (*string)(&a.Source) }},
	{Name: "population", Key: true, About: "Population that the figure is about", Text: func(a *Attribution) *string { return &a.Population }},
	{Name: "breakdown", Key: true, About: "What the population is divided by; all where it is not", Text: func(a *Attribution) *string { return &a.Breakdown }},
	{Name: "category", Key: true, About: "Part of the population that the figure is of; all where it is not divided", Text: func(a *Attribution) *string { return &a.Category }},
	{Name: "item", Key: true, About: "Which of the indicator's items; all where it has one", Text: func(a *Attribution) *string { return &a.Item }},
	{Name: "unit", Required: true, About: "Unit of the values and the parts", Text: func(a *Attribution) *string { return &a.Unit }},
	{Name: "was", Required: true, About: "The figure in the earlier release", Number: func(a *Attribution) *float64 { return &a.Was }},
	{Name: "now", Required: true, About: "The figure in the later release", Number: func(a *Attribution) *float64 { return &a.Now }},
	{Name: "change", Required: true, About: "now less was: the sum of the four parts", Number: func(a *Attribution) *float64 { return &a.Change }},
	{Name: "data", Required: true, About: "What other files changed", Number: func(a *Attribution) *float64 { return &a.Data }},
	{Name: "definition", Required: true, About: "What another definition or crosswalk changed", Number: func(a *Attribution) *float64 { return &a.Definition }},
	{Name: "method", Required: true, About: "What another program changed", Number: func(a *Attribution) *float64 { return &a.Method }},
	{Name: "disclosure", Required: true, About: "What the digits shown changed: the rest", Number: func(a *Attribution) *float64 { return &a.Disclosure }},
	{Name: "rule", Required: true, About: "How data and definition were told apart: one, shapley, data first, definition first, or none", Text: func(a *Attribution) *string { return &a.Rule }},
	{Name: "together", About: "Parts that are told as one, in the first of them", Text: func(a *Attribution) *string { return &a.Together }},
}

// A Counterfactual is what is known of a figure: as both releases published and
// computed it, and as the present program gives it. NaN is not known.
type Counterfactual struct {
	Published [2]float64
	Computed  [2]float64    // with every digit, by the programs of the releases
	Given     [2][2]float64 // by this program: [data][definition], 0 of the earlier release and 1 of the later
	Same      struct{ Data, Definition, Program bool }
}

// Apportion tells the parts of a figure's movement, which round brings to the digits
// published; disclosure is what is left. Where data and definition are both others each
// is the mean of what it changes before and after the other (Shapley 1953): no order of
// the two is right, and both are treated alike. Where only one order is known it is that
// one's, and Rule says so.
func Apportion(x Counterfactual, round func(float64) float64) Attribution {
	a := Attribution{Was: x.Published[0], Now: x.Published[1], Rule: RuleOne}
	whole := x.Computed[1] - x.Computed[0]
	g := x.Given
	if x.Same.Program { // which gave what the releases computed
		g[0][0], g[1][1] = x.Computed[0], x.Computed[1]
	}
	known := func(v float64) bool { return !math.IsNaN(v) }
	data, definition, method := 0.0, 0.0, 0.0
	both := known(g[0][0]) && known(g[1][1])
	var together []string
	switch moved := g[1][1] - g[0][0]; {
	case x.Same.Data && x.Same.Definition:
		method = whole
	case !both:
		if !x.Same.Data {
			together = append(together, PartData)
		}
		if !x.Same.Definition {
			together = append(together, PartDefinition)
		}
		together = append(together, PartMethod)
		if data = whole; x.Same.Data {
			data, definition = 0, whole
		}
		if len(together) == 3 {
			a.Rule = RuleNone
		}
	case x.Same.Definition:
		data, method = moved, whole-moved
	case x.Same.Data:
		definition, method = moved, whole-moved
	default:
		method = whole - moved
		switch newFirst, oldFirst := g[1][0]-g[0][0], g[1][1]-g[0][1]; {
		case known(newFirst) && known(oldFirst):
			a.Rule, data = RuleShapley, (newFirst+oldFirst)/2
		case known(newFirst):
			a.Rule, data = RuleDataFirst, newFirst
		case known(oldFirst):
			a.Rule, data = RuleOtherFirst, oldFirst
		default:
			a.Rule, data, together = RuleNone, moved, []string{PartData, PartDefinition}
		}
		definition = moved - data
	}
	a.Data, a.Definition, a.Method = round(data), round(definition), round(method)
	a.Change = indicator.Settle(a.Now - a.Was)
	a.Disclosure = indicator.Round(a.Change-a.Data-a.Definition-a.Method, indicator.Decimals)
	a.Together = strings.Join(together, " ")
	return a
}
