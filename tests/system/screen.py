"""What people see: the table in both languages within 80 columns, the bar on a terminal and only there, colour."""
import json
import os
import pty
import re
import select
import subprocess
import time

from support import MILIEU, TWO_CLINICS, WORK, Tests, milieu, scenario

tests = Tests()
tiny = scenario()
two = scenario(TWO_CLINICS.replace("horizon = 52", "horizon = 104"), "two.cfg")
MANY = ["--draws", "12", "--replications", "2", "--no-output"]


def on_terminal(*arguments, environment=None):
    """Both streams on a pseudo-terminal: what was drawn there."""
    parent, child = pty.openpty()
    process = subprocess.Popen([MILIEU, *map(str, arguments)], stdin=child, stdout=child, stderr=child, cwd=WORK,
                               env={**os.environ, "TERM": "xterm", **(environment or {})})
    os.close(child)
    drawn, deadline = b"", time.monotonic() + 120
    while time.monotonic() < deadline:
        if select.select([parent], [], [], 0.2)[0]:
            try:
                some = os.read(parent, 65536)
            except OSError:
                break
            if not some:
                break
            drawn += some
    os.close(parent)
    assert process.wait(timeout=10) == 0, drawn.decode()
    return drawn.decode()


def test_width():
    """the table stays within 80 columns, one clinic and several, in both languages"""
    for path in (tiny, two):
        for lang in ("en", "fr"):
            for plan in (["--no-output"], MANY):
                out = milieu("run", path, *plan, "--lang", lang, status=0).out
                wide = [line for line in out.splitlines() if len(line) > 80]
                assert not wide, wide


def test_english():
    """the English table: natural frequencies, intervals in words, the naive figure beside the paired one, what is next"""
    out = milieu("run", two, *MANY, status=0).out
    for words in ("of 100", " to ", "usual care", "before-and-after", "Next:", "Emergency visits", "all together"):
        assert words in " ".join(out.split()), (words, out)
    assert re.search(r"\d+ \(\d+ to \d+\)", out), out


def test_french():
    """the French table: words, no decimal point, no-break spaces"""
    out = milieu("run", two, *MANY, "--lang", "fr", status=0).out
    for words in ("sur 100", "soins usuels", "avant-après", "Ensuite\u00a0:", "Visites à l'urgence", "ensemble"):
        assert words in " ".join(out.split(" ")).replace("\n", " ") or words in out, (words, out)
    assert re.search(r"\d+ \(\d+ à \d+\)", out), out
    assert not re.search(r"\d\.\d", out), out
    assert not re.search(r" [:;?!%]", out), re.findall(r".* [:;?!%].*", out)


def test_many_clinics():
    """many clinics are told all together, with the figures of --json"""
    text = TWO_CLINICS.replace('"clinic-a";', '"clinic-a"; count = 20;')
    many = scenario(text, "many.cfg")
    out = milieu("run", many, *MANY, status=0).out
    assert "clinic-a" not in out
    reach = json.loads(milieu("run", many, *MANY, "--json", status=0).out)["arms"][0]["all"]["reach"]
    told = "{:.0f} ({:.0f} to {:.0f})".format(*(100 * reach[k] for k in ("mean", "low", "high")))
    assert told in out, (told, out)


def test_nothing_kept():
    """without -o nothing is written, and a line says how to keep the results; --no-output is silent about it"""
    folder = WORK / "empty"
    folder.mkdir()
    out = milieu("run", tiny, folder=folder, status=0).out
    assert "-o tiny.h5" in out and list(folder.iterdir()) == []
    assert "-o tiny.h5" not in milieu("run", tiny, "--no-output", status=0).out


def test_bar():
    """a progress bar with time left on a terminal, wiped at the end, at most 5 times a second"""
    begin = time.monotonic()
    drawn = on_terminal("run", tiny, "--draws", "3000", "--replications", "2", "--no-output")
    bars = re.findall(r"\r\x1b\[Ksimulating \[([#-]{20})\] +(\d+) %", drawn)
    seconds = time.monotonic() - begin
    assert bars, drawn[:400]
    assert len(bars) <= 5 * seconds + 2, (len(bars), seconds)
    assert re.search(r"about \d+ (s|min|h) left", drawn)
    assert all(len(line) <= 80 for line in re.split(r"[\r\n]", re.sub(r"\x1b\[[0-9;]*[mK]", "", drawn)))
    assert drawn.rindex("simulating") < drawn.rindex("\r\x1b[K"), "the bar was not wiped"


def test_no_bar():
    """no bar where standard error is no terminal, none with --progress=none, nor any other noise"""
    assert milieu("run", tiny, "--no-output", "--draws", "300", status=0).err == ""
    assert "simulating" not in on_terminal("run", tiny, "--draws", "3000", "--no-output", "--progress=none")


def test_json_progress():
    """--progress=json writes JSON lines that end with all runs done"""
    err = milieu("run", tiny, "--no-output", "--progress=json", status=0).err
    lines = [json.loads(line) for line in err.splitlines()]
    assert lines[-1]["done"] == lines[-1]["runs"] == 4, lines


def test_color():
    """colour on a terminal only, off with NO_COLOR, TERM=dumb and --color=never, on with --color=always"""
    escape = "\x1b[1m"
    run = ["run", tiny, "--no-output", "--progress=none"]
    assert escape in on_terminal(*run)
    assert escape not in on_terminal(*run, environment={"NO_COLOR": "1"})
    assert escape not in on_terminal(*run, environment={"TERM": "dumb"})
    assert escape not in on_terminal(*run, "--color=never")
    assert escape not in milieu(*run, status=0).out
    assert escape in milieu(*run, "--color=always", status=0).out


tests.run_all(globals())
tests.end()
