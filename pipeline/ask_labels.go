package pipeline

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest"
)

// relabel has categories labelled, wherever they stand.
func (a *inquiry) relabel(by func(v *codebook.Variable)) {
	for name, v := range a.words.Book.Variables {
		by(&v)
		a.words.Book.Variables[name] = v
	}
	for _, c := range a.wave.Table.Columns {
		by(&c.Variable)
	}
}

// call gives categories what the question calls them.
func (a *inquiry) call() {
	if len(a.q.Called) > 0 {
		a.relabel(func(v *codebook.Variable) { a.q.Call(&a.words, v) })
	}
}

// date labels numbers that the file shows as dates, by these.
func (a *inquiry) date() {
	if a.answer.Extract.Table == nil {
		return
	}
	a.relabel(func(v *codebook.Variable) {
		raw := a.answer.Extract.Table.Column(v.Name)
		if _, common := a.q.Common(v.Name); raw == nil || raw.Variable.Recorded == nil || common || a.q.Banded(v.Name) || a.q.Made(v.Name) {
			return
		}
		v.Categories = slices.Clone(v.Categories)
		for i, c := range v.Categories {
			if x, is := codebook.Number(c.Code); is && c.Label == "" {
				v.Categories[i].Label = ingest.Date(raw.Variable.Recorded.Format, x)
			}
		}
	})
}
