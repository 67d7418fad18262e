# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What OpenVEX 0.2.0 asks of a document, as a JSON schema: written down from the specification's tables of fields
(github.com/openvex/spec) and held against the schema that is published there, which takes nothing that this one refuses, but
where this one is stricter on purpose: a list of products is optional there because another document may hold them, ours
has to have it; the context is fixed; no text is empty; not_affected has one reason, not two.

The published one is not ours to hand on. PUBLISHED is what it was held against, openvex_json_schema.json of 2025-03-31; the
tests hold documents against it, too, where KLPWATCH_OPENVEX_SCHEMA names a copy."""


def record(required, **optional):
    """An object with these members and no others; `__` at the start of a name stands for "@"."""
    members = {name.replace("__", "@", 1): schema for name, schema in {**required, **optional}.items()}
    return {"type": "object", "properties": members, "required": [name.replace("__", "@", 1) for name in required],
            "additionalProperties": False}


PUBLISHED = "9373597734ed1d3ea5161a8b46d3866c4a8cfe76fd632fdd16aef01fb34b3238"  # its SHA-256

TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
IRI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}
NUMBER = {"type": "integer", "minimum": 1}
JUSTIFICATIONS = ["component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
                  "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"]

HASHES = ["md5", "sha1", "sha-256", "sha-384", "sha-512", "sha3-224", "sha3-256", "sha3-384", "sha3-512", "blake2s-256", "blake2b-256",
          "blake2b-512"]


def one_of_them(schema, *names):
    """At least one of these members is there."""
    return schema | {"anyOf": [{"required": [name]} for name in names]}


IDENTIFIERS = one_of_them(record({}, purl=TEXT, cpe22=TEXT, cpe23=TEXT), "purl", "cpe22", "cpe23")
COMPONENT = {"__id": IRI, "identifiers": IDENTIFIERS, "hashes": record({}, **{name: TEXT for name in HASHES})}
SUBCOMPONENTS = {"type": "array", "items": one_of_them(record({}, **COMPONENT), "@id", "identifiers"), "uniqueItems": True}
PRODUCTS = {"type": "array", "items": one_of_them(record({}, subcomponents=SUBCOMPONENTS, **COMPONENT), "@id", "identifiers"),
            "uniqueItems": True, "minItems": 1}
VULNERABILITY = record({"name": TEXT}, __id=IRI, description=TEXT, aliases={"type": "array", "items": TEXT, "uniqueItems": True})

STATEMENT = record({"vulnerability": VULNERABILITY, "products": PRODUCTS,
                    "status": {"enum": ["not_affected", "affected", "fixed", "under_investigation"]}},
                   __id=IRI, version=NUMBER, timestamp=TIME, last_updated=TIME, supplier=TEXT, status_notes=TEXT,
                   justification={"enum": JUSTIFICATIONS}, impact_statement=TEXT, action_statement=TEXT,
                   action_statement_timestamp=TIME)


def when(status, then):
    return {"if": {"properties": {"status": {"const": status}}}, "then": then}


# A reason goes with not_affected, which needs one of the two kinds; an action with affected, which needs it.
STATEMENT["allOf"] = [when("not_affected", {"oneOf": [{"required": ["justification"]}, {"required": ["impact_statement"]}]}),
                      when("affected", {"required": ["action_statement"]})]

SCHEMA = record({"__context": {"const": "https://openvex.dev/ns/v0.2.0"}, "__id": IRI, "author": TEXT, "timestamp": TIME, "version": NUMBER,
                 "statements": {"type": "array", "items": STATEMENT, "uniqueItems": True, "minItems": 1}},
                role=TEXT, last_updated=TIME, tooling=TEXT)
SCHEMA["$schema"] = "https://json-schema.org/draft/2020-12/schema"
