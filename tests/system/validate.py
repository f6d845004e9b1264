"""milieu validate: every pattern with its role, numbers that threads do not move, an exit status that says what it holds."""
import json
import re
import resource

from support import Tests, milieu

tests = Tests()

ROLES = {"P1": "fit", "P2": "fit", "P2_lasts": "held out", "P3": "fit", "P4": "input", "P5": "verification",
         "P6": "held out", "P7": "verification", "P8": "fit", "P9": "fit", "P10": "held out", "P11": "held out",
         "P12": "held out", "P13": "fit", "P14": "fit", "P15": "held out", "P16": "held out"}
MUST = {"P1", "P2", "P3", "P5", "P8", "P9"}
SWAPS = ["d_with_cs_physician", "c_with_neutral_physician", "a_with_cs_shortage"]
CPU_SECONDS = 120  # two cores, a minute


def cpu():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


before = cpu()
two = milieu("validate", "--draws", "40", "--json", "-j", "2", "--progress=none")
spent = cpu() - before
found = json.loads(two.out)


def numbers(value):
    return value.values() if isinstance(value, dict) else [value]


def test_patterns():
    """every pattern is there, in order, with the role and the weight it was given beforehand"""
    assert [p["id"] for p in found["patterns"]] == list(ROLES)
    for p in found["patterns"]:
        assert p["role"] == ROLES[p["id"]] and p["must"] == (p["id"] in MUST), p
        assert p["source"] and isinstance(p["held"], bool), p


def test_shape():
    """what is told of a pattern has one shape: a number, or an object of the same names in each; nothing is unmeasured"""
    for p in found["patterns"]:
        kinds = {type(p[key]) is dict for key in ("observed", "simulated", "low", "high")}
        assert len(kinds) == 1, p
        if kinds == {True}:
            assert set(p["observed"]) == set(p["simulated"]) == set(p["low"]) == set(p["high"]), p
        for low, simulated, high in zip(numbers(p["low"]), numbers(p["simulated"]), numbers(p["high"])):
            assert isinstance(simulated, (int, float)), p
            assert low is not None and high is not None and low <= high, p
        assert not set(p["except"]) - set(p["simulated"] if kinds == {True} else []), p


def test_counts_name_what_they_leave_out():
    """a count of factors or training arms names those that are missing from it"""
    by_id = {p["id"]: p for p in found["patterns"]}
    factors = len(json.loads(milieu("describe", "factors", "--json", status=0).out))
    for measure in ("proximal", "distal"):
        missing = by_id["P5"]["except"].get(measure, {})
        assert by_id["P5"]["simulated"][measure] + len(missing) == factors, by_id["P5"]
    assert by_id["P7"]["simulated"]["arms"] + len(by_id["P7"]["except"].get("arms", {})) == 6, by_id["P7"]
    wrong = by_id["P15"]["except"].get("centres_signs_fidelity", {})
    assert abs(by_id["P15"]["simulated"]["centres_signs_fidelity"] - (1 - len(wrong) / 24)) < 1e-9, by_id["P15"]
    assert all(figure <= 0 for figure in wrong.values()), wrong


def test_swaps():
    """the three swaps, each with its interval, held by what it says"""
    assert [s["id"] for s in found["swaps"]] == SWAPS
    for s in found["swaps"]:
        assert 0 <= s["low"] <= s["simulated"] <= s["high"] <= 1 and s["words"], s
        assert s["held"] == (s["simulated"] > s["expected"]), s


def test_status():
    """exit 0 when all the patterns hold that must, else 1"""
    passes = all(p["held"] for p in found["patterns"] if p["must"])
    assert two.status == (0 if passes else 1), two.status
    assert two.err == "", two.err


def test_threads():
    """the same bytes on one thread"""
    one = milieu("validate", "--draws", "40", "--json", "-j", "1")
    assert one.out == two.out and one.status == two.status


def test_french():
    """the table in French: its words, decimal commas, no-break spaces, and none of the English ones"""
    out = milieu("validate", "--draws", "2", "--lang", "fr").out
    for words in ("mis de côté", "ajusté", "vérifié", "donné", "au moins", "Échanges\u00a0:", "motifs tenus"):
        assert words in out, (words, out)
    assert not re.search(r"\d\.\d", out.replace("1.4 1.5", "").replace("1.9 1.13", "").replace("3.16", "")
                         .replace("4.6", "").replace("6.11", "").replace("7.2 7.4", "")), out
    assert not re.search(r" [:;?!%]", out), re.findall(r".* [:;?!%].*", out)
    for words in ("held", "MISSED", "at least", "except"):
        assert words not in out, words


def test_time():
    """forty draws take less than a minute of two cores"""
    assert spent < CPU_SECONDS, f"{spent:.0f} s of processor"


tests.run_all(globals())
tests.end()
