"""leak/ruleset against the real gitleaks: the same rules out of its own test files and of files of
ours with every field, and the same files refused.

WEIR_PROBES is the folder with leak_ruleset_probe. Prints "ok NAME" or "not ok NAME: why".
"""
import glob
import json
import os
import re
import subprocess
import tempfile

import gitleaks_module

PROBE = os.path.join(os.environ["WEIR_PROBES"], "leak_ruleset_probe")
RULE = "[[rules]]\nid = 'a'\nregex = 'a(b)c'\n"
LISTS = {
    "stopwords are folded": "stopwords = ['Ab', 'C']",
    "commits are trimmed": "commits = [' AB12 ']",
    "one path": "paths = ['x$']",
    "flags reach on": "regexes = ['(?i)a', 'b']\nregexTarget = 'line'",
    "and": "condition = 'And'\npaths = ['a', 'b']\nregexes = ['c']\nregexTarget = 'match'",
    "ampersands": "condition = '&&'\nstopwords = ['x']",
    "bars": "condition = '||'\nstopwords = ['x']\nregexTarget = 'secret'",
    "condition unknown": "condition = 'nor'\nstopwords = ['x']",
    "target unknown": "regexTarget = 'Line'\nstopwords = ['x']",
    "bad regex": "regexes = ['a', '(']",
    "bad path": "paths = ['a**']",
    "empty": "description = 'x'",
}
FILES = {
    "nothing": "",
    "plain": RULE,
    "twice, the last counts": RULE + "[[rules]]\nid = 'a'\npath = 'p'\n",
    "every key": "title = 't'\ndescription = 'd'\nminVersion = 'v8.25.0'\n" + RULE +
                 "description = 'x'\npath = '(?i)y'\nsecretGroup = 1\nentropy = 3.25\nkeywords = ['AbC', 'd']\n"
                 "tags = ['T', 'u']\nskipReport = true\n",
    "keys in any case": "[[Rules]]\nID = 'a'\nREGEX = 'x(y)'\nsecretgroup = 1\nKeyWords = ['K']\n",
    "an integer as entropy": RULE + "entropy = 3\n",
    "required": RULE + "[[rules.required]]\nid = 'b'\nwithinLines = 0\nwithinColumns = 7\n[[rules.required]]\nid = 'c'\n"
                "[[rules]]\nid = 'b'\nregex = 'b'\n[[rules]]\nid = 'c'\nregex = 'c'\n",
    "required unknown": RULE + "[[rules.required]]\nid = 'b'\n",
    "required without id": RULE + "[[rules.required]]\nwithinLines = 1\n",
    "lookahead": "[[rules]]\nid = 'a'\nregex = 'a(?=b)'\n",
    "group too high": RULE + "secretGroup = 2\n",
    "no id": "[[rules]]\nregex = 'a'\n",
    "blank id": "[[rules]]\nid = ' '\nregex = 'a'\n",
    "nothing to seek": "[[rules]]\nid = 'a'\nkeywords = ['x']\n",
    "not TOML": "[[rules]\n",
    "old and new lists": RULE + "[rules.allowlist]\nstopwords = ['x']\n[[rules.allowlists]]\nstopwords = ['y']\n",
    "old lists": "[allowlist]\nstopwords = ['x']\n" + RULE + "[rules.allowlist]\nregexes = ['y']\n",
    "targets": RULE + "[[rules]]\nid = 'b'\nregex = 'b'\n[[allowlists]]\ntargetRules = ['a']\nstopwords = ['x']\n"
               "[[allowlists]]\nstopwords = ['y']\n",
    "targets unknown": RULE + "[[allowlists]]\ntargetRules = ['b']\nstopwords = ['x']\n",
    "extend both ways": "[extend]\npath = 'base.toml'\nuseDefault = true\n" + RULE,
    "extend what is missing": "[extend]\npath = 'none.toml'\n" + RULE,
    "extend": "[extend]\npath = 'base.toml'\ndisabledRules = ['off']\n" + RULE +
              "keywords = ['more']\ntags = ['own']\nentropy = 2\n[[rules.allowlists]]\nstopwords = ['own']\n"
              "[[rules]]\nid = 'new'\nregex = 'new'\n[[rules]]\nid = 'kept'\ndescription = 'said anew'\n"
              "skipReport = false\n[[allowlists]]\ntargetRules = ['kept']\nstopwords = ['aimed']\n",
    "extend a rule's path": "[extend]\npath = 'base.toml'\n[[rules]]\nid = 'a'\npath = 'q'\nsecretGroup = 0\n",
    "extend defaults": "[extend]\nuseDefault = true\ndisabledRules = ['aws-access-token', 'jwt']\n"
                       "[[rules]]\nid = 'generic-api-key'\n[[rules.allowlists]]\nstopwords = ['mine']\n",
    "default rules with targets": "[extend]\nuseDefault = true\n[[allowlists]]\n"
                                  "targetRules = ['generic-api-key', 'jwt']\nregexes = ['x']\n",
}
# What weir refuses, and gitleaks does not: it reads past them.
REFUSED = {
    "a regex that is a number": "[[rules]]\nid = 'a'\nregex = 5\n",
    "entropy that is a text": RULE + "entropy = '3'\n",
    "keywords that are a text": RULE + "keywords = 'abc'\n",
    "tags that are numbers": RULE + "tags = [1]\n",
    "skipReport that is a text": RULE + "skipReport = 'true'\n",
    "rules that are a text": "rules = 'x'\n",
    "extend.url": "[extend]\nurl = 'https://example.com/rules.toml'\n" + RULE,
    "a disabled rule that nobody has": "[extend]\npath = 'base.toml'\ndisabledRules = ['nobody']\n",
}
BASE = ("[extend]\npath = 'deep.toml'\n" + RULE + "description = 'base'\nentropy = 4\nkeywords = ['one']\ntags = ['base']\n"
        "[[rules.allowlists]]\nstopwords = ['base']\n[[rules]]\nid = 'off'\nregex = 'off'\n"
        "[[rules]]\nid = 'kept'\nregex = 'kept'\nskipReport = true\n[[rules.required]]\nid = 'a'\n"
        "[[allowlists]]\nstopwords = ['all']\n[[allowlists]]\ntargetRules = ['kept']\nstopwords = ['lost']\n")
