"""A yardstick, not the model: the load of naive.c as a NumPy user would write it, every week one pass over arrays of
all clinics and patients.

    vectorised.py CLINICS PATIENTS WEEKS SEED OUTPUT.npy
"""
import sys

import numpy as np

CASELOAD, NURSES = 30, 2


def main(clinics, patients, weeks, seed, output):
    rng = np.random.default_rng(seed)
    leadership = rng.normal(0.6, 0.15, clinics).clip(0, 1)
    climate = rng.normal(0.6, 0.15, clinics).clip(0, 1)
    bad_weeks = np.zeros(clinics, int)
    active = np.ones(clinics, bool)
    skill = rng.uniform(0.2, 0.6, (clinics, NURSES))
    vacant = np.zeros((clinics, NURSES), int)
    rate = -np.sort(-rng.gamma(2, 4, (clinics, patients)), axis=1)  # most frequent users first
    management_at_first = rng.normal(48, 12, (clinics, patients)).clip(0, 96)
    integration_at_first = rng.normal(40, 10, (clinics, patients)).clip(0, 100)
    management, integration = management_at_first.copy(), integration_at_first.copy()
    nurse = np.full((clinics, patients), -1, np.int8)
    visits = np.zeros((clinics, patients), int)
    table = np.empty((clinics, weeks, 7), np.float32)
    row = np.arange(clinics)[:, None]
    leaves = 1 - 0.8 ** (1 / 52)

    for week in range(weeks):
        leadership += 0.05 * (0.6 + 0.2 * (climate - 0.5) - leadership) + rng.normal(0, 0.03, clinics)
        leadership.clip(0, 1, out=leadership)

        waiting = (vacant > 0) & active[:, None]
        filled = (vacant == 0) & active[:, None]
        vacant[waiting] -= 1
        skill[waiting & (vacant == 0)] = 0.2
        gone = filled & (rng.random((clinics, NURSES)) < leaves)
        skill += np.where(filled & ~gone, 0.06 * skill * (1 - skill), 0)
        vacant[gone] = rng.integers(8, 17, gone.sum())
        nurse[(nurse >= 0) & gone[row, nurse]] = -1

        posts = np.where(active, (vacant == 0).mean(axis=1), 0)
        climate += 0.1 * (0.1 + 0.6 * leadership + 0.15 * posts - climate) + rng.normal(0, 0.04, clinics)
        climate.clip(0, 1, out=climate)
        bad_weeks = np.where(climate < 0.48, bad_weeks + 1, 0)
        stop = active & (bad_weeks >= 12)
        active &= ~stop
        nurse[stop] = -1

        for j in range(NURSES):
            room = np.where((vacant[:, j] == 0) & active, CASELOAD - (nurse == j).sum(axis=1), 0)
            free = nurse < 0
            nurse[free & (free.cumsum(axis=1) <= room[:, None])] = j

        followed = nurse >= 0
        who = np.nonzero(followed)
        by = skill[who[0], nurse[who]]
        management_now, integration_now = management[who], integration[who]
        drift = management_at_first + 0.98 * (management - management_at_first)
        drift[who] = (management_now + 0.8 * by * (1 - management_now / 96) + rng.standard_normal(by.size)).clip(0, 96)
        management = drift
        drift = integration_at_first + 0.98 * (integration - integration_at_first)
        drift[who] = (integration_now + 1.2 * by * leadership[who[0]] * (1 - integration_now / 100)
                      + rng.standard_normal(by.size)).clip(0, 100)
        integration = drift
        now = rng.poisson(rate / 52 * np.exp(-0.012 * (integration - integration_at_first)))
        visits += now

        table[:, week, 0] = now.sum(axis=1)
        table[:, week, 1] = followed.sum(axis=1)
        table[:, week, 2] = management.mean(axis=1)
        table[:, week, 3] = integration.mean(axis=1)
        table[:, week, 4] = leadership
        table[:, week, 5] = climate
        table[:, week, 6] = active
    np.save(output, table)
    print(f"visits per patient-year {visits.mean() / weeks * 52:.3f}")


main(*map(int, sys.argv[1:5]), sys.argv[5])
