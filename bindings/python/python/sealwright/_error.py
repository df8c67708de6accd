"""The one exception."""

from __future__ import annotations

from sealwright._errors import ErrorCode
from sealwright._place import Place, tell

_MAX_DETAIL = 500
"""Characters of a detail, as in the engine: it repeats what was sent, which may be long."""


class SealwrightError(Exception):
    """What every function of this package raises, beside what a signer raises, and OSError where a path cannot be read.

    Attributes:
        code: What went wrong; a name that never changes its meaning.
        detail: For people: what was found, what was wanted. It never holds a secret.
        at: The field of the request, such as `authority.certificate`, if it lies in one.
    """

    __module__ = "sealwright"

    def __init__(self, code: ErrorCode, detail: str, at: str | None = None) -> None:
        if len(detail) > _MAX_DETAIL:
            detail = f"{detail[:_MAX_DETAIL]}…"
        super().__init__(code, detail, at)
        self.code = code
        self.detail = detail
        self.at = at

    def __str__(self) -> str:
        return self.detail if self.at is None else f"{self.detail} (at {self.at})"


def malformed(detail: str, at: Place = ()) -> SealwrightError:
    """A request that cannot be sent."""
    return SealwrightError(ErrorCode.REQUEST_MALFORMED, detail, tell(at))
