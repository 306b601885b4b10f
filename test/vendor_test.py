"""The proof of vendor folders against `go mod vendor` and against what the go command refuses.

A fresh vendor folder must give no difference, under every go version that changes what is vendored.
Each damage is compared three ways: with the kind that it should have, with the files in which a fresh
vendor folder differs from the damaged one, and with whether `go list -mod=vendor` refuses.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import filecmp
import json
import os
import re
import shutil
import subprocess
import tempfile

WEIR = os.environ["WEIR"]
PROBE = os.path.join(os.environ["WEIR_PROBES"], "modload_vendor_probe")
HERE = os.path.dirname(os.path.abspath(__file__))
WORK = tempfile.mkdtemp()
VERSIONS = ["1.12", "1.13", "1.14", "1.16", "1.17", "1.21", "1.22"]
CACHE = subprocess.run(["go", "env", "GOMODCACHE"], stdout=subprocess.PIPE, check=True,
                       text=True).stdout.strip()


def report(name, problem):
    print(f"not ok {name}: {problem}" if problem else f"ok {name}", flush=True)


def go(root, *words, **more):
    env = dict(os.environ, GOTOOLCHAIN="local", GOFLAGS="", GOWORK="off")
    env.update(more)
    return subprocess.run(["go", *words], cwd=root, env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, text=True)


def must(done):
    if done.returncode:
        raise RuntimeError(done.stdout[-3000:])
    return done


def write(root, name, text):
    path = os.path.join(root, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(text)


def read(root, name):
    with open(os.path.join(root, name), encoding="utf-8", newline="") as file:
        return file.read()


def make_project(name, version="1.22"):
    root = os.path.join(WORK, name)
    parts = re.split(r"(?m)^-- (.+?) --\n", read(HERE, "vendor_project.txtar"))
    for file, text in zip(parts[1::2], parts[2::2]):
        write(root, file, text)
    if version != "1.22":
        # What an older go line writes differs: only direct requirements, or nothing about them.
        mod = re.sub(r"(?m)^go .*", f"go {version}", read(root, "go.mod"))
        if version < "1.17":
            mod = re.sub(r"(?m)^.*// indirect\n", "", mod)
        write(root, "go.mod", mod)
    must(go(root, "mod", "vendor"))
    return root


def prove(root, *options, cache=CACHE):
    done = subprocess.run([PROBE, root, cache, *options], stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr[-3000:])
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return lines[:-1], lines[-1]


def files_below(folder):
    for path, folders, files in os.walk(folder):
        for name in files + [f for f in folders if os.path.islink(os.path.join(path, f))]:
            yield os.path.relpath(os.path.join(path, name), folder)


def same_file(a, b):
    return os.path.isfile(a) and os.path.isfile(b) and os.path.islink(a) == os.path.islink(b) and \
        filecmp.cmp(a, b, shallow=False)


def differing(root, fresh):
    """Files below vendor/ that are not as in the fresh folder."""
    there = os.path.join(root, "vendor")
    names = set(files_below(there)) | set(files_below(fresh))
    return {f"vendor/{n}" for n in names
            if not same_file(os.path.join(there, n), os.path.join(fresh, n))}


# ---- damages: each takes the project, and gives {file or package: kind} ----

VENDOR = "vendor/github.com/BurntSushi/toml"


def edit(root, name, old, new):
    text = read(root, name)
    if old not in text:
        raise RuntimeError(f"{name} has no {old!r}")
    write(root, name, text.replace(old, new, 1))


def changed(root):
    edit(root, f"{VENDOR}/decode.go", "package toml", "package  toml")
    return {f"{VENDOR}/decode.go": "VENDOR_CHANGED"}


def crlf(root):
    write(root, f"{VENDOR}/decode.go", read(root, f"{VENDOR}/decode.go").replace("\n", "\r\n"))
    return {f"{VENDOR}/decode.go": "VENDOR_CHANGED_EOL"}


def bom(root):
    write(root, f"{VENDOR}/decode.go", "\ufeff" + read(root, f"{VENDOR}/decode.go"))
    return {f"{VENDOR}/decode.go": "VENDOR_CHANGED_BOM"}


def emptied(root):
    write(root, f"{VENDOR}/decode.go", "")
    return {f"{VENDOR}/decode.go": "VENDOR_CHANGED"}


def missing(root):
    os.remove(os.path.join(root, f"{VENDOR}/decode.go"))
    return {f"{VENDOR}/decode.go": "VENDOR_MISSING"}


def missing_licence(root):
    os.remove(os.path.join(root, f"{VENDOR}/COPYING"))
    return {f"{VENDOR}/COPYING": "VENDOR_MISSING"}


def missing_licence_above_the_package(root):
    name = "vendor/golang.org/x/sys/LICENSE"
    os.remove(os.path.join(root, name))
    return {name: "VENDOR_MISSING"}


def missing_embedded(root):
    name = "vendor/example.com/local/deep/static/a.txt"
    os.remove(os.path.join(root, name))
    return {name: "VENDOR_MISSING"}


def missing_of_another_system(root):
    name = "vendor/golang.org/x/term/term_plan9.go"
    os.remove(os.path.join(root, name))
    return {name: "VENDOR_MISSING"}


def extra(root):
    write(root, f"{VENDOR}/extra.go", "package toml\n")
    return {f"{VENDOR}/extra.go": "VENDOR_EXTRA"}


def extra_in_no_module(root):
    write(root, "vendor/evil.example/x/x.go", "package x\n")
    return {"vendor/evil.example/x/x.go": "VENDOR_EXTRA"}


def extra_beside_the_list(root):
    write(root, "vendor/README", "mine\n")
    return {"vendor/README": "VENDOR_EXTRA"}


def copy_from_cache(root, module, folder, name):
    source = os.path.join(CACHE, module, name)
    target = os.path.join(root, "vendor", folder, name)
    os.makedirs(os.path.dirname(target), exist_ok=True)
    shutil.copyfile(source, target)
    return f"vendor/{folder}/{name}"


def pruned_test(root):
    name = copy_from_cache(root, "github.com/!burnt!sushi/toml@v1.3.2", "github.com/BurntSushi/toml",
                           "decode_test.go")
    return {name: "VENDOR_PRUNED"}


def pruned_go_mod(root):
    name = copy_from_cache(root, "github.com/!burnt!sushi/toml@v1.3.2", "github.com/BurntSushi/toml",
                           "go.mod")
    return {name: "VENDOR_PRUNED"}


def pruned_package(root):
    name = copy_from_cache(root, "github.com/!burnt!sushi/toml@v1.3.2", "github.com/BurntSushi/toml",
                           "cmd/tomlv/main.go")
    return {name: "VENDOR_PRUNED"}


def pruned_generator(root):
    name = copy_from_cache(root, "golang.org/x/sys@v0.20.0", "golang.org/x/sys", "unix/mkpost.go")
    return {name: "VENDOR_PRUNED"}


def linked(root):
    path = os.path.join(root, f"{VENDOR}/decode.go")
    os.rename(path, os.path.join(root, "decode.go.txt"))
    os.symlink(os.path.join(root, "decode.go.txt"), path)
    return {f"{VENDOR}/decode.go": "VENDOR_NOT_REGULAR"}


def linked_folder(root):
    path = os.path.join(root, "vendor/github.com/pkg/errors")
    names = os.listdir(path)
    shutil.move(path, os.path.join(root, "errors"))
    os.symlink(os.path.join(root, "errors"), path)
    want = {f"vendor/github.com/pkg/errors/{name}": "VENDOR_MISSING" for name in names}
    want["vendor/github.com/pkg/errors"] = "VENDOR_NOT_REGULAR"
    return want


def fifo(root):
    os.mkfifo(os.path.join(root, f"{VENDOR}/pipe"))
    return {f"{VENDOR}/pipe": "VENDOR_NOT_REGULAR"}


def letters(root):
    os.rename(os.path.join(root, f"{VENDOR}/decode.go"), os.path.join(root, f"{VENDOR}/Decode.go"))
    return {f"{VENDOR}/Decode.go": "VENDOR_LETTER_CASE"}


def wrong_module(root):
    """The outer module's list of packages has what only the inner module holds."""
    inner = "# cloud.google.com/go/compute/metadata v0.3.0\n## explicit; go 1.19\n"
    text = read(root, "vendor/modules.txt")
    line = next(x for x in text.split("\n") if x.startswith("github.com/pkg/errors"))
    text = text.replace("cloud.google.com/go/compute/metadata\n# ", "# ", 1)
    text = text.replace(line + "\n", line + "\ncloud.google.com/go/compute/metadata\n", 1)
    if inner not in text:
        raise RuntimeError("the list looks different")
    write(root, "vendor/modules.txt", text)
    names = os.listdir(os.path.join(root, "vendor/cloud.google.com/go/compute/metadata"))
    want = {f"vendor/cloud.google.com/go/compute/metadata/{name}": "VENDOR_EXTRA" for name in names}
    want["vendor/modules.txt cloud.google.com/go/compute/metadata"] = "VENDOR_PACKAGE_OUTSIDE"
    return want


