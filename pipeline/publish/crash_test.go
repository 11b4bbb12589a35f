package publish

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"togetherwecan/pipeline/refusal"
)

// everyCrash is set for all crashes of a publication, and not some alone of those that
// differ in what was being built: make crash.
var everyCrash = os.Getenv("TWC_CRASH") == "all"

// A rehearsal is a publication that was recorded: the store before it, each change
// that it made, and the store after it.
type rehearsal struct {
	run           func(*Store) error
	before, after state
	current       [2]string // what CURRENT said before and after
	steps         []step
	changed       int // steps but for those of the lock
	tried         map[string]*trial
	tally         map[string]int // crashes tried, by how the next reader found the store
}

func rehearse(t *testing.T, before func(*testing.T, *Store), run func(*Store) error) *rehearsal {
	t.Helper()
	home := t.TempDir()
	s := open(t, filepath.Join(home, "store"))
	before(t, s)
	r := &rehearsal{run: run, before: stateOf(t, home), tried: map[string]*trial{}, tally: map[string]int{}}
	r.current[0], _ = s.currentID()
	r.steps = recorded(t, home, func() error { return run(s) })
	for _, step := range r.steps {
		if filepath.Base(step.Path) != lockName {
			r.changed++
		}
	}
	r.after = stateOf(t, home)
	r.current[1], _ = s.currentID()
	if err := verified(s, true); err != nil {
		t.Fatal(err)
	}
	return r
}

// crash replays the changes, but for those that are left out, and tries what is left
// wherever the power may go: of crashes that differ in what is being built alone, one in
// so many. It returns the first fault.
func (r *rehearsal) crash(t *testing.T, every int, leaveOut func(step) bool) error {
	t.Helper()
	few := 6
	if everyCrash {
		few = 10
	}
	const atOnce = 16 // which wait for the disk, most of the time
	var crashes []*trial
	p := platterOf(r.before)
	classes := map[string]int{}
	for i := 0; ; i++ {
		over := i == len(r.steps)
		for _, c := range p.crashes(few) {
			left, known := c.state(p)
			if over {
				known += "\nover"
			}
			again := r.tried[known]
			if again == nil {
				class := outside(known)
				if classes[class]++; (classes[class]-1)%every != 0 {
					continue
				}
				again = &trial{left: left, over: over, at: fmt.Sprintf("%s after %s", c.how, at(r.steps, i))}
				r.tried[known] = again
				crashes = append(crashes, again)
			} else if again.err != nil {
				return again.err
			}
		}
		if over || len(crashes) >= atOnce {
			if err := r.tryAll(t, crashes); err != nil {
				return err
			}
			crashes = nil
		}
		if over {
			return nil
		}
		if !leaveOut(r.steps[i]) {
			p.do(r.steps[i].Change)
		}
	}
}

// A trial is what a crash left, and what was found there.
type trial struct {
	at   string
	left state
	over bool // the run had ended
	end  string
	err  error
}

// tryAll tries crashes, all at once, and returns the first fault.
func (r *rehearsal) tryAll(t *testing.T, crashes []*trial) error {
	t.Helper()
	home := t.TempDir()
	var all sync.WaitGroup
	for i, c := range crashes {
		all.Go(func() {
			dir := filepath.Join(home, strconv.Itoa(i))
			if c.end, c.err = r.try(dir, c); c.err != nil {
				c.err = fmt.Errorf("%s: %w", c.at, c.err)
			}
			c.left = nil
			_ = os.RemoveAll(dir) // which the test's end does, too
		})
	}
	all.Wait()
	for _, c := range crashes {
		r.tally[c.end]++
	}
	for _, c := range crashes {
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

// at says which change was the last one.
func at(steps []step, done int) string {
	if done == 0 {
		return "nothing"
	}
	last := steps[done-1]
	return fmt.Sprintf("change %d of %d, %s %s by %s", done, len(steps), last.Do, last.Path, last.site)
}

// outside is what a state is known by without what a run is building, and whether it
// is.
func outside(known string) string {
	lines := strings.Split(known, "\n")
	kept := slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return strings.Contains(line, building) })
	return fmt.Sprint(strings.Join(kept, "\n"), len(kept) < len(lines))
}

// try puts what a crash left on a disk, reads it, verifies it, and runs again. Once
// the run is over all that it published must be there.
func (r *rehearsal) try(home string, c *trial) (end string, err error) {
	if err := c.left.put(home); err != nil {
		return "", err
	}
	s, err := Open(filepath.Join(home, "store"))
	if err != nil {
		return "", err
	}
	if err := r.read(s, c); err != nil {
		return "", fmt.Errorf("a reader finds %w", err)
	}
	err = verified(s, false)
	kind := refusal.Kind(0)
	if err != nil {
		kind = refusal.Of(err, 0)[0].Kind
	}
	switch {
	case err == nil:
		end = "holds"
	case kind == refusal.Interrupted:
		end = "is said to be cut off"
	case kind == refusal.Disk && strings.Contains(err.Error(), unpublished) && r.current[0] == "" && !c.over:
		end = "has no release"
	default:
		return "", fmt.Errorf("who verifies it finds, as kind %d, %w", kind, err)
	}
	if err := begin(s); err != nil {
		return "", fmt.Errorf("the next run cannot begin: %w", err)
	}
	now, err := storeState(home)
	if err != nil || cmp.Equal(files(r.after), files(now)) {
		return end, err
	}
	if err := verified(s, false); err != nil && r.current[0] != "" {
		return "", fmt.Errorf("the next run begins with %w", err)
	}
	if err := r.run(s); err != nil {
		return "", fmt.Errorf("the next run ends with %w", err)
	}
	if now, err = storeState(home); err == nil {
		err = r.unlike(now)
	}
	if err != nil {
		return "", fmt.Errorf("the next run leaves %w", err)
	}
	return end, nil
}

