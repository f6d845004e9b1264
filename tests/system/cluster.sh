#!/bin/bash
# One study, however it is run: on 1 and 2 threads, by 3 processes, by GNU parallel, by 2 MPI ranks, by 4 tasks of a real
# Slurm, with tasks that have to give way and tasks that are killed. The merged file is always the same bytes.
# What the machine does not allow (Slurm wants root) is skipped, with the reason.
top=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
node=$work/node
cd "$work" || exit 2
failed=0
export MILIEU OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1
unset SLURM_JOB_ID SLURM_ARRAY_TASK_ID SLURM_CPUS_PER_TASK

finish() {
    [ ! -e "$node" ] || "$top/scripts/slurm-node" stop "$node"
    rm -rf "$work"
}
trap finish EXIT

check() { # what, command...
    local what=$1
    shift
    if "$@" > log 2>&1; then
        echo "ok - $what"
        return 0
    fi
    echo "not ok - $what"
    sed 's/^/    /' log
    failed=1
    return 1
}

until_true() { # seconds, command...
    local end=$((SECONDS + $1))
    shift
    until "$@" 2> /dev/null; do
        [ "$SECONDS" -lt "$end" ] || { echo "waited in vain: $*"; return 1; }
        sleep 0.1
    done
}

# ---- the study: about 5 s on one core ----

cat > clinic.cfg <<'CFG'
format = "milieu-scenario/1";
id = "clinic";
meso: ( { id = "clinic-a"; patients: { per_clinic = 40; }; } );
strategies: ( { id = "champion"; at = 4; add: { medical_leadership = 1; }; } );
arms: ( { id = "as-it-is"; on = []; }, { id = "with-champion"; on = ["champion"]; } );
CFG
cat > study.cfg <<'CFG'
format = "milieu-study/1";
id = "cluster";
scenario = "clinic.cfg";
design: { method = "factorial"; };
vary: ( { rate = "medical_leadership"; values = [-2, 0, 2]; },
        { path = "strategies[champion].at"; name = "week"; values = [0, 13, 26, 39]; } );
respond = ["reach", "fidelity", "discontinued"];
runs: { replications = 200; seed = 11; };
outputs: { series = ["fidelity"]; every_weeks = 13; trajectories = 1; };
CFG

sweep() { # folder, options...
    local folder=$1
    shift
    "$MILIEU" sweep study.cfg -o "$folder" --progress none "$@"
}
status_of() { # folder, key: as `milieu study status` has it
    "$MILIEU" study status "$1" --json | python3 -c 'import json, sys; print(json.load(sys.stdin)[sys.argv[1]])' "$2"
}
workers_of() { # folder: the processes at work on it
    "$MILIEU" study status "$1" --json |
        python3 -c 'import json, sys; print(*(w["pid"] for w in json.load(sys.stdin)["workers"] if not w["gone"]))'
}
is_under_way() { [ "$(status_of "$1" done)" -gt 0 ]; }
have_begun() { [ "$(workers_of "$1" | wc -w)" -eq "$2" ] && is_under_way "$1"; } # folder, how many
same_bytes() { cmp "$1/study.h5" one/study.h5; }
merged_same() { "$MILIEU" study merge "$1" && same_bytes "$1"; }

one_thread() { sweep one -j 1 && "$MILIEU" study merge one && [ -s one/study.h5 ]; }
two_threads() { sweep two -j 2 && merged_same two; }
three_processes() {
    local pids=() pid
    for _ in 1 2 3; do
        sweep three -j 1 &
        pids+=($!)
    done
    for pid in "${pids[@]}"; do wait "$pid" || return 1; done
    merged_same three
}

check "a study on one thread" one_thread
check "2 threads: the same bytes" two_threads
check "3 processes on one folder: the same bytes" three_processes

gnu_parallel() { JOBS=2 bash "$top/scenarios/batch/gnu-parallel.sh" study.cfg parallel && same_bytes parallel; }
if command -v parallel > /dev/null; then
    check "gnu-parallel.sh, 2 processes: the same bytes" gnu_parallel
else
    echo "skip - gnu-parallel.sh: GNU parallel is not installed"
fi

# ---- MPI ----

mpi=$work/milieu-mpi
ranks() { timeout 60 mpirun --oversubscribe --bind-to none "$@"; }

# The program's own objects serve where it was built (BUILD as make was told, or flags differ and all is compiled anew).
build_with_mpi() {
    local build=${BUILD:-$(realpath --relative-to="$top" "$(dirname "$MILIEU")")}
    (cd "$top" && [ "$build/milieu" -ef "$MILIEU" ]) || build=$work/build
    make -C "$top" -j "$(nproc)" MPI=1 BUILD="$build" PROGRAM="$mpi" || return 1
    [ "$("$mpi" --version)" = "$("$MILIEU" --version)" ] || { echo "the program is older than its sources: make it first"; return 1; }
}
two_ranks() {
    ranks -n 2 "$mpi" sweep study.cfg -o mpi > said 2>&1 || { cat said; return 1; }
    cat said
    [ "$(ls mpi/journal | wc -l)" -eq 2 ] && [ "$(grep -c 'milieu study merge' said)" -eq 1 ] && merged_same mpi
}
kill_first_of() {
    local pids
    read -r -a pids <<< "$(workers_of "$1")"
    kill -9 "${pids[0]}" && touch "$1/was-killed"
}
lost_rank() {
    ranks -n 2 --enable-recovery "$mpi" sweep study.cfg -o lost --progress none &
    local launcher=$!
    until_true 20 have_begun lost 2 && kill_first_of lost
    wait "$launcher"
    echo "mpirun ended with $?"
    [ -e lost/was-killed ] && [ "$(status_of lost complete)" = True ] && merged_same lost
}
no_study() {
    ranks -n 2 "$mpi" sweep nothing.cfg -o nothing > said 2>&1
    local status=$?
    cat said
    [ "$status" -eq 66 ] && [ "$(grep -c '^milieu: ' said)" -eq 1 ]
}
two_disks() {
    mkdir -p disk-0 disk-1
    ranks -n 2 bash -c 'cd disk-$OMPI_COMM_WORLD_RANK && exec "$0" sweep ../study.cfg -o folder' "$mpi" > said 2>&1
    local status=$?
    cat said
    [ "$status" -eq 65 ] && grep -q 'all nodes share' said && [ ! -e disk-1/folder ]
}