def package_absent(root):
    edit(root, "vendor/modules.txt", "github.com/pkg/errors\n#",
         "github.com/pkg/errors\ngithub.com/pkg/errors/none\n#")
    return {"vendor/modules.txt github.com/pkg/errors/none": "VENDOR_PACKAGE_ABSENT"}


def package_twice(root):
    edit(root, "vendor/modules.txt", "github.com/pkg/errors\n#",
         "github.com/pkg/errors\ngithub.com/pkg/errors\n#")
    return {"vendor/modules.txt github.com/pkg/errors": "VENDOR_PACKAGE_TWICE"}


def modes_times_and_empty_folders(root):
    os.chmod(os.path.join(root, f"{VENDOR}/decode.go"), 0o755)
    os.utime(os.path.join(root, f"{VENDOR}/error.go"), (1, 1))
    os.makedirs(os.path.join(root, "vendor/empty/folder"))
    write(root, "go.mod", "// a comment\n" + read(root, "go.mod"))
    return {}


FILE_DAMAGES = [
    changed, crlf, bom, emptied, missing, missing_licence, missing_licence_above_the_package,
    missing_embedded, missing_of_another_system, extra, extra_in_no_module, extra_beside_the_list,
    pruned_test, pruned_go_mod, pruned_package, pruned_generator, linked, linked_folder, fifo, letters,
    wrong_module, package_absent, package_twice, modes_times_and_empty_folders,
]

