# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A second reading of a CSAF document, with Python's json in place of the program's own reader.

reading(bytes) says what a document releases as rows (package, version, stream, architecture, CVEs with severities), or
raises Refused where something that is read is not there, not sound or said twice. It knows the forms that the tests of
broken documents start from: Red Hat's nested one and SUSE's.
"""

import json
import re

WORDS = ("low", "moderate", "important", "critical")


class Refused(Exception):
    pass


class Doubled(dict):
    """An object in which some key was given twice."""


def _object(pairs):
    found = dict(pairs)
    return found if len(found) == len(pairs) else Doubled(found)


def _no_constant(word):
    raise ValueError(word)


def parse(content):
    """What the bytes say as JSON to the letter; ValueError otherwise."""
    text = content.decode("utf-8")
    if text.startswith("\ufeff"):
        raise ValueError("a byte-order mark")
    document = json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant)
    json.dumps(document, ensure_ascii=False).encode("utf-8")  # a lone surrogate
    if "\\u0000" in text:
        raise ValueError("a NUL")
    return document


def _member(value, key, kind, optional=False):
    if not isinstance(value, dict):
        raise Refused(f"no object with {key}")
    if key not in value:
        if optional:
            return kind()
        raise Refused(f"no {key}")
    if isinstance(value, Doubled) or not isinstance(value[key], kind):
        raise Refused(key)
    return value[key]


def _redhat_product(name):
    """The stream and the major of `BaseOS-9.4.0.Z.MAIN.EUS`; None for other products."""
    found = re.fullmatch(r"BaseOS-(\d{1,3})(?:\.(\d{1,3})(?:\.(\d{1,3})(?=\.|$))?(?=\.|$))?((?:\.(?!\d).*)?|\.)", name, re.A)
    return (f"rhel-{int(found[1])}.{int(found[2])}" if found[2] else None, int(found[1])) if found else None


def _suse_product(name):
    found = re.fullmatch(r"SUSE Linux Enterprise (?!Micro)(?:.*?[^\d ]* )??(\d\d)(?: SP(\d)|\.(\d))?(?:[- ].*)?", name, re.A)
    return (f"sle-{found[1]}.{found[2] or found[3] or 0}", int(found[1])) if found else None


def _split_arch(version):
    rest, dot, arch = version.rpartition(".")
    return (rest, arch) if dot and re.fullmatch(r"(?!el\d)[a-z][a-z0-9_]*", arch, re.A) else (version, "")


def _redhat_component(name, major):
    found = re.fullmatch(r"kernel-(core-)?(?=\d+[:.-])(?:\d+:)?(.*)", name, re.A | re.S)
    if not found or (major >= 8) != bool(found[1]) or major < 7:
        return None
    version, arch = _split_arch(found[2])
    return None if arch in ("src", "nosrc") else ("kernel", version, arch)


def _suse_component(name, _major):
    found = re.fullmatch(r"((?:kernel-livepatch|kgraft-patch)-\d.*-default)-([^-]+-[^-]+)", name, re.A | re.S)
    if not found:
        return None
    version, arch = _split_arch(found[2])
    return None if arch in ("src", "nosrc") else (found[1], version, arch)


def _release(suse, component, product):
    """(package, version, stream, arch) of a component of a base product; None for all else."""
    place = (_suse_product if suse else _redhat_product)(product)
    found = place and (_suse_component if suse else _redhat_component)(component, place[1])
    return (found[0], found[1], place[0], found[2]) if found else None


def _severity(vulnerability):
    highest = None
    for threat in _member(vulnerability, "threats", list, True):
        if _member(threat, "category", str) != "impact":
            continue
        word = _member(threat, "details", str).lower()
        if word in WORDS and (highest is None or WORDS.index(word) > WORDS.index(highest)):
            highest = word
    return highest


def _releases(tree, suse):
    pairs = {}
    for relationship in _member(tree, "relationships", list, True):
        name = _member(_member(relationship, "full_product_name", dict), "product_id", str)
        pair = (_member(relationship, "product_reference", str), _member(relationship, "relates_to_product_reference", str))
        if pairs.setdefault(name, pair) != pair:
            raise Refused("one id, two pairs")
    if any(side in pairs for pair in pairs.values() for side in pair):
        raise Refused("relationships that lean on others: this reading does not follow them")
    return pairs, {name: release for name, release in ((name, _release(suse, *pair)) for name, pair in pairs.items()) if release}


def reading(content):
    """The rows of a document as it stands there, and the texts that must have a form of their own."""
    root = parse(content)
    document = _member(root, "document", dict)
    tracking = _member(document, "tracking", dict)
    formed = {_member(tracking, "id", str), _member(tracking, "initial_release_date", str),
              _member(tracking, "current_release_date", str, True)}
    _member(_member(document, "aggregate_severity", dict, True), "text", str, True)
    for note in _member(document, "notes", list, True):
        _member(note, "text", str, True)
    suse = _member(tracking, "id", str).startswith("SUSE-")
    pairs, releases = _releases(_member(root, "product_tree", dict), suse)
    formed |= set(pairs) | {side for pair in pairs.values() for side in pair}
    cves = {}
    vulnerabilities = _member(root, "vulnerabilities", list, True)
    for vulnerability in vulnerabilities:
        cve, severity = _member(vulnerability, "cve", str), _severity(vulnerability)
        formed.add(cve)
        status = _member(vulnerability, "product_status", dict, True)
        for name in _member(status, "fixed", list, True) + (_member(status, "recommended", list, True) if suse else []):
            if not isinstance(name, str):
                raise Refused("a product that is no text")
            formed.add(name)
            if name in releases:
                listed = cves.setdefault(releases[name], {})
                old = listed.get(cve)
                listed[cve] = max(old, severity, key=lambda word: WORDS.index(word) if word else -1)
    if not vulnerabilities:
        cves = {release: {} for release in releases.values()}
    return {(*release, tuple(sorted(listed.items()))) for release, listed in cves.items()}, formed


def rows_of_digest(records):
    return {("kernel" if "kernel" in r else r["patch"], r.get("kernel") or r["version"], r["stream"], arch,
             tuple(sorted((r["cves"] or {}).items()))) for r in records for arch in (r["arch"] or [""])}
