#!/bin/bash
# Makes the corpus: portable files that PSPP exports of the corpus of package
# sav, so that the tests can compare the two. (haven reads none of them: it
# takes their 8 for another character.) Needs Debian's pspp.
set -eu -o pipefail
cd "$(dirname "$0")"
export LC_ALL=C.UTF-8
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for case in numbers missing strings formats many norows; do
	cat >"$work/run.sps" <<S
GET FILE='../../sav/testdata/corpus/pspp-$case-none.sav'.
EXPORT OUTFILE='corpus/pspp-$case.por' /DIGITS=17$([ $case = strings ] && echo ' /DROP=a1').
S
	pspp -o "$work/run.txt" "$work/run.sps" || cat "$work/run.txt"
	# The date and time of writing are the only part that differs by the day.
	LC_ALL=C sed -i -E 's,8/20[0-9]{6}6/[0-9]{3}\r$,8/202401016/000\r,; s,^[0-9]{3}(1E/GNU),000\1,' "corpus/pspp-$case.por"
done