# ---- damages of modules.txt and go.mod: (file, old text, new text, kind or None) ----

LIST_DAMAGES = {
    "another version in the list":
        ("vendor/modules.txt", "toml v1.3.2", "toml v1.3.1", "VENDOR_OTHER_VERSION"),
    "another version in go.mod": ("go.mod", "toml v1.3.2", "toml v1.3.1", "VENDOR_OTHER_VERSION"),
    "not marked explicit":
        ("vendor/modules.txt", "# github.com/pkg/errors v0.9.1\n## explicit\n",
         "# github.com/pkg/errors v0.9.1\n", "VENDOR_NOT_EXPLICIT"),
    "marked explicit and not required":
        ("go.mod", "\tgithub.com/dlclark/regexp2 v1.11.0 // indirect\n", "", "VENDOR_NOT_REQUIRED"),
    "required and not listed":
        ("go.mod", "require (\n", "require (\n\tgithub.com/davecgh/go-spew v1.1.1\n",
         "VENDOR_NOT_EXPLICIT"),
    "replacement not marked":
        ("vendor/modules.txt", " => github.com/google/uuid v1.6.0\n## ", "\n## ",
         "VENDOR_NOT_REPLACED"),
    "another replacement of one version":
        ("vendor/modules.txt", " => github.com/google/uuid v1.6.0\n## ",
         " => evil.example/uuid v1.6.0\n## ", "VENDOR_OTHER_REPLACEMENT"),
    "wildcard replacement not marked":
        ("vendor/modules.txt", "# github.com/google/uuid => github.com/google/uuid v1.6.0\n", "",
         "VENDOR_NOT_REPLACED"),
    "another replacement":
        ("go.mod", "uuid => github.com/google/uuid v1.6.0", "uuid => github.com/google/uuid v1.5.0",
         "VENDOR_OTHER_REPLACEMENT"),
    "replacement left in the list":
        ("go.mod", "replace github.com/google/uuid => github.com/google/uuid v1.6.0\n", "",
         "VENDOR_REPLACEMENT_LEFT"),
    "another go version of a module":
        ("vendor/modules.txt", "# github.com/BurntSushi/toml v1.3.2\n## explicit; go 1.16",
         "# github.com/BurntSushi/toml v1.3.2\n## explicit; go 1.15", "VENDOR_GO_MARK"),
    "no go version of a module":
        ("vendor/modules.txt", "# github.com/BurntSushi/toml v1.3.2\n## explicit; go 1.16",
         "# github.com/BurntSushi/toml v1.3.2\n## explicit", "VENDOR_GO_MARK"),
    "a module that nothing asks for":
        ("vendor/modules.txt", "# github.com/pkg/errors", "# example.com/left v1.0.0\n# github.com/pkg/errors",
         "VENDOR_MODULE_LEFT"),
    "a line nobody understands":
        ("vendor/modules.txt", "# github.com/pkg/errors", "what is this\n# github.com/pkg/errors",
         "VENDOR_STRANGE_LINE"),
    "a list for a workspace":
        ("vendor/modules.txt", "# cloud", "## workspace\n# cloud", "VENDOR_WORKSPACE_MARK"),
    "a comment in go.mod": ("go.mod", "require (", "// why\nrequire (", None),
}


