"""run --json is one object, to the contract; --set, --rate, --seed, --draws and -j do what they say."""
import json
import math

from support import TINY, TWO_CLINICS, WORK, Tests, milieu, run_json, scenario

tests = Tests()
tiny = scenario()
two = scenario(TWO_CLINICS, "two.cfg")
FIGURES = {"mean", "sd", "low", "high", "n"}


def outcomes_of(result):
    for arm in result["arms"]:
        for clinic in arm["clinics"]:
            yield from clinic["outcomes"].items()
        yield from arm["all"].items()


def untimed(result):
    return {key: value for key, value in result.items() if key != "wall_seconds"}


def test_contract():
    """one object with the keys promised, every outcome of `describe`, null exactly where n is 0"""
    result = milieu("run", two, "--json", "--no-output", status=0)
    assert result.err == "", result.err
    object = json.loads(result.out)
    assert list(object) == ["scenario", "seed", "runs", "patient_weeks", "wall_seconds", "arms"], list(object)
    assert object["scenario"] == "two" and object["seed"] == 7 and object["runs"] == 4
    assert isinstance(object["patient_weeks"], int) and object["patient_weeks"] > 4 * 2 * 52
    assert object["wall_seconds"] > 0
    assert [arm["id"] for arm in object["arms"]] == ["as-it-is", "with-champion"]
    ids = {row["id"] for row in json.loads(milieu("describe", "outcomes", "--json").out)}
    for arm in object["arms"]:
        assert set(arm) == {"id", "clinics", "all"}
        assert [clinic["id"] for clinic in arm["clinics"]] == ["clinic-a", "clinic-b"]
        assert set(arm["all"]) == ids
        for clinic in arm["clinics"]:
            assert set(clinic) == {"id", "outcomes"} and set(clinic["outcomes"]) == ids
    for id, figure in outcomes_of(object):
        assert set(figure) >= FIGURES, (id, figure)
        assert 0 <= figure["n"] <= 4
        for name in ("mean", "sd", "low", "high"):
            if figure["n"] == 0:
                assert figure[name] is None, (id, figure)
        if figure["n"] > 0:
            assert all(isinstance(figure[k], (int, float)) and math.isfinite(figure[k]) for k in ("mean", "low", "high"))
            assert figure["low"] <= figure["high"], (id, figure)
    assert any(figure["n"] > 0 for _, figure in outcomes_of(object))


def test_yes_no():
    """a yes/no outcome's mean is the share of runs, inside its interval, which is inside 0..1"""
    object = run_json(tiny, "--draws", "10", "--replications", "2")
    types = {row["id"]: row["type"] for row in json.loads(milieu("describe", "outcomes", "--json").out)}
    seen = 0
    for id, figure in outcomes_of(object):
        if types[id] == "yesno" and figure["n"] > 0:
            seen += 1
            share = figure["mean"] * figure["n"]
            assert abs(share - round(share)) < 1e-9, (id, figure)
            assert 0 <= figure["low"] <= figure["mean"] <= figure["high"] <= 1, (id, figure)
    assert seen > 4


def test_missing():
    """an outcome that cannot exist has n = 0 and four nulls"""
    figure = run_json(tiny)["arms"][0]["all"]["active_104w"]  # the horizon is 52
    assert figure["n"] == 0 and all(figure[k] is None for k in FIGURES - {"n"}), figure


def test_stdin():
    """`-` reads the scenario from standard input"""
    from_stdin = json.loads(milieu("run", "-", "--json", "--no-output", text=TINY, status=0).out)
    assert untimed(from_stdin) == untimed(run_json(tiny))


def test_plan():
    """--draws, --replications and --seed stand for the scenario's"""
    result = run_json(tiny, "--draws", "3", "--replications", "5", "--seed", "99")
    assert result["runs"] == 15 and result["seed"] == 99
    written = scenario(TINY.replace("draws = 2; replications = 2; seed = 7", "draws = 3; replications = 5; seed = 99"), "w.cfg")
    assert untimed(run_json(written)) == untimed(result)
    assert untimed(run_json(tiny, "--seed", "100")) != untimed(run_json(tiny, "--seed", "101"))


def spread_of(*arguments):
    """of all clinics in the first arm, the SD and the unknown share of an outcome that has both sources"""
    figure = run_json(tiny, "--draws", "60", *arguments)["arms"][0]["all"]["reach"]
    return figure["sd"], figure.get("unknown_share")


