"""src/leak/rules.toml against the examples that two other scanners test their rules with: what they
call a secret is found by a rule of ours for the same provider, what they call none is not.

The examples are read where they are: noseyparker's from the shared data, gitleaks' from its Go
module, whose rule functions run with a validator of ours. Prints "ok NAME" or "not ok NAME: why".
"""
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import secret_rules_test
import secret_templates

SHARED = os.environ.get("WEIR_SHARED", os.path.join(secret_rules_test.TOP, "..", "shared"))
RULES = secret_templates.rules()
PROVIDERS = {rule["id"]: rule["provider"] for rule in RULES}
SEARCHED = [rule for rule in RULES if "detector" not in rule]

CONFIG = """package config

import (
	"strings"

	"github.com/zricethezav/gitleaks/v8/regexp"
)

type AllowlistMatchCondition int

const (
	AllowlistMatchOr AllowlistMatchCondition = iota
	AllowlistMatchAnd
)

type Allowlist struct {
	Description, RegexTarget string
	MatchCondition           AllowlistMatchCondition
	Commits, StopWords       []string
	Paths, Regexes           []*regexp.Regexp
}

type Required struct {
	RuleID                     string
	WithinLines, WithinColumns *int
}

type Rule struct {
	RuleID, Description string
	Entropy             float64
	SecretGroup         int
	Regex, Path         *regexp.Regexp
	Tags, Keywords      []string
	Allowlists          []*Allowlist
	RequiredRules       []*Required
	SkipReport          bool
}

func (list *Allowlist) ContainsStopWord(text string) (bool, string) {
	for _, word := range list.StopWords {
		if strings.Contains(strings.ToLower(text), word) {
			return true, word
		}
	}
	return false, ""
}
"""

VALIDATE = """package utils

import (
	"encoding/json"
	"os"

	"github.com/zricethezav/gitleaks/v8/config"
)

type Line struct {
	Rule, Path, Text string
	Positive         bool
}

func put(line Line) { json.NewEncoder(os.Stdout).Encode(line) }

func Validate(rule config.Rule, positives, negatives []string) *config.Rule {
	for _, text := range positives {
		put(Line{rule.RuleID, "", text, true})
	}
	for _, text := range negatives {
		put(Line{rule.RuleID, "", text, false})
	}
	return &rule
}

func ValidateWithPaths(rule config.Rule, positives, negatives map[string]string) *config.Rule {
	for path, text := range positives {
		put(Line{rule.RuleID, path, text, true})
	}
	for path, text := range negatives {
		put(Line{rule.RuleID, path, text, false})
	}
	return &rule
}
"""

# As theirs, but it draws the same every time.
SECRETS = """package secrets

import "github.com/lucasjones/reggen"

var drawn int64

func NewSecret(regex string) string {
	made, err := reggen.NewGenerator(regex)
	if err != nil {
		panic(err)
	}
	drawn++
	made.SetSeed(drawn)
	return made.Generate(1)
}
"""


