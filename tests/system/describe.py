"""describe --json is the contract other programs read; help explains every id."""
import json

from support import TWO_CLINICS, Tests, milieu, scenario

tests = Tests()
SIGNS = (1, -1)


def described(what, *more):
    result = milieu("describe", what, "--json", *more, status=0)
    assert result.err == ""
    rows = json.loads(result.out)
    assert isinstance(rows, list) and rows
    ids = [row["id"] for row in rows]
    assert len(set(ids)) == len(ids), "an id twice"
    return {row["id"]: row for row in rows}


def test_factors():
    """factors: id, category, level, default, proximal and distal outcome with sign"""
    outcomes = described("outcomes")
    for row in described("factors").values():
        assert row["category"] in ("structural", "organizational", "provider", "patient", "innovation")
        assert row["level"] in ("macro", "meso", "micro")
        assert row["default"] == 0
        for side in ("proximal", "distal"):
            assert row[side]["outcome"] in outcomes and row[side]["sign"] in SIGNS
            assert set(row[side]) == {"outcome", "sign"}
        assert row["label_en"] and row["label_fr"]
    assert len(described("factors")) >= 43


def test_parameters():
    """parameters: path, unit, min, max, default, source, evidence; the default in range"""
    for row in described("parameters").values():
        assert row["path"].endswith("." + row["id"]) and isinstance(row["unit"], str)
        assert row["min"] <= row["low"] <= row["default"] <= row["high"] <= row["max"], row
        assert row["set"].startswith(("macro.", "every_clinic.", "micro.", "innovation.", "rules.", "economics.")), row
        assert row["source"] and row["evidence"] in ("measured", "published", "elicited", "assumed")


def test_set_paths():
    """the address told for --set is one that --set takes, for one parameter of each section and some more"""
    rows = list(described("parameters").values())
    options = [word for row in rows[::5] for word in ("--set", f"{row['set']}={row['default']}")]
    milieu("check", scenario(TWO_CLINICS), *options, status=0)


REQUIRED = """start_up_week full_implementation full_implementation_week discontinued discontinued_week lapsed active_104w
sustained reach penetration coverage fidelity acceptability adoption appropriateness feasibility programme_cost list_delay
days_to_isp hours_per_patient meetings_held visits_known_share nurse_turnover vacancy_share competence isp_comfort
service_knowledge engagement strain ties climate self_management_change_26w care_integration_change_26w
self_management_change care_integration_change distress_change_26w trust adherence drop_out ed_visits_per_patient_year
hospitalizations_per_patient_year ed_rate_ratio ed_change_naive duplicated_services service_cost""".split()


def test_outcomes():
    """outcomes: unit, level, labels in both languages; all that were asked for"""
    rows = described("outcomes")
    for row in rows.values():
        assert row["level"] in ("implementation", "provider", "patient") and isinstance(row["unit"], str)
        assert row["label_en"] and row["label_fr"]
    assert not set(REQUIRED) - set(rows), set(REQUIRED) - set(rows)


def test_strategies():
    """strategies: ERIC's 73, and a scenario's own before them"""
    assert len(described("strategies")) == 73
    own = described("strategies", scenario(TWO_CLINICS))
    assert len(own) == 74 and "champion" in own


def test_words():
    """every id is listed in words in both languages, and `help` explains each"""
    for what in ("factors", "parameters", "outcomes"):
        english, french = (milieu("describe", what, "--lang", lang, status=0).out for lang in ("en", "fr"))
        for id in described(what):
            assert f"\n{id}\n" in "\n" + english and f"\n{id}\n" in "\n" + french, id
        assert max(map(len, (english + french).splitlines())) <= 80, "wider than 80 columns"
    for id in list(described("factors"))[::6] + list(described("outcomes"))[::9]:
        assert id in milieu("help", id, status=0).out, id


tests.run_all(globals())
tests.end()
