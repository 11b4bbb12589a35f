package codepage

import (
	"fmt"
	"unicode/utf8"
)

// A Decoder turns the texts of one file into UTF-8.
type Decoder struct {
	Encoding
	unicode, other bool // texts beyond ASCII that were UTF-8, and that were not, where the file does not say
}

// Text is Encoding's, and keeps in mind what a file that does not say has.
func (d *Decoder) Text(b []byte) (string, Reading) {
	text, how := d.Encoding.Text(b)
	if d.Name == "" && !ASCII(b) {
		if how == Cut || utf8.Valid(b) {
			d.unicode = true
		} else {
			d.other = true
		}
	}
	return text, how
}

// Named is the encoding that the texts were read in; where the file does not
// say and has none beyond ASCII, the one given.
func (d *Decoder) Named(otherwise string) string {
	switch {
	case d.Name != "":
		return d.Name
	case d.other:
		return "windows-1252"
	case d.unicode:
		return UTF8.Name
	}
	return otherwise
}

// Notes are what is to be told of the file.
func (d *Decoder) Notes() []string {
	if d.unicode && d.other {
		return []string{"some texts are UTF-8 and some are not, which are read as windows-1252: " + Advice}
	}
	return nil
}

// Advice is what to do where letters are wrong.
const Advice = "if letters are wrong, name the file's encoding with --encoding"

// Faults are the texts of a variable that were not read whole.
type Faults struct {
	cut, replaced int
	row           int // of the first that was replaced, from 1
	first         string
}

// Add counts a text by how it was read; its row is from 1.
func (f *Faults) Add(how Reading, row int, b []byte) {
	switch how {
	case Cut:
		f.cut++
	case Replaced:
		if f.replaced++; f.replaced == 1 {
			f.row, f.first = row, fmt.Sprintf("%q", Excerpt(b))
		}
	}
}

// Any says whether texts were replaced.
func (f *Faults) Any() bool { return f.replaced > 0 }

// Notes tell of a variable's faults.
func (f *Faults) Notes(variable, encoding string) (notes []string) {
	if f.replaced > 0 {
		notes = append(notes, fmt.Sprintf("variable %q: %s not %s, the first %s in row %d: what has no meaning there is shown as \uFFFD; %s",
			variable, texts(f.replaced, "is", "are"), encoding, f.first, f.row, Advice))
	}
	if f.cut > 0 {
		notes = append(notes, fmt.Sprintf("variable %q: %s within a character, which is left away", variable, texts(f.cut, "ends", "end")))
	}
	return notes
}

func texts(n int, one, many string) string {
	if n == 1 {
		return "1 text " + one
	}
	return fmt.Sprintf("%d texts %s", n, many)
}
