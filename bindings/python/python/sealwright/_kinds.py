"""What may stand in a place of a request or a response."""

from __future__ import annotations

from enum import Enum
from typing import Any, Union

Kind = Union["Scalar", "Words", "OrNone", "ListOf", "MapOf", "TupleOf", "OneOf", "Tagged", str]
"""A kind; a string is the name of a definition."""


class Scalar(Enum):
    """What is one value."""

    PLAIN = "what JSON can carry"
    BOOLEAN = "a boolean"
    INTEGER = "an integer"
    TEXT = "text"
    PEM = "text in PEM, or an object of pyca/cryptography"
    FILE = "text, bytes, a path or an object of pyca/cryptography"
    BYTES = "bytes"
    TIME = "an aware datetime"
    MILLISECONDS = "an aware datetime, to the millisecond"
    SPAN = "a timedelta"


PLAIN, BOOLEAN, INTEGER, TEXT = Scalar.PLAIN, Scalar.BOOLEAN, Scalar.INTEGER, Scalar.TEXT
PEM, FILE = Scalar.PEM, Scalar.FILE
BYTES, TIME, MILLISECONDS, SPAN = Scalar.BYTES, Scalar.TIME, Scalar.MILLISECONDS, Scalar.SPAN


class Words:
    """Text that is one of few words."""

    __slots__ = ("words",)

    def __init__(self, *words: str) -> None:
        self.words = words


class OrNone:
    """One kind, or nothing."""

    __slots__ = ("item",)

    def __init__(self, item: Kind) -> None:
        self.item = item


class ListOf:
    """Any number of one kind."""

    __slots__ = ("item",)

    def __init__(self, item: Kind) -> None:
        self.item = item


class MapOf:
    """Names to values of one kind."""

    __slots__ = ("item",)

    def __init__(self, item: Kind) -> None:
        self.item = item


class TupleOf:
    """A kind for each place; those after the least number may be left out."""

    __slots__ = ("items", "least")

    def __init__(self, *items: Kind, least: int) -> None:
        self.items = items
        self.least = least


class OneOf:
    """Kinds that differ in form: text, a number, or an object by the fields that it has to have."""

    __slots__ = ("members",)

    def __init__(self, *members: Kind) -> None:
        self.members = members


class Tagged:
    """Objects that one of their fields tells apart."""

    __slots__ = ("field", "members")

    def __init__(self, field: str, members: dict[str, Kind]) -> None:
        self.field = field
        self.members = members


class Field:
    """A field of a record: how the wire calls it, what stands in it, and how the class calls it where that differs.

    With `keep`, it is always on the wire.
    """

    __slots__ = ("attribute", "default", "keep", "kind", "name")

    def __init__(self, name: str, kind: Kind, default: Any = None, keep: bool = False, attribute: str | None = None) -> None:
        self.name = name
        self.kind = kind
        self.default = default
        self.keep = keep
        self.attribute = attribute or name


class Enumeration:
    """Words."""

    __slots__ = ("cls",)

    def __init__(self, cls: type[Enum]) -> None:
        self.cls = cls


class Record:
    """A dataclass."""

    __slots__ = ("by_name", "cls", "fields", "required")

    def __init__(self, cls: type[Any], fields: tuple[Field, ...]) -> None:
        self.cls = cls
        self.fields = fields
        self.by_name = {field.name: field for field in fields}
        self.required = frozenset(field.name for field in fields if field.keep)


class Operation:
    """What an operation takes and gives, and whether clock and seed are filled in."""

    __slots__ = ("now", "request", "response", "seed")

    def __init__(self, request: tuple[Field, ...], response: Kind, *, now: bool, seed: bool) -> None:
        self.request = {field.name: field for field in request}
        self.response = response
        self.now = now
        self.seed = seed


Definition = Union[Record, Enumeration, Kind]
