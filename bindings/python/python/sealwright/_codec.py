"""Requests from Python's values to JSON, responses from JSON to Python's values."""

from __future__ import annotations

import base64
import binascii
import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from typing import Any

from sealwright import _tables
from sealwright._error import malformed
from sealwright._kinds import (
    BYTES,
    FILE,
    MILLISECONDS,
    PEM,
    PLAIN,
    SPAN,
    TEXT,
    TIME,
    Definition,
    Enumeration,
    Field,
    Kind,
    ListOf,
    MapOf,
    OneOf,
    Record,
    Scalar,
    Tagged,
    TupleOf,
)

_MAX_DEPTH = 128
"""As deep as the engine reads."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST = datetime.max.replace(tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)

_RECORDS = {record.cls: record for record in _tables.DEFINITIONS.values() if isinstance(record, Record)}


def encode_base64url(value: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def decode_base64url(text: str) -> bytes:
    """The bytes of what the engine wrote."""
    return binascii.a2b_base64(text.translate(_STANDARD) + "=" * (-len(text) % 4))


_STANDARD = str.maketrans("-_", "+/")


def record_of(cls: type[Any]) -> Record | None:
    """What is known of a class of `sealwright.types`."""
    return _RECORDS.get(cls)


# ---- requests


def encode(value: Any, kind: Kind, at: str, depth: int = 0) -> Any:
    """A copy that is nothing but JSON. What JSON cannot carry is refused, and never left out or turned into something else."""
    if value is None or isinstance(value, bool):
        return value
    if depth > _MAX_DEPTH:
        raise malformed(f"found more than {_MAX_DEPTH} levels", at.partition(".")[0])
    if is_dataclass(value) and not isinstance(value, type):
        return _encode_record(value, at, depth)
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _encode_bytes(bytes(value), kind, at)
    if kind is BYTES:
        raise malformed(f"found {_describe(value)}, wanted bytes", at)
    if isinstance(value, (str, int)):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise malformed(f"found {value}, wanted a finite number", at)
        return value
    if isinstance(value, datetime):
        return _encode_time(value, kind, at)
    if isinstance(value, timedelta):
        return _encode_span(value, kind, at)
    if isinstance(value, Mapping):
        return _encode_mapping(value, kind, at, depth)
    if isinstance(value, Sequence):
        return [encode(item, inner, f"{at}.{place}", depth + 1) for place, (item, inner) in enumerate(_items(value, kind))]
    if kind is FILE and isinstance(value, os.PathLike):
        return _encode_bytes(Path(value).read_bytes(), kind, at)
    if kind in (PEM, FILE) and hasattr(value, "public_bytes"):
        return _encode_pem(value)
    raise malformed(f"found {_describe(value)}, wanted {_wanted(kind)}", at)


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
    record = _RECORDS.get(type(value))
    if record is None:
        raise malformed(f"found {_describe(value)}, wanted a class of sealwright.types", at)
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


def _encode_mapping(value: Mapping[Any, Any], kind: Kind, at: str, depth: int) -> dict[str, Any]:
    known = _resolve(kind)
    if isinstance(known, (OneOf, Tagged)):
        known = _resolve(_choose(known, value))
    if isinstance(known, Record):
        return encode_fields(value, known.by_name, at, depth)
    item = known.item if isinstance(known, MapOf) else PLAIN
    fields = {name: Field(name, name, item) for name in value if isinstance(name, str)}
    return encode_fields(value, fields, at, depth)


def _items(value: Sequence[Any], kind: Kind) -> list[tuple[Any, Kind]]:
    known = _resolve(kind)
    if isinstance(known, OneOf):
        lists = [member for member in map(_resolve, known.members) if isinstance(member, (ListOf, TupleOf))]
        known = lists[0] if lists else PLAIN
    if isinstance(known, TupleOf):
        kinds = [*known.items, *[PLAIN] * len(value)]
        return list(zip(value, kinds))
    item = known.item if isinstance(known, ListOf) else PLAIN
    return [(one, item) for one in value]


def _encode_bytes(value: bytes, kind: Kind, at: str) -> str:
    if kind is BYTES:
        return encode_base64url(value)
    if kind is FILE:
        return value.decode(errors="replace") if b"-----BEGIN" in value else encode_base64url(value)
    raise malformed("found bytes where none are wanted", at)


def _encode_pem(value: Any) -> str:
    from cryptography.hazmat.primitives.serialization import Encoding

    text: bytes = value.public_bytes(Encoding.PEM)
    return text.decode()


def _encode_time(value: datetime, kind: Kind, at: str) -> int:
    if value.tzinfo is None or value.utcoffset() is None:
        raise malformed("found a datetime without time zone, wanted an aware one, such as datetime.now(timezone.utc)", at)
    known = _resolve(kind)
    if known is TIME or (isinstance(known, OneOf) and TIME in known.members):
        return (value - _EPOCH) // _SECOND
    if kind is MILLISECONDS:
        return (value - _EPOCH) // timedelta(milliseconds=1)
    raise malformed(f"found a datetime, wanted {_wanted(kind)}", at)


def _encode_span(value: timedelta, kind: Kind, at: str) -> int:
    if kind is not SPAN:
        raise malformed(f"found a timedelta, wanted {_wanted(kind)}", at)
    if value.microseconds:
        raise malformed(f"found {value}, wanted whole seconds", at)
    return value // _SECOND


def _describe(value: Any) -> str:
    return f"a value of type {type(value).__name__}"


def _wanted(kind: Kind) -> str:
    return kind.value if isinstance(kind, Scalar) else "what JSON can carry"


# ---- both


def _resolve(kind: Definition) -> Definition:
    while isinstance(kind, str):
        kind = _tables.DEFINITIONS[kind]
    return kind


def _choose(union: OneOf | Tagged, value: Mapping[Any, Any]) -> Kind:
    """The member of a union that an object is of."""
    if isinstance(union, Tagged):
        word = value.get(union.field)
        return union.members.get(word, PLAIN) if isinstance(word, str) else PLAIN
    for member in union.members:
        known = _resolve(member)
        if isinstance(known, (OneOf, Tagged)):
            return _choose(known, value)
        if isinstance(known, MapOf) or (isinstance(known, Record) and known.required <= value.keys()):
            return member
    return PLAIN


# ---- responses

Decoder = Callable[[Any], Any]


def decode(value: Any, kind: Kind) -> Any:
    """The value that JSON stands for."""
    return _decoder(kind)(value)


def _decoder(kind: Kind) -> Decoder:
    """Made once for each kind."""
    key = kind if isinstance(kind, str) else id(kind)
    found = _DECODERS.get(key)
    if found is None:
        found = _make_decoder(_resolve(kind))
        _DECODERS[key] = found
    return found


_DECODERS: dict[str | int, Decoder] = {}


def _make_decoder(kind: Definition) -> Decoder:
    if isinstance(kind, Record):
        return _record_decoder(kind)
    if isinstance(kind, Enumeration):
        return _or_none(kind.cls)
    if isinstance(kind, ListOf):
        item = _later(kind.item)
        return lambda value: None if value is None else tuple([item(one) for one in value])
    if isinstance(kind, MapOf):
        inner = _later(kind.item)
        return lambda value: None if value is None else {name: inner(one) for name, one in value.items()}
    if isinstance(kind, TupleOf):
        items = [_later(one) for one in kind.items]
        return lambda value: None if value is None else tuple([item(one) for item, one in zip(items, value)])
    if isinstance(kind, Tagged):
        field, members = kind.field, {word: _later(member) for word, member in kind.members.items()}
        return lambda value: None if value is None else members[value[field]](value)
    if isinstance(kind, OneOf):
        return _union_decoder(kind)
    return _SCALARS[kind] if isinstance(kind, Scalar) else _later(kind)


def _later(kind: Kind) -> Decoder:
    """A definition may hold itself: it is looked up when it is there."""
    if not isinstance(kind, str):
        return _decoder(kind)
    found: list[Decoder] = []

    def decoder(value: Any) -> Any:
        if not found:
            found.append(_decoder(kind))
        return found[0](value)

    return decoder


def _record_decoder(record: Record) -> Decoder:
    cls = record.cls
    rows = [(field.name, field.attribute, None if field.kind in (PLAIN, TEXT, PEM) else _later(field.kind)) for field in record.fields]

    def decoder(value: Any) -> Any:
        if value is None:
            return None
        attributes = {}
        for name, attribute, inner in rows:
            if name in value:
                attributes[attribute] = value[name] if inner is None else inner(value[name])
        return cls(**attributes)

    return decoder


def _union_decoder(union: OneOf) -> Decoder:
    members = [_resolve(member) for member in union.members]
    number = next((_later(member) for member in members if member is TIME), _same)
    words = next((_or_none(member.cls) for member in members if isinstance(member, Enumeration)), _same)

    def decoder(value: Any) -> Any:
        if isinstance(value, dict):
            return _decoder(_choose(union, value))(value)
        return words(value) if isinstance(value, str) else number(value)

    return decoder


def _or_none(decoder: Decoder) -> Decoder:
    return lambda value: None if value is None else decoder(value)


def _same(value: Any) -> Any:
    return value


def _time(value: int) -> datetime:
    try:
        return _EPOCH + timedelta(seconds=value)
    except OverflowError:
        return _LAST


def _milliseconds(value: int) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=value)
    except OverflowError:
        return _LAST


def _span(value: int) -> timedelta:
    try:
        return timedelta(seconds=value)
    except OverflowError:
        return timedelta.max


_SCALARS: dict[Scalar, Decoder] = {
    PLAIN: _same,
    TEXT: _same,
    PEM: _same,
    FILE: _same,
    BYTES: _or_none(decode_base64url),
    TIME: _or_none(_time),
    MILLISECONDS: _or_none(_milliseconds),
    SPAN: _or_none(_span),
}
