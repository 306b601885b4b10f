"""Makes a C file that holds a text file as a string.

usage: embed.py OUTPUT NAME FILE [HEADER]    HEADER declares it, report/NAME.h else
"""
import sys

output, name, path = sys.argv[1:4]
header = sys.argv[4] if len(sys.argv) > 4 else f"report/{name}.h"
with open(path, "rb") as file:
    data = file.read() + b"\0"

rows = [", ".join(str(byte) for byte in data[at : at + 20]) for at in range(0, len(data), 20)]
with open(output, "w", encoding="utf-8") as file:
    file.write(f'#include "{header}"\n\nconst char {name}[] = {{\n')
    file.write("".join(f"        {row},\n" for row in rows) + "};\n")
