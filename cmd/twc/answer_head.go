package main

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/report"
)

// answerHead writes what an answer is of: its file, the design and the weights, and what is
// told of it as a whole.
func (a *app) answerHead(q *question.Question, answer *pipeline.Answer) {
	facts := answer.Facts
	by := report.ErrorFrom(answer.Error)
	var sizes []string
	if answer.Replicates > 0 {
		sizes = append(sizes, report.Plural(answer.Replicates, "replicate"))
	}
	if facts.Strata > 1 {
		sizes = append(sizes, report.Count(int64(facts.Strata))+" strata")
	}
	switch {
	case facts.PSUs > 0:
		psus := report.Plural(facts.PSUs, "PSU")
		if facts.Rotating > 0 {
			psus += ", " + report.Count(int64(facts.Rotating)) + " of them in several waves"
		}
		sizes = append(sizes, psus)
	case facts.Strata > 1 && answer.Error == design.ByWeights:
		by = "strata of respondents"
	case answer.Error == design.ByWeights && q.Weight.Variable == "" && len(q.Design.Population) == 0 && q.Weight.Calibrate == nil:
		by = "simple random sampling"
	}
	if facts.PSUs > 0 && facts.Strata <= 1 && answer.Error == design.ByPSU {
		by = "PSUs"
	}
	sizes = append(sizes, "df "+report.Count(int64(answer.DF)))
	head := fmt.Sprintf("%s: %s,", answer.Extract.Name, report.Plural(facts.Respondents, "respondent"))
	source := fmt.Sprintf("error by %s (%s)", by, strings.Join(sizes, ", "))
	if answer.Error == design.ByNothing {
		source = "no error: a quota sample"
	}
	if a.document == nil && utf8.RuneCountInString(head+" "+source) > a.width {
		a.paragraph("", head)
		head = ""
	}
	a.paragraph("", head+" "+source)
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
		a.line("Left out: %s", strings.Join(left, ", "))
	}
	if n := facts.AllDrawn; n > 0 {
		a.paragraph("", fmt.Sprintf("All was drawn in %s, which adds no error: 1 in every row is a fraction (--fpc)", report.Plural(n, "stage")))
	}
	a.weightsLine(answer.Weighting)
	for _, n := range answer.Notes {
		a.paragraph("", remark(n))
	}
}

// outside says how many respondents do not fit the question's restrictions.
func (a *app) outside(answer *pipeline.Answer) {
	if answer.Outside > 0 {
		open := ""
		if answer.Unknown > 0 {
			open = fmt.Sprintf(" (%s because a value is missing)", report.Count(int64(answer.Unknown)))
		}
		a.line("Outside --where: %s%s, who count in the design alone", report.Plural(answer.Outside, "respondent"), open)
	}
}

// remark is a note of an answer, with the flag that settles it, or what it lists.
func remark(n indicator.Note) string {
	words, args, flag := report.Words(n), n.Args, ""
	if n.Is(indicator.MarkedMissing, indicator.Unlisted) && len(args) == 1 { // a policy tells no values
		return words
	}
	switch n.Code {
	case indicator.FileWeight:
		flag = "--weight " + n.Of
	case indicator.NamedWeight:
		flag = "--weight " + args[0]
	case indicator.ReplacedTexts:
		flag = "--encoding windows-1252, or another"
	case indicator.StackedPSUs:
		flag = "--stacked " + n.Of + "=independent, pooled or rotating"
	case indicator.LabelledMissing, indicator.MarkedMissing:
		var codes, shown []string
		for i := 1; i < len(args); i++ {
			codes, shown = append(codes, args[i]), append(shown, args[i])
			if n.Is(indicator.LabelledMissing) {
				i++
				shown[len(shown)-1] += " " + args[i]
			}
		}
		words += ": " + strings.Join(shown, ", ")
		flag = "--missing " + n.Of + "=" + strings.Join(codes, ",")
	case indicator.StackedOwn:
		var waves []string
		for i := 0; i < len(args); i += 2 {
			waves = append(waves, args[i]+" in "+args[i+1])
		}
		return words + ": " + strings.Join(waves, "; ")
	case indicator.StackedFiles:
		flag = "--stacked " + n.Of + "=independent, pooled or rotating"
	case indicator.PooledSums:
		flag = "--pool average, or sum"
	case indicator.Pooled:
		var shares []string
		for i := 0; i < len(args); i += 2 {
			shares = append(shares, args[i]+" by "+args[i+1])
		}
		return words + ": " + strings.Join(shares, ", ")
	case indicator.StackedLabels:
		var codes []string
		for i := 1; i < len(args); i += 3 {
			codes = append(codes, fmt.Sprintf("%s %q, there %q", args[i], args[i+1], args[i+2]))
		}
		return words + ": " + strings.Join(codes, "; ")
	case indicator.Unlisted:
		return words + ": " + strings.Join(args[1:], ", ")
	case indicator.UnmetValues:
		return words + " " + strings.Join(args[1:], ", ")
	case indicator.Undefined, indicator.SharesScaled, indicator.StackedMissing, indicator.DesignNamed, indicator.ByConvention, indicator.NoConvention, indicator.QuantilesBy, indicator.DesignChanged, indicator.DesignWithout:
		return words
	}
	return words + " (" + flag + ")"
}
