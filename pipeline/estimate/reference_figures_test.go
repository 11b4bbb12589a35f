package estimate_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/estimate/model"
	"togetherwecan/pipeline/indicator"
)

// A reference45 is what R's survey 4.5 gave, by name, with the folder of its
// data. How each figure was made is in the folder's gen_ref.R.
type reference45 struct {
	folder             string
	Synthetic, Classic map[string]json.RawMessage
}

func newReference45(t *testing.T) reference45 {
	t.Helper()
	const file = "r_survey_4_5_reference.json"
	r := reference45{folder: oracleFolder(t, "data", filepath.Join("r45", file))}
	data, err := os.ReadFile(filepath.Join(r.folder, "r45", file))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	return r
}

// numbers are those of a figure, and of a member of it: "ratio.se".
func (r reference45) numbers(t *testing.T, name string) []float64 {
	t.Helper()
	group, path, _ := strings.Cut(name, "/")
	path, member, _ := strings.Cut(path, ".")
	var v any
	if err := json.Unmarshal(map[string]map[string]json.RawMessage{"synthetic": r.Synthetic, "classic": r.Classic}[group][path], &v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for member != "" {
		var first string
		first, member, _ = strings.Cut(member, ".")
		v = v.(map[string]any)[first]
	}
	made := floats(v)
	if len(made) == 0 {
		t.Fatalf("%s: no numbers", name)
	}
	return made
}

// TestReference45Figures walks the figures of 4.5 that no other test holds:
// values, errors, covariances, design effects and degrees of freedom.
func TestReference45Figures(t *testing.T) {
	reference := newReference45(t)
	const tolerance = 1e-9
	numbers := func(name string, got ...float64) {
		t.Helper()
		want := reference.numbers(t, name)
		if len(got) != len(want) {
			t.Fatalf("%s: %d numbers, want %d", name, len(got), len(want))
		}
		for i := range want {
			if !agree(got[i], want[i], tolerance, 0) {
				t.Errorf("%s[%d]: %.15g, want %.15g (%.1e)", name, i, got[i], want[i], got[i]/want[i]-1)
			}
		}
	}
	figure := func(name string, e *estimate.Estimates) {
		t.Helper()
		var errors []float64
		for i := range e.Values {
			errors = append(errors, e.SE(i))
		}
		numbers(name+".est", e.Values...)
		numbers(name+".se", errors...)
	}
	compared := func(name string, c indicator.Comparison) {
		t.Helper()
		numbers(name+".est", c.Value)
		numbers(name+".se", c.SE)
	}
	read := func(file string, source func(*sample) design.Source) *sample {
		t.Helper()
		s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
		s.load(readCSV(t, filepath.Join(reference.folder, file)))
		d, ps := design.New(source(s))
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		s.Design = d
		return s
	}
	mean := func(s *sample, name string, in []bool) estimate.Statistic {
		return estimate.Mean{Of: [][]float64{s.variable(name)}, In: estimate.Complete(in, s.variable(name))}
	}
	totalOf := func(s *sample, name string) estimate.Statistic {
		return estimate.Total{Of: [][]float64{s.variable(name)}, In: estimate.Complete(nil, s.variable(name))}
	}
	ratio := func(s *sample, over, under string) estimate.Statistic {
		return estimate.Ratio{Of: s.variable(over), Over: s.variable(under), In: estimate.Complete(nil, s.variable(over), s.variable(under))}
	}
	levels := func(s *sample, name string) estimate.Statistic {
		var of [][]float64
		for _, level := range slices.Sorted(maps.Keys(set(s.aligned(name)))) {
			of = append(of, s.indicator(name, level))
		}
		return estimate.Mean{Of: of}
	}
	where := func(s *sample, name, label string) []bool {
		in := make([]bool, len(s.Rows))
		for i, l := range s.aligned(name) {
			in[i] = l == label
		}
		return in
	}
	of := func(s *sample, st estimate.Statistic) *estimate.Estimates { return estimate.Of(s.Design, st) }

	// The two-wave file, of which most figures are of the first wave.
	wave := func(keep func(s *sample, i int) bool, change func(*design.Source, *sample)) *sample {
		return read(filepath.Join("r45", "uk_two_wave.csv"), func(s *sample) design.Source {
			source := design.Source{Where: "uk_two_wave", Nested: true, Stratum: design.LabelsOf(s.labels("stratum")), PSU: design.LabelsOf(s.labels("psu")), Weight: s.numbers["w"]}
			for i, number := range s.numbers["wave"] {
				source.In = append(source.In, number == 1 && (keep == nil || keep(s, i)))
			}
			if change != nil {
				change(&source, s)
			}
			return source
		})
	}
	uk := wave(nil, nil)
	black, other := where(uk, "eth", "Black"), where(uk, "eth", "Other")
	numbers("synthetic/degf", uk.DomainDF(nil))
	numbers("synthetic/n", float64(len(uk.Rows)))
	numbers("synthetic/n_psu", float64(uk.Clusters))
	numbers("synthetic/degf_black", uk.DomainDF(black))
	numbers("synthetic/domain_other_degf", uk.DomainDF(other))
	hours := of(uk, mean(uk, "hours", nil))
	figure("synthetic/mean_hours", hours)
	figure("synthetic/total_hours", of(uk, totalOf(uk, "hours")))
	figure("synthetic/mean_income_narm", of(uk, mean(uk, "income", nil)))
	figure("synthetic/total_income_narm", of(uk, totalOf(uk, "income")))
	figure("synthetic/ratio_income_hours_narm", of(uk, ratio(uk, "income", "hours")))
	numbers("synthetic/cv_hours", hours.SE(0)/hours.Values[0])
	without, with := estimate.DesignEffect(uk.Design, mean(uk, "hours", nil), hours, 0)
	numbers("synthetic/deff", without)
	numbers("synthetic/deff_replace", with)
	without, _ = estimate.DesignEffect(uk.Design, mean(uk, "hours", black), of(uk, mean(uk, "hours", black)), 0)
	numbers("synthetic/deff_dom_black", without)
	age := of(uk, levels(uk, "age"))
	figure("synthetic/mean_age_factor", age)
	numbers("synthetic/mean_age_factor.vcov", slices.Concat(age.Covariance...)...)
	var groups estimate.Joint
	var groupDF []float64
	for _, label := range []string{"Asian", "Black", "Other", "White"} {
		groups = append(groups, mean(uk, "belong", where(uk, "eth", label)))
		groupDF = append(groupDF, uk.DomainDF(where(uk, "eth", label)))
	}
	byGroup := of(uk, groups)
	figure("synthetic/by_eth", byGroup)
	numbers("synthetic/by_eth.vcov", slices.Concat(byGroup.Covariance...)...)
	numbers("synthetic/by_eth_degf", groupDF...)
	compared("synthetic/diff_white_black", byGroup.Contrast([]float64{0, -1, 0, 1}, uk.DomainDF(nil)))

	fpc := wave(nil, func(source *design.Source, s *sample) { source.Population = s.numbers["fpcN"] })
	figure("synthetic/mean_hours_fpc", of(fpc, mean(fpc, "hours", nil)))

	// Two strata with one PSU left.
	alone := func(s *sample, i int) bool {
		return !slices.Contains([]string{"S08-P02", "S10-P02", "S10-P03"}, s.labels("psu")[i])
	}
	for _, policy := range []string{codebook.LonelyRemove, codebook.LonelyCertainty, codebook.LonelyAdjust, codebook.LonelyAverage} {
		s := wave(alone, func(source *design.Source, _ *sample) { source.Lonely = policy })
		figure("synthetic/lonely_"+policy+".mean", of(s, mean(s, "hours", nil)))
		figure("synthetic/lonely_"+policy+".total", of(s, totalOf(s, "hours")))
		numbers("synthetic/lonely_"+policy+".degf", s.DomainDF(nil))
	}
	for _, c := range []struct {
		name, policy string
		domain       bool
	}{{"adjust", codebook.LonelyAdjust, true}, {"average", codebook.LonelyAverage, true}, {"off", codebook.LonelyRemove, false}} {
		s := wave(nil, func(source *design.Source, _ *sample) { source.Lonely, source.DomainLonely = c.policy, c.domain })
		figure("synthetic/domain_lonely_"+c.name, of(s, mean(s, "hours", other)))
	}

	// Both waves, linked by the labels of their PSUs.
	linked := wave(nil, func(source *design.Source, _ *sample) { source.In = nil })
	for name, variable := range map[string]string{"change_linked": "belong", "change_linked_inc": "income"} {
		var in [2][]bool
		for i := range in {
			in[i] = where(linked, "wave", fmt.Sprint(i+1))
		}
		e := of(linked, estimate.Joint{mean(linked, variable, in[0]), mean(linked, variable, in[1])})
		from, to := e.Values[0], e.Values[1]
		numbers("synthetic/"+name+".est", to-from)
		numbers("synthetic/"+name+".se", e.Delta([]float64{-1, 1}))
		if variable == "belong" {
			numbers("synthetic/"+name+".degf", e.DF)
			numbers("synthetic/"+name+".n_psu", float64(linked.Clusters))
			numbers("synthetic/change_rel.est", to/from-1)
			numbers("synthetic/change_rel.se", e.Delta([]float64{-to / from / from, 1 / from}))
		}
	}

	// The data sets that come with survey.
	api := func(file string, change func(*design.Source, *sample)) *sample {
		return read(filepath.Join("data", file+".csv"), func(s *sample) design.Source {
			source := design.Source{Where: file, Weight: s.numbers["pw"]}
			change(&source, s)
			return source
		})
	}
	second := func(s *sample, sizes ...string) []design.StageSource {
		later := design.StageSource{Name: "snum", Cluster: design.LabelsOf(s.labels("snum"))}
		if len(sizes) > 0 {
			later.Population = s.numbers[sizes[0]]
		}
		return []design.StageSource{later}
	}
	for name, s := range map[string]*sample{
		"srs": api("apisrs", func(d *design.Source, s *sample) { d.Population = s.numbers["fpc"] }),
		"strat": api("apistrat", func(d *design.Source, s *sample) {
			d.Population, d.Stratum = s.numbers["fpc"], design.LabelsOf(s.labels("stype"))
		}),
		"c1": api("apiclus1", func(d *design.Source, s *sample) {
			d.Population, d.PSU = s.numbers["fpc"], design.LabelsOf(s.labels("dnum"))
		}),
		"c2": api("apiclus2", func(d *design.Source, s *sample) {
			d.Weight, d.Population, d.PSU, d.Later = nil, s.numbers["fpc1"], design.LabelsOf(s.labels("dnum")), second(s, "fpc2")
		}),
		"c2n": api("apiclus2", func(d *design.Source, s *sample) { d.PSU, d.Later = design.LabelsOf(s.labels("dnum")), second(s) }),
	} {
		scores := of(s, mean(s, "api00", nil))
		figure("classic/"+name+".mean_api00", scores)
		figure("classic/"+name+".total_enroll", of(s, totalOf(s, "enroll")))
		figure("classic/"+name+".ratio", of(s, ratio(s, "api_stu", "enroll")))
		figure("classic/"+name+".stype", of(s, levels(s, "stype")))
		numbers("classic/"+name+".degf", s.DomainDF(nil))
		without, with := estimate.DesignEffect(s.Design, mean(s, "api00", nil), scores, 0)
		numbers("classic/"+name+".deff", without)
		numbers("classic/"+name+".deff_wr", with)
		rule, _ := estimate.QuantileRuleBy("math")
		method, _ := indicator.IntervalBy(indicator.Wald)
		var quantiles []float64
		for _, q := range estimate.Woodruff(s.Design, s.variable("api00"), nil, []float64{0.25, 0.5, 0.75}, rule, method, indicator.Level) {
			quantiles = append(quantiles, q.Value, q.Interval.Lower, q.Interval.Upper, q.SE)
		}
		numbers("classic/"+name+".q", quantiles...)
	}
	for name, population := range map[string]string{"total": "", "total_fpc": "Nh", "mean_fpc": "Nh"} {
		s := read(filepath.Join("data", "fpc.csv"), func(s *sample) design.Source {
			return design.Source{
				Where: "fpc", Nested: true, Stratum: design.LabelsOf(s.labels("stratid")), PSU: design.LabelsOf(s.labels("psuid")),
				Weight: s.numbers["weight"], Population: s.numbers[population],
			}
		})
		st := totalOf(s, "x")
		if name == "mean_fpc" {
			st = mean(s, "x", nil)
		}
		figure("classic/fpc_dataset."+name, of(s, st))
	}
	mu := read(filepath.Join("data", "mu284.csv"), func(s *sample) design.Source {
		return design.Source{
			Where: "mu284", PSU: design.LabelsOf(s.labels("id1")), Population: s.numbers["n1"],
			Later: []design.StageSource{{Name: "id2", Cluster: design.LabelsOf(s.labels("id2")), Population: s.numbers["n2"]}},
		}
	})
	figure("classic/mu284.total", of(mu, totalOf(mu, "y1")))
	figure("classic/mu284.mean", of(mu, mean(mu, "y1", nil)))
	figure("classic/mu284.ratio", of(mu, ratio(mu, "y1", "id2")))

	nhanes := read(filepath.Join("data", "nhanes.csv"), func(s *sample) design.Source {
		return design.Source{Where: "nhanes", Nested: true, Stratum: design.LabelsOf(s.labels("SDMVSTRA")), PSU: design.LabelsOf(s.labels("SDMVPSU")), Weight: s.numbers["WTMEC2YR"]}
	})
	figure("classic/nhanes.mean", of(nhanes, mean(nhanes, "HI_CHOL", nil)))
	numbers("classic/nhanes.degf", nhanes.DomainDF(nil))
	var cells estimate.Joint
	for _, sex := range []string{"1", "2"} {
		for _, race := range []string{"1", "2", "3", "4"} {
			in := where(nhanes, "race", race)
			for i, of := range where(nhanes, "RIAGENDR", sex) {
				in[i] = in[i] && of
			}
			cells = append(cells, mean(nhanes, "HI_CHOL", in))
		}
	}
	byCell := of(nhanes, cells)
	figure("classic/nhanes.by", byCell)
	numbers("classic/nhanes.by.vcov11_22", byCell.Covariance[0][1])
	a, ps := model.Associate(nhanes.Design, nhanes.column("HI_CHOL"), nhanes.column("race"), [2]string{"HI_CHOL", "race"}, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	numbers("classic/nhanes.chisq.stat", a.RaoScott.Statistic)
	numbers("classic/nhanes.chisq.par", a.RaoScott.DF, a.RaoScott.Denominator)
	numbers("classic/nhanes.chisq.p", a.RaoScott.P)
}
