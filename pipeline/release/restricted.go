package release

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/release/sheet"
)

// A restrictedFigure is a figure with every digit and with all that a release does
// not publish of it.
type restrictedFigure struct {
	Figure
	groups string // indicator.Groups as text
}

// restrictedColumns are those of figures, and what decides whether they are
// withheld.
var restrictedColumns = append(
	sheet.Of(FigureColumns, func(r *restrictedFigure) *Figure { return &r.Figure }),
	sheet.Column[restrictedFigure]{Name: "groups", About: "Respondents answered and, behind a slash, those who are counted, of each group", Text: func(r *restrictedFigure) *string { return &r.groups }},
	sheet.Column[restrictedFigure]{Name: "largest", About: "Share that one respondent adds to a total, at most", Number: func(r *restrictedFigure) *float64 { return &r.Largest }},
)

// Restricted adds the files of an indicator's content to those of a restricted
// folder, by name: its figures and its changes.
func (c Content) Restricted(id string, files map[string][]byte) {
	rows := make([]restrictedFigure, len(c.Figures))
	for i, f := range c.Figures {
		rows[i] = restrictedFigure{f, f.Groups.Text()}
	}
	files[id+".csv"], files[id+".changes.csv"] = sheet.CSV(rows, restrictedColumns), sheet.CSV(c.Changes, ChangeColumns)
}

// DecodeRestricted reads an indicator's content from the files of a restricted
// folder.
func DecodeRestricted(files map[string][]byte, id string) (Content, error) {
	var c Content
	rows, err := sheet.FromCSV(files[id+".csv"], restrictedColumns)
	if err != nil {
		return c, fmt.Errorf("figures: %w", err)
	}
	c.Figures = slices.Grow(c.Figures, len(rows))
	for _, r := range rows {
		if r.Groups, err = indicator.ParseGroups(r.groups); err != nil {
			return c, err
		}
		c.Figures = append(c.Figures, r.Figure)
	}
	if c.Changes, err = sheet.FromCSV(files[id+".changes.csv"], ChangeColumns); err != nil {
		return c, fmt.Errorf("changes: %w", err)
	}
	return c, nil
}

// KeyedDigest is the HMAC-SHA-256 of data under a key, in hexadecimal: who has not
// the key cannot test what the data may be.
func KeyedDigest(key, data []byte) string {
	h := hmac.New(sha256.New, key)
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}
