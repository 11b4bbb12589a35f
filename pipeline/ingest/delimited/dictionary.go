package delimited

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Dictionary is what the archive's data dictionary, a document in rich text
// beside a TAB file, says of the file: its variables' labels, value labels,
// measurement levels, and the values that its SPSS edition takes as missing.
type Dictionary struct {
	File      string // as the dictionary names it, without extension
	Cases     int    // 0 where it does not say
	Variables []codebook.Variable
}

// mostVariables, and labels of all of them together, that a dictionary has.
const (
	mostVariables = 50_000
	mostLabels    = 1_000_000
)

// The lines of a dictionary. White space between words varies.
var (
	fileLine     = regexp.MustCompile(`^File Name = (.+)$`)
	countLine    = regexp.MustCompile(`^Number of variables = (\d{1,9})$`)
	casesLine    = regexp.MustCompile(`^Number of cases = (\d{1,9})$`)
	variableLine = regexp.MustCompile(`^Pos\. = (\d{1,9}) Variable = (\S+)(?: Variable label =(?: (.*))?)?$`)
	typeLine     = regexp.MustCompile(`(?i)^This variable is (numeric|(?:a )?string|text)\b.*?(?:the SPSS measurement level is (\w+))?\.?$`)
	missingLine  = regexp.MustCompile(`^SPSS user missing values = (.+)$`)
	labelsLine   = regexp.MustCompile(`^Value label information for \S+$`)
	valueLine    = regexp.MustCompile(`^Value = (.*?) ?Label =(?: (.*))?$`)
	rangeWords   = regexp.MustCompile(`(?i)^(\S+) thru (\S+)$`)
)

// ReadDictionary reads a dictionary; where is how problems name it. The error
// is refusal.Problems, all those of the document.
func ReadDictionary(data []byte, where string) (*Dictionary, error) {
	text, err := plainText(data)
	if err != nil {
		var ps refusal.Problems
		ps.Add(where, "%v", err)
		return nil, ps
	}
	p := &dictionary{where: where, made: &Dictionary{}}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.Join(strings.Fields(line), " "); line != "" && len(p.problems) < shown {
			p.line(line)
		}
	}
	switch n := len(p.made.Variables); {
	case len(p.problems) > 0:
	case n == 0:
		p.add("names no variables")
	case p.count > 0 && n != p.count:
		p.add("%d variables, but says that they are %d", n, p.count)
	}
	if err := p.problems.Err(); err != nil {
		return nil, err
	}
	return p.made, nil
}

// A dictionary is one half read.
type dictionary struct {
	where    string
	made     *Dictionary
	count    int
	labels   int
	isText   bool            // the last variable
	codes    map[string]bool // of the last variable that have a label
	problems refusal.Problems
}

// add reports a problem of the last variable.
func (p *dictionary) add(format string, args ...any) {
	where := p.where
	if v := p.last(); v != nil {
		where = fmt.Sprintf("%s: variable %q", where, v.Name)
	}
	p.problems.Add(where, format, args...)
}

func (p *dictionary) last() *codebook.Variable {
	if n := len(p.made.Variables); n > 0 {
		return &p.made.Variables[n-1]
	}
	return nil
}

func (p *dictionary) line(line string) {
	v := p.last()
	if m := variableLine.FindStringSubmatch(line); m != nil {
		p.variable(m)
		return
	}
	if v == nil {
		p.head(line)
		return
	}
	if m := typeLine.FindStringSubmatch(line); m != nil {
		p.isText = !strings.EqualFold(m[1], "numeric")
		if measure := strings.ToLower(m[2]); measure == "nominal" || measure == "ordinal" || measure == "scale" {
			v.Recorded.Measure = measure
		}
		return
	}
	if m := missingLine.FindStringSubmatch(line); m != nil {
		for _, words := range strings.Split(m[1], " and ") {
			p.missing(v, words)
		}
		return
	}
	if m := valueLine.FindStringSubmatch(line); m != nil {
		p.value(v, m[1], m[2])
		return
	}
	if !labelsLine.MatchString(line) {
		p.add("%s is no line of a data dictionary", excerpt(line))
	}
}

// head reads a line before the first variable; what it does not know there is
// for people.
func (p *dictionary) head(line string) {
	if m := fileLine.FindStringSubmatch(line); m != nil {
		p.made.File = m[1]
	}
	if m := countLine.FindStringSubmatch(line); m != nil {
		p.count, _ = strconv.Atoi(m[1])
	}
	if m := casesLine.FindStringSubmatch(line); m != nil {
		p.made.Cases, _ = strconv.Atoi(m[1])
	}
	if strings.HasPrefix(line, "Pos. =") {
		p.add("%s is no line of a data dictionary", excerpt(line))
	}
}

