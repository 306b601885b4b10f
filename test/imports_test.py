"""The import graph of modload/packages against `go list -deps -test -json ./...` on real modules,
for this host, for Windows and without cgo.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import json
import os
import re
import shutil
import subprocess
import tempfile

PROBE = os.path.join(os.environ["WEIR_PROBES"], "modload_packages_probe")
MODULES = [
    "helm.sh/helm/v3@v3.15.0",            # 160 modules, vendored elsewhere in the tests
    "github.com/mattn/go-sqlite3@v1.14.24",  # cgo, C sources, custom tags
    "golang.org/x/tools@v0.30.0",         # embeds, internal packages, nested modules
    "golang.org/x/sys@v0.30.0",           # a file for each system
    "golang.org/x/net@v0.35.0",           # old and new constraints, the standard library's vendor
    "github.com/rhysd/actionlint@v1.7.12",   # a tool directive, programs
]
TARGETS = {
    "this host": {},
    "Windows": {"GOOS": "windows"},
    "no cgo": {"CGO_ENABLED": "0"},
    "tags": {"GOFLAGS": "-tags=libsqlite3,integration,purego"},
}
VENDORED = ["golang.org/x/net@v0.35.0", "github.com/rhysd/actionlint@v1.7.12"]
WORKSPACE = ["golang.org/x/net@v0.35.0", "golang.org/x/sys@v0.30.0", "golang.org/x/tools@v0.30.0"]
LISTS = ["GoFiles", "CgoFiles", "TestGoFiles", "XTestGoFiles", "IgnoredGoFiles", "Imports", "TestImports",
         "XTestImports", "EmbedPatterns", "TestEmbedPatterns", "XTestEmbedPatterns"]
DEPENDENCIES_MIN = 30  # a run with fewer packages has tested nothing


def go(args, cwd, env, check=True):
    done = subprocess.run(["go", *args], cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if check and done.returncode:
        raise RuntimeError(f"go {' '.join(args)}: {done.stderr.strip()[-400:]}")
    return done.stdout


def objects(text):
    decoder, at = json.JSONDecoder(), 0
    while at < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value
        while at < len(text) and text[at].isspace():
            at += 1


def fetch(module, folder):
    """A copy of the module that may be written to."""
    env = {**os.environ, "GOFLAGS": "-mod=mod", "GOWORK": "off"}
    info = json.loads(go(["mod", "download", "-json", module], folder, env))
    copy = os.path.join(folder, re.sub(r"[^a-z0-9.]", "_", module))
    shutil.copytree(info["Dir"], copy)
    subprocess.run(["chmod", "-R", "u+w", copy], check=True)
    go(["mod", "download"], copy, {**env, "GOFLAGS": ""})
    return copy


SETTINGS = {}


def settings_of(copy, env):
    """`go env` and the release tags; asked for once for each target."""
    key = tuple(env.get(name) for name in ("GOOS", "GOARCH", "CGO_ENABLED", "GOFLAGS"))
    if key not in SETTINGS:
        SETTINGS[key] = (json.loads(go(["env", "-json"], copy, env)),
                         go(["list", "-f", "{{context.ReleaseTags}}", "fmt"], copy, env).split("\n")[0])
    return SETTINGS[key]


def vendored(copy):
    """The modules and packages of vendor/modules.txt; modules count from 1, after the main module."""
    lines, number = [f"vendor {copy}/vendor"], 0
    with open(os.path.join(copy, "vendor/modules.txt"), encoding="utf-8") as file:
        for line in file.read().splitlines():
            if line.startswith("# "):
                number += 1
                lines.append(f"module dep {line.split()[1]} {line.split()[2]} /absent")
            elif not line.startswith("#"):
                lines.append(f"vendored {number} {line}")
    return lines


def modules_of(copy, env, mod):
    """The build list; a main module is followed by what it ignores, and matched."""
    required = {(item["Path"], item["Version"]) for item in mod.get("Require") or []}
    lines = []
    for module in objects(go(["list", "-m", "-json", "all"], copy, env)):
        main = module.get("Main")
        kind = "main" if main else "root" if (module["Path"], module.get("Version")) in required else "dep"
        actual = module.get("Replace") or module
        lines.append(f"module {kind} {module['Path']} {module.get('Version', '-')} {actual.get('Dir', module.get('Dir', ''))}")
        if main:
            lines += [f"ignore {item['Path']}" for item in mod.get("Ignore") or []] + ["match "]
    return lines


def instructions(copy, env):
    settings, context = settings_of(copy, env)
    mod = {} if env.get("GOWORK", "off") != "off" else json.loads(go(["mod", "edit", "-json"], copy, env))
    lines = [f"goos {settings['GOOS']}", f"goarch {settings['GOARCH']}", f"cgo {settings['CGO_ENABLED']}",
             f"release {context.strip('[]').split()[-1].split('.')[1]}", f"std {settings['GOROOT']}/src", "tests roots"]
    match = re.search(r"-tags=(\S+)", env.get("GOFLAGS", ""))
    lines += [f"tag {tag}" for tag in (match[1].split(",") if match else [])]
    if tuple(int(part) for part in re.findall(r"\d+", mod.get("Go", "1.17" if not mod else "1.16"))[:2]) >= (1, 17):
        lines.append("lazy")
    if "-mod=vendor" in env.get("GOFLAGS", ""):
        return "\n".join([*lines, f"module main {mod['Module']['Path']} - {copy}", "match ", *vendored(copy)]) + "\n"
    return "\n".join(lines + modules_of(copy, env, mod)) + "\n"


def ours(copy, env, committed=False):
    done = subprocess.run([PROBE], input=("commit\n" if committed else "") + instructions(copy, env), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr.strip()[-400:])
    packages = {}
    for line in done.stdout.splitlines():
        if line.startswith("== "):
            facts = packages[line[3:]] = {key: [] for key in LISTS}
            continue
        key, value = line.split("\t", 1)
        if key in LISTS:
            facts[key].append(value)
        elif key in ("Name", "Problem", "Module"):
            facts[key] = value
    return packages


def theirs(copy, env, patterns):
    fields = ",".join(["ImportPath", "Name", "ForTest", "Module", "Standard", "Error", "DepsErrors", *LISTS])
    packages = {}
    for item in objects(go(["list", "-e", "-deps", "-test", f"-json={fields}", *patterns], copy, env)):
        path = item["ImportPath"].split(" ")[0]
        if path.endswith(".test") or path.endswith("_test") and item.get("ForTest"):
            continue
        if item.get("ForTest") and path in packages:
            continue
        facts = {key: sorted({value.split(" ")[0] for value in item.get(key) or []}) for key in LISTS}
        facts["Name"] = item.get("Name", "")
        facts["Module"] = (item.get("Module") or {}).get("Path", "")
        facts["Error"] = (item.get("Error") or {}).get("Err", "")
        facts["variant"] = item.get("ForTest")
        if path not in packages or not item.get("ForTest"):
            packages[path] = facts
    return packages


def unvendored(imports):
    return [path[len("vendor/"):] if path.startswith("vendor/") else path for path in imports]


def compare(got, want):
    if len(want) < DEPENDENCIES_MIN:
        return f"go list gives only {len(want)} packages"
    missing, extra = sorted(set(want) - set(got)), sorted(set(got) - set(want))
    if missing or extra:
        return f"missing {missing[:5]} ({len(missing)}), not in go list {extra[:5]} ({len(extra)})"
    for path, facts in sorted(want.items()):
        keys = ["Name", *(key for key in LISTS if not facts["variant"] or facts["variant"] != path)]
        for key in keys:
            mine, real = got[path].get(key), facts[key]
            if key.endswith("TestImports"):  # weir looks up only those that it follows
                mine, real = unvendored(mine), unvendored(real)
            if key in LISTS and set(mine) != set(real):
                return f"{path} {key}: weir only {sorted(set(mine) - set(real))}, go only {sorted(set(real) - set(mine))}"
            if key not in LISTS and mine != real:
                return f"{path} {key}: {mine}, go says {real}"
        if got[path].get("Module", "") != facts["Module"]:
            return f"{path} is of module {got[path].get('Module')}, go says {facts['Module']}"
        if bool(got[path].get("Problem")) != bool(facts["Error"]):
            return f"{path}: {got[path].get('Problem')}, go says {facts['Error']}"
    return ""


def judge(case, copy, changes, patterns=("./...",)):
    try:
        env = {**os.environ, "GOWORK": "off", "GOFLAGS": "", **changes}
        why = compare(ours(copy, env), theirs(copy, env, patterns))
    except (RuntimeError, OSError, ValueError) as error:
        why = str(error).replace("\n", " ")
    print(f"not ok {case}: {why}" if why else f"ok {case}", flush=True)


def workspace(top, copies):
    """A go.work over copies that lie in top."""
    names = [os.path.basename(copy) for copy in copies]
    with open(os.path.join(top, "go.work"), "w", encoding="utf-8") as file:
        file.write("go 1.25\n\nuse (\n" + "".join(f"\t./{name}\n" for name in names) + ")\n")
    env = {**os.environ, "GOWORK": os.path.join(top, "go.work"), "GOFLAGS": ""}
    go(["mod", "download"], top, env)
    return [f"./{name}/..." for name in names]


def main():
    with tempfile.TemporaryDirectory() as folder:
        copies = {}
        for module in MODULES:
            copy = copies[module] = fetch(module, folder)
            for name, changes in TARGETS.items():
                judge(f"imports of {module} for {name}", copy, changes)
            if module in VENDORED:
                go(["mod", "vendor"], copy, {**os.environ, "GOWORK": "off", "GOFLAGS": ""})
                judge(f"imports of {module} from its vendor folder", copy, {"GOFLAGS": "-mod=vendor"})
        patterns = workspace(folder, [copies[module] for module in WORKSPACE])
        judge("imports of a workspace", folder, {"GOWORK": os.path.join(folder, "go.work")}, patterns)


if __name__ == "__main__":
    main()
