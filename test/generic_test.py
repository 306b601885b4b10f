#!/usr/bin/env python3
"""The generic detector of secrets in bounded time on hostile input, and quiet on the source of Go.

WEIR_PROBES is the folder with leak_generic_probe. One line per case: "ok NAME" or "not ok NAME: why".
"""

import os
import subprocess
import sys
import tempfile
import time

PROBE = os.path.join(os.environ["WEIR_PROBES"], "leak_generic_probe")
SIZE = 1 << 19  # bytes of a hostile file, all on one line where it can be
SECONDS_MAX = 20  # in a build with sanitizers on a busy machine; quadratic time would take hours
PER_100K_LINES_MAX = 6  # candidates in Go's own source, test vectors and all
LINES_MIN = 200_000

HOSTILE = {
    "a.go": ['"', "`", 'password="abc1","x"+', 'password=f((((((("a",', '"ab"+', "password:=", "a,"],
    "a.json": ['{"a":', "[", '"password":"\\"\\"', '"kind":"Secret","data":{"a":', '\\"'],
    "a.yaml": ["password:", "name:", ":", " ", "kind: Secret\ndata:\n", "\n", "://", "a://a:b@", "a: *b\n"],
    "a.sh": ["password=", "mysql -p", " -p", "--token "],
    ".env": ["=", "A=b\n", "password=aaaa1\n"],
    "a.js": ["password='", "x=\"'`", "token=,", "p ? 'a' : 'b'"],
    "a.xml": ["<password>", "<a password='", "key='password' value="],
    "a.txt": ["Basic YTpi", "a:b@tcp(", "Bearer ", "IDENTIFIED BY '"],
    ".netrc": ["password a1b2 "],
}


def probe(path, name=None):
    words = [PROBE] + (["--as", name] if name else [])
    done = subprocess.run(words, input=path if isinstance(path, bytes) else path.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=SECONDS_MAX * 4, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")[:2000]
    return done.stdout.decode("utf-8", "replace").splitlines()


def hostile_input_takes_bounded_time(work):
    path = os.path.join(work, "hostile")
    for name, units in HOSTILE.items():
        for unit in units:
            with open(path, "w", encoding="utf-8") as file:
                file.write(unit * (SIZE // len(unit)))
            start = time.monotonic()
            probe(path, name)
            took = time.monotonic() - start
            assert took < SECONDS_MAX, f"{name} of {unit!r}: {took:.1f} s"


def true_one_after_many_near_misses_is_found(work):
    path = os.path.join(work, "many")
    word = "hunt" "er22"
    with open(path, "w", encoding="utf-8") as file:
        file.write("password: changeme\n" * 50_000 + f"password: {word}\n")
    found = [line.split("\t") for line in probe(path, "a.yaml")]
    assert [fields[2] for fields in found] == ["50001"], found


def source_of_go_is_quiet(_work):
    root = os.path.join(subprocess.run(["go", "env", "GOROOT"], stdout=subprocess.PIPE, check=True,
                                       text=True).stdout.strip(), "src")
    files, lines = [], 0
    for top in ("net", "encoding", "html", "database", "go", "os", "text"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            files += [os.path.join(folder, name) for name in names if name.endswith(".go")]
    for path in files:
        with open(path, "rb") as file:
            lines += file.read().count(b"\n")
    found = [line for line in probe("\n".join(files)) if line.split("\t")[1] != "derived"]
    assert lines >= LINES_MIN, f"{lines} lines"
    assert len(found) * 100_000 <= PER_100K_LINES_MAX * lines, "\n".join(found)


def main():
    failed = 0
    for case in (hostile_input_takes_bounded_time, true_one_after_many_near_misses_is_found, source_of_go_is_quiet):
        with tempfile.TemporaryDirectory() as work:
            try:
                case(work)
                print(f"ok {case.__name__}")
            except (AssertionError, subprocess.TimeoutExpired) as error:
                failed = 1
                print(f"not ok {case.__name__}: {error}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
