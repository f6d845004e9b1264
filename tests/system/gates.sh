#!/bin/bash
# The gates themselves: what they are there to catch, they catch.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 2
failed=0

check() { # what, wanted (yes or no), command...: does the command succeed as wanted?
    local what=$1 wanted=$2 got=no
    shift 2
    "$@" > log 2>&1 && got=yes
    if [ "$got" = "$wanted" ]; then echo "ok - $what"; else
        echo "not ok - $what"
        sed 's/^/    /' log
        failed=1
    fi
}

# ---- Criterion programs: counted, not believed ----

program() { # what it prints, its exit status
    mkdir -p build/tests/unit tests/unit
    printf 'Test(a, one) { }\nTest(a, two) { }\n' > tests/unit/test_a.c
    printf '#!/bin/sh\necho "%s"\nexit %s\n' "$1" "$2" > build/tests/unit/test_a
    chmod +x build/tests/unit/test_a
}
run() { "$top/scripts/run-criterion" unit build "$@"; }

program '[====] Synthesis: Tested: 2 | Passing: 2 | Failing: 0 | Crashing: 0' 0
check "two tests declared, two pass: good" yes run tests/unit/test_a.c
program '[====] Synthesis: Tested: 0 | Passing: 0 | Failing: 0 | Crashing: 0' 0
check "a program that finds no tests and exits 0 fails" no run tests/unit/test_a.c
program '[====] Synthesis: Tested: 1 | Passing: 1 | Failing: 0 | Crashing: 0' 0
check "a program that runs fewer tests than it declares fails" no run tests/unit/test_a.c
program 'nothing of the kind' 0
check "a program that says nothing fails" no run tests/unit/test_a.c
program '[====] Synthesis: Tested: 2 | Passing: 1 | Failing: 1 | Crashing: 0' 1
check "a failing test fails" no run tests/unit/test_a.c
check "a tier without tests fails" no run

# ---- sizes, doors, floors ----

tree() { # a small tree that keeps every rule
    rm -rf milieu.c sim analysis tests
    mkdir -p sim/model sim/scenario sim/results sim/study analysis tests
    echo 'int main(void) { return 0; }' > milieu.c
    printf '/* printf("in a comment is nothing") */\nint f(void);\nint f(void) { return 0; }\n' > sim/model/world.c
    echo 'int g(void);' > sim/scenario/scenario.h
}
gate() { # file, line: is the tree still good with this line in that file?
    tree
    printf '%s\n' "$2" >> "$1"
    gcc -c -o world.o sim/model/world.c 2> /dev/null
    "$top/scripts/gate" world.o
}

check "a tree that keeps the rules passes" yes gate sim/model/world.c 'int h(void);'
check "hdf5.h outside the results fails" no gate sim/study/runner.c '#include <hdf5.h>'
check "libconfig.h outside the scenario fails" no gate sim/model/world.c '#include <libconfig.h>'
check "mpi.h outside its file fails" no gate sim/study/runner.c '#include <mpi.h>'
check "printf in the model fails" no gate sim/model/world.c 'void p(void) { printf("x"); }'
check "exit in the scenario fails" no gate sim/scenario/scenario.h 'static void p(void) { exit(1); }'
check "a clock in the study fails" no gate sim/study/runner.c 'long p(void) { return time(0); }'
check "the model including the scenario fails" no gate sim/model/world.c '#include "../scenario/scenario.h"'
check "one category including another fails" no gate sim/model/provider.c '#include "patient.h"'
check "a mutable variable at file scope fails" no gate sim/model/world.c 'static int count; int next(void) { return ++count; }'
check "a function of 81 lines fails" no gate sim/model/world.c "$(printf 'void l(void)\n{\n'; yes '    ;' | head -n 78; printf '}\n')"

exit "$failed"
