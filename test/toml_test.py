#!/usr/bin/env python3
"""data/toml against toml-test, the suite of the people who write TOML: every document of TOML 1.0.0.

The suite is a Go module and comes through the module proxy, its sum pinned here. WEIR_PROBES is the
folder with data_toml_probe. One line per case: "ok NAME" or "not ok NAME: why".
"""

import json
import math
import os
import re
import subprocess
import tempfile
import time

SUITE = "github.com/toml-lang/toml-test/v2", "v2.2.0"
GO_MOD = f"module oracle\n\ngo 1.21\n\nrequire {SUITE[0]} {SUITE[1]}\n"
GO_SUM = f"""{SUITE[0]} {SUITE[1]} h1:q3ELZu7oPnpl9TClC6OOcAccXwj+jwAyFP8WvzBdK1M=
{SUITE[0]} {SUITE[1]}/go.mod h1:TQdjhQItoZ0R+OODNiHUuxxxErtaE0Xsod2ENZbMvxI=
"""
VALID_MIN, INVALID_MIN = 205, 474  # documents of the suite at this version
PROBE = os.path.join(os.environ["WEIR_PROBES"], "data_toml_probe")
SECONDS_MAX = 20  # for a document of a megabyte, in a build with sanitizers on a busy machine


def suite_folder(work):
    for name, text in (("go.mod", GO_MOD), ("go.sum", GO_SUM)):
        with open(os.path.join(work, name), "w", encoding="utf-8") as file:
            file.write(text)
    env = dict(os.environ, GOFLAGS="-mod=readonly", GOWORK="off")
    done = subprocess.run(["go", "mod", "download", "-json", SUITE[0]], cwd=work, env=env, check=True,
                          stdout=subprocess.PIPE)
    return os.path.join(json.loads(done.stdout)["Dir"], "tests")


def ask(paths):
    """For each file whether it was read, and the tagged document or what is wrong."""
    done = subprocess.run([PROBE, *paths], stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode("utf-8").split("\n")[:-1]
    assert len(lines) == len(paths), f"{len(lines)} answers to {len(paths)} files"
    return [(line[:3] == "ok ", line[3:]) for line in lines]


def canonical_time(text):
    """T and Z in capitals, no zeros at the end of a fraction."""
    text = re.sub(r"^(\d{4}-\d\d-\d\d)[tT ]", r"\1T", text).replace("z", "Z")
    return re.sub(r"\.(\d*?)0*(?=$|[^\d])", lambda m: "." + m[1] if m[1] else "", text, count=1)


def same_scalar(want, got):
    if want["type"] != got["type"]:
        return False
    if want["type"] == "float":
        a, b = float(want["value"]), float(got["value"])
        return (math.isnan(a) and math.isnan(b)) or (a == b and math.copysign(1, a) == math.copysign(1, b))
    if want["type"] == "integer":
        return int(want["value"]) == int(got["value"])
    if want["type"] in ("datetime", "datetime-local", "date-local", "time-local"):
        return canonical_time(want["value"]) == canonical_time(got["value"])
    return want["value"] == got["value"]


def is_scalar(value):
    return isinstance(value, dict) and set(value) == {"type", "value"} and isinstance(value["type"], str)


def same(want, got):
    if isinstance(want, list):
        return isinstance(got, list) and len(want) == len(got) and all(map(same, want, got))
    if is_scalar(want) or is_scalar(got):
        return is_scalar(want) and is_scalar(got) and same_scalar(want, got)
    return isinstance(got, dict) and set(want) == set(got) and all(same(want[k], got[k]) for k in want)


def why_valid(path, was_read, answer):
    with open(path[: -len(".toml")] + ".json", encoding="utf-8") as file:
        want = json.load(file)
    if not was_read:
        return answer
    got = json.loads(answer)
    return None if same(want, got) else f"want {json.dumps(want)}, got {json.dumps(got)}"


def why_invalid(path, was_read, answer):
    """The refusal names a line and a column of the document."""
    place = re.match(re.escape(path) + r":(\d+):(\d+): .", answer)
    if was_read:
        return f"was read: {answer}"
    if not place:
        return f"no place: {answer}"
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")
    line, column = int(place[1]), int(place[2])
    fits = line <= len(lines) and column <= len(lines[line - 1]) + 1
    return None if fits else f"no such place: {answer}"


def run_suite(folder):
    with open(os.path.join(folder, "files-toml-1.0.0"), encoding="utf-8") as file:
        names = [name for name in file.read().split() if name.endswith(".toml")]
    answers = ask([os.path.join(folder, name) for name in names])
    for name, (was_read, answer) in zip(names, answers):
        judge = why_valid if name.startswith("valid/") else why_invalid
        yield name, judge(os.path.join(folder, name), was_read, answer)
    for kind, least in (("valid", VALID_MIN), ("invalid", INVALID_MIN)):
        count = sum(name.startswith(kind + "/") for name in names)
        yield f"count of {kind} documents", None if count >= least else f"{count}, not {least}"


# A megabyte of each must not take time in the square of it.
LARGE = {
    "keys of one table": "".join(f"k{i} = 1\n" for i in range(80000)),
    "keys of one inline table": "t = {" + ", ".join(f"k{i} = 1" for i in range(80000)) + "}\n",
    "headers": "".join(f"[t{i}]\n" for i in range(100000)),
    "headers below headers": "".join(f"[a.b.c.d.e.t{i}]\n" for i in range(50000)),
    "an array of tables": "[[a]]\nx = 1\n" * 60000,
    "dotted keys": "".join(f"a.b.c.k{i} = 1\n" for i in range(70000)),
    "an array in one line": "a = [" + "1," * 99999 + "]\n",
    "a string in one line": 'a = "' + "\\u00e9x" * 140000 + '"\n',
    "quotes": "a = '''\n" + "''\n" * 350000 + "'''\n",
    "backslashes at line ends": 'a = """\n' + "x\\\n" * 300000 + '"""\n',
    "a comment": "# " + "x" * 1000000 + "\n",
    "short lines": "\n" * 1000000,
}


def run_large(work):
    for name, text in LARGE.items():
        path = os.path.join(work, "large.toml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        start = time.monotonic()
        was_read, answer = ask([path])[0]
        seconds = time.monotonic() - start
        why = None if was_read else answer
        yield f"large: {name}", why or (f"{seconds:.1f} s" if seconds > SECONDS_MAX else None)


def main():
    with tempfile.TemporaryDirectory() as work:
        for name, why in [*run_suite(suite_folder(work)), *run_large(work)]:
            print(f"not ok {name}: {why}" if why else f"ok {name}")


main()
