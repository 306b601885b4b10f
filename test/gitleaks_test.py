"""`weir secrets --config FILE` against the real gitleaks: the same findings (file, rule, line) in trees
of random files under random rule files that use every field.

Where weir differs, and means to: the line is that of the secret's value, gitleaks' that of the match;
and gitleaks takes all of a file for the last line where that one has no line end, so that the texts
here have one.

usage: gitleaks_test.py [SEED COUNT]    other random ones
WEIR is the program. Prints "ok NAME" or "not ok NAME: why".
"""
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

import gitleaks_module

WEIR = os.environ["WEIR"]
SEED, COUNT, FILES = 3, 60, 8

REGEXES = [r"key-[a-d0-9]{4,8}", r"(?i)tok(?:en)?[ :=]+([a-f0-9]{3,10})", r'pass\s*=\s*"([^"\n]*)"',
           r"BEGIN\n([a-z\n]+?)END", r"id=(x+)?(y*)z", r"(?m)^line (\w+)$", r"\bab+c\b", r".{0,3}zz",
           r"[\s\S]{0,5}sec(\w)", r"(a|b)(c)?=(\d+)", r"(?:\n|^)val: ([a-z]+)", r"é+([^\s]+)", r"(?s)<<(.*?)>>",
           r"x{2,3}", r"([0-9a-f]{4})-([0-9a-f]{4})", r"(?i)secret[^\n]*\n", r"\w+\.\w+", r"a*=b"]
PIECES = ["key-", "abcd1234", "0011", "tok", "token: ", "TOKEN=", "deadbeef", "aaaa", 'pass = "', '"', "hunter2", "BEGIN\n",
          "END", "id=", "xxx", "yy", "z", "\nline ", "one", "\n", "\n", "\n", " ", " ", "abbc", "zz", "sec", "secret ", "a=1",
          "bc=22", "\nval: ", "word", "é", "éé", "日本", "<<", ">>", "12ab-34cd", "x.y", "a=b", "fake", "SAFE",
          " // gitleaks:allow", "\r\n", "\t", "Key-abcd", "\xff"]
KEYWORDS = ["key", "TOK", "pass", "begin", "zz", "sec", "é", "="]
PATHS = [r"\.txt$", r"(?i)\.MD$", r"^sub/", r"b\.", r"conf", r"a"]
NAMES = ["a.txt", "b.md", "sub/a.txt", "sub/conf.ini", "sub/deep/b.py", "c", "Ünïcode.txt", "with space.md"]
STOPWORDS = ["FAKE", "safe", "hunter", "aa", "12", "é"]
ALLOWED = [r"fake", r"(?i)safe", r"^a", r"\d{3}", r"^$", r"hunter2", r"token", r"x+$", r"gitleaks"]


