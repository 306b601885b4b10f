#!/usr/bin/env python3
"""gomod/ against golang.org/x/mod: the same answer to every question.

The inputs are x/mod's own test tables and testdata, read from the module cache, and thousands of
seeded mutations of them. WEIR_PROBES is the folder with gomod_gomod_probe. One line per case: "ok
NAME" or "not ok NAME: why".
"""

import os
import random
import re
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
XMOD = "golang.org/x/mod", "v0.42.0"
GO_MOD = "module oracle\n\ngo 1.26.0\n\nrequire golang.org/x/mod v0.42.0\n"
GO_SUM = """golang.org/x/mod v0.42.0 h1:ICeL3t2L30ljSPHHxDnR4fqVcBt/zR2zJAb9juavmQg=
golang.org/x/mod v0.42.0/go.mod h1:u5fzIrRInkL8MaO1cbRkUHT64v303YIT5KEqpNr7jRs=
"""
MUTANTS = 1500  # per kind of input
BATCH = 500  # mutants per case


def run(argv, **options):
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, **options).stdout


def build_oracle(folder):
    for name, text in (("go.mod", GO_MOD), ("go.sum", GO_SUM)):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)
    with open(os.path.join(HERE, "xmod_oracle.go")) as file:
        source = file.read()
    with open(os.path.join(folder, "main.go"), "w") as file:
        file.write(source)
    env = dict(os.environ, GOFLAGS="-mod=readonly -buildvcs=false", GOWORK="off")
    run(["go", "build", "-o", "oracle", "."], cwd=folder, env=env)
    listed = run(["go", "list", "-m", "-f", "{{.Dir}}", XMOD[0]], cwd=folder, env=env)
    return os.path.join(folder, "oracle"), listed.decode().strip()


def ask(program, questions):
    """The answers, each a list of lines."""
    text = b"".join(b"%s %d\n%s" % (kind.encode(), len(q), q) for kind, q in questions)
    answers, answer = [], []
    for line in run([program], input=text, stderr=subprocess.DEVNULL).decode().split("\n"):
        if line == ".":
            answers.append(answer)
            answer = []
        else:
            answer.append(line)
    if len(answers) != len(questions):
        raise RuntimeError("%d answers to %d questions" % (len(answers), len(questions)))
    return answers


def comparable(kind, ours, theirs):
    """Our lines, without those that x/mod has no answer to."""
    if kind in ("version", "pair"):
        ours = [x for x in ours if not x.startswith("toolchain ")]
    if kind == "version":
        ours = [re.sub(r"^(go \d) \d$", r"\1", line) for line in ours]
        if len(theirs) < len(ours) and not any(line.startswith("language") for line in theirs):
            ours = [x for x in ours if not x.startswith(("go ", "language "))]
    if kind == "pair" and not any(line.startswith("go ") for line in theirs):
        ours = [x for x in ours if not x.startswith("go ")]
    if kind == "sum":
        ours = [re.sub(r"^(line \d+ \d) \d$", r"\1", line) for line in ours]
    return ours


class Comparison:
    def __init__(self, probe, oracle):
        self.probe, self.oracle = probe, oracle

    def case(self, name, questions):
        why = None
        for (kind, q), ours, theirs in zip(
            questions, ask(self.probe, questions), ask(self.oracle, questions)
        ):
            ours = comparable(kind, ours, theirs)
            if ours != theirs:
                different = [p for p in zip(ours + ["(end)"], theirs + ["(end)"]) if p[0] != p[1]]
                why = "%s %r: ours, theirs: %r" % (kind, q, different[:1])
                break
        print("not ok %s: %s" % (name, why) if why else "ok %s" % name, flush=True)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def go_strings(text):
    """The string literals of a Go file: raw ones as they are, others unescaped where Python can."""
    found = re.findall(rb"`([^`]*)`", text)
    for literal in re.findall(rb'"((?:[^"\\\n]|\\.)*)"', re.sub(rb"`[^`]*`", b"", text)):
        try:
            found.append(literal.decode("latin-1").encode("latin-1").decode("unicode_escape").encode("latin-1"))
        except (UnicodeDecodeError, UnicodeEncodeError):
            pass
    return found


