// Package readers reads what the scripts beside it print.
package readers

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// A Cell is one of a workbook, as workbook.R and workbook.mjs print it: a line of JSON each.
type Cell struct {
	File   int // which of the workbooks that the script was given, from 0
	Sheet  string
	Row    int // from 1
	Column int // from 1
	Number bool
	Value  any // a string, a float64 or a bool
}

// Cells are those that a script printed, in its order.
func Cells(printed []byte) ([]Cell, error) {
	var cells []Cell
	for line := range bytes.Lines(printed) {
		var c Cell
		var kind string
		if err := json.Unmarshal(line, &[]any{&c.File, &c.Sheet, &c.Row, &c.Column, &kind, &c.Value}); err != nil {
			return nil, fmt.Errorf("cell %d: %s: %w", len(cells)+1, line, err)
		}
		c.Number = kind == "n"
		cells = append(cells, c)
	}
	return cells, nil
}
