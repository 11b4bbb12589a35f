#!/usr/bin/env bash
# The plan's measure 1.d is a day to csvkit, and a column of ones a truth.
#
# Guess: a column of measure ids, 1.d and 2.g, is text, since no number and no date is
#   written so, and a column of counts that are all 1 is whole numbers, as the one of
#   another file that has a 2 is.
# What happens: csvkit takes what ends in a unit of time for a duration: 1.d is one day, and
#   csvjson writes "1 day, 0:00:00" where the code was. It stays text as soon as one id of the
#   column is no duration (2.g), so that one department's file keeps its measures and
#   another's does not. Counts of 1 and 0 alone are booleans, and become true. The code none
#   is null, unless --blanks says that it is not. With --no-inference every cell stays as it is.
# What to do: write an id behind a word (measure-1.d), and read with --blanks --no-inference.
# Seen with csvkit 1.0.7 (agate 1.6.3, Debian 12), 2026-11-30. Needs csvjson and csvstat.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'measure,rows\n1.d,1\n' >one.csv
printf 'measure,rows\n1.d,1\n2.g,2\n' >two.csv
printf 'code,percent\nnone,20.5\nsome,79.5\n' >codes.csv
printf 'measure,rows\nmeasure-1.d,1\n' >word.csv
{
	csvstat --type one.csv
	for name in one two codes word; do
		csvjson "$name.csv"
		echo
	done
	csvjson --blanks --no-inference codes.csv
	echo
	csvjson --blanks --no-inference one.csv
	echo
} | tee seen

diff - seen <<'SEEN'
  1. measure: TimeDelta
  2. rows: Boolean
[{"measure": "1 day, 0:00:00", "rows": true}]
[{"measure": "1.d", "rows": 1.0}, {"measure": "2.g", "rows": 2.0}]
[{"code": null, "percent": 20.5}, {"code": "some", "percent": 79.5}]
[{"measure": "measure-1.d", "rows": true}]
[{"code": "none", "percent": "20.5"}, {"code": "some", "percent": "79.5"}]
[{"measure": "1.d", "rows": "1"}]
SEEN
