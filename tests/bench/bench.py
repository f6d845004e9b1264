#!/usr/bin/python3
"""Speed and memory of the program, as ratios measured side by side; never a test, for a machine has bad days.

    bench.py [NAME...]      region country smallest threads output merge resume memory sweep  (all of them)

Environment: MILIEU (the program), ROUNDS (5), and YARDSTICK="PATIENT_WEEKS COMMAND ARGUMENTS..." for one more yardstick
of your own. Times are CPU seconds of whole processes on one pinned core, in turn with the yardsticks; a ratio is the
median of the ratios of each turn. Two threads and the smallest case are wall time.
"""
import json
import os
import shlex
import shutil
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


def made_up_study(scratch, what, points, per_batch):
    """A study of points x 1000 runs whose journals are made up, merged or scanned: what it prints, by its first word."""
    folder = f"{scratch}/made-up"
    program = Path(MILIEU).parent / "tests/bench/study_speed"
    try:
        output = Cost([str(program), what, folder, str(points), "1000", str(per_batch)], stdout=subprocess.PIPE).output
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return dict(line.split(maxsplit=1) for line in output.decode().splitlines())


def merge(scratch):
    for per_batch in (100, 1):
        told = made_up_study(scratch, "merge", 1000, per_batch)
        say(f"merge of a million runs, {per_batch} a batch", told["merge"], "<= 10 s", "<= 5 s")
        say("  largest memory", told["memory"], "<= 1 GB", "<= 0.1 GB")


def resume(scratch):
    """What a sweep reads before it goes on with ten million runs; 1 a batch: the most records there can be, 3 GB."""
    for per_batch in (100, 1):
        told = made_up_study(scratch, "scan", 10000, per_batch)
        say(f"resume scan of ten million runs, {per_batch} a batch", told["scan"], "<= 10 s", "")
        say("  largest memory", told["memory"], "<= 1 GB", "")


def memory(scratch):
    """Peak memory as the number of runs grows tenfold; journals of 10 runs a batch, and real runs."""
    few, many = (float(made_up_study(scratch, "merge", points, 100)["memory"].split()[0]) for points in (100, 1000))
    say("memory of a merge, a million runs over a tenth of it", f"{many / few:.3f}", "flat", "")
    os.environ["MILIEU_SCENARIOS"] = str(TOP / "scenarios")
    few, many = (Cost(sweep_command(scratch, 2, runs), core=None).megabytes for runs in (48, 480))
    say("memory of a sweep, 12,000 runs over 1,200", f"{many / few:.3f}", "flat", "")


BATCH_OF_ONE = 40  # runs for those who start a process for each


def fresh(scratch):
    shutil.rmtree(f"{scratch}/study", ignore_errors=True)
    return f"{scratch}/study"


def longer_study(scratch, replications=384):
    """The smoke study with more runs, so that what is done once counts as it would in a real one."""
    text = (TOP / "scenarios/studies/smoke.cfg").read_text(encoding="utf-8")
    path = Path(scratch) / "longer.cfg"
    path.write_text(text.replace('"../case-c.cfg"', '"case-c.cfg"').replace("replications = 128", f"replications = {replications}"),
                    encoding="utf-8")
    return str(path)


def sweep_command(scratch, threads, replications=384):
    return [MILIEU, "sweep", longer_study(scratch, replications), "-o", fresh(scratch), "-j", str(threads), "--progress", "none"]


def both_at_once(command):
    """Wall time of two of them, each on a core of its own: what the machine itself allows two workers."""
    begin = time.perf_counter()
    both = [subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
                             preexec_fn=lambda core=core: os.sched_setaffinity(0, {core})) for core in (0, 1)]
    if any(process.wait() for process in both):
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - begin


def sweep(scratch):
    """A sweep beside the same runs in a bare loop; two workers beside one; what one would do without it."""
    bare, two, cores = [], [], []
    loop = [str(Path(MILIEU).parent / "tests/bench/bare_loop"), longer_study(scratch)]
    os.environ["MILIEU_SCENARIOS"] = str(TOP / "scenarios")
    for _ in range(min(ROUNDS, 3)):
        bare.append(Cost(sweep_command(scratch, 1)).cpu / Cost(loop).cpu)
        two.append(Cost(sweep_command(scratch, 1), core=None).wall / Cost(sweep_command(scratch, 2), core=None).wall)
        cores.append(2 * Cost(loop, core=0).wall / both_at_once(loop))
    say("study of case C, sweep over the same runs in a bare loop", spread(bare), "<= 1.1", "")
    say("study of case C, sweep: two threads over one", spread(two), ">= 1.9", "")
    say("  of what two bare loops at once reach on this machine", spread([t / c for t, c in zip(two, cores)]), ">= 0.95", "")
    cost = Cost(sweep_command(scratch, 2), core=None)
    runs = json.loads(Cost([MILIEU, "study", "status", f"{scratch}/study", "--json"], stdout=subprocess.PIPE).output)["runs"]
    each = cost.wall / runs
    one = " ".join(shlex.quote(a) for a in run("case-c.cfg", *ONE_RUN, "--no-output", "--seed"))
    loops = {"GNU parallel, a process a run": ["parallel", "-j2", f"{one} {{}} > {os.devnull}", ":::"],
             "Python multiprocessing, a process a run": ["/usr/bin/python3", "-c", POOL, one]}
    for name, command in loops.items():
        if shutil.which(command[0]):
            wall = Cost(command + [str(n) for n in range(1, BATCH_OF_ONE + 1)], core=None).wall / BATCH_OF_ONE
            print(f"  {name}: {1e3 * wall:.1f} ms a run, {wall / each:.1f} times the sweep's {1e3 * each:.2f} ms")


POOL = """
import subprocess, sys
from multiprocessing import Pool
def one(n): return subprocess.run(sys.argv[1] + ' ' + n, shell=True, stdout=subprocess.DEVNULL, check=True).returncode
with Pool(2) as pool: pool.map(one, sys.argv[2:])
"""


def main():
    every = {f.__name__: f for f in (region, country, smallest, threads, output, merge, resume, memory, sweep)}
    names = sys.argv[1:] or list(every)
    if unknown := [name for name in names if name not in every]:
        sys.exit(f"{unknown[0]}: no such measurement\n{__doc__}")
    with tempfile.TemporaryDirectory() as scratch:
        for name in names:
            every[name](scratch)


main()
