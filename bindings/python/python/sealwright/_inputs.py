"""What may be given where a request has text."""

from __future__ import annotations

import os
from typing import Any, Protocol, TypeAlias, Union


class PemEncodable(Protocol):
    """A certificate, certification request or revocation list of pyca/cryptography (`x509.Certificate` and others)."""

    def public_bytes(self, encoding: Any) -> bytes:
        """The object in an encoding."""
        ...


Pem: TypeAlias = Union[str, PemEncodable]
"""PEM, or an object of pyca/cryptography."""

File: TypeAlias = Union[str, bytes, "os.PathLike[str]", PemEncodable]
"""What is in a file: PEM as text, PEM or DER as bytes, the path of the file, or an object of pyca/cryptography."""
