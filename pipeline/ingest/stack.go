package ingest

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"unicode"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/table"
)

// A Stack is several extracts that are read as one, the rows of each after those of the one
// before: each is a wave.
type Stack struct {
	Files    []StackFile
	Variable string // that tells the waves: the files', or, where none has it, made of their Wave
}

// A StackFile is an extract of a stack. Own says of variables, by their common names in lower
// case, what they are called in this file; of those that are Renamed no other of the file's may
// have the common name and be left out unsaid.
type StackFile struct {
	Source
	Wave    string
	Own     map[string]string
	Renamed []string
}

// name is what the file calls a variable.
func (f StackFile) name(common string) string {
	if own, other := f.Own[strings.ToLower(common)]; other {
		return own
	}
	return common
}

// A Stacked is what was read of a stack: as if one file had it all, and of each file.
type Stacked struct {
	*Extract
	Files []*Extract
	Notes indicator.Notes // where the files differ in what they say of a variable
}

// Batches reads the wanted columns of all files, in memory that does not grow with the rows,
// as the other Batches does. It refuses a variable that one file has and another has not,
// numbers in one that are text in another, labels that two files give to each other's
// codes, and a value that counts in one file and is declared missing in another before it.
// Labels that differ otherwise are noted. The error is refusal.Problems.
func (s Stack) Batches(want []string, limits Limits, progress func(done, total int64), each func(*table.Table) error) (*Stacked, error) {
	k := &stacking{Stack: s, want: want, limits: limits}
	if err := k.names(); err != nil {
		return nil, err
	}
	for i := range s.Files {
		if err := k.read(i, progress, each); err != nil {
			return nil, err
		}
	}
	return k.end()
}

// A stacking is a stack being read.
type stacking struct {
	Stack
	want    []string
	limits  Limits
	made    bool // the variable of waves is made, and not the files'
	absent  []string
	known   []string          // names of all files
	spelled map[string]string // wanted names in lower case, as the first file spells them
	numbers []float64         // waves as numbers, nil where they are text

	extracts  []*Extract
	texts     map[string]bool // whether a variable is text, by its name in lower case
	mixed     map[string]bool // variables that are text in one file alone, which was told
	conflicts map[conflict]int
	waves     map[string][]string // of each value of the files' variable of waves, which files have it
	ps        refusal.Problems
}

// A conflict is a value that counts in a file, and that the first declares missing.
type conflict struct {
	file            int
	variable, value string
}

// names finds which file has which of the wanted variables.
func (k *stacking) names() error {
	has := map[string][]bool{}
	k.spelled = map[string]string{}
	var all [][]string
	for i, f := range k.Files {
		names, err := f.Names(k.limits)
		if err != nil {
			return err
		}
		all = append(all, names)
		for _, name := range k.want {
			own := f.name(name)
			key := strings.ToLower(name)
			if has[key] == nil {
				has[key] = make([]bool, len(k.Files))
			}
			at := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, own) })
			if has[key][i] = at >= 0; i == 0 && at >= 0 && strings.EqualFold(own, name) {
				k.spelled[key] = names[at]
			}
		}
		for _, common := range f.Renamed {
			own := f.Own[common]
			at := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, common) })
			takes := func(n string) bool { return at >= 0 && strings.EqualFold(n, names[at]) }
			if at >= 0 && !strings.EqualFold(own, common) && !slices.ContainsFunc(slices.Collect(maps.Values(f.Own)), takes) {
				k.ps = append(k.ps, refusal.Problem{
					Kind: refusal.Usage, Where: f.Called(), What: fmt.Sprintf("has a variable %q of its own, whose place %s would take", names[at], own),
					Hint: fmt.Sprintf("give its own another name too: --rename %s:own_%s=%s", f.Wave, common, names[at]),
				})
			}
		}
		for common, own := range f.Own {
			if !slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, own) }) {
				k.ps = append(k.ps, refusal.Problem{Kind: refusal.Usage, Where: f.Called(), What: fmt.Sprintf("no variable %q, which is to be %s%s", own, common, refusal.Nearest(own, names))})
			}
		}
		for _, name := range names {
			if !slices.ContainsFunc(k.known, func(n string) bool { return strings.EqualFold(n, name) }) {
				k.known = append(k.known, name)
			}
		}
	}
	for _, name := range k.want {
		in := has[strings.ToLower(name)]
		switch {
		case !slices.Contains(in, true) && strings.EqualFold(name, k.Variable):
			k.made = true
		case !slices.Contains(in, true):
			k.absent = append(k.absent, name)
		case slices.Contains(in, false):
			with, without := slices.Index(in, true), slices.Index(in, false)
			if _, told := k.Files[without].Own[strings.ToLower(name)]; told {
				continue
			}
			hint := fmt.Sprintf("say what it is called there: --rename %s:%s=...", k.Files[without].Wave, name)
			if strings.EqualFold(name, k.Variable) {
				hint = "name another variable for the waves: --stacked survey=independent"
			}
			k.ps = append(k.ps, refusal.Problem{
				Kind: refusal.Usage, Where: k.Files[without].Called(), Hint: hint,
				What: fmt.Sprintf("no variable %q, which %s has%s", k.Files[without].name(name), k.Files[with].Called(), refusal.Nearest(name, all[without])),
			})
		}
	}
	if k.made {
		k.known = append(k.known, k.Variable)
		for _, f := range k.Files {
			x, ok := codebook.Number(f.Wave)
			if !ok {
				k.numbers = nil
				break
			}
			k.numbers = append(k.numbers, x)
		}
	}
	k.want = slices.DeleteFunc(slices.Clone(k.want), func(name string) bool {
		return slices.Contains(k.absent, name) || k.made && strings.EqualFold(name, k.Variable)
	})
	k.texts, k.mixed, k.conflicts = map[string]bool{}, map[string]bool{}, map[conflict]int{}
	k.waves = map[string][]string{}
	return k.ps.Err()
}

