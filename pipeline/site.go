package pipeline

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/disk"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ledger"
	"togetherwecan/pipeline/plan"
	"togetherwecan/pipeline/publish"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/release"
	"togetherwecan/pipeline/report"
	"togetherwecan/pipeline/report/site"
)

// SiteOptions say what a site is made of and where it goes.
type SiteOptions struct {
	Store     *publish.Store
	Out       string // folder
	Base      string // address that the site will have; "" where it is not known
	Catalogue *indicator.Catalogue
	Register  *plan.Register
	Method    []byte
	Printed   Printed // figures to stand beside those of the releases
}

// A SiteBuilt is what was made: how many files and bytes, and how many of the files are
// as an earlier build made them.
type SiteBuilt struct {
	Files int
	Kept  int
	Bytes int64
	Pages int
}

// The file of a site that says of what it was made, and its format.
const (
	siteName   = "site.json"
	siteFormat = "togetherwecan-site/1"
)

// A siteState is that file.
type siteState struct {
	Format string     `json:"format"`
	Root   string     `json:"root"`  // path of the site on its server
	Units  []siteUnit `json:"units"` // sorted by name
}

// readSite reads that file of a folder; there is none where the folder is no site.
func readSite(folder string) (state siteState, there bool) {
	data, err := os.ReadFile(filepath.Join(folder, siteName))
	if err == nil {
		err = json.Unmarshal(data, &state)
	}
	return state, err == nil && state.Format == siteFormat
}

// SiteRoot is the path on its server that the site in a folder was made for; it is refused,
// of kind Usage, where the folder is no site.
func SiteRoot(folder string) (string, error) {
	state, there := readSite(folder)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		return "", refusal.Problems{{Kind: refusal.Usage, Where: folder, What: "no such folder, want a site", Hint: "twc site " + folder + " --store DIR makes one"}}
	}
	if !there {
		return "", refusal.Problems{{Kind: refusal.Usage, Where: folder, What: fmt.Sprintf("is no site: no %s of format %s", siteName, siteFormat), Hint: "twc site " + folder + " --store DIR makes one"}}
	}
	return cmp.Or(state.Root, "/"), nil
}

// A siteUnit are files that were made together.
type siteUnit struct {
	Unit  string     `json:"unit"`
	Key   string     `json:"key"` // of all that they depend on
	Files []siteFile `json:"files"`
}

type siteFile struct {
	Path   string `json:"path"`
	Digest string `json:"sha256"`
}

// Site makes the site of a store's releases in a folder: beside it first, and then in its
// place, so that whoever reads it finds the old one or the new one whole. A folder that
// has something in it and is no site is refused. What an earlier build made of the same
// is taken over.
func Site(o SiteOptions) (SiteBuilt, error) {
	ids, err := o.Store.Releases()
	if err != nil {
		return SiteBuilt{}, err
	}
	in := site.Input{Base: o.Base, Register: o.Register, Catalogue: o.Catalogue, Method: o.Method, Code: Code()}
	if in.Base != "" {
		if in.Base, err = site.Address(in.Base); err != nil {
			return SiteBuilt{}, err
		}
	}
	if in.Notices, err = o.Store.Notices(); err != nil {
		return SiteBuilt{}, err
	}
	if in.Unannounced, err = o.Store.Unannounced(); err != nil {
		return SiteBuilt{}, err
	}
	var before *publish.Release
	contents, standing := &reading{}, release.Stand(in.Notices)
	for _, id := range ids {
		r, err := o.Store.Release(id)
		if err != nil {
			return SiteBuilt{}, err
		}
		last := before
		before = r
		in.Editions = append(in.Editions, site.Edition{
			ID: id, Digest: r.Digest, Manifest: r.Manifest, Labels: r.Labels,
			Content: contents.of(r), File: r.File,
			Ledger: func() (ledger.Ledger, error) {
				return o.Printed.public(r.Manifest, contents.of(r), release.Bear(standing, in.Unannounced, ids, id), o.Catalogue)
			},
			Printed: func(id string) string { return release.Digest(fmt.Append(nil, o.Printed.of(id))) },
			Published: func(id string, content release.Content) ([]report.Published, error) {
				return o.Printed.beside(id, r.Manifest, content, nil) // what the release shows, and no more
			},
			Diff: func() (*release.Diff, error) { return Diff(last, r, nil) },
		})
	}
	out, err := openSite(o.Out, in.Root())
	if err != nil {
		return SiteBuilt{}, err
	}
	if err := site.Build(in, out); err != nil {
		out.Discard()
		return SiteBuilt{}, refusal.Of(err, refusal.Disk).Err()
	}
	if err := out.replace(); err != nil {
		out.Discard()
		return SiteBuilt{}, err
	}
	return out.built, nil
}

// A reading is how to read the contents of the release that was read last: pages are made a
// release at a time, and a release holds its tables together. What was read of one
// indicator is let go of before the next is read.
type reading struct {
	id   string
	read func(indicator string) (release.Content, error)
}

func (c *reading) of(r *publish.Release) func(indicator string) (release.Content, error) {
	return func(indicator string) (release.Content, error) {
		if c.id != r.ID {
			read, err := r.Reading()
			if err != nil {
				return release.Content{}, err
			}
			c.id, c.read = r.ID, read
		}
		return c.read(indicator)
	}
}

// A siteFolder is a site being written: an output of site.Build.
type siteFolder struct {
	*disk.Folder
	path  string
	root  string // path on its server
	was   map[string]siteUnit
	now   map[string]*siteUnit
	built SiteBuilt
}