def copy_project(pristine, name):
    root = os.path.join(WORK, re.sub(r"\W", "_", name))
    shutil.copytree(pristine, root, symlinks=True)
    return root


def found_files(differences):
    found = {}
    for d in differences:
        key = d["file"]
        if d["kind"].startswith("VENDOR_PACKAGE"):
            key += " " + d["package"]
        found[key] = d["kind"]
    return found


def try_damage(pristine, damage):
    root = copy_project(pristine, damage.__name__)
    want = damage(root)
    differences, last = prove(root)
    found = found_files(differences)
    if last["gaps"]:
        return f"unjudged: {last['gaps']}"
    if found != want:
        extra_ones = {k: v for k, v in found.items() if want.get(k) != v}
        lost = {k: v for k, v in want.items() if found.get(k) != v}
        return f"found {extra_ones}, lost {lost}"
    if "vendor/modules.txt" in differing(root, os.path.join(pristine, "vendor")):
        return None  # files are then looked for in other places, too
    reported = {d["file"] for d in differences} | \
        {d["want"] for d in differences if d["kind"] == "VENDOR_LETTER_CASE"}
    if damage is linked_folder:
        return None
    real = differing(root, os.path.join(pristine, "vendor"))
    return None if reported == real else f"go mod vendor differs in {real ^ reported}"


def try_list_damage(pristine, name):
    file, old, new, kind = LIST_DAMAGES[name]
    root = copy_project(pristine, name)
    edit(root, file, old, new)
    differences, _ = prove(root)
    done = go(root, "list", "-mod=vendor", "./...")
    refused = "inconsistent vendoring" in done.stdout
    if refused != any(d["go_refuses"] for d in differences):
        return f"the go command says: {done.stdout[-600:]}; weir: {differences}"
    kinds = {d["kind"] for d in differences}
    if kind is not None and kind not in kinds:
        return f"found {kinds}"
    if kind is None and not refused and differences:
        return f"found {differences}"
    return None


