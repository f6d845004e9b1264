"""Ctrl-C, SIGTERM and SIGHUP end a run with 130, 143 and 129, and leave nothing behind."""
import signal
import subprocess
import time

from support import MILIEU, TINY, WORK, Tests, leftovers, scenario

tests = Tests()
tiny = scenario()
LONG = ["--draws", "5000", "--replications", "20", "--set", "time.horizon=260"]


def start(out, **more):
    process = subprocess.Popen([MILIEU, "run", tiny, "-o", out, *LONG], stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    deadline = time.monotonic() + 20
    while not leftovers() and process.poll() is None:
        if time.monotonic() > deadline:
            process.kill()
            raise AssertionError("the run never began")
        time.sleep(0.01)
    time.sleep(0.1)
    assert process.poll() is None, process.stderr.read()
    return process


def interrupted(number, status, old):
    out = WORK / f"signal-{number}.h5"
    if old:
        out.write_bytes(old)
    process = start(out)
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == status, (process.returncode, stderr)
    assert stdout == b"" and b"interrupted" in stderr, (stdout, stderr)
    assert leftovers() == [], leftovers()
    assert (out.read_bytes() == old) if old else not out.exists()


def test_at_once():
    """a run that is interrupted stops within two seconds"""
    process = start(WORK / "soon.h5")
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert time.monotonic() - begin < 2


def test_twice():
    """a second signal ends a long run at once, and leaves nothing"""
    many = scenario(TINY.replace('id = "clinic-a";', 'id = "clinic-a"; count = 4000;'), "many.cfg")
    out = WORK / "twice.h5"
    process = subprocess.Popen([MILIEU, "run", many, "-o", out, "--set", "time.horizon=260", "--set", "outputs.series=false"],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    while not leftovers():
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    begin = time.monotonic()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130 and leftovers() == [] and not out.exists()
    assert time.monotonic() - begin < 1, "it waited for the run"


def test_ignored():
    """a signal that was ignored when the program started (nohup, background) stays ignored"""
    process = start(WORK / "ignored.h5", preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN))
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None, "ended by an ignored signal"
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=20)
    assert process.returncode == 143 and leftovers() == []


for number, status in ((signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)):
    for old in (None, b"an older file"):
        tests.run(interrupted, number, status, old, name=f"{number.name}: {status}, {'the old file stays' if old else 'no file'}")
tests.run_all(globals())
tests.end()
