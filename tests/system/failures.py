"""Runs that fail: told, recorded, left out of every figure, and the rest goes on."""
import json

import h5py
import numpy

from support import TINY, WORK, Tests, milieu, run_json, scenario

# In some draws the list asks for 50 visits or admissions a year of a population that hardly has any: nobody qualifies.
PICKY = TINY.replace("meso:", 'micro: { patients: { select_visits = ("choice", [4, 50], [0.7, 0.3]); '
                              'select_admissions = 50; admission_share = 0.05; }; };\nmeso:')
picky = scenario(PICKY, "picky.cfg")
never = scenario(PICKY.replace("[0.7, 0.3]", "[0.0, 1.0]"), "never.cfg")
tests = Tests()
FEW = ["--draws", "12", "--replications", "2", "--set", 'meso[clinic-a].patients.per_clinic=2']


def failed_draws(file):
    return sorted(set(file["failures/draw"][...].tolist()))


def test_recorded():
    """a draw whose clinics cannot list anybody fails its runs: /failures says so, the others have their figures"""
    out = WORK / "picky.h5"
    result = milieu("run", picky, "-o", out, "--allow-failures", "1", *FEW, status=0)
    with h5py.File(out) as file:
        draws = failed_draws(file)
        assert 0 < len(draws) < 12, draws
        failed = len(file["failures/draw"])
        assert failed == 2 * len(draws) and file.attrs["replications_done"] == 24 - failed and file.attrs["complete"] == 1
        assert (file["failures/week"][...] == -1).all()
        messages = [m.decode() for m in file["failures/message"][...]]
        assert all("nobody" in m and "clinic-a" in m for m in messages), messages
        for name, data in list(file["outcomes"].items()) + list(file["outcomes_all"].items()):
            if data.ndim >= 3 and name != "arm_title":
                assert numpy.isnan(data[:, draws]).all(), name
        whole = [d for d in range(12) if d not in draws]
        assert not numpy.isnan(file["outcomes_all/reach"][:, whole]).any()
        assert numpy.isnan(file["series/listed"][:, draws]).all() if "listed" in file["series"] else True
        assert not numpy.isin(file["events/draw"][...], draws).any(), "a run that failed has no events"
        asked = list(file["parameters/parameter"].asstr()[...]).index("select_visits")
        assert (file["parameters/mean"][draws, asked] == 50).all(), "the draw was made, and shows why"
    assert f"{failed} of 24 runs failed" in result.err and "nobody" in result.err and "picky.h5" in result.err, result.err
    assert "exit status" not in result.err


def test_too_many():
    """more than --allow-failures: exit 1, with everything said, in both languages; the file is whole"""
    out = WORK / "many.h5"
    english = milieu("run", picky, "-o", out, *FEW, status=1)
    assert "runs failed and are left out" in english.err and "--allow-failures 0.001" in english.err, english.err
    assert "A tiny clinic" in english.out
    with h5py.File(out) as file:
        assert file.attrs["complete"] == 1
    french = milieu("run", picky, "-o", out, "--lang", "fr", *FEW, status=1)
    assert "ont échoué" in french.err and "statut 1" in french.err, french.err
    milieu("run", picky, "--allow-failures", "0.9", *FEW, status=0)


def test_left_out():
    """a failed run is left out of n, and the object says how many failed"""
    result = milieu("run", picky, "--no-output", "--json", "--allow-failures", "1", *FEW, status=0)
    object = json.loads(result.out)
    assert object["runs"] == 24 and 0 < object["failed"] < 24, object["failed"]
    for arm in object["arms"]:
        assert arm["all"]["reach"]["n"] == 24 - object["failed"]
    assert "failed" not in run_json(scenario())


def test_threads():
    """the same bytes on one thread and on three, failures among them"""
    files = []
    for threads in ("1", "3"):
        out = WORK / f"threads-{threads}.h5"
        milieu("run", picky, "-o", out, "-j", threads, *FEW, status=1)
        files.append(out.read_bytes())
    assert files[0] == files[1]


def test_all_fail():
    """when every run fails there is nothing to keep: the first reason, exit 1, the old file as it was"""
    out = WORK / "old.h5"
    out.write_bytes(b"an older file")
    result = milieu("run", never, "-o", out, *FEW, status=1)
    assert "the run failed" in result.err and "nobody" in result.err, result.err
    assert result.out == "" and out.read_bytes() == b"an older file"


def test_share():
    """--allow-failures takes a share from 0 to 1"""
    for wrong in ("-1", "1.5", "5%", "", "nan", "a"):
        result = milieu("run", picky, "--allow-failures", wrong, status=2)
        assert "0 to 1" in result.err, result.err


tests.run_all(globals())
tests.end()
