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


# What may be known of a secret once its bytes are gone: a member of another type could hold them.
HIT_TYPES = {"uint32_t", "size_t", "bool", "struct digest", "struct secret", "struct scan_hit", "enum rule_severity",
             "enum pushed", "const struct secret_rule *"}
HIT_MEMBERS = {"char shown[SECRET_SHOWN_MAX]"} | {f"struct str {name}" for name in ("file", "blob", "commit", "author", "pushed_ref")}
HIT_STRUCTS = {"secret": "leak/secret.h", "scan_hit": "leak/scan.h", "found_secret": "facts/secrets.h"}


def members_of(struct, header):
    with open(os.path.join(TOP, "src", header), encoding="utf-8") as file:
        text = re.sub(r"/\*.*?\*/", "", file.read(), flags=re.S)
    body = re.search(r"^struct %s \{(.*?)^\};" % struct, text, re.M | re.S)[1]
    for declaration in filter(None, map(str.strip, body.split(";"))):
        base, names = re.fullmatch(r"((?:const )?(?:struct |enum )?\w+(?: \*)?) ?(.+)", declaration, re.S).groups()
        for name in names.split(","):
            yield base, name.strip()


def secret_problems():
    for path in sorted(glob.glob(os.path.join(TOP, "src", "*", "*.[ch]"))):
        name = os.path.relpath(path, os.path.join(TOP, "src"))
        for number, own, target in includes(path):
            if own and re.fullmatch(r"leak/.*_(impl|parts)\.h", target) and not name.startswith("leak/"):
                yield f"{name}:{number} includes {target}, which has the bytes of secrets"
    for struct, header in HIT_STRUCTS.items():
        for base, name in members_of(struct, header):
            if (base not in HIT_TYPES or "[" in name) and f"{base} {name}" not in HIT_MEMBERS:
                yield f"{header}: struct {struct} has {base} {name}, which could hold the bytes of a secret"
    with open(os.path.join(TOP, "src/leak/secret.h"), encoding="utf-8") as file:
        shown = re.search(r"#define SECRET_SHOWN_MAX (\d+)", file.read())
    if int(shown[1]) > 4:
        yield f"leak/secret.h: {shown[1]} bytes of a secret may be shown"


def main():
    problems = list(secret_problems())
    print(f"not ok bytes of secrets: {'; '.join(problems)}" if problems else "ok no bytes of a secret leave src/leak")
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
