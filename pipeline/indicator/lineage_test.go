package indicator

import (
	"math"
	"testing"
)

// What the figures of a wave rest on changes their lineage; what they do not
// rest on, does not. The same holds of the quantity, which the definition and
// the codebook decide alone.
func TestLineage(t *testing.T) {
	const book, x, d = "codebook.yaml", crosswalkFile, definitionFile
	same, other := false, true
	for _, c := range []struct {
		claim             string
		edit              []string
		lineage, quantity bool
	}{
		{"nothing", nil, same, same},

		{"what is counted", []string{d, "categories: [yes]", "categories: [no]"}, other, other},
		{"the statistic", []string{d, "statistic: proportion", "statistic: gap", d, "base:", "between: {variable: sex, category: [women], reference: [men]}\nbase:"}, other, other},
		{"the base", []string{d, "base: {", "base: {where: [{variable: region, categories: [north]}], "}, other, other},
		{"the precision", []string{d, "direction", "precision: 1\ndirection"}, other, other},
		{"the precision said where it was understood", []string{d, "direction", "precision: 6\ndirection"}, same, same},
		{"the definition's breakdowns", []string{d, "direction", "breakdowns: [sex]\ndirection"}, other, same},
		{"the standard breakdowns said where they were understood", []string{d, "direction", "breakdowns: [sex, age-band, ethnic-group]\ndirection"}, same, same},
		{"the definition's populations", []string{d, "direction", "populations: [north]\ndirection"}, other, same},
		{"the title", []string{d, "title: People", "title: Persons"}, same, same},
		{"the words for the base", []string{d, "Adults who gave", "Persons who gave"}, same, same},
		{"measures and leads", []string{d, "[B5]", "[B6]", d, "[HO]", "[DfES]"}, same, same},
		{"the desired direction", []string{d, "direction: higher", "direction: lower"}, same, same},
		{"a note on the definition", []string{d, "direction", "note: read this\ndirection"}, same, same},
		{"a break", []string{d, "direction", "breaks: [{from: hocs/2001, reason: r}]\ndirection"}, same, same},
		{"a remark", []string{d, "direction", "# read this\ndirection"}, same, same},

		{"the derivation of what is counted", []string{book, "yes: [definitely, tend], no: [disagree]", "yes: [definitely], no: [tend, disagree]"}, other, other},
		{"the derivation of a breakdown", []string{book, "16-24: [16, 24], 25-over: [25, 120]", "16-24: [16, 25], 25-over: [26, 120]"}, other, same},
		{"a category more of a breakdown", []string{book, "{code: women, label: Women}", "{code: women, label: Women}, {code: other, label: Other}"}, other, same},
		{"a standard breakdown more that the wave has", []string{book, "  - {variable: sex}", "  - {variable: sex}\n  - {variable: region}"}, other, same},
		{"a standard breakdown more that the wave has not", []string{book, "  - {variable: sex}", "  - {variable: sex}\n  - {variable: tenure}"}, same, same},
		{"the weight of a breakdown", []string{book, "  - {variable: sex}", "  - {variable: sex, weight: combined}"}, other, same},
		{"a weight that the wave has not, so that it takes its core", []string{book, "  - {variable: sex}", "  - {variable: sex, weight: fourth}"}, same, same},
		{"the label of a variable", []string{book, "label: Sex", "label: Gender"}, same, same},
		{"the label of a category", []string{book, "label: Women", "label: Females"}, same, same},
		{"the order of categories", []string{book, "{code: men, label: Men}, {code: women, label: Women}", "{code: women, label: Women}, {code: men, label: Men}"}, same, same},
		{"a variable that nothing reads", []string{book, "  hours:", "  minutes: {label: Minutes, unit: minutes}\n  hours:"}, same, same},
		{"a category of a variable that nothing reads", []string{book, "{code: renter, label: Renter}", "{code: renter, label: Renter}, {code: free, label: Rent free}"}, same, same},

		{"the raw variable of what is counted", []string{x, "from: paffloc", "from: paffloc2"}, other, same},
		{"the case of its name", []string{x, "from: paffloc", "from: PAFFLOC"}, same, same},
		{"two versions of it coalesced", []string{x, "from: paffloc", "first: [paffloc, paff2]"}, other, same},
		{"a code of what is counted", []string{x, "influence: {from: paffloc, codes: {1: definitely, 2: tend", "influence: {from: paffloc, codes: {1: definitely, 4: tend"}, other, same},
		{"a code of a breakdown", []string{x, "codes: {1: men, 2: women}", "codes: {2: men, 1: women}"}, other, same},
		{"a code of a population", []string{x, "codes: {1: north, 2: south}", "codes: {2: north, 1: south}"}, other, same},
		{"the range of what a breakdown is derived from", []string{x, "range: [16, 120]", "range: [16, 110]"}, other, same},
		{"the wave's missing codes", []string{x, "-8: dont-know", "-7: dont-know"}, other, same},
		{"a variable's own missing codes", []string{x, "missing: {998: refused}", "missing: {999: refused}"}, other, same},
		{"none in place of the wave's", []string{x, "codes: {1: men, 2: women}", "codes: {1: men, 2: women}, missing: {}"}, other, same},
		{"the wave's said of a variable", []string{x, "codes: {1: men, 2: women}", "codes: {1: men, 2: women}, missing: {-9: refused, -8: dont-know}"}, same, same},
		{"the stratum", []string{x, "stratum: gor", "stratum: county"}, other, same},
		{"the PSU", []string{x, "psu: area", "psu: ward"}, other, same},
		{"nested PSUs", []string{x, "psu: area,", "psu: area, nested: true,"}, other, same},
		{"the lonely policy", []string{x, "psu: area,", "psu: area, lonely: adjust,"}, other, same},
		{"the lonely policy said where it was understood", []string{x, "psu: area,", "psu: area, lonely: refuse,"}, same, same},
		{"a design factor", []string{x, "psu: area,", "factor: 1.2,"}, other, same},
		{"the core weight", []string{x, "variable: wtcore", "variable: wtcore2"}, other, same},
		{"the sample of the core weight", []string{x, "codes: [1]}", "codes: [1, 2]}"}, other, same},
		{"the case of the names of the design and the sample", []string{x, "stratum: gor, psu: area", "stratum: GOR, psu: Area", x, "variable: samptype", "variable: SampType", x, "variable: wtcore", "variable: WTCORE"}, same, same},
		{"the case of coalesced names", []string{x, "from: trloc", "first: [TRLOC]", x, "from: dvage", "from: DVAge"}, same, same},
		{"the weight of one breakdown", []string{x, "variable: wtcomb", "variable: wtcomb2"}, other, same},
		{"no weight for that breakdown", []string{x, "  combined: {variable: wtcomb, known: read}\n", ""}, other, same},
		{"a weight that no breakdown takes", []string{x, "variable: wtthird", "variable: wtthird2"}, same, same},
		{"the condition of a population", []string{x, "categories: [north]", "categories: [south]"}, other, same},
		{"a population's id", []string{x, "id: north", "id: the-north"}, other, same},
		{"a population's label", []string{x, "label: The north", "label: Northern England"}, same, same},
		{"the fieldwork, which figures carry", []string{x, "end: 2001-11-30", "end: 2001-12-31"}, other, same},
		{"how far a name is known", []string{x, "known: memory}\n  trust", "known: confirmed}\n  trust", x, "area, known: memory", "area, known: confirmed"}, same, same},
		{"that a variable may be absent", []string{x, "codes: {1: men, 2: women}", "codes: {1: men, 2: women}, optional: true"}, same, same},
		{"a note on a variable, a weight and the design", []string{x, "codes: {1: men, 2: women}", "codes: {1: men, 2: women}, note: n", x, "wtcomb,", "wtcomb, note: n,", x, "psu: area,", "psu: area, note: n,"}, same, same},
		{"a decision", []string{x, "variables:\n", "decisions: [{variable: sex, text: t}]\nvariables:\n"}, same, same},
		{"the title, study, licence and source of the wave", []string{x, "title: Home", "title: The Home", x, "SN 4754\npop", "SN 1\npop", x, "UK Data", "The UK Data", x, "source: the", "source: a"}, same, same},
		{"the file's name", []string{x, "*.tab", "*.csv"}, same, same},
		{"a variable that no figure reads", []string{x, "from: trloc", "from: trloc2"}, same, same},
		{"its missing codes", []string{x, "-1: refused", "-1: dont-know"}, same, same},
		{"a variable more that no figure reads", []string{x, "  region:", "  tenure: {from: ten, codes: {1: owner, 2: renter}, known: read}\n  region:"}, same, same},
		{"a breakdown given and no longer derived", []string{x, "  region:", "  age-band: {from: agegrp, bands: {16-24: [1, 2], 25-over: [3, 9]}, known: read}\n  region:"}, other, same},
	} {
		t.Run(c.claim, func(t *testing.T) {
			before, after := load(t), load(t, c.edit...)
			lineage := func(c *Catalogue) string { return c.Definitions[0].Lineage(c.Codebook, c.Crosswalks[0]) }
			quantity := func(c *Catalogue) string { return c.Definitions[0].Quantity(c.Codebook) }
			if changed := lineage(before) != lineage(after); changed != c.lineage {
				t.Errorf("the lineage changed: %v, want %v", changed, c.lineage)
			}
			if changed := quantity(before) != quantity(after); changed != c.quantity {
				t.Errorf("the quantity changed: %v, want %v", changed, c.quantity)
			}
		})
	}
}

