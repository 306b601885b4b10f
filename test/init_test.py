"""weir init: what it writes, that others' linters take it, that it keeps what people wrote, and what
happens when the steps of the written pipelines are really run, on the example.

usage: init_test.py [NAME]    only the cases that have NAME in their name
"""
import glob
import hashlib
import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import traceback
import urllib.parse

import yaml

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.abspath(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir")))
TOOLS = os.environ.get("WEIR_TOOLS", os.path.join(TOP, "build/tools"))
EXAMPLE = os.path.join(TOP, "examples/payment-gateway")
PLATFORMS = {"github": ".github/workflows/weir.yml", "gitlab": ".gitlab-ci.yml", "gitea": ".gitea/workflows/weir.yml",
             "forgejo": ".forgejo/workflows/weir.yml", "jenkins": "Jenkinsfile"}
HEX = "0123456789abcdef" * 4
GO_MOD = "module example.com/pay\n\ngo 1.22.0\n"
CASES = []


def case(function):
    CASES.append(function)
    return function


class Room:
    """A folder with a home of its own and a repository in `repo`."""

    def __init__(self, top):
        self.top = os.path.realpath(top)
        os.mkdir(self.path("home"))
        self.env = {"PATH": os.environ["PATH"], "HOME": self.path("home"), "LC_ALL": "C.UTF-8",
                    "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.path.join(TOP, "test/gitconfig")}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "XDG_CACHE_HOME", "XDG_DATA_HOME"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def git(self, *words, at="repo"):
        done = subprocess.run(["git", *words], cwd=self.path(at), env=self.env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        assert done.returncode == 0, (words, done.stderr.decode())
        return done.stdout.decode().strip()

    def repository(self, files=None, name="repo"):
        for path, text in (files or {"go.mod": GO_MOD}).items():
            self.write(f"{name}/{path}", text)
        self.git("init", "-q", "-b", "main", at=name)

    def weir(self, *words, at="repo", status=0, env=None):
        done = subprocess.run([WEIR, *words], cwd=self.path(at), env={**self.env, **(env or {})}, timeout=120,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
        out, err = done.stdout.decode(), done.stderr.decode()
        assert "Sanitizer" not in err and "runtime error" not in err, err
        assert done.returncode == status, (words, done.returncode, out, err)
        return out + err

    def files(self, name="repo"):
        """Every file but git's own, with its bytes and mode."""
        found = {}
        for folder, folders, names in os.walk(self.path(name)):
            folders[:] = [f for f in folders if f != ".git"]
            for file in names:
                path = os.path.join(folder, file)
                with open(path, "rb") as opened:
                    found[os.path.relpath(path, self.path(name))] = opened.read(), os.lstat(path).st_mode
        return found


# What is written


REPOSITORIES = {
    "one module": {"go.mod": GO_MOD},
    "services": {"go.mod": GO_MOD + "require (\n\tgithub.com/jackc/pgx/v5 v5.7.0\n\tgithub.com/redis/go-redis/v9 v9.7.0\n"
                                    "\tgithub.com/go-sql-driver/mysql v1.8.0\n\tgo.mongodb.org/mongo-driver v1.17.0\n"
                                    "\tgithub.com/rabbitmq/amqp091-go v1.10.0\n\tgithub.com/nats-io/nats.go v1.38.0\n"
                                    "\tgithub.com/bradfitz/gomemcache v0.0.0-20230905024940-24af94b03874\n)\n",
                 "Dockerfile": "FROM scratch\n", "a_test.go": "package a\n"},
    "workspace": {"go.work": "go 1.24.0\n\nuse (\n\t./a\n\t./b/c\n)\n", "a/go.mod": "module m/a\n\ngo 1.24.0\n",
                  "b/c/go.mod": "module m/c\n\ngo 1.22\n", "b/c/Dockerfile": "FROM scratch\n"},
    "names that need quotes": {"a b/go.mod": GO_MOD, "c,d/go.mod": GO_MOD, "a b/Dockerfile": "FROM scratch\n"},
    "a module in a subfolder": {"services/pay/go.mod": "module m\n\ngo 1.21\n\ntoolchain go1.23.4\n"},
}


def run(*words, env=None):
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env, check=False)
    return done.returncode, done.stdout.decode(errors="replace")


def actionlint(*paths):
    return run(os.path.join(TOOLS, "bin/actionlint"), "-pyflakes=", *paths)


def schema(name, *paths):
    more = ["--data-transform", "gitlab-ci"] if name == "vendor.gitlab-ci" else []
    return run(os.path.join(TOOLS, "venv/bin/check-jsonschema"), "--builtin-schema", name, *more, *paths)


def groovy(folder, *paths):
    java = os.path.realpath(shutil.which("java"))
    home = os.path.dirname(os.path.dirname(java))
    return run("groovyc", "-d", folder, *paths, env={**os.environ, "JAVA_HOME": home})


def write_all(room):
    """The files of every repository and platform, with and without a place to download weir from."""
    written = {name: [] for name in PLATFORMS}
    for number, files in enumerate(REPOSITORIES.values()):
        for url in ("", "https://example.com/weir-1.2.3/weir", "https://example.com/weir.tar.gz"):
            name = f"r{number}{len(url)}"
            room.repository(files, name)
            more = ["--weir-url", f"{url}#sha256={HEX}"] if url else []
            for platform, path in PLATFORMS.items():
                room.weir("init", platform, *more, at=name)
                written[platform].append(room.path(name, path))
            room.weir("config", "check", at=name)
            room.weir("init", "--check", at=name)
            report = json.loads(room.weir("init", "--check", "--format", "json", at=name))
            assert report["findings"] == [], report["findings"]
    return written


@case
def the_linters_take_what_is_written(room):
    written = write_all(room)
    workflows = written["github"] + written["gitea"] + written["forgejo"]
    assert actionlint(*workflows) == (0, ""), actionlint(*workflows)
    status, out = schema("vendor.github-workflows", *workflows)
    assert status == 0, out
    status, out = schema("vendor.gitlab-ci", *written["gitlab"])
    assert status == 0, out
    for number, path in enumerate(written["jenkins"]):
        shutil.copy(path, room.path(f"J{number}.groovy"))
    status, out = groovy(room.path("classes"), *glob.glob(room.path("*.groovy")))
    assert status == 0, out
    assert len(glob.glob(room.path("classes/J*.class"))) > len(written["jenkins"])


@case
def the_linters_refuse_what_is_broken(room):
    room.repository()
    for platform in PLATFORMS:
        room.weir("init", platform)
    text = room.read("repo/.github/workflows/weir.yml")
    room.write("bad.yml", text.replace("runs-on:", "run-on:", 1))
    assert actionlint(room.path("bad.yml"))[0] != 0 and schema("vendor.github-workflows", room.path("bad.yml"))[0] != 0
    room.write("bad.gitlab-ci.yml", room.read("repo/.gitlab-ci.yml").replace("interruptible: false", "interruptible: [no]", 1))
    assert schema("vendor.gitlab-ci", room.path("bad.gitlab-ci.yml"))[0] != 0
    room.write("Bad.groovy", room.read("repo/Jenkinsfile").replace("'''", "''", 1))
    assert groovy(room.path("classes"), room.path("Bad.groovy"))[0] != 0


def actions_table():
    with open(os.path.join(TOP, "src/pipeline/actions.def"), encoding="utf-8") as file:
        rows = re.findall(r'ACTION\(\w+, "([^"]+)", "([^"]*)", "(v[\d.]+)",\s*"([0-9a-f]{40})", "(\d{4}-\d\d-\d\d)"\)', file.read())
    assert len(rows) >= 8, rows
    return {(repository + path, commit, version) for repository, path, version, commit, _ in rows}


@case
def rights_and_pins(room):
    table = actions_table()
    room.repository()
    room.weir("init", "gitlab")
    for platform in ("github", "gitea", "forgejo"):
        room.weir("init", platform)
        text = room.read("repo/" + PLATFORMS[platform])
        uses = re.findall(r"uses: (\S+)@(\S+) # (\S+)", text)
        assert len(uses) == text.count("uses:") and set(uses) <= table, uses
        flow = yaml.load(text, yaml.BaseLoader)
        assert "pull_request_target" not in str(flow) and set(flow["on"]) - {"merge_group"} == {"pull_request", "push"}
        assert list(flow["on"]["push"]) == ["tags"] and flow["concurrency"]["group"]
        for name, job in flow["jobs"].items():
            assert int(job["timeout-minutes"]) <= 60, name
            steps = job["steps"]
            for step in steps:
                if "checkout" in step.get("uses", ""):
                    assert step["with"]["persist-credentials"] == "false" and step["with"]["fetch-depth"] == "0"
                assert "${{" not in step.get("run", ""), "a value is filled into a script"
        for name, job in flow["jobs"].items():
            writes = [right for right, value in job.get("permissions", flow["permissions"]).items() if value == "write"]
            runs_code = any("weir check" in step.get("run", "") for step in job["steps"])
            assert bool(writes) != runs_code, f"{name}: code of the change beside a token that can write"
            assert runs_code == any("checkout" in step.get("uses", "") for step in job["steps"]), name
            assert runs_code != ("github.token" in str(job)), f"{name}: the token beside code of the change"
    flow = yaml.load(room.read("repo/.github/workflows/weir.yml"), yaml.BaseLoader)
    assert flow["permissions"] == {} and "merge_group" in flow["on"] and "merge_group" in flow["jobs"]["merge"]["if"]
    flow = yaml.load(room.read("repo/.gitlab-ci.yml"), yaml.BaseLoader)
    for name in ("weir-merge", "weir-build", "weir-report"):
        job = {**(flow[".weir"] if "extends" in flow[name] else {}), **flow[name]}
        runs_code = "weir check" in str(job["script"])
        assert runs_code == (name != "weir-report") and "after_script" not in job
        assert runs_code != (job.get("environment") == {"name": "weir-report", "action": "access"}), "the scope of the token"
        assert runs_code or (job["variables"]["GIT_STRATEGY"] == "none" and job["needs"] == ["weir-merge"])
    assert flow[".weir"]["variables"]["GIT_DEPTH"] == "0" and flow[".weir"]["timeout"]


@case
def what_is_found_is_said_and_used(room):
    room.repository(REPOSITORIES["services"])
    out = room.weir("init", "github")
    for word in ("Go 1.22", "tests", "Dockerfile", "postgres", "mysql", "redis", "mongo", "rabbitmq", "nats", "memcached"):
        assert word in out, (word, out)
    job = yaml.load(room.read("repo/.github/workflows/weir.yml"), yaml.BaseLoader)["jobs"]
    assert {"postgres", "redis"} <= set(job["merge"]["services"])
    assert any("docker build" in step.get("run", "") for step in job["build"]["steps"])
    room.repository(REPOSITORIES["workspace"], "work")
    room.weir("init", "github", at="work")
    text = room.read("work/.github/workflows/weir.yml")
    assert "go-version-file: go.work" in text and "for module in a b/c;" in text
    room.repository(REPOSITORIES["a module in a subfolder"], "sub")
    room.weir("init", "gitlab", at="sub")
    room.repository(REPOSITORIES["names that need quotes"], "quoted")
    for platform, path in PLATFORMS.items():
        room.weir("init", platform, at="quoted")
        assert 'for module in "a b" "c,d";' in room.read("quoted/" + path), platform
    flow = yaml.load(room.read("quoted/.github/workflows/weir.yml"), yaml.BaseLoader)
    assert "'a b/go.mod'" in str(flow) and "'DOCKERFILE': 'a b/Dockerfile'" in str(flow)
    assert yaml.safe_load(room.read("quoted/.gitlab-ci.yml"))["weir-merge"]["cache"]["key"]["files"] == ["a b/go.mod"]
    assert "image: golang:1.23" in room.read("sub/.gitlab-ci.yml")
    room.repository({"go.mod": GO_MOD, ".gitignore": "build/\n", "build/copy/go.mod": GO_MOD}, "ignored")
    assert "build/copy" not in room.weir("init", "github", at="ignored"), "git keeps it out"
    room.repository({"go.mod": GO_MOD + "require (\n\tgithub.com/lib/pq v1.0.0\n\tgithub.com/testcontainers/testcontainers-go v0.30.0\n)\n"}, "own")
    assert "start them themselves" in room.weir("init", "github", at="own")
    assert "services:" not in room.read("own/.github/workflows/weir.yml")


@case
def the_platform_is_chosen(room):
    for number, (files, remote, want) in enumerate([
            ({}, None, "github"), ({}, "git@gitlab.example.com:a/b.git", "gitlab"), ({}, "https://codeberg.org/a/b", "forgejo"),
            ({".gitlab-ci.yml": "x: {script: [y]}\n"}, None, "gitlab"), ({".gitea/a": ""}, None, "gitea"),
            ({".forgejo/a": ""}, None, "forgejo"), ({"Jenkinsfile": "node {}\n"}, "https://github.com/a/b", "jenkins"),
            ({".github/a": "", ".gitlab-ci.yml": "x: {script: [y]}\n"}, "https://gitlab.com/a/b", "gitlab"),
            ({".github/a": "", ".gitlab-ci.yml": "x: {script: [y]}\n"}, "https://example.com/a/b", "github")]):
        name = f"r{number}"
        room.repository({"go.mod": GO_MOD, **files}, name)
        if remote:
            room.git("remote", "add", "origin", remote, at=name)
        title = {"github": "GitHub Actions", "gitlab": "GitLab CI", "gitea": "Gitea Actions", "forgejo": "Forgejo Actions",
                 "jenkins": "Jenkins"}[want]
        assert f"platform: {title}" in room.weir("init", at=name), (files, remote)


# What people wrote is kept


@case
def twice_changes_nothing(room):
    room.repository(REPOSITORIES["services"])
    for platform, path in PLATFORMS.items():
        for more in ([], ["--weir-url", f"https://example.com/weir#sha256={HEX}"]):
            shutil.rmtree(room.path("repo"))
            room.repository(REPOSITORIES["services"])
            assert "created" in room.weir("init", platform, *more)
            first = room.files()
            assert path in first and "weir.yaml" in first
            out = room.weir("init", platform, *more)
            assert f"{path}: unchanged" in out and room.files() == first
            out = room.weir("init", platform)
            assert f"{path}: unchanged" in out and "weir.yaml: unchanged" in out, out
            assert room.files() == first, "weir.yaml remembers the URL"


@case
def an_edited_file_is_kept(room):
    room.repository()
    path = "repo/.github/workflows/weir.yml"
    room.weir("init", "github")
    text = room.read(path)
    room.write(path, text.replace("timeout-minutes: 30", "timeout-minutes: 45"))
    os.unlink(room.path("repo/weir.yaml"))
    edited = room.files()
    for words in ([], ["--dry-run"], ["--lang", "zh"]):
        out = room.weir("init", "github", *words, status=1)
        assert "-    timeout-minutes: 45" in out and "+    timeout-minutes: 30" in out and "--force" in out
        assert room.files() == edited, "nothing is written, not even what is missing"
    out = room.weir("init", "github", "--force", "--dry-run")
    assert "+    timeout-minutes: 30" in out and room.files() == edited
    out = room.weir("init", "github", "--force")
    assert "-    timeout-minutes: 45" in out and room.read(path) == text
    room.write("repo/weir.yaml", "coverage:\n  total: 12\n")
    out = room.weir("init", "github", "--force")
    assert room.read("repo/weir.yaml") == "coverage:\n  total: 12\n" and "kept" in out


@case
def pipelines_that_are_there_stay(room):
    own = "stages: [x]\nx: {stage: x, script: [y]}\n"
    room.repository({"go.mod": GO_MOD, ".gitlab-ci.yml": own, "Jenkinsfile": "node { echo 'x' }\n"})
    out = room.weir("init", "gitlab", "--force")
    assert room.read("repo/.gitlab-ci.yml") == own and "include: [{local: .gitlab/weir.gitlab-ci.yml}]" in out
    text = room.read("repo/.gitlab/weir.gitlab-ci.yml")
    assert "workflow:" not in text and "stage: .pre" in text
    status, out = schema("vendor.gitlab-ci", room.path("repo/.gitlab/weir.gitlab-ci.yml"))
    assert status == 0, out
    out = room.weir("init", "jenkins", "--force")
    assert room.read("repo/Jenkinsfile") == "node { echo 'x' }\n" and os.path.exists(room.path("repo/Jenkinsfile.weir"))
    assert "unchanged" in room.weir("init", "gitlab")


@case
def nothing_is_written_elsewhere(room):
    room.repository()
    os.mkdir(room.path("outside"))
    for make in (lambda: os.symlink(room.path("outside"), room.path("repo/.github")),
                 lambda: (os.makedirs(room.path("repo/.github")), os.symlink(room.path("outside"), room.path("repo/.github/workflows"))),
                 lambda: (os.makedirs(room.path("repo/.github/workflows")), os.symlink(room.path("outside/x"), room.path("repo/.github/workflows/weir.yml"))),
                 lambda: os.symlink("nowhere", room.path("repo/.github")),
                 lambda: room.write("repo/.github", "a file\n"),
                 lambda: os.makedirs(room.path("repo/.github/workflows/weir.yml"))):
        make()
        out = room.weir("init", "github", "--force", status=2)
        assert ".github" in out and not os.listdir(room.path("outside")), out
        assert not os.path.exists(room.path("repo/weir.yaml"))
        path = room.path("repo/.github")
        shutil.rmtree(path) if os.path.isdir(path) and not os.path.islink(path) else os.unlink(path)
    os.symlink(room.path("outside/y"), room.path("repo/weir.yaml"))
    room.weir("init", "github", status=2)
    assert not os.path.exists(room.path("repo/.github")) and not os.listdir(room.path("outside"))


@case
def places_and_words(room):
    room.repository()
    os.makedirs(room.path("repo/deep/er"))
    room.weir("init", at="repo/deep/er")
    assert os.path.exists(room.path("repo/.github/workflows/weir.yml")), "the repository's root"
    room.write("plain/go.mod", GO_MOD)
    room.weir("init", "gitea", room.path("plain"), at=".")
    assert os.path.exists(room.path("plain/.gitea/workflows/weir.yml")), "a folder without git works too"
    room.write("none/x", "")
    assert "go.mod" in room.weir("init", at="none", status=2)
    room.git("init", "-q", "--bare", room.path("bare"), at=".")
    room.weir("init", at="bare", status=64)
    room.weir("init", "bitbucket", status=64)
    room.weir("init", "github", "gitlab", status=64)
    for url in ("https://example.com/weir", "https://example.com/weir#sha256=12", f"https://example.com/a b#sha256={HEX}",
                f"https://example.com/$(id)#sha256={HEX}", f"ftp://example.com/weir#sha256={HEX}",
                f"http://example.com/weir#sha256={HEX}", f"https://me:secret@example.com/weir#sha256={HEX}"):
        room.weir("init", "--weir-url", url, status=64)
    room.write("repo/weir.yaml", "init:\n  weir_url: https://example.com/weir\n")
    assert "weir.yaml" in room.weir("init", status=2)
    room.write("repo/weir.yaml", f"init:\n  weir_url: http://example.com/weir#sha256={HEX}\n")
    assert "https" in room.weir("init", status=2)
    odd = "repo/it's; rm -rf x"
    room.write("repo/weir.yaml", "")
    room.write(odd + "/go.mod", GO_MOD)
    assert "rm -rf" in room.weir("init", "--force") and "rm -rf" not in room.read("repo/.github/workflows/weir.yml")
    assert "平台：" in room.weir("init", "--lang", "zh") and "Written by" in room.read("repo/.github/workflows/weir.yml")


@case
def settings_are_taken_over(room):
    room.repository({
        "go.mod": GO_MOD, "codecov.yml": "coverage: {status: {project: {default: {target: 70%}}, patch: {default: {target: 95}}}}\n"
                                         "ignore: ['**/*.pb.go', '(a|b)']\ncomment: false\n",
        ".golangci.yml": "version: '2'\nlinters: {enable: [errcheck], exclusions: {paths: ['third_party$', '[0-9]+']}}\n",
        ".testcoverage.yml": "threshold: {total: 85, package: 60, file: 1}\n", "Makefile": "COVERAGE_MIN = 33\n"})
    out = room.weir("init", "github")
    policy = yaml.safe_load(room.read("repo/weir.yaml"))
    assert policy == {"coverage": {"total": 70, "patch": 95, "package": 60, "exclude": ["**/*.pb.go"]}}, policy
    room.weir("config", "check")
    shown = room.weir("config", "show")
    assert "70" in shown and "weir.yaml" in shown
    taken, left = out.split("not taken over:")
    for word in ("codecov.yml:1", "coverage.total 70", ".testcoverage.yml:1"):
        assert word in taken, (word, taken)
    for word in ("(a|b)", "comment", "[0-9]+", "third_party$", "linters.enable", "threshold.file", "COVERAGE_MIN 33", "threshold.total 85"):
        assert word in left, (word, left)
    room.repository({"go.mod": GO_MOD, "codecov.yml": "coverage: [\n", ".golangci.toml": "[run]\n[run]\n"}, "broken")
    out = room.weir("init", "github", at="broken")
    assert "codecov.yml" in out and ".golangci.toml:2" in out.split("not taken over:")[1]
    room.weir("config", "check", at="broken")


@case
def settings_in_toml_are_taken_over(room):
    room.repository({
        "go.mod": GO_MOD, ".golangci.json": "{\"run\": {\"build-tags\": [\"passed over\"]}}",
        ".golangci.toml": "version = '2'\n\n[run]\nbuild-tags = ['e2e', \"d\\u0062\"]\n[linters]\nenable = ['errcheck']\n"
                          "exclusions.paths = [\n  'third_party$',\n  '[0-9]+', # no pattern\n]\n"})
    out = room.weir("init", "github")
    policy = yaml.safe_load(room.read("repo/weir.yaml"))
    assert policy == {"tests": {"tags": ["e2e", "db"]}}, policy
    taken, left = out.split("not taken over:")
    assert ".golangci.toml:4" in taken and ".golangci.toml:8" not in taken, taken
    for word in (".golangci.toml:6", "linters.enable", ".golangci.toml:8", "third_party$", ".golangci.toml:9", "[0-9]+"):
        assert word in left, (word, left)
    assert "passed over" not in out
    room.weir("config", "check")


@case
def nothing_taken_over_is_refused_or_hides_findings(room):
    """weir.yaml as init writes it is one that weir takes, and weir still sees what linters pass over."""
    tags = ["integration,e2e", "a b", "!x", "x && y", "e-2", "", "'", '"', "\\", "é", "t" * 600, "v1.2", "[x]", "{a: b}"]
    room.repository({
        "go.mod": GO_MOD, "vendor/modules.txt": "# example.com/x v1.0.0\n## explicit\nexample.com/x\n",
        ".golangci.json": json.dumps({"run": {"build-tags": tags, "skip-dirs": ["vendor"], "skip-files": [".*"]},
                                      "issues": {"exclude-dirs": [".*"]}, "linters": {"exclusions": {"paths": ["vendor"]}}}),
        "codecov.yml": json.dumps({"coverage": {"status": {"project": {"default": {"target": "1e1"}}, "patch": {"default": {"target": "+5"}}}},
                                   "ignore": ["a: b", "- x", "**/a#b", "#x", "a\nb", "%", "'x'", "[", "!y", "*", "a" * 600]}),
        ".testcoverage.yml": "threshold: {total: 0x10, package: 1_0}\nexclude: {paths: ['^a\\.go$', 'x{2}', '[a-z]']}\n",
        "Makefile": "COVERAGE_MIN = 33%\n"})
    out = room.weir("init", "github")
    room.weir("config", "check")
    policy = yaml.safe_load(room.read("repo/weir.yaml"))
    assert "paths" not in policy and policy["tests"]["tags"] == ["integration", "e2e", "a", "b", "x", "y", "v1.2"], policy
    left = out.split("not taken over:")[1]
    for word in ("!x", "e-2", "run.skip-dirs vendor", "linters.exclusions.paths vendor"):
        assert word in left, (word, left)
    report = json.loads(room.weir("check", "--only", "vendor", "--format", "json", status=1))
    assert any(f["file"].startswith("vendor/") for f in report["findings"]), report["findings"]


# --check


@case
def check_says_what_is_lacking(room):
    room.repository({"go.mod": GO_MOD})
    assert "weir init writes one" in room.weir("init", "--check", status=2)
    room.write("repo/.github/workflows/ci.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: a/b@v1\n")
    out = room.weir("init", "--check")
    for rule in ("CFG001", "CFG006", "CFG008"):
        assert rule in out, out
    report = json.loads(room.weir("init", "--check", "--format", "json", room.path("repo"), at="."))
    assert [(f["rule"], f["line"], f["column"]) for f in report["findings"]] == \
        [("CFG008", 2, 1), ("CFG006", 3, 3), ("CFG001", 6, 15)], report["findings"]
    room.write("repo/.github/workflows/ci.yml", "on: pull_request\npermissions: {}\njobs:\n  a:\n    runs-on: x\n    timeout-minutes: 1\n"
               "    steps:\n      - run: echo ${{ github.event.pull_request.title }}\n")
    room.weir("init", "--check", status=1)
    room.write("repo/.github/workflows/ci.yml", "jobs: [\n")
    assert "ci.yml:2:" in room.weir("init", "--check", status=2)
    room.write("repo/.github/workflows/ci.yml", "on: push\n")
    room.write("repo/.gitlab-ci.yml", "include: ci/a.yml\n")
    room.write("repo/ci/a.yml", "include: {local: /ci/b.yml}\nx: {script: ['curl x | sh']}\n")
    room.write("repo/ci/b.yml", "include: ci/a.yml\ny: {services: ['docker:dind'], script: [z]}\n")
    found = {(f["rule"], f["file"]) for f in json.loads(room.weir("init", "--check", "--format", "json"))["findings"]}
    assert found == {("CFG011", "ci/a.yml"), ("CFG007", "ci/b.yml")}, found
    room.weir("init", "--check", "github", status=64)


@case
def hostile_pipeline_files(room):
    room.repository()
    bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(f"{b}: &{b} [{','.join(['*' + a] * 10)}]\n" for a, b in zip("abcdefgh", "bcdefghi"))
    script = "a: &s |\n" + "  echo x\n" * 20000 + "b:\n  script:\n" + "    - *s\n" * 5000
    texts = {"bomb": bomb, "deep": "a: " + "[" * 100000, "large": b"a: " + b"x" * (50 << 20), "script": script,
             "binary": bytes(range(256)) * 100, "nul": "on: push\n\0jobs: {}\n", "utf16": "on: push\n".encode("utf-16"),
             "folded": "a:\n  script:\n    - >\n" + "      go test -mod=mod x\n" * 100000}
    for name, text in texts.items():
        room.write("repo/.gitlab-ci.yml", text)
        start = time.monotonic()
        out = room.weir("init", "--check", status=0 if name == "folded" else 2)
        assert ".gitlab-ci.yml" in out, (name, out)
        assert time.monotonic() - start < 20, name
    os.unlink(room.path("repo/.gitlab-ci.yml"))
    for name in ("codecov.yml", ".golangci.yml", ".testcoverage.yml"):
        for text in texts.values():
            room.write("repo/" + name, text)
            start = time.monotonic()
            assert name in room.weir("init", "github", "--dry-run") or text is texts["script"] or text is texts["folded"]
            assert time.monotonic() - start < 20
        os.unlink(room.path("repo", name))


# The steps, really run


class Site(http.server.BaseHTTPRequestHandler):
    """A platform's comments and a place to download weir from."""
    comments, requests, weir, broken = [], [], b"", False

    def answer(self, value, status=200):
        data = value if isinstance(value, bytes) else json.dumps(value, separators=(",", ":")).encode()  # as GitLab writes it
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def take(self):
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        Site.requests.append((self.command, self.path, dict(self.headers), data))
        return data

    def body_of(self, data):
        if self.headers["Content-Type"] == "application/json":
            return json.loads(data)["body"]
        return urllib.parse.parse_qs(data.decode())["body"][0]

    def do_GET(self):
        self.take()
        if self.path.startswith("/weir"):
            return self.answer(Site.weir)
        return self.answer({}, 403) if Site.broken else self.answer(Site.comments)

    def do_POST(self):
        data = self.take()
        if Site.broken:
            return self.answer({}, 403)
        Site.comments.append({"id": len(Site.comments) + 7, "type": None, "body": self.body_of(data), "user": {"type": "Bot"}, "noteable_iid": 1})
        return self.answer(Site.comments[-1], 201)

    def do_PATCH(self):
        data = self.take()
        number = int(self.path.rsplit("/", 1)[1])
        [comment] = [c for c in Site.comments if c["id"] == number]
        comment["body"] = self.body_of(data)
        return self.answer(comment)

    do_PUT = do_PATCH

    def log_message(self, *_):
        pass


def serve():
    Site.comments, Site.requests, Site.broken = [{"id": 5, "type": None, "body": "looks good \"id\":1", "user": {"type": "User"}}], [], False
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f"http://127.0.0.1:{server.server_port}"


def the_weir():
    """The weir of the build, as bytes: the one for users where it was built."""
    release = os.environ.get("WEIR_RELEASE", "")
    with open(release if os.path.exists(release) else WEIR, "rb") as file:
        return file.read()


class Pipeline:
    """The example as a repository whose branch `change` is the pull request, and a runner for it."""

    def __init__(self, room, state):
        self.room = room
        self.env = dict(room.env)
        self.make_modules()
        os.makedirs(room.path("origin"))
        shutil.copytree(os.path.join(EXAMPLE, "mended"), room.path("origin"), dirs_exist_ok=True)
        room.git("init", "-q", "-b", "main", at="origin")
        self.commit("before")
        room.git("checkout", "-q", "-b", "change", at="origin")
        if state == "red":
            shutil.copytree(os.path.join(EXAMPLE, "delivered"), room.path("origin"), dirs_exist_ok=True)
        room.write("origin/internal/note.go", "// Package internal has a note.\npackage internal\n")

    def commit(self, message):
        self.room.git("add", "-A", "-f", at="origin")
        self.room.git("commit", "-q", "-m", message, at="origin")

    def make_modules(self):
        """The example's modules on a proxy of files."""
        room = self.room
        subprocess.run([sys.executable, os.path.join(EXAMPLE, "proxy.py"), os.path.join(EXAMPLE, "modules"), room.path("proxy")],
                       check=True, stdout=subprocess.DEVNULL)
        self.env.update(GOPROXY="file://" + room.path("proxy"), GOSUMDB="off", GOTOOLCHAIN="local", GOWORK="off",
                        GOFLAGS="-modcacherw", GOMODCACHE=room.path("mod"), GOCACHE=os.environ.get("GOCACHE", os.path.expanduser("~/.cache/go-build")))

    def init(self, platform, *more):
        self.room.weir("init", platform, *more, at="origin")
        self.commit("the change")
        return self.room.read("origin/" + PLATFORMS[platform])

    def check_out(self):
        """As a full checkout of the pull request's commit leaves it: detached, every branch of origin."""
        room = self.room
        shutil.rmtree(room.path("work"), ignore_errors=True)
        room.git("clone", "-q", "file://" + room.path("origin"), room.path("work"), at=".")
        room.git("checkout", "-q", "--detach", "origin/change", at="work")

    def put_weir_on_path(self):
        """The weir of the build."""
        room = self.room
        room.write("bin/weir", the_weir())
        os.chmod(room.path("bin/weir"), 0o755)
        self.env["PATH"] = room.path("bin") + ":" + self.env["PATH"]

    def shell(self, script, env, words=("bash", "--noprofile", "--norc", "-eo", "pipefail")):
        room = self.room
        room.write("step.sh", script)
        done = subprocess.run([*words, room.path("step.sh")], cwd=room.path("work"), env={**self.env, **env}, timeout=300,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        return done.returncode, done.stdout.decode(errors="replace")


VALUES = {"github.base_ref": "main", "github.event.merge_group.base_ref || github.base_ref": "main", "github.token": "t0ken", "github.event.pull_request.number": "12"}


def filled(value, temp):
    def one(match):
        name = match[1].strip()
        return temp if name == "runner.temp" else VALUES[name]
    return re.sub(r"\$\{\{(.*?)\}\}", one, value)


def runs(condition, failed, fork):
    """The conditions that the written files have."""
    if not condition:
        return not failed
    if "head.repo.full_name" in condition and fork:
        return False
    return "always()" in condition or "!cancelled()" in condition or not failed


def run_job(p, job, fork, site, log):
    """Runs the steps as the platform would; true where the job is green."""
    room, failed = p.room, False
    temp = room.path("temp")
    os.makedirs(temp, exist_ok=True)
    for name in ("path", "summary"):
        room.write(name, "")
    base = {"RUNNER_TEMP": temp, "GITHUB_PATH": room.path("path"), "GITHUB_STEP_SUMMARY": room.path("summary"), "CI": "true",
            "GITHUB_API_URL": site, "GITHUB_REPOSITORY": "acme/pay", "GITHUB_WORKSPACE": room.path("work")}
    for step in job["steps"]:
        if not runs(step.get("if"), failed, fork):
            continue
        ok = True
        uses = step.get("uses", "")
        if "actions/checkout@" in uses:
            p.check_out()
        elif "upload-artifact@" in uses and os.path.isdir(temp + "/weir"):
            shutil.copytree(temp + "/weir", room.path("artifact"), dirs_exist_ok=True)
        elif "download-artifact@" in uses:
            shutil.rmtree(temp)
            shutil.copytree(room.path("artifact"), temp + "/weir")
        elif "upload-sarif@" in uses:
            with open(filled(step["with"]["sarif_file"], temp), encoding="utf-8") as file:
                assert json.load(file)["version"] == "2.1.0"
        elif "run" in step:
            env = {name: filled(value, temp) for name, value in {**job.get("env", {}), **step.get("env", {})}.items()}
            more = room.read("path").split()
            env["PATH"] = ":".join(more + [p.env["PATH"]])
            status, out = p.shell(step["run"], {**base, **env})
            log.append((step["name"], status, out))
            ok = status == 0
        failed |= not ok and step.get("continue-on-error") != "true"
    return not failed


def run_workflow(p, text, site, fork=False):
    """The jobs of a pull request: (green, log, summary)."""
    jobs, log = yaml.load(text, yaml.BaseLoader)["jobs"], []
    green = run_job(p, jobs["merge"], fork, site, log)
    summary = p.room.read("summary")
    if "report" in jobs and not fork:
        assert run_job(p, jobs["report"], fork, site, log), log
    return green, log, summary


def told(log):
    return "\n".join(f"== {name}: {status}\n{out}" for name, status, out in log)


@case
def github_steps_green_and_commented_in_place(room):
    server, site = serve()
    p = Pipeline(room, "green")
    p.put_weir_on_path()
    text = p.init("github")
    green, log, summary = run_workflow(p, text, site)
    assert green, told(log)
    assert "pass" in summary.lower() and len(Site.comments) == 2, told(log)
    assert Site.comments[1]["body"].startswith("<!-- weir:merge -->"), Site.comments
    assert all(h.get("Authorization") == "Bearer t0ken" for _, path, h, _ in Site.requests)
    assert "t0ken" not in told(log)
    before = Site.comments[1]["body"]
    Site.comments[1]["body"] = before + "old"
    Site.comments.insert(0, {"id": 3, "body": "<!-- weir:merge --> mine", "user": {"type": "User"}})
    assert run_workflow(p, text, site)[0]
    assert len(Site.comments) == 3 and Site.comments[2]["body"].endswith(before[-40:]), "one comment, updated in place"
    assert Site.comments[0]["body"] == "<!-- weir:merge --> mine", "nobody else's comment is touched"
    Site.broken = True
    assert run_workflow(p, text, site)[0], "the comment never decides"
    jobs, log = yaml.load(text, yaml.BaseLoader)["jobs"], []
    assert run_job(p, jobs["build"], False, site, log), told(log)
    server.shutdown()


@case
def github_steps_red_and_on_a_fork(room):
    server, site = serve()
    p = Pipeline(room, "red")
    p.put_weir_on_path()
    text = p.init("github")
    green, log, _ = run_workflow(p, text, site)
    assert not green and "MOD003" in told(log), told(log)
    assert "MOD003" in Site.comments[1]["body"], "red is commented too"
    Site.requests.clear()
    green, log, summary = run_workflow(p, text, site, fork=True)
    assert not green and "MOD003" in summary and not Site.requests, "on a fork the summary stands for the comment"
    server.shutdown()


def without_weir(room):
    """A PATH with every program of this machine but weir, which the test of the package installs for a while."""
    folder = room.path("programs")
    os.makedirs(folder)
    for place in os.environ["PATH"].split(":"):
        for name in os.listdir(place) if os.path.isdir(place) else []:
            if name != "weir" and not os.path.lexists(os.path.join(folder, name)):
                os.symlink(os.path.join(place, name), os.path.join(folder, name))
    return folder


@case
def weir_is_fetched_and_proved(room):
    server, site = serve()
    Site.weir = the_weir()
    right = hashlib.sha256(Site.weir).hexdigest()
    p = Pipeline(room, "green")
    secure = site.replace("http:", "https:")  # the only kind that weir takes
    text = p.init("github", "--weir-url", f"{secure}/weir-1.2.3#sha256={right}")
    assert "--proto '=https'" in text
    text = text.replace(secure, site).replace("'=https'", "'=http'")
    green, log, _ = run_workflow(p, text, site, fork=True)
    assert green and "weir " in told(log), told(log)
    green, log, _ = run_workflow(p, text.replace(right, HEX), site, fork=True)
    assert not green and [name for name, status, _ in log if status] == ["Get weir"], told(log)
    assert not any(name == "Judge the change" for name, _, _ in log), "nothing runs that was not proved"
    p.init("gitea")  # weir.yaml remembers
    assert right in room.read("origin/.gitea/workflows/weir.yml")
    room.weir("init", "gitea", "--force", at="origin")
    text = re.sub(r" +env:\n +WEIR_VERSION.*\n +WEIR_URL.*\n +WEIR_SHA256.*\n", "", text)
    room.write("origin/weir.yaml", "")
    room.weir("init", "github", "--force", at="origin")
    p.env["PATH"] = without_weir(room)
    green, log, _ = run_workflow(p, room.read("origin/.github/workflows/weir.yml"), site, fork=True)
    assert not green and "weir init github --weir-url" in told(log), "it says how to get weir"
    server.shutdown()


@case
def gitea_steps(room):
    server, site = serve()
    p = Pipeline(room, "red")
    p.put_weir_on_path()
    text = p.init("gitea")
    green, log, summary = run_workflow(p, text, site)
    assert not green and "MOD003" in summary and len(Site.comments) == 2, told(log)
    run_workflow(p, text, site)
    assert len(Site.comments) == 2
    Site.requests.clear()
    green, log, summary = run_workflow(p, text, site, fork=True)
    assert not green and "MOD003" in summary and not Site.requests
    server.shutdown()


def run_gitlab(p, text, site, token, unscoped=False):
    """The jobs of a merge request, each with the variables of its environment's scope: (green, log, status of the report)."""
    room, flow = p.room, yaml.load(text, yaml.BaseLoader)
    job, report = {**flow[".weir"], **flow["weir-merge"]}, flow["weir-report"]
    p.check_out()
    common = {"CI_PROJECT_DIR": room.path("work"), "CI_API_V4_URL": site, "CI_MERGE_REQUEST_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "1",
              "CI_MERGE_REQUEST_DIFF_BASE_SHA": room.git("merge-base", "origin/main", "HEAD", at="work")}
    env = {name: value.replace("$CI_PROJECT_DIR", room.path("work")) for name, value in job["variables"].items()}
    env.pop("GOMODCACHE"), env.pop("GOCACHE")  # the example's own, so that it is quick
    if unscoped:
        env["WEIR_GITLAB_TOKEN"] = token
    status, out = p.shell("\n".join(job["before_script"] + job["script"]), {**env, **common})
    if status == 0:
        assert room.git("status", "--porcelain", at="work") == "", "reports and caches are ignored"
    shutil.rmtree(room.path("artifact"), ignore_errors=True)
    if os.path.isdir(room.path("work/.weir-reports")):
        shutil.copytree(room.path("work/.weir-reports"), room.path("artifact"), symlinks=True)
    shutil.rmtree(room.path("work"))
    os.mkdir(room.path("work"))
    if os.path.isdir(room.path("artifact")):
        shutil.copytree(room.path("artifact"), room.path("work/.weir-reports"), symlinks=True)
    env = {"WEIR_GITLAB_TOKEN": token} if token and report["environment"]["name"] == "weir-report" else {}
    after, more = p.shell("\n".join(report["script"]), {**env, **common})
    return status == 0, out + more, after


@case
def gitlab_steps(room):
    server, site = serve()
    p = Pipeline(room, "green")
    p.put_weir_on_path()
    text = p.init("gitlab")
    green, out, after = run_gitlab(p, text, site, "t0ken")
    assert green and after == 0, out
    assert len(Site.comments) == 2 and Site.comments[1]["body"].startswith("[//]: # (weir:merge)"), out
    flow = yaml.load(text, yaml.BaseLoader)
    for job in ("weir-merge", "weir-build"):
        figures = re.findall(flow[job]["coverage"].strip("/"), out)
        assert figures and 0 < float(figures[-1]) <= 100, "GitLab reads the coverage off the log"
    assert Site.requests[-1][2].get("PRIVATE-TOKEN") == "t0ken" and "t0ken" not in out
    for name in ("codequality.json", "junit.xml", "weir.sarif", "weir.html", "weir.json"):
        assert os.path.getsize(room.path("work/.weir-reports", name)), name
    green, out, _ = run_gitlab(p, text, site, "t0ken")
    assert green and len(Site.comments) == 2 and Site.requests[-1][0] == "PUT", out
    Site.broken = True
    assert run_gitlab(p, text, site, "t0ken")[0]
    Site.requests.clear()
    green, out, _ = run_gitlab(p, text, site, None)
    assert green and not Site.requests and "weir" in out, "without a token the report is in the log"
    green, out, _ = run_gitlab(p, text, site, "t0ken", unscoped=True)
    assert not green and "environment scope" in out and "--stage merge" not in out, out
    link = 'rm -f .weir-reports/weir.md; ln -s /proc/self/environ .weir-reports/weir.md'
    green, out, after = run_gitlab(p, text.replace("weir check --stage merge", link + "; weir check --stage merge").replace(
        "--format markdown=.weir-reports/weir.md", ""), site, "t0ken")
    assert green and after == 0 and not Site.requests and "t0ken" not in out, "a link among the reports is not followed"
    server.shutdown()


@case
def gitlab_steps_red(room):
    p = Pipeline(room, "red")
    p.put_weir_on_path()
    green, out, after = run_gitlab(p, p.init("gitlab"), "http://127.0.0.1:9", None)
    assert not green and after == 0 and "MOD003" in out, out


def host_isolates():
    return subprocess.run(["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/", "--proc",
                           "/proc", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0


def run_jenkins(p, text):
    """The scripts of a change request, in order; the last ones are those of post."""
    room, green, log = p.room, True, []
    p.check_out()
    os.makedirs(room.path("work@tmp"), exist_ok=True)
    env = {"WORKSPACE": room.path("work"), "WORKSPACE_TMP": room.path("work@tmp"), "CHANGE_TARGET": "main"}
    text = re.sub(r"stage\('Judge the tag'\).*?post \{", "post {", text, flags=re.S)
    before, post = text.split("post {")
    for script in re.findall(r"sh '''\n(.*?)'''", before, re.S):
        if not host_isolates():  # an agent of Jenkins does
            script = script.replace("--stage merge", "--stage merge --unsandboxed")
        status, out = p.shell(script.replace("\\\\", "\\"), env, ("sh", "-xe"))
        log.append(out)
        green = status == 0
        if not green:
            break
    for script in re.findall(r"sh '(.*?)'\n", post):
        status, out = p.shell(script, env, ("sh", "-xe"))
        assert status == 0, out
    return green, "\n".join(log)


@case
def jenkins_steps(room):
    p = Pipeline(room, "green")
    p.put_weir_on_path()
    text = p.init("jenkins")
    green, out = run_jenkins(p, text)
    assert green and os.path.getsize(room.path("work/weir-reports/junit.xml")), out


@case
def jenkins_steps_red(room):
    p = Pipeline(room, "red")
    p.put_weir_on_path()
    green, out = run_jenkins(p, p.init("jenkins"))
    assert not green and "MOD003" in out, out


@case
def jenkins_fetches_weir(room):
    server, site = serve()
    Site.weir = the_weir()
    p = Pipeline(room, "green")
    text = p.init("jenkins", "--weir-url", f"https://example.com/weir#sha256={HEX}").replace("'=https'", "'=http'")
    p.env.update(WEIR_URL=f"{site}/weir", WEIR_SHA256=HEX)
    green, out = run_jenkins(p, text)
    assert not green and "FAILED" in out and "--stage merge" not in out, out
    p.env["WEIR_SHA256"] = hashlib.sha256(Site.weir).hexdigest()
    green, out = run_jenkins(p, text)
    assert green, out
    server.shutdown()


# The project's own


@case
def the_projects_own_files_are_written_by_it(room):
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, stdout=subprocess.PIPE, check=True).stdout.decode().split("\0")
    for name in filter(None, listed):
        if os.path.isfile(os.path.join(TOP, name)):
            os.makedirs(os.path.dirname(room.path("repo", name)), exist_ok=True)
            shutil.copy(os.path.join(TOP, name), room.path("repo", name))
    room.git("init", "-q")
    for platform in ("github", "gitlab"):
        path = PLATFORMS[platform]
        own = room.read("repo/" + path)
        os.unlink(room.path("repo", path))
        room.weir("init", platform)
        assert room.read("repo/" + path) == own, f"{path}: run weir init {platform} --force"


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    for function in CASES:
        if pattern not in function.__name__:
            continue
        top = tempfile.mkdtemp(prefix="weir-init-")
        try:
            function(Room(top))
            print(f"ok {function.__name__}", flush=True)
        except Exception as error:  # a case that breaks is a failure with its reason
            place = traceback.extract_tb(error.__traceback__)[1]
            why = str(error).replace("\n", "\\n")[:1500] or place.line
            print(f"not ok {function.__name__}: line {place.lineno}: {type(error).__name__} {why}", flush=True)
        finally:
            subprocess.run(["chmod", "-R", "u+rwX", top], check=False)
            shutil.rmtree(top, ignore_errors=True)


main()
