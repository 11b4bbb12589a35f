#!/usr/bin/env bash
# The plan's measure 2.e is the number 2 to base R, and text to data.table.
#
# Guess: 2.e is no number, since an exponent without digits is none, as strtod of C has it,
#   and whatever base R's read.csv makes of a column data.table's fread makes of it too.
# What happens: base R takes 2.e and 5.e for 2 and 5, without a word; type.convert and
#   as.numeric as well. data.table leaves text. 1.d is text to both, and one id of another form
#   in the column (2.e beside 1.a) makes it text again: a file of one measure has
#   numbers, a file of several text, and rbind of the two has 2 where the code was 2.e.
# What to do: write an id behind a word (measure-2.e), or name the column's class.
# Seen with R 4.2.2 and data.table 1.14.8 (Debian 12), 2026-11-30. Needs Rscript with data.table.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
printf 'measure,rows\n2.e,4\n5.e,9\n' >e.csv
printf 'measure,rows\n1.d,4\n' >d.csv
printf 'measure,rows\n1.a,1\n2.e,4\n' >both.csv
printf 'measure,rows\nmeasure-2.e,4\n' >word.csv
cat >ask.R <<'R'
tell <- function(d) cat(class(d$measure), ":", paste(d$measure), "\n")
for (name in c("e.csv", "d.csv", "both.csv", "word.csv")) {
  tell(read.csv(name))
  tell(data.table::fread(name))
}
tell(rbind(read.csv("e.csv"), read.csv("both.csv")))
R
Rscript --vanilla ask.R | tee seen

diff - seen <<'SEEN'
numeric : 2 5 
character : 2.e 5.e 
character : 1.d 
character : 1.d 
character : 1.a 2.e 
character : 1.a 2.e 
character : measure-2.e 
character : measure-2.e 
character : 2 5 1.a 2.e 
SEEN
