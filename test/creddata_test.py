#!/usr/bin/env python3
"""weir secrets against CredData's labels for three Go repositories: F1 of at least 0.90 with a
precision of at least 0.95, on all labelled files that the Go modules carry and on Go alone; and
against leaky-repo's counts of lines at risk.

The yardstick makes the files from the Go modules and scores the report. WEIR is the program,
WEIR_SHARED the folder of shared data. One line per case: "ok NAME" or "not ok NAME: why".
"""

import collections
import csv
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

SHARED = os.environ["WEIR_SHARED"]
YARDSTICK = os.path.join(SHARED, "yardsticks/creddata.py")
LEAKY = os.path.join(SHARED, "data/secrets/leaky-repo")
F1_MIN, PRECISION_MIN = 0.90, 0.95
FILES_MIN = 90  # labelled files: fewer, and the data is lost
LINES_MIN = 60  # of 96 at risk that are found in leaky-repo
QUIET_MIN = 0.8  # share of what is found there that the labels call a risk or informative


def secrets(folder):
    done = subprocess.run([os.environ["WEIR"], "secrets", folder, "--format", "json"], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"exit {done.returncode}: {done.stderr.decode('utf-8', 'replace')}")
    return json.loads(done.stdout)


def yardstick(*words):
    return subprocess.run([sys.executable, YARDSTICK, *words], check=True, text=True, stdout=subprocess.PIPE).stdout


def judge_figures(text):
    f1, precision = (float(re.search(name + r" ([0-9.]+)", text)[1]) for name in ("F1", "P"))
    assert f1 >= F1_MIN and precision >= PRECISION_MIN, text


def labels_are_met(work):
    out = os.path.join(work, "files")
    report = os.path.join(work, "report.json")
    assert int(yardstick("files", out).split()[0]) >= FILES_MIN
    with open(report, "w", encoding="utf-8") as file:
        json.dump(secrets(out), file)
    for words in ((), ("--go",)):
        judge_figures(yardstick("score", out, report, "-v", *words))


def lines_at_risk():
    with open(os.path.join(LEAKY, "secrets.csv"), encoding="utf-8", newline="") as file:
        rows = csv.reader(line for line in file if line.strip() and not line.startswith("#"))
        return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def leaky_lines_are_found(work):
    with tarfile.open(os.path.join(LEAKY, "leaky-repo.tar.gz")) as tar:
        tar.extractall(work)
    root = os.path.join(work, "leaky-repo")
    found = collections.defaultdict(set)
    for finding in secrets(root)["findings"]:
        found[os.path.normpath(finding["file"])].add(finding["line"])
    risk = lines_at_risk()
    hits = sum(min(len(found[name]), counts[0]) for name, counts in risk.items())
    labelled = sum(min(len(found[name]), sum(counts)) for name, counts in risk.items())
    total = sum(len(lines) for lines in found.values())
    missed = [f"{name} {len(found[name])}/{counts[0]}" for name, counts in risk.items() if len(found[name]) < counts[0]]
    assert hits >= LINES_MIN, f"{hits} lines at risk found; missed {missed}"
    assert labelled >= QUIET_MIN * total, f"{labelled} of {total} found are labelled"


def main():
    failed = 0
    for case in (labels_are_met, leaky_lines_are_found):
        with tempfile.TemporaryDirectory() as work:
            try:
                case(work)
                print(f"ok {case.__name__}")
            except AssertionError as error:
                failed = 1
                print(f"not ok {case.__name__}: {error}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
