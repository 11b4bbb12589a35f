package tally

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/big"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/refusal"
)

// partMagic begins the first record of a part, and the words that begin the others.
const (
	partMagic = "twc tally"
	partDrawn = "drawn"
	partCell  = "cell"
)

// The most that a part may ask for: cells, and numbers of all of them.
const (
	mostPartCells   = 1 << 20
	mostPartNumbers = 1 << 26
)

// Text is the part as a file: its head and its lines in order, of which the same
// totals have the same bytes.
func (p *Part) Text() []byte {
	h := p.Head
	h.Form = 128
	h.Strata, h.PSU = one(len(h.Strata)), one(len(h.PSU))
	head, err := json.Marshal(h)
	if err != nil {
		panic("tally: " + err.Error())
	}
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	if err := w.Write([]string{partMagic, strconv.Itoa(PartVersion), string(head)}); err != nil {
		panic("tally: " + err.Error())
	}
	w.Flush()
	out.Write(p.Lines())
	return out.Bytes()
}

// one is how labels of several variables are written: joined, as one text.
func one(variables int) []bool { return make([]bool, min(variables, 1)) }

// Lines are the lines of the file but the first.
func (p *Part) Lines() []byte {
	var out bytes.Buffer
	w := csv.NewWriter(&out)
	var fields []string
	write := func(l *Line, first ...string) {
		fields = append(fields[:0], first...)
		if len(p.Head.Strata) > 0 {
			fields = append(fields, l.Stratum)
		}
		if p.Head.Level == OfPSUs {
			fields = append(fields, l.PSU)
		}
		for _, x := range l.Of {
			fields = append(fields, x.String())
		}
		if err := w.Write(fields); err != nil {
			panic("tally: " + err.Error())
		}
	}
	for i := range p.Drawn {
		write(&p.Drawn[i], partDrawn)
	}
	for i := range p.Cells {
		l := &p.Cells[i]
		write(l, partCell, strconv.Itoa(l.Plan), strconv.Itoa(l.Domain), strconv.Itoa(l.Cell))
	}
	w.Flush()
	return out.Bytes()
}

// Sum is the SHA-256 of the lines: two parts that count the same have the same.
func (p *Part) Sum() string {
	sum := sha256.Sum256(p.Lines())
	return hex.EncodeToString(sum[:])
}

// String is the number in decimal digits.
func (w Wide) String() string {
	if w.Hi == 0 && w.Lo>>63 == 0 {
		return strconv.FormatUint(w.Lo, 10)
	}
	return w.big().String()
}

func (w Wide) big() *big.Int {
	x := new(big.Int).Lsh(big.NewInt(w.Hi), 64)
	return x.Add(x, new(big.Int).SetUint64(w.Lo))
}

// wideOf is a number of at most 126 bits.
func wideOf(x *big.Int) (Wide, bool) {
	if x.BitLen() > 126 {
		return Wide{}, false
	}
	var low big.Int
	low.And(x, new(big.Int).SetUint64(1<<64-1))
	return Wide{low.Uint64(), new(big.Int).Rsh(x, 64).Int64()}, true
}

// parseWide reads decimal digits.
func parseWide(text string) (Wide, bool) {
	if len(text) < 19 {
		n, err := strconv.ParseInt(text, 10, 64)
		if text == "" || text[0] == '+' {
			return Wide{}, false
		}
		return Wide{uint64(n), n >> 63}, err == nil
	}
	x, ok := new(big.Int), len(text) <= 40 && text[0] != '+' && !strings.Contains(text, "_")
	if ok {
		_, ok = x.SetString(text, 10)
	}
	if !ok {
		return Wide{}, false
	}
	return wideOf(x)
}

