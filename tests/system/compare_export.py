"""compare pairs arms run by run and says what differs; export writes tables; both refuse what is no results file."""
import csv
import json
import re
import shutil

import h5py
import numpy

from support import TINY, WORK, Tests, milieu, run_json, scenario

tests = Tests()
tiny = scenario()
A, B = WORK / "a.h5", WORK / "b.h5"
PLAN = ["--draws", "12", "--replications", "2"]


def comparisons(*arguments):
    return json.loads(milieu("compare", *arguments, "--json", status=0).out)["comparisons"]


def test_prepare():
    """two results files of the same luck"""
    milieu("run", tiny, "-o", A, *PLAN, status=0)
    milieu("run", tiny, "-o", B, *PLAN, "--set", "meso[clinic-a].organizational.protected_share=0.3", status=0)


def test_arms_of_one_file():
    """two arms of one file: means as run tells them, the difference of the pairs, its interval around it"""
    pair = comparisons(A, "--arms", "as-it-is,with-champion")[0]
    assert pair["a"] == {"scenario": "tiny", "arm": "as-it-is"} and pair["b"]["arm"] == "with-champion"
    assert pair["runs"] == 24 and pair["same_luck"] is True
    assert any("champion" in words for words in pair["what_differs"]), pair["what_differs"]
    told = {arm["id"]: arm["all"] for arm in run_json(tiny, *PLAN)["arms"]}
    seen = 0
    for id, row in pair["all"].items():
        if row["n"] == 24:
            seen += 1
            assert abs(row["a"] - told["as-it-is"][id]["mean"]) < 1e-9, id
            assert abs(row["b"] - told["with-champion"][id]["mean"]) < 1e-9, id
            assert abs(row["difference"] - (row["b"] - row["a"])) < 1e-9, id
            assert row["low"] <= row["difference"] <= row["high"], (id, row)
            assert 0 <= row["higher"] + row["lower"] <= 1 + 1e-9
    assert seen > 20
    assert pair["clinics"][0]["id"] == "clinic-a" and set(pair["clinics"][0]["outcomes"]) == set(pair["all"])


def test_order():
    """the other way round every difference changes its sign"""
    there, back = (comparisons(A, "--arms", arms)[0]["all"] for arms in ("as-it-is,with-champion", "with-champion,as-it-is"))
    for id in there:
        if there[id]["n"] > 0:
            assert abs(there[id]["difference"] + back[id]["difference"]) < 1e-9, id


def test_usual():
    """without --arms the reference is compared with every other arm; of two files, the references"""
    assert [(c["a"]["arm"], c["b"]["arm"]) for c in comparisons(A)] == [("as-it-is", "with-champion")]
    pair = comparisons(A, B)[0]
    assert (pair["a"]["arm"], pair["b"]["arm"]) == ("as-it-is", "as-it-is")
    assert any("protected_share" in words for words in pair["what_differs"]), pair["what_differs"]


def test_itself():
    """an arm against itself: every difference is exactly 0"""
    rows = comparisons(A, A, "--arms", "as-it-is,as-it-is")[0]["all"]
    assert all(row["difference"] == 0 for row in rows.values() if row["n"] > 0)


def test_words():
    """in words: within 80 columns, in both languages"""
    english, french = (milieu("compare", A, "--lang", lang, status=0).out for lang in ("en", "fr"))
    assert "What differs:" in english and "better" in english and "with-champion (B) against as-it-is (A)" in english
    assert "Ce qui diffère\u00a0:" in french and re.search(r"\d,\d", french) and not re.search(r"\d\.\d", french)
    for text in (english, french):
        assert max(map(len, text.splitlines())) <= 80, [line for line in text.splitlines() if len(line) > 80]


