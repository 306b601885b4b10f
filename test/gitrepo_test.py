"""Asks src/gitrepo/ about repositories that the real git makes, and compares the answers.

usage: gitrepo_test.py [NAME]    only the cases that have NAME in their name

Prints "ok NAME" or "not ok NAME: why" per case. The probe lies in $WEIR_PROBES.
"""
import hashlib
import os
import random
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import traceback
import unittest
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROBE = os.path.join(os.path.abspath(os.environ.get("WEIR_PROBES", os.path.join(TOP, "build/debug/src"))),
                     "gitrepo_repo_probe")
NOBODY = 65534


def escape(name):
    return "".join(chr(c) if 0x21 <= c <= 0x7E and c != 0x5C else "\\x%02x" % c for c in name)


class Answer:
    def __init__(self, process):
        self.status = process.returncode
        self.out = process.stdout
        self.lines = process.stdout.decode().splitlines() if b"\0" not in process.stdout else []
        words = process.stderr.decode("utf-8", "replace").split("\n") + [""] * 4
        self.code, self.message, self.context, self.mend = words[:4]

    def facts(self):
        return {line.partition(" ")[0]: line.partition(" ")[2] for line in self.lines}


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="weir-gitrepo-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        os.mkdir(self.path("home"))
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.path("home"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.com", "PROBE": PROBE,
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        self.clock = 1700000000
        with open(self.path("home", ".gitconfig"), "w") as f:
            f.write("[init]\n\tdefaultBranch = main\n[protocol \"file\"]\n\tallow = always\n"
                    "[advice]\n\tdetachedHead = false\n[gc]\n\tauto = 0\n")

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def git(self, repo, *args, env=None, check=True, stdin=None, raw=False):
        self.clock += 1
        date = "%d +0000" % self.clock
        run = subprocess.run(
            ["git", *args], cwd=self.path(repo), input=stdin, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**self.env, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, **(env or {})})
        if check and run.returncode:
            self.fail("git %s: %s" % (" ".join(args), run.stderr.decode()))
        return run.stdout if raw else run.stdout.decode().rstrip("\n")

    def ask(self, at, *question, cwd=None, env=None, user=None):
        """Asks about the path `at`; None: the user named none and stands in cwd."""
        probe = PROBE
        if user:  # who may not be let into the checkout
            probe = shutil.copy(PROBE, self.path("probe-of-another"))
        run = subprocess.run(
            [probe, "-" if at is None else self.path(at), *question],
            cwd=self.path(cwd if cwd is not None else "."), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env={**self.env, **(env or {})}, user=user,
            extra_groups=[] if user else None)
        self.assertIn(run.returncode, (0, 1), run.stderr.decode("utf-8", "replace"))
        return Answer(run)

    def answer(self, at, *question, **more):
        answer = self.ask(at, *question, **more)
        self.assertEqual(answer.status, 0, answer.message)
        return answer

    def refusal(self, at, *question, **more):
        answer = self.ask(at, *question, **more)
        self.assertEqual(answer.status, 1, answer.out)
        return answer

    def write(self, name, data=b"x\n", mode=None):
        path = os.path.join(os.fsencode(self.top), os.fsencode(name))
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(data if isinstance(data, bytes) else data.encode())
        if mode is not None:
            os.chmod(path, mode)

    def init(self, name="r", *options):
        os.makedirs(self.path(name))
        self.git(name, "init", "-q", *options)

    def commit(self, repo="r", message="a commit", **files):
        self.git(repo, "add", "-A")
        self.git(repo, "commit", "-q", "--allow-empty", "-m", message)
        return self.git(repo, "rev-parse", "HEAD")

    def make_repo(self, name="r"):
        """Two commits, odd names, an executable, a link."""
        self.init(name)
        self.write(name + "/go.mod", "module example.com/a\n\ngo 1.22\n")
        self.write(name + "/a/b.go", "package a\n")
        self.write(name + "/a-b/c.go", "package c\n")
        self.write(name + "/a.go", "package main\n")
        self.write(os.fsencode(name) + b"/bad\xff\xfe.txt", b"\x00\x01binary")
        self.write(name + "/new\nline.txt", "n\n")
        self.write(name + "/run.sh", "#!/bin/sh\n", 0o755)
        os.symlink("a/b.go", self.path(name, "link"))
        self.commit(name, "first")
        self.write(name + "/a/b.go", "package a\n\nvar B = 1\n")
        self.commit(name, "second\n\nbody")

    def ls_tree(self, repo, revision="HEAD"):
        kinds = {"100644": "file -", "100755": "file x", "120000": "symlink -",
                 "160000": "submodule -"}
        out = []
        for row in self.git(repo, "ls-tree", "-r", "-z", revision, raw=True).split(b"\0")[:-1]:
            meta, name = row.split(b"\t", 1)
            mode, _, oid = meta.decode().split()
            out.append("%s %s %s" % (kinds[mode], oid, escape(name)))
        return out

    def ls_files(self, repo, env=None):
        kinds = {"100644": "file -", "100755": "file x", "120000": "symlink -",
                 "160000": "submodule -"}
        out = []
        for row in self.git(repo, "ls-files", "-s", "-z", raw=True, env=env).split(b"\0")[:-1]:
            meta, name = row.split(b"\t", 1)
            mode, oid, _ = meta.decode().split()
            out.append("%s %s %s" % (kinds[mode], oid, escape(name)))
        return out

    def names(self, answer):
        return [line.split(" ")[3] for line in answer.lines]

    def state_of(self, root):
        """Every file below root with bytes, mode and times: what "writes nothing" means."""
        out = {}
        for folder, folders, files in os.walk(root):
            for name in folders + files:
                path = os.path.join(folder, name)
                st = os.lstat(path)
                data = b""
                if stat.S_ISREG(st.st_mode):
                    with open(path, "rb") as f:
                        data = hashlib.sha256(f.read()).digest()
                out[path] = (st.st_mode, st.st_mtime_ns, st.st_ctime_ns, st.st_ino, data)
        return out


