#!/usr/bin/env bash
# Survey categories yes and no are booleans to DuckDB's reader of CSV, and
# lose their spelling.
#
# Guess: a column of the words yes and no is text, since only true and false
#   spell a boolean; at the worst each of two tables of one survey guesses alike.
# What happens: a column that holds yes and no alone is BOOLEAN, and is text
#   again as true and false. Where one more answer (refused) stands in the
#   column it is VARCHAR. So the same question has two types in two waves, and a
#   wave of yes and no joined to its list of codes fails where the list has a
#   third code, or, cast to text first, finds nothing without a word. Y and N
#   stay text; t and f do not.
# Seen with @duckdb/node-api 1.5.6-r.1 on Node.js 20, 2026-11-29.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1 >/dev/null

printf 'illness,percent\nyes,20.5\nno,79.5\n' >wave1.csv
printf 'illness,percent\nyes,21.5\nno,77.5\nrefused,1\n' >wave2.csv
printf 'code,label\nyes,Has a long-term illness\nno,Has none\nrefused,Refused to say\n' >codes.csv
printf 'illness,percent\nY,20.5\nN,79.5\n' >letters.csv
printf 'illness,percent\nt,20.5\nf,79.5\n' >truths.csv

cat >ask.mjs <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";
const connection = await (await DuckDBInstance.create(":memory:")).connect();
for (const question of [
  "select typeof(illness), illness::varchar from read_csv('wave1.csv')",
  "select typeof(illness), illness::varchar from read_csv('wave2.csv')",
  "select typeof(illness), illness::varchar from read_csv('letters.csv')",
  "select typeof(illness), illness::varchar from read_csv('truths.csv')",
  "select label, percent from read_csv('wave1.csv') join read_csv('codes.csv') on illness = code",
  "select label, percent from read_csv('wave1.csv') join read_csv('codes.csv') on illness::varchar = code",
  "select label, percent from read_csv('wave1.csv', all_varchar = true) join read_csv('codes.csv') on illness = code order by label",
]) {
  try {
    console.log(JSON.stringify((await connection.runAndReadAll(question)).getRows()));
  } catch (error) {
    console.log(String(error.message).split("\n")[0]);
  }
}
JS
node ask.mjs | tee seen

diff - seen <<'SEEN'
[["BOOLEAN","true"],["BOOLEAN","false"]]
[["VARCHAR","yes"],["VARCHAR","no"],["VARCHAR","refused"]]
[["VARCHAR","Y"],["VARCHAR","N"]]
[["BOOLEAN","true"],["BOOLEAN","false"]]
Conversion Error: Could not convert string 'refused' to BOOL when casting from source column code
[]
[["Has a long-term illness","20.5"],["Has none","79.5"]]
SEEN
