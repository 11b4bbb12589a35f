package dta

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"togetherwecan/pipeline/ingest/hostile"
	"togetherwecan/pipeline/table"
)

// TestMutations reads mutations of the corpus, of files smaller than any of
// it, and of the parts of a file that have a grammar of their own.
func TestMutations(t *testing.T) {
	targets := []hostile.Target{fileTarget(t), smallTarget()}
	for _, version := range []int{105, 114} {
		targets = append(targets, labelTarget(version))
	}
	hostile.Mutations(t, targets...)
}

var tokens = []string{
	"<stata_dta>", "<header>", "<release>117</release>", "<release>118</release>", "<release>119</release>", "MSF", "LSF", "<K>", "<N>", "<label>", "<timestamp>",
	"<map>", "<variable_types>", "<varnames>", "<sortlist>", "<formats>", "<value_label_names>", "<variable_labels>", "<characteristics>", "<ch>", "</ch>",
	"<data>", "</data>", "<strls>", "GSO", "</strls>", "<value_labels>", "<lbl>", "</lbl>", "</value_labels>", "</stata_dta>",
	"_dta", "note0", "%9.0g", "%td", "\x80", "\xe9", "\xc3\xa9", "\x82", "\x81", "\x00\x80", "\xfa\xff", "\xfb\xff", "\x65", "\xe5\x7f", "\xe5\xff\xff\x7f",
	"\x00\x00\x00\x7f", "\x00\x00\x00\x00\x00\x00\xe0\x7f", "\x00\x00\x00\x00\x00\x00\xf0\x7f",
}

// tested is this package to the tests of any reader, within limits.
func tested(limits Limits) hostile.Reader[File] {
	return hostile.Reader[File]{
		Read: func(data []byte, want []string) (*File, error) {
			return read(bytes.NewReader(data), 1<<10, "f", want, limits)
		},
		Scan: func(data []byte, want []string, batch int, each func(*table.Table) error) (*File, error) {
			rows := func(columns int) int { return cmp.Or(batch, table.BatchRows(columns)) }
			return scanned(bytes.NewReader(data), 1<<10, "f", nil, want, limits, rows, each)
		},
		Parts: func(f *File) (*table.Table, []string) { return f.Table, slices.Concat(f.Names, f.Types) },
		Sound: unsound,
	}
}

func fileTarget(t *testing.T) hostile.Target {
	target := hostile.Target{Name: "file", Tokens: tokens, Check: tested(Limits{}).Check(16)}
	for _, file := range corpus(t) {
		if len(file.Data) <= 4<<10 {
			target.Seeds = append(target.Seeds, file.Data)
		}
	}
	return target
}

func smallTarget() hostile.Target {
	target := hostile.Target{Name: "small file", Tokens: tokens, Check: tested(Limits{}).Check(16)}
	for _, version := range versions {
		target.Seeds = append(target.Seeds, small(version).file())
		if version >= 117 {
			target.Seeds = append(target.Seeds, long(version, "x", "a longer one", "").file())
		}
	}
	for _, r := range refused {
		target.Seeds = append(target.Seeds, r.file)
	}
	return target
}

// labelTarget is the table of a label set, whose length the file has right:
// refused, or labels in the order of their values, each once, of the text that
// is in the table.
func labelTarget(version int) hostile.Target {
	without := with(small(version), func(d *dataset) { d.sets = nil })
	target := hostile.Target{Name: fmt.Sprintf("label sets of %d", version), Tokens: []string{"\x00", "\xff\xff\xff\xff", "\xe5\xff\xff\x7f", "\xff\x7f", "one", "\x81"}}
	table := func(s madeSet) []byte {
		w := &writer{dataset: dataset{version: version}, order: binary.LittleEndian}
		w.set(s)
		return w.Bytes()[map[bool]int{true: 12, false: 4 + w.nameWidth() + 3}[version < 108]:]
	}
	for _, s := range []madeSet{
		{"codes", []int32{1, 2}, []string{"one", "two"}},
		{"codes", []int32{-1, 0, 32767}, []string{"minus", "", "caf\xe9"}},
		{"codes", nil, nil},
	} {
		target.Seeds = append(target.Seeds, table(s))
	}
	target.Check = func(data []byte, _ uint64) error {
		var b []byte
		if version < 108 {
			data = data[:len(data)/10*10]
			b = append(binary.LittleEndian.AppendUint16(slices.Clone(without), uint16(len(data)/10)), "codes\x00\x00\x00\x00\x00"...)
		} else {
			b = append(binary.LittleEndian.AppendUint32(slices.Clone(without), uint32(len(data))), "codes"+strings.Repeat("\x00", 31)...)
		}
		f, err := read(bytes.NewReader(append(b, data...)), 1<<10, "f", nil, Limits{})
		if broken := unsound(f, err); broken != nil || err != nil {
			return broken
		}
		for _, c := range f.Table.Columns[0].Variable.Categories {
			if bytes.Contains(data, []byte(c.Label)) || strings.ContainsRune(c.Label, utf8.RuneError) {
				continue // UTF-8, or not whole
			}
			if raw, err := charmap.Windows1252.NewEncoder().String(c.Label); err != nil || !bytes.Contains(data, []byte(raw)) {
				return fmt.Errorf("label %q of %s is not in the set: %v", c.Label, c.Code, err)
			}
		}
		return nil
	}
	return target
}