func (p *dictionary) variable(m []string) {
	name := m[2]
	n := len(p.made.Variables)
	if position, _ := strconv.Atoi(m[1]); position != n+1 {
		p.add("is followed by position %s, want %d", m[1], n+1)
	}
	if n >= mostVariables {
		p.add("more than %d variables", mostVariables)
		return
	}
	p.isText, p.codes = false, map[string]bool{}
	p.made.Variables = append(p.made.Variables, codebook.Variable{Name: name, Label: m[3], Recorded: &codebook.Recorded{}})
}

// missing adds one value or range that the dictionary declares missing.
func (p *dictionary) missing(v *codebook.Variable, words string) {
	words = strings.TrimSpace(words)
	if p.isText {
		v.Recorded.Texts = append(v.Recorded.Texts, strings.Trim(words, `'"`))
		return
	}
	low, high := words, words
	if m := rangeWords.FindStringSubmatch(words); m != nil {
		low, high = m[1], m[2]
	}
	from, okFrom := bound(low, -1)
	to, okTo := bound(high, 1)
	if !okFrom || !okTo || from > to || math.IsInf(from, 1) || math.IsInf(to, -1) || low == high && math.IsInf(from, 0) {
		p.add("missing value %s, want a number or a range", excerpt(words))
		return
	}
	v.Recorded.Missing = append(v.Recorded.Missing, codebook.Interval{Low: from, High: to})
}

// bound is a number, or infinity of the sign for the words that SPSS has for
// it.
func bound(word string, sign int) (float64, bool) {
	switch strings.ToLower(word) {
	case "lo", "low", "lowest":
		return math.Inf(-1), sign < 0
	case "hi", "high", "highest":
		return math.Inf(1), sign > 0
	}
	return codebook.Number(word)
}

func (p *dictionary) value(v *codebook.Variable, code, label string) {
	if p.labels++; p.labels > mostLabels {
		p.add("more than %d value labels", mostLabels)
		return
	}
	if x, ok := codebook.Number(code); ok && !p.isText {
		code = codebook.Spell(x)
	} else if !p.isText {
		p.add("value %s has a label, want a number", excerpt(code))
		return
	}
	if p.codes[code] {
		p.add("value %s has two labels", excerpt(code))
		return
	}
	p.codes[code] = true
	v.Categories = append(v.Categories, codebook.Category{Code: code, Label: label})
}

// places returns where each variable stands, by name in lower case, and the
// names that are there twice: the first is taken.
func (d *Dictionary) places() (place map[string]int, twice []string) {
	place = map[string]int{}
	for i, v := range d.Variables {
		if _, again := place[strings.ToLower(v.Name)]; again {
			twice = append(twice, v.Name)
			continue
		}
		place[strings.ToLower(v.Name)] = i
	}
	return place, twice
}

// Apply gives the columns of a table what the dictionary says of them, by name
// without regard to case.
func (d *Dictionary) Apply(t *table.Table) {
	place, _ := d.places()
	for _, c := range t.Columns {
		if i, ok := place[strings.ToLower(c.Variable.Name)]; ok {
			name := c.Variable.Name
			c.Variable = d.Variables[i]
			c.Variable.Name = name
		}
	}
}

// Compare returns what of the dictionary does not agree with a file of the
// columns and this many rows.
func (d *Dictionary) Compare(names []string, rows int) []string {
	var notes []string
	place, twice := d.places()
	for _, name := range twice {
		notes = append(notes, fmt.Sprintf("variable %q is there twice", name))
	}
	inFile := map[string]bool{}
	var without []string
	for _, name := range names {
		inFile[strings.ToLower(name)] = true
		if _, ok := place[strings.ToLower(name)]; !ok {
			without = append(without, name)
		}
	}
	notes = append(notes, few("says nothing of", without)...)
	var absent []string
	for _, v := range d.Variables {
		if !inFile[strings.ToLower(v.Name)] {
			absent = append(absent, v.Name)
		}
	}
	notes = append(notes, few("describes what the file does not have:", absent)...)
	if d.Cases > 0 && d.Cases != rows {
		notes = append(notes, fmt.Sprintf("says %d cases, and the file has %s", d.Cases, refusal.Count(rows, "row")))
	}
	return notes
}

// few is a note about names, of which the first are shown.
func few(what string, names []string) []string {
	switch n := len(names); {
	case n == 0:
		return nil
	case n > shown:
		return []string{fmt.Sprintf("%s %s and %d more", what, strings.Join(names[:shown], ", "), n-shown)}
	}
	return []string{what + " " + strings.Join(names, ", ")}
}
