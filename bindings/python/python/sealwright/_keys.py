"""Keys: lent to the engine, or held elsewhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Literal, TypeAlias, Union

from sealwright._engine import Ring
from sealwright._error import SealwrightError
from sealwright._errors import ErrorCode
from sealwright._inputs import Bytes, to_bytes
from sealwright.types import KeyTransport, SignatureScheme


@dataclass(frozen=True, slots=True, kw_only=True)
class SignQuestion:
    """What is asked of a key that the engine does not hold: a signature."""

    key: str
    """The id of the key, as in the request."""

    scheme: SignatureScheme
    """How to sign."""

    input: bytes
    """The message, not its digest."""

    use: Literal["sign"] = "sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecryptQuestion:
    """What is asked of a key that the engine does not hold: the plaintext."""

    key: str
    """The id of the key, as in the request."""

    scheme: KeyTransport
    """How it was encrypted."""

    input: bytes
    """The ciphertext."""

    use: Literal["decrypt"] = "decrypt"


Question: TypeAlias = Union[SignQuestion, DecryptQuestion]
"""What is asked of a key."""

Signer: TypeAlias = Callable[[Question], Union[bytes, None]]
"""Who has private keys that the engine is not to see: a token (HSM), a key management service, pyca/cryptography.

It answers with the signature: of ECDSA r and s, one after the other, with all the octets of their field. Or with the
plaintext; None if its padding is wrong. What it raises reaches the caller of the operation as it is.
"""


class KeyRing:
    """Private keys that are lent to the engine, in its own memory, until `close` wipes them, or the end of a `with`.

    Any number of threads may use a ring at the same time.
    """

    __slots__ = ("_ring", "elsewhere")

    def __init__(self, *, elsewhere: Signer | None = None) -> None:
        """A ring without keys.

        Args:
            elsewhere: Answers for the keys that the ring does not hold, for operations with keys of both sorts.
        """
        self._ring = Ring()
        self.elsewhere = elsewhere

    def import_key(self, id: str, pem: str | Bytes) -> None:
        """Lends a private key under an id by which requests name it, in place of one that had it.

        Args:
            id: Of the caller's choosing, 1 to 128 bytes.
            pem: PKCS#8, not encrypted. `read_private_key` makes it of any other form.
        """
        if not isinstance(id, str):
            raise SealwrightError(ErrorCode.ARGUMENT_INVALID, f"found a value of type {type(id).__name__} as id, wanted text")
        try:
            id.encode()
            octets = pem.encode() if isinstance(pem, str) else to_bytes(pem, ErrorCode.ARGUMENT_INVALID)
        except UnicodeEncodeError:
            raise SealwrightError(ErrorCode.ARGUMENT_INVALID, "found text that is not Unicode") from None
        status, body = self._ring.import_key(id, octets)
        if status != 0:
            error = json.loads(body)["error"]
            raise SealwrightError(ErrorCode(error["code"]), error["detail"], error.get("at"))

    def close(self) -> None:
        """Wipes the keys. The ring cannot be used any more."""
        self._ring.close()

    def __enter__(self) -> KeyRing:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
