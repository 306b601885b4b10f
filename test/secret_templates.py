"""Draws tokens from the templates of src/leak/rules.toml, so that no token is ever committed.

A template is text with fields in braces: {NAME}, {NAME:N} or {NAME:N-M} (any length from N to M).
docs/secrets-rules.md lists the fields. The same template and seed always give the same text.
"""
import base64
import json
import os
import random
import re
import string
import struct
import textwrap
import tomllib
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
RULES = os.path.join(TOP, "src/leak/rules.toml")

BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
SETS = {
    "base62": BASE62,
    "alnum": string.digits + string.ascii_lowercase,
    "ALNUM": string.digits + string.ascii_uppercase,
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "digits": string.digits,
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "letters": string.ascii_letters,
    "base64": string.ascii_letters + string.digits + "+/",
    "base64url": string.ascii_letters + string.digits + "-_",
    "base32": string.ascii_uppercase + "234567",
    "base58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
    "word": BASE62 + "_",
}


class TemplateError(ValueError):
    pass


def rules():
    with open(RULES, "rb") as file:
        return tomllib.load(file)["rules"]


def crc32_base62(text):
    """GitHub's and npm's checksum: CRC-32 as six digits, the value's highest first."""
    value, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        value, digit = divmod(value, 62)
        digits = BASE62[digit] + digits
    return digits


def crc32_hex(text):
    """Grafana's checksum: CRC-32, its lowest byte first."""
    return struct.pack("<I", zlib.crc32(text.encode())).hex()


def crc16_xmodem(data):
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ 0x1021 if value & 0x8000 else value << 1) & 0xFFFF
    return value


def nkey_seed(kind, rng):
    """A NATS seed: the bits of `S` and of the role, 32 bytes, CRC-16/XMODEM with its lowest byte first."""
    alphabet = SETS["base32"]
    seed, role = alphabet.index("S"), alphabet.index(kind)
    data = bytes([seed << 3 | role >> 2, role << 6 & 0xFF]) + rng.randbytes(32)
    return base64.b32encode(data + struct.pack("<H", crc16_xmodem(data))).decode().rstrip("=")


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def jwt(rng):
    header = json.dumps({"alg": "HS256", "typ": "JWT"}, separators=(",", ":"))
    payload = json.dumps({"sub": str(rng.randrange(10**9)), "iat": 1700000000 + rng.randrange(10**6)}, separators=(",", ":"))
    return ".".join([base64url(header.encode()), base64url(payload.encode()), base64url(rng.randbytes(32))])


def uuid(rng):
    text = "".join(rng.choice(SETS["hex"]) for _ in range(32))
    return "-".join([text[:8], text[8:12], "4" + text[13:16], "a" + text[17:20], text[20:]])


def der(tag, body):
    length = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack(">H", len(body))
    return bytes([tag]) + length + body


