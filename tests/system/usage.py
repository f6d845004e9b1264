"""Wrong usage ends with 2, says what is wrong in one language, and prints nothing on standard output."""
from support import Tests, milieu, scenario

tests = Tests()
tiny = scenario()

WRONG = [
    ([], "command"),
    (["rnu"], "did you mean 'run'"),
    (["xyzzy"], "not a command"),
    (["run"], "SCENARIO"),
    (["run", tiny, tiny], "SCENARIO"),
    (["run", "--drws", "3", tiny], "did you mean '--draws'"),
    (["run", "--nothing-like-it", tiny], "not an option"),
    (["run", "-x", tiny], "'-x'"),
    (["run", "--draws"], "needs a value"),
    (["run", tiny, "-j"], "needs a value"),
    (["run", "--draws", "0", tiny], "1 to 65535"),
    (["run", "--draws", "65536", tiny], "1 to 65535"),
    (["run", "--draws", "2.5", tiny], "'2.5'"),
    (["run", "--draws", "99999999999999999999", tiny], "1 to 65535"),
    (["run", "--replications", "-1", tiny], "'-1'"),
    (["run", "--seed", "2147483648", tiny], "0 to 2147483647"),
    (["run", "--seed", "", tiny], "0 to 2147483647"),
    (["run", "-j", "0", tiny], "1 to 1024"),
    (["run", "--json=3", tiny], "--json=3"),
    (["run", "--progress", "balloon", tiny], "bar|json|none"),
    (["run", "--lang", "de", tiny], "en|fr"),
    (["run", "--color", "blue", tiny], "auto|never|always"),
    (["run", "-o", "-", tiny], "-o"),
    (["run", "-o", "", tiny], "-o"),
    (["run", "-o", "x.h5", "--no-output", tiny], "--no-output"),
    (["check"], "FILE"),
    (["new"], "FILE"),
    (["new", "-"], "FILE"),
    (["describe"], "factors"),
    (["describe", "outcoms"], "did you mean 'outcomes'"),
    (["describe", "factors", tiny], "strategies"),
    (["help", "medical_leadrship"], "did you mean 'medical_leadership'"),
    (["help", "qqqqqqqqq"], "'qqqqqqqqq'"),
    (["design"], "STUDY"),
    (["design", tiny, tiny], "STUDY"),
    (["design", "--draws", "3", tiny], "not an option"),
    (["compare"], "A.h5"),
    (["export"], "FILE.h5"),
    (["doctor", "now"], ""),
]


def wrong(arguments, said):
    result = milieu(*arguments, status=2)
    assert result.out == "", result.out
    assert said in result.err, result.err
    assert "--help" in result.err, result.err


def test_help():
    """--help of the program and of each command begins with an example and is not empty in French"""
    for command in [[], ["new"], ["check"], ["describe"], ["help"], ["design"], ["run"], ["compare"], ["export"], ["doctor"]]:
        english = milieu(*command, "--help", status=0)
        assert english.out.startswith("Example:  milieu " + (command[0] if command else "run")), english.out
        assert english.err == ""
        french = milieu(*command, "--help", "--lang", "fr", status=0).out
        assert french.startswith("Exemple\u00a0:  milieu"), french
        assert max(map(len, (english.out + french).splitlines())) <= 80, "wider than 80 columns"


def test_version():
    """--version says a number"""
    assert milieu("--version", status=0).out.split()[:2][0] == "milieu"


def test_language():
    """--lang wins over LC_ALL, LC_MESSAGES and LANG, in that order; --lang may stand before the command"""
    def language(*arguments, **environment):
        result = milieu(*arguments, environment=environment, status=2)
        return "fr" if "Voir" in result.err else "en"
    assert language("rnu", LC_ALL="", LC_MESSAGES="", LANG="") == "en"
    assert language("rnu", LC_ALL="", LC_MESSAGES="", LANG="fr_CA.UTF-8") == "fr"
    assert language("rnu", LC_ALL="", LC_MESSAGES="en_CA.UTF-8", LANG="fr_CA.UTF-8") == "en"
    assert language("rnu", LC_ALL="fr_FR.UTF-8", LC_MESSAGES="en_CA.UTF-8", LANG="") == "fr"
    assert language("--lang", "fr", "rnu", LC_ALL="C") == "fr"
    assert language("--lang=en", "rnu", LC_ALL="fr_FR.UTF-8") == "en"
    assert language("run", "--lang=fr", "--drws", LC_ALL="C") == "fr"


def test_output_full():
    """standard output that cannot be written is 73, not 0"""
    import subprocess
    from support import MILIEU
    with open("/dev/full", "w") as full:
        assert subprocess.run([MILIEU, "describe", "factors"], stdout=full, stderr=subprocess.PIPE).returncode == 73


for arguments, said in WRONG:
    tests.run(wrong, arguments, said, name=f"usage: {' '.join(map(str, arguments)) or '(nothing)'}".replace(str(tiny), "FILE"))
tests.run_all(globals())
tests.end()
