"""The packages: the .deb installs, works and purges without leaving a file; the tarball holds the
program and matches its sum; the program alone works under any name in any folder."""
import os
import shutil
import subprocess
import tarfile
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RELEASE = os.environ["WEIR_RELEASE"]
ROOT = [] if os.getuid() == 0 else ["sudo", "-n"]


def run(*words, **more):
    return subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, **more).stdout.decode()


def version():
    with open(os.path.join(TOP, "VERSION"), encoding="utf-8") as file:
        return file.read().strip()


def packages_are_made():
    out = run("sh", os.path.join(TOP, "test/package.sh")).splitlines()
    assert len(out) == 2 and all(os.path.exists(os.path.join(TOP, path)) for path in out), out


def deb_installs_works_and_purges():
    run(*ROOT, "dpkg", "-i", os.path.join(TOP, f"build/weir_{version()}_amd64.deb"))
    try:
        files = [path for path in run("dpkg", "-L", "weir").splitlines() if os.path.isfile(path)]
        listed = run("dpkg", "-L", "weir").splitlines()
        for part in ("/usr/bin/weir", "/man1/weir.1.gz", "/zh_CN/man1/weir.1.gz", "/bash-completion/completions/weir",
                     "/vendor-completions/_weir", "/vendor_completions.d/weir.fish", "/doc/weir/copyright"):
            assert any(path.endswith(part) for path in listed), part
        assert run("/usr/bin/weir", "--version") == f"weir {version()}\n"
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "go.mod"), "w", encoding="utf-8") as file:
                file.write("module example.com/pay\n\ngo 1.21.0\n")
            run("/usr/bin/weir", "check", "--only", "vendor", folder)
    finally:
        run(*ROOT, "dpkg", "--purge", "weir")
    left = [path for path in files if os.path.lexists(path)]
    assert not left, left


def tarball_matches_its_sum():
    name = f"weir-{version()}-linux-amd64.tar.gz"
    run("sha256sum", "-c", name + ".sha256", cwd=os.path.join(TOP, "build"))
    with tarfile.open(os.path.join(TOP, "build", name)) as archive:
        names = archive.getnames()
    for part in ("/weir", "/LICENSE", "/README.md", "/README.zh-CN.md", "/completion/weir.bash"):
        assert any(entry.endswith(part) for entry in names), part


def program_works_alone():
    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "another name")
        shutil.copy(RELEASE, copy)
        env = {"PATH": "/usr/bin:/bin", "HOME": folder}
        assert run(copy, "--version", env=env, cwd=folder).startswith("weir ")
        assert "MOD003" in run(copy, "explain", "--list", env=env, cwd=folder)


def only_libc_is_needed():
    needed = [line.split()[0] for line in run("ldd", RELEASE).splitlines()]
    others = [name for name in needed if not name.startswith(("linux-vdso", "libc.so", "/lib64/ld-", "libgcc", "libstdc++", "libm.so"))]
    assert not others, others


def binary_is_small():
    assert os.path.getsize(RELEASE) <= 20_000_000, os.path.getsize(RELEASE)


for test in (packages_are_made, deb_installs_works_and_purges, tarball_matches_its_sum, program_works_alone,
             only_libc_is_needed, binary_is_small):
    try:
        test()
        print(f"ok {test.__name__}", flush=True)
    except Exception as error:  # every kind of failure is a failed case
        print(f"not ok {test.__name__}: {str(getattr(error, 'stdout', None) or error)[:800]!r}", flush=True)
