#!/usr/bin/env bash
# A row of wrapped text without a height is one line tall, and the text is printed over
# the rows below.
#
# Guess: a row whose height an .xlsx does not give is as tall as its wrapped text needs,
#   as in a spreadsheet where somebody types it; a conversion to PDF shows all of it.
# What happens: LibreOffice, converting, calls the height optimal (use-optimal-row-height)
#   and gives that of one line, 0.2083 inches, to ten lines of text: in the PDF rows lie
#   upon each other.
# What to do: write a height of every row, reckoned from the widths of its words.
# Seen with LibreOffice 7.4.7, github.com/xuri/excelize/v2 v2.11.1, Go 1.26, 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"strings"

	"github.com/xuri/excelize/v2"
)

func main() {
	f := excelize.NewFile()
	style, err := f.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{WrapText: true}})
	if err != nil {
		panic(err)
	}
	for _, err := range []error{
		f.SetCellStr("Sheet1", "A1", strings.Repeat("words that wrap ", 10)), f.SetCellStyle("Sheet1", "A1", "A1", style),
		f.SetCellStr("Sheet1", "B2", "the next row"), f.SaveAs("wrapped.xlsx"),
	} {
		if err != nil {
			panic(err)
		}
	}
}
GO
go mod init rows >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 >/dev/null 2>&1
go run .
soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to fods wrapped.xlsx >/dev/null 2>&1
grep -o 'row-height="[^"]*"\|use-optimal-row-height="[^"]*"' wrapped.fods | sort -u | tee seen

diff - seen <<'SEEN'
row-height="0.2083in"
use-optimal-row-height="true"
SEEN
