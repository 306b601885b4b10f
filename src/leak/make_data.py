"""Makes the assembly file by which the program holds the rules and their database.

usage: make_data.py OUTPUT PACKED DATABASE
"""
import os
import sys

output, packed, database = sys.argv[1:4]


def blob(name, path):
    return (f"        .global {name}_start, {name}_end\n        .hidden {name}_start, {name}_end\n"
            f"        .balign 64\n{name}_start:\n        .incbin \"{os.path.abspath(path)}\"\n{name}_end:\n")


with open(output, "w", encoding="utf-8") as file:
    file.write("        .section .rodata\n" + blob("own_packed", packed) + blob("own_database", database) +
               '        .section .note.GNU-stack,"",@progbits\n')
