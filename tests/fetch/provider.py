# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A provider on the loopback: HTTPS with certificates made for the test, which can be told to misbehave."""

import email.utils
import functools
import hashlib
import http.server
import pathlib
import select
import socket
import ssl
import subprocess
import threading


def run(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, **options).stdout


class Authority:
    """A certificate authority in a folder, and what it has signed."""

    def __init__(self, folder, name="ca"):
        self.folder, self.name = pathlib.Path(folder), name
        self.folder.mkdir(exist_ok=True)
        self.certificate = self.folder / f"{name}.crt"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            f"/CN=test {name}", "-keyout", self.folder / f"{name}.key", "-out", self.certificate)

    @functools.lru_cache  # pylint: disable=method-cache-max-size-none
    def sign(self, name, names="IP:127.0.0.1,IP:::1,DNS:localhost", days=2):
        """(certificate, key), for a server or a client."""
        key, request, certificate, extensions = (self.folder / f"{self.name}-{name}.{end}" for end in ("key", "csr", "crt", "ext"))
        run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}", "-keyout",
            key, "-out", request)
        extensions.write_text(f"subjectAltName={names}\n")
        run("openssl", "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / f"{self.name}.key",
            "-CAcreateserial", "-days", str(days), "-extfile", extensions, "-out", certificate)
        return certificate, key

    def self_sign(self):
        key, certificate = self.folder / "self.key", self.folder / "self.crt"
        run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
            "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate)
        return certificate, key


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):  # pylint: disable=invalid-name
        provider = self.server.provider
        with provider.lock:
            provider.requests.append((self.path, dict(self.headers)))
        rule = provider.rules.get(self.path)
        if rule:
            rule(self)
        elif self.path in provider.files:
            self.send_file(provider.files[self.path])
        else:
            self.send_status(404)

    def send_file(self, body):
        provider = self.server.provider
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        stamp = email.utils.formatdate(provider.times.get(self.path, provider.time), usegmt=True)
        if self.headers.get("If-None-Match") == tag or \
           (not self.headers.get("If-None-Match") and self.headers.get("If-Modified-Since") == stamp):
            self.send_status(304)
            return
        start = 0
        if self.headers.get("Range") and self.headers.get("If-Range") == tag:
            start = int(self.headers["Range"].removeprefix("bytes=").removesuffix("-"))
        self.send_response(206 if start else 200)
        if provider.tags:
            self.send_header("ETag", tag)
        if provider.stamps:
            self.send_header("Last-Modified", stamp)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start:])

    def send_status(self, status, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if status != 304:
            self.send_header("Content-Length", "0")
        self.end_headers()

    def until_closed(self):
        """Returns when the other side has gone: it is what ends a server that hangs."""
        try:
            while self.connection.recv(4096):
                pass
        except OSError:
            pass
        self.close_connection = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, provider, address, context):
        self.provider, self.context = provider, context
        self.address_family = socket.AF_INET6 if ":" in address else socket.AF_INET
        super().__init__((address, 0), Handler)

    def get_request(self):
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def process_request_thread(self, request, client_address):
        with self.provider.lock:
            self.provider.n_connections += 1
        try:
            request.do_handshake()
        except OSError:
            self.shutdown_request(request)
            return
        super().process_request_thread(request, client_address)

    def handle_error(self, request, client_address):
        pass


class Provider:
    """`files` is what it has by path; `rules` are functions of the handler that go before; `requests` were made."""

    def __init__(self, certificate, address="127.0.0.1", client_authority=None, change_context=None):
        self.files, self.rules, self.times, self.requests = {}, {}, {}, []
        self.time, self.tags, self.stamps = 1728950400, True, True
        self.n_connections = 0
        self.lock = threading.Lock()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*certificate)
        if client_authority:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(client_authority.certificate)
        if change_context:
            change_context(context)
        self.server = Server(self, address, context)
        shown = f"[{address}]" if ":" in address else address
        self.url = f"https://{shown}:{self.server.server_address[1]}"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    def paths(self):
        with self.lock:
            return [path for path, _ in self.requests]