def try_without_cache(pristine):
    root = copy_project(pristine, "without cache")
    edit(root, "vendor/modules.txt", "toml v1.3.2", "toml v1.3.1")
    changed(root)
    extra_in_no_module(root)
    write(root, f"{VENDOR}/x_test.go", "package toml\n")
    differences, last = prove(root, cache="-")
    want = {"vendor/modules.txt": "VENDOR_OTHER_VERSION",
            "vendor/evil.example/x/x.go": "VENDOR_EXTRA", f"{VENDOR}/x_test.go": "VENDOR_PRUNED"}
    if found_files(differences) != want:
        return f"found {found_files(differences)}"
    mends = {gap["mend"] for gap in last["gaps"]}
    if "go mod download github.com/google/uuid@v1.6.0" not in mends:
        return f"mends {mends}"
    return None if len(last["gaps"]) == last["modules"] - 1 else f"gaps {last['gaps']}"


def try_absent_zip(pristine):
    root = copy_project(pristine, "absent zip")
    cache = os.path.join(WORK, "cache with a hole")
    for module in ("github.com/!burnt!sushi/toml", "github.com/pkg/errors"):
        shutil.copytree(os.path.join(CACHE, "cache/download", module),
                        os.path.join(cache, "cache/download", module))
    os.remove(os.path.join(cache, "cache/download/github.com/pkg/errors/@v/v0.9.1.zip"))
    changed(root)
    differences, last = prove(root, cache=cache)
    if found_files(differences) != {f"{VENDOR}/decode.go": "VENDOR_CHANGED"}:
        return f"found {found_files(differences)}"
    gaps = {gap["module"]: gap["mend"] for gap in last["gaps"]}
    if gaps.get("github.com/pkg/errors") != "go mod download github.com/pkg/errors@v0.9.1":
        return f"gaps {gaps}"
    return None if "github.com/BurntSushi/toml" not in gaps else "the module that is there has a gap"


def try_damaged_zip(pristine):
    cache = os.path.join(WORK, "damaged cache")
    for module in ("github.com/!burnt!sushi/toml",):
        shutil.copytree(os.path.join(CACHE, "cache/download", module),
                        os.path.join(cache, "cache/download", module))
    zipped = os.path.join(cache, "cache/download/github.com/!burnt!sushi/toml/@v/v1.3.2.zip")
    os.chmod(zipped, 0o644)
    os.truncate(zipped, os.path.getsize(zipped) // 2)
    differences, last = prove(pristine, cache=cache)
    gaps = {gap["module"]: gap["why"] for gap in last["gaps"]}
    if differences:
        return f"found {differences}"
    return None if "does not hold" in gaps.get("github.com/BurntSushi/toml", "") else f"gaps {gaps}"


def try_workspace():
    root = os.path.join(WORK, "workspace")
    write(root, "go.work", "go 1.22\n\nuse (\n\t./a\n\t./b\n)\n\nreplace github.com/pkg/errors => "
                           "github.com/pkg/errors v0.9.1\n")
    for name, need in (("a", "github.com/pkg/errors v0.9.0"), ("b", "example.com/local v0.0.0")):
        path = need.split()[0]
        write(root, f"{name}/go.mod", f"module example.com/{name}\n\ngo 1.22\n\nrequire {need}\n" +
              ("\nreplace example.com/local => ../local\n" if name == "b" else ""))
        write(root, f"{name}/{name}.go", f"package {name}\n\nimport _ \"{path}\"\n")
    write(root, "local/go.mod", "module example.com/local\n\ngo 1.20\n")
    write(root, "local/local.go", "package local\n")
    write(root, "go.work.sum", "".join(
        f"github.com/pkg/errors v0.9.1{suffix}\n" for suffix in (
            " h1:FEBLx1zS214owpjy7qsBeixbURkuhQAwrK5UwLGTwt4=",
            "/go.mod h1:bwawxfHBFNV+L2hUp1rHADufV3IMtnDRdf1r5NINEl0=")))
    must(go(root, "work", "vendor", GOWORK=""))
    differences, last = prove(root)
    if differences or last["gaps"] or last["modules"] != 2:
        return f"found {differences} {last}"
    edit(root, "vendor/modules.txt", "example.com/local => ./local", "example.com/local => ./other")
    differences, last = prove(root)
    kinds = {d["kind"] for d in differences}
    done = go(root, "list", "-mod=vendor", "./a", GOWORK="")
    if "inconsistent vendoring" not in done.stdout:
        return "the go command takes it: " + done.stdout
    return None if "VENDOR_OTHER_REPLACEMENT" in kinds else f"found {kinds}"


# ---- a workspace, judged whole and by the folder of one module ----


def commit(root):
    for words in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "case"]):
        subprocess.run(["git", "-C", root, *words], check=True)


