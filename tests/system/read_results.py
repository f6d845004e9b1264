#!/usr/bin/python3
"""A results file opens without a reader of ours: ncdump, h5py, xarray with both its engines, rhdf5. Each reads a named
outcome by its coordinates and finds what `run --json` says. The scenario stored inside gives the same numbers again, and
from the event that stopped a clinic one walks back to what caused it."""
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
    import netCDF4
    import xarray

from support import SCENARIOS, TWO_CLINICS, WORK, Tests, milieu, run_json, scenario

TEXT = TWO_CLINICS.replace('"Une toute petite clinique"', '"Une clinique d\'à côté"').replace(
    "time: { horizon = 52; };", 'time: { start = "2016-09-05"; horizon = 52; };').replace(
    "draws = 2; replications = 2;", "draws = 2; replications = 3;")
GROUPS = ["scenario", "arms", "clinics", "parameters", "ratings", "outcomes", "outcomes_all", "series", "quantiles",
          "events", "failures"]
ENGINES = ["netcdf4", "h5netcdf"]
FILE = WORK / "read.h5"
ARM, CLINIC = "with-champion", "clinic-b"


def told():
    """What --json says of each outcome of one clinic in one arm: mean and n over runs."""
    arm = next(a for a in run_json(scenario(TEXT))["arms"] if a["id"] == ARM)
    return next(c for c in arm["clinics"] if c["id"] == CLINIC)["outcomes"]


def same(values, row):
    """Values of all runs against mean and n of --json."""
    values = np.asarray(values, dtype=float).ravel()
    values = values[~np.isnan(values)]
    assert len(values) == row["n"], (len(values), row)
    if row["n"]:
        assert math.isclose(values.mean(), row["mean"], rel_tol=1e-9, abs_tol=1e-12), (values.mean(), row)


def tool(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, timeout=300)
    assert done.returncode == 0, f"{command[0]}: {done.stderr.decode()}"
    return done.stdout.decode()


def test_written():
    """run writes a file"""
    milieu("run", scenario(TEXT), "-o", FILE, status=0)


def test_ncdump():
    """ncdump shows groups, dimensions, units and accents"""
    header = tool("ncdump", "-h", FILE)
    for group in GROUPS:
        assert f"group: {group} {{" in header, group
    assert "double reach(arm, draw, replication, clinic)" in header
    assert "float ed_visits(arm, draw, replication, clinic, week)" in header
    assert 'reach:long_name_fr = "portée"' in header
    assert 'date:units = "days since 2016-09-05"' in header
    assert '"milieu-results/1"' in header and "complete = 1b" in header
    values = tool("ncdump", "-v", "/outcomes/clinic", FILE)
    assert 'clinic = "clinic-a", "clinic-b"' in values


def test_h5py():
    """h5py finds dimensions by name and an outcome by its coordinates"""
    rows = told()
    with h5py.File(FILE) as f:
        outcomes = f["outcomes"]
        names = [name for name in rows if name in outcomes]
        assert set(names) == set(rows)
        for name in names:
            data = outcomes[name]
            assert [list(d.keys()) for d in data.dims] == [["arm"], ["draw"], ["replication"], ["clinic"]]
            arm = list(data.dims[0][0].asstr()).index(ARM)
            clinic = list(data.dims[3][0].asstr()).index(CLINIC)
            same(data[arm, :, :, clinic], rows[name])
        for group in GROUPS:
            for data in f[group].values():
                if "CLASS" not in data.attrs and data.ndim:
                    assert all(len(d) == 1 for d in data.dims), data.name
                    for number, dimension in enumerate(data.dims):  # both ways
                        users = [(f[r].name, i) for r, i in dimension[0].attrs["REFERENCE_LIST"]]
                        assert (data.name, number) in users, data.name
        series = f["series/ed_visits"]
        assert series.chunks is not None and np.prod(series.chunks) * 4 <= 1 << 20


