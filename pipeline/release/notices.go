package release

import (
	"bytes"
	"fmt"
	"slices"
)

// A NoticeEntry is a notice of a store, in catalog.json: the first is number 1.
type NoticeEntry struct {
	Path   string `json:"path"`   // below the store
	Digest string `json:"digest"` // SHA-256 of the file
	Notice
}

// A Link is one release of a store's chain, as its notices need it.
type Link struct {
	Named
	Notice string // as its manifest has it
	Labels *Labels
}

// A NoticeFault is what is wrong with a notice of a store, by its place, or with what a
// release says of them, by the release's id.
type NoticeFault struct {
	At      int // among the notices; -1 where it is of a release
	Release string
	What    string
}

// CheckNotices holds notices against each other and against the chain of releases,
// oldest first: each names the one before it, releases that there were when it was
// issued, figures that the first of them has, and an earlier notice that still
// stands; and each release names the last notice that there was when it was made.
// Without a chain they are held against each other alone.
func CheckNotices(notices []NoticeEntry, chain []Link) []NoticeFault {
	var faults []NoticeFault
	for i := range notices {
		c := checking{notices: notices[:i], n: &notices[i], chain: chain}
		c.check()
		for _, what := range c.faults {
			faults = append(faults, NoticeFault{At: i, What: what})
		}
	}
	ids := make([]string, len(chain))
	for at := range chain {
		ids[at] = chain[at].ID
	}
	for at, link := range chain {
		if want := NewestBefore(notices, ids, at); link.Notice != want {
			faults = append(faults, NoticeFault{At: -1, Release: link.ID, What: fmt.Sprintf("notice is %s, want %s, the SHA-256 of the last notice before the release", orEmptyText(link.Notice), orEmptyText(want))})
		}
	}
	return faults
}

func orEmptyText(s string) string {
	if s == "" {
		return "empty"
	}
	return s
}

// NewestBefore is the digest of the last notice that was issued before a release, by its
// place in the chain's ids from the oldest on; "" where there is none.
func NewestBefore(notices []NoticeEntry, chain []string, at int) string {
	last := ""
	for i := range notices {
		if slices.Index(chain, notices[i].Newest.ID) >= at {
			break
		}
		last = notices[i].Digest
	}
	return last
}

// A checking is one notice being held against what there was before it.
type checking struct {
	notices []NoticeEntry // before it
	n       *NoticeEntry
	chain   []Link
	faults  []string
}

func (c *checking) add(format string, args ...any) {
	c.faults = append(c.faults, fmt.Sprintf(format, args...))
}

func (c *checking) check() {
	previous, day, first := "", "", 0
	if k := len(c.notices); k > 0 {
		last := &c.notices[k-1]
		previous, day, first = last.Digest, last.Issued, c.place(&last.Newest)
	}
	if c.n.Previous != previous {
		c.add("previous is %s, want %s, the SHA-256 of the notice before", orEmptyText(c.n.Previous), orEmptyText(previous))
	}
	if c.n.Issued < day {
		c.add("issued %s, before the last notice, of %s", c.n.Issued, day)
	}
	newest := c.named("newest release", &c.n.Newest)
	if newest >= 0 && newest < first {
		c.add("the newest release was %s, and before it already %s", c.n.Newest.ID, c.notices[len(c.notices)-1].Newest.ID)
	}
	if newest >= 0 && len(c.n.Newest.ID) >= len(c.n.Issued) && c.n.Issued < c.n.Newest.ID[:len(c.n.Issued)] {
		c.add("issued %s, before the last release, %s", c.n.Issued, c.n.Newest.ID)
	}
	since := c.n.Since
	if c.n.Ends > 0 {
		since = c.ends()
	}
	from, by := -1, -1
	if since != nil {
		from = c.named("first release affected", since)
	}
	if c.n.CorrectedBy != nil {
		by = c.named("release that corrects", c.n.CorrectedBy)
	}
	switch {
	case from > newest && newest >= 0:
		c.add("the first release affected is %s, and the newest was %s", since.ID, c.n.Newest.ID)
	case by > newest && newest >= 0:
		c.add("the release that corrects is %s, and the newest was %s", c.n.CorrectedBy.ID, c.n.Newest.ID)
	case by >= 0 && from >= by:
		c.add("%s cannot correct what is affected from %s on: want a later release", c.n.CorrectedBy.ID, since.ID)
	}
	if c.n.Affects != nil && from >= 0 && from <= newest {
		var labels []*Labels
		for _, l := range c.chain[from : newest+1] {
			labels = append(labels, l.Labels)
		}
		c.faults = append(c.faults, c.n.Affects.lacks(since.ID, labels)...)
	}
	c.says()
}

