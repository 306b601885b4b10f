"""What modload/packages refuses against what `go list` refuses, on small modules that are broken in
one way each: the same verdict, the same packages, the same place.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import os
import re
import subprocess
import tempfile

import imports_test

GO_MOD = "module example.com/m\n\ngo 1.25\n"
MAIN = "package main\n\nfunc main() {}\n"
LINK = "-> "  # content of a symlink
CLOSED = "closed"  # content of a folder that only root may list, or of a file that only root may read

# Name of the case -> files. Every module has the package example.com/m/good too.
CASES = {
    "nothing wrong": {"a.go": "package a\n\nimport _ \"fmt\"\n"},
    "import that std lacks": {"a.go": "package a\n\nimport _ \"fmt\"\nimport _ \"fmt/nosuch\"\n"},
    "import that no module provides": {"a.go": "package a\n\nimport (\n\t_ \"fmt\"\n\tx \"example.org/none\"\n)\n"},
    "import that only a test has and no module provides": {"a.go": "package a\n", "a_test.go": "package a\n\nimport _ \"example.org/none\"\n"},
    "import that only an external test has": {"a.go": "package a\n", "a_test.go": "package a_test\n\nimport _ \"example.org/none\"\n"},
    "import of a folder without Go files": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/README": "x"},
    "import of a folder that constraints empty": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "//go:build never\n\npackage b\n"},
    "import of a folder for Windows only": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b_windows.go": "package b\n"},
    "import of a folder of tests": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b_test.go": "package b\n"},
    "folder that constraints empty": {"b/b.go": "//go:build never\n\npackage b\n"},
    "syntax error in the imports": {"a.go": "package a\n\nimport fmt\n"},
    "syntax error in the package clause": {"a.go": "pakage a\n"},
    "empty file": {"a.go": ""},
    "syntax error below the imports": {"a.go": "package a\n\nimport _ \"fmt\"\n\nfunc {{{\n"},
    "string that does not end in the imports": {"a.go": "package a\n\nimport \"fmt\n"},
    "syntax error in a test": {"a.go": "package a\n", "a_test.go": "package a\nimport 1\n"},
    "syntax error in a file that constraints exclude": {"a.go": "package a\n", "b.go": "//go:build never\n\npackage a\nimport 1\n"},
    "NUL above the imports": {"a.go": "package a\n\0"},
    "byte order mark": {"a.go": "\ufeffpackage a\n\nimport _ \"fmt\"\n"},
    "two constraint lines": {"a.go": "//go:build linux\n//go:build !linux\n\npackage a\n"},
    "constraint that cannot be parsed": {"a.go": "//go:build linux &\n\npackage a\n", "b.go": "package a\n"},
    "old constraint that cannot be parsed": {"a.go": "// +build !!x\n\npackage a\n", "b.go": "package a\n"},
    "two package names": {"a.go": "package a\n", "b.go": "package b\n"},
    "two package names in a test": {"a.go": "package a\n", "b_test.go": "package b\n"},
    "external test of another package": {"a.go": "package a\n", "b_test.go": "package b_test\n"},
    "documentation beside a package": {"a.go": "package a\n", "doc.go": "package documentation\n"},
    "package whose name ends in _test": {"a.go": "package a_test\n", "a_test.go": "package a_test\n"},
    "internal package of another tree": {"a.go": "package a\n\nimport _ \"example.com/m/b/internal/c\"\n", "b/internal/c/c.go": "package c\n"},
    "internal package of this tree": {"b/b.go": "package b\n\nimport _ \"example.com/m/b/internal/c\"\n", "b/internal/c/c.go": "package c\n"},
    "internal package from a test of another tree": {"a.go": "package a\n", "a_test.go": "package a_test\n\nimport _ \"example.com/m/b/internal\"\n", "b/internal/c.go": "package internal\n"},
    "internal package of the standard library": {"a.go": "package a\n\nimport _ \"internal/abi\"\n"},
    "deep internal package of the standard library": {"a.go": "package a\n\nimport _ \"net/http/internal\"\n"},
    "vendored package of the standard library": {"a.go": "package a\n\nimport _ \"vendor/golang.org/x/net/http/httpguts\"\n"},
    "a program is imported": {"a.go": "package a\n\nimport _ \"example.com/m/cmd\"\n", "cmd/main.go": MAIN},
    "a program's own test imports it": {"cmd/main.go": MAIN, "cmd/main_test.go": "package main_test\n\nimport _ \"example.com/m/cmd\"\n"},
    "an import cycle": {"a/a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n\nimport _ \"example.com/m/a\"\n"},
    "a package imports itself": {"a.go": "package a\n\nimport _ \"example.com/m\"\n"},
    "an import cycle in a test": {"a/a.go": "package a\n", "a/a_test.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n\nimport _ \"example.com/m/a\"\n"},
    "no cycle in an external test": {"a/a.go": "package a\n", "a/a_test.go": "package a_test\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n\nimport _ \"example.com/m/a\"\n"},
    "relative import": {"a.go": "package a\n\nimport _ \"./b\"\n", "b/b.go": "package b\n"},
    "absolute import": {"a.go": "package a\n\nimport _ \"/b\"\n"},
    "import with a version": {"a.go": "package a\n\nimport _ \"example.com/m/b@v1\"\n"},
    "import with a blank": {"a.go": "package a\n\nimport _ \"a b\"\n"},
    "empty import": {"a.go": "package a\n\nimport _ \"\"\n"},
    "import of all": {"a.go": "package a\n\nimport _ \"all\"\n"},
    "import that ends in a slash": {"a.go": "package a\n\nimport _ \"example.com/m/b/\"\n", "b/b.go": "package b\n"},
    "import with two slashes": {"a.go": "package a\n\nimport _ \"example.com/m//b\"\n", "b/b.go": "package b\n"},
    "import with a letter of another case": {"a.go": "package a\n\nimport _ \"example.com/m/B\"\n", "b/b.go": "package b\n"},
    "import of a nested module": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n", "b/go.mod": "module example.com/m/b\n"},
    "import below a nested module": {"a.go": "package a\n\nimport _ \"example.com/m/b/c\"\n", "b/c/c.go": "package c\n", "b/go.mod": "module example.com/m/b\n"},
    "broken nested module": {"a.go": "package a\n", "b/b.go": "pakage b\n", "b/go.mod": "module example.com/m/b\n"},
    "broken testdata": {"a.go": "package a\n", "testdata/b.go": "pakage b\n", "c/testdata/d/b.go": "pakage b\n"},
    "broken hidden folders": {"a.go": "package a\n", "_b/b.go": "pakage b\n", ".c/c.go": "pakage c\n", "d/_e/e.go": "pakage e\n"},
    "broken hidden files": {"a.go": "package a\n", "_b.go": "pakage b\n", ".c.go": "pakage c\n"},
    "package in testdata is imported": {"a.go": "package a\n\nimport _ \"example.com/m/testdata/b\"\n", "testdata/b/b.go": "package b\n"},
    "broken folder below vendor deep in the tree": {"a.go": "package a\n", "b/vendor/c/c.go": "pakage c\n"},
    "broken ignored folder": {"go.mod": GO_MOD + "\nignore ./b\n", "a.go": "package a\n", "b/b.go": "pakage b\n", "b/c/c.go": "pakage c\n"},
    "folder of the ignored name deeper down": {"go.mod": GO_MOD + "\nignore ./b\n", "a.go": "package a\n", "c/b/b.go": "pakage b\n"},
    "ignored name anywhere": {"go.mod": GO_MOD + "\nignore b\n", "a.go": "package a\n", "c/b/b.go": "pakage b\n", "bb/x.go": "package bb\n"},
    "ignored path anywhere": {"go.mod": GO_MOD + "\nignore (\n\tc/b\n)\n", "a.go": "package a\n", "c/b/b.go": "pakage b\n", "d/c/b/e/e.go": "pakage b\n"},
    "ignored package is imported": {"go.mod": GO_MOD + "\nignore ./b\n", "a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b/b.go": "package b\n"},
    "symlink to a folder": {"a.go": "package a\n", "b": LINK + "testdata/b", "testdata/b/b.go": "pakage b\n"},
    "symlink to a folder is imported": {"a.go": "package a\n\nimport _ \"example.com/m/b\"\n", "b": LINK + "testdata/b", "testdata/b/b.go": "package b\n"},
    "symlink to a file": {"a.go": "package a\n", "b.go": LINK + "testdata/b.txt", "testdata/b.txt": "package a\n\nimport _ \"example.org/none\"\n"},
    "symlink to nothing": {"a.go": "package a\n", "b.go": LINK + "nothing"},
    "symlink to a folder named as a Go file": {"a.go": "package a\n", "b.go": LINK + "testdata", "testdata/x": ""},
    "embed": {"a.go": "package a\n\nimport _ \"embed\"\n\n//go:embed b.txt\nvar b string\n", "b.txt": "x"},
    "embed that matches nothing": {"a.go": "package a\n\nimport _ \"embed\"\n\n//go:embed b.txt\nvar b string\n"},
    "embed without the package": {"a.go": "package a\n\n//go:embed b.txt\nvar b string\n"},
    "embed in a test that matches nothing": {"a.go": "package a\n", "a_test.go": "package a\n\nimport _ \"embed\"\n\n//go:embed b.txt\nvar b string\n"},
    "embed in an external test that matches nothing": {"a.go": "package a\n", "a_test.go": "package a_test\n\nimport _ \"embed\"\n\n//go:embed b.txt\nvar b string\n"},
    "embed of a parent": {"b/a.go": "package a\n\nimport _ \"embed\"\n\n//go:embed ../x.txt\nvar b string\n", "x.txt": "x"},
    "embed with a malformed pattern": {"a.go": "package a\n\nimport _ \"embed\"\n\n//go:embed [b\nvar b string\n", "b": "x"},
    "embed of a folder": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b\nvar b embed.FS\n", "b/c/x": "x"},
    "embed of a folder of hidden files": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b\nvar b embed.FS\n", "b/.x": "x", "b/_y": "y"},
    "embed of all in a folder of hidden files": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed all:b\nvar b embed.FS\n", "b/.x": "x", "b/_y": "y"},
    "embed of a hidden file by name": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed .x\nvar b embed.FS\n", ".x": "x"},
    "embed of another module": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b/x\nvar b embed.FS\n", "b/x": "x", "b/go.mod": "module b\n"},
    "embed of a folder with another module": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b\nvar b embed.FS\n", "b/c/x": "x", "b/c/go.mod": "module b\n"},
    "embed of a symlink": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b\nvar b embed.FS\n", "b": LINK + "c", "c": "x"},
    "embed through a symlink": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b/x\nvar b embed.FS\n", "b": LINK + "c", "c/x": "x"},
    "embed of a symlink by a star": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b/*\nvar b embed.FS\n", "b/l": LINK + "x", "b/x": "x"},
    "embed of a name no module may have": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b/*\nvar b embed.FS\n", "b/x:y": "x"},
    "embed of a folder with a name no module may have": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b\nvar b embed.FS\n", "b/x:y": "x", "b/z": "z"},
    "embed of .git": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed .git/x\nvar b embed.FS\n", ".git/x": "x"},
    "embed of a class": {"a.go": "package a\n\nimport \"embed\"\n\n//go:embed b/[a-c]?.txt \"b/x y\"\nvar b embed.FS\n", "b/az.txt": "x", "b/x y": "z"},
    "C beside Go without cgo": {"a.go": "package a\n", "b.c": "int b;\n"},
    "C that constraints exclude": {"a.go": "package a\n", "b.c": "//go:build never\n\nint b;\n"},
    "C for another system": {"a.go": "package a\n", "b_windows.c": "int b;\n"},
    "C++ beside Go without cgo": {"a.go": "package a\n", "b.cc": "int b;\n"},
    "Fortran beside Go without cgo": {"a.go": "package a\n", "b.f90": "x\n"},
    "assembly beside Go": {"a.go": "package a\n", "b.s": "\n", "b.h": "\n"},
    "cgo": {"a.go": "package a\n\n// int x;\nimport \"C\"\n", "b.c": "int b;\n"},
    "cgo in a test": {"a.go": "package a\n", "a_test.go": "package a\n\nimport \"C\"\n"},
    "bad cgo line": {"a.go": "package a\n\n// #cgo nonsense\nimport \"C\"\n"},
    "names that differ in case": {"a.go": "package a\n", "A.go": "package a\n"},
    "folders that differ in case": {"b/b.go": "package b\n", "B/b.go": "package b\n"},
    "file whose name begins with a dash": {"a.go": "package a\n", "-b.go": "package a\n"},
    "file whose name has a letter of another script": {"a.go": "package a\n", "\u00e9.go": "package a\n"},
    "folder that cannot be listed": {"a.go": "package a\n", "b": CLOSED, "b/b.go": "package b\n"},
    "hidden folder that cannot be listed": {"a.go": "package a\n", "testdata": CLOSED, "testdata/b.go": "package b\n"},
    "file that cannot be read": {"a.go": "package a\n", "b.go": CLOSED},
    "file for Windows that cannot be read": {"a.go": "package a\n", "b_windows.go": CLOSED},
    "App Engine's old packages": {"a.go": "package a\n\nimport _ \"appengine\"\n"},
    "module in a folder whose name begins with a dot": {"b/.c/d/d.go": "pakage d\n", "a.go": "package a\n"},
}
WITHOUT_CGO = ["cgo", "C beside Go without cgo", "Fortran beside Go without cgo", "C++ beside Go without cgo"]


def write(folder, files):
    for name, text in {"go.mod": GO_MOD, "good/good.go": "package good\n", **files}.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if text == CLOSED and not name.endswith(".go"):
            continue
        if text.startswith(LINK):
            os.symlink(text[len(LINK):], path)
            continue
        with open(path, "w", encoding="utf-8", newline="") as out:
            out.write(text)


def errors_of_go(folder, env):
    """Package -> place of its error, "" where there is none."""
    text = imports_test.go(["list", "-e", "-deps", "-test", "-json=ImportPath,ForTest,Error,DepsErrors,Standard", "./..."], folder, env, check=False)
    found = {}
    for item in imports_test.objects(text):
        error = item.get("Error")
        if not error:
            continue
        path = re.sub(r"(_test)? \[.*| ?\.test$", "", item["ImportPath"])
        place = re.search(r"([^/]+:\d+:\d+)", error.get("Pos", "")) or re.search(r"([^/ ]+\.go:\d+:\d+)", error["Err"])
        found.setdefault(path, place[1] if place else "")
    return found


def commit(folder):
    for args in (["init", "-q"], ["add", "-f", "."], ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-q", "-m", "t"]):
        subprocess.run(["git", *args], cwd=folder, check=True)


def compare(folder, env, committed):
    go = subprocess.run(["go", "list", "-deps", "-test", "./..."], cwd=folder, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    ours = {path: facts["Problem"] for path, facts in imports_test.ours(folder, env, committed).items() if facts.get("Problem")}
    if bool(ours) != bool(go.returncode):
        return f"weir says {ours or 'nothing is wrong'}, go says {go.stderr.strip() or 'nothing is wrong'}"
    theirs = errors_of_go(folder, env)
    if not theirs or not ours:
        return ""
    if not set(ours) & set(theirs):
        return f"weir blames {ours}, go blames {theirs}"
    for path in set(ours) & set(theirs):
        place = ours[path].split("\t")[1]
        if theirs[path] and not place.startswith(":") and ":0:" not in place and place != theirs[path]:
            return f"{path}: weir at {place}, go at {theirs[path]}"
    return ""


def main():
    env = {**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=readonly", "GOPROXY": "off"}
    runs = [(name, files, {}, False) for name, files in CASES.items()]
    runs += [(name, CASES[name], {"CGO_ENABLED": "0"}, False) for name in WITHOUT_CGO]
    runs += [(name, files, {}, True) for name, files in CASES.items()
             if "symlink" in name or "nested" in name or "ignored" in name]
    with tempfile.TemporaryDirectory() as top:
        for number, (name, files, changes, committed) in enumerate(runs):
            folder = os.path.join(top, str(number), "m")
            case = f"refusal: {name}{' with CGO_ENABLED=0' if changes else ''}{' in a commit' if committed else ''}"
            try:
                write(folder, files)
                if committed:
                    commit(folder)
                why = compare(folder, {**env, **changes}, committed)
            except (RuntimeError, OSError, ValueError) as error:
                why = str(error)
            subprocess.run(["chmod", "-R", "u+rwX", folder], check=False)
            why = why.replace("\n", " ")
            print(f"not ok {case}: {why}" if why else f"ok {case}", flush=True)


main()
