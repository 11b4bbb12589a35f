package plan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// A Published is one figure as somebody printed it, which a release can be
// compared with. Indicator is the catalogue's id where the catalogue has the
// quantity and a descriptive one otherwise; Item is the item of an indicator
// that has several, or "". Sources, populations, breakdowns and categories are
// the catalogue's where it has them.
type Published struct {
	Indicator   string
	Item        string
	Source      codebook.SourceID
	From        codebook.SourceID // the earlier source of a change to Source; "" of a figure
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
	Absent      string // why the catalogue cannot have the indicator or the source
	Kind        PublishedKind
	Documented  []string // choices that a source says or leaves open, as dimension=value: what may explain a difference
}

// A PublishedKind is what a published number is.
type PublishedKind string

// What a published number is: the figure of an indicator, a target that was set, or a
// fact that no survey and no return measures.
const (
	PublishedFigure PublishedKind = ""
	PublishedTarget PublishedKind = "target"
	PublishedFact   PublishedKind = "fact"
)

// PopulationNotStated is the population of a figure whose source names none.
const PopulationNotStated = "not-stated"

// How far a published figure was checked.
const (
	CheckedRead  = "read"  // in the publication named
	CheckedPress = "press" // in a newspaper's account of it
)

// How far a document was read for what is said of it.
const (
	KnownRead     = "read"
	KnownExcerpt  = "excerpt" // an abstract, a contents page, the beginning
	KnownMemory   = "memory"  // check it before it is printed anywhere
	KnownNotFound = "not-found"
)

// KnownHow lists them.
var KnownHow = []string{KnownRead, KnownExcerpt, KnownMemory, KnownNotFound}

// publishedColumns is the header of published.csv.
var publishedColumns = []string{
	"indicator", "item", "source", "population", "breakdown", "category", "value", "unit", "base",
	"ci_lower", "ci_upper", "publication", "table", "url", "checked", "note", "absent", "kind", "documented",
}

// LoadPublished reads the ledger of a folder, its published.csv, in the order
// of the file. An error is refusal.Problems.
func LoadPublished(files fs.FS) ([]Published, error) {
	data, err := read(files, "published.csv")
	if err != nil {
		return nil, err
	}
	return ParsePublished("published.csv", bytes.NewReader(data))
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
			ps.Add(file+":"+strconv.Itoa(line), "%v", err)
			break
		}
		at := file + ":" + strconv.Itoa(line)
		p := Published{
			Indicator: row[0], Item: row[1], Source: codebook.SourceID(row[2]), Population: row[3], Breakdown: row[4], Category: row[5],
			Unit: row[7], Publication: row[11], Table: row[12], URL: row[13], Checked: row[14], Note: row[15], Absent: row[16],
			Kind: PublishedKind(row[17]), Documented: strings.Fields(row[18]),
		}
		if _, err := codebook.ParseSourceID(row[2]); err != nil {
			ps.Add(at, "source %v", err)
		}
		for i, id := range row[:6] {
			if publishedColumns[i] != "source" && !codebook.ValidCode(id) && (id != "" || publishedColumns[i] != "item") {
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
		p.Value = number(6)
		_, fraction, _ := strings.Cut(row[6], ".")
		p.Decimals = len(fraction)
		if row[8] != "" {
			p.Base = int(number(8))
		}
		p.CILower, p.CIUpper = math.NaN(), math.NaN()
		switch {
		case (row[9] == "") != (row[10] == ""):
			ps.Add(at, "an interval with one end, want both or neither")
		case row[9] != "":
			p.CILower, p.CIUpper = number(9), number(10)
		}
		if p.Unit == "" || p.Publication == "" {
			ps.Add(at, "want a unit and a publication")
		}
		if p.Checked != CheckedRead && p.Checked != CheckedPress {
			ps.Add(at, "checked %q, want %s or %s", p.Checked, CheckedRead, CheckedPress)
		}
		if kinds := []PublishedKind{PublishedFigure, PublishedTarget, PublishedFact}; !slices.Contains(kinds, p.Kind) {
			ps.Add(at, "kind %q, want %s, %s or none", p.Kind, PublishedTarget, PublishedFact)
		}
		for _, choice := range p.Documented {
			if dimension, value, ok := strings.Cut(choice, "="); !ok || dimension == "" || value == "" {
				ps.Add(at, "documented %q, want a choice such as population=england", choice)
			}
		}
		figures = append(figures, p)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return figures, nil
}