if ! command -v mpirun > /dev/null || ! pkg-config --exists ompi-c; then
    echo "skip - MPI: Open MPI (openmpi-bin, libopenmpi-dev) is not installed"
elif check "make MPI=1" build_with_mpi; then
    check "2 MPI ranks: the same bytes, and one of them speaks" two_ranks
    check "an MPI rank is killed: the other does the rest, the same bytes" lost_rank
    check "a study that is not there: MPI ends with its exit status, one message" no_study
    check "ranks that do not share a disk: refused, and nothing is made there" two_disks
fi

# ---- Slurm ----

submit() { "$MILIEU" study submit study.cfg -o "$@"; }
job_of() { sed -n "s/.*tasks are job \([0-9]*\), job \([0-9]*\) comes.*/\\$1/p" "$2"; }
batch() { sbatch --parsable "$@" > job; } # `sbatch --wait` looks but every ten seconds
ended_well() { until_true 60 queue_is_empty && scontrol show job "$(cat job)" | grep -q 'ExitCode=0:0'; }
queue_is_empty() { [ -z "$(squeue -h)" ]; }
logs() { tail -n 5 "$1"/log/slurm-*; }

array() {
    submit array --tasks 4 > said && cat said || return 1
    until_true 60 queue_is_empty
    logs array
    [ "$(ls array/log/slurm-"$(job_of 1 said)"_[1-4].out | wc -l)" -eq 4 ] && [ "$(ls array/journal/* | wc -l)" -ge 2 ] &&
        same_bytes array
}

# Requeued jobs wait 2 minutes unless told otherwise.
start_those_who_wait() {
    local id
    for id in $(squeue -h -r -t PD -o '%A %r' | awk '$2 == "BeginTime" { print $1 }'); do
        scontrol update JobId="$id" StartTime=now
    done
}
all_done() { start_those_who_wait; queue_is_empty; }
preempted() {
    submit gave-way --tasks 4 --partition scavenge > said && cat said || return 1
    until_true 20 is_under_way gave-way || return 1
    kill -STOP $(workers_of gave-way) # or they would be done before Slurm makes up its mind; it wakes those it ends
    batch --ntasks=4 --output=/dev/null --wrap 'sleep 1'
    until_true 60 all_done
    logs gave-way
    scontrol show job "$(job_of 1 said)" | grep -E 'JobState|Restarts'
    [ "$(status_of gave-way torn)" -eq 0 ] && scontrol show job "$(job_of 1 said)" | grep -q 'Restarts=1' && same_bytes gave-way
}

killed() {
    submit killed --tasks 4 > said && cat said || return 1
    until_true 20 have_begun killed 4 || return 1
    kill -9 $(workers_of killed)
    until_true 60 queue_is_empty
    logs killed
    grep -q 'try 2 of 5' killed/log/slurm-*_0.out && same_bytes killed
}
shipped_array() {
    batch --array=1-2 --output="$work/array-%a.out" "$top/scenarios/batch/slurm-array.sh" study.cfg shipped
    ended_well
    local status=$?
    cat array-*.out
    [ "$status" -eq 0 ] && merged_same shipped
}
shipped_mpi() {
    MILIEU=$mpi batch --ntasks=2 --output="$work/mpi.out" "$top/scenarios/batch/slurm-mpi.sh" study.cfg srun
    ended_well
    local status=$?
    cat mpi.out
    [ "$status" -eq 0 ] && [ "$(ls srun/journal | wc -l)" -eq 2 ] && same_bytes srun
}
lost_srun_rank() {
    MILIEU=$mpi batch --ntasks=2 --output="$work/lost.out" "$top/scenarios/batch/slurm-mpi.sh" study.cfg lost-srun
    until_true 20 have_begun lost-srun 2 && kill_first_of lost-srun
    until_true 60 queue_is_empty
    cat lost.out
    grep -q 'Killed' lost.out && same_bytes lost-srun
}

"$top/scripts/slurm-node" start "$node" 2> said
case $? in
0)
    . <("$top/scripts/slurm-node" env "$node")
    check "study submit, 4 array tasks: the same bytes" array
    check "tasks that have to give way go on later: the same bytes" preempted
    check "all tasks are killed: they are started again, the same bytes" killed
    check "slurm-array.sh, 2 tasks: the same bytes" shipped_array
    if [ -x "$mpi" ]; then
        check "slurm-mpi.sh, 2 ranks: the same bytes" shipped_mpi
        check "a rank of srun is killed: the other does the rest, the same bytes" lost_srun_rank
    else
        echo "skip - slurm-mpi.sh: Open MPI is not installed"
    fi
    ;;
77) echo "skip - Slurm: $(cat said)" ;;
*) check "a Slurm of one node comes up" sh -c 'cat said; exit 1' ;;
esac

exit "$failed"
