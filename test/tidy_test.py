"""Rules of style that a program can see: banned functions, files nobody lists, marks of unfinished
work, functions too long for one look, lines too wide, rules without cases."""
import glob
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SRC = os.path.join(TOP, "src")

BANNED = re.compile(
    r"\b(strcpy|strcat|sprintf|vsprintf|gets|strtok|atoi|atol|atof|system|popen|alloca|rand|tmpnam|mktemp|"
    r"setenv|putenv|exit|perror|strerror|asctime|ctime|gmtime|localtime)\s*\(")
MARKS = re.compile(r"\b(TODO|FIXME|XXX|HACK|for now|not implemented|unimplemented|placeholder)\b")
FUNCTION_LINES_MAX = 60  # ratchet: only ever lower it
LINE_COLUMNS_MAX = 100


def sources():
    return sorted(glob.glob(os.path.join(SRC, "**/*.[ch]"), recursive=True))


def name_of(path):
    return os.path.relpath(path, TOP)


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def without_comments(text):
    def blank(match):
        return re.sub(r"[^\n]", " ", match[0])

    text = re.sub(r"/\*.*?\*/|//[^\n]*", blank, text, flags=re.S)
    return re.sub(r'"(?:\\.|[^"\\\n])*"', lambda m: '"' + " " * (len(m[0]) - 2) + '"', text)


def each_line(pattern, prepare, skip=lambda path: False):
    for path in sources():
        if skip(path):
            continue
        for number, line in enumerate(prepare(text_of(path)).split("\n"), 1):
            match = pattern.search(line)
            if match:
                yield f"{name_of(path)}:{number}: {match[0].strip()}"


def banned_functions():
    allowed = {os.path.join(SRC, "sys/spawn.c")}
    return each_line(BANNED, without_comments, lambda path: path in allowed or path.endswith(("_test.c", "_probe.c", "_fuzz.c", "/make_database.c")))


def unfinished_work():
    # What a secret is not is a placeholder: in leak/ that is a word of the trade.
    return (mark for mark in each_line(MARKS, lambda text: text)
            if not (mark.startswith("src/leak/") and mark.endswith(": placeholder")))


def is_table(path):
    return path.endswith((".def", "_tables.h"))


def wide_lines():
    for path in sources():
        if is_table(path):
            continue
        for number, line in enumerate(text_of(path).split("\n"), 1):
            if len(line) > LINE_COLUMNS_MAX and '"' not in line and not line.endswith("\\"):
                yield f"{name_of(path)}:{number}: {len(line)} columns"


def unlisted_files():
    for path in sources():
        if not path.endswith(".c") or os.path.dirname(path) == SRC:
            continue
        stem = os.path.basename(path)[:-2]
        listed = text_of(os.path.join(os.path.dirname(path), "meson.build"))
        bare = re.sub(r"_(test|fuzz|probe)$", "", stem)
        if f"'{stem}.c'" not in listed and f"/{bare}'" not in listed:
            yield f"{name_of(path)} is in no meson.build"


def long_functions():
    for path in sources():
        start = 0
        lines = without_comments(text_of(path)).split("\n")
        for number, line in enumerate(lines, 1):
            if re.match(r"[a-z_].*\)\s*\{$|.*\)\s*\{$", line) and not line.startswith((" ", "\t", "#")):
                start = number
            elif line.startswith("        ") and line.rstrip().endswith(") {") and start == 0 and not lines[number - 2].startswith(" "):
                start = number
            elif line == "}" and start:
                if number - start + 1 > FUNCTION_LINES_MAX:
                    yield f"{name_of(path)}:{start}: {number - start + 1} lines"
                start = 0


def rules_without_cases():
    weir = os.environ.get("WEIR")
    if not weir:
        return
    listed = subprocess.run([weir, "explain", "--list"], stdout=subprocess.PIPE, check=True, text=True).stdout
    cases = {os.path.basename(path) for path in glob.glob(os.path.join(SRC, "*/testdata/*.txtar"))}
    for rule in re.findall(r"^([A-Z]{3}\d{3}) ", listed, re.M):
        for twin in ("bad", "good"):
            # Those of rules.toml are held by its templates (secret_rules_test): no token is committed.
            if not rule.startswith("KEY") and f"{rule}_{twin}.txtar" not in cases:
                yield f"{rule} has no case {rule}_{twin}.txtar"


def cases_without_rules():
    for path in sorted(glob.glob(os.path.join(SRC, "*/testdata/*_bad.txtar"))):
        text = text_of(path)
        rule = os.path.basename(path)[:6]
        if rule not in text.split("-- about --")[-1]:
            yield f"{name_of(path)} never asks for {rule}"


TESTS = [banned_functions, unfinished_work, wide_lines, unlisted_files, long_functions, rules_without_cases, cases_without_rules]

for test in TESTS:
    problems = list(test())
    name = test.__name__.replace("_", " ")
    print(f"not ok no {name}: {'; '.join(problems[:20])}" if problems else f"ok no {name}")
