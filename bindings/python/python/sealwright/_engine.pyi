from typing import final

__all__ = ["ABI_VERSION", "VERSION", "Ring", "call"]

VERSION: str
ABI_VERSION: int

@final
class Ring:
    def __new__(cls) -> Ring: ...
    def import_key(self, id: str, pem: bytes) -> tuple[int, bytes]: ...
    def close(self) -> None: ...

def call(request: bytes, ring: Ring | None = None) -> tuple[int, bytes]: ...