DEEP = "[extend]\npath = 'deepest.toml'\n[[rules]]\nid = 'deep'\nregex = 'deep'\n[[rules]]\nid = 'a'\npath = 'deep'\n"
DEEPEST = "[[rules]]\nid = 'deepest'\nregex = 'x'\n"


def cases(module):
    for path in sorted(glob.glob(os.path.join(module, "testdata/config/**/*.toml"), recursive=True)):
        yield os.path.relpath(path, os.path.join(module, "testdata")), gitleaks_module.read(path)
    yield "the default rules", gitleaks_module.read(os.path.join(module, "config/gitleaks.toml"))
    yield from FILES.items()
    for name, text in LISTS.items():
        yield f"list of a rule: {name}", f"{RULE}[[rules.allowlists]]\n{text}\n"
        yield f"list of all: {name}", f"[[allowlists]]\n{text}\n{RULE}"


def canonical(document):
    """Rules by id; gitleaks keeps some lists as sets."""
    document["rules"].sort(key=lambda rule: rule["id"])
    for holder in [document, *document["rules"]]:
        for key in ("keywords", "tags"):
            holder.get(key, []).sort()
        for one in holder["allowlists"]:
            for key in ("commits", "stopwords"):
                one[key] = sorted(set(one[key]))
    return document


def ask_ours(module, path, work):
    own = os.path.join(module, "config/gitleaks.toml")
    done = subprocess.run([PROBE, "--own", own, path], cwd=work, stdout=subprocess.PIPE, check=True)
    answer = done.stdout.decode("utf-8").rstrip("\n")
    return (canonical(json.loads(answer[3:])), "") if answer[:3] == "ok " else (None, answer[3:])


def ask_real(oracle, path, work):
    done = subprocess.run([oracle, "config", path], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    answer = done.stdout.decode("utf-8")
    return (None, answer) if answer.startswith("no ") else (canonical(json.loads(answer)), "")


def difference(want, got):
    if want is None or got is None:
        return "" if want is got else "one of the two refuses it"
    if [r["id"] for r in want["rules"]] != [r["id"] for r in got["rules"]]:
        return "other rules"
    for a, b in zip(want["rules"], got["rules"]):
        for key in a:
            if a[key] != b[key]:
                return f"{a['id']}.{key}: {b[key]}, not {a[key]}"
    return "" if want == got else "another title or other lists"


def check(name, text, work, oracle, module):
    path = os.path.join(work, "rules.toml")
    gitleaks_module.write(path, text)
    got, error = ask_ours(module, path, work)
    want, real_error = ask_real(oracle, path, work)
    why = difference(want, got)
    if not why and got is None and not re.match(r"\S+\.toml:\d+:", error):
        why = f"no line in: {error}"
    print(f"not ok {name}: {why} {error} {real_error}" if why else f"ok {name}", flush=True)


def main():
    with tempfile.TemporaryDirectory() as top:
        oracle, module = gitleaks_module.build(top)
        # The test files of gitleaks name those that they extend as ../testdata/config/...
        os.symlink(os.path.join(module, "testdata"), os.path.join(top, "testdata"))
        work = os.path.join(top, "work")
        os.mkdir(work)
        for name, text in (("base.toml", BASE), ("deep.toml", DEEP), ("deepest.toml", DEEPEST)):
            gitleaks_module.write(os.path.join(work, name), text)
        for name, text in cases(module):
            check(name, text, work, oracle, module)
        path = os.path.join(work, "rules.toml")
        for name, text in REFUSED.items():
            gitleaks_module.write(path, text)
            got, error = ask_ours(module, path, work)
            ok = got is None and error.startswith(f"{path}:")
            print(f"ok refused: {name}" if ok else f"not ok refused: {name}: {error or 'it is not'}")


main()
