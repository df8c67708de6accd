"""The vectors and the schema, and what values should be by them: found in another way than the package does it."""

import base64
import json
import os
import re
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path

ROOT = Path(os.environ.get("SEALWRIGHT_ROOT", Path(__file__).parents[3]))
SCHEMA = json.loads((ROOT / "bindings/schema.json").read_text())
OPERATIONS = {operation["name"]: operation for operation in SCHEMA["operations"]}
NUMBERS = {error["name"]: error["number"] for error in SCHEMA["errors"]}
LATEST = datetime.max.replace(tzinfo=timezone.utc)


def compact(value) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


class Vector:
    """A request, and the exact response."""

    def __init__(self, file, document):
        self.name = f"{file}/{document['id']}"
        self.file = file
        self.keys = document.get("keys", [])
        self.held_only = document.get("held_only", False)
        self.request = document["request"]
        self.response = document.get("response") or {"error": document["error"]}

    @property
    def octets(self) -> bytes:
        return self.request.encode() if isinstance(self.request, str) else compact(self.request)

    @property
    def status(self) -> int:
        if "error" in self.response:
            return NUMBERS[self.response["error"]["code"]]
        return 0 if "ok" in self.response else 1

    def fields(self):
        """The operation and its fields on the wire, if it is a request that a function can be called with."""
        if not isinstance(self.request, dict):
            return None
        fields = dict(self.request)
        operation = OPERATIONS.get(fields.pop("op", None))
        if operation is None or "answers" in fields:
            return None
        schema = operation["request"]
        known, required = schema.get("properties", {}), schema.get("required", [])
        # A function of Python has no other parameters, and asks for those that it needs; it fills in clock and seed.
        if not fields.keys() <= known.keys() or not fields.keys() >= {*required, *({"seed"} & known.keys())}:
            return None
        if any(value is None for value in fields.values()):
            return None
        return operation, fields


def vectors():
    found = []
    for path in sorted((ROOT / "tests/vectors").glob("*.json")):
        if path.stem != "unreachable":
            found += [Vector(path.stem, document) for document in json.loads(path.read_text())]
    return found


def base64url(text):
    """The bytes, or nothing if it is not base64url as this would write it."""
    if not isinstance(text, str) or not re.fullmatch("[A-Za-z0-9_-]*", text) or len(text) % 4 == 1:
        return None
    octets = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    return octets if encode(octets) == text else None


def encode(octets) -> str:
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def resolve(schema):
    while isinstance(schema, dict) and "$ref" in schema and "properties" not in schema:
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        target = SCHEMA
        for step in schema["$ref"].split("/")[1:]:
            target = target[step]
        schema = {**target, **beside}
    return schema


def choices(schema, wire):
    """The choices that the value can be of."""
    all_of_them = [resolve(choice) for choice in [*schema.get("anyOf", []), *schema.get("oneOf", [])]]
    return [choice for choice in all_of_them if fits(choice, wire)]


def fits(schema, wire) -> bool:
    if "const" in schema or "enum" in schema:
        return wire in schema.get("enum", [schema.get("const")])
    kinds = {dict: "object", list: "array", str: "string", int: "integer", bool: "boolean", type(None): "null"}
    wanted = schema.get("type")
    if wanted is not None and kinds.get(type(wire)) not in (wanted if isinstance(wanted, list) else [wanted]):
        return False
    if isinstance(wire, dict):
        if any("const" in field and wire.get(name) != field["const"] for name, field in schema.get("properties", {}).items()):
            return False
        return all(name in wire for name in schema.get("required", []))
    return True


def fields_of(schema, wire):
    """The schemas of all fields that an object may have."""
    schema = resolve(schema)
    found = {}
    if "$ref" in schema:
        found.update(fields_of({"$ref": schema["$ref"]}, wire))
    found.update(schema.get("properties", {}))
    for choice in choices(schema, wire):
        found = {**fields_of(choice, wire), **found}
    return found


