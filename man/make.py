#!/usr/bin/python3
"""make.py MILIEU [FOLDER]: the manual pages and the bash completion, from what the program says of itself.

    milieu.1            commands, options, exit statuses
    milieu-scenario.5   every key of a scenario
    milieu.bash         completion: commands, options, factors, arms
"""
import json
import re
import subprocess
import sys
from pathlib import Path

MILIEU = sys.argv[1]
FOLDER = Path(sys.argv[2] if len(sys.argv) > 2 else Path(__file__).parent)


def said(*arguments):
    return subprocess.run([MILIEU, *arguments, "--lang=en"], check=True, capture_output=True, text=True).stdout


def described(what):
    return json.loads(said("describe", what, "--json"))


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("\u00a0", "\\ ")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.M)


VERSION = said("--version").split()[1]
OVERVIEW = said("--help")
COMMANDS = re.findall(r"^  ([a-z]+) +(.*)$", OVERVIEW.split("Commands:")[1].split("\n\n")[0], re.M)


def options(command):
    """(names, what it does) of each option of a command, from its --help."""
    rows, text = [], said(command, "--help").split("Options:\n")[1]
    for line in text.splitlines():
        if re.match(r"  (-\w,|   ) --", line):
            names, _, words = line.strip().partition("  ")
            rows.append([names, words.strip()])
        else:
            rows[-1][1] = (rows[-1][1] + " " + line.strip()).strip()
    return rows


def page_1():
    out = [f'.TH MILIEU 1 "" "milieu {VERSION}" "User commands"', ".SH NAME",
           "milieu \\- simulate primary care clinics that introduce nurse\\-led case management", ".SH SYNOPSIS"]
    for name, _ in COMMANDS:
        usage = re.search(r"^Usage: +milieu (.*)$", said(name, "--help"), re.M).group(1)
        out += [".B milieu", roff(usage), ".br"]
    out += [".SH DESCRIPTION", roff(OVERVIEW.split("\n\n")[2]), ".SH COMMANDS"]
    for name, words in COMMANDS:
        out += [f".SS {name}", roff(words[0].upper() + words[1:] + "."), ".PP", ".RS", ".nf",
                roff(re.search(r"^Example: +(.*)$", said(name, "--help"), re.M).group(1)), ".fi", ".RE"]
        for names, what in options(name):
            out += [".TP", f".B {roff(names)}", roff(what)]
    out += [".SH EXIT STATUS"]
    for status, words in [(0, "done"), (1, "the run failed"), (2, "wrong usage"), (65, "the scenario or results file is not valid"),
                          (66, "an input is missing"), (73, "an output cannot be written, before the run or during it"),
                          (75, "sweep: stopped by SIGTERM, SIGINT, SIGHUP or SIGUSR1; study merge, verify: runs are missing. Nothing is lost, "
                               "the same command goes on"),
                          ("129, 130, 143", "every other command: ended by SIGHUP, SIGINT, SIGTERM; no output is left")]:
        out += [".TP", f".B {status}", roff(words)]
    out += [".SH ENVIRONMENT"]
    for name, words in [("MILIEU_SCENARIOS", "folder of the shipped scenarios, if not beside the program"),
                        ("SLURM_CPUS_PER_TASK", "threads, unless -j says"), ("LC_ALL, LC_MESSAGES, LANG", "language, unless --lang says"),
                        ("NO_COLOR", "no colour"), ("TMPDIR", "where doctor tries a results file")]:
        out += [".TP", f".B {name}", roff(words)]
    return out + [".SH SEE ALSO", ".BR milieu\\-scenario (5)"]


def page_5():
    out = [f'.TH MILIEU-SCENARIO 5 "" "milieu {VERSION}" "File formats"', ".SH NAME",
           "milieu\\-scenario \\- the scenario files of milieu", ".SH DESCRIPTION",
           roff("A scenario is a libconfig text. Every key below is optional unless it says required; a key that is not "
                "below is an error. `milieu new FILE` writes one with every key and its default; `milieu check FILE` says "
                "what is wrong in one; `milieu help KEY` explains a key."), ".PP",
           roff("A parameter may be written with what is not known of it, { value = V; spread = S; why = \"...\"; }: V a "
                "number or distribution, S a standard deviation on the log (rates, hours, delays), log-odds (shares) or "
                "plain scale (scores), drawn once a draw and the same for all clinics. With `spread` 0, or V alone, it is "
                "exact; left out, it has its default and the default's spread, below. `runs.uncertainty = "
                "\"chance\"` draws no spread."), ".SH KEYS"]
    spreads = {row["path"]: row["spread"] for row in described("parameters") if row["spread"] > 0}
    for key in described("keys"):
        facts = [key["type_en"]] + (["required"] if key["required"] else [])
        facts += [key["choices"].replace("|", " | ")] if key["choices"] else []
        facts += [f"from {key['min']:g} to {key['max']:g}"] if "min" in key else []
        facts += [f"unit {key['unit']}"] if key["unit"] not in ("", "1") else []
        facts += [f"default {key['default']}"] if key["default"] else []
        facts += [f"spread {spreads[key['id']]:g}"] if key["id"] in spreads else []
        out += [".TP", f".B {roff(key['id'])}", roff(key["label_en"]) + " (" + roff("; ".join(facts)) + ")"]
    return out + [".SH SEE ALSO", ".BR milieu (1)"]


def completion():
    names = " ".join(name for name, _ in COMMANDS)
    cases = []
    for name, _ in COMMANDS:
        words = [word for row in options(name) for word in re.findall(r"--?[a-z][a-z-]*", row[0].split(" ")[0] + " " + row[0])]
        cases.append(f"        {name}) words='{' '.join(sorted(set(words)))}' ;;")
    factors = " ".join(row["id"] for row in described("factors"))
    return ["# bash completion of milieu: commands, options, factors, arms of a results file.", "_milieu() {",
            "    local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} words= file",
            f"    local commands='{names}'",
            f"    local factors='{factors}'",
            "    if [ \"$COMP_CWORD\" -eq 1 ]; then",
            "        mapfile -t COMPREPLY < <(compgen -W \"$commands --help --version\" -- \"$current\"); return", "    fi",
            "    case $before in",
            "        --lang | --locale) words='en fr' ;;",
            "        --color) words='auto never always' ;;",
            "        --progress) words='bar json none' ;;",
            "        --rate) mapfile -t COMPREPLY < <(compgen -S = -W \"$factors\" -- \"$current\")",
            "            compopt -o nospace; return ;;",
            "        --arms)",
            "            for file in \"${COMP_WORDS[@]:2}\"; do case $file in *.h5) break ;; esac; done",
            "            words=$(\"${COMP_WORDS[0]}\" compare \"$file\" --arms=? --lang=en 2>&1 | sed -n 's/.*the arms are: //p' | tr -d ,)",
            "            case $current in *,*) words=$(printf \"${current%,*},%s \" $words) ;; esac ;;",
            "        describe) words='factors parameters outcomes strategies keys' ;;",
            "        help) words=\"$commands $factors\" ;;", "    esac",
            "    if [ -n \"$words\" ]; then",
            "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\"); return", "    fi",
            "    case ${COMP_WORDS[1]} in", *cases, "    esac",
            "    case $current in",
            "        -*) mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\") ;;",
            "        *) mapfile -t COMPREPLY < <(compgen -f -- \"$current\"); compopt -o filenames ;;",
            "    esac", "}", "complete -F _milieu milieu"]


for name, lines in [("milieu.1", page_1()), ("milieu-scenario.5", page_5()), ("milieu.bash", completion())]:
    (FOLDER / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
