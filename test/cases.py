"""Runs the cases under src/*/testdata/*.txtar: makes the files, runs the real binary, and compares
the `// want RULE` marks with the findings, both ways.

Files under MODCACHE/PATH@VERSION/ become modules of the run's module cache (zip, sums, extracted
folder); `$SUM(PATH@VERSION)` in go.sum becomes their two lines, `$ZIPSUM(...)` and `$MODSUM(...)` one
hash. Files under BASE/ are committed first, tagged "base", and then replaced by the case's own.

Special files of a case:
  weir.vulndb OSV entries, one a line, made into the run's snapshot; $NOW is the time
  weir.args   words after `weir`, one line (default: check --only modules)
  weir.env    NAME=value lines added to the environment; $ROOT is the case's folder, $MODCACHE its module cache
  weir.setup  one step a line before the run: see step(); $MODCACHE is the module cache
  weir.want   further expectations, a line each:  exit N | verdict WORD | FILE[:LINE] RULE
              (a finding that no mark can ask for) | unjudged TEXT | not-run RULE |
              refused FILE[:LINE] RULE  (one finding, and it says that the go command refuses) |
              mend RULE TEXT  (the mend of its findings has the text)
A case whose name ends in _good must give no finding that is not marked, and exit 0.
"""
import base64
import glob
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.environ["WEIR"]
MARK = re.compile(r"\s*(?://|#) want ((?:[A-Z]{3}\d{3} ?)+)$")
SPECIAL = {"about", "weir.args", "weir.env", "weir.setup", "weir.want", "weir.vulndb"}
UNTIDY = ("MODCACHE/", "BASE/")


def sections(path):
    with open(path, encoding="utf-8", newline="") as file:
        parts = re.split(r"(?m)^-- (.+?) --\n", file.read())
    return dict(zip(parts[1::2], parts[2::2]))


def take_marks(name, body):
    """The body without its marks, and the set of (file, line, rule) that they ask for."""
    want, lines = set(), []
    for number, line in enumerate(body.split("\n"), 1):
        match = MARK.search(line)
        if match:
            want |= {(name, number, rule) for rule in match[1].split()}
            line = line[: match.start()]
        lines.append(line)
    return "\n".join(lines), want


def git(root, *words):
    subprocess.run(["git", "-C", root, *words], check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.PIPE)


def escaped(path):
    return re.sub(r"[A-Z]", lambda match: "!" + match[0].lower(), path)


def h1(files):
    """The "h1:" hash of (name, bytes) pairs, as golang.org/x/mod/sumdb/dirhash defines it."""
    lines = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files))
    return "h1:" + base64.b64encode(hashlib.sha256(lines.encode()).digest()).decode()


