"""Runs `weir secrets`, `weir baseline` and the hook on trees, indexes, archives and images: what is found and
where, and that no output and no file ever holds what was found.

usage: secrets_test.py [NAME]    only the cases that have NAME in their name

Prints "ok NAME" or "not ok NAME: why" per case. Tokens are drawn from templates; none is written here.
"""
import base64
import gzip
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import zipfile

from secret_templates import draw

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.abspath(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir")))
FAST = os.path.abspath(os.environ.get("WEIR_RELEASE", os.path.join(TOP, "build/weir")))
FORMATS = ("text", "json", "sarif", "junit", "markdown", "html", "github", "gitlab")
SECONDS_MAX = 20
MB = 1 << 20


def github(seed=0):
    return draw("ghp_{base62:30}{crc32}", seed)


def forms(secret):
    """Byte strings that may stand nowhere once the secret was found."""
    data = secret.encode()
    yield from (data[at : at + 10] for at in range(6, len(data) - 9))
    if len(data) < 14:
        yield data
    for text in (data, data + b"\n"):
        yield base64.b64encode(text).rstrip(b"=")[:-1]
        yield base64.urlsafe_b64encode(text).rstrip(b"=")[:-1]
    for name in ("md5", "sha1", "sha256", "sha512"):
        digest = hashlib.new(name, data).hexdigest()
        yield digest.encode()
        yield digest.upper().encode()


def tar_of(members):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return out.getvalue()


def tgz_of(members):
    return gzip.compress(tar_of(members), mtime=0)


def zip_of(members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def json_bytes(value):
    return json.dumps(value).encode()


def digest_of(data):
    return hashlib.sha256(data).hexdigest()


class Case(unittest.TestCase):
    maxDiff = 3000

    def setUp(self):
        self.top = os.path.realpath(tempfile.mkdtemp(prefix="weir-secrets-"))
        self.addCleanup(shutil.rmtree, self.top, ignore_errors=True)
        self.home = self.path("home")
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.home, "TMPDIR": self.path("home/tmp"), "LC_ALL": "C.UTF-8",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_AUTHOR_NAME": "A", "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "A", "GIT_COMMITTER_EMAIL": "a@example.com",
        }
        for kind in ("CACHE", "CONFIG", "STATE", "DATA"):
            self.env[f"XDG_{kind}_HOME"] = self.path("home/xdg", kind.lower())
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]
        os.makedirs(self.path("home/tmp"))
        self.write("home/.gitconfig", "[init]\n\tdefaultBranch = main\n")

    def path(self, *parts):
        return os.path.join(self.top, *parts)

    def write(self, name, data):
        path = self.path(name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data if isinstance(data, bytes) else data.encode())

    def run_in(self, folder, *args, stdin=None, env=None):
        return subprocess.run(args, cwd=self.path(folder), input=stdin, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env={**self.env, **(env or {})})

    def git(self, *args, status=0, env=None):
        run = self.run_in("r", "git", *args, env=env)
        if status is not None:
            self.assertEqual(run.returncode, status, (args, run.stderr))
        return (run.stdout + run.stderr).decode("utf-8", "replace").strip()

    def init(self):
        os.makedirs(self.path("r"), exist_ok=True)
        self.git("init", "-q")

    def commit(self, message="a commit"):
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)

    def weir(self, *args, cwd="r", stdin=None, status=None, program=WEIR):
        run = self.run_in(cwd, program, *args, stdin=stdin)
        if status is not None:
            self.assertEqual(run.returncode, status, (args, run.stdout, run.stderr))
        return run

    def report(self, *args, status=None, **more):
        run = self.weir("secrets", *args, "--format", "json", **more)
        self.assertIn(run.returncode, (0, 1, 2), run.stderr)
        if status is not None:
            self.assertEqual(run.returncode, status, (args, run.stdout, run.stderr))
        return json.loads(run.stdout)

    def found(self, *args, **more):
        return sorted((f["file"], f["line"]) for f in self.report(*args, **more)["findings"])

    def assert_hidden(self, secrets, outputs, without=()):
        """No output and no file under top, beside those of `without`, holds a form of a secret."""
        texts = dict(outputs)
        for folder, folders, names in os.walk(self.top):
            folders[:] = [name for name in folders if os.path.join(folder, name) not in without]
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    texts[os.path.join(folder, name)] = file.read()
        for name, text in texts.items():
            for secret in secrets:
                for form in forms(secret):
                    self.assertNotIn(form, text, f"{name} holds {form[:4]}...")