class Trees(Case):
    def test_commit_equals_ls_tree(self):
        self.make_repo()
        for revision in ("HEAD", "HEAD~1", "main"):
            self.assertEqual(self.answer("r", "tree", revision).lines, self.ls_tree("r", revision))

    def test_index_equals_ls_files(self):
        self.make_repo()
        self.write("r/staged.go", "package main\n")
        self.git("r", "add", "staged.go")
        self.write("r/not_staged.go")
        self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))

    def test_disk_holds_what_lies_there(self):
        self.make_repo()
        self.write("r/untracked.txt")
        self.write("r/.gitignore", "*.txt\n")
        self.write("r/nested/.git/HEAD", "ref: x\n")
        self.write("r/nested/file.go")
        os.mkfifo(self.path("r/fifo"))
        os.symlink("..", self.path("r/a/up"))
        os.symlink("self", self.path("r/self"))
        found = self.answer("r", "tree", "disk")
        self.assertEqual(sorted(self.names(found)), sorted(
            [".gitignore", "a-b/c.go", "a.go", "a/b.go", "a/up", "bad\\xff\\xfe.txt", "fifo",
             "go.mod", "link", "nested/file.go", "new\\x0aline.txt", "run.sh", "self",
             "untracked.txt"]))
        kinds = {line.split(" ")[3]: line.split(" ")[0] for line in found.lines}
        self.assertEqual(kinds["fifo"], "special")
        self.assertEqual(kinds["a/up"], "symlink")
        self.assertEqual(self.refusal("r", "cat", "disk", "fifo").code, "ERR_UNSUPPORTED")

    def test_bytes_are_the_same_everywhere(self):
        self.make_repo()
        for tree in ("disk", "index", "HEAD"):
            self.assertEqual(self.answer("r", "cat", tree, "a/b.go").out, b"package a\n\nvar B = 1\n")
            self.assertEqual(self.answer("r", "cat", tree, "link").out, b"a/b.go")
            refused = self.refusal("r", "cat", tree, "a/b.go", "5")
            self.assertEqual(refused.code, "ERR_LIMIT")
        self.assertEqual(self.answer("r", "cat", "HEAD~1", "a/b.go").out, b"package a\n")

    def test_unreadable_folder_is_an_entry(self):
        self.make_repo()
        self.write("r/secret/x.go")
        os.chmod(self.path("r/secret"), 0)
        os.chmod(self.top, 0o755)
        user = NOBODY if os.geteuid() == 0 else None
        env = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory",
               "GIT_CONFIG_VALUE_0": "*"}
        found = self.answer("r", "tree", "disk", user=user, env=env)
        self.assertIn("unreadable - %s secret" % ("0" * 40), found.lines)
        refused = self.refusal("r", "cat", "disk", "secret", user=user, env=env)
        os.chmod(self.path("r/secret"), 0o755)
        self.assertEqual(refused.code, "ERR_IO")
        self.assertIn("Permission denied", refused.message)

    def test_packs_and_threads(self):
        self.init()
        rng = random.Random(5)
        size = 0
        for i in range(200):
            data = "".join("line %d %d\n" % (j, rng.randrange(9)) for j in range(rng.randrange(300)))
            size += len(data)
            self.write("r/d%d/f%d.go" % (i % 7, i), data)
        self.commit()
        self.write("r/d0/f0.go", "changed\n")
        self.commit()
        self.git("r", "gc", "-q", "--aggressive", "--prune=now")
        self.assertEqual(self.answer("r", "tree", "HEAD~1").lines, self.ls_tree("r", "HEAD~1"))
        facts = self.answer("r", "read-all", "HEAD~1").facts()
        self.assertEqual(facts, {"bytes": str(size * 4), "failures": "0"})

    def test_random_histories_equal_git(self):
        rng = random.Random(11)
        self.init()
        for step in range(12):
            for _ in range(rng.randrange(1, 9)):
                name = "r/" + "/".join(rng.choice("ab.-0z") * rng.randrange(1, 3)
                                       for _ in range(rng.randrange(1, 4))).replace("..", "_").replace("./", "_/")
                full = self.path(name)
                if os.path.isdir(full) or name.endswith("."):
                    continue
                try:
                    self.write(name, "%d\n" % rng.random().__hash__(), rng.choice([0o644, 0o755]))
                except (NotADirectoryError, FileExistsError):
                    continue
            self.commit()
            self.assertEqual(self.answer("r", "tree", "HEAD").lines, self.ls_tree("r"))
            self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))


