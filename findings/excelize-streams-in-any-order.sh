#!/usr/bin/env bash
# The same workbook, streamed twice, is two files.
#
# Guess: excelize writes no time into its zip and sorts its parts, so that the same
#   cells give the same bytes; the stream writer, which is for large sheets, gives
#   the same as well.
# What happens: without streams it does. With two streamed sheets or more their parts
#   stand in the order in which Go goes through a map, which is another each time:
#   what is in the file is the same, and its digest is not.
# What to do: give the file a zip writer of your own (SetZipWriter) that collects the
#   parts and writes them sorted.
# Seen with github.com/xuri/excelize/v2 v2.11.1, Go 1.26, 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cat >main.go <<'GO'
package main

import (
	"bytes"
	"crypto/sha256"
	"fmt"

	"github.com/xuri/excelize/v2"
)

func book(stream bool) [32]byte {
	f := excelize.NewFile()
	for i := 1; i <= 6; i++ {
		name := fmt.Sprintf("Sheet%d", i)
		if i > 1 {
			if _, err := f.NewSheet(name); err != nil {
				panic(err)
			}
		}
		if !stream {
			if err := f.SetCellStr(name, "A1", name); err != nil {
				panic(err)
			}
			continue
		}
		w, err := f.NewStreamWriter(name)
		if err != nil {
			panic(err)
		}
		if err := w.SetRow("A1", []any{name}); err != nil {
			panic(err)
		}
		if err := w.Flush(); err != nil {
			panic(err)
		}
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		panic(err)
	}
	return sha256.Sum256(out.Bytes())
}

func main() {
	for _, stream := range []bool{false, true} {
		seen := map[[32]byte]bool{}
		for range 200 {
			seen[book(stream)] = true
		}
		fmt.Printf("stream writer: %v, the same bytes 200 times: %v\n", stream, len(seen) == 1)
	}
}
GO
go mod init books >/dev/null 2>&1
go get github.com/xuri/excelize/v2@v2.11.1 >/dev/null 2>&1
go run . | tee seen

diff - seen <<'SEEN'
stream writer: false, the same bytes 200 times: true
stream writer: true, the same bytes 200 times: false
SEEN
