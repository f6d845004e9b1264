#!/usr/bin/python3
"""The file of a study opens without a reader of ours: ncdump, h5py, xarray with both its engines, rhdf5, each in the three
lines of the README. They find the same numbers, in one file and over shards; a point that was run again as a scenario of
its own gives the same; means, variances and quantiles of series are those of its trajectories, all of which are kept; the
tables of an export hold them all."""
import csv
import json
import math
import shutil
import subprocess
import warnings
from pathlib import Path

import h5py
import numpy as np

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # netCDF4 and numpy of Debian 12 differ in a detail
    import netCDF4  # noqa: F401
    import xarray as xr

from support import TWO_CLINICS, WORK, Tests, milieu, run_json

REPLICATIONS = 12
STUDY = f"""format = "milieu-study/1";
id = "read"; title: {{ en = "What is read"; fr = "Ce qui est lu"; }};
scenario = "two.cfg";
design: {{ method = "factorial"; }};
vary: ( {{ path = "meso[clinic-a].organizational.nurse_turnover_rate"; name = "turnover"; values = [0.1, 0.6]; }},
        {{ path = "meso[clinic-a].place"; name = "place"; values = ["rural", "urban"]; }} );
respond = ["reach", "fidelity", "trust"];
runs: {{ replications = {REPLICATIONS}; seed = 5; }};
outputs: {{ clinics = true; series = ["fidelity", "ed_visits"]; every_weeks = 13; trajectories = {REPLICATIONS}; }};
"""
ARM, ENGINES = "with-champion", ["netcdf4", "h5netcdf"]
FILE, MASTER = WORK / "study/study.h5", WORK / "shards/master.h5"


def tool(*command):
    done = subprocess.run([str(c) for c in command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False,
                          timeout=300)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode()}"
    return done.stdout.decode()


def groups(node, path=""):
    for name, child in node.items():
        if isinstance(child, h5py.Group):
            yield path + name
            yield from groups(child, f"{path}{name}/")


def test_made():
    """a study is swept and merged, in one file and over shards"""
    (WORK / "two.cfg").write_text(TWO_CLINICS, encoding="utf-8")
    (WORK / "read.cfg").write_text(STUDY, encoding="utf-8")
    milieu("sweep", WORK / "read.cfg", "-o", FILE.parent, "--progress", "none", status=0)
    milieu("study", "merge", FILE.parent, status=0)
    MASTER.parent.mkdir()
    milieu("study", "merge", FILE.parent, "-o", MASTER, "--shard-above", 20000, status=0)
    assert len(list(MASTER.parent.glob("study-*-*.h5"))) > 1


def test_three_lines():
    """the README's lines: the mean of a response by point, from Python twice and from R, in both files"""
    for file in (FILE, MASTER):
        ds = xr.open_dataset(file, group="responses")
        by_point = ds.reach.sel(arm=ARM, clinic="all").mean("replication")
        with h5py.File(file) as f:
            arm = list(f["responses/arm"].asstr()).index(ARM)
            np.testing.assert_array_equal(by_point, f["responses/reach"][:, :, arm, -1].mean(axis=1))
        got = json.loads(tool("Rscript", Path(__file__).resolve().with_name("read_study.R"), file, ARM, "reach"))
        np.testing.assert_allclose(got["mean"], by_point, rtol=1e-14)
        assert got["factor"] == ["turnover", "place"] and got["x"] == [0.1, 0, 0.1, 1, 0.6, 0, 0.6, 1]


def test_ncdump():
    """ncdump shows groups, dimensions, units and accents"""
    for file in (FILE, MASTER):
        header = tool("ncdump", "-h", file)
        for group in ("study", "design", "responses", "series", "trajectories", "failures"):
            assert f"group: {group} {{" in header, group
        assert "double reach(point, replication, arm, clinic)" in header
        assert "ubyte status(point, replication)" in header
        assert "float quantiles(point, arm, clinic, week, quantile)" in header
        assert 'title_fr = "Ce qui est lu"' in header and 'reach:long_name_fr = "portée"' in header
        assert '"milieu-study/1-results"' in header and "complete = 1b" in header
    assert 'factor = "turnover", "place"' in tool("ncdump", "-v", "/design/factor", FILE)


