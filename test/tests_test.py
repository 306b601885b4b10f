"""The checkpoint tests with the real go command: what it runs, what it keeps out, and what test
suites that mean harm can do to the machine, which is nothing."""
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

WEIR = os.environ["WEIR"]
WORK = os.path.realpath(tempfile.mkdtemp())
CACHE = os.path.join(WORK, "cache")
RUNS_SECONDS = 300


def module(name, files, config=""):
    root = os.path.join(WORK, name)
    files = {"go.mod": f"module example.com/{name}\n\ngo 1.22\n", **files}
    if config:
        files["weir.yaml"] = config
    for path, body in files.items():
        path = os.path.join(root, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as file:
            file.write(body)
    return root


def environment(**more):
    env = dict(os.environ, XDG_CACHE_HOME=CACHE, GOPROXY="off", GOENV="off", GOFLAGS="", GOWORK="")
    env.setdefault("GOCACHE", subprocess.run(["go", "env", "GOCACHE"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip())
    env.update(more)
    return env


def weir(root, *words, env=None, timeout=RUNS_SECONDS):
    done = subprocess.run([WEIR, "check", root, "--only", "tests", "--format", "json", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env=env or environment(), timeout=timeout, check=False)
    if b"ERROR: " in done.stderr:
        raise AssertionError(done.stderr.decode(errors="replace")[-2000:])
    return json.loads(done.stdout)


def host_isolates():
    """Whether this host allows the namespaces that bubblewrap needs; many containers do not."""
    try:
        return subprocess.run(["bwrap", "--unshare-user", "--unshare-pid", "--unshare-net", "--ro-bind", "/", "/",
                               "--proc", "/proc", "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0
    except FileNotFoundError:
        return False


# Where there is no sandbox to be had, what does not depend on it is tested without; that nothing is run unasked
# is tested everywhere.
ISOLATION = () if host_isolates() else ("--unsandboxed",)


def merge(root, *words, **more):
    if "--unsandboxed" not in words:
        words += ISOLATION
    return weir(root, "--stage", "merge", *words, **more)


def found(report):
    return sorted((f["rule"], f["file"], f["line"]) for f in report["findings"])


def expect(report, *wanted):
    got = found(report)
    if got != sorted(wanted):
        raise AssertionError(f"found {got}, want {sorted(wanted)}; unjudged {report['unjudged']}")


def nothing_left(report_of=""):
    left = glob.glob(os.path.join(CACHE, "weir/tests/*/*"))
    if left:
        raise AssertionError(f"left behind {report_of}: {left[:3]}")


def processes(mark):
    out = subprocess.run(["ps", "-eo", "pid,args"], stdout=subprocess.PIPE, text=True, check=True).stdout
    return [line for line in out.splitlines() if mark in line and "ps -eo" not in line and str(os.getpid()) not in line.split()[:1]]


def test_file(package, body, *imports):
    listed = "".join(f'\t"{name}"\n' for name in ("testing", *imports))
    return f"package {package}\n\nimport (\n{listed})\n\n{body}"


def nothing_is_run_below_merge():
    root = module("below", {"a_test.go": test_file("below", 'func TestA(t *testing.T) { os.WriteFile("' + WORK + '/ran", nil, 0o644) }\n', "os")})
    report = weir(root)
    assert report["verdict"] == "unjudged" and "--stage merge" in report["unjudged"][0]["mend"], report["unjudged"]
    report = weir(root, "--stage", "commit")
    assert report["verdict"] == "unjudged"
    assert not os.path.exists(WORK + "/ran")


def the_tree_and_the_secrets_are_out_of_reach():
    secret = os.path.join(WORK, "secret")
    with open(secret, "w", encoding="utf-8") as file:
        file.write("s3cret")
    gocache = environment()["GOCACHE"]
    body = f'''
func TestReach(t *testing.T) {{
	if _, err := os.ReadFile({json.dumps(secret)}); err == nil {{
		t.Error("reads a file of the host")
	}}
	if err := os.WriteFile({json.dumps(gocache)}+"/planted", nil, 0o644); err == nil && os.Getenv("GOCACHE") == {json.dumps(gocache)} {{
		t.Error("writes the build cache")
	}}
	for _, name := range []string{{"GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "SSH_AUTH_SOCK"}} {{
		if os.Getenv(name) != "" {{
			t.Error("sees", name)
		}}
	}}
	if os.Getenv("MODE") != "test of weir" {{
		t.Error("MODE is", os.Getenv("MODE"))
	}}
	if err := os.WriteFile("pay.go", []byte("changed"), 0o644); err != nil {{
		t.Error("the copy cannot be written:", err)
	}}
	if conn, err := net.DialTimeout("tcp", "1.1.1.1:443", time.Second); err == nil {{
		conn.Close()
		t.Error("reaches the network")
	}}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {{
		t.Error("no loopback:", err)
	}} else {{
		listener.Close()
	}}
}}
'''
    root = module("reach", {"pay.go": "package reach\n", "a_test.go": test_file("reach", body, "net", "os", "time")},
                  "tests:\n  env: [MODE=test of weir]\n")
    report = weir(root, "--stage", "merge", env=environment(GITHUB_TOKEN="t", AWS_SECRET_ACCESS_KEY="s", SSH_AUTH_SOCK="/x"))
    expect(report)
    if ISOLATION:
        assert report["verdict"] == "unjudged" and "--unsandboxed" in report["unjudged"][0]["mend"], report["unjudged"]
        return
    assert report["verdict"] == "pass", report["unjudged"]
    assert open(os.path.join(root, "pay.go"), encoding="utf-8").read() == "package reach\n"
    assert not os.path.exists(os.path.join(gocache, "planted"))
    nothing_left()


def daemons_die():
    body = '''
func TestFork(t *testing.T) {
	cmd := exec.Command("sleep", "4242")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
}
'''
    root = module("fork", {"a_test.go": test_file("fork", body, "os/exec", "syscall")})
    for words in ((), ("--unsandboxed",)):
        expect(merge(root, *words))
        time.sleep(0.2)
        assert not processes("sleep 4242"), f"{words}: {processes('sleep 4242')}"
    nothing_left()


def who_ignores_signals_dies():
    body = '''
func TestStay(t *testing.T) {
	signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT)
	time.Sleep(time.Hour)
}
'''
    root = module("stay", {"a_test.go": test_file("stay", body, "os/signal", "syscall", "time")}, "tests:\n  deadline: 20\n  timeout: 3600\n")
    start = time.time()
    report = merge(root)
    assert time.time() - start < 60
    assert report["verdict"] == "unjudged" and any("tests.deadline" in u["why"] for u in report["unjudged"]), report["unjudged"]
    assert not processes("stay.test")
    nothing_left()


def an_interrupt_ends_every_child():
    root = module("slow", {"a_test.go": test_file("slow", "func TestSlow(t *testing.T) { time.Sleep(time.Hour) }\n", "time"),
                           "quick/a_test.go": test_file("quick", "func TestQuick(t *testing.T) { t.Error(\"wrong\") }\n")})
    for number in (signal.SIGINT, signal.SIGTERM):
        child = subprocess.Popen([WEIR, "check", root, "--only", "tests", "--stage", "merge", "--format", "json", *ISOLATION],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment())
        end = time.time() + RUNS_SECONDS
        while not processes("slow.test") and time.time() < end and child.poll() is None:
            time.sleep(0.1)
        time.sleep(5)  # the other package is done by then
        child.send_signal(number)
        out = child.communicate(timeout=30)[0]
        report = json.loads(out)
        assert report["interrupted"] and report["verdict"] == "unjudged" and child.returncode == 2
        # What was found until then is kept, and what was ended is no finding.
        assert [f["rule"] for f in report["findings"]] == ["TST001"], report["findings"]
        assert not processes("slow.test"), processes("slow.test")
        nothing_left()


def a_killed_weir_leaves_nothing_running():
    root = module("killed", {"a_test.go": test_file("killed", "func TestSlow(t *testing.T) { time.Sleep(time.Hour) }\n", "time")})
    child = subprocess.Popen([WEIR, "check", root, "--only", "tests", "--stage", "merge", *ISOLATION], stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL, env=environment())
    end = time.time() + RUNS_SECONDS
    while not processes("killed.test") and time.time() < end:
        time.sleep(0.1)
    child.kill()
    child.wait()
    time.sleep(1)
    assert not processes("killed.test"), processes("killed.test")
    expect(merge(module("killed", {"a_test.go": test_file("killed", "func TestA(t *testing.T) {}\n")})))
    nothing_left()


def a_full_disk_ends_the_run():
    body = '''
func TestFill(t *testing.T) {
	for i := 0; ; i++ {
		if err := os.WriteFile(fmt.Sprintf("fill%d", i), make([]byte, 8<<20), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
'''
    root = module("fill", {"a_test.go": test_file("fill", body, "fmt", "os")}, "tests:\n  disk_mib: 512\n")
    report = merge(root)
    assert report["verdict"] == "unjudged" and any("fill the disk" in u["why"] for u in report["unjudged"]), report["unjudged"]
    nothing_left()


def a_hundred_megabytes_on_one_line():
    body = '''
func TestLong(t *testing.T) {
	for i := 0; i < 100; i++ {
		fmt.Print(strings.Repeat("x", 1<<20))
	}
	fmt.Println()
	t.Error("after the line")
}
'''
    root = module("long", {"a_test.go": test_file("long", body, "fmt", "strings")})
    expect(merge(root), ("TST001", "a_test.go", 15))


def what_ends_the_process_is_no_pass():
    files = {}
    for name, body, imports in (
            ("fatal", 'func TestA(t *testing.T) { log.Fatal("gone") }\n', ["log"]),
            ("quiet", "func TestA(t *testing.T) { syscall.Exit(0) }\nfunc TestB(t *testing.T) { t.Fail() }\n", ["syscall"]),
            ("exits", "func TestA(t *testing.T) { os.Exit(0) }\n", ["os"]),
            ("panics", 'func init() { panic("in init") }\n\nfunc TestA(t *testing.T) {}\n', []),
            ("killed", "func TestA(t *testing.T) { syscall.Kill(syscall.Getpid(), syscall.SIGKILL) }\n", ["syscall"])):
        files[f"{name}/a_test.go"] = test_file(name, body, *imports)
    report = merge(module("ends", files))
    rules = {f["file"].split("/")[0]: f["rule"] for f in report["findings"]}
    assert rules == {"fatal": "TST011", "quiet": "TST011", "exits": "TST003", "panics": "TST003", "killed": "TST011"}, rules


def every_module_of_a_workspace_is_tested():
    root = module("work", {
        "go.work": "go 1.22\n\nuse (\n\t.\n\t./b\n)\n",
        "a_test.go": test_file("work", 'func TestA(t *testing.T) {\n\tif b.B() != 2 {\n\t\tt.Fatal("no")\n\t}\n}\n', "example.com/b"),
        "b/go.mod": "module example.com/b\n\ngo 1.22\n", "b/b.go": "package b\n\nfunc B() int { return 1 }\n",
        "b/b_test.go": test_file("b", "func TestB(t *testing.T) { t.Fail() }\n"),
        "c/go.mod": "module example.com/c\n\ngo 1.22\n", "c/c_test.go": test_file("c", "func TestC(t *testing.T) { t.Fail() }\n")})
    expect(merge(root), ("TST001", "a_test.go", 10), ("TST001", "b/b_test.go", 7), ("TST001", "c/c_test.go", 7))


def index_and_commit_are_tested_as_they_are():
    root = module("commits", {"a_test.go": test_file("commits", "func TestA(t *testing.T) {}\n")})

    def git(*words):
        subprocess.run(["git", "-C", root, *words], check=True, stdout=subprocess.DEVNULL)

    git("init", "-q")
    git("add", "-A")
    git("commit", "-q", "-m", "one")
    bad = test_file("commits", "func TestA(t *testing.T) { t.Fail() }\n")
    with open(os.path.join(root, "a_test.go"), "w", encoding="utf-8") as file:
        file.write(bad)
    expect(merge(root, "--commit", "HEAD"))
    expect(merge(root, "--staged"))
    git("add", "-A")
    expect(merge(root, "--staged"), ("TST001", "a_test.go", 7))
    expect(merge(root, "--commit", "HEAD"))


def vet_has_its_lines_and_flaky_is_said():
    root = module("flaky", {
        "a.go": "package flaky\n\nfunc A(x int) {\n\tx = x\n}\n",
        "a_test.go": test_file("flaky", "var runs int\n\nfunc TestA(t *testing.T) {\n\tif runs++; runs == 2 {\n\t\tt.Fatal(runs)\n\t}\n}\n")})
    expect(merge(root, "--count", "3"), ("TST007", "a.go", 4), ("TST009", "a_test.go", 11))


def what_is_missing_is_said():
    root = module("missing", {"a_test.go": test_file("missing", "func TestA(t *testing.T) {}\n")})
    bare = os.path.join(WORK, "bin")
    os.makedirs(bare, exist_ok=True)
    report = merge(root, env=environment(PATH=bare, GOCACHE="/nonexistent"))
    assert report["verdict"] == "unjudged" and "--test-json" in report["unjudged"][0]["mend"], report["unjudged"]
    go = os.path.dirname(os.path.realpath(shutil.which("go")))
    report = weir(root, "--stage", "merge", env=environment(PATH=go))
    assert report["verdict"] == "unjudged" and "--unsandboxed" in report["unjudged"][0]["mend"], report["unjudged"]
    report = merge(root, env=environment(CGO_ENABLED="0"))
    assert report["verdict"] == "unjudged" and "CGO_ENABLED" in report["unjudged"][0]["why"], report["unjudged"]


def a_module_that_is_not_there_is_no_fault_of_the_code():
    root = module("lacks", {"go.mod": "module example.com/lacks\n\ngo 1.22\n\nrequire example.com/nowhere v1.0.0\n",
                            "go.sum": "example.com/nowhere v1.0.0 h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
                                      "example.com/nowhere v1.0.0/go.mod h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
                            "a_test.go": test_file("lacks", "func TestA(t *testing.T) { nowhere.X() }\n", "example.com/nowhere")})
    report = merge(root)
    expect(report)
    assert report["verdict"] == "unjudged" and any("GOPROXY=off" in u["why"] for u in report["unjudged"]), report["unjudged"]


def a_configuration_runs_no_program_of_its_own():
    root = module("config", {"a_test.go": test_file("config", "func TestA(t *testing.T) {}\n")})
    for wrong in ("args: [-exec=/bin/true]", "args: [-toolexec=x]", "args: [--overlay=x]", "args: [-ldflags=-extld=/tmp/x]",
                  "args: [-run, A]", "packages: [../other]", "env: [GORACE=exitcode=0]", "tags: ['a b']"):
        with open(os.path.join(root, "weir.yaml"), "w", encoding="utf-8") as file:
            file.write(f"tests:\n  {wrong}\n")
        done = subprocess.run([WEIR, "check", root, "--only", "tests", "--stage", "merge"], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, env=environment(), check=False)
        assert done.returncode == 2 and b"weir.yaml:2" in done.stderr, (wrong, done.returncode, done.stderr)


def a_deep_tree_is_removed():
    body = '''
func TestDeep(t *testing.T) {
	for i := 0; i < 3000; i++ {
		if err := os.Mkdir("deepdeepdeep", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Chdir("deepdeepdeep"); err != nil {
			t.Fatal(err)
		}
	}
	os.Chmod(".", 0)
}
'''
    expect(merge(module("deep", {"a_test.go": test_file("deep", body, "os")})))
    nothing_left()


TESTS = [nothing_is_run_below_merge, the_tree_and_the_secrets_are_out_of_reach, daemons_die, who_ignores_signals_dies,
         an_interrupt_ends_every_child, a_killed_weir_leaves_nothing_running, a_full_disk_ends_the_run,
         a_hundred_megabytes_on_one_line, what_ends_the_process_is_no_pass, every_module_of_a_workspace_is_tested,
         index_and_commit_are_tested_as_they_are, vet_has_its_lines_and_flaky_is_said, what_is_missing_is_said,
         a_module_that_is_not_there_is_no_fault_of_the_code, a_configuration_runs_no_program_of_its_own, a_deep_tree_is_removed]


def main():
    pattern = sys.argv[1] if len(sys.argv) > 1 else ""
    for test in TESTS:
        name = test.__name__.replace("_", " ")
        if pattern not in test.__name__:
            continue
        try:
            test()
            print(f"ok {name}", flush=True)
        except Exception as error:  # pylint: disable=broad-except
            print(f"not ok {name}: {re.sub(chr(10), ' ', repr(error))[:1500]}", flush=True)
    shutil.rmtree(WORK, ignore_errors=True)


main()
