package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/expression"
	"togetherwecan/pipeline/refusal"
)

// conditions writes the variables that are conditions, or refuses them.
func (c *compiler) conditions() {
	w := expression.Writer{
		Variable: func(name string) (string, bool) {
			i := slices.IndexFunc(c.Inputs, func(v Variable) bool { return strings.EqualFold(v.Name, name) })
			return c.value(&c.Inputs[i]), c.Inputs[i].Text
		},
		Number: func(x float64) string { return c.double(strconv.FormatFloat(x, 'g', -1, 64)) },
		Text:   c.literal,
	}
	for _, v := range c.Columns {
		if v.Holds == nil {
			continue
		}
		holds, fails, fault := v.Holds.Written(w)
		if fault != nil {
			c.ps = append(c.ps, fault.Problem(refusal.Usage, "--where"))
		}
		c.made[v.Name] = [2]string{holds, fails}
	}
}

// value is a row's in a column, NULL where it is missing or no number.
func (c *compiler) value(v *Variable) string {
	column := c.name(v.Column)
	made := "CASE WHEN " + column + " IS NULL THEN NULL"
	if m := c.missing(v); m != "" {
		made += " WHEN " + m + " THEN NULL"
	}
	if v.Text {
		return made + " ELSE " + column + " END"
	}
	return made + " WHEN " + column + " >= -1e308 AND " + column + " <= 1e308 THEN " + c.double(column) + " ELSE NULL END"
}

// held is the place of a condition's category.
func (c *compiler) held(v *Variable) string {
	place := func(code string) int {
		i := slices.IndexFunc(c.Variables[c.at[v.Name]].Categories, func(of codebook.Category) bool { return of.Code == code })
		if i < 0 {
			return -2
		}
		return i
	}
	return fmt.Sprintf("CASE WHEN %s THEN %d WHEN %s THEN %d ELSE -1 END", c.made[v.Name][0], place("1"), c.made[v.Name][1], place("0"))
}

// banded is the condition that a number is in the band of a code.
func (c *compiler) banded(v *Variable, code string) string {
	i := slices.IndexFunc(v.From, func(low float64) bool {
		return code == codebook.Spell(low) || strings.HasPrefix(code, codebook.Spell(low)+"-")
	})
	column, to := c.name(v.Column), "<= 1e308" // and no number is not
	if i+1 < len(v.From) {
		to = "< " + number(v.From[i+1])
	}
	return fmt.Sprintf("%[1]s >= %[2]s AND %[1]s %[3]s", column, number(v.From[i]), to)
}