MOD_PIECES = [
    b"module example.com/m\n", b"go 1.21\n", b"go 1.22.3\n", b"go 1.21rc1\n", b"go v1.2x\n",
    b"toolchain go1.22.1\n", b"toolchain default\n", b"toolchain 1.2\n", b"godebug a=b\n",
    b"godebug (\n\ta=b\n\tdefault=go1.21\n)\n", b"require example.com/a v1.2.3\n",
    b"require (\n\texample.com/b/v2 v2.0.0 // indirect\n\texample.com/c v2.0.0+incompatible\n)\n",
    b"require example.com/a v2.0.0\n", b"require example.com/a v1.2 // indirect; why\n",
    b"exclude example.com/a v1.2.4\n", b"replace example.com/a => ../a\n",
    b"replace example.com/a v1.2.3 => example.com/d/v3 v3.0.1\n", b"replace a => b@v1\n",
    b"replace a => b\\c\n", b"replace a => ./b v1.0.0\n", b"replace a => b/v2 v1.0.0\n",
    b"// why\nretract v1.0.0 // bad\n", b"retract [v1.0.0, v1.2.0]\n", b"retract (\n\tv1.1.0 // x\n)\n",
    b"tool example.com/a/cmd/x\n", b"ignore ./x\n", b"ignore (\n\t./y\n\tz\n)\n", b"use ./a\n",
    b"use (\n\t./a\n\t\"./b c\"\n)\n", b"// Deprecated: use m2.\nmodule example.com/m\n",
    b"// a\n//\n// Deprecated: no\n//\n// b\nmodule example.com/m // c\n", b"\n", b"// comment\n",
    b"\"module\" x\n", b"module \"example.com/\\x61\"\n", b"module `x`\n", b"x y (\n z\n)\n", b"require (",
    b")\n", b"/* c */\n", b"\xc2\xa0", b"\xe6\xb1\x89", b"\xff", b"\"\\u00e9\"", b"\"", b"`", b"//", b"(",
    b")", b"[", b"]", b",", b"=>", b" ", b"\t", b"\r\n", b"v1.0.0", b"\\", b"'", b"\x00", b"\xe2\x80\xa8",
]
VERSIONS = [
    b"v1.2.3", b"v0.0.0-20060102150405-abcdefabcdef", b"v1.2.4-0.20060102150405-hash", b"v1", b"v1.2",
    b"v1.2.3-pre.0.20060102150405-hash+incompatible", b"v2.0.0+incompatible", b"v1.2.3-rc.1", b"1.21",
    b"1.21rc1", b"1.21.0", b"1.20", b"1", b"1.999testmod", b"go1.2.3-bigcorp", b"v1.0.0-alpha.beta",
    b"v0.0.0-20060231150405-hash", b"v1.2.0-0.20060102150405-hash", b"v1.2.3+meta", b"v1.2.3-01",
]
VERSION_BITS = [b".", b"-", b"+", b"0", b"1", b"9", b"v", b"rc", b"pre", b"20060102150405", b"hash", b"go"]
PATHS = [
    b"example.com/m/v2", b"gopkg.in/yaml.v2", b"gopkg.in/yaml.v2-unstable", b"github.com/Azure/x", b"a.b/c~1",
    b"github.com/!azure/x", b"x.y/com1.txt", b"rsc.io/quote/v3", b"*/quo*,rsc.io", b"[a-z]*.io/\\q*", b"*/[^a]*",
]
PATH_BITS = [b"/", b".", b"..", b"v", b"1", b"2", b"0", b"A", b"!", b"~", b"*", b"?", b"[", b"]", b"-", b"^",
             b"\\", b",", b"gopkg.in/", b"-unstable", b"nul", b"+", b" ", b"\xc3\xa9", b"\xff", b"com9", b"a"]
