package xpt

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
)

// made is a file to be written as the format's descriptions have it.
type made struct {
	version int
	members []madeMember
}

type madeMember struct {
	name, label string
	variables   []variable
	rows        []string // each filled up with blanks
	counted     int      // rows that the header says, 0 for not
	long        []longLabel
	lengths     int // of each long label: 2 of version 8, 4 of version 9
}

type variable struct {
	name, label, format         string
	kind, width                 int
	formatWidth, formatDecimals int
}

type longLabel struct {
	variable            int
	name, label, format string
}

// cards are bytes, and blanks to fill up the last card.
func cards(b *bytes.Buffer) {
	for b.Len()%cardBytes > 0 {
		b.WriteByte(' ')
	}
}

func (m made) file() []byte {
	b := &bytes.Buffer{}
	head := func(kind record, rest string) {
		fmt.Fprintf(b, "HEADER RECORD*******%-8sHEADER RECORD!!!!!!!%-30s  ", words[kind][m.version/8], rest)
	}
	zeros := strings.Repeat("0", 30)
	head(library, zeros)
	fmt.Fprintf(b, "%-8s%-8s%-8s%-8s%-8s%24s%s", "SAS", "SAS", "SASLIB", "9.4", "Linux", "", "21NOV26:09:30:00")
	fmt.Fprintf(b, "%-80s", "21NOV26:09:30:00")
	for _, of := range m.members {
		head(memberHeader, "000000000000000001600000000140")
		head(descriptor, zeros)
		name := map[int]int{5: 8, 8: 32}[m.version]
		fmt.Fprintf(b, "%-8s%-*s%-8s%-8s%-8s%*s%s", "SAS", name, of.name, "SASDATA", "9.4", "Linux", 32-name, "", "21NOV26:09:30:00")
		fmt.Fprintf(b, "%-16s%16s%-40s%-8s", "21NOV26:09:30:00", "", of.label, "")
		head(variables, fmt.Sprintf("000000%04d00000000000000000000", len(of.variables)))
		offset := 0
		for i, v := range of.variables {
			put := func(values ...int) {
				for _, x := range values {
					_ = binary.Write(b, binary.BigEndian, int16(x))
				}
			}
			put(v.kind, 0, v.width, i+1)
			fmt.Fprintf(b, "%-8.8s%-40s%-8s", v.name, v.label, v.format)
			put(v.formatWidth, v.formatDecimals, 0, 0)
			fmt.Fprintf(b, "%-8s", "")
			put(0, 0)
			_ = binary.Write(b, binary.BigEndian, int32(offset))
			if m.version == 8 {
				fmt.Fprintf(b, "%-32s", v.name)
				put(len(v.label))
				b.Write(make([]byte, 18))
			} else {
				b.Write(make([]byte, 52))
			}
			offset += v.width
		}
		cards(b)
		if of.lengths > 0 {
			fmt.Fprintf(b, "HEADER RECORD*******LABELV%d HEADER RECORD!!!!!!!%-30s  ", 7+of.lengths/2, fmt.Sprint(len(of.long)))
			for _, l := range of.long {
				parts := []string{l.name, l.label, l.format, ""}[:of.lengths]
				_ = binary.Write(b, binary.BigEndian, int16(l.variable))
				for _, part := range parts {
					_ = binary.Write(b, binary.BigEndian, int16(len(part)))
				}
				b.WriteString(strings.Join(parts, ""))
			}
			cards(b)
		}
		rows := zeros
		if of.counted > 0 {
			rows = fmt.Sprintf("%15d", of.counted)
		}
		head(observations, rows)
		for _, row := range of.rows {
			fmt.Fprintf(b, "%-*s", offset, row)
		}
		cards(b)
	}
	return b.Bytes()
}
