package ingest

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Found is the extract of one wave that there is a crosswalk for.
type Found struct {
	Crosswalk *codebook.Crosswalk
	Path      string
	Where     string // below the folder of extracts
}

// Find looks for extracts in the folders <survey>/<wave> of a folder, and
// returns them in the order of the crosswalks. There may be none.
func Find(extracts string, crosswalks []*codebook.Crosswalk) ([]Found, refusal.Problems) {
	var ps refusal.Problems
	var waves []codebook.SourceID
	var surveys []string
	for _, x := range crosswalks {
		waves = append(waves, x.ID())
		if !slices.Contains(surveys, x.Survey) {
			surveys = append(surveys, x.Survey)
		}
	}
	top := folders(extracts, "", &ps)
	if len(ps) > 0 {
		return nil, ps
	}
	var all []Found
	place := map[*codebook.Crosswalk]int{}
	for i, x := range crosswalks {
		place[x] = i
	}
	for _, survey := range top {
		if survey == codebook.Returns {
			continue // see FindReturns
		}
		if !slices.Contains(surveys, survey) {
			ps.AddHint("folders of extracts are named <survey>/<wave>; twc list waves shows them", survey, "no survey %q in the catalogue%s", survey, refusal.Nearest(survey, surveys))
			continue
		}
		for _, name := range folders(extracts, survey, &ps) {
			id := codebook.WaveID(survey, name)
			at := slices.Index(waves, id)
			if at < 0 {
				ps.AddHint("folders of extracts are named <survey>/<wave>; twc list waves shows them", string(id), "no crosswalk for wave %q of %s%s", name, survey, refusal.Nearest(id, waves))
				continue
			}
			x := crosswalks[at]
			if file := matching(extracts, x, &ps); file != "" {
				all = append(all, Found{x, filepath.Join(extracts, survey, name, file), string(id) + "/" + file})
			}
		}
	}
	slices.SortFunc(all, func(a, b Found) int { return cmp.Compare(place[a.Crosswalk], place[b.Crosswalk]) })
	return all, ps
}

// folders lists the folders below a part of the folder of extracts, sorted,
// hidden ones apart.
func folders(extracts, below string, ps *refusal.Problems) []string {
	entries, err := os.ReadDir(filepath.Join(extracts, below))
	if err != nil {
		ps.Add(cmp.Or(below, filepath.Base(extracts)), "the folder of extracts cannot be read: %v", refusal.Reason(err))
		return nil
	}
	var names []string
	for _, e := range entries {
		info, err := os.Stat(filepath.Join(extracts, below, e.Name()))
		if err == nil && info.IsDir() && !strings.HasPrefix(e.Name(), ".") {
			names = append(names, e.Name())
		}
	}
	return names
}

// matching returns the one file of a wave's folder that its crosswalk's
// pattern matches, without regard to case.
func matching(extracts string, x *codebook.Crosswalk, ps *refusal.Problems) string {
	entries, err := os.ReadDir(filepath.Join(extracts, x.Survey, x.Wave))
	if err != nil {
		ps.Add(string(x.ID()), "the folder cannot be read: %v", refusal.Reason(err))
		return ""
	}
	var match, other []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") || e.IsDir() {
			continue
		}
		if x.File.Matches(e.Name()) {
			match = append(match, e.Name())
		} else {
			other = append(other, e.Name())
		}
	}
	switch {
	case len(match) == 1:
		return match[0]
	case len(match) > 1:
		ps.Add(string(x.ID()), "%d files match %q, want one: %s", len(match), x.File.Pattern, strings.Join(match, ", "))
	case len(other) > 0:
		ps.AddHint(hintOf(filepath.Join(extracts, x.Survey, x.Wave), other), string(x.ID()), "no file matches %q, found %s", x.File.Pattern, strings.Join(other, ", "))
	default:
		ps.Add(string(x.ID()), "the folder has no files, want one that matches %q", x.File.Pattern)
	}
	return ""
}

// hintOf says what to do about files of a folder, where their content tells: of the
// first that no reader takes as it is.
func hintOf(folder string, names []string) string {
	for _, name := range names {
		in, err := open(filepath.Join(folder, name), name, DefaultLimits.Bytes, nil)
		if err != nil {
			continue
		}
		is, _ := in.kind(strings.ToLower(filepath.Ext(name)))
		in.file.Close()
		if is != nil && is.Reader == "" {
			return name + " seems to be " + is.Name + ": " + is.Hint
		}
	}
	return ""
}
