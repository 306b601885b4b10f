"""src/leak/rules.toml: its examples, drawn from their templates, are found by Go's regexp; its
fields are whole. Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import json
import os
import re
import subprocess
import tempfile
from collections import Counter

import secret_templates

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.30.1"
SEEDS = 5
RULES_LEAST = 250
SHAPES_LEAST = 150
RULES = secret_templates.rules()
SEARCHED = [rule for rule in RULES if "regex" in rule]


def oracle(rules, texts):
    """For each of the texts (path, text): what the rules find in it."""
    with tempfile.TemporaryDirectory() as folder:
        program = os.path.join(folder, "oracle")
        subprocess.run(["go", "build", "-o", program, os.path.join(TOP, "test/secret_oracle.go")], check=True)
        question = {"rules": rules, "texts": [{"path": path, "text": text} for path, text in texts]}
        done = subprocess.run([program], input=json.dumps(question).encode(), stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout)


def draws(key):
    return [(rule, secret_templates.draw(template, seed))
            for rule in SEARCHED for template in rule.get(key, []) for seed in range(SEEDS)]


def path_for(rule):
    return next(path for path in ("a.txt", "main.tf", "NuGet.config", "a.php") if re.search(rule.get("path", ""), path))


def wrapped(rule, token):
    """A token as a file may hold it: alone, between lines, between blanks."""
    return [(path_for(rule), text) for text in (token, f"package main\n\n{token}\n", f" {token} ")]


def examples():
    drawn = draws("examples")
    texts = [text for rule, token in drawn for text in wrapped(rule, token)]
    found = oracle(SEARCHED, texts)
    for index, hits in enumerate(found):
        rule, token = drawn[index // 3]
        if rule["id"] not in {hit["rule"] for hit in hits}:
            yield f"{rule['id']} does not find {token[:60]!r}"


def weir_finds_them_too():
    """The whole way, by the program: each example in a file of its own."""
    drawn = [(rule, token) for index, (rule, token) in enumerate(draws("examples")) if index % SEEDS < 2]
    with tempfile.TemporaryDirectory() as folder:
        for index, (rule, token) in enumerate(drawn):
            path = os.path.join(folder, "app", str(index), path_for(rule))
            os.makedirs(os.path.dirname(path))
            with open(path, "w", encoding="utf-8") as file:
                file.write(f"{token}\n")
        done = subprocess.run([os.environ["WEIR"], "secrets", folder, "--format", "json"], stdout=subprocess.PIPE)
    found, report = {}, json.loads(done.stdout)
    yield from (unjudged["why"] for unjudged in report["unjudged"])
    for finding in report["findings"]:
        found.setdefault(int(finding["file"].split("/")[1]), set()).add(finding["rule"])
    for index, (rule, token) in enumerate(drawn):
        if not found.get(index):
            yield f"{rule['id']}: nothing in {token[:60]!r}"
    seen = set().union(*found.values())
    yield from (f"{rule['id']} finds none of its examples" for rule in SEARCHED if rule["id"] not in seen)


def counterexamples():
    drawn = draws("counterexamples")
    for (rule, token), hits in zip(drawn, oracle(SEARCHED, [("a.txt", token) for _, token in drawn])):
        if rule["id"] in {hit["rule"] for hit in hits}:
            yield f"{rule['id']} finds {token[:60]!r}"


def keywords_are_necessary():
    for rule, token in draws("examples"):
        if rule.get("keywords") and not any(word in token.lower() for word in rule["keywords"]):
            yield f"{rule['id']}: no keyword in {token[:60]!r}"
    for rule in RULES:
        if any(word != word.lower() or not word for word in rule.get("keywords", [])):
            yield f"{rule['id']}: {rule['keywords']}"


def rules_are_whole():
    for rule in RULES:
        missing = {"id", "description", "zh", "provider", "revoke"} - set(rule)
        if missing or not all(rule[key] for key in ("description", "zh", "provider", "revoke")):
            yield f"{rule.get('id')} lacks {missing}"
        if ("regex" in rule) + ("detector" in rule) + ("path" in rule and "regex" not in rule) != 1:
            yield f"{rule['id']} has to have one of regex, path, detector"
        if "regex" in rule and not (rule.get("examples") and rule.get("keywords")):
            yield f"{rule['id']} has no examples or keywords"
        if not rule["revoke"].startswith("https://"):
            yield f"{rule['id']}: {rule['revoke']}"
        if not re.search("[\u4e00-\u9fff]", rule["zh"]):
            yield f"{rule['id']}: {rule['zh']} is not Chinese"
        if rule.get("severity", "error") not in {"error", "warning", "note"}:
            yield f"{rule['id']}: {rule['severity']}"


def ids_are_sorted():
    ids = [rule["id"] for rule in RULES]
    if ids != sorted(set(ids)) or not all(re.fullmatch(r"KEY\d{3}", one) for one in ids):
        yield "the ids are not unique, sorted KEYnnn"


def aliases_are_of_gitleaks():
    listed = subprocess.run(["go", "mod", "download", "-json", GITLEAKS], check=True, stdout=subprocess.PIPE)
    with open(os.path.join(json.loads(listed.stdout)["Dir"], "config/gitleaks.toml"), encoding="utf-8") as file:
        known = set(re.findall(r'^id = "(.*)"', file.read(), re.M))
    aliases = [rule["alias"] for rule in RULES if "alias" in rule]
    yield from sorted(set(aliases) - known)
    yield from (alias for alias, count in Counter(aliases).items() if count > 1)
    if len(known) < 200:
        yield f"only {len(known)} rules of gitleaks"


def shape(rule):
    """What is left of an expression without its words: character classes, counts, separators."""
    text = re.sub(r"\\[bB]|\(\?[a-zA-Z-]*:?|[()|^$]", " ", rule["regex"])
    classes = re.findall(r"(\[(?:\\.|[^\]\\])+\]|\\[dwsDWS])(\{[\d,]+\}|[*+?])?", text)
    rest = re.sub(r"(\[(?:\\.|[^\]\\])+\]|\\[dwsDWS]|\\?[A-Za-z0-9])(\{[\d,]+\}|[*+?])*", "", text)
    return tuple(classes), re.sub(r"\s", "", rest)


def there_are_enough():
    shapes = {shape(rule) for rule in SEARCHED}
    if len(RULES) < RULES_LEAST or len(shapes) < SHAPES_LEAST:
        yield f"{len(RULES)} rules, {len(shapes)} shapes"


def no_secret_is_in_the_file():
    """The file's own text, apart from its expressions, has nothing that a rule finds."""
    with open(secret_templates.RULES, encoding="utf-8") as file:
        text = file.read()
    for hit in oracle(SEARCHED, [("rules.toml", re.sub("(?m)^regex(es)? = .*$", "", text))])[0]:
        yield f"line {hit['line']}: {hit['rule']}"


def vectors_are_published_ones():
    """Tokens that their makers publish as examples of the checksum."""
    made = secret_templates.crc32_base62("zQWBuTSOoRi4A9spHcVY5n" + "cnsDkxkJ")
    if made != "0mLq17":
        yield f"GitHub's: {made}"
    if secret_templates.crc16_xmodem(b"123456789") != 0x31C3:
        yield "CRC-16/XMODEM"


TESTS = [rules_are_whole, ids_are_sorted, examples, weir_finds_them_too, counterexamples, keywords_are_necessary,
         aliases_are_of_gitleaks, there_are_enough, no_secret_is_in_the_file, vectors_are_published_ones]


def main():
    for test in TESTS:
        problems = list(test())
        name = f"secret rules: {test.__name__.replace('_', ' ')}"
        print(f"not ok {name}: {'; '.join(problems[:20])}" if problems else f"ok {name}", flush=True)


if __name__ == "__main__":
    main()
