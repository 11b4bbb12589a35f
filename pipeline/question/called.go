package question

import (
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Called is what a variable is called, or a category of it by its code.
type Called struct{ Variable, Code, Text string }

// Call gives a variable's categories what the question calls them.
func (q *Question) Call(w *Words, v *codebook.Variable) {
	for _, c := range q.Called {
		if c.Code == "" || w.Variable(c.Variable).Name != v.Name {
			continue
		}
		if at := placeOf(*v, c.Code); at >= 0 {
			v.Categories = slices.Clone(v.Categories)
			v.Categories[at].Label = c.Text
		}
	}
}

// uncalled are problems of what is called and is not of the question.
func (q *Question) uncalled(w *Words) refusal.Problems {
	var ps refusal.Problems
	wrong := func(format string, args ...any) {
		what, public := refusal.Said(format, args...)
		ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: "--called", What: what, Untold: public})
	}
	for _, c := range q.Called {
		v := w.Variable(c.Variable)
		_, is := w.Book.Variables[v.Name]
		_, number := w.number(c.Variable)
		_, divides := q.broken(w, c.Variable) // by sets of its codes
		if !is && !number && !divides {
			wrong("%s: the question takes no such variable", c.Variable)
			continue
		}
		if c.Code != "" && placeOf(v, c.Code) < 0 {
			wrong("%s:%s: no row has that code, want one of %s", c.Variable, c.Code, some(v.Codes()))
		}
	}
	return ps
}
