package dta

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

func TestScanIsRead(t *testing.T) { tested(Limits{}).ScanIsRead(t, corpus(t)) }

// The limit of cells is of what is held: of a file with long strings alone.
func TestScanOfAnyCells(t *testing.T) {
	for _, file := range corpus(t) {
		f, err := tested(Limits{Cells: -1}).Scan(file.Data, nil, 0, func(*table.Table) error { return nil })
		if whole, errRead := tested(Limits{}).Read(file.Data, nil); errRead != nil || (err == nil) == slices.Contains(whole.Types, "strL") {
			t.Errorf("%s: %v, %v, %v", file.Name, f, err, errRead)
		}
	}
}

// What is wrong is said as Read says it, and no batch with it is given.
func TestScanRefuses(t *testing.T) {
	for _, r := range refused {
		rows := 0
		f, err := scanned(bytes.NewReader(r.file), bufferBytes, "f", nil, nil, Limits{}, func(int) int { return 1 }, func(t *table.Table) error {
			rows += t.Rows
			return nil
		})
		if f != nil || err == nil || err.Error() != r.want {
			t.Errorf("%s: got %v\nwant %s", r.name, err, r.want)
		}
		if r.name == "infinity" && rows != 1 {
			t.Errorf("%s in row 2: %d rows were given, want 1", r.name, rows)
		}
	}
}

func TestScanIsStopped(t *testing.T) {
	enough := errors.New("enough")
	for name, file := range map[string][]byte{"flat": small(118).file(), "with a strL": long(118, "x", "", "y").file()} {
		calls := 0
		f, err := scanned(bytes.NewReader(file), bufferBytes, "f", nil, nil, Limits{}, func(int) int { return 1 }, func(*table.Table) error {
			calls++
			return enough
		})
		if err != enough || f != nil || calls != 1 {
			t.Errorf("%s: %d calls and %v, want 1 and the function's own error", name, calls, err)
		}
	}
}

// A text longer than a batch should hold ends it.
func TestScanLongText(t *testing.T) {
	d := dataset{version: 118, rows: 10_000, vars: []madeVariable{{name: "x", kind: "str2045", format: "%9s"}}}
	for range d.rows {
		d.vars[0].cells = append(d.vars[0].cells, string(bytes.Repeat([]byte("x"), 2045)))
	}
	rows := 0
	_, err := Scan(bytes.NewReader(d.file()), "f", nil, nil, Limits{StringBytes: 17 << 20}, func(t *table.Table) error {
		rows += t.Rows
		return nil
	})
	if err != nil || rows != d.rows {
		t.Errorf("%d rows and %v, want all within the limit of text", rows, err)
	}
}

// many is a data set of any length that takes no memory: one row again and
// again.
func many(rows int) io.Reader {
	d := dataset{version: 114, rows: 1}
	for i, cell := range []any{byte('a'), 1.0, 0.5, "text"} {
		v := madeVariable{name: fmt.Sprint("v", i), format: "%9.0g", cells: []any{cell}}
		v.kind = []string{"byte", "int", "double", "str8"}[i]
		d.vars = append(d.vars, v)
	}
	file := d.file()
	binary.LittleEndian.PutUint32(file[6:], uint32(rows))
	const rowBytes = 1 + 2 + 8 + 8
	header, row := file[:len(file)-rowBytes], file[len(file)-rowBytes:]
	const block = 1000
	return io.MultiReader(bytes.NewReader(header), io.LimitReader(&again{bytes: bytes.Repeat(row, block)}, int64(rows)*rowBytes))
}

// again gives the same bytes without end.
type again struct {
	bytes []byte
	at    int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.bytes[a.at:])
	a.at = (a.at + n) % len(a.bytes)
	return n, nil
}

func TestScanIsFlat(t *testing.T) {
	of := func(rows int) uint64 {
		return hostile.Peak(t, 4, func(each func(*table.Table) error) error {
			_, err := Scan(many(rows), "f", nil, nil, Limits{}, each)
			return err
		})
	}
	few, lots := of(200_000), of(2_000_000)
	if lots > few+1<<20 {
		t.Errorf("%d bytes for 200,000 rows, %d for ten times as many", few, lots)
	}
}