class Places(Case):
    def test_folder_without_repository(self):
        os.mkdir(self.path("plain"))
        self.write("plain/a.go")
        env = {"GIT_CEILING_DIRECTORIES": self.top}
        self.assertEqual(self.answer("plain", "info", env=env).lines, ["no repository"])
        self.assertEqual(self.names(self.answer("plain", "tree", "disk", env=env)), ["a.go"])

    def test_absent_path(self):
        self.assertEqual(self.refusal("nothing/here", "info").code, "ERR_NOT_FOUND")

    def test_subfolder_and_file(self):
        self.make_repo()
        for at, prefix in (("r", ""), ("r/a", "a"), ("r/a/b.go", "a/b.go")):
            facts = self.answer(at, "info").facts()
            self.assertEqual(facts["work_dir"], self.path("r"))
            self.assertEqual(facts["git_dir"], self.path("r/.git"))
            self.assertEqual(facts["prefix"], prefix)
        self.assertEqual(self.answer(None, "info", cwd="r/a").facts()["prefix"], "a")

    def test_ceiling_stops_the_search(self):
        self.make_repo()
        env = {"GIT_CEILING_DIRECTORIES": self.path("r")}
        self.assertEqual(self.answer("r/a", "info", env=env).lines, ["no repository"])

    def test_path_through_a_symlink(self):
        self.make_repo()
        os.symlink("r", self.path("alias"))
        facts = self.answer("alias/a", "info").facts()
        self.assertEqual((facts["work_dir"], facts["prefix"]), (self.path("r"), "a"))

    def test_bare(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--bare", "r", "bare.git")
        facts = self.answer("bare.git", "info").facts()
        self.assertEqual((facts["bare"], facts["work_dir"]), ("1", ""))
        self.assertEqual(facts["git_dir"], self.path("bare.git"))
        self.assertEqual(self.answer("bare.git", "tree", "main").lines, self.ls_tree("r"))
        self.assertEqual(self.answer("bare.git", "head").facts()["branch"], "main")

    def test_linked_worktree(self):
        self.make_repo()
        self.git("r", "worktree", "add", "-q", "-b", "side", self.path("wt"))
        self.write("wt/only_here.go")
        self.git("wt", "add", ".")
        facts = self.answer("wt", "info").facts()
        self.assertEqual(facts["linked"], "1")
        self.assertEqual(facts["work_dir"], self.path("wt"))
        self.assertEqual(facts["common_dir"], self.path("r/.git"))
        self.assertEqual(self.answer("wt", "head").facts()["branch"], "side")
        self.assertEqual(self.answer("wt", "tree", "index").lines, self.ls_files("wt"))
        self.assertNotEqual(self.ls_files("wt"), self.ls_files("r"))

    def test_worktree_of_a_bare_repository(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--bare", "r", "bare.git")
        self.git("bare.git", "worktree", "add", "-q", self.path("wt"), "main")
        facts = self.answer("wt", "info").facts()
        self.assertEqual((facts["bare"], facts["work_dir"]), ("0", self.path("wt")))
        self.assertEqual(self.answer("wt", "tree", "index").lines, self.ls_files("wt"))

    def test_submodule(self):
        self.make_repo("lib")
        self.make_repo()
        self.git("r", "submodule", "--quiet", "add", self.path("lib"), "third/lib")
        self.commit()
        self.assertEqual(self.answer("r", "tree", "HEAD").lines, self.ls_tree("r"))
        self.assertTrue(any(line.startswith("submodule") for line in self.ls_tree("r")))
        self.assertEqual(self.refusal("r", "cat", "HEAD", "third/lib").code, "ERR_UNSUPPORTED")
        facts = self.answer("r/third/lib/a", "info").facts()
        self.assertEqual(facts["work_dir"], self.path("r/third/lib"))
        self.assertEqual(facts["git_dir"], self.path("r/.git/modules/third/lib"))
        self.assertEqual(facts["prefix"], "a")
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines, [])

    def test_separate_git_dir_and_core_worktree(self):
        os.mkdir(self.path("work"))
        self.git("work", "init", "-q", "--separate-git-dir", self.path("store"))
        self.write("work/a.go")
        self.commit("work")
        facts = self.answer("work", "info").facts()
        self.assertEqual((facts["git_dir"], facts["work_dir"]),
                         (self.path("store"), self.path("work")))
        self.init("other")
        self.git("other", "config", "core.worktree", self.path("work"))
        self.assertEqual(self.answer("other", "info").facts()["work_dir"], self.path("work"))

    def test_shared_clone_reads_alternates(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--shared", "r", "shared")
        self.assertEqual(self.answer("shared", "cat", "HEAD", "a/b.go").out,
                         b"package a\n\nvar B = 1\n")

    def test_damaged_git_file(self):
        os.mkdir(self.path("r"))
        for text in ("gitdir: /nonexistent/place\n", "rubbish\n"):
            self.write("r/.git", text)
            self.assertEqual(self.refusal("r", "info").status, 1)

    def test_sha256(self):
        self.init("r", "--object-format=sha256")
        self.write("r/a.go")
        self.commit()
        refused = self.refusal("r", "info")
        self.assertEqual(refused.code, "ERR_UNSUPPORTED")
        self.assertIn("sha256", refused.message)
        self.assertTrue(refused.mend)

    def test_object_format_that_is_named_needlessly(self):
        self.make_repo()
        self.git("r", "config", "core.repositoryformatversion", "1")
        self.git("r", "config", "extensions.objectformat", "sha1")
        self.assertEqual(self.answer("r", "tree", "HEAD").lines, self.ls_tree("r"))

    def test_bare_by_its_own_worktree_configuration(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--bare", "r", "bare.git")
        self.git("bare.git", "worktree", "add", "-q", self.path("wt"), "main")
        self.git("wt", "sparse-checkout", "set", "a")
        self.assertEqual(self.git("bare.git", "config", "--worktree", "core.bare"), "true")
        facts = self.answer("bare.git", "info").facts()
        self.assertEqual((facts["bare"], facts["work_dir"]), ("1", ""))
        facts = self.answer("wt", "info").facts()
        self.assertEqual((facts["bare"], facts["work_dir"]), ("0", self.path("wt")))
        self.assertEqual(self.answer("wt", "tree", "index").lines, self.ls_files("wt"))

    def test_unknown_extension(self):
        self.make_repo()
        self.git("r", "config", "core.repositoryformatversion", "1")
        self.git("r", "config", "extensions.refstorage", "reftable")
        refused = self.refusal("r", "info")
        self.assertEqual(refused.code, "ERR_UNSUPPORTED")
        self.assertIn("refstorage", refused.message)

    def test_partial_clone_and_sparse_checkout_open(self):
        self.make_repo()
        self.git("r", "config", "uploadpack.allowFilter", "true")
        self.git(".", "clone", "-q", "--filter=blob:none", "--no-checkout",
                 "file://" + self.path("r"), "partial")
        self.assertEqual(self.answer("partial", "tree", "HEAD").lines, self.ls_tree("r"))
        missing = self.refusal("partial", "cat", "HEAD", "a/b.go")
        self.assertEqual(missing.code, "ERR_NOT_FOUND")
        self.git("partial", *missing.mend.split()[1:])
        self.assertEqual(self.answer("partial", "cat", "HEAD", "a/b.go").out,
                         b"package a\n\nvar B = 1\n")
        self.git("r", "sparse-checkout", "set", "a")
        self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))


class Owners(Case):
    def chown(self, path):
        command = ["chown", "-R", "%d" % NOBODY, path]
        if os.geteuid():
            command = ["sudo", "-n"] + command
            self.addCleanup(subprocess.run, ["sudo", "-n", "rm", "-rf", path])
        subprocess.run(command, check=True)

    def test_repository_of_another_user(self):
        self.make_repo()
        self.chown(self.path("r"))
        refused = self.refusal("r", "head")
        self.assertEqual(refused.code, "ERR_IO")
        self.assertEqual(refused.mend,
                         "git config --global --add safe.directory " + self.path("r"))
        self.git(".", *refused.mend.split()[1:])
        self.answer("r", "head")
        self.answer("r/a", "head")

    def test_values_of_safe_directory(self):
        self.make_repo()
        self.chown(self.path("r"))
        cases = [(["*"], 0), ([self.top + "/*"], 0), ([self.path("r") + "/"], 0),
                 ([self.path("r"), ""], 1), (["", self.path("r")], 0), ([self.top], 1),
                 (["~/../r"], 0), ([self.path("other") + "/*"], 1)]
        for values, status in cases:
            with open(self.path("global"), "w") as f:
                f.write("[safe]\n" + "".join('\tdirectory = "%s"\n' % v for v in values))
            answer = self.ask("r", "head", env={"GIT_CONFIG_GLOBAL": self.path("global")})
            self.assertEqual(answer.status, status, values)

    def test_safe_directory_given_to_git(self):
        self.make_repo()
        self.chown(self.path("r"))
        for value, status in ((self.path("r"), 0), ("*", 0), ("/it's elsewhere", 1)):
            run = subprocess.run(["git", "-c", "alias.probe=!\"$PROBE\" %s head" % self.path("r"),
                                  "-c", "safe.directory=" + value, "probe"], cwd=self.top,
                                 env=self.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            self.assertEqual(run.returncode, status, run.stderr)

    def test_safe_directory_in_the_repository_counts_not(self):
        self.make_repo()
        self.git("r", "config", "safe.directory", "*")
        self.chown(self.path("r"))
        self.refusal("r", "head")

    def test_sudo(self):
        self.make_repo()
        self.chown(self.path("r"))
        answer = self.ask("r", "head", env={"SUDO_UID": str(NOBODY)})
        self.assertEqual(answer.status, 0 if os.geteuid() == 0 else 1)


class Revisions(Case):
    def test_names_mean_what_git_says(self):
        self.make_repo()
        self.git("r", "tag", "light", "HEAD~1")
        self.git("r", "tag", "-a", "-m", "x", "v1.0.0", "HEAD~1")
        self.git("r", "branch", "feature/x")
        full = self.git("r", "rev-parse", "HEAD")
        for name in ("HEAD", "@", "main", "light", "v1.0.0", "v1.0.0^{commit}", "HEAD~1", "HEAD^",
                     "feature/x", "refs/heads/main", "heads/main", full, full[:9], ":/first",
                     "HEAD@{0}", "main@{1}", "HEAD^{/first}"):
            want = self.git("r", "rev-list", "-1", name)
            self.assertEqual(self.answer("r", "resolve", name).facts()["oid"], want, name)
        facts = self.answer("r", "resolve", "v1.0.0").facts()
        self.assertEqual(facts["label"], "v1.0.0@" + facts["oid"][:7])
        self.assertEqual(facts["summary"], "first")
        self.assertEqual(self.answer("r", "resolve", full).facts()["label"], full[:7])

    def test_what_is_no_commit(self):
        self.make_repo()
        for name, code in (("nothing", "ERR_NOT_FOUND"), ("HEAD~9", "ERR_NOT_FOUND"),
                           ("HEAD:a/b.go", "ERR_USAGE"), ("HEAD^{tree}", "ERR_USAGE"),
                           ("HEAD~1..HEAD", "ERR_USAGE"), ("", "ERR_USAGE"),
                           ("0123456789", "ERR_NOT_FOUND"), ("HEAD^{nonsense", "ERR_USAGE")):
            refused = self.refusal("r", "resolve", name)
            self.assertEqual(refused.code, code, (name, refused.message))

    def test_head(self):
        self.make_repo()
        full = self.git("r", "rev-parse", "HEAD")
        self.assertEqual(self.answer("r", "head").facts(),
                         {"branch": "main", "oid": full, "label": "main@" + full[:7]})
        self.git("r", "checkout", "-q", "--detach")
        self.assertEqual(self.answer("r", "head").facts(),
                         {"branch": "", "oid": full, "label": full[:7]})

    def test_no_commit_yet(self):
        self.init()
        self.write("r/a.go")
        self.assertEqual(self.answer("r", "head").facts(),
                         {"branch": "main", "oid": "", "label": "main"})
        self.assertEqual(self.answer("r", "tree", "index").lines, [])
        self.git("r", "add", ".")
        self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))
        self.assertEqual(self.refusal("r", "resolve", "HEAD").code, "ERR_NOT_FOUND")
        self.assertEqual(self.refusal("r", "tree", "HEAD").code, "ERR_NOT_FOUND")

    def random_history(self, rng, count):
        tree = self.git("r", "write-tree")
        commits = []
        for i in range(count):
            parents = rng.sample(commits[-6:], min(len(commits[-6:]), rng.choice([0, 1, 1, 1, 2, 2, 3])))
            if commits and not parents and rng.random() < 0.9:
                parents = [rng.choice(commits)]
            args = [word for parent in parents for word in ("-p", parent)]
            commits.append(self.git("r", "commit-tree", tree, "-m", "c%d" % i, *args))
        for i, oid in enumerate(commits):
            self.git("r", "update-ref", "refs/heads/c%d" % i, oid)
        return commits

    def test_merge_base_of_random_histories(self):
        self.init()
        rng = random.Random(3)
        commits = self.random_history(rng, 40)
        for _ in range(120):
            one, other = rng.choice(commits), rng.choice(commits)
            want = self.git("r", "merge-base", "--all", one, other, check=False).split()
            answer = self.ask("r", "merge-base", one, other)
            if want:
                self.assertEqual(answer.status, 0, answer.message)
                self.assertIn(answer.facts()["oid"], want)
            else:
                self.assertEqual((answer.status, answer.code), (1, "ERR_NOT_FOUND"))
                self.assertIn("no common commit", answer.message)

    def test_merge_base_of_shallow_random_histories(self):
        self.init()
        rng = random.Random(4)
        commits = self.random_history(rng, 60)
        tips = set(commits[-1:]) | set(rng.sample(commits[20:], 8))
        for i, oid in enumerate(commits):
            if oid not in tips:
                self.git("r", "update-ref", "-d", "refs/heads/c%d" % i)
        self.git(".", "clone", "-q", "--no-single-branch", "--depth", "3", "--no-checkout",
                 "file://" + self.path("r"), "shallow", check=False)
        self.assertEqual(self.answer("shallow", "info").facts()["shallow"], "1")
        names = self.git("shallow", "for-each-ref", "--format=%(objectname)").split()
        found = 0
        for _ in range(80):
            one, other = rng.choice(names), rng.choice(names)
            want = self.git("shallow", "merge-base", "--all", one, other, check=False).split()
            answer = self.ask("shallow", "merge-base", one, other)
            if want:
                self.assertEqual(answer.status, 0, answer.message)
                self.assertIn(answer.facts()["oid"], want)
                found += 1
            else:
                self.assertEqual((answer.status, answer.code), (1, "ERR_NOT_FOUND"))
                self.assertEqual(answer.mend, "git fetch --unshallow")
        self.assertGreater(found, 10)

    def test_shallow_clone(self):
        self.make_repo()
        self.git("r", "checkout", "-q", "-b", "side", "HEAD~1")
        self.write("r/side.go")
        self.commit()
        self.git(".", "clone", "-q", "--no-single-branch", "--depth", "1",
                 "file://" + self.path("r"), "shallow")
        self.assertEqual(self.answer("shallow", "tree", "HEAD").lines, self.ls_tree("r"))
        refused = self.refusal("shallow", "merge-base", "origin/main", "origin/side")
        self.assertEqual((refused.code, refused.mend), ("ERR_NOT_FOUND", "git fetch --unshallow"))
        self.assertEqual(self.refusal("shallow", "resolve", "HEAD~1").mend, "git fetch --unshallow")
        self.git("shallow", "fetch", "-q", "--unshallow")
        self.answer("shallow", "merge-base", "origin/main", "origin/side")


