"""Where in a request or response something stands, as errors say it in `at` in every language."""

from __future__ import annotations

import re
import struct
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The names of fields and the numbers of items that lead to it."""

_MAX_STEP = 256
"""Characters of one step; the name of a claim may have millions."""

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_ESCAPED = re.compile(r'["\\]|[^ -~]')


def tell(place: Place) -> str | None:
    """A place as text, such as `authority.former.0.key` or `claims["example.com/role"]`; None for the whole."""
    told: str | None = None
    for step in reversed(place):
        told = within(step, told)
    return told


def within(step: str | int, part: str | None) -> str | None:
    """The place of a part, told as one of the whole. None if the step is too long to tell: the place ends before it."""
    own = str(step) if isinstance(step, int) else _tell_name(step)
    if own is None or part is None:
        return own
    return own + part if part.startswith("[") else f"{own}.{part}"


def _tell_name(name: str) -> str | None:
    if len(name) > _MAX_STEP:
        return None
    told = name if _NAME.fullmatch(name) else f'["{_ESCAPED.sub(_escape, name)}"]'
    return told if len(told) <= _MAX_STEP else None


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return f"\\{character}"
    units = struct.iter_unpack(">H", character.encode("utf-16-be", "surrogatepass"))
    return "".join(f"\\u{unit:04x}" for (unit,) in units)
