"""doctor: versions, self-tests, a speed; and it notices when something is wrong."""
import os
import re

from support import WORK, Tests, milieu

tests = Tests()


def test_sound():
    """all is well here: versions of four libraries, three known answers, a results file, a speed"""
    out = milieu("doctor", "-j", "2", status=0).out
    assert re.search(r"GSL \d+\.\d+.*HDF5 1\.\d+\.\d+.*libconfig 1\.\d+\.\d+.*cJSON 1\.\d+", out), out
    assert out.count("right  ") == 4 and "WRONG" not in out, out
    assert float(re.search(r"2 threads, ([\d.]+) million", out).group(1)) > 0
    assert list(WORK.iterdir()) == []


def test_french():
    """the same in French"""
    out = milieu("doctor", "--lang=fr", "-j", "1", status=0).out
    assert out.count("juste  ") == 4 and "Tout va bien" in out and re.search(r"\d,\d millions", out), out


def test_threads():
    """without -j: as many threads as Slurm says, else as the process has cores"""
    def threads(**environment):
        os.environ.pop("SLURM_CPUS_PER_TASK", None)
        out = milieu("doctor", environment=environment, before=lambda: os.sched_setaffinity(0, {one}), status=0).out
        return re.search(r"(\w+) threads?, [\d.]+ million", out).group(1)
    one = min(os.sched_getaffinity(0))
    assert threads() == "1", threads()
    assert threads(SLURM_CPUS_PER_TASK="3") == "3"


def test_unsound():
    """a folder for temporary files that cannot be written shows"""
    result = milieu("doctor", environment={"TMPDIR": "/no/such/folder"}, status=1)
    assert "WRONG" in result.out and "/no/such/folder" in result.out, result.out


tests.run_all(globals())
tests.end()
