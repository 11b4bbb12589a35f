package ingest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/ingest/sas7bdat"
	"togetherwecan/pipeline/refusal"
)

// A labelFile is the catalogue of SAS that has the value labels of an extract, which
// has but the names of their formats. A nil one has none.
type labelFile struct {
	name  string
	read  *sas7bdat.Catalogue
	notes []string
}

// labelsOf reads the catalogue that the source names, or that lies in the extract's
// folder: of its name, or called formats, or the only one. One that is named is
// refused where it cannot be read; any other is then a note, for labels change no
// value.
func (s Source) labelsOf(as *codepage.Encoding) (*labelFile, error) {
	path, several := s.Labels, []string(nil)
	if path == "" {
		path, several = catalogueBeside(s.Path)
	}
	f := &labelFile{name: filepath.Base(path)}
	if len(several) > 0 {
		f.notes = []string{fmt.Sprintf("no value labels read: %s could be this file's; --labels names one", strings.Join(several, ", "))}
	}
	if path == "" {
		return f, nil
	}
	var err error
	if f.read, err = readCatalogue(path, f.name, as); err != nil {
		if s.Labels != "" {
			return nil, err
		}
		f.notes = append(f.notes, "no value labels: "+strings.ReplaceAll(err.Error(), "\n", "; "))
		return f, nil
	}
	f.notes = append(f.notes, f.read.Warnings...)
	return f, nil
}

func readCatalogue(path, where string, as *codepage.Encoding) (*sas7bdat.Catalogue, error) {
	in, err := open(path, where, sas7bdat.MostCatalogue, nil)
	if err != nil {
		return nil, err
	}
	defer in.file.Close()
	return sas7bdat.ReadCatalogue(in, in.total, where, as)
}

const catalogueExtension = ".sas7bcat"

// catalogueBeside is the catalogue in the folder of an extract, or those that it
// cannot tell between.
func catalogueBeside(path string) (found string, several []string) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return "", nil
	}
	base := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	var rank int
	for _, e := range entries {
		name, extension := strings.TrimSuffix(e.Name(), filepath.Ext(e.Name())), filepath.Ext(e.Name())
		if e.IsDir() || !strings.EqualFold(extension, catalogueExtension) || strings.HasPrefix(name, ".") {
			continue
		}
		several = append(several, e.Name())
		switch {
		case strings.EqualFold(name, base):
			found, rank = e.Name(), 2
		case strings.EqualFold(name, "formats") && rank < 2:
			found, rank = e.Name(), 1
		}
	}
	if found == "" && len(several) == 1 {
		found = several[0]
	}
	if found == "" {
		return "", several
	}
	return filepath.Join(filepath.Dir(path), found), nil
}

// finish tells of the file that the labels are from.
func (f *labelFile) finish(got *contents) {
	if f == nil {
		return
	}
	if f.read != nil {
		got.about.Dictionary = f.name
	}
	got.about.Notes = append(got.about.Notes, f.notes...)
}

// wrongLabels refuses a file of labels for a format that has its own.
func (s Source) wrongLabels(where string, r *reader) error {
	if s.Labels == "" || r.labels {
		return nil
	}
	return refusal.Problems{{Kind: refusal.Usage, Where: where, What: r.takes + ", whose value labels are not in a file of their own: only those of a SAS data set are"}}
}
