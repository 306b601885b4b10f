"""What is made from the program's tables and kept in docs/ is as the program makes it, the man page
renders without a warning, and the completions are valid in their shells."""
import os
import re
import shutil
import subprocess
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WEIR = os.environ["WEIR"]


def weir(*words):
    return subprocess.run([WEIR, *words], stdout=subprocess.PIPE, check=True).stdout.decode()


def rules_are_current():
    with tempfile.TemporaryDirectory() as folder:
        weir("docs", "rules", folder)
        for name in os.listdir(folder):
            with open(os.path.join(folder, name), encoding="utf-8") as made:
                with open(os.path.join(TOP, "docs/rules", name), encoding="utf-8") as kept:
                    assert made.read() == kept.read(), f"docs/rules/{name} is stale: ./dev docs"


def links_lead_somewhere():
    pages = [os.path.join(TOP, name) for name in os.listdir(TOP) if name.endswith(".md")]
    pages += [os.path.join(TOP, "docs", name) for name in os.listdir(os.path.join(TOP, "docs")) if name.endswith(".md")]
    for page in pages:
        with open(page, encoding="utf-8") as file:
            for target in re.findall(r"\]\(([^)#:]+)\)", file.read()):
                path = os.path.join(os.path.dirname(page), target)
                assert os.path.exists(path), f"{page} names {target}"


def readme_shows_two_commands():
    for name in ("README.md", "README.zh-CN.md"):
        with open(os.path.join(TOP, name), encoding="utf-8") as file:
            text = file.read()
        assert re.findall(r"^    (\./dev \w+)", text, re.M) == ["./dev demo", "./dev test"], name


def man_pages_render():
    for lang in ("en", "zh"):
        page = weir("docs", "man", "--lang", lang)
        assert page.startswith(".TH WEIR 1") and ".SS weir check" in page
        if shutil.which("man"):
            done = subprocess.run(["man", "--warnings", "-E", "UTF-8", "-l", "-"], input=page.encode(),
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True)
            assert not done.stderr, done.stderr


def completions_are_valid():
    for shell in ("bash", "zsh", "fish"):
        text = weir("completion", shell)
        assert "--format" in text or "-l format" in text
        if shutil.which(shell):
            subprocess.run([shell, "-n"], input=text.encode(), check=True)
    script = weir("completion", "bash") + """
COMP_WORDS=(weir check --form); COMP_CWORD=2; _weir; echo "${COMPREPLY[@]}"
COMP_WORDS=(weir check --format s); COMP_CWORD=3; _weir; echo "${COMPREPLY[@]}"
COMP_WORDS=(weir exp); COMP_CWORD=1; _weir; echo "${COMPREPLY[@]}"
"""
    out = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    assert "--format" in out[0] and "sarif" in out[1] and "explain" in out[2], out


for test in (rules_are_current, links_lead_somewhere, readme_shows_two_commands, man_pages_render, completions_are_valid):
    try:
        test()
        print(f"ok {test.__name__}", flush=True)
    except Exception as error:  # every kind of failure is a failed case
        print(f"not ok {test.__name__}: {str(error)[:800]!r}", flush=True)