class Random:
    def __init__(self, seed):
        self.rng = random.Random(seed)

    def some(self, of, most=2):
        return self.rng.sample(of, self.rng.randint(1, most))

    def chance(self, share):
        return self.rng.random() < share

    def allowlist(self):
        out = {}
        for key, of in (("paths", PATHS), ("regexes", ALLOWED), ("stopwords", STOPWORDS)):
            if self.chance(0.4):
                out[key] = self.some(of)
        if not out:
            out["stopwords"] = self.some(STOPWORDS)
        if self.chance(0.5):
            out["condition"] = self.rng.choice(["AND", "or", "&&", "||"])
        if self.chance(0.6):
            out["regexTarget"] = self.rng.choice(["secret", "match", "line"])
        return out

    def rule(self, number):
        regex = self.rng.choice(REGEXES)
        out = {"id": self.rng.choice(["rule-{}", "rule-{}", "Generic-{}"]).format(number), "regex": regex}
        groups = regex.count("(") - regex.count("(?") - regex.count(r"\(")
        if groups and self.chance(0.4):
            out["secretGroup"] = self.rng.randint(1, groups)
        if self.chance(0.3):
            out["entropy"] = self.rng.choice([0.5, 1, 1.0, 1.5, 2.0, 2.5])
        if self.chance(0.4):
            out["keywords"] = self.some(KEYWORDS)
        if self.chance(0.25):
            out["path"] = self.rng.choice(PATHS)
        if self.chance(0.15):
            del out["regex"]
            out = {"id": out["id"], "path": self.rng.choice(PATHS)}
        if self.chance(0.1):
            out["skipReport"] = True
        if self.chance(0.35):
            out["allowlists"] = [self.allowlist() for _ in range(self.rng.randint(1, 2))]
        return out

    def required(self, ids):
        out = {"id": self.rng.choice(ids)}
        if self.chance(0.6):
            out["withinLines"] = self.rng.randint(0, 3)
        if self.chance(0.3):
            out["withinColumns"] = self.rng.randint(0, 8)
        return out

    def config(self):
        rules = [self.rule(i) for i in range(self.rng.randint(3, 7))]
        ids = [rule["id"] for rule in rules]
        for rule in rules:
            if self.chance(0.2):
                rule["required"] = [self.required(ids) for _ in range(self.rng.randint(1, 2))]
        out = {"rules": rules}
        if self.chance(0.5):
            out["allowlists"] = [self.allowlist()]
            if self.chance(0.5):
                out["allowlists"][0]["targetRules"] = self.some(ids)
        return out

    def text(self):
        pieces = [self.rng.choice(PIECES) for _ in range(self.rng.randint(0, 40))]
        return ("".join(pieces) + "\n").encode("utf-8").replace("\xff".encode(), b"\xff")


def toml_value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(map(json.dumps, value))}]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)


def toml_table(out, name, table):
    out.append(f"[[{name}]]")
    out += [f"{key} = {toml_value(value)}" for key, value in table.items()
            if not isinstance(value, list) or not isinstance(value[0], dict)]
    for key, value in table.items():
        if isinstance(value, list) and isinstance(value[0], dict):
            for inner in value:
                toml_table(out, f"{name}.{key}", inner)


def toml(config):
    out = []
    for key, tables in config.items():
        for table in tables:
            toml_table(out, key, table)
    return "\n".join(out) + "\n"


def secret_line(line, match, secret_at):
    """Where the secret's value starts, from where gitleaks says that the match starts. A match that
    starts with line ends is said to start behind the first."""
    return 1 if match.startswith("file detected: ") else line + match.count("\n", 0, secret_at)


