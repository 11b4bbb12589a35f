package release

import (
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/series"
)

// SurveySource is what the manifest says of a wave that was read from a file.
// Units are of the weights that were made whole; matched are the raw names that
// were in another case, and given the common variables that the wave has.
func SurveySource(w *indicator.Wave, file SourceFile, units map[string]int, matched map[string]string, given []string) Source {
	x := w.Crosswalk
	designs := map[string]Design{}
	for name, d := range w.Designs {
		made := Design{Facts: d.Facts, Variable: x.Weights[name].Variable, Error: d.Error, Factor: d.Factor, Lonely: d.Lonely, DF: d.DF()}
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
	return Source{
		ID: x.ID(), Kind: Survey, Period: x.Fieldwork, Synthetic: w.Synthetic, Files: []SourceFile{file},
		Wave: &Wave{
			Crosswalk: Digest(x.Text()), PartOf: x.PartOf(),
			Designs: designs, Overlap: x.Design.Overlap, Matched: matched, Unchecked: unchecked, Decisions: x.Decisions,
		},
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
