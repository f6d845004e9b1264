"""The manual pages and the completion are those the program would make now, and they work."""
import subprocess
import sys

from support import MILIEU, TOP, WORK, Skip, Tests, milieu, scenario

tests = Tests()
MADE = ("milieu.1", "milieu-scenario.5", "milieu.bash")


def complete(*words):
    script = f"""source {WORK}/milieu.bash; COMP_WORDS=({' '.join(f"'{w}'" for w in words)}); COMP_CWORD={len(words) - 1}
        compopt() {{ :; }}; _milieu; printf '%s\\n' "${{COMPREPLY[@]}}" """
    result = subprocess.run(["bash", "-c", script], capture_output=True, text=True, cwd=WORK)
    assert result.returncode == 0 and result.stderr == "", result.stderr
    return result.stdout.split()


def test_fresh():
    """made again, nothing changes (else: man/make.py build/milieu)"""
    subprocess.run([sys.executable, TOP / "man/make.py", MILIEU, WORK], check=True)
    for name in MADE:
        assert (WORK / name).read_text() == (TOP / "man" / name).read_text(), name


def test_pages():
    """the pages are formatted without a complaint"""
    for name in MADE[:2]:
        try:
            result = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", WORK / name], capture_output=True, text=True)
        except FileNotFoundError:
            raise Skip("no man here")
        assert result.returncode == 0 and not result.stderr, result.stderr[:1000]
        assert "milieu" in result.stdout


def test_completion():
    """commands, options, factors, and the arms of a results file"""
    assert complete("milieu", "r") == ["run"]
    assert "--replications" in complete("milieu", "run", "--re")
    assert complete("milieu", "run", "--rate", "medical_l") == ["medical_leadership="]
    assert complete("milieu", "run", "x.cfg", "--lang", "f") == ["fr"]
    milieu("run", scenario(), "-o", WORK / "x.h5", status=0)
    assert complete(MILIEU, "compare", "x.h5", "--arms", "w") == ["with-champion"]
    assert complete(MILIEU, "compare", "x.h5", "--arms", "as-it-is,w") == ["as-it-is,with-champion"]


tests.run_all(globals())
tests.end()
