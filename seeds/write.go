package seeds

import (
	"bufio"
	"cmp"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// blank is how the archive writes a system-missing value.
const blank = " "

// Synthetic is the raw variable that is 1 in every row of a synthetic
// extract, so that nothing computed from one passes for a figure of a survey.
const Synthetic = "synthetic"

// Write writes the extract of each declared wave under dir, as
// dir/<survey>/<wave>/<survey>_<wave>_synthetic.tab, making the folders. It
// takes the crosswalk of each wave from those given, among which there may be
// others. An error is refusal.Problems; what was written before it stays.
func Write(dir string, book *codebook.Codebook, crosswalks []*codebook.Crosswalk) error {
	populations, err := Populations(book, crosswalks)
	if err != nil {
		return err
	}
	for _, p := range populations {
		name := filepath.Join(dir, filepath.FromSlash(p.Wave.File()))
		if err := p.writeFile(name); err != nil {
			return refusal.Problems{{Kind: refusal.Disk, Where: name, What: err.Error()}}
		}
	}
	return nil
}

// Populations grows the population of each declared wave, in the order of the
// declaration. An error is refusal.Problems, those of all waves together.
func Populations(book *codebook.Codebook, crosswalks []*codebook.Crosswalk) ([]*Population, error) {
	d, err := LoadPopulation()
	if err != nil {
		return nil, err
	}
	var out []*Population
	var ps refusal.Problems
	for i, w := range d.Waves {
		c := slices.IndexFunc(crosswalks, func(c *codebook.Crosswalk) bool { return c.ID() == w.ID() })
		if c < 0 {
			ps.Add(d.page.At("waves", itoa(i)), "no crosswalk for %s", w.ID())
			continue
		}
		p, err := Grow(d, book, crosswalks[c])
		ps = append(ps, refusal.Of(err, refusal.Data)...)
		out = append(out, p)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return out, nil
}

func (p *Population) writeFile(name string) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := p.WriteExtract(f); err != nil {
		return err
	}
	return f.Close()
}

// WriteExtract draws the wave's sample and writes it as the archive does: a
// header, values separated by tabs, lines ended by CR LF, a single space for
// system-missing, and no zero before a point. An error is refusal.Problems for
// a declared category or number that the crosswalk has no code for, and
// otherwise the writer's. The same bytes are written every time.
func (p *Population) WriteExtract(w io.Writer) error {
	rows := p.sample()
	columns, ps := p.columns(rows)
	if err := ps.Err(); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	for i, c := range columns {
		if i > 0 {
			out.WriteByte('\t')
		}
		out.WriteString(c.name)
	}
	out.WriteString("\r\n")
	for row := range rows {
		for i, c := range columns {
			if i > 0 {
				out.WriteByte('\t')
			}
			out.WriteString(c.cells[row])
		}
		out.WriteString("\r\n")
	}
	return out.Flush()
}

// A column is a raw variable with its cells as they are written.
type column struct {
	name  string
	cells []string
}

// columns makes the extract's columns: identity, design and weights, then the
// answers in the order of the common variables' names.
func (p *Population) columns(rows []respondent) ([]column, refusal.Problems) {
	var out []column
	seen := map[string]bool{}
	add := func(name string, cell func(i int, r *respondent) string) {
		if name == "" || seen[strings.ToLower(name)] {
			return
		}
		seen[strings.ToLower(name)] = true
		cells := make([]string, len(rows))
		for i := range rows {
			cells[i] = cell(i, &rows[i])
		}
		out = append(out, column{name, cells})
	}
	x := p.crosswalk
	add("serial", func(i int, _ *respondent) string { return itoa(100001 + i) })
	add(Synthetic, func(int, *respondent) string { return "1" })
	if x.Key != nil {
		for _, name := range x.Key.Variables {
			add(name, func(i int, _ *respondent) string { return itoa(100001 + i) })
		}
	}
	if x.Identify != nil {
		add(x.Identify.Variable, func(int, *respondent) string { return number(x.Identify.Equals) })
	}
	for _, name := range x.Design.Stratum {
		add(name, func(_ int, r *respondent) string { return itoa(p.areas[r.area].stratum + 1) })
	}
	for _, name := range x.Design.PSU {
		add(name, func(_ int, r *respondent) string { return itoa(r.area + 1) })
	}
	for _, name := range slices.Sorted(maps.Keys(x.Weights)) {
		if sample := x.Weights[codebook.CoreWeight].Sample; sample != nil {
			add(sample.Variable, func(_ int, r *respondent) string {
				if r.boost {
					return number(p.Wave.Boost.Code)
				}
				return number(sample.Codes[0])
			})
		}
		add(x.Weights[name].Variable, func(_ int, r *respondent) string {
			switch {
			case x.Weights[name].UnitOfAnalysis == codebook.Household:
				return weight(r.house)
			case name != codebook.CoreWeight:
				return weight(r.combined)
			case r.boost:
				return blank
			}
			return weight(r.core)
		})
	}
	var ps refusal.Problems
	for _, name := range p.order {
		columns, problems := p.encode(name, rows)
		ps = append(ps, problems...)
		out = append(out, columns...)
	}
	return out, ps
}

// number writes a number as the archive does: without a zero before a point.
func number(x float64) string { return bare(strconv.FormatFloat(x, 'f', -1, 64)) }

// weight writes a weight with at most six decimals.
func weight(x float64) string {
	return bare(strings.TrimRight(strings.TrimRight(strconv.FormatFloat(x, 'f', 6, 64), "0"), "."))
}

func bare(s string) string {
	if after, ok := strings.CutPrefix(s, "-0."); ok {
		return "-." + after
	}
	if after, ok := strings.CutPrefix(s, "0."); ok {
		return "." + after
	}
	return s
}

func itoa(i int) string { return strconv.Itoa(i) }

// byNumber sorts raw codes as numbers, then as text.
func byNumber(a, b string) int {
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	if err1 == nil && err2 == nil && x != y {
		return cmp.Compare(x, y)
	}
	return cmp.Compare(a, b)
}
