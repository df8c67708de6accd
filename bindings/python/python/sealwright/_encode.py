"""From Python's values to JSON."""

from __future__ import annotations

import base64
import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from sealwright import _tables
from sealwright._dataclass import FrozenDataclass
from sealwright._error import SealwrightError, malformed
from sealwright._inputs import Bytes
from sealwright._kinds import (
    BYTES,
    FILE,
    MILLISECONDS,
    PEM,
    PLAIN,
    PUBLIC_KEY,
    SPAN,
    TIME,
    Definition,
    Enumeration,
    Field,
    Kind,
    ListOf,
    MapOf,
    OneOf,
    OrNone,
    Record,
    Scalar,
    Tagged,
    TupleOf,
    Words,
)

_MAX_DEPTH = 128
"""As deep as the engine reads."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)

_RECORDS = {record.cls: record for record in _tables.DEFINITIONS.values() if isinstance(record, Record)}


def encode_base64url(value: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def dumps(value: Any) -> str:
    """What `encode` gave, as JSON in ASCII."""
    try:
        return json.dumps(value, separators=(",", ":"))
    except ValueError:
        # An integer of more digits than Python writes.
        raise malformed("found a number that cannot be written", "") from None


def record_of(cls: type[Any]) -> Record | None:
    """What is known of a class of `sealwright.types`, or of one that is derived from it."""
    return next((_RECORDS[base] for base in cls.__mro__ if base in _RECORDS), None)


def encode(value: Any, kind: Kind, at: str, depth: int = 0) -> Any:
    """A copy that is nothing but JSON. What JSON cannot carry is refused, and never left out or turned into something else."""
    if value is None or isinstance(value, bool):
        return value
    if depth > _MAX_DEPTH:
        raise malformed(f"found more than {_MAX_DEPTH} levels", at.partition(".")[0])
    if isinstance(value, FrozenDataclass):
        return _encode_record(value, at, depth)
    known = resolve(kind)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _encode_bytes(value, known, at)
    if known is BYTES:
        raise unfit(value, known, at)
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise malformed(f"found {value}, wanted a finite number", at)
        return value
    if isinstance(value, datetime):
        return _encode_time(value, known, at)
    if isinstance(value, timedelta):
        return _encode_span(value, known, at)
    if isinstance(value, Mapping):
        return _encode_mapping(value, known, at, depth)
    if isinstance(value, Sequence):
        return [encode(item, inner, f"{at}.{place}", depth + 1) for place, (item, inner) in enumerate(_items(value, known))]
    if known is FILE and isinstance(value, os.PathLike):
        return _encode_file(value)
    if known in (PEM, PUBLIC_KEY, FILE) and hasattr(value, "public_bytes"):
        return _encode_pem(value, at)
    raise unfit(value, known, at)


def encode_fields(values: Mapping[str, Any], fields: Mapping[str, Field], at: str, depth: int) -> dict[str, Any]:
    """The fields of an object by their names on the wire."""
    wire: dict[str, Any] = {}
    for name, value in values.items():
        if not isinstance(name, str):
            raise malformed(f"found {_describe(name)} as the name of a field, wanted text", at)
        field = fields.get(name)
        kind = PLAIN if field is None else field.kind
        wire[name] = encode(value, kind, f"{at}.{name}" if at else name, depth + 1)
    return wire


def _encode_record(value: Any, at: str, depth: int) -> dict[str, Any]:
    record = record_of(type(value))
    if record is None:
        raise unfit(value, PLAIN, at)
    values = {}
    for field in record.fields:
        inside = getattr(value, field.attribute)
        if field.keep or (inside is not None and not _is_default(inside, field.default)):
            values[field.name] = inside
    return encode_fields(values, record.by_name, at, depth)


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, str):
        # The word that tells a record apart.
        return False
    if isinstance(default, tuple):
        return isinstance(value, Sequence) and not value
    return value is default or (type(value) is type(default) and bool(value == default))


def _encode_mapping(value: Mapping[Any, Any], known: Definition, at: str, depth: int) -> dict[str, Any]:
    if isinstance(known, (OneOf, Tagged)):
        known = resolve(choose(known, value))
    if isinstance(known, Record):
        return encode_fields(value, known.by_name, at, depth)
    item = known.item if isinstance(known, MapOf) else PLAIN
    fields = {name: Field(name, name, item) for name in value if isinstance(name, str)}
    return encode_fields(value, fields, at, depth)


def _items(value: Sequence[Any], known: Definition) -> list[tuple[Any, Kind]]:
    if isinstance(known, OneOf):
        lists = [member for member in map(resolve, known.members) if isinstance(member, (ListOf, TupleOf))]
        known = lists[0] if lists else PLAIN
    if isinstance(known, TupleOf):
        kinds = [*known.items, *[PLAIN] * len(value)]
        return list(zip(value, kinds))
    item = known.item if isinstance(known, ListOf) else PLAIN
    return [(one, item) for one in value]


def _encode_bytes(value: Bytes, known: Definition, at: str) -> str:
    try:
        octets = bytes(value)
    except ValueError:
        raise malformed("found a memoryview that was released, wanted bytes", at) from None
    if known is BYTES:
        return encode_base64url(octets)
    if known is FILE:
        return octets.decode(errors="replace") if _is_pem(octets) else encode_base64url(octets)
    raise malformed("found bytes where none are wanted", at)


def _is_pem(octets: bytes) -> bool:
    """DER may hold a text in PEM, but has octets that no text has."""
    return b"-----BEGIN" in octets and re.search(rb"[\x00-\x08\x0e-\x1f]", octets) is None


def _encode_file(path: os.PathLike[Any]) -> str:
    with open(path, "rb") as file:
        # With one octet too many the engine refuses it, and whoever names an endless file gets an answer.
        return _encode_bytes(file.read(_tables.MAX_REQUEST_BYTES + 1), FILE, "")


def _encode_pem(value: Any, at: str) -> str:
    try:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        try:
            text: bytes = value.public_bytes(Encoding.PEM)
        except TypeError:
            # A key has several formats.
            text = value.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        return text.decode()
    except Exception as error:
        raise malformed(f"found {_describe(value)}, which does not say what it is in PEM", at) from error


def _encode_time(value: datetime, known: Definition, at: str) -> int:
    if value.tzinfo is None or value.utcoffset() is None:
        raise malformed("found a datetime without time zone, wanted an aware one, such as datetime.now(timezone.utc)", at)
    # Classes that are derived from datetime and timedelta give differences and quotients of other kinds.
    since = datetime.__sub__(value, _EPOCH)
    if known is TIME or (isinstance(known, OneOf) and TIME in known.members):
        return since // _SECOND
    if known is MILLISECONDS:
        return since // timedelta(milliseconds=1)
    raise unfit(value, known, at)


def _encode_span(value: timedelta, known: Definition, at: str) -> int:
    if known is not SPAN:
        raise unfit(value, known, at)
    seconds, rest = timedelta.__divmod__(value, _SECOND)
    if rest:
        raise malformed(f"found {value}, wanted whole seconds", at)
    return seconds


def unfit(value: Any, known: Definition, at: str) -> SealwrightError:
    """It is not of the kind that its place wants."""
    return malformed(f"found {_describe(value)}, wanted {_wanted(known)}", at)


def _describe(value: Any) -> str:
    return f"a value of type {type(value).__name__}"


def _wanted(known: Definition) -> str:
    if isinstance(known, Scalar):
        return known.value
    if isinstance(known, (Record, Enumeration)):
        return f"a {known.cls.__name__}"
    if isinstance(known, Words):
        return f"one of {', '.join(known.words)}"
    return "a list" if isinstance(known, (ListOf, TupleOf)) else "an object"


def resolve(kind: Definition) -> Definition:
    """The kind behind names, whether it may be left out or not."""
    while isinstance(kind, (str, OrNone)):
        kind = _tables.DEFINITIONS[kind] if isinstance(kind, str) else kind.item
    return kind


def choose(union: OneOf | Tagged, value: Mapping[Any, Any]) -> Kind:
    """The member of a union that an object is of."""
    if isinstance(union, Tagged):
        word = value.get(union.field)
        return union.members.get(word, PLAIN) if isinstance(word, str) else PLAIN
    for member in union.members:
        known = resolve(member)
        if isinstance(known, (OneOf, Tagged)):
            return choose(known, value)
        if isinstance(known, MapOf) or (isinstance(known, Record) and known.required <= value.keys()):
            return member
    return PLAIN
