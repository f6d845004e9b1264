#!/usr/bin/python3
"""study_picture.py STUDY.h5 PICTURE.png: what turnover, leadership and access to information each do in each clinic.

Of the runs of scenarios/studies/turnover-leadership-information.cfg, the share in which the programme is still delivered at
the end, with its 90 % interval: along the lead physician's rating, a colour for each yearly hazard that a nurse leaves;
above with the least access to information, below with the most. Needs h5py and matplotlib.
"""
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

COLOURS = ["#0072b2", "#009e73", "#e69f00", "#d55e00"]  # Okabe and Ito: apart for every eye
Z = 1.645  # of a 90 % interval


def interval(share, n):
    """Wilson's, for a share of n runs."""
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    half = Z / (1 + Z * Z / n) * np.sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return middle - half, middle + half


def draw(file, figure):
    factors = [f.decode() if isinstance(f, bytes) else f for f in file["design/factor"][()]]
    x = {name: file["design/x"][:, k] for k, name in enumerate(factors)}
    active = file["responses/active_at_horizon"]  # point, replication, arm, clinic
    clinics = [c.decode() if isinstance(c, bytes) else c for c in file["responses/clinic"][()]]
    clinics = [c for c in clinics if c != "all"]
    share, n = np.nanmean(active[:, :, 0, :], axis=1), active.shape[1]
    levels = [min(x["information_access"]), max(x["information_access"])]
    axes = figure.subplots(len(levels), len(clinics), sharex=True, sharey=True, squeeze=False)
    for row, information in enumerate(levels):
        for c, clinic in enumerate(clinics):
            axis = axes[row, c]
            for colour, turnover in zip(COLOURS, sorted(set(x["turnover"]))):
                which = np.flatnonzero((x["turnover"] == turnover) & (x["information_access"] == information))
                which = which[np.argsort(x["medical_leadership"][which])]
                rating, mean = x["medical_leadership"][which], share[which, c]
                low, high = interval(mean, n)
                axis.fill_between(rating, 100 * low, 100 * high, color=colour, alpha=0.12, linewidth=0)
                axis.plot(rating, 100 * mean, color=colour, marker="o", markersize=3,
                          label=f"{turnover:.2f} departures a nurse and year")
            axis.set_ylim(0, 100)
            axis.set_xticks([-2, -1, 0, 1, 2])
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(axis="y", color="#dddddd", linewidth=0.6)
            if row == 0:
                axis.set_title(clinic, fontsize=10)
        axes[row, 0].set_ylabel(f"still delivering, %\ninformation {information:+.0f}", fontsize=9)
    for axis in axes[-1]:
        axis.set_xlabel("lead physician's stance", fontsize=9)
    figure.legend(*axes[0, 0].get_legend_handles_labels(), loc="lower center", ncol=4, frameon=False, fontsize=9)
    return active.shape[0] * n


def main(study, picture):
    with h5py.File(study) as file:
        figure = plt.figure(figsize=(11, 5.6))
        runs = draw(file, figure)
        figure.suptitle(f"Turnover, medical leadership and access to information in the four cases   ({runs:,} runs)",
                        fontsize=11)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(picture, dpi=110, metadata={"Software": None})


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
