"""`design` prints the points of a study: all of them as CSV, or what they are in words or JSON."""
import csv
import io
import itertools
import json
import resource
import time

from support import SCENARIOS, WORK, Tests, milieu, scenario

tests = Tests()
STUDIES = sorted((SCENARIOS / "studies").glob("*.cfg"))
HEAD = 'format = "milieu-study/1";\n'


def study(text, name="study.cfg"):
    path = WORK / name
    path.write_text(HEAD + text, encoding="utf-8")
    return path


def points(path, *arguments):
    out = milieu("design", path, "--csv", *arguments, status=0).out
    header, *rows = csv.reader(io.StringIO(out))
    return header, rows


def test_shipped():
    """every shipped study is valid, in both languages, and says the same points in words, JSON and CSV"""
    assert len(STUDIES) >= 3
    for path in STUDIES:
        header, rows = points(path)
        told = json.loads(milieu("design", path, "--json", status=0).out)
        assert told["points"] == len(rows) and [v["name"] for v in told["vary"]] == header
        assert [[float(x) for x in row] for row in rows[:10]] == told["first"]
        assert told["runs"] == len(rows) * told["replications"]
        for language in ("en", "fr"):
            words = milieu("design", path, "--lang", language, status=0)
            assert words.err == "" or "nursing_capacity" in words.err, words.err  # what case C warns of
            assert all(name in words.out for name in header), words.out
            lines = [line for line in words.out.splitlines() if path.name not in line]  # a long path is not broken
            assert max(map(len, lines)) <= 100, words.out


def test_factorial():
    """a factorial is every combination, the last varying fastest, in the shortest numbers that read back"""
    path = study('design: { method = "factorial"; };\nvary: ( { name = "a"; range = [0.0, 0.3]; levels = 4; },\n'
                 '{ name = "b"; values = ["x, y", "say \\"z\\""]; } );\n')
    header, rows = points(path)
    expected = itertools.product(("0", "0.1", "0.2", "0.3"), ("x, y", 'say "z"'))
    assert header == ["a", "b"] and [tuple(row) for row in rows] == list(expected), rows


def test_round_trip():
    """points printed are read back as a list: the same points, bit for bit"""
    vary = '''( { name = "a"; range = [0.001, 10.0]; scale = "log"; }, { name = "b"; values = ["x", "y z"]; },
                { name = "c"; distribution = ("normal", 0, 1); } );\n'''
    out = milieu("design", study('design: { method = "sobol"; n = 256; seed = 3; };\nvary: ' + vary), "--csv", status=0).out
    (WORK / "points.csv").write_bytes(out.replace("\n", "\r\n").encode("utf-8-sig"))
    free = vary.replace('range = [0.001, 10.0]; scale = "log";', "").replace('distribution = ("normal", 0, 1);', "")
    again = milieu("design", study('design: { method = "list"; file = "points.csv"; };\nvary: ' + free), "--csv", status=0).out
    assert again == out
    (WORK / "points.csv").write_text(out.replace("x", "w"))
    result = milieu("design", WORK / "study.cfg", "--csv", status=65)
    assert "points.csv:" in result.err and "none of its values" in result.err and result.out == ""


def test_extended():
    """more Sobol' points begin with those of fewer; so do Saltelli's and Morris' blocks"""
    for method in ("sobol", "saltelli", "morris"):
        few, many = (points(study(f'design: {{ method = "{method}"; n = {n}; }};\n'
                                  'vary: ( { name = "a"; range = [0, 1]; }, { name = "b"; range = [2, 3]; } );\n'))[1]
                     for n in (8, 32))
        assert many[:len(few)] == few and len(many) == 4 * len(few), method


def test_wrong():
    """a study that is wrong: 65, file and line, nothing on standard output; a missing one 66; wrong usage 2"""
    result = milieu("design", study('design: { method = "sobol"; };\nvary: ( { name = "a"; range = [1, 0]; } );\n'), status=65)
    assert result.out == "" and "study.cfg:2: " in result.err and "study.cfg:3: " in result.err, result.err
    assert "2 errors" in result.err, result.err
    result = milieu("design", WORK / "study.cfg", "--lang", "fr", status=65)
    assert "le bas vient d'abord" in result.err and "2 erreurs" in result.err, result.err
    milieu("design", WORK / "none.cfg", status=66)
    result = milieu("design", scenario(), status=65)
    assert "this is a scenario, not a study" in result.err, result.err
    milieu("design", status=2)
    milieu("design", "--csv=x", WORK / "study.cfg", status=2)


def test_beside_and_shipped():
    """the scenario is looked for beside the study, then among the shipped ones, from any folder"""
    rest = '''design: { method = "factorial"; };\nvary: ( { rate = "trust"; values = [-1, 1]; } );\n'''
    (WORK / "inner").mkdir()
    scenario(name="beside.cfg")
    for name, wanted in (("beside.cfg", "tiny"), ("case-c.cfg", "case-c"), ("../case-c.cfg", "case-c")):
        told = json.loads(milieu("design", study(f'scenario = "{name}";\n' + rest), "--json", status=0, folder="/").out)
        assert told["scenario"] == wanted, told
    path = study('scenario = "../beside.cfg";\n' + rest, "inner/study.cfg")
    assert json.loads(milieu("design", path, "--json", status=0).out)["arms"] == ["as-it-is", "with-champion"]
    result = milieu("design", study('scenario = "nowhere.cfg";\n' + rest), status=65)
    assert "study.cfg:2: " in result.err and "there is no such file" in result.err, result.err


def test_many():
    """a million Sobol' points in flat memory"""
    path = study('design: { method = "sobol"; n = 1000000; };\nvary: ( { name = "a"; range = [0, 1]; }, '
                 '{ name = "b"; range = [0, 1]; }, { name = "c"; range = [0, 1]; } );\n')
    start = time.monotonic()
    out = milieu("design", path, "--csv", status=0, before=lambda: resource.setrlimit(resource.RLIMIT_AS, (1 << 28, 1 << 28))).out
    assert out.count("\n") == 1000001
    assert time.monotonic() - start < 60, "slower than anyone waits"


def test_broken_pipe():
    """a reader that has had enough ends it"""
    import subprocess
    from support import MILIEU
    command = f"'{MILIEU}' design '{WORK / 'study.cfg'}' --csv | head -n 3"
    study('design: { method = "sobol"; n = 1000000; };\nvary: ( { name = "a"; range = [0, 1]; } );\n')
    result = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60)
    assert result.stdout.count("\n") == 3


tests.run_all(globals())
tests.end()