def add_module(cache, module, version, files):
    """Puts a module into the cache as the go command would; gives its two hashes."""
    inside = [(f"{module}@{version}/{name}", data) for name, data in files.items()]
    mod = files.get("go.mod", f"module {module}\n".encode())
    folder = os.path.join(cache, "cache/download", escaped(module), "@v")
    os.makedirs(folder, exist_ok=True)
    with zipfile.ZipFile(os.path.join(folder, escaped(version) + ".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in sorted(inside):
            archive.writestr(name, data)
    sums = h1(inside), h1([("go.mod", mod)])
    info = json.dumps({"Version": version, "Time": "2026-01-01T00:00:00Z"}).encode()
    for suffix, data in ((".mod", mod), (".info", info), (".ziphash", sums[0].encode())):
        with open(os.path.join(folder, escaped(version) + suffix), "wb") as file:
            file.write(data)
    with open(os.path.join(folder, "list"), "a", encoding="utf-8") as file:
        if not re.search(r"-\d{14}-", version):
            file.write(version + "\n")
    for name, data in files.items():
        path = os.path.join(cache, escaped(module) + "@" + escaped(version), name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as file:
            file.write(data)
    return sums


def make_cache(cache, files):
    modules, sums = {}, {}
    for name, body in files.items():
        match = re.match(r"MODCACHE/(.+?)@(v[^/]+)/(.+)", name)
        if match:
            modules.setdefault((match[1], match[2]), {})[match[3]] = body.encode()
    for (module, version), inside in modules.items():
        sums[f"{module}@{version}"] = add_module(cache, module, version, inside)
    return sums


def fill_sums(body, sums):
    def both(match):
        module, version = match[1].split("@")
        zip_sum, mod_sum = sums[match[1]]
        return f"{module} {version} {zip_sum}\n{module} {version}/go.mod {mod_sum}"

    body = re.sub(r"\$SUM\((.+?)\)", both, body)
    body = re.sub(r"\$ZIPSUM\((.+?)\)", lambda match: sums[match[1]][0], body)
    return re.sub(r"\$MODSUM\((.+?)\)", lambda match: sums[match[1]][1], body)


def step(root, cache, words):
    words = [word.replace("$MODCACHE", cache) for word in words]
    name = os.path.join(root, words[-1])
    if words[0] == "git-init":
        git(root, "init", "-q")
    elif words[0] == "git-commit":
        if not os.path.isdir(os.path.join(root, ".git")):
            git(root, "init", "-q")
        git(root, "add", "-A", "-f")
        git(root, "commit", "-q", "--allow-empty", "-m", "case")
    elif words[0] == "git-add":
        git(root, "add", "-A")
    elif words[0] == "symlink":
        if os.path.lexists(name):
            os.remove(name)
        os.symlink(words[1], name)
    elif words[0] == "chmod":
        os.chmod(name, int(words[1], 8))
    elif words[0] == "rm":
        shutil.rmtree(name) if os.path.isdir(name) else os.remove(name)
    elif words[0] == "append":
        with open(name, "ab") as file:
            file.write(b"\n")
    elif words[0] == "flip":
        with open(name, "r+b") as file:
            file.seek(-30, os.SEEK_END)
            byte = file.read(1)
            file.seek(-30, os.SEEK_END)
            file.write(bytes([byte[0] ^ 1]))
    elif words[0] == "cp":
        shutil.copy(os.path.join(root, words[1]), name)
    elif words[0] in ("crlf", "bom"):
        with open(name, "rb") as file:
            data = file.read()
        with open(name, "wb") as file:
            file.write(data.replace(b"\n", b"\r\n") if words[0] == "crlf" else b"\xef\xbb\xbf" + data)
    else:
        raise ValueError("unknown step: " + " ".join(words))


def write_file(root, name, body):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(body)


def write_base(root, files, sums):
    base = {name[5:]: body for name, body in files.items() if name.startswith("BASE/")}
    if not base:
        return
    git(root, "init", "-q")
    for name, body in base.items():
        write_file(root, name, fill_sums(body, sums))
    git(root, "add", "-A", "-f")
    git(root, "commit", "-q", "-m", "base")
    git(root, "tag", "base")
    for name in base:
        os.remove(os.path.join(root, name))


def write_files(root, files, sums):
    want = set()
    for name, body in files.items():
        if name in SPECIAL or name.startswith(UNTIDY):
            continue
        body, marks = take_marks(name, body)
        want |= marks
        write_file(root, name, fill_sums(body, sums))
    return want


def make_vulndb(work, text):
    folder = os.path.join(work, "osv")
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for number, line in enumerate(line for line in text.splitlines() if line.strip()):
        write_file(folder, json.loads(line)["id"] + ".json", line.replace("$NOW", now))
    snapshot = os.path.join(work, "vulndb.snapshot")
    subprocess.run([WEIR, "vulndb", "update", folder, "--output", snapshot], check=True, stdout=subprocess.DEVNULL)
    return snapshot


def run_weir(root, cache, work, files):
    env = dict(os.environ, GOMODCACHE=cache, GOPROXY="off", GOFLAGS="", GOWORK="", GOENV="off")
    for line in files.get("weir.env", "").splitlines():
        key, _, value = line.partition("=")
        env[key] = value.replace("$ROOT", root).replace("$MODCACHE", cache)
    args = shlex.split(files.get("weir.args", "check --only modules"))
    if "weir.vulndb" in files:
        args += ["--vulndb", make_vulndb(work, files["weir.vulndb"])]
    return subprocess.run([WEIR, *args, "--format", "json"], cwd=root, env=env,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, check=False)


def check_refused(report, place, rule):
    there = [f["go_refuses"] for f in report["findings"] if f["rule"] == rule and
             f["file"] + (f":{f['line']}" if f["line"] else "") == place]
    return [] if there == [True] else [f"{rule} at {place}: go_refuses {there}, want one that is true"]


def check_wants(files, report, status):
    problems, more = [], set()
    for line in files.get("weir.want", "").splitlines():
        words = line.split(None, 1)
        if words[0] == "exit":
            if status != int(words[1]):
                problems.append(f"exit {status}, want {words[1]}")
        elif words[0] == "verdict":
            if report["verdict"] != words[1]:
                problems.append(f"verdict {report['verdict']}, want {words[1]}")
        elif words[0] == "unjudged":
            if not any(words[1] in (u["why"] or "") + (u["mend"] or "") for u in report["unjudged"]):
                problems.append(f"nothing unjudged says {words[1]!r}: {report['unjudged']}")
        elif words[0] == "not-run":
            if not any(words[1] == n["rule"] for n in report["not_run"]):
                problems.append(f"{words[1]} is not listed under not_run")
        elif words[0] == "refused":
            problems += check_refused(report, *words[1].split())
        elif words[0] == "mend":
            rule, text = words[1].split(None, 1)
            if not all(text in f["fix"] for f in report["findings"] if f["rule"] == rule):
                problems.append(f"no mend of {rule} says {text!r}")
        else:
            file, _, at = words[0].partition(":")
            more.add((file, int(at) if at else None, words[1]))
    return problems, more


def judge(path):
    work = os.path.realpath(tempfile.mkdtemp())
    root, cache = os.path.join(work, "root"), os.path.join(work, "modcache")
    os.makedirs(root)
    os.makedirs(cache)
    files = sections(path)
    sums = make_cache(cache, files)
    write_base(root, files, sums)
    want = write_files(root, files, sums)
    for line in files.get("weir.setup", "").splitlines():
        if line.strip():
            step(root, cache, shlex.split(line))
    done = run_weir(root, cache, work, files)
    try:
        report = json.loads(done.stdout)
    except ValueError:
        return [f"no report (exit {done.returncode}): {done.stderr.decode(errors='replace')[-1500:]}"]
    problems, more = check_wants(files, report, done.returncode)
    want |= more
    found = {(f["file"], f["line"], f["rule"]) for f in report["findings"] if not f["waived"]}
    problems += [f"missing {w[2]} at {w[0]}:{w[1]}" for w in sorted(want - found, key=str)]
    problems += [f"unwanted {f[2]} at {f[0]}:{f[1]}" for f in sorted(found - want, key=str)]
    if path.endswith("_good.txtar") and done.returncode != 0 and "weir.want" not in files:
        problems.append(f"a good case must exit 0, not {done.returncode}: {report['unjudged']}")
    if done.stderr and b"ERROR: " in done.stderr:
        problems.append(done.stderr.decode(errors="replace")[-3000:])
    return problems


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    for path in sorted(glob.glob(os.path.join(TOP, "src/*/testdata/*.txtar"))):
        name = os.path.basename(path)[:-6]
        if pattern not in name:
            continue
        try:
            problems = judge(path)
        except Exception as error:  # a case that cannot be made is a failed case
            problems = [repr(error)]
        print(f"not ok {name}: {'; '.join(problems)}" if problems else f"ok {name}", flush=True)


main()
