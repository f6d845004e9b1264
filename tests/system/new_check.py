"""`new` writes a scenario that `check` finds valid and never overwrites; `check` says everything that is wrong at once."""
import os
import re

from support import SCENARIOS, TINY, WORK, Tests, milieu, scenario

tests = Tests()
tiny = scenario()


def test_new():
    """new writes a commented scenario with an id of its own, which checks and runs"""
    out = milieu("new", "My Clinic.cfg", status=0).out
    path = WORK / "My Clinic.cfg"
    text = path.read_text(encoding="utf-8")
    assert "milieu check" in out and "milieu run" in out
    assert re.search(r'^id *= *"my-clinic"', text, re.M) and text.count("#") > 20
    milieu("check", path, status=0)
    milieu("run", path, "--no-output", "--draws", "1", "--replications", "1", status=0)


def test_new_from():
    """--from takes a shipped scenario by name, with or without .cfg, or a path"""
    for number, name in enumerate(("case-c", "case-c.cfg", str(SCENARIOS / "case-c.cfg"))):
        path = WORK / f"from-{number}.cfg"
        milieu("new", path, "--from", name, status=0)
        milieu("check", path, status=0)


def test_new_never_overwrites():
    """new leaves a file, a link and a device that are there: 73"""
    link = WORK / "dangling"
    link.symlink_to(WORK / "no-such-target")
    for path in (tiny, link, "/dev/null"):
        result = milieu("new", path, status=73)
        assert result.err and result.out == ""
    assert tiny.read_text() == TINY and not (WORK / "no-such-target").exists()
    milieu("new", WORK / "no-folder" / "x.cfg", status=73)


def test_new_full():
    """new on a full disk (a file-size limit) is 73 and leaves nothing"""
    import resource
    import signal

    def before():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    milieu("new", WORK / "cut.cfg", status=73, before=before)
    assert not (WORK / "cut.cfg").exists()


def test_new_unknown():
    """an unknown preset is 66, with the nearest and the list"""
    result = milieu("new", WORK / "x.cfg", "--from", "case-e", status=66)
    assert "did you mean 'case-" in result.err and "integrated-care" in result.err, result.err
    assert not (WORK / "x.cfg").exists()


def test_scenarios_folder():
    """MILIEU_SCENARIOS wins over the shipped folder"""
    folder = WORK / "mine"
    folder.mkdir()
    (folder / "own.cfg").write_text(TINY)
    milieu("new", WORK / "own-copy.cfg", "--from", "own", environment={"MILIEU_SCENARIOS": str(folder)}, status=0)
    milieu("new", WORK / "other.cfg", "--from", "baseline", environment={"MILIEU_SCENARIOS": str(folder)}, status=66)


def test_check():
    """check sums a scenario up in words, in both languages, on at most 12 lines for one clinic"""
    english, french = (milieu("check", tiny, "--lang", lang, status=0).out for lang in ("en", "fr"))
    for words in ("A tiny clinic", "1 year", "1 clinic", "clinic-a", "champion", "as-it-is, with-champion", "4 runs", "assumptions"):
        assert words in english, (words, english)
    for words in ("Une toute petite clinique", "1 an", "1 clinique", "obstacles", "suppositions"):
        assert words in french, (words, french)
    for text in (english, french):
        assert len(text.splitlines()) <= 12 and max(map(len, text.splitlines()[1:])) <= 80, text


def test_check_ratings():
    """check names strong barriers and assets"""
    out = milieu("check", tiny, "--rate", "medical_leadership=-2", "--rate", "culture=2", status=0).out
    out = " ".join(out.split())
    assert re.search(r"barriers: [^;]*stance of the lead physician \(−2", out), out
    assert re.search(r"assets: [^;]*culture \(\+2", out), out


def test_check_people():
    """check names those whom the scenario rates, with their ratings, in the same words as the clinic's"""
    out = " ".join(milieu("check", SCENARIOS / "case-c.cfg", status=0).out.split())
    assert re.search(r"physician-1 \(physician\): stance of the lead physician \(−[12]\.\d\)", out), out
    assert re.search(r"nurse-1 \(nurse\): [^:]*experience of the nurse", out), out
    out = milieu("check", SCENARIOS / "case-d.cfg", "--lang", "fr", status=0).out
    assert "case-manager-1 (gestionnaire de cas)\u00a0:" in out, out


def test_check_wrong():
    """check tells all errors with file and line, counts them, and goes on with the next file: 65"""
    bad = scenario(TINY.replace("horizon = 52", "horizon = 5000").replace("per_clinic = 12", "per_clinc = 12"), "bad.cfg")
    result = milieu("check", bad, tiny, status=65)
    assert re.search(r"bad\.cfg:4: ", result.err) and re.search(r"bad\.cfg:5: ", result.err), result.err
    assert "did you mean 'per_clinic'" in result.err and "2 errors, 0 warnings" in result.err, result.err
    assert "tiny.cfg" in result.out and "valid" in result.out
    french = milieu("check", bad, "--lang", "fr", status=65).err
    assert "vouliez-vous dire" in french and "2 erreurs, 0 avertissement" in french, french


def test_strategy_too_late():
    """check and run refuse a strategy that would do nothing, in both languages, with what to do instead: 65"""
    for change in ("set: { missing_at_start = 0.0; }", "add: { professionals = 1; }"):
        late = scenario(TINY.replace("add: { medical_leadership = 1; }", change), "late.cfg")
        for command in (("check",), ("run", "--no-output")):
            english, french = (milieu(*command, late, "--lang", lang, status=65).err for lang in ("en", "fr"))
            for words in ("a strategy cannot change what is read only before week 0", "state it for the clinics"):
                assert words in english, english
            for words in ("une stratégie ne peut changer ce qui n'est lu qu'avant la semaine 0", "donnez-le aux cliniques"):
                assert words in french, french


def test_check_first_failure():
    """the status is that of the first file that failed"""
    bad = scenario("nonsense = 1;", "bad.cfg")
    milieu("check", WORK / "none.cfg", bad, status=66)
    milieu("check", bad, WORK / "none.cfg", status=65)
    milieu("check", tiny, WORK / "none.cfg", status=66)


def test_shipped():
    """every shipped scenario checks without an error in both languages"""
    files = sorted(SCENARIOS.glob("*.cfg"))
    assert len(files) >= 1
    for lang in ("en", "fr"):
        milieu("check", *files, "--lang", lang, status=0)


os.chdir(WORK)
tests.run_all(globals())
tests.end()