// read reads a file of the stack.
func (k *stacking) read(i int, progress func(done, total int64), each func(*table.Table) error) error {
	f := k.Files[i]
	var want []string
	common := map[string]string{} // of the file's names
	for _, name := range k.want {
		own := f.name(name)
		if before, twice := common[strings.ToLower(own)]; twice && !strings.EqualFold(before, name) {
			k.ps = append(k.ps, refusal.Problem{Kind: refusal.Usage, Where: f.Called(), What: fmt.Sprintf("variable %q is both %s and %s, want it to be one of them", own, before, name)})
		}
		want, common[strings.ToLower(own)] = append(want, own), cmp.Or(k.spelled[strings.ToLower(name)], name)
	}
	e, err := Batches(f.Source, want, k.limits, progress, func(batch *table.Table) error {
		made := table.New(batch.Rows)
		for _, c := range batch.Columns {
			of := *c
			of.Variable.Name = common[strings.ToLower(c.Variable.Name)]
			k.fits(i, &of)
			made.Add(&of)
			if strings.EqualFold(of.Variable.Name, k.Variable) {
				k.waveIn(i, &of)
			}
		}
		if k.made {
			made.Add(k.wave(i, batch.Rows))
		}
		if k.ps != nil {
			return nil // what else is wrong comes to light
		}
		return each(made)
	})
	if err != nil {
		return err
	}
	named := table.New(e.Table.Rows)
	for _, c := range e.Table.Columns {
		of := *c
		of.Variable.Name = common[strings.ToLower(c.Variable.Name)]
		named.Add(&of)
	}
	e.Table = named
	k.extracts = append(k.extracts, e)
	return nil
}

// waveIn notes which waves a file has by its own variable.
func (k *stacking) waveIn(i int, c *table.Column) {
	add := func(wave string) {
		if name := k.Files[i].Called(); wave != "" && !slices.Contains(k.waves[wave], name) {
			k.waves[wave] = append(k.waves[wave], name)
		}
	}
	last := math.NaN()
	for _, x := range c.Values {
		if x != last && !math.IsNaN(x) {
			add(codebook.Spell(x))
			last = x
		}
	}
	for row, text := range c.Text {
		if row == 0 || text != c.Text[row-1] {
			add(text)
		}
	}
}

// wave is the variable of waves in a file.
func (k *stacking) wave(i, rows int) *table.Column {
	c := &table.Column{Variable: codebook.Variable{Name: k.Variable}}
	for _, f := range k.Files { // whose order is theirs
		c.Variable.Categories = append(c.Variable.Categories, codebook.Category{Code: f.Wave})
	}
	if k.numbers != nil {
		c.Values = slices.Repeat([]float64{k.numbers[i]}, rows)
	} else {
		c.Text = slices.Repeat([]string{k.Files[i].Wave}, rows)
	}
	return c
}

