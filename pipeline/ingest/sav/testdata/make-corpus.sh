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

given dates <<'S'
DATA LIST LIST NOTABLE /v (F20.2).
BEGIN DATA
0
1
86400
13604630400
13604630399
14036889909.5
-86400
252000000000
.
END DATA.
COMPUTE d9 = v.
COMPUTE d11 = v.
COMPUTE a8 = v.
COMPUTE a10 = v.
COMPUTE e8 = v.
COMPUTE e10 = v.
COMPUTE s8 = v.
COMPUTE s10 = v.
COMPUTE j5 = v.
COMPUTE j7 = v.
COMPUTE q6 = v.
COMPUTE q8 = v.
COMPUTE m6 = v.
COMPUTE m8 = v.
COMPUTE w8 = v.
COMPUTE w10 = v.
COMPUTE dt17 = v.
COMPUTE dt22 = v.
COMPUTE y19 = v.
COMPUTE y23 = v.
COMPUTE t5 = v.
COMPUTE t11 = v.
COMPUTE mt = v.
COMPUTE dtm = v.
COMPUTE day = MOD($CASENUM, 7) + 1.
COMPUTE month = $CASENUM.
FORMATS d9 (DATE9) d11 (DATE11) a8 (ADATE8) a10 (ADATE10) e8 (EDATE8) e10 (EDATE10) s8 (SDATE8) s10 (SDATE10) j5 (JDATE5) j7 (JDATE7)
 q6 (QYR6) q8 (QYR8) m6 (MOYR6) m8 (MOYR8) w8 (WKYR8) w10 (WKYR10) dt17 (DATETIME17) dt22 (DATETIME22.1) y19 (YMDHMS19) y23 (YMDHMS23.3)
 t5 (TIME5) t11 (TIME11.2) mt (MTIME8.2) dtm (DTIME15.2) day (WKDAY9) month (MONTH3).
S
given displays <<'S'
DATA LIST LIST NOTABLE /f1 f40 comma dot dollar pct e10 n6 z p pk pib pibhex rb rbhex ib cca cce.
BEGIN DATA
1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18
0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
. . . . . . . . . . . . . . . . . .
END DATA.
STRING ahex (AHEX16).
COMPUTE ahex = "hexadeci".
FORMATS f1 (F1.0) f40 (F40.16) comma (COMMA20.4) dot (DOT12.1) dollar (DOLLAR20.2) pct (PCT5.1) e10 (E20.10) n6 (N8) z (Z5.2) p (P4.1) pk (PK5) pib (PIB4)
 pibhex (PIBHEX8) rb (RB8) rbhex (RBHEX16) ib (IB4.2) cca (CCA10.2) cce (CCE12).
S
given names <<'S'
DATA LIST LIST NOTABLE /averyverylongname1 averyverylongname2 AveryVeryLongName3 a@b c#d e$f g.h i_j @k (F3.0) Ärger naïve日本 ελληνικά_μεταβλητή (F2).
BEGIN DATA
1 2 3 4 5 6 7 8 9 10 11 12
END DATA.
STRING abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01 (A3) /averyver (A2) /avery_a (A2).
COMPUTE abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz01 = "abc".
COMPUTE averyver = "x".
VARIABLE LABELS averyverylongname2 "Second of a prefix" averyver "A prefix that is a name".
S
given labels <<'S'
DATA LIST LIST NOTABLE /n m (F8.3) b1 (A1) b5 (A5) b8 (A8) many (F3).
BEGIN DATA
1 -1.5 "a" "bb" "cccccccc" 1
2 0 "b" "" "d" 100
END DATA.
VARIABLE LABELS n "" m "é" b1 "A label of one hundred and twenty bytes, which is as long as SPSS used to let the label of a value be, and no longer!!!!"
 b5 "Two hundred and fifty-five bytes: abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz end".
VALUE LABELS n 1 "A label of one hundred and twenty bytes, which is as long as SPSS used to let the label of a value be, and no longer!!!!" 2 "two" -1 "£5 or more" 0 " leading blank"
 /m -1.5 "minus one and a half" 0.001 "a thousandth" 123456789.5 "large" -0.1 "a tenth below"
 /b1 "a" "letter" " " "blank" /b5 "bb" "two of five" "eeeee" "five" /b8 "cccccccc" "eight" "d" "one of eight".
VALUE LABELS many 1 "1" 2 "2" 3 "3" 4 "4" 5 "5" 6 "6" 7 "7" 8 "8" 9 "9" 10 "10" 11 "11" 12 "12" 13 "13" 14 "14" 15 "15" 16 "16" 17 "17" 18 "18" 19 "19" 20 "20"
 95 "not asked" 96 "none" 97 "refused" 98 "don't know" 99 "no answer" 100 "a hundred" -8 "does not apply".
