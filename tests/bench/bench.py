#!/usr/bin/python3
"""Speed and memory of the program, as ratios measured side by side; never a test, for a machine has bad days.

    bench.py [NAME...]      region country smallest threads output merge  (all of them)

Environment: MILIEU (the program), ROUNDS (5), and YARDSTICK="PATIENT_WEEKS COMMAND ARGUMENTS..." for one more yardstick
of your own. Times are CPU seconds of whole processes on one pinned core, in turn with the yardsticks; a ratio is the
median of the ratios of each turn. Two threads and the smallest case are wall time.
"""
import json
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
MILIEU = os.environ.get("MILIEU", str(TOP / "build/milieu"))
ROUNDS = int(os.environ.get("ROUNDS", "5"))
CLINICS, PATIENTS, WEEKS = 200, 150, 104
ONE_RUN = ["--draws", "1", "--replications", "1", "-j", "1"]
QUIET = {"stdin": subprocess.DEVNULL, "stderr": subprocess.PIPE}


class Cost:
    def __init__(self, command, core=0, stdout=subprocess.DEVNULL):
        pin = (lambda: os.sched_setaffinity(0, {core})) if core is not None else None
        begin = time.perf_counter()
        process = subprocess.Popen(command, stdout=stdout, preexec_fn=pin, **QUIET)
        self.output = process.stdout.read() if stdout == subprocess.PIPE else b""
        error = process.stderr.read().decode(errors="replace")
        _, status, usage = os.wait4(process.pid, 0)
        self.wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            sys.exit(f"{' '.join(command)}: exit {process.returncode}\n{error[-2000:]}")
        self.cpu = usage.ru_utime + usage.ru_stime
        self.megabytes = usage.ru_maxrss / 1024


def run(scenario, *options):
    return [MILIEU, "run", str(TOP / "scenarios" / scenario), *options]


def spread(values):
    return f"{statistics.median(values):.3f}  ({min(values):.3f} to {max(values):.3f})"


def say(what, figure, must, aim):
    print(f"{what:<58}{figure:<28}must {must:<8}aim {aim}", flush=True)


def patient_weeks(command):
    return json.loads(Cost(command + ["--json"], stdout=subprocess.PIPE).output)["patient_weeks"]


def yardsticks(scratch):
    naive = f"{scratch}/naive"
    subprocess.run(["gcc", "-O2", "-o", naive, str(HERE / "naive.c"), "-lgsl", "-lgslcblas", "-lm"], check=True)
    size = [str(n) for n in (CLINICS, PATIENTS, WEEKS, 1)]
    weeks = CLINICS * PATIENTS * WEEKS
    table = {"naive C": ([naive, *size, f"{scratch}/naive.csv"], weeks, ("<= 0.8", "<= 0.25")),
             "NumPy": (["/usr/bin/python3", str(HERE / "vectorised.py"), *size, f"{scratch}/table.npy"], weeks,
                       ("<= 0.6", "<= 0.2"))}
    if "YARDSTICK" in os.environ:
        own_weeks, *command = shlex.split(os.environ["YARDSTICK"])
        table["YARDSTICK"] = (command, float(own_weeks), ("", ""))
    return table


def region(scratch):
    command = run("region.cfg", *ONE_RUN, "-o", f"{scratch}/region.h5")
    weeks = patient_weeks(run("region.cfg", *ONE_RUN, "--no-output"))
    table = yardsticks(scratch)
    ratios = {name: [] for name in table}
    own_costs = []
    for turn in range(ROUNDS + 1):
        own = Cost(command).cpu / weeks
        others = {name: Cost(other).cpu / other_weeks for name, (other, other_weeks, _) in table.items()}
        if turn:  # the first turn warms the machine
            own_costs.append(own)
            for name, other in others.items():
                ratios[name].append(own / other)
    print(f"region.cfg: {weeks} patient-weeks, {statistics.median(own_costs) * 1e9:.1f} ns each, results file written")
    for name, values in ratios.items():
        say(f"region.cfg, cost per patient-week over {name}", spread(values), *table[name][2])


def country(scratch):
    cost = Cost(run("country.cfg", *ONE_RUN, "--no-output"))
    say("country.cfg, one run, one core: CPU seconds", f"{cost.cpu:.1f}", "<= 120", "<= 30")
    say("country.cfg: largest memory, MB", f"{cost.megabytes:.0f}", "<= 2000", "<= 500")
    cost = Cost(run("country.cfg", *ONE_RUN, "-o", f"{scratch}/country.h5"))
    size = os.path.getsize(f"{scratch}/country.h5") / 1e6
    print(f"  with its results file ({size:.0f} MB): {cost.cpu:.1f} s, {cost.megabytes:.0f} MB")


def smallest(scratch):
    command = run("baseline.cfg", *ONE_RUN, "--no-output")
    values = [Cost(command).wall * 1e3 for _ in range(10 * ROUNDS)]
    say("baseline.cfg, one run without output, start to finish, ms", spread(values), "<= 25", "<= 10")


def threads(scratch):
    options = ["--draws", "1", "--replications", "64", "--no-output"]
    ratios = []
    for _ in range(ROUNDS):
        one = Cost(run("integrated-care.cfg", *options, "-j", "1"), core=None).wall
        two = Cost(run("integrated-care.cfg", *options, "-j", "2"), core=None).wall
        ratios.append(one / two)
    say("integrated-care.cfg, 64 replications: two threads over one", spread(ratios), ">= 1.8", ">= 1.95")


def output(scratch):
    ratios = []
    for _ in range(ROUNDS):
        with_file = Cost(run("region.cfg", *ONE_RUN, "-o", f"{scratch}/region.h5")).cpu
        ratios.append(with_file / Cost(run("region.cfg", *ONE_RUN, "--no-output")).cpu)
    say("region.cfg, weekly output on over off", spread(ratios), "<= 1.25", "<= 1.1")


def merge(scratch):
    program = Path(MILIEU).parent / "tests/bench/merge_speed"
    for per_batch in ("100", "1"):
        cost = Cost([str(program), f"{scratch}/merge{per_batch}", "1000", "1000", per_batch], stdout=subprocess.PIPE)
        told = dict(line.split(maxsplit=1) for line in cost.output.decode().splitlines())
        say(f"merge of a million runs, {per_batch} a batch", told["merge"], "<= 10 s", "<= 5 s")
        say("  largest memory", told["memory"], "<= 1 GB", "<= 0.1 GB")


def main():
    every = {f.__name__: f for f in (region, country, smallest, threads, output, merge)}
    names = sys.argv[1:] or list(every)
    if unknown := [name for name in names if name not in every]:
        sys.exit(f"{unknown[0]}: no such measurement\n{__doc__}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            every[name](scratch)


main()