# --- rules: ways to misbehave


def status(number, **headers):
    return lambda handler: handler.send_status(number, **headers)


def redirect(target):
    return lambda handler: handler.send_status(302, Location=target)


def hang(handler):
    handler.until_closed()


def hang_within_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Ty")
    handler.until_closed()


def hang_after_headers(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    handler.until_closed()


def drip(handler):
    """A byte now and then, for ever."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    while not select.select([handler.connection], [], [], 0.05)[0]:
        handler.wfile.write(b"x")
    handler.close_connection = True


def endless(handler):
    """A body without a length and without an end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    chunk = b"10000\r\n" + b"x" * 65536 + b"\r\n"
    try:
        while True:
            handler.wfile.write(chunk)
    except OSError:
        handler.close_connection = True


def cut(body, n_bytes, claimed=None):
    """Fewer bytes than the length says, then the end of the connection; or a length that says so."""
    def rule(handler):
        length = len(body) if claimed is None else claimed
        handler.wfile.write(f'HTTP/1.1 200 OK\r\nETag: "cut"\r\nContent-Length: {length}\r\n\r\n'.encode() + body[:n_bytes])
        handler.close_connection = True
    return rule


def raw(text):
    def rule(handler):
        handler.wfile.write(text)
        handler.close_connection = True
    return rule


def lost(body, n_bytes):
    """The connection is torn down in the middle, TLS and all."""
    def rule(handler):
        handler.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[:n_bytes])
        handler.connection.shutdown(socket.SHUT_RDWR)
        handler.close_connection = True
    return rule


# --- a proxy that only knows CONNECT


class Proxy:
    def __init__(self, answer=None, die=False):
        self.answer, self.die, self.targets = answer, die, []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.tunnel, args=(connection,), daemon=True).start()

    def tunnel(self, near):
        with near:
            text = b""
            while b"\r\n\r\n" not in text:
                more = near.recv(4096)
                if not more:
                    return
                text += more
            target = text.split()[1].decode()
            self.targets.append((target, text))
            if self.die:
                return
            if self.answer:
                near.sendall(f"HTTP/1.1 {self.answer} No\r\nContent-Length: 0\r\n\r\n".encode())
                return
            host, port = target.rsplit(":", 1)
            with socket.create_connection((host.strip("[]"), int(port))) as far:
                near.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
                ends = {near: far, far: near}
                while True:
                    for end in select.select(list(ends), [], [])[0]:
                        data = end.recv(65536)
                        if not data:
                            return
                        ends[end].sendall(data)


# --- signatures


class Signer:
    """A key of its own in a home of its own."""

    def __init__(self, folder, name, expire="0", when=None):
        self.home = pathlib.Path(folder) / f"gpg-{name}"
        self.home.mkdir(mode=0o700)
        self.when = ["--faked-system-time", when] if when else []
        self.gpg("--quick-gen-key", f"{name} <{name}@example.org>", "ed25519", "sign", expire)
        listed = self.gpg("--list-keys", "--with-colons").decode()
        self.fingerprint = next(line.split(":")[9] for line in listed.splitlines() if line.startswith("fpr:"))
        self.keyring = pathlib.Path(folder) / f"{name}.gpg"
        self.keyring.write_bytes(self.gpg("--export"))
        self.armoured = pathlib.Path(folder) / f"{name}.asc"
        self.armoured.write_bytes(self.gpg("--armor", "--export"))

    def gpg(self, *arguments, **options):
        return run("gpg", "--homedir", self.home, "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback",
                   *self.when, *arguments, **options)

    def sign(self, data):
        return self.gpg("--armor", "--detach-sign", input=data)

    def close(self):
        subprocess.run(["gpgconf", "--homedir", self.home, "--kill", "all"], capture_output=True, check=False)
