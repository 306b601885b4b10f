"""leak/pattern against Go's regexp: Go's own test data, every expression of gitleaks, and random ones
on texts with bytes that are no UTF-8. Errors have Go's words; and what the first stage looks for is
in every match, no further from its start than is said.

usage: pattern_test.py [SEED COUNT]    other random ones, as many as asked for
WEIR_PROBES is the folder with leak_pattern_probe. Prints "ok NAME" or "not ok NAME: why".
"""
import ast
import bz2
import glob
import json
import os
import random
import re
import struct
import subprocess
import sys
import tempfile
import tomllib

import gitleaks_module

HERE = os.path.dirname(os.path.abspath(__file__))
PROBE = os.path.join(os.environ["WEIR_PROBES"], "leak_pattern_probe")
EXHAUSTIVE_STEP = 4001
RANDOM_SEED, RANDOM_COUNT = 7, 700
TOO_LARGE_SHARE = 0.02  # of random expressions: PCRE2 has 64 KiB for one, and \pL twice is much
GOROOT = subprocess.run(["go", "env", "GOROOT"], stdout=subprocess.PIPE, check=True, text=True).stdout.strip()
DATA = os.path.join(GOROOT, "src/regexp/testdata")


def pack(cases):
    return b"".join(struct.pack(">I", len(part)) + part for case in cases for part in case)


def ask(command, cases):
    done = subprocess.run([command], input=pack(cases), stdout=subprocess.PIPE, check=True)
    lines = done.stdout.decode("utf-8", "replace").split("\n")[:-1]
    assert len(lines) == len(cases), f"{len(lines)} answers to {len(cases)} cases"
    return lines


def printable(text):
    return re.sub(r"[^ -~]", "?", text)


def why_error(ours, theirs):
    want = json.loads(theirs[3:]).removeprefix("error parsing regexp: ")
    return "" if printable(want)[:700] == printable(ours[3:])[:700] else f"{ours}, not {want}"


def why_first(first, before, matches, text):
    if first == "-":
        return ""
    sought = re.compile(bytes.fromhex(first), re.S)
    for start, end in re.findall(r"\[(\d+) (\d+)", matches):
        part = text[int(start) : min(int(end), int(start) + int(before))]
        if not sought.search(part):
            return f"{sought.pattern} is not in {part}"
    return ""


def why(case, ours, theirs):
    if ours[:2] == "no" and theirs[:2] == "no":
        return why_error(ours, theirs)
    if ours[:2] != theirs[:2]:
        return f"{ours[:80]}, not {theirs[:80]}"
    _, groups, before, first, matches = ours.split(" ", 4)
    if f"ok {groups} {matches}" != theirs:
        return f"{matches}, not {theirs}"
    return why_first(first, before, matches, case[1])


def compare(name, oracle, cases, too_large_share=0.0):
    given_up, problems = 0, []
    for case, ours, theirs in zip(cases, ask(PROBE, cases), ask(oracle, cases)):
        if ours.endswith(" limit"):
            given_up += 1
            continue
        problem = why(case, ours, theirs)
        if problem:
            problems.append(f"{case}: {problem}")
    if given_up > len(cases) * too_large_share:
        problems.append(f"{given_up} of {len(cases)} searches were given up")
    print(f"not ok {name}: {len(problems)} of {len(cases)}: {problems[0][:2000]}" if problems else f"ok {name}", flush=True)


def unquote(text):
    """A string of Go or a raw one, as bytes."""
    if text[0] == "`":
        return text[1:-1].encode()
    text = re.sub(r"[\x00-\x1f]", lambda m: f"\\x{ord(m[0]):02x}", text)
    value = ast.literal_eval(("b" if text.isascii() else "") + text)
    return value if isinstance(value, bytes) else value.encode()


def re2_cases(lines):
    """The format of Go's re2-search.txt: texts, then expressions that are held against each."""
    texts, reading_texts = [], False
    for line in lines:
        line = line.rstrip("\n")
        if line == "strings":
            texts, reading_texts = [], True
        elif line == "regexps":
            reading_texts = False
        elif line.startswith('"') and reading_texts:
            texts.append(unquote(line))
        elif line.startswith('"'):
            expression = unquote(line)
            yield from ((expression, text) for text in texts)


def exhaustive_cases():
    with bz2.open(os.path.join(DATA, "re2-exhaustive.txt.bz2"), "rt", encoding="utf-8", newline="\n") as file:
        lines = (line for line in file if line[0] in '"sr')
        return [case for i, case in enumerate(re2_cases(lines)) if i % EXHAUSTIVE_STEP == 0]


def parser_cases():
    """Every expression that Go's parser is tested with, good and bad."""
    with open(os.path.join(GOROOT, "src/regexp/syntax/parse_test.go"), encoding="utf-8") as file:
        found = re.findall(r'^\t\{?(`[^`]*`|"(?:\\.|[^"\\\n])*")', file.read(), re.M)
    return [(unquote(text), b"abc ABC \xe9 \xc3\xa9 k\xe2\x84\xaa_ 09") for text in found]


