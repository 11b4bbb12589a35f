#!/usr/bin/env bash
# A financial year in a CSV becomes a month in the workbook, and a hidden sheet is
# hidden no more.
#
# Guess: ssconvert takes a CSV to a workbook as it stands; what looks like a
#   financial year (1998-99, 2000-01) is text, and a sheet keeps whether it is
#   hidden.
# What happens: of a column of financial years the one whose second half is a month,
#   2000-01, becomes 1 January 2000 (serial 36526), without a word, and its
#   neighbours stay text. A hidden sheet that comes first is shown in the copy, and
#   whoever takes the first sheet takes that one.
# What to do: read a date whose format shows no day as its month, and choose a sheet by
#   its headings.
# Seen with gnumeric 1.12.55 (Debian 12), 2026-11-29. Needs ssconvert, unzip and perl.
set -euo pipefail
hidden="$(cd "$(dirname "$0")/.." && pwd)/testdata/workbooks/xlsxwriter.xlsx"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'Year,New\n1998-99,20\n1999-2000,42\n2000-01,16\n' >years.csv
ssconvert years.csv years.xlsx 2>/dev/null
ssconvert "$hidden" copy.xlsx 2>/dev/null
{
	for cell in A2 A3 A4; do
		unzip -p years.xlsx xl/worksheets/sheet1.xml | perl -0ne 'print "'$cell' is $1\n" if /<c r="'$cell'".*?<[vt](?: [^>]*)?>([^<]*)/s'
	done
	for name in "$hidden" copy.xlsx; do
		unzip -p "$name" xl/workbook.xml | grep -o '<sheet name="Lists"[^>]*>' | sed 's/ r:id=.*//'
	done
} | tee seen

diff - seen <<'SEEN'
A2 is 1998-99
A3 is 1999-2000
A4 is 36526
<sheet name="Lists" sheetId="1" state="hidden"
<sheet name="Lists" sheetId="1"
SEEN