class Environment(Case):
    def hook(self, repo, name, text):
        folder = self.path(repo, "hooks") if repo.endswith(".git") else self.path(
            self.git(repo, "rev-parse", "--path-format=absolute", "--git-path", "hooks"))
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w") as f:
            f.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o755)

    def read(self, name):
        with open(self.path(name)) as f:
            return f.read().splitlines()

    def test_partial_commit_has_its_own_index(self):
        self.make_repo()
        self.write("r/one.go")
        self.write("r/two.go")
        self.git("r", "add", ".")
        self.hook("r", "pre-commit", '"$PROBE" - tree index >"$HOME/seen" 2>&1\n'
                  'echo "$GIT_INDEX_FILE" >"$HOME/index"\n')
        self.git("r", "commit", "-q", "-m", "only one", "one.go")
        self.assertTrue(self.read("home/index")[0])
        self.assertEqual(self.read("home/seen"), self.ls_tree("r"))
        self.assertNotIn("two.go", " ".join(self.read("home/seen")))

    def test_commit_from_a_subfolder(self):
        self.make_repo()
        self.write("r/a/one.go")
        self.hook("r", "pre-commit", '"$PROBE" - tree index >"$HOME/seen" 2>&1\n'
                  '"$PROBE" - info >"$HOME/info" 2>&1\n'
                  '(cd a && "$PROBE" - tree index >"$HOME/seen_below" 2>&1)\n'
                  'echo "prefix=$GIT_PREFIX" >>"$HOME/info"\n')
        self.git("r/a", "add", "one.go")
        self.git("r/a", "commit", "-q", "-m", "x", "one.go")
        self.assertEqual(self.read("home/seen"), self.ls_tree("r"))
        self.assertEqual(self.read("home/seen_below"), self.ls_tree("r"))
        self.assertIn("prefix=a/", self.read("home/info"))
        self.assertIn("work_dir " + self.path("r"), self.read("home/info"))

    def test_hook_in_a_linked_worktree(self):
        self.make_repo()
        self.git("r", "worktree", "add", "-q", "-b", "side", self.path("wt"))
        self.write("wt/only_here.go")
        self.git("wt", "add", ".")
        self.hook("wt", "pre-commit", 'echo "dir=$GIT_DIR" >"$HOME/info"\n'
                  '"$PROBE" - info >>"$HOME/info" 2>&1\n'
                  '"$PROBE" - tree index >"$HOME/seen" 2>&1\n'
                  '"$PROBE" %s tree index >"$HOME/main" 2>&1\n' % self.path("r"))
        self.git("wt", "commit", "-q", "-m", "x")
        self.assertEqual(self.read("home/seen"), self.ls_tree("wt"))
        self.assertEqual(self.read("home/main"), self.ls_files("r"))
        self.assertIn("work_dir " + self.path("wt"), self.read("home/info"))

    def test_other_repository_named_inside_a_hook(self):
        self.make_repo()
        self.make_repo("other")
        self.write("r/one.go")
        self.git("r", "add", ".")
        self.hook("r", "pre-commit", '"$PROBE" %s tree index >"$HOME/seen" 2>&1\n'
                  % self.path("other"))
        self.git("r", "commit", "-q", "-m", "x", "one.go")
        self.assertEqual(self.read("home/seen"), self.ls_files("other"))

    def test_quarantine_of_a_push(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--bare", "r", "bare.git")
        self.hook("bare.git", "pre-receive", 'while read -r old new ref; do\n'
                  '  "$PROBE" - tree "$new" >"$HOME/seen" 2>&1\n'
                  '  "$PROBE" - cat "$new" pushed.go >"$HOME/cat" 2>&1\n'
                  '  "$PROBE" - merge-base "$old" "$new" >"$HOME/base" 2>&1\n'
                  '  "$PROBE" . resolve "$new" >"$HOME/named" 2>&1\n'
                  '  echo "quarantine=$GIT_QUARANTINE_PATH" >"$HOME/env"\n'
                  'done\nexit 1\n')
        self.write("r/pushed.go", "package pushed\n")
        new = self.commit()
        self.git("r", "push", "-q", self.path("bare.git"), "main", check=False)
        self.assertNotEqual(self.read("home/env"), ["quarantine="])
        self.assertEqual(self.read("home/seen"), self.ls_tree("r"))
        self.assertEqual(self.read("home/cat"), ["package pushed"])
        self.assertIn("oid " + self.git("r", "rev-parse", "HEAD~1"), self.read("home/base"))
        self.assertIn("oid " + new, self.read("home/named"))
        self.assertEqual(self.refusal("bare.git", "resolve", new).code, "ERR_NOT_FOUND")

    def test_quarantine_path_with_a_colon(self):
        self.make_repo()
        self.git(".", "clone", "-q", "--bare", "r", 'odd:"name.git')
        self.hook('odd:"name.git', "pre-receive", 'while read -r old new ref; do\n'
                  '  "$PROBE" - cat "$new" go.mod >"$HOME/seen" 2>&1\ndone\nexit 1\n')
        self.write("r/pushed.go")
        self.commit()
        self.git("r", "push", "-q", self.path('odd:"name.git'), "main", check=False)
        self.assertEqual(self.read("home/seen")[0], "module example.com/a")

    def test_update_hook_into_a_checked_out_repository(self):
        self.make_repo()
        self.git(".", "clone", "-q", "r", "target")
        self.git("target", "config", "receive.denyCurrentBranch", "ignore")
        self.hook("target", "update", '"$PROBE" - tree "$3" >"$HOME/seen" 2>&1\n')
        self.write("r/pushed.go")
        self.commit()
        self.git("r", "push", "-q", self.path("target"), "main")
        self.assertEqual(self.read("home/seen"), self.ls_tree("r"))

    def test_git_dir_from_outside(self):
        self.make_repo()
        os.mkdir(self.path("elsewhere"))
        env = {"GIT_DIR": self.path("r/.git"), "GIT_WORK_TREE": self.path("r")}
        facts = self.answer(None, "info", cwd="elsewhere", env=env).facts()
        self.assertEqual((facts["work_dir"], facts["environment"]), (self.path("r"), "1"))
        self.assertEqual(self.answer(None, "tree", "index", cwd="elsewhere", env=env).lines,
                         self.ls_files("r"))
        facts = self.answer(None, "info", cwd="elsewhere", env={"GIT_DIR": "../r/.git"}).facts()
        self.assertEqual(facts["work_dir"], self.git(
            "elsewhere", "rev-parse", "--show-toplevel", env={"GIT_DIR": "../r/.git"}))
        facts = self.answer("r/a", "info", cwd="r", env={"GIT_DIR": ".git"}).facts()
        self.assertEqual(facts["prefix"], "a")

    def test_git_dir_that_is_no_repository(self):
        self.make_repo()
        os.mkdir(self.path("empty"))
        refused = self.refusal(None, "info", cwd="r", env={"GIT_DIR": self.path("empty")})
        self.assertEqual(refused.code, "ERR_NOT_FOUND")

    def test_git_work_tree_alone(self):
        self.make_repo()
        os.mkdir(self.path("other"))
        facts = self.answer(None, "info", cwd="r", env={"GIT_WORK_TREE": self.path("other")}).facts()
        self.assertEqual(facts["work_dir"], self.path("other"))

    def test_index_file_by_hand(self):
        self.make_repo()
        env = {"GIT_INDEX_FILE": self.path("mine")}
        self.git("r", "read-tree", "HEAD~1", env=env)
        self.assertEqual(self.answer(None, "tree", "index", cwd="r", env=env).lines,
                         self.ls_tree("r", "HEAD~1"))
        self.git("r", "read-tree", "HEAD~1", env={"GIT_INDEX_FILE": ".git/next"})
        self.assertEqual(self.answer(None, "tree", "index", cwd="r/a",
                                     env={"GIT_INDEX_FILE": ".git/next"}).lines,
                         self.ls_tree("r", "HEAD~1"))

    def test_object_directory(self):
        self.make_repo()
        os.mkdir(self.path("objects"))
        env = {"GIT_OBJECT_DIRECTORY": self.path("objects"),
               "GIT_ALTERNATE_OBJECT_DIRECTORIES": self.path("r/.git/objects")}
        self.write("r/hidden.go")
        self.git("r", "add", ".", env=env)
        tree = self.git("r", "write-tree", env=env)
        commit = self.git("r", "commit-tree", tree, "-m", "x", env=env)
        self.assertEqual(self.answer(None, "cat", commit, "hidden.go", cwd="r", env=env).out, b"x\n")
        self.refusal(None, "cat", commit, "hidden.go", cwd="r")


class Damage(Case):
    def object_path(self, oid):
        return self.path("r/.git/objects", oid[:2], oid[2:])

    def test_missing_objects(self):
        self.make_repo()
        blob = self.git("r", "rev-parse", "HEAD:a/b.go")
        os.remove(self.object_path(blob))
        self.answer("r", "tree", "HEAD")
        refused = self.refusal("r", "cat", "HEAD", "a/b.go")
        self.assertEqual((refused.code, refused.mend), ("ERR_NOT_FOUND", "git fsck --full"))
        self.assertIn(blob, refused.message)
        tree = self.git("r", "rev-parse", "HEAD:a")
        os.remove(self.object_path(tree))
        refused = self.refusal("r", "tree", "HEAD")
        self.assertEqual(refused.code, "ERR_NOT_FOUND")
        self.assertIn(tree, refused.message)

    def test_damaged_object(self):
        self.make_repo()
        blob = self.git("r", "rev-parse", "HEAD:go.mod")
        os.chmod(self.object_path(blob), 0o644)
        with open(self.object_path(blob), "wb") as f:
            f.write(b"rubbish")
        self.assertEqual(self.refusal("r", "cat", "HEAD", "go.mod").status, 1)

    def test_altered_object_is_not_believed(self):
        self.make_repo()
        blob = self.git("r", "rev-parse", "HEAD:go.mod")
        os.chmod(self.object_path(blob), 0o644)
        with open(self.object_path(blob), "wb") as f:
            f.write(zlib.compress(b"blob 4\0evil"))
        self.assertEqual(self.refusal("r", "cat", "HEAD", "go.mod").code, "ERR_MISMATCH")

    def test_damaged_index(self):
        self.make_repo()
        with open(self.path("r/.git/index"), "r+b") as f:
            f.seek(40)
            f.write(b"\xff\xff\xff")
        refused = self.refusal("r", "tree", "index")
        self.assertTrue(refused.mend)

    def test_unmerged_index(self):
        self.make_repo()
        self.git("r", "checkout", "-q", "-b", "side", "HEAD~1")
        self.write("r/a/b.go", "package other\n")
        self.commit()
        self.git("r", "merge", "-q", "main", check=False)
        refused = self.refusal("r", "tree", "index")
        self.assertEqual(refused.code, "ERR_UNSUPPORTED")
        self.assertIn("a/b.go", refused.message)
        self.assertIn("git add", refused.mend)

    def test_intent_to_add_is_left_out(self):
        self.make_repo()
        self.write("r/later.go")
        self.git("r", "add", "-N", "later.go")
        self.assertNotIn("later.go", self.names(self.answer("r", "tree", "index")))

    def test_split_and_sparse_index_name_their_mend(self):
        self.make_repo()
        self.git("r", "update-index", "--split-index")
        refused = self.refusal("r", "tree", "index")
        self.assertEqual(refused.code, "ERR_UNSUPPORTED")
        self.assertEqual(self.refusal("r", "ignored", "a.go").mend, refused.mend)
        self.git("r", *refused.mend.split()[1:])
        self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))
        self.git("r", "sparse-checkout", "set", "--cone", "--sparse-index", "a")
        refused = self.refusal("r", "tree", "index")
        self.assertEqual(refused.code, "ERR_UNSUPPORTED")
        self.git("r", *refused.mend.split()[1:])
        self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))

    def test_index_versions(self):
        self.make_repo()
        for version in ("2", "3", "4"):
            self.git("r", "update-index", "--index-version", version)
            self.assertEqual(self.answer("r", "tree", "index").lines, self.ls_files("r"))


