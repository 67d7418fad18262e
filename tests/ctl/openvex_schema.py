# SPDX-FileCopyrightText: The klpwatch authors
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What OpenVEX 0.2.0 asks of a document, as a JSON schema: written down from the specification's tables of fields
(github.com/openvex/spec), shorter than the one published there and in places stricter: where that leaves a
list of products optional because another document may hold them, ours has to have it, and the context is fixed."""


def record(required, **optional):
    """An object with these members and no others; `__` at the start of a name stands for "@"."""
    members = {name.replace("__", "@", 1): schema for name, schema in {**required, **optional}.items()}
    return {"type": "object", "properties": members, "required": [name.replace("__", "@", 1) for name in required],
            "additionalProperties": False}


TEXT = {"type": "string", "minLength": 1}
TIME = {"type": "string", "format": "date-time", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$"}
IRI = {"type": "string", "pattern": r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+$"}
NUMBER = {"type": "integer", "minimum": 1}
JUSTIFICATIONS = ["component_not_present", "vulnerable_code_not_present", "vulnerable_code_not_in_execute_path",
                  "vulnerable_code_cannot_be_controlled_by_adversary", "inline_mitigations_already_exist"]

IDENTIFIERS = record({}, purl=TEXT, cpe22=TEXT, cpe23=TEXT)
COMPONENT = {"__id": IRI, "identifiers": IDENTIFIERS, "hashes": {"type": "object", "additionalProperties": TEXT}}
SUBCOMPONENTS = {"type": "array", "items": record({}, **COMPONENT), "uniqueItems": True}
PRODUCTS = {"type": "array", "items": record({}, subcomponents=SUBCOMPONENTS, **COMPONENT), "uniqueItems": True, "minItems": 1}
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
