"""Measures weir against what a person would run instead, as ratios within one run.

usage: run.py [NAME]...    vendor, cache, vulndb, start, hook, cover, tests, secrets (default: all)

A line per goal: what, how much, what is asked. Times are the least of several rounds, taken in turn,
so that a machine that is busy for a while does no harm to one side alone. Exit status 1 where a goal
is missed. Input: helm.sh/helm/v3 v3.15.0, vendored by the go command here.
"""
import base64
import hashlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.path.join(TOP, "build/weir")
PROBES = os.path.join(TOP, "build/bench/src")
SHARED = os.environ.get("WEIR_SHARED", os.path.join(TOP, "..", "shared"))
HELM = "helm.sh/helm/v3@v3.15.0"
ROUNDS = 5
ANONYMOUS_MIB_MAX = 64
missed = []


def goal(what, value, unit, asked, met):
    print(f"{'ok    ' if met else 'MISSED'} {what}: {value:.2f}{unit} (asked: {asked})", flush=True)
    if not met:
        missed.append(what)


def run(argv, cwd=None, stdin=None, env=None):
    with open(stdin or os.devnull, "rb") as file:
        done = subprocess.run(argv, cwd=cwd, stdin=file, env=env, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{argv}: {done.returncode}: {done.stderr.decode()[-2000:]}")
    return done.stdout


def seconds(work):
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def least(*works):
    """The least time of each, measured in turn."""
    return [min(times) for times in zip(*[[seconds(w) for w in works] for _ in range(ROUNDS)])]


def most_mib(argv, member, stdin=None, env=None, cwd=None):
    """The most that the program had of one member of /proc/PID/status, looked at every millisecond or so."""
    most = 0
    with open(stdin or os.devnull, "rb") as file:
        child = subprocess.Popen(argv, stdin=file, env=env, cwd=cwd, stdout=subprocess.DEVNULL)
    while child.poll() is None:
        try:
            with open(f"/proc/{child.pid}/status", encoding="utf-8") as status:
                for line in status:
                    if line.startswith(member + ":"):
                        most = max(most, int(line.split()[1]))
        except (FileNotFoundError, ProcessLookupError):
            break
        time.sleep(0.0005)
    return most / 1024


def anonymous_mib(argv, stdin=None, env=None):
    return most_mib(argv, "RssAnon", stdin, env)


def build_probes(work):
    if not os.path.exists(os.path.join(TOP, "build/bench/build.ninja")):
        run(["meson", "setup", "build/bench", "--buildtype=release", "-Db_lto=true"], cwd=TOP)
    run(["ninja", "-C", "build/bench", "src/modcache_prove_probe"], cwd=TOP)
    plain = os.path.join(work, "plain_hash")
    run(["cc", "-O2", os.path.join(TOP, "bench/plain_hash.c"), "-o", plain, "-ldeflate", "-lcrypto"])
    return plain


def make_helm(work):
    """Helm, vendored; a list of its vendored modules with their sums; their zips."""
    at = json.loads(run(["go", "mod", "download", "-json", HELM], cwd="/"))["Dir"]
    helm = os.path.join(work, "helm")
    shutil.copytree(at, helm)
    run(["chmod", "-R", "u+w", helm])
    if subprocess.run(["go", "mod", "vendor"], cwd=helm, check=False).returncode:
        raise RuntimeError("go mod vendor failed")
    sums = {}
    with open(os.path.join(helm, "go.sum"), encoding="utf-8") as file:
        for line in file:
            path, version, value = line.split()
            sums[path, version] = value
    claims = set()
    with open(os.path.join(helm, "vendor/modules.txt"), encoding="utf-8") as file:
        for line in file:
            words = line.split()
            if line.startswith("# ") and len(words) == 3 and tuple(words[1:]) in sums:
                claims.add((words[1], words[2], sums[words[1], words[2]]))
    return helm, sorted(claims)


def escape(path):
    return "".join("!" + c.lower() if c.isupper() else c for c in path)


def bench_helm(work, names):
    plain = build_probes(work)
    cache = run(["go", "env", "GOMODCACHE"]).decode().strip()
    helm, claims = make_helm(work)
    print(f"helm v3.15.0: {len(claims)} vendored modules")
    if "cache" in names:
        bench_cache(work, plain, cache, claims)
    if "vendor" in names:
        bench_vendor(work, helm)


def bench_cache(work, plain, cache, claims):
    listed = os.path.join(work, "claims")
    with open(listed, "w", encoding="utf-8") as file:
        file.writelines(" ".join(claim) + "\n" for claim in claims)
    zips = [os.path.join(cache, "cache/download", escape(path), "@v", escape(version) + ".zip")
            for path, version, _ in claims]
    prove = [os.path.join(PROBES, "modcache_prove_probe"), cache]
    ours, ours_alone, theirs = least(
        lambda: run(prove, stdin=listed),
        lambda: run(prove + ["--threads", "1"], stdin=listed),
        lambda: run([plain, *zips]))
    goal("proof of all zips / libdeflate and SHA-256 over them", ours / theirs, "", "at most 1.5",
         ours <= 1.5 * theirs)
    goal("the same on one thread", ours_alone / theirs, "", "at most 1.5", ours_alone <= 1.5 * theirs)
    most = anonymous_mib(prove, stdin=listed)
    goal("anonymous memory of the proof", most, " MiB", f"at most {ANONYMOUS_MIB_MAX}",
         most <= ANONYMOUS_MIB_MAX)


def bench_vendor(work, helm):
    fresh, vendor = os.path.join(work, "fresh"), os.path.join(helm, "vendor")
    warm = [WEIR, "check", "--only", "vendor", helm]
    cold = warm + ["--no-cache"]
    env = dict(os.environ, XDG_CACHE_HOME=os.path.join(work, "cache-home"))
    files = os.path.join(work, "files")
    with open(files, "wb") as file:
        file.write(run(["find", vendor, "-type", "f", "-print0"]))

    def by_hand():
        run(["go", "mod", "vendor", "-o", fresh], cwd=helm)
        run(["diff", "-r", fresh, vendor])

    time.sleep(3)  # what is younger than two seconds is not remembered
    for argv in (cold, warm, warm):
        if b"verdict: pass" not in run(argv, env=env):
            raise RuntimeError("the vendor folder is not proved")
    once, again, hand, sums = least(lambda: run(cold, env=env), lambda: run(warm, env=env), by_hand,
                                    lambda: run(["xargs", "-0", "sha256sum"], stdin=files))
    goal("go mod vendor and diff -r / weir check --only vendor, cold", hand / once, "x",
         "at least 2.5", hand >= 2.5 * once)
    goal("go mod vendor and diff -r / weir check --only vendor, warm", hand / again, "x",
         "at least 10", hand >= 10 * again)
    goal("sha256sum over vendor/ / weir check --only vendor, warm", sums / again, "x",
         "at least 0.5", sums >= 0.5 * again)
    for name, argv in (("cold", cold), ("warm", warm)):
        most = anonymous_mib(argv, env=env)
        goal(f"anonymous memory, {name}", most, " MiB", f"at most {ANONYMOUS_MIB_MAX}",
             most <= ANONYMOUS_MIB_MAX)


def bench_start():
    version = min(statistics.median(seconds(lambda: run([WEIR, "--version"])) for _ in range(20))
                  for _ in range(ROUNDS))
    goal("weir --version, median", version * 1000, " ms", "at most 2, this script's spawn included",
         version <= 0.002)
    size = os.path.getsize(WEIR) / 1e6
    goal("stripped binary", size, " MB", "at most 20", size <= 20)


def go_mod_sum(text):
    line = f"{hashlib.sha256(text).hexdigest()}  go.mod\n".encode()
    return "h1:" + base64.b64encode(hashlib.sha256(line).digest()).decode()


def make_large_module(root, cache):
    """A module that requires 500 modules of the database, and a cache that has their go.mod files."""
    with zipfile.ZipFile(os.path.join(SHARED, "data/vulndb/v1.zip")) as file:
        modules = [m["path"] for m in json.loads(file.read("index/modules.json"))]
    wanted = [m for m in modules if "." in m.split("/")[0] and "/v" not in m and
              not m.startswith("gopkg.in/")][:500]
    os.makedirs(root)
    sums = []
    for path in wanted:
        text = f"module {path}\n\ngo 1.22\n".encode()
        folder = os.path.join(cache, "cache/download", escape(path), "@v")
        os.makedirs(folder)
        with open(os.path.join(folder, "v1.0.0.mod"), "wb") as file:
            file.write(text)
        sums.append(f"{path} v1.0.0/go.mod {go_mod_sum(text)}\n")
    with open(os.path.join(root, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module example.com/large\n\ngo 1.22\n\nrequire (\n")
        file.writelines(f"\t{m} v1.0.0\n" for m in wanted)
        file.write(")\n")
    with open(os.path.join(root, "go.sum"), "w", encoding="utf-8") as file:
        file.writelines(sums)
    return len(wanted)


def bench_vulndb(work):
    snapshot, trace = os.path.join(work, "vulndb.snapshot"), os.path.join(work, "trace.json")
    root = os.path.join(work, "large")
    run([WEIR, "vulndb", "update", "--output", snapshot, os.path.join(SHARED, "data/vulndb/v1.zip")])
    count = make_large_module(root, os.path.join(work, "cache"))
    env = dict(os.environ, GOMODCACHE=os.path.join(work, "cache"))
    spans = []
    for _ in range(ROUNDS):
        run([WEIR, "check", "--only", "modules", "--vulndb", snapshot, "--trace", trace, root],
            env=env)
        with open(trace, encoding="utf-8") as file:
            events = json.load(file)
        events = events["traceEvents"] if isinstance(events, dict) else events
        spans.append(sum(e["dur"] for e in events if e["name"] in
                         ("vulndb", "vulnerabilities")) / 1000)
    goal(f"vulnerability answer for {count} modules", min(spans), " ms", "at most 5",
         0 < min(spans) <= 5)


HOOK_FILES = 200
HOOK_ROUNDS = 60


def bench_hook(work):
    """The script that git calls, and weir check --staged, in turn on the same index."""
    repo = os.path.join(work, "hooked")
    env = dict(os.environ, GIT_CONFIG_GLOBAL=os.path.join(TOP, "test/gitconfig"), GIT_CONFIG_NOSYSTEM="1",
               XDG_STATE_HOME=os.path.join(work, "state"))
    for i in range(HOOK_FILES):
        folder = os.path.join(repo, f"p{i // 20}")
        os.makedirs(folder, exist_ok=True)
        with open(os.path.join(folder, f"f{i}.go"), "w", encoding="utf-8") as file:
            file.write(f"package p{i // 20}\n\n" + f"// line of {i}\n" * 40)
    with open(os.path.join(repo, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module example.com/hooked\n\ngo 1.22\n")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "one"], ["gc", "-q"]):
        run(["git", *words], cwd=repo, env=env)
    with open(os.path.join(repo, "p0/f0.go"), "a", encoding="utf-8") as file:
        file.write("// more\n")
    run(["git", "add", "-A"], cwd=repo, env=env)
    run([WEIR, "hook", "install"], cwd=repo, env=env)
    script = os.path.join(repo, ".git/hooks/pre-commit")
    pairs = [(seconds(lambda: run([WEIR, "check", "--staged"], cwd=repo, env=env)),
              seconds(lambda: run([script], cwd=repo, env=env))) for _ in range(HOOK_ROUNDS)]
    over = statistics.median(hook - check for check, hook in pairs)
    goal(f"pre-commit hook less weir check --staged, {HOOK_FILES} files", over * 1000, " ms", "at most 8",
         over <= 0.008)


COVER_BYTES = 200_000_000
COVER_FUNCTION = """func F{n}(a, b int) int {{
\tif a > b {{
\t\ta += b
\t\treturn a
\t}}
\tfor i := 0; i < b; i++ {{
\t\ta++
\t}}
\treturn a + b
}}

"""


def cover_file(folder, name, functions):
    """A source file, and the lines that a profile has for it."""
    lines, at = [], 3
    with open(os.path.join(folder, os.path.basename(name)), "w", encoding="utf-8") as file:
        file.write("package p\n\n")
        for n in range(functions):
            file.write(COVER_FUNCTION.format(n=n))
            head = len(f"func F{n}(a, b int) int {{")
            lines.append(f"{name}:{at}.{head},{at + 1}.11 1 {n % 3}\n{name}:{at + 1}.11,{at + 4}.3 2 {n % 5}\n"
                         f"{name}:{at + 5}.2,{at + 5}.27 1 {n % 3}\n{name}:{at + 5}.27,{at + 7}.3 1 {n % 2 * 7}\n"
                         f"{name}:{at + 8}.2,{at + 8}.14 1 {n % 3}\n")
            at += 11
    return "".join(lines)


def make_cover(root, files, functions):
    """A module, and a profile of 200 MB: its blocks again and again, as packages that cover each other
    leave them, or each once where there are enough of them."""
    texts = []
    for i in range(files):
        folder = os.path.join(root, f"p{i // 20}")
        os.makedirs(folder, exist_ok=True)
        texts.append(cover_file(folder, f"example.com/covered/p{i // 20}/f{i}.go", functions))
    with open(os.path.join(root, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module example.com/covered\n\ngo 1.22\n")
    text = "".join(texts)
    with open(os.path.join(root, "c.out"), "w", encoding="utf-8") as file:
        written = file.write("mode: atomic\n")
        while written < COVER_BYTES:
            written += file.write(text)


def bench_cover(work):
    check = [WEIR, "check", "--only", "coverage", "--profile", "c.out"]
    for name, files, functions in (("repeated", 1000, 40), ("all different", 2000, 330)):
        root = os.path.join(work, name.replace(" ", "-"))
        make_cover(root, files, functions)
        ours, theirs = least(lambda: run(check, cwd=root),
                             lambda: run(["go", "tool", "cover", "-func", "c.out"], cwd=root))
        goal(f"200 MB profile, blocks {name}", ours, " s", "at most 2", ours <= 2)
        goal(f"go tool cover -func / weir, blocks {name}", theirs / ours, "x", "at least 5",
             theirs >= 5 * ours)
        most = most_mib(check, "VmHWM", cwd=root)
        goal(f"peak memory, blocks {name}", most, " MiB", "at most 95 (100 MB)", most <= 95)


def write_stream(path, size):
    """A stream as go test -json writes it: packages of many small tests that log a little."""
    head = '{"Time":"2026-11-24T13:13:46.559492123Z",'
    lines = []
    for package in range(300):
        where = f'"Package":"example.com/stream/pkg{package}"'
        lines.append(f'{head}"Action":"start",{where}}}\n')
        for test in range(150):
            name = f"TestThing{test}/case_{test * 7}"
            lines.append(f'{head}"Action":"run",{where},"Test":"{name}"}}\n')
            for number in range(10):
                lines.append(f'{head}"Action":"output",{where},"Test":"{name}","Output":"    a_test.go:{number}: saw \\"{number}\\"\\n"}}\n')
            lines.append(f'{head}"Action":"pass",{where},"Test":"{name}","Elapsed":0}}\n')
        lines.append(f'{head}"Action":"pass",{where},"Elapsed":0.2}}\n')
    text = "".join(lines).encode()
    with open(path, "wb") as file:
        for _ in range(size // len(text) + 1):
            file.write(text)


def bench_tests(work):
    root, stream = os.path.join(work, "stream"), os.path.join(work, "stream.json")
    os.makedirs(os.path.join(root, "pkg0"))
    for name, body in (("go.mod", "module example.com/stream\n\ngo 1.22\n"), ("pkg0/a_test.go", "package pkg0\n")):
        with open(os.path.join(root, name), "w", encoding="utf-8") as file:
            file.write(body)
    write_stream(stream, 1 << 30)
    judge = [WEIR, "check", root, "--only", "tests", "--test-json", stream]
    time_taken = least(lambda: run(judge))[0]
    speed = os.path.getsize(stream) / time_taken / 1e6
    goal("test2json stream of 1 GB", speed, " MB/s", ">= 300", speed >= 300)
    memory = anonymous_mib(judge)
    goal("its anonymous memory", memory, " MiB", "<= 16", memory <= 16)
    os.remove(stream)
    bench_test_share(work)


def bench_test_share(work):
    """weir's own CPU time beside that of what it runs."""
    root = os.path.join(work, "share")
    shutil.copytree(os.path.join(TOP, "examples/payment-gateway/mended"), root)
    child = subprocess.Popen([WEIR, "check", root, "--only", "tests", "--stage", "merge"], stdout=subprocess.DEVNULL)
    own = 0.0
    while True:
        # The process stays readable until it is waited for: the last look is the whole.
        state, fields = stat_of(child.pid)
        own = sum(int(ticks) for ticks in fields) / os.sysconf("SC_CLK_TCK")
        if state == "Z":
            break
        time.sleep(0.02)
    usage = os.wait4(child.pid, 0)[2]
    children = usage.ru_utime + usage.ru_stime - own
    goal("weir's CPU time beside that of its tests", 100 * own / children, " %", "<= 2", own <= 0.02 * children)


def stat_of(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return fields[0], fields[11:13]


SECRETS_BYTES = 400_000_000
GITLEAKS = "github.com/zricethezav/gitleaks/v8@v8.30.1"
ARCHIVES = (".zip", ".gz", ".tgz", ".xz", ".bz2")


def make_large_tree(work, root):
    """Go's own source and helm with all it vendors, again and again up to 400 MB. Archives are left out:
    they are more bytes than they seem."""
    helm, _ = make_helm(work)
    goroot = run(["go", "env", "GOROOT"]).decode().strip()
    size = count = turn = 0
    while size < SECRETS_BYTES:
        for source in (os.path.join(goroot, "src"), helm):
            for folder, _, names in os.walk(source):
                target = os.path.join(root, str(turn), os.path.relpath(folder, os.path.dirname(source)))
                os.makedirs(target, exist_ok=True)
                for name in names:
                    path = os.path.join(folder, name)
                    if os.path.islink(path) or name.endswith(ARCHIVES):
                        continue
                    shutil.copyfile(path, os.path.join(target, name))
                    size, count = size + os.path.getsize(path), count + 1
        turn += 1
    return size, count


def cpu_and_wall(argv, stdin=None):
    """The least CPU time and the least wall time of several runs, children included."""
    best = [float("inf"), float("inf")]
    for _ in range(3):
        before = os.times()
        start = time.perf_counter()
        run(argv, stdin=stdin)
        wall = time.perf_counter() - start
        after = os.times()
        spent = after.children_user + after.children_system - before.children_user - before.children_system
        best = [min(best[0], spent), min(best[1], wall)]
    return best


def bench_secrets(work):
    root, listed = os.path.join(work, "large-tree"), os.path.join(work, "large-files")
    run(["meson", "setup", "build/bench", "--buildtype=release", "-Db_lto=true", "--reconfigure"]
        if os.path.exists(os.path.join(TOP, "build/bench/build.ninja")) else
        ["meson", "setup", "build/bench", "--buildtype=release", "-Db_lto=true"], cwd=TOP)
    run(["ninja", "-C", "build/bench", "src/leak_database_probe"], cwd=TOP)
    size, count = make_large_tree(work, root)
    print(f"secrets: {size / 1e6:.0f} MB in {count} files")
    with open(listed, "wb") as file:
        file.write(run(["find", root, "-type", "f"]))
    cpu, wall = cpu_and_wall([WEIR, "secrets", root, "--format", "json=" + os.path.join(work, "secrets.json")])
    bare, _ = cpu_and_wall([os.path.join(PROBES, "leak_database_probe")], stdin=listed)
    _, cat = cpu_and_wall(["sh", "-c", f"find '{root}' -type f -print0 | xargs -0 cat >/dev/null"])
    goal("weir secrets, CPU / a bare Vectorscan loop over the same bytes", cpu / bare, "", "at most 1.5",
         cpu <= 1.5 * bare)
    goal("weir secrets, wall / cat", wall / cat, "", "at most 2", wall <= 2 * cat)
    bin_dir = os.path.join(work, "bin")
    run(["go", "install", GITLEAKS], cwd="/", env=dict(os.environ, GOBIN=bin_dir, GOFLAGS="-mod=mod"))
    theirs = seconds(lambda: run([os.path.join(bin_dir, "gitleaks"), "dir", "--no-banner", "-l", "error", root]))
    goal("gitleaks dir / weir secrets, wall", theirs / wall, "x", "at least 40", theirs >= 40 * wall)
    empty = min(seconds(lambda: run([WEIR, "secrets", "--stdin"])) for _ in range(20))
    goal("weir secrets of nothing: from start to end", empty * 1000, " ms", "at most 10", empty <= 0.010)


def main():
    names = sys.argv[1:] or ["cache", "vendor", "vulndb", "start", "hook", "cover", "tests", "secrets"]
    work = tempfile.mkdtemp(prefix="weir-bench-")
    try:
        if "cache" in names or "vendor" in names:
            bench_helm(work, names)
        if "vulndb" in names:
            bench_vulndb(work)
        if "start" in names:
            bench_start()
        if "hook" in names:
            bench_hook(work)
        if "cover" in names:
            bench_cover(work)
        if "tests" in names:
            bench_tests(work)
        if "secrets" in names:
            bench_secrets(work)
    finally:
        run(["chmod", "-R", "u+w", work])
        shutil.rmtree(work, ignore_errors=True)
    sys.exit(1 if missed else 0)


main()