// A mean's unit is part of what it is.
func TestUnitIsOfTheQuantity(t *testing.T) {
	mean := []string{
		definitionFile, "statistic: proportion", "statistic: mean", definitionFile, "{variable: agrees, categories: [yes]}", "{variable: age}",
	}
	a := load(t, mean...)
	b := load(t, append(mean, "codebook.yaml", "unit: years", "unit: months")...)
	if a.Definitions[0].Quantity(a.Codebook) == b.Definitions[0].Quantity(b.Codebook) {
		t.Error("years and months are the same quantity")
	}
	if a.Definitions[0].Lineage(a.Codebook, a.Crosswalks[0]) == b.Definitions[0].Lineage(b.Codebook, b.Crosswalks[0]) {
		t.Error("years and months have the same lineage")
	}
}

// A population that a definition does not name is nothing to it.
func TestLineageOfOtherPopulations(t *testing.T) {
	named := []string{definitionFile, "direction", "populations: [all-adults]\ndirection"}
	a := load(t, named...)
	b := load(t, append(named, crosswalkFile, "codes: {1: north, 2: south}", "codes: {2: north, 1: south}")...)
	if a.Definitions[0].Lineage(a.Codebook, a.Crosswalks[0]) != b.Definitions[0].Lineage(b.Codebook, b.Crosswalks[0]) {
		t.Error("the region changed, and only the whole population was asked for")
	}
}

func TestDigest(t *testing.T) {
	// printf '{"a":1,"b":2}' | sha256sum
	const want = "43258cff783fe7036d8a43033f830adfc60ec037382473548ac742b888292777"
	if got := Digest(map[string]int{"b": 2, "a": 1}); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	defer func() {
		if recover() == nil {
			t.Error("digested what JSON cannot hold")
		}
	}()
	Digest(math.NaN())
}
