package delimited

import (
	"io"
	"math"
	"slices"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// Scan reads as Read does, in batches: each is called with the next rows in
// the file's order, at most table.BatchRows of the wanted columns. A batch and
// its slices are valid until each returns, and are used again; its texts may
// be kept. The File's table has the columns, numbers or text, and no rows.
//
// The file is read twice from its first byte to its last, each time without
// going back: what its columns are, then their cells. Nothing is given of a
// file with a problem; one that is another the second time is refused. The
// limit of cells does not apply. An error of each ends the scan and is
// returned as it is, any other is refusal.Problems.
func Scan(in io.ReaderAt, size int64, extension, where string, said *Said, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	return scanned(in, size, bufferBytes, 0, extension, where, said, want, limits, each)
}

// glance is what is known of a field before its cells are: that it is said to be text.
func (s *scan) glance(field int) glance {
	return glance{text: slices.ContainsFunc(s.said.Texts, func(name string) bool { return strings.EqualFold(name, s.names[field]) })}
}

// scanned is Scan with a buffer of this many bytes and batches of this many rows,
// table.BatchRows for 0.
func scanned(in io.ReaderAt, size int64, buffer, batch int, extension, where string, said *Said, want []string, limits Limits, each func(*table.Table) error) (*File, error) {
	limits.Cells = math.MaxInt64
	first := newScan(io.NewSectionReader(in, 0, size), buffer, where, said, limits)
	var glances []*glance
	if first.header(extension, want) {
		for _, field := range first.wanted {
			g := first.glance(field)
			glances, first.to[field] = append(glances, &g), &g
		}
		first.rows()
	}
	file, err := first.file()
	if err != nil {
		return nil, err
	}
	if batch == 0 {
		batch = table.BatchRows(len(first.wanted))
	}
	batch = min(batch, first.row)
	file.Table = table.New(0)
	filled := make([]*filling, len(glances))
	for i, g := range glances {
		filled[i] = first.filling(first.wanted[i], g, batch)
		file.Table.Add(first.filling(first.wanted[i], g, 0).column)
	}
	second := newScan(io.NewSectionReader(in, 0, size), buffer, where, said, limits)
	if !second.header(extension, want) || !slices.Equal(second.names, first.names) {
		return nil, changed(where, second)
	}
	for i, field := range second.wanted {
		filled[i].at = &second.place
		second.to[field] = filled[i]
	}
	given := 0
	now := table.New(batch)
	for _, f := range filled {
		now.Add(f.column)
	}
	give := func() error {
		if slices.ContainsFunc(filled, func(f *filling) bool { return f.wrong }) {
			return changed(where, second)
		}
		now.Rows = second.row - given
		for _, f := range filled {
			f.resize(now.Rows)
		}
		if err := each(now); err != nil {
			return err
		}
		for _, f := range filled {
			f.resize(batch)
		}
		given, second.place = second.row, 0
		return nil
	}
	second.given = func() error {
		switch {
		case len(second.problems) > 0:
			return changed(where, second)
		case second.place+1 < batch:
			second.place++
			return nil
		}
		return give()
	}
	second.rows()
	switch {
	case second.stopped != nil:
		return nil, second.stopped
	case len(second.problems) > 0 || second.row != first.row || second.lines != first.lines:
		return nil, changed(where, second)
	}
	if given < second.row {
		if err := give(); err != nil {
			return nil, err
		}
	}
	first.tell(file, filled)
	return file, nil
}

// filling makes a column of a field, of rows.
func (s *scan) filling(field int, seen *glance, rows int) *filling {
	f := &filling{column: &table.Column{Variable: codebook.Variable{Name: s.names[field]}}}
	if s.lines != (lines{}) {
		f.decoder = &s.decoder.Encoding
	}
	if seen.text {
		f.column.Text, f.known = make([]string, rows), map[string]string{}
		return f
	}
	f.column.Values = make([]float64, rows)
	if f.letters = seen.letters; f.letters {
		f.column.Tags = make([]byte, rows)
	}
	return f
}

// changed refuses a file whose second pass is not as the first: with the
// source's own error, if that is why.
func changed(where string, second *scan) error {
	if err := second.records.err; err != nil && err != io.EOF && len(second.problems) > 0 {
		return second.problems.Err()
	}
	var ps refusal.Problems
	ps.Add(where, "changed while it was read")
	return ps.Err()
}
