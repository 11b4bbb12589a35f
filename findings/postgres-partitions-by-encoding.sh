#!/usr/bin/env bash
# A hash partition of PostgreSQL puts Córdoba and Århus into other parts where the database has another
# encoding: shards of two servers that were made by one rule overlap, and leave some out.
#
# Guess: which part of a table that is partitioned by hash a text goes to follows from the
#   text; a collation might matter, and letters beyond ASCII are the same letters in UTF-8 and Latin-1.
# What happens: the bytes as stored are hashed. Of twelve names of places the four in
#   ASCII stay, and four of the other eight are in another part of a LATIN1 database than of
#   a UTF8 one of the same server, with one modulus and one collation.
# Seen with PostgreSQL 15.18 of Debian 12 (postgresql), 2026-12-01.
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

for encoding in UTF8 LATIN1; do
	ask -d postgres -c "CREATE DATABASE $encoding ENCODING '$encoding' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
	PGCLIENTENCODING=UTF8 ask -d "${encoding,,}" <<'SQL' >"$encoding"
CREATE TABLE psus (name text) PARTITION BY HASH (name);
CREATE TABLE part_0 PARTITION OF psus FOR VALUES WITH (MODULUS 4, REMAINDER 0);
CREATE TABLE part_1 PARTITION OF psus FOR VALUES WITH (MODULUS 4, REMAINDER 1);
CREATE TABLE part_2 PARTITION OF psus FOR VALUES WITH (MODULUS 4, REMAINDER 2);
CREATE TABLE part_3 PARTITION OF psus FOR VALUES WITH (MODULUS 4, REMAINDER 3);
INSERT INTO psus VALUES ('Leeds'), ('York'), ('Bath'), ('Hull'), ('Café'), ('Île'), ('Münster'), ('Córdoba'), ('Málaga'), ('Genève'), ('Århus'), ('Zürich');
SELECT name, tableoid::regclass FROM psus ORDER BY name;
SQL
done
join -t'|' UTF8 LATIN1 | tee seen

diff - seen <<'SEEN'
Bath|part_3|part_3
Café|part_2|part_2
Córdoba|part_0|part_1
Genève|part_1|part_1
Hull|part_3|part_3
Leeds|part_0|part_0
Málaga|part_1|part_3
Münster|part_3|part_1
York|part_1|part_1
Zürich|part_2|part_2
Århus|part_2|part_1
Île|part_3|part_3
SEEN