def make_work_project(name, imports="", needs=""):
    """a needs pkg/errors; b needs toml, and what is given. Vendored by the go command."""
    root = os.path.join(WORK, name)
    write(root, "a/go.mod", "module example.com/a\n\ngo 1.24.0\n\n"
                            "require github.com/pkg/errors v0.9.1\n")
    write(root, "a/a.go", "package a\n\nimport _ \"github.com/pkg/errors\"\n")
    write(root, "b/go.mod", "module example.com/b\n\ngo 1.24.0\n\n"
                            "require github.com/BurntSushi/toml v1.3.2\n" + needs)
    write(root, "b/b.go", "package b\n\nimport _ \"github.com/BurntSushi/toml\"\n")
    write(root, "go.work", "go 1.24.0\n\nuse ./a\n\nuse ./b\n")
    if needs:
        write(root, "b/c.go", "package b\n" + imports)
    for module in ("a", "b"):
        must(go(os.path.join(root, module), "mod", "tidy"))
    write(root, "b/c.go", "package b\n" + imports)  # without needs, tidy would look for a elsewhere
    must(go(root, "work", "vendor", GOWORK=""))
    for module in ("a", "b"):
        must(go(os.path.join(root, module), "list", "-deps", "-test", "./...", GOWORK=""))
    commit(root)
    return root


def weir(root, *words):
    """The rules of what is found, and the exit status."""
    env = dict(os.environ, GOTOOLCHAIN="local", GOFLAGS="", GOWORK="")
    done = subprocess.run([WEIR, "check", "--format", "json", *words], cwd=root, env=env,
                          stdout=subprocess.PIPE, check=False, text=True)
    return [f["rule"] for f in json.loads(done.stdout)["findings"]], done.returncode


def try_work_project(root):
    """Passes whole and by each module; where a package is missing, neither does."""
    for words in ([], ["a"], ["b"]):
        for tree in ([], ["--commit", "HEAD"]):
            found = weir(root, *words, "--only", "vendor", *tree)
            if found != ([], 0):
                return f"weir check {words} {tree}: {found}"
    shutil.rmtree(os.path.join(root, "vendor/github.com/BurntSushi"))
    for words in ([], ["a"], ["b"]):
        found = weir(root, *words, "--only", "vendor")
        if found[1] != 1:
            return f"weir check {words} without a package: {found}"
    return None


REQUIRES_A = "require example.com/a v0.0.0\n\nreplace example.com/a => ../a\n"
IMPORTS_A = "\nimport _ \"example.com/a\"\n"


def try_indirect_of_another(root):
    """What a imports is no direct import of b; what b itself imports is."""
    text = read(root, "b/go.mod")
    if "github.com/pkg/errors v0.9.1 // indirect" not in text:
        return "go mod tidy wrote " + text
    found = weir(root, "--only", "modules")[0]
    if "MOD015" in found:
        return f"found {found}"
    write(root, "b/d.go", "package b\n\nimport _ \"github.com/pkg/errors\"\n")
    found = weir(root, "--only", "modules")[0]
    os.remove(os.path.join(root, "b/d.go"))
    return None if "MOD015" in found else f"a direct import: {found}"


