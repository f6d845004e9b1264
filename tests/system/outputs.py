"""Where results may go: what is refused is refused before the run with 73, and left as it was."""
import datetime
import os
import resource
import signal
import stat
import subprocess
import tempfile
from pathlib import Path

import h5py
import numpy

from support import MILIEU, TINY, WORK, Skip, Tests, leftovers, milieu, scenario

tests = Tests()
tiny = scenario()


def refused(path, **more):
    result = milieu("run", tiny, "-o", path, status=73, **more)
    assert result.out == "", result.out
    assert result.err.strip(), "no message"
    assert leftovers() == [], leftovers()
    return result


def is_results(path):
    return Path(path).read_bytes()[:8] == b"\x89HDF\r\n\x1a\n"


def test_written():
    """a new file is written whole, nothing beside it"""
    out = WORK / "new.h5"
    milieu("run", tiny, "-o", out, status=0)
    assert is_results(out) and leftovers() == []


def test_stamp():
    """--stamp says when and how the file was made; nothing else in it changes, and without it nothing says so"""
    plain, stamped = WORK / "plain.h5", WORK / "stamped.h5"
    milieu("run", tiny, "-o", plain, "-j", "1", status=0)
    milieu("run", tiny, "--stamp", "-o", stamped, "-j", "2", status=0)
    with h5py.File(plain) as a, h5py.File(stamped) as b:
        assert set(b.attrs) - set(a.attrs) == {"date_created", "history", "threads", "wall_seconds"}
        assert set(a.attrs) <= set(b.attrs) and all(a.attrs[k] == b.attrs[k] for k in a.attrs)
        date, history = b.attrs["date_created"].decode(), b.attrs["history"].decode()
        now = datetime.datetime.now(datetime.timezone.utc)
        made = datetime.datetime.strptime(date, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=datetime.timezone.utc)
        assert 0 <= (now - made).total_seconds() < 60, date
        assert history.startswith(f"{date}: milieu run ") and "--stamp" in history and "-j 2" in history, history
        assert b.attrs["threads"] == 2 and 0 < b.attrs["wall_seconds"] < 60
        names = []
        b.visititems(lambda name, item: names.append(name) if isinstance(item, h5py.Dataset) else None)
        for name in names:
            same = a[name].dtype.kind != "O" and a[name][...].tobytes() == b[name][...].tobytes()
            assert same or (a[name].dtype.kind == "O" and numpy.all(a[name][...] == b[name][...])), name
        assert len(names) > 100


def test_replaced():
    """an existing regular file is replaced, and run again gives the same bytes"""
    out = WORK / "replaced.h5"
    out.write_text("a file of mine")
    milieu("run", tiny, "-o", out, status=0)
    first = out.read_bytes()
    assert is_results(out)
    milieu("run", tiny, "-o", out, status=0)
    assert out.read_bytes() == first


def test_link():
    """a link stays a link: its target is replaced"""
    folder = WORK / "far"
    folder.mkdir()
    target, link = folder / "target.h5", WORK / "link.h5"
    target.write_text("old")
    link.symlink_to(target)
    milieu("run", tiny, "-o", link, status=0)
    assert link.is_symlink() and is_results(target) and not target.is_symlink()
    assert leftovers(folder) == []


def test_devices():
    """/dev/null, /dev/full, a named pipe and a folder are 73 and stay what they are"""
    before = {path: (os.stat(path).st_mode, os.stat(path).st_rdev) for path in ("/dev/null", "/dev/full")}
    pipe, folder = WORK / "pipe", WORK / "folder"
    os.mkfifo(pipe)
    folder.mkdir()
    for path in ("/dev/null", "/dev/full", pipe, folder):
        refused(path)
    assert before == {path: (os.stat(path).st_mode, os.stat(path).st_rdev) for path in before}
    assert stat.S_ISFIFO(os.stat(pipe).st_mode) and folder.is_dir()


