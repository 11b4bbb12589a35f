package delimited

import (
	"fmt"
	"unicode/utf8"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/refusal"
)

const byteOrderMark = "\xEF\xBB\xBF"

// Lines are the first lines beyond ASCII, or 0: of UTF-8, and that are not.
type lines struct{ utf8, other int }

func (l *lines) note(record []byte, line int) {
	switch {
	case codepage.ASCII(record):
	case utf8.Valid(record):
		if l.utf8 == 0 {
			l.utf8 = line
		}
	case l.other == 0:
		l.other = line
	}
}

// tell gives a file the encoding that its text was read in, and what of it was
// not as it should be.
func (s *scan) tell(file *File, columns []*filling) {
	file.Notes = s.notes
	switch l := s.lines; {
	case s.decoder.Name != "":
		if l.utf8+l.other > 0 || s.said.Encoding != nil {
			file.Encoding = s.decoder.Name
		}
	case l.other > 0:
		file.Encoding = "windows-1252"
		if l.utf8 > 0 {
			file.Notes = append(file.Notes, fmt.Sprintf("line %d is not UTF-8, and line %d is: text that is not is read as windows-1252; %s", l.other, l.utf8, codepage.Advice))
		}
	case l.utf8 > 0:
		file.Encoding = codepage.UTF8.Name
	}
	if s.odd > 0 {
		file.Notes = append(file.Notes, fmt.Sprintf("%s quotes inside cells that are not doubled, the first on line %d: they are read as they stand", refusal.Count(s.odd, "line")+map[bool]string{true: " has", false: " have"}[s.odd == 1], s.oddLine))
	}
	if s.numbered != nil {
		file.Notes = append(file.Notes, "each line has a field more than the header, the line's number, which is left out: R's names of rows")
	}
	if s.empty > 0 {
		file.Notes = append(file.Notes, fmt.Sprintf("%s at the end, from line %d", refusal.Count(s.empty, "empty line"), s.emptyLine))
	}
	for _, f := range columns {
		if f != nil && f.faults.Any() {
			file.Replaced = append(file.Replaced, f.column.Variable.Name)
		}
		if f != nil {
			file.Notes = append(file.Notes, f.faults.Notes(f.column.Variable.Name, file.Encoding)...)
		}
	}
}
