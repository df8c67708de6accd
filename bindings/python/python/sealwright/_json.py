"""Values of `sealwright.types` as JSON and back: for whoever keeps an authority, or an inventory."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from sealwright._decode import decode
from sealwright._encode import dumps, encode, record_of
from sealwright._error import SealwrightError, malformed
from sealwright._errors import ErrorCode

T = TypeVar("T")


def to_json(value: Any) -> str:
    """A value of a class of `sealwright.types`, as it is on the wire in every language. It may hold a private key."""
    return dumps(encode(value))


def from_json(cls: type[T], text: str | bytes) -> T:
    """The value that `to_json` wrote, or that stands in a response anywhere.

    Args:
        cls: A class of `sealwright.types`.
        text: JSON. A field that the class has not is refused: it may be from a later version, and would be lost.
            So is one that is there twice, and what Python reads though JSON has it not, such as NaN.
    """
    record = record_of(cls) if isinstance(cls, type) else None
    if record is None or record.cls is not cls:
        raise SealwrightError(ErrorCode.ARGUMENT_INVALID, f"found {cls!r}, wanted a class of sealwright.types")
    try:
        value = json.loads(text, object_pairs_hook=_object)
        # Python reads what JSON has not: numbers that are none or infinite, and halves of characters.
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        return cast("T", decode(value, cls.__name__))
    except (ValueError, TypeError, RecursionError):
        raise malformed("found what is no JSON") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """One value of two would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise malformed("found an object with two fields of one name")
    return found
