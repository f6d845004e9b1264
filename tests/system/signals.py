"""Ctrl-C, SIGTERM and SIGHUP end a run with 130, 143 and 129, and leave nothing behind."""
import os
import signal
import subprocess
import time

from support import MILIEU, SCENARIOS, WORK, Tests, leftovers, scenario

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


def seconds_used(process):
    """CPU of the program so far: what does not depend on who else is at the machine."""
    with open(f"/proc/{process.pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def country(after, out):
    """The largest shipped scenario, once it has used so many seconds."""
    process = subprocess.Popen([MILIEU, "run", SCENARIOS / "country.cfg", "-o", out, "-j", "1", "--draws", "1",
                                "--replications", "1", "--set", "outputs.series=false"], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    while not leftovers() or seconds_used(process) < after:
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.01)
    return process


def test_inside_an_arm():
    """a run of 10,000 clinics stops within 0.3 s of work, wherever it is: listing, usual care, the arm"""
    for after in (0.5, 1.5, 3.0, 4.5):
        process = country(after, WORK / "country.h5")
        process.send_signal(signal.SIGINT)
        begin = seconds_used(process)
        _, status, usage = os.wait4(process.pid, 0)
        used = usage.ru_utime + usage.ru_stime - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 130, process.returncode
        assert used < 0.3, f"after {after} s: {used:.2f} s more"
        assert leftovers() == []
        process.stdout.close(), process.stderr.close()


def test_twice():
    """a second signal does not even wait for that, and leaves nothing"""
    out = WORK / "twice.h5"
    process = country(1, out)
    process.send_signal(signal.SIGINT)
    time.sleep(0.005)
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)
    assert process.returncode == 143, process.returncode
    assert leftovers() == [] and not out.exists()


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