def test_xarray():
    """xarray, both engines, opens every group and finds the same in both files"""
    with h5py.File(FILE) as f:
        names = [None, *groups(f)]
    for engine in ENGINES:
        for group in names:
            with xr.open_dataset(FILE, group=group, engine=engine) as a, \
                    xr.open_dataset(MASTER, group=group, engine=engine) as b:
                xr.testing.assert_identical(a.load(), b.load())
        with xr.open_dataset(FILE, group="design", engine=engine) as design:
            assert list(design.factor.values) == ["turnover", "place"]
            assert list(design.words.sel(factor="place").values) == ["rural", "urban"]
            assert design.unit.sel(factor="turnover").item() == "year-1"
        with xr.open_dataset(FILE, engine=engine) as root:
            assert (root.status == 1).all() and root.status.shape == (4, REPLICATIONS)


def test_a_point_as_a_scenario():
    """a point's runs are those of its scenario with the same changes"""
    told = run_json(WORK / "two.cfg", "--set", "meso[clinic-a].organizational.nurse_turnover_rate=0.6", "--set",
                    'meso[clinic-a].place="urban"', "--draws", REPLICATIONS, "--replications", 1, "--seed", 5)
    arm = next(a for a in told["arms"] if a["id"] == ARM)
    with xr.open_dataset(FILE, group="responses") as ds:
        for clinic in arm["clinics"]:
            for name in ("reach", "fidelity", "trust"):
                got = ds[name].sel(point=3, arm=ARM, clinic=clinic["id"]).values
                got, want = got[~np.isnan(got)], clinic["outcomes"][name]
                assert len(got) == want["n"]
                assert not len(got) or math.isclose(got.mean(), want["mean"], rel_tol=1e-9)


def test_sums_of_series():
    """counts, means, variances and quantiles are those of the trajectories"""
    warnings.simplefilter("ignore", RuntimeWarning)  # weeks in which a series does not exist
    with xr.open_dataset(FILE, group="trajectories") as t:
        for name in ("fidelity", "ed_visits"):
            with xr.open_dataset(FILE, group=f"series/{name}") as s:
                x = t[name].sel(week=s.week).astype(float)
                np.testing.assert_array_equal(s["count"], x.count("replication"))
                np.testing.assert_array_equal(s["missing"], REPLICATIONS - x.count("replication"))
                np.testing.assert_allclose(s["mean"], x.mean("replication"), atol=1e-6)
                np.testing.assert_allclose(s["variance"], x.var("replication", ddof=1), rtol=1e-4, atol=1e-5)
                sample = np.sort(x.transpose("point", "arm", "clinic", "week", "replication").values)
                count = s["count"].values
                for k, p in enumerate(s["quantile"].values):
                    rank = np.maximum(np.ceil(p * count).astype(int), 1) - 1
                    want = np.take_along_axis(sample, rank[..., None], -1)[..., 0]
                    got = s.quantiles.values[..., k]
                    assert (np.isnan(got) == (count == 0)).all()
                    np.testing.assert_allclose(got[count > 0], want[count > 0], rtol=1 / 64, atol=1e-30)


