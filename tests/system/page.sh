#!/bin/bash
# The page in a real browser (tests/page): skipped where node, chromium, or the page itself is missing.
top=$(realpath ../..)
for tool in node chromium; do
    command -v $tool > /dev/null || { echo "skip - the page in a real browser: $tool is missing"; exit 0; }
done
[ -d "$top/build/page/npm/node_modules/playwright-core" ] ||
    { echo "skip - the page in a real browser: this build has no page"; exit 0; }
"$MILIEU" explorer "$top/scenarios/case-c.cfg" -o "$TMPDIR/try.html" > "$TMPDIR/said" 2>&1 ||
    { echo "skip - the page in a real browser: $(tail -n 1 "$TMPDIR/said")"; exit 0; }
exec node "$top/tests/page/page.mjs"