class Redaction(Case):
    def plant(self):
        short = draw("{base62:12}", 7)
        secrets = [github(), draw("AKIA{base32:16}", 3), short]
        self.write("r/main.go", f'package main\n\nvar token = "{secrets[0]}"\n\nvar dbPassword = "{short}"\n')
        self.write("r/.env", f"AWS_ACCESS_KEY_ID={secrets[1]}\nDB_PASSWORD={short}\n")
        self.write("r/secret.yaml", "apiVersion: v1\nkind: Secret\ndata:\n  token: " +
                   base64.b64encode(secrets[0].encode()).decode() + "\n")
        return secrets

    def test_every_format_hides_and_has_one_status(self):
        secrets = self.plant()
        outputs = {}
        for name in FORMATS:
            run = self.weir("secrets", "--format", name, "--format", f"{name}={self.path('home', name)}",
                            "--trace", self.path("home/trace"), status=1)
            outputs[name] = run.stdout + run.stderr
            self.assertTrue(outputs[name])
        self.assertIn(b"ghp_", outputs["text"])
        self.assert_hidden(secrets, outputs, [self.path("r")])

    def test_the_status_of_a_clean_tree(self):
        self.write("r/a.txt", "nothing\n")
        for name in FORMATS:
            self.weir("secrets", "--format", name, status=0)

    def test_rules_of_the_user(self):
        secret = draw("zq{alnum:24}", 1)
        self.write("r/a.txt", f"key = {secret}\n")
        self.write("rules.toml", '[[rules]]\nid = "mine"\nregex = \'\'\'zq[a-z0-9]{24}\'\'\'\n')
        outputs = {}
        for name in FORMATS:
            run = self.weir("secrets", "--config", "../rules.toml", "--format", name, "--trace", self.path("home/trace"),
                            status=1)
            outputs[name] = run.stdout + run.stderr
        self.assertEqual(json.loads(outputs["json"])["findings"][0]["rule"], "mine")
        self.assert_hidden([secret], outputs, [self.path("r")])

    def test_weir_check_hides_too(self):
        secrets = self.plant()
        self.write("r/go.mod", "module example.com/m\n\ngo 1.22\n")
        self.init()
        self.commit()
        outputs = {}
        for name in FORMATS:
            run = self.weir("check", "--only", "secrets", "--format", name, status=1)
            outputs[name] = run.stdout + run.stderr
        self.assert_hidden(secrets, outputs, [self.path("r")])