S
given widths <<'S'
DATA LIST LIST NOTABLE /a8 (A8) a9 (A9) a16 (A16) a17 (A17) a255 (A255) a256 (A256) a500 (A500) a1000 (A1000).
BEGIN DATA
"x" "x" "x" "x" "x" "x" "x" "x"
END DATA.
COMPUTE a8 = RPAD("", 8, "8").
COMPUTE a9 = RPAD("", 9, "9").
COMPUTE a16 = RPAD("é", 16, "6").
COMPUTE a17 = RPAD("", 17, "7").
COMPUTE a255 = RPAD("", 255, "ab").
COMPUTE a256 = CONCAT(RPAD("", 255, "c"), "d").
COMPUTE a500 = CONCAT(RPAD("", 251, "e"), "é", RPAD("", 246, "f"), "g").
COMPUTE a1000 = CONCAT(RPAD("", 250, "h"), "  ", RPAD("", 250, "i"), "é", RPAD("", 495, "j"), "k").
S
given declared <<'S'
DATA LIST LIST NOTABLE /one two three low high range both every half (F8.2) s1 (A1) s8 (A8) s3 (A3).
BEGIN DATA
1 1 1 1 1 1 1 1 1 "x" "refused" "n/a"
-9 -9 -9 -9 -9 -9 -9 -9 -9.5 "y" "not ask" "é"
. . . . . . . . . " " " " " "
END DATA.
MISSING VALUES one (-9) two (1, -9) three (0.1, -1e300, 1e300) low (LOWEST THRU -1) high (0.5 THRU HIGHEST) range (-9 THRU -1) both (-9 THRU -1, 99.5)
 every (LOWEST THRU HIGHEST) half (-9.5) s1 ("x", "y", " ") s8 ("refused", "not ask") s3 ("n/a", "é").
S
given weighted <<'S'
DATA LIST LIST NOTABLE /id (F4) wt (F10.6) serial (A6).
BEGIN DATA
1 0.333333 "AB0001"
2 1.666667 "AB0002"
3 0 "AB0003"
END DATA.
FILE LABEL "A label of sixty-four bytes: weighted, as the archive gives it out".
ADD DOCUMENT "A first line of eighty bytes, which is as long as a line of a document can be....".
ADD DOCUMENT "" "After an empty line: £, € and é.".
WEIGHT BY wt.
S
given levels <<'S'
DATA LIST LIST NOTABLE /nominal ordinal scale unset (F4) text (A4) input target both_ none (F4).
BEGIN DATA
1 2 3 4 "a" 5 6 7 8
END DATA.
VARIABLE LEVEL nominal (NOMINAL) ordinal (ORDINAL) scale (SCALE) text (ORDINAL).
VARIABLE WIDTH nominal (1) ordinal (40) text (12).
VARIABLE ALIGNMENT nominal (LEFT) ordinal (CENTER) scale (RIGHT).
VARIABLE ROLE /INPUT input /TARGET target /BOTH both_ /NONE none.
S
given responses <<'S'
DATA LIST LIST NOTABLE /m1 m2 m3 (F1) c1 c2 (F2) t1 t2 (A3).
BEGIN DATA
1 0 1 3 4 "yes" "no"
0 . 1 5 . "" "yes"
END DATA.
VALUE LABELS m1 m2 m3 0 "no" 1 "yes" /c1 c2 3 "three" 4 "four" 5 "five".
VARIABLE LABELS m1 "First" m2 "Second".
MRSETS /MDGROUP NAME=$places LABEL="Where, of the places" VARIABLES=m1 m2 m3 VALUE=1
 /MDGROUP NAME=$counted CATEGORYLABELS=COUNTEDVALUES LABELSOURCE=VARLABEL VARIABLES=m1 m2 VALUE=1
 /MDGROUP NAME=$texts LABEL="Texts" VARIABLES=t1 t2 VALUE="yes" /MCGROUP NAME=$codes LABEL="Codes, é" VARIABLES=c1 c2.
