"""What the classes of `sealwright.types` are: frozen dataclasses.

`dataclasses` compiles methods for each class, and with hundreds of classes that is most of an import. Here they share
their methods, and what `dataclasses` and `inspect` want to know of a class is made when they ask.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, get_origin

if TYPE_CHECKING:
    from typing_extensions import dataclass_transform
else:

    def dataclass_transform(**_):
        return lambda cls: cls


def secret(*, default: Any = dataclasses.MISSING) -> Any:
    """A field that `repr` does not show."""
    return _Secret(default)


class _Secret:
    __slots__ = ("default",)

    def __init__(self, default: Any) -> None:
        self.default = default


class _OfDataclass:
    """What the dataclass has that a class stands for."""

    def __init__(self, ask: Callable[[type[Any]], Any]) -> None:
        self.ask = ask

    def __get__(self, instance: object, cls: Any) -> Any:
        return self.ask(_dataclass(cls))


def _signature(cls: type[Any]) -> Any:
    import inspect

    return inspect.signature(cls)


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(secret,))
class FrozenDataclass:
    """A frozen dataclass, all parameters of which are keywords."""

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
        _hints: ClassVar[dict[str, Any]]
        _defaults: ClassVar[dict[str, Any]]
        _secrets: ClassVar[frozenset[str]]
        _names: ClassVar[frozenset[str]]
    else:
        __dataclass_fields__ = _OfDataclass(lambda made: made.__dataclass_fields__)
        __dataclass_params__ = _OfDataclass(lambda made: made.__dataclass_params__)
        __signature__ = _OfDataclass(_signature)
        __match_args__ = ()
        _hints, _defaults, _secrets = {}, {}, frozenset()

        def __setattr__(self, name, value):
            raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

        def __delattr__(self, name):
            raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def __init_subclass__(cls) -> None:
        hints = {name: hint for name, hint in cls.__annotations__.items() if not _is_class_variable(hint)}
        given = {name: vars(cls)[name] for name in hints if name in vars(cls)}
        secrets = {name: value.default for name, value in given.items() if isinstance(value, _Secret)}
        for name in secrets:
            delattr(cls, name)
        given.update(secrets)
        cls._hints = {**cls._hints, **hints}
        cls._defaults = {**cls._defaults, **{name: value for name, value in given.items() if value is not dataclasses.MISSING}}
        cls._secrets = cls._secrets.union(secrets)
        cls._names = frozenset(cls._hints)

    def __init__(self, **values: Any) -> None:
        # Each instance goes through this: it is written for speed.
        cls, held = type(self), self.__dict__
        held.update(cls._defaults)
        held.update(values)
        if len(held) != len(cls._names) or not cls._names.issuperset(values):
            wrong = {"missing": cls._names - held.keys(), "unknown": values.keys() - cls._names}
            told = [f"{word} {', '.join(sorted(names))}" for word, names in wrong.items() if names]
            raise TypeError(f"{cls.__name__}: {'; '.join(told)}")

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self._hints if name not in self._secrets)
        return f"{type(self).__qualname__}({shown})"

    def __eq__(self, other: object) -> bool:
        return _values(self) == _values(other) if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(_values(self))

    def __replace__(self, /, **changes: Any) -> Any:
        return dataclasses.replace(self, **changes)


def _is_class_variable(hint: Any) -> bool:
    """An annotation is text where the module postpones them."""
    if isinstance(hint, str):
        return hint.partition("[")[0].rpartition(".")[2].strip() == "ClassVar"
    return hint is ClassVar or get_origin(hint) is ClassVar


def _values(of: Any) -> tuple[Any, ...]:
    """What it holds, without what else may have been put into its attributes."""
    return tuple([getattr(of, name) for name in of._hints])


@functools.cache
def _dataclass(cls: Any) -> type[Any]:
    def field(name: str) -> Any:
        return dataclasses.field(default=cls._defaults.get(name, dataclasses.MISSING), repr=name not in cls._secrets)

    fields = [(name, hint, field(name)) for name, hint in cls._hints.items()]
    return dataclasses.make_dataclass(cls.__name__, fields, frozen=True, kw_only=True)
