package indicator

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A catalogueFiles reads the pages of a catalogue, and keeps what is wrong with
// them as files.
type catalogueFiles struct {
	files fs.FS
	at    func(name string) string // how problems name a file
	ps    refusal.Problems
}

// page reads a page; nil is one that cannot be read.
func (c *catalogueFiles) page(name string) *codebook.Page {
	info, err := fs.Stat(c.files, name)
	if err != nil {
		c.unreadable(name, err)
		return nil
	}
	if what := refusal.NoFile(info.Mode()); what != "" {
		c.ps.Add(c.at(name), "%s, want a file", what)
		return nil
	}
	file, err := c.files.Open(name)
	if err != nil {
		c.unreadable(name, err)
		return nil
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, codebook.MostPageBytes+1))
	if err != nil {
		c.unreadable(name, err)
		return nil
	}
	return codebook.NewPage(c.at(name), text)
}

// unreadable reports a file that the system does not read, or that is behind a
// link which is not followed.
func (c *catalogueFiles) unreadable(name string, err error) {
	to, fault := fs.ReadLink(c.files, name)
	switch {
	case fault != nil || errors.Is(err, fs.ErrPermission):
		c.ps.Add(c.at(name), "cannot be read: %v", refusal.Reason(err))
	case errors.Is(err, fs.ErrNotExist):
		c.ps.Add(c.at(name), "a link to %s, which is not there", to)
	case err == nil:
		c.ps.AddHint("put the folder itself there", c.at(name), "a link to the folder %s, which is not followed", to)
	default:
		c.ps.AddHint("put the file itself into the catalogue, or link to one of it by a relative path", c.at(name), "a link to %s, which leads out of the catalogue: not read", to)
	}
}

// pages reads the YAML files below a folder, hidden ones apart, in order. A folder
// that is not there has none.
func (c *catalogueFiles) pages(folder string) []*codebook.Page {
	var read []*codebook.Page
	_ = fs.WalkDir(c.files, folder, func(name string, entry fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(path.Base(name), ".")
		switch extension := path.Ext(name); {
		case err != nil:
			if _, gone := fs.Lstat(c.files, name); name != folder || !errors.Is(gone, fs.ErrNotExist) {
				c.unreadable(name, err)
			}
		case hidden && entry.IsDir():
			return fs.SkipDir
		case hidden || entry.IsDir():
		case extension == ".yaml":
			if p := c.page(name); p != nil {
				read = append(read, p)
			}
		case strings.EqualFold(extension, ".yaml") || strings.EqualFold(extension, ".yml"):
			c.ps.AddHint("call it "+strings.TrimSuffix(path.Base(name), extension)+".yaml", c.at(name), "not read: want the extension .yaml")
		case entry.Type()&fs.ModeSymlink != 0:
			if info, err := fs.Stat(c.files, name); err != nil || info.IsDir() {
				c.unreadable(name, err)
			}
		}
		return nil
	})
	return read
}
