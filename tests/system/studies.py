#!/usr/bin/python3
"""Studies lose nothing and count nothing twice: killed at any moment, on any number of threads and processes, on a full
disk, with journals that were cut, altered, lost or put in the wrong folder. The merged file of a study is always the
same bytes."""
import calendar
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import h5py
import numpy as np

from support import MILIEU, SCENARIOS, TINY, WORK, Skip, Tests, milieu

STUDY = """format = "milieu-study/1";
id = "small";
scenario = "tiny.cfg";
design: { method = "factorial"; };
vary: ( { rate = "medical_leadership"; values = [-2, 0, 2]; },
        { path = "strategies[champion].at"; name = "week"; values = [0, 13]; } );
respond = ["reach", "fidelity", "discontinued"];
runs: { replications = 40; seed = 11; };
outputs: { series = ["fidelity", "enrolled"]; every_weeks = 13; trajectories = 1; };
"""
SEED = 20260905  # of the moments at which workers are killed
KILLS = 201
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def study(text=STUDY, name="small.cfg", tiny=TINY):
    for path, now in [(WORK / "tiny.cfg", tiny), (WORK / name, text)]:
        if not path.exists() or path.read_text(encoding="utf-8") != now:  # others may be reading it
            path.write_text(now, encoding="utf-8")
    return path


def folder(name):
    path = WORK / name
    shutil.rmtree(path, ignore_errors=True)
    return path


def sweep(path, to, *more, status=0, **how):
    return milieu("sweep", path, "-o", to, "--progress", "none", *more, status=status, **how)


def merged(to, *more):
    milieu("study", "merge", to, *more, status=0)
    return (to / "study.h5").read_bytes()


def state(to):
    return json.loads(milieu("study", "status", to, "--json", status=0).out)


