package release

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// Distinct refuses made-up and real sources in one run, which a reader could
// take for each other, and a file that is the extract of two waves: of those
// that were read, or of one of them and one that was published before. A wave
// and its parts are of one extract. Previous is nil for the first release.
func Distinct(read []Source, previous *Manifest) refusal.Problems {
	var ps refusal.Problems
	home := map[string]Source{}
	if previous != nil {
		for _, s := range previous.Sources {
			if !has(read, s.ID) {
				for _, f := range s.Files {
					home[f.Digest] = s
				}
			}
		}
	}
	for _, s := range read {
		if s.Synthetic != read[0].Synthetic {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(s.ID),
				What: fmt.Sprintf("one of this extract and that of %s is synthetic and the other is not; want only synthetic or only real extracts in a release", read[0].ID),
				Hint: "run them into stores of their own",
			})
		}
		for _, f := range s.Files {
			if first, twice := home[f.Digest]; twice && first.whole() != s.whole() && !sameTable(first, s) {
				ps.AddHint("is the extract in the right folder?", string(s.ID)+"/"+f.Name, "the same file is the extract of %s, want one wave for it", first.ID)
			}
			home[f.Digest] = s
		}
	}
	return ps
}

// sameTable says whether two sources are returns of one series in one file, which
// has several periods.
func sameTable(a, b Source) bool {
	return a.Filed != nil && b.Filed != nil && a.ID.Survey() == b.ID.Survey() && a.Files[0].Name == b.Files[0].Name
}

// whole is the wave that the source is, or is a part of.
func (s Source) whole() codebook.SourceID {
	if s.Wave != nil && s.Wave.PartOf != "" {
		return s.Wave.PartOf
	}
	return s.ID
}

func has(sources []Source, id codebook.SourceID) bool {
	return slices.ContainsFunc(sources, func(s Source) bool { return s.ID == id })
}

// Carry lists the sources of the previous release that were not read now and
// are carried over, and refuses those whose figures the catalogue would no
// longer give. Previous is nil for the first release.
func Carry(previous *Manifest, c *indicator.Catalogue, read []Source) ([]Source, refusal.Problems) {
	if previous == nil {
		return nil, nil
	}
	var carried []Source
	var ps refusal.Problems
	for _, s := range previous.Sources {
		if has(read, s.ID) {
			continue
		}
		if s.Kind == Evaluation { // read from the catalogue in every run
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(s.ID), What: "the evaluation was published and the catalogue has none of that id", Hint: "restore " + c.Place(string(s.ID)+".yaml"),
			})
			continue
		}
		s.Carried = true
		carried = append(carried, s)
		if _, ok := c.Period(s.ID); !ok {
			what := map[Kind]string{Survey: "crosswalk", Return: "series"}[s.Kind]
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(s.ID), What: fmt.Sprintf("the %s is carried over and the catalogue has no %s for it", map[Kind]string{Survey: "wave", Return: "return"}[s.Kind], what), Hint: "restore its " + what,
			})
			continue
		}
		if x := c.Crosswalk(s.ID); x != nil {
			ps = append(ps, unlinked(c, x, read)...)
		}
		if previous.Disclosure.Digest() != c.Disclosure.Digest() {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: c.Place("disclosure.yaml"), What: fmt.Sprintf("the policy has changed since the last release, and %s is carried over", s.ID), Hint: give(s.ID),
			})
		}
		for _, was := range previous.Indicators {
			ps = append(ps, redefined(c, was, s.ID, read)...)
		}
	}
	return carried, append(ps, checkStanding(previous, read)...)
}

// checkStanding refuses a return whose numbers were published as more final than it
// now says that they are.
func checkStanding(previous *Manifest, read []Source) refusal.Problems {
	var ps refusal.Problems
	for _, s := range read {
		was := previous.Source(s.ID)
		if was == nil || was.Filed == nil || s.Filed == nil {
			continue
		}
		if slices.Index(series.Standings, s.Filed.Standing) < slices.Index(series.Standings, was.Filed.Standing) {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(s.ID), What: fmt.Sprintf("the return is %s, and was published as %s", cmp.Or(s.Filed.Standing, "of no standing"), was.Filed.Standing),
				Hint: "a number that changes once it is final is " + series.Revised + ": say so in the return",
			})
		}
	}
	return ps
}

func give(id codebook.SourceID) string {
	if id.Return() {
		return fmt.Sprintf("put the return %s into this run again", id)
	}
	return fmt.Sprintf("put the extract of %s into this run again", id)
}

