"""The packages and the modules.txt of modload/vendorplan against `go mod vendor` and `go work
vendor`, on real modules; and the files that modload/vendorfiles plans for them, in that the fresh
vendor folder is proved without a difference, each of its files compared.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import difflib
import json
import os
import shutil
import subprocess
import tempfile

import imports_test

PROBE = os.path.join(os.environ["WEIR_PROBES"], "modload_vendorplan_probe")
PROOF = os.path.join(os.environ["WEIR_PROBES"], "modload_vendor_probe")
MODULES = [
    "helm.sh/helm/v3@v3.15.0",
    "github.com/rhysd/actionlint@v1.7.12",
    "golang.org/x/tools@v0.30.0",
    "github.com/spf13/viper@v1.7.0",  # go 1.12: nothing is marked
    "github.com/spf13/cobra@v1.3.0",  # go 1.15: explicit is marked, go versions are not
]
REPLACED = "golang.org/x/net@v0.35.0"


def required(folder, env):
    mod = json.loads(imports_test.go(["mod", "edit", "-json"], folder, env))
    return {(item["Path"], item["Version"]) for item in mod.get("Require") or []}


def instructions(folder, mains, work, env):
    lines = ["cgo " + json.loads(imports_test.go(["env", "-json", "CGO_ENABLED"], folder, env))["CGO_ENABLED"]]
    lines += [f"main {os.path.join(folder, name)} {name}".rstrip() for name in mains]
    if work:
        lines.append(f"work {work}")
    roots = set()
    for name in mains:
        roots |= required(os.path.join(folder, name), env)
    for module in imports_test.objects(imports_test.go(["list", "-m", "-json", "all"], folder, env)):
        if module.get("Main"):
            continue
        kind = "root" if (module["Path"], module["Version"]) in roots else "dep"
        actual = module.get("Replace") or module
        lines.append(f"module {kind} {module['Path']} {module['Version']} {module.get('GoVersion', '-')} {actual.get('Dir', '/absent')}")
    return "\n".join(lines) + "\n"


def prove(folder, env):
    """What the proof of a fresh vendor folder says against it."""
    cache = imports_test.go(["env", "GOMODCACHE"], folder, env).strip()
    done = subprocess.run([PROOF, folder, cache], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        return f"the proof ended with {done.returncode}: {done.stderr.strip()[-300:]}"
    *differences, counts = [json.loads(line) for line in done.stdout.splitlines()]
    files = sum(len(names) for _, _, names in os.walk(os.path.join(folder, "vendor"))) - 1
    if differences:
        return f"{len(differences)} differences in a fresh vendor folder: {differences[:3]}"
    return "" if counts["files"] == files else f"{counts['files']} files proved of {files}"


def compare(folder, mains, work, env):
    out = os.path.join(folder, "vendor")
    shutil.rmtree(out, ignore_errors=True)
    mode = {"GOFLAGS": "" if work else "-mod=mod"}
    imports_test.go([*(["work"] if work else ["mod"]), "vendor"], folder, {**env, **mode})
    with open(os.path.join(out, "modules.txt"), encoding="utf-8") as file:
        want = file.read()
    os.rename(out, out + ".aside")  # the build list is asked for without it
    tasks = instructions(folder, mains, work, env)
    os.rename(out + ".aside", out)
    done = subprocess.run([PROBE], input=tasks, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode or done.stderr:
        return done.stderr.strip()[-400:] or f"exit {done.returncode}"
    if want.count("\n") < 10:
        return "go mod vendor wrote almost nothing"
    if done.stdout == want:
        return prove(folder, env)
    diff = list(difflib.unified_diff(want.splitlines(), done.stdout.splitlines(), "go", "weir", lineterm="", n=0))
    return f"{len(diff)} lines differ: {' | '.join(diff[2:12])}"


def replace_module(copy, env):
    """A replacement by a folder, one by another version, and two that nothing uses."""
    text = os.path.join(copy, "../text-fork")
    info = json.loads(imports_test.go(["list", "-m", "-json", "golang.org/x/text"], copy, env))
    shutil.copytree(info["Dir"], text)
    subprocess.run(["chmod", "-R", "u+w", text], check=True)
    imports_test.go(["mod", "edit", "-replace=golang.org/x/text=../text-fork",
                     "-replace=golang.org/x/sys=golang.org/x/sys@v0.29.0",
                     "-replace=example.org/unused=../text-fork",
                     "-replace=example.org/other@v1.0.0=example.org/third@v1.2.3"], copy, env)
    imports_test.go(["mod", "tidy"], copy, {**env, "GOFLAGS": "-mod=mod"})


def workspace(top, copies, env):
    folder = os.path.join(top, "work")
    os.makedirs(os.path.join(folder, "c"))
    names = []
    for copy in copies:
        shutil.copytree(copy, os.path.join(folder, os.path.basename(copy)))
        names.append(os.path.basename(copy))
    with open(os.path.join(folder, "c/go.mod"), "w", encoding="utf-8") as file:
        file.write("module example.com/c\n\ngo 1.24\n\nrequire (\n\tgolang.org/x/text v0.3.0\n\tgolang.org/x/net v0.1.0\n)\n"
                   "\nreplace golang.org/x/text => ../fork\n")
    with open(os.path.join(folder, "c/c.go"), "w", encoding="utf-8") as file:
        file.write("package c\n\nimport _ \"golang.org/x/text/width\"\nimport _ \"golang.org/x/net/html\"\n")
    shutil.copytree(os.path.join(top, "text-fork"), os.path.join(folder, "fork"))
    names.append("c")
    with open(os.path.join(folder, "go.work"), "w", encoding="utf-8") as file:
        file.write("go 1.25\n\nuse (\n" + "".join(f"\t./{name}\n" for name in names) + ")\n\nreplace example.org/none => ./none\n")
    return folder, names


def attempt(case, run):
    try:
        why = run()
    except (RuntimeError, OSError, ValueError) as error:
        why = str(error)
    why = why.replace("\n", " ")
    print(f"not ok {case}: {why}" if why else f"ok {case}", flush=True)


def main():
    env = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=mod"}
    with tempfile.TemporaryDirectory() as top:
        copies = {}
        for module in MODULES:
            def plain(module=module):
                copies[module] = imports_test.fetch(module, top)
                return compare(copies[module], [""], "", env)
            attempt(f"vendoring of {module}", plain)

        def replaced():
            copies[REPLACED] = imports_test.fetch(REPLACED, top)
            replace_module(copies[REPLACED], env)
            return compare(copies[REPLACED], [""], "", env)
        attempt(f"vendoring of {REPLACED} with replacements", replaced)

        def together():
            folder, names = workspace(top, [copies["github.com/rhysd/actionlint@v1.7.12"]], env)
            work = {**env, "GOWORK": os.path.join(folder, "go.work"), "GOFLAGS": ""}
            imports_test.go(["work", "sync"], folder, {**work, "GONOSUMDB": "*", "GONOSUMCHECK": "1"}, check=False)
            return compare(folder, names, work["GOWORK"], work)
        attempt("vendoring of a workspace", together)


main()
