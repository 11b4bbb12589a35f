package estimate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

func init() { checks["weight_summary"] = checkWeights }

// An adjustment is one of weights, as a design's JSON says it.
type adjustment struct {
	Op         string             `json:"op"`
	By         listed             `json:"by"`
	Population map[string]float64 `json:"population"`
	Margins    ordered            `json:"margins"`
	Epsilon    float64            `json:"epsilon"`
	Sweeps     int                `json:"maxit"`
	Distance   string             `json:"calfun"`
	Bounds     [2]float64         `json:"bounds"`
	Variance   string             `json:"variance"`
	Stage      int                `json:"aggregate_stage"`
	Factors    [2]float64         `json:"trim"`
	Lower      float64            `json:"lower"`
	Upper      float64            `json:"upper"`
	Strict     bool               `json:"strict"`
	Then       json.RawMessage    `json:"then"`
}

// ordered are the members of an object of populations, in the order written.
type ordered []margin

type margin struct {
	name  string
	total map[string]float64
}

func (o *ordered) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(strings.NewReader(string(data)))
	if _, err := decoder.Token(); err != nil {
		return err
	}
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return err
		}
		m := margin{name: name.(string)}
		if err := decoder.Decode(&m.total); err != nil {
			return err
		}
		*o = append(*o, m)
	}
	return nil
}

type standard struct {
	By         string    `json:"by"`
	Over       listed    `json:"over"`
	Population []float64 `json:"population"`
	Missing    listed    `json:"excluding_missing"`
}

// adjust gives the sample its design, after the adjustment of the weights that
// its specification names.
func (s *sample) adjust(d *design.Design) error {
	s.Design = d
	if s.spec.Adjust != nil {
		if err := s.adjustBy(s.spec.Adjust); err != nil {
			return err
		}
	}
	if s.spec.Standardize == nil {
		return nil
	}
	var st standard
	if err := json.Unmarshal(s.spec.Standardize, &st); err != nil {
		return err
	}
	by := s.aligned(st.By)
	share := map[string]float64{}
	for i, label := range slices.Sorted(maps.Keys(set(by))) {
		share[label] = st.Population[i]
	}
	var over []string
	if len(st.Over) > 0 {
		over = s.crossed(st.Over)
	}
	not := make([]bool, len(d.Rows))
	for _, name := range st.Missing {
		for i, label := range s.aligned(name) {
			not[i] = not[i] || label == ""
		}
	}
	s.Design = estimate.Standardise(d, standardOf(by, share, over, not))
	return nil
}

// standardOf is a standard by the labels of respondents, of those who are not left
// out.
func standardOf(by []string, share map[string]float64, over []string, not []bool) estimate.Standard {
	labels := slices.Sorted(maps.Keys(share))
	made := estimate.Standard{Of: make([]int32, len(by)), Group: make([]int32, len(by)), Groups: 1}
	for _, label := range labels {
		made.Share = append(made.Share, share[label])
	}
	groups := slices.Sorted(maps.Keys(set(over)))
	made.Groups = max(len(groups), 1)
	for i, label := range by {
		made.Of[i] = int32(slices.Index(labels, label))
		if not[i] {
			made.Of[i] = -1
		}
		if over != nil {
			made.Group[i] = int32(max(slices.Index(groups, over[i]), 0))
		}
	}
	return made
}

// become takes a design, or says why there is none.
func (s *sample) become(d *design.Design, ps refusal.Problems) error {
	if err := ps.Err(); err != nil {
		return err
	}
	s.Design = d
	return nil
}

// adjustment is the adjustment of a design's weights.
func (sp spec) adjustment() (a adjustment, err error) {
	err = json.Unmarshal(sp.Adjust, &a)
	return a, err
}

