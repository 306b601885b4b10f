"""`weir vulndb update` from every form that a database comes in: the same snapshot, dates aside, and
nothing half made where it fails.

Prints "ok NAME" or "not ok NAME: why" for each case.
"""
import http.server
import os
import shutil
import ssl
import subprocess
import tarfile
import tempfile
import threading
import zipfile

WEIR = os.environ["WEIR"]
DATA = os.path.join(os.environ["WEIR_SHARED"], "data/vulndb")
HEADER_SIZE, DATE_SIZE = 64, len("2026-08-21T20:38:00Z")  # gomod/vulndb_format.h
WORK = tempfile.mkdtemp()


def report(name, problem):
    print(f"not ok {name}: {problem}" if problem else f"ok {name}", flush=True)


def update(source, data="data", **more):
    env = dict(os.environ, XDG_DATA_HOME=os.path.join(WORK, data), **more)
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        env.pop(name, None)
    return subprocess.run([WEIR, "vulndb", "update", source], env=env, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=False, text=True)


def snapshot(data="data"):
    """The snapshot less its header and its last text, the date; then it is removed."""
    path = os.path.join(WORK, data, "weir/vulndb.snapshot")
    with open(path, "rb") as file:
        whole = file.read()
    os.remove(path)
    if os.listdir(os.path.dirname(path)):
        raise RuntimeError("something lies beside the snapshot")
    return whole[HEADER_SIZE:-DATE_SIZE]


def same(source, want, **more):
    done = update(source, **more)
    if done.returncode:
        return done.stderr[-800:]
    return None if snapshot() == want else "another snapshot"


def refused(source, words, status=2, **more):
    """It fails with these words, and the snapshot that was there stays as it was."""
    path = os.path.join(WORK, "kept/weir/vulndb.snapshot")
    with open(path, "rb") as file:
        before = file.read()
    done = update(source, data="kept", **more)
    with open(path, "rb") as file:
        after = file.read()
    if done.returncode != status or words not in done.stderr:
        return f"exit {done.returncode}: {done.stderr[-800:]}"
    if os.listdir(os.path.dirname(path)) != ["vulndb.snapshot"]:
        return "a file is left behind"
    return None if before == after else "the old snapshot is gone"


def make_forms():
    forms = {}
    for name in ("osv", "v1"):
        archive, folder = os.path.join(DATA, name + ".zip"), os.path.join(WORK, name)
        with zipfile.ZipFile(archive) as file:
            file.extractall(folder)
        forms[f"{name}.zip"], forms[f"{name} folder"] = archive, folder
        for suffix, mode in ((".tar", "w"), (".tar.gz", "w:gz"), (".tgz", "w:gz")):
            path = os.path.join(WORK, name + suffix)
            with tarfile.open(path, mode, format=tarfile.PAX_FORMAT, compresslevel=1) \
                    if mode == "w:gz" else tarfile.open(path, mode) as file:
                file.add(folder, arcname=".")
            forms[name + suffix] = path
    return forms


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):  # the name is the library's
        if self.path in ("/vulndb.zip", "/db/vulndb.zip"):
            with open(os.path.join(DATA, "v1.zip"), "rb") as file:
                self.answer(200, file.read())
        elif self.path == "/moved.zip":
            self.answer(302, b"", "/vulndb.zip")
        elif self.path == "/plain.zip":
            self.answer(302, b"", "http://localhost/vulndb.zip")
        elif self.path == "/loop.zip":
            self.answer(302, b"", "/loop.zip")
        elif self.path == "/broken.zip":
            self.answer(500, b"no")
        elif self.path == "/short.zip":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"PK")
            self.close_connection = True
        else:
            self.answer(404, b"no")

    def answer(self, status, body, location=None):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        if location:
            self.send_header("Location", location)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


def serve():
    """An https server on localhost with a certificate of its own; its port and the certificate."""
    cert, key = os.path.join(WORK, "cert.pem"), os.path.join(WORK, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", key, "-out", cert], check=True, stderr=subprocess.DEVNULL)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1], cert


def try_network(want):
    port, cert = serve()
    base = f"https://localhost:{port}"
    trusted = {"SSL_CERT_FILE": cert, "no_proxy": "*"}
    for name in ("vulndb.zip", "moved.zip", "", "db"):
        report(f"from URL /{name}", same(f"{base}/{name}", want, **trusted))
    report("a certificate nobody vouches for", refused(base, "certificate", no_proxy="*"))
    report("plain http", refused(f"http://localhost:{port}", "http", status=64, **trusted))
    report("a redirect to plain http", refused(base + "/plain.zip", "http", status=64, **trusted))
    report("redirects without end", refused(base + "/loop.zip", "redirect", **trusted))
    report("status 404", refused(base + "/none.zip", "status 404", **trusted))
    report("status 500", refused(base + "/broken.zip", "status 500", **trusted))
    report("a body that breaks off", refused(base + "/short.zip", "localhost", **trusted))
    report("a password in a URL is not shown",
           refused(f"https://u:hidden@localhost:{port}/none.zip", "//localhost:", **trusted) or
           ("hidden" in update(f"https://u:hidden@localhost:{port}/none.zip", **trusted).stderr
            and "the password is shown"))


def write(name, text):
    path = os.path.join(WORK, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    return path


def try_bad_sources():
    update(os.path.join(DATA, "v1.zip"), data="kept")
    os.makedirs(os.path.join(WORK, "empty"), exist_ok=True)
    write("broken/a.json", "{\n  \"id\": \"A\",\n  oops\n}")
    write("other/package.json", "{\"name\": \"x\"}")
    write("incomplete/index/vulns.json", "[{\"id\":\"GO-1\"},{\"id\":\"GO-2\"}]")
    write("incomplete/ID/GO-1.json", "{\"id\":\"GO-1\"}")
    with open(os.path.join(DATA, "v1.zip"), "rb") as file:
        cut = file.read()[:-100]
    with open(os.path.join(WORK, "cut.zip"), "wb") as file:
        file.write(cut)
    os.mkfifo(os.path.join(WORK, "fifo.zip"))
    for name, words in (("empty", "no vulnerability entry"), ("broken", "a.json:3:"),
                        ("other", "no \"id\""), ("incomplete", "GO-2"), ("cut.zip", "zip"),
                        ("absent", "No such file"), ("fifo.zip", "not a regular file")):
        report(f"source {name}", refused(os.path.join(WORK, name), words))


def try_unwritable():
    os.makedirs(os.path.join(WORK, "file"), exist_ok=True)
    write("file/weir", "a file where the folder should be")
    done = update(os.path.join(DATA, "v1.zip"), data="file")
    report("a data folder that cannot be made",
           None if done.returncode == 2 and "weir" in done.stderr else done.stderr)


def main():
    forms = make_forms()
    done = update(forms["v1.zip"])
    report("v1.zip is read", None if not done.returncode else done.stderr)
    want = snapshot()
    for name, path in forms.items():
        report(f"from {name}", same(path, want))
    try_bad_sources()
    try_unwritable()
    try_network(want)
    shutil.rmtree(WORK, ignore_errors=True)


main()