// ends holds a notice that ends another, and returns the first release that the other
// affects.
func (c *checking) ends() *Named {
	if c.n.Ends > len(c.notices) {
		c.add("it ends notice %d, and there are %d before it", c.n.Ends, len(c.notices))
		return nil
	}
	of := &c.notices[c.n.Ends-1]
	for i := range c.notices {
		if later := &c.notices[i]; later.Ends == c.n.Ends && later.Kind == Withdrawal {
			c.add("notice %d was taken back by notice %d", c.n.Ends, i+1)
			return of.Since
		}
	}
	switch {
	case of.Ends > 0 && c.n.Kind == Correction:
		c.add("notice %d is about notice %d: want a notice about figures", c.n.Ends, of.Ends)
	case of.Ends > 0 && of.Kind == Withdrawal:
		c.add("notice %d takes back notice %d: issue that again instead", c.n.Ends, of.Ends)
	case c.n.Kind == Correction:
		for _, s := range Stand(c.notices) {
			if s.Number == c.n.Ends && s.CorrectedBy != nil {
				c.add("notice %d is ended already: %s corrects it", c.n.Ends, s.CorrectedBy.ID)
			}
		}
	}
	return of.Since
}

// says refuses a notice that says what another one that stands says already.
func (c *checking) says() {
	if c.n.Affects == nil || c.n.Since == nil {
		return
	}
	scope := EncodeJSON(c.n.Affects.Sorted())
	for _, s := range Stand(c.notices) {
		same := s.Kind == c.n.Kind && bytes.Equal(EncodeJSON(s.Affects.Sorted()), scope) && s.Since.ID == c.n.Since.ID
		if open := s.CorrectedBy == nil; same && (open == (c.n.CorrectedBy == nil)) && (open || s.CorrectedBy.ID == c.n.CorrectedBy.ID) {
			c.add("notice %d says so already", s.Number)
		} else if same && open {
			c.add("notice %d says so already, but for %s, which corrects it: want a notice that ends it", s.Number, c.n.CorrectedBy.ID)
		}
	}
}

// place is where a release is in the chain, -1 where it is not.
func (c *checking) place(r *Named) int {
	return slices.IndexFunc(c.chain, func(l Link) bool { return l.ID == r.ID })
}

// named is the place of a release that a notice names, or a fault.
func (c *checking) named(what string, r *Named) int {
	at := c.place(r)
	switch {
	case len(c.chain) == 0:
	case at < 0:
		c.add("the %s is %q, and there is no such release", what, r.ID)
	case c.chain[at].Digest != r.Digest && c.chain[at].Digest != "":
		c.add("the SHA-256 of %s, the %s, is %s, want %s", r.ID, what, orEmptyText(r.Digest), c.chain[at].Digest)
	}
	return at
}

// A Standing is a notice about figures as the notices after it leave it: with the
// release that corrects them, where one of them says so.
type Standing struct {
	Number int
	Notice
	EndedBy int // the notice that says which release corrects them; 0 where it does so itself, or none does
}

// Stand lists the notices about figures that stand: those that were not taken back.
// The notices are in order and hold.
func Stand(notices []NoticeEntry) []Standing {
	taken := map[int]bool{}
	for i := range notices {
		if n := &notices[i]; n.Ends > 0 && n.Kind == Withdrawal {
			taken[n.Ends] = true
		}
	}
	var all []Standing
	for i := range notices {
		n, number := notices[i].Notice, i+1
		switch at := slices.IndexFunc(all, func(s Standing) bool { return s.Number == n.Ends }); {
		case taken[number]:
		case n.Ends == 0:
			all = append(all, Standing{Number: number, Notice: n})
		case n.Kind == Correction && at >= 0:
			s := &all[at]
			s.CorrectedBy, s.EndedBy = n.CorrectedBy, number
			if n.Extent != "" {
				s.Extent = n.Extent
			}
		}
	}
	return all
}

// An Effect is what a notice says of a release.
type Effect string

// The effects.
const (
	Affected  Effect = "affected"  // the release has the figures
	Corrected Effect = "corrected" // it is the first that has them right
)

// A Bearing is a notice that bears on a release, and how; or a correction that a later
// release made without a notice, which has no number.
type Bearing struct {
	Standing
	Effect Effect
	rows   map[string]string // of a correction without a notice: by Move.Row, what corrects them; "" for nothing
}

// Bear lists the notices that bear on a release of the chain, by its ids from the
// oldest on, and the corrections without a notice, of Unannounced, that later ones made.
// On one that is neither affected nor the correction none bears.
func Bear(standing []Standing, unannounced []Bearing, chain []string, id string) []Bearing {
	at := slices.Index(chain, id)
	var all []Bearing
	for _, s := range standing {
		until := len(chain)
		if s.CorrectedBy != nil {
			until = slices.Index(chain, s.CorrectedBy.ID)
		}
		switch from := slices.Index(chain, s.Since.ID); {
		case at == until:
			all = append(all, Bearing{Standing: s, Effect: Corrected})
		case from <= at && at < until:
			all = append(all, Bearing{Standing: s, Effect: Affected})
		}
	}
	for _, b := range unannounced {
		if at < slices.Index(chain, b.CorrectedBy.ID) {
			all = append(all, b)
		}
	}
	return all
}

// On lists those of the notices that bear on rows of an indicator's content: the rows
// that are shown, or handed out. It is the one answer to which notices to tell with them.
func On(bearings []Bearing, id string, c Content) []Bearing {
	var all []Bearing
	for _, b := range bearings {
		if b.Touches(id, c) {
			all = append(all, b)
		}
	}
	return all
}
