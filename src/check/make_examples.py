"""Makes rule_examples.c from testdata/RULE_bad.txtar and RULE_good.txtar.

usage: make_examples.py OUTPUT FOLDER RULES

Rules of RULES (leak/rules.toml) are shown by their templates, since no token is ever written down.
"""
import glob
import os
import re
import sys
import tomllib


def sections(text):
    parts = re.split(r"(?m)^-- (.+?) --\n", text)
    return list(zip(parts[1::2], parts[2::2]))


# What drives the test, or stands on the machine and not in the repository: shown only where nothing
# else tells the bad from the good.
ABOUT = re.compile(r"about$")
HIDDEN = re.compile(r"about$|weir\.(args|env|want|setup)$|run\.json$|MODCACHE/")


def hashes(line):
    """The lines of go.sum that a mark of the test stands for."""
    whole = re.match(r"\$SUM\((.+)@(.+)\)$", line)
    if whole:
        return f"{whole[1]} {whole[2]} h1:...=\n{whole[1]} {whole[2]}/go.mod h1:...="
    return re.sub(r"\$(ZIP|MOD)SUM\(.+?\)", "h1:...=", line)


def shown(text, hidden):
    """The files of a case as a person would write them."""
    out = []
    for name, body in sections(text):
        if hidden.match(name):
            continue
        body = re.sub(r"\s*(//|#) want .*", "", body).rstrip("\n")
        body = "\n".join(hashes(line) for line in body.split("\n"))
        out.append(f"-- {name} --\n{body}\n")
    return "".join(out)


def literal(text):
    lines = text.split("\n")
    quoted = ['"' + line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?").replace("\t", "\\t") + '\\n"' for line in lines]
    return "\n          ".join(quoted)


def pair_of(bad, good):
    pair = {"bad": shown(bad, HIDDEN), "good": shown(good, HIDDEN)}
    if pair["bad"] == pair["good"]:
        pair = {"bad": shown(bad, ABOUT), "good": shown(good, ABOUT)}
    return {kind: text.rstrip() for kind, text in pair.items()}


def read_pairs(folder):
    found = {}
    for path in sorted(glob.glob(os.path.join(folder, "*.txtar"))):
        match = re.search(r"([A-Z]{3}\d{3})_(bad|good)\.txtar$", path)
        if match:
            with open(path, encoding="utf-8") as file:
                found.setdefault(match[1], {})[match[2]] = file.read()
    return {rule: pair_of(**pair) for rule, pair in sorted(found.items()) if len(pair) == 2}


def source(pairs):
    rows = "".join(
        f'        {{ "{rule}",\n          {literal(pair["bad"])},\n          {literal(pair["good"])} }},\n'
        for rule, pair in pairs.items()
    )
    return (
        '#include "check/rule_examples.h"\n\n'
        "const struct rule_example rule_examples[] = {\n"
        + rows
        + "        { NULL, NULL, NULL },\n};\n"
        "const size_t rule_example_count = COUNT_OF(rule_examples) - 1;\n\n"
        "const struct rule_example *rule_example_find(struct str id) {\n"
        "        for (size_t i = 0; i < rule_example_count; i++)\n"
        "                if (str_eq(id, str_of(rule_examples[i].rule)))\n"
        "                        return &rule_examples[i];\n"
        "        return NULL;\n}\n"
    )


GOOD_SECRET = """-- config.go --
package config

import "os"

var credential = os.Getenv("SERVICE_CREDENTIAL")
"""


def secret_pairs(path):
    with open(path, "rb") as file:
        rules = tomllib.load(file)["rules"]
    return {rule["id"]: {"bad": "-- settings --\n" + rule["examples"][0].rstrip(), "good": GOOD_SECRET.rstrip()}
            for rule in rules if rule.get("examples")}


def main():
    output, folder, rules = sys.argv[1:]
    text = source({**read_pairs(folder), **secret_pairs(rules)})
    if os.path.exists(output):
        with open(output, encoding="utf-8") as file:
            if file.read() == text:
                return
    with open(output, "w", encoding="utf-8") as file:
        file.write(text)


main()
