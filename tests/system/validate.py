"""milieu validate: every pattern with its role, numbers that threads do not move, an exit status that says what it holds."""
import json
import re
import resource

from support import SCENARIOS, Tests, milieu

tests = Tests()

ROLES = {"P1": "fit", "P2": "fit", "P2_lasts": "held out", "P3": "fit", "P4": "input", "P5": "verification",
         "P6": "held out", "P7": "verification", "P8": "fit", "P9": "fit", "P10": "held out", "P11": "held out",
         "P12": "held out", "P13": "fit", "P14": "fit", "P15": "held out", "P16": "held out"}
MUST = {"P1", "P2", "P3", "P5", "P8", "P9"}
SWAPS = ["d_with_cs_physician", "c_with_neutral_physician", "a_with_cs_shortage"]
CASES = {"A": "clinic-a", "B": "clinic-b", "C": "clinic-c", "D": "clinic-d"}
SHARE = 0.25  # pairs of a statement, of the draws
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


def in_order(f):
    return f["low"] <= f["simulated"] <= f["high"]


def test_cases():
    """the four cases: story, ratings with the sentences the scenario quotes, outcomes of the runs P1 makes"""
    assert {c["id"]: c["clinic"] for c in found["cases"]} == CASES
    p1 = next(p for p in found["patterns"] if p["id"] == "P1")
    text = re.sub(r"\s*\n\s*#\s*", " ", "".join((SCENARIOS / name).read_text(encoding="utf-8") for name in
                                               ("integrated-care.cfg", "presets/saguenay.cfg")))
    for c in found["cases"]:
        s, told = c["simulated"], c["id"].lower()
        assert c["story"] and c["observed"] and s["week"] == 78, c
        measure, what = (told + "_stops", "stopped") if told + "_stops" in p1["simulated"] else (told + "_full", "fully_implemented")
        for key in ("simulated", "low", "high"):
            assert s[what][key] == p1[key][measure], (c["id"], what)
        for share in ("fully_implemented", "stopped", "started"):
            assert 0 <= s[share]["low"] and s[share]["high"] <= 1 and in_order(s[share]), s
        assert in_order(s["start_up_week"]) and s["start_up_week"]["low"] >= 0, s
        assert any(r["own"] for r in c["ratings"]) and any(not r["own"] for r in c["ratings"]), c["id"]
        for r in c["ratings"]:
            assert -2 <= r["low"] <= r["rating"] <= r["high"] <= 2 and r["quotes"], r
            for quote in r["quotes"]:
                tag = rf"\[003\] {c['id']} " if r["own"] else r"\[003\] "
                assert re.search(tag + '"' + re.escape(quote) + '"', text), (c["id"], quote)


def test_case_ratings():
    """a rating of a person is told with the person, and a clinic's own goes before the one given to all"""
    c = next(c for c in found["cases"] if c["id"] == "C")
    stance = {r["who"]: r["rating"] for r in c["ratings"] if r["factor"] == "medical_leadership"}
    assert stance == {None: -2, "physician-1": -2}, stance
    a = next(c for c in found["cases"] if c["id"] == "A")
    assert [r["rating"] for r in a["ratings"] if r["factor"] == "medical_leadership"] == [1], a["ratings"]
    assert not any("good relationship with physicians" in q for r in a["ratings"] for q in r["quotes"]), "of case D"


def judged(s):
    """What is told of a difference, by its interval and the direction expected."""
    low, high = sorted((s["expected"] * s["low"], s["expected"] * s["high"]))
    return "yes" if low > 0 else "no" if high < 0 else "unclear"


def test_statements():
    """every document is heard; each statement has its contrast, its interval, and the answer that the interval gives"""
    statements = found["statements"]
    assert {s["document"] for s in statements} == {"[000]", "[001]", "[002]", "[003]", "[004]"}
    assert len({s["id"] for s in statements}) == len(statements)
    for s in statements:
        assert s["statement"] and s["place"] and s["contrast"] and s["expected"] in (-1, 1), s
        assert (SCENARIOS / s["scenario"]).is_file(), s
        assert s["low"] <= s["difference"] <= s["high"] and s["draws_low"] <= s["draws_high"], s
        assert 2 <= s["pairs"] <= SHARE * 40, s
        assert s["agrees"] == judged(s), s


def test_ranking():
    """the main facilitator is ranked against what else [003] names: its lead is that over the hardest rival"""
    main = {s["id"]: s for s in found["statements"] if "ranking" in s}
    assert list(main) == ["main_facilitator", "main_facilitator_each"]
    for s in main.values():
        effect = {r["contrast"]: r for r in s["ranking"]}
        rivals = [r["contrast"] for r in s["ranking"] if r["rival"]]
        assert s["rival"] in rivals and len(rivals) > 10 and len(rivals) == len(set(rivals)), s
        others = [effect[c]["difference"] for c in effect if c not in rivals]
        block, members = others[0], others[1:]
        lead = block if s["id"] == "main_facilitator" else sum(members) / len(members)
        assert len(members) == 3 and abs(s["difference"] - (lead - effect[s["rival"]]["difference"])) < 1e-9, s


def test_statements_do_not_count():
    """the exit status is that of the patterns alone, and says nothing of statements"""
    assert any(s["agrees"] != "yes" for s in found["statements"]), "then this test asks nothing"
    assert two.status == (0 if all(p["held"] for p in found["patterns"] if p["must"]) else 1)


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
    for words in ("mis de côté", "ajusté", "vérifié", "donné", "au moins", "Échanges\u00a0:", "motifs tenus",
                  "Observé\u00a0:", "Simulé (", "pleinement implanté à la semaine 78", "affiche, cas C",
                  "moins le rival le plus fort", "la clinique a décidé d'arrêter"):
        assert words in re.sub(r"[ \n]+", " ", out), (words, out)
    assert not re.search(r"\d\.\d", out.replace("1.4 1.5", "").replace("1.9 1.13", "").replace("3.16", "")
                         .replace("4.6", "").replace("6.11", "").replace("7.2 7.4", "")), out
    assert not re.search(r" [:;?!%]", out), re.findall(r".* [:;?!%].*", out)
    for words in ("held", "MISSED", "at least", "except:", "agrees", "Observed", "Simulated"):
        assert words not in out, words


def test_time():
    """forty draws take less than a minute of two cores"""
    assert spent < CPU_SECONDS, f"{spent:.0f} s of processor"


tests.run_all(globals())
tests.end()
