package question_test

import (
	"fmt"
	"strings"
	"testing"

	"togetherwecan/pipeline/question"
	"togetherwecan/pipeline/refusal"
)

// spelled are the parts of a design on a line.
func spelled(parts []question.Part) string {
	var words []string
	for _, p := range parts {
		words = append(words, p.Key+" "+strings.Join(p.Values, "|"))
	}
	return strings.Join(words, "; ")
}

// What R's survey and srvyr and Stata say of a design is read, and what is not
// understood is refused at its character. The meanings are those of the manuals: survey
// 4.5 ?svydesign and ?svrepdesign, srvyr ?as_survey, and Stata's [SVY] svyset.
func TestReadSaid(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"svydesign(id=~psu, strata=~str, weights=~wt, nest=TRUE)", "stratum str; psu psu; weight wt"},
		{"des <- survey::svydesign(~dnum+snum, fpc = ~fpc1 + fpc2, data = apiclus2)", "psu dnum|snum; fpc fpc1|fpc2"},
		{"svydesign(ids = ~1, strata = ~interaction(region, size), weight = d$wt)", "stratum region|size; weight wt"},
		{"svydesign(ids=~0, weights=~`my weight`, probs=NULL, pps=FALSE)", "weight my weight"},
		{"as_survey_design(ids = psu, strata = c(a), weights = w, nest = T)", "stratum a; psu psu; weight w"},
		{`svrepdesign(weights=~pwgtp, repweights="pwgtp[0-9]+", type="ACS", combined.weights=TRUE, data=us)`, "weight pwgtp; replicates *pwgtp[0-9]*; method successive-difference; mse true"},
		{`svrepdesign(weights=~w, repweights="^rep\d+$", type="JK1", scale=29/30, rscales=rep(1, 3), mse=TRUE)`, "weight w; replicates rep[0-9]*; method jk1; scale 0.9666666666666667; scales 1,1,1; mse true"},
		{`svrepdesign(weights=~w, repweights=~r1+r2+r3+r4)`, "weight w; replicates r1|r2|r3|r4; method brr"},
		{`svrepdesign(weights=~w, repweights="w_f.", type="Fay", rho=0.5)`, "weight w; replicates *w_f?*; method fay; fay 0.5"},
		{`as_survey_rep(weights = w, repweights = starts_with("rep"), type = "bootstrap")`, "weight w; replicates rep*; method bootstrap"},
		{"svyset psu [pw=wt], strata(str)", "stratum str; psu psu; weight wt"},
		{"svyset [pweight = wt]", "weight wt"},
		{"svyset county [pw=w], strata(state) fpc(n1) || school, fpc(n2) || _n, fpc(n3)", "stratum state; psu county|school; fpc n1|n2|n3; weight w"},
		{"svyset su1, singleunit(scaled)", "psu su1; lonely average"},
		{"svyset [pw=w], brrweight(brr_*) fay(.3) vce(brr) mse", "weight w; replicates brr_*; method fay; fay 0.3; mse true"},
		{"svyset [pw=w], vce(bootstrap) bsrweight(bw08-bw11)", "weight w; replicates bw08|bw09|bw10|bw11; method bootstrap; scale 0.25"},
		{"svyset [pw=w], jkrw(jk1 jk2, multiplier(.5)) vce(jackknife)", "weight w; replicates jk1|jk2; method jkn; scale 0.5"},
		{"svyset [pw=w], sdrweight(s?) vce(sdr)", "weight w; replicates s?; method successive-difference"},

		{"svyset psu [pw=wt], /// the clusters\n strata(str) // and strata", "stratum str; psu psu; weight wt"},
		{`svrepdesign(weights=~w, repweights="r", type="JKn", rscales=.5)`, "weight w; replicates *r*; method jkn; scale 0.5"},
		{`svrepdesign(weights=~w, repweights="r", type="JKn", rscales=1:4)`, "weight w; replicates *r*; method jkn; scales 1,2,3,4"},
		{`svrepdesign(weights=~w, repweights="r", type="JKn", rscales=4:1)`, "--design, character 61: from 4 to 1, want numbers that rise"},
		{`svrepdesign(weights=~w, repweights="r", type="other")`, `--design, character 46: type "other" without scale, want it: R takes 1`},
		{`svrepdesign(weights=~w, repweights="r", type="BRR", scale=.1)`, `--design, character 59: scale of a type that has its own, which R leaves out`},
		{`svrepdesign(weights=~w, repweights="r", scale=.1, type="ACS")`, `--design, character 47: scale of a type that has its own`},
		{`svrepdesign(weights=~w, repweights="r", type="JKn", scale=1)`, `--design, character 46: type "JKn" without rscales, want them`},
		{`svrepdesign(weights=~w, repweights="r", scale=1)`, `--design, character 47: a scale without a type`},
		{"svydesign(id=~psu, weights=~I(wt*2))", `--design, character 30: a function of variables, want a variable`},
		{"svydesign(id=~psu, strat=~a+b)", `--design, character 26: strata of several stages, want those of the first, crossed by interaction(a, b) where there are several`},
		{"svydesign(id=~psu, weigths=~w)", `--design, character 20: "weigths" is no argument of svydesign that is understood`},
		{"svydesign(id=~psu, probs=~p)", `--design, character 20: probs: chances of selection, want weights`},
		{"svydesign(id=~log(psu))", `--design, character 18: a function of variables, want a variable`},
		{"svydesign(id=~psu", `--design, character 18: the end, want ","`},
		{"svydesign(id=~psu) + 1", `--design, character 20: "+" behind the design, want nothing`},
		{"svydesign(id=~1)", `--design, character 1: says nothing of a design`},
		{"svydesign(id=~a, ids=~b)", `--design, character 18: ids twice, want it once`},
		{`svrepdesign(weights=~w, repweights=d[,2:9])`, `--design, character 37: columns by their numbers, want a pattern`},
		{`svrepdesign(weights=~w, repweights="a|b")`, `--design, character 38: "|" in a pattern of names`},
		{`svrepdesign(weights=~w, repweights="r", type="brr")`, `--design, character 46: "brr", want "BRR", "Fay"`},
		{`svrepdesign(weights=~w, repweights="r", combined.weights=FALSE)`, `--design, character 41: combined.weights: replicates without the sampling weight in them`},
		{"svyset psu [fw=n]", `--design, character 13: "fw", want a sampling weight, as pw=w`},
		{"svyset psu, strat(a) fpc(n) dof(9)", `--design, character 29: dof: degrees of freedom are of a figure`},
		{"svyset psu || ssu, strata(b)", `--design, character 20: strata of stage 2, want that of the first stage alone`},
		{"svyset psu || ssu, fpc(b)", `--design, character 20: fpc of stage 2 without that of stage 1`},
		{"svyset psu, stratum(a)", `--design, character 13: "stratum" is no option of svyset that is understood`},
		{"svyset psu [pw=w], brrweight(b*)", `--design, character 20: replicate weights without their vce(), which Stata leaves aside`},
		{"svyset psu [pw=w], brrweight(b*) vce(linearized)", `--design, character 20: replicate weights without their vce()`},
		{`svrepdesign(weights=~w, repweights="r", mse=TRUE, type="ACS")`, "weight w; replicates *r*; method successive-difference; mse true"},
		{`svrepdesign(weights=~w, repweights="r", type="ACS", mse=FALSE)`, `--design, character 57: mse of type "ACS"`},
		{"svyset [pw=w], bsrweight(bw*)", `--design, character 16: a pattern of bootstrap weights, want a range`},
		{"svyset [pw=w], vce(brr)", `--design, character 16: vce(brr) without replicate weights of it`},
	} {
		if !question.Said(c.text) {
			t.Errorf("%s: is not taken for a design", c.text)
		}
		parts, fault := question.ReadSaid(c.text)
		got := spelled(parts)
		if fault != nil {
			p := fault.Problem(refusal.Usage, "--design")
			got, _, _ = strings.Cut(fmt.Sprintf("%s: %s", p.Where, p.What), "\n")
		}
		if fault == nil && got != c.want || !strings.HasPrefix(got, c.want) {
			t.Errorf("%s\ngot  %s\nwant %s", c.text, got, c.want)
		}
	}
	for _, file := range []string{"svydesign.yaml", "teens.yaml", "svyset2", "designs/svyset.yml"} {
		if question.Said(file) {
			t.Errorf("%s is taken for words, and is a file", file)
		}
	}
}

