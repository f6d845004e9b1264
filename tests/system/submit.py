"""milieu study submit: the script it writes, how it goes on by itself, what it refuses. With an sbatch that only takes
notes; tests/system/cluster.sh runs the same scripts under a real Slurm."""
import json
import os
import re
import shlex
import shutil
import subprocess

from support import TINY, TOP, WORK, Tests, milieu

tests = Tests()
STUDY = """format = "milieu-study/1";
id = "small";
scenario = "tiny.cfg";
design: { method = "factorial"; };
vary: ( { rate = "medical_leadership"; values = [-2, 0, 2]; } );
respond = ["reach"];
runs: { replications = 4; seed = 11; };
"""
SBATCH = """#!/bin/sh
echo "$*" >> "$NOTES"
[ "$FULL" = yes ] && { echo "sbatch: error: too many jobs" >&2; exit 1; }
wc -l < "$NOTES"
"""
BIN = WORK / "bin"
NOTES = WORK / "notes"


def prepare():
    (WORK / "tiny.cfg").write_text(TINY, encoding="utf-8")
    (WORK / "small.cfg").write_text(STUDY, encoding="utf-8")
    BIN.mkdir()
    (BIN / "sbatch").write_text(SBATCH, encoding="utf-8")
    (BIN / "sbatch").chmod(0o755)


def with_slurm(**more):
    NOTES.write_text("")
    return {"PATH": f"{BIN}:{os.environ['PATH']}", "NOTES": str(NOTES), **more}


def without_slurm():
    """The programs a script may want, but no sbatch."""
    folder = WORK / "no-slurm"
    folder.mkdir(exist_ok=True)
    for name in ["bash", "grep"]:
        if not (folder / name).exists():
            (folder / name).symlink_to(f"/usr/bin/{name}")
    return {"PATH": str(folder)}


def notes():
    return NOTES.read_text().splitlines()


def submit(folder, *more, status=0, environment=None):
    return milieu("study", "submit", "small.cfg", "-o", folder, *more, status=status, environment=environment)


def run_script(folder, *arguments, environment, task=None):
    """As Slurm would: with the number of an array's task in the environment."""
    environment = {**os.environ, **environment}
    environment.pop("SLURM_ARRAY_TASK_ID", None)
    if task is not None:
        environment["SLURM_ARRAY_TASK_ID"] = str(task)
    return subprocess.run(["bash", WORK / folder / "submit.sh", *arguments], capture_output=True, text=True,
                          env=environment, cwd="/", timeout=60)


def test_script_only():
    """--script-only makes the folder and a script in it that bash understands, and hands nothing to Slurm"""
    told = submit("only", "--script-only", "--tasks", "7", "--cpus", "2", "--time", "1:00:00", "--partition", "p",
                  "--account", "a", "--tries", "9", environment=with_slurm())
    script = WORK / "only" / "submit.sh"
    assert "bash only/submit.sh" in told.out and told.err == "", (told.out, told.err)
    assert notes() == [] and (WORK / "only" / "manifest.json").exists() and os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", script], check=True)
    text = script.read_text(encoding="utf-8")
    for line in ["--job-name=small", "--array=1-7", "--cpus-per-task=2", "--time=1:00:00", "--partition=p", "--account=a"]:
        assert f"\n#SBATCH {line}\n" in text, (line, text)
    assert "\ntries=9\n" in text and str(WORK) in text


def test_submitted():
    """the tasks are handed to Slurm, and a job that waits for all of them"""
    told = submit("sent", environment=with_slurm())
    script = str((WORK / "sent" / "submit.sh").resolve())
    assert notes() == [f"--parsable {script}",
                       f"--parsable --array=0 --cpus-per-task=1 --dependency=afterany:1 {script} after 1"], notes()
    assert "try 1 of 5: tasks are job 1, job 2 comes after them" in told.out and "milieu study status sent" in told.out


def test_json():
    """--json prints one value and nothing else"""
    told = json.loads(submit("json", "--json", environment=with_slurm()).out)
    assert told == {"script": "json/submit.sh", "submitted": True} and len(notes()) == 2
    assert json.loads(submit("json", "--json", "--script-only", environment=with_slurm()).out)["submitted"] is False


def test_again():
    """submitted once more, the folder serves again; another study in it is refused"""
    submit("again", environment=with_slurm())
    submit("again", environment=with_slurm())
    assert len(notes()) == 2
    (WORK / "other.cfg").write_text(STUDY.replace("seed = 11", "seed = 12"), encoding="utf-8")
    milieu("study", "submit", "other.cfg", "-o", "again", status=65, environment=with_slurm())
    assert notes() == []


def test_chain():
    """while something is missing the tasks are started again, at most so often; then merged"""
    submit("chain", "--tries", "2", "--script-only", environment=with_slurm())
    environment = with_slurm()
    again = run_script("chain", "after", "1", environment=environment, task=0)
    assert again.returncode == 0 and "try 2 of 2" in again.stdout and len(notes()) == 2, again
    assert notes()[1].endswith("after 2"), notes()
    given_up = run_script("chain", "after", "2", environment=environment, task=0)
    assert given_up.returncode == 1 and len(notes()) == 2, given_up
    assert "not complete after 2 tries" in given_up.stderr and "to go on: bash" in given_up.stderr, given_up
    worked = run_script("chain", environment=environment, task=3)
    assert worked.returncode == 0 and len(notes()) == 2, worked
    merged = run_script("chain", "after", "2", environment=environment, task=0)
    assert merged.returncode == 0 and (WORK / "chain" / "study.h5").exists() and len(notes()) == 2, merged


