package model_test

import (
	"fmt"
	"strings"

	"togetherwecan/pipeline/design"
	"togetherwecan/pipeline/estimate/model"
)

// survey is twelve people in six PSUs of two strata: whether they feel that
// they can influence decisions, their sex, and how many years they have lived
// in the area.
func survey() (*design.Design, map[string]model.Variable) {
	d, problems := design.New(design.Source{
		Where:   "example",
		Stratum: design.LabelsOf(strings.Split("NNNNNNSSSSSS", "")),
		PSU:     design.LabelsOf(strings.Split("aabbccddeeff", "")),
		Weight:  []float64{1, 1, 2, 1, 1, 2, 1, 1, 1, 2, 1, 1},
	})
	if err := problems.Err(); err != nil {
		panic(err)
	}
	return d, map[string]model.Variable{
		"influence": {Numbers: []float64{1, 0, 0, 1, 1, 0, 0, 1, 0, 1, 0, 1}},
		"sex":       {Categories: strings.Split("FMFMFMMFMFFM", "")},
		"years":     {Numbers: []float64{3, 1, 7, 2, 9, 4, 1, 8, 2, 5, 6, 3}},
	}
}

func ExampleRegress() {
	d, variables := survey()
	formula, err := model.ParseFormula("influence ~ sex + years")
	if err != nil {
		panic(err)
	}
	m, problems := model.New(formula, model.Quasibinomial, variables, nil)
	if err := problems.Err(); err != nil {
		panic(err)
	}
	fit, problems := model.Regress(d, m)
	if err := problems.Err(); err != nil {
		panic(err)
	}
	for _, c := range fit.Coefficients(0.95) {
		fmt.Printf("%-11s %6.3f (%.3f) p %.3f\n", c.Name, c.Value, c.SE, c.P)
	}
	fmt.Println("degrees of freedom left:", fit.ResidualDF)
	// Output:
	// (Intercept)  1.403 (1.960) p 0.548
	// sexM        -1.982 (2.242) p 0.470
	// years       -0.141 (0.286) p 0.670
	// degrees of freedom left: 2
}

func ExampleAssociate() {
	d, variables := survey()
	a, problems := model.Associate(d, variables["influence"], variables["sex"], [2]string{"influence", "sex"}, nil)
	if err := problems.Err(); err != nil {
		panic(err)
	}
	fmt.Printf("F(%.0f, %.0f) = %.3f, p %.3f\n", a.RaoScott.DF, a.RaoScott.Denominator, a.RaoScott.Statistic, a.RaoScott.P)
	fmt.Printf("Pearson's statistic is %.2f times too large\n", a.MeanEffect)
	// Output:
	// F(1, 4) = 0.461, p 0.534
	// Pearson's statistic is 2.99 times too large
}

func ExampleParseFormula() {
	f, err := model.ParseFormula("influence ~ sex * factor(wave)")
	fmt.Println(f, err)
	_, err = model.ParseFormula("influence ~ lgo(age)")
	fmt.Println(err)
	// Output:
	// influence ~ sex + factor(wave) + sex:factor(wave) <nil>
	// --model, character 13: no function "lgo"; did you mean "log"?
	// influence ~ lgo(age)
	//             ^
}
