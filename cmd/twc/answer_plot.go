package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/chart"
)

// plots refuses a drawing of more than one thing, and a file that is none of SVG.
func (r *flagReader) plots(q *question.Question) {
	if r.plot == "" {
		return
	}
	if !strings.EqualFold(filepath.Ext(r.plot), ".svg") {
		r.wrong("plot", "%q: what is written is SVG, want a name that ends in .svg", r.plot)
	}
	switch asked := len(q.Asks) + len(r.indicators); {
	case r.conventions:
		r.wrong("plot", "has no effect beside --conventions")
	case asked > 1 || asked == 1 && len(q.Models) > 0:
		r.wrong("plot", "%d statistics and %d models, want one statistic, or models alone: a drawing has one axis", asked, len(q.Models))
	case len(q.By) > 1 && asked == 1:
		r.wrong("plot", "%d breakdowns, want one", len(q.By))
	}
}

// writePlot draws an answer: its figures, or the predictions or coefficients of its models.
func (g *estimateFlags) writePlot(q *question.Question, answer *pipeline.Answer) error {
	if g.plot == "" {
		return nil
	}
	var p *chart.Plot
	if len(answer.Models) > 0 {
		p = g.modelPlot(q, answer)
	} else {
		p = g.figurePlot(q, answer)
	}
	if answer.Policy != nil {
		p.Notes = append(p.Notes, "Disclosure policy "+answer.Policy.Name)
	}
	return write(g.plot, chart.File(p))
}

// figurePlot draws the figures of a question's one statistic by its breakdown.
func (g *estimateFlags) figurePlot(q *question.Question, answer *pipeline.Answer) *chart.Plot {
	figures := answer.Figures
	last := figures[len(figures)-1].Breakdown // of which all variables are crossed
	var whole *question.Reply
	if last != codebook.All {
		if figures[0].Breakdown == codebook.All {
			whole = &figures[0]
		}
		figures = slices.DeleteFunc(slices.Clone(figures), func(f question.Reply) bool { return f.Breakdown != last })
	}
	head := figures[0]
	kind := head.Statistic.Row()
	several := slices.ContainsFunc(figures, func(f question.Reply) bool { return f.Item != head.Item })
	words := g.pageWords(q, answer)
	title, unit := inUnit(q, head.Statistic, words.titleOf(head, several)), inUnit(q, head.Statistic, words.titleOf(head, true))
	if kind.Symbol == "%" {
		unit = "Per cent"
	}
	by := indicator.Crossed(last)
	headings := words.headings(by)
	if last != codebook.All {
		title += " by " + strings.Join(headings, " and ")
	}
	overTime := len(by) == 1 && len(figures) > 1 && (q.Trend || q.IsWave(by[0])) && !slices.ContainsFunc(figures, func(f question.Reply) bool {
		_, err := strconv.ParseFloat(f.Category, 64)
		return err != nil
	})
	places := decimals(scaled(figures, scaleOf(q, head.Statistic)))
	if kind.Share {
		places = kind.Decimals
	}
	times := scaleOf(q, head.Statistic)
	places, _ = (&app{digits: g.decimals}).shownAt(answer, places, times, figures...)
	figures = slices.Clone(figures)
	for i := range figures {
		f := &figures[i]
		f.Variable, f.Breakdown = words.called(f.Variable), strings.Join(headings, " and ")
	}
	return report.ReplyPlot(title+", "+answer.Extract.Name, unit, figures, whole, times, places, overTime)
}

// modelPlot draws what models predict where that is asked for, and else their coefficients
// but for intercepts and cutpoints.
func (g *estimateFlags) modelPlot(q *question.Question, answer *pipeline.Answer) *chart.Plot {
	models, words := answer.Models, g.pageWords(q, answer)
	if g.beside != "" { // which is a paper's
		words = wordsOf(q, answer)
	}
	var names []string
	var drawn [][]release.Coefficient
	family := models[0].Model.Family
	title, unit, ratio := "Coefficients", "Coefficient", exponentials[family]
	if ratio != "" {
		title = ratio + "s"
	}
	if len(q.Predictions) > 0 {
		title, unit, ratio = "Average predictions", "Average prediction", ""
	}
	for _, m := range models {
		name := m.Formula
		if len(q.Models) > 1 {
			name = g.modelName(slices.Index(q.Models, m.Formula))
		}
		if len(q.By) > 0 {
			if name = "Everyone"; m.Breakdown != codebook.All {
				name = strings.TrimPrefix(words.within(m.Cell), ", ")
			}
			if len(q.Models) > 1 {
				name = g.modelName(slices.Index(q.Models, m.Formula)) + ", " + name
			}
		}
		var of []release.Coefficient
		for i, c := range m.Coefficients {
			if m.Model.Terms[i] >= 0 {
				c.Name, c.Label = words.coefficient(m, i), ""
				of = append(of, c)
			}
		}
		if len(q.Predictions) > 0 {
			of = slices.DeleteFunc(slices.Clone(m.Averages), func(c release.Coefficient) bool { return c.Quantity != release.PredictionOf })
			for i, c := range of {
				of[i].Name, of[i].Label = words.average(m, c), ""
			}
		}
		names, drawn = append(names, name), append(drawn, of)
	}
	title += " of " + q.Models[0]
	if len(q.Models) > 1 {
		title = strings.TrimSuffix(title, q.Models[0]) + strconv.Itoa(len(q.Models)) + " models"
	}
	p := report.CoefficientPlot(fmt.Sprintf("%s (%s)", title, family), unit, ratio, names, drawn)
	if len(q.Models) > 1 {
		for i, formula := range q.Models {
			p.Notes = append(p.Notes, g.modelName(i)+": "+formula)
		}
	}
	if len(q.Predictions) == 0 {
		p.Notes = append(p.Notes, "Without intercepts and cutpoints")
	}
	return p
}
