"""Builds test/gitleaks_oracle.go with the real gitleaks, which comes through the module proxy with its
sums pinned: its own by the lines below, those of what it needs by its go.sum."""
import json
import os
import shutil
import subprocess

MODULE = "github.com/zricethezav/gitleaks/v8"
VERSION = "v8.30.1"
SUMS = """{m} {v} {zip}
{m} {v}/go.mod {mod}
"""
ZIP_SUM = "h1:PmEvCfVI7ti9dV3s5aMZUY7sS2GxRvG3yzih7E+cS3w="
MOD_SUM = "h1:rTDwxRjufMKAkhTI/Mijd07nday1yOhf9qywjwz5Irw="
ENV = dict(os.environ, GOFLAGS="-mod=readonly", GOWORK="off")


def write(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def folder(work):
    """Where the module lies; work gets a go.mod and a go.sum that name it."""
    own = SUMS.format(m=MODULE, v=VERSION, zip=ZIP_SUM, mod=MOD_SUM)
    write(os.path.join(work, "go.mod"), f"module oracle\n\ngo 1.24\n\nrequire {MODULE} {VERSION}\n")
    write(os.path.join(work, "go.sum"), own)
    done = subprocess.run(["go", "mod", "download", "-json", MODULE], cwd=work, env=ENV, check=True,
                          stdout=subprocess.PIPE)
    found = json.loads(done.stdout)["Dir"]
    requires = read(os.path.join(found, "go.mod")).split("\n", 1)[1]
    write(os.path.join(work, "go.mod"), f"module oracle\n{requires}\nrequire {MODULE} {VERSION}\n")
    write(os.path.join(work, "go.sum"), own + read(os.path.join(found, "go.sum")))
    return found


def build(work):
    """The oracle's path and the module's folder."""
    found = folder(work)
    shutil.copy(os.path.join(os.path.dirname(os.path.abspath(__file__)), "gitleaks_oracle.go"), work)
    subprocess.run(["go", "build", "-o", "oracle", "gitleaks_oracle.go"], cwd=work, env=ENV, check=True)
    return os.path.join(work, "oracle"), found