def test_damage_that_the_merge_finds():
    """damage that status does not look for is found by the merge: the tasks are started again, and then it is merged"""
    submit("damaged", "--tries", "2", "--script-only", environment=with_slurm())
    environment = with_slurm()
    run_script("damaged", environment=environment, task=1)
    journal = next((WORK / "damaged/journal").iterdir())
    whole = bytearray(journal.read_bytes())
    whole[-64 - 8] ^= 1  # of the last payload: behind it is the closing record, a header alone
    journal.write_bytes(whole)
    again = run_script("damaged", "after", "1", environment=environment, task=0)
    assert again.returncode == 0 and "try 2 of 2" in again.stdout and journal.name in again.stderr, again
    assert notes()[-1].endswith("after 2"), notes()
    run_script("damaged", environment=environment, task=1)
    merged = run_script("damaged", "after", "2", environment=environment, task=0)
    assert merged.returncode == 0 and (WORK / "damaged" / "study.h5").exists(), merged


def test_what_the_merge_says():
    """75, runs are missing, and 65, damage: the tasks go on, at most so often; any other status is the end"""
    submit("says", "--tries", "2", "--script-only", environment=with_slurm())
    program, script = BIN / "says", WORK / "says" / "submit.sh"
    program.write_text("#!/bin/sh\n[ $2 = merge ] && exit $STATUS\necho '{\"complete\": true}'\n", encoding="utf-8")
    program.chmod(0o755)
    text = script.read_text(encoding="utf-8")
    assert text.count("milieu='") == 1
    script.write_text(re.sub("milieu='[^']*'", f"milieu='{program}'", text), encoding="utf-8")
    for status, goes_on in [(0, False), (65, True), (73, False), (75, True), (143, False)]:
        environment = with_slurm(STATUS=str(status))
        told = run_script("says", "after", "1", environment=environment, task=0)
        assert told.returncode == (0 if goes_on else status) and bool(notes()) == goes_on, (status, told, notes())
        assert ("try 2 of 2" in told.stdout) == goes_on, (status, told)
        last = run_script("says", "after", "2", environment=with_slurm(STATUS=str(status)), task=0)
        assert last.returncode == (1 if goes_on else status) and not notes(), (status, last)


def test_task_is_a_sweep():
    """a task does what milieu sweep does, from anywhere, whatever the folder is called: the same bytes"""
    name = "l'étude $HOME `x` 50 %A"
    submit(name, "--script-only", environment=with_slurm())
    worked = run_script(name, environment=with_slurm(), task=1)
    assert worked.returncode == 0, worked
    milieu("study", "merge", name, status=0)
    milieu("sweep", "small.cfg", "-o", "plain", "--progress", "none", status=0)
    milieu("study", "merge", "plain", status=0)
    assert (WORK / name / "study.h5").read_bytes() == (WORK / "plain" / "study.h5").read_bytes()


def test_no_slurm():
    """without sbatch the script is written, and the message says what to do with it"""
    told = submit("alone", status=1, environment=without_slurm())
    assert "sbatch" in told.err and "bash alone/submit.sh" in told.err and told.out == "", (told.out, told.err)
    assert (WORK / "alone" / "submit.sh").exists()
    french = submit("alone", "--lang", "fr", status=1, environment=without_slurm())
    assert "grappe" in french.err and "Une étude sous Slurm" in (WORK / "alone" / "submit.sh").read_text(encoding="utf-8")


def test_refused_by_slurm():
    """what sbatch complains of is shown, with what to do"""
    told = submit("full", status=1, environment=with_slurm(FULL="yes"))
    assert "too many jobs" in told.err and "submit.sh" in told.err and told.out == "", (told.out, told.err)


def test_refused():
    """what Slurm cannot be told is refused before anything is handed over"""
    for option, value in [("--partition", 'a"b'), ("--account", "a\nb"), ("--time", "1\\0")]:
        told = submit("refused", option, value, status=2, environment=with_slurm())
        assert "Slurm" in told.err and notes() == [], told.err
    for option in ["--tasks", "--cpus", "--tries"]:
        submit("refused", option, "0", status=2)
    assert "-o" in milieu("study", "submit", "small.cfg", status=2).err
    milieu("study", "submit", "nothing.cfg", "-o", "refused", status=66)


def test_shipped_scripts():
    """the batch scripts that are shipped are understood by bash, and say how they are used"""
    scripts = sorted((TOP / "scenarios" / "batch").glob("*.sh"))
    assert [s.name for s in scripts] == ["gnu-parallel.sh", "slurm-array.sh", "slurm-mpi.sh"]
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
        bare = subprocess.run(["bash", script], capture_output=True, text=True)
        assert bare.returncode != 0 and "usage:" in bare.stderr, bare
        if "parallel" in script.name and shutil.which("parallel") is None:
            continue
        noted = subprocess.run(["bash", "-c", f"MILIEU=echo; export MILIEU; srun() {{ shift 4; \"$@\"; }}; export -f srun; "
                                f"JOBS=1 bash {shlex.quote(str(script))} 'a b.cfg' 'to $it'"],
                               capture_output=True, text=True, cwd=WORK)
        sweep = noted.stdout.splitlines()[0] if noted.stdout else noted.stderr
        assert sweep.startswith("sweep ") and "a b.cfg -o " in sweep and "to $it" in sweep, noted


prepare()
tests.run_all(globals())
tests.end()