// ReadPart reads a part, and refuses one that is cut, corrupt or of what a tally
// cannot be of. Where names it in problems.
func ReadPart(from io.Reader, where string) (*Part, refusal.Problems) {
	var ps refusal.Problems
	r := csv.NewReader(bufio.NewReaderSize(from, 1<<20))
	r.FieldsPerRecord, r.ReuseRecord, r.LazyQuotes = -1, true, false
	first, err := r.Read()
	switch {
	case errors.Is(err, io.EOF):
		ps.Add(where, "empty, want a tally")
		return nil, ps
	case err != nil || len(first) == 0 || first[0] != partMagic:
		ps.AddHint("twc tally FILE -o PART makes one, and what twc tally sql prints has a database make one", where, "no tally: want a first field %q", partMagic)
		return nil, ps
	case len(first) != 3 || first[1] != strconv.Itoa(PartVersion):
		ps.Add(where, "a tally of version %q, want %d", slices.Concat(first, []string{"", ""})[1], PartVersion)
		return nil, ps
	}
	p := &Part{}
	decoder := json.NewDecoder(strings.NewReader(first[2]))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&p.Head); err != nil {
		ps.Add(where+":1", "head cannot be read: %v", err)
		return nil, ps
	}
	if err := p.Head.wrong(); err != nil {
		ps.Add(where+":1", "head: %v", err)
		return nil, ps
	}
	p.layouts = p.Head.layoutsOf()
	for i, l := range p.layouts {
		if len(l.amounts) != len(p.Head.Plans[i].Amounts) {
			ps.Add(where+":1", "head: %d units of products in plan %d, want %d", len(p.Head.Plans[i].Amounts), i, len(l.amounts))
			return nil, ps
		}
	}
	const most = 20 // problems of lines, which are mostly of one cause
	columns := lineColumns{drawn: p.Head.drawnColumns()}
	for _, l := range p.layouts {
		columns.cells = append(columns.cells, p.Head.cellColumns(l))
	}
	for len(ps) < most {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := r.FieldPos(0)
		at := where + ":" + strconv.Itoa(line)
		if err != nil {
			ps.Add(where, "cannot be read as CSV: %v", err)
			break
		}
		if record[0] == partMagic { // of another part of the same file
			ps.Add(at, "a second head, want a part a file")
			break
		}
		if err := p.take(record, &columns); err != nil {
			ps.Add(at, "%v", err)
		}
	}
	if ps != nil {
		return nil, ps
	}
	if err := p.settle(); err != nil {
		ps.Add(where, "%v", err)
		return nil, ps
	}
	if ps := p.check(where); ps != nil {
		return nil, ps
	}
	return p, nil
}

// lineColumns are those of the lines of a part.
type lineColumns struct {
	drawn []column
	cells [][]column // of each plan
}

// take adds a record's line.
func (p *Part) take(record []string, columns *lineColumns) error {
	kind := record[0]
	rest := record[1:]
	var l Line
	var of []column
	switch kind {
	case partDrawn:
		of = columns.drawn
	case partCell:
		if len(rest) < 3 {
			return fmt.Errorf("%d fields, want a plan, a domain and a cell", len(record))
		}
		for i, to := range []*int{&l.Plan, &l.Domain, &l.Cell} {
			n, err := strconv.Atoi(rest[i])
			if err != nil {
				return fmt.Errorf("%q, want a whole number", rest[i])
			}
			*to = n
		}
		if l.Plan < 0 || l.Plan >= len(p.layouts) || l.Domain < 0 || l.Domain >= len(p.layouts[l.Plan].domains) {
			return fmt.Errorf("plan %d, domain %d: the head has none", l.Plan, l.Domain)
		}
		if size := p.layouts[l.Plan].domains[l.Domain].size; l.Cell < outside || l.Cell >= size {
			return fmt.Errorf("cell %d, want one below %d", l.Cell, size)
		}
		of, rest = columns.cells[l.Plan], rest[3:]
	default:
		return fmt.Errorf("a line of %q, want %s or %s", kind, partDrawn, partCell)
	}
	var err error
	if l.Stratum, rest, err = label("stratum", rest, p.Head.Strata, p.Head.Dialect); err != nil {
		return err
	}
	psu, perPSU := p.Head.PSU, p.Head.Level == OfPSUs
	if !perPSU {
		psu = nil
	}
	if l.PSU, rest, err = label("PSU", rest, psu, p.Head.Dialect); err != nil {
		return err
	}
	if l.Cell == outside && kind == partCell && len(rest) > 0 { // of whom an engine says more
		of, rest = of[:1], rest[:1]
	}
	want := 0
	for _, c := range of {
		want += p.Head.fields(c)
	}
	if len(rest) != want {
		return fmt.Errorf("%d numbers, want %d: is the line cut?", len(rest), want)
	}
	l.Of = make([]Wide, 0, len(of))
	for _, c := range of {
		n := p.Head.fields(c)
		x, err := combined(rest[:n])
		if err != nil {
			return fmt.Errorf("%s: %w", c.name, err)
		}
		l.Of, rest = append(l.Of, x), rest[n:]
	}
	if kind == partDrawn {
		p.Drawn = append(p.Drawn, l)
	} else {
		p.Cells = append(p.Cells, l)
	}
	return nil
}

