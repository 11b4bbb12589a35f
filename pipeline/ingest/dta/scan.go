package dta

import (
	"io"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// Scan reads as Read does, in batches: each is called with the next rows in
// the file's order, at most table.BatchRows of them, fewer where their text is
// long. A batch and its slices are valid until each returns, and are used
// again; strings may be kept. The variables of a batch are without value
// labels, which the file has after its rows: those of the File's Table, which
// has no rows, are whole. Its Tags are empty, and not nil, for each column
// that has letters of extended missing values. An error of each ends the scan
// and is returned as it is; any other is as Read has it.
//
// Memory does not grow with the rows, and Limits.Cells does not apply, unless
// a strL is wanted: its texts follow all of the rows, so that the wanted
// columns are held until then, and each is called after the file has ended.
//
// Text is read as the encoding, or for nil as the format has it.
//
// With a nil each and encoding it is Read.
func Scan(in io.Reader, where string, as *codepage.Encoding, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scanned(in, bufferBytes, where, as, want, limits, table.BatchRows, each)
}

// give gives columns that are held, a batch at a time, and empties them.
func (s *scan) give(rows int, each func(*table.Table) error) error {
	whole := s.table(s.rows)
	for from := 0; from < s.rows; from += rows {
		to := min(from+rows, s.rows)
		batch := table.New(to - from)
		for _, c := range whole.Columns {
			part := &table.Column{Variable: codebook.Variable{Name: c.Variable.Name, Label: c.Variable.Label, Recorded: c.Variable.Recorded}}
			if c.Text != nil {
				part.Text = c.Text[from:to]
			} else {
				part.Values = c.Values[from:to]
			}
			if c.Tags != nil {
				part.Tags = c.Tags[from:to]
			}
			batch.Add(part)
		}
		if err := each(batch); err != nil {
			return err
		}
	}
	for _, c := range s.columns {
		c.leave()
	}
	return nil
}
