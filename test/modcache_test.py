"""The proof of the module cache against `go mod verify`, on seeded damage, and the sums of module
zips against a list of sums that Go itself tests with.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import csv
import json
import os
import shutil
import subprocess
import tempfile
import time

PROBE = os.path.join(os.environ["WEIR_PROBES"], "modcache_prove_probe")
SHARED = os.environ["WEIR_SHARED"]

# Small modules of zip_sums-first-500.csv: upper-case letters in the path, a
# pseudo-version, folders in folders.
MODULES = [
    "github.com/BurntSushi/toml v0.3.1",
    "github.com/Jeffail/gabs v1.4.0",
    "github.com/Masterminds/semver v1.5.0",
    "github.com/akavel/rsrc v0.8.0",
    "github.com/apparentlymart/go-dump v0.0.0-20190214190832-042adf3cf4a0",
    "github.com/btcsuite/snappy-go v1.0.0",
    "github.com/cpu/goacmedns v0.0.1",
    "github.com/davecgh/go-spew v1.1.1",
]
SETTLE_SECONDS = 3.1  # younger files are not remembered (prove.c, SETTLED_NS)


def report(name, problem):
    print(f"not ok {name}: {problem}" if problem else f"ok {name}", flush=True)


def go_env(name):
    return subprocess.run(["go", "env", name], stdout=subprocess.PIPE, check=True,
                          text=True).stdout.strip()


def escape(path):
    return "".join("!" + c.lower() if c.isupper() else c for c in path)


class Cache:
    """A module cache of its own, with a main module that requires MODULES."""

    def __init__(self, root):
        self.root = root
        self.mod = os.path.join(root, "mod")
        self.main = os.path.join(root, "main")

    def env(self, proxy="off"):
        return dict(os.environ, GOMODCACHE=self.mod, GOPROXY=proxy, GOSUMDB="off", GOFLAGS="-mod=mod",
                    GOTOOLCHAIN="local", GOWORK="off")

    def go(self, *words, proxy="off"):
        return subprocess.run(["go", *words], cwd=self.main, env=self.env(proxy),
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, text=True)

    def download(self, module):
        return os.path.join(self.mod, "cache/download", escape(module.split()[0]), "@v",
                            module.split()[1])

    def folder(self, module):
        return os.path.join(self.mod, escape(module.split()[0]) + "@" + module.split()[1])

    def prove(self, sums, *options):
        claims = "".join(f"{m} {sums.get(m, '')}\n" for m in MODULES)
        done = subprocess.run([PROBE, self.mod, *options], input=claims, stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        found = [json.loads(line) for line in done.stdout.splitlines()]
        return {f"{f['path']} {f['version']}": f for f in found}


def make_pristine(root):
    cache = Cache(root)
    os.makedirs(cache.main)
    with open(os.path.join(cache.main, "go.mod"), "w", encoding="utf-8") as file:
        file.write("module example.com/main\n\ngo 1.16\n\nrequire (\n")
        file.writelines(f"\t{m}\n" for m in MODULES)
        file.write(")\n")
    with open(os.path.join(cache.main, "main.go"), "w", encoding="utf-8") as file:
        file.write("package main\n\nfunc main() {}\n")
    default = "file://" + os.path.join(go_env("GOMODCACHE"), "cache/download")
    done = cache.go("mod", "download", proxy=default + "," + go_env("GOPROXY"))
    if done.returncode:
        raise RuntimeError("go mod download: " + done.stdout[-2000:])
    subprocess.run(["chmod", "-R", "u+w", root], check=True)
    return cache


def listed_sums():
    wanted = {tuple(m.split()) for m in MODULES}
    with open(os.path.join(SHARED, "data/go/zip_sums-first-500.csv"), encoding="utf-8") as file:
        return {" ".join(row[:2]): row[2] for row in csv.reader(file) if tuple(row[:2]) in wanted}


# ---- damages: each takes the cache and the module, and gives the kind and name to be reported ----

def flip(path, at=None):
    stamp = os.stat(path)
    with open(path, "rb") as file:
        data = bytearray(file.read())
    data[len(data) // 3 if at is None else at] ^= 0x20
    with open(path, "wb") as file:
        file.write(data)
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))


def some_file(cache, module):
    folder = cache.folder(module)
    return next(name for name in sorted(os.listdir(folder))
                if os.path.isfile(os.path.join(folder, name)) and name[0] != ".")


def zip_flipped(cache, module):
    flip(cache.download(module) + ".zip")
    return "MODCACHE_ZIP_BROKEN"


def zip_truncated(cache, module):
    path = cache.download(module) + ".zip"
    os.truncate(path, os.path.getsize(path) * 2 // 3)
    return "MODCACHE_ZIP_BROKEN"


def zip_empty(cache, module):
    os.truncate(cache.download(module) + ".zip", 0)
    return "MODCACHE_ZIP_BROKEN"


def zip_of_other_module(cache, module):
    other = next(m for m in MODULES if m != module)
    shutil.copy(cache.download(other) + ".zip", cache.download(module) + ".zip")
    return "MODCACHE_ZIP_RULES"


def zip_with_one_more_file(cache, module):
    import zipfile
    with zipfile.ZipFile(cache.download(module) + ".zip", "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(module.replace(" ", "@") + "/added.go", "package added\n")
    return "MODCACHE_ZIP_ALTERED"


def zip_packed_anew(cache, module):
    """Other bytes of the archive, the same files: what counts is the h1 sum."""
    import zipfile
    path = cache.download(module) + ".zip"
    with zipfile.ZipFile(path) as old:
        files = [(info.filename, old.read(info)) for info in old.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as new:
        for name, data in reversed(files):
            new.writestr(name, data)
    return None


def ziphash_altered(cache, module):
    flip(cache.download(module) + ".ziphash", 5)
    return "MODCACHE_ZIPHASH_ALTERED"


def ziphash_absent(cache, module):
    os.remove(cache.download(module) + ".ziphash")
    return "MODCACHE_ZIPHASH_ALTERED"


def ziphash_with_newline(cache, module):
    with open(cache.download(module) + ".ziphash", "a", encoding="utf-8") as file:
        file.write("\n")
    return None


def folder_file_changed(cache, module):
    name = some_file(cache, module)
    flip(os.path.join(cache.folder(module), name))
    return "MODCACHE_FOLDER_CHANGED", name


def folder_file_added(cache, module):
    os.makedirs(os.path.join(cache.folder(module), "new"))
    with open(os.path.join(cache.folder(module), "new/added.go"), "w", encoding="utf-8") as file:
        file.write("package added\n")
    return "MODCACHE_FOLDER_ADDED", "new/added.go"


def folder_file_removed(cache, module):
    name = some_file(cache, module)
    os.remove(os.path.join(cache.folder(module), name))
    return "MODCACHE_FOLDER_MISSING", name


def folder_with_empty_folder(cache, module):
    os.makedirs(os.path.join(cache.folder(module), "empty/er"))
    return None


def folder_modes_and_times(cache, module):
    path = os.path.join(cache.folder(module), some_file(cache, module))
    os.chmod(path, 0o755)
    os.utime(path, (1, 1))
    return None


def link(cache, module, name):
    """Puts a link in the file's place; gives what it leads to."""
    path, target = os.path.join(cache.folder(module), name), os.path.join(cache.root, "elsewhere")
    os.rename(path, target)
    os.symlink(target, path)
    return target


