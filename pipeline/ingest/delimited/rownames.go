package delimited

import (
	"bytes"
	"strconv"
)

// rowNames is what to do where the header seems to lack a name for R's row names.
const rowNames = "if the first field is R's names of rows, write the file again with row.names = FALSE or col.names = NA"

// A rowNumber takes the first fields of a file whose header is one short: R's
// write.table leaves names of rows without a name, which are their numbers
// unless somebody gave others. What is not their numbers may be anything.
type rowNumber struct {
	row   int
	wrong bool
}

func (n *rowNumber) add(cell []byte) {
	n.row++
	n.wrong = n.wrong || string(cell) != strconv.Itoa(n.row)
}

// numbers says, by the first row, whether the file has R's numbers of rows: in
// quotes, which a serial number beside a header that lacks another name is not.
func (s *scan) numbers(record []byte) {
	if !s.records.quoted || !bytes.HasPrefix(record, []byte(`"1"`)) {
		return
	}
	s.numbered = &rowNumber{}
	before := s.odd
	count, fault := s.split(record, []cells{s.numbered})
	s.odd = before
	if fault != "" || count != len(s.names)+1 || s.numbered.wrong {
		s.numbered = nil
		return
	}
	s.numbered.row = 0
	s.to = append([]cells{s.numbered}, s.to...)
}

// fields is how many each line has.
func (s *scan) fields() int {
	if s.numbered != nil {
		return len(s.names) + 1
	}
	return len(s.names)
}