class Sources(Case):
    def test_standard_input(self):
        os.makedirs(self.path("r"))
        text = f"a\nkey = {github()}\n".encode()
        self.assertEqual(self.found("--stdin", stdin=text, status=1), [("-", 2)])
        self.assertEqual(self.found("-", stdin=text, status=1), [("-", 2)])
        self.assertEqual(self.found("-", stdin=b"", status=0), [])

    def test_the_index(self):
        self.init()
        self.write("r/first.txt", f"{github(1)}\n")
        self.git("add", "first.txt")
        self.assertEqual(self.found("--staged", status=1), [("first.txt", 1)])
        self.commit()
        self.assertEqual(self.found("--staged", status=0), [])
        self.write("r/first.txt", f"{github(1)}\nmore\n")
        self.git("add", "-A")
        self.assertEqual(self.found("--staged", status=0), [])
        self.write("r/second.txt", f"\n{github(2)}\n")
        self.assertEqual(self.found("--staged", status=0), [])
        self.git("add", "-A")
        self.assertEqual(self.found("--staged", status=1), [("second.txt", 2)])
        self.commit()
        self.git("mv", "second.txt", "third.txt")
        self.assertEqual(self.found("--staged", status=0), [])

    def test_a_folder_and_a_file(self):
        self.init()
        self.write("r/out.txt", f"{github(1)}\n")
        self.write("r/a/b/in.txt", f"x\n{github(2)}\n")
        self.commit()
        self.assertEqual(self.found("a", status=1), [("b/in.txt", 2)])
        self.assertEqual(self.found(cwd="r/a/b", status=1), [("in.txt", 2)])
        (one,) = self.found("a/b/in.txt", status=1)
        self.assertTrue(one[0].endswith("in.txt") and one[1] == 2, one)
        self.assertEqual(self.found(status=1), [("a/b/in.txt", 2), ("out.txt", 1)])

    def test_ignored_files(self):
        self.init()
        self.write("r/.gitignore", "*.log\n")
        self.write("r/tracked.log", f"{github(1)}\n")
        self.git("add", "-f", "tracked.log")
        self.write("r/left.log", f"{github(2)}\n")
        self.write("r/new.txt", f"{github(3)}\n")
        self.assertEqual(self.found(status=1), [("new.txt", 1), ("tracked.log", 1)])
        self.assertEqual(self.found("--ignored", status=1), [("left.log", 1), ("new.txt", 1), ("tracked.log", 1)])

    def test_archives(self):
        line = f"x\nT={github()}\n".encode()
        self.write("r/b.tgz", tgz_of({"x/a.env": line}))
        self.write("r/n.zip", zip_of({"d/inner.tar": tar_of({"c.env": line})}))
        self.assertEqual(self.found(status=1), [("b.tgz!/x/a.env", 2), ("n.zip!/d/inner.tar!/c.env", 2)])
        (one,) = self.found("--archive", "b.tgz", status=1)
        self.assertTrue(one[0].endswith("x/a.env"), one)
        self.write("r/no.tgz", "no archive\n")
        self.assertEqual(self.weir("secrets", "--archive", "no.tgz").returncode, 2)

    def test_docker_save(self):
        layer = tar_of({"app/.env": f"T={github()}\n".encode()})
        config = json_bytes({"config": {"Env": [f"TOKEN={github(2)}"]}, "rootfs": {"type": "layers"}})
        manifest = json_bytes([{"Config": "c.json", "RepoTags": ["x:1"], "Layers": ["l/layer.tar"]}])
        self.write("r/image.tar", tar_of({"l/layer.tar": layer, "c.json": config, "manifest.json": manifest}))
        files = [file for file, line in self.found("--archive", "image.tar", status=1)]
        self.assertEqual(len(files), 2, files)
        self.assertTrue(any(file.endswith("app/.env") for file in files), files)

    def test_an_oci_layout(self):
        layer = tgz_of({"app/.env": f"T={github()}\n".encode()})
        config = json_bytes({"config": {"Env": []}})
        manifest = json_bytes({"schemaVersion": 2, "config": self.descriptor("config.v1+json", config),
                               "layers": [self.descriptor("layer.v1.tar+gzip", layer)]})
        index = json_bytes({"schemaVersion": 2, "manifests": [self.descriptor("manifest.v1+json", manifest)]})
        self.write("r/i/oci-layout", '{"imageLayoutVersion": "1.0.0"}')
        self.write("r/i/index.json", index)
        for blob in (config, manifest, layer):
            self.write(f"r/i/blobs/sha256/{digest_of(blob)}", blob)
        (one,) = self.found("--image", "i", status=1)
        self.assertTrue(one[0].endswith("app/.env"), one)
        os.unlink(self.path("r/i/blobs/sha256", digest_of(layer)))
        report = self.report("--image", "i", status=2)
        self.assertTrue(report["unjudged"])

    @staticmethod
    def descriptor(kind, blob):
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest_of(blob)}", "size": len(blob)}

    def test_utf16(self):
        text = f"first line\r\nkey = {github()}\r\n"
        for name, encoded in (("le", b"\xff\xfe" + text.encode("utf-16-le")), ("be", b"\xfe\xff" + text.encode("utf-16-be")),
                              ("le-bare", text.encode("utf-16-le")), ("be-bare", text.encode("utf-16-be"))):
            self.write(f"r/{name}.txt", encoded)
        self.assertEqual(self.found(status=1), [(f"{name}.txt", 2) for name in ("be-bare", "be", "le-bare", "le")])

    def test_what_is_skipped(self):
        self.write("r/a.txt", "nothing\n")
        os.mkfifo(self.path("r/fifo"))
        os.symlink("nowhere", self.path("r/dangling"))
        os.symlink("loop", self.path("r/loop"))
        self.write("r/big.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:" + "4d" * 32 + "\nsize 12345\n")
        report = self.report(status=0)
        self.assertEqual(report["findings"] + report["unjudged"], [])
        told = json.dumps(report["skipped"])
        for name in ("fifo", "dangling", "loop", "big.bin"):
            self.assertIn(name, told)

    def test_names_that_are_no_utf8(self):
        os.makedirs(self.path("r"))
        with open(os.path.join(self.path("r").encode(), b"n\xff\x01.env"), "w") as file:
            file.write(f"T={github()}\n")
        run = self.weir("secrets", "--format", "json", status=1)
        (finding,) = json.loads(run.stdout.decode("utf-8"))["findings"]
        self.assertTrue(finding["file"].endswith(".env"))