// fits looks at a batch's column beside those of the files before, and has what this file
// alone declares missing be missing in it.
func (k *stacking) fits(i int, c *table.Column) {
	key := strings.ToLower(c.Variable.Name)
	before, met := k.texts[key]
	k.texts[key] = c.Text != nil
	switch {
	case met && before != (c.Text != nil):
		if !k.mixed[key] {
			k.mixed[key] = true
			k.unlike(i, c)
		}
	case i > 0:
		if first := k.extracts[0].Table.Column(c.Variable.Name); first != nil {
			k.missing(i, c, first.Variable.Recorded)
		}
	}
}

// unlike reports a column that is numbers in one file and text in another.
func (k *stacking) unlike(i int, c *table.Column) {
	forms := map[bool]string{true: "text", false: "numbers"}
	text := k.Files[i]
	if c.Text == nil {
		text = k.Files[0]
	}
	k.ps = append(k.ps, refusal.Problem{
		Kind: refusal.Data, Where: k.Files[i].Called(), Hint: "bring the files to one form first, with twc convert or where they were made",
		What: fmt.Sprintf("variable %q is %s, and %s in %s: %s of %s", c.Variable.Name, forms[c.Text != nil], forms[c.Text == nil], k.Files[0].Called(),
			WhyNotNumbers(text.Source, text.name(c.Variable.Name), k.limits), text.Called()),
	})
}

// missing has values be missing that this file declares so and the first does not, and counts
// those that the first declares and this one does not.
func (k *stacking) missing(i int, c *table.Column, first *codebook.Recorded) {
	own := c.Variable.Recorded
	values, texts := c.Values, c.Text
	for row, x := range c.Values {
		switch here, there := own.DeclaresNumber(x), first.DeclaresNumber(x); {
		case here == there || math.IsNaN(x):
		case there:
			k.conflicts[conflict{i, c.Variable.Name, codebook.Spell(x)}]++
		default:
			if &values[0] == &c.Values[0] { // the batch is the reader's
				values = slices.Clone(values)
			}
			values[row] = math.NaN()
		}
	}
	for row, text := range c.Text {
		switch here, there := own.DeclaresText(text), first.DeclaresText(text); {
		case here == there || text == "":
		case there:
			k.conflicts[conflict{i, c.Variable.Name, text}]++
		default:
			if &texts[0] == &c.Text[0] {
				texts = slices.Clone(texts)
			}
			texts[row] = ""
		}
	}
	c.Values, c.Text = values, texts
}

// end puts together what the files say of their variables.
func (k *stacking) end() (*Stacked, error) {
	met := slices.SortedFunc(maps.Keys(k.conflicts), func(a, b conflict) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.variable, b.variable), cmp.Compare(a.value, b.value))
	})
	for _, c := range met {
		k.ps = append(k.ps, refusal.Problem{
			Kind: refusal.Data, Where: k.Files[c.file].Called(), Hint: fmt.Sprintf("say that it is missing in all: --missing %s=%s", c.variable, c.value),
			What: fmt.Sprintf("variable %q: %s with %s, which counts here and is declared missing in %s", c.variable, refusal.Count(k.conflicts[c], "row"), c.value, k.Files[0].Called()),
		})
	}
	for i, e := range k.extracts {
		for j, before := range k.extracts[:i] {
			// A wide file may be several waves, whose variables have names of their own.
			if e.SHA256 == before.SHA256 && len(k.Files[i].Own)+len(k.Files[j].Own) == 0 {
				k.ps = append(k.ps, refusal.Problem{
					Kind: refusal.Usage, Where: k.Files[i].Path, What: fmt.Sprintf("has the bytes of %s, want another file for each wave", k.Files[j].Path),
					Hint: "of one file with several waves, --stacked names the variable of the wave, and --rename WAVE:V=NAME another variable",
				})
			}
		}
	}
	first := k.extracts[0]
	whole := *first
	made := &Stacked{Extract: &whole, Files: k.extracts}
	var names []string
	digest := sha256.New()
	whole.Bytes, whole.Rows, whole.Names, whole.Missing = 0, 0, k.known, k.absent
	whole.About.Replaced, whole.About.Notes = nil, nil
	for _, e := range k.extracts {
		names = append(names, e.Name)
		whole.Bytes += e.Bytes
		whole.Rows += e.Rows
		whole.About.Notes = append(whole.About.Notes, e.About.Notes...)
		whole.About.Replaced = append(whole.About.Replaced, e.About.Replaced...)
		fmt.Fprintf(digest, "%s  %s\n", e.SHA256, e.Name) // as sha256sum lists them
	}
	whole.Name, whole.SHA256 = strings.Join(names, ", "), fmt.Sprintf("%x", digest.Sum(nil))
	whole.Table = table.New(0)
	for _, c := range first.Table.Columns {
		of := *c
		of.Variable = k.variable(c.Variable, made)
		whole.Table.Add(&of)
	}
	if k.made {
		whole.Table.Add(k.wave(0, 0))
	}
	var waves []string
	for _, wave := range slices.Sorted(maps.Keys(k.waves)) {
		waves = append(waves, wave, strings.Join(k.waves[wave], ", "))
	}
	if waves != nil {
		made.Notes.Add(indicator.Note{Code: indicator.StackedOwn, Of: k.Variable, Args: waves})
	}
	return made, k.ps.Err()
}

