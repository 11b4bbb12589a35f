package main

import (
	"math"
	"slices"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// mostDigits is a limit on the decimals that are asked for: a float64 has no more.
const mostDigits = 15

// places are the decimals that --digits asks for, or else the ones that a page would have.
func (a *app) places(own int) int {
	if a.digits != nil {
		return *a.digits
	}
	return own
}

// amount is a number of a statistic: in a document, counts and totals have commas between
// their thousands.
func (a *app) amount(s indicator.Statistic, x float64, places int) string {
	text := report.Plain(x, places)
	if a.document != nil && (s == indicator.Count || s == indicator.Total) {
		return report.Thousands(text)
	}
	return text
}

// limits are those of an interval of a statistic.
func (a *app) limits(s indicator.Statistic, lower, upper float64, places int) string {
	if math.IsNaN(lower) {
		return ""
	}
	return a.amount(s, lower, places) + " to " + a.amount(s, upper, places)
}

// shownAt is with how many decimals the values and limits of figures beside each other are
// shown, and their errors: of those that a disclosure policy has rounded no more than it left,
// and of an error all of them, so that none is shown as 0.
func (a *app) shownAt(answer *pipeline.Answer, places int, by float64, figures ...question.Reply) (ofValues, ofErrors int) {
	places = a.places(places)
	if answer.Policy == nil {
		return places, places
	}
	for _, f := range figures {
		ofValues = max(ofValues, report.Decimals(f.Value*by), report.Decimals(f.Lower*by), report.Decimals(f.Upper*by))
		ofErrors = max(ofErrors, report.Decimals(f.SE*by))
		if of := answer.Policy.Precision.Of(f.Statistic); of.Step() > 0 { // a whole number has its decimals too
			ofValues = max(ofValues, of.Decimals())
		}
	}
	return min(places, ofValues), ofErrors
}

// scaled are figures in the scale that they are shown in.
func scaled(figures []question.Reply, by float64) []question.Reply {
	made := slices.Clone(figures)
	for i := range made {
		made[i].Value, made[i].SE = made[i].Value*by, made[i].SE*by
	}
	return made
}

// decimals is how many of them figures are shown with.
func decimals(figures []question.Reply) int {
	values, errors := make([]float64, len(figures)), make([]float64, len(figures))
	for i, f := range figures {
		values[i], errors[i] = f.Value, f.SE
	}
	return report.MostPlaces(values, errors)
}
