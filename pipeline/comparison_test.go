package pipeline_test

import (
	"math"
	"testing"

	"togetherwecan/pipeline"
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/ingest"
	"togetherwecan/pipeline/question"
	"togetherwecan/testdata/shared"
)

// TestComparisons holds differences, ratios and slopes of real microdata
// against those of R's survey 4.1:
//
//	s <- svydesign(ids=~SDMVPSU, strata=~SDMVSTRA, weights=~WTMEC2YR, data=d, nest=TRUE)
//	b <- svyby(~HI_CHOL, ~agecat, subset(s, !is.na(HI_CHOL)), svymean, covmat=TRUE)
//	svycontrast(b, c(-1, 1, 0, 0)); svycontrast(b, quote(`(19,39]`/`(0,19]`)); svycontrast(b, (1:4 - 2.5)/5)
//	p <- postStratify(s, ~RIAGENDR, data.frame(RIAGENDR=1:2, Freq=c(130e6, 140e6)))
//	t <- svytotal(~y1+y2+y3+y4+n1+n2+n3+n4, p)  # of each race: HI_CHOL or 0, and whether it is there
//	svycontrast(t, quote(y3/n3 - y2/n2)); svycontrast(t, quote((y3/n3)/(y2/n2)))
//	svycontrast(t, quote((-3*y1/n1 - y2/n2 + y3/n3 + 3*y4/n4)/10))
//	w <- svystandardize(s, by=~agecat, over=~race, population=c(.27, .28, .27, .18), excluding.missing=~HI_CHOL)  # of 4.5
//	b <- svyby(~HI_CHOL, ~race, w, svymean, na.rm=TRUE, covmat=TRUE)
//	svycontrast(b, c(0, -1, 1, 0)); svycontrast(b, quote(`3`/`2`)); svycontrast(b, (1:4 - 2.5)/5)
//	r <- svrepdesign(weights=~finalwgt, repweights="brr_[0-9]+", type="BRR", data=n, combined.weights=TRUE)
//	b <- svyby(~bpsystol, ~agegrp, r, svymean, covmat=TRUE)
//	svycontrast(b, c(`1`=-1, `6`=1)); svycontrast(b, quote(`6`/`1`)); svycontrast(b, (1:6 - 3.5)/17.5)
func TestComparisons(t *testing.T) {
	nhanes := codebook.DesignSource{Stratum: codebook.Names{"SDMVSTRA"}, PSU: codebook.Names{"SDMVPSU"}}
	weight := codebook.Weight{Variable: "WTMEC2YR"}
	calibrated := weight
	calibrated.Calibrate = &codebook.Calibration{Margins: []codebook.Margin{{Variable: "RIAGENDR", Totals: map[string]float64{"1": 130e6, "2": 140e6}}}}
	halves := codebook.Weight{Variable: "finalwgt", Replicates: &codebook.Replicates{Variables: codebook.Names{"brr_*"}, Method: "brr"}}
	ages := codebook.Margin{Variable: "agecat", Totals: map[string]float64{"(0,19]": 0.27, "(19,39]": 0.28, "(39,59]": 0.27, "(59,Inf]": 0.18}}
	type figure struct{ value, se float64 }
	for _, c := range []struct {
		claim, file, variable, by, against, category string
		design                                       codebook.DesignSource
		weight                                       codebook.Weight
		standard                                     *codebook.Margin
		difference, ratio, slope                     figure
	}{
		{
			"categories of the same PSUs", "data/nhanes/nhanes.csv", "HI_CHOL", "agecat", "(0,19]", "(19,39]", nhanes, weight, nil,
			figure{0.070231125144497, 0.0093639836497104},
			figure{9.1095793721795, 2.9601061771356},
			figure{0.053951347488258, 0.0046033806841645},
		},
		{
			"post-stratified weights", "data/nhanes/nhanes.csv", "HI_CHOL", "race", "2", "3", nhanes, calibrated, nil,
			figure{-0.043280380446511, 0.01103344979965},
			figure{0.64503927181297, 0.084886199643984},
			figure{-0.0048684286320233, 0.0083046184375236},
		},
		{
			"weights standardised by age", "data/nhanes/nhanes.csv", "HI_CHOL", "race", "2", "3", nhanes, weight, &ages,
			figure{-0.02534850098251, 0.01028013497243},
			figure{0.7526593361363, 0.0963697673484},
			figure{-0.006253657379608, 0.008221539570384},
		},
		{
			"replicate weights", "data/nhanes2/nhanes2brr.csv", "bpsystol", "agegrp", "1", "6",
			codebook.DesignSource{},
			halves, nil,
			figure{30.289920417656, 0.96654568700523},
			figure{1.2585936951842, 0.0082369311615302},
			figure{6.4501822913021, 0.16582968575697},
		},
	} {
		t.Run(c.claim, func(t *testing.T) {
			q := question.Question{
				Design: c.design, Weight: c.weight, Asks: []question.Ask{{Statistic: indicator.Mean, Variable: c.variable}},
				By: [][]string{{c.by}}, Against: []question.Restriction{{Variable: c.by, Codes: []string{c.against}}}, Contrast: true, Trend: true, Standard: c.standard,
			}
			a, err := pipeline.Ask(pipeline.File{Source: ingest.Source{Path: shared.File(t, c.file)}}, q)
			if err != nil {
				t.Fatal(err)
			}
			agrees := func(name string, got question.Reply, want figure) {
				t.Helper()
				if !(math.Abs(got.Value/want.value-1) < 1e-11) || !(math.Abs(got.SE/want.se-1) < 1e-11) {
					t.Errorf("%s: %.12g (%.12g), want %.12g (%.12g)", name, got.Value, got.SE, want.value, want.se)
				}
			}
			for _, contrast := range a.Contrasts {
				if contrast.Difference.Category == c.category {
					agrees("difference", contrast.Difference, c.difference)
					agrees("ratio", contrast.Ratio, c.ratio)
				}
			}
			agrees("slope", a.Trends[0].Reply, c.slope)
		})
	}
}
