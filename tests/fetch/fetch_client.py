# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Speaking with klpwatch-fetch over a socket pair, as klpwatchd does; and the runner of the tests that do."""

import fcntl
import importlib.machinery
import importlib.util
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import traceback

TESTS = pathlib.Path(__file__).resolve().parent.parent
FETCH = pathlib.Path(sys.argv[1]).resolve()
DEADLINE_SECONDS = 60
SEALS = fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL
MAX_BYTES = 64 * 1024 * 1024


def load_make_repository():
    loader = importlib.machinery.SourceFileLoader("make_repository", str(TESTS / "feeds/make-repository"))
    spec = importlib.util.spec_from_loader("make_repository", loader)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


REPOSITORY = load_make_repository()


class Skip(Exception):
    """A test that cannot run here, with the reason."""


def sealed(data, seals=SEALS):
    fd = os.memfd_create("test", os.MFD_ALLOW_SEALING | os.MFD_CLOEXEC)
    os.write(fd, data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, seals)
    return fd


class Fetcher:
    """One run of the program."""

    def __init__(self, *arguments, program=FETCH, **options):
        self.socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(DEADLINE_SECONDS)
        self.process = subprocess.Popen([program, *arguments], stdin=theirs, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, **options)
        theirs.close()
        self.progress = []

    def send(self, request, fds=()):
        text = request if isinstance(request, bytes) else json.dumps(request).encode()
        socket.send_fds(self.socket, [text], list(fds))

    def ask(self, digest=None, cursor=None, **more):
        fds = [sealed(data) for data in (digest, cursor) if data is not None]
        self.send(request(digest=digest, cursor=cursor, **more), fds)
        for fd in fds:
            os.close(fd)
        return self.answer()

    def answer(self):
        """The last answer, with what came with it: {answer, text, digest, cursor}."""
        while True:
            text, fds, _, _ = socket.recv_fds(self.socket, 65536, 4)
            assert text, f"no answer; {self.end()}"
            said = json.loads(text)
            if said["answer"] != "progress":
                break
            assert not fds, "a descriptor with a report of progress"
            self.progress.append(said["text"])
        for name, fd in zip({0: [], 1: ["cursor"], 2: ["digest", "cursor"]}[len(fds)], fds):
            assert fcntl.fcntl(fd, fcntl.F_GET_SEALS) & SEALS == SEALS, f"the {name} is not sealed"
            said[name] = os.pread(fd, MAX_BYTES, 0)
            os.close(fd)
        return said

    def end(self):
        """Its exit status and what it said."""
        out, error = self.process.communicate(timeout=DEADLINE_SECONDS)
        assert out == "", out
        self.socket.close()
        return self.process.returncode, error


def request(digest=None, cursor=None, **more):
    return {"fetch": 1, "feed": "package-cache", "type": "package-cache", "location": None, "vendor": "redhat",
            "digest": None if digest is None else "held", "cursor": None if cursor is None else "held", **more}


def replaced_digest_program(root, text):
    """A copy of klpwatch-fetch beside a klpwatch-digest of the test's own."""
    for folder in ("fetch", "digest"):
        (root / "programs" / folder).mkdir(parents=True, exist_ok=True)
    program = root / "programs/fetch/klpwatch-fetch"
    shutil.copy(FETCH, program)
    digest = root / "programs/digest/klpwatch-digest"
    digest.write_text(text)
    digest.chmod(0o755)
    return program


def records(answer, kind):
    lines = [json.loads(line) for line in answer["digest"].decode().splitlines()]
    return [line for line in lines if kind in line]


def head(answer):
    return json.loads(answer["digest"].decode().splitlines()[0])


def run_tests(names):
    """Runs every function with a docstring whose only argument is called root, and prints TAP."""
    tests = [test for test in names.values()
             if callable(test) and getattr(test, "__doc__", None) and getattr(test, "__module__", "") == "__main__"
             and not isinstance(test, type) and test.__code__.co_varnames[:1] == ("root",) and test.__code__.co_argcount == 1]
    wanted = sys.argv[2:]
    tests = [test for test in tests if not wanted or test.__name__ in wanted]
    print(f"1..{len(tests)}")
    failed = 0
    for number, test in enumerate(tests, 1):
        outcome, problem, began = "ok", "", time.monotonic()
        with tempfile.TemporaryDirectory(prefix="klpwatch-fetch-") as folder:
            try:
                test(pathlib.Path(folder))
            except Skip as reason:
                problem = f" # SKIP {reason}"
            except Exception:
                outcome, failed = "not ok", failed + 1
                print("".join(f"# {line}\n" for line in traceback.format_exc().splitlines()), end="")
        print(f"{outcome} {number} - {test.__doc__.strip()}{problem}", flush=True)
        print(f"# {test.__name__}: {time.monotonic() - began:.1f} s")
    sys.exit(1 if failed else 0)