class Limits(Case):
    """Bad input ends within 20 s, and nothing is lost by it. The release program: its speed is what is promised."""

    def timed(self, *args, status):
        start = time.monotonic()
        report = self.report(*args, status=status, program=FAST)
        self.assertLess(time.monotonic() - start, SECONDS_MAX)
        return report

    def places(self, report):
        return [(f["file"], f["line"]) for f in report["findings"]]

    def test_one_long_line(self):
        text = b"var x = 1; call(x); " * (52 * MB // 20)
        self.write("r/long.js", text + f'key = "{github()}"\n'.encode())
        self.assertEqual(self.places(self.timed(status=1)), [("long.js", 1)])

    def test_near_misses(self):
        near = "".join("ghp" + "_" + draw("{base62:36}", seed) + "\n" for seed in range(50000))
        self.write("r/near.txt", near + github() + "\n")
        self.assertEqual(self.places(self.timed(status=1)), [("near.txt", 50001)])

    def test_a_sparse_file(self):
        self.write("r/clean.txt", "nothing\n")
        with open(self.path("r/hole.bin"), "wb") as file:
            file.truncate(10 << 30)
        report = self.timed(status=0)
        self.assertIn("hole.bin", [skip["file"] for skip in report["skipped"]])
        with open(self.path("r/hole.bin"), "r+b") as file:
            file.write(b"one\n")
            file.seek(6 << 30)
            file.write(b"two\nkey = " + github().encode() + b"\n")
        self.assertEqual(self.places(self.timed(status=1)), [("hole.bin", 3)])

    def test_a_nested_bomb(self):
        inner = zipped_zeros(256 * MB)
        bomb = zip_of({f"{number}.zip": inner for number in range(64)})
        self.write("r/bomb.zip", bomb)
        self.write("r/a.txt", "nothing\n")
        self.assertTrue(self.timed(status=2)["unjudged"])
        self.write("r/a.txt", github() + "\n")
        self.assertEqual(self.places(self.timed(status=1)), [("a.txt", 1)])


def zipped_zeros(size):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        with archive.open("zeros", "w") as file:
            for _ in range(size // MB):
                file.write(bytes(MB))
    return out.getvalue()


class Config(Case):
    def refused(self, text, line):
        self.write("r/a.txt", github() + "\n")
        self.write("rules.toml", text)
        run = self.weir("secrets", "--config", "../rules.toml", "--format", "json", status=64)
        self.assertIn(f"rules.toml:{line}", run.stderr.decode())
        self.assertEqual(run.stdout, b"")

    def test_a_broken_expression(self):
        self.refused('title = "x"\n[[rules]]\nid = "a"\nregex = \'\'\'a(b\'\'\'\n', 4)

    def test_a_rule_that_does_not_exist(self):
        self.refused('[extend]\nuseDefault = true\ndisabledRules = ["no-such-rule"]\n', 3)

    def test_rules_from_the_network(self):
        self.refused('[extend]\nurl = "https://example.com/x.toml"\n', 2)

    def test_a_wrong_type(self):
        self.refused('[[rules]]\nid = "a"\nregex = "a"\nentropy = "high"\n', 4)


class Baseline(Case):
    def setUp(self):
        super().setUp()
        self.init()
        self.write("r/go.mod", "module example.com/m\n\ngo 1.22\n")
        self.write("r/a.txt", f"one\nkey = {github(1)}\n")
        self.commit()

    def test_what_is_known_passes(self):
        self.weir("secrets", status=1)
        self.weir("baseline", "write", "--only", "secrets", status=0)
        with open(self.path("r/weir.yaml")) as file:
            self.assertRegex(file.read(), r'secrets:\n  key: "?[0-9a-f]{64}')
        self.assertEqual([f for f in self.report(status=0)["findings"] if not f["waived"]], [])
        os.rename(self.path("r/a.txt"), self.path("r/moved.txt"))
        self.weir("secrets", status=0)
        self.write("r/moved.txt", f"one\nkey = {github(1)}, {github(2)}\n")
        self.weir("secrets", status=1)

    def imported(self, text):
        self.write("known.json", text)
        self.weir("baseline", "import", self.path("known.json"), status=0)
        self.weir("secrets", status=0)
        self.write("r/b.txt", f"{github(5)}\n")
        self.weir("secrets", status=1)

    def test_gitleaks(self):
        self.imported(json.dumps([{"RuleID": "github-pat", "File": "a.txt", "StartLine": 2, "EndLine": 2,
                                   "Secret": "REDACTED", "Match": "REDACTED", "Commit": "",
                                   "Fingerprint": "a.txt:github-pat:2"}]))

    def test_detect_secrets(self):
        self.imported(json.dumps({"version": "1.4.0", "plugins_used": [], "results": {"a.txt": [
            {"type": "GitHub Token", "filename": "a.txt", "is_verified": False, "line_number": 2,
             "hashed_secret": hashlib.sha1(github(1).encode()).hexdigest()}]}}))

    def test_ignore_lines(self):
        self.write("r/.gitleaksignore", "# known\na.txt:github-pat:2\n")
        self.weir("secrets", status=0)
        self.write("r/.gitleaksignore", "a.txt:github-pat:1\n")
        self.weir("secrets", status=1)
        head = self.git("rev-parse", "HEAD")
        for commit, status in (head, 0), ("1" * 40, 1):
            self.write("r/.gitleaksignore", f"{commit}:a.txt:github-pat:2\n")
            self.commit()
            self.weir("secrets", "--history", status=status)


class Hook(Case):
    def test_a_commit_that_adds_a_token(self):
        self.init()
        self.write("r/go.mod", "module example.com/m\n\ngo 1.22\n")
        self.write("r/old.txt", f"x\n{github(1)}\n")
        self.commit()
        os.makedirs(self.path("bin"))
        os.symlink(WEIR, self.path("bin/weir"))
        env = {"PATH": self.path("bin") + ":" + self.env["PATH"]}
        self.env.update(env)
        self.weir("hook", "install", status=0)
        self.write("r/a.txt", "harmless\n")
        self.commit()
        self.write("r/b.txt", f"x\ny\n{github(2)}\n")
        self.git("add", "-A")
        run = self.run_in("r", "git", "commit", "-q", "-m", "a token")
        told = (run.stdout + run.stderr).decode()
        self.assertNotEqual(run.returncode, 0)
        self.assertRegex(told, r"b\.txt:3")
        self.assertNotIn("old.txt", told)
        for form in forms(github(2)):
            self.assertNotIn(form, told.encode())


def main():
    part = sys.argv[1] if len(sys.argv) > 1 else ""
    for group in unittest.TestLoader().loadTestsFromModule(sys.modules[__name__]):
        for case in group:
            name = case.id().removeprefix("__main__.")
            if part not in name:
                continue
            result = unittest.TestResult()
            case.run(result)
            if result.wasSuccessful():
                print(f"ok {name}", flush=True)
            else:
                ((_, why),) = (result.failures + result.errors)[:1]
                print(f"not ok {name}: {why.strip().splitlines()[-1][:600]}", flush=True)


main()