def test_uncertainty():
    """--uncertainty: what is not known and chance apart; the share of what is not known wherever draws have several runs"""
    both, share = spread_of("--replications", "3")
    chance, none = spread_of("--replications", "3", "--uncertainty", "chance")
    parameters, _ = spread_of("--uncertainty", "parameters")
    assert 0 < chance < both and 0 < parameters < both and 0 < share < 1, (both, chance, parameters, share)
    assert none < 0.1, none  # draws that are all alike: an ICC of 60 x 3 runs is below 0.1 but for 1 luck in 10
    assert spread_of("--replications", "1")[1] is None
    kept = milieu("run", tiny, "--uncertainty", "chance", "-o", WORK / "chance.h5", status=0)
    assert kept.out != "" and untimed(run_json(tiny, "--uncertainty", "chance")) == untimed(
        run_json(tiny, "--set", "runs.uncertainty=chance"))
    assert "both|parameters|chance" in milieu("run", tiny, "--uncertainty", "luck", status=2).err


def test_set():
    """--set does what writing the value does, and later ones win"""
    result = run_json(tiny, "--set", "time.horizon=104", "--set", "time.horizon=78")
    written = scenario(TINY.replace("horizon = 52", "horizon = 78"), "w.cfg")
    assert untimed(run_json(written)) == untimed(result)
    assert result["patient_weeks"] > run_json(tiny)["patient_weeks"]
    in_clinic = run_json(tiny, "--set", "meso[clinic-a].patients.per_clinic=24")
    assert in_clinic["patient_weeks"] > run_json(tiny)["patient_weeks"]


def test_rate():
    """--rate CLINIC/FACTOR=R changes that clinic, --rate FACTOR=R every clinic"""
    many = ["--draws", "8", "--replications", "4"]
    def engagement(*options):
        arm = run_json(two, *many, *options)["arms"][0]
        return [clinic["outcomes"]["lead_value"]["mean"] for clinic in arm["clinics"]]
    low, high = (engagement("--rate", f"medical_leadership={r}") for r in (-2, 2))
    assert low[0] < high[0] and low[1] < high[1], (low, high)
    one = engagement("--rate", "medical_leadership=-2", "--rate", "clinic-b/medical_leadership=2")
    assert one[1] > low[1] + 0.1, (one, low)
    assert abs(one[0] - low[0]) < abs(one[1] - low[1]), (one, low)


def test_rate_wrong():
    """a wrong --set or --rate is 65, names the value and the nearest name, and prints nothing on standard output"""
    for options, said in [(["--rate", "medical_leadrship=1"], "medical_leadership"), (["--rate", "culture=3"], "2"),
                          (["--rate", "clinic-z/culture=1"], "clinic-z"), (["--rate", "culture"], "culture"),
                          (["--set", "time.horizn=52"], "horizon"), (["--set", "time.horizon=5000"], "260"),
                          (["--set", "time.horizon"], "time.horizon"), (["--set", "runs.draws=1.5"], "1.5")]:
        result = milieu("run", tiny, "--no-output", "--json", *options)
        assert result.status in (2, 65), (options, result.status, result.err)
        assert result.out == "" and said in result.err, (options, result.err)


def test_threads():
    """-j 1, 2 and 3 give the same numbers and the same bytes"""
    files = []
    for threads in (1, 2, 3):
        path = WORK / f"j{threads}.h5"
        result = milieu("run", two, "-j", threads, "-o", path, "--json", "--draws", "4", status=0)
        files.append((untimed(json.loads(result.out)), path.read_bytes()))
    assert files[0] == files[1] == files[2]


def test_where():
    """the bytes do not tell from where, in what language or how the program was run"""
    import shutil
    folder = WORK / "elsewhere"
    folder.mkdir()
    shutil.copy(tiny, folder / "tiny.cfg")
    milieu("run", tiny, "-o", WORK / "here.h5", "--json", "--lang", "en", status=0)
    milieu("run", "tiny.cfg", "-o", "there.h5", "--progress=none", "--lang", "fr", folder=folder, status=0)
    assert (WORK / "here.h5").read_bytes() == (folder / "there.h5").read_bytes()


def test_slurm():
    """SLURM_CPUS_PER_TASK that is no number does no harm"""
    milieu("run", tiny, "--no-output", environment={"SLURM_CPUS_PER_TASK": "many"}, status=0)


tests.run_all(globals())
tests.end()