def test_scenario_itself():
    """the scenario as output, by name, by link and by hard link, is 73 and untouched"""
    link, hard = WORK / "scenario-link", WORK / "scenario-hard"
    link.symlink_to(tiny)
    os.link(tiny, hard)
    for path in (tiny, "tiny.cfg", link, hard):
        refused(path)
        assert tiny.read_text() == TINY


def test_parent_scenario():
    """a scenario that was extended is an input too"""
    child = scenario('format = "milieu-scenario/1"; id = "child"; extends = "tiny.cfg";', "child.cfg")
    result = milieu("run", child, "-o", tiny)
    kept = tiny.read_bytes() == TINY.encode()
    tiny.write_text(TINY)
    assert kept, "the parent was overwritten"
    assert result.status == 73, result.status


def test_nowhere():
    """a folder that is not there, and /proc, are 73"""
    refused(WORK / "no-such-folder" / "x.h5")
    if Path("/proc/self").exists():
        refused("/proc/x.h5")


def test_before_the_run():
    """the output is looked at before anything is simulated, scenario errors before that"""
    result = milieu("run", tiny, "-o", "/dev/null", "--draws", "60000", "--replications", "60000", status=73)
    assert result.out == ""
    bad = scenario("nonsense = 1;", "bad.cfg")
    milieu("run", bad, "-o", "/dev/null", status=65)


def test_unwritable():
    """a folder without the right to write is 73"""
    folder = WORK / "closed"
    folder.mkdir(mode=0o555)
    if os.geteuid() == 0:
        if subprocess.run(["sh", "-c", f"echo x > {folder}/y"], stderr=subprocess.DEVNULL).returncode == 0:
            raise Skip("root may write everywhere")
    refused(folder / "x.h5")


def limit_file_size(size):
    def before():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
    return before


def test_file_size_limit():
    """a limit on the size of files, at any point: 73, a message, nothing left, the old file as it was"""
    out = WORK / "limited.h5"
    milieu("run", tiny, "-o", out, status=0)
    whole, old = len(out.read_bytes()), b"an older file"
    for size in sorted({0, 1, 512, 4096, whole // 4, whole // 2, 3 * whole // 4, whole - 1}):
        out.write_bytes(old)
        result = milieu("run", tiny, "-o", out, before=limit_file_size(size))
        assert result.status == 73, (size, whole, result.status, result.err)
        assert result.err.strip() and out.read_bytes() == old and leftovers() == [], (size, leftovers())
    milieu("run", tiny, "-o", out, before=limit_file_size(whole + 4096), status=0)
    assert is_results(out)


def test_full_disk():
    """a full disk (a 1 MB tmpfs): 73, a message, nothing left that looks whole"""
    disk = Path(tempfile.mkdtemp(dir=WORK))
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], stderr=subprocess.PIPE)
    if mount.returncode != 0:
        raise Skip("mounting is not permitted here: " + mount.stderr.decode().strip())
    try:
        big = ["--draws", "60", "--replications", "4", "--set", "time.horizon=260"]
        result = milieu("run", tiny, "-o", disk / "big.h5", *big, status=73)
        assert result.err.strip() and result.out == ""
        assert list(disk.iterdir()) == [], list(disk.iterdir())
        (disk / "filler").write_bytes(b"x" * 1000000)
        milieu("run", tiny, "-o", disk / "late.h5", *big, status=73)
        assert [p.name for p in disk.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", disk], check=True)


def test_missing_input():
    """a scenario that is not there is 66; one that is a folder is not simulated"""
    milieu("run", WORK / "nothing.cfg", "--no-output", status=66)
    milieu("check", WORK / "nothing.cfg", status=66)
    assert milieu("run", WORK, "--no-output").status in (65, 66)


def test_stdout_closed():
    """a reader that leaves early does not leave half a results file"""
    out = WORK / "piped.h5"
    process = subprocess.Popen([MILIEU, "run", tiny, "-o", out, "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGPIPE, signal.SIG_DFL))
    process.stdout.close()
    process.stderr.read()
    process.wait()
    assert leftovers() == [] and (not out.exists() or is_results(out))


tests.run_all(globals())
tests.end()
