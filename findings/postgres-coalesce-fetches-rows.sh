#!/usr/bin/env bash
# PostgreSQL sums a foreign table where the rows are, unless the sum has COALESCE: then it
# fetches the microdata, every row.
#
# Guess: SUM(COALESCE(weight, 0)) and SUM(CASE WHEN weight IS NULL THEN 0 ELSE weight END) are
#   one question, so that postgres_fdw, which sends sums to the other server, sends both.
# What happens: the CASE is sent, and one number comes back. With COALESCE, NULLIF, GREATEST
#   or LEAST in the sum the remote query is a plain SELECT of the column, of all rows: microdata that
#   were to stay where they are travel.
# Seen with PostgreSQL 15.18 of Debian 12 (postgresql, with postgres_fdw), 2026-12-01.
# The program is the machine's: apt-get install postgresql.
set -euo pipefail
work=$(mktemp -d)
chmod 755 "$work"
bin=$(dirname "$(ls -d /usr/lib/postgresql/*/bin/initdb | tail -1)")
as=() # the server takes no order from root
if [ "$(id -u)" = 0 ]; then
	chown nobody "$work"
	as=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
trap '"${as[@]}" "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
"${as[@]}" "$bin/initdb" -D "$work/data" -U survey -A trust -E UTF8 --locale=C --no-sync >/dev/null
"${as[@]}" "$bin/pg_ctl" -D "$work/data" -w -l "$work/log" -o "-k $work -h '' -c fsync=off" start >/dev/null
ask() { "$bin/psql" -X -q -A -t -h "$work" -U survey -v ON_ERROR_STOP=1 "$@"; }

ask -d postgres <<SQL
CREATE TABLE respondents (region int, weight double precision);
INSERT INTO respondents SELECT n % 4, CASE WHEN n % 7 = 0 THEN NULL ELSE 1 + n % 5 END FROM generate_series(1, 10000) n;
ANALYZE respondents;
CREATE EXTENSION postgres_fdw;
CREATE SERVER office FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '$work', dbname 'postgres', use_remote_estimate 'true');
CREATE USER MAPPING FOR survey SERVER office OPTIONS (user 'survey');
CREATE FOREIGN TABLE away (region int, weight double precision) SERVER office OPTIONS (table_name 'respondents');
SQL
for sum in 'CASE WHEN weight IS NULL THEN 0 ELSE weight END' 'COALESCE(weight, 0)' 'NULLIF(weight, 1)' 'CASE WHEN weight = 1 THEN NULL ELSE weight END' 'GREATEST(weight, 2)' 'LEAST(weight, 2)'; do
	echo "SUM($sum)"
	ask -d postgres -c "EXPLAIN (VERBOSE, COSTS OFF) SELECT region, SUM($sum) FROM away GROUP BY region" | sed -n 's/^ *Remote SQL: /  /p'
done | tee seen

diff - seen <<'SEEN'
SUM(CASE WHEN weight IS NULL THEN 0 ELSE weight END)
  SELECT region, sum((CASE WHEN (weight IS NULL) THEN 0::double precision ELSE weight END)) FROM public.respondents GROUP BY 1
SUM(COALESCE(weight, 0))
  SELECT region, weight FROM public.respondents
SUM(NULLIF(weight, 1))
  SELECT region, weight FROM public.respondents
SUM(CASE WHEN weight = 1 THEN NULL ELSE weight END)
  SELECT region, sum((CASE WHEN (weight = 1::double precision) THEN NULL::double precision ELSE weight END)) FROM public.respondents GROUP BY 1
SUM(GREATEST(weight, 2))
  SELECT region, weight FROM public.respondents
SUM(LEAST(weight, 2))
  SELECT region, weight FROM public.respondents
SEEN
