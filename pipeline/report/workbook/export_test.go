package workbook

// Unshown are the columns that no sheet shows.
var Unshown = unshown

// Shown are the columns of a table that its sheets show.
func Shown(table string) []string {
	var list []string
	for _, f := range fields[table] {
		list = append(list, f.column)
	}
	return list
}
