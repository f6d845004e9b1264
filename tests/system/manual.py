"""The manual pages and the completion are made from what the program says, and work (make docs-check: are they fresh?)."""
import json
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


def test_made():
    """all three are made, and tell every command, option and key"""
    subprocess.run([sys.executable, TOP / "man/make.py", MILIEU, WORK], check=True)
    page = (WORK / "milieu.1").read_text().replace("\\-", "-")
    keys = (WORK / "milieu-scenario.5").read_text().replace("\\-", "-")
    for word in ("--replications", "--compress", "SLURM_CPUS_PER_TASK", "doctor", "130"):
        assert word in page, word
    for row in json.loads(milieu("describe", "keys", "--json", status=0).out):
        assert row["id"] in keys, row["id"]


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
    assert complete("milieu", "ru") == ["run"]
    assert "--replications" in complete("milieu", "run", "--re")
    assert complete("milieu", "run", "--rate", "medical_l") == ["medical_leadership="]
    assert complete("milieu", "run", "x.cfg", "--lang", "f") == ["fr"]
    milieu("run", scenario(), "-o", WORK / "x.h5", status=0)
    assert complete(MILIEU, "compare", "x.h5", "--arms", "w") == ["with-champion"]
    assert complete(MILIEU, "compare", "x.h5", "--arms", "as-it-is,w") == ["as-it-is,with-champion"]


tests.run_all(globals())
tests.end()
