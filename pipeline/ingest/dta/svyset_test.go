package dta

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What svyset keeps is the command that had said it.
func TestSvyset(t *testing.T) {
	of := func(pairs ...string) *File {
		f := &File{}
		for i := 0; i < len(pairs); i += 2 {
			f.Characteristics = append(f.Characteristics, Characteristic{"_dta", pairs[i], pairs[i+1]})
		}
		return f
	}
	for _, c := range []struct {
		file *File
		want string
	}{
		{of(), ""},
		{of("note1", "a"), ""},
		{&File{Characteristics: []Characteristic{{"age", "_svy_su1", "psu"}}}, ""},
		{of("_svy_su1", "cluster", "_svy_strata1", "strata", "_svy_stages", "1", "_svy_version", "2"), "svyset cluster, strata(strata)"},
		{of("_svy_version", "2", "_svy_stages", "2", "_svy_su1", "psu", "_svy_strata1", "s", "_svy_fpc1", "n1", "_svy_su2", "_n", "_svy_fpc2", "n2", "_svy_wtype", "pweight", "_svy_wvar", "w", "_svy_singleunit", "centered", "_svy_vce", "linearized"), "svyset psu [pweight=w], strata(s) fpc(n1) vce(linearized) singleunit(centered) || _n, fpc(n2)"},
		{of("_svy_version", "2", "_svy_wvar", "w", "_svy_brrweight", "b1 b2 b3", "_svy_vce", "brr", "_svy_mse", "mse"), "svyset _n [pweight=w], brrweight(b1 b2 b3) vce(brr) mse"},
		{of("_svy_version", "2", "_svy_stages", "9999999"), "svyset _n" + strings.Repeat(" || _n", mostStages-1)},
	} {
		if got := c.file.Svyset(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// surveyed is a data set for which svyset was given before it was saved.
func surveyed() []byte {
	numbers := func(name string, cells ...float64) madeVariable {
		v := madeVariable{name: name, kind: "double", format: "%10.0g"}
		for _, x := range cells {
			v.cells = append(v.cells, x)
		}
		return v
	}
	d := small(118)
	d.rows, d.sets, d.sorted = 8, nil, nil
	d.vars = []madeVariable{
		numbers("school", 1, 1, 2, 2, 3, 3, 4, 4), numbers("region", 1, 1, 1, 1, 2, 2, 2, 2),
		numbers("wt", 1, 2, 1, 2, 1, 2, 1, 2), numbers("hours", 3, 5, 2, 6, 7, 1, 4, 8),
	}
	d.chars = nil
	for _, of := range [][2]string{{"_svy_version", "2"}, {"_svy_stages", "1"}, {"_svy_su1", "school"}, {"_svy_strata1", "region"}, {"_svy_wtype", "pweight"}, {"_svy_wvar", "wt"}, {"_svy_vce", "linearized"}, {"_svy_singleunit", "centered"}} {
		d.chars = append(d.chars, Characteristic{"_dta", of[0], of[1]})
	}
	return d.file()
}

func TestSvysetOfFile(t *testing.T) {
	name := filepath.Join("testdata", "svyset.dta")
	if *update {
		if err := os.WriteFile(name, surveyed(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f, err := Read(bytes.NewReader(surveyed()), "f", nil, Limits{})
	if want := "svyset school [pweight=wt], strata(region) vce(linearized) singleunit(centered)"; err != nil || f.Svyset() != want {
		t.Errorf("got %v, %v, want %s", f, err, want)
	}
	if committed, err := os.ReadFile(name); err != nil || !bytes.Equal(committed, surveyed()) {
		t.Errorf("%s is not what the writer makes: run with -update", name)
	}
}
