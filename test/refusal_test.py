#!/usr/bin/env python3
"""What weir says the go command would refuse, against what it refuses.

Four real modules are downloaded into a module cache of their own. Each is damaged in every way that
stands below as a function, one at a time, and judged by `GOPROXY=off go list -mod=readonly -deps -test
./...` and by the probe. Both must agree: accepted, refused, or (the go command would have to download
something) unjudged. WEIR_PROBES is the folder with modload_refusal_probe.

usage: refusal_test.py [NAME]    only cases with NAME in their name
One line per case: "ok NAME" or "not ok NAME: why".
"""

import concurrent.futures
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

PROBE = os.path.join(os.environ["WEIR_PROBES"], "modload_refusal_probe")
MODULES = [
    ("github.com/spf13/cobra", "v1.8.0"),  # go 1.15: the whole graph is read
    ("github.com/labstack/echo/v4", "v4.11.4"),
    ("github.com/prometheus/client_golang", "v1.19.0"),  # go 1.20, an exclude
    ("github.com/urfave/cli/v2", "v2.27.1"),
]
EVERYWHERE, SOMEWHERE = [], []  # damages tried on all modules; on two of them, in turn
NO_DATABASE = "sum.golang.org http://127.0.0.1:1"  # a checksum database that never answers
NEEDS_DOWNLOAD = re.compile(r"module lookup disabled by GOPROXY=off|download go1|toolchain not available"
                            r"|http://127\.0\.0\.1:1/")


def damage(function):
    """A damage to requirements, replacements or go.sum."""
    EVERYWHERE.append(function)
    return function


def elsewhere(function):
    """A damage to the syntax of go.mod, to packages, go.work or the module cache."""
    SOMEWHERE.append(function)
    return function


class Case:
    """One copy of a module, to be damaged."""

    def __init__(self, root, cache, facts):
        self.root, self.cache, self.facts = root, cache, facts
        self.env = {"GOTOOLCHAIN": "local", "GOSUMDB": NO_DATABASE}
        self.dir = ""  # of the module, relative to root
        self.work = None  # folder of a go.work, relative to root

    def path(self, name):
        return os.path.join(self.root, self.dir, name)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read().decode("latin-1")

    def write(self, name, text):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        if os.path.exists(self.path(name)):
            os.remove(self.path(name))  # it may be a link to the undamaged file
        with open(self.path(name), "wb") as file:
            file.write(text.encode("latin-1"))

    def add(self, text, name="go.mod"):
        self.write(name, self.read(name).rstrip("\n") + "\n" + text + "\n")

    def sub(self, pattern, replacement, name="go.mod", count=1):
        old = self.read(name)
        new = re.sub(pattern, replacement, old, count=count, flags=re.M)
        if new == old:
            raise LookupError("nothing to damage")
        self.write(name, new)

    def own_cache(self):
        """A copy of the module cache that may be damaged: hard links, so replace, never write into."""
        own = os.path.join(os.path.dirname(self.root), "cache")
        shutil.copytree(self.cache, own, copy_function=os.link)
        self.cache = own

    def cached(self, mod, suffix):
        path, version = (re.sub(r"[A-Z]", lambda m: "!" + m[0].lower(), s) for s in mod)
        if suffix is None:
            return os.path.join(self.cache, f"{path}@{version}")
        return os.path.join(self.cache, "cache/download", path, "@v", version + suffix)

    def replace_file(self, path, text):
        os.remove(path)
        with open(path, "w") as file:
            file.write(text)

    @property
    def direct(self):
        """A direct requirement whose packages are imported: (path, version)."""
        return self.facts["used"][0]

    @property
    def second(self):
        return self.facts["used"][1]

    def require_line(self, mod):
        return r"^(\s*(?:require )?)" + re.escape(f"{mod[0]} {mod[1]}") + r"(.*)\n"

    def sum_line(self, mod, suffix):
        return r"^" + re.escape(f"{mod[0]} {mod[1]}{suffix} ") + r".*\n"


# ---- no damage ----


@damage
def nothing(c):
    pass


@damage
def comments_and_blanks(c):
    c.add("\n// a comment\n\n")


@damage
def crlf(c):
    c.write("go.mod", c.read("go.mod").replace("\n", "\r\n"))


# ---- go.mod: syntax ----


@elsewhere
def byte_order_mark(c):
    c.write("go.mod", "\xef\xbb\xbf" + c.read("go.mod"))


@elsewhere
def unknown_directive(c):
    c.add("surprise attack")


@elsewhere
def unknown_block(c):
    c.add("surprise (\n\tattack\n)")


@elsewhere
def unterminated_block(c):
    c.add("require (")


@elsewhere
def unterminated_string(c):
    c.add('replace "a => ./b')


@elsewhere
def block_comment(c):
    c.add("/* comment */")


@elsewhere
def control_character(c):
    c.add("require a\x01b v1.0.0")


@elsewhere
def binary_garbage(c):
    c.write("go.mod", "".join(chr(i * 37 % 256) for i in range(500)))


@elsewhere
def empty_go_mod(c):
    c.write("go.mod", "")


@elsewhere
def no_module_line(c):
    c.sub(r"^module .*\n", "")


@elsewhere
def two_module_lines(c):
    c.add("module example.com/other")


@elsewhere
def module_path_reserved(c):
    c.sub(r"^module .*", "module toolchain")


@elsewhere
def module_path_malformed(c):
    c.sub(r"^module .*", "module github.com/Bad!Path")


@elsewhere
def module_path_other(c):
    c.sub(r"^module .*", "module example.com/other")


@elsewhere
def two_go_lines(c):
    c.add("go 1.20")


@elsewhere
def go_line_malformed(c):
    c.sub(r"^go .*", "go 1.x")


@elsewhere
def go_line_missing(c):
    c.sub(r"^go .*\n", "")


@elsewhere
def go_line_old(c):
    c.sub(r"^go .*", "go 1.12")


@elsewhere
def go_line_newer(c):
    c.sub(r"^go .*", "go 1.21.0")


@elsewhere
def go_line_too_new(c):
    c.sub(r"^go .*", "go 1.99.0")


@elsewhere
def go_line_too_new_and_unknown_directive(c):
    c.sub(r"^go .*", "go 1.99")
    c.add("surprise attack")


@elsewhere
def go_line_too_new_switching(c):
    c.sub(r"^go .*", "go 1.99.0")
    c.env["GOTOOLCHAIN"] = "auto"


@elsewhere
def go_line_too_new_path(c):
    c.sub(r"^go .*", "go 1.99.0")
    c.env["GOTOOLCHAIN"] = "path"


@elsewhere
def toolchain_newer_local(c):
    c.sub(r"^(go .*)", r"\1\n\ntoolchain go1.99.0")


