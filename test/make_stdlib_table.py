"""Writes src/golang/stdlib.def: the public packages of the standard library and the release each
came with, from GOROOT/api/go1.N.txt and `go list std`.

usage: make_stdlib_table.py > src/golang/stdlib.def
"""
import os
import re
import subprocess

# Packages that the API files do not name, or name later than they came: no exported names, or none
# on the platforms that are listed.
SINCE_BY_HAND = {
    "builtin": 0, "unsafe": 0, "runtime/cgo": 0, "runtime/race": 1, "syscall/js": 11, "time/tzdata": 15,
    "crypto/x509/pkix": 0, "log/syslog": 0,
}


def go(*args):
    return subprocess.run(["go", *args], stdout=subprocess.PIPE, check=True, text=True).stdout


def since_by_api(goroot):
    since = {}
    for name in os.listdir(os.path.join(goroot, "api")):
        match = re.fullmatch(r"go1(?:\.(\d+))?\.txt", name)
        if not match:
            continue
        release = int(match[1] or 0)
        with open(os.path.join(goroot, "api", name), encoding="utf-8") as file:
            for line in file:
                path = re.match(r"pkg (\S+?)(?: \([^)]*\))?, ", line)
                if path:
                    since[path[1]] = min(release, since.get(path[1], release))
    return since


def main():
    goroot = go("env", "GOROOT").strip()
    release = re.match(r"go1\.(\d+)", go("env", "GOVERSION").strip())[1]
    since = {**since_by_api(goroot), **SINCE_BY_HAND}
    listed = {path for path in go("list", "std").split()
              if not path.startswith("vendor/") and "internal" not in path.split("/")} | {"builtin"}
    listed |= {"syscall/js"}  # js/wasm only
    unknown = sorted(listed - since.keys())
    if unknown:
        raise SystemExit(f"no release known for {unknown}: add them to SINCE_BY_HAND")
    print(f"/* Made by test/make_stdlib_table.py from Go 1.{release}. STDLIB(path, since, until) */")
    for path in sorted(listed | since.keys(), key=lambda path: path.encode()):
        until = 0 if path in listed else int(release)
        print(f'STDLIB("{path}", {since[path]}, {until})')


main()