def test_xarray():
    """xarray, both engines, finds coordinates in every group"""
    rows = told()
    for engine in ENGINES:
        for group in GROUPS:
            with xarray.open_dataset(FILE, group=group, engine=engine) as data:
                data.load()
        with xarray.open_dataset(FILE, group="outcomes", engine=engine) as data:
            for name, row in rows.items():
                same(data[name].sel(arm=ARM, clinic=CLINIC), row)
                assert data[name].dims == ("arm", "draw", "replication", "clinic")
                assert data[name].attrs["units"] and data[name].attrs["long_name_fr"]
            assert data.clinic_title.sel(clinic=CLINIC).item()
        with xarray.open_dataset(FILE, group="series", engine=engine) as data:
            assert data.ed_visits.dims == ("arm", "draw", "replication", "clinic", "week")
            assert data.date.values[1] == np.datetime64("2016-09-12")
            assert all(data[name].dtype == np.float32 for name in data.data_vars)
        with xarray.open_dataset(FILE, group="outcomes_all", engine=engine) as data:
            assert data.reach.dims == ("arm", "draw", "replication")


def test_quantiles():
    """quantiles are those of the series"""
    warnings.simplefilter("ignore", RuntimeWarning)  # weeks in which a series does not exist
    with xarray.open_dataset(FILE, group="series") as series, xarray.open_dataset(FILE, group="quantiles") as quantiles:
        assert list(quantiles["quantile"].values) == [0.05, 0.25, 0.5, 0.75, 0.95]
        for name in series.data_vars:
            want = series[name].astype(float).quantile([0.05, 0.25, 0.5, 0.75, 0.95], ["draw", "replication"])
            got = quantiles[name].transpose("quantile", "arm", "clinic", "week")
            np.testing.assert_allclose(got.values, want.values, rtol=1e-5, atol=1e-6, err_msg=name)


def test_people():
    """persons' own ratings stand in /people, by name, in every engine; nobody else's; no such group when none is named"""
    out = WORK / "people.h5"
    milieu("run", SCENARIOS / "integrated-care.cfg", "-o", out, "--draws", "3", "--replications", "1", "--set",
           "outputs.series=false", status=0)
    for engine in ENGINES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with xarray.open_dataset(out, group="people", engine=engine) as people:
                rating = people["rating"].sel(person="clinic-c/physician-1", factor="medical_leadership").values
                assert rating.shape == (3,) and (rating >= -2).all() and (rating <= -1.5).all(), rating
                assert np.isnan(people["rating"].sel(person="clinic-c/physician-2").values).all()
                manager = people.sel(person="centre-a-d/case-manager-1")
                assert str(manager["role"].values) == "case manager" and str(manager["clinic"].values) == ""
                nurse = people.sel(person="clinic-c/nurse-1")
                assert str(nurse["role"].values) == "nurse" and str(nurse["clinic"].values) == "clinic-c"
                assert len(set(people["person"].values)) == people.sizes["person"]
    with h5py.File(FILE) as file:
        assert "people" not in file
    assert "group: people" in tool("ncdump", "-h", out)
    tool("Rscript", "-e", f'library(rhdf5); x <- h5read("{out}", "/people/rating"); stopifnot(dim(x)[3] == 3)')


def test_r():
    """rhdf5 reads an outcome by its coordinates"""
    rows = told()
    script = Path(__file__).resolve().with_name("read_results.R")
    got = json.loads(tool("Rscript", script, str(FILE), ARM, CLINIC, *rows))
    assert set(got) == set(rows)
    for name, row in rows.items():
        same([np.nan if v is None else v for v in got[name]], row)


def test_scenario_inside():
    """the stored scenario, run again, gives the same numbers"""
    with h5py.File(FILE) as f:
        inside = f["scenario/text"].asstr()[()]
        assert f["scenario/text_as_given"].asstr()[()] == TEXT
    again = WORK / "again.h5"
    milieu("run", scenario(inside, "inside.cfg"), "-o", again, status=0)
    with h5py.File(FILE) as a, h5py.File(again) as b:
        for group in ("outcomes", "outcomes_all", "series", "ratings", "parameters", "events"):
            for name, data in a[group].items():
                if data.dtype.kind in "fi" and "CLASS" not in data.attrs:
                    np.testing.assert_array_equal(data[...], b[group][name][...], err_msg=f"{group}/{name}")
        assert a.attrs["scenario_sha256"] == b.attrs["scenario_sha256"]
        assert a.attrs["id"] == b.attrs["id"]


