#!/bin/bash
# Every test of this folder, one after the other: the program as a user runs it.
#
#   MILIEU=build/milieu tests/system/run_all.sh [NAME...]       all, or those named (without .py or .sh)
#
# A test prints `ok - what` or `not ok - what` lines (`skip - what: why` where the machine does not allow it) and exits
# non-zero when something failed. One that says nothing, or dies, is one failure. Last line: N passed, M failed.
MILIEU=$(realpath -m "${MILIEU:-$(dirname "$0")/../../build/milieu}") || exit 2
cd "$(dirname "$0")" || exit 2
export MILIEU PYTHONDONTWRITEBYTECODE=1
unset MILIEU_SCENARIOS NO_COLOR
export LC_ALL=C.UTF-8
[ -x "$MILIEU" ] || { echo "no program at $MILIEU: run make first"; echo "0 passed, 1 failed"; exit 1; }

work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0 skipped=0

wanted() { # script, names: is it among them?
    local script=$1 name
    shift
    [ $# -eq 0 ] && return 0
    for name in "$@"; do [ "$name" = "${script%.*}" ] && return 0; done
    return 1
}

for script in *.py *.sh; do
    case $script in run_all.sh | support.py) continue ;; esac
    [ -f "$script" ] || continue
    wanted "$script" "$@" || continue
    echo "---- $script"
    mkdir -p "$work/$script"
    begin=$SECONDS
    case $script in
        *.py) TMPDIR=$work/$script timeout 600 /usr/bin/python3 "./$script" > "$work/log" 2>&1 < /dev/null ;;
        *.sh) TMPDIR=$work/$script timeout 600 bash "./$script" > "$work/log" 2>&1 < /dev/null ;;
    esac
    status=$?
    good=$(grep -ac '^ok - ' "$work/log")
    bad=$(grep -ac '^not ok - ' "$work/log")
    skips=$(grep -ac '^skip - ' "$work/log")
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ $((good + skips)) -eq 0 ]; }; then
        echo "not ok - $script ended with $status after $good tests" >> "$work/log"
        bad=1
    fi
    cat "$work/log"
    echo "     $script: $((SECONDS - begin)) s"
    passed=$((passed + good)) failed=$((failed + bad)) skipped=$((skipped + skips))
done
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
