"""Lays the toy modules out as a module proxy that GOPROXY=file://FOLDER reads.

usage: proxy.py MODULES FOLDER
"""
import json
import os
import sys
import zipfile

DAY = (2026, 1, 1, 0, 0, 0)  # the same bytes every time


def files_of(folder):
    for parent, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            path = os.path.join(parent, name)
            yield os.path.relpath(path, folder), path


def write_zip(target, prefix, folder):
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, path in files_of(folder):
            with open(path, "rb") as file:
                archive.writestr(zipfile.ZipInfo(f"{prefix}/{name}", DAY), file.read())


def add(modules, proxy, entry):
    name, version = entry.split("@")
    module, folder = f"example.com/{name}", os.path.join(modules, entry)
    target = os.path.join(proxy, module, "@v")
    os.makedirs(target, exist_ok=True)
    write_zip(os.path.join(target, version + ".zip"), f"{module}@{version}", folder)
    with open(os.path.join(folder, "go.mod"), encoding="utf-8") as file:
        mod = file.read()
    for suffix, text in ((".mod", mod), (".info", json.dumps({"Version": version, "Time": "2026-01-01T00:00:00Z"}))):
        with open(os.path.join(target, version + suffix), "w", encoding="utf-8") as file:
            file.write(text)
    with open(os.path.join(target, "list"), "a", encoding="utf-8") as file:
        file.write(version + "\n")


for entry in sorted(os.listdir(sys.argv[1])):
    add(sys.argv[1], sys.argv[2], entry)
