#!/usr/bin/env python3
"""Build lists against `go list -m all` on real modules of the registry.

Each module's own go.mod and go.sum are judged as a main module, with and without changes that replace
and exclude, and two of them as a workspace. WEIR_PROBES is the folder with modload_buildlist_probe.
One line per case: "ok NAME" or "not ok NAME: why".
"""

import json
import os
import re
import shutil
import subprocess
import tempfile

PROBE = os.path.join(os.environ["WEIR_PROBES"], "modload_buildlist_probe")
MODULES = [
    ("helm.sh/helm/v3", "v3.15.0"),  # go 1.22, pruned
    ("github.com/prometheus/prometheus", "v0.53.0"),  # excludes
    ("github.com/cli/cli/v2", "v2.20.0"),  # replaces by another module
    ("github.com/gin-gonic/gin", "v1.7.7"),  # go 1.13: the full graph
    ("github.com/spf13/cobra", "v1.4.0"),  # go 1.15, large graph
    ("github.com/go-kit/kit", "v0.12.0"),  # go 1.17 over unpruned dependencies
]


def go(folder, *words, check=True, **env):
    settings = dict(os.environ, GOFLAGS="-mod=readonly", GOTOOLCHAIN="local", **env)
    settings.setdefault("GOWORK", "off")
    return subprocess.run(["go", *words], cwd=folder, env=settings, check=check, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def download(path, version):
    return json.loads(go("/", "mod", "download", "-json", f"{path}@{version}").stdout)["Dir"]


def copy_module(source, target):
    os.makedirs(target)
    for name in ("go.mod", "go.sum"):
        if os.path.exists(os.path.join(source, name)):
            shutil.copy(os.path.join(source, name), os.path.join(target, name))
            os.chmod(os.path.join(target, name), 0o644)


def edit(folder, change):
    path = os.path.join(folder, "go.mod")
    with open(path) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(change(text))


def listed_by_go(folder, **env):
    done = go(folder, "list", "-m", "-f", "{{.Path}} {{.Version}}", "all", check=False, **env)
    if done.returncode:
        return None, done.stderr.strip()
    return sorted(line.strip() for line in done.stdout.splitlines()), ""


def listed_by_probe(folder, cache, version):
    out = subprocess.run([PROBE, cache, version, folder], check=True, text=True,
                         stdout=subprocess.PIPE).stdout
    lines = [line.strip() for line in out.splitlines()]
    bad = [line for line in lines if line.split(" ")[0] in ("error", "fault", "outdated")]
    return (None, bad[0]) if bad else (sorted(lines), "")


def compare(name, folder, cache, version, **env):
    theirs, their_why = listed_by_go(folder, **env)
    ours, our_why = listed_by_probe(folder, cache, version)
    why = ""
    if (ours is None) != (theirs is None):
        why = f"go: {their_why or 'accepts'}; probe: {our_why or 'accepts'}"
    elif ours != theirs:
        why = f"only ours {sorted(set(ours) - set(theirs))[:3]}, only go's {sorted(set(theirs) - set(ours))[:3]}"
    print(f"not ok {name}: {why}" if why else f"ok {name}", flush=True)
    return theirs


def requirement(text):
    """A requirement of a go.mod: (path, version)."""
    return re.findall(r"^\s*(?:require )?([a-z][\w.-]*\.[\w./~-]+) (v[\w.+-]+)", text, re.M)[0]


def indirect_versions(folder, count):
    """Versions in the module graph that the go.mod itself does not name, as lines to exclude."""
    with open(os.path.join(folder, "go.mod")) as file:
        text = file.read()
    targets = {line.split()[1] for line in go(folder, "mod", "graph").stdout.splitlines()}
    pairs = sorted(target.split("@") for target in targets if "." in target.split("@")[0])
    others = [f"exclude {p} {v}\n" for p, v in pairs if f"{p} {v}" not in text]
    return "".join(others[:: max(1, len(others) // count)])


def variants(name, source, top, cache, version):
    plain = os.path.join(top, "plain")
    copy_module(source, plain)
    with open(os.path.join(plain, "go.mod")) as file:
        path, _ = requirement(file.read())
    excludes = indirect_versions(plain, 40)
    changes = {
        "replaced-by-folder": lambda text: text + f"\nreplace {path} => ./fork\n",
        "excluded": lambda text: text + "\n" + excludes,
        "lowered": lambda text: re.sub(r"(?m)^(\s*(?:require )?golang.org/x/\w+ )v0.*?( |$)",
                                       r"\1v0.0.0-20200101000000-000000000000\2", text, count=1),
        "go-1.16": lambda text: re.sub(r"(?m)^toolchain .*\n", "", re.sub(r"(?m)^go 1.*$", "go 1.16", text)),
    }
    for change, function in changes.items():
        folder = os.path.join(top, change)
        copy_module(source, folder)
        os.makedirs(os.path.join(folder, "fork"))
        with open(os.path.join(folder, "fork", "go.mod"), "w") as file:
            file.write("module example.com/fork\n\ngo 1.20\n\nrequire github.com/pkg/errors v0.8.0\n")
        edit(folder, function)
        compare(f"buildlist {name} {change}", folder, cache, version)


def workspace(sources, top, cache, version):
    for i, source in enumerate(sources):
        copy_module(source, os.path.join(top, f"m{i}"))
    with open(os.path.join(top, "go.work"), "w") as file:
        file.write("go 1.22.0\n\nuse (\n" + "".join(f"\t./m{i}\n" for i in range(len(sources))) + ")\n")
    compare("buildlist workspace", top, cache, version, GOWORK="")


def main():
    env = json.loads(go("/", "env", "-json", "GOMODCACHE", "GOVERSION").stdout)
    cache, version = env["GOMODCACHE"], env["GOVERSION"].removeprefix("go")
    sources = {module: download(*module) for module in MODULES}
    with tempfile.TemporaryDirectory() as top:
        for i, (module, source) in enumerate(sources.items()):
            name = "@".join(module)
            copy_module(source, os.path.join(top, f"{i}", "as-is"))
            full = compare(f"buildlist {name}", os.path.join(top, f"{i}", "as-is"), cache, version)
            if not full or len(full) < 5:
                print(f"not ok buildlist {name} is large enough: {full}")
            variants(name, source, os.path.join(top, f"{i}"), cache, version)
        picked = [sources[MODULES[0]], sources[MODULES[3]], sources[MODULES[4]]]
        workspace(picked, os.path.join(top, "work"), cache, version)


if __name__ == "__main__":
    main()