def test_causes():
    """events: sorted, and every cause is an earlier row of the same run"""
    with xarray.open_dataset(FILE, group="events") as e:
        e.load()
        assert e.sizes["event"] > 0
        order = np.lexsort((e.week, e.replication, e.draw, e.arm))
        assert (order == np.arange(len(order))).all()
        kinds = e.kind.attrs["flag_meanings"].split()
        assert len(kinds) == len(np.atleast_1d(e.kind.attrs["flag_values"]))
        for row in np.flatnonzero(e.cause.values >= 0):
            cause = int(e.cause[row])
            assert cause < row and int(e.week[cause]) <= int(e.week[row])
            for column in ("arm", "draw", "replication"):
                assert int(e[column][cause]) == int(e[column][row])


def test_stopped():
    """from the decision to stop one walks back to a cause that has none"""
    case = WORK / "stop.h5"
    milieu("run", SCENARIOS / "case-c.cfg", "-o", case, "--draws", 1, "--replications", 20, status=0)
    with xarray.open_dataset(case, group="events") as e:
        e.load()
        kinds = e.kind.attrs["flag_meanings"].split()
        stops = np.flatnonzero(e.kind.values == kinds.index("discontinued"))
        assert len(stops) > 0, "case C stops in some of 20 runs"
        lengths = []
        for row in stops:
            length = 0
            while e.cause.values[row] >= 0:
                row, length = e.cause.values[row], length + 1
            lengths.append(length)
        assert max(lengths) >= 1


def test_bytes():
    """two runs, on one thread and on two, give equal bytes"""
    for number, threads in enumerate([1, 2]):
        milieu("run", scenario(TEXT), "-o", WORK / f"bytes{number}.h5", "-j", threads, status=0)
    assert (WORK / "bytes0.h5").read_bytes() == (WORK / "bytes1.h5").read_bytes()


def test_no_trace():
    """nothing in the file says where, when or by whom"""
    data = FILE.read_bytes()
    for trace in (str(WORK), str(Path.home()), "read.h5"):
        assert trace.encode() not in data, trace


def test_compressed():
    """a compressed file holds the same"""
    small = WORK / "small.h5"
    milieu("run", scenario(TEXT), "-o", small, "--compress", status=0)
    with h5py.File(FILE) as a, h5py.File(small) as b:
        assert b["series/ed_visits"].compression == "gzip"
        for group in ("outcomes", "series", "quantiles", "events"):
            for name, data in a[group].items():
                if data.dtype.kind in "fi" and "CLASS" not in data.attrs:
                    np.testing.assert_array_equal(data[...], b[group][name][...], err_msg=name)


def test_any_run_again():
    """any run of a series is had again by its number, and uncertainty tells parameters from chance"""
    again, series = WORK / "again.h5", scenario(TEXT)
    milieu("run", series, "-o", again, "--draws", "1", "--replications", "1", "--set", "runs.first_draw=1", "--set",
           "runs.first_replication=2", status=0)
    with h5py.File(FILE) as whole, h5py.File(again) as one:
        for name in whole["outcomes"]:
            if whole["outcomes"][name].ndim == 4:
                np.testing.assert_array_equal(whole["outcomes"][name][:, 1:2, 2:3], one["outcomes"][name])
    milieu("run", series, "-o", again, "--set", "runs.uncertainty=parameters", status=0)
    with h5py.File(again) as file, h5py.File(FILE) as whole:
        used = file["outcomes/ed_visits_per_patient_year"]
        np.testing.assert_array_equal(used[:, 0], whole["outcomes/ed_visits_per_patient_year"][:, 0])
        assert not np.array_equal(used[:, 0], used[:, 1], equal_nan=True)
    milieu("run", series, "-o", again, "--set", "runs.uncertainty=chance", status=0)
    with h5py.File(again) as file:
        strength = file["parameters/strength"][...]
        np.testing.assert_array_equal(strength[0], strength[1])


if __name__ == "__main__":
    tests = Tests()
    tests.run_all(dict(globals()))
    shutil.rmtree(WORK)
    tests.end()
