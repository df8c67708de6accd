"""From JSON to Python's values: exactly what the types say, or a SealwrightError that says where it is not."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

from sealwright import _kinds as k
from sealwright import _tables
from sealwright._encode import choose, encode_base64url, resolve, unfit
from sealwright._error import SealwrightError, malformed
from sealwright._place import within

Decoder = Callable[[Any], Any]

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_LAST = datetime.max.replace(tzinfo=timezone.utc)
_LONGEST = timedelta(seconds=timedelta.max // timedelta(seconds=1))

_STANDARD = str.maketrans("-_", "+/")

_FORMS: dict[k.Kind, type[Any]] = {
    **dict.fromkeys((k.TEXT, k.PEM, k.FILE, k.BYTES), str),
    **dict.fromkeys((k.INTEGER, k.TIME, k.MILLISECONDS, k.SPAN), int),
    k.BOOLEAN: bool,
}
"""What JSON has for them."""

_DECODERS: dict[str | int, Decoder] = {}


def decode(value: Any, kind: k.Kind) -> Any:
    """The value that JSON stands for."""
    return _decoder(kind)(value)


def decode_base64url(text: str) -> bytes:
    """The bytes of base64url; ValueError if it is anything but what `encode_base64url` writes."""
    octets = binascii.a2b_base64(text.translate(_STANDARD) + "=" * (-len(text) % 4))
    # Octets outside of the alphabet are skipped there.
    if encode_base64url(octets) != text:
        raise ValueError("not base64url")
    return octets


def _decoder(kind: k.Kind) -> Decoder:
    """Made once for each kind."""
    key = kind if isinstance(kind, str) else id(kind)
    found = _DECODERS.get(key)
    if found is None:
        found = _make_decoder(_tables.DEFINITIONS[kind] if isinstance(kind, str) else kind)
        _DECODERS[key] = found
    return found


def _make_decoder(kind: k.Definition) -> Decoder:
    if isinstance(kind, str):
        return _later(kind)
    if isinstance(kind, k.Record):
        return _record_decoder(kind)
    if isinstance(kind, k.OrNone):
        inner = _later(kind.item)
        return lambda value: None if value is None else inner(value)
    if isinstance(kind, k.ListOf):
        item = _later(kind.item)
        return lambda value: tuple([_inside(place, item, one) for place, one in enumerate(_be(list, value, kind))])
    if isinstance(kind, k.MapOf):
        item = _later(kind.item)
        return lambda value: {name: _inside(name, item, one) for name, one in _be(dict, value, kind).items()}
    if isinstance(kind, k.TupleOf):
        return _tuple_decoder(kind)
    if isinstance(kind, k.Tagged):
        return _tagged_decoder(kind)
    return _union_decoder(kind) if isinstance(kind, k.OneOf) else _scalar_decoder(kind)


def _later(kind: k.Kind) -> Decoder:
    """A definition may hold itself: it is looked up when it is there."""
    if not isinstance(kind, str):
        return _decoder(kind)
    found: list[Decoder] = []

    def decoder(value: Any) -> Any:
        if not found:
            found.append(_decoder(kind))
        return found[0](value)

    return decoder


def _inside(place: str | int, decoder: Decoder, value: Any) -> Any:
    try:
        return decoder(value)
    except SealwrightError as error:
        raise SealwrightError(error.code, error.detail, within(place, error.at)) from None


def _be(form: type[Any], value: Any, kind: k.Definition) -> Any:
    if type(value) is not form:
        raise unfit(value, kind)
    return value


def _record_decoder(record: k.Record) -> Decoder:
    cls, rows = record.cls, [_row(field) for field in record.fields]

    def decoder(value: Any) -> Any:
        _be(dict, value, record)
        attributes = {}
        for name, attribute, as_it_is, inner, is_optional in rows:
            if name in value:
                item = value[name]
                is_done = type(item) is as_it_is or (item is None and is_optional)
                attributes[attribute] = item if is_done else _inside(name, inner, item)
        if len(attributes) < len(value):
            unknown = ", ".join(name for name in value if name not in record.by_name)
            raise malformed(f"found fields that {cls.__name__} has not: {unknown}")
        try:
            return cls(**attributes)
        except TypeError:
            needed = [field.name for field in record.fields if field.keep and field.default is None]
            missing = ", ".join(name for name in needed if name not in value)
            raise malformed(f"found {cls.__name__} without {missing}") from None

    return decoder


def _row(field: k.Field) -> tuple[str, str, type[Any] | None, Decoder, bool]:
    """The names of a field; the type of which values are taken as they are, and what makes others; whether null will do."""
    as_it_is = None if field.kind in _CONVERSIONS else _FORMS.get(field.kind)
    return field.name, field.attribute, as_it_is, _later(field.kind), field.default is None and not field.keep


def _tuple_decoder(kind: k.TupleOf) -> Decoder:
    items = [_later(one) for one in kind.items]

    def decoder(value: Any) -> Any:
        if not kind.least <= len(_be(list, value, kind)) <= len(items):
            raise malformed(f"found {len(value)} items, wanted {kind.least} to {len(items)}")
        return tuple([_inside(place, item, one) for place, (item, one) in enumerate(zip(items, value))])

    return decoder


def _tagged_decoder(kind: k.Tagged) -> Decoder:
    members = {word: _later(member) for word, member in kind.members.items()}
    words = _scalar_decoder(k.Words(*members))

    def decoder(value: Any) -> Any:
        word = _inside(kind.field, words, _be(dict, value, kind).get(kind.field))
        return members[word](value)

    return decoder


def _union_decoder(union: k.OneOf) -> Decoder:
    forms: dict[type[Any], Decoder] = {_form(resolve(member)): _later(member) for member in union.members}

    def decoder(value: Any) -> Any:
        if isinstance(value, dict):
            chosen = choose(union, value)
            inner = None if chosen is k.PLAIN else _decoder(chosen)
        else:
            inner = forms.get(type(value))
        if inner is None:
            raise unfit(value, union)
        return inner(value)

    return decoder


def _form(kind: k.Definition) -> type[Any]:
    if isinstance(kind, k.Scalar):
        return _FORMS[kind]
    return str if isinstance(kind, (k.Words, k.Enumeration)) else dict


def _scalar_decoder(kind: k.Scalar | k.Words | k.Enumeration) -> Decoder:
    if kind is k.PLAIN:
        return _same
    form, convert = _form(kind), _conversion(kind)

    def decoder(value: Any) -> Any:
        try:
            return convert(_be(form, value, kind))
        except ValueError:
            raise unfit(value, kind) from None

    return decoder


def _conversion(kind: k.Scalar | k.Words | k.Enumeration) -> Decoder:
    """From the right form to the value; ValueError if it is none."""
    if isinstance(kind, k.Enumeration):
        return kind.cls
    if isinstance(kind, k.Words):
        return lambda value: kind.words[kind.words.index(value)]
    return _CONVERSIONS.get(kind, _same)


def _same(value: Any) -> Any:
    return value


def _time(value: int) -> datetime:
    return _since(value, timedelta(seconds=1))


def _milliseconds(value: int) -> datetime:
    return _since(value, timedelta(milliseconds=1))


def _since(value: int, unit: timedelta) -> datetime:
    try:
        return _EPOCH + _whole(value) * unit
    except OverflowError:
        return _LAST


def _span(value: int) -> timedelta:
    try:
        return timedelta(seconds=_whole(value))
    except OverflowError:
        return _LONGEST


def _whole(value: int) -> int:
    if value < 0:
        raise ValueError("negative")
    return value


_CONVERSIONS: dict[k.Kind, Decoder] = {k.BYTES: decode_base64url, k.TIME: _time, k.MILLISECONDS: _milliseconds, k.SPAN: _span}
