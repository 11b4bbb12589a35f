package dta

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"

	"togetherwecan/pipeline/ingest/codepage"
	"togetherwecan/pipeline/table"
)

// The sections of a tagged file, by their place in its map.
const (
	mapSection = iota + 1
	typeSection
	nameSection
	sortSection
	formatSection
	setSection
	labelSection
	characteristicSection
	dataSection
	longSection
	valueSection
	closeSection
	endOfFile
)

var sections = [...]struct{ tag, name string }{
	mapSection:            {"map", "map"},
	typeSection:           {"variable_types", "variable types"},
	nameSection:           {"varnames", "variable names"},
	sortSection:           {"sortlist", "sort order"},
	formatSection:         {"formats", "display formats"},
	setSection:            {"value_label_names", "value label names"},
	labelSection:          {"variable_labels", "variable labels"},
	characteristicSection: {"characteristics", "characteristics"},
	dataSection:           {"data", "data"},
	longSection:           {"strls", "long strings"},
	valueSection:          {"value_labels", "value labels"},
	closeSection:          {"/stata_dta", "end"},
}

// begin enters a section. A tagged file has it where the map says.
func (s *scan) begin(section int) {
	if s.failed {
		return
	}
	s.section = sections[section].name
	if s.format.tagged {
		s.mapped(section)
		s.literal("<" + sections[section].tag + ">")
	}
}

func (s *scan) finished(section int) {
	if s.format.tagged {
		s.literal("</" + sections[section].tag + ">")
	}
}

// mapped holds the map against where a section is. Stata 13 left that of the
// variable labels 0.
func (s *scan) mapped(section int) {
	s.from = s.at
	claimed := s.offsets[section]
	if claimed == uint64(s.at) || claimed == 0 && section == labelSection && s.file.Version == 117 {
		return
	}
	s.fail("the map has this at byte %d", claimed)
}

// header reads up to the descriptions of the variables.
func (s *scan) header() {
	s.section = "header"
	if s.peek(1) == nil {
		s.ended("the header")
		return
	}
	variables, rows := uint32(0), uint64(0)
	if s.buffer[s.next] == '<' {
		variables, rows = s.taggedHeader()
	} else {
		variables, rows = s.oldHeader()
	}
	if s.failed {
		return
	}
	s.from = s.counts
	if most := s.limits.Columns; uint64(variables) > uint64(most) {
		s.fail("%d variables, want at most %d", variables, most)
		return
	}
	if most := s.limits.Rows; rows > uint64(most) {
		s.fail("%d rows, want at most %d", rows, most)
		return
	}
	s.rows, s.expected = int(rows), int(variables)
}

func (s *scan) version(version int) {
	f, problem, hint := layout(version)
	if problem != "" {
		s.failHint(hint, "%s", problem)
		return
	}
	s.format, s.file.Version = f, version
	switch {
	case s.as != nil:
		s.decoder.Encoding = *s.as
	case f.utf8:
		s.decoder.Encoding = codepage.UTF8
	}
}

func (s *scan) byteOrder(big bool) {
	s.format.big, s.format.order, s.file.ByteOrder = big, binary.LittleEndian, "LSF"
	if big {
		s.format.order, s.file.ByteOrder = binary.BigEndian, "MSF"
	}
}

func (s *scan) oldHeader() (variables uint32, rows uint64) {
	version := int(s.buffer[s.next])
	if version < 100 || version > 121 {
		s.fail("the first byte is %d, want a Stata data set", version)
		return
	}
	if version >= 117 {
		s.fail("the first byte is %d, want format 104 to 115, or <stata_dta>", version)
		return
	}
	s.version(version)
	b := s.bytes(4, "the header")
	if b == nil {
		return
	}
	switch {
	case b[1] != 1 && b[1] != 2:
		s.from = 1
		s.fail("byte order %d, want 1 or 2", b[1])
	case b[2] != 1:
		s.from = 2
		s.fail("file type %d, want 1", b[2])
	default:
		s.byteOrder(b[1] == 1)
		s.counts = s.at
		variables = uint32(s.uint16("the number of variables"))
		rows = uint64(s.uint32("the number of rows"))
		s.file.Label = s.text(s.format.dataLabel, "the data label")
		s.file.TimeStamp = strings.TrimSpace(s.text(s.format.timeStamp, "the time stamp"))
	}
	return variables, rows
}

