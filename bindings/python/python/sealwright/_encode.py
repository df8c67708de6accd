"""From Python's values to JSON."""

from __future__ import annotations

import base64
import itertools
import json
import math
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from enum import Enum
from typing import Any

from sealwright import _kinds as k
from sealwright import _tables
from sealwright._dataclass import FrozenDataclass
from sealwright._error import SealwrightError, malformed
from sealwright._errors import ErrorCode
from sealwright._inputs import Bytes, to_bytes
from sealwright._place import Place, tell

_MAX_DEPTH = 128
"""As deep as the engine reads."""

_SINGLE = (str, int, float, bytes, bytearray, memoryview)
"""Octets are a sequence to Python, and so is text."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_SECOND = timedelta(seconds=1)

_RECORDS = {record.cls: record for record in _tables.DEFINITIONS.values() if isinstance(record, k.Record)}


def encode_base64url(value: bytes) -> str:
    """Base64url without padding (RFC 4648 section 5)."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def dumps(value: Any) -> str:
    """What `encode` gave, as JSON in ASCII."""
    try:
        return json.dumps(value, separators=(",", ":"))
    except ValueError:
        # An integer of more digits than Python writes.
        raise malformed("found a number that cannot be written") from None


def record_of(cls: type[Any]) -> k.Record | None:
    """What is known of a class of `sealwright.types`, or of one that is derived from it."""
    return next((_RECORDS[base] for base in cls.__mro__ if base in _RECORDS), None)


def encode(value: Any) -> Any:
    """A copy that is nothing but JSON."""
    return _Copy(math.inf).value(value, k.PLAIN, ())


def encode_fields(values: Mapping[str, Any], fields: Mapping[str, k.Field]) -> dict[str, Any]:
    """The fields of a request by their names on the wire, unless there is more of them than the engine takes."""
    return _Copy(_tables.MAX_REQUEST_BYTES).fields(values, _kind_of(fields), ())


class _Copy:
    """A copy that is nothing but JSON. What JSON cannot carry is refused, and never left out or turned into something else."""

    def __init__(self, room: float) -> None:
        self._room = room

    def value(self, value: Any, kind: k.Kind, at: Place) -> Any:
        if value is None or isinstance(value, bool):
            return value
        if len(at) > _MAX_DEPTH:
            raise malformed(f"found more than {_MAX_DEPTH} levels", at[:1])
        if isinstance(value, FrozenDataclass):
            return self._record(value, at)
        known = resolve(kind)
        if isinstance(value, Enum):
            value = value.value
        if known is not k.BYTES and not isinstance(value, _SINGLE):
            if isinstance(value, Mapping):
                return self._mapping(value, known, at)
            if isinstance(value, Sequence):
                return self._list(value, known, at)
        single = _encode_single(value, known, at)
        if isinstance(single, str):
            self._grow(len(single) + 1, at)
        return single

    def fields(self, values: Mapping[str, Any], kind_of: Callable[[str], k.Kind], at: Place) -> dict[str, Any]:
        """An object by the names of its fields on the wire."""
        wire: dict[str, Any] = {}
        for name, value in values.items():
            if not isinstance(name, str):
                raise malformed(f"found {_describe(name)} as the name of a field, wanted text", at)
            # Its quotes, a colon, a comma and one more character.
            self._grow(len(name) + 5, at)
            wire[name] = self.value(value, kind_of(name), (*at, name))
        return wire

    def _list(self, value: Sequence[Any], known: k.Definition, at: Place) -> list[Any]:
        # A comma and one more character for each item. A range is a sequence too, and may be longer than any list.
        self._grow(max(2 * len(value), 1), at)
        return [self.value(item, inner, (*at, place)) for place, (item, inner) in enumerate(_items(value, known))]

    def _record(self, value: Any, at: Place) -> dict[str, Any]:
        record = record_of(type(value))
        if record is None:
            raise unfit(value, k.PLAIN, at)
        if type(value) is not record.cls:
            _refuse_more(value, record, at)
        values = {}
        for field in record.fields:
            inside = getattr(value, field.attribute)
            if field.keep or (inside is not None and not _is_default(inside, field.default)):
                values[field.name] = inside
        return self.fields(values, _kind_of(record.by_name), at)

    def _mapping(self, value: Mapping[Any, Any], known: k.Definition, at: Place) -> dict[str, Any]:
        if isinstance(known, (k.OneOf, k.Tagged)):
            known = resolve(choose(known, value))
        if isinstance(known, k.Record):
            return self.fields(value, _kind_of(known.by_name), at)
        item = known.item if isinstance(known, k.MapOf) else k.PLAIN
        return self.fields(value, lambda _: item, at)

    def _grow(self, characters: int, at: Place) -> None:
        """Counts no more than the request will have, so that what the engine would take is never refused."""
        self._room -= characters
        if self._room < 0:
            detail = f"found a request of more than {_tables.MAX_REQUEST_BYTES} bytes"
            raise SealwrightError(ErrorCode.REQUEST_TOO_LARGE, detail, tell(at[:1]))


def _kind_of(fields: Mapping[str, k.Field]) -> Callable[[str], k.Kind]:
    return lambda name: fields[name].kind if name in fields else k.PLAIN


def _refuse_more(value: FrozenDataclass, record: k.Record, at: Place) -> None:
    """Of a derived class, what the wire has no field for would be lost."""
    more = value._hints.keys() - {field.attribute for field in record.fields}
    if more:
        names = ", ".join(sorted(more))
        raise malformed(f"found {_describe(value)} with fields that a {record.cls.__name__} has not: {names}", at)


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(default, tuple):
        return isinstance(value, Sequence) and not value
    return value is default or (type(value) is type(default) and bool(value == default))


