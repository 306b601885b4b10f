"""Every report format against its schema or its documented form, on a delivery with awkward names."""
import json
import os
import re
import subprocess
import sys
import tempfile

import jsonschema
from lxml import etree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.environ["WEIR"]
SCHEMAS = os.path.join(os.environ["WEIR_SHARED"], "data/schemas")
FOLDERS = ["plain", "sp ace & <b>", "100%,colon:", "zh-支付"]


def make_delivery(root):
    for folder in FOLDERS:
        path = os.path.join(root, folder)
        os.makedirs(path)
        with open(os.path.join(path, "go.mod"), "w", encoding="utf-8") as file:
            file.write("module example.com/pay\n\ngo 1.22\n\nreplace example.com/log => ../log*|_x\n")
    with open(os.path.join(root, "broken.txt"), "w", encoding="utf-8") as file:
        file.write("x")


def run(root, *args, status=1):
    done = subprocess.run([WEIR, "check", root, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    assert done.returncode == status, (done.returncode, done.stderr.decode())
    return done.stdout.decode("utf-8")


def load_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def valid(document, schema):
    jsonschema.validators.validator_for(schema)(schema).validate(document)


def json_report(root):
    report = json.loads(run(root, "--format", "json"))
    schema = json.loads(run(root, "--schema", status=0))
    assert schema == load_json(os.path.join(TOP, "docs/report.schema.json"))
    valid(report, schema)
    assert report["verdict"] == "fail" and len(report["subject"]["modules"]) == len(FOLDERS)
    files = {finding["file"] for finding in report["findings"]}
    assert files == {f"{folder}/go.mod" for folder in FOLDERS}, files
    assert len({f["fingerprint"] for f in report["findings"]}) == len(report["findings"])
    broken = dict(report)
    del broken["findings"]
    try:
        valid(broken, schema)
    except jsonschema.ValidationError:
        return
    raise AssertionError("the schema takes a report without findings")


def sarif_report(root):
    report = json.loads(run(root, "--format", "sarif"))
    schema = load_json(os.path.join(SCHEMAS, "sarif/sarif-schema-2.1.0.json"))
    jsonschema.Draft4Validator(schema).validate(report)
    result = report["runs"][0]
    rules = result["tool"]["driver"]["rules"]
    assert len(result["results"]) == len(json.loads(run(root, "--format", "json"))["findings"])
    for finding in result["results"]:
        assert rules[finding["ruleIndex"]]["id"] == finding["ruleId"]
        uri = finding["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri), uri
    del result["tool"]
    assert not jsonschema.Draft4Validator(schema).is_valid(report), "a log without tool must be refused"


def junit_report(root):
    text = run(root, "--format", "junit").encode()
    document = etree.fromstring(text)
    for name in ("JUnit.xsd", "junit-10.xsd"):
        schema = etree.XMLSchema(etree.parse(os.path.join(SCHEMAS, "junit", name)))
        schema.assertValid(document)
    for suite in document:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("errors")) == len(suite.findall("testcase/error"))
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    assert document.findall("testsuite/testcase/failure")
    assert "sp ace & <b>/go.mod" in "".join(document.itertext())


def gitlab_report(root):
    entries = json.loads(run(root, "--format", "gitlab"))
    schema = load_json(os.path.join(SCHEMAS, "gitlab/codequality-entry.json"))
    for entry in entries:
        valid(entry, schema)
        assert entry["severity"] in {"info", "minor", "major", "critical", "blocker"}
        assert entry["location"]["lines"]["begin"] >= 1 and entry["check_name"]
    assert len({entry["fingerprint"] for entry in entries}) == len(entries) > 0


def github_report(root):
    lines = run(root, "--format", "github").splitlines()
    form = re.compile(r"::(error|warning|notice) file=([^,:]+)(,line=\d+)?(,col=\d+)?,title=([^,:]+)::(.+)")
    files = set()
    for line in lines:
        match = form.fullmatch(line)
        assert match, line
        files.add(match[2].replace("%2C", ",").replace("%3A", ":").replace("%25", "%"))
    assert files == {f"{folder}/go.mod" for folder in FOLDERS}, files


def markdown_report(root):
    text = run(root, "--format", "markdown")
    assert text.startswith("## weir: Fail")
    rows = [line for line in text.splitlines() if line.startswith("| error") or line.startswith("| warning")]
    assert rows
    for row in rows:
        assert len(re.findall(r"(?<!\\)\|", row)) == 6, row
    assert "<b>" not in re.sub(r"\\<b\\>", "", text)


def html_report(root):
    for lang, first in (("en", "Can this be delivered?"), ("zh", "可以交付吗？")):
        text = run(root, "--format", "html", "--lang", lang)
        body = text[text.index("<body>"):]
        page = etree.HTML(text)
        words = [word.strip() for word in page.find("body").itertext() if word.strip()]
        assert words[0] == first, words[0]
        assert "<script" not in text and "http" not in body and "src=" not in text and "<b>" not in body
        assert any("sp ace & <b>/go.mod" in word for word in words)
        assert 'name="viewport"' in text and "prefers-color-scheme:dark" in text


def text_report(root):
    for lang in ("en", "zh"):
        lines = run(root, "--lang", lang).splitlines()
        assert lines[-1].startswith("verdict: fail" if lang == "en" else "结论：不通过"), lines[-1]
        for line in lines:
            width = sum(2 if ord(c) > 0x2E7F else 1 for c in line)
            assert width <= 80 and "\033" not in line, line


def several_at_once(root):
    with tempfile.TemporaryDirectory() as folder:
        names = {name: os.path.join(folder, name) for name in ("json", "sarif", "junit", "html", "markdown")}
        out = run(root, *[f"--format={name}={path}" for name, path in names.items()], "--format", "github")
        assert out.startswith("::")
        for path in names.values():
            assert os.path.getsize(path) > 100
        assert sorted(os.listdir(folder)) == sorted(names)
    run(root, "--format", "json", "--format", "text", status=64)


def multitool(root):
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "weir.sarif")
        run(root, "--format", f"sarif={log}")
        tool = os.path.join(os.environ["WEIR_NODE"], "node_modules/.bin/sarif-multitool")
        env = dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1")
        done = subprocess.run([tool, "validate", log], env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        out = done.stdout.decode()
        assert "Done. 1 files scanned" in out and not re.search(r"\): error", out) and done.returncode == 0, out


def main():
    with tempfile.TemporaryDirectory() as root:
        make_delivery(root)
        for test in (json_report, sarif_report, junit_report, gitlab_report, github_report, markdown_report,
                     html_report, text_report, several_at_once, multitool):
            try:
                test(root)
                print(f"ok {test.__name__}", flush=True)
            except Exception as error:  # every kind of failure is a failed case
                print(f"not ok {test.__name__}: {str(error)[:1500]!r}", flush=True)


main()