def start(path, to, threads=1):
    return subprocess.Popen([MILIEU, "sweep", path, "-o", to, "-j", str(threads), "--progress", "none"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def journals(to):
    return sorted((to / "journal").iterdir())


def has_begun(to):
    """Waits until a worker has written results."""
    for _ in range(3000):
        if (to / "journal").is_dir() and any(p.stat().st_size > 2000 for p in journals(to)):
            return
        time.sleep(0.01)
    raise AssertionError("no worker began")


def undisturbed(text=STUDY, cache={}):
    """The merged file of a study that nobody disturbed, on one thread."""
    if text not in cache:
        to = folder("undisturbed")
        sweep(study(text), to, "-j", "1")
        cache[text] = merged(to)
    return cache[text]


def test_dry_run():
    """a dry run tells points, runs, core-hours, bytes and memory, and makes nothing"""
    told = json.loads(milieu("sweep", study(), "--dry-run", "--json", status=0).out)
    assert sorted(told) == ["bytes", "core_hours", "memory", "points", "runs"], told
    assert told["points"] == 6 and told["runs"] == 240 and told["core_hours"] > 0 and told["bytes"] > 1000, told
    assert "240" in milieu("sweep", study(), "--dry-run", status=0).out


def test_complete():
    """a sweep does all its runs; run again it has nothing to do"""
    to = folder("complete")
    sweep(study(), to)
    told = state(to)
    assert told["complete"] and told["done"] == told["runs"] == 240 and told["failed"] == 0, told
    before = [p.stat().st_size for p in journals(to)]
    sweep(study(), to)
    assert [p.stat().st_size for p in journals(to)] == before


def test_untitled():
    """a study without a title goes by its id"""
    assert "title" not in STUDY
    to = folder("untitled")
    sweep(study(), to)
    assert all(milieu("study", "status", to, "--lang", lang, status=0).out.startswith("small ") for lang in ("en", "fr"))
    merged(to)
    with h5py.File(to / "study.h5") as file:
        assert [file.attrs[name].astype(str) for name in ("title", "title_fr")] == ["small", "small"], dict(file.attrs)


def test_who_worked():
    """hosts, times and core-hours are told when all have ended, and each worker's log has the time in every line"""
    to, before = folder("who"), time.time()
    sweep(study(), to)
    sweep(study(), to)
    told = state(to)
    moments = [told["hosts"][0][key] for key in ("first", "last")]
    assert all(re.fullmatch(MOMENT, moment) for moment in moments), moments
    times = [calendar.timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")) for moment in moments]
    assert before - 1 <= times[0] <= times[1] <= time.time(), (before, times)
    assert len(told["hosts"]) == 1 and told["hosts"][0]["journals"] == 1 and not told["workers"], told
    assert told["hosts"][0]["core_hours"] == told["core_hours"] > 0, told
    assert all(told["hosts"][0]["host"] in milieu("study", "status", to, "--lang", lang, status=0).out
               for lang in ("en", "fr"))
    lines = [line for log in (to / "log").iterdir() for line in log.read_text().splitlines()]
    assert len(lines) == 2 and all(re.match(MOMENT + " (begun|ended)", line) for line in lines), lines
    assert "240 runs made here" in lines[1], lines


def test_as_run():
    """a point's values are those of `milieu run` with the point's changes"""
    to = folder("as-run")
    sweep(study(), to)
    merged(to)
    milieu("run", WORK / "tiny.cfg", "--rate", "medical_leadership=2", "--set", "strategies[champion].at=13", "--draws",
           "40", "--replications", "1", "--seed", "11", "-o", WORK / "run.h5", status=0)
    with h5py.File(to / "study.h5") as whole, h5py.File(WORK / "run.h5") as run:
        for name in ["reach", "fidelity", "discontinued"]:
            ours = whole["responses"][name][5]  # replication, arm, clinic (all last)
            theirs = run["outcomes"][name][:, :, 0]  # arm, draw, clinic
            np.testing.assert_array_equal(ours[:, :, 0], theirs[:, :, 0].T)
            np.testing.assert_array_equal(ours[:, :, 1], run["outcomes_all"][name][:, :, 0].T)
        mean = whole["series/fidelity/mean"][5, 0, 0]
        weeks = run["series/fidelity"][0, :, 0, 0, 12::13].astype(float)
        np.testing.assert_allclose(mean, np.nanmean(np.round(weeks * 2**20) / 2**20, axis=0), rtol=1e-12)


def test_threads():
    """one thread, two threads, three processes: the same bytes"""
    to = folder("threads")
    sweep(study(), to, "-j", "2")
    assert merged(to) == undisturbed()
    to = folder("processes")
    path = study()
    workers = [start(path, to) for _ in range(3)]
    for worker in workers:
        assert worker.wait(120) == 0, worker.stderr.read()
    assert state(to)["complete"]
    assert merged(to) == undisturbed()


def test_storm():
    """killed 200 times at random moments, nothing finished is lost, nothing counts twice"""
    to, path, chance, kills, done = folder("storm"), SCENARIOS / "studies/smoke.cfg", random.Random(SEED), 0, 0
    rounds = 0
    calm = folder("calm")
    sweep(path, calm, "-j", "2")
    first = start(path, to)
    has_begun(to)
    first.kill()
    first.wait()
    first.stderr.close()
    kills += 1
    while kills < KILLS:
        workers = [start(path, to) for _ in range(3)]
        time.sleep(chance.uniform(0.02, 0.4))
        for worker in workers:
            worker.send_signal(signal.SIGKILL)
            kills += 1
        for worker in workers:
            worker.wait()
            worker.stderr.close()
        now = state(to)
        assert now["done"] >= done, f"{done} runs were done, now {now}"
        done = now["done"]
        if now["complete"]:  # begin anew: the rest of the kills are to meet work
            assert merged(to) == merged(calm)
            shutil.rmtree(to / "journal")
            (to / "journal").mkdir()
            rounds, done = rounds + 1, 0
    sweep(path, to, "-j", "2")
    assert merged(to) == merged(calm)
    print(f"    {kills} kills, {len(journals(to))} journals, {rounds} times complete and begun anew, "
          f"{done} runs done before the calm")


def test_failing():
    """a point that cannot be is recorded with its reason and the rest completes"""
    text = STUDY.replace('{ rate = "medical_leadership"; values = [-2, 0, 2]; }',
                         '{ path = "meso[clinic-a].organizational.roster"; values = [200, 13000]; }').replace(
        '{ path = "strategies[champion].at"; name = "week"; values = [0, 13]; }',
        '{ path = "meso[clinic-a].patients.per_clinic"; values = [20, 300]; }')
    to = folder("failing")
    result = sweep(study(text, "failing.cfg"), to, status=1)
    assert "40" in result.err and "roster" in result.err, result.err
    told = state(to)
    assert told["complete"] and told["failed"] == 40 and "roster" in told["failures"][0]["reason"], told
    merged(to)
    with h5py.File(to / "study.h5") as file:
        status = file["status"]["status"][...] if isinstance(file["status"], h5py.Group) else file["status"][...]
        assert (status == 2).sum() == 40 and (status == 1).sum() == 120, status
        assert np.isnan(file["responses/reach"][1]).all()
    sweep(study(text, "failing.cfg"), to, "--allow-failures", "0.5")


def test_progress():
    """runs that fail at once are not counted twice: progress never passes the number of runs"""
    text = STUDY.replace('{ rate = "medical_leadership"; values = [-2, 0, 2]; }',
                         '{ path = "meso[clinic-a].organizational.roster"; values = [200, 13000]; }').replace(
        '{ path = "strategies[champion].at"; name = "week"; values = [0, 13]; }',
        '{ path = "meso[clinic-a].patients.per_clinic"; values = [300]; }, { path = "strategies[champion].at"; '
        'name = "week"; values = [' + ", ".join(map(str, range(20))) + "]; }")
    text = text.replace('"small"', '"fast-failing"').replace("replications = 40", "replications = 100")
    path = study(text, "fast-failing.cfg")
    told = milieu("sweep", path, "-o", folder("progress"), "-j", "1", "--progress", "json", "--allow-failures", "1",
                  status=0).err
    lines = [json.loads(line) for line in told.splitlines() if line.startswith("{")]
    assert lines and all(line["done"] <= line["runs"] == 4000 for line in lines), lines
    assert lines[-1]["done"] == 4000, lines[-1]
    failures = state(WORK / "progress")["failures"]
    assert len(failures) == 1 and failures[0]["runs"] == 2000, failures


def test_kept():
    """many whole series kept: a dry run knows of them, and a record does not outgrow its journal"""
    text = STUDY.replace("trajectories = 1", "trajectories = 40").replace('"small"', '"keeping"')
    path, to = study(text, "keeping.cfg"), folder("kept")
    told = json.loads(milieu("sweep", path, "--dry-run", "--json", status=0).out)
    sweep(path, to, "-j", "1")
    merged(to)
    size = sum(p.stat().st_size for p in journals(to)) + (to / "study.h5").stat().st_size
    least = 2 * 240 * 2 * 2 * 52 * 4  # runs, arms, series, weeks, bytes of a number; in a journal and merged
    assert least < told["bytes"] < 2 * size, (told, size)


def test_torn():
    """a journal cut anywhere counts up to its last whole record"""
    to, chance = folder("torn"), random.Random(SEED)
    sweep(study(), to)
    journal = journals(to)[0]
    whole = journal.read_bytes()
    for _ in range(5):
        journal.write_bytes(whole[:chance.randrange(100, len(whole))])
        assert not state(to)["complete"]
        refused = milieu("study", "merge", to, status=75).err
        assert "runs are missing: " in refused and f"milieu sweep -o {to}" in refused and "--partial" in refused, refused
        sweep(study(), to)
        assert merged(to) == undisturbed()
        for other in journals(to):
            if other != journal:
                other.unlink()
                (to / "log" / (other.stem + ".log")).unlink()


def records(journal):
    """Offsets of the headers in a journal, by their magic and the lengths they tell."""
    at, found = 0, []
    while at < len(journal):
        assert journal[at:at + 4] == b"MLJ1", at
        found.append(at)
        at += 64 + (int.from_bytes(journal[at + 48:at + 52], sys.byteorder) + 7) // 8 * 8
    return found


def test_flipped():
    """a flipped byte is found, named, and its run done again; a merge refuses it"""
    chance = random.Random(SEED)
    for where in ("header", "payload"):
        to = folder("flipped")
        sweep(study(), to)
        journal = journals(to)[0]
        whole = bytearray(journal.read_bytes())
        batch = chance.choice(records(whole)[1:-1])
        end = next(at for at in records(whole) if at > batch)
        whole[chance.randrange(batch, batch + 64) if where == "header" else chance.randrange(batch + 64, end)] ^= 4
        journal.write_bytes(whole)
        refused = milieu("study", "merge", to, status=65)
        assert journal.name in refused.err, refused.err
        told = state(to)  # which reads headers, and payloads of runs that failed
        assert told["damaged"] == (where == "header") and told["complete"] == (where == "payload"), told
        again = sweep(study(), to)
        assert journal.name in again.err, again.err
        assert state(to)["complete"]
        assert merged(to) == undisturbed()


def test_bytes_gone():
    """bytes gone from a journal, come in or turned are damage with place and remedy, and cost a record; a torn end is none"""
    for name in ("gone", "come in", "turned in the last record", "torn"):
        to = folder("damage")
        sweep(study(), to, "-j", "1")
        journal = journals(to)[0]
        whole = journal.read_bytes()
        at, end = records(whole)[1], records(whole)[-1]  # of the first batch; behind the last
        journal.write_bytes({"gone": whole[:at + 10] + whole[at + 13:], "come in": whole[:at + 70] + b"?" + whole[at + 70:],
                             "turned in the last record": whole[:end - 70] + bytes([whole[end - 70] ^ 1]) + whole[end - 69:end],
                             "torn": whole[:end - 70]}[name])
        told = milieu("study", "merge", to, "--partial", status=0).err
        if name == "torn":
            assert journal.name not in told and state(to)["torn"] == 1 and state(to)["damaged"] == 0, (told, state(to))
        else:
            assert f"{journal.name} is damaged at byte" in told and f"milieu sweep -o {to}" in told, (name, told)
            assert f"milieu sweep -o {to}" in milieu("study", "merge", to, "--lang", "fr", status=65).err
        again = int(re.search(r"(\d+) of them now", sweep(study(), to).err).group(1))
        assert again == int(240 / (len(records(whole)) - 2)), (name, again)
        assert merged(to) == undisturbed()


def test_missing():
    """a journal that has vanished is missed, not passed over"""
    to = folder("missing")
    sweep(study(), to)
    lost = journals(to)[0].name
    journals(to)[0].unlink()
    refused = milieu("study", "merge", to, status=65)
    assert "run" in refused.err and refused.err.count(lost) == 1 and lost + ".journal" not in refused.err, refused.err
    for done in (False, True):
        assert state(to)["missing_journals"] == [lost] and state(to)["complete"] == done
        assert all(milieu("study", "status", to, "--lang", lang, status=0).out.count(lost) == 1 for lang in ("en", "fr"))
        assert sweep(study(), to).err.count(lost) == 2  # when it begins and when it ends
    assert merged(to) == undisturbed()
    assert state(WORK / "undisturbed")["missing_journals"] == []


def test_vanished():
    """a journal that vanishes while another worker counts on it: that one makes its runs again, and ends with all there"""
    to, path = folder("vanished"), SCENARIOS / "studies/smoke.cfg"
    first = start(path, to)
    has_begun(to)
    while state(to)["done"] < 300:
        time.sleep(0.05)
    first.kill()
    first.wait()
    lost = journals(to)[0]
    second = start(path, to)
    while len(journals(to)) < 2 or journals(to)[journals(to)[0] == lost].stat().st_size < 2000:
        assert second.poll() is None
        time.sleep(0.01)
    lost.unlink()
    told = second.communicate(timeout=120)[1].decode()
    assert second.returncode == 0 and lost.name in told and "3,200 of 3,200 runs done" in told, told
    assert state(to)["complete"] and state(to)["missing_journals"] == [lost.name]
    merged(to)


def test_foreign():
    """a journal of another study is refused, and both are named"""
    to, other = folder("foreign"), folder("other")
    sweep(study(), to)
    sweep(study(STUDY.replace("seed = 11", "seed = 12"), "other.cfg"), other)
    shutil.copy(journals(other)[0], to / "journal/elsewhere-1-1.journal")
    refused = milieu("study", "merge", to, status=65)
    assert state(other)["study_id"][:8] in refused.err, refused.err


def test_changed():
    """another study, or the same one changed, is not put into a folder: what differs is said"""
    to = folder("changed")
    sweep(study(), to)
    for old, new, word in [("seed = 11", "seed = 12", "runs"), ("[0, 13]", "[0, 14]", "varies"),
                           ('"reach", ', "", "responses"), ("every_weeks = 13", "every_weeks = 4", "outputs")]:
        refused = milieu("sweep", study(STUDY.replace(old, new), "changed.cfg"), "-o", to, status=65)
        assert word in refused.err, (word, refused.err)
    refused = milieu("sweep", study(tiny=TINY.replace("per_clinic = 12", "per_clinic = 13")), "-o", to, status=65)
    assert "scenario" in refused.err, refused.err
    assert merged(to) == undisturbed()


def test_signals():
    """SIGTERM, SIGUSR1 and SIGINT: exit 75, and the same command goes on"""
    to, path = folder("signals"), SCENARIOS / "studies/smoke.cfg"
    for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
        worker = start(path, to)
        has_begun(to)
        time.sleep(0.3)
        begun = time.time()
        worker.send_signal(number)
        assert worker.wait(20) == 75, (number, worker.stderr.read())
        assert time.time() - begun < 2
    told = state(to)
    assert 0 < told["done"] < told["runs"], told
    assert not told["workers"], told


def test_full_disk():
    """no more room: exit 73 with its reason, what was written counts, and the sweep goes on when there is room"""
    to = folder("full")

    def limited():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (9000, 9000))

    result = sweep(study(), to, "-j", "1", status=73, before=limited)
    assert "journal" in result.err, result.err
    sweep(study(), to)
    assert merged(to) == undisturbed()
    if os.path.exists("/dev/full"):
        assert milieu("study", "merge", to, "-o", "/dev/full").status == 73


def test_file_system():
    """a file system that is full, then read only: exit 73 with the system's reason, and all goes on when it can"""
    to, mounted = WORK / "small-disk", False
    to.mkdir(exist_ok=True)

    def mount(*options):
        return subprocess.run(["mount", *options, str(to)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0

    if os.geteuid() != 0 or not (mounted := mount("-t", "tmpfs", "-o", "size=36k", "tmpfs")):
        raise Skip("only root may mount a small file system, and not everywhere")
    try:
        result = sweep(study(), to / "s", "-j", "1", status=73)
        assert "No space left" in result.err, result.err
        assert mount("-o", "remount,size=50m") and mount("-o", "remount,ro")
        result = sweep(study(), to / "s", "-j", "1", status=73)
        assert "Read-only" in result.err, result.err
        assert mount("-o", "remount,rw")
        sweep(study(), to / "s")
        assert merged(to / "s") == undisturbed()
    finally:
        if mounted:
            subprocess.run(["umount", str(to)], check=True)


def test_no_journal():
    """a journal that cannot even be begun: exit 73, and no trace of a journal that never was"""
    to = folder("no-journal")
    sweep(study(), to)
    for old in journals(to) + list((to / "log").iterdir()):
        old.unlink()
    for most in (10, 250):  # a claim does not fit; a journal's opening does not

        def limited():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        sweep(study(), to, "-j", "1", status=73, before=limited)
        assert not journals(to) and not list((to / "log").iterdir()), most
    assert ".journal" not in milieu("study", "merge", to, status=75).err
    sweep(study(), to)
    assert merged(to) == undisturbed()


def test_removed():
    """a journal removed or moved away under a worker's hands: exit 73 and why, not work for nothing, nor an endless wait"""
    path = SCENARIOS / "studies/smoke.cfg"
    for name, take in (("removed", lambda to: journals(to)[0].unlink()),
                       ("moved", lambda to: to.rename(folder("moved-away")))):
        to = folder(name)
        worker = start(path, to)
        has_begun(to)
        take(to)
        assert worker.wait(60) == 73
        assert ".journal" in worker.stderr.read().decode()


def test_no_folder():
    """where no folder can be made: exit 73, before anything is run"""
    file = WORK / "a-file"
    file.write_text("")
    begun = time.time()
    result = milieu("sweep", study(), "-o", file / "inside", status=73)
    assert "a-file" in result.err and time.time() - begun < 5, result.err
    assert milieu("sweep", study(), "-o", file).status in (65, 73)
    assert milieu("sweep", study(), status=2).err
    assert milieu("study", "status", WORK / "nowhere").status == 66


def test_stale():
    """the block of a worker that was killed is taken over at once"""
    to, path = folder("stale"), SCENARIOS / "studies/smoke.cfg"
    worker = start(path, to)
    while not (to / "claims").is_dir() or len(list((to / "claims").iterdir())) < 2:
        time.sleep(0.01)
    worker.kill()
    worker.wait()
    assert any(w["gone"] for w in state(to)["workers"])
    begun = time.time()
    sweep(path, to, "-j", "2")
    assert state(to)["complete"] and time.time() - begun < 50


def test_run_again():
    """any run again, by its number or by point and replication: the arms of the study, the values of the merged file"""
    some = STUDY.replace('respond', 'arms = ["with-champion"];\nrespond').replace('"small"', '"one-arm"')
    for text, arms in ((STUDY, ["as-it-is", "with-champion"]), (some, ["with-champion"])):
        to = folder("again")
        sweep(study(text, "again.cfg"), to)
        merged(to)
        for name in ("207", "5/7"):
            milieu("study", "run", to, name, "-o", WORK / "one.h5", status=0)
            with h5py.File(to / "study.h5") as whole, h5py.File(WORK / "one.h5") as one:
                assert list(whole["responses/arm"].asstr()) == arms
                assert list(one["arms/arm"].asstr()) == list(one["outcomes/arm"].asstr()) == arms
                compared = 0
                for response in whole["responses"]:
                    if whole["responses"][response].ndim == 4:
                        here = whole["responses"][response][5, 7]  # arm, clinic (all last)
                        np.testing.assert_array_equal(here[:, 0], one["outcomes"][response][:, 0, 0, 0])
                        np.testing.assert_array_equal(here[:, 1], one["outcomes_all"][response][:, 0, 0])
                        compared += 1
                assert compared == 3
                assert len(one["events/week"]) > 0 and set(one["events/arm"][...]) <= set(range(len(arms)))
                (WORK / "carried.cfg").write_text(one["scenario/text"].asstr()[()], encoding="utf-8")
            milieu("run", WORK / "carried.cfg", "-o", WORK / "two.h5", status=0)
            with h5py.File(WORK / "one.h5") as one, h5py.File(WORK / "two.h5") as two:
                assert list(two["arms/arm"].asstr()) == arms
                for outcome in ("reach", "fidelity", "discontinued"):
                    np.testing.assert_array_equal(one["outcomes"][outcome], two["outcomes"][outcome])
        assert milieu("study", "run", to, "240").status == 2
        assert milieu("study", "run", to, "6/0").status == 2


def made_by(to, program):
    """The manifest of a folder as another program makes it: sound, but for the journals, which are of another study."""
    manifest = json.loads((to / "manifest.json").read_text(encoding="utf-8"))
    manifest["program"] = program
    manifest["parts"]["program"] = hashlib.sha256(program.encode()).hexdigest()
    parts = "".join(f"{name} {value}\n" for name, value in manifest["parts"].items())
    manifest["study"] = hashlib.sha256(parts.encode()).hexdigest()[:32]
    (to / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")


def test_another_program():
    """a study that another program made: neither run again nor verified, and both programs are named"""
    to = folder("another-program")
    sweep(study(), to)
    ours = json.loads((to / "manifest.json").read_text(encoding="utf-8"))["program"]
    theirs = "milieu 0.0.9, commit 0123456, clean"
    made_by(to, ours)
    milieu("study", "run", to, "5/7", "-o", WORK / "ours.h5", status=0)
    made_by(to, theirs)
    for words in (["run", to, "5/7", "-o", WORK / "theirs.h5"], ["verify", to]):
        refused = milieu("study", *words, status=65)
        assert ours in refused.err and theirs in refused.err and refused.out == "", refused.err
    assert not (WORK / "theirs.h5").exists()


def test_verify():
    """verify does a share of the runs again, on any number of threads, and finds the same bits"""
    to = folder("verify")
    sweep(study(), to)
    merged(to)
    told = [milieu("study", "verify", to, "--share", "0.5", "--seed", "4", "-j", threads, status=0).out
            for threads in ("1", "3")]
    assert hashlib.sha256((to / "study.h5").read_bytes()).hexdigest() in told[0], told[0]
    assert told[0] == told[1], told


def test_incomplete():
    """an incomplete study: merge and verify end with 75 and say how to go on; with 65 for damage"""
    to = folder("incomplete")
    sweep(study(), to, "-j", "1")
    whole = journals(to)[0].read_bytes()
    journals(to)[0].write_bytes(whole[:records(whole)[2]])  # an opening and a batch
    for lang, words in (("en", "runs are missing"), ("fr", "des exécutions manquent")):
        refused = milieu("study", "merge", to, "--lang", lang, status=75).err
        assert words in refused and f"milieu sweep -o {to}" in refused and "--partial" in refused, refused
    told = milieu("study", "verify", to, status=75).out
    assert " missing, " in told and f"milieu sweep -o {to}" in told, told
    journals(to)[0].write_bytes(whole[:records(whole)[2]] + whole[records(whole)[2] + 8:])
    refused = milieu("study", "merge", to, status=65).err
    assert "is damaged at byte" in refused and f"milieu sweep -o {to}" in refused and "--partial" in refused, refused
    sweep(study(), to)
    assert merged(to) == undisturbed()
    milieu("study", "verify", to, status=0)


def test_verify_flipped():
    """a byte of the merged file turned over: verify tells which, export gives no table of it; nothing is left behind"""
    to = folder("verify-flipped")
    sweep(study(), to)
    whole = merged(to)
    before = sorted(p.name for p in to.iterdir())
    with h5py.File(to / "study.h5") as file:
        places = [file[name].id.get_chunk_info(0).byte_offset + 5
                  for name in ("status", "design/x", "responses/fidelity", "series/enrolled/mean", "trajectories/fidelity")]
    for at in places:
        (to / "study.h5").write_bytes(whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1:])
        told = milieu("study", "verify", to, "--share", "0.001", status=1)
        assert f"byte {at} " in told.out and "merge again" in told.out and "sha256" not in told.out, told.out
        assert milieu("study", "export", to, "--csv", WORK / "of-flipped", status=65).err
    (to / "study.h5").write_bytes(whole)
    milieu("study", "verify", to, "--share", "0.001", status=0)
    assert sorted(p.name for p in to.iterdir()) == before


def test_json():
    """--json: sweep, merge, verify and export print one value and nothing else, with the numbers that words would tell"""
    to, tables = folder("json"), folder("tables-of-json")
    text = STUDY.replace('{ rate = "medical_leadership"; values = [-2, 0, 2]; }',
                         '{ path = "meso[clinic-a].organizational.roster"; values = [200, 13000]; }').replace(
        '{ path = "strategies[champion].at"; name = "week"; values = [0, 13]; }',
        '{ path = "meso[clinic-a].patients.per_clinic"; values = [20, 300]; }')

    def told(*words, status=0):
        out = milieu(*words, "--json", "--progress", "none", status=status).out
        assert out.count("\n") == 1, out
        return json.loads(out)

    swept = told("sweep", study(text, "json.cfg"), "-o", to, status=1)  # a point cannot be
    ident = state(to)["study_id"]
    assert swept["study_id"] == ident and swept["folder"] == str(to) and swept["points"] == 4, swept
    assert swept["runs"] == swept["done"] == swept["made"] == 160 and swept["failed"] == 40, swept
    assert swept["taken_over"] == 0 and not swept["stopped"] and swept["damage"] is None, swept
    assert "roster" in swept["first_failure"] and swept["core_hours"] > 0, swept
    again = told("sweep", WORK / "json.cfg", "-o", to, "--allow-failures", "1")
    assert again["done"] == 160 and again["made"] == 0, again

    now = told("study", "merge", to)
    assert now["study_id"] == ident and now["file"] == str(to / "study.h5") and now["complete"], now
    assert (now["runs"], now["failed"], now["missing"], now["duplicates"]) == (160, 40, 0, 0), now
    assert now["journals"] == len(journals(to)) and now["torn"] == 0 and now["damage"] is None, now

    whole = (to / "study.h5").read_bytes()
    now = told("study", "verify", to, "--share", "1", "--seed", "3")
    assert (now["runs"], now["failed"], now["missing"], now["checked"], now["different"]) == (160, 40, 0, 160, 0), now
    assert now["seed"] == 3 and now["first_different"] is None and now["damage"] is None, now
    assert now["merged"] == {"file": str(to / "study.h5"), "sha256": hashlib.sha256(whole).hexdigest(),
                             "as_merged": True, "first_different": None}, now
    (to / "study.h5").write_bytes(whole + b"x")
    now = told("study", "verify", to, status=1)
    assert not now["merged"]["as_merged"] and now["merged"]["first_different"] == len(whole), now
    (to / "study.h5").unlink()
    assert told("study", "verify", to)["merged"] is None
    (to / "study.h5").write_bytes(whole)

    now = told("study", "export", to, "--csv", tables)
    assert sorted(now["files"]) == sorted(p.name for p in tables.iterdir()) and "README.txt" in now["files"], now
    assert now["study_id"] == ident and now["folder"] == str(tables), now
    assert now["runs"] == now["runs_in_journals"] == 160 and now["failed"] == 40 and now["complete"], now


def test_export_tells_age():
    """export says when the merged file is not complete, or older than the journals, and gives its tables all the same"""
    to, tables = folder("age"), folder("tables-of-age")
    sweep(study(), to)
    kept = WORK / "kept.journal"
    journal = journals(to)[0]
    shutil.copy(journal, kept)
    journal.write_bytes(kept.read_bytes()[:kept.stat().st_size // 2])
    done = state(to)["done"]
    assert 0 < done < 240, done
    merged(to, "--partial")
    told = milieu("study", "export", to, "--csv", tables, status=0).err
    assert "not complete" in told and str(done) in told and f"study merge {to}" in told, told
    assert len((tables / "responses.csv").read_text().splitlines()) == 1 + done * 2 * 2
    told = milieu("study", "export", to, "--csv", tables, "--lang", "fr", status=0).err
    assert "pas complet" in told, told
    shutil.copy(kept, journal)
    told = milieu("study", "export", to, "--csv", tables, status=0).err
    assert f"of {done} runs, the journals have 240" in told and f"study merge {to}" in told, told
    merged(to)
    assert milieu("study", "export", to, "--csv", tables, status=0).err == ""
    assert len((tables / "responses.csv").read_text().splitlines()) == 1 + 240 * 2 * 2


def test_verify_draws():
    """verify draws other batches at every call and tells the seed, which draws the same again; a share of 0 is refused"""
    to = folder("draws")
    sweep(study(), to)
    told = [milieu("study", "verify", to, "--share", "0.5", status=0).out for _ in range(8)]
    seeds = [re.search(r"--seed ([0-9]+)", out)[1] for out in told]
    assert len(set(seeds)) == 8 and all(int(seed) < 2**31 for seed in seeds), seeds
    for seed, out in list(zip(seeds, told))[:2]:
        assert milieu("study", "verify", to, "--share", "0.5", "--seed", seed, status=0).out == out
    assert "--seed 0" in milieu("study", "verify", to, "--seed", "0", status=0).out
    for share in ("0", "0.0", "1.5", "-1", "all"):
        refused = milieu("study", "verify", to, "--share", share, status=2)
        assert "above 0" in refused.err and refused.out == "", refused.err
    assert milieu("sweep", study(), "-o", to, "--allow-failures", "0").status == 0


def test_verify_stops():
    """verify on two threads, asked to stop: exit 75 at once"""
    to = WORK / "calm"  # of the storm, whole; else it is made here
    sweep(SCENARIOS / "studies/smoke.cfg", to)
    worker = subprocess.Popen([MILIEU, "study", "verify", to, "--share", "1", "-j", "2", "--progress", "json"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while b'"done"' not in worker.stderr.readline():
        assert worker.poll() is None
    begun = time.time()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 75
    assert time.time() - begun < 2
    worker.stderr.close()


def test_sequential():
    """a point stops at a look when its contrast is precise enough; any number of workers stop at the same one"""
    text = STUDY.replace("runs: { replications = 40; seed = 11; };", """runs: { seed = 11; };
stop: { response = "reach"; arms = ["with-champion", "as-it-is"]; clinic = "all"; half_width = 0.05; level = 0.9;
        first = 8; most = 64; };""")
    files = []
    for workers in (1, 3):
        to = folder(f"sequential-{workers}")
        path = study(text, "sequential.cfg")
        processes = [start(path, to) for _ in range(workers)]
        for process in processes:
            assert process.wait(120) == 0, process.stderr.read()
        files.append(merged(to))
    assert files[0] == files[1]
    with h5py.File(to / "study.h5") as file:
        reach = file["responses/reach"][...][:, :, 0, 0]
        used = (~np.isnan(reach)).sum(axis=1)
        status = file["status"]["status"][...] if isinstance(file["status"], h5py.Group) else file["status"][...]
        done = (status == 1).sum(axis=1)
        assert set(done) <= {8, 16, 32, 64} and len(set(done)) > 1, done
        assert (used <= done).all()


if __name__ == "__main__":
    tests = Tests()
    tests.run_all(dict(globals()))
    shutil.rmtree(WORK)
    tests.end()
