#!/usr/bin/env bash
# Laying a table over the heads of a form renames columns of it, without an error.
#
# Guess: AddTable formats a range that is there; if two heads are the same or
#   one is empty, which a table may not have, it returns an error.
# What happens: it returns nil, and overwrites the cells: the second of two equal
#   heads and every empty one become Column and their number. A head that is a
#   number (a year) becomes text. What the body that fills in the form sees is no
#   longer what was written, and a reader by heads finds no such column.
# Seen with github.com/xuri/excelize/v2 v2.11.0, Go 1.26, 2026-11-29.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"fmt"

	"github.com/xuri/excelize/v2"
)

func main() {
	f := excelize.NewFile()
	rows := [][]any{{"Force", 2006, nil, "Force"}, {"Northshire", 12, 1, 13}, {"Southshire", 7, 2, 9}}
	for i := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &rows[i]); err != nil {
			panic(err)
		}
	}
	show := func() {
		of, err := f.GetRows("Sheet1")
		kind, _ := f.GetCellType("Sheet1", "B1")
		fmt.Printf("%q %v, a number: %v\n", of[0], err, kind == excelize.CellTypeNumber || kind == excelize.CellTypeUnset)
	}
	show()
	fmt.Println("AddTable:", f.AddTable("Sheet1", &excelize.Table{Range: "A1:D3", Name: "stops"}))
	show()
}
GO
go mod init forms >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.0 >/dev/null 2>&1
go run . | tee seen

diff - seen <<'SEEN'
["Force" "2006" "" "Force"] <nil>, a number: true
AddTable: <nil>
["Force" "2006" "Column3" "Column4"] <nil>, a number: false
SEEN
