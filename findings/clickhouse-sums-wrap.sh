#!/usr/bin/env bash
# ClickHouse 18.16 adds whole numbers of 64 bits past the end and says nothing: squares of
# weighted totals come out negative.
#
# Guess: a sum of Int64 is wider (PostgreSQL's is numeric, DuckDB's HUGEINT), or what it
#   has no room for is an error; at the worst a product of two columns is one.
# What happens: sum(Int64), Int64 * Int64 and toInt64 of a double of 2^63 and more all give
#   a number, with no error and no warning: 2 x 9223372036854775807 is -2, the square of
#   2^32 is 0, toInt64(1e9 * 2^44) is the most negative number, and avg of two
#   positive numbers is -1. Sums of toDecimal128 are exact.
# Seen with ClickHouse 18.16.1 of Debian 12 (clickhouse-server), 2026-12-01; python3 asks it.
# The program is the machine's: apt-get install clickhouse-server.
set -euo pipefail
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null || true; wait 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
port=$((20000 + RANDOM % 20000))
cat >config.xml <<XML
<yandex><logger><level>error</level><console>1</console></logger><http_port>$port</http_port><tcp_port>$((port + 1))</tcp_port><listen_host>127.0.0.1</listen_host>
<path>$work/data/</path><tmp_path>$work/tmp/</tmp_path><user_files_path>$work/files/</user_files_path><mark_cache_size>1073741824</mark_cache_size>
<users_config>$work/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database></yandex>
XML
echo '<yandex><profiles><default/></profiles><users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users><quotas><default/></quotas></yandex>' >users.xml
clickhouse-server --config-file=config.xml >log 2>&1 &
server=$!
ask() { python3 -c 'import sys, urllib.request as u; print(u.urlopen("http://127.0.0.1:'"$port"'/", data=sys.stdin.buffer.read()).read().decode(), end="")'; }
for _ in $(seq 100); do if echo 'SELECT 1' | ask >up 2>/dev/null; then break; fi; sleep 0.2; done

echo 'CREATE TABLE psus (total Int64) ENGINE = Memory' | ask
echo 'INSERT INTO psus VALUES (9223372036854775807), (9223372036854775807)' | ask
echo 'CREATE TABLE squared (total Int64) ENGINE = Memory' | ask
echo 'INSERT INTO squared VALUES (4294967296), (3037000500)' | ask
{
	echo 'SELECT sum(total), avg(total), sum(toDecimal128(total, 0)) FROM psus' | ask
	echo 'SELECT total, total * total, toDecimal128(total, 0) * toDecimal128(total, 0) FROM squared' | ask
	echo 'SELECT toInt64(floor(1e9 * 17592186044416))' | ask
} | tee seen

diff - seen <<'SEEN'
-2	-1	18446744073709551614
4294967296	0	18446744073709551616
3037000500	-9223372036709301616	9223372037000250000
-9223372036854775808
SEEN
