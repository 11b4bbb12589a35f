package seeds

import (
	_ "embed"
	"maps"
	"slices"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/refusal"
)

//go:embed population.yaml
var populationYAML []byte

// A Declaration says what is true of the synthetic population, and how it is
// sampled. population.yaml is one, with a comment on each key.
type Declaration struct {
	Waves       []Wave               `yaml:"waves"`
	Frame       FrameSpec            `yaml:"frame"`
	People      map[string]Attribute `yaml:"people"`
	Nonresponse Nonresponse          `yaml:"nonresponse"`
	Variables   map[string]Answer    `yaml:"variables"`

	page *codebook.Page
}

// A Wave is one extract to write: Issued addresses in each sampled area, and
// a boost of minority ethnic adults in some waves.
type Wave struct {
	Survey string `yaml:"survey"`
	Wave   string `yaml:"wave"`
	Seed   int    `yaml:"seed"`
	Issued int    `yaml:"issued"`
	Boost  *Boost `yaml:"boost"`
}

// ID is the wave's, as a crosswalk gives it.
func (w Wave) ID() codebook.SourceID { return codebook.WaveID(w.Survey, w.Wave) }

// File is the extract's file in a folder of extracts.
func (w Wave) File() string {
	return string(w.ID()) + "/" + w.Survey + "_" + w.Wave + "_synthetic.tab"
}

// A Boost screens further addresses for minority ethnic adults. Code marks
// them in the raw variable that says which sample a row is of.
type Boost struct {
	Code     float64  `yaml:"code"`
	Screened []Screen `yaml:"screened"`
}

// A Screen is how many addresses are screened in an area whose minority
// ethnic share is at least Minority percent.
type Screen struct {
	Minority  float64 `yaml:"minority"`
	Addresses int     `yaml:"addresses"`
}

// A FrameSpec says how many areas there are to sample from, and what they are
// like.
type FrameSpec struct {
	Areas      int                `yaml:"areas"`
	Addresses  []int              `yaml:"addresses"`
	Growth     []int              `yaml:"growth"`
	Adults     []float64          `yaml:"adults"`
	Minorities map[string]float64 `yaml:"minorities"`
	Regions    []Region           `yaml:"regions"`
}

// A Region is a part of the frame. Shares are in percent.
type Region struct {
	ID       string             `yaml:"id"`
	Country  string             `yaml:"country"`
	Share    float64            `yaml:"share"`
	Strata   int                `yaml:"strata"`
	Sampled  int                `yaml:"sampled"`
	Response float64            `yaml:"response"`
	Minority float64            `yaml:"minority"`
	Urban    float64            `yaml:"urban"`
	Forces   map[string]float64 `yaml:"forces"`
}

// An Attribute is something about a person that answers depend on. Its
// shares are the same everywhere, or those of the kind of area named by By.
type Attribute struct {
	Shares map[codebook.SourceID]map[string]float64 `yaml:"shares"`
	By     string                                   `yaml:"by"`
	Rows   map[string]map[string]float64            `yaml:"rows"`
}

// Nonresponse is the percentages that refuse and that do not know, whatever
// they would have answered.
type Nonresponse struct {
	Refused  float64 `yaml:"refused"`
	DontKnow float64 `yaml:"dont-know"`
}

// An Answer is a common variable's distribution. Exactly one of Shares, Given
// and Numbers is set, or none for an attribute whose non-response differs.
//
// With Shares, the population's share of each category is the one declared.
// Effects, in percentage points, move the categories of Lean together, and
// the others against them, in proportion; Area is the half-width of the
// uniform distribution of one more effect, which an area's people share.
// Versions names the kind of area whose category, by its order, says which of
// several raw variables an answer is in.
type Answer struct {
	Shares      map[codebook.SourceID]map[string]float64 `yaml:"shares"`
	Lean        []string                                 `yaml:"lean"`
	Effects     map[string]map[string]float64            `yaml:"effects"`
	Area        float64                                  `yaml:"area"`
	Given       *Given                                   `yaml:"given"`
	Numbers     *Numbers                                 `yaml:"numbers"`
	Where       *Where                                   `yaml:"where"`
	Asked       *Asked                                   `yaml:"asked"`
	Versions    string                                   `yaml:"versions"`
	Nonresponse *Nonresponse                             `yaml:"nonresponse"`
}

// Given is shares for each category of an attribute.
type Given struct {
	Of   string                        `yaml:"of"`
	Rows map[string]map[string]float64 `yaml:"rows"`
}

// Numbers are whole numbers, equally likely within an interval for each
// category of an attribute.
type Numbers struct {
	Of   string           `yaml:"of"`
	Into map[string][]int `yaml:"into"`
}

// Where limits an answer to some kinds of area: everyone else is of the
// category Otherwise. Shares are then those of the people asked.
type Where struct {
	Of         string   `yaml:"of"`
	Categories []string `yaml:"categories"`
	Otherwise  string   `yaml:"otherwise"`
}

// Asked limits a question to some people: for the others it is missing, not
// applicable where the crosswalk has a code for that.
type Asked struct {
	Of         string   `yaml:"of"`
	Categories []string `yaml:"categories"`
}

// everyWave is the key of shares that hold for every wave with none of its own.
const everyWave = "all"

// LoadPopulation returns the declaration that is built in. An error is
// refusal.Problems.
func LoadPopulation() (*Declaration, error) {
	return ParsePopulation("seeds/population.yaml", populationYAML)
}

