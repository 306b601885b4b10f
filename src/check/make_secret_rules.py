"""Makes secret_rules.c, the rows of checkpoint secrets, from leak/rules.toml.

usage: make_secret_rules.py OUTPUT RULES
"""
import sys
import tomllib

SEVERITIES = {"error": "SEV_ERROR", "warning": "SEV_WARNING", "note": "SEV_NOTE"}

WHY = (
    "Whoever can read the delivery, its history or an image made of it can use this credential, "
    "and it stays valid until it is revoked where it was issued.",
    "任何能读取该交付物、其历史或由其构建的镜像的人都能使用此凭据；在签发处吊销之前它一直有效。",
)
STORE = (
    "read it from the environment or a secret store",
    "改为从环境变量或密钥管理服务读取",
)


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def pair(name, words):
    return f"          .{name} = {{ {quoted(words[0])},\n                  {quoted(words[1])} }},\n"


def braces(text):
    return text.replace("{", "(").replace("}", ")")


def mend(rule):
    at = rule.get("revoke", "")
    if not at or "detector" in rule:
        return f"change it where it is used, and {STORE[0]}", f"在使用处更换它，并{STORE[1]}"
    return f"revoke it at {at}, and {STORE[0]}", f"在 {at} 吊销它，并{STORE[1]}"


def row(rule):
    en, zh = braces(rule["description"]), braces(rule.get("zh", rule["description"]))
    return (
        f'        {{ .id = {quoted(rule["id"])},\n'
        f'          .severity = {SEVERITIES[rule.get("severity", "error")]},\n'
        "          .scope = SCOPE_REPOSITORY,\n"
        "          .needs = FACT_BIT(SECRETS),\n"
        + pair("title", (en, zh))
        + pair("text", (en + ": {shown}… ({size} bytes)", zh + "：{shown}…（{size} 字节）"))
        + pair("why", WHY)
        + pair("mend", mend(rule))
        + "          .run = secrets_run },\n"
    )


def main():
    output, path = sys.argv[1:]
    with open(path, "rb") as file:
        rules = tomllib.load(file)["rules"]
    header = "\n".join([
        "/* check/secret_rules.h: how many rows secret_rules.c has. */",
        "#pragma once", "", f"#define SECRET_RULE_COUNT {len(rules)}", ""])
    with open(output, "w", encoding="utf-8") as file:
        file.write('#include "check/secrets.h"\n\nconst struct rule secret_rules[] = {\n')
        file.write("".join(map(row, rules)))
        file.write("};\n")
    with open(output.removesuffix(".c") + ".h", "w", encoding="utf-8") as file:
        file.write(header)


main()
