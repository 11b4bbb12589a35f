#!/usr/bin/env bash
# A workbook that was given a title cannot be opened with exceljs.
#
# Guess: whatever one well-kept library writes into a workbook's properties, another
#   one reads, or passes over.
# What happens: a new workbook of excelize opens; once SetDocProps has given it a title,
#   excelize writes <lastModifiedBy>, and keywords, in the default namespace, which XML
#   allows; exceljs goes by the prefix cp: alone, and throws at the first property
#   without it: the whole workbook is refused.
# What to do: write docProps/core.xml with the prefixes that Excel writes.
# Seen with github.com/xuri/excelize/v2 v2.11.1, npm exceljs 4.4.0, Node 20, 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import "github.com/xuri/excelize/v2"

func main() {
	for name, props := range map[string]*excelize.DocProperties{"new.xlsx": nil, "titled.xlsx": {Title: "Figures"}} {
		f := excelize.NewFile()
		if props != nil {
			if err := f.SetDocProps(props); err != nil {
				panic(err)
			}
		}
		if err := f.SaveAs(name); err != nil {
			panic(err)
		}
	}
}
GO
go mod init words >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 >/dev/null 2>&1
go run .
npm install --no-audit --no-fund --silent exceljs@4.4.0 >/dev/null 2>&1
cat >open.cjs <<'JS'
const ExcelJS = require("exceljs");
(async () => {
  for (const name of ["new.xlsx", "titled.xlsx"]) {
    try {
      const book = new ExcelJS.Workbook();
      await book.xlsx.readFile(name);
      console.log(name, "opens:", book.worksheets[0].name);
    } catch (e) {
      console.log(name, "is refused:", e.message);
    }
  }
})();
JS
node open.cjs | tee seen

diff - seen <<'SEEN'
new.xlsx opens: Sheet1
titled.xlsx is refused: Unexpected xml node in parseOpen: {"name":"lastModifiedBy","attributes":{},"isSelfClosing":false}
SEEN
