package question

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/refusal"
)

// known is a margin of the weights as the extract spells its variables and codes. It
// refuses a code that no row has, at its place, one that is missing, a crossed one that is
// no combination of codes or several, and two spellings of one.
func (w *Words) known(m codebook.Margin) (made codebook.Margin, ps refusal.Problems) {
	if made = m; m.Variable == codebook.All {
		return made, nil
	}
	if m.Total != nil {
		made.Variable = w.Variable(m.Variable).Name
		return made, nil
	}
	var names []string
	var known []func(string) bool
	var of [][]string // the codes of each variable
	for _, name := range m.Crossed() {
		v := w.Variable(name)
		names, of = append(names, v.Name), append(of, v.Codes())
		known = append(known, func(code string) bool { return placeOf(v, code) >= 0 })
	}
	made.Variable, made.Totals = strings.Join(names, codebook.CrossSign), map[string]float64{}
	where := fmt.Sprintf("margin %q", made.Variable)
	wrong := func(code, format string, args ...any) {
		what, untold := refusal.Said(format, args...)
		p := refusal.Problem{Kind: refusal.Usage, Where: where, What: what, Untold: untold}
		if at := m.Places[code]; at != "" {
			p.Kind, p.Where = refusal.Data, at+": "+where
		}
		ps = append(ps, p)
	}
	for _, code := range slices.Sorted(maps.Keys(m.Totals)) {
		ways := codebook.Uncross(code, known)
		switch {
		case len(ways) > 1:
			wrong(code, "%q is several combinations of codes, want another spelling of them by --let", code)
			continue
		case len(ways) == 0 && m.Totals[code] == 0: // nobody, of whom there are none
			continue
		case len(ways) == 0:
			wrong(code, "no respondents in %s in the population%s", refusal.Category(code, m.Totals[code]), w.absent(names, of, code))
			continue
		}
		spelled := make([]string, len(names))
		for i, code := range ways[0] {
			spelled[i] = of[i][placeOf(w.Variable(names[i]), code)]
		}
		full := strings.Join(spelled, codebook.CrossSign)
		if _, twice := made.Totals[full]; twice {
			wrong(code, "code %s twice, want it once", full)
		}
		made.Totals[full] = m.Totals[code]
	}
	return made, ps
}

// absent says what there is instead of a code that no row has.
func (w *Words) absent(names []string, of [][]string, code string) refusal.Private {
	return refusal.Private{Of: w.instead(names, of, code)}
}

func (w *Words) instead(names []string, of [][]string, code string) string {
	if len(names) == 1 {
		if missing := w.Missing[names[0]]; place(missing, code) >= 0 {
			return ", whose code is missing"
		}
		return fmt.Sprintf(", want the codes %s", some(of[0]))
	}
	return ", want a combination of codes, as " + strings.Join([]string{of[0][0], of[1][0]}, codebook.CrossSign)
}

// Rescaled notes shares that add up to 1 or 100 only when rounded, and says what is wrong
// with those that do not at all.
func Rescaled(m codebook.Margin) (notes indicator.Notes, why string) {
	if !m.Shares {
		return nil, ""
	}
	shares, sum, scaled := codebook.SharesOf(m.Totals)
	switch {
	case shares == nil:
		return nil, fmt.Sprintf("shares of %s add up to %s, want 1 or 100", m.Variable, codebook.Spell(roundedSum(sum)))
	case scaled:
		notes.Add(indicator.Note{Code: indicator.SharesScaled, Of: m.Variable, Args: []string{codebook.Spell(roundedSum(sum))}})
	}
	return notes, ""
}

// roundedSum is a sum of printed shares without the dust of adding them.
func roundedSum(x float64) float64 { return math.Round(x*1e9) / 1e9 }

// MarginColumns are those of a file of margins.
var MarginColumns = []string{"variable", "code", "total", "share"}

const marginHint = "the columns are variable, code and total, or share: sex,1,2350; sex+age,1+16-24,410; income,,9.5e6; all,,4600"

