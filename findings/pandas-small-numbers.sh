#!/usr/bin/env bash
# pandas.read_csv takes 0.00000000000000041 for 4e-16: it counts the zeros behind the point
# among the 17 digits that it reads.
#
# Guess: a decimal number of two digits is read as that number, or as its neighbour in the
#   last bit; at the worst a tiny one is taken for 0.
# What happens: the parser that is the default reads 17 digits from the point on, leading
#   zeros too, and leaves the others out without a word. 0.00000000000000041 is 4e-16, which is
#   2 per cent off, 0.000000000000000404 likewise, and 0.00000000000000000638 is 0. The same number
#   with an exponent, 4.1e-16, is read as it is, and so is either by float_precision="round_trip".
#   Who writes p-values or densities in full for others to read, keeps them above 1e-14 or so.
# Seen with pandas 1.5.3 (Debian 12), 2026-12-01. Debian: python3-pandas.
set -euo pipefail
/usr/bin/python3 - <<'PYTHON' | tee /dev/stderr | diff - <(printf '%s\n' 'default 4e-16 4e-16 0.0 4.1e-16 1.23e-12' 'round_trip 4.1e-16 4.04e-16 6.38e-18 4.1e-16 1.23e-12')
import io
import pandas

text = "p\n0.00000000000000041\n0.000000000000000404\n0.00000000000000000638\n4.1e-16\n0.00000000000123\n"
for name, how in ("default", None), ("round_trip", "round_trip"):
    print(name, *pandas.read_csv(io.StringIO(text), float_precision=how)["p"].tolist())
PYTHON
