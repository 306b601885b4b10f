"""src/golang/stdlib.def against the standard library of the Go that is installed.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import os
import re
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOT_LISTED = {"builtin", "syscall/js"}  # documentation; JavaScript only


def go(*args):
    return subprocess.run(["go", *args], stdout=subprocess.PIPE, check=True, text=True, cwd="/",
                          env={**os.environ, "GOFLAGS": "", "GOWORK": "off"}).stdout


def main():
    with open(os.path.join(TOP, "src/golang/stdlib.def"), encoding="utf-8") as file:
        rows = {path: (int(since), int(until)) for path, since, until in
                re.findall(r'STDLIB\("([^"]+)", (\d+), (\d+)\)', file.read())}
    newest = max(since for since, _ in rows.values())
    release = int(re.match(r"go1\.(\d+)", go("env", "GOVERSION"))[1])
    listed = {path for path in go("list", "std").split()
              if not path.startswith("vendor/") and "internal" not in path.split("/")}
    ours = {path for path, (since, until) in rows.items() if since <= release and (not until or release < until)}
    missing = sorted(listed - ours) if release <= newest else []
    extra = sorted(ours - listed - NOT_LISTED)
    good = not missing and not extra and len(listed) > 150
    print("ok the table of the standard library is that of the installed Go" if good else
          f"not ok the table of the standard library is that of the installed Go: lacks {missing}, has too many {extra}")
    embedded = re.search(r"STDLIB_RELEASE_MAX (\d+)", open(os.path.join(TOP, "src/golang/stdlib.h"), encoding="utf-8").read())
    print("ok the newest release of the table" if int(embedded[1]) >= newest else "not ok the newest release of the table: STDLIB_RELEASE_MAX is lower")


main()