// ReadMargins reads a file of margins, of a row for each category, or reports each row
// that is not as it should be, at its line. Without a code the total is of a variable of
// numbers, and of the variable all it is the size of the population.
func ReadMargins(file string, data []byte) (margins []codebook.Margin, notes indicator.Notes, ps refusal.Problems) {
	in := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	in.FieldsPerRecord, in.TrimLeadingSpace = -1, true
	header, err := in.Read()
	if err != nil {
		ps.AddHint(marginHint, file+":1", "no header, want %s", strings.Join(MarginColumns[:3], ","))
		return nil, nil, ps
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ";\t|") {
		ps.AddHint(marginHint, file+":1", "one cell, %q, want a comma between cells", header[0])
		return nil, nil, ps
	}
	at := map[string]int{}
	for i, name := range header {
		name = strings.ToLower(strings.TrimSpace(name))
		if _, twice := at[name]; twice {
			ps.Add(file+":1", "column %q is there twice", name)
		}
		if !slices.Contains(MarginColumns, name) {
			ps.AddHint(marginHint, file+":1", "unknown column %q%s", name, refusal.Nearest(name, MarginColumns))
		}
		at[name] = i
	}
	_, totals := at["total"]
	_, shares := at["share"]
	_, variables := at["variable"]
	if !variables || !totals && !shares {
		ps.AddHint(marginHint, file+":1", "columns %s, want variable, code and total, or share", strings.Join(header, ", "))
	}
	if ps != nil {
		return nil, nil, ps
	}
	f := marginFile{file: file}
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line, _ := in.FieldPos(0)
		if err != nil {
			f.ps.Add(file+":"+strconv.Itoa(line), "%v", err)
			break
		}
		if !slices.ContainsFunc(row, func(cell string) bool { return strings.TrimSpace(cell) != "" }) {
			continue // as spreadsheets write below a table
		}
		if len(row) != len(header) {
			f.ps.Add(file+":"+strconv.Itoa(line), "%d cells, want %d as in the header", len(row), len(header))
			continue
		}
		f.add(line, func(name string) string {
			if i, has := at[name]; has {
				return strings.TrimSpace(row[i])
			}
			return ""
		})
	}
	if len(f.margins) == 0 && f.ps == nil {
		f.ps.AddHint(marginHint, file+":2", "no row under the header, want one for each category")
	}
	for i, m := range f.margins {
		if f.ps != nil {
			break
		}
		told, why := Rescaled(m)
		if notes.Add(told...); why != "" {
			f.ps.Add(f.first[i], "%s", why)
		}
	}
	return f.margins, notes, f.ps
}

// A marginFile is a file of margins being read.
type marginFile struct {
	file    string
	margins []codebook.Margin
	first   []string // of each, the place of its first row
	ps      refusal.Problems
}

// add takes a row.
func (f *marginFile) add(line int, cell func(column string) string) {
	where := f.file + ":" + strconv.Itoa(line)
	wrong := func(format string, args ...any) { f.ps.Add(where, format, args...) }
	name, code, text, share := cell("variable"), cell("code"), cell("total"), cell("share")
	if name == "" {
		wrong("no variable, want the one that %s is a code of", code)
		return
	}
	if (text == "") == (share == "") {
		wrong("%s: want a total or a share, and not both", name)
		return
	}
	x, err := strconv.ParseFloat(text+strings.TrimSuffix(share, "%"), 64)
	if err != nil || math.IsNaN(x) || math.IsInf(x, 0) || code != "" && x < 0 {
		wrong("%q, want a number such as 2350", text+share)
		return
	}
	if strings.EqualFold(name, codebook.All) {
		name = codebook.All
	}
	i := slices.IndexFunc(f.margins, func(m codebook.Margin) bool { return strings.EqualFold(m.Variable, name) })
	if i < 0 {
		i = len(f.margins)
		m := codebook.Margin{Variable: name, Shares: share != ""}
		if code != "" {
			m.Totals, m.Places = map[string]float64{}, map[string]string{}
		}
		f.margins, f.first = append(f.margins, m), append(f.first, where)
	}
	m := &f.margins[i]
	_, twice := m.Totals[code]
	switch {
	case m.Shares != (share != ""):
		wrong("%s: a share beside totals, want one of the two as at %s", name, f.first[i])
	case code == "" && share != "":
		wrong("%s: a share without a code, want the code that it is of", name)
	case (code == "") != (m.Totals == nil):
		wrong("%s: a total without a code beside those of codes, want one of the two as at %s", name, f.first[i])
	case code == "" && m.Total != nil:
		wrong("%s twice, want its total once as at %s", name, f.first[i])
	case name == codebook.All && (code != "" || x <= 0):
		wrong("%s: want no code and the size of the population", name)
	case code == "":
		m.Total = &x
	case twice:
		wrong("code %s of %s twice, want it once as at %s", code, name, m.Places[code])
	default:
		m.Totals[code], m.Places[code] = x, where
	}
}