// ParsePopulation reads a declaration. An error is refusal.Problems: unknown
// keys, shares that do not add up to 100, and samples that cannot be drawn.
// What depends on a codebook and a crosswalk is checked by Grow.
func ParsePopulation(file string, data []byte) (*Declaration, error) {
	page := codebook.NewPage(file, data)
	d := &Declaration{page: page}
	ps := page.Decode(d)
	if len(ps) > 0 {
		return nil, ps.Err()
	}
	ps = append(ps, d.checkFrame()...)
	for i, w := range d.Waves {
		if w.Survey == "" || w.Wave == "" || w.Issued < 1 {
			ps.Add(page.At("waves", itoa(i)), "wave %q: want a survey, a wave and at least 1 address issued", w.ID())
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.People)) {
		a := d.People[name]
		if (len(a.Shares) == 0) == (len(a.Rows) == 0) || (a.By == "") != (len(a.Rows) == 0) {
			ps.Add(page.At("people", name), "attribute %q: want shares, or rows by a kind of area", name)
		}
		ps = append(ps, checkShares(d.page, a.Shares, "people", name, "shares")...)
		ps = append(ps, checkShares(d.page, a.Rows, "people", name, "rows")...)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Variables)) {
		ps = append(ps, d.checkAnswer(name)...)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return d, nil
}

func (d *Declaration) checkFrame() refusal.Problems {
	var ps refusal.Problems
	f := d.Frame
	if len(f.Addresses) != 2 || len(f.Growth) != 2 || f.Addresses[0] < 1 || f.Addresses[0] > f.Addresses[1] || f.Growth[0] < 1 || f.Growth[0] > f.Growth[1] {
		ps.Add(d.page.At("frame"), "addresses %v and growth %v, want [low, high] of whole numbers above 0", f.Addresses, f.Growth)
	}
	if !hundred(f.Adults) || !hundred(slices.Collect(maps.Values(f.Minorities))) {
		ps.Add(d.page.At("frame"), "adults %v and minorities %v, want each to add up to 100", f.Adults, f.Minorities)
	}
	var shares []float64
	for i, r := range f.Regions {
		at := d.page.At("frame", "regions", itoa(i))
		shares = append(shares, r.Share)
		if r.Strata < 1 || r.Sampled < 2*r.Strata {
			ps.Add(at, "region %q: %d areas sampled in %d strata, want at least 2 in each", r.ID, r.Sampled, r.Strata)
		}
		if r.Response <= 0 || r.Response > 100 {
			ps.Add(at, "region %q: response %v, want a percentage above 0", r.ID, r.Response)
		}
		if !hundred(slices.Collect(maps.Values(r.Forces))) {
			ps.Add(at, "region %q: forces do not add up to 100", r.ID)
		}
	}
	if !hundred(shares) {
		ps.Add(d.page.At("frame", "regions"), "the regions' shares do not add up to 100")
	}
	return ps
}

func (d *Declaration) checkAnswer(name string) refusal.Problems {
	var ps refusal.Problems
	a, at := d.Variables[name], d.page.At("variables", name)
	forms := 0
	for _, set := range []bool{len(a.Shares) > 0, a.Given != nil, a.Numbers != nil} {
		if set {
			forms++
		}
	}
	_, attribute := d.People[name]
	if forms > 1 || (forms == 0) != (attribute || isPlace(name)) {
		ps.Add(at, "variable %q: want one of shares, given and numbers, and none for an attribute", name)
	}
	if len(a.Shares) == 0 && (len(a.Lean) > 0 || len(a.Effects) > 0 || a.Area != 0) {
		ps.Add(at, "variable %q: lean, effects and area go with shares", name)
	}
	if (len(a.Effects) > 0 || a.Area != 0) && len(a.Lean) == 0 {
		ps.Add(at, "variable %q: effects without lean, want the categories that they raise", name)
	}
	if a.Versions != "" && !isPlace(a.Versions) {
		ps.Add(at, "variable %q: versions by %q, want a kind of area%s", name, a.Versions, refusal.Nearest(a.Versions, placeNames[:]))
	}
	ps = append(ps, checkShares(d.page, a.Shares, "variables", name, "shares")...)
	if a.Given != nil {
		ps = append(ps, checkShares(d.page, a.Given.Rows, "variables", name, "given", "rows")...)
	}
	if a.Numbers != nil {
		for _, k := range slices.Sorted(maps.Keys(a.Numbers.Into)) {
			if in := a.Numbers.Into[k]; len(in) != 2 || in[0] > in[1] {
				ps.Add(at, "variable %q: %q: want [low, high]", name, k)
			}
		}
	}
	return ps
}

func checkShares[K ~string](page *codebook.Page, rows map[K]map[string]float64, keys ...string) refusal.Problems {
	var ps refusal.Problems
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		if !hundred(slices.Collect(maps.Values(rows[row]))) {
			ps.Add(page.At(append(slices.Clone(keys), string(row))...), "%s: shares of %q do not add up to 100", keys[1], row)
		}
	}
	return ps
}

// hundred says whether shares are none below 0 and add up to 100, to a
// billionth. The order of the sum does not matter at that tolerance.
func hundred(shares []float64) bool {
	sum := 0.0
	for _, s := range shares {
		if s < 0 {
			return false
		}
		sum += s
	}
	return sum > 100-1e-9 && sum < 100+1e-9
}
