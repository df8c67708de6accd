"""Values of `sealwright.types` as JSON and back: for whoever keeps an authority, or an inventory."""

from __future__ import annotations

import json
from typing import Any, TypeVar, cast

from sealwright._codec import decode, encode, record_of
from sealwright._error import SealwrightError, malformed
from sealwright._errors import ErrorCode
from sealwright._kinds import PLAIN

T = TypeVar("T")


def to_json(value: Any) -> str:
    """A value of a class of `sealwright.types`, as it is on the wire in every language. It may hold a private key."""
    return json.dumps(encode(value, PLAIN, ""), separators=(",", ":"))


def from_json(cls: type[T], text: str | bytes) -> T:
    """The value that `to_json` wrote, or that stands in a response anywhere.

    Args:
        cls: A class of `sealwright.types`.
        text: JSON.
    """
    record = record_of(cls)
    if record is None:
        raise SealwrightError(ErrorCode.ARGUMENT_INVALID, f"found {cls!r}, wanted a class of sealwright.types")
    try:
        return cast("T", decode(json.loads(text), cls.__name__))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        raise malformed(f"found JSON that is no {cls.__name__}", "") from None