@elsewhere
def toolchain_newer_switching(c):
    c.sub(r"^(go .*)", r"\1\n\ntoolchain go1.99.0")
    c.env["GOTOOLCHAIN"] = "auto"


@elsewhere
def toolchain_malformed(c):
    c.add("toolchain 1.22")


@elsewhere
def toolchain_malformed_switching(c):
    c.add("toolchain go1.x")
    c.env["GOTOOLCHAIN"] = "auto"


@elsewhere
def toolchain_default(c):
    c.add("toolchain default")


@elsewhere
def toolchain_same_as_go(c):
    c.sub(r"^go .*", "go 1.21.0\ntoolchain go1.21.0")


@elsewhere
def toolchain_older_than_go(c):
    c.sub(r"^go .*", "go 1.22.0\ntoolchain go1.21.0")


@elsewhere
def toolchain_before_toolchains(c):
    c.add("toolchain go1.20.1")


@elsewhere
def toolchain_usual(c):
    c.sub(r"^go .*", "go 1.21.0\ntoolchain go1.22.1")


@elsewhere
def gotoolchain_garbage(c):
    c.env["GOTOOLCHAIN"] = "garbage"


@elsewhere
def gotoolchain_other(c):
    c.env["GOTOOLCHAIN"] = "go1.99.1"


@elsewhere
def gotoolchain_bad_suffix(c):
    c.env["GOTOOLCHAIN"] = "local+garbage"


@elsewhere
def godebug_unknown(c):
    c.add("godebug nosuchsetting=1")


@elsewhere
def godebug_removed(c):
    c.add("godebug x509sha1=1")


@elsewhere
def godebug_known(c):
    c.add("godebug (\n\tpanicnil=1\n\tdefault=go1.21\n)")


@elsewhere
def godebug_default_too_new(c):
    c.add("godebug default=go1.99")


@elsewhere
def godebug_malformed(c):
    c.add("godebug panicnil")


@elsewhere
def go_line_1_17(c):
    c.sub(r"^go .*", "go 1.17")


@elsewhere
def go_line_language_version(c):
    c.sub(r"^go .*", "go 1.26")


@elsewhere
def go_line_of_this_release(c):
    c.sub(r"^go .*", "go " + c.facts["toolchain"])


@elsewhere
def go_line_release_candidate(c):
    c.sub(r"^go .*", "go 1.26rc1")


@elsewhere
def module_path_without_dot(c):
    c.write("only/go.mod", "module only\n\ngo 1.20\n")
    c.write("only/x.go", "package only\nimport _ \"only/a\"\n")
    c.write("only/a/x.go", "package a\n")
    c.dir = "only"


@elsewhere
def module_path_like_std(c):
    c.write("only/go.mod", "module fmt\n\ngo 1.20\n")
    c.write("only/x.go", "package fmt\n")
    c.write("only/a/x.go", "package a\nimport _ \"fmt\"\n")
    c.dir = "only"


@elsewhere
def module_path_with_dash(c):
    c.sub(r"^module .*", "module -example.com/a")


@elsewhere
def module_path_v1(c):
    c.write("only/go.mod", "module example.com/a/v1\n\ngo 1.20\n")
    c.write("only/x.go", "package a\n")
    c.dir = "only"


@elsewhere
def in_a_subfolder(c):
    names = os.listdir(c.root)
    os.makedirs(c.path("sub/m"))
    for name in names:
        shutil.move(c.path(name), c.path("sub/m"))
    c.dir = "sub/m"


@elsewhere
def go_mod_is_a_link(c):
    shutil.move(c.path("go.mod"), c.path("real.mod"))
    os.symlink("real.mod", c.path("go.mod"))


@elsewhere
def go_sum_is_a_link(c):
    shutil.move(c.path("go.sum"), c.path("real.sum"))
    os.symlink("real.sum", c.path("go.sum"))


@elsewhere
def folder_with_only_a_dangling_link(c):
    os.mkdir(c.path("p"))
    os.symlink("nowhere", c.path("p/y.go"))


@elsewhere
def folder_with_only_a_dangling_test(c):
    os.mkdir(c.path("p"))
    os.symlink("nowhere", c.path("p/y_test.go"))


@elsewhere
def dangling_links_that_are_not_read(c):
    os.mkdir(c.path("p"))
    for name in ("_y.go", ".y.go", "y_windows.go", "y.txt"):
        os.symlink("nowhere", c.path("p/" + name))
    os.symlink(".", c.path("p/here.go"))


# ---- go.mod: requirements ----


@damage
def require_quoted(c):
    c.sub(c.require_line(c.direct), rf'\1"{c.direct[0]}" "{c.direct[1]}"\2\n')


@damage
def require_in_single_quotes(c):
    c.sub(c.require_line(c.direct), rf"\1'{c.direct[0]}' {c.direct[1]}\2\n")


@damage
def require_path_malformed(c):
    c.add("require example.com/a!b v1.0.0 // indirect")


@damage
def require_go_as_module(c):
    c.add("require go v1.20.0")


@damage
def indirect_requirement_raised(c):
    c.sub(r"^(\s+\S+ v\d+\.\d+\.)\d+( // indirect)", r"\g<1>99\2")


@damage
def indirect_requirement_replaced_by_missing_folder(c):
    path = re.search(r"(?m)^\s+(\S+) v\S+ // indirect", c.read("go.mod"))
    if not path:
        raise LookupError("no indirect requirement")
    c.add(f"replace {path[1]} => ../nowhere")


@damage
def everything_excluded_by_old_versions(c):
    for path, version in c.facts["everything"][:20]:
        if not f"{path} {version}" in c.read("go.mod"):
            c.add(f"exclude {path} {version}")


@damage
def require_without_version(c):
    c.add("require example.com/a")


@damage
def require_short_version(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} v1\2\n")


@damage
def require_branch(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} master\2\n")


@damage
def require_wrong_major(c):
    c.add("require example.com/a v2.0.0")


@damage
def require_build_metadata(c):
    c.add("require example.com/a v1.0.0+meta")


@damage
def require_unknown_module(c):
    c.add("require example.com/a v1.0.0")


@damage
def require_unknown_module_indirect(c):
    c.add("require example.com/a v1.0.0 // indirect")


@damage
def require_twice(c):
    c.add(f"require {c.direct[0]} {c.direct[1]}")


@damage
def require_twice_lower(c):
    c.add(f"require {c.direct[0]} {'v2.0.0' if '/v2' in c.direct[0] else 'v0.0.1'}")


@damage
def require_itself(c):
    path = c.facts["path"]
    c.add(f"require {path} {c.facts['version']}")


@damage
def direct_requirement_dropped(c):
    c.sub(c.require_line(c.direct), "")


@damage
def second_requirement_dropped(c):
    c.sub(c.require_line(c.second), "")


