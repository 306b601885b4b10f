"""Runs `weir secrets --history` and `--range` on repositories that the real git makes. The oracle is weir
itself: every blob of the history, written as a file under each of its paths and searched as files are.
Archives, images and standard input are searched by the same feeders and follow.

usage: history_test.py [NAME]    only the cases that have NAME in their name

Prints "ok NAME" or "not ok NAME: why" per case. Tokens are drawn from templates; none is written here.
"""
import base64
import hashlib
import io
import json
import os
import random
import re
import shutil
import string
import subprocess
import sys
import tarfile
import tempfile
import traceback
import unittest
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.abspath(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir")))
ZERO = "0" * 40
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase


def token(source):
    """A personal access token of GitHub's form, with its checksum."""
    body = "ghp" + "_" + "".join(source.choice(BASE62) for _ in range(30))
    number, digits = zlib.crc32(body[4:].encode()), ""
    while number:
        digits = BASE62[number % 62] + digits
        number //= 62
    return body + digits.rjust(6, "0")


def data_of(data):
    return b"data %d\n" % len(data) + data + b"\n"


class Case(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="weir-history-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.top, "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A Person", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.com", "WEIR": WEIR,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        with open(self.path(".gitconfig"), "w") as f:
            f.write("[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
                    "[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n")
        self.random = random.Random(2026)
        self.clock = 1700000000

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def git(self, repo, *args, stdin=None, check=True):
        self.clock += 60
        date = "%d +0000" % self.clock
        run = subprocess.run(["git", *args], cwd=self.path(repo), input=stdin, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE,
                             env={**self.env, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date})
        if check and run.returncode:
            self.fail("git %s: %s" % (" ".join(args), run.stderr.decode()))
        return run.stdout.decode("utf-8", "replace").strip()

    def init(self, repo="r", *options):
        os.makedirs(self.path(repo))
        self.git(repo, "init", "-q", *options)

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as f:
            f.write(text)

    def commit(self, repo="r", message="a commit", **files):
        for name, text in files.items():
            self.write(repo + "/" + name.replace("__", "/").replace("_txt", ".txt"), text)
        self.git(repo, "add", "-A")
        self.git(repo, "commit", "-q", "--allow-empty", "-m", message)
        return self.git(repo, "rev-parse", "HEAD")

    def secrets(self, *args, cwd=".", env=None):
        run = subprocess.run([WEIR, "secrets", *args, "--format", "json"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, cwd=self.path(cwd), env={**self.env, **(env or {})})
        self.assertIn(run.returncode, (0, 1, 2), run.stderr.decode("utf-8", "replace"))
        report = json.loads(run.stdout)
        report["status"] = run.returncode
        return report

    def found(self, *args, **more):
        report = self.secrets(*args, **more)
        self.assertEqual(report["unjudged"], [])
        return sorted((f["file"], f["line"]) for f in report["findings"])


class History(Case):
    def test_a_secret_that_was_deleted(self):
        self.init()
        secret = token(self.random)
        first = self.commit(d__a_txt="x\nkey = %s\n" % secret)
        self.git("r", "rm", "-q", "d/a.txt")
        self.commit()
        self.assertEqual(self.found("r"), [])
        report = self.secrets("--history", "r")
        self.assertEqual(report["status"], 1)
        (finding,) = report["findings"]
        self.assertEqual((finding["file"], finding["line"]), ("d/a.txt", 2))
        self.assertEqual(finding["blob"], self.git("r", "rev-parse", first + ":d/a.txt"))
        self.assertEqual(finding["commit"], first)
        self.assertEqual(finding["author"], "A Person <a@example.com>")
        self.assertNotIn(secret[6:], json.dumps(report))

    def test_one_blob_under_two_names_is_one_finding(self):
        self.init()
        text = "key = %s\n" % token(self.random)
        self.commit(b_txt=text)
        self.commit(a_txt=text)
        self.assertEqual(len(self.found("--history", "r")), 1)

    def test_every_ref(self):
        self.init()
        self.commit(a_txt="a\n")
        tokens = {}

        def text(name):
            tokens[name] = 1
            return "%s = %s\n" % (name, token(self.random))

        self.git("r", "checkout", "-q", "-b", "side")
        self.commit(branch_txt=text("branch.txt"))
        self.git("r", "checkout", "-q", "main")
        self.git("r", "checkout", "-q", "--detach")
        gone = self.commit(remote_txt=text("remote.txt"))
        self.git("r", "update-ref", "refs/remotes/origin/x", gone)
        self.git("r", "checkout", "-q", "main")
        self.git("r", "notes", "add", "-m", text("note"))
        self.git("r", "tag", "-a", "v1", "-m", "subject\n\n" + text("tag"))
        for _ in range(2):
            name = "stash%d.txt" % len(tokens)
            self.write("r/" + name, text(name))
            self.git("r", "stash", "-q", "-u")
        self.git("r", "worktree", "add", "-q", "--detach", "../w")
        self.commit("w", worktree_txt=text("worktree.txt"))
        self.commit(message="subject\n\n" + text("message"))
        self.git("r", "pack-refs", "--all")
        files = sorted(os.path.basename(name) for name, _ in self.found("--history", "r"))
        note = self.git("r", "rev-parse", "main~1")
        want = [name for name in tokens if name.endswith(".txt")] + ["COMMIT_EDITMSG", "v1", note]
        self.assertEqual(files, sorted(want))
        self.assertIn(("refs/tags/v1", 3), self.found("--history", "w"))

    def test_unreachable(self):
        self.init()
        self.commit(a_txt="a\n")
        self.git("r", "checkout", "-q", "--detach")
        self.commit(lost_txt="key = %s\n" % token(self.random))
        self.git("r", "checkout", "-q", "main")
        self.git("r", "hash-object", "-w", "--stdin", stdin=("key = %s\n" % token(self.random)).encode())
        self.assertEqual(self.found("--history", "r"), [])
        files = [name for name, _ in self.found("--history", "--unreachable", "r")]
        self.assertEqual(len(files), 2)
        self.assertTrue(files[0].startswith(".git/lost-found/other/"))
        self.assertEqual(files[1], "lost.txt")

    def test_sha256(self):
        self.init("r", "--object-format=sha256")
        self.commit(a_txt="key = %s\n" % token(self.random))
        self.git("r", "rm", "-q", "a.txt")
        self.commit()
        self.git("r", "repack", "-q", "-a", "-d")
        (finding,) = self.secrets("--history", "r")["findings"]
        self.assertEqual(len(finding["commit"]), 64)

    def test_what_is_not_there_is_no_pass(self):
        self.init()
        first = self.commit(a_txt="a\n")
        self.commit(a_txt="b\n", b_txt="key = %s\n" % token(self.random))
        self.commit(b_txt="clean\n")
        blob = self.git("r", "rev-parse", first + ":a.txt")
        os.unlink(self.path("r/.git/objects", blob[:2], blob[2:]))
        report = self.secrets("--history", "r")
        self.assertEqual(report["status"], 1)
        (gap,) = report["unjudged"]
        self.assertIn(blob, gap["why"])
        self.assertIn("git fsck", gap["mend"])
        self.git(".", "clone", "-q", "--depth=1", "file://" + self.path("r"), "s")
        report = self.secrets("--history", "s")
        self.assertEqual(report["status"], 2)
        self.assertIn("git fetch --unshallow", [gap["mend"] for gap in report["unjudged"]])

    def test_partial_clone(self):
        self.init()
        self.commit(a_txt="a\n")
        self.commit(a_txt="b\n")
        self.git("r", "config", "uploadpack.allowFilter", "true")
        self.git(".", "clone", "-q", "--filter=blob:none", "file://" + self.path("r"), "p")
        objects = sorted(os.walk(self.path("p/.git/objects")))
        report = self.secrets("--history", "p")
        self.assertEqual(report["status"], 2)
        self.assertIn("--refetch", report["unjudged"][0]["mend"])
        self.assertEqual(sorted(os.walk(self.path("p/.git/objects"))), objects)

    def grow(self, repo, commits):
        """A random history with branches, merges, renames and deletions."""
        files = {"main": {}, "side": {}}
        stream, marks = [], {}
        names = ["cmd/main.go", "conf/app.yaml", "a.env", "docs/x.md", "lib/y.go", "testdata/z.go", "s.sh"]
        pool = [token(self.random) for _ in range(6)]

        def line():
            kind = self.random.randrange(12)
            secret = self.random.choice(pool)
            word = "".join(self.random.choice(BASE62) for _ in range(24))
            return ("x := \"%s\"" % secret if kind == 0 else "password = \"%s\"" % word if kind == 1 else
                    "export API_KEY=%s" % secret if kind == 2 else "// %s" % word)

        for number in range(1, commits + 1):
            self.clock += 1
            branch = self.random.choice(["main", "main", "side"])
            other = "side" if branch == "main" else "main"
            tree = files[branch]
            stream.append(b"commit refs/heads/%s\nmark :%d\nauthor P%d <p@example.com> %d +0000\n"
                          b"committer C <c@example.com> %d +0000\n"
                          % (branch.encode(), number, number % 3, self.clock, self.clock))
            stream.append(data_of(b"commit"))
            if branch in marks:
                stream.append(b"from :%d\n" % marks[branch])
            if branch in marks and other in marks and self.random.random() < 0.2:
                stream.append(b"merge :%d\n" % marks[other])
            for _ in range(self.random.randrange(1, 4)):
                name = self.random.choice(names)
                action = self.random.random()
                if name in tree and action < 0.15:
                    del tree[name]
                    stream.append(b"D %s\n" % name.encode())
                    continue
                lines = list(tree.get(name) or (self.random.choice(list(tree.values())) if tree and action < 0.3
                                                else [line() for _ in range(40)]))
                at = self.random.randrange(len(lines))
                if action < 0.6:
                    lines[at] = line()
                elif action < 0.8:
                    del lines[at]
                else:
                    lines[at:at] = [line(), line()]
                tree[name] = lines or [line()]
                stream.append(b"M 644 inline %s\n" % name.encode() + data_of("\n".join(tree[name]).encode()))
            marks[branch] = number
        self.git(repo, "fast-import", "--quiet", "--force", stdin=b"".join(stream))

    def oracle(self, repo):
        """(blob, rule, line) of every blob under each of its paths, found as in files."""
        raw = self.git(repo, "log", "--all", "--raw", "--no-abbrev", "-m", "--root", "--no-renames",
                       "--format=", "-z").split("\0")
        pairs = sorted({(raw[i].split(" ")[3], raw[i + 1]) for i in range(0, len(raw) - 1, 2)
                        if raw[i].startswith(":") and raw[i].split(" ")[3] != ZERO})
        blobs = {}
        for number, (blob, name) in enumerate(pairs):
            if blob not in blobs:
                blobs[blob] = subprocess.run(["git", "cat-file", "blob", blob], cwd=self.path(repo), check=True,
                                             stdout=subprocess.PIPE, env=self.env).stdout
            path = self.path("oracle", "n%d" % number, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "wb") as f:
                f.write(blobs[blob])
        self.assertGreater(len(pairs), 50)
        findings = self.secrets("oracle")["findings"]
        return sorted({(pairs[int(f["file"].split("/")[0][1:])][0], f["rule"], f["line"]) for f in findings})

    def test_the_same_as_every_blob_as_a_file(self):
        for depth in ("0", "50", "250"):
            shutil.rmtree(self.path("oracle"), ignore_errors=True)
            repo = "r" + depth
            self.init(repo)
            self.grow(repo, 60)
            self.git(repo, "repack", "-q", "-a", "-d", "-f", "--window=50", "--depth=" + depth)
            self.git(repo, "fast-import", "--quiet",
                     stdin=b"commit refs/heads/loose\ncommitter C <c@example.com> 1800000000 +0000\n" +
                     data_of(b"x") + b"from refs/heads/main^0\nM 644 inline more.txt\n" +
                     data_of(("k = " + token(self.random)).encode()))
            report = self.secrets("--history", repo)
            self.assertEqual(report["unjudged"], [])
            got = [(f["blob"], f["rule"], f["line"]) for f in report["findings"]]
            want = self.oracle(repo)
            self.assertGreater(len(want), 30)
            self.assertEqual(sorted(got), want)
            for finding in report["findings"][:10]:  # the first commit that has it, by its own account
                names = self.git(repo, "ls-tree", "-r", finding["commit"]).split("\n")
                self.assertTrue(any(finding["blob"] in name for name in names))
                parents = self.git(repo, "rev-parse", finding["commit"] + "^@").split()
                for parent in parents:
                    same = self.git(repo, "ls-tree", "-r", parent, "--", finding["file"])
                    self.assertNotIn(finding["blob"], same)


class Range(Case):
    def test_only_what_the_commits_add(self):
        self.init()
        old, new = token(self.random), token(self.random)
        base = self.commit(a_txt="old = %s\n" % old)
        self.assertEqual(self.found("--range", base + "..HEAD", "r"), [])
        self.commit(a_txt="# a line\nold = %s\n" % old)
        self.git("r", "mv", "a.txt", "moved.txt")
        self.commit()
        self.assertEqual(self.found("--range", base + "..HEAD", "r"), [])
        self.commit(moved_txt="old = %s\nnew = %s\n" % (old, new))
        self.commit(moved_txt="nothing\n")
        self.assertEqual(self.found("--range", base + "..HEAD", "r"), [("moved.txt", 2)])
        report = self.secrets("--range", base + "..", "r")
        (finding,) = report["findings"]
        self.assertEqual(finding["commit"], self.git("r", "rev-parse", "HEAD~1"))
        self.assertEqual(self.found("--range", "HEAD~1..HEAD", "r"), [])

    def test_merges(self):
        self.init()
        base = self.commit(a_txt="a\n")
        self.git("r", "checkout", "-q", "-b", "side")
        self.commit(side_txt="k = %s\n" % token(self.random))
        side = self.git("r", "rev-parse", "HEAD")
        self.git("r", "checkout", "-q", "main")
        self.commit(b_txt="b\n")
        before = self.git("r", "rev-parse", "HEAD")
        self.git("r", "merge", "-q", "--no-ff", "--no-commit", "side")
        self.write("r/evil.txt", "k = %s\n" % token(self.random))
        self.commit(message="merge")
        both = [("evil.txt", 1), ("side.txt", 1)]
        self.assertEqual(self.found("--range", base + "..HEAD", "r"), both)
        self.assertEqual(self.found("--range", before + "..HEAD", "r"), both)
        self.assertEqual(self.found("--range", side + "..HEAD", "r"), both[:1])

    def test_a_message(self):
        self.init()
        base = self.commit()
        self.commit(message="subject\n\nuse %s\n" % token(self.random))
        self.assertEqual(self.found("--range", base + "..HEAD", "r"), [("COMMIT_EDITMSG", 3)])

    def test_pre_receive(self):
        self.init()
        self.commit(a_txt="old = %s\n" % token(self.random))
        for limit in ("1", "100000"):
            bare = "bare" + limit
            self.git(".", "clone", "-q", "--bare", "r", bare)
            self.git(bare, "config", "receive.unpackLimit", limit)
            self.write(bare + "/hooks/pre-receive",
                       "#!/bin/sh\nwhile read old new ref; do\n"
                       "\"$WEIR\" secrets --range %s..$new --format json >%s || exit 1\ndone\n"
                       % (ZERO, self.path("report")))
            os.chmod(self.path(bare, "hooks/pre-receive"), 0o755)
        self.commit(a_txt="clean\n")
        secret = self.commit(b_txt="x\nk = %s\n" % token(self.random))
        self.git("r", "rm", "-q", "b.txt")
        self.commit()
        for bare in ("bare1", "bare100000"):
            self.git("r", "push", "-q", "../" + bare, "main", check=False)
            with open(self.path("report")) as f:
                report = json.load(f)
            self.assertEqual(report["unjudged"], [])
            self.assertEqual([(f["file"], f["line"], f["commit"]) for f in report["findings"]],
                             [("b.txt", 2, secret)])
            self.assertNotEqual(self.git(bare, "rev-parse", "main"), self.git("r", "rev-parse", "main"))
            self.git("r", "push", "-q", "../" + bare, "main~2:refs/heads/fine")
            self.assertEqual(self.git(bare, "rev-parse", "fine"), self.git("r", "rev-parse", "main~2"))

    def test_the_end_of_a_shallow_clone(self):
        self.init()
        for number in range(4):
            self.commit(a_txt="%d\n" % number)
        base = self.git("r", "rev-parse", "HEAD~1")
        self.git(".", "clone", "-q", "--depth=2", "file://" + self.path("r"), "s")
        self.assertEqual(self.found("--range", base + "..HEAD", "s"), [])
        report = self.secrets("--range", ZERO + "..HEAD", "r")
        self.assertEqual(report["status"], 0)
        self.git("s", "checkout", "-q", "--orphan", "other")
        self.git("s", "branch", "-D", "main")
        self.git("s", "update-ref", "-d", "refs/remotes/origin/main")
        self.git("s", "update-ref", "-d", "refs/remotes/origin/HEAD", check=False)
        tip = self.git("r", "rev-parse", "HEAD")
        report = self.secrets("--range", ZERO + ".." + tip, "s")
        self.assertEqual(report["status"], 2)
        self.assertEqual(report["unjudged"][0]["mend"], "git fetch --unshallow")

    def test_a_missing_object(self):
        self.init()
        base = self.commit(a_txt="a\n")
        self.commit(a_txt="b\n")
        blob = self.git("r", "rev-parse", "HEAD:a.txt")
        os.unlink(self.path("r/.git/objects", blob[:2], blob[2:]))
        report = self.secrets("--range", base + "..HEAD", "r")
        self.assertEqual(report["status"], 2)
        self.assertIn(blob, report["unjudged"][0]["why"])


def packed(name, text):
    """A tgz of one file."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.size = len(text)
        archive.addfile(entry, io.BytesIO(text.encode()))
    return out.getvalue()


class Archives(Case):
    def put(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as f:
            f.write(data)

    def test_a_cut_archive_is_no_pass(self):
        whole = packed("x/a.env", "T=%s\n" % token(self.random))
        self.put("d/whole.tgz", whole)
        self.put("d/cut.tgz", whole[:-20])
        self.assertEqual(self.found("--archive", "d/whole.tgz"), [("whole.tgz!/x/a.env", 1)])
        report = self.secrets("--archive", "d/cut.tgz")
        self.assertEqual((report["status"], len(report["unjudged"])), (2, 1))
        self.assertEqual(self.secrets("d", "--ignored")["unjudged"], [])

    def test_an_image(self):
        blob = {"layer": packed("app/.env", "T=%s\n" % token(self.random)), "config": b"{}"}
        name = {what: "sha256:" + hashlib.sha256(data).hexdigest() for what, data in blob.items()}
        blob["manifest"] = json.dumps({"config": {"digest": name["config"]},
                                       "layers": [{"digest": name["layer"]}]}).encode()
        name["manifest"] = "sha256:" + hashlib.sha256(blob["manifest"]).hexdigest()
        media = "application/vnd.oci.image.manifest.v1+json"
        self.put("i/index.json",
                 json.dumps({"manifests": [{"mediaType": media, "digest": name["manifest"]}]}).encode())
        for what, data in blob.items():
            self.put("i/blobs/" + name[what].replace(":", "/"), data)
        layer = "blobs/" + name["layer"].replace(":", "/")
        self.assertEqual(self.found("--image", "i"), [(layer + "!/app/.env", 1)])
        self.put("i/" + layer, blob["layer"][:-20])
        self.assertEqual(self.secrets("--image", "i")["status"], 2)
        os.remove(self.path("i", layer))
        self.assertEqual(self.secrets("--image", "i")["status"], 2)

    def test_standard_input_may_be_an_archive(self):
        run = subprocess.run([WEIR, "secrets", "-", "--format", "json"], stdout=subprocess.PIPE, env=self.env,
                             input=packed("a.env", "T=%s\n" % token(self.random)), check=False)
        self.assertEqual(run.returncode, 1)
        self.assertEqual([f["file"] for f in json.loads(run.stdout)["findings"]], ["-!/a.env"])

    def test_a_weak_rule_does_not_weaken_the_verdict(self):
        """The value is one that the generic detector tells as an error; a provider's warning takes its place."""
        secret = "".join(self.random.choice(BASE62) for _ in range(24))
        self.write("d/a.go", 'package a\n\nvar m = map[string]string{"client_secret": "%s"}\n' % secret)
        (finding,) = self.secrets("d")["findings"]
        self.assertEqual((finding["severity"], finding["rule"] == "KEY900"), ("error", False))

    def test_a_login_in_a_secret_of_kubernetes(self):
        """Base64 in base64: the registry's login in .dockerconfigjson."""
        login = "bob:" + "".join(self.random.choice(BASE62) for _ in range(16))
        auths = {"auths": {"r.io": {"auth": base64.b64encode(login.encode()).decode()}}}
        data = base64.b64encode(json.dumps(auths).encode()).decode()
        self.write("d/s.yml", "kind: Secret\ndata:\n  .dockerconfigjson: %s\n" % data)
        (finding,) = self.secrets("d")["findings"]
        self.assertEqual((finding["severity"], finding["line"]), ("error", 3))


def names_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names_of(test)
        else:
            yield test


def main(pattern):
    for test in names_of(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])):
        name = "secrets: " + re.sub(r"^.*\.([A-Za-z]+)\.test_", r"\1 ", test.id()).replace("_", " ")
        if pattern not in name:
            continue
        result = unittest.TestResult()
        test.run(result)
        problems = result.failures + result.errors
        if not problems:
            print("ok", name, flush=True)
        for _, text in problems:
            print("not ok %s: %s" % (name, " ".join(text.strip().split("\n")[-12:])[:1500]), flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "")
    except Exception:
        traceback.print_exc()
        sys.exit(1)