def folder_file_linked(cache, module):
    """To equal bytes: the go command follows the link and is content."""
    link(cache, module, some_file(cache, module))
    return None


def folder_file_linked_to_other_bytes(cache, module):
    name = some_file(cache, module)
    flip(link(cache, module, name))
    return "MODCACHE_FOLDER_CHANGED", name


def folder_file_linked_to_a_folder(cache, module):
    name = some_file(cache, module)
    path = os.path.join(cache.folder(module), name)
    os.remove(path)
    os.symlink(".", path)
    return "MODCACHE_FOLDER_NOT_REGULAR", name


def folder_file_linked_to_nothing(cache, module):
    name = some_file(cache, module)
    os.remove(link(cache, module, name))
    return "MODCACHE_FOLDER_NOT_REGULAR", name


def folder_absent(cache, module):
    shutil.rmtree(cache.folder(module))
    return None


def folder_partial(cache, module):
    """Unpacking was interrupted: the folder does not count."""
    with open(cache.download(module) + ".partial", "w", encoding="utf-8"):
        pass
    os.remove(os.path.join(cache.folder(module), some_file(cache, module)))
    return None


def zip_absent(cache, module):
    os.remove(cache.download(module) + ".zip")
    return "unjudged"


def zip_is_a_folder(cache, module):
    os.remove(cache.download(module) + ".zip")
    os.mkdir(cache.download(module) + ".zip")
    return "MODCACHE_ZIP_BROKEN"


def zip_absent_folder_linked(cache, module):
    os.remove(cache.download(module) + ".zip")
    link(cache, module, some_file(cache, module))
    return "unjudged"


def zip_absent_folder_changed(cache, module):
    os.remove(cache.download(module) + ".zip")
    flip(os.path.join(cache.folder(module), some_file(cache, module)))
    return "MODCACHE_FOLDER_ALTERED"


def zip_absent_ziphash_altered(cache, module):
    os.remove(cache.download(module) + ".zip")
    return ziphash_altered(cache, module)


def all_absent(cache, module):
    for suffix in (".zip", ".ziphash"):
        os.remove(cache.download(module) + suffix)
    shutil.rmtree(cache.folder(module))
    return "unjudged"


