package release

import (
	"maps"
	"math"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// SurveySource is what the manifest says of a wave that was read from a file.
// Units are of the weights that were made whole; given are the common variables that
// the wave has, and noticed has what its crosswalk does not say.
func SurveySource(w *indicator.Wave, file SourceFile, units map[string]int, given []string, noticed Wave) Source {
	x := w.Crosswalk
	designs := map[string]Design{}
	for name, d := range w.Designs {
		f := d.Facts
		made := Design{
			Sample: &Sample{f.Sample, f.WithoutWeight, f.ZeroWeight, f.Respondents}, Strata: f.Strata, PSUs: f.PSUs, LonelyStrata: f.LonelyStrata, Variable: x.Weights[name].Variable, Error: d.Error, Factor: d.Factor, Lonely: d.Lonely, DF: d.DF(),
		}
		if k, ok := units[name]; ok {
			made.Unit = &k
		}
		designs[name] = made
	}
	var unchecked []string
	for _, name := range slices.Sorted(maps.Keys(x.Variables)) {
		if x.Variables[name].Known != codebook.Confirmed && slices.Contains(given, name) {
			unchecked = append(unchecked, name)
		}
	}
	noticed.Crosswalk, noticed.PartOf, noticed.Designs = Digest(x.Text()), x.PartOf(), designs
	noticed.Elsewhere = x.Elsewhere(file.SHA256)
	noticed.Overlap, noticed.Unchecked, noticed.Decisions = x.Design.Overlap, unchecked, x.Decisions
	return Source{
		ID: x.ID(), Kind: Survey, Period: x.Fieldwork, Synthetic: w.Synthetic, Files: []SourceFile{file},
		Wave: &noticed,
	}
}

// ReturnSource is what the manifest says of a return that was read from a file. Filed
// has what was noticed on the way.
func ReturnSource(r *series.Return, file SourceFile, filed Filed) Source {
	s := r.Series
	file.Rows = len(r.Rows) + len(r.Groups) + len(r.Whole) + len(r.Totals)
	filed.Series, filed.Standing, filed.Returned, filed.Expected = Digest(s.Text()), r.Standing, r.Returned, r.Expected
	filed.Known, filed.Decisions = s.Known, s.Decisions
	return Source{ID: r.ID(), Kind: Return, Period: r.Period, Synthetic: r.Synthetic, Files: []SourceFile{file}, Filed: &filed}
}

// Unconfirmed are sources that are carried over, with what was not confirmed in their
// release and is not in the catalogue of now, all else of them as it was.
func Unconfirmed(carried []Source, c *indicator.Catalogue) []Source {
	now := slices.Clone(carried)
	for i, s := range now {
		switch x := c.Crosswalk(s.ID); {
		case s.Wave != nil && x != nil:
			w := *s.Wave
			w.Unchecked = slices.DeleteFunc(slices.Clone(w.Unchecked), func(name string) bool { return x.Variables[name].Known == codebook.Confirmed })
			elsewhere := x.Elsewhere(s.Files[0].SHA256)
			w.Elsewhere = slices.DeleteFunc(slices.Clone(w.Elsewhere), func(name string) bool { return !slices.Contains(elsewhere, name) })
			now[i].Wave = &w
		case s.Filed != nil:
			at := slices.IndexFunc(c.Series, func(known *series.Series) bool { return string(known.Stem()) == s.ID.Survey() })
			if f := *s.Filed; at >= 0 && c.Series[at].Known == codebook.Confirmed {
				f.Known = codebook.Confirmed
				now[i].Filed = &f
			}
		}
	}
	return now
}

// Repeated reports the returns that two files have, of sources in their order.
func Repeated(sources []Source) refusal.Problems {
	var ps refusal.Problems
	for i := 1; i < len(sources); i++ {
		if a, b := sources[i-1], sources[i]; a.ID == b.ID {
			ps.Add(string(b.ID), "the return is there twice, want it in one file: %s and %s", a.Files[0].Name, b.Files[0].Name)
		}
	}
	return ps
}

// Freedom gives the degrees of freedom of the whole design that a figure of one
// of the sources rests on; those of a return are infinite.
func Freedom(sources []Source) func(Figure) float64 {
	designs := map[codebook.SourceID]map[string]Design{}
	for _, s := range sources {
		if s.Wave != nil {
			designs[s.ID] = s.Wave.Designs
		}
	}
	return func(f Figure) float64 {
		if f.Source.Return() {
			return math.Inf(1)
		}
		return float64(designs[f.Source][f.Weight].DF)
	}
}
