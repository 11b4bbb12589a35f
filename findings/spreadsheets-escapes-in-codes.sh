#!/usr/bin/env bash
# A code with an underscore, an x and four digits is another code in a workbook.
#
# Guess: what is typed as text into a cell is read back as it was, by whatever reads
#   .xlsx or .ods.
# What happens: Office Open XML writes characters that XML may not have as _xHHHH_, and
#   a text that looks like that as _x005F_xHHHH_. excelize's SetCellStr writes no escape
#   and its reader undoes one: what it wrote itself comes back as the letter A. Its stream
#   writer escapes, which excelize reads right and gnumeric shows as it stands
#   (_x005F_x0041_). SheetJS reads _x0041_ as A, too: also from .ods, which has no such
#   escapes.
# What to do: no code of a table should have the form _xHHHH_.
# Seen with github.com/xuri/excelize/v2 v2.11.1, gnumeric 1.12.55, npm xlsx 0.18.5
# (SheetJS), Node 20, 2026-11-30.
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
	plain, stream := excelize.NewFile(), excelize.NewFile()
	if err := plain.SetCellStr("Sheet1", "A1", "_x0041_"); err != nil {
		panic(err)
	}
	w, err := stream.NewStreamWriter("Sheet1")
	if err != nil {
		panic(err)
	}
	if err := w.SetRow("A1", []any{"_x0041_"}); err != nil {
		panic(err)
	}
	if err := w.Flush(); err != nil {
		panic(err)
	}
	for name, f := range map[string]*excelize.File{"set": plain, "streamed": stream} {
		if err := f.SaveAs(name + ".xlsx"); err != nil {
			panic(err)
		}
	}
	for _, name := range []string{"set", "streamed"} {
		back, err := excelize.OpenFile(name + ".xlsx")
		if err != nil {
			panic(err)
		}
		text, err := back.GetCellValue("Sheet1", "A1")
		fmt.Println("excelize, "+name+", by excelize:", text, err)
	}
}
GO
go mod init codes >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 >/dev/null 2>&1
npm install --no-audit --no-fund --silent xlsx@0.18.5 >/dev/null 2>&1
cat >write.cjs <<'JS'
const XLSX = require("xlsx");
const book = XLSX.utils.book_new();
XLSX.utils.book_append_sheet(book, XLSX.utils.aoa_to_sheet([["_x0041_"]]), "Sheet1");
for (const name of ["sheetjs.xlsx", "sheetjs.ods"]) {
  XLSX.writeFile(book, name);
  console.log(`${name} by SheetJS:`, XLSX.readFile(name).Sheets.Sheet1.A1.v);
}
JS
{
	go run .
	for name in set streamed; do
		ssconvert $name.xlsx $name.csv >/dev/null 2>&1
		echo "excelize, $name, by gnumeric: $(cat $name.csv)"
	done
	node write.cjs
	ssconvert sheetjs.ods sheetjs.csv >/dev/null 2>&1
	echo "sheetjs.ods by gnumeric: $(cat sheetjs.csv)"
} | tee seen

diff - seen <<'SEEN'
excelize, set, by excelize: A <nil>
excelize, streamed, by excelize: _x0041_ <nil>
excelize, set, by gnumeric: _x0041_
excelize, streamed, by gnumeric: _x005F_x0041_
sheetjs.xlsx by SheetJS: A
sheetjs.ods by SheetJS: A
sheetjs.ods by gnumeric: _x0041_
SEEN