// variable is what the files say of one together: the labels of all, of which the first has
// its word, and what the first declares missing.
func (k *stacking) variable(v codebook.Variable, made *Stacked) codebook.Variable {
	v.Categories = slices.Clone(v.Categories)
	own := len(v.Categories)
	for i, e := range k.extracts[1:] {
		other := e.Table.Column(v.Name).Variable
		at := k.Files[i+1].Called()
		var differ []string
		for _, c := range other.Categories {
			same := v.Index(c.Code)
			switch {
			case same < 0:
				v.Categories = append(v.Categories, c)
			case alike(v.Categories[same].Label, c.Label) || c.Label == "":
			default:
				for _, theirs := range v.Categories[:own] {
					if theirs.Code != c.Code && alike(theirs.Label, c.Label) {
						k.ps = append(k.ps, refusal.Problem{
							Kind: refusal.Data, Where: at, Hint: fmt.Sprintf("recode it by wave: --let '%s2 = if(%s = %s, recode(%s; ...), %s)'", v.Name, k.Variable, k.Files[i+1].Wave, v.Name, v.Name),
							What: fmt.Sprintf("variable %q: code %s is %q, which is code %s in %s, whose code %s is %q: want one coding", v.Name, c.Code, c.Label, theirs.Code, k.Files[0].Called(), c.Code, v.Categories[same].Label),
						})
						differ = nil
						break
					}
				}
				differ = append(differ, c.Code, v.Categories[same].Label, c.Label)
			}
		}
		if differ != nil {
			made.Notes.Add(indicator.Note{Code: indicator.StackedLabels, Of: v.Name, Args: append([]string{at}, differ...)})
		}
		if mine, theirs := v.Recorded, other.Recorded; !sameMissing(mine, theirs) {
			made.Notes.Add(indicator.Note{Code: indicator.StackedMissing, Of: v.Name, Args: []string{at, k.Files[0].Called()}})
		}
	}
	return v
}

// sameMissing says whether two files declare the same values of a variable missing.
func sameMissing(a, b *codebook.Recorded) bool {
	if a == nil || b == nil {
		a, b = orNothing(a), orNothing(b)
	}
	return slices.Equal(a.Missing, b.Missing) && slices.Equal(a.Texts, b.Texts)
}

func orNothing(r *codebook.Recorded) *codebook.Recorded {
	if r == nil {
		return &codebook.Recorded{}
	}
	return r
}

// alike says whether two labels are the same words, whatever their case and punctuation.
func alike(a, b string) bool {
	plain := func(text string) string {
		return strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
	}
	return plain(a) == plain(b)
}

// Place is where a row of the stack is: in which file, its line there, 0 in a format
// without lines, and its number there, from 0.
func (s *Stacked) Place(row int) (file string, line, own int) {
	for _, e := range s.Files {
		if row < e.Rows {
			return e.Name, e.Line(row), row
		}
		row -= e.Rows
	}
	panic("ingest: a row beyond the stack")
}