// unlike says what of a state is not as the publication left it.
func (r *rehearsal) unlike(now state) error {
	want, got := files(r.after), files(now)
	for name, text := range want {
		if there, ok := got[name]; !ok || there != text {
			return fmt.Errorf("another %s, or none: %s", name, cmp.Diff(text, there))
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			return fmt.Errorf("%s, which is no part of it", name)
		}
	}
	return nil
}

// files are those of a state, but for the lock, which says nothing.
func files(s state) state {
	s = maps.Clone(s)
	maps.DeleteFunc(s, func(name, _ string) bool { return strings.HasSuffix(name, "/") || filepath.Base(name) == lockName })
	return s
}

// read reads the current release, which must be the one before or the new one, whole,
// and those before it.
func (r *rehearsal) read(s *Store, c *trial) error {
	is, err := s.currentID()
	if err != nil {
		return err
	}
	if is != r.current[1] && (c.over || is != r.current[0]) {
		return fmt.Errorf("the release %q, want %q", is, r.current)
	}
	ids, err := s.Releases()
	if err != nil {
		return err
	}
	if is != "" && !slices.Contains(ids, is) {
		return fmt.Errorf("no %s among %q", is, ids)
	}
	for _, id := range ids {
		opened, err := s.Release(id)
		if err == nil {
			_, err = opened.Contents()
		}
		if err != nil {
			return err
		}
		prefix := "store/" + releasesName + "/" + id + "/"
		for name, text := range r.after {
			if strings.HasPrefix(name, prefix) && c.left[name] != text {
				return fmt.Errorf("%s, which is not as it was published", name)
			}
		}
	}
	if kept := maps.Clone(c.left); c.over {
		maps.DeleteFunc(kept, func(name, _ string) bool { return strings.Contains(name, building) })
		return r.unlike(kept)
	}
	return nil
}

func nothing(step) bool { return false }

// Whenever the power goes while a run publishes, and whatever of it the disk did not
// keep that it was not asked for, a reader finds the release before it or the new one;
// verify says that a run was cut off, or that all holds; and the next run leaves
// what this one would have left, byte for byte. Once the run is over its release is there.
func TestCrash(t *testing.T) {
	for _, c := range publications {
		t.Run(c.name, func(t *testing.T) {
			if c.rare && !everyCrash {
				t.Skip("much like others: make crash")
			}
			r := rehearse(t, c.before, c.run)
			every := 40
			if everyCrash {
				every = 1
			}
			if err := r.crash(t, every, nothing); err != nil {
				t.Error(err)
			}
			t.Logf("%d changes, %d crashes: %v", len(r.steps), len(r.tried), r.tally)
			if r.tally["is said to be cut off"] < 2 || r.changed < 10 {
				t.Errorf("%d changes, want more", r.changed)
			}
		})
	}
	t.Run("what was published already", func(t *testing.T) {
		r := rehearse(t, publications[1].before, func(s *Store) error {
			end, err := s.Begin(0, nil)
			defer end()
			if p := whole("2001"); err == nil {
				if err = s.Prepare(&p); err == nil && !p.Manifest.Unchanged() {
					err = fmt.Errorf("it is not as it was published")
				}
			}
			return err
		})
		if r.changed > 0 {
			t.Errorf("it makes %d changes", r.changed)
		}
	})
}

// spare are syncs that another one makes needless, as long as it is there.
var spare = map[string]string{
	"(*Store).lock": "the folder of the log is made beside that of the releases, and synced, before a release is there",
}

// Taking away any one sync of a publication leaves a crash after which it does not
// hold. make crash tries it.
func TestEverySyncIsNeeded(t *testing.T) {
	if !everyCrash {
		t.Skip("many crashes: make crash")
	}
	without := map[string]error{}
	for _, c := range publications {
		r := rehearse(t, c.before, c.run)
		for _, s := range r.steps {
			if s.Do != "sync" || without[s.site] != nil {
				continue
			}
			without[s.site] = r.crash(t, 40, func(other step) bool { return other.Do == "sync" && other.site == s.site })
		}
	}
	for _, site := range slices.Sorted(maps.Keys(without)) {
		switch function, _, _ := strings.Cut(site, " ("); {
		case without[site] != nil:
			t.Logf("without the sync by %s: %.200v", site, without[site])
		case spare[function] == "":
			t.Errorf("no crash shows the loss of the sync by %s", site)
		}
	}
}