SUMS = [b"a v1 h1:x\n", b"a v1/go.mod h1:x\n", b"\n", b"a b\n", b" a  v2\th1:y \r\n", b"a v1 h1:x",
        b"a v1 h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=\n", b"a\xc2\xa0b c\n", b"a b c d\n"]


def assemble(rng, pieces, most):
    return b"".join(rng.choice(pieces) for _ in range(rng.randint(1, most)))


def mutate(rng, text, pieces):
    for _ in range(rng.randint(1, 3)):
        at = rng.randint(0, len(text))
        choice = rng.random()
        if choice < 0.4:
            text = text[:at] + rng.choice(pieces) + text[at:]
        elif choice < 0.8:
            text = text[:at] + text[at + rng.randint(1, 4):]
        else:
            text = text[:at] + bytes([rng.randint(0, 255)]) + text[at:]
    return text


def batches(comparison, name, questions):
    for i in range(0, len(questions), BATCH):
        comparison.case("xmod-%s-mutants-%d" % (name, i // BATCH), questions[i:i + BATCH])


def compare_files(comparison, folder, rng):
    corpus = []
    testdata = os.path.join(folder, "modfile", "testdata")
    for parent, _, names in sorted(os.walk(testdata)):
        for name in sorted(names):
            text = read(os.path.join(parent, name))
            corpus.append(text)
            kinds = ("main", "dependency", "work")
            comparison.case("xmod-testdata-" + os.path.relpath(os.path.join(parent, name), testdata),
                            [(kind, text) for kind in kinds])
    if len(corpus) < 30:
        print("not ok xmod-testdata: only %d files" % len(corpus))
    for name in ("rule_test.go", "read_test.go", "work_test.go"):
        strings = go_strings(read(os.path.join(folder, "modfile", name)))
        corpus += strings
        comparison.case("xmod-strings-of-" + name,
                        [(kind, s) for s in strings for kind in ("main", "dependency", "work")])
    for kind in ("main", "dependency", "work"):
        texts = [mutate(rng, rng.choice(corpus), MOD_PIECES) for _ in range(MUTANTS)]
        texts += [assemble(rng, MOD_PIECES, 8) for _ in range(MUTANTS)]
        batches(comparison, kind, [(kind, text) for text in texts])


def compare_words(comparison, folder, rng):
    strings = []
    for name in ("module/module_test.go", "module/pseudo_test.go", "semver/semver_test.go"):
        strings += go_strings(read(os.path.join(folder, name)))
    comparison.case("xmod-paths-of-tables", [("path", s) for s in strings])
    comparison.case("xmod-versions-of-tables", [("version", s) for s in strings])
    flat = [s for s in strings if b"\n" not in s]
    comparison.case("xmod-pairs-of-tables",
                    [("pair", rng.choice(flat) + b"\n" + rng.choice(flat)) for _ in range(4000)])
    paths = [mutate(rng, rng.choice(PATHS + flat), PATH_BITS) for _ in range(MUTANTS)]
    batches(comparison, "path", [("path", p.replace(b"\n", b"")) for p in paths])
    versions = [mutate(rng, rng.choice(VERSIONS), VERSION_BITS) for _ in range(MUTANTS)]
    batches(comparison, "version", [("version", v) for v in versions])
    pairs = [rng.choice(versions + VERSIONS) + b"\n" + rng.choice(versions + VERSIONS) for _ in range(MUTANTS)]
    pairs += [rng.choice(paths) + b"\n" + rng.choice(paths) for _ in range(MUTANTS)]
    batches(comparison, "pair", [("pair", p) for p in pairs])
    sums = [assemble(rng, SUMS, 6) for _ in range(MUTANTS)]
    batches(comparison, "sum", [("sum", s) for s in sums])


def main():
    probe = os.path.join(os.environ["WEIR_PROBES"], "gomod_gomod_probe")
    with tempfile.TemporaryDirectory() as folder:
        oracle, xmod = build_oracle(folder)
        comparison = Comparison(probe, oracle)
        rng = random.Random(4)
        compare_files(comparison, xmod, rng)
        compare_words(comparison, xmod, rng)


if __name__ == "__main__":
    main()
