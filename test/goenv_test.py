"""golang/goenv against the real `go env`, over many combinations of environment and files.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile

PROBE = os.path.join(os.environ["WEIR_PROBES"], "golang_goenv_probe")
# GOWORK, GOHOST* and GO111MODULE: `go env` prints what it found; weir keeps what was set.
NOT_COMPARED = {"GOWORK", "GOVERSION"}

ENVIRONMENTS = {
    "nothing set": {},
    "no home": {"HOME": "", "GOCACHE": "/c"},
    "module cache": {"GOMODCACHE": "/m/c"},
    "path": {"GOPATH": "/a:/b"},
    "path that ends with a slash": {"GOPATH": "/a/"},
    "proxy": {"GOPROXY": "https://p.example,direct", "GOSUMDB": "off"},
    "private": {"GOPRIVATE": "*.corp.example,rsc.io/private"},
    "private with exceptions": {"GOPRIVATE": "a", "GONOPROXY": "b", "GONOSUMDB": "none"},
    "windows": {"GOOS": "windows"},
    "arm": {"GOARCH": "arm", "GOARM": "6"},
    "arm by default": {"GOARCH": "arm"},
    "amd64 level": {"GOAMD64": "v3"},
    "mips": {"GOARCH": "mips"},
    "riscv": {"GOARCH": "riscv64"},
    "ppc": {"GOARCH": "ppc64le", "GOPPC64": "power9"},
    "386": {"GOARCH": "386", "GO386": "softfloat"},
    "wasm": {"GOOS": "js", "GOARCH": "wasm"},
    "cgo off": {"CGO_ENABLED": "0"},
    "cgo on for another target": {"CGO_ENABLED": "1", "GOOS": "darwin", "GOARCH": "arm64"},
    "cgo nonsense": {"CGO_ENABLED": "maybe"},
    "flags": {"GOFLAGS": "-mod=mod -tags=a,b '-ldflags=-s -w'"},
    "toolchain": {"GOTOOLCHAIN": "local+path"},
    "modules on": {"GO111MODULE": "on"},
    "experiment": {"GOEXPERIMENT": "jsonv2"},
    "cache": {"GOCACHE": "/c/ache"},
    "cache by XDG": {"XDG_CACHE_HOME": "/x/cache"},
    "others": {"GOINSECURE": "i", "GOVCS": "*:all", "GOAUTH": "off"},
}
USER_FILES = {
    "no user file": None,
    "user file": "GOPROXY=https://user.example\nGOFLAGS=-mod=readonly\nGOAMD64=v2\nCGO_ENABLED=0\nGOPRIVATE=u\n",
    "odd user file": "# comment\n\nlower=1\nGOPROXY=\nGOSUMDB=a\nGOSUMDB=b=c\nGOMODCACHE=/u/m\n GOOS=plan9\nCGO_ENABLED=0\r\n",
    "user file without a last line end": "GOARCH=arm64\nGOPATH=/u/p",
}


def run(argv, env):
    return subprocess.run(argv, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, text=True)


def environment(home, changes):
    env = {"PATH": os.environ["PATH"], "HOME": home, "GOTELEMETRY": "off"}
    env.update(changes)
    return {key: value for key, value in env.items() if value or key != "HOME"}


def c_compiler(env):
    return "1" if env.get("CC") or shutil.which("gcc", path=env["PATH"]) else "0"


def compare(goroot, home, changes):
    env = environment(home, changes)
    real = run(["go", "env", "-json"], env)
    if real.returncode:
        return "go env failed: " + real.stderr.strip()
    real = json.loads(real.stdout)
    ours = dict(line.split("=", 1) for line in run([PROBE, goroot, c_compiler(env)], env).stdout.splitlines())
    wrong = [f"{name} is {ours[name]!r}, go says {real[name]!r}" for name in sorted(ours)
             if name in real and name not in NOT_COMPARED and ours[name] != real[name]]
    known = [name for name in ours if name in real]
    return "; ".join(wrong) or ("" if len(known) > 18 else f"only {len(known)} names compared")


TOOL_TAGS = {
    "the host": {},
    "amd64 v3": {"GOARCH": "amd64", "GOAMD64": "v3"},
    "386": {"GOARCH": "386"},
    "386 softfloat": {"GOARCH": "386", "GO386": "softfloat"},
    "arm": {"GOARCH": "arm"},
    "arm 5": {"GOARCH": "arm", "GOARM": "5"},
    "arm 6 softfloat": {"GOARCH": "arm", "GOARM": "6,softfloat"},
    "arm64": {"GOARCH": "arm64"},
    "arm64 v8.4": {"GOARCH": "arm64", "GOARM64": "v8.4,crypto"},
    "arm64 v9.2": {"GOARCH": "arm64", "GOARM64": "v9.2"},
    "arm64 v9.5": {"GOARCH": "arm64", "GOARM64": "v9.5,lse"},
    "mips64le softfloat": {"GOARCH": "mips64le", "GOMIPS64": "softfloat"},
    "mips": {"GOARCH": "mips"},
    "ppc64le power10": {"GOARCH": "ppc64le", "GOPPC64": "power10"},
    "riscv64 rva22u64": {"GOARCH": "riscv64", "GORISCV64": "rva22u64"},
    "s390x": {"GOARCH": "s390x"},
    "loong64": {"GOARCH": "loong64"},
    "wasm": {"GOOS": "wasip1", "GOARCH": "wasm"},
    "darwin": {"GOOS": "darwin", "GOARCH": "arm64"},
    "experiments on and off": {"GOEXPERIMENT": "jsonv2,nodwarf5,nogreenteagc"},
    "no experiments": {"GOEXPERIMENT": "none"},
    "no experiments on s390x": {"GOEXPERIMENT": "none", "GOARCH": "s390x"},
    "no regabi on s390x": {"GOEXPERIMENT": "noregabi", "GOARCH": "s390x"},
    "race": {"GOFLAGS": "-race"},
    "no race": {"GOFLAGS": "-race=false"},
}


def compare_tool_tags(goroot, home, changes):
    env = environment(home, changes)
    real = run(["go", "list", "-f", "{{range context.ToolTags}}{{.}} {{end}}", "fmt"], env)
    if real.returncode:
        return "go list failed: " + real.stderr.strip()
    ours = [line[5:] for line in run([PROBE, goroot, c_compiler(env)], env).stdout.splitlines() if line.startswith("tool=")]
    return "" if sorted(ours) == sorted(real.stdout.split()) else f"{sorted(ours)}, go says {sorted(real.stdout.split())}"


def main():
    goroot = run(["go", "env", "GOROOT"], {**os.environ}).stdout.strip()
    with tempfile.TemporaryDirectory() as home:
        os.makedirs(os.path.join(home, ".config/go"))
        file = os.path.join(home, ".config/go/env")
        for user_name, user_text in USER_FILES.items():
            if os.path.exists(file):
                os.remove(file)
            if user_text is not None:
                with open(file, "w", encoding="utf-8", newline="") as out:
                    out.write(user_text)
            for name, changes in ENVIRONMENTS.items():
                why = compare(goroot, home, changes)
                case = f"settings with {user_name}: {name}"
                print(f"not ok {case}: {why}" if why else f"ok {case}")
        for name, changes in TOOL_TAGS.items():
            why = compare_tool_tags(goroot, os.path.join(home, "none"), changes)
            print(f"not ok tool tags of {name}: {why}" if why else f"ok tool tags of {name}")
    version = run([PROBE, goroot, "1"], {**os.environ}).stdout
    real = run(["go", "env", "GOVERSION"], {**os.environ}).stdout.strip()
    good = f"GOVERSION={real}\n" in version and f"release={re.match(r'go1[.]([0-9]+)', real)[1]}\n" in version
    print("ok the toolchain's version" if good else f"not ok the toolchain's version: {version}")


main()
