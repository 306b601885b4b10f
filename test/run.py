"""Runs every test: the unit tests of the debug build, the cases under src/*/testdata, and the
scripts test/*_test.py. Ends with "N passed, N failed", counting cases. Exit status 1 on a failure.

usage: run.py [NAME]    only what has NAME in its name

A script test prints one line per case, "ok NAME" or "not ok NAME: why", and exits 0 in any case; a
script that prints none, or ends otherwise, counts as one failure.
"""
import concurrent.futures
import glob
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEBUG = os.path.join(TOP, "build/debug/src")
SCRIPT_SECONDS = 900


def environment(tmp):
    """What tests get: weir's own folders in a temporary place, git without the user's settings."""
    env = dict(os.environ)
    for name in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_PREFIX", "NO_COLOR"):
        env.pop(name, None)
    env.update(
        TMPDIR=tmp,
        WEIR=os.path.join(DEBUG, "weir"),
        WEIR_RELEASE=os.path.join(TOP, "build/weir"),
        WEIR_PROBES=DEBUG,
        WEIR_SHARED=os.environ.get("WEIR_SHARED", os.path.join(TOP, "..", "shared")),
        LANG="C.UTF-8",
        GIT_CONFIG_NOSYSTEM="1",
        GIT_CONFIG_GLOBAL=os.path.join(TOP, "test/gitconfig"),
        XDG_CACHE_HOME=os.path.join(tmp, "cache"),
        XDG_DATA_HOME=os.path.join(tmp, "data"),
        XDG_STATE_HOME=os.path.join(tmp, "state"),
        ASAN_OPTIONS="detect_stack_use_after_return=1",
        UBSAN_OPTIONS="print_stacktrace=1:halt_on_error=1",
        PYTHONDONTWRITEBYTECODE="1",
    )
    return env


def jobs(pattern):
    found = []
    for path in sorted(glob.glob(os.path.join(DEBUG, "*_test"))):
        found.append(("unit " + os.path.basename(path), [path], parse_cmocka))
    for path in sorted(glob.glob(os.path.join(DEBUG, "*_replay"))):
        folder, stem = os.path.basename(path)[: -len("_replay")].split("_", 1)
        inputs = sorted(glob.glob(os.path.join(TOP, "src", folder, "testdata/fuzz", stem, "*")))
        found.append((f"inputs of {folder}/{stem}", [path, *inputs], parse_lines))
    found.append(("cases", [sys.executable, os.path.join(TOP, "test/cases.py")], parse_lines))
    for path in sorted(glob.glob(os.path.join(TOP, "test/*_test.py"))):
        found.append((os.path.basename(path)[:-3], [sys.executable, path], parse_lines))
    return [job for job in found if pattern in job[0] or pattern == ""]


def parse_cmocka(output):
    passed = re.findall(r"^\[       OK \] (.*)", output, re.M)
    failed = sorted(set(re.findall(r"^\[  FAILED  \] (?!\d)(.*)", output, re.M)))
    return len(passed), [(name, output) for name in failed]


def parse_lines(output):
    passed = re.findall(r"^ok (.*)", output, re.M)
    failed = re.findall(r"^not ok (.*)", output, re.M)
    return len(passed), [(name, "") for name in failed]


def run(job, tmp):
    name, argv, parse = job
    work = tempfile.mkdtemp(dir=tmp)
    os.chmod(work, 0o755)  # tests of permissions run their steps as another user
    start = time.monotonic()
    try:
        done = subprocess.run(
            argv, env=environment(work), cwd=TOP, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, timeout=SCRIPT_SECONDS)
        output, status = done.stdout.decode("utf-8", "replace"), done.returncode
    except subprocess.TimeoutExpired as error:
        output, status = (error.stdout or b"").decode("utf-8", "replace"), "a timeout"
    passed, failed = parse(output)
    if status != 0 and not failed or passed + len(failed) == 0:
        failed = failed + [(f"{name} ended with {status} after {passed} cases", output[-4000:])]
    shutil.rmtree(work, ignore_errors=True)
    return name, passed, failed, time.monotonic() - start


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    tmp = tempfile.mkdtemp(prefix="weir-test-")
    os.chmod(tmp, 0o755)
    passed, failed = 0, 0
    try:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            waiting = [pool.submit(run, job, tmp) for job in jobs(pattern)]
            for future in concurrent.futures.as_completed(waiting):
                name, good, bad, seconds = future.result()
                passed += good
                failed += len(bad)
                print(f"{name}: {good} passed, {len(bad)} failed ({seconds:.1f} s)", flush=True)
                for case, output in bad:
                    print(f"  FAILED {case}")
                    if output:
                        print("    " + output.strip().replace("\n", "\n    "))
    finally:
        subprocess.run(["chmod", "-R", "u+w", tmp], check=False)
        shutil.rmtree(tmp, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed or not passed else 0)


main()
