package hostile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"togetherwecan/pipeline/table"
)

// Spelled writes the columns of a table in the lines of an .expected file: of each
// variable its name, display format and label, its value labels, sorted, and its cells.
func Spelled(t *table.Table) []string {
	var lines []string
	for _, c := range t.Columns {
		v := c.Variable
		lines = append(lines, fmt.Sprintf("variable %q %q %q", v.Name, v.Recorded.Format, v.Label))
		var categories []string
		for _, category := range v.Categories {
			categories = append(categories, fmt.Sprintf("category %q %q", category.Code, category.Label))
		}
		slices.Sort(categories)
		lines = append(lines, categories...)
		lines = append(lines, strings.Join(Cells(c), "\t"))
	}
	return lines
}

// Cells are those of a column as an .expected file has them, behind what they are.
func Cells(c *table.Column) []string {
	if c.Text != nil {
		cells := []string{"text"}
		for _, text := range c.Text {
			cells = append(cells, strconv.Quote(text))
		}
		return cells
	}
	cells := []string{"numbers"}
	for row, x := range c.Values {
		switch {
		case !math.IsNaN(x):
			cells = append(cells, strconv.FormatFloat(x, 'g', -1, 64))
		case c.Tag(row) != "":
			cells = append(cells, c.Tag(row))
		default:
			cells = append(cells, ".")
		}
	}
	return cells
}

// Expected are the lines of an .expected file with value labels sorted and numbers as
// Go spells them; number changes one, or is nil.
func Expected(text string, number func(x float64, spelled string) string) []string {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for i, line := range lines {
		cells := strings.Split(line, "\t")
		for j, cell := range cells {
			if x, err := strconv.ParseFloat(cell, 64); err == nil {
				cells[j] = strconv.FormatFloat(x, 'g', -1, 64)
				if number != nil {
					cells[j] = number(x, cells[j])
				}
			}
		}
		lines[i] = strings.Join(cells, "\t")
	}
	for from := 0; from < len(lines); {
		to := from + 1
		if strings.HasPrefix(lines[from], "category ") {
			for to < len(lines) && strings.HasPrefix(lines[to], "category ") {
				to++
			}
			slices.Sort(lines[from:to])
		}
		from = to
	}
	return lines
}