@damage
def indirect_requirement_dropped(c):
    c.sub(r"^\s+\S+ v\S+ // indirect\n", "")


@damage
def all_indirect_requirements_dropped(c):
    c.sub(r"^(\s+|require )\S+ v\S+ // indirect\n", "\n", count=0)


@damage
def all_requirements_dropped(c):
    text = re.sub(r"(?ms)^require \(.*?^\)\n", "", c.read("go.mod"))
    c.write("go.mod", re.sub(r"(?m)^require .*\n", "", text))


@damage
def indirect_marks_dropped(c):
    c.sub(r" // indirect", "", count=0)


@damage
def indirect_mark_added(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} {c.direct[1]} // indirect\n")


@damage
def requirement_raised(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} {c.facts['higher']}\2\n")


@damage
def requirement_lowered(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} {c.facts['lower']}\2\n")


@damage
def requirement_lowered_with_sums(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} {c.facts['lower']}\2\n")
    c.add(c.facts["lower_sums"], "go.sum")


@damage
def transitive_requirement_lowered_with_sums(c):
    mod, lower, sums = c.facts["transitive"]
    c.sub(c.require_line(mod), rf"\1{mod[0]} {lower}\2\n")
    c.add(sums, "go.sum")


@damage
def required_version_excluded(c):
    c.add(f"exclude {c.direct[0]} {c.direct[1]}")


@damage
def other_version_excluded(c):
    c.add(f"exclude {c.direct[0]} {c.facts['lower']}")


@damage
def exclude_malformed(c):
    c.add("exclude example.com/a")


@damage
def retract_branch(c):
    c.add("retract main")


@damage
def retract_usual(c):
    major = c.facts["version"].split(".")[0]
    c.add(f"// bad\nretract [{major}.0.1, {major}.0.2]")


@damage
def retract_wrong_major(c):
    c.add("retract v9.0.0")


@damage
def tool_malformed(c):
    c.add("tool example.com/bad!path")


@damage
def tool_unknown(c):
    c.add("tool example.com/a/cmd/x")


@damage
def tool_of_a_requirement(c):
    c.add(f"tool {c.direct[0]}")


@damage
def ignore_usual(c):
    c.write("broken/x.go", "package broken\nimport \"no.such/thing\"\n")
    c.add("ignore ./broken")


@damage
def ignore_anywhere(c):
    c.write("a/broken/x.go", "package broken\nimport \"no.such/thing\"\n")
    c.add("ignore broken")


@damage
def ignore_malformed(c):
    c.add("ignore ./a ./b")


# ---- replace ----


def copy_of_direct(c, name, mod=None):
    shutil.copytree(c.cached(mod or c.direct, None), c.path(name))
    subprocess.run(["chmod", "-R", "u+w", c.path(name)], check=True)


@damage
def replace_by_missing_folder(c):
    c.add(f"replace {c.direct[0]} => ../nowhere")