def table(folder, name, keys):
    """The rows of a table by their first columns: the others, by name."""
    with open(folder / name, encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_key = {tuple(row.pop(key) for key in keys): row for row in rows}
    assert len(by_key) == len(rows), f"{name}: a row stands twice"
    return by_key


def exported_as(texts, value, type_):
    """A column of texts against an array: an empty field is a missing value, any other is read back to the last bit."""
    got = np.array([math.nan if text == "" else text for text in texts]).astype(type_)
    np.testing.assert_array_equal(got, np.asarray(value, type_).ravel())


def test_export():
    """tables hold the file's responses, sums of series and trajectories to the last bit, in one file and over shards"""
    to = WORK / "tables"
    milieu("study", "export", FILE.parent, "--csv", to, status=0)
    names = {path.name for path in to.iterdir()}
    assert names == {f"{n}.csv" for n in ("design", "responses", "series", "trajectories", "failures")} | {"README.txt"}
    with h5py.File(FILE) as f:
        arms, places = (list(f[f"responses/{axis}"].asstr()) for axis in ("arm", "clinic"))
        clinics, points = places[:-1], [str(p) for p in range(4)]
        assert len(arms) == 2 and len(clinics) == 2
        rows = table(to, "responses.csv", ["point", "replication", "arm", "clinic"])
        order = [(p, str(r), a, c) for p in points for r in range(REPLICATIONS) for a in arms for c in places]
        for name in ("reach", "fidelity", "trust"):
            exported_as([rows[key][name] for key in order], f[f"responses/{name}"], float)
        assert len(rows) == len(order)
        rows = table(to, "series.csv", ["series", "point", "arm", "clinic", "week"])
        assert len(rows) == 2 * f["series/fidelity/mean"].size
        for name in ("fidelity", "ed_visits"):
            group = f[f"series/{name}"]
            order = [(name, p, a, c, str(w)) for p in points for a in arms for c in clinics for w in group["week"][...]]
            with np.errstate(invalid="ignore"):
                columns = {"count": group["count"], "missing": group["missing"], "mean": group["mean"],
                           "sd": np.sqrt(group["variance"][...])}
            for k, q in enumerate(group["quantile"][...]):
                columns[f"q{round(100 * q):02d}"] = group["quantiles"][..., k]
            assert list(rows[order[0]]) == list(columns)
            for column, value in columns.items():
                exported_as([rows[key][column] for key in order], value,
                            np.float32 if column[0] == "q" else float)
        rows = table(to, "trajectories.csv", ["point", "replication", "arm", "clinic", "week"])
        order = [(p, str(r), a, c, str(w)) for p in points for r in range(REPLICATIONS) for a in arms for c in clinics
                 for w in range(52)]
        for name in ("fidelity", "ed_visits"):
            exported_as([rows[key][name] for key in order], f[f"trajectories/{name}"], np.float32)
        assert len(rows) == len(order)
    folder = shutil.copytree(FILE.parent, WORK / "study-over-shards")
    milieu("study", "merge", folder, "--shard-above", 20000, status=0)
    milieu("study", "export", folder, "--csv", WORK / "tables-of-shards", status=0)
    for name in names:
        assert (to / name).read_bytes() == (WORK / "tables-of-shards" / name).read_bytes(), name


def test_export_tells():
    """the README of an export names its tables in the language asked for, and no more than there are"""
    for lang, word in (("en", "sd, and quantiles"), ("fr", "écart type")):
        milieu("study", "export", FILE.parent, "--csv", WORK / "told", "--locale", lang, status=0)
        text = (WORK / "told/README.txt").read_text(encoding="utf-8-sig")
        for name in ("design", "responses", "series", "trajectories", "failures"):
            assert f"{name}.csv  " in text, (lang, name)
        assert word in text and "ed_visits" in text, text
    bare = STUDY.replace('series = ["fidelity", "ed_visits"]; ', "").replace(f"trajectories = {REPLICATIONS}; ", "")
    (WORK / "bare.cfg").write_text(bare.replace('"read"', '"bare"'), encoding="utf-8")
    milieu("sweep", WORK / "bare.cfg", "-o", WORK / "bare", "--progress", "none", status=0)
    milieu("study", "merge", WORK / "bare", status=0)
    milieu("study", "export", WORK / "bare", "--csv", WORK / "bare-tables", status=0)
    assert {path.name for path in (WORK / "bare-tables").iterdir()} == {"design.csv", "responses.csv", "failures.csv",
                                                                       "README.txt"}
    assert "series.csv" not in (WORK / "bare-tables/README.txt").read_text(encoding="utf-8")


def test_no_trace():
    """nothing in the file says where, when or by whom"""
    for file in (FILE, MASTER):
        for trace in (str(WORK), str(Path.home()), "journal"):
            assert trace.encode() not in file.read_bytes(), trace


if __name__ == "__main__":
    tests = Tests()
    tests.run_all(dict(globals()))
    shutil.rmtree(WORK)
    tests.end()
