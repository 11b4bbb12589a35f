#!/bin/bash
# Makes the corpus: a table of cases x options, written by PSPP and by R's
# haven (ReadStat), and what haven and PSPP read of each file. Needs Debian's
# pspp and r-cran-haven. The files made by the tests' own writer (go-*.sav,
# what no tool here writes: big-endian, code pages) come first:
#
#	go test ./pipeline/ingest/sav/ -run TestCorpus -update && testdata/make-corpus.sh
set -eu -o pipefail
cd "$(dirname "$0")"
out=$PWD/corpus
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C.UTF-8

# Each case is syntax that makes an active file.
mkdir "$work/cases"
given() { cat >"$work/cases/$1.sps"; }
given numbers <<'S'
DATA LIST LIST NOTABLE /a (F8.2) b (F40.16).
BEGIN DATA
0 0.1
1 -0.1
-1 1e300
-99 1e-300
-100 123456789.123456789
151 -1.7976931348623157e308
152 9007199254740993
. .
2.5 3
END DATA.
S
given missing <<'S'
DATA LIST LIST NOTABLE /d1 d3 r lo hi rp (F4.1) s (A4).
BEGIN DATA
9 1 5 -5 5 5 "a"
8 2 6 0 6 -1 "NA"
7 3 7 1 99 99 "zz"
END DATA.
MISSING VALUES d1 (9) d3 (7, 8.5, -9) r (5 THRU 7) lo (LOWEST THRU 0) hi (98 THRU HIGHEST) rp (90 THRU 99, -1) s ("NA", "zz").
VALUE LABELS d1 7 "seven" 8 "eight" 9 "don't know" /d3 -1.5 "minus one and a half" 0.1 "a tenth" 1000000 "a million" 1e20 "large"
 /s "a" "letter a" "NA" "not applicable".