// openSite begins a site in a folder, which no other process then does until it is
// in its place or discarded.
func openSite(path, root string) (folder *siteFolder, err error) {
	path = filepath.Clean(path)
	parent, name := filepath.Split(path)
	o := &siteFolder{path: path, root: root, was: map[string]siteUnit{}, now: map[string]*siteUnit{}}
	refuse := func(kind refusal.Kind, format string, args ...any) error {
		return refusal.Problems{{Kind: kind, Where: path, What: fmt.Sprintf(format, args...), Hint: "name a folder that is not there yet, is empty, or has a site that twc site made"}}
	}
	if err := os.MkdirAll(filepath.Clean(parent), 0o755); err != nil {
		return nil, refuse(refusal.Disk, "%v", refusal.Reason(err))
	}
	switch o.Folder, err = disk.OpenFolder(path); {
	case errors.Is(err, disk.ErrLocked):
		return nil, refusal.Problems{{Kind: refusal.Running, Where: path, What: "another twc site is writing it", Hint: "wait until that has ended"}}
	case err != nil:
		return nil, refuse(refusal.Disk, "%v", refusal.Reason(err))
	}
	defer func() {
		if err != nil {
			o.Discard()
		}
	}()
	if err := sweepSite(path, filepath.Join(parent, "."+name+".former"), filepath.Join(parent, "."+name+".building")); err != nil {
		return nil, refuse(refusal.Disk, "%v", refusal.Reason(err))
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, refuse(refusal.Disk, "%v", refusal.Reason(err))
	case !info.IsDir():
		return nil, refuse(refusal.Usage, "no folder to write a site into: found %s", refusal.FileKind(info.Mode()))
	default:
		entries, err := os.ReadDir(path)
		if err != nil {
			return nil, refuse(refusal.Disk, "%v", refusal.Reason(err))
		}
		state, there := readSite(path)
		if len(entries) > 0 && !there {
			return nil, refuse(refusal.Usage, "not a site of twc: found %s, and no %s of format %s", entries[0].Name(), siteName, siteFormat)
		}
		for _, u := range state.Units {
			o.was[u.Unit] = u
		}
	}
	return o, nil
}

// sweepSite puts back the old site that an earlier build left beside its place, where it was cut off
// between its two steps, and removes the rest of it.
func sweepSite(path, former, building string) error {
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		if _, is := readSite(former); is {
			if err := disk.Rename(former, path); err != nil {
				return err
			}
		}
	}
	return errors.Join(os.RemoveAll(former), os.RemoveAll(building))
}

func (o *siteFolder) disk(err error) error {
	return refusal.Problems{{Kind: refusal.Disk, Where: o.path, What: refusal.Reason(err).Error()}}
}

// unit is one of the new site.
func (o *siteFolder) unit(name string) *siteUnit {
	if o.now[name] == nil {
		o.now[name] = &siteUnit{Unit: name}
	}
	return o.now[name]
}

// Kept takes over a unit of the old site that was made by the same key, if every file of
// it is still as it was made.
func (o *siteFolder) Kept(unit, key string) bool {
	o.unit(unit).Key = key
	was, there := o.was[unit]
	if !there || was.Key != key || len(was.Files) == 0 {
		return false
	}
	for _, f := range was.Files {
		data, err := os.ReadFile(filepath.Join(o.path, filepath.FromSlash(f.Path)))
		if err != nil || release.Digest(data) != f.Digest {
			return false
		}
	}
	for _, f := range was.Files {
		to, err := o.Place(f.Path)
		if err != nil {
			return false
		}
		from := filepath.Join(o.path, filepath.FromSlash(f.Path))
		if os.Link(from, to) != nil {
			data, err := os.ReadFile(from)
			if err != nil || o.Write(f.Path, data) != nil {
				return false // made anew, over what was written
			}
		}
		o.count(f.Path, 0)
		o.built.Kept++
	}
	o.now[unit].Files = was.Files
	return true
}

// Put writes a file of a unit.
func (o *siteFolder) Put(unit, path string, data []byte) error {
	to, err := o.Place(path)
	if err != nil {
		return o.disk(err)
	}
	_ = os.Remove(to) // what Kept began to take over must not be written through
	if err := o.Write(path, data); err != nil {
		return o.disk(err)
	}
	u := o.unit(unit)
	u.Files = append(u.Files, siteFile{path, release.Digest(data)})
	o.count(path, len(data))
	return nil
}

func (o *siteFolder) count(path string, bytes int) {
	o.built.Files++
	o.built.Bytes += int64(bytes)
	if strings.HasSuffix(path, ".html") {
		o.built.Pages++
	}
}

// replace puts the new site in the place of the old one. It is to be discarded where it
// cannot.
func (o *siteFolder) replace() error {
	state := siteState{Format: siteFormat, Root: o.root}
	for _, u := range o.now {
		slices.SortFunc(u.Files, func(a, b siteFile) int { return strings.Compare(a.Path, b.Path) })
		state.Units = append(state.Units, *u)
	}
	slices.SortFunc(state.Units, func(a, b siteUnit) int { return strings.Compare(a.Unit, b.Unit) })
	var data bytes.Buffer
	encoder := json.NewEncoder(&data)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(state); err != nil {
		return err
	}
	if err := o.Write(siteName, data.Bytes()); err != nil {
		return o.disk(err)
	}
	if err := o.Replace(); err != nil {
		return o.disk(err)
	}
	return nil
}
