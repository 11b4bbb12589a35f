package seeds

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

//go:embed published.csv
var publishedCSV []byte

// A Published is one figure as somebody printed it, which a release can be
// compared with. Indicator is the catalogue's id where the catalogue has the
// quantity and a descriptive one otherwise; Item is the item of an indicator
// that has several, or "". Waves, populations, breakdowns and categories are
// the catalogue's where it has them.
type Published struct {
	Indicator   string
	Item        string
	Survey      string
	Wave        string
	Population  string
	Breakdown   string
	Category    string
	Value       float64
	Decimals    int    // of the value as printed: half the last digit is how near it can be reproduced
	Unit        string // percent, or what is counted
	Base        int    // unweighted, 0 where none was printed
	CILower     float64
	CIUpper     float64 // NaN where none was printed
	Publication string
	Table       string
	URL         string
	Checked     string // read, press
	Note        string
}

// How far a published figure was checked.
const (
	CheckedRead  = "read"  // in the publication named
	CheckedPress = "press" // in a newspaper's account of it
)

// publishedColumns is the header of published.csv.
var publishedColumns = []string{
	"indicator", "item", "survey", "wave", "population", "breakdown", "category", "value", "unit", "base",
	"ci_lower", "ci_upper", "publication", "table", "url", "checked", "note",
}

// LoadPublished returns the published figures that are built in, in the order
// of the file. An error is refusal.Problems.
func LoadPublished() ([]Published, error) {
	return ParsePublished("seeds/published.csv", bytes.NewReader(publishedCSV))
}

// ParsePublished reads published figures. An error is refusal.Problems: every
// row with an identifier out of form, a value that is not a number, half an
// interval or an unknown way of checking, with its file and line.
func ParsePublished(file string, r io.Reader) ([]Published, error) {
	var ps refusal.Problems
	in := csv.NewReader(r)
	header, err := in.Read()
	if err != nil || !slices.Equal(header, publishedColumns) {
		ps.Add(file+":1", "columns %q, want %q", strings.Join(header, ","), strings.Join(publishedColumns, ","))
		return nil, ps.Err()
	}
	var figures []Published
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			ps.Add(file+":"+itoa(line), "%v", err)
			break
		}
		at := file + ":" + itoa(line)
		p := Published{
			Indicator: row[0], Item: row[1], Survey: row[2], Wave: row[3], Population: row[4], Breakdown: row[5], Category: row[6],
			Unit: row[8], Publication: row[12], Table: row[13], URL: row[14], Checked: row[15], Note: row[16],
		}
		for i, id := range row[:7] {
			if !codebook.ValidCode(id) && (id != "" || publishedColumns[i] != "item") {
				ps.Add(at, "%s %q: want lower-case letters, digits and single hyphens", publishedColumns[i], id)
			}
		}
		number := func(column int) float64 {
			x, err := strconv.ParseFloat(row[column], 64)
			if err != nil || math.IsNaN(x) || math.IsInf(x, 0) {
				ps.Add(at, "%s %q, want a number", publishedColumns[column], row[column])
			}
			return x
		}
		p.Value = number(7)
		_, fraction, _ := strings.Cut(row[7], ".")
		p.Decimals = len(fraction)
		if row[9] != "" {
			p.Base = int(number(9))
		}
		p.CILower, p.CIUpper = math.NaN(), math.NaN()
		switch {
		case (row[10] == "") != (row[11] == ""):
			ps.Add(at, "an interval with one end, want both or neither")
		case row[10] != "":
			p.CILower, p.CIUpper = number(10), number(11)
		}
		if p.Unit == "" || p.Publication == "" {
			ps.Add(at, "want a unit and a publication")
		}
		if p.Checked != CheckedRead && p.Checked != CheckedPress {
			ps.Add(at, "checked %q, want %s or %s", p.Checked, CheckedRead, CheckedPress)
		}
		figures = append(figures, p)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return figures, nil
}