func (s *sample) adjustBy(data json.RawMessage) error {
	a, err := spec{Adjust: data}.adjustment()
	if err != nil {
		return err
	}
	switch a.Op {
	case "postStratify":
		err = s.become(weigh.PostStratify(s.Design, weigh.Margin{Name: strings.Join(a.By, "|"), Label: s.crossed(a.By), Total: a.Population}))
	case "rake":
		var margins []weigh.Margin
		for _, m := range a.Margins {
			margins = append(margins, weigh.Margin{Name: m.name, Label: s.aligned(m.name), Total: m.total})
		}
		err = s.become(weigh.Rake(s.Design, margins, weigh.Raking{Epsilon: a.Epsilon, Sweeps: a.Sweeps}))
	case "calibrate":
		how := weigh.Calibrating{Distance: weigh.Distance(a.Distance), Lower: a.Bounds[0], Upper: a.Bounds[1], Stage: a.Stage, Trim: a.Factors}
		if a.Variance != "" {
			how.Variance = s.variable(a.Variance)
		}
		err = s.become(weigh.Calibrate(s.Design, s.controls(a.Population), how))
	case "trimWeights":
		err = s.become(weigh.Trim(s.Design, a.Lower, a.Upper, a.Strict))
	default:
		err = fmt.Errorf("no adjustment %q", a.Op)
	}
	if err == nil && a.Then != nil {
		err = s.adjustBy(a.Then)
	}
	return err
}

// controls makes the variables that R's names of a model matrix's columns say:
// a variable, or a variable and its level.
func (s *sample) controls(population map[string]float64) []weigh.Control {
	var controls []weigh.Control
	for _, name := range slices.Sorted(maps.Keys(population)) {
		c := weigh.Control{Name: name, Of: s.variable(name), Total: population[name]}
		if name == "(Intercept)" {
			c.Of = slices.Repeat([]float64{1}, len(s.Rows))
		}
		for _, variable := range slices.Sorted(maps.Keys(s.texts)) {
			if level, ok := strings.CutPrefix(name, variable); c.Of == nil && ok && set(s.aligned(variable))[level] {
				c.Of = s.indicator(variable, level)
			}
		}
		controls = append(controls, c)
	}
	return controls
}

// crossed are the labels of several variables, joined by |.
func (s *sample) crossed(names []string) []string {
	made := slices.Clone(s.aligned(names[0]))
	for _, name := range names[1:] {
		for i, label := range s.aligned(name) {
			made[i] += "|" + label
		}
	}
	return made
}

// set are the labels that are not missing.
func set(labels []string) map[string]bool {
	met := map[string]bool{}
	for _, label := range labels {
		if label != "" {
			met[label] = true
		}
	}
	return met
}

// checkWeights reproduces a summary of the weights.
func checkWeights(s *sample, r *row) result {
	var value float64
	switch r.variable {
	case "sum":
		value = design.Total(s.Weight)
	case "min":
		value = slices.Min(s.Weight)
	case "max":
		value = slices.Max(s.Weight)
	case "sumsq":
		squares := make([]float64, len(s.Weight))
		for i, w := range s.Weight {
			squares[i] = w * w
		}
		value = design.Total(squares)
	}
	return result{got: map[string]float64{"estimate": value, "n_unweighted": float64(len(s.Weight))}}
}

// TestOracleWeights holds every calibrated weight to the reference's.
func TestOracleWeights(t *testing.T) {
	folder := resultsFolder(t)
	files, err := filepath.Glob(filepath.Join(folder, "weights", "*.csv"))
	if err != nil || len(files) == 0 {
		if os.Getenv("CI") != "" && os.Getenv("TWC_ORACLE") == "" {
			t.Fatal("no weights among the reference results, which CI always has")
		}
		t.Skip("no weights among the reference results")
	}
	o := newOracle(folder, "calibration")
	for _, file := range files {
		id := strings.TrimSuffix(filepath.Base(file), ".csv")
		s, err := o.sample(id)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		want := readCSV(t, file)[1:]
		worst := 0.0
		for i, row := range s.Rows {
			w, err := strconv.ParseFloat(want[row][1], 64)
			if err != nil {
				t.Fatal(err)
			}
			worst = max(worst, math.Abs(s.Weight[i]/w-1))
		}
		if !(worst <= 1e-9) {
			t.Errorf("%s: weights differ by up to %.1e", id, worst)
		}
	}
}
