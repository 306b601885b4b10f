"""The binary under a hostile user: words, broken input, subjects, --base, fingerprints.

usage: cli_test.py [NAME]    only the cases that have NAME in their name

Prints "ok NAME" or "not ok NAME: why" per case. Every case has a folder of its own.
"""
import hashlib
import json
import os
import random
import re
import resource
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import xml.etree.ElementTree

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.abspath(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir")))
COMMANDS = ["check", "explain", "init", "hook", "config", "baseline", "vulndb", "completion", "docs"]
FORMATS = ["text", "json", "sarif", "junit", "markdown", "html", "github", "gitlab"]
NOBODY = 65534
GOOD = "module example.com/pay\n\ngo 1.22.0\n"
LOCAL = "replace example.com/log => ./log\n"
MAIN = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("paid") }\n'
CASES = []


def case(function):
    CASES.append(function)
    return function


def build_cache():
    done = subprocess.run(["go", "env", "GOCACHE"], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout.strip()


class Room:
    """A folder with a home of its own, and `repo`, a repository whose one module is good."""

    def __init__(self, top):
        self.top = os.path.realpath(top)
        self.home = self.path("home")
        os.mkdir(self.home)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.home, "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.path.join(TOP, "test/gitconfig"), "GOFLAGS": "", "GOPROXY": "off",
            "GOMODCACHE": self.path("cache"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def write(self, name, content):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(content if isinstance(content, bytes) else content.encode())

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def git(self, *words, at="repo", env=None, status=0):
        done = subprocess.run(["git", *words], cwd=self.path(at), env={**self.env, **(env or {})},
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        assert status is None or done.returncode == status, (words, done.stderr.decode())
        return done.stdout.decode().strip()

    def repository(self, name="repo", go_mod=GOOD, *init):
        self.write(f"{name}/go.mod", go_mod)
        self.write(f"{name}/main.go", MAIN)
        self.git("init", "-q", *init, at=name)
        self.commit(at=name)
        return self.path(name)

    def commit(self, at="repo"):
        self.git("add", "-A", at=at)
        self.git("commit", "-q", "--allow-empty", "-m", "a step", at=at)

    def weir(self, *words, at=None, env=None, status=None, prefix=(), weir=WEIR, **rest):
        at = at or ("repo" if os.path.isdir(self.path("repo")) else ".")
        rest.setdefault("stdout", subprocess.PIPE)
        done = subprocess.run([*prefix, weir, *words], cwd=self.path(at), env={**self.env, **(env or {})},
                              stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False, timeout=120,
                              **rest)
        assert b"Sanitizer" not in done.stderr and b"runtime error" not in done.stderr, done.stderr.decode()
        assert status is None or done.returncode in ([status] if isinstance(status, int) else status), \
            (words, done.returncode, (done.stdout or b"")[-1500:], done.stderr[-1500:])
        return done

    def check(self, *words, status, **rest):
        """The report as JSON, after what must hold of every report."""
        done = self.weir("check", "--format", "json", *words, status=status, **rest)
        report = json.loads(done.stdout.decode())
        assert exit_of(report) == done.returncode, (report["verdict"], done.returncode)
        return report


def exit_of(report):
    return {"pass": 0, "fail": 1, "unjudged": 2}[report["verdict"]]


def errors(report):
    return sorted(f'{f["rule"]} {f["file"]}' for f in report["findings"]
                  if f["severity"] == "error" and not f["waived"])


def whys(report):
    return " | ".join(f'{gap["why"]} -> {gap["mend"]}' for gap in report["unjudged"])


def as_user(uid):
    return ("setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups")


def give(path, uid):
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    subprocess.run([*sudo, "chown", "-R", f"{uid}:{uid}", path], check=True)


# Words


@case
def every_wrong_word_is_64(room):
    room.repository()
    wrong = ["--stage", "--stage x", "--only", "--only ,", "--only x", "--only= --skip", "--skip x",
             "--format", "--format x", "--format=", "--format json=", "--format json --format text",
             "--format text --format text", "--format json --format html=-",
             "--format json --format html=/dev/stdout", "--format json=a --format sarif=a",
             "--format json=a --format sarif=./a", "--bogus", "--bogus=1", "-x", "a b", "--commit", "--commit=",
             "--base=", "--import=", "--import", "--policy=", "--policy", "--policy-from x", "--policy-from=",
             "--policy-from head", "--policy-from base", "--staged --policy-from head",
             "--trace a --format json=a", "--trace ./a --format json=a --format html=b",
             "--trace /dev/stdout --format json", "--vulndb=", "--vulndb", "--trace=", "--trace", "--color x", "--color=", "--lang fr", "--lang",
             "--staged=x", "--online=1", "--no-cache=yes", "--schema=1", "--help=1", "--staged --commit HEAD",
             "--help --bogus", "--only modules --only x", "go.mod"]
    lines = [["check", *words.split()] for words in wrong] + [
        ["check", ""], ["check", "--base", ""], ["check", "--commit", ""], ["nope"], ["--bogus"], ["help", "nope"],
        ["help", "check", "x"], ["help", "--lang", "fr"], ["--lang"], ["--lang", "fr", "check"], ["--lang=", "check"],
        ["explain", "MOD"], ["explain", "MOD003", "x"], ["explain", "--list=1"], ["config"],
        ["config", "x"], ["config", "check", ".", "x"], ["config", "check", "--format", "json"], ["baseline"],
        ["baseline", "x"], ["baseline", "write", "--stage", "x"], ["baseline", "write", "--only", "x"],
        ["vulndb"], ["vulndb", "update"], ["vulndb", "update", "a", "b"], ["vulndb", "x", "y"],
        ["vulndb", "update", ""], ["vulndb", "update", "x", "--output="], ["completion"], ["completion", "csh"],
        ["completion", "bash", "zsh"], ["docs"], ["docs", "x"], []]
    for words in lines:
        done = room.weir(*words, status=64)
        if words:
            assert done.stderr.startswith(b"weir: ") and not done.stdout, (words, done)
            assert len(done.stderr.splitlines()) <= 3, done.stderr


@case
def explain_alone_says_what_there_is(room):
    out = room.weir("explain", status=0).stdout.decode()
    assert "weir explain RULE" in out and re.search(r"^MOD003 ", out, re.M) and re.search(r"^VEN001 ", out, re.M), out
    assert "解释" in room.weir("explain", "--lang", "zh", status=0).stdout.decode()


@case
def the_language_may_come_first(room):
    for words, status in ((["--lang", "zh"], 64), (["--lang=zh", "help"], 0), (["help", "--lang", "zh"], 0),
                          (["help", "check", "--lang=zh"], 0), (["--help", "--lang", "zh"], 0),
                          (["--lang", "zh", "check", "--help"], 0), (["help", "--lang", "zh", "hook"], 0)):
        out = room.weir(*words, status=status).stdout.decode()
        assert "用法：weir" in out, (words, out)
    assert "usage: weir" in room.weir("--lang", "en", "help", env={"LANG": "zh_CN.UTF-8"}, status=0).stdout.decode()


@case
def who_has_read_enough_hears_no_complaint(room):
    room.repository(go_mod=GOOD + LOCAL)
    for words, want in ((["check"], 1), (["check", "--format", "json"], 1), (["check", "--skip", "modules"], 0),
                        (["explain", "--list"], 0)):
        reader, writer = os.pipe()
        os.close(reader)
        done = room.weir(*words, stdout=writer)
        os.close(writer)
        assert done.returncode == want and not done.stderr, (words, done)


@case
def options_stand_anywhere(room):
    room.repository()
    for words in (["--format", "json", "repo"], ["repo", "--format", "json"], ["--format=json", "--", "repo"],
                  ["repo", "--format=json", "--"], ["--format=json", "repo/"], ["--format=json", "./repo/."]):
        report = json.loads(room.weir("check", *words, at=".", status=0).stdout)
        assert report["subject"]["path"] == room.path("repo")
    room.repository("--staged")
    report = json.loads(room.weir("check", "--format=json", "--", "--staged", at=".", status=0).stdout)
    assert report["subject"]["path"] == room.path("--staged") and report["subject"]["kind"] == "worktree"


@case
def lists_add_up(room):
    room.repository()
    report = room.check("--only", "modules", "--only", "vendor", status=0)
    assert {"modules", "vendor"} <= {c["id"] for c in report["checks"]}
    report = room.check("--skip", "modules", "--skip", "vendor", status=(0, 2))
    assert not {"modules", "vendor"} & {c["id"] for c in report["checks"]}


@case
def help_in_both_languages(room):
    for command in COMMANDS:
        seen = set()
        for lang, head in (("en", "usage: weir "), ("zh", "用法： weir ")):
            for words in ([command, "--help"], [command, "-h"]):
                done = room.weir(*words, "--lang", lang, status=0)
                text = done.stdout.decode()
                assert text.replace("：weir", "： weir").startswith(head + command) and not done.stderr, text
                seen.add(text)
            by_name = room.weir("help", command, env={"LC_ALL": "zh_CN.UTF-8" if lang == "zh" else "C"}, status=0)
            assert by_name.stdout.decode() in seen
        assert len(seen) == 2
    for lang, word in (("C", "commands:"), ("zh_CN.UTF-8", "命令")):
        for words in (["help"], ["--help"], ["-h"]):
            text = room.weir(*words, env={"LC_ALL": lang}, status=0).stdout.decode()
            assert word in text and all(f"\n  {command} " in text for command in COMMANDS)
    assert re.fullmatch(r"weir \d+\.\d+\.\d+\n", room.weir("--version", status=0).stdout.decode())


@case
def exit_statuses(room):
    room.repository()
    room.check(status=0)
    room.write("repo/go.mod", GOOD + LOCAL)
    room.check(status=1)
    room.write("repo/go.mod", GOOD + "require example.com/absent v1.0.0\n")
    room.write("repo/main.go", MAIN.replace('"fmt"', '"fmt"\n\n\t_ "example.com/absent"').replace(
        "import ", "import (\n\t").replace("\n\nfunc", "\n)\n\nfunc"))
    report = room.check(status=(1, 2))
    assert report["verdict"] != "pass"
    room.weir("check", "nowhere", status=2)
    room.weir("check", "--stage", "x", status=64)


def without_times(text):
    return re.sub(rb"\d+\.\d+|\d{4}-\d\d-\d\dT[\d:]+", b"", text)


@case
def stdout_carries_one_report(room):
    room.repository(go_mod=GOOD + LOCAL)
    for form in FORMATS:
        done = room.weir("check", "--format", form, status=1)
        assert not done.stderr, (form, done.stderr)
        alone = room.weir("check", "--format", f"{form}={room.path('one')}", status=1)
        assert not alone.stdout and not alone.stderr, (form, alone)
        assert without_times(done.stdout) == without_times(room.read("one")), form
    names = [f"--format={form}={room.path('all-' + form)}" for form in FORMATS]
    done = room.weir("check", *names, status=1)
    assert not done.stdout and all(os.path.getsize(room.path("all-" + form)) for form in FORMATS)


@case
def a_copy_under_another_name_works(room):
    room.repository(go_mod=GOOD + LOCAL)
    copy = room.path("far away", "gate")
    os.mkdir(os.path.dirname(copy))
    shutil.copy(WEIR, copy)
    assert errors(json.loads(room.weir("check", "--format=json", weir=copy, status=1).stdout)) == ["MOD003 go.mod"]
    assert b"Bad" in room.weir("explain", "MOD003", weir=copy, status=0).stdout


@case
def no_socket_without_online(room):
    """With no network but strace-free: a proxy that counts who knocks, for everything that looks at it."""
    room.repository(go_mod=GOOD + "require example.com/absent v1.0.0\n")
    knocks = []
    server = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=lambda: [knocks.append(server.accept()[0].close()) for _ in range(99)],
                     daemon=True).start()
    url = "http://127.0.0.1:%d" % server.getsockname()[1]
    env = {"GOPROXY": url, "http_proxy": url, "https_proxy": url, "HTTP_PROXY": url, "HTTPS_PROXY": url,
           "ALL_PROXY": url, "GOSUMDB": "sum.golang.org " + url}
    for words in (["check"], ["check", "--staged"], ["check", "--base", "HEAD"], ["config", "show"],
                  ["baseline", "write"], ["explain", "MOD007"], ["vulndb", "update", room.path("repo")]):
        room.weir(*words, env=env)
    time.sleep(0.1)
    assert not knocks, knocks
    room.weir("check", "--online", env=env)
    time.sleep(0.1)
    assert knocks, "with --online nobody knocked: this case proves nothing"


# Bad input


def findings_of(room, name, content, status, *words):
    room.write("repo/" + name, content)
    return room.check(*words, status=status)


def unopened(room, *words, at=None):
    """The report on what could not be opened: in every format, with one reason, told to people too."""
    files = {name: room.path("out." + name) for name in FORMATS}
    done = room.weir("check", "--format=json", *words, *(f"--format={name}={path}" for name, path in files.items()),
                     at=at, status=2)
    report = json.loads(done.stdout)
    assert json.loads(room.read("out.json")) == report and report["verdict"] == "unjudged", done
    assert len(report["unjudged"]) == 1 and report["unjudged"][0]["check"] is None, report["unjudged"]
    assert not report["checks"] and not report["findings"], report
    why, mend = report["unjudged"][0]["why"], report["unjudged"][0]["mend"] or ""
    assert why.split(" (while")[0] in done.stderr.decode() and mend, (report, done.stderr)
    log = json.loads(room.read("out.sarif"))
    assert not log["runs"][0]["results"] and why.split()[0] in room.read("out.sarif").decode(), log
    json.loads(room.read("out.gitlab"))
    xml.etree.ElementTree.fromstring(room.read("out.junit"))
    for name in ("text", "markdown", "html", "junit"):
        assert room.read("out." + name), name
    text = room.weir("check", *words, at=at, status=2)
    assert len(text.stderr.splitlines()) == 1, text.stderr
    squeezed = " ".join(text.stdout.decode().split())
    assert " ".join(mend.split()) in squeezed, (mend, squeezed)
    for path in files.values():
        os.unlink(path)
    return report


@case
def what_cannot_be_opened_has_a_report(room):
    repo = room.repository()
    for make in (os.mkfifo, lambda path: room.write("repo/weir.yaml", "rules: [\n"),
                 lambda path: room.write("repo/weir.yaml", "rulez:\n  MOD003: note\n"), sparse):
        make(os.path.join(repo, "weir.yaml"))
        assert "weir.yaml" in unopened(room)["unjudged"][0]["why"]
        os.unlink(os.path.join(repo, "weir.yaml"))
    assert "elsewhere" in unopened(room, "--base", "elsewhere")["unjudged"][0]["why"]
    room.check(status=0)
    room.write("young/go.mod", GOOD)
    room.git("init", "-q", at="young")
    assert unopened(room, "--base", "HEAD", at="young")["subject"]["revision"] is None
    done = room.weir("check", "--format=json", "--only", "nonsense", status=64)
    assert not done.stdout, "wrong words have no report"


def sparse(path):
    with open(path, "wb") as file:
        file.truncate(2 << 30)


@case
def imported_places_stay_in_the_subject(room):
    repo = room.repository()
    uris = {"../../etc/passwd": None, "file:///etc/passwd": None, "https://example.com/a.go": None, "a/../../b.go": None,
            "..": None, "./a/../main.go": "main.go", "file://" + repo + "/main.go": "main.go", "main.go": "main.go"}
    results = [{"ruleId": "R", "message": {"text": "words"}, "locations": [
        {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": {"startLine": 3}}}]} for uri in uris]
    room.write("repo/i.sarif", json.dumps({"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "x"}}, "results": results}]}))
    report = room.check("--only", "imports", "--import", "i.sarif", status=0)
    found = {(f["message"], f["file"], f["line"]) for f in report["findings"]}
    assert found == {(f"words (x R, {uri.removeprefix('file://')})", None, None) if file is None
                     else ("words (x R)", file, 3) for uri, file in uris.items()}, found
    for name in FORMATS:
        out = room.weir("check", "--only", "imports", "--import", "i.sarif", "--format", name, status=0).stdout
        assert b"passwd" in out and b'"uri": ""' not in out and b"file=," not in out, (name, out)


@case
def imported_words_are_never_empty(room):
    room.repository()
    room.write("repo/i.sarif", json.dumps({"version": "2.1.0", "runs": [
        {"tool": {"driver": {"name": "x", "globalMessageStrings": {"g": {"text": "global"}},
                             "rules": [{"id": "S", "messageStrings": {"m": {"text": "own"}}}]}},
         "results": [{"ruleId": "R", "message": {"id": "m"}}, {"ruleId": "S", "message": {"id": "m"}},
                     {"ruleId": "S", "message": {"id": "g"}}]}]}))
    report = room.check("--only", "imports", "--import", "i.sarif", status=0)
    assert sorted(f["message"] for f in report["findings"]) == ["R (x R)", "global (x S)", "own (x S)"], report["findings"]


@case
def broken_go_mod(room):
    room.repository()
    for text in (b"module\n", b"module a b c\n", GOOD.encode() + b"require (\n", b"\x00" * 4096, os.urandom(9000),
                 b"\xef\xbb\xbf" + GOOD.encode(), b"", GOOD.encode() + b"bogus x\n", b"(" * 100000,
                 GOOD.encode() + b"require \"" + b"a" * 70000, GOOD.encode() * 2,
                 b"module example.com/pay\r\rgo 1.22\r", GOOD.encode() + b"/* x"):
        report = findings_of(room, "go.mod", text, (0, 1, 2))
        if text.strip() and not text.startswith(b"\xef") and b"\r\r" not in text:
            assert report["verdict"] == "fail", (text[:40], report["verdict"], report["findings"])
            assert report["findings"][0]["file"] == "go.mod" and report["findings"][0]["line"], text[:40]
        assert report["verdict"] != "pass", text[:40]


@case
def garbage_in_the_other_files(room):
    room.repository()
    for name in ("go.sum", "vendor/modules.txt", "go.work", "go.work.sum"):
        for content in (os.urandom(5000), b"\x00" * 5000, b"example.com/x v1.0.0", b"\xff\xfe" * 50):
            report = findings_of(room, name, content, (0, 1, 2))
            assert name == "go.work.sum" or report["verdict"] != "pass", (name, content[:20])
        os.unlink(room.path("repo", name))
    os.rmdir(room.path("repo/vendor"))
    for name in ("weir.yaml", "weir-baseline.json"):
        for content in (os.urandom(5000), b"\x00" * 50, b"{", b"[[[[" * 30000, b"a: &a [*a]\n", b"- x\n", b"\xff\xfe",
                        b"\x00rules:\n"):
            room.write("repo/" + name, content)
            done = room.weir("check", status=2)
            assert name.encode() in done.stderr and name.encode() in done.stdout, (name, content[:20], done)
        os.unlink(room.path("repo", name))
    room.check(status=0)


@case
def truncated_go_sum(room):
    line = "example.com/x v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
    room.repository()
    for cut in (1, 12, 20, 30, len(line) - 3):
        report = findings_of(room, "go.sum", line + line[:cut], (0, 1, 2))
        assert report["findings"] and all(f["file"] == "go.sum" for f in report["findings"]), cut
        if cut < 25:  # fewer than three words: the go command refuses
            assert any(f["line"] == 2 and f["severity"] == "error" for f in report["findings"]), (cut, report["findings"])


@case
def many_leftovers_are_one_finding(room):
    room.repository()

    def leftovers(count):
        lines = "".join(f"example.com/m{i} v1.0.0/go.mod h1:{'A' * 43}=\n" for i in range(count))
        report = findings_of(room, "go.sum", lines, 0, "--only", "modules")
        assert {f["rule"] for f in report["findings"]} == {"MOD014"}, report["findings"][:3]
        return report["findings"]

    assert [f["line"] for f in leftovers(20)] == list(range(1, 21))
    seen = set()
    for count in (21, 22, 101, 102, 200000):
        found, = leftovers(count)
        assert found["line"] == 1 and found["message"].startswith(f"{count} lines of go.sum"), found["message"]
        assert len(found["trace"]) == min(count - 1, 100) and found["trace"][-1]["line"] == min(count, 101), found["trace"]
        seen.add(found["fingerprint"])
    assert len(seen) == 5, "one line more is another finding"


@case
def huge_sparse_files(room):
    room.repository()
    for name in ("go.mod", "go.sum", "main.go", "vendor/modules.txt", "vendor/example.com/x/x.go", "weir.yaml",
                 "weir-baseline.json", "asset.bin"):
        before = room.read("repo/" + name) if os.path.exists(room.path("repo", name)) else None
        room.write("repo/" + name, b"")
        with open(room.path("repo", name), "r+b") as file:
            file.truncate(2 << 30)
        start = time.monotonic()
        done = room.weir("check", "--format=json", status=0 if name == "asset.bin" else (1, 2))
        assert time.monotonic() - start < 60, name
        named = "vendor" if name.endswith("x.go") else name
        assert named.encode() in done.stdout + done.stderr or name == "asset.bin", (name, done)
        os.unlink(room.path("repo", name))
        if before is not None:
            room.write("repo/" + name, before)


@case
def a_limit_of_weir_is_no_refusal(room):
    room.repository()
    filler = "package main\n\nvar %s = `" + "a" * (70 << 20) + "`\n"
    for name, variable in (("x.go", "x"), ("x_test.go", "y")):
        report = findings_of(room, name, filler % variable, 2, "--only", "modules")
        assert not report["findings"] and name in whys(report) and "judge with the go command" in str(report), report
        os.unlink(room.path("repo", name))
    room.write("repo/c.go", "//go:build " + "linux || " * 9000 + "linux\n\npackage main\n")
    report = room.check("--only", "modules", status=2)
    assert not report["findings"] and "build constraint" in whys(report), report
    os.unlink(room.path("repo/c.go"))
    room.write("repo/go.mod", GOOD + "require example.com/x v1.0.0\n")
    room.write("repo/x.go", 'package main\n\nimport _ "example.com/x"\n')
    sparse(room.path("repo/go.sum"))
    report = room.check("--only", "modules", status=2)
    assert not errors(report) and "go.sum" in whys(report), report


@case
def settings_by_which_go_reads_something_else(room):
    room.repository()
    room.write("go.env", "GOFLAGS=-modfile=alt.mod\n")
    for env, why, mend in (
            ({"GOFLAGS": "-modfile=alt.mod"}, "GOFLAGS has -modfile=alt.mod", "GOFLAGS= weir check"),
            ({"GOFLAGS": "", "GOENV": room.path("go.env")}, "GOFLAGS has -modfile=alt.mod", "go env -u GOFLAGS"),
            ({"GOFLAGS": "-mod=mod '--modfile=a b'"}, "GOFLAGS has -modfile=a b", "GOFLAGS= weir check"),
            ({"GOFLAGS": "-overlay=o.json"}, "GOFLAGS has -overlay=o.json", "GOFLAGS= weir check"),
            ({"GOFLAGS": "-C=/tmp"}, "GOFLAGS has -C=/tmp", "GOFLAGS= weir check"),
            ({"GOEXPERIMENT": "jsonv2,bogus"}, "GOEXPERIMENT=bogus", "GOEXPERIMENT= weir check"),
            ({"GOEXPERIMENT": "nonone"}, "GOEXPERIMENT=nonone", "GOEXPERIMENT= weir check"),
            ({"GOFIPS140": "v9.9.9"}, "GOFIPS140=v9.9.9", "GOFIPS140= weir check"),
            ({"GOROOT": "/nowhere"}, "GOROOT=/nowhere", "GOROOT= weir check"),
            ({"GOROOT": room.path("repo")}, "GOROOT=" + room.path("repo"), "GOROOT= weir check")):
        report = room.check("--only", "modules", env=env, status=2)
        gaps = [u for u in report["unjudged"] if why in u["why"] and mend in u["mend"]]
        assert len(gaps) == 1, (env, report)
    for env in ({"GOFLAGS": "-modfile="}, {"GOFLAGS": "-overlay="}, {"GOEXPERIMENT": "none,jsonv2,noregabi,,nogreenteagc"},
                {"GOFIPS140": "latest"}, {"GOFIPS140": "v1.0.0"}, {"GOFIPS140": "certified"}):
        room.check("--only", "modules", env=env, status=0)
        done = subprocess.run(["go", "list", "./..."], cwd=room.path("repo"), env={**room.env, **env}, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        assert done.returncode == 0, (env, done.stdout)


@case
def links_and_pipes(room):
    repo = room.repository()
    os.symlink(".", os.path.join(repo, "loop"))
    os.symlink("b", os.path.join(repo, "a"))
    os.symlink("a", os.path.join(repo, "b"))
    os.symlink("/", os.path.join(repo, "root"))
    os.mkfifo(os.path.join(repo, "pipe"))
    os.mkfifo(os.path.join(repo, "pipe.go"))
    server = socket.socket(socket.AF_UNIX)
    server.bind(os.path.join(repo, "socket"))
    report = room.check(status=1)  # the go command would hang on pipe.go
    assert report["subject"]["modules"] == ["example.com/pay"] and errors(report) == ["MOD028 pipe.go"]
    os.unlink(os.path.join(repo, "pipe.go"))
    assert {s["file"] for s in room.check(status=0)["skipped"]} == {"pipe", "socket", "a", "b"}
    for name in ("go.mod", "go.sum", "go.work", "vendor/modules.txt", "weir.yaml", "weir-baseline.json"):
        for make in (os.mkfifo, lambda path: os.symlink(os.path.basename(path), path),
                     lambda path: os.symlink("/dev/zero", path), os.mkdir,
                     lambda path: socket.socket(socket.AF_UNIX).bind(path)):
            path = os.path.join(repo, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            if os.path.exists(path):
                os.rename(path, room.path("kept"))
            make(path)
            done = room.weir("check", "--format=json", status=(0, 1, 2))
            if name == "go.mod" or not stat.S_ISDIR(os.lstat(path).st_mode):
                assert done.returncode != 0, (name, done.stdout.decode()[-1500:])
            (os.rmdir if os.path.isdir(path) and not os.path.islink(path) else os.unlink)(path)
            if os.path.exists(room.path("kept")):
                os.rename(room.path("kept"), path)


AWKWARD = [b"new\nline", b"esc\x1b[31mred", b"bad\xff\xfeutf8", b"tab\tquote\"'", b"<b>&amp;]]>", b"%0A::error::x",
           b"a\x01\x7f\xc2\x9b", "\u202egnp".encode(), b"back\\slash`|*_"]


@case
def awkward_names_in_every_format(room):
    repo = os.fsencode(room.repository())
    for name in AWKWARD:
        folder = os.path.join(repo, name)
        os.makedirs(os.path.join(folder, b"vendor", name))
        for path, text in ((b"go.mod", GOOD + LOCAL), (b"weird-" + name + b".go", MAIN), (b"vendor/modules.txt", ""),
                           (b"vendor/" + name + b"/" + name + b".go", "package x\n")):
            with open(os.path.join(folder, path), "w", encoding="utf-8") as file:
                file.write(text)
    for words in ([], ["--lang", "zh"], ["--color", "always"]):
        for form in FORMATS:
            done = room.weir("check", "--format", form, *words, status=1)
            text = done.stdout.decode("utf-8")
            allowed = "\n\x1b" if form == "text" and "always" in words else "\n"
            text = re.sub("\x1b\\[[0-9;]*m", "", text) if "\x1b" in allowed else text
            bad = [c for c in text if (ord(c) < 32 and c not in "\n\t") or 127 <= ord(c) < 160 or
                   (form == "text" and c == "\u202e")]
            assert not bad, (form, words, bad[:9], [line for line in text.splitlines() if bad[0] in line][:2])
            assert "\n::error::x" not in text and not done.stderr, form
            if form in ("json", "sarif", "gitlab"):
                json.loads(text)
            if form == "junit":
                xml.etree.ElementTree.fromstring(text)
            if form == "github":
                assert all(re.match("::(error|warning|notice) ", line) for line in text.splitlines()), text
            if form == "html":
                assert "<b>" not in text[text.index("<body"):]
    report = room.check(status=1)
    assert len([f for f in report["findings"] if f["rule"] == "MOD003"]) == len(AWKWARD)


@case
def awkward_words_are_told_safely(room):
    room.repository()
    for word in (b"a\x1b[31m", b"a\nb", b"\xff\xfe", b"a\x9b"):
        for words in (["check", word], ["check", "--base", word], ["check", "--only", word], ["explain", word], [word],
                      ["check", "--" .encode() + word], ["check", "--import", word], ["vulndb", "update", word],
                      ["check", "--format", word], ["check", "--policy", word], ["check", "--trace", word + b"/x"],
                      ["check", "--lang", word], ["check", "x", word]):
            done = room.weir(*words)
            assert done.returncode in (2, 64), (words, done.returncode)
            text = (done.stdout + done.stderr).decode("utf-8")
            assert not [c for c in text if (ord(c) < 32 and c != "\n") or 127 <= ord(c) < 160], (words, text)


@case
def repository_without_a_commit(room):
    room.write("repo/go.mod", GOOD)
    room.write("repo/main.go", MAIN)
    room.git("init", "-q")
    assert room.check(status=0)["subject"]["revision"] is None
    assert room.check("--staged", status=2)["subject"]["modules"] == []
    room.git("add", "-A")
    assert room.check("--staged", status=0)["subject"]["kind"] == "index"
    for words in (["--commit", "HEAD"], ["--base", "main"], ["--base", "HEAD"]):
        done = room.weir("check", *words, status=2)
        assert done.stderr and b"unjudged" in done.stdout, (words, done)
        assert unopened(room, *words)["subject"]["modules"] == []


@case
def missing_object(room):
    repo = room.repository()
    for name in ("go.mod", "main.go"):
        blob = room.git("rev-parse", "HEAD:" + name)
        path = os.path.join(repo, ".git/objects", blob[:2], blob[2:])
        os.rename(path, room.path("kept"))
        for words in (["--commit", "HEAD"], ["--staged"]):
            done = room.weir("check", "--format=json", *words, status=(1, 2))
            text = (done.stdout + done.stderr).decode()
            assert name in text and "git" in text and done.returncode == 2, (name, words, text[-1500:])
        os.rename(room.path("kept"), path)
        with open(room.path("kept"), "wb") as file:
            file.write(b"garbage")
        os.chmod(path, 0o644)
        good = room.read(path)
        room.write(path, b"x\x9cgarbage")
        room.weir("check", "--format=json", "--commit", "HEAD", status=2)
        room.write(path, good)
    tree = room.git("rev-parse", "HEAD^{tree}")
    os.unlink(os.path.join(repo, ".git/objects", tree[:2], tree[2:]))
    assert b"git" in room.weir("check", "--commit", "HEAD", status=2).stdout
    room.check(status=0)


@case
def unreadable_file_and_folder(room):
    repo = room.repository()
    os.chmod(room.top, 0o755)
    env = {"HOME": room.path("none"), "XDG_CACHE_HOME": room.path("none"), "GIT_CONFIG_COUNT": "1",
           "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    prefix = as_user(NOBODY) if os.geteuid() == 0 else ()  # root may read everything
    weir = room.path("weir")
    shutil.copy(WEIR, weir)
    room.check(status=0, prefix=prefix, env=env, weir=weir)
    for name in ("go.mod", "main.go", "weir.yaml", "go.sum"):
        if not os.path.exists(os.path.join(repo, name)):
            room.write("repo/" + name, "{}" if name == "weir.yaml" else "")
        os.chmod(os.path.join(repo, name), 0)
        want = 1 if name == "main.go" else 2  # as the go command, which refuses
        done = room.weir("check", "--format=json", status=want, prefix=prefix, env=env, weir=weir)
        assert name.encode() in done.stdout + done.stderr and b"ermission" in done.stdout + done.stderr, (name, done)
        os.chmod(os.path.join(repo, name), 0o644)
    os.unlink(os.path.join(repo, "weir.yaml"))
    os.mkdir(os.path.join(repo, "closed"), 0)
    report = room.check(status=2, prefix=prefix, env=env, weir=weir)
    assert "closed" in whys(report) or any("closed" in s["file"] for s in report["skipped"]), report
    os.chmod(os.path.join(repo, "closed"), 0o755)
    os.chmod(os.path.join(repo, ".git/HEAD"), 0)
    done = room.weir("check", prefix=prefix, env=env, weir=weir)
    assert done.returncode == 2 and b"HEAD" in done.stderr or done.returncode == 2, done
    os.chmod(os.path.join(repo, ".git/HEAD"), 0o644)
    os.chmod(repo, 0)
    done = room.weir("check", room.path("repo"), at=".", prefix=prefix, env=env, weir=weir, status=2)
    assert b"ermission" in done.stderr, done
    os.chmod(repo, 0o755)


@case
def a_full_disk_is_no_pass(room):
    room.repository()
    for form in FORMATS:
        with open("/dev/full", "wb") as full:
            done = room.weir("check", "--format", form, stdout=full)
        if form != "github":  # which has nothing to say
            assert done.returncode == 2 and b"standard output" in done.stderr, (form, done)
    for words in (["explain", "MOD003"], ["--help"], ["config", "schema"], ["check", "--schema"], ["completion", "zsh"]):
        with open("/dev/full", "wb") as full:
            assert room.weir(*words, stdout=full).returncode == 2, words
    room.write("repo/go.mod", GOOD + LOCAL)
    with open("/dev/full", "wb") as full:
        assert room.weir("check", stdout=full).returncode == 1


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700))


@case
def a_report_file_is_whole_or_not_there(room):
    room.repository()
    kept = room.path("kept.json")
    room.write("kept.json", "the old one")
    done = room.weir("check", f"--format=json={kept}", f"--format=html={room.path('new.html')}", preexec_fn=limited,
                     stdout=subprocess.DEVNULL)
    assert done.returncode == 2 and b"kept.json" in done.stderr and b"writing the json report" in done.stderr, done
    assert room.read("kept.json") == b"the old one"
    assert sorted(os.listdir(room.top)) == ["home", "kept.json", "repo"], os.listdir(room.top)
    done = room.weir("check", f"--format=json={room.path('no/such/folder.json')}", status=2)
    assert b"no/such/folder.json" in done.stderr and not os.path.exists(room.path("no"))
    done = room.weir("check", f"--format=json={room.path('repo')}", status=2)
    assert b"repo" in done.stderr
    room.write("repo/go.mod", GOOD + LOCAL)
    room.weir("check", f"--format=json={room.path('no/such/folder.json')}", status=1)
    room.weir("baseline", "write", preexec_fn=limited)
    assert not [name for name in os.listdir(room.path("repo")) if "weir" in name and not
                room.read("repo/" + name).endswith(b"}\n")]


@case
def devices_stay_devices(room):
    room.repository()
    full = os.stat("/dev/full").st_rdev
    done = room.weir("check", "--format=json=/dev/full", status=2)
    assert b"/dev/full" in done.stderr and os.stat("/dev/full").st_rdev == full
    room.weir("check", "--format=json=/dev/null", status=0)
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    was = os.readlink("/dev/stdout")
    for name in ("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "-"):
        assert json.loads(room.weir("check", "--format=json=" + name, status=0).stdout)["verdict"] == "pass"
    assert os.readlink("/dev/stdout") == was and not os.path.exists(room.path("repo/-"))
    os.mkfifo(room.path("pipe"))
    got = []
    reader = threading.Thread(target=lambda: got.append(room.read("pipe")))
    reader.start()
    room.weir("check", f"--format=json={room.path('pipe')}", status=0)
    reader.join()
    assert json.loads(got[0]) and stat.S_ISFIFO(os.stat(room.path("pipe")).st_mode)
    room.write("target", "old")
    os.symlink("target", room.path("link"))
    room.weir("check", f"--format=json={room.path('link')}", status=0)
    assert os.path.islink(room.path("link")) and json.loads(room.read("target"))
    done = subprocess.run(f"'{WEIR}' check | true", shell=True, cwd=room.path("repo"), env=room.env, check=False,
                          stderr=subprocess.PIPE)
    assert b"Sanitizer" not in done.stderr


def start(room, *words, **rest):
    return subprocess.Popen([WEIR, "check", *words], cwd=room.path("repo"), env=room.env, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **rest)


def many_files(room, count):
    """A folder that takes a while to walk and to read."""
    for i in range(count):
        room.write(f"repo/p{i // 50}/f{i}.go", f"package p{i // 50}\n" + "// words\n" * 200)


@case
def a_signal_in_the_middle(room):
    room.repository()
    many_files(room, 2000)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        interrupted = 0
        for step in range(60):  # a loaded machine takes longer to get there
            if interrupted == 3:
                break
            delay = 0.02 + 0.02 * step
            file = room.path("report.json")
            process = start(room, "--format=json", f"--format=json={file}")
            time.sleep(delay)
            process.send_signal(number)
            out, log = process.communicate(timeout=60)
            assert b"Sanitizer" not in log, log
            if process.returncode == -number:
                assert not out and not os.path.exists(file), "half a report"
                continue
            report = json.loads(out)
            with open(file, encoding="utf-8") as written:
                assert json.load(written) == report
            os.unlink(file)
            assert process.returncode == exit_of(report), report["verdict"]
            assert not report["interrupted"] or report["verdict"] == "unjudged"
            interrupted += report["interrupted"]
        assert interrupted, "no run was interrupted: this case proves nothing"
    for form in FORMATS:
        process = start(room, "--format", form)
        time.sleep(0.1)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=60)
        if process.returncode == 2 and form == "junit":
            xml.etree.ElementTree.fromstring(out)
        if process.returncode == 2 and form in ("sarif", "gitlab"):
            json.loads(out)
        assert process.returncode in (0, 2, -signal.SIGINT), process.returncode


@case
def a_kill_leaves_no_half_report(room):
    room.repository(go_mod=GOOD + "".join(f"replace example.com/l{i} => ./l{i}\n" for i in range(2000)))
    file = room.path("report.html")
    killed = 0
    for step in range(25):
        process = start(room, f"--format=html={file}", "--only=modules")
        time.sleep(0.02 + 0.03 * step)
        process.kill()
        process.communicate()
        killed += process.returncode == -signal.SIGKILL
        if os.path.exists(file):
            assert room.read("report.html").rstrip().endswith(b"</html>")
            os.unlink(file)
    assert killed


def state_of(root):
    """Every file's bytes, mode and mtime, and every folder's names."""
    state = {}
    for folder, folders, files in os.walk(root):
        state[folder] = (sorted(folders + files), os.lstat(folder).st_mtime_ns)
        for name in files:
            path = os.path.join(folder, name)
            about = os.lstat(path)
            with open(path, "rb") as file:
                digest = hashlib.sha256(file.read()).hexdigest()
            state[path] = (digest, about.st_mode, about.st_mtime_ns, about.st_ino)
    return state


@case
def nothing_is_changed(room):
    repo = room.repository(go_mod=GOOD + LOCAL)
    room.git("checkout", "-q", "-b", "change")
    room.write("repo/untracked", "x")
    room.write("repo/main.go", MAIN + "\n// changed\n")
    room.git("add", "main.go")
    os.utime(os.path.join(repo, "go.mod"), (1, 1))  # the index is stale: git status would refresh it
    before = state_of(repo)
    for words in (["check"], ["check", "--staged"], ["check", "--commit", "HEAD"], ["check", "--base", "main"],
                  ["check", "--staged", "--base", "main"], ["check", "--no-cache", "--stage", "release"],
                  ["config", "show"], ["config", "check"], ["check", "--trace", room.path("trace.json")],
                  ["check", "nope"], ["check", "--base", "nope"], ["check", "--online"]):
        # The host's build cache, so that the tests of the repository do not build the standard library.
        room.weir(*words, status=(0, 1, 2), env={"GOCACHE": build_cache()})
        assert state_of(repo) == before, words
    json.loads(room.read("trace.json"))
    room.weir("baseline", "write", status=0)
    after = state_of(repo)
    assert set(after) - set(before) == {os.path.join(repo, "weir-baseline.json")}
    assert {path for path in before if before[path] != after[path]} == {repo}


# Subjects


HOOK = """#!/bin/sh
exec '%s' check --staged --format json="$REPORT"
"""


def hook(room, at="repo"):
    folder = os.path.join(room.path(at), room.git("rev-parse", "--git-path", "hooks", at=at))
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "pre-commit")
    room.write(path, HOOK % WEIR)
    os.chmod(path, 0o755)


def report_of_hook(room):
    return json.loads(room.read("report"))


@case
def a_partial_commit_judges_what_is_committed(room):
    room.repository()
    hook(room)
    env = {"REPORT": room.path("report")}
    room.write("repo/go.mod", GOOD + LOCAL)
    room.git("add", "go.mod")
    room.write("repo/main.go", MAIN + "// more\n")
    room.git("commit", "-qm", "main only", "main.go", env=env)  # the bad go.mod stays in the index
    assert report_of_hook(room)["verdict"] == "pass" and report_of_hook(room)["subject"]["kind"] == "index"
    room.git("commit", "-qm", "all of it", env=env, status=1)
    assert errors(report_of_hook(room)) == ["MOD003 go.mod"]
    room.write("repo/go.mod", GOOD)  # mended on disk, not in the index
    room.git("commit", "-qm", "the index", env=env, status=1)
    room.git("commit", "-qam", "all", "--allow-empty", env=env)
    room.write("repo/sub/x.go", "package sub\n")
    room.write("repo/go.mod", GOOD + LOCAL)
    room.git("add", "-A")
    room.git("commit", "-qm", "from below", "x.go", at="repo/sub", env=env)
    assert report_of_hook(room)["subject"]["path"] == room.path("repo")
    room.git("commit", "-qm", "from below", at="repo/sub", env=env, status=1)
    room.git("worktree", "add", "-q", room.path("linked"), at="repo")
    room.write("linked/go.mod", GOOD + LOCAL)
    room.git("commit", "-qam", "linked", at="linked", env=env, status=1)
    assert report_of_hook(room)["subject"]["path"] == room.path("linked")


@case
def git_variables_hold(room):
    repo = room.repository()
    git_dir = os.path.join(repo, ".git")
    os.mkdir(room.path("elsewhere"))
    shutil.copy(os.path.join(git_dir, "index"), room.path("other-index"))
    room.write("repo/go.mod", GOOD + LOCAL)
    room.git("add", "go.mod", env={"GIT_INDEX_FILE": room.path("other-index")})
    assert errors(room.check("--staged", env={"GIT_INDEX_FILE": room.path("other-index")}, status=1)) == \
        ["MOD003 go.mod"]
    room.check("--staged", status=0)
    env = {"GIT_DIR": git_dir, "GIT_WORK_TREE": repo}
    assert errors(room.check(at="elsewhere", env=env, status=1)) == ["MOD003 go.mod"]
    room.check("--staged", at="elsewhere", env=env, status=0)
    room.check("--commit", "HEAD", at="elsewhere", env={"GIT_DIR": git_dir}, status=0)


@case
def worktree_submodule_bare(room):
    repo = room.repository()
    room.git("worktree", "add", "-q", "-b", "side", room.path("linked"))
    room.write("linked/go.mod", GOOD + LOCAL)
    report = room.check(at="linked", status=1)
    assert report["subject"]["path"] == room.path("linked") and errors(report) == ["MOD003 go.mod"]
    room.check("--base", "main", at="linked", status=1)
    room.repository("inner", GOOD.replace("pay", "inner") + LOCAL)
    room.git("submodule", "--quiet", "add", room.path("inner"), "third")
    room.commit()
    report = room.check(status=(0, 1))
    assert "third/go.mod" not in report["findings"]
    report = room.check("--commit", "HEAD", status=0)
    assert report["subject"]["modules"] == ["example.com/pay"]
    report = room.check(at="repo/third", status=1)
    assert report["subject"]["path"] == room.path("repo/third") and errors(report) == ["MOD003 go.mod"]
    room.git("clone", "-q", "--bare", repo, room.path("bare"), at=".")
    room.check("--commit", "HEAD", at="bare", status=0)
    done = room.weir("check", at="bare", status=(2, 64))
    assert b"bare" in done.stderr and b"--commit" in done.stderr


@case
def only_what_lies_under_the_path(room):
    room.repository(go_mod=GOOD + LOCAL)
    for name in ("a", "a/deep", "ab", "b"):
        room.write(f"repo/{name}/go.mod", GOOD.replace("pay", name) + LOCAL)
    room.commit()
    for path, want in ((".", ["", "a", "a/deep", "ab", "b"]), ("a", ["a", "a/deep"]), ("b", ["b"]),
                       ("a/deep", ["a/deep"])):
        for words in ([], ["--staged"], ["--commit", "HEAD"]):
            report = room.check(path, *words, status=1)
            assert errors(report) == sorted("MOD003 " + os.path.join(name, "go.mod") for name in want), (path, words)
            assert report["subject"]["path"] == room.path("repo")
            assert len(report["subject"]["modules"]) == len(want)
            whole = room.check(*words, at="repo/" + path, status=1)
            assert len(whole["subject"]["modules"]) == 5, "without PATH it is the repository"
    room.write("repo/weir.yaml", "rules:\n  MOD003: note\n")
    assert room.check("a/deep", status=0)["policy"]["sha256"], "the repository's policy holds below too"
    room.write("repo/empty/x.txt", "")
    report = room.check("empty", status=2)
    assert "go.mod" in whys(report)


@case
def a_shallow_clone_says_how_to_mend_it(room):
    repo = room.repository()
    for _ in range(3):
        room.commit()
    room.git("checkout", "-q", "-b", "side", "HEAD~2")
    room.write("repo/x", "x")
    room.commit()
    room.git("clone", "-q", "--depth=1", "--no-single-branch", "file://" + repo, room.path("shallow"), at=".")
    report = unopened(room, "--base", "origin/main", at="shallow")
    assert report["unjudged"][0]["mend"].startswith("git fetch --unshallow"), report
    assert report["subject"]["path"] == room.path("shallow") and report["subject"]["kind"] == "worktree"
    room.check(at="shallow", status=0)
    room.git("fetch", "-q", "--unshallow", at="shallow")
    room.check("--base", "origin/main", at="shallow", status=0)


@case
def what_is_no_sha1_repository(room):
    room.repository("repo", GOOD, "--object-format=sha256")
    for words in ([], ["--staged"], ["--commit", "HEAD"]):
        done = room.weir("check", *words, status=2)
        assert b"SHA-256" in done.stderr or b"sha256" in done.stderr, done
        assert unopened(room, *words)["subject"]["path"] == room.path("repo")
    room.write("plain/go.mod", GOOD + LOCAL)
    report = room.check(at="plain", status=1)
    assert report["subject"]["revision"] is None and report["subject"]["path"] == room.path("plain")
    for words in (["--staged"], ["--commit", "HEAD"], ["--base", "main"]):
        done = room.weir("check", *words, at="plain", status=(2, 64))
        assert b"git repository" in done.stderr, done


@case
def the_repository_of_another_user(room):
    repo = room.repository()
    trusted = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": repo}
    give(repo, NOBODY)
    try:
        done = room.weir("check", status=2)
        assert b"safe.directory" in done.stdout and b"another user" in done.stderr, done
        room.check(env=trusted, status=0)
    finally:
        give(repo, os.getuid())


@case
def several_modules_and_a_workspace(room):
    room.repository()
    room.write("repo/lib/go.mod", "module example.com/lib\n\ngo 1.22.0\n")
    room.write("repo/lib/lib.go", "package lib\n")
    room.write("repo/svc/go.mod", "module example.com/svc\n\ngo 1.22.0\n\nrequire example.com/lib v0.0.0\n")
    room.write("repo/svc/main.go", 'package main\n\nimport _ "example.com/lib"\n\nfunc main() {}\n')
    room.write("repo/testdata/bad/go.mod", "garbage\n")
    alone = room.check(status=(1, 2))
    assert alone["subject"]["modules"] == ["example.com/pay", "example.com/lib", "example.com/svc"]
    room.write("repo/go.work", "go 1.22.0\n\nuse (\n\t.\n\t./lib\n\t./svc\n)\n")
    together = room.check(status=(0, 1, 2))
    assert together["verdict"] == "pass", (errors(together), whys(together))


# --base


@case
def only_what_is_new_blocks(room):
    room.repository(go_mod=GOOD + LOCAL)
    room.git("checkout", "-q", "-b", "change")
    room.write("repo/main.go", MAIN + "// changed\n")
    room.commit()
    assert room.check("--base", "main", status=0)["findings"][0]["waived"]
    room.write("repo/go.mod", "// moved\n" + GOOD + LOCAL)
    room.check("--base", "main", status=0)
    room.write("repo/go.mod", GOOD + LOCAL + LOCAL.replace("log", "new"))
    assert errors(room.check("--base", "main", status=1)) == ["MOD003 go.mod"]
    for words in (["--staged"], ["--commit", "HEAD"]):
        room.check("--base", "main", *words, status=0)
    room.commit()
    for words in ([], ["--staged"], ["--commit", "HEAD"]):
        assert len(errors(room.check("--base", "main", *words, status=1))) == 1, words
    room.git("mv", "go.mod", "main.go", "-k", ".")
    os.mkdir(room.path("repo/moved"))
    room.git("checkout", "-q", "main")
    room.git("checkout", "-q", "-b", "move")
    os.makedirs(room.path("repo/moved"), exist_ok=True)
    room.git("mv", "go.mod", "main.go", "moved")
    room.commit()
    report = room.check("--base", "main", status=(0, 1))
    assert errors(report) == [], "a module folder that moves is no new finding"


@case
def a_downgrade_blocks(room):
    for version in ("v1.0.0", "v1.1.0"):
        room.write(f"cache/cache/download/example.com/dep/@v/{version}.mod", "module example.com/dep\n\ngo 1.22\n")
        room.write(f"cache/cache/download/example.com/dep/@v/{version}.info", json.dumps({"Version": version}))
    room.repository(go_mod=GOOD + "require example.com/dep v1.1.0\n")
    room.git("checkout", "-q", "-b", "change")
    room.write("repo/go.mod", GOOD + "require example.com/dep v1.0.0\n")
    room.commit()
    for words in ([], ["--staged"], ["--commit", "HEAD"]):
        assert "MOD005 go.mod" in errors(room.check("--base", "main", *words, status=1)), words
    assert "MOD005 go.mod" not in errors(room.check(status=(0, 1, 2)))
    room.git("checkout", "-q", "main")
    room.write("repo/go.mod", GOOD + "require example.com/dep v1.2.0\n")
    room.commit()
    room.git("checkout", "-q", "change")
    report = room.check("--base", "main", status=1)
    trap = [f["message"] for f in report["findings"] if f["rule"] == "MOD005"]
    assert trap and "v1.2.0" not in trap[0], "the merge base counts, not main itself"


@case
def whose_policy_holds(room):
    off = "rules:\n  MOD003: off\n"
    room.repository()
    room.git("checkout", "-q", "-b", "change")
    room.write("repo/weir.yaml", off)
    room.write("repo/go.mod", GOOD + LOCAL)
    room.commit()
    found = errors(room.check("--base", "main", status=1))
    assert "MOD003 go.mod" in found and any(f.startswith("POL") for f in found), found
    assert errors(room.check("--base", "main", "--policy-from", "head", status=0)) == []
    site = room.path("site.yaml")
    room.write("site.yaml", "rules:\n  MOD003: error\n")
    assert errors(room.check("--policy", site, status=1)) == ["MOD003 go.mod"]
    room.write("repo/weir.yaml", "rules:\n  MOD003: error\n")
    room.write("site.yaml", off)
    assert errors(room.check("--policy", site, status=(1, 2))) == ["MOD003 go.mod"], "a site's policy loosened"
    room.git("checkout", "-qf", "-B", "broken", "main")
    room.write("repo/weir.yaml", "rulez: {}\n")
    room.commit()
    room.git("checkout", "-q", "-b", "mended")
    room.write("repo/weir.yaml", "rules: {}\n")
    room.commit()
    done = room.weir("check", "--base", "broken", status=2)
    assert b"weir.yaml:1:1" in done.stderr and b"policy of the base" in done.stdout, done
    assert b"mend: --policy-from head" in done.stdout
    room.check("--base", "broken", "--policy-from", "head", status=0)
    room.write("site.yaml", "rulez: {}\n")
    assert b"site.yaml:1:1" in room.weir("check", "--policy", site, status=2).stderr


@case
def waivers_and_the_baseline(room):
    room.repository(go_mod=GOOD + LOCAL)
    waiver = "waivers:\n  - {rule: MOD003, path: go.mod, reason: moves, owner: us, expires: %s}\n"
    room.write("repo/weir.yaml", waiver % "2999-01-01")
    room.check(status=0)
    room.write("repo/weir.yaml", waiver % "2020-01-01")
    assert errors(room.check(status=1)) == ["MOD003 go.mod", "POL001 weir.yaml"]
    os.unlink(room.path("repo/weir.yaml"))
    room.weir("baseline", "write", status=0)
    assert room.check(status=0)["findings"][0]["waived"]
    room.write("repo/go.mod", GOOD + LOCAL + LOCAL.replace("log", "new"))
    assert errors(room.check(status=1)) == ["MOD003 go.mod"]


@case
def the_baseline_stays_in_the_repository(room):
    repo = room.repository(go_mod=GOOD + LOCAL)
    os.symlink(room.path("home"), os.path.join(repo, "link"))
    config = room.read("repo/.git/config")
    for name in ("../evil.json", "a/../../evil.json", "link/evil.json", ".git/config", ".git/hooks/evil", ".git", "..",
                 "none/x.json"):
        os.makedirs(os.path.join(repo, "a"), exist_ok=True)
        room.write("repo/weir.yaml", f"baseline: {name}\n")
        done = room.weir("baseline", "write", status=2)
        assert done.stderr and not done.stdout, (name, done)
    assert config == room.read("repo/.git/config") and not os.listdir(room.home)
    assert sorted(os.listdir(room.top)) == ["home", "repo"]
    room.write("target", "mine")
    room.write("repo/weir.yaml", "baseline: a/kept.json\n")
    os.symlink(room.path("target"), os.path.join(repo, "a/kept.json"))
    room.weir("baseline", "write")
    assert room.read("target") == b"mine"
    if os.path.islink(os.path.join(repo, "a/kept.json")):
        os.unlink(os.path.join(repo, "a/kept.json"))
    room.weir("baseline", "write", status=0)
    room.check(status=0)


@case
def other_inputs_that_are_no_files(room):
    room.repository()
    os.mkfifo(room.path("pipe"))
    os.mkdir(room.path("folder"))
    room.write("garbage", os.urandom(4000))
    room.write("empty", "")
    with open(room.path("huge"), "wb") as file:
        file.truncate(2 << 30)
    for name in ("pipe", "folder", "garbage", "empty", "huge", "absent"):
        path = room.path(name)
        for words in (["check", "--import", path], ["check", "--vulndb", path],
                      ["check", "--policy", path], ["vulndb", "update", path, "--output", room.path("snapshot")]):
            if "--policy" in words and name == "empty":
                continue  # a policy that says nothing
            done = room.weir(*words, status=2)
            assert name.encode() in done.stdout.replace(b"\n      ", b" ") + done.stderr, (words, done)
            assert not os.path.exists(room.path("snapshot")), words


# Fingerprints


LINES = ["replace example.com/a => ./a", "replace example.com/b v1.0.0 => ../b", "replace example.com/c => /abs/c",
         "replace example.com/d => example.com/fork v1.0.0", "exclude example.com/e v1.0.0"]


def shuffled(dice):
    """The same directives, written by somebody else."""
    lines = LINES[:]
    dice.shuffle(lines)
    text = dice.choice(["", "// a comment\n", "\n\n"]) + "module example.com/pay\n\ngo 1.22.0\n"
    for line in lines:
        text += dice.choice(["", "\n", "\n// words about it\n\n", "\n\n\n"])
        verb, rest = line.split(" ", 1)
        rest = rest.replace(" => ", dice.choice([" => ", "  =>  ", "\t=> "]))
        text += dice.choice([f"{verb} {rest}\n", f"\t{verb}   {rest}\n", f"{verb} (\n\t{rest}\n)\n"])
    return text


def fingerprints(report):
    return sorted((f["rule"], f["fingerprint"]) for f in report["findings"])


@case
def fingerprints_stay(room):
    dice = random.Random(20240501)
    room.repository(go_mod=GOOD + "\n".join(LINES) + "\n")
    room.weir("check", "--only", "modules", status=1)
    first = fingerprints(room.check("--only", "modules", status=1))
    assert len(first) >= 4 and len(set(first)) == len(first), first
    for round_ in range(12):
        text = shuffled(dice)
        room.write("repo/go.mod", text)
        assert fingerprints(room.check("--only", "modules", status=1)) == first, (round_, text)
    os.rename(room.path("repo"), room.path("renamed"))
    assert fingerprints(room.check("--only", "modules", at="renamed", status=1)) == first
    os.makedirs(room.path("outer/services"))
    os.rename(room.path("renamed"), room.path("outer/services/pay"))
    shutil.rmtree(room.path("outer/services/pay/.git"))
    room.git("init", "-q", at="outer")
    moved = fingerprints(room.check("--only", "modules", at="outer", status=1))
    assert moved == first, [item for item in moved + first if item not in moved or item not in first]


@case
def equal_findings_differ(room):
    room.repository()
    text = "replace example.com/a => ./a\n"
    for name in ("one", "two"):  # two modules of one name
        room.write(f"repo/{name}/go.mod", GOOD + text)
    report = room.check("--only", "modules", status=1)
    found = [f["fingerprint"] for f in report["findings"] if f["rule"] == "MOD003"]
    assert len(found) == 2 and len(set(found)) == 2


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    for function in CASES:
        if pattern not in function.__name__:
            continue
        top = tempfile.mkdtemp(prefix="weir-cli-")
        try:
            function(Room(top))
            print(f"ok {function.__name__}", flush=True)
        except Exception as error:  # a case that breaks is a failure with its reason
            place = traceback.extract_tb(error.__traceback__)[1]
            why = str(error).replace("\n", "\\n")[:1200] or place.line
            print(f"not ok {function.__name__}: line {place.lineno}: {type(error).__name__} {why}", flush=True)
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", top], check=False)
            shutil.rmtree(top, ignore_errors=True)


main()
