package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/ingest/delimited"
	"togetherwecan/pipeline/table"
)

// mostDictionary is how many bytes a dictionary has at most.
const mostDictionary = 16 << 20

// A beside is what the archive's dictionary in a file's folder says of its
// columns. It is for people, so that one that is damaged, or that is not
// clearly this file's, is a note and no refusal. A nil one says nothing.
type beside struct {
	name  string
	read  *delimited.Dictionary // nil if there is none
	notes []string
}

// dictionaryBeside reads the dictionary in the folder of a file.
func dictionaryBeside(path string) *beside {
	b := &beside{}
	name, several := dictionaryOf(path)
	if len(several) > 0 {
		b.note("no dictionary read: %s could be this file's", strings.Join(several, ", "))
	}
	if name == "" {
		return b
	}
	where := filepath.Join(filepath.Dir(path), name)
	info, err := os.Stat(where)
	switch {
	case err != nil:
		b.note("the dictionary %s cannot be read", name)
		return b
	case !info.Mode().IsRegular() || info.Size() > mostDictionary:
		b.note("the dictionary %s is not read: want a file of at most %d bytes", name, mostDictionary)
		return b
	}
	data, err := os.ReadFile(where)
	if err != nil {
		b.note("%v", unreadable(name, err))
		return b
	}
	d, err := delimited.ReadDictionary(data, name)
	if err != nil {
		b.note("no labels: the dictionary %s", strings.ReplaceAll(err.Error(), "\n", "; "))
		return b
	}
	b.name, b.read = name, d
	return b
}

func (b *beside) note(format string, args ...any) {
	b.notes = append(b.notes, fmt.Sprintf(format, args...))
}

// apply gives the columns of a table what the dictionary says of them.
func (b *beside) apply(t *table.Table) {
	if b != nil && b.read != nil {
		b.read.Apply(t)
	}
}

// finish gives the contents of a file of this many rows what the dictionary
// says, and what of the two does not agree.
func (b *beside) finish(got *contents, rows int) {
	if b == nil {
		return
	}
	b.apply(got.table)
	got.about.Dictionary = b.name
	got.about.Notes = append(got.about.Notes, b.notes...)
	if b.read == nil {
		return
	}
	for _, n := range b.read.Compare(got.names, rows) {
		got.about.Notes = append(got.about.Notes, "the dictionary "+n)
	}
}

// dictionaryOf returns the name of the archive's dictionary in the folder of a
// file: the one whose name begins as the file's does, or the only one. If it
// cannot tell, it returns those that there are.
func dictionaryOf(path string) (name string, several []string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", nil
	}
	var named, rich []string
	for _, e := range entries {
		folded := strings.ToLower(e.Name())
		if !strings.HasSuffix(folded, ".rtf") || strings.HasPrefix(folded, ".") {
			continue
		}
		rich = append(rich, e.Name())
		if strings.Contains(folded, "ukda_data_dictionary") {
			named = append(named, e.Name())
		}
	}
	found := named
	if len(found) == 0 {
		found = rich
	}
	if len(found) > 1 {
		base := strings.ToLower(strings.TrimSuffix(filepath.Base(path), filepath.Ext(path)))
		found = slices.DeleteFunc(slices.Clone(found), func(n string) bool { return !strings.HasPrefix(strings.ToLower(n), base) })
	}
	switch {
	case len(found) == 1:
		return found[0], nil
	case len(named) > 0:
		return "", named
	}
	return "", rich
}
