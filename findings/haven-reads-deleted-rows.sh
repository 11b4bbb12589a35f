#!/usr/bin/env bash
# haven reads the rows of a SAS data set that were deleted.
#
# Guess: what was deleted in SAS, with PROC SQL's delete or in a window, is not in the data
#   that other programs read.
# What happens: SAS marks a deleted row and leaves it where it was; the header's count has it
#   still. haven takes 37 rows of a file of which 5 are deleted, without a word, so that a
#   respondent who was taken out is counted again; of a compressed file it says that its
#   compression is not supported.
# What to do: count the rows against the documentation; let SAS write the file again
#   (data x; set x;), which leaves deleted rows out. twc leaves them out and says how many.
# Seen with haven 2.5.1 (R 4.2, Debian 12), 2026-12-01, on two files of Parso's tests. Needs
# Rscript with haven.
set -euo pipefail
cd "$(dirname "$0")/../pipeline/ingest/sas7bdat/testdata/sas"
seen=$(mktemp)
trap 'rm -f "$seen"' EXIT
{
	echo "$(($(wc -l <deleted.csv) - 1)) rows that are not deleted"
	Rscript -e 'cat(nrow(haven::read_sas("deleted.sas7bdat")), "rows to haven\n")'
	Rscript -e 'tryCatch(haven::read_sas("deleted_rle.sas7bdat"), error = function(e) cat(sub(".*: ", "", conditionMessage(e)), "\n", sep = ""))' 2>&1
} | tee "$seen"

diff - "$seen" <<'SEEN'
32 rows that are not deleted
37 rows to haven
ReadStat: Error parsing page 0, bytes 1024-5119
File has unsupported compression scheme.
SEEN
