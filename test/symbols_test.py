"""No two folders define the same global name: a static library would link the first without a word."""
import collections
import os
import subprocess

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARY = os.path.join(os.path.dirname(os.environ.get("WEIR", os.path.join(TOP, "build/debug/src/weir"))),
                       "libweir-core.a")


def definitions():
    """Global name to the objects that define it."""
    found = collections.defaultdict(list)
    listing = subprocess.run(["nm", "--print-file-name", "--extern-only", "--defined-only", LIBRARY],
                             check=True, capture_output=True, text=True).stdout
    for line in listing.splitlines():
        place, _, name = line.rsplit(" ", 2)
        if not name.startswith(("__asan", "__odr_asan", "__ubsan")):
            found[name].append(place.split(":")[-2])
    return found


def main():
    found = definitions()
    twice = {name: places for name, places in found.items() if len(places) > 1}
    words = "; ".join(f"{name} in {', '.join(places)}" for name, places in sorted(twice.items()))
    enough = len(found) > 500
    print(f"not ok global names are defined once: {words}" if twice or not enough else
          "ok global names are defined once")
    return 1 if twice or not enough else 0


raise SystemExit(main())
