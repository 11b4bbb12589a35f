#!/usr/bin/env bash
# Half of a column of financial years becomes dates, the other half is lost, in
# the readers that the web's charts are drawn with.
#
# Guess: d3's autoType and Vega's parse "auto" take full dates alone for dates;
#   a column of 2007-08, 2008-09, ... stays text, or at the worst becomes dates
#   as a whole, so that the mistake is seen at once.
# What happens: both take 2007-08 to 2011-12 for August 2007 to December 2011.
#   d3 decides cell by cell, and 2012-13 has the shape of a month without being
#   one: an invalid date, which JSON writes as null, so that every year from
#   2012-13 on is gone. Vega decides by the whole column: a series that ends in
#   2011-12 is dates, and turns into text in the year in which it goes on.
# Seen with d3-dsv 3.0.1 and vega-loader 5.1.3 on Node.js 20, 2026-11-29.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund d3-dsv@3.0.1 vega-loader@5.1.3 >/dev/null

cat >read.mjs <<'JS'
import { autoType, csvParse } from "d3-dsv";
import { read } from "vega-loader";
const before = "year,victims\n2010-11,21.5\n2011-12,21.3\n";
const after = before + "2012-13,18.7\n";
for (const text of [before, after]) {
  console.log("d3  ", JSON.stringify(csvParse(text, autoType).map((row) => row.year)));
  const years = read(text, { type: "csv", parse: "auto" }).map((row) => row.year);
  console.log("vega", JSON.stringify(years.map((y) => (typeof y === "number" ? new Date(y).toISOString() : y))));
}
JS
TZ=UTC node read.mjs | tee seen

diff - seen <<'SEEN'
d3   ["2010-11-01T00:00:00.000Z","2011-12-01T00:00:00.000Z"]
vega ["2010-11-01T00:00:00.000Z","2011-12-01T00:00:00.000Z"]
d3   ["2010-11-01T00:00:00.000Z","2011-12-01T00:00:00.000Z",null]
vega ["2010-11","2011-12","2012-13"]
SEEN
