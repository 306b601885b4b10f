"""The arrows between the folders of src/ point down: read off the #include lines."""
import glob
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# A folder may include itself and the levels below its own; ARCHITECTURE.md says what each is for.
LEVELS = [
    ["base"],
    ["sys", "data"],
    ["golang", "gomod", "gitrepo"],
    ["modcache", "cover", "leak", "gotest", "pipeline", "hook"],
    ["modload"],
    ["facts"],
    ["check"],
    ["policy"],
    ["engine", "report"],
    ["cmd"],
]
LEVEL = {folder: level for level, folders in enumerate(LEVELS) for folder in folders}

# Bytes in, values out: these folders ask nothing of the system.
PURE = {"base", "data", "golang", "gomod", "cover", "leak", "gotest", "pipeline", "check", "policy"}
SYSTEM_HEADERS = {"fcntl.h", "unistd.h", "dirent.h", "poll.h", "spawn.h", "pthread.h", "curl/curl.h",
                  "sys/stat.h", "sys/mman.h", "sys/socket.h", "sys/wait.h"}
# Contracts without code, that pure folders may name.
ALLOWED = {("golang/goenv.h", "sys/env.h"), ("golang/goenv.c", "sys/env.h")}


def includes(path):
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            match = re.match(r'#include ([<"])(.+?)[>"]', line)
            if match:
                yield number, match[1] == '"', match[2]


def problems_of(folder, path, name):
    is_test = re.search(r"_(test|fuzz|probe)\.c$", name) is not None
    for number, own, target in includes(path):
        there = target.split("/")[0]
        if own and there in LEVEL and there != folder and LEVEL[there] >= LEVEL[folder] and not is_test:
            yield f"{name}:{number} includes {target}: {folder} is not above {there}"
        if folder in PURE and not is_test and (name, target) not in ALLOWED:
            if (not own and target in SYSTEM_HEADERS) or (own and there == "sys" and folder not in ("check", "policy")):
                yield f"{name}:{number} includes {target}: {folder} does no I/O"


def main():
    for folder in sorted(os.listdir(os.path.join(TOP, "src"))):
        if not os.path.isdir(os.path.join(TOP, "src", folder)):
            continue
        if folder not in LEVEL:
            print(f"not ok layer of src/{folder}: it stands in no level")
            continue
        problems = []
        for path in sorted(glob.glob(os.path.join(TOP, "src", folder, "*.[ch]"))):
            problems += problems_of(folder, path, os.path.relpath(path, os.path.join(TOP, "src")))
        print(f"not ok layer of src/{folder}: {'; '.join(problems)}" if problems else f"ok layer of src/{folder}")


main()