class Diffs(Case):
    def git_diff(self, repo, *revisions):
        """What `git diff -U0` says, in the probe's form."""
        out = []
        names = self.git(repo, "diff", "--no-renames", "--name-status", "-z", *revisions, raw=True)
        words = names.split(b"\0")[:-1]
        for kind, name in zip(words[::2], words[1::2]):
            line = "%s %s" % (kind.decode().replace("T", "M"), escape(name))
            if kind == b"A":
                line += " whole"
            if kind == b"M":
                text = self.git(repo, "diff", "--no-renames", "-U0", *revisions, "--",
                                os.fsdecode(name), raw=True)
                if b"\nBinary files" in text:
                    line += " whole"
                for start, count in re.findall(rb"^@@ -\S+ \+(\d+)(?:,(\d+))? @@", text, re.M):
                    count = int(count) if count else 1
                    if count:
                        line += " %d-%d" % (int(start), int(start) + count - 1)
            out.append((name, line))
        return [line for _, line in sorted(out)]

    def test_random_edits_equal_git_diff(self):
        rng = random.Random(7)
        self.init()
        texts = {"f%d.go" % i: ["line %d" % rng.randrange(8) for _ in range(60)] for i in range(8)}
        for _ in range(10):
            for name in list(texts):
                lines = texts[name]
                for _ in range(rng.randrange(6)):
                    at = rng.randrange(len(lines) + 1)
                    if rng.random() < 0.4 and lines:
                        del lines[at:at + rng.randrange(1, 4)]
                    elif rng.random() < 0.7:
                        lines[at:at] = ["new %d" % rng.randrange(30) for _ in range(rng.randrange(1, 4))]
                    elif at < len(lines):
                        lines[at] = "changed %d" % rng.randrange(30)
                self.write("r/" + name, "\n".join(lines) + rng.choice(["\n", "\n", ""]))
            if rng.random() < 0.3:
                self.write("r/added%d.go" % rng.randrange(9), "x\ny\n")
            self.commit()
        commits = self.git("r", "rev-list", "HEAD").split()
        for one, other in [(commits[i + 1], commits[i]) for i in range(9)] + [(commits[9], commits[0])]:
            self.assertEqual(self.answer("r", "diff", one, other).lines,
                             self.git_diff("r", one, other))
        texts["f1.go"][3:5] = ["edited on disk"]
        self.write("r/f1.go", "\n".join(texts["f1.go"]) + "\n")
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines, self.git_diff("r", "HEAD"))
        self.git("r", "add", ".")
        self.assertEqual(self.answer("r", "diff", "HEAD", "index").lines,
                         self.git_diff("r", "--cached", "HEAD"))

    def test_kinds_of_change(self):
        self.make_repo()
        os.remove(self.path("r/a.go"))
        os.chmod(self.path("r/go.mod"), 0o755)
        os.remove(self.path("r/link"))
        self.write("r/link", "now a file\n")
        self.write(b"r/bad\xff\xfe.txt".decode("utf-8", "surrogateescape"), b"\x00other")
        self.write("r/added/new.go", "1\n2\n")
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines,
                         ["D a.go", "A added/new.go whole", "M bad\\xff\\xfe.txt whole", "M go.mod",
                          "M link whole"])

    def test_line_end_conversion_is_no_change(self):
        self.init()
        self.write("r/.gitattributes", "*.txt text eol=crlf\n")
        self.write("r/a.txt", "one\r\ntwo\r\n")
        self.write("r/a.bin", "one\r\ntwo\r\n")
        self.commit()
        self.assertEqual(self.answer("r", "cat", "HEAD", "a.txt").out, b"one\ntwo\n")
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines, [])
        self.write("r/a.txt", "one\r\nchanged\r\n")
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines, ["M a.txt 2-2"])

    def test_file_mode_switched_off(self):
        self.make_repo()
        self.git("r", "config", "core.fileMode", "false")
        os.chmod(self.path("r/go.mod"), 0o755)
        self.assertEqual(self.answer("r", "diff", "HEAD", "disk").lines, [])