def put(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def go(words, folder):
    return subprocess.run(["go", *words], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout


def gitleaks_cases(folder):
    """Every text that gitleaks' rule functions hand to their validator."""
    module = json.loads(go(["mod", "download", "-json", secret_rules_test.GITLEAKS], folder))["Dir"]
    for name in ("cmd/generate/config/rules", "cmd/generate/config/utils", "regexp"):
        os.makedirs(os.path.join(folder, name))
        for file in sorted(os.listdir(os.path.join(module, name))):
            if file.endswith(".go") and not file.endswith("_test.go") and file != "wasilibs_regex.go":
                shutil.copyfile(os.path.join(module, name, file), os.path.join(folder, name, file))
    with open(os.path.join(module, "cmd/generate/config/main.go"), encoding="utf-8") as file:
        calls = re.findall(r"^\s+(rules\.\w+\(\)),", file.read(), re.M)
    reggen = re.search(r"github.com/lucasjones/reggen \S+", open(os.path.join(module, "go.mod"), encoding="utf-8").read())[0]
    put(os.path.join(folder, "go.mod"), f"module github.com/zricethezav/gitleaks/v8\n\ngo 1.24\n\nrequire {reggen}\n")
    shutil.copyfile(os.path.join(module, "go.sum"), os.path.join(folder, "go.sum"))
    put(os.path.join(folder, "config/config.go"), CONFIG)
    put(os.path.join(folder, "cmd/generate/config/utils/validate.go"), VALIDATE)
    put(os.path.join(folder, "cmd/generate/secrets/secrets.go"), SECRETS)
    put(os.path.join(folder, "main.go"), 'package main\n\nimport "github.com/zricethezav/gitleaks/v8/cmd/generate/config/rules"\n\n'
        "func main() {\n" + "".join(f"\t{call}\n" for call in calls) + "}\n")
    return [json.loads(line) for line in go(["run", "."], folder).splitlines()]


def gitleaks():
    with tempfile.TemporaryDirectory() as folder:
        cases = gitleaks_cases(folder)
    ids = {rule["alias"]: rule["id"] for rule in RULES if "alias" in rule}
    found = secret_rules_test.oracle(SEARCHED, [(case["Path"], case["Text"]) for case in cases])
    missed, wrong = [], []
    for case, hits in zip(cases, found):
        if case["Rule"] in DETECTORS or LATER.search(case["Text"]):
            continue
        if case["Positive"] and not hits:
            missed.append((case["Rule"], case["Text"]))
        if not case["Positive"] and ids.get(case["Rule"]) in {hit["rule"] for hit in hits}:
            wrong.append((case["Rule"], case["Text"]))
    return len(cases), missed, wrong


# A rule of theirs whose finding is the generic detector's here: it is C code with tests of its own.
DETECTORS = {"generic-api-key", "np.mongodb.1", "np.postgres.1", "np.odbc.1", "np.reactapp.2"}
# What their rules drop by expression and ours by later steps (leak/quiet.h, leak/confirm.h).
LATER = re.compile(r"AKIAIOSFODNN7EXAMPLE|-----BEGIN [A-Z ]*PRIVATE KEY-----(\nanything\n)?-----END")
# Examples of theirs that are placeholders to us, and one that is no text of any language. A
# negative example that is a whole credential, but too far from its client id for their expression.
PLACEHOLDER = re.compile(r"(?i)a{13}|x{12}|0{10}|-p(?:assword)? \"?[$%]\w|KLMNOP''|auth0-rails")
# Names of a provider in theirs.
NAMES = {"jfrog": "artifactory", "brevo": "sendinblue", "jetbrains": "teamcity", "jwt": "jsonwebtoken",
         "vmware": "connectvi", "jinaai": "jina", "saucelabs": "sauce"}


def noseyparker():
    with gzip.open(os.path.join(SHARED, "data/secrets/noseyparker/examples.json.gz")) as file:
        theirs = json.load(file)
    cases = [(rule, text, positive) for rule in theirs if wanted(rule)
             for key, positive in (("examples", True), ("negative_examples", False)) for text in rule[key]
             if not PLACEHOLDER.search(text)]
    found = secret_rules_test.oracle(SEARCHED, [("a.txt", text) for _, text, _ in cases])
    return len(cases), *judged(cases, found)


def judged(cases, found):
    """A text that is none for a rule may be one for another: only what finds the rule's own counts."""
    finders = {}
    for (rule, _, positive), hits in zip(cases, found):
        if positive:
            finders.setdefault(rule["id"], set()).update(hit["rule"] for hit in hits)
    missed, wrong = [], []
    for (rule, text, positive), hits in zip(cases, found):
        ids = {hit["rule"] for hit in hits}
        if positive and not any(claims(PROVIDERS[one], rule) for one in ids):
            missed.append((rule["id"], text, sorted(ids)))
        if not positive and ids & finders.get(rule["id"], set()):
            wrong.append((rule["id"], text, sorted(ids)))
    return missed, wrong


def wanted(rule):
    """An address or an account's name is no secret; what has no provider is the generic detector's."""
    return "secret" in rule["categories"] and "generic" not in rule["categories"] and rule["id"] not in DETECTORS


def claims(provider, rule):
    name = re.sub(r"\W", "", provider.lower())
    name = NAMES.get(name, name)
    return name in re.sub(r"\W", "", (rule["name"] + rule["file"]).lower())


def report(name, yardstick, least):
    count, missed, wrong = yardstick()
    for kind, cases in (("finds what is one", missed), ("does not find what is none", wrong)):
        words = "; ".join(f"{case[0]} {case[1][:60]!r}" for case in cases[:10])
        print(f"not ok yardstick {name}: {kind}: {len(cases)}: {words}" if cases else f"ok yardstick {name}: {kind}")
    print(f"ok yardstick {name} has its cases" if count >= least else f"not ok yardstick {name} has its cases: {count}")
    if "-v" in sys.argv:
        for case in missed:
            print("MISSED", json.dumps(case)[:400])
        for case in wrong:
            print("WRONG", json.dumps(case)[:400])


def main():
    report("gitleaks", gitleaks, 1000)
    report("noseyparker", noseyparker, 250)


if __name__ == "__main__":
    main()
