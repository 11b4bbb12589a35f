package pipeline

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/harmonise"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
	"togetherwecan/pipeline/weigh"
)

// called is the name of the extract, or of the stack.
func (a *inquiry) called() string {
	if a.Tallies != nil {
		names := make([]string, len(a.Tallies))
		for i, path := range a.Tallies {
			names[i] = filepath.Base(path)
		}
		return strings.Join(names, ", ")
	}
	if a.Stack == nil {
		return a.Called()
	}
	names := make([]string, len(a.Stack))
	for i, f := range a.Stack {
		names[i] = f.Called()
	}
	return strings.Join(names, ", ")
}

// identifying are the variables that are a key and nothing else.
func (a *inquiry) identifying(x *codebook.Crosswalk, own []harmonise.Own) []string {
	if x.Key == nil {
		return nil
	}
	without := *x
	without.Key = nil
	others := append(without.RawNames(), a.q.Stacked.Variable)
	for _, o := range own {
		others = append(others, o.Name)
	}
	return slices.DeleteFunc(slices.Clone(x.Key.Variables), func(name string) bool {
		return slices.ContainsFunc(others, func(other string) bool { return strings.EqualFold(other, name) })
	})
}

// batches reads the extract, or the stack, whose files the answer then has. Place says of a
// row of a stack where it is, and is nil of one extract.
func (a *inquiry) batches(names, texts []string, each func(*table.Table) error) (e *ingest.Extract, place func(row int) string, ps refusal.Problems) {
	if a.Stack == nil {
		source := a.Source
		source.ByCode, source.Texts = true, texts
		e, err := ingest.Batches(source, names, a.Limits, a.Progress, each)
		if err != nil {
			return nil, nil, refusal.Of(err, refusal.Data)
		}
		return e, nil, nil
	}
	files := slices.Clone(a.Stack)
	for i, f := range files {
		for _, name := range texts {
			files[i].Texts = append(slices.Clip(files[i].Texts), cmp.Or(f.Own[strings.ToLower(name)], name))
		}
	}
	s, err := ingest.Stack{Files: files, Variable: a.q.Stacked.Variable}.Batches(names, a.Limits, a.Progress, each)
	if err != nil {
		return nil, nil, refusal.Of(err, refusal.Data)
	}
	a.answer.Files = s.Files
	a.answer.Notes.Add(s.Notes...)
	place = func(row int) string {
		file, line, own := s.Place(row)
		if line > 0 {
			return fmt.Sprintf("line %d of %s", line, file)
		}
		return fmt.Sprintf("row %d of %s", own+1, file)
	}
	return s.Extract, place, nil
}

// replicates are the names of the replicate weights that names and patterns stand for, which
// are the same in all files of a stack.
func (a *inquiry) replicates(patterns []string) ([]string, refusal.Problems) {
	files := []ingest.StackFile{{Source: a.Source}}
	if a.Stack != nil {
		files = a.Stack
	}
	var ps refusal.Problems
	var first []string
	for i, f := range files {
		found, absent, err := ingest.Matched(f.Source, patterns, a.q.Weight.Variable, a.Limits)
		switch {
		case err != nil:
			ps = append(ps, refusal.Of(err, refusal.Data)...)
		case len(absent) > 0:
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: f.Called(), What: fmt.Sprintf("no variable matches %s", strings.Join(absent, ", "))})
		case i == 0:
			first = found
		case len(found) != len(first):
			ps = append(ps, refusal.Problem{Kind: refusal.Usage, Where: f.Called(), What: fmt.Sprintf("%s, want %d as in %s", refusal.Count(len(found), "replicate weight"), len(first), files[0].Called())})
		}
	}
	return first, ps
}

// pool multiplies the weights of each wave as the question says.
func (a *inquiry) pool(d *design.Design) (*design.Design, refusal.Problems) {
	factors, notes, ps := a.q.Pooled(&a.words)
	a.answer.Notes.Add(notes...)
	if ps != nil || factors == nil {
		return d, ps
	}
	labels := a.wave.Table.Column(a.words.Variable(a.q.Stacked.Variable).Name).Labels()
	of := make([]float64, len(labels))
	for row, label := range labels {
		of[row] = factors[label]
	}
	return weigh.Scale(d, of)
}

// whyNotNumbers says which cells keep a variable from being numbers, of a stack in the first
// file that has one.
func (a *inquiry) whyNotNumbers(name string) string {
	if a.q.Controlled != nil { // which cells they are tells what is in them
		return "is text, want numbers"
	}
	if a.Stack == nil {
		return ingest.WhyNotNumbers(a.Source, name, a.Limits)
	}
	return "want numbers, as twc describe shows of each file"
}
