package publish

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"

	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
)

// A link is a folder of releases as the chain has it.
type link struct {
	id       string
	digest   string // SHA-256 of its release.json; "" where that is missing
	previous string // the digest that its release.json names
}

// A chain is the releases of a store, each of which names the one before it by its
// digest. A folder that no run put there has no place in it.
type chain struct {
	links  []link // oldest first, as far as CURRENT says
	beyond []link // that follow those: one, where a run was cut off before it pointed to it
}

// all are the chain's links, those beyond the current release too.
func (c *chain) all() []link { return slices.Concat(c.links, c.beyond) }

// current is the id of the newest release that is pointed to, "" for none.
func (c *chain) current() string {
	if len(c.links) == 0 {
		return ""
	}
	return c.links[len(c.links)-1].id
}

// cut leaves the links before a release, and all where it has none of that id.
func (c *chain) cut(until string) {
	if at := slices.IndexFunc(c.links, func(l link) bool { return l.id == until }); at >= 0 {
		c.links, c.beyond = c.links[:at], nil
	}
}

func (c *chain) find(id string) *link {
	for _, l := range c.all() {
		if l.id == id {
			return &l
		}
	}
	return nil
}

func idsOf(links []link) []string {
	var ids []string
	for _, l := range links {
		ids = append(ids, l.id)
	}
	return ids
}

// chain reads the store's chain, with all that is wrong with it: folders that are no
// part of it, and releases that are not the ones that those after them name. A
// publication that goes on meanwhile gives the chain before it or after it.
func (s *Store) chain() (*chain, refusal.Problems) { return s.chainOf(s.currentID) }

// chainOf is chain, where this says what CURRENT says now.
func (s *Store) chainOf(now func() (string, error)) (*chain, refusal.Problems) {
	const most = 100 // publications while it is read
	for try := 0; ; try++ {
		current, fault := now()
		c, ps := s.chainTo(current, fault)
		if again, _ := now(); again == current || try == most {
			c.cut(s.until)
			if s.seen.Store(c); len(ps) > 0 {
				s.seen.Store(nil)
			}
			return c, ps
		}
	}
}

// chainTo reads the chain where CURRENT says this.
func (s *Store) chainTo(current string, fault error) (*chain, refusal.Problems) {
	ps := refusal.Of(fault, refusal.Integrity)
	links, problems := s.links()
	if ps = append(ps, problems...); slices.ContainsFunc(problems, func(p refusal.Problem) bool { return p.Kind == refusal.Disk }) {
		return &chain{links: links}, ps // what cannot be read is not missing
	}
	head := slices.IndexFunc(links, func(l link) bool { return l.id == current })
	c, strays, problems := s.join(links, head)
	ps = append(ps, problems...)
	for _, l := range strays {
		ps = append(ps, s.stray(l, c)...)
	}
	for _, l := range c.beyond {
		for _, p := range s.unlike(l) {
			p.Hint = s.out(l, "it was never the current one")
			ps = append(ps, p)
		}
	}
	newest := "nothing"
	if n := len(c.all()); n > 0 {
		newest = c.all()[n-1].id
	}
	if fault == nil && (current != "" && head < 0 || len(c.beyond) > 1) {
		ps = append(ps, refusal.Problem{Kind: refusal.Integrity, Where: currentName, What: fmt.Sprintf("names %s, the newest release is %s", or(current, "nothing"), newest)})
	}
	return c, ps
}

// links reads the folders of releases, oldest first.
func (s *Store) links() ([]link, refusal.Problems) {
	ids, ps := s.folders()
	links, faults := make([]link, len(ids)), make([]error, len(ids))
	parallel(len(ids), func(i int) {
		links[i].id = ids[i]
		data, err := readFile(s.path(releasesName, ids[i], manifestName))
		switch {
		case err == nil:
			links[i].digest, links[i].previous = release.Digest(data), previousOf(data)
		case !errors.Is(err, fs.ErrNotExist):
			faults[i] = s.disk(err)
		}
	})
	for _, fault := range faults {
		ps = append(ps, refusal.Of(fault, refusal.Disk)...)
	}
	return links, ps
}

