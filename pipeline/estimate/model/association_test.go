package model

import (
	"math"
	"strings"
	"testing"
)

// TestAssociationByHand: of a simple random sample of n, the design effects
// are n/(n-1), so that Rao and Scott's tests are Pearson's by (n-1)/n.
func TestAssociationByHand(t *testing.T) {
	row := Variable{Categories: strings.Split("aaabbbbbb", "")}
	column := Variable{Categories: strings.Split("xxyxyyyy", "")}
	column.Categories = append(column.Categories, "") // one has no answer
	in := []bool{true, true, true, true, true, true, true, true, false}
	a, ps := Associate(simple(t, ones(9)...), row, column, [2]string{"row", "column"}, in)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	pearson := 8 * 49 / 225.0
	effect := 9 / 8.0 // of 9 drawn, of whom one is not in the domain
	agrees(t, "Pearson", a.Pearson, pearson, 1e-14)
	agrees(t, "F", a.RaoScott.Statistic, pearson/effect, 1e-14)
	agrees(t, "its numerator", a.RaoScott.DF, 1, 1e-14)
	agrees(t, "its denominator: 8 respondents less 1 stratum", a.RaoScott.Denominator, 7, 1e-14)
	agrees(t, "design effect", a.MeanEffect, effect, 1e-14)
	agrees(t, "chi-square", a.FirstOrder.Statistic, pearson/effect, 1e-14)
	agrees(t, "its p", a.FirstOrder.P, math.Erfc(math.Sqrt(pearson/effect/2)), 1e-12)
	// The residual 4 - 5x5/8 over its variance, of which the squares add up to
	// 0.494140625 about a mean of 0.875/9.
	agrees(t, "Wald", a.Wald.Statistic, 0.875*0.875/(9.0/8*(0.494140625-0.875*0.875/9)), 1e-13)
	agrees(t, "adjusted Wald of one contrast is Wald", a.AdjustedWald.Statistic, a.Wald.Statistic, 1e-14)
	if a.N != 8 || a.Base != 8 {
		t.Errorf("%d in the table of %d, want 8 of 8", a.N, a.Base)
	}
	all, ps := Associate(simple(t, ones(9)...), row, column, [2]string{"row", "column"}, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if all.N != 8 || all.Base != 9 {
		t.Errorf("%d in the table of %d, want 8 of 9", all.N, all.Base)
	}
	agrees(t, "Pearson counts who has no answer", all.Pearson, pearson*9/8, 1e-14)
	agrees(t, "F does not", all.RaoScott.Statistic, a.RaoScott.Statistic, 1e-14)
	agrees(t, "but its denominator does", all.RaoScott.Denominator, 8, 1e-14)
}

func TestAssociationRefused(t *testing.T) {
	for _, c := range []struct{ claim, row, column, want string }{
		{"one category", "aaaa", "xyxy", `categories of variable "row" among those who have both: 1 ("a"), want at least 2`},
		{"nobody has both", "ab  ", "  xy", `categories of variable "column" among those who have both: 0, want at least 2`},
		{"a table with nothing off its diagonal", "abcabc", "xyzxyz", "empty cells: 6 of 9, which leave no test, want fewer"},
	} {
		t.Run(c.claim, func(t *testing.T) {
			variable := func(labels string) Variable {
				return Variable{Categories: strings.Split(strings.ReplaceAll(strings.Join(strings.Split(labels, ""), ","), " ", ""), ",")}
			}
			_, ps := Associate(simple(t, ones(len(c.row))...), variable(c.row), variable(c.column), [2]string{"row", "column"}, nil)
			if ps == nil || !strings.Contains(ps.Error(), c.want) {
				t.Errorf("%v, want %s", ps, c.want)
			}
		})
	}
}

// TestFewClusters: where the clusters are too few for the covariance of the
// residuals, there is no Wald test.
func TestFewClusters(t *testing.T) {
	d := simple(t, ones(12)...)
	d.Cluster, d.Clusters = []int32{0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2}, 3
	d.Stratum, d.Size = []int32{0, 0, 0}, []int{3}
	a, ps := Associate(d, Variable{Categories: strings.Split("abcabccbaabc", "")}, Variable{Categories: strings.Split("xyzyzxxyzzxy", "")}, [2]string{"row", "column"}, nil)
	if err := ps.Err(); err != nil {
		t.Fatal(err)
	}
	if !math.IsNaN(a.Wald.P) || !math.IsNaN(a.AdjustedWald.Statistic) || math.IsNaN(a.RaoScott.P) {
		t.Errorf("3 clusters for 4 contrasts: Wald %v, adjusted %v, want none; Rao-Scott %v", a.Wald, a.AdjustedWald, a.RaoScott)
	}
}