DAMAGES = [
    zip_flipped, zip_truncated, zip_empty, zip_of_other_module, zip_with_one_more_file,
    zip_packed_anew, ziphash_altered, ziphash_absent, ziphash_with_newline, folder_file_changed,
    folder_file_added, folder_file_removed, folder_with_empty_folder, folder_modes_and_times,
    folder_file_linked, folder_file_linked_to_other_bytes, folder_file_linked_to_a_folder,
    folder_file_linked_to_nothing, folder_absent, folder_partial, zip_is_a_folder, zip_absent,
    zip_absent_folder_linked, zip_absent_folder_changed, zip_absent_ziphash_altered, all_absent,
]


def judge(found, want, module):
    """What is wrong with what was found; None where it is as wanted."""
    want_kind, want_name = want if isinstance(want, tuple) else (want, "")
    for other, proof in found.items():
        if other != module and proof["state"] != "proved":
            return f"{other} is {proof['state']}, though nothing was done to it"
    proof = found[module]
    kinds = [(d["kind"], d["name"]) for d in proof["damages"]]
    if want_kind is None:
        return None if proof["state"] == "proved" else f"{proof['state']} {kinds} {proof['why']}"
    if want_kind == "unjudged":
        fine = proof["state"] == "unjudged" and proof["mend"] == "go mod download " + \
            module.replace(" ", "@")
        return None if fine else f"{proof['state']} {kinds} mend {proof['mend']!r}"
    return None if kinds == [(want_kind, want_name)] else f"found {kinds}, want {want_kind}"


def try_damage(cache, damage, module, sums):
    memory = os.path.join(cache.root, "memory")
    before = cache.prove(sums, "--folders", "--memory", memory)
    again = cache.prove(sums, "--folders", "--memory", memory)
    if not all(p["state"] == "proved" for p in before.values()):
        return "the cache is not proved before the damage"
    if not all(p["remembered"] for p in again.values()):
        return "what was proved is not remembered"
    want = damage(cache, module)
    found = cache.prove(sums, "--folders")
    problem = judge(found, want, module)
    problem = problem or judge(cache.prove(sums, "--folders", "--memory", memory), want, module)
    verify = cache.go("mod", "verify")
    weir_fails = any(p["state"] == "damaged" for p in found.values())
    if not problem and (verify.returncode != 0) != weir_fails:
        problem = f"go mod verify exits {verify.returncode}: {verify.stdout[-500:]}"
    return problem


def try_sums(cache, sums):
    altered = {m: s[:-3] + ("AA=" if s[-3:] != "AA=" else "BA=") for m, s in sums.items()}
    for module, proof in cache.prove(altered).items():
        kinds = [d["kind"] for d in proof["damages"]]
        if kinds != ["MODCACHE_SUM_DIFFERS"]:
            return f"{module}: {kinds}"
    return None


def try_broken_memory(cache, sums):
    memory = os.path.join(cache.root, "memory")
    cache.prove(sums, "--memory", memory)
    with open(memory, "rb") as file:
        whole = file.read()
    for at in range(0, len(whole), max(1, len(whole) // 40)):
        for broken in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:]):
            with open(memory, "wb") as file:
                file.write(broken)
            found = cache.prove(sums, "--memory", memory)
            if not all(p["state"] == "proved" for p in found.values()):
                return f"a memory broken at byte {at} changes the answer"
            if any(p["remembered"] for p in found.values()):
                return f"a memory broken at byte {at} is believed"
    return None


def try_runs_at_once(cache, sums):
    memory = os.path.join(cache.root, "shared-memory")
    runs = []
    for module in MODULES:
        claim = f"{module} {sums[module]}\n"
        run = subprocess.Popen([PROBE, cache.mod, "--memory", memory], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, text=True)
        run.stdin.write(claim)
        run.stdin.close()
        runs.append(run)
    for run in runs:
        if json.loads(run.stdout.read())["state"] != "proved" or run.wait():
            return "a run failed"
    found = cache.prove(sums, "--memory", memory)
    if not any(p["remembered"] for p in found.values()):
        return "nothing is remembered"
    found = cache.prove(sums, "--memory", memory)
    return None if all(p["remembered"] for p in found.values()) else "something was lost"


def main():
    work = tempfile.mkdtemp()
    pristine = make_pristine(os.path.join(work, "pristine"))
    sums = listed_sums()
    for module, proof in pristine.prove({}).items():
        report(f"sum of {module}", None if proof["sum"] == sums[module] else
               f"{proof['sum']}, want {sums[module]}")
    caches = []
    for damage in DAMAGES:
        root = os.path.join(work, damage.__name__)
        shutil.copytree(pristine.root, root, symlinks=True)
        caches.append(Cache(root))
    time.sleep(SETTLE_SECONDS)
    for number, (damage, cache) in enumerate(zip(DAMAGES, caches)):
        module = MODULES[number % len(MODULES)]
        report(f"{damage.__name__} as go mod verify", try_damage(cache, damage, module, sums))
    report("go.sum with another hash", try_sums(pristine, sums))
    report("broken memory is no memory", try_broken_memory(pristine, sums))
    report("runs at once share a memory", try_runs_at_once(pristine, sums))


main()
