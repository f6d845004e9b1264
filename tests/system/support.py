"""What the system tests share: running the program, small scenarios, and `ok - ` lines."""
import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

TOP = Path(__file__).resolve().parent.parent.parent
MILIEU = os.environ.get("MILIEU", str(TOP / "build/milieu"))
SCENARIOS = TOP / "scenarios"
WORK = Path(tempfile.mkdtemp(prefix="milieu-"))

TINY = """format = "milieu-scenario/1";
id = "tiny";
title: { en = "A tiny clinic"; fr = "Une toute petite clinique"; };
time: { horizon = 52; };
meso: ( { id = "clinic-a"; patients: { per_clinic = 12; }; } );
strategies: ( { id = "champion"; at = 4; add: { medical_leadership = 1; }; } );
arms: ( { id = "as-it-is"; on = []; }, { id = "with-champion"; on = ["champion"]; } );
runs: { draws = 2; replications = 2; seed = 7; };
"""
TWO_CLINICS = TINY.replace('meso: ( { id = "clinic-a"; patients: { per_clinic = 12; }; } );',
                           'meso: ( { id = "clinic-a"; }, { id = "clinic-b"; } );').replace('"tiny"', '"two"')


class Tests:
    """Runs functions as tests; each asserts. At the end: exit status."""

    def __init__(self):
        self.failed = 0

    def run(self, function, *arguments, name=None):
        what = name or (function.__doc__ or function.__name__).strip().split("\n")[0]
        try:
            function(*arguments)
        except Skip as why:
            print(f"skip - {what}: {why}", flush=True)
        except Exception:  # a test that breaks has failed
            self.failed += 1
            print(f"not ok - {what}", flush=True)
            print("    " + traceback.format_exc().replace("\n", "\n    "), flush=True)
        else:
            print(f"ok - {what}", flush=True)

    def run_all(self, names):
        for name, function in list(names.items()):
            if name.startswith("test_") and callable(function):
                self.run(function)

    def end(self):
        sys.exit(1 if self.failed else 0)


class Skip(Exception):
    pass


class Result:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout.decode("utf-8")
        self.err = process.stderr.decode("utf-8")


def milieu(*arguments, status=None, environment=None, folder=None, before=None, text=None):
    """Runs the program; with `status`, fails unless it ends with that."""
    environment = {**os.environ, **(environment or {})}
    process = subprocess.run([MILIEU, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                             input=(text or "").encode(), env=environment, cwd=folder or WORK, preexec_fn=before,
                             timeout=300)
    result = Result(process)
    if status is not None:
        assert result.status == status, f"exit {result.status}, not {status}\n{result.out}\n{result.err}"
    return result


def run_json(*arguments):
    return json.loads(milieu("run", *arguments, "--no-output", "--json", status=0).out)


def scenario(text=TINY, name="tiny.cfg"):
    path = WORK / name
    path.write_text(text, encoding="utf-8")
    return path


def leftovers(folder=WORK):
    return sorted(p.name for p in Path(folder).iterdir() if ".part" in p.name)
