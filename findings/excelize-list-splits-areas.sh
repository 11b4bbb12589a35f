#!/usr/bin/env bash
# A drop-down list of areas is given an area too many, without an error.
#
# Guess: SetDropList takes a list of strings, so that each is one choice of the
#   cell; an item that cannot be one (the format joins them by commas) is refused,
#   as a list of over 255 characters is.
# What happens: "Kingston upon Hull, City of" is joined unquoted, and the file
#   has three choices for two areas. The area that the form wants cannot be
#   chosen any more, and "City of" can. A list that is a range of cells keeps the
#   name whole.
# Seen with github.com/xuri/excelize/v2 v2.11.0, Go 1.26, 2026-11-29.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"
)

func main() {
	f := excelize.NewFile()
	areas := []string{"Kingston upon Hull, City of", "Leeds"}
	list := excelize.NewDataValidation(true)
	list.SetSqref("A2:A9")
	fmt.Println("SetDropList:", list.SetDropList(areas))
	fmt.Println("AddDataValidation:", f.AddDataValidation("Sheet1", list))
	if err := f.SaveAs("form.xlsx"); err != nil {
		panic(err)
	}
	back, err := excelize.OpenFile("form.xlsx")
	if err != nil {
		panic(err)
	}
	found, err := back.GetDataValidations("Sheet1")
	if err != nil {
		panic(err)
	}
	choices := strings.Split(strings.Trim(found[0].Formula1, `"`), ",")
	fmt.Printf("%d areas, %d choices: %q\n", len(areas), len(choices), choices)

	long := excelize.NewDataValidation(true)
	fmt.Println("over 255 characters:", long.SetDropList([]string{strings.Repeat("x", 256)}) != nil)
}
GO
go mod init forms >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.0 >/dev/null 2>&1
go run . | tee seen

diff - seen <<'SEEN'
SetDropList: <nil>
AddDataValidation: <nil>
2 areas, 3 choices: ["Kingston upon Hull" " City of" "Leeds"]
over 255 characters: true
SEEN
