package codebook

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// ParseCrosswalk reads a crosswalk page against the common codebook. The
// page's file ends in <survey>/<wave>.yaml. It is like no other: those that
// are need ParseCrosswalks.
func ParseCrosswalk(page *Page, book *Codebook) (*Crosswalk, refusal.Problems) {
	made, ps := ParseCrosswalks([]*Page{page}, book)
	return made[0], ps
}

// ParseCrosswalks reads the crosswalk pages of a catalogue, and completes each
// that is like another one. A crosswalk is not checked where the one that it
// is like has a problem.
func ParseCrosswalks(pages []*Page, book *Codebook) ([]*Crosswalk, refusal.Problems) {
	l := likening{book: book, waves: map[SourceID]*Crosswalk{}, state: map[*Crosswalk]likeness{}}
	made := make([]*Crosswalk, len(pages))
	read := make([]refusal.Problems, len(pages))
	for i, page := range pages {
		c := &Crosswalk{page: page}
		read[i] = page.Decode(c)
		made[i] = c
		if l.waves[c.ID()] == nil && page.Broken() == nil {
			l.waves[c.ID()] = c
		}
		switch {
		case page.Broken() != nil:
			l.state[c] = faulty
		case len(read[i]) > 0:
			l.state[c] = misread
		}
	}
	// One whose page does not say its wave is there all the same for those that are like it.
	for _, c := range made {
		dir, file := path.Split(c.page.File)
		if id := WaveID(path.Base(dir), strings.TrimSuffix(file, ".yaml")); l.waves[id] == nil {
			l.waves[id] = c
		}
	}
	for i, c := range made {
		l.ps = append(l.ps, read[i]...)
		l.complete(c)
	}
	return made, l.ps
}

// A likening completes crosswalks, each once.
type likening struct {
	book  *Codebook
	waves map[SourceID]*Crosswalk
	state map[*Crosswalk]likeness
	ps    refusal.Problems
}

// A likeness is how far a crosswalk has come.
type likeness int

const (
	unread  likeness = iota
	misread          // its page has problems, and it is still to be completed
	begun            // what it is like is being completed
	whole
	faulty
)

// complete gives a crosswalk what it has from the one that it is like, and
// checks it. It says whether nothing was wrong.
func (l *likening) complete(c *Crosswalk) bool {
	before := l.state[c]
	if before >= begun {
		return before == whole
	}
	l.state[c] = begun
	problems, complete := l.inherit(c)
	if complete {
		problems = append(problems, c.check(l.book)...)
	}
	l.ps = append(l.ps, problems...)
	l.state[c] = faulty
	if before == unread && complete && len(problems) == 0 {
		l.state[c] = whole
	}
	return l.state[c] == whole
}

// inherit fills what a crosswalk does not say from the one that it is like, and
// says whether there is one to fill it from, or none is needed.
func (l *likening) inherit(c *Crosswalk) (ps refusal.Problems, complete bool) {
	at := c.page.At("like")
	if c.Like == "" {
		if len(c.Without) > 0 {
			ps.Add(c.page.At("without"), "without variables of no wave, want like: the wave that has them")
		}
		if len(c.Part) > 0 {
			ps.Add(c.page.At("part"), "a part of no wave, want like: the wave whose extract it is in")
		}
		return ps, len(ps) == 0
	}
	from := l.waves[c.Like]
	switch {
	case from == nil:
		ps.Add(at, "no wave %q in the catalogue%s", c.Like, refusal.Nearest(c.Like, slices.Sorted(maps.Keys(l.waves))))
		return ps, false
	case l.state[from] == begun:
		ps.Add(at, "wave %s is like itself, by way of %s", c.ID(), c.Like)
		return ps, false
	case !l.complete(from):
		return ps, false // which has problems of its own
	}
	for i, name := range c.Without {
		if _, ok := from.Variables[name]; !ok {
			ps.Add(c.page.At("without", itoa(i)), "no variable %q in %s%s", name, c.Like, refusal.Nearest(name, slices.Collect(maps.Keys(from.Variables))))
		}
		if _, own := c.Variables[name]; own {
			ps.Add(c.page.At("without", itoa(i)), "variable %q is here and is not to be, want one of the two", name)
		}
	}
	c.fill(from)
	for i, w := range c.Part {
		ps = append(ps, w.Check(l.book, c.page.At("part", itoa(i)))...)
		for _, name := range l.book.Lacks(c, w.Variable) {
			ps.Add(c.page.At("part", itoa(i)), "a part by variable %q, which this crosswalk does not have", name)
		}
	}
	return ps, len(ps) == 0
}

// fill takes over what the page does not say. Another extract than that of the
// wave has its own study, identity and overlaps, and names that are from memory
// until somebody has seen them there.
func (c *Crosswalk) fill(from *Crosswalk) {
	c.like = from
	unset := func(x any) bool { return reflect.ValueOf(x).IsZero() }
	same := len(c.Part) > 0
	if unset(c.Population) {
		c.Population = from.Population
	}
	if unset(c.Licence) {
		c.Licence = from.Licence
	}
	if unset(c.File) {
		c.File = from.File
	}
	if unset(c.Design) {
		c.Design = from.Design
		if !same {
			c.Design.Known, c.Design.SHA256, c.Design.Expect, c.Design.Overlap = Memory, "", nil, nil
		}
	}
	if same && unset(c.Study) {
		c.Study = from.Study
	}
	c.fillHeld(from, same)
	if c.Weights == nil {
		c.Weights = maps.Clone(from.Weights)
		for name, w := range c.Weights {
			if !same {
				w.Known, w.SHA256 = Memory, ""
			}
			c.Weights[name] = w
		}
	}
	if c.Missing == nil {
		c.Missing = from.Missing
	}
	own := c.Variables
	c.Variables = map[string]Source{}
	for name, s := range from.Variables {
		if !same {
			s.Known, s.SHA256 = Memory, ""
		}
		if !slices.Contains(c.Without, name) {
			c.Variables[name] = s
		}
	}
	maps.Copy(c.Variables, own)
	for _, d := range from.Decisions {
		_, redone := own[d.Variable]
		if _, has := c.Variables[d.Variable]; has && !redone {
			c.Decisions = append(c.Decisions, d)
		}
	}
	if c.Populations == nil {
		c.Populations = slices.Clone(from.Populations)
	}
	for i, p := range c.Populations {
		c.Populations[i].Where = slices.Concat(c.Part, p.Where)
	}
}

// PartOf is the wave in whose extract this one is a part, "" for a wave that is
// no part.
func (c *Crosswalk) PartOf() SourceID {
	if len(c.Part) == 0 {
		return ""
	}
	return c.Like
}

// At returns the place of a part of the crosswalk: on its page or, where that
// says nothing of it, on that of the wave that it is like.
func (c *Crosswalk) At(keys ...string) string {
	for x := c; x != nil; x = x.like {
		if x.page.has(keys...) {
			return x.page.At(keys...)
		}
	}
	return c.page.At(keys...)
}

// Text returns the crosswalk's page, as it was read, behind those of the waves
// that it is like.
func (c *Crosswalk) Text() []byte {
	if c.like == nil {
		return c.page.Text()
	}
	return slices.Concat(c.like.Text(), c.page.Text())
}

// Page is the crosswalk's own, without what it leaves to the wave that it is like.
func (c *Crosswalk) Page() *Page { return c.page }
