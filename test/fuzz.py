"""Runs every libFuzzer target for a while, its saved inputs first. Exit status 1 where one fails;
what it found lies under build/fuzz/findings.

usage: fuzz.py [SECONDS]    per target (default 30)
"""
import glob
import os
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 30
FINDINGS = os.path.join(TOP, "build/fuzz/findings")


def corpus_of(name):
    """Target data_zip has its saved inputs in src/data/testdata/fuzz/zip/."""
    folder, stem = name.split("_", 1)
    return os.path.join(TOP, "src", folder, "testdata/fuzz", stem)


def run(target):
    name = os.path.basename(target)[: -len("_fuzz")]
    work = os.path.join(TOP, "build/fuzz/corpus", name)
    os.makedirs(work, exist_ok=True)
    os.makedirs(FINDINGS, exist_ok=True)
    saved = corpus_of(name)
    words = [target, f"-max_total_time={SECONDS}", "-rss_limit_mb=2048", "-timeout=20", "-print_final_stats=1",
             f"-artifact_prefix={FINDINGS}/{name}-", work] + ([saved] if os.path.isdir(saved) else [])
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    text = done.stdout.decode("utf-8", "replace")
    runs = [line.split()[-1] for line in text.splitlines() if "number_of_executed_units" in line]
    print(f"{'ok' if done.returncode == 0 else 'not ok'} {name}: {runs[-1] if runs else '?'} runs", flush=True)
    if done.returncode:
        print("    " + text[-3000:].replace("\n", "\n    "))
    return done.returncode == 0


def main():
    targets = sorted(glob.glob(os.path.join(TOP, "build/fuzz/src/*_fuzz")))
    good = [run(target) for target in targets]
    print(f"{sum(good)} passed, {len(good) - sum(good)} failed")
    sys.exit(0 if good and all(good) else 1)


main()