class Paths(Case):
    def check_ignored(self, paths):
        text = self.git("r", "check-ignore", "--no-index", "-z", "--stdin", check=False,
                        stdin="\0".join(paths).encode())
        want = [escape(name.encode()) for name in text.split("\0") if name]
        lines = self.answer("r", "ignored", *paths).lines
        self.assertEqual([line.split(" ")[2] for line in lines if line.startswith("ignored")], want)

    def test_random_ignore_rules_equal_check_ignore(self):
        rng = random.Random(9)
        self.init()
        names = ["a", "b", "ab", "a.b", "b.a"]
        paths = sorted({"/".join(rng.choice(names) for _ in range(rng.randrange(1, 4)))
                        for _ in range(80)})
        paths = [path for path in paths if not any(other.startswith(path + "/") for other in paths)]
        for path in paths:
            self.write("r/" + path)

        def rules():
            words = ["a", "b", "*", "?", "a*", "*.a", "**", "[ab]", "[!a]", "ab", "b.*", "a?b"]
            parts = ["/".join(rng.choice(words) for _ in range(rng.choice([1, 1, 2, 3])))
                     for _ in range(rng.randrange(5))]
            return "".join(rng.choice(["", "", "!"]) + rng.choice(["", "", "/"]) + part
                           + rng.choice(["", "", "/"]) + "\n" for part in parts)
        folders = sorted({"/".join(path.split("/")[:i]) for path in paths
                          for i in range(len(path.split("/")))})
        for _ in range(60):
            for folder in rng.sample(folders, 3) + [""]:
                self.write(os.path.join("r", folder, ".gitignore"), rules())
            self.check_ignored(paths)

    def test_ignored_equals_check_ignore(self):
        self.init()
        self.write("r/.gitignore", "*.log\n/build/\nvendor/**/testdata\n!keep.log\n\\#odd\nfoo/*\n!foo/bar\n!foo/file\n"
                   "order/*\nx\n!order/keep\nspace\\ \ntrail   \ncrlf.txt\r\nq\\?\n\\[b]x\n"
                   "deep/**/*.tmp\n!/deep/keep.tmp\ndir/\n!dir/inside\n")
        self.write("r/sub/.gitignore", "local\n!sub.log\n")
        self.write("r/.git/info/exclude", "excluded\n")
        self.write("home/global_ignore", "*.swp\n")
        self.git("r", "config", "--global", "core.excludesFile", self.path("home/global_ignore"))
        paths = ["a.log", "keep.log", "build/x", "build/keep.log", "sub/build/x", "sub/local",
                 "local", "sub/x.log", "vendor/a/testdata/f.go", "vendor/testdata/f",
                 "excluded", "x.swp", "#odd", "foo/a", "foo/file", "foo/bar/x", "a.go",
                 "vendor/a/b.go", "sub/deep/local/x", "sub/sub.log", "order/x", "order/keep/x",
                 "order/keep/y", "space ", "trail", "crlf.txt", "q?", "[b]x", "deep/a/b/c.tmp",
                 "deep/keep.tmp", "dir/inside/z"]
        for path in paths:
            self.write("r/" + path)
        self.check_ignored(paths)
        self.git("r", "add", "-f", "a.log")
        self.assertEqual(self.answer("r", "ignored", "a.log", "keep.log", "build/").lines,
                         ["ignored tracked a.log", "kept untracked keep.log",
                          "ignored untracked build/"])

    def check_attributes(self, tree, option, paths):
        want = []
        for path in paths:
            rows = self.git("r", "check-attr", *option, "text", "eol", "linguist-generated", "--",
                            path).splitlines()
            want += [" ".join(row.rsplit(": ", 2)[1:]) for row in rows]
        lines = self.answer("r", "attributes", tree, *paths).lines
        self.assertEqual([line for line in lines if not line.startswith("converts")], want)

    def test_attributes_equal_check_attr(self):
        self.init()
        paths = ["a.go", "a.txt", "vendor/x/a.go", "vendor/x/a.txt", "gen/a.pb.go"]
        for path in paths:
            self.write("r/" + path)
        self.write("r/.gitattributes", "*.txt text eol=crlf\nvendor/** -text\n*.pb.go linguist-generated=true\n")
        self.commit()
        self.check_attributes("disk", [], paths)
        self.check_attributes("index", ["--cached"], paths)
        self.write("r/.gitattributes", "*.go text=auto\n")
        self.write("r/vendor/.gitattributes", "*.go eol=lf\n")
        self.git("r", "add", ".")
        self.check_attributes("index", ["--cached"], paths)
        first = self.answer("r", "attributes", "HEAD", *paths).lines
        self.write("r/.gitattributes", "")
        self.check_attributes("disk", [], paths)
        self.check_attributes("index", ["--cached"], paths)
        self.git("r", "stash", "-q", "-u")
        self.check_attributes("index", ["--cached"], paths)
        self.assertEqual(first, self.answer("r", "attributes", "index", *paths).lines)

    def test_who_converts_line_ends(self):
        self.init()
        for path in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt"):
            self.write("r/" + path)
        self.write("r/.gitattributes", "a.txt text\nb.txt -text\nc.txt eol=lf\nd.txt text=auto\n")
        self.commit()

        def answers(tree):
            return "".join(self.answer("r", "attributes", tree, path).facts()["converts"]
                           for path in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt"))
        for tree in ("disk", "index", "HEAD"):
            self.assertEqual(answers(tree), "10110")
        self.git("r", "config", "core.autocrlf", "input")
        for tree in ("disk", "index", "HEAD"):
            self.assertEqual(answers(tree), "10111")


class Harmless(Case):
    def test_nothing_is_written(self):
        self.make_repo()
        self.write("r/a.go", "package changed\n")
        os.utime(self.path("r/go.mod"), (1, 1))
        self.git("r", "worktree", "add", "-q", "-b", "side", self.path("wt"))
        before = self.state_of(self.top)
        for question in (["info"], ["head"], ["resolve", "HEAD"], ["merge-base", "HEAD", "HEAD~1"],
                         ["tree", "disk"], ["tree", "index"], ["tree", "HEAD"],
                         ["read-all", "HEAD"], ["ignored", "a.go"],
                         ["attributes", "HEAD", "a.go"], ["diff", "HEAD~1", "disk"],
                         ["diff", "index", "disk"]):
            for at in ("r", "wt"):
                self.answer(at, *question)
        self.assertEqual(self.state_of(self.top), before)


class Lines(unittest.TestResult):
    def addSuccess(self, test):
        print("ok", test.id().partition(".")[2], flush=True)

    def addFailure(self, test, error):
        why = "".join(traceback.format_exception(*error))
        print("not ok %s: %s" % (test.id().partition(".")[2], why.replace("\n", "\n    ")), flush=True)

    addError = addFailure


if __name__ == "__main__":
    cases = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    unittest.TestSuite(case for group in cases for case in group if wanted in case.id()).run(Lines())
