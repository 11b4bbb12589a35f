// Package sas is what SAS's transport files and its data sets have in common:
// display formats, missing values with a letter, and rows of fixed width.
package sas

import (
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
)

// A Variable is one of a file's, wanted or not.
type Variable struct {
	Name, Label string
	Format      string // as Format gives it
	Text        bool
	Offset      int                 // in the row, in bytes
	Width       int                 // in bytes
	Categories  []codebook.Category // its value labels
	column      *column
}

// Format is a display format as SAS writes it, with its point: "SAS DATE9.",
// "SAS 8.2", "SAS $CHAR20."; "" where the file has none. SPSS writes some alike, and
// counts their days from elsewhere.
func Format(name string, width, decimals int) string {
	if name == "" && width <= 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("SAS " + name)
	if width > 0 {
		b.WriteString(strconv.Itoa(width))
	}
	b.WriteByte('.')
	if decimals > 0 {
		b.WriteString(strconv.Itoa(decimals))
	}
	return b.String()
}

// Tag is the letter, in lower case, of SAS's missing value .A to .Z, or '_' of ._; 0
// of any other byte, as of the point that stands for a value that is missing
// without one.
func Tag(letter byte) byte {
	switch {
	case letter == '_':
		return '_'
	case 'A' <= letter && letter <= 'Z':
		return letter | 0x20
	}
	return 0
}
