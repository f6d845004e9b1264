#!/usr/bin/python3
"""picture.py RESULTS.h5 PICTURE.png: each clinic's programme over two years, one colour an arm.

Above: patients reached, of those on the list: mean of the runs, and nine runs in ten of the first arm. Below: share of
runs in which the programme still runs. Needs h5py and matplotlib.
"""
import sys

import h5py
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

COLOURS = ["#999999", "#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00"]  # Okabe and Ito: apart for every eye
MOST_CLINICS = 6


def texts(file, path, fallback):
    return [t.decode() if isinstance(t, bytes) else str(t) for t in file[path if path in file else fallback][()]]


def draw(file, figure):
    reach, active = file["series/reach"], file["series/active"]  # arm, draw, replication, clinic, week
    arms = texts(file, "arms/title", "series/arm")
    clinics = texts(file, "clinics/title", "series/clinic")[:MOST_CLINICS]
    week = file["series/week"][()]
    axes = figure.subplots(2, len(clinics), sharex=True, sharey="row", squeeze=False)
    for c, clinic in enumerate(clinics):
        above, below = axes[:, c]
        for a, arm in enumerate(arms):
            line = {"color": COLOURS[a % len(COLOURS)], "linewidth": 1.5 if a else 3}  # the first shows under the others
            runs = 100 * np.nan_to_num(reach[a, :, :, c, :].reshape(-1, week.size))  # nobody reached before the list
            if a == 0:
                low, high = np.quantile(runs, [0.05, 0.95], axis=0)
                above.fill_between(week, low, high, color=line["color"], alpha=0.15, linewidth=0)
            above.plot(week, runs.mean(axis=0), label=arm, **line)
            below.plot(week, 100 * active[a, :, :, c, :].mean(axis=(0, 1)), **line)
        above.set_title(clinic, fontsize=9, wrap=True)
        below.set_xlabel("week")
        below.set_ylim(0, 103)
        for axis in (above, below):
            axis.spines[["top", "right"]].set_visible(False)
            axis.grid(axis="y", color="#dddddd", linewidth=0.6)
    axes[0, 0].set_ylabel("patients reached, %")
    axes[1, 0].set_ylabel("programme delivering, %")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="lower center", ncol=min(3, len(labels)), frameon=False, fontsize=9)
    return reach.shape[1] * reach.shape[2]


def main(results, picture):
    with h5py.File(results) as file:
        figure = plt.figure(figsize=(11, 5.6))
        runs = draw(file, figure)
        title = file.attrs["title"]
        figure.suptitle(f"{title.decode() if isinstance(title, bytes) else title}   ({runs} runs)", fontsize=11)
    figure.tight_layout(rect=(0, 0.06, 1, 1))
    figure.savefig(picture, dpi=110, metadata={"Software": None})


if len(sys.argv) != 3:
    sys.exit(__doc__)
main(*sys.argv[1:])
