package publish

import (
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"togetherwecan/pipeline/disk"
)

// A step is one change of the disk, with paths below the folder that a store is in.
type step struct {
	disk.Change
	site string // who asked for it
}

// recorded are the changes that a run makes below a folder.
func recorded(t *testing.T, home string, run func() error) []step {
	t.Helper()
	var steps []step
	var lock sync.Mutex // several files are written at a time
	below := func(path string) string {
		rel, err := filepath.Rel(home, path)
		if err != nil {
			t.Error(err)
		}
		return filepath.ToSlash(rel)
	}
	end := disk.Watch(func(c disk.Change) error {
		lock.Lock()
		defer lock.Unlock()
		c.Path, c.Data = below(c.Path), slices.Clone(c.Data)
		if c.From != "" {
			c.From = below(c.From)
		}
		steps = append(steps, step{c, site()})
		return nil
	})
	defer end()
	if err := run(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// site names the function of this package that asked for a change, with its line:
// who asked for folders, where it is they that are made.
func site() string {
	var called [32]uintptr
	frames := runtime.CallersFrames(called[:runtime.Callers(2, called[:])])
	for {
		f, more := frames.Next()
		_, name, _ := strings.Cut(path.Base(f.Function), ".")
		if !more || strings.Contains(f.Function, "/publish.") && !strings.HasSuffix(f.File, "_test.go") && name != "makeFolders" {
			return fmt.Sprintf("%s (%s:%d)", name, filepath.Base(f.File), f.Line)
		}
	}
}

// A node is a file or a folder of a disk.
type node struct {
	id     int
	names  map[string]*node // of a folder, as programs see it; nil of a file
	stored map[string]*node // of a folder, as the disk has it for certain
	data   string           // of a file, as programs see it
	synced int              // how much of that the disk has for certain
}

// A naming is a change of a name that the disk may not have yet. A rename is one step
// on file systems with a journal.
type naming struct {
	folder *node
	name   string
	to     *node // nil where the name goes
	from   *node // of a rename, the folder and the name before it
	old    string
}

// A platter is a disk on which changes are made as on one that tells nothing of what
// it keeps but for what it was asked to sync: a file's content by its own sync, the
// names in a folder by that of the folder, and nothing else by either.
type platter struct {
	root    *node
	nodes   int
	pending []naming // not synced, in their order
	written *node    // by the last step, if that was a write
	last    int      // how much that wrote
}

// platterOf is a disk that has a state for certain.
func platterOf(s state) *platter {
	p := &platter{}
	p.root = p.folder()
	for _, name := range slices.Sorted(maps.Keys(s)) {
		if at := strings.TrimSuffix(name, "/"); at != "." {
			n := p.folder()
			if !strings.HasSuffix(name, "/") {
				n.names, n.stored, n.data, n.synced = nil, nil, s[name], len(s[name])
			}
			dir := p.at(path.Dir(at))
			dir.names[path.Base(at)], dir.stored[path.Base(at)] = n, n
		}
	}
	return p
}

func (p *platter) folder() *node {
	p.nodes++
	return &node{id: p.nodes, names: map[string]*node{}, stored: map[string]*node{}}
}

// at is what programs find at a path; nil for nothing.
func (p *platter) at(name string) *node {
	n := p.root
	for _, part := range strings.Split(name, "/") {
		if part != "." && n != nil {
			n = n.names[part]
		}
	}
	return n
}

// do makes a change, or none where a file system would refuse it.
func (p *platter) do(c disk.Change) {
	dir, base := p.at(path.Dir(c.Path)), path.Base(c.Path)
	n := p.at(c.Path)
	if p.written = nil; dir == nil {
		return
	}
	switch c.Do {
	case "create", "mkdir":
		made := p.folder() // also where it is not, so that ids are those of the steps
		if c.Do == "create" {
			made.names, made.stored = nil, nil
		}
		if n == nil {
			p.name(naming{folder: dir, name: base, to: made})
		}
	case "remove":
		if n != nil && len(n.names) == 0 {
			p.name(naming{folder: dir, name: base})
		}
	case "rename":
		if from := p.at(c.From); from != nil {
			p.name(naming{dir, base, from, p.at(path.Dir(c.From)), path.Base(c.From)})
		}
	case "write":
		n.data += string(c.Data)
		p.written, p.last = n, len(c.Data)
	case "sync":
		if n.names == nil {
			n.synced = len(n.data)
		} else {
			p.syncNames(n)
		}
	}
}

func (p *platter) name(c naming) {
	p.pending = append(p.pending, c)
	c.in(func(n *node) map[string]*node { return n.names })
}

// in makes a change of names.
func (c naming) in(names func(*node) map[string]*node) {
	if c.to == nil {
		delete(names(c.folder), c.name)
		return
	}
	if c.from != nil && names(c.from)[c.old] == c.to {
		delete(names(c.from), c.old)
	}
	names(c.folder)[c.name] = c.to
}

// syncNames puts the names in a folder on the disk, and with a rename that it had
// another name.
func (p *platter) syncNames(folder *node) {
	var left []naming
	for _, c := range p.pending {
		if c.folder != folder {
			left = append(left, c)
			continue
		}
		c.in(func(n *node) map[string]*node { return n.stored })
		left = slices.DeleteFunc(left, func(before naming) bool {
			return c.from != nil && before.folder == c.from && before.name == c.old && before.to == c.to
		})
	}
	p.pending = left
}

// A crash is what is left of a disk when its power goes.
type crash struct {
	how   string
	names func(*node) map[string]*node
	data  func(*node) int // how much of a file
}

// crashes are what may be left of a disk now: all that was done; files without what was
// not synced or half of it, all of them and each; names as they were before what was not synced,
// all, each alone, all but each, and any that are no more than few; neither; and half
// of the last write.
func (p *platter) crashes(few int) []crash {
	seen := func(n *node) map[string]*node { return n.names }
	whole := func(n *node) int { return len(n.data) }
	synced := func(n *node) int { return n.synced }
	none := p.without(func(int) bool { return true })
	all := []crash{
		{"all is kept", seen, whole},
		{"what was not synced of files is lost", seen, synced},
		{"half of what was not synced of files is lost", seen, func(n *node) int { return n.synced + (len(n.data)-n.synced)/2 }},
		{"names that were not synced are lost", none, whole},
		{"all that was not synced is lost", none, synced},
	}
	if p.written != nil {
		all = append(all, crash{"the last write is torn", seen, func(n *node) int {
			if n == p.written {
				return len(n.data) - (p.last+1)/2
			}
			return len(n.data)
		}})
	}
	where := p.places()
	for n, at := range where {
		if n.synced < len(n.data) && !strings.Contains(at, building) {
			all = append(all, crash{"what was not synced of " + at + " is lost", seen, func(other *node) int {
				if other == n {
					return n.synced
				}
				return len(other.data)
			}})
		}
	}
	var told []int // namings outside of what is being built
	for i, c := range p.pending {
		if at, there := where[c.folder]; there && !strings.Contains(at+"/"+c.name, building) {
			told = append(told, i)
		}
	}
	for _, i := range told {
		c := p.pending[i]
		what := where[c.folder] + "/" + c.name
		all = append(all, crash{"the name of " + what + " is lost", p.without(func(j int) bool { return i == j }), whole})
		all = append(all, crash{"the name of " + what + " alone is kept", p.without(func(j int) bool {
			return i != j && slices.Contains(told, j)
		}), whole})
	}
	if n := len(told); n > 2 && n <= few {
		for subset := range 1 << n {
			all = append(all, crash{fmt.Sprintf("the names %b of those that were not synced are lost", subset), p.without(func(j int) bool {
				at := slices.Index(told, j)
				return at >= 0 && subset>>at&1 == 1
			}), whole})
		}
	}
	return all
}

// places are the paths at which programs find what is on the disk.
func (p *platter) places() map[*node]string {
	where := map[*node]string{}
	var walk func(at string, n *node)
	walk = func(at string, n *node) {
		where[n] = at
		for name, next := range n.names {
			walk(path.Join(at, name), next)
		}
	}
	walk("", p.root)
	return where
}

// without are the names on the disk where some of the pending changes are lost.
func (p *platter) without(lost func(int) bool) func(*node) map[string]*node {
	changed := map[*node]map[string]*node{}
	names := func(n *node) map[string]*node {
		if n.names == nil {
			return nil
		}
		if changed[n] == nil {
			changed[n] = maps.Clone(n.stored)
		}
		return changed[n]
	}
	for i, c := range p.pending {
		if !lost(i) {
			c.in(names)
		}
	}
	return names
}

// state is what is left, and a name of it by which states that are alike are known.
func (c crash) state(p *platter) (state, string) {
	left := state{}
	var known []string
	var walk func(at string, n *node)
	walk = func(at string, n *node) {
		if n.names == nil {
			left[at] = n.data[:c.data(n)]
			known = append(known, fmt.Sprintf("%s %d:%d", at, n.id, c.data(n)))
			return
		}
		if at != "" {
			left[at+"/"] = ""
			known = append(known, at)
		}
		for name, next := range c.names(n) {
			walk(path.Join(at, name), next)
		}
	}
	walk("", p.root)
	slices.Sort(known)
	return left, strings.Join(known, "\n")
}
