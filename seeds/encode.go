package seeds

import (
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

// encode turns a common variable back into its raw columns: the crosswalk
// read from right to left. A category that several raw codes stand for gets
// each of them equally often; a question with several versions is answered in
// one of them and is blank in the others.
func (p *Population) encode(name string, rows []respondent) ([]column, refusal.Problems) {
	source, spec := p.crosswalk.Variables[name], p.declaration.Variables[name]
	e := p.encoder(name, source, spec)
	raws := source.Raw()
	columns := make([]column, len(raws))
	for i, raw := range raws {
		columns[i] = column{raw, make([]string, len(rows))}
	}
	s := newStream(p.Wave.Seed, "answer "+name)
	refused, dontKnow := p.nonresponse(name, spec)
	shares := make([]float64, 0, 50)
	unwritable := map[string]bool{}
	for i := range rows {
		r := &rows[i]
		// Every row takes the same draws, whatever comes of them.
		away, code, version := s.unit(), s.unit(), s.below(len(raws))
		if spec.Versions != "" {
			version = p.version(spec, r, len(raws))
		}
		cell, category := e.write(r, s, code, shares)
		if cell == "" {
			unwritable[category] = true
		}
		switch {
		case !p.asks(spec, r):
			cell = e.missing[codebook.NotApplicable]
		case away < refused:
			cell = e.missing[codebook.Refused]
		case away < refused+dontKnow:
			cell = e.missing[codebook.DontKnow]
		}
		for c := range columns {
			columns[c].cells[i] = blank
		}
		columns[version].cells[i] = cell
	}
	var ps refusal.Problems
	for _, category := range slices.Sorted(maps.Keys(unwritable)) {
		ps.Add(p.crosswalk.At("variables", name), "variable %q: no raw code stands for %q, which the population declares", name, category)
	}
	return columns, ps
}

// An encoder holds how a variable's values are written: the raw codes of each
// category, and of each kind of missing, blank where it has none.
type encoder struct {
	p       *Population
	name    string
	spec    Answer
	answer  *answer
	from    int // attribute that holds the value, or -1
	place   int // kind of area that does, or -1
	codes   map[string][]string
	bands   map[string][]float64
	limits  []float64
	missing map[codebook.Missing]string
}

func (p *Population) encoder(name string, source codebook.Source, spec Answer) encoder {
	e := encoder{
		p: p, name: name, spec: spec, answer: p.answers[name], from: p.attributeIndex(name), place: slices.Index(placeNames[:], name),
		codes: map[string][]string{}, bands: source.Bands, limits: source.Range, missing: map[codebook.Missing]string{},
	}
	if spec.Numbers != nil {
		e.from = p.attributeIndex(spec.Numbers.Of)
	}
	for _, raw := range slices.SortedFunc(maps.Keys(source.Codes), byNumber) {
		e.codes[source.Codes[raw]] = append(e.codes[source.Codes[raw]], raw)
	}
	kinds := source.Missing
	if kinds == nil {
		kinds = p.crosswalk.Missing
	}
	for _, kind := range []codebook.Missing{codebook.System, codebook.NotApplicable, codebook.Refused, codebook.DontKnow} {
		e.missing[kind] = blank
		for _, raw := range slices.SortedFunc(maps.Keys(kinds), byNumber) {
			if kinds[raw] == kind.String() {
				e.missing[kind] = raw
				break
			}
		}
	}
	return e
}

// write draws a respondent's value and returns its raw code, or "" where
// there is none for the category.
func (e encoder) write(r *respondent, s stream, code float64, shares []float64) (cell, category string) {
	switch {
	case e.answer != nil:
		shares = e.answer.shares(r.area, r.person, shares[:0])
		category = e.answer.variable.Categories[s.pick(shares)].Code
	case e.spec.Numbers != nil:
		category = e.p.attributes[e.from].codes[r.person[e.from]]
		in := e.spec.Numbers.Into[category]
		if len(in) != 2 {
			s.pcg.Uint64()
			return "", category
		}
		n := in[0] + s.below(in[1]-in[0]+1)
		if len(e.limits) == 2 && (float64(n) < e.limits[0] || float64(n) > e.limits[1]) {
			return "", itoa(n)
		}
		return itoa(n), category
	case e.place >= 0:
		s.pcg.Uint64()
		category = e.p.areas[r.area].places[e.place]
	default:
		s.pcg.Uint64()
		category = e.p.attributes[e.from].codes[r.person[e.from]]
	}
	if band := e.bands[category]; len(band) == 2 {
		low, high := int(band[0]), int(band[1])
		return itoa(low + int(code*float64(high-low+1))), category
	}
	raws := e.codes[category]
	if len(raws) == 0 {
		return "", category
	}
	return raws[int(code*float64(len(raws)))], category
}

// nonresponse returns the shares that refuse and that do not know: the
// variable's own, or everybody's, or none for what the sample is drawn by.
func (p *Population) nonresponse(name string, spec Answer) (refused, dontKnow float64) {
	n := p.declaration.Nonresponse
	if spec.Nonresponse != nil {
		n = *spec.Nonresponse
	} else if isPlace(name) || p.attributeIndex(name) >= 0 || spec.Numbers != nil {
		return 0, 0
	}
	return n.Refused / 100, n.DontKnow / 100
}

func (p *Population) asks(spec Answer, r *respondent) bool {
	if spec.Asked == nil {
		return true
	}
	a := p.attributeIndex(spec.Asked.Of)
	return slices.Contains(spec.Asked.Categories, p.attributes[a].codes[r.person[a]])
}

// version is the raw variable that a respondent's answer is in, by the order
// of the categories of a kind of area; the last takes what is left over.
func (p *Population) version(spec Answer, r *respondent, versions int) int {
	kind := slices.Index(placeNames[:], spec.Versions)
	i := p.book.Variables[spec.Versions].Index(p.areas[r.area].places[kind])
	return min(i, versions-1)
}