func (s *scan) taggedHeader() (variables uint32, rows uint64) {
	s.literal("<stata_dta><header><release>")
	release := s.bytes(3, "the release")
	if release == nil {
		return
	}
	version := 0
	for _, digit := range release {
		if digit < '0' || digit > '9' {
			s.fail("release %q, want 117, 118 or 119", release)
			return
		}
		version = 10*version + int(digit-'0')
	}
	if version < 117 {
		s.fail("release %q between tags, want 117, 118 or 119", release)
		return
	}
	if s.version(version); s.failed {
		return
	}
	s.literal("</release><byteorder>")
	switch order := s.bytes(3, "the byte order"); string(order) {
	case "LSF", "MSF":
		s.byteOrder(order[0] == 'M')
	default:
		s.fail("byte order %q, want LSF or MSF", order)
		return
	}
	s.literal("</byteorder><K>")
	s.counts = s.at
	variables = uint32(s.counted())
	s.literal("</K><N>")
	if s.format.rows == 8 {
		rows = s.uint64("the number of rows")
	} else {
		rows = uint64(s.uint32("the number of rows"))
	}
	s.literal("</N><label>")
	length := 0
	if s.format.dataLabel == 2 {
		length = int(s.uint16("the data label"))
	} else {
		length = int(s.uint8("the data label"))
	}
	s.file.Label = s.text(length, "the data label")
	s.literal("</label><timestamp>")
	s.file.TimeStamp = strings.TrimSpace(s.text(int(s.uint8("the time stamp")), "the time stamp"))
	s.literal("</timestamp></header>")
	start := s.at
	s.section = "map"
	s.literal("<map>")
	for i := range s.offsets {
		s.offsets[i] = s.uint64("the map")
	}
	s.literal("</map>")
	s.from = start
	if !s.failed && (s.offsets[0] != 0 || s.offsets[mapSection] != uint64(start)) {
		s.fail("the map begins with %d and %d, want 0 and its own place, %d", s.offsets[0], s.offsets[mapSection], start)
	}
	return variables, rows
}

// counted reads a number of variables.
func (s *scan) counted() int {
	if s.format.count == 4 {
		return int(s.uint32("the number of variables"))
	}
	return int(s.uint16("the number of variables"))
}

func (s *scan) types() {
	s.begin(typeSection)
	for i := 0; i < s.expected && !s.failed; i++ {
		var code uint16
		if s.format.tagged {
			code = s.uint16("a variable's type")
		} else {
			code = uint16(s.uint8("a variable's type"))
		}
		k, width, name, ok := s.format.kindOf(code)
		if s.failed {
			return
		}
		if !ok {
			s.fail("variable %d has type %d, which stands for none", i+1, code)
			return
		}
		s.variables = append(s.variables, variable{kind: k, width: width, offset: s.rowBytes})
		s.file.Types = append(s.file.Types, name)
		s.rowBytes += width
	}
	s.finished(typeSection)
}

// names reads the variables' names and makes a column for each that is wanted.
func (s *scan) names(want []string) {
	s.begin(nameSection)
	is := table.Wanted(want)
	names := make([]string, len(s.variables))
	for i := range names {
		if names[i] = s.text(s.format.name, "a variable's name"); names[i] == "" && !s.failed {
			s.fail("variable %d has no name", i+1)
		}
		if s.failed {
			return
		}
	}
	var notes []string
	s.file.Names, s.file.Alike, notes = table.Distinct(names)
	for _, note := range notes {
		s.warn("%s", note)
	}
	s.named = make(map[string]string, len(s.file.Alike))
	for i, name := range s.file.Names {
		v := &s.variables[i]
		if v.name = name; is(name) {
			v.column = newColumn(v)
			s.columns = append(s.columns, v.column)
		}
		if name != names[i] {
			s.named[names[i]] = name
		}
	}
	s.finished(nameSection)
}

// fits holds the cells that are to be held against their limit.
func (s *scan) fits() {
	if n := int64(len(s.columns)); n > 0 && int64(s.rows) > s.limits.Cells/n {
		s.from = s.counts
		s.failHint("name fewer columns", "%d rows of %d wanted columns, want at most %d cells", s.rows, n, s.limits.Cells)
	}
}

// sorted reads the sort order: places of variables from 1, up to a 0, in a
// list that has room for all of them and the 0.
func (s *scan) sorted() {
	s.begin(sortSection)
	over := false
	for i := 0; i <= len(s.variables) && !s.failed; i++ {
		place := s.counted()
		switch {
		case over || s.failed:
		case place == 0:
			over = true
		case place > len(s.variables):
			s.fail("sorted by variable %d of %d", place, len(s.variables))
		default:
			s.file.SortedBy = append(s.file.SortedBy, s.variables[place-1].name)
		}
	}
	s.finished(sortSection)
}