@damage
def replace_by_folder_without_go_mod(c):
    c.write("fork/x.txt", "")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_empty_folder(c):
    os.makedirs(c.path("fork"))
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_folder_without_packages(c):
    c.write("fork/go.mod", f"module {c.direct[0]}\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_copy(c):
    copy_of_direct(c, "fork")
    if not os.path.exists(c.path("fork/go.mod")):
        c.write("fork/go.mod", f"module {c.direct[0]}\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_copy_outside(c):
    copy_of_direct(c, "../outside")
    if not os.path.exists(c.path("../outside/go.mod")):
        c.write("../outside/go.mod", f"module {c.direct[0]}\n")
    c.add(f"replace {c.direct[0]} {c.direct[1]} => ../outside")


@damage
def replace_by_copy_of_other_name(c):
    copy_of_direct(c, "fork")
    c.write("fork/go.mod", "module example.com/fork\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_copy_too_new(c):
    copy_of_direct(c, "fork")
    c.write("fork/go.mod", f"module {c.direct[0]}\ngo 1.99.0\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_copy_with_broken_go_mod(c):
    copy_of_direct(c, "fork")
    c.write("fork/go.mod", f"module {c.direct[0]}\nrequire (\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_copy_that_needs_more(c):
    copy_of_direct(c, "fork")
    c.write("fork/go.mod", f"module {c.direct[0]}\ngo 1.18\nrequire {c.second[0]} {c.facts['second_higher']}\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_of_another_version(c):
    c.add(f"replace {c.direct[0]} v9.9.9+incompatible => ../nowhere" if "/v" not in c.direct[0].rsplit("/", 1)[-1]
          else f"replace {c.direct[0]} {c.facts['lower']} => ../nowhere")


@damage
def replace_by_a_file(c):
    c.write("fork", "")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_folder_whose_go_mod_is_a_folder(c):
    os.makedirs(c.path("fork/go.mod"))
    c.write("fork/x.go", "package x\n")
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replace_by_absolute_folder(c):
    copy_of_direct(c, "../outside")
    if not os.path.exists(c.path("../outside/go.mod")):
        c.write("../outside/go.mod", f"module {c.direct[0]}\n")
    c.add(f"replace {c.direct[0]} => {os.path.dirname(c.root)}/outside")


@damage
def replace_by_absolute_missing_folder(c):
    c.add(f"replace {c.direct[0]} => /nowhere/at/all")


@damage
def replace_by_windows_path(c):
    c.add(f"replace {c.direct[0]} => .\\fork")


@damage
def replace_that_makes_a_requirement_local(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v0.0.0-00010101000000-000000000000\nreplace example.com/a => ./fork")


@damage
def replace_by_link_to_a_folder(c):
    copy_of_direct(c, "real")
    if not os.path.exists(c.path("real/go.mod")):
        c.write("real/go.mod", f"module {c.direct[0]}\n")
    os.symlink("real", c.path("fork"))
    c.add(f"replace {c.direct[0]} => ./fork")


@damage
def replaced_module_imports_unknown_module(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.write("fork/x.go", "package a\nimport _ \"no.such/thing\"\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@damage
def replaced_module_requires_unknown_module(c):
    c.write("fork/go.mod", "module example.com/a\n\ngo 1.20\n\nrequire no.such/thing v1.0.0\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@damage
def replaced_module_without_go_line_requires_unknown_module(c):
    c.write("fork/go.mod", "module example.com/a\n\nrequire no.such/thing v1.0.0\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@damage
def replaced_module_requires_the_main_module(c):
    c.write("fork/go.mod", f"module example.com/a\n\ngo 1.20\n\nrequire {c.facts['path']} {c.facts['version']}\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@damage
def replaced_module_requires_newer_go(c):
    c.write("fork/go.mod", "module example.com/a\n\ngo 1.22.0\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@damage
def replace_conflicting(c):
    copy_of_direct(c, "fork")
    c.add(f"replace {c.direct[0]} => ./fork\nreplace {c.direct[0]} => ./spoon")


@damage
def replace_twice(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.add("replace example.com/a => ./fork\nreplace example.com/a => ./fork")


@damage
def replace_unused_by_missing_folder(c):
    c.add("replace example.com/a => ../nowhere")


@damage
def replace_by_module_without_sums(c):
    c.add(f"replace {c.direct[0]} => {c.direct[0]} {c.facts['lower']}")


@damage
def replace_by_module_with_sums(c):
    c.add(f"replace {c.direct[0]} => {c.direct[0]} {c.facts['lower']}")
    c.add(c.facts["lower_sums"], "go.sum")


@damage
def replace_by_other_module(c):
    c.add(f"replace {c.direct[0]} => {c.second[0]} {c.second[1]}")


@damage
def replace_with_at(c):
    c.add(f"replace {c.direct[0]} => {c.second[0]}@{c.second[1]}")


@damage
def replace_folder_with_version(c):
    c.add(f"replace {c.direct[0]} => ./fork v1.0.0")


@damage
def replace_two_by_one_folder(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.write("fork/x.go", "package a\n")
    c.add("require (\n\texample.com/a v1.0.0\n\texample.com/b v1.0.0\n)\n"
          "replace (\n\texample.com/a => ./fork\n\texample.com/b => ./fork\n)")


@damage
def replaced_but_not_required(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.write("fork/x.go", "package a\n")
    c.write("imports/x.go", "package imports\nimport _ \"example.com/a\"\n")
    c.add("replace example.com/a => ./fork")


# ---- go.sum ----


@damage
def no_go_sum(c):
    os.remove(c.path("go.sum"))


@damage
def empty_go_sum(c):
    c.write("go.sum", "")


@damage
def zip_sum_dropped(c):
    c.sub(c.sum_line(c.direct, ""), "", "go.sum")


@damage
def second_zip_sum_dropped(c):
    c.sub(c.sum_line(c.second, ""), "", "go.sum")


@damage
def go_mod_sum_dropped(c):
    c.sub(c.sum_line(c.direct, "/go.mod"), "", "go.sum")


@damage
def all_go_mod_sums_dropped(c):
    c.sub(r"^.*/go.mod h1:.*\n", "", "go.sum", count=0)


@damage
def all_zip_sums_dropped(c):
    c.sub(r"^\S+ v[^/ ]* h1:.*\n", "", "go.sum", count=0)


@damage
def first_line_dropped(c):
    c.sub(r"\A.*\n", "", "go.sum")


@damage
def last_line_dropped(c):
    c.sub(r"\n[^\n]*\n\Z", "\n", "go.sum")


@damage
def every_second_line_dropped(c):
    c.write("go.sum", "".join(c.read("go.sum").splitlines(True)[::2]))


@damage
def go_sum_truncated(c):
    text = c.read("go.sum")
    c.write("go.sum", text[: len(text) * 2 // 3])


@damage
def go_sum_with_two_fields(c):
    c.add("example.com/a v1.0.0", "go.sum")


@damage
def go_sum_with_four_fields(c):
    c.add("example.com/a v1.0.0 h1:x y", "go.sum")


@damage
def go_sum_garbage(c):
    c.write("go.sum", "".join(chr(i * 37 % 256) for i in range(500)))


@damage
def go_sum_conflict_marks(c):
    c.write("go.sum", "<<<<<<< HEAD\n" + c.read("go.sum") + ">>>>>>> branch name\n")


@damage
def go_sum_malformed_without_dependencies(c):
    """A module that needs no go.sum: nobody reads it."""
    shutil.rmtree(c.root)
    c.write("go.mod", f"module example.com/alone\n\ngo {c.facts['go']}\n")
    c.write("go.sum", "broken\n")
    c.write("x.go", "package alone\nimport _ \"fmt\"\n")


@damage
def zip_sum_wrong(c):
    c.sub(r"^(" + re.escape(f"{c.direct[0]} {c.direct[1]}") + r" h1:)....", r"\1AAAA", "go.sum")


@damage
def go_mod_sum_wrong(c):
    c.sub(r"^(" + re.escape(f"{c.direct[0]} {c.direct[1]}") + r"/go.mod h1:)....", r"\1AAAA", "go.sum")


@damage
def zip_sum_of_unknown_kind(c):
    c.sub(r"^(" + re.escape(f"{c.direct[0]} {c.direct[1]}") + r" )h1:", r"\1h9:", "go.sum")


@damage
def wrong_sum_before_right_one(c):
    c.write("go.sum", f"{c.direct[0]} {c.direct[1]} h1:AAAA\n" + c.read("go.sum"))


@damage
def wrong_sum_after_right_one(c):
    c.add(f"{c.direct[0]} {c.direct[1]} h1:AAAA", "go.sum")


@damage
def sum_of_unknown_kind_before_right_one(c):
    c.write("go.sum", f"{c.direct[0]} {c.direct[1]} h9:AAAA\n" + c.read("go.sum"))


@damage
def go_sum_leftovers(c):
    c.add("example.com/a v1.0.0 h1:x\nexample.com/a v1.0.0/go.mod h1:x", "go.sum")


@damage
def unused_wrong_sum(c):
    c.add(f"{c.direct[0]} {c.facts['lower']} h1:AAAA", "go.sum")


@damage
def go_sum_crlf(c):
    c.write("go.sum", c.read("go.sum").replace("\n", "\r\n"))


@damage
def go_sum_with_blanks(c):
    c.write("go.sum", "\n\t" + c.read("go.sum").replace(" ", "  \t") + "\n \n")


@damage
def go_sum_sorted_backwards(c):
    c.write("go.sum", "".join(reversed(c.read("go.sum").splitlines(True))))


@damage
def hash_of_an_empty_go_mod(c):
    c.sub(r"^(" + re.escape(f"{c.direct[0]} {c.direct[1]}") + r"/go.mod )h1:.*",
          r"\1h1:G7mAYYxgmS0lVkHyy2hEOLQCFB0DlQFTMLWggykrydY=", "go.sum")


# ---- packages ----


@elsewhere
def import_of_unknown_module(c):
    c.write("broken/x.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_of_unknown_package_of_a_module(c):
    c.write("broken/x.go", f"package broken\nimport _ \"{c.direct[0]}/no/such\"\n")


@elsewhere
def import_of_own_unknown_package(c):
    c.write("broken/x.go", f"package broken\nimport _ \"{c.facts['path']}/no/such\"\n")


@elsewhere
def import_of_unknown_std_package(c):
    c.write("broken/x.go", "package broken\nimport _ \"fmtt\"\n")


@elsewhere
def import_in_a_test_only(c):
    c.write("broken/x.go", "package broken\n")
    c.write("broken/x_test.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_in_an_external_test_only(c):
    c.write("broken/x.go", "package broken\n")
    c.write("broken/x_test.go", "package broken_test\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_in_another_system_only(c):
    c.write("broken/x.go", "package broken\n")
    c.write("broken/x_windows.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_behind_a_tag(c):
    c.write("broken/x.go", "package broken\n")
    c.write("broken/y.go", "//go:build never\n\npackage broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_in_testdata(c):
    c.write("testdata/broken/x.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_in_underscore_folder(c):
    c.write("_broken/x.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def import_in_vendor_folder(c):
    c.write("vendor/no.such/thing/x.go", "package thing\n")
    c.write("broken/x.go", "package broken\nimport _ \"no.such/thing\"\n")


@elsewhere
def vendor_folder(c):
    c.write("vendor/modules.txt", "## nothing\n")
    c.write("vendor/no.such/thing/x.go", "package thing\n")


@elsewhere
def import_of_foreign_internal_package(c):
    c.write("fork/go.mod", "module example.com/a\n")
    c.write("fork/internal/x.go", "package internal\n")
    c.write("broken/x.go", "package broken\nimport _ \"example.com/a/internal\"\n")
    c.add("require example.com/a v1.0.0\nreplace example.com/a => ./fork")


@elsewhere
def import_of_own_internal_package(c):
    c.write("a/internal/x.go", "package internal\n")
    c.write("a/b/x.go", f"package b\nimport _ \"{c.facts['path']}/a/internal\"\n")


@elsewhere
def import_of_own_internal_package_from_outside(c):
    c.write("a/internal/x.go", "package internal\n")
    c.write("b/x.go", f"package b\nimport _ \"{c.facts['path']}/a/internal\"\n")


@elsewhere
def import_of_std_internal_package(c):
    c.write("broken/x.go", "package broken\nimport _ \"internal/abi\"\n")


@elsewhere
def import_of_std_vendored_package(c):
    c.write("broken/x.go", "package broken\nimport _ \"vendor/golang.org/x/net/dns/dnsmessage\"\n")


@elsewhere
def import_of_program(c):
    c.write("prog/x.go", "package main\nfunc main() {}\n")
    c.write("broken/x.go", f"package broken\nimport _ \"{c.facts['path']}/prog\"\n")


@elsewhere
def import_cycle(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x.go", f"package b\nimport _ \"{c.facts['path']}/a\"\n")


@elsewhere
def import_of_itself(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/a\"\n")


@elsewhere
def import_cycle_in_test(c):
    c.write("a/x.go", "package a\n")
    c.write("a/x_test.go", f"package a\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x.go", f"package b\nimport _ \"{c.facts['path']}/a\"\n")


@elsewhere
def no_import_cycle_in_external_test(c):
    c.write("a/x.go", "package a\n")
    c.write("a/x_test.go", f"package a_test\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x.go", f"package b\nimport _ \"{c.facts['path']}/a\"\n")


@elsewhere
def relative_import(c):
    c.write("a/x.go", "package a\n")
    c.write("b/x.go", "package b\nimport _ \"../a\"\n")


@elsewhere
def absolute_import(c):
    c.write("b/x.go", "package b\nimport _ \"/a\"\n")


@elsewhere
def malformed_import(c):
    c.write("b/x.go", "package b\nimport _ \"a b\"\n")


@elsewhere
def empty_import(c):
    c.write("b/x.go", "package b\nimport _ \"\"\n")


@elsewhere
def import_with_version(c):
    c.write("b/x.go", f"package b\nimport _ \"{c.direct[0]}@{c.direct[1]}\"\n")


@elsewhere
def import_of_unicode_path(c):
    c.write("b/x.go", "package b\nimport _ \"example.com/\xc3\xa9\"\n")


@elsewhere
def import_of_c(c):
    c.write("b/x.go", "package b\n\n// int x;\nimport \"C\"\n")


@elsewhere
def import_of_unsafe_and_embed(c):
    c.write("b/x.go", "package b\nimport _ \"unsafe\"\nimport _ \"embed\"\n")


@elsewhere
def no_package_clause(c):
    c.write("b/x.go", "// nothing\n")


@elsewhere
def empty_file(c):
    c.write("b/x.go", "")


@elsewhere
def syntax_error_in_imports(c):
    c.write("b/x.go", "package b\nimport (\n\t\"fmt\n)\n")


@elsewhere
def syntax_error_in_a_function(c):
    c.write("b/x.go", "package b\nfunc f() { ( }\n")


@elsewhere
def open_bracket_in_a_test(c):
    c.write("b/x_test.go", "package b\nfunc f() { (1 }\n")


@elsewhere
def unterminated_string_in_a_test(c):
    c.write("b/x_test.go", "package b\nfunc f() { _ = \"x }\n")


@elsewhere
def test_with_wrong_parameter(c):
    c.write("b/x_test.go", "package b\nimport \"testing\"\n\nfunc TestX(b *testing.B) {}\n")


@elsewhere
def test_with_result(c):
    c.write("b/x_test.go", "package b_test\nimport \"testing\"\n\nfunc TestX(t *testing.T) int { return 1 }\n")


@elsewhere
def test_with_type_parameter(c):
    c.write("b/x_test.go", "package b\nimport \"testing\"\n\nfunc TestX[P any](t *testing.T) {}\n")


@elsewhere
def benchmark_without_parameter(c):
    c.write("b/x_test.go", "package b\n\nfunc BenchmarkX() {}\n")


@elsewhere
def two_test_mains(c):
    text = "package %s\nimport \"testing\"\n\nfunc TestMain(m *testing.M) {}\n"
    c.write("b/x_test.go", text % "b")
    c.write("b/y_test.go", text % "b_test")


@elsewhere
def tests_of_all_good_forms(c):
    c.write("b/x_test.go", "package b\nimport . \"testing\"\n\nfunc Test(t *T) {}\nfunc Testing() {}\n"
            "func TestX(*T) {}\nfunc Test_x(t *T,) {}\nfunc TestMain(m *M) {}\nfunc FuzzX(f *F) {}\n"
            "func (x y) TestZ() {}\ntype y struct{}\nfunc ExampleX() {}\nfunc Test\xc3\xa9() {}\n")


@elsewhere
def syntax_error_behind_a_tag(c):
    c.write("b/x.go", "package b\n")
    c.write("b/y.go", "//go:build never\n\npackage b\nimport (\n")


@elsewhere
def two_packages_in_a_folder(c):
    c.write("b/x.go", "package b\n")
    c.write("b/y.go", "package c\n")


@elsewhere
def two_build_lines(c):
    c.write("b/x.go", "//go:build linux\n//go:build windows\n\npackage b\n")
    c.write("b/y.go", "package b\n")


@elsewhere
def malformed_build_line(c):
    c.write("b/x.go", "//go:build linux &&\n\npackage b\n")
    c.write("b/y.go", "package b\n")


@elsewhere
def only_excluded_files(c):
    c.write("b/x_windows.go", "package b\n")


@elsewhere
def only_excluded_files_imported(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x_windows.go", "package b\n")


@elsewhere
def only_test_files(c):
    c.write("b/x_test.go", "package b\n")


@elsewhere
def only_test_files_imported(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x_test.go", "package b\n")


@elsewhere
def folder_without_go_files_imported(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/b\"\n")
    c.write("b/x.txt", "")


@elsewhere
def file_names_that_fold(c):
    c.write("b/x.go", "package b\n")
    c.write("b/X.go", "package b\n")


@elsewhere
def import_paths_that_fold(c):
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/b\"\nimport _ \"{c.facts['path']}/B\"\n")
    c.write("b/x.go", "package b\n")
    c.write("B/x.go", "package b\n")


@elsewhere
def c_file_without_cgo(c):
    c.write("b/x.go", "package b\n")
    c.write("b/x.c", "int x;\n")


@elsewhere
def assembly_file(c):
    c.write("b/x.go", "package b\n")
    c.write("b/x.s", "\n")


@elsewhere
def file_name_with_dash(c):
    c.write("b/-x.go", "package b\n")


@elsewhere
def embed_of_nothing(c):
    c.write("b/x.go", "package b\nimport _ \"embed\"\n\n//go:embed nothing.txt\nvar s string\n")


@elsewhere
def embed_of_something(c):
    c.write("b/x.go", "package b\nimport _ \"embed\"\n\n//go:embed *.txt\nvar s string\n")
    c.write("b/something.txt", "")


@elsewhere
def embed_of_nothing_in_a_test(c):
    c.write("b/x.go", "package b\n")
    c.write("b/x_test.go", "package b\nimport _ \"embed\"\n\n//go:embed nothing.txt\nvar s string\n")


@elsewhere
def embed_outside(c):
    c.write("b/x.go", "package b\nimport _ \"embed\"\n\n//go:embed ../go.mod\nvar s string\n")


@elsewhere
def nested_module(c):
    c.write("nested/go.mod", "module example.com/nested\n")
    c.write("nested/x.go", "package nested\nimport _ \"no.such/thing\"\n")


@elsewhere
def nested_module_imported(c):
    c.write("nested/go.mod", f"module {c.facts['path']}/nested\n")
    c.write("nested/x.go", "package nested\n")
    c.write("a/x.go", f"package a\nimport _ \"{c.facts['path']}/nested\"\n")


@elsewhere
def package_in_two_modules(c):
    path = c.facts["path"] + "/twice"
    c.write("twice/x.go", "package twice\n")
    c.write("fork/go.mod", f"module {path}\n")
    c.write("fork/x.go", "package twice\n")
    c.write("a/x.go", f"package a\nimport _ \"{path}\"\n")
    c.add(f"require {path} v1.0.0\nreplace {path} => ./fork")


@elsewhere
def import_from_implicit_module(c):
    mod, package = c.facts["implicit"]
    c.write("a/x.go", f"package a\nimport _ \"{package}\"\n")


@elsewhere
def import_from_indirect_requirement(c):
    package = c.facts["indirect_package"]
    c.write("a/x.go", f"package a\nimport _ \"{package}\"\n")


@elsewhere
def no_packages(c):
    for name in os.listdir(c.root):
        if name not in ("go.mod", "go.sum"):
            path = c.path(name)
            shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


# ---- go.work ----


def make_work(c, text="go 1.22\n\nuse ./m\n"):
    """Moves the module to m below a go.work."""
    inner = c.path("m")
    names = os.listdir(c.root)
    os.makedirs(inner)
    for name in names:
        shutil.move(os.path.join(c.root, name), inner)
    c.write("go.work", text)
    c.dir, c.work = "m", ""


@elsewhere
def work_usual(c):
    make_work(c)


@elsewhere
def work_syntax_error(c):
    make_work(c, "go 1.22\n\nuse (\n")


@elsewhere
def work_unknown_directive(c):
    make_work(c, "go 1.22\n\nuse ./m\nrequire a v1.0.0\n")


@elsewhere
def work_use_missing(c):
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")


@elsewhere
def work_use_twice(c):
    make_work(c, "go 1.22\n\nuse ./m\nuse ./m/\n")


@elsewhere
def work_without_the_module(c):
    make_work(c, "go 1.22\n\nuse ./n\n")
    c.write("../n/go.mod", "module example.com/n\n\ngo 1.20\n")


@elsewhere
def work_empty(c):
    make_work(c, "go 1.22\n")


@elsewhere
def work_older_than_module(c):
    c.sub(r"^go .*", "go 1.22.0")
    make_work(c, "go 1.21\n\nuse ./m\n")


@elsewhere
def work_too_new(c):
    make_work(c, "go 1.99\n\nuse ./m\n")


@elsewhere
def work_too_new_switching(c):
    make_work(c, "go 1.99\n\nuse ./m\n")
    c.env["GOTOOLCHAIN"] = "auto"


@elsewhere
def work_unknown_godebug(c):
    make_work(c, "go 1.22\n\nuse ./m\ngodebug nosuchsetting=1\n")


@elsewhere
def work_with_module_of_unknown_godebug(c):
    c.add("godebug nosuchsetting=1")
    make_work(c)


@elsewhere
def work_replaces_its_module(c):
    make_work(c, f"go 1.22\n\nuse ./m\nreplace {c.facts['path']} => ./n\n")


@elsewhere
def work_replaces_by_missing_folder(c):
    make_work(c, f"go 1.22\n\nuse ./m\nreplace {c.direct[0]} => ./nowhere\n")


@elsewhere
def work_same_module_twice(c):
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")
    c.write("../n/go.mod", f"module {c.facts['path']}\n")


@elsewhere
def work_second_module_broken(c):
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")
    c.write("../n/go.mod", "module example.com/n\nsurprise\n")


@elsewhere
def work_second_module_used(c):
    path = "example.com/n"
    c.write("a/x.go", f"package a\nimport _ \"{path}\"\n")
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")
    c.write("../n/go.mod", f"module {path}\n\ngo 1.20\n")
    c.write("../n/x.go", "package n\n")


@elsewhere
def work_conflicting_replaces(c):
    c.add(f"replace {c.direct[0]} => ./fork")
    copy_of_direct(c, "fork")
    if not os.path.exists(c.path("fork/go.mod")):
        c.write("fork/go.mod", f"module {c.direct[0]}\n")
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")
    c.write("../n/go.mod", f"module example.com/n\n\ngo 1.20\nreplace {c.direct[0]} => ./spoon\n")


@elsewhere
def work_import_of_unknown_module(c):
    c.write("broken/x.go", "package broken\nimport _ \"no.such/thing\"\n")
    make_work(c)


@elsewhere
def work_zip_sum_wrong(c):
    c.sub(r"^(" + re.escape(f"{c.direct[0]} {c.direct[1]}") + r" h1:)....", r"\1AAAA", "go.sum")
    make_work(c)


@elsewhere
def work_zip_sum_dropped(c):
    c.sub(c.sum_line(c.direct, ""), "", "go.sum")
    make_work(c)


@elsewhere
def work_go_mod_sum_dropped(c):
    c.sub(c.sum_line(c.direct, "/go.mod"), "", "go.sum")
    make_work(c)


@elsewhere
def work_sums_dropped_without_database(c):
    work_go_mod_sum_dropped(c)
    c.env["GOSUMDB"] = "off"


@elsewhere
def work_sums_dropped_of_private_module(c):
    work_zip_sum_dropped(c)
    c.env["GONOSUMDB"] = "example.org," + c.direct[0].split("/")[0]


@elsewhere
def sums_dropped_of_private_module(c):
    zip_sum_dropped(c)
    c.env["GONOSUMDB"] = c.direct[0]


@elsewhere
def work_sums_in_go_work_sum(c):
    sums = c.read("go.sum")
    os.remove(c.path("go.sum"))
    make_work(c)
    c.write("../go.work.sum", sums)


@elsewhere
def work_malformed_go_work_sum(c):
    make_work(c)
    c.write("../go.work.sum", "broken\n")


@elsewhere
def work_requirement_lowered_with_sums(c):
    c.sub(c.require_line(c.direct), rf"\1{c.direct[0]} {c.facts['lower']}\2\n")
    c.add(c.facts["lower_sums"], "go.sum")
    make_work(c)


@elsewhere
def work_second_module_needs_more(c):
    make_work(c, "go 1.22\n\nuse ./m\nuse ./n\n")
    c.write("../n/go.mod", f"module example.com/n\n\ngo 1.20\n\nrequire {c.direct[0]} {c.facts['higher']}\n")


@elsewhere
def work_toolchain_line(c):
    make_work(c, "go 1.22.0\n\ntoolchain go1.22.0\n\nuse ./m\n")


@elsewhere
def work_direct_requirement_dropped(c):
    c.sub(c.require_line(c.direct), "")
    make_work(c)


@elsewhere
def work_indirect_requirements_dropped(c):
    c.sub(r"^(\s+|require )\S+ v\S+ // indirect\n", "\n", count=0)
    make_work(c)


@elsewhere
def work_malformed_go_sum(c):
    c.add("broken", "go.sum")
    make_work(c)


# ---- module cache ----


@elsewhere
def cache_without_a_module(c):
    c.own_cache()
    shutil.rmtree(c.cached(c.direct, None))
    for suffix in (".zip", ".ziphash", ".mod", ".info"):
        os.remove(c.cached(c.direct, suffix))


@elsewhere
def cache_without_a_zip(c):
    c.own_cache()
    os.remove(c.cached(c.direct, ".zip"))


@elsewhere
def cache_without_a_folder(c):
    c.own_cache()
    shutil.rmtree(c.cached(c.direct, None))


@elsewhere
def cache_without_zip_and_folder(c):
    c.own_cache()
    os.remove(c.cached(c.direct, ".zip"))
    shutil.rmtree(c.cached(c.direct, None))


@elsewhere
def cache_without_a_go_mod(c):
    c.own_cache()
    os.remove(c.cached(c.direct, ".mod"))


@elsewhere
def cache_without_a_ziphash(c):
    c.own_cache()
    os.remove(c.cached(c.direct, ".ziphash"))


@elsewhere
def cache_with_wrong_ziphash(c):
    c.own_cache()
    c.replace_file(c.cached(c.direct, ".ziphash"), "h1:AAAA")


@elsewhere
def cache_with_ziphash_of_other_bytes(c):
    c.own_cache()
    c.replace_file(c.cached(c.direct, ".ziphash"), "h1:" + "A" * 43 + "=")


@elsewhere
def cache_with_altered_go_mod(c):
    c.own_cache()
    c.replace_file(c.cached(c.direct, ".mod"), f"module {c.direct[0]}\n\n// altered\n")


@elsewhere
def cache_with_truncated_zip_and_folder(c):
    c.own_cache()
    c.replace_file(c.cached(c.direct, ".zip"), "PK")


@elsewhere
def cache_with_truncated_zip(c):
    c.own_cache()
    c.replace_file(c.cached(c.direct, ".zip"), "PK")
    shutil.rmtree(c.cached(c.direct, None))


@elsewhere
def cache_with_unpacking_interrupted(c):
    c.own_cache()
    with open(c.cached(c.direct, ".partial"), "w"):
        pass


@elsewhere
def cache_folder_without_its_go_files(c):
    c.own_cache()
    for parent, _, names in os.walk(c.cached(c.direct, None)):
        for name in names:
            if name.endswith(".go"):
                os.remove(os.path.join(parent, name))


@elsewhere
def cache_folder_too_new(c):
    c.own_cache()
    path = os.path.join(c.cached(c.direct, None), "go.mod")
    if os.path.exists(path):
        os.remove(path)
    with open(path, "w") as file:
        file.write(f"module {c.direct[0]}\n\ngo 1.99\n")


@elsewhere
def cache_without_a_transitive_go_mod(c):
    c.own_cache()
    os.remove(c.cached(c.facts["graph_only"], ".mod"))


@elsewhere
def cache_without_a_module_and_import_of_unknown_std_package(c):
    c.own_cache()
    os.remove(c.cached(c.direct, ".zip"))
    shutil.rmtree(c.cached(c.direct, None))
    c.write("broken/x.go", "package broken\nimport _ \"fmtt\"\n")


# ---- running ----


def go(folder, *words, check=True, **env):
    settings = dict(os.environ, GOFLAGS="-buildvcs=false -modcacherw", GOTOOLCHAIN="local", GOWORK="")
    settings.update(env)
    return subprocess.run(["go", *words], cwd=folder, env=settings, check=check, text=True,
                          errors="replace", stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def lines_of(text):
    return [line for line in text.splitlines() if line]


def older_and_newer(folder, path, version, env):
    """The released versions next to this one; a pseudo-version's neighbours may be None."""
    versions = go(folder, "list", "-m", "-versions", "-f", "{{join .Versions \"\\n\"}}", path, **env)
    known = [v for v in lines_of(versions.stdout) if "-" not in v]
    if version not in known:
        return None, None
    at = known.index(version)
    return (known[at - 1] if at else None), (known[at + 1] if at + 1 < len(known) else "v9.9.9")


def sums_of(folder, path, version, env):
    info = json.loads(go(folder, "mod", "download", "-json", f"{path}@{version}", **env).stdout)
    return f"{path} {version} {info['Sum']}\n{path} {version}/go.mod {info['GoModSum']}"


def facts_of(source, path, version, env):
    """What the damages need to know about a module."""
    with open(os.path.join(source, "go.mod")) as file:
        text = file.read()
    facts = {"path": path, "version": version, "go": re.search(r"(?m)^go (.*)", text)[1],
             "toolchain": go("/", "env", "GOVERSION").stdout.strip().removeprefix("go")}
    listed = go(source, "list", "-deps", "-test", "-f",
                "{{with .Module}}{{.Path}} {{.Version}} {{$.ImportPath}}{{end}}", "./...", **env).stdout
    provided = {}
    for line in lines_of(listed):
        words = line.split(" ")
        if len(words) >= 3 and words[1]:
            provided.setdefault((words[0], words[1]), words[2])
    # A module below another's path would still be found there.
    required = [m for m in provided if f"{m[0]} {m[1]}" in text and "// indirect" not in
                re.search(re.escape(f"{m[0]} {m[1]}") + ".*", text)[0]]
    neighbours = {m: older_and_newer(source, *m, env) for m in required}
    used = [m for m in required if neighbours[m][0]] + [m for m in required if not neighbours[m][0]]
    facts["used"] = used[:2]
    facts["lower"], facts["higher"] = neighbours[used[0]]
    facts["second_higher"] = neighbours[used[1]][1] or "v9.9.9"
    facts["lower_sums"] = sums_of(source, used[0][0], facts["lower"], env)
    everything = [tuple(line.split()) for line in lines_of(go(source, "list", "-m", "all", **env).stdout)[1:]]
    facts["everything"] = everything
    implicit = [m for m in everything if f"{m[0]} " not in text]
    packages = {}
    for mod in implicit:
        folder = json.loads(go(source, "mod", "download", "-json", "@".join(mod), **env).stdout)["Dir"]
        if any(name.endswith(".go") and not name.endswith("_test.go") for name in os.listdir(folder)):
            packages[mod] = mod[0]
    if packages:
        facts["implicit"] = next(iter(packages.items()))
    indirect = [m for m in provided if f"{m[0]} {m[1]} // indirect" in text]
    if indirect:
        facts["indirect_package"] = provided[indirect[0]]
    graph = {tuple(line.split()[1].split("@")) for line in lines_of(go(source, "mod", "graph", **env).stdout)}
    graph_only = sorted(m for m in graph if "." in m[0] and m not in everything)
    if graph_only:
        facts["graph_only"] = graph_only[0]
    for mod in everything:
        low = next((m for m in graph_only if m[0] == mod[0]), None)
        if low and f"{mod[0]} {mod[1]}" in text:
            facts["transitive"] = (mod, low[1], sums_of(source, *low, env))
            break
    return facts


def judged_by_go(case, proxy):
    done = go(os.path.join(case.root, case.dir), "list", "-mod=readonly", "-deps", "-test", "./...",
              check=False, GOPROXY=proxy, GOMODCACHE=case.cache, **case.env)
    if done.returncode == 0:
        return "accepted", ""
    return ("unjudged" if NEEDS_DOWNLOAD.search(done.stderr) else "refused"), done.stderr.strip()


def judged_by_probe(case, go_env):
    words = [f"root={case.root}", f"dir={case.dir}", f"modcache={case.cache}",
             f"goversion={go_env['GOVERSION'].removeprefix('go')}", f"goroot={go_env['GOROOT']}",
             f"cgo={go_env['CGO_ENABLED']}", f"gotoolchain={case.env['GOTOOLCHAIN']}",
             f"path={os.environ['PATH']}"]
    words += [f"{name.lower()}={case.env[name]}" for name in ("GOSUMDB", "GONOSUMDB") if name in case.env]
    if case.work is not None:
        words.append(f"work={case.work}")
    done = subprocess.run([PROBE, *words], text=True, errors="replace", stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE)
    verdict, _, rest = done.stdout.partition("\n")
    return verdict, rest.strip() or done.stderr[-2000:]


def run(name, function, source, facts, cache, top, proxies, go_env):
    folder = tempfile.mkdtemp(dir=top)
    case = Case(os.path.join(folder, "root"), cache, facts)
    shutil.copytree(source, case.root, copy_function=os.link)
    try:
        function(case)
        if case.work is not None:
            case.root = os.path.realpath(case.root)
        ours, our_words = judged_by_probe(case, go_env)
        theirs, their_words = judged_by_go(case, "off")
        if ours == "refused" and theirs == "unjudged":
            # Said for certain although something is missing: so also where it can be downloaded.
            if case.cache == cache:
                case.own_cache()
            theirs, their_words = judged_by_go(case, proxies)
    except (LookupError, KeyError) as error:
        return f"skip {name}: {error!r}"
    finally:
        shutil.rmtree(folder)
    if ours == theirs:
        return f"ok {name} is {ours}"
    return f"not ok {name}: weir {ours} {our_words!r}; go {theirs} {their_words!r}"


def main():
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    top = os.path.realpath(tempfile.mkdtemp())
    shared = go("/", "env", "GOMODCACHE").stdout.strip()
    cache = os.path.join(top, "cache")
    proxies = f"file://{shared}/cache/download," + go("/", "env", "GOPROXY").stdout.strip()
    env = {"GOMODCACHE": cache, "GOPROXY": proxies}
    jobs, lines = [], []
    try:
        go_env = json.loads(go("/", "env", "-json", "GOVERSION", "GOROOT", "CGO_ENABLED").stdout)
        for i, (path, version) in enumerate(MODULES):
            done = go("/", "mod", "download", "-json", f"{path}@{version}", **env)
            source = os.path.join(top, path.replace("/", "_"))
            shutil.copytree(json.loads(done.stdout)["Dir"], source)
            facts = facts_of(source, path, version, env)
            turn = [f for k, f in enumerate(SOMEWHERE) if k % 2 == i % 2]
            for function in EVERYWHERE + turn:
                name = f"refusal {re.sub('/v[0-9]+$', '', path).split('/')[-1]} {function.__name__}"
                if wanted in name:
                    jobs.append((name, function, source, facts, cache, top, proxies, go_env))
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            for line in pool.map(lambda job: run(*job), jobs):
                lines.append(line)
                if not line.startswith("skip"):
                    print(line, flush=True)
    finally:
        subprocess.run(["chmod", "-R", "u+w", top], check=False)
        shutil.rmtree(top, ignore_errors=True)
    if wanted:
        return
    compared = {word for line in lines if not line.startswith("skip") for word in line.split(" ")[3:5]}
    compared = {word.rstrip(":") for word in compared}
    unseen = {function.__name__ for function in EVERYWHERE + SOMEWHERE} - compared
    print("ok refusal: every kind of damage fits one of the modules" if not unseen
          else f"not ok refusal: no module for {sorted(unseen)}")


if __name__ == "__main__":
    main()
