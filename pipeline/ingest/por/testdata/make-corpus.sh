#!/bin/bash
# Makes the corpus: portable files that PSPP exports of the corpus of package
# sav, so that the tests can compare the two. (haven reads none of them: it
# takes their 8 for another character.) Needs Debian's pspp.
set -eu -o pipefail
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rm -f corpus/*
export_() { # case, name of the file, options
	cat >"$work/run.sps" <<S
GET FILE='../../sav/testdata/corpus/pspp-$1-none.sav'.
EXPORT OUTFILE='corpus/pspp-$2.por' $3$([ "$1" = strings ] && echo ' /DROP=a1').
S
	pspp -o "$work/run.txt" "$work/run.sps" || cat "$work/run.txt"
}
for case in numbers missing strings formats many norows dates displays declared labels levels weighted onecell blank integers wide; do
	export_ $case $case /DIGITS=17
done
for case in numbers missing dates integers; do
	export_ $case $case-digits6 /DIGITS=6
done
# ReadStat's own program writes names in capitals alone, as version 2 has them.
for case in integers onecell many blank dates wide; do
	readstat "../../sav/testdata/corpus/pspp-$case-version2.sav" "corpus/readstat-$case.por" >/dev/null
done
for file in corpus/*.por; do
	# The date and time of writing are the only part that differs by the day.
	LC_ALL=C sed -i -E 's,8/20[0-9]{6}6/[0-9]{3}\r$,8/202401016/000\r,; s,^[0-9]{3}(1E/GNU),000\1,' "$file"
	# What PSPP reads: values as CSV.
	cat >"$work/run.sps" <<S
IMPORT FILE='$file'.
SAVE TRANSLATE /OUTFILE='$PWD/$file.csv' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /UNSELECTED=RETAIN /MISSING=IGNORE /REPLACE.
S
	pspp -o "$work/run.txt" "$work/run.sps" >/dev/null 2>&1 || { echo "$file"; cat "$work/run.txt"; rm -f "$file.csv"; }
done
