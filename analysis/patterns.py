#!/usr/bin/env python3
"""What sim/MODEL.md, section 1, says of patterns that no test holds yet, from results files:

    milieu run scenarios/integrated-care.cfg --draws 500 --replications 1 --seed 7 -o cases.h5
    milieu run scenarios/region.cfg --draws 20 -o region.h5
    milieu run scenarios/region.cfg --draws 20 --set time.horizon=104 -o two-years.h5
    analysis/patterns.py cases cases.h5          P1, P2, P3
    analysis/patterns.py practice region.h5      P12
    analysis/patterns.py lasting region.h5       P14
    analysis/patterns.py turnover two-years.h5   P11
    analysis/patterns.py dose run.h5             P10 (MODEL.md says of which runs)

± is the Monte-Carlo standard error: over draws, of which every figure is a mean unless said otherwise."""
import sys

import h5py
import numpy as np


def outcome(file, name):
    """First arm, one replication: [draw, clinic]."""
    return file["outcomes/" + name][0, :, 0, :]


def told(words, by_draw):
    x = np.asarray(by_draw, float)
    x = x[np.isfinite(x)]
    low, high = np.quantile(x, [0.05, 0.95])
    spread = "" if set(x) <= {0, 1} else f"  (90 %: {low:.3g} to {high:.3g})"
    print(f"{words}: {x.mean():.4g} ± {x.std(ddof=1) / np.sqrt(len(x)):.2g}{spread}")


def cases(file):
    full, stop = outcome(file, "full_implementation_week"), outcome(file, "discontinued_week")
    start = outcome(file, "start_up_week")
    holds = [full[:, 0] <= 78, full[:, 1] <= 78, stop[:, 2] <= 78, full[:, 3] <= 78]
    for name, share in zip(("A full", "B full", "C stops", "D full"), holds):
        told("P1 " + name + " by week 78", share)
    told("P1 all four", np.all(holds, axis=0))
    start = np.where(np.isnan(start), np.inf, start)
    told("P2 A starts before B", start[:, 0] < start[:, 1])
    told("P2 A starts before D", start[:, 0] < start[:, 3])
    active = file["series/active"][0, :, 0, 3, 104]
    told("P2 D active in week 104", active)
    told("P3 care integration, points", file["outcomes_all/care_integration_change_26w"][0, :, 0])
    told("P3 self-management, points", file["outcomes_all/self_management_change_26w"][0, :, 0])


def practice(file):
    factors = [name.decode() for name in file["ratings/factor"][:]]
    led = [factors.index(name) for name in
           ("medical_leadership", "nursing_leadership", "case_manager_leadership", "managers_support")]
    score, changed = file["ratings/rating"][:, :, sorted(led)].mean(axis=2), outcome(file, "practice_change")
    logs = []
    for s, y in zip(score, changed):
        above, below = y[s > np.median(s)].mean(), y[s <= np.median(s)].mean()
        logs.append(np.log(above / (1 - above) * (1 - below) / below))
    told("P12 odds ratio", np.exp(logs))


def lasting(file):
    start, active = outcome(file, "start_up_week"), outcome(file, "active_104w")
    seen = np.isfinite(start) & np.isfinite(active)  # within the horizon
    share = [a[s].mean() for a, s in zip(active, seen)]
    told("P14 active 104 weeks after start-up", share)
    print(f"P14 draws within 0.25 to 0.60: {np.mean((np.array(share) >= 0.25) & (np.array(share) <= 0.60)):.2f}")


def turnover(file):
    left, fidelity = outcome(file, "nurse_turnover"), outcome(file, "fidelity_late")
    active = outcome(file, "active_at_horizon") == 1
    slopes = []
    for x, f, on in zip(left, fidelity, active):
        on = on & np.isfinite(f) & np.isfinite(x)
        slopes.append(np.polyfit(x[on] * 2 * 100, 1 + 4 * f[on], 1)[0])  # a year's departures a post, over two
    told("P11 slope", slopes)


def dose(file):
    told("P10 ED visits over the twin's", file["outcomes_all/ed_rate_ratio"][0, :, 0])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("cases", "practice", "lasting", "turnover", "dose"):
        sys.exit(__doc__)
    with h5py.File(sys.argv[2], "r") as results:
        globals()[sys.argv[1]](results)
