#!/usr/bin/env bash
# ClickHouse 18.16 reads one weight in twenty, of four decimals, as another number
# than the nearest double, and does not find it again.
#
# Guess: a decimal number of few digits is read as the nearest double, as PostgreSQL,
#   DuckDB, R, Python and awk do: that is what IEEE 754 asks for, and so 3.619 in a CSV
#   is 3.619 in the query.
# What happens: of the 99,999 weights 0.0001 to 9.9999 of a CSV, 5,376 are one bit off
#   (3.619, 9.9996), by CSV and by toFloat64 of the text alike. The literal 3.619 in a
#   query is right, so that WHERE weight = 3.619 does not find the row of 3.619.
# Seen with ClickHouse 18.16.1 of Debian 12 (clickhouse-server), Python 3.11 as the other
# reader (python3), 2026-12-01. The programs are the machine's: apt-get install clickhouse-server.
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

# Each weight with the eight bytes of the nearest double.
python3 - <<'PY' >weights.csv
import struct
for n in range(1, 100000):
    text = f"{n / 10000:.4f}".rstrip("0")
    print(f"{text},{text},{struct.pack('<d', n / 10000).hex()}")
PY
echo 'CREATE TABLE w (weight Float64, text String, bytes String) ENGINE = Memory' | ask
{ echo 'INSERT INTO w FORMAT CSV'; cat weights.csv; } | ask
{
	echo 'SELECT count(), countIf(weight != reinterpretAsFloat64(unhex(bytes))), countIf(toFloat64(text) != reinterpretAsFloat64(unhex(bytes))) FROM w' | ask
	echo "SELECT weight = 3.619, toFloat64(text) = 3.619, 3.619 = reinterpretAsFloat64(unhex(bytes)) FROM w WHERE text = '3.619'" | ask
	echo 'SELECT text FROM w WHERE weight != reinterpretAsFloat64(unhex(bytes)) AND toFloat64(text) > 9.99 ORDER BY text LIMIT 3' | ask
} | tee seen

diff - seen <<'SEEN'
99999	5376	5376
0	0	1
9.9935
9.9943
9.9996
SEEN