// folders lists the store's folders of releases, oldest first, and what has the
// name of a release and is no folder.
func (s *Store) folders() ([]string, refusal.Problems) {
	entries, err := os.ReadDir(s.path(releasesName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, refusal.Of(s.disk(err), refusal.Disk)
	}
	var ids []string
	var ps refusal.Problems
	for _, e := range entries {
		switch {
		case !releaseID.MatchString(e.Name()):
		case e.IsDir():
			ids = append(ids, e.Name())
		default:
			where := releasesName + "/" + e.Name()
			ps = append(ps, refusal.Problem{
				Kind: refusal.Integrity, Where: where, What: "found " + refusal.FileKind(e.Type()) + ", want the folder of a release",
				Hint: "no run put it there: move " + s.path(where) + " out of the store",
			})
		}
	}
	slices.SortFunc(ids, compareIDs)
	return ids, ps
}

// previousOf is what a release.json names as the one before it. Of one that is no
// JSON it is "": whoever decodes it says so.
func previousOf(data []byte) string {
	d := json.NewDecoder(bytes.NewReader(data)) // which need not read it all: the key comes early
	for depth := 0; ; {
		token, err := d.Token()
		if err != nil {
			return ""
		}
		switch {
		case token == json.Delim('{') || token == json.Delim('['):
			depth++
		case token == json.Delim('}') || token == json.Delim(']'):
			depth--
		case depth == 1 && token == "previous":
			value, _ := d.Token()
			text, _ := value.(string)
			return text
		}
	}
}

// join makes the chain of the links up to the head, -1 where nothing is pointed to,
// and beyond it. Strays have no place in it.
func (s *Store) join(links []link, head int) (c *chain, strays []link, ps refusal.Problems) {
	c = &chain{}
	known := sync.OnceValue(s.catalogued)
	part := make([]bool, len(links))
	// From the head back, each names the one before.
	for at := head; at >= 0; {
		part[at] = true
		c.links = append(c.links, links[at])
		if links[at].previous == "" && len(s.unlike(links[at])) == 0 {
			break
		}
		before, sound := back(links[:at], links[at].previous, known)
		if !sound {
			ps = append(ps, s.broken(links, before, at, known())...)
		}
		at = before
	}
	slices.Reverse(c.links)
	// From the head on, one follows the other.
	last := link{}
	if head >= 0 {
		last = links[head]
	}
	for at := head; head < 0 || last.digest != ""; {
		var next []int
		for i := at + 1; i < len(links); i++ {
			if links[i].previous == last.digest && links[i].digest != "" {
				next = append(next, i)
			}
		}
		if len(next) > 1 { // a copy beside it: only the catalogue may know which it is
			next = slices.DeleteFunc(next, func(i int) bool { return known()[links[i].id] != links[i].digest })
		}
		if len(next) != 1 {
			break
		}
		at = next[0]
		last, part[at] = links[at], true
		c.beyond = append(c.beyond, last)
	}
	for i, l := range links {
		if !part[i] {
			strays = append(strays, l)
		}
	}
	return c, strays, ps
}

// back finds the release that one names as the one before it. Of several that are
// alike it is the one that the catalogue knows, or else the last. Where there is
// none, it is where the catalogue has it, or else the one that stands before it, if
// any; and is not sound.
func back(before []link, previous string, known func() map[string]string) (at int, sound bool) {
	at = -1
	for i, l := range before {
		if l.digest == previous && previous != "" && (at < 0 || known()[before[at].id] != previous) {
			at = i
		}
	}
	if at >= 0 {
		return at, true
	}
	for i, l := range before {
		if previous != "" && known()[l.id] == previous {
			return i, false
		}
	}
	return len(before) - 1, false
}

// broken says which of two releases is not what it was where the later one does not
// name the one before it.
func (s *Store) broken(links []link, before, after int, known map[string]string) refusal.Problems {
	later := links[after]
	if ps := s.unlike(later); len(ps) > 0 {
		return ps
	}
	for id, digest := range known {
		if digest == later.previous && (before < 0 || links[before].id != id) {
			return sealed(releasesName, id, "missing: %s follows it", later.id)
		}
	}
	if before < 0 {
		return sealed(releasesName+"/"+later.id, manifestName, "previous is %s, and no release is before it", later.previous)
	}
	earlier := links[before]
	if ps := s.unlike(earlier); len(ps) > 0 {
		return ps
	}
	return sealed(releasesName+"/"+earlier.id, manifestName, "changed: SHA-256 is %s, %s, which follows it, says %s", earlier.digest, later.id, later.previous)
}

// unlike holds a release.json against the SHA256SUMS beside it.
func (s *Store) unlike(l link) refusal.Problems {
	where := releasesName + "/" + l.id
	if l.digest == "" {
		return sealed(where, manifestName, "missing")
	}
	text, err := readFile(s.path(where, sumsName))
	if err != nil {
		return nil // which is said by who needs it
	}
	sums, err := decodeSums(text)
	if err != nil || sums[manifestName] == l.digest {
		return nil
	}
	return sealed(where, manifestName, "changed: SHA-256 is %s, %s says %s", l.digest, sumsName, or(sums[manifestName], "nothing"))
}

// catalogued is the digests of release.json by release, as the catalogue has them:
// nil where it cannot be read, since it is rebuilt from the releases.
func (s *Store) catalogued() map[string]string {
	data, err := readFile(s.path(catalogName))
	if err != nil {
		return nil
	}
	var c struct {
		Releases []struct{ ID, Digest string } `json:"releases"`
	}
	if json.Unmarshal(data, &c) != nil {
		return nil
	}
	known := map[string]string{}
	for _, r := range c.Releases {
		known[r.ID] = r.Digest
	}
	return known
}

// stray says of a folder why it is no part of the chain; or, where it may be the
// current release that was changed, that.
func (s *Store) stray(l link, c *chain) refusal.Problems {
	why, current := "no release names it as the one before it", link{}
	if len(c.links) > 0 {
		current = c.links[len(c.links)-1]
	}
	if current.id == "" || compareIDs(l.id, current.id) > 0 {
		if current.id != "" {
			if ps := s.unlike(current); len(ps) > 0 {
				return ps
			}
		}
		why = fmt.Sprintf("it follows %s, and the current release is %s", or(l.previous, "none"), or(current.digest, "none"))
		if l.previous == current.digest && l.digest != "" {
			why = "another one follows " + or(current.id, "none") + " too"
		}
	}
	for _, of := range c.all() {
		if of.digest == l.digest && l.digest != "" {
			why = "it is a copy of " + of.id
		}
	}
	return refusal.Problems{{
		Kind: refusal.Integrity, Where: releasesName + "/" + l.id, What: "no part of the chain of releases: " + why, Hint: s.out(l, "no run put it there"),
	}}
}

// out is what to do about a folder that hinders.
func (s *Store) out(l link, why string) string {
	return why + ": move " + s.path(releasesName, l.id) + " out of the store, which stands without it"
}
