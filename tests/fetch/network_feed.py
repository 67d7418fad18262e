# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of feeds over the network share: one authority, keys, asking for a feed, digests to serve."""

import atexit
import contextlib
import functools
import pathlib
import subprocess
import tempfile

from fetch_client import FETCH, TESTS, Fetcher, replaced_digest_program
from provider import Authority, Provider, Signer

DIGEST = FETCH.parent.parent / "digest/klpwatch-digest"
CSAF = TESTS / "feeds/csaf"
SHARED = TESTS.parent / "shared/data"
if not SHARED.is_dir():
    SHARED = TESTS.parent.parent / "shared/data"
# So that nothing takes long; what a feed has by default is in klpwatch-fetch(8).
QUICK = {"ConnectTimeoutSec": "2", "TransferTimeoutSec": "20", "StallTimeoutSec": "5", "RequestsPerSecond": "1000"}


@functools.cache
def folder():
    place = tempfile.TemporaryDirectory(prefix="klpwatch-provider-")
    atexit.register(place.cleanup)
    return pathlib.Path(place.name)


@functools.cache
def authority(name="ca"):
    return Authority(folder(), name)


@functools.cache
def signer(name="vendor", **options):
    made = Signer(folder(), name, **options)
    atexit.register(made.close)
    return made


def provider(certificate=None, **options):
    return Provider(certificate or authority().sign("server"), **options)


@functools.cache
def digest_of(*names):
    return subprocess.run([DIGEST, *(CSAF / name for name in names)], check=True, capture_output=True).stdout


def settings_of(more):
    found = {**QUICK, "CaFile": str(authority().certificate), **more}
    return [{"key": key, "value": value} for key, value in found.items() if value is not None]


def asking(kind, more, vendor="redhat"):
    return {"type": kind, "feed": "test", "vendor": vendor, "settings": settings_of(more)}


def start(root, extra=(), **options):
    (root / "cache").mkdir(exist_ok=True)
    return Fetcher(f"--cache={root}/cache", *extra, **options)


DEADLY = b"ends whoever reads it"


def program_with_a_mortal_digest(root):
    """klpwatch-fetch with a klpwatch-digest that dies of files with DEADLY in them, and talks much before."""
    return replaced_digest_program(root, f"""#!/usr/bin/python3
import os, pathlib, subprocess, sys
place = pathlib.Path(sys.argv[-1])
for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
    data = path.read_bytes() if path.is_file() else b""
    if path.name.endswith(".zst"):
        data = subprocess.run(["zstd", "-qdc", path], check=True, capture_output=True).stdout
    if {DEADLY!r} in data:
        sys.exit(print("x" * 3000 + "\\n" + f"{{path}}: the process that read it was ended by a signal: Segmentation fault (nothing was written)",
                       file=sys.stderr) or 3)
os.execv("{DIGEST}", ["{DIGEST}", *sys.argv[1:]])
""")


def ask(root, kind, held=None, vendor="redhat", environment=None, program=FETCH, **more):
    """One attempt; `held` is an earlier answer to go on from."""
    fetcher = start(root, program=program, **({"env": environment} if environment else {}))
    answer = fetcher.ask((held or {}).get("digest"), (held or {}).get("cursor"), **asking(kind, more, vendor))
    status, said = fetcher.end()
    assert said == "" and status == (1 if "request is refused" in (answer["text"] or "") else 0), (status, said, answer)
    answer["progress"] = fetcher.progress
    return answer


def pinned(key=None, **more):
    key = key or signer()
    return {"Keyring": str(key.keyring), "Fingerprint": key.fingerprint, **more}


@contextlib.contextmanager
def serving(files=None, **options):
    with provider(**options) as made:
        made.files.update(files or {})
        yield made


def failed(answer, *words):
    """The attempt failed, and said all these words."""
    assert answer["answer"] == "failed" and "digest" not in answer, answer
    for word in words:
        assert word in answer["text"], (word, answer["text"])
    return answer
