"""Designs of studies beside scipy's and OpenTURNS': the same Sobol' points, as even, and indices that agree."""
import ctypes
import os
import subprocess
from importlib.util import find_spec

import numpy as np

from support import TOP, WORK, Skip, Tests

SOURCES = ["sim/study/sampler.c", "sim/study/sobol.c", "sim/study/lhs.c", "sim/study/morris.c", "sim/study/saltelli.c",
           "sim/model/random.c", "sim/model/error.c"]
LATIN_HYPERCUBE, SOBOL, MORRIS, SALTELLI = range(4)


class SobolState(ctypes.Structure):
    _fields_ = [("dimensions", ctypes.c_int), ("direction", ctypes.c_void_p)]


class Plan(ctypes.Structure):
    _fields_ = [("method", ctypes.c_int), ("n", ctypes.c_uint64), ("dimensions", ctypes.c_int),
                ("levels", ctypes.c_int), ("seed", ctypes.c_uint32), ("second_order", ctypes.c_bool),
                ("maximin", ctypes.c_bool)]


class Sampler(ctypes.Structure):
    _fields_ = [("plan", Plan), ("sobol", SobolState), ("stratum", ctypes.c_void_p)]


def library():
    """The samplers alone, as a shared library: the program has no use for points that are not scrambled."""
    out = WORK / "samplers.so"
    flags = ["-std=c17", "-D_POSIX_C_SOURCE=200809L", "-O2", "-ffp-contract=off", "-fPIC", "-shared"]
    gsl = subprocess.run(["pkg-config", "--cflags", "--libs", "gsl"], check=True, stdout=subprocess.PIPE, text=True)
    subprocess.run([os.environ.get("CC", "cc"), *flags, *[str(TOP / s) for s in SOURCES], "-o", str(out),
                    *gsl.stdout.split()], check=True)
    lib = ctypes.CDLL(str(out))
    lib.sampler_count.restype = ctypes.c_uint64
    lib.sobol_word.restype = ctypes.c_uint32
    return lib


LIB = library()


def points(method, n, dimensions, seed=1, levels=4, second_order=False, maximin=False):
    sampler = Sampler()
    plan = Plan(method, n, dimensions, levels, seed, second_order, maximin)
    assert LIB.sampler_init(ctypes.byref(sampler), ctypes.byref(plan), None) == 0
    u = np.empty((LIB.sampler_count(ctypes.byref(sampler)), dimensions))
    for i in range(len(u)):
        LIB.sampler_point(ctypes.byref(sampler), ctypes.c_uint64(i), u[i].ctypes.data_as(ctypes.c_void_p))
    LIB.sampler_free(ctypes.byref(sampler))
    return u


def raw_words(indices, dimensions):
    sobol = SobolState()
    assert LIB.sobol_init(ctypes.byref(sobol), dimensions, None) == 0
    words = np.array([[LIB.sobol_word(ctypes.byref(sobol), int(i), d) for d in range(dimensions)] for i in indices],
                     dtype=np.uint64)
    LIB.sobol_free(ctypes.byref(sobol))
    return words


def qmc():
    if find_spec("scipy") is None:
        raise Skip("no scipy")
    from scipy.stats import qmc as module
    return module


def turns():
    if find_spec("openturns") is None:
        raise Skip("no OpenTURNS")
    import openturns
    return openturns


def test_points_are_scipys():
    """1,024 points in 1,200 dimensions are scipy's, bit by bit and in its order"""
    theirs = qmc().Sobol(1200, scramble=False).random(1024)
    assert np.array_equal(raw_words(range(1024), 1200) * 2.0**-32, theirs)


def test_far_points_are_scipys():
    """so are points addressed far out, where every direction number has been used"""
    far = [2**20 + 12345, 2**29 + 2**28 + 77, 2**30 - 1]
    for first in far:
        engine = qmc().Sobol(40, scramble=False)
        if first < 2**21:
            engine.fast_forward(first)
            theirs = engine.random(1)
        else:
            directions = np.asarray(engine._sv, dtype=np.uint64)  # scipy takes minutes to wind so far
            gray = first ^ first >> 1
            digits = [k for k in range(engine.bits) if gray >> k & 1]
            theirs = np.bitwise_xor.reduce(directions[:, digits], axis=1)[None, :] * 2.0**-engine.bits
        assert np.array_equal(raw_words([first], 40) * 2.0**-32, theirs), first


def test_scrambled_points_are_as_even_as_scipys():
    """discrepancy (CD2, scipy's own measure) of scrambled points: like scipy's scrambled ones, far below luck's"""
    module = qmc()
    ours = [module.discrepancy(points(SOBOL, 256, 6, seed=s)) for s in range(1, 21)]
    theirs = [module.discrepancy(module.Sobol(6, scramble=True, seed=s).random(256)) for s in range(1, 21)]
    luck = [module.discrepancy(np.random.default_rng(s).random((256, 6))) for s in range(1, 21)]
    print(f"    CD2 of 256 points, 6 dimensions: {np.mean(ours):.5f}, scipy {np.mean(theirs):.5f}, luck {np.mean(luck):.5f}")
    assert np.mean(ours) < 1.1 * np.mean(theirs)
    assert max(ours) < min(luck) / 3


def test_hypercubes_are_further_apart_than_scipys():
    """maximin keeps its closest points further apart than scipy's best of 20 plain hypercubes"""
    from scipy.spatial.distance import pdist
    ours = pdist(points(LATIN_HYPERCUBE, 60, 5, maximin=True)).min()
    theirs = max(pdist(qmc().LatinHypercube(5, seed=s).random(60)).min() for s in range(20))
    print(f"    closest two of 60 points in 5 dimensions: {ours:.3f}, scipy's best of 20: {theirs:.3f}")
    assert ours > theirs


def ishigami(u):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1])**2 + 0.1 * x[:, 2]**4 * np.sin(x[:, 0])


def test_openturns_reads_our_blocks():
    """OpenTURNS' estimators on our Saltelli points, n = 4,096: Ishigami's exact indices within 0.01"""
    ot = turns()
    n, d = 4096, 3
    u = points(SALTELLI, n, d)
    block = u.reshape(n, d + 2, d)
    x = np.concatenate([block[:, 0], block[:, d + 1], *[block[:, 1 + j] for j in range(d)]])
    y = ishigami(x)[:, None]
    for estimator in (ot.SaltelliSensitivityAlgorithm, ot.JansenSensitivityAlgorithm, ot.MartinezSensitivityAlgorithm):
        indices = estimator(ot.Sample(x), ot.Sample(y), n)
        first, total = np.array(indices.getFirstOrderIndices()), np.array(indices.getTotalOrderIndices())
        print(f"    {estimator.__name__}: {first.round(4)} {total.round(4)}")
        assert np.abs(first - [0.31390519, 0.44241114, 0]).max() < 0.01, first
        assert np.abs(total - [0.55758886, 0.44241114, 0.24368366]).max() < 0.01, total


tests = Tests()
tests.run_all(dict(globals()))
tests.end()