def try_left_out():
    """A module that go.work leaves out adds nothing to the workspace's vendor folder."""
    root = make_work_project("work left out")
    write(root, "n/go.mod", "module example.com/n\n\ngo 1.24.0\n\n"
                            "require golang.org/x/text v0.14.0\n")
    write(root, "n/n.go", "package n\n")
    must(go(root, "list", "-deps", "./a", "./b", GOWORK=""))
    found = weir(root, "--only", "vendor")
    return None if found == ([], 0) else f"found {found}"


def try_outside_use():
    """A module in a folder that ./... skips is one of the workspace's all the same."""
    root = make_work_project("work skipped folder")
    os.rename(os.path.join(root, "b"), os.path.join(root, "_b"))
    edit(root, "go.work", "use ./b", "use ./_b")
    must(go(root, "work", "vendor", GOWORK=""))
    found = weir(root, "--only", "vendor")
    return None if found == ([], 0) else f"found {found}"


def try_no_list(pristine):
    root = copy_project(pristine, "no list")
    os.remove(os.path.join(root, "vendor/modules.txt"))
    kinds = {d["kind"] for d in prove(root)[0]}
    return None if kinds == {"VENDOR_NO_LIST"} else f"found {kinds}"


def try_links(pristine):
    root = copy_project(pristine, "linked vendor")
    os.rename(os.path.join(root, "vendor"), os.path.join(root, "elsewhere"))
    os.symlink("elsewhere", os.path.join(root, "vendor"))
    found = found_files(prove(root)[0])
    if found != {"vendor": "VENDOR_NOT_REGULAR"}:
        return f"found {found}"
    root = copy_project(pristine, "linked list")
    os.rename(os.path.join(root, "vendor/modules.txt"), os.path.join(root, "list.txt"))
    os.symlink("../list.txt", os.path.join(root, "vendor/modules.txt"))
    found = found_files(prove(root)[0])
    return None if found == {"vendor/modules.txt": "VENDOR_NOT_REGULAR"} else f"found {found}"


def try_deep_folder(pristine):
    """A folder too deep to be listed is unjudged, and the rest is judged."""
    root = copy_project(pristine, "deep")
    path = os.path.join(root, "vendor/github.com/pkg/errors")
    for _ in range(210):
        path = os.path.join(path, "d")
        os.mkdir(path)
    changed(root)
    differences, last = prove(root)
    if found_files(differences) != {f"{VENDOR}/decode.go": "VENDOR_CHANGED"}:
        return f"found {found_files(differences)}"
    return None if len(last["gaps"]) == 1 else f"gaps {last['gaps']}"


def main():
    pristine = None
    for version in VERSIONS:
        root = make_project("go" + version, version)
        differences, last = prove(root)
        report(f"fresh vendor folder under go {version}",
               f"found {differences[:5]} {last['gaps']}" if differences or last["gaps"] else None)
        pristine = root
    for damage in FILE_DAMAGES:
        report(f"damage {damage.__name__}", try_damage(pristine, damage))
    for name in LIST_DAMAGES:
        report(name, try_list_damage(pristine, name))
    report("without a module cache", try_without_cache(pristine))
    report("one zip absent", try_absent_zip(pristine))
    report("one zip damaged", try_damaged_zip(pristine))
    report("a vendor folder without modules.txt", try_no_list(pristine))
    report("links in place of folder and list", try_links(pristine))
    report("a folder that cannot be listed", try_deep_folder(pristine))
    report("a vendored workspace", try_workspace())
    report("a workspace by one module", try_work_project(make_work_project("work apart")))
    report("a workspace where b imports a", try_work_project(
        make_work_project("work together", IMPORTS_A)))
    project = make_work_project("work required", IMPORTS_A, REQUIRES_A)
    report("an indirect requirement of another module", try_indirect_of_another(project))
    report("a workspace where b requires a", try_work_project(project))
    report("a module that go.work leaves out", try_left_out())
    report("a module of a skipped folder", try_outside_use())


main()
