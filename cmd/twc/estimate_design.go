package main

import (
	"encoding/csv"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// designed gives the flags what the design of --design or of the wave says, as if they had been
// given, but for those that were and those of --without. What it says is told, and
// what is otherwise.
func (r *flagReader) designed(wave *question.Archived) (told indicator.Notes) {
	var parts []question.Part
	var name string
	switch {
	case r.drawn != "" && r.wave != "":
		r.wrong("wave", "has a design, and --design another, want one of them")
	case r.drawn != "":
		parts, name = r.partsOf(r.drawn)
	case wave != nil:
		parts, name = question.DrawnOf(wave.Crosswalk), r.wave
	}
	if parts == nil {
		return nil
	}
	r.places = map[string]string{}
	told.Add(indicator.Note{Code: indicator.DesignNamed, Of: name})
	for _, key := range r.without {
		if !slices.ContainsFunc(parts, func(p question.Part) bool { return p.Key == key }) {
			var keys []string
			for _, p := range parts {
				keys = append(keys, p.Key)
			}
			r.wrong("without", "%q, which the design does not say, want %s%s", key, strings.Join(keys, ", "), refusal.Nearest(key, keys))
		}
	}
	for _, p := range parts {
		f := r.flags.Lookup(p.Key)
		was := strings.Join(p.Values, ", ")
		without := slices.Contains(r.without, p.Key)
		switch {
		case f.Changed && without:
			r.wrong("without", "%q beside --%s, want one of them", p.Key, p.Key)
		case f.Changed:
			told.Add(indicator.Note{Code: indicator.DesignChanged, Of: p.Key, Args: []string{shownValue(f), was}})
		case without:
			told.Add(indicator.Note{Code: indicator.DesignWithout, Of: p.Key, Args: []string{was}})
		default:
			r.places[p.Key] = p.At
			if p.Key == "margins" && !filepath.IsAbs(p.Values[0]) { // beside the design
				p.Values = []string{filepath.Join(filepath.Dir(r.drawn), p.Values[0])}
			}
			if err := give(f, p.Values); err != nil {
				r.wrong(p.Key, "%v", err)
			}
		}
	}
	return told
}

// stored is the design that a file keeps itself.
const stored = "stored"

// kept is the design that the question's file keeps, in the words of the program that wrote it;
// "" where it keeps none, which is refused.
func (r *flagReader) kept() string {
	if r.tally {
		r.wrong("design", "%q of a tally, which keeps none, want the design in words", stored)
		return ""
	}
	if len(r.files) > 1 {
		r.wrong("design", "%q of several files, want a design for each, as svyset says it", stored)
		return ""
	}
	source := r.source
	if source.Path = r.files[0]; source.Path == "-" {
		r.wrong("design", "%q of standard input, want a file", stored)
		return ""
	}
	e, err := ingest.Scan(source, []string{}, ingest.DefaultLimits, nil, func(*table.Table) error { return nil })
	if err != nil {
		r.problems = append(r.problems, refusal.Of(err, refusal.Data)...)
		return ""
	}
	if e.About.Drawn == "" {
		r.wrong("design", "%s keeps none, want a file or a design in words: twc describe --design proposes one", e.Name)
	}
	return e.About.Drawn
}

// partsOf are the parts of a design that is a file, or the words of another program.
func (r *flagReader) partsOf(text string) (parts []question.Part, name string) {
	if text == stored {
		if text = r.kept(); text == "" {
			return nil, ""
		}
	}
	if question.Said(text) {
		parts, fault := question.ReadSaid(text)
		if fault != nil {
			r.problems = append(r.problems, fault.Problem(refusal.Usage, "--design"))
			return nil, ""
		}
		return parts, text
	}
	if text == "-" {
		r.wrong("design", "standard input, want a file")
		return nil, ""
	}
	data, err := ingest.Text(text, text, codebook.MostPageBytes)
	if err != nil && question.MeantSaid(text) {
		r.wrong("design", "%q is no file, and no design that is understood, want %s", text, question.Sayings)
		return nil, ""
	}
	if err != nil {
		r.problems = append(r.problems, refusal.Of(err, refusal.Usage)...)
		return nil, ""
	}
	parts, ps := question.ReadDrawn(text, data)
	if ps != nil {
		r.problems = append(r.problems, ps...)
		return nil, ""
	}
	return parts, text
}

// give gives a flag values, and has it say that it was given.
func give(f *pflag.Flag, values []string) error {
	f.Changed = true
	switch to := f.Value.(type) {
	case pflag.SliceValue:
		return to.Replace(values)
	default:
		for _, value := range values {
			if err := f.Value.Set(value); err != nil {
				return err
			}
		}
	}
	return nil
}

// shownValue is what a flag was given.
func shownValue(f *pflag.Flag) string {
	if of, ok := f.Value.(pflag.SliceValue); ok {
		return strings.Join(of.GetSlice(), ", ")
	}
	text := f.Value.String()
	if inner, ok := strings.CutPrefix(text, "["); ok && f.Value.Type() == "stringToString" {
		record, err := csv.NewReader(strings.NewReader(strings.TrimSuffix(inner, "]"))).Read()
		if err == nil {
			text = strings.Join(record, ", ")
		}
	}
	return text
}