func (s *scan) formats() {
	s.begin(formatSection)
	for i := range s.variables {
		if c := s.variables[i].column; c != nil {
			c.made.Variable.Recorded.Format = s.text(s.format.display, "a display format")
			continue
		}
		s.bytes(s.format.display, "a display format")
	}
	s.finished(formatSection)
}

func (s *scan) labelSets() {
	s.begin(setSection)
	s.sets = map[string]*labelSet{}
	for i := range s.variables {
		c := s.variables[i].column
		if c == nil {
			s.bytes(s.format.name, "the name of a label set")
			continue
		}
		name := s.text(s.format.name, "the name of a label set")
		if name == "" || c.made.Text != nil {
			continue // text has no value labels
		}
		if s.sets[name] == nil {
			s.sets[name] = &labelSet{}
		}
		c.set = name
	}
	s.finished(setSection)
}

func (s *scan) labels() {
	s.begin(labelSection)
	for i := range s.variables {
		if c := s.variables[i].column; c != nil {
			c.made.Variable.Label = s.label(s.format.label, "a variable's label")
			continue
		}
		s.bytes(s.format.label, "a variable's label")
	}
	s.finished(labelSection)
}

// characteristics reads expansion fields, as they were called before 117.
func (s *scan) characteristics() {
	s.begin(characteristicSection)
	switch {
	case s.format.tagged:
		for s.tag("<ch>") {
			s.characteristic(s.uint32("a characteristic's length"))
			s.literal("</ch>")
		}
	case s.format.charLength > 0:
		for !s.failed {
			kind := s.uint8("an expansion field")
			length := uint32(0)
			if s.format.charLength == 2 {
				length = uint32(s.uint16("an expansion field"))
			} else {
				length = s.uint32("an expansion field")
			}
			if kind == 0 && length == 0 {
				break
			}
			if kind == 1 {
				s.characteristic(length)
				continue
			}
			s.skip(int64(length), "an expansion field")
		}
	}
	s.multipliers()
	s.finished(characteristicSection)
}

// multipliers gives replicate weights the multipliers that Stata keeps with them.
func (s *scan) multipliers() {
	for _, c := range s.file.Characteristics {
		if c.Name != "jk_multiplier" {
			continue
		}
		for i := range s.variables {
			if v := &s.variables[i]; v.column != nil && v.name == c.Variable {
				if x, err := strconv.ParseFloat(strings.TrimSpace(c.Text), 64); err == nil && x > 0 && !math.IsInf(x, 0) {
					v.column.made.Variable.Recorded.Multiplier = x
				}
			}
		}
	}
}

// tag takes a tag if it is next.
func (s *scan) tag(tag string) bool {
	if s.failed || string(s.peek(len(tag))) != tag {
		return false
	}
	s.advance(len(tag))
	return true
}

func (s *scan) characteristic(length uint32) {
	if s.failed {
		return
	}
	names := 2 * s.format.name
	if int64(length) < int64(names) || int64(length)-int64(names) > int64(s.limits.LabelBytes) {
		s.fail("a characteristic of %d bytes, want %d to %d", length, names, int64(names)+int64(s.limits.LabelBytes))
		return
	}
	var c Characteristic
	c.Variable = s.text(s.format.name, "a characteristic's variable")
	if name, other := s.named[c.Variable]; other {
		c.Variable = name
	}
	c.Name = s.text(s.format.name, "a characteristic's name")
	c.Text = s.label(int(length)-names, "a characteristic")
	if !s.failed {
		s.file.Characteristics = append(s.file.Characteristics, c)
	}
}

// close reads the end of the file, and that it is the end.
func (s *scan) close() {
	if s.failed {
		return
	}
	s.section = sections[closeSection].name
	if s.format.tagged {
		s.mapped(closeSection)
		s.literal("</stata_dta>")
		if s.from = s.at; s.failed {
			return
		}
		if s.offsets[endOfFile] != uint64(s.at) {
			s.fail("the map has the end of the file at byte %d", s.offsets[endOfFile])
			return
		}
	}
	rest := int64(0)
	for s.from = s.at; s.peek(1) != nil; {
		rest += int64(s.have())
		s.advance(s.have())
	}
	if !errors.Is(s.err, io.EOF) {
		s.fail("cannot be read: %v", s.err)
		return
	}
	if rest > 0 {
		s.warn("byte %d: %d bytes after the end of the data set", s.from, rest)
	}
}

// padded says whether the file ends in NULs and line ends where a label set
// could begin: an old file has no other mark of its end. No label set begins so.
func (s *scan) padded() bool {
	least := 4 + s.format.name
	s.peek(least)
	start := s.buffer[s.next:min(s.end, s.next+least)]
	return len(bytes.TrimLeft(start, "\x00\r\n")) == 0
}