def _items(value: Sequence[Any], known: k.Definition) -> Iterator[tuple[Any, k.Kind]]:
    """Each item with its kind."""
    if isinstance(known, k.OneOf):
        lists = [member for member in map(resolve, known.members) if isinstance(member, (k.ListOf, k.TupleOf))]
        known = lists[0] if lists else k.PLAIN
    if isinstance(known, k.TupleOf):
        return zip(value, itertools.chain(known.items, itertools.repeat(k.PLAIN)))
    item = known.item if isinstance(known, k.ListOf) else k.PLAIN
    return zip(value, itertools.repeat(item))


def _encode_single(value: Any, known: k.Definition, at: Place) -> Any:
    """What is neither an object nor a list."""
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _encode_bytes(value, known, at)
    if known is k.BYTES:
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
    if known is k.FILE and isinstance(value, os.PathLike):
        return _encode_file(value, at)
    if known in (k.PEM, k.FILE) and hasattr(value, "public_bytes"):
        return _encode_pem(value, at)
    raise unfit(value, known, at)


def _encode_bytes(value: Bytes, known: k.Definition, at: Place) -> str:
    octets = to_bytes(value, ErrorCode.REQUEST_MALFORMED, at)
    if known is k.BYTES:
        return encode_base64url(octets)
    if known is k.FILE:
        is_binary = is_der(octets) or b"-----BEGIN" not in octets
        return encode_base64url(octets) if is_binary else octets.decode(errors="replace")
    raise malformed(f"found bytes, wanted {_wanted(known)}", at)


def is_der(octets: bytes) -> bool:
    """Whether a file is DER, which may hold a text in PEM, and not PEM, which may have anything around the blocks.

    DER begins with the tag of a sequence, which is the character 0 in text, and a length that says where the file ends
    (X.690 8.1.3). In BER two null octets may say so instead.
    """
    if len(octets) < 2 or octets[0] != 0x30:
        return False
    if octets[1] == 0x80:
        return octets.endswith(b"\0\0")
    content = 2 + (octets[1] & 0x7F if octets[1] > 0x80 else 0)
    length = octets[1] if content == 2 else int.from_bytes(octets[2:content], "big")
    return content + length == len(octets)


def _encode_file(path: os.PathLike[Any], at: Place) -> str:
    try:
        file = open(path, "rb")
    except (TypeError, ValueError):
        # It has a null octet or half a character, or what `__fspath__` gives is not even text.
        raise malformed(f"found {_describe(path)}, which is no path that a file can have", at) from None
    with file:
        # With one octet too many the engine refuses it, and whoever names an endless file gets an answer.
        return _encode_bytes(file.read(_tables.MAX_REQUEST_BYTES + 1), k.FILE, at)


def _encode_pem(value: Any, at: Place) -> str:
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


def _encode_time(value: datetime, known: k.Definition, at: Place) -> int:
    if value.tzinfo is None or value.utcoffset() is None:
        raise malformed("found a datetime without time zone, wanted an aware one, such as datetime.now(timezone.utc)", at)
    # Classes that are derived from datetime and timedelta give differences and quotients of other kinds.
    since = datetime.__sub__(value, _EPOCH)
    if known is k.TIME or (isinstance(known, k.OneOf) and k.TIME in known.members):
        return since // _SECOND
    if known is k.MILLISECONDS:
        return since // timedelta(milliseconds=1)
    raise unfit(value, known, at)


def _encode_span(value: timedelta, known: k.Definition, at: Place) -> int:
    if known is not k.SPAN:
        raise unfit(value, known, at)
    seconds, rest = timedelta.__divmod__(value, _SECOND)
    if rest:
        raise malformed(f"found {value}, wanted whole seconds", at)
    return seconds


def unfit(value: Any, known: k.Definition, at: Place = ()) -> SealwrightError:
    """It is not of the kind that its place wants."""
    return malformed(f"found {_describe(value)}, wanted {_wanted(known)}", at)


def _describe(value: Any) -> str:
    return f"a value of type {type(value).__name__}"


def _wanted(known: k.Definition) -> str:
    if isinstance(known, k.Scalar):
        return known.value
    if isinstance(known, (k.Record, k.Enumeration)):
        return f"a {known.cls.__name__}"
    if isinstance(known, k.Words):
        return f"one of {', '.join(known.words)}"
    return "a list" if isinstance(known, (k.ListOf, k.TupleOf)) else "an object"


def resolve(kind: k.Definition) -> k.Definition:
    """The kind behind names, whether it may be left out or not."""
    while isinstance(kind, (str, k.OrNone)):
        kind = _tables.DEFINITIONS[kind] if isinstance(kind, str) else kind.item
    return kind


def choose(union: k.OneOf | k.Tagged, value: Mapping[Any, Any]) -> k.Kind:
    """The member of a union that an object is of."""
    if isinstance(union, k.Tagged):
        word = value.get(union.field)
        return union.members.get(word, k.PLAIN) if isinstance(word, str) else k.PLAIN
    for member in union.members:
        known = resolve(member)
        if isinstance(known, (k.OneOf, k.Tagged)):
            return choose(known, value)
        if isinstance(known, k.MapOf) or (isinstance(known, k.Record) and known.required <= value.keys()):
            return member
    return k.PLAIN
