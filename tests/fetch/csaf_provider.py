# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A CSAF provider with the vendors' layout, and what is asked of a feed of type csaf."""

import functools
import hashlib
import io
import json
import subprocess
import tarfile

from network_feed import CSAF, ask, pinned, signer

BASE = "/data/csaf/v2/advisories/"
KERNEL, EUS, PATCH, NOISE = ("2024/rhsa-2024_5363.json", "2025/rhsa-2025_3215.json", "2024/rhsa-2024_5523.json",
                             "2024/rhsa-2024_2054.json")
DOCUMENTS = {KERNEL: (CSAF / "rhsa-2024_5363.json").read_bytes(), EUS: (CSAF / "rhsa-2025_3215.json").read_bytes(),
             PATCH: (CSAF / "made-rhsa-2024_5523.json").read_bytes(), NOISE: (CSAF / "rhsa-2024_2054.json").read_bytes()}
TIME = "2025-04-02T14:05:42+00:00"
ARCHIVE = "csaf_advisories_2025-03-01.tar.zst"


@functools.cache
def signed(data):
    return signer().sign(data)


def beside(path, data, signature=True):
    """What a provider has of one file."""
    name = path.rsplit("/", 1)[-1]
    files = {BASE + path: data, BASE + path + ".sha256": f"{hashlib.sha256(data).hexdigest()}  {name}\n".encode()}
    if signature:
        files[BASE + path + ".asc"] = signed(data)
    return files


def rows(times, newline=True):
    return ("\n".join(f'"{path}","{time}"' for path, time in times) + ("\n" if newline else "")).encode()


def packed(members):
    """A .tar.zst of (name or TarInfo, bytes)."""
    text = io.BytesIO()
    with tarfile.open(fileobj=text, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in members:
            info = name if isinstance(name, tarfile.TarInfo) else tarfile.TarInfo(name)
            if info.isreg():
                info.size = len(data)
            tar.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return subprocess.run(["zstd", "-q", "-c"], input=text.getvalue(), check=True, capture_output=True).stdout


def publish(at, documents, times=None, **more):
    """Documents with changes.csv."""
    for path, data in documents.items():
        at.files.update(beside(path, data, **more))
    at.files[BASE + "changes.csv"] = rows([(path, (times or {}).get(path, TIME)) for path in documents])


def publish_archive(at, documents, name=ARCHIVE):
    data = packed(documents.items())
    at.files.update(beside(name, data))
    at.files[BASE + "archive_latest.txt"] = name.encode()
    return data


def csaf(root, at, held=None, **more):
    return ask(root, "csaf", held, **{"Url": at.url + BASE, **pinned(), **more})


def advisories(answer):
    return {line["advisory"] for line in map(json.loads, answer["digest"].splitlines()) if "advisory" in line}


def fetched(at):
    """Paths below the directory, without hashes and signatures."""
    return [path.removeprefix(BASE) for path in at.paths() if not path.endswith((".sha256", ".sha512", ".asc", ".sig"))]


def revised(path, change, when="2026-01-01T00:00:00+00:00", version="9"):
    document = json.loads(DOCUMENTS[path])
    tracking = document["document"]["tracking"]
    tracking["current_release_date"], tracking["version"] = when, version
    change(document)
    return json.dumps(document).encode()


def lower(document):
    document["document"]["aggregate_severity"]["text"] = "Low"
