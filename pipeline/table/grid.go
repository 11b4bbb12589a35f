package table

// A Grid is a sheet as a spreadsheet shows it: rows of cells that are text, as
// they stand. Rows may be of different lengths.
type Grid struct {
	Rows  [][]string
	Lines []int // of each row in its file or sheet, from 1

	Hidden []string // what the spreadsheet does not show, and is read all the same: row 7, column C
}

// Cell returns a cell's text, "" beyond the end of its row.
func (g *Grid) Cell(row, column int) string {
	if column >= len(g.Rows[row]) {
		return ""
	}
	return g.Rows[row][column]
}