def real_findings(oracle, rules, root, texts):
    done = subprocess.run([oracle, "find", rules, root, *texts], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    answer = done.stdout.decode("utf-8")
    assert not answer.startswith("no "), answer
    return {(name, rule, secret_line(line, match, at)) for name, rule, line, match, at in json.loads(answer)}


def weir_findings(rules, root):
    done = subprocess.run([WEIR, "secrets", "--config", rules, "--format", "json", root], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False)
    assert done.returncode in (0, 1), done.stderr.decode("utf-8", "replace") + done.stdout.decode("utf-8", "replace")[-500:]
    report = json.loads(done.stdout)
    assert not report["unjudged"], report["unjudged"]
    return {(found["file"], found["rule"], found["line"]) for found in report["findings"]}


def write_tree(root, texts):
    for name, text in texts.items():
        path = os.path.join(root, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(text)


def compare(oracle, work, name, config, texts):
    """How many findings both have; None where they differ."""
    root, rules = os.path.join(work, "tree"), os.path.join(work, "rules.toml")
    shutil.rmtree(root, ignore_errors=True)
    os.mkdir(root)
    write_tree(root, texts)
    gitleaks_module.write(rules, config)
    want, got = real_findings(oracle, rules, root, texts), weir_findings(rules, root)
    if want == got:
        return len(want)
    odd = sorted(want ^ got)
    print(f"not ok {name}: {'missing' if odd[0] in want else 'too many'}: {odd[0]} of {len(odd)} in "
          f"{texts[odd[0][0]]!r} under {config}", flush=True)
    return None


def random_cases(oracle, work, seed, count):
    rng = Random(seed)
    counts = [compare(oracle, work, f"random case {i}", toml(rng.config()),
                      {name: rng.text() for name in rng.rng.sample(NAMES, FILES)}) for i in range(count)]
    found = sum(n or 0 for n in counts)
    if None not in counts and found > count:
        print(f"ok {count} random rule files: {found} findings")
    else:
        print(f"not ok {count} random rule files: {counts.count(None)} differ, {found} findings are the same")


TOKENS = ["ghp_", "glpat-", "AKIA", "xoxb-", "sk_live_", "password", "api_key", "Authorization: Bearer ", "secret", "eyJ", "hf_",
          "npm_", "SG.", "dop_v1_", "discord", "heroku", "-----BEGIN RSA PRIVATE KEY-----", "-----END KEY-----", "curl -u ",
          "twitter", "facebook", "kraken", "AIza", "https://hooks.slack.com/services/", "pypi-AgEIcHlwaS5vcmc"]
ALPHABETS = ["0123456789abcdef", "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
             "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "abcdefghijklmnopqrstuvwxyz0123456789_-"]
JOINS = ["", "", "=", ": ", ' = "', " := '", '"', "'", " ", "\n", ";", " => ", "-", "_", ":", "/"]


def token_text(rng, count):
    """Beginnings of credentials with random bytes of the usual lengths behind them."""
    out = []
    for _ in range(count):
        alphabet, size = rng.choice(ALPHABETS), rng.choice([8, 11, 16, 20, 24, 32, 36, 40, 43, 64, 84])
        out.append(rng.choice(TOKENS) + rng.choice(JOINS) + "".join(rng.choice(alphabet) for _ in range(size)) + rng.choice(JOINS))
    return ("".join(out) + "\n").encode()


def default_rules(oracle, module, work):
    """gitleaks' own 222 rules, over what it tests them with and over look-alikes."""
    rng = random.Random(SEED)
    texts = {f"look{i}.conf": token_text(rng, 400) for i in range(4)}
    for i, name in enumerate(sorted(os.listdir(os.path.join(module, "cmd/generate/config/rules")))):
        if i % 3 == 0:
            texts[name + ".txt"] = gitleaks_module.read(os.path.join(module, "cmd/generate/config/rules", name)).encode() + b"\n"
    found = compare(oracle, work, "the default rules", gitleaks_module.read(os.path.join(module, "config/gitleaks.toml")), texts)
    if found is not None:
        print(f"ok the default rules: {found} findings" if found > 100 else f"not ok the default rules: only {found} findings")


UNUSABLE = {
    "regex": ("[[rules]]\nid = 'a'\nregex = 'a(?=b)'\n", 3),
    "regex of a list": ("[[rules]]\nid = 'a'\nregex = 'a'\n[[rules.allowlists]]\nregexes = [\n'a',\n'(']\n", 7),
    "type": ("[[rules]]\nid = 'a'\nregex = 'a'\nentropy = 'high'\n", 4),
    "unknown rule": ("[[rules]]\nid = 'a'\nregex = 'a'\n[[allowlists]]\ntargetRules = ['b']\nstopwords = ['x']\n", 5),
    "extend.url": ("[extend]\nurl = 'https://example.com/x'\n", 2),
    "extend.path": ("title = 'x'\n[extend]\npath = 'none.toml'\n", 2),
    "TOML": ("[[rules]]\nid = 'a\n", 2),
}


def unusable(work):
    """Nothing is searched by a rule file that cannot be used."""
    rules = os.path.join(work, "rules.toml")
    for name, (text, line) in UNUSABLE.items():
        gitleaks_module.write(rules, text)
        done = subprocess.run([WEIR, "secrets", "--config", rules, os.path.join(work, "tree")], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        said = done.stderr.decode("utf-8", "replace")
        ok = done.returncode == 64 and f"{rules}:{line}:" in said and not done.stdout
        print(f"ok unusable: {name}" if ok else f"not ok unusable: {name}: {done.returncode} {said}")


def main():
    with tempfile.TemporaryDirectory() as work:
        oracle, module = gitleaks_module.build(work)
        seed, count = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (SEED, COUNT)
        random_cases(oracle, work, seed, count)
        default_rules(oracle, module, work)
        unusable(work)


main()
