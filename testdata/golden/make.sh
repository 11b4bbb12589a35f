#!/usr/bin/env bash
# Writes the golden figures beside this script: what the build at commit
# d48cd6d published of the synthetic extracts, of the two-wave reference survey
# and of the real teaching file. Notes, which were sentences then, are left out.
# It made changes of figures that it had rounded to six decimals, and adjusted
# p-values of six digits. Those beside this script are by the same build with
# twelve, and were rounded to six then.
#
#   testdata/golden/make.sh SHARED     the folder of shared data
set -euo pipefail
cd "$(dirname "$0")/../.."
shared=$(realpath "$1")
work=$(mktemp -d)
trap 'git worktree remove --force "$work/old"; rm -rf "$work"' EXIT
git worktree add -q --detach "$work/old" d48cd6d
(cd "$work/old" && go build -o "$work/twc.figures" ./cmd/twc)
sed -i 's/^const Decimals = 6$/const Decimals = 12/' "$work/old/pipeline/indicator/definition.go"
sed -i "s/FormatFloat(p, 'e', 5, 64)/FormatFloat(p, 'e', 11, 64)/" "$work/old/pipeline/estimate/change.go"
(cd "$work/old" && go build -o "$work/twc.changes" ./cmd/twc)

"$work/twc.figures" seed "$work/seeds"
mkdir -p "$work/reference/synth/"{2001,2003} "$work/teaching/bcs/2007-08-teaching"
cp "$shared/oracle/synthetic/synth2001.tab" "$work/reference/synth/2001/"
cp "$shared/oracle/synthetic/synth2003.tab" "$work/reference/synth/2003/"
cp "$shared/data/bcs0708/bcs_2007_8_teaching_data.tab" "$work/teaching/bcs/2007-08-teaching/"

for name in seeds reference teaching; do
	catalogue=indicators
	[ $name != reference ] || catalogue=testdata/reference
	for kind in figures changes; do
		[ "$name $kind" != "teaching changes" ] || continue # of one wave
		"$work/twc.$kind" run "$work/$name" --store "$work/$name.$kind" --catalogue "$work/old/$catalogue" --quiet >/dev/null
		suffix=.csv
		[ $kind = figures ] || suffix=.changes.csv
		python3 - "$work/$name.$kind" "$suffix" "$kind" <<-'PYTHON' | gzip -9n >"testdata/golden/$name.$kind.csv.gz"
			import csv, decimal, glob, os, sys
			store, suffix, kind = sys.argv[1:]
			out = csv.writer(sys.stdout, lineterminator='\n')
			head = None
			for folder in sorted(glob.glob(store + '/releases/*/indicators/*')):
			    with open(os.path.join(folder, os.path.basename(folder) + suffix), newline='') as file:
			        for n, row in enumerate(csv.DictReader(file)):
			            row.pop('note'); row.pop('reason', None)
			            for name in ('change', 'std_error', 'ci_lower', 'ci_upper') if kind == 'changes' else ():
			                if row[name]:
			                    rounded = decimal.Decimal(row[name]).quantize(decimal.Decimal('1e-6')) + 0
			                    row[name] = format(rounded.normalize(), 'f') if rounded else '0'
			            for name in ('p_value', 'p_adjusted') if kind == 'changes' else ():
			                if row[name]:
			                    row[name] = format(decimal.Decimal(format(decimal.Decimal(row[name]), '.5e')).normalize(), 'f')
			            if head is None:
			                head = list(row)
			                out.writerow(head)
			            out.writerow(row.values())
		PYTHON
	done
done