def test_compare_wrong():
    """an unknown arm is 2 and lists the arms; a missing file 66; what is no results file 65"""
    result = milieu("compare", A, "--arms", "as-it-is,with-champoin", status=2)
    assert "did you mean 'with-champion'" in result.err and "the arms are: as-it-is, with-champion" in result.err
    milieu("compare", A, "--arms", "as-it-is", status=2)
    milieu("compare", A, B, A, status=2)
    milieu("compare", WORK / "none.h5", status=66)
    milieu("compare", tiny, status=65)
    cut = WORK / "cut.h5"
    cut.write_bytes(A.read_bytes()[: A.stat().st_size // 2])
    for command in (["compare", cut], ["export", cut, "--csv", WORK / "cut"]):
        assert milieu(*command, status=65).out == ""
    assert not (WORK / "cut").exists() or not list((WORK / "cut").iterdir())


def read_table(path, delimiter=","):
    with open(path, encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def test_export():
    """export writes tidy tables whose means are those of run"""
    folder = WORK / "tables"
    out = milieu("export", A, "--csv", folder, status=0).out
    assert "README.txt" in out and (folder / "README.txt").stat().st_size > 200
    told = run_json(tiny, *PLAN)["arms"][1]["all"]["competence"]["mean"]
    rows = [row for row in read_table(folder / "outcomes_all.csv") if row["arm"] == "with-champion"]
    if "outcome" in rows[0]:
        values = [float(row["value"]) for row in rows if row["outcome"] == "competence" and row["value"]]
    else:
        values = [float(row["competence"]) for row in rows if row["competence"]]
    assert len(values) == 24 and abs(sum(values) / 24 - told) < 1e-9
    milieu("export", A, "--csv", folder, status=0)


def of_another_version(path):
    """The same results as a version might write them that has parameters, factors and kinds in another order, has a
    `ghost` of each, and lacks the first parameter, the first factor and the outcome `reach`."""
    shutil.copy(A, path)
    with h5py.File(path, "r+") as file:
        for group, name, arrays in (("parameters", "parameter", ["mean", "lowest", "highest"]), ("ratings", "factor", ["rating"])):
            names = file[group][name][...]
            for array in arrays:
                file[group][array][...] = file[group][array][...][..., ::-1]
            names[0] = "ghost_" + name
            file[group][name][...] = names[::-1]
        for group in ("outcomes", "outcomes_all"):
            file.move(f"{group}/reach", f"{group}/ghost_outcome")
        kind = file["events/kind"]
        meanings = kind.attrs["flag_meanings"].decode().split(" ")
        kind.attrs["flag_meanings"] = numpy.bytes_(" ".join(meanings[:0:-1] + ["ghost_kind"]))
        kind[...] = len(meanings) - 1 - kind[...]
    return meanings[0]


def test_another_version():
    """a file of another version is read by its names: what it lacks is said and missing, the rest is the same"""
    other = WORK / "other.h5"
    lost_kind = of_another_version(other)
    for words, lang in (("it lacks: ", "en"), ("il lui manque\u00a0: ", "fr")):
        result = milieu("export", other, "--csv", WORK / "other", "--lang", lang, status=0)
        assert words in result.err, result.err
        for ghost in ("ghost_parameter", "ghost_factor", "ghost_outcome", "ghost_kind"):
            assert ghost in result.err, result.err
    milieu("export", A, "--csv", WORK / "same", status=0)
    with h5py.File(A) as file:
        lost = [file["parameters/parameter"].asstr()[0], file["ratings/factor"].asstr()[0], "reach", lost_kind]
    for name in lost:
        assert name in result.err, (name, result.err)
    for table in ("parameters", "ratings", "events", "outcomes", "outcomes_all"):
        rows, same = (read_table(WORK / folder / f"{table}.csv") for folder in ("other", "same"))
        assert len(rows) == len(same) > 0
        changed = 0
        for a, b in zip(rows, same):
            missing = [k for k in b if k in lost] + (["value"] if b.get("parameter") in lost else []) + (
                ["kind"] if b.get("kind") in lost else [])
            assert all(a.get(k, "") == "" for k in missing), (a, b)
            changed += len(missing)
            assert {k: v for k, v in a.items() if k not in missing} == {k: v for k, v in b.items() if k not in missing}, (a, b)
        assert changed > 0, table
    assert "lacks" in milieu("compare", A, other, status=0).err
    assert milieu("export", A, "--csv", WORK / "same", status=0).err == ""


def test_export_french():
    """--locale fr: semicolons, decimal commas, a byte-order mark"""
    folder = WORK / "tableaux"
    milieu("export", A, "--csv", folder, "--locale", "fr", status=0)
    data = (folder / "outcomes_all.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and b";" in data.splitlines()[0]
    assert re.search(rb"\d,\d", data) and not re.search(rb";\d+\.\d", data)


def test_export_wrong():
    """export needs --csv (2), a results file (66, 65) and a folder it can write (73)"""
    milieu("export", A, status=2)
    milieu("export", WORK / "none.h5", "--csv", WORK / "t", status=66)
    milieu("export", tiny, "--csv", WORK / "t", status=65)
    milieu("export", A, "--csv", tiny, status=73)
    milieu("export", A, "--csv", WORK / "no" / "such" / "folder", status=73)
    milieu("export", A, "--csv", "/dev/null", status=73)


tests.run_all(globals())
tests.end()
