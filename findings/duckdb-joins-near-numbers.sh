#!/usr/bin/env bash
# DuckDB joins a whole number to a double that is not equal to it: long identifiers of
# respondents find another respondent.
#
# Guess: an identifier of 16 digits that one file has as whole numbers and another as doubles
#   is compared exactly, or the types are refused; a number that a double cannot hold finds nobody.
# What happens: the whole number is rounded to a double first. 9007199254740993 equals
#   9007199254740992.0, so the weight of one respondent is joined to two; as whole
#   numbers the two differ. And SUM of UHUGEINT is a DOUBLE, though that of HUGEINT is exact.
# Seen with @duckdb/node-api 1.5.6-r.1 on Node.js 20, 2026-12-01.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund @duckdb/node-api@1.5.6-r.1 >/dev/null

cat >ask.mjs <<'JS'
import { DuckDBInstance } from "@duckdb/node-api";
const connection = await (await DuckDBInstance.create(":memory:")).connect();
await connection.run("create table answers as select * from (values (9007199254740992::bigint, 'yes'), (9007199254740993, 'no')) t(id, answer)");
await connection.run("create table weights as select * from (values (9007199254740992::double, 1.5)) t(id, weight)");
for (const question of [
  "select answers.id::varchar, answer, weight::varchar from answers join weights using (id) order by answers.id",
  "select 9007199254740993::bigint = 9007199254740992::double, 9007199254740993::bigint = 9007199254740992::bigint",
  "select typeof(sum(n::hugeint)), sum(n::hugeint)::varchar from (values (9007199254740993), (2)) t(n)",
  "select typeof(sum(n::uhugeint)), sum(n::uhugeint)::bigint::varchar from (values (9007199254740993), (2)) t(n)",
])
  console.log(JSON.stringify((await connection.runAndReadAll(question)).getRows()));
JS
node ask.mjs | tee seen

diff - seen <<'SEEN'
[["9007199254740992","yes","1.5"],["9007199254740993","no","1.5"]]
[[true,false]]
[["HUGEINT","9007199254740995"]]
[["DOUBLE","9007199254740994"]]
SEEN