// redefined refuses a definition or crosswalk that is another than the figures
// of a carried wave rest on, unless a break is declared.
func redefined(c *indicator.Catalogue, was Indicator, id codebook.SourceID, read []Source) refusal.Problems {
	lineage, has := was.Lineage[id]
	d := c.Definition(was.ID)
	if !has || d == nil || lineage == c.Lineage(d, id) || broken(c, d, id, read) {
		return nil
	}
	what := "its definition or crosswalk"
	if id.Return() {
		what = "its series"
	}
	if was.Quantity != d.Quantity(c.Codebook) {
		what = "its definition"
	}
	return refusal.Problems{{
		Kind: refusal.Succession, Where: d.File(), What: fmt.Sprintf("%s has changed since the last release, and its figures for %s are carried over", what, id),
		Hint: give(id) + ", or declare a break in " + d.File() + " from the first source that the change holds for",
	}}
}

// broken says whether a definition declares a break between a carried wave
// and every wave of its survey that was read, so that the old figures may
// stand beside the new.
func broken(c *indicator.Catalogue, d *indicator.Definition, carried codebook.SourceID, read []Source) bool {
	any := false
	for _, s := range read {
		if s.ID.Survey() != carried.Survey() {
			continue
		}
		any = true
		if _, ok := d.Break(carried, s.ID, c.Start); !ok {
			return false
		}
	}
	return any
}

// unlinked refuses a wave that was read and shares PSUs with one that is
// carried over: the error of a change rests on the PSUs of both.
func unlinked(c *indicator.Catalogue, carried *codebook.Crosswalk, read []Source) refusal.Problems {
	var ps refusal.Problems
	for _, s := range read {
		x := c.Crosswalk(s.ID)
		if x == nil || !x.SharesPSUs(carried.ID()) && !carried.SharesPSUs(x.ID()) {
			continue
		}
		from, to := carried.ID(), x.ID()
		if c.Start(to) < c.Start(from) {
			from, to = to, from
		}
		compared := slices.ContainsFunc(c.Definitions, func(d *indicator.Definition) bool {
			_, broken := d.Break(from, to, c.Start)
			return d.Covers(x) && !broken
		})
		if compared {
			ps = append(ps, refusal.Problem{
				Kind: refusal.Succession, Where: string(x.ID()), What: fmt.Sprintf("shares PSUs with %s, which is carried over; want the extracts of both in one run", carried.ID()),
				Hint: give(carried.ID()),
			})
		}
	}
	return ps
}

// Mended refuses changes that the previous release did not give for a break
// that is declared no more, of waves that are carried over and share PSUs.
func Mended(d *indicator.Definition, changes []Change, start func(codebook.SourceID) string) refusal.Problems {
	var ps refusal.Problems
	for _, c := range changes {
		if _, broken := d.Break(c.FromSource, c.Source, start); broken {
			continue
		}
		ps = append(ps, refusal.Problem{
			Kind: refusal.Succession, Where: d.File(),
			What: fmt.Sprintf("the break between %s and %s is gone, and both are carried over; their change rests on the PSUs of both", c.FromSource, c.Source),
			Hint: fmt.Sprintf("put the extracts of %s and %s into this run again", c.FromSource, c.Source),
		})
	}
	return ps
}

// Lacks lists what a definition needs to have figures of a carried wave, which
// has none of them: variables, or only the extract; nothing where it is not
// meant for the survey.
func Lacks(c *indicator.Catalogue, d *indicator.Definition, carried codebook.SourceID) []string {
	if carried.Return() {
		if d.Tabled != nil && c.SeriesOf(carried) == d.Tabled.Series {
			return []string{"the return " + string(carried)}
		}
		return nil
	}
	x := c.Crosswalk(carried)
	if !d.Covers(x) {
		return nil
	}
	needs := map[string]bool{}
	for _, item := range d.Figures() {
		absent := d.Lacks(c.Codebook, x, item)
		if len(absent) == 0 {
			return []string{"the extract of " + string(carried)}
		}
		for _, name := range absent {
			needs[name] = true
		}
	}
	return slices.Sorted(maps.Keys(needs))
}

// Gaps reports the periods that are missing among the returns of each series.
func Gaps(c *indicator.Catalogue, sources []Source) refusal.Problems {
	var ps refusal.Problems
	for _, s := range c.Series {
		var periods []string
		for _, source := range sources {
			if source.ID.Survey() == string(s.Stem()) {
				periods = append(periods, source.ID.Wave())
			}
		}
		ps = append(ps, s.Gaps(periods)...)
	}
	return ps
}
