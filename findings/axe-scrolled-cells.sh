#!/usr/bin/env bash
# A colour that fails for contrast passes where its cell is scrolled out of a wide
# table's frame: the same page has fewer violations on a phone than on a desk.
#
# Guess: contrast follows from the colours of an element and of what is behind it, so that
#   axe finds the same faults at every width; at the worst a page that is narrower has
#   more of them.
# What happens: of a row of twelve pale cells all are violations where the table fits its
#   window. Where the table scrolls within its frame, as wide tables of accessible pages
#   do, the cells beyond the frame's edge are no violation: they come as incomplete, to be
#   looked at by a person, unless each has a background of its own. A test that fails on
#   violations alone, or that looks at the phone alone, does not tell them: look at tables
#   in a window that has them whole, and fail on what is incomplete.
# Seen with axe-core 4.14.1 and Debian's Chromium, 2026-11-30.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund axe-core@4.14.1 >/dev/null

{
  echo '<!DOCTYPE html><html lang="en"><title>Wide</title><style>body{background:#fff}</style><main><h1>Wide</h1><div style="overflow-x:auto" tabindex="0" role="region" aria-label="Figures"><table><tr>'
  for year in $(seq 2001 2012); do echo "<td style='color:#999;min-width:90px'>$year</td>"; done
  echo '</table></div></main><pre id="seen"></pre>'
  echo '<script src="node_modules/axe-core/axe.min.js"></script><script>'
  echo 'axe.run(document.querySelector("main"), {runOnly: ["color-contrast"]}).then(r => { const n = k => r[k].reduce((s, v) => s + v.nodes.length, 0); document.title = "violations " + n("violations") + ", incomplete " + n("incomplete"); })'
  echo '</script>'
} >wide.html
for width in 1400 500; do
  echo -n "$width pixels: "
  chromium --headless --no-sandbox --disable-gpu --allow-file-access-from-files --virtual-time-budget=10000 --window-size=$width,800 --dump-dom "file://$work/wide.html" 2>/dev/null | grep -o '<title>[^<]*' | sed 's/<title>//'
done | tee seen

diff - seen <<'SEEN'
1400 pixels: violations 12, incomplete 0
500 pixels: violations 5, incomplete 7
SEEN