def give(schema, wire):
    """A request's value as a caller has it: bytes where the schema has base64url. The rest may be as JSON has it."""
    schema = resolve(schema)
    if schema is True or wire is None or not isinstance(schema, dict):
        return wire
    if schema.get("contentEncoding") == "base64url":
        octets = base64url(wire)
        return wire if octets is None else octets
    if isinstance(wire, list):
        for choice in [schema, *choices(schema, wire)]:
            if "items" in choice:
                return [give(choice["items"], item) for item in wire]
        return wire
    if isinstance(wire, dict):
        known = fields_of(schema, wire)
        return {name: give(known.get(name, True), value) for name, value in wire.items()}
    for choice in choices(schema, wire):
        wire = give(choice, wire)
    return wire


def differs(schema, wire, value, at):
    """How a value of Python is not what the wire says, by the schema."""
    schema = resolve(schema)
    if wire is None or value is None:
        return [] if wire is value else [f"{at}: found {value!r}, wanted {wire!r}"]
    if not isinstance(schema, dict):
        return [] if wire == value else [f"{at}: found {value!r}, wanted {wire!r}"]
    if isinstance(wire, dict):
        return differs_in_fields(schema, wire, value, at)
    if isinstance(wire, list):
        return differs_in_items(schema, wire, value, at)
    wanted = wire
    is_enumeration = False
    for choice in [schema, *choices(schema, wire)]:
        if choice.get("contentEncoding") == "base64url":
            wanted = base64url(wire)
        elif isinstance(wire, int) and "unit" in choice:
            wanted = TIMES[choice["unit"]](wire)
        if choice.get("oneOf") and all("const" in one for one in choice["oneOf"]):
            is_enumeration = True
    same = type(value) is type(wanted) or isinstance(value, Enum)
    if not same or value != wanted or isinstance(value, Enum) != is_enumeration:
        return [f"{at}: found {value!r}, wanted {wanted!r}"]
    return []


def differs_in_fields(schema, wire, value, at):
    known = fields_of(schema, wire)
    found = []
    if isinstance(value, dict):
        if value.keys() != wire.keys():
            return [f"{at}: found {value.keys()}, wanted {wire.keys()}"]
        inside = schema.get("additionalProperties", True)
        for choice in choices(schema, wire):
            inside = choice.get("additionalProperties", inside)
        for name, item in wire.items():
            found += differs(inside, item, value[name], f"{at}.{name}")
        return found
    for name, item in wire.items():
        attribute = name.replace("-", "_")
        attribute = f"{attribute}_" if attribute in ("from", "as") else attribute
        if not hasattr(value, attribute):
            found.append(f"{at}: no attribute {attribute}")
        else:
            found += differs(known.get(name, True), item, getattr(value, attribute), f"{at}.{name}")
    return found


def differs_in_items(schema, wire, value, at):
    if not isinstance(value, tuple) or len(value) != len(wire):
        # What has no schema is as JSON has it.
        return [] if value == wire else [f"{at}: found {value!r}, wanted {len(wire)} items"]
    items = [True] * len(wire)
    for choice in [schema, *choices(schema, wire)]:
        if "items" in choice:
            items = [choice["items"]] * len(wire)
        elif "prefixItems" in choice:
            items = choice["prefixItems"]
    found = []
    for place, (item, one) in enumerate(zip(wire, value)):
        found += differs(items[place], item, one, f"{at}[{place}]")
    return found


def _since_1970(span):
    try:
        return datetime(1970, 1, 1, tzinfo=timezone.utc) + span()
    except OverflowError:
        return LATEST


TIMES = {
    "unix_seconds": lambda number: _since_1970(lambda: timedelta(seconds=number)),
    "unix_milliseconds": lambda number: _since_1970(lambda: timedelta(milliseconds=number)),
    "seconds": lambda number: timedelta(seconds=number),
}
