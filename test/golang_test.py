"""golang/ against Go's own scanner, go/build and parser, file by file.

Reads .go files below GOROOT/src, whole and damaged (cut short, a byte changed), and compares what
src/golang/golang_probe.c prints with what test/golang_oracle.go prints. Prints "ok NAME" or
"not ok NAME: why" for each case.
"""

import os
import random
import re
import subprocess
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WHOLE_STEP = {"tokens": 40, "header": 4, "functions": 10}
DAMAGED_COUNT = 3000
RELEASE = re.match(r"go1\.(\d+)", subprocess.run(["go", "env", "GOVERSION"], stdout=subprocess.PIPE, check=True, text=True).stdout)[1]


def go_files(goroot):
    found = []
    for folder, folders, names in os.walk(os.path.join(goroot, "src")):
        folders.sort()
        found += [os.path.join(folder, name) for name in sorted(names) if name.endswith(".go")]
    return found


def damaged(data, rng):
    kind = rng.randrange(4)
    at = rng.randrange(min(len(data), 2000) or 1)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([rng.choice(b"\0\n\"`'/*();i.C\\\r\xff{}\xc3 ")]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[at + rng.randrange(1, 20) :]
    return data[:at] + rng.choice([b"//go:build linux\n", b"/*", b"import \"a\"\n", b"\xef\xbb\xbf",
                                   b"import (\"x\"; y `z`)\n", b";", b"\n\n", b"//go:embed a \"b c\" `d`\n"]) + data[at:]


def run(command, files):
    listing = "\n".join(files) + "\n"
    done = subprocess.run(command, input=listing.encode(), stdout=subprocess.PIPE, check=True)
    return split(done.stdout.decode("utf-8", "replace"))


def split(text):
    """The output of each file, its lines sorted (Go's maps give imports in no order)."""
    blocks = re.split(r"^== (.*)\n", text, flags=re.M)[1:]
    return {name: sorted(body.splitlines()) for name, body in zip(blocks[::2], blocks[1::2])}


def comparable(path):
    """Positions of files with //line comments mean other files; %q escapes what is not ASCII."""
    with open(path, "rb") as file:
        data = file.read()
    return b"//line" not in data and b"/*line" not in data and data[:16].isascii()


def same(ours, theirs):
    """go/parser forgets the package name after ten errors; weir stops at the first."""
    if any(line.startswith("error ") for line in theirs):
        ours, theirs = ([line for line in lines if not line.startswith("name ")] for lines in (ours, theirs))
    return ours == theirs


def compare(mode, probe, oracle, files):
    """The first difference as a sentence, or nothing."""
    ours, theirs = run([probe, mode, RELEASE], files), run([oracle, mode], files)
    differ = [name for name in files
              if theirs[name] != ["unparsed"] and not any('"?"' in line for line in theirs[name])
              and not same(ours[name], theirs[name])
              and not any(ord(c) > 126 or "\\x" in line or "\\u" in line
                          for line in ours[name] + theirs[name] for c in line)]
    if len(files) < 100:
        return "only %d files" % len(files)
    if not differ:
        return ""
    lines = sorted(set(ours[differ[0]]) ^ set(theirs[differ[0]]))[:4]
    return "%d differ, %s: %s" % (len(differ), differ[0], "; ".join(
        ("weir " if line in ours[differ[0]] else "go ") + line for line in lines))


def break_files(files, folder):
    rng = random.Random(26)
    broken = []
    for i in range(DAMAGED_COUNT):
        with open(rng.choice(files), "rb") as file:
            data = damaged(file.read(1 << 16), rng)
        broken.append(os.path.join(folder, "%d.go" % i))
        with open(broken[-1], "wb") as file:
            file.write(data)
    return [path for path in broken if comparable(path)]


def main():
    probe = os.path.join(os.environ["WEIR_PROBES"], "golang_golang_probe")
    goroot = subprocess.run(["go", "env", "GOROOT"], stdout=subprocess.PIPE, check=True).stdout.decode().strip()
    with tempfile.TemporaryDirectory() as folder:
        oracle = os.path.join(folder, "oracle")
        subprocess.run(["go", "build", "-o", oracle, os.path.join(ROOT, "test", "golang_oracle.go")],
                       check=True, cwd=folder, env={**os.environ, "GOFLAGS": "", "GOWORK": "off"})
        whole = [path for path in go_files(goroot) if comparable(path)]
        broken = break_files(whole, folder)
        for mode, step in WHOLE_STEP.items():
            for what, files in (("whole", whole[::step]), ("damaged", broken)):
                name = "%s of %s files equal Go's" % (mode, what)
                why = compare(mode, probe, oracle, files)
                print("not ok %s: %s" % (name, why) if why else "ok %s" % name)


main()