def patterns_of(config):
    rules = config["rules"]
    lists = [one for rule in rules for one in rule.get("allowlists", [])] + [config["allowlist"]]
    yield from (rule[key] for rule in rules for key in ("regex", "path") if key in rule)
    yield from (text for one in lists for key in ("regexes", "paths") for text in one.get(key, []))


def gitleaks_cases(module):
    """Each expression on the texts that gitleaks tests its rules with."""
    with open(os.path.join(module, "config/gitleaks.toml"), "rb") as file:
        patterns = [text.encode() for text in patterns_of(tomllib.load(file))]
    files = sorted(glob.glob(os.path.join(module, "cmd/generate/config/rules/*.go")))
    whole = b"".join(open(path, "rb").read() for path in files)
    texts = [whole[i : i + 25000] for i in range(0, len(whole), 75000)]
    return [(pattern, text) for pattern in patterns for text in texts]


ATOMS = ["a", "b", "k", "s", "K", "é", "\\x{fffd}", "ſ", ".", "\\s", "\\w", "\\d", "\\S", "\\W", "[^a]", "[a-c]", "[^é]",
         "[é-ü]", "[\\x80-\\x{10ffff}]", "\\pL", "\\PL", "[[:alpha:]]", "[^[:^alpha:]]", "\\n", "日", "[日x]", "\\x{1F600}",
         "(?i)k", "(?i:[^k])", "(?i)é", "[^\\n]", "\\D", "(?i)[ks0-9]", "[\\x{d800}-\\x{dfff}]", "\\pN", "(?s).",
         "\\Qa.b\\E"]
EMPTY = ["^", "$", "\\b", "\\B", "\\A", "\\z", ""]
GROUPS = ["(%s)", "(?:%s)", "(?i:%s)", "(?s:%s)", "(?m:%s)", "(?U:%s)", "(?P<n>%s)"]
COUNTS = ["*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,3}?", "{2,}", "{0}", "{1,}", "{3,4}"]
UNITS = [b"a", b"b", b"k", b"s", b"K", b"\xc3\xa9", b"\xc5\xbf", b"\xe2\x84\xaa", b"\n", b" ", b"_", b"0", b"\xe6\x97\xa5",
         b"\xf0\x9f\x98\x80", b"\xff", b"\xc3", b"\xa9", b"\xe6\x97", b"\xed\xa0\x80", b"\xf0\x9f\x98", b"\xef\xbf\xbd",
         b"\xc0\x80", b"\xf4\x90\x80\x80", b"S", b"x", b"\xe0\x80\x80", b"a.b"]


class Random:
    """Expressions, each with whether it can match nothing: Go and Perl differ in which turn of a loop
    a group is of where a turn may be empty, so that such loops are not made."""

    def __init__(self, seed):
        self.rng = random.Random(seed)

    def atom(self, depth):
        if depth and self.rng.random() < 0.4:
            inner, empty = self.branches(depth - 1)
            return self.rng.choice(GROUPS) % inner, empty
        if self.rng.random() < 0.1:
            return self.rng.choice(EMPTY), True
        return self.rng.choice(ATOMS), False

    def item(self, depth):
        text, empty = self.atom(depth)
        if empty or self.rng.random() > 0.35:
            return text, empty
        count = self.rng.choice(COUNTS)
        return f"(?:{text}){count}", count[0] in "*?" or count[:2] == "{0"

    def branches(self, depth):
        all_items = [[self.item(depth) for _ in range(self.rng.randint(1, 4))] for _ in range(self.rng.choice([1, 1, 1, 2, 3]))]
        text = "|".join("".join(item for item, _ in items) for items in all_items)
        return text, any(all(empty for _, empty in items) for items in all_items)

    def text(self):
        units = UNITS if self.rng.random() < 0.7 else UNITS[:14]
        return b"".join(self.rng.choice(units) for _ in range(self.rng.randint(0, 14)))

    def cases(self, count):
        for _ in range(count):
            expression = self.branches(2)[0].encode()
            yield from ((expression, self.text()) for _ in range(3))


def main():
    with tempfile.TemporaryDirectory() as work:
        oracle = os.path.join(work, "oracle")
        subprocess.run(["go", "build", "-o", oracle, os.path.join(HERE, "pattern_oracle.go")], check=True,
                       env=dict(os.environ, GOWORK="off", GO111MODULE="off"))
        if len(sys.argv) == 3:
            compare("random", oracle, list(Random(int(sys.argv[1])).cases(int(sys.argv[2]))), TOO_LARGE_SHARE)
            return
        compare("expressions of Go's parser", oracle, parser_cases())
        with open(os.path.join(DATA, "re2-search.txt"), encoding="utf-8") as file:
            compare("re2-search", oracle, list(re2_cases(file)))
        compare("re2-exhaustive", oracle, exhaustive_cases())
        compare("random", oracle, list(Random(RANDOM_SEED).cases(RANDOM_COUNT)), TOO_LARGE_SHARE)
        compare("gitleaks", oracle, gitleaks_cases(gitleaks_module.folder(work)))


main()
