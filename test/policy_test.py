"""weir.yaml, waivers, ignore comments, the baseline and loosening, through the real binary on real
git histories. Prints "ok NAME" or "not ok NAME: why" per case."""
import datetime
import json
import os
import subprocess
import sys
import tempfile
import traceback

import jsonschema

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.abspath(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir")))
GOOD = "module example.com/pay\n\ngo 1.22.0\n"
LOCAL = "replace example.com/log => ./log\n"
LATER = (datetime.date.today() + datetime.timedelta(days=300)).isoformat()
WAIVER = {"rule": "MOD003", "path": "go.mod", "reason": "moves out in June", "owner": "platform",
          "expires": LATER}


class Delivery:
    """A repository with one module, and one commit that is good."""

    def __init__(self, root):
        self.root = root
        self.git("init", "-q", "-b", "main")
        self.write("go.mod", GOOD)
        self.commit()

    def git(self, *words):
        subprocess.run(["git", "-C", self.root, "-c", "user.name=A", "-c", "user.email=a@example.com",
                        *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def write(self, name, content):
        """A text as it is; anything else as JSON, which is YAML too."""
        with open(os.path.join(self.root, name), "w", encoding="utf-8") as file:
            file.write(content if isinstance(content, str) else json.dumps(content))

    def commit(self, branch=None):
        if branch:
            self.git("checkout", "-q", "-b", branch)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a step")

    def weir(self, *words):
        return subprocess.run([WEIR, *words], cwd=self.root, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)

    def check(self, *words, status):
        """The findings that are not waived, as "RULE FILE:LINE", and the report."""
        done = self.weir("check", "--only", "modules,policy", "--format", "json", *words)
        assert done.returncode == status, (done.returncode, done.stdout.decode(), done.stderr.decode())
        report = json.loads(done.stdout)
        live = ["%s %s:%s" % (f["rule"], f["file"], f["line"]) for f in report["findings"]
                if not f["waived"] and f["severity"] == "error"]
        return sorted(live), report


def schema_and_program_agree(d):
    schema = json.loads(d.weir("config", "schema").stdout)
    with open(os.path.join(TOP, "docs/weir.schema.json"), encoding="utf-8") as file:
        assert json.load(file) == schema, "docs/weir.schema.json is stale: weir config schema"
    jsonschema.Draft7Validator.check_schema(schema)
    right = [{}, {"checks": {"modules": "off"}}, {"checks": {"modules": "merge"}},
             {"rules": {"MOD003": "note", "MOD004": "error"}}, {"paths": {"ignore": ["gen/**"]}},
             {"waivers": [WAIVER]}, {"baseline": "b.json"}, {"require": ["vulndb", "online"]},
             {"vulndb": {"path": "x", "max_age_days": 7}}, {"modules": {"stdlib": True}},
             {"hook": {"commit_message": "conventional", "unjudged": "refuse", "ticket": "PAY-[0-9]+"}},
             {"hook": {"ticket": ["PAY-[0-9]+", "#[0-9]+"]}}, {"hook": {"ticket": []}}]
    wrong = [{"rule": {}}, {"checks": {"module": "off"}}, {"checks": {"modules": "later"}},
             {"rules": {"MOD03": "off"}}, {"rules": {"MOD003": "fatal"}}, {"paths": {"ignore": "a"}},
             {"paths": {"ignores": []}}, {"waivers": [{"rule": "MOD003"}]},
             {"waivers": [{**WAIVER, "expires": "soon"}]}, {"waivers": [{**WAIVER, "until": "x"}]},
             {"waivers": [{**WAIVER, "reason": ""}]}, {"baseline": 3 * [""]},
             {"require": ["network"]}, {"vulndb": {"max_age_days": "7"}},
             {"vulndb": {"max_age_days": 0}}, {"modules": {"stdlib": 1}}, ["rules"],
             {"hook": {"commit_message": "free"}}, {"hook": {"unjudged": True}}, {"hook": {"ticket": ""}},
             {"hook": {"ticket": {"a": "b"}}}, {"hook": {"ticket": [""]}}, {"hook": {"tickets": "x"}}]
    for text, fine in [(t, True) for t in right] + [(t, False) for t in wrong]:
        d.write("weir.yaml", text)
        done = d.weir("config", "check")
        assert (done.returncode == 0) == fine, (text, done.stderr.decode())
        assert jsonschema.Draft7Validator(schema).is_valid(text) == fine, text


def what_is_shown_reads_back(d):
    d.write("weir.yaml", {"rules": {"MOD003": "note"}, "waivers": [WAIVER], "paths": {"ignore": ["a/"]}})
    shown = d.weir("config", "show").stdout.decode()
    assert "MOD003: note" in shown and "# weir.yaml:1" in shown and "# default" in shown
    d.write("weir.yaml", shown)
    again = d.weir("config", "show").stdout.decode()
    assert [line.split("  #")[0] for line in again.splitlines()] == \
           [line.split("  #")[0] for line in shown.splitlines()]


def an_error_names_place_and_nearest(d):
    d.write("weir.yaml", "rules:\n  MOD03: off\n")
    done = d.weir("check")
    assert done.returncode not in (0, 1), done.returncode
    assert b"weir.yaml:2:3:" in done.stderr and b"MOD003" in done.stderr, done.stderr


def severities_and_ignored_paths(d):
    d.write("go.mod", GOOD + LOCAL)
    assert d.check(status=1)[0] == ["MOD003 go.mod:4"]
    d.write("weir.yaml", {"rules": {"MOD003": "warning"}})
    assert d.check(status=0)[0] == []
    d.write("weir.yaml", {"paths": {"ignore": ["/go.mod"]}})
    assert d.check(status=0)[0] == []


def a_waiver_holds_until_its_day(d):
    d.write("go.mod", GOOD + LOCAL)
    for expires, want in ((LATER, []), (datetime.date.today().isoformat(), []),
                          ("2026-01-31", ["MOD003 go.mod:4", "POL001 weir.yaml:1"])):
        d.write("weir.yaml", {"waivers": [{**WAIVER, "expires": expires}]})
        assert d.check(status=1 if want else 0)[0] == want, expires


def a_comment_needs_a_reason(d):
    d.write("go.mod", GOOD + LOCAL.rstrip() + " //weir:ignore MOD003 moves out in June\n")
    _, report = d.check(status=0)
    assert [f["waived"] for f in report["findings"]] == [True]
    d.write("go.mod", GOOD + LOCAL.rstrip() + " //weir:ignore MOD003\n")
    live, report = d.check(status=1)
    assert live == ["MOD003 go.mod:4"] and "POL003" in [f["rule"] for f in report["findings"]]


def a_baseline_lets_the_old_pass(d):
    d.write("go.mod", GOOD + LOCAL)
    assert d.weir("baseline", "write").returncode == 0
    assert d.check(status=0)[0] == []
    d.write("go.mod", "// a line above moves everything\n" + GOOD + LOCAL)
    assert d.check(status=0)[0] == []
    d.write("go.mod", GOOD + LOCAL + "replace example.com/other => ./other\n")
    assert d.check(status=1)[0] == ["MOD003 go.mod:5"]


def a_change_cannot_judge_itself(d):
    d.write("go.mod", GOOD + LOCAL)
    d.write("weir.yaml", {"rules": {"MOD003": "off"}, "waivers": [WAIVER]})
    d.commit("change")
    live, _ = d.check("--base", "main", status=1)
    assert live == ["MOD003 go.mod:4", "POL011 weir.yaml:1", "POL013 weir.yaml:1"], live
    assert d.check("--base", "main", "--policy-from", "head", status=0)[0] == []
    assert d.check(status=0)[0] == []


def a_new_comment_waits_for_its_merge(d):
    d.write("go.mod", GOOD + LOCAL.rstrip() + " //weir:ignore MOD003 moves out in June\n")
    d.commit("change")
    live, _ = d.check("--base", "main", status=1)
    assert live == ["MOD003 go.mod:4", "POL015 go.mod:4"], live
    d.git("checkout", "-q", "main")
    d.git("merge", "-q", "change")
    d.write("go.mod", "// moved\n" + GOOD + LOCAL.rstrip() + " //weir:ignore MOD003 moves out in June\n")
    d.commit("next")
    assert d.check("--base", "main", status=0)[0] == []


def a_grown_baseline_waits_too(d):
    d.write("go.mod", GOOD + LOCAL)
    assert d.weir("baseline", "write").returncode == 0
    d.commit("change")
    live, _ = d.check("--base", "main", status=1)
    assert live == ["MOD003 go.mod:4", "POL016 weir-baseline.json:None"], live


def tightening_is_no_finding(d):
    d.write("weir.yaml", {"rules": {"MOD004": "warning"}, "vulndb": {"max_age_days": 20}})
    d.commit()
    d.write("weir.yaml", {"rules": {"MOD004": "error"}, "vulndb": {"max_age_days": 10}})
    d.commit("change")
    assert d.check("--base", "main", status=0)[0] == []
    d.write("weir.yaml", {})
    d.commit()
    assert d.check("--base", "main", status=1)[0] == ["POL012 weir.yaml:None"]


def the_form_of_messages_is_loosened_only_with_the_owner(d):
    d.write("weir.yaml", {"hook": {"commit_message": "conventional", "unjudged": "refuse", "ticket": ["A-1", "B-1"]}})
    d.commit()
    for after, loose in (({"commit_message": "none"}, 3), ({}, 3),
                         ({"commit_message": "conventional", "unjudged": "warn", "ticket": ["A-1"]}, 1),
                         ({"commit_message": "conventional", "unjudged": "refuse", "ticket": "."}, 1),
                         ({"commit_message": "conventional", "unjudged": "refuse", "ticket": ["A-1", "C"]}, 1),
                         ({"commit_message": "conventional", "unjudged": "refuse", "ticket": ["B-1"]}, 0)):
        d.write("weir.yaml", {"hook": after})
        live, _ = d.check("--base", "main", status=1 if loose else 0)
        assert [f.split()[0] for f in live] == ["POL012"] * loose, (after, live)
    d.write("weir.yaml", {})
    d.git("commit", "-q", "-a", "-m", "free")
    d.write("weir.yaml", {"hook": {"commit_message": "conventional", "unjudged": "refuse", "ticket": "A"}})
    assert d.check("--base", "main", status=0)[0] == []


def a_site_can_only_tighten(d):
    site = os.path.join(d.root, "..", "site.yaml")
    d.write("go.mod", GOOD + LOCAL)
    d.write("weir.yaml", {"rules": {"MOD003": "off"}})
    assert d.check(status=0)[0] == []
    d.write("../site.yaml", {"rules": {"MOD003": "error"}})
    assert d.check("--policy", site, status=1)[0] == ["MOD003 go.mod:4"]
    d.write("weir.yaml", {})
    d.write("../site.yaml", {"rules": {"MOD003": "off"}})
    assert d.check("--policy", site, status=1)[0] == ["MOD003 go.mod:4"]
    d.write("../site.yaml", {"waivers": [WAIVER]})
    done = d.weir("check", "--policy", site)
    assert done.returncode not in (0, 1) and b"can only tighten" in done.stderr, done.stderr


def what_is_required_must_be_there(d):
    assert d.check(status=0)[1]["not_run"]
    d.write("weir.yaml", {"require": ["vulndb"]})
    _, report = d.check(status=2)
    assert report["verdict"] == "unjudged" and report["unjudged"]


CASES = [schema_and_program_agree, what_is_shown_reads_back, an_error_names_place_and_nearest,
         severities_and_ignored_paths, a_waiver_holds_until_its_day, a_comment_needs_a_reason,
         a_baseline_lets_the_old_pass, a_change_cannot_judge_itself,
         a_new_comment_waits_for_its_merge, a_grown_baseline_waits_too, tightening_is_no_finding,
         the_form_of_messages_is_loosened_only_with_the_owner,
         a_site_can_only_tighten, what_is_required_must_be_there]


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    for case in CASES:
        if wanted not in case.__name__:
            continue
        with tempfile.TemporaryDirectory() as top:
            root = os.path.join(top, "delivery")
            os.mkdir(root)
            try:
                case(Delivery(root))
                print("ok", case.__name__, flush=True)
            except Exception:  # every failure of a case is its outcome
                why = traceback.format_exc().replace("\n", "\n    ")
                print("not ok %s: %s" % (case.__name__, why), flush=True)


main()
