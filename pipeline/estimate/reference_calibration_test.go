package estimate_test

import (
	"encoding/json"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate"
	"togetherwecan/pipeline/refusal"
	"togetherwecan/pipeline/weigh"
)

// TestReference45Calibration reproduces what R's survey 4.5 gave for
// calibration, standardisation and replication, of a survey of one wave and of
// the data sets that come with it.
func TestReference45Calibration(t *testing.T) {
	all := newReference45(t)
	folder := all.folder
	type figures struct{ Est, SE any }
	check := func(name string, raw json.RawMessage, e *estimate.Estimates) {
		t.Helper()
		var f figures
		if err := json.Unmarshal(raw, &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for i, want := range floats(f.Est) {
			se := floats(f.SE)[i]
			if got := e.Values[i]; !(math.Abs(got/want-1) < 1e-11) {
				t.Errorf("%s[%d]: got %.15g, want %.15g", name, i, got, want)
			}
			if got := e.SE(i); !(math.Abs(got/se-1) < 1e-11) {
				t.Errorf("%s[%d]: got an error of %.15g, want %.15g (%.1e)", name, i, got, se, got/se-1)
			}
		}
	}

	made := func(d *design.Design, ps refusal.Problems) *design.Design {
		t.Helper()
		if err := ps.Err(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	file := func(name string, keep func(record []string) bool) *sample {
		s := &sample{numbers: map[string][]float64{}, texts: map[string][]string{}}
		records := readCSV(t, filepath.Join(folder, name))
		s.load(slices.DeleteFunc(records, func(record []string) bool { return keep != nil && record[0] != records[0][0] && !keep(record) }))
		return s
	}
	uk := file("r45/uk_two_wave.csv", func(record []string) bool { return record[0] == "1" })
	source := design.Source{Where: "uk_two_wave.csv", Nested: true, Stratum: design.LabelsOf(uk.labels("stratum")), PSU: design.LabelsOf(uk.labels("psu")), Weight: uk.numbers["w"]}
	base := made(design.New(source))
	uk.Design = base
	hours, income := uk.variable("hours"), uk.variable("income")
	mean := func(y []float64, in []bool) estimate.Statistic {
		return estimate.Mean{Of: [][]float64{y}, In: estimate.Complete(in, y)}
	}
	totalOf := func(y []float64) estimate.Statistic {
		return estimate.Total{Of: [][]float64{y}, In: estimate.Complete(nil, y)}
	}
	within := func(s *sample, name, label string) []bool {
		in := make([]bool, len(s.Rows))
		for i, l := range s.aligned(name) {
			in[i] = l == label
		}
		return in
	}
	black := within(uk, "eth", "Black")
	figure := func(name string) json.RawMessage { return all.Synthetic[name] }
	number := func(name string) []float64 {
		var v any
		if err := json.Unmarshal(figure(name), &v); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return floats(v)
	}

	age := weigh.Margin{Name: "age", Label: uk.aligned("age"), Total: map[string]float64{"16-29": 95000, "30-44": 120000, "45-59": 115000, "60-74": 88000, "75+": 42000}}
	sex := weigh.Margin{Name: "sex", Label: uk.aligned("sex"), Total: map[string]float64{"F": 235000, "M": 225000}}
	ps := made(weigh.PostStratify(base, age))
	check("ps_mean_hours", figure("ps_mean_hours"), estimate.Of(ps, mean(hours, nil)))
	check("ps_total_hours", figure("ps_total_hours"), estimate.Of(ps, totalOf(hours)))
	check("ps_mean_inc", figure("ps_mean_inc"), estimate.Of(ps, mean(income, nil)))
	check("ps_dom", figure("ps_dom"), estimate.Of(ps, mean(hours, black)))

	raked := made(weigh.Rake(base, []weigh.Margin{age, sex}, weigh.Raking{}))
	check("rake_mean_hours", figure("rake_mean_hours"), estimate.Of(raked, mean(hours, nil)))
	greg := made(weigh.Calibrate(base, append(age.Controls(), sex.Controls()...), weigh.Calibrating{}))
	check("greg_mean_hours", figure("greg_mean_hours"), estimate.Of(greg, mean(hours, nil)))
	check("greg_total_hours", figure("greg_total_hours"), estimate.Of(greg, totalOf(hours)))
	for name, d := range map[string]*design.Design{"rake_w_head": raked, "greg_w_head": greg} {
		for i, want := range number(name) {
			if got := d.Weight[i]; math.Abs(got/want-1) > 1e-11 {
				t.Errorf("%s[%d]: got %.15g, want %.15g", name, i, got, want)
			}
		}
	}
	if got, want := weightOf(raked.Weight, nil), number("rake_weights_sum")[0]; math.Abs(got/want-1) > 1e-12 {
		t.Errorf("rake_weights_sum: got %.15g, want %.15g", got, want)
	}

	belong := uk.variable("belong")
	without := make([]bool, len(belong))
	for i, v := range belong {
		without[i] = math.IsNaN(v)
	}
	standard := estimate.Standardise(base, standardOf(
		uk.aligned("age"), map[string]float64{"16-29": .2, "30-44": .25, "45-59": .25, "60-74": .2, "75+": .1}, uk.aligned("eth"), without,
	))
	var cells estimate.Joint
	for _, label := range []string{"Asian", "Black", "Other", "White"} {
		cells = append(cells, mean(belong, within(uk, "eth", label)))
	}
	check("std_by_eth", figure("std_by_eth"), estimate.Of(standard, cells))

	ratio := estimate.Ratio{Of: income, Over: hours, In: estimate.Complete(nil, income, hours)}
	jkn := made(weigh.JKn(base))
	check("jkn_mean_hours", figure("jkn_mean_hours"), estimate.Of(jkn, mean(hours, nil)))
	check("jkn_ratio", figure("jkn_ratio"), estimate.Of(jkn, ratio))
	check("jkn_dom", figure("jkn_dom"), estimate.Of(jkn, mean(hours, black)))
	if got, want := []float64{jkn.DomainDF(nil), jkn.DomainDF(black)}, []float64{number("jkn_degf")[0], number("jkn_dom_degf")[0]}; !slices.Equal(got, want) {
		t.Errorf("got %v degrees of freedom of the jackknife and of it in a domain, want %v", got, want)
	}
	jkn.Replicates.MSE = true
	check("jkn_mse_mean_hours", figure("jkn_mse_mean_hours"), estimate.Of(jkn, mean(hours, nil)))
	check("jkn_mse_ratio", figure("jkn_mse_ratio"), estimate.Of(jkn, ratio))
	source.Population = uk.numbers["fpcN"]
	check("jkn_fpc_mean", figure("jkn_fpc_mean"), estimate.Of(made(weigh.JKn(made(design.New(source)))), mean(hours, nil)))
	source.Population = nil

	user := &design.Replicates{Method: "bootstrap", Scale: number("boot_scale")[0]}
	for i, record := range readCSV(t, filepath.Join(folder, "r45", "uk_w1_bootfactors50.csv")) {
		for r, cell := range record[3:] {
			if i == 0 {
				user.Weight = append(user.Weight, nil)
				continue
			}
			by, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			user.Weight[r] = append(user.Weight[r], by*source.Weight[i-1])
		}
	}
	source.Replicates = user
	check("boot_mean", figure("boot_mean"), estimate.Of(made(design.New(source)), mean(hours, nil)))

	c1 := file("data/apiclus1.csv", nil)
	c1.Design = made(design.New(design.Source{Where: "apiclus1", PSU: design.LabelsOf(c1.labels("dnum")), Weight: c1.numbers["pw"], Population: c1.numbers["fpc"]}))
	api00, enroll := c1.variable("api00"), c1.variable("enroll")
	stype := weigh.Margin{Name: "stype", Label: c1.aligned("stype"), Total: map[string]float64{"E": 4421, "H": 755, "M": 1018}}
	wide := weigh.Margin{Name: "sch_wide", Label: c1.aligned("sch_wide"), Total: map[string]float64{"No": 1072, "Yes": 5122}}
	api99 := weigh.Control{Name: "api99", Of: c1.variable("api99"), Total: 3914069}
	plain := made(design.New(design.Source{Where: "apiclus1", PSU: design.LabelsOf(c1.labels("dnum")), Weight: c1.numbers["pw"]}))
	for name, d := range map[string]*design.Design{
		"c1_ps":   made(weigh.PostStratify(c1.Design, stype)),
		"c1_rake": made(weigh.Rake(c1.Design, []weigh.Margin{stype, wide}, weigh.Raking{Epsilon: 1, Sweeps: 10})),
		"c1_greg": made(weigh.Calibrate(c1.Design, append(stype.Controls(), api99), weigh.Calibrating{})),
		"c1_jk1":  made(weigh.JK1(plain)),
	} {
		var of struct{ Mean, Total json.RawMessage }
		if err := json.Unmarshal(all.Classic[name], &of); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		check(name+" mean", of.Mean, estimate.Of(d, mean(api00, nil)))
		check(name+" total", of.Total, estimate.Of(d, totalOf(enroll)))
	}

	scd := file("data/scd.csv", nil)
	half := design.Source{Where: "scd", Nested: true, Stratum: design.LabelsOf(scd.labels("ESA")), PSU: design.LabelsOf(scd.labels("ambulance")), Weight: []float64{1, 1, 1, 1, 1, 1}}
	scd.Design = made(design.New(half))
	alive, arrests := scd.variable("alive"), scd.variable("arrests")
	check("scd_mean", all.Classic["scd_mean"], estimate.Of(scd.Design, mean(alive, nil)))
	check("scd_brr", all.Classic["scd_brr"], estimate.Of(made(weigh.BRR(scd.Design, 0)), mean(alive, nil)))
	check("scd_fay", all.Classic["scd_fay"], estimate.Of(made(weigh.BRR(scd.Design, 0.3)), mean(alive, nil)))
	check("scd_ratio_brr", all.Classic["scd_ratio_brr"], estimate.Of(made(weigh.BRR(scd.Design, 0)), estimate.Ratio{Of: alive, Over: arrests}))
}

// floats are the numbers in a number or a list of them.
func floats(v any) []float64 {
	switch v := v.(type) {
	case float64:
		return []float64{v}
	case []any:
		var made []float64
		for _, x := range v {
			made = append(made, floats(x)...)
		}
		return made
	}
	return nil
}