VARIABLE LABELS d1 "One missing value" s "Text with £ and €".
VARIABLE LEVEL d1 (NOMINAL) d3 (ORDINAL) r (SCALE).
S
given strings <<'S'
DATA LIST LIST NOTABLE /a1 (A1) a7 (A7) a8 (A8) a9 (A9) n (F2) a16 (A16) a255 (A255).
BEGIN DATA
"x" "1234567" "12345678" "123456789" 1 "1234567890123456" "long"
"" "" "" "" . "" ""
" " " lead" "a b" "trail  " 3 "é ü €" "naïve café"
"é" "x" "        " "12345678" 4 "        9" " "
END DATA.
COMPUTE a255 = RPAD(a255, 255, "#").
S
given verylong <<'S'
DATA LIST LIST NOTABLE /n (F2) a256 (A256) a504 (A504) a505 (A505) last (F2) a900 (A900).
BEGIN DATA
1 "short" "short" "short" 9 ""
2 "" "" "" 8 "x"
3 "" "" "" 7 "y"
END DATA.
DO IF n > 1.
COMPUTE a256 = CONCAT(RPAD("", 254, "a"), "bc").
COMPUTE a504 = CONCAT(RPAD("", 250, "a"), "0123456789", RPAD("", 243, "b"), "z").
COMPUTE a505 = CONCAT(RPAD("", 250, "a"), "0123456789", RPAD("", 240, "b"), "0123z").
COMPUTE a900 = CONCAT(RPAD("", 500, "c"), "0123456789 0123456789", RPAD("", 370, "d"), "123456789").
END IF.
IF n = 3 a900 = CONCAT(RPAD("", 252, "e"), "      ", "f").
VARIABLE LABELS a900 "Nine hundred bytes".
VARIABLE LEVEL last (NOMINAL) a900 (NOMINAL) n (SCALE).
S
given longlabels <<'S'
DATA LIST LIST NOTABLE /short (A8) s20 (A20) s300 (A300) n (F2).
BEGIN DATA
"yes" "twenty letters here" "three hundred" 1
"no" "not asked" "not asked" 2
END DATA.
VALUE LABELS short "yes" "Yes, all" "no" "No, none" /s20 "twenty letters here" "A long one" "not asked" "Not asked of this person" /s300 "three hundred" "Very long" "" "blank".
MISSING VALUES short ("no", "x") s20 ("not aske", "dk") s300 ("ref").
VARIABLE LABELS s20 "A label of a long string".
S
given formats <<'S'
DATA LIST LIST NOTABLE /f5 (F5.0) f9 (F9.3) n (N6) c (COMMA9.2) d (DOLLAR10.2) p (PCT6.1) e (E10.3) z (F1) dt (DATE11) dtm (DATETIME20) t (TIME8) ad (ADATE10) ed (EDATE10) sd (SDATE10) jd (JDATE7) m (MOYR8) q (QYR8) w (WKYR10) dot (DOT9.2).
BEGIN DATA
1 2.5 000007 "1,234.50" "$99.50" 12.5 1.5E3 1 "21-NOV-2026" "21-NOV-2026 19:45:09" "12:34:56" "11/21/2026" "21.11.2026" "2026/11/21" 2026325 "NOV 2026" "4 Q 2026" "47 WK 2026" "1.234,50"
END DATA.
FORMATS f9 (F9.3).
S
given norows <<'S'
DATA LIST LIST NOTABLE /a (F8) s (A20).
BEGIN DATA
1 "x"
END DATA.
SELECT IF a > 1.
S
given notes <<'S'
DATA LIST LIST NOTABLE /VeryLongVariableName weight1 (F8.2) Q1a Q1b Q1c (F1.0) Größe (F3) s (A3).
BEGIN DATA
1 0.5 1 0 1 180 "abc"
2 1.5 0 . 1 165 "d"
END DATA.
FILE LABEL "A survey of places, £5".
ADD DOCUMENT "First line of the document" "Second line: café".
WEIGHT BY weight1.
MRSETS /MDGROUP NAME=$md LABEL="Dichotomies" VARIABLES=Q1a Q1b VALUE=1 /MCGROUP NAME=$mc LABEL="Categories é" VARIABLES=Q1b Q1c.
VARIABLE ATTRIBUTE VARIABLES=Q1a Größe ATTRIBUTE=Question("What, 'exactly'?") Order[1]("first") Order[2]("second").
DATAFILE ATTRIBUTE ATTRIBUTE=Archive("UKDS").
VARIABLE LABELS Größe "Height in cm" VeryLongVariableName "A name of twenty letters".
S
given many <<'S'
INPUT PROGRAM.
LOOP #i = 1 TO 300.
COMPUTE id = #i.
COMPUTE x = MOD(#i, 7).
COMPUTE y = #i / 8.
IF MOD(#i, 5) = 0 x = $SYSMIS.
STRING t (A12).
COMPUTE t = CONCAT("case ", LTRIM(STRING(MOD(#i, 11), F3))).
END CASE.
END LOOP.
END FILE.
END INPUT PROGRAM.
S

rm -f "$out"/pspp-* "$out"/haven-* "$out"/*.tsv "$out"/*.csv
for file in "$work"/cases/*.sps; do
	name=$(basename "$file" .sps)
	save() {
		{ cat "$file"; echo "SAVE OUTFILE='$out/pspp-$name-$1' $2."; } >"$work/run.sps"
		pspp -o "$work/run.txt" "$work/run.sps" || { cat "$work/run.txt"; exit 1; }
	}
	save none.sav /UNCOMPRESSED
	save byte.sav /COMPRESSED
	save zlib.zsav /ZCOMPRESSED
	save version2.sav "/VERSION=2 /COMPRESSED"
done

OUT=$out R --vanilla --no-echo <<'R'
suppressMessages(library(haven))
cases <- list(
  numbers = data.frame(a = c(0, 1, -1, -99, -100, 151, 152, NA, 2.5, NaN, Inf), i = c(1:10, NA), l = c(TRUE, FALSE, NA, rep(TRUE, 8))),
  labelled = data.frame(
    x = labelled_spss(c(1, 2, 9, NA), c(Yes = 1, No = 2, "Don't know" = 9), na_values = 9, label = "Yes or no"),
    r = labelled_spss(c(1, 5, 7, 99), c(Low = 1, High = 99), na_range = c(90, Inf)),
    b = labelled_spss(c(1, 5, -1, 99), c(Low = 1), na_range = c(90, 99), na_values = -1),
    s = labelled_spss(c("a", "bb", "z", ""), c(A = "a", Z = "z"), na_values = "z"),
    l = labelled(c("long text over 8", "other", "", "é"), c("Long one" = "long text over 8", Other = "other"))),
  factor = data.frame(f = factor(c("north", "south", NA, "north")), date = as.Date(c("2007-04-01", "1582-10-14", NA, "2026-11-21")),
    time = as.POSIXct(c(0, 1.5, NA, 1e9), origin = "1970-01-01", tz = "UTC")),
  strings = data.frame(s = c("", "a", strrep("é", 100), strrep("b", 255)), v = c(strrep("c", 256), "x", paste0(strrep("d", 600), "é"), NA),
    w = c(paste0(strrep("e", 254), "éf"), "", " lead", "trail ")),
  names = data.frame(UPPER = 1, mixedCase_name.dots = 2, `@at` = 3, averyveryveryverylongvariablename_indeed = 4, `größe` = 5, check.names = FALSE),
  norows = data.frame(a = numeric(), s = character())
)
for (name in names(cases)) for (how in c("byte", "none", "zsav"))
  write_sav(cases[[name]], file.path(Sys.getenv("OUT"), paste0("haven-", name, "-", how, if (how == "zsav") ".zsav" else ".sav")), compress = how)
R

# The date and time of writing are the only part that differs by the day.
for file in "$out"/pspp-* "$out"/haven-*; do
	printf '01 Jan 2400:00:00' | dd of="$file" bs=1 seek=92 conv=notrunc status=none
	LC_ALL=C sed -i 's/(Entered [0-9]* [A-Z][a-z]* 20[0-9]*)/(Entered 01 Jan 2024)/' "$file"
done
# A count of -1 is for files that were written to a pipe.
for how in none byte; do
	cp "$out/pspp-many-$how.sav" "$out/pspp-many-$how-nocount.sav"
	printf '\377\377\377\377' | dd of="$out/pspp-many-$how-nocount.sav" bs=1 seek=80 conv=notrunc status=none
done

# What PSPP reads: values as CSV.
for file in "$out"/*.sav "$out"/*.zsav; do
	cat >"$work/run.sps" <<S
GET FILE='$file'.
SAVE TRANSLATE /OUTFILE='$file.csv' /TYPE=CSV /FIELDNAMES /CELLS=VALUES /UNSELECTED=RETAIN /MISSING=IGNORE /REPLACE.
S
	pspp -o "$work/run.txt" "$work/run.sps" || { echo "$file"; cat "$work/run.txt"; rm -f "$file.csv"; }
done
# What haven reads: see read-corpus.R.
R --vanilla --no-echo --file=read-corpus.R
