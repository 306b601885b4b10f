"""Asks the object database of src/gitrepo/ for every object of repositories that the real git makes, and
compares with `git cat-file`; the bytes of each object are held against its id.

usage: odb_test.py [NAME]    only the cases that have NAME in their name

Prints "ok NAME" or "not ok NAME: why" per case. The probe lies in $WEIR_PROBES.
"""
import glob
import hashlib
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import traceback
import unittest

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROBE = os.path.join(os.path.abspath(os.environ.get("WEIR_PROBES", os.path.join(TOP, "build/debug/src"))),
                     "gitrepo_odb_probe")


def parse(out):
    """ID -> (type, bytes), or (error, words)."""
    objects = {}
    at = 0
    while at < len(out):
        end = out.index(b"\n", at)
        line = out[at:end].decode("utf-8", "replace")
        oid, kind, rest = line.split(" ", 2)
        at = end + 1
        if kind == "error":
            objects[oid] = ("error", rest)
            continue
        size = int(rest)
        objects[oid] = (kind, out[at:at + size])
        at += size + 1
    return objects


def data_of(data):
    return b"data %d\n" % len(data) + data + b"\n"


class Case(unittest.TestCase):
    maxDiff = 2000

    def setUp(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="weir-odb-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.top, "LC_ALL": "C.UTF-8", "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "C", "GIT_COMMITTER_EMAIL": "c@example.com",
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        with open(self.path(".gitconfig"), "w") as f:
            f.write("[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n[maintenance]\n\tauto = false\n"
                    "[protocol \"file\"]\n\tallow = always\n[advice]\n\tdetachedHead = false\n")
        self.random = random.Random(6)
        self.texts = {}
        self.clock = 1700000000

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def git(self, repo, *args, env=None, stdin=None):
        run = subprocess.run(["git", *args], cwd=self.path(repo), input=stdin, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, env={**self.env, **(env or {})})
        if run.returncode:
            self.fail("git %s: %s" % (" ".join(args), run.stderr.decode()))
        return run.stdout

    def ask(self, repo, question, env=None, status=0):
        run = subprocess.run([PROBE, self.path(repo), question, "3"], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, cwd=self.path(repo), env={**self.env, **(env or {})})
        self.assertEqual(run.returncode, status, run.stderr.decode("utf-8", "replace"))
        return run.stderr.decode() if status else parse(run.stdout)

    def grow(self, repo, commits=25, files=4):
        """Random files that change a little from commit to commit, so that git finds deltas."""
        texts = self.texts.setdefault(repo, {})
        stream = []
        for number in range(commits):
            self.clock += 1
            stream.append(b"commit refs/heads/main\ncommitter C <c@example.com> %d +0000\n" % self.clock)
            stream.append(data_of(b"commit %d" % number))
            if number == 0 and texts:
                stream.append(b"from refs/heads/main^0\n")
            for index in range(files):
                name = "d%d/f%d" % (index % 3, index)
                lines = texts.setdefault(name, ["%d %x" % (i, self.random.getrandbits(60)) for i in range(200)])
                for _ in range(3):
                    lines[self.random.randrange(len(lines))] = "changed %x" % self.random.getrandbits(40)
                text = "\n".join(lines) + "\n" * self.random.randrange(2)
                stream.append(b"M 644 inline %s\n" % name.encode() + data_of(text.encode()))
            data = self.random.randbytes(self.random.choice([0, 1, 70000]))
            stream.append(b"M 644 inline binary\n" + data_of(data))
        stream.append(b"tag v%d\nfrom refs/heads/main\ntagger C <c@example.com> %d +0000\n" % (self.clock, self.clock))
        stream.append(data_of(b"a tag"))
        self.git(repo, "-c", "fastimport.unpackLimit=1000000", "fast-import", "--quiet", stdin=b"".join(stream))

    def make(self, repo="r", *options):
        os.makedirs(self.path(repo))
        self.git(repo, "init", "-q", *options)
        self.grow(repo)
        return repo

    def expected(self, repo, env=None):
        out = self.git(repo, "cat-file", "--batch-all-objects", "--batch", env=env)
        return parse(out)

    def check(self, repo, env=None, algorithm="sha1"):
        want = self.expected(repo, env)
        self.assertGreater(len(want), 50)
        for question in ("walk", "read"):
            got = self.ask(repo, question, env)
            self.assertEqual(sorted(got), sorted(want), question)
            for oid, (kind, data) in got.items():
                head = b"%s %d\0" % (kind.encode(), len(data))
                self.assertEqual(hashlib.new(algorithm, head + data).hexdigest(), oid, question)
                self.assertEqual(kind, want[oid][0])
        return want

    def packs(self, repo, end="pack"):
        return sorted(glob.glob(self.path(repo, ".git/objects/pack/*." + end)))


class Whole(Case):
    def test_loose(self):
        self.check(self.make())

    def test_packed(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d", "--window=50", "--depth=250")
        self.assertEqual(len(self.packs("r")), 1)
        self.check("r")

    def test_packed_and_loose_and_twice(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d")
        self.grow("r", 5)
        self.git("r", "repack", "-q")
        self.git("r", "repack", "-q", "-a")
        self.grow("r", 3)
        self.assertEqual(len(self.packs("r")), 3)
        self.check("r")

    def test_ref_deltas(self):
        self.make()
        objects = self.git("r", "rev-list", "--objects", "--all")
        os.makedirs(self.path("r/.git/objects/pack"), exist_ok=True)
        self.git("r", "pack-objects", "-q", "--no-reuse-delta", "--window=20", ".git/objects/pack/pack", stdin=objects)
        self.git("r", "prune-packed", "-q")
        self.check("r")

    def test_index_of_version_1(self):
        self.make()
        self.git("r", "-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d")
        self.check("r")

    def test_large_offsets(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d")
        pack = self.packs("r")[0]
        os.chmod(pack[:-4] + "idx", 0o644)
        self.git("r", "index-pack", "--index-version=2,0x40", "-o", pack[:-4] + "idx", pack)
        self.check("r")

    def test_sha256(self):
        self.make("r", "--object-format=sha256")
        self.check("r", algorithm="sha256")
        self.git("r", "repack", "-q", "-a", "-d")
        self.grow("r", 3)
        self.check("r", algorithm="sha256")

    def test_multi_pack_index_and_commit_graph(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d")
        self.grow("r", 5)
        self.git("r", "repack", "-q", "--write-midx")
        self.git("r", "commit-graph", "write", "--reachable")
        self.check("r")

    def test_linked_worktree(self):
        self.make()
        self.git("r", "worktree", "add", "-q", "../w")
        self.git("r", "repack", "-q", "-a", "-d")
        want = self.expected("r")
        self.assertEqual(self.ask("w", "walk"), want)

    def test_alternates(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d")
        for origin, clone in (("r", "b"), ("b", "c")):
            self.git(".", "clone", "-q", "--shared", origin, clone)
            self.texts[clone] = self.texts[origin]
            self.grow(clone, 3)
        self.check("c")
        with open(self.path("c/.git/objects/info/alternates"), "w") as f:
            f.write("# a comment\n../../../b/.git/objects\n\"" + self.path("gone") + "\"\n")
        self.check("c")

    def test_alternates_in_a_circle(self):
        self.make()
        os.makedirs(self.path("b"))
        self.git("b", "init", "-q")
        for one, other in (("r", "b"), ("b", "r")):
            with open(self.path(one, ".git/objects/info/alternates"), "w") as f:
                f.write(self.path(other, ".git/objects") + "\n")
        got = self.ask("b", "walk")
        self.assertEqual(got, self.expected("r"))

    def test_quarantine(self):
        for unpack in ("1", "100000"):  # kept as a pack; taken apart
            bare = "bare" + unpack
            self.make("r" + unpack)
            self.git(".", "clone", "-q", "--bare", "r" + unpack, bare)
            self.git(bare, "config", "receive.unpackLimit", unpack)
            hook = self.path(bare, "hooks/pre-receive")
            with open(hook, "w") as f:
                f.write("#!/bin/sh\n%s . walk 2 >%s || exit 1\n%s . read 2 >%s\n"
                        "git cat-file --batch-all-objects --batch >%s\n"
                        % (PROBE, self.path("walk"), PROBE, self.path("read"), self.path("want")))
            os.chmod(hook, 0o755)
            self.grow("r" + unpack, 5)
            self.git("r" + unpack, "push", "-q", "../" + bare, "main")
            results = []
            for name in ("want", "walk", "read"):
                with open(self.path(name), "rb") as f:
                    results.append(parse(f.read()))
            self.assertGreater(len(results[0]), 100)
            self.assertEqual(results[1], results[0])
            self.assertEqual(results[2], results[0])

    def test_thin_pack(self):
        """A pack whose deltas stand on objects elsewhere, as it is while a push is running."""
        self.make()
        base = self.git("r", "rev-parse", "HEAD").decode().strip()
        self.grow("r", 4)
        want = self.expected("r")
        thin = self.git("r", "pack-objects", "-q", "--stdout", "--thin", "--revs", "--delta-base-offset",
                        stdin=b"HEAD\n^%s\n" % base.encode())
        with open(self.path("thin.pack"), "wb") as f:
            f.write(thin)
        index = thin_index(thin, want)
        name = self.path("r/.git/objects/pack/pack-" + thin[-20:].hex())
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name + ".pack", "wb") as f:
            f.write(thin)
        with open(name + ".idx", "wb") as f:
            f.write(index)
        # What the thin pack has is nowhere else.
        listed = self.git("r", "rev-list", "--objects", "HEAD", "^" + base).decode().split("\n")
        for oid in (line.split(" ")[0] for line in listed if line):
            os.unlink(self.path("r/.git/objects", oid[:2], oid[2:]))
        for question in ("walk", "read"):
            self.assertEqual(self.ask("r", question), want, question)


def thin_index(pack, objects):
    """The index of a thin pack, which git writes only for whole ones."""
    import struct
    import zlib
    at, places = 12, []
    by_offset, ids = {}, {}
    count = struct.unpack(">I", pack[8:12])[0]
    for _ in range(count):
        start = at
        byte = pack[at]
        at += 1
        kind = byte >> 4 & 7
        while byte & 0x80:
            byte = pack[at]
            at += 1
        base = None
        if kind == 6:
            byte = pack[at]
            at += 1
            distance = byte & 0x7F
            while byte & 0x80:
                byte = pack[at]
                at += 1
                distance = (distance + 1) << 7 | byte & 0x7F
            base = by_offset[start - distance]
        elif kind == 7:
            base = objects[pack[at:at + 20].hex()]
            at += 20
        stream = zlib.decompressobj()
        data = stream.decompress(pack[at:])
        at = len(pack) - len(stream.unused_data)
        name = {1: "commit", 2: "tree", 3: "blob", 4: "tag"}.get(kind)
        if base:
            name, data = base[0], apply_delta(data, base[1])
        by_offset[start] = (name, data)
        oid = hashlib.sha1(b"%s %d\0" % (name.encode(), len(data)) + data).digest()
        places.append((oid, start))
    places.sort()
    fanout = b"".join(struct.pack(">I", sum(1 for oid, _ in places if oid[0] <= i)) for i in range(256))
    body = (b"\377tOc\0\0\0\2" + fanout + b"".join(oid for oid, _ in places) + b"\0\0\0\0" * count +
            b"".join(struct.pack(">I", start) for _, start in places) + pack[-20:])
    return body + hashlib.sha1(body).digest()


def apply_delta(delta, base):
    at, out = 0, b""
    for _ in range(2):
        while delta[at] & 0x80:
            at += 1
        at += 1
    while at < len(delta):
        op = delta[at]
        at += 1
        if not op & 0x80:
            out += delta[at:at + op]
            at += op
            continue
        number = [0, 0]
        for bit in range(7):
            if op >> bit & 1:
                number[bit >= 4] |= delta[at] << 8 * (bit if bit < 4 else bit - 4)
                at += 1
        out += base[number[0]:number[0] + (number[1] or 0x10000)]
    return out


class Damaged(Case):
    def packed(self):
        self.make()
        self.git("r", "repack", "-q", "-a", "-d", "--window=50", "--depth=50")
        for name in self.packs("r") + self.packs("r", "idx"):
            os.chmod(name, 0o644)
        return self.packs("r")[0]

    def test_every_damage_is_told(self):
        """Bytes of a pack are turned one after another: what is read is right, or an error."""
        pack = self.packed()
        want = self.expected("r")
        with open(pack, "rb") as f:
            whole = f.read()
        refused = 0
        for _ in range(20):
            at = self.random.randrange(12, len(whole) - 20)
            with open(pack, "wb") as f:
                f.write(whole[:at] + bytes([whole[at] ^ 1 << self.random.randrange(8)]) + whole[at + 1:])
            for question in ("walk", "read"):
                got = self.ask("r", question)
                self.assertEqual(sorted(got), sorted(want))
                wrong = {oid for oid in got if got[oid] != want[oid]}
                for oid in wrong:
                    kind, words = got[oid]
                    if kind != "error":  # bytes that are right for a base that another bit named
                        continue
                    refused += 1
                    self.assertIn("git fsck --full", words)
                    self.assertIn("object ", words)
        self.assertGreater(refused, 20)

    def test_cut_off(self):
        pack = self.packed()
        os.truncate(pack, os.path.getsize(pack) // 2)
        for question in ("walk", "read"):
            self.assertIn("cut off", self.ask("r", question, status=1))

    def test_damaged_index(self):
        index = self.packed()[:-4] + "idx"
        with open(index, "rb") as f:
            whole = f.read()
        for data in (whole[:500], b"", whole[:8] + b"\xff" * 1024 + whole[1032:], whole[:-60]):
            with open(index, "wb") as f:
                f.write(data)
            self.assertIn("git fsck --full", self.ask("r", "walk", status=1))

    def test_places_outside_of_the_pack(self):
        index = self.packed()[:-4] + "idx"
        with open(index, "rb") as f:
            whole = f.read()
        count = int.from_bytes(whole[8 + 1020:8 + 1024], "big")
        places = 8 + 1024 + count * 24
        with open(index, "wb") as f:
            f.write(whole[:places] + b"\x7f\xff\xff\xff" + whole[places + 4:])
        self.assertIn("outside", self.ask("r", "walk", status=1))
        got = self.ask("r", "read")
        self.assertGreaterEqual(sum(1 for kind, _ in got.values() if kind == "error"), 1)

    def test_loose(self):
        self.make()
        want = self.expected("r")
        names = self.git("r", "cat-file", "--batch-all-objects", "--batch-check").decode().split()
        blobs = [names[i] for i in range(0, len(names), 3) if names[i + 1] == "blob" and int(names[i + 2]) > 500]
        damages = (lambda data: data[:40], lambda data: b"", lambda data: b"text", lambda data: data[:-6] + b"123456")
        for oid, damage in zip(blobs, damages):
            path = self.path("r/.git/objects", oid[:2], oid[2:])
            os.chmod(path, 0o644)
            with open(path, "rb") as f:
                data = f.read()
            with open(path, "wb") as f:
                f.write(damage(data))
        for question in ("walk", "read"):
            got = self.ask("r", question)
            wrong = {oid for oid in want if got.get(oid) != want[oid]}
            self.assertEqual(wrong, set(blobs[:4]), question)
            for oid in wrong:
                self.assertRegex(got[oid][1], "object %s is damaged.*git fsck --full" % oid)

    def test_missing_base(self):
        self.make()
        base = self.git("r", "rev-parse", "HEAD").decode().strip()
        self.grow("r", 4)
        want = self.expected("r")
        thin = self.git("r", "pack-objects", "-q", "--stdout", "--thin", "--revs",
                        stdin=b"HEAD\n^%s\n" % base.encode())
        os.makedirs(self.path("b"))
        self.git("b", "init", "-q")
        name = self.path("b/.git/objects/pack/pack-" + thin[-20:].hex())
        os.makedirs(os.path.dirname(name), exist_ok=True)
        with open(name + ".pack", "wb") as f:
            f.write(thin)
        with open(name + ".idx", "wb") as f:
            f.write(thin_index(thin, want))
        for question in ("walk", "read"):
            got = self.ask("b", question)
            errors = [words for kind, words in got.values() if kind == "error"]
            self.assertGreater(len(errors), 3)
            for words in errors:
                self.assertRegex(words, "object [0-9a-f]{40} is missing")


def names_of(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from names_of(test)
        else:
            yield test


def main(pattern):
    for test in names_of(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__])):
        name = "odb: " + re.sub(r"^.*\.([A-Za-z]+)\.test_", r"\1 ", test.id()).replace("_", " ")
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
