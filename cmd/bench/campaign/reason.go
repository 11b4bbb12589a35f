package main

import (
	"math"
	"slices"
	"strings"
)

// A reason names a kind of difference of two numbers, and says why it is one.
type reason struct {
	name, reason string
	holds        func(*pair) bool
}

// still says whether R's error is that of answers that do not vary: 0, but for rounding.
func (p *pair) still() bool {
	se, ok := p.allTheirs["std_error"]
	return ok && math.Abs(se) <= 1e-10*max(1, math.Abs(p.allTheirs["value"])) || p.allTheirs["value"] == 0 && math.IsNaN(se)
}

// asked says whether the question has a flag with this value.
func (p *pair) asked(flag, value string) bool {
	i := slices.Index(p.args, "--"+flag)
	return i >= 0 && p.args[i+1] == value
}

// reasons are tried in turn.
var reasons = []reason{
	{"no error of answers that do not vary", "the sample does not say how much they could have varied (method 12); R's error is 0, or rounding", func(p *pair) bool {
		return !p.inOurs && p.still() && strings.Contains("std_error ci_lower ci_upper design_effect t p_value", p.field)
	}},
	{"no error from one PSU", "fewer than two PSUs say nothing of how they differ (method 12); R has the others' totals of 0", func(p *pair) bool {
		psus, told := p.allTheirs["psus"]
		return !p.inOurs && told && (psus == 1 || math.IsNaN(psus) && p.allTheirs["df"] <= 0)
	}},
	{"quantile below the share of the least value", "the least value (method 23); R 4.1 gives the second", func(p *pair) bool {
		if p.statistic() != "quantile" || !p.inOurs || !p.inTheirs {
			return false
		}
		turned := func(field string) bool {
			return p.allOurs[field] == p.allTheirs["least"] && p.allTheirs[field] == p.allTheirs["second"]
		}
		if p.field == "std_error" { // the limits' distance
			return turned("ci_lower") || turned("ci_upper")
		}
		return turned(p.field)
	}},
	{"contrast of a quantile below the share of the least value, or with such a limit", "of these R 4.1 gives the second value for the least (method 23)", func(p *pair) bool {
		return p.statistic() == "quantile" && p.allTheirs["turned"] == 1
	}},
	{"totals under adjust", "distances of a lone PSU are from the mean of all PSUs (method 20), as in survey from 4.3 on; 4.1 takes them from 0", func(p *pair) bool {
		total := p.statistic() == "total" || p.statistic() == "count" || strings.HasSuffix(p.place, "|count") || strings.HasSuffix(p.place, "Wald")
		return p.lonely == "adjust" && total && p.field != "value" && p.inOurs && p.inTheirs
	}},
	{"Wald test of more contrasts than degrees of freedom", "their covariance is singular (method 27); R inverts what rounding left", func(p *pair) bool {
		return !p.inOurs && p.statistic() == "test" && strings.HasSuffix(p.place, "Wald")
	}},
	{"ratio over nothing", "no value; R's is infinite", func(p *pair) bool {
		return !p.inOurs && math.IsInf(p.theirs, 0)
	}},
	{"test in a part of a calibrated design", "categories that nobody in the part has do not count; survey keeps the rows outside, and svychisq their categories", func(p *pair) bool {
		return p.statistic() == "test" && p.margins && slices.Contains(p.args, "--where") && p.inOurs && (!p.inTheirs || p.field == "df" || p.field == "denominator_df")
	}},
	{"raked", "late digits: survey stops its sweeps where the weights do (method 25)", func(p *pair) bool {
		return p.kind == "raked" && p.inOurs && p.inTheirs && p.distance() < 1e-7
	}},
	{"no test of shares that do not vary", "their error is 0, or they were calibrated; R's is of what rounding left", func(p *pair) bool {
		return !p.inOurs && p.statistic() == "test" && (p.allTheirs["statistic"] > 1e12 || math.IsInf(p.allTheirs["statistic"], 0))
	}},
	{"nothing, but for rounding", "a contrast of figures that are all the same, or a mean of zeros", func(p *pair) bool {
		return p.inOurs && p.inTheirs && math.Abs(p.ours) < 1e-13 && math.Abs(p.theirs) < 1e-13
	}},
	{"design effect of values that hardly differ", "over a variance that is the difference of two large numbers", func(p *pair) bool {
		return p.field == "design_effect" && p.inOurs && p.inTheirs && p.ours > 1e5 && p.distance() < 1e-5
	}},
	{"no design effect of a constant", "its variance under simple random sampling is 0 (method 26); R's is infinite, or rounding over rounding", func(p *pair) bool {
		return !p.inOurs && p.field == "design_effect" && (math.IsInf(p.theirs, 1) || p.theirs > 1e12)
	}},
	{"no contrast of a figure without an error", "a trend or contrast of figures of which one has no error has none (method 27); R's has the error of the others", func(p *pair) bool {
		return !p.inOurs && len(strings.Split(p.place, "|")) == 7 && p.field != "value"
	}},
	{"quantile whose share has a limit below 0 or above 1", "no interval (method 23); R gives the limit that there is", func(p *pair) bool {
		return !p.inOurs && p.statistic() == "quantile" && math.IsNaN(p.allTheirs["std_error"]) && strings.HasPrefix(p.field, "ci_")
	}},
	{"limits of asin beyond the ends", "an angle below 0 or above a right angle is at the end; R takes the square of its sine all the same, which turns back", func(p *pair) bool {
		return p.inOurs && p.asked("ci", "asin") && (p.field == "ci_lower" && p.ours == 0 || p.field == "ci_upper" && p.ours == 100)
	}},
	{"model without degrees of freedom left", "no test and no interval; R gives them with 0 or fewer", func(p *pair) bool {
		if p.field == "df" && p.ours == 0 && p.theirs < 0 { // none are left, not less than none
			return p.statistic() == "coefficient" || p.statistic() == "average"
		}
		return !p.inOurs && (p.statistic() == "coefficient" || p.statistic() == "term") && (p.allTheirs["df"] <= 0 || p.allTheirs["denominator_df"] <= 0)
	}},
	{"no design effect in R of ratios with replicates", "its svyratio gives none of replicate weights", func(p *pair) bool {
		return p.inOurs && !p.inTheirs && p.field == "design_effect" && p.statistic() == "ratio" && strings.HasPrefix(p.kind, "replicates")
	}},
}

// stops are where R ends with an error, by what it says.
var stops = []struct{ says, reason string }{
	{"contrasts can be applied only to factors with 2 or more levels", "svychisq needs two categories of both variables among the respondents; so do we, and say so"},
	{"singular", "svychisq inverts a covariance that is singular"},
}

// refusals are why one of the two has no answer.
var refusals = []struct {
	name, reason string
	holds        func(ours, theirs string) bool
}{
	{"model that a replicate tells with certainty", "refused; R has what its steps came to", func(ours, _ string) bool {
		return strings.Contains(ours, "has no finite value in replicate")
	}},
	{"condition that is true of nobody", "refused, since it may be a mistake; R has figures of nobody, or stops", func(ours, _ string) bool {
		return strings.Contains(ours, "true of nobody")
	}},
	{"limits within which no weight is", "refused; R shares out among nobody", func(ours, _ string) bool {
		return strings.Contains(ours, "trimming: limits")
	}},
	{"code of no row", "a code that no row has is refused, since it may be misspelt; R gives a share of 0", func(ours, _ string) bool {
		return strings.Contains(ours, "no row has code")
	}},
}
