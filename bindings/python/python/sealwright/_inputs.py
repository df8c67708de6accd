"""What may be given where a request has text."""

from __future__ import annotations

import os
from typing import Any, Protocol, TypeAlias, Union

from sealwright._error import SealwrightError
from sealwright._errors import ErrorCode
from sealwright._place import Place, tell


class PemEncodable(Protocol):
    """A certificate, certification request or revocation list of pyca/cryptography (`x509.Certificate` and others)."""

    def public_bytes(self, encoding: Any) -> bytes:
        """The object in an encoding."""
        ...


class PublicKeyEncodable(Protocol):
    """A public key of pyca/cryptography."""

    def public_bytes(self, encoding: Any, format: Any) -> bytes:
        """The key in an encoding and a format."""
        ...


Bytes: TypeAlias = Union[bytes, bytearray, memoryview]
"""Octets, in whatever holds them."""


def to_bytes(value: Any, code: ErrorCode, at: Place = ()) -> bytes:
    """A copy of octets; SealwrightError with the code if the value holds none, as a memoryview that was released."""
    if not isinstance(value, (bytes, bytearray, memoryview)):
        raise SealwrightError(code, f"found a value of type {type(value).__name__}, wanted bytes", tell(at))
    try:
        return bytes(value)
    except ValueError:
        raise SealwrightError(code, "found a memoryview that was released, wanted bytes", tell(at)) from None


Pem: TypeAlias = Union[str, PemEncodable]
"""PEM, or an object of pyca/cryptography."""

PublicKeyPem: TypeAlias = Union[str, PublicKeyEncodable]
"""A PEM block `PUBLIC KEY`, or a public key of pyca/cryptography."""

File: TypeAlias = Union[str, Bytes, os.PathLike[str], PemEncodable, PublicKeyEncodable]
"""What is in a file: PEM as text, PEM or DER as bytes, the path of the file, or an object of pyca/cryptography."""