// fields is how many a column has in a line.
func (h *Head) fields(c column) int {
	if c.product && h.Form == 64 {
		return 3
	}
	return 1
}

// Half is how many bits the lower half of a number has, in the 64-bit form.
const Half = 26

// combined is a number, or the product that the products of halves make: of the upper
// ones, of an upper and a lower one, and of the lower ones.
func combined(fields []string) (Wide, error) {
	sum := new(big.Int)
	for i, text := range fields {
		x, ok := parseWide(text)
		if !ok {
			return Wide{}, fmt.Errorf("%q, want a whole number of at most 126 bits", text)
		}
		sum.Add(sum, new(big.Int).Lsh(x.big(), uint(Half*(len(fields)-1-i))))
	}
	x, ok := wideOf(sum)
	if !ok {
		return Wide{}, fmt.Errorf("%s, want a number of at most 126 bits", sum)
	}
	return x, nil
}

// clickhouse writes a missing value as \N.
const clickhouse = "clickhouse"

// label is that of the first fields, "" where one of them is missing.
func label(what string, fields []string, numbers []bool, dialect string) (joined string, rest []string, err error) {
	if len(fields) < len(numbers) {
		return "", nil, fmt.Errorf("no %s, want one", what)
	}
	parts := make([]string, len(numbers))
	for i, isNumber := range numbers {
		text := fields[i]
		switch {
		case text == "" || text == `\N` && dialect == clickhouse:
			return "", fields[len(numbers):], nil
		case isNumber:
			x, ok := codebook.Number(text)
			if !ok {
				return "", nil, fmt.Errorf("%s %q, want a number as the question's file has", what, text)
			}
			text = codebook.Spell(x)
		}
		parts[i] = strings.Clone(text)
	}
	return design.Joined(parts), fields[len(numbers):], nil
}

// wrong says why a head is none that a part may have.
func (h *Head) wrong() error {
	switch {
	case h.Version != PartVersion:
		return fmt.Errorf("version %d, want %d", h.Version, PartVersion)
	case !slices.Contains([]string{OfPSUs, OfStrata, OfRespondents, OfAll}, h.Level):
		return fmt.Errorf("level %q, want %s, %s, %s or %s", h.Level, OfPSUs, OfStrata, OfRespondents, OfAll)
	case h.Form != 128 && h.Form != 64:
		return fmt.Errorf("form %d, want 128 or 64", h.Form)
	case h.K < -maxUnit || h.K > maxUnit:
		return fmt.Errorf("units of 2^-%d, want at most %d", h.K, maxUnit)
	case (h.Level == OfPSUs || h.Level == OfStrata) != (len(h.PSU) > 0):
		return fmt.Errorf("level %s, and %d variables of PSUs", h.Level, len(h.PSU))
	}
	known := map[string]int{}
	for _, v := range h.Variables {
		if _, twice := known[v.Name]; twice {
			return fmt.Errorf("variable %q twice, want it once", v.Name)
		}
		known[v.Name] = len(v.Categories)
	}
	for n := range h.Plans {
		p := &h.Plans[n].Plan
		for _, name := range p.variables() {
			if _, ok := known[name]; !ok {
				return fmt.Errorf("plan %d: no variable %q", n, name)
			}
		}
		cells := 0
		for _, d := range p.Domains {
			size := 1
			for _, name := range d.By {
				over, product := bits.Mul64(uint64(size), uint64(known[name]))
				if over != 0 || product > mostPartCells {
					return fmt.Errorf("plan %d: more than %d cells", n, mostPartCells)
				}
				size = int(product)
			}
			if cells += size; d.Pairs != nil {
				return fmt.Errorf("plan %d: pairs of cells, want none", n)
			}
		}
		numbers := 0
		for _, item := range p.Items {
			if len(item.Groups) != 1 && len(item.Groups) != 2 {
				return fmt.Errorf("plan %d: an item of %d groups, want 1 or 2", n, len(item.Groups))
			}
			for _, g := range item.Groups {
				if g.X.Holds != nil || g.X.Value != "" && g.Y.Value == "" {
					return fmt.Errorf("plan %d: a group whose X is no value, or alone one", n)
				}
			}
			numbers += 40
		}
		if cells > mostPartCells || cells*numbers > mostPartNumbers {
			return fmt.Errorf("plan %d: %d cells of %d items, want fewer", n, cells, len(p.Items))
		}
	}
	return nil
}
