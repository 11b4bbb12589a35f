package codebook

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"togetherwecan/pipeline/refusal"
)

// A Geography is the places that official statistics have codes for: countries,
// regions and police force areas.
type Geography []Place

// A Place is one of them. Code is that of its category in the codebook, or of its
// population; GSS its nine-character code of the Office for National Statistics, ""
// where that has not been read at its source; Also the code that a series of returns has for
// it, "" for no other.
type Place struct {
	Level Level
	Code  string
	GSS   string
	Name  string
	Also  string
}

// A Level is what kind of place it is, and the variable whose categories the places of
// the level are.
type Level string

// The levels.
const (
	Country         Level = "country"
	Region          Level = "region"
	PoliceForceArea Level = "police-force-area"
)

// Levels lists them, the widest first.
var Levels = []Level{Country, Region, PoliceForceArea}

var gssCode = regexp.MustCompile(`^[A-Z][0-9]{8}$`)

// LoadGeography reads the geography of a catalogue's folder, its geography.csv. An
// error is refusal.Problems.
func LoadGeography(files fs.FS) (Geography, error) {
	const name = "geography.csv"
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: name, What: fmt.Sprintf("cannot be read: %v", refusal.Reason(err))}}
	}
	return ParseGeography(name, data)
}

// ParseGeography reads places from CSV with the columns level, code, gss_code,
// name and also. An error is refusal.Problems: an unknown level, a code or GSS code out of form or
// there twice, with its line.
func ParseGeography(file string, data []byte) (Geography, error) {
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if want := "level,code,gss_code,name,also"; err == nil && (len(rows) == 0 || strings.Join(rows[0], ",") != want) {
		err = fmt.Errorf("want the columns %s", want)
	}
	if err != nil {
		return nil, refusal.Problems{{Kind: refusal.Data, Where: file, What: err.Error()}}
	}
	var g Geography
	var ps refusal.Problems
	for i, cells := range rows[1:] {
		p := Place{Level(cells[0]), cells[1], cells[2], cells[3], cells[4]}
		at := fmt.Sprintf("%s:%d", file, i+2)
		if !slices.Contains(Levels, p.Level) {
			ps.Add(at, "level %q%s", p.Level, refusal.Nearest(p.Level, Levels))
		}
		if !ValidCode(p.Code) || p.Name == "" {
			ps.Add(at, "code %q, name %q: want a code of lower-case letters, digits and single hyphens, and a name", p.Code, p.Name)
		}
		if p.Also != "" && !ValidCode(p.Also) {
			ps.Add(at, "also %q, want a code of lower-case letters, digits and single hyphens, or nothing", p.Also)
		}
		if p.GSS != "" && !gssCode.MatchString(p.GSS) {
			ps.Add(at, "gss_code %q, want a letter and eight digits, or nothing", p.GSS)
		}
		if slices.ContainsFunc(g, func(o Place) bool {
			return o.Level == p.Level && (o.Code == p.Code || o.Also == p.Code || o.Code == p.Also) || o.GSS == p.GSS && p.GSS != ""
		}) {
			ps.Add(at, "%s %q is there twice", p.Level, p.Code)
		}
		g = append(g, p)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return g, nil
}

// Place is the place of a level with a code, its own or an older one; nil where there is none.
func (g Geography) Place(l Level, code string) *Place {
	for i := range g {
		if g[i].Level == l && code != "" && (g[i].Code == code || g[i].Also == code) {
			return &g[i]
		}
	}
	return nil
}

// Of lists the places of a level, in their order.
func (g Geography) Of(l Level) []Place {
	return slices.DeleteFunc(slices.Clone(g), func(p Place) bool { return p.Level != l })
}
