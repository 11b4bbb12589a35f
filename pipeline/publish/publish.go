package publish

import (
	"cmp"
	"fmt"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/release/sheet"
)

// Prepare fills in the package's manifest as the successor of the current
// release, but the files and the identities, which Publish knows, and returns every reason for which it may not follow as problems
// of kind Succession. It sorts the contents and writes nothing.
func (s *Store) Prepare(p *Package) error {
	check, err := s.follow(p)
	if err != nil {
		return err
	}
	return check()
}

// follow is Prepare but for the reasons for which the package may not follow, which check
// returns.
func (s *Store) follow(p *Package) (check func() error, err error) {
	previous, err := s.Current()
	if err != nil {
		return nil, err
	}
	m := &p.Manifest
	if m.Notice, _, err = s.newestNotice(); err != nil {
		return nil, err
	}
	slices.SortFunc(p.Indicators, func(a, b Indicator) int { return cmp.Compare(a.ID, b.ID) })
	faults := make([]error, len(p.Indicators))
	parallel(len(p.Indicators), func(i int) {
		x := &p.Indicators[i]
		x.Content.Words = p.Labels.Words(x.ID)
		x.Content.Sort()
		faults[i] = x.Content.Check(x.ID)
	})
	var ps refusal.Problems
	now := map[string]release.Content{}
	for i := range p.Indicators {
		x := &p.Indicators[i]
		entry := m.Indicator(x.ID)
		if entry == nil || !codebook.ValidCode(x.ID) {
			panic(fmt.Sprintf("publish: indicator %q has no entry in the manifest, or is no code", x.ID))
		}
		if faults[i] != nil {
			ps = append(ps, refusal.Problem{Kind: refusal.Succession, Where: x.ID, What: faults[i].Error()})
		}
		entry.Definition = release.Digest(x.Definition)
		now[x.ID] = x.Content
	}
	if len(now) != len(m.Indicators) || len(now) != len(p.Indicators) {
		panic(fmt.Sprintf("publish: %d indicators in the package, %d in its manifest", len(p.Indicators), len(m.Indicators)))
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if previous == nil {
		m.Follow(nil, "", nil, now)
		return func() error { return release.Check(nil, m, nil, now) }, nil
	}
	was, err := previous.Contents()
	if err != nil {
		return nil, err
	}
	m.Follow(previous.Manifest, previous.Digest, was, now)
	return func() error { return release.Check(previous.Manifest, m, was, now) }, nil
}

// Publish adds a release to the store, issued on a day (YYYY-MM-DD) that is
// not before the last one's, and returns its id. Either the release is whole
// and current, or the store is as it was: a fault of the disk is a problem of
// kind Disk, a store that another process publishes to is one of kind Running.
// A fault after the release became current comes with its id. Publish sorts
// and fills in the package as Prepare does; a package that was prepared
// is published as it was then, and refused as of kind Running where it would
// follow another release than the current one. It lets go of the package's rows.
func (s *Store) Publish(issued string, p Package) (id string, err error) {
	if day, err := time.Parse(time.DateOnly, issued); err != nil || day.Format(time.DateOnly) != issued {
		return "", s.refuse(refusal.Usage, "", "issued %q, want a day such as 2003-11-20", issued)
	}
	given := p.Manifest.Format != "" // by who prepared it
	ready := given
	prepare := func() error {
		if ready {
			last, err := s.Current()
			if err != nil {
				return err
			}
			notice, _, err := s.newestNotice()
			if err != nil {
				return err
			}
			follows := p.Manifest.Previous == ""
			if last != nil {
				follows = p.Manifest.Previous == last.Digest
			}
			follows = follows && p.Manifest.Notice == notice
			switch {
			case follows:
				return nil
			case given:
				return s.moved()
			}
		}
		ready = true
		return s.Prepare(&p)
	}
	// What is refused leaves no trace, so it is refused before the store is made.
	if err := prepare(); err != nil {
		return "", err
	}
	if !s.taken {
		unlock, failed := s.lockWithin(0, nil)
		defer func() { unlock(err != nil) }()
		if failed != nil {
			return "", failed
		}
		if err := s.rest(); err != nil {
			return "", err
		}
	}
	if err := prepare(); err != nil { // the store may have moved before the lock
		return "", err
	}
	return s.publish(issued, &p)
}

func (s *Store) moved() error {
	id, err := s.currentID()
	if err != nil {
		return err
	}
	return refusal.Problems{{
		Kind: refusal.Running, Where: s.dir, What: fmt.Sprintf("the store has moved on to %s since this run read it", or(id, "nothing")),
		Hint: "run again",
	}}
}

// point makes a release the current one. Everything that takes space is on the
// disk before commit puts the release in its place; rollback takes it away
// again where the pointer cannot follow. The log follows the catalogue.
func (s *Store) point(id string, catalog []byte, commit func() error, rollback func()) error {
	scratch := s.path(releasesName, building+"pointers")
	if err := disk.Mkdir(scratch, folderMode); err != nil {
		return s.disk(err)
	}
	defer disk.RemoveAll(scratch)
	list, err := pending(s.path(catalogName), scratch, catalog)
	if err != nil {
		return s.disk(err)
	}
	defer list.Discard()
	pointer, err := pending(s.path(currentName), scratch, []byte(id+"\n"))
	if err != nil {
		return s.disk(err)
	}
	defer pointer.Discard()
	logged, err := s.entriesLacking(catalog)
	if err != nil {
		return err
	}
	log, err := s.stage(scratch, logged)
	defer log.discard()
	if err != nil {
		return s.disk(err)
	}
	if err := commit(); err != nil {
		return s.disk(err)
	}
	if err := pointer.Replace(); err != nil {
		rollback()
		return s.disk(err)
	}
	// From here on the release is published; a fault is still reported, and the next run
	// finishes what it kept from being done. A catalogue that is on the disk before the
	// pointer would be damage, and so would a log before the catalogue.
	if err := disk.SyncFolder(s.dir); err != nil {
		return s.disk(err)
	}
	if err := list.Replace(); err != nil {
		return s.disk(err)
	}
	if err := disk.SyncFolder(s.dir); err != nil {
		return s.disk(err)
	}
	return s.disk(log.replace())
}

// NextID returns <issued>.<n> with the first number that is free, or refuses
// a day before the last release's.
func (s *Store) NextID(issued string) (string, error) {
	ids, ps := s.folders()
	if len(ids) == 0 || len(ps) > 0 {
		return issued + ".1", ps.Err()
	}
	if _, day, err := s.newestNotice(); err != nil || issued < day {
		return "", cmp.Or(err, s.refuse(refusal.Usage, "", "issued %s is before the last notice, of %s", issued, day))
	}
	last := releaseID.FindStringSubmatch(ids[len(ids)-1])
	switch {
	case issued < last[1]:
		return "", s.refuse(refusal.Usage, "", "issued %s is before the last release, %s", issued, last[0])
	case issued > last[1]:
		return issued + ".1", nil
	}
	n, _ := strconv.Atoi(last[2]) // at most six digits
	return fmt.Sprintf("%s.%d", issued, n+1), nil
}

// A move puts a folder that was built into its place.
type move struct{ from, to string }

// place moves folders one after the other, each on the disk before the next, or
// none of them.
func place(moves []move) error {
	for i, m := range moves {
		err := disk.Rename(m.from, m.to)
		if err == nil {
			i++
			err = disk.SyncFolder(filepath.Dir(m.to))
		}
		if err != nil {
			takeBack(moves[:i])
			return err
		}
	}
	return nil
}

func takeBack(moves []move) {
	for _, m := range slices.Backward(moves) {
		_ = disk.Rename(m.to, m.from)
	}
}

// publish builds, checks and seals a release, and moves the pointer.
func (s *Store) publish(issued string, p *Package) (published string, err error) {
	id, err := s.NextID(issued)
	if err != nil {
		return "", err
	}
	build := s.path(releasesName, building+id)
	moves := []move{{build, s.path(releasesName, id)}}
	defer disk.RemoveAll(build) // no longer there once it is in its place
	if len(p.Restricted) > 0 {
		folder := s.path(restrictedName, building+id)
		unkeep, err := s.keep(p.Key)
		defer func() { unkeep(published == "") }()
		if err != nil {
			return "", err
		}
		defer disk.RemoveAll(folder) // likewise
		if err := s.restrict(folder, p); err != nil {
			return "", s.disk(err)
		}
		// What a release rests on is in its place before it is.
		moves = append([]move{{folder, s.path(restrictedName, id)}}, moves...)
	}
	if err := s.build(build, p); err != nil {
		return "", s.disk(err)
	}
	r, ps := s.verifyRelease(build, releasesName+"/"+id, "", true, p)
	if err := ps.Err(); err != nil {
		return "", err
	}
	catalog, err := s.catalog(id, r)
	if err != nil {
		return "", err
	}
	err = s.point(id, catalog, func() error { return place(moves) }, func() { takeBack(moves) }) // nobody was pointed to it
	if err != nil {
		if now, _ := s.currentID(); now != id {
			id = "" // not published
		}
		return id, err
	}
	return id, nil
}

// build writes every file of a release into a new folder, its own tables and
// those of several indicators at a time.
func (s *Store) build(dir string, p *Package) error {
	w := &writer{dir: dir}
	w.folder("")
	w.folder("indicators")
	w.file("README.md", encodeReadme(&p.Manifest, p.Labels))
	w.file(labelsName, p.Labels.Encode())
	w.file("FORMAT.md", []byte(release.FormatText))
	if w.err != nil {
		return w.err
	}
	parts := make([]writer, 1+len(p.Indicators))
	parallel(len(parts), func(i int) {
		parts[i].dir = dir
		if i == 0 { // the longest
			parts[i].tables(p)
			return
		}
		x := &p.Indicators[i-1]
		p.Manifest.Indicator(x.ID).Identity = parts[i].indicator(&p.Manifest, x)
	})
	for _, part := range parts {
		w.folders, w.files, w.err = append(w.folders, part.folders...), append(w.files, part.files...), cmp.Or(w.err, part.err)
	}
	slices.SortFunc(w.files, func(a, b release.File) int { return strings.Compare(a.Path, b.Path) })
	p.Manifest.Files = slices.Clone(w.files)
	w.file(manifestName, p.Manifest.Encode())
	w.file(sumsName, encodeSums(w.files))
	for _, folder := range slices.Backward(w.folders) {
		if w.err == nil {
			w.err = disk.SyncFolder(folder)
		}
	}
	return w.err
}

// A writer writes the files of a release until the first fault.
type writer struct {
	dir     string
	folders []string
	files   []release.File
	err     error
}

func (w *writer) folder(path string) {
	full := filepath.Join(w.dir, filepath.FromSlash(path))
	if w.err == nil {
		w.err = disk.Mkdir(full, folderMode)
		w.folders = append(w.folders, full)
	}
}

// file writes a file and returns what the manifest says of it.
func (w *writer) file(path string, data []byte) release.File {
	f := release.File{Path: path, SHA256: release.Digest(data), Bytes: int64(len(data))}
	if w.err == nil {
		w.err = disk.WriteNew(filepath.Join(w.dir, filepath.FromSlash(path)), data, sealedMode)
		w.files = append(w.files, f)
	}
	return f
}

// indicator writes an indicator's folder, and returns the identity of what it
// holds.
func (w *writer) indicator(m *release.Manifest, x *Indicator) (identity string) {
	d := describe(m, x)
	w.folder(folder(x.ID))
	w.file(definition(x.ID), x.Definition)
	if len(x.Content.Figures) == 0 {
		return x.Content.Identity(nil, nil) // all that it says is in the release's own tables
	}
	figuresText, changesText := x.Content.CSV()
	figures, changes := w.file(figuresCSV(x.ID), figuresText), w.file(changesCSV(x.ID), changesText)
	identity = x.Content.Identity(figuresText, changesText)
	w.file(dataPackage(x.ID), encodeDataPackage(d, figures, changes))
	writeParquet(w, figuresParquet(x.ID), x.Content.Figures, release.FigureColumns, d.figures())
	writeParquet(w, changesParquet(x.ID), x.Content.Changes, release.ChangeColumns, d.changes())
	return identity
}

func writeParquet[R any](w *writer, path string, rows []R, columns []sheet.Column[R], meta []sheet.Pair) {
	if w.err != nil {
		return
	}
	data, err := sheet.Parquet(rows, columns, meta)
	if err != nil {
		w.err = fmt.Errorf("%s: %w", path, err)
		return
	}
	w.file(path, data)
}

// parallel does the jobs 0 to n-1, as many at a time as there are processors.
// Each has a place of its own for what it makes, so that nothing depends on
// which ends first.
func parallel(n int, do func(job int)) {
	var next atomic.Int64
	var done sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		done.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	done.Wait()
}
