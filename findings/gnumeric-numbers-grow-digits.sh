#!/usr/bin/env bash
# A number of two decimals has nineteen after a spreadsheet has had it.
#
# Guess: a spreadsheet keeps numbers as 64-bit floats and writes the shortest text that
#   reads back as the same one, or fifteen digits: 5.13 stays 5.13, in CSV and in the workbook.
# What happens: gnumeric of Debian on amd64 reads and writes 80-bit floats: 5.13 is
#   5.1300000000000000001 in the CSV and in the workbook's own XML, and 5.12 is
#   5.1199999999999999999. Read as 64-bit floats they are what they were. Read as text or as
#   decimals they are other numbers: a comparison of texts, a key of numbers, and SQL's
#   DECIMAL(38, 20) see a difference in every such cell.
# What to do: compare numbers as 64-bit floats, never the texts, and hand on the CSV
#   and not what a spreadsheet made of it.
# Seen with gnumeric 1.12.55 (Debian 12, amd64), 2026-11-30. Needs ssconvert and unzip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'se\n5.13\n5.12\n0.79\n2.5\n' >numbers.csv
ssconvert numbers.csv back.csv 2>/dev/null
ssconvert numbers.csv numbers.xlsx 2>/dev/null
{
	cat back.csv
	unzip -p numbers.xlsx xl/worksheets/sheet1.xml | grep -o '<v>[0-9.]*</v>' | tail -n 4
} | tee seen

diff - seen <<'SEEN'
se
5.1300000000000000001
5.1199999999999999999
0.79000000000000000002
2.5
<v>5.1300000000000000001</v>
<v>5.1199999999999999999</v>
<v>0.79000000000000000002</v>
<v>2.5</v>
SEEN
