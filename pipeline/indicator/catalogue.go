package indicator

import (
	"cmp"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/evaluation"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/series"
)

// A Catalogue is all that an analyst writes: the codebook, the crosswalks,
// the definitions, the evaluations and the disclosure policies.
type Catalogue struct {
	Codebook    *codebook.Codebook
	Crosswalks  []*codebook.Crosswalk    // sorted by survey, then by fieldwork
	Series      []*series.Series         // sorted by id
	Definitions []*Definition            // sorted by id, those of the series among them
	Evaluations []*evaluation.Evaluation // sorted by id
	Policies    []Policy                 // of disclosure, sorted by name
	Disclosure  Policy                   // the one in force: the default, until another is chosen
	Again       []Again                  // what is decided on anew

	policies *codebook.Page
	folder   string // as problems name it, "" for the catalogue that is built in
}

// Place is how problems name a page of the catalogue, by its path there.
func (c *Catalogue) Place(name string) string {
	if c.folder == "" {
		return name
	}
	return strings.TrimRight(c.folder, `/\`) + "/" + name
}

// LoadCatalogue reads a catalogue laid out as indicators/ is. It reports every
// problem of every page; a definition that no crosswalk can serve is one.
func LoadCatalogue(files fs.FS) (*Catalogue, error) { return LoadFolder(files, "") }

// LoadFolder reads the catalogue of a folder, which problems name: its files are
// to be those of the folder alone, behind whatever links.
func LoadFolder(files fs.FS, folder string) (*Catalogue, error) {
	var ps refusal.Problems
	c := &Catalogue{folder: folder}
	from := &catalogueFiles{files: files, at: c.Place}
	if p := from.page("codebook.yaml"); p != nil {
		book, problems := codebook.Parse(p)
		c.Codebook, ps = book, append(ps, problems...)
		if len(problems) == 0 && len(book.Variables) == 0 {
			ps.Add(p.File, "no variables")
		}
	}
	if p := from.page("disclosure.yaml"); p != nil {
		all, first, again, problems := readPolicies(p)
		c.policies, c.Policies, c.Disclosure, c.Again, ps = p, all, first, again, append(ps, problems...)
	}
	if c.Codebook == nil || len(c.Codebook.Variables) == 0 {
		return nil, append(ps, from.ps...).Err() // without variables, everything else would be wrong too
	}
	crosswalks, problems := codebook.ParseCrosswalks(from.pages("crosswalks"), c.Codebook)
	c.Crosswalks, ps = crosswalks, append(ps, problems...)
	home := map[string]string{}
	once := func(id, name, at string) {
		if first, twice := home[id]; twice {
			ps.Add(at, "id %q is already that of %s", id, first)
		}
		home[id] = name
	}
	for _, p := range from.pages("definitions") {
		d, problems := Parse(p, c.Codebook)
		if ps = append(ps, problems...); p.Broken() == nil {
			once(d.ID, p.File, d.At("id"))
		}
		c.Definitions = append(c.Definitions, d)
	}
	returns := from.pages(codebook.Returns)
	tables, misread := readSeries(returns)
	for i, p := range returns {
		s, definitions, problems := tables[i].parse(p, c.Codebook)
		ps = append(append(ps, misread[i]...), problems...)
		for _, d := range definitions {
			if home[d.ID] != p.File { // which the series says of itself
				once(d.ID, p.File, d.At("id"))
			}
		}
		c.Series, c.Definitions = append(c.Series, s), append(c.Definitions, definitions...)
	}
	for _, p := range from.pages(codebook.Evaluations) {
		e, problems := evaluation.Parse(p)
		if ps = append(ps, problems...); p.Broken() == nil {
			once(e.ID, p.File, e.At("id"))
		}
		c.Evaluations = append(c.Evaluations, e)
	}
	if ps = append(ps, from.ps...); len(ps) == 0 {
		ps = append(ps, c.check()...)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	sortCrosswalks(c.Crosswalks)
	slices.SortFunc(c.Series, func(a, b *series.Series) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Definitions, func(a, b *Definition) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(c.Evaluations, func(a, b *evaluation.Evaluation) int { return strings.Compare(a.ID, b.ID) })
	return c, nil
}

// LoadCrosswalks reads the crosswalks of a catalogue alone, in the order of
// LoadCatalogue. It reports every problem of theirs and of the codebook.
func LoadCrosswalks(files fs.FS) ([]*codebook.Crosswalk, error) {
	from := &catalogueFiles{files: files, at: (&Catalogue{}).Place}
	p := from.page("codebook.yaml")
	if p == nil {
		return nil, from.ps.Err()
	}
	book, ps := codebook.Parse(p)
	crosswalks, problems := codebook.ParseCrosswalks(from.pages("crosswalks"), book)
	if err := slices.Concat(ps, problems, from.ps).Err(); err != nil {
		return nil, err
	}
	sortCrosswalks(crosswalks)
	return crosswalks, nil
}

// sortCrosswalks sorts by survey, then by fieldwork.
func sortCrosswalks(all []*codebook.Crosswalk) {
	slices.SortFunc(all, func(a, b *codebook.Crosswalk) int {
		return cmp.Or(cmp.Compare(a.Survey, b.Survey), cmp.Compare(a.Fieldwork.Start, b.Fieldwork.Start), cmp.Compare(a.Wave, b.Wave))
	})
}

// check reports what no page can show alone.
func (c *Catalogue) check() refusal.Problems {
	var ps refusal.Problems
	if len(c.Crosswalks)+len(c.Series) == 0 {
		ps.Add(c.Place("crosswalks"), "no crosswalk and no series of returns, want at least one")
	}
	if len(c.Definitions) == 0 {
		ps.Add(c.Place("definitions"), "no definition, want at least one")
	}
	surveys := map[string]bool{}
	waves := map[codebook.SourceID]bool{}
	populations := map[string]bool{}
	for _, x := range c.Crosswalks {
		if x.Survey == codebook.Evaluations {
			ps.Add(x.At("survey"), "survey %q: want another name, it is where evaluations are", x.Survey)
		}
		surveys[x.Survey] = true
		if waves[x.ID()] {
			ps.Add(x.At("wave"), "a second crosswalk of wave %s", x.ID())
		}
		waves[x.ID()] = true
		for _, p := range x.Populations {
			populations[p.ID] = true
		}
	}
	for _, x := range c.Crosswalks {
		for _, wave := range slices.Sorted(maps.Keys(x.Design.Overlap)) {
			at := x.At("design", "overlap", string(wave))
			switch earlier := c.Crosswalk(wave); {
			case earlier == nil:
				ps.Add(at, "no wave %q in the catalogue%s", wave, refusal.Nearest(wave, sortedKeys(waves)))
			case earlier.Survey != x.Survey:
				ps.Add(at, "wave %s is of another survey, want one of %s", wave, x.Survey)
			case earlier.Fieldwork.Start >= x.Fieldwork.Start:
				ps.Add(at, "wave %s begins on %s, want an earlier wave than %s, which begins on %s", wave, earlier.Fieldwork.Start, x.ID(), x.Fieldwork.Start)
			case x.Design.Overlap[wave] != codebook.OverlapIndependent && (len(earlier.Design.PSU) == 0 || (len(earlier.Design.Stratum) == 0) != (len(x.Design.Stratum) == 0)):
				ps.Add(at, "wave %s names no psu, or only one of the two a stratum, want PSUs and strata that have the same labels in both", wave)
			case x.Design.Overlap[wave] != codebook.OverlapIndependent && earlier.Stacks() != "":
				ps.Add(at, "wave %s has a design of %s, want PSUs drawn with replacement: the error of a change is that of such", wave, earlier.Stacks())
			}
		}
	}
	ps = append(ps, c.checkSeries()...)
	for _, s := range c.Series {
		populations[s.Population.ID] = true
	}
	ps = append(ps, c.checkKeep(sortedKeys(populations))...)
	ps = append(ps, c.checkAgain(waves)...)
	for _, d := range c.Definitions {
		ps = append(ps, c.checkTargets(d, sortedKeys(populations))...)
		if d.Tabled != nil {
			continue
		}
		for i, s := range d.Surveys {
			if !surveys[s] {
				ps.Add(d.At("surveys", index(i)), "no survey %q%s", s, refusal.Nearest(s, sortedKeys(surveys)))
			}
		}
		for i, b := range d.Breaks {
			if !waves[b.From] {
				ps.Add(d.At("breaks", index(i)), "no wave %q in the catalogue%s", b.From, refusal.Nearest(b.From, sortedKeys(waves)))
			}
		}
		for i, p := range d.Populations {
			if !populations[p] {
				ps.Add(d.At("populations", index(i)), "no crosswalk has a population %q%s", p, refusal.Nearest(p, sortedKeys(populations)))
			}
		}
		for i, item := range d.Figures() {
			served := slices.ContainsFunc(c.Crosswalks, func(x *codebook.Crosswalk) bool {
				return d.Covers(x) && len(d.Lacks(c.Codebook, x, item)) == 0
			})
			if !served {
				at := d.At("of")
				if len(d.Items) > 0 {
					at = d.At("items", index(i))
				}
				ps.Add(at, "no wave has all the variables that this counts: %s", strings.Join(d.wants(item), ", "))
			}
		}
	}
	return ps
}

// wants lists all that an item rests on in a wave.
func (d *Definition) wants(item Item) []string {
	wants := d.Needs(item)
	if d.Analysis == codebook.Household {
		wants = append(wants, WeightOfHouseholds)
	}
	return wants
}

// Covers says whether the definition is meant for the crosswalk's survey.
func (d *Definition) Covers(x *codebook.Crosswalk) bool {
	return d.Tabled == nil && len(d.Surveys) == 0 || slices.Contains(d.Surveys, x.Survey)
}

// Crosswalk returns the crosswalk of a wave, or nil.
func (c *Catalogue) Crosswalk(wave codebook.SourceID) *codebook.Crosswalk {
	for _, x := range c.Crosswalks {
		if x.Survey == wave.Survey() && x.Wave == wave.Wave() { // whose id is made anew each time
			return x
		}
	}
	return nil
}

// Evaluation returns the evaluation with an id, or nil.
func (c *Catalogue) Evaluation(id string) *evaluation.Evaluation {
	for _, e := range c.Evaluations {
		if e.ID == id {
			return e
		}
	}
	return nil
}

// Definition returns the definition with an id, or nil.
func (c *Catalogue) Definition(id string) *Definition {
	for _, d := range c.Definitions {
		if d.ID == id {
			return d
		}
	}
	return nil
}

// Reads lists the common variables that figures of a wave, its populations and
// its weights are made of.
func (c *Catalogue) Reads(x *codebook.Crosswalk) []string {
	read := map[string]bool{}
	for _, p := range x.Populations {
		for _, w := range p.Where {
			read[w.Variable] = true
		}
	}
	for _, w := range x.Weights {
		for _, m := range w.Margins() {
			for _, name := range m.Reads() {
				read[name] = true
			}
		}
	}
	for _, d := range c.Definitions {
		if !d.Covers(x) {
			continue
		}
		for _, item := range d.Figures() {
			for _, name := range d.Needs(item) {
				read[name] = true
			}
		}
		for _, breakdown := range d.By(c.Codebook) {
			for _, name := range Crossed(breakdown) {
				read[name] = true
			}
		}
	}
	return sortedKeys(read)
}

// IDs lists the definitions' ids in order.
func (c *Catalogue) IDs() []string {
	ids := make([]string, len(c.Definitions))
	for i, d := range c.Definitions {
		ids[i] = d.ID
	}
	return ids
}

func index(i int) string { return strconv.Itoa(i) }