// A design's page says what the flags of its keys say.
func TestReadDrawn(t *testing.T) {
	for _, c := range []struct{ claim, page, want string }{
		{
			"every kind of key", "stratum: [a, b]\npsu: c\nfpc: n\nscale: 0.5\nscales: [1, 0.5]\nmse: true\nseed: 7\ncollapse: {S8: S9, S1: S2}\nmissing: [-9..-1, q=97]\nnote: as the report says",
			"stratum a|b; psu c; fpc n; scale 0.5; scales 1,0.5; mse true; seed 7; collapse S1=S2|S8=S9; missing -9..-1|q=97",
		},
		{"a scale of 0 is said", "scale: 0", "scale 0"},
		{"a key with nothing", "stratum:\nweight: w", "d.yaml:1: stratum: given nothing, want a value"},
		{"comments alone", "# stratum: a\n\n  # psu: b\n", "d.yaml:1: says nothing of a design, want one of stratum, psu"},
		{"nothing", "note: none", "d.yaml:1: says nothing of a design, want one of stratum, psu"},
		{"what is no key", "psus: a", `d.yaml:1: unknown key "psus"; did you mean "psu"?`},
		{"what is no number", "psu: a\nfay: half", `d.yaml:2: "half", want a number`},
		{"an empty name", "psu: [a, '']", "d.yaml:1: psu has an empty value, want one"},
	} {
		parts, ps := question.ReadDrawn("d.yaml", []byte(c.page))
		got := spelled(parts)
		if err := ps.Err(); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: got %s\nwant %s", c.claim, got, c.want)
		}
	}
}

// Nothing that is read of a design's words is anything but a design or a fault at a
// character.
func FuzzReadSaid(f *testing.F) {
	for _, seed := range []string{
		"svydesign(id=~psu, strata=~str, weights=~wt, nest=TRUE)", `svrepdesign(weights=~w, repweights="^rep[0-9]+$", type="JK1", scale=29/30, rscales=c(1,2))`,
		"svyset psu [pw=wt], strata(str) || _n, fpc(n)", "svyset [pw=w], bsrw(b1-b3) jkrw(a*, mult(1 2)) vce(jack)", "as_survey_rep(weights = w, repweights = matches('a.*'))",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !question.Said(text) {
			return
		}
		parts, fault := question.ReadSaid(text)
		if (parts == nil) == (fault == nil) {
			t.Errorf("%q: %d parts, fault %v", text, len(parts), fault)
		}
		if fault != nil {
			fault.Problem(refusal.Usage, "--design")
		}
	})
}