S
given onecell <<'S'
DATA LIST LIST NOTABLE /x.
BEGIN DATA
-0.0000001
END DATA.
S
given blank <<'S'
DATA LIST LIST NOTABLE /a b (F8.2) s (A5) l (A300).
BEGIN DATA
. . "" ""
. . "" ""
END DATA.
S
given integers <<'S'
DATA LIST LIST NOTABLE /i (F12).
BEGIN DATA
-101
-100
-99
0
99
151
152
153
2147483647
-2147483648
4503599627370497
-9007199254740991
END DATA.
COMPUTE neg = -i.
COMPUTE half = i / 2.
COMPUTE zero = 0 * -1.
FORMATS neg half (F20.1).
S
given wide <<'S'
INPUT PROGRAM.
VECTOR v(120, F3.0).
LOOP #i = 1 TO 2.
LOOP #j = 1 TO 120.
COMPUTE v(#j) = MOD(#i * #j, 100).
END LOOP.
END CASE.
END LOOP.
END FILE.
END INPUT PROGRAM.
S

rm -f "$out"/pspp-* "$out"/haven-* "$out"/readstat-* "$out"/*.tsv "$out"/*.csv
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
  norows = data.frame(a = numeric(), s = character()),
  extremes = data.frame(x = c(0, -0, 1.7976931348623155e308, 2^-1074, 2^53 + 2, 1e-300, 0.1 + 0.2, -1/3), i = c(-2147483647L, 2147483647L, 0L, NA, 1:4)),
  dates = data.frame(d = as.Date(c("1900-02-28", "2000-02-29", "9999-12-31", NA)), t = as.POSIXct(c(-1, 0.25, NA, 4e9), origin = "1970-01-01", tz = "UTC"),
    h = hms::hms(c(0, 86399.5, NA, 360000)), f = structure(c(0, 86400, 1e10, NA), format.spss = "ADATE10"), m = structure(c(0, 86400, 1e10, NA), format.spss = "MOYR8")),
  long = data.frame(s8 = strrep("a", 8), s9 = strrep("b", 9), s255 = strrep("c", 255), s256 = strrep("d", 256), s500 = paste0(strrep("e", 251), "\u20ac", strrep("f", 246)),
    s1000 = paste0(strrep("g", 503), "  ", strrep("h", 495)), s2000 = strrep("\u00e9", 1000)),
  labels = data.frame(n = labelled(c(1, -8), c("Does not apply" = -8, "A label of one hundred and twenty bytes, which is as long as SPSS used to let the label of a value be, and no longer!!!!" = 1,
    "\u00a35 or more" = 2.5), label = strrep("A long label of a variable. ", 9)), s = labelled(c("a", "b"), c("\u00e9t\u00e9" = "a", " lead" = "b")), e = labelled(c(1, 2), c(one = 1), label = "")),
  missing = data.frame(r = labelled_spss(c(-9, -1), na_range = c(-9, -1)), low = labelled_spss(c(-9, -1), na_range = c(-Inf, -1)), high = labelled_spss(c(1, 99), na_range = c(90, Inf)),
    three = labelled_spss(c(1, 99), na_values = c(97, 98.5, -99)), both = labelled_spss(c(1, 99), na_values = -1, na_range = c(97, 99)), s = labelled_spss(c("a", "zz"), na_values = c("zz", "y", "x"))),
  displays = data.frame(f = structure(c(1, 2), format.spss = "F5.1"), c = structure(c(1, 2), format.spss = "COMMA12.3"), d = structure(c(1, 2), format.spss = "DOLLAR10.2"), p = structure(c(1, 2), format.spss = "PCT6.1"),
    e = structure(c(1, 2), format.spss = "E12.3"), n = structure(c(1, 2), format.spss = "N5"), w = structure(c(1, 2), display_width = 20L), t = structure(c("a", "b"), format.spss = "A30")),
  wide = as.data.frame(setNames(lapply(1:80, function(i) i * (1:2)), sprintf("Q%d_%s", 1:80, rep(c("a", "B"), 40)))),
  onecell = data.frame(only = "x")
)
for (name in names(cases)) for (how in c("byte", "none", "zsav"))
  write_sav(cases[[name]], file.path(Sys.getenv("OUT"), paste0("haven-", name, "-", how, if (how == "zsav") ".zsav" else ".sav")), compress = how)
R

# What ReadStat's own program converts: between the formats of SPSS, and from
# Stata's. It writes bytecodes.
for case in numbers missing labels names widths dates declared levels wide integers blank strings; do
	readstat "$out/pspp-$case-none.sav" "$out/readstat-$case.sav" >/dev/null
done
for case in numbers missing labels widths dates many; do
	readstat "$out/pspp-$case-byte.sav" "$out/readstat-$case.zsav" >/dev/null
done
for case in mixed_v10 mixed_v15 tags_v14 many_v8 norows_v13; do
	readstat "../../dta/testdata/haven/$case.dta" "$out/readstat-$case.sav" >/dev/null
done

# The date and time of writing are the only part that differs by the day.
for file in "$out"/pspp-* "$out"/haven-* "$out"/readstat-*; do
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
