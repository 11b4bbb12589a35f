package harmonise

import (
	"togetherwecan/pipeline/codebook"
	"togetherwecan/pipeline/indicator"
	"togetherwecan/pipeline/table"
)

// Cross makes the variable of a name whose categories are those of two others, crossed:
// every combination of their categories, the second's within each of the first's. It is
// missing where either is.
func Cross(name string, row, column *table.Column) *table.Column {
	made := &table.Column{Variable: codebook.Variable{Name: name}}
	for _, r := range row.Variable.Categories {
		for _, c := range column.Variable.Categories {
			made.Variable.Categories = append(made.Variable.Categories, codebook.Category{Code: indicator.Cross(r.Code, c.Code)})
		}
	}
	within := len(column.Variable.Categories)
	made.Codes = table.NewCodes(row.Len(), len(made.Variable.Categories))
	for i := range row.Len() {
		switch r, c := row.Codes.At(i), column.Codes.At(i); {
		case r < 0:
			made.Codes.Set(i, r)
		case c < 0:
			made.Codes.Set(i, c)
		default:
			made.Codes.Set(i, r*within+c)
		}
	}
	return made
}