def der_integer(value):
    return der(2, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def is_prime(number, rng):
    if any(number % small == 0 for small in (3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)):
        return False
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for _ in range(8):
        power = pow(rng.randrange(2, number - 1), odd, number)
        if power not in (1, number - 1) and not any(pow(power, 2**i, number) == number - 1 for i in range(1, twos)):
            return False
    return True


def prime(bits, rng):
    while True:
        number = rng.getrandbits(bits) | 3 << bits - 2 | 1
        if number % 65537 != 1 and is_prime(number, rng):
            return number


def rsa_der(rng):
    p, q, e = prime(512, rng), prime(512, rng), 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    numbers = [0, p * q, e, d, p, q, d % (p - 1), d % (q - 1), pow(q, -1, p)]
    return der(0x30, b"".join(map(der_integer, numbers)))


def ec_der(rng):
    prime256v1 = bytes.fromhex("06082a8648ce3d030107")
    return der(0x30, der_integer(1) + der(4, b"\0" + rng.randbytes(31)) + der(0xA0, prime256v1))


def pkcs8_der(rng):
    ed25519 = bytes.fromhex("06032b6570")
    return der(0x30, der_integer(0) + der(0x30, ed25519) + der(4, der(4, rng.randbytes(32))))


def openssh_der(rng):
    def field(data):
        return struct.pack(">I", len(data)) + data

    head = b"openssh-key-v1\0" + field(b"none") * 2 + field(b"") + struct.pack(">I", 1)
    public = field(b"ssh-ed25519") + field(rng.randbytes(32))
    return head + field(public) + field(rng.randbytes(8) + public + field(rng.randbytes(64)) + field(b"x"))


def numbers_der(rng):
    """Something of a DSA key's shape; its numbers are no key."""
    return der(0x30, b"".join(der_integer(rng.getrandbits(bits)) for bits in (1, 1024, 160, 1024, 1024, 160)))


PEM = {
    "RSA": ("RSA PRIVATE KEY", rsa_der),
    "EC": ("EC PRIVATE KEY", ec_der),
    "DSA": ("DSA PRIVATE KEY", numbers_der),
    "OPENSSH": ("OPENSSH PRIVATE KEY", openssh_der),
    "PKCS8": ("PRIVATE KEY", pkcs8_der),
    "ENCRYPTED": ("ENCRYPTED PRIVATE KEY", lambda rng: rng.randbytes(200)),
    "PGP": ("PGP PRIVATE KEY BLOCK", lambda rng: b"\x95" + rng.randbytes(400)),
}


def pem(kind, rng):
    label, make = PEM[kind]
    lines = textwrap.wrap(base64.b64encode(make(rng)).decode(), 64)
    return "\n".join([f"-----BEGIN {label}-----", *([""] if kind == "PGP" else []), *lines, f"-----END {label}-----"])


def drawn_set(characters, count, rng):
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", count)
    if not match:
        raise TemplateError(f"no count: {count!r}")
    length = rng.randint(int(match[1]), int(match[2] or match[1]))
    return "".join(rng.choice(characters) for _ in range(length))


def characters_of(expression):
    """Of `[a-z2-7_]`: what it stands for, each once."""
    found = re.findall(r"(.)-(.)|(.)", expression[1:-1])
    return "".join(c for low, high, one in found for c in (one or map(chr, range(ord(low), ord(high) + 1))))


def word_before(text):
    return re.search(r"[A-Za-z0-9_]*$", text)[0].removesuffix("_")


def drawn_field(name, argument, before, last, rng):
    if name in SETS:
        return drawn_set(SETS[name], argument, rng)
    if name.startswith("[") and name.endswith("]"):
        return drawn_set(characters_of(name), argument, rng)
    simple = {"crc32": lambda: crc32_base62(last), "crc32hex": lambda: crc32_hex(word_before(before)),
              "jwt": lambda: jwt(rng), "uuid": lambda: uuid(rng), "open": lambda: "{", "close": lambda: "}"}
    if name in simple and argument == "":
        return simple[name]()
    if name == "nkey" and len(argument) == 1 and argument in SETS["base32"]:
        return nkey_seed(argument, rng)
    if name == "pem" and argument in PEM:
        return pem(argument, rng)
    if name == "encode64":
        return base64.b64encode(drawn(argument, rng).encode()).decode()
    raise TemplateError(f"no field: {name}:{argument}")


def field_end(template, start):
    depth = 0
    for at in range(start, len(template)):
        depth += {"{": 1, "}": -1}.get(template[at], 0)
        if depth == 0:
            return at
    raise TemplateError(f"a field without end: {template!r}")


def drawn(template, rng):
    text, last, at = "", "", 0
    while at < len(template):
        if template[at] == "}":
            raise TemplateError(f"a brace without field: {template!r}")
        if template[at] != "{":
            text, at = text + template[at], at + 1
            continue
        end = field_end(template, at)
        name, _, argument = template[at + 1 : end].partition(":")
        last = drawn_field(name, argument, text, last, rng)
        text, at = text + last, end + 1
    return text


def draw(template, seed=0):
    """A text of the template."""
    return drawn(template, random.Random(f"{seed} {template}"))
