"""Keys and certificates of pyca/cryptography; `pip install 'sealwright[cryptography]'` brings it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes, PublicKeyTypes
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from sealwright._error import SealwrightError
from sealwright._errors import ErrorCode
from sealwright._keys import Question, SignQuestion
from sealwright.types import KeyReference, KeyTransport, SignatureScheme

__all__ = ["PrivateKey", "PrivateKeys", "certificate", "key_reference", "public_key_pem"]

PrivateKey: TypeAlias = CertificateIssuerPrivateKeyTypes
"""A private key. Those of DSA and Ed448 are refused when they are asked."""

_PKCS1: Mapping[SignatureScheme, hashes.HashAlgorithm] = {
    SignatureScheme.RSA_PKCS1_SHA256: hashes.SHA256(),
    SignatureScheme.RSA_PKCS1_SHA384: hashes.SHA384(),
    SignatureScheme.RSA_PKCS1_SHA512: hashes.SHA512(),
}

_PSS: Mapping[SignatureScheme, hashes.HashAlgorithm] = {
    SignatureScheme.RSA_PSS_SHA256: hashes.SHA256(),
    SignatureScheme.RSA_PSS_SHA384: hashes.SHA384(),
    SignatureScheme.RSA_PSS_SHA512: hashes.SHA512(),
}

_ECDSA: Mapping[SignatureScheme, tuple[str, hashes.HashAlgorithm]] = {
    SignatureScheme.ECDSA_P256_SHA256: ("secp256r1", hashes.SHA256()),
    SignatureScheme.ECDSA_P384_SHA384: ("secp384r1", hashes.SHA384()),
    SignatureScheme.ECDSA_P521_SHA512: ("secp521r1", hashes.SHA512()),
}

_ML_DSA: dict[SignatureScheme, type[Any]] = {}
try:
    from cryptography.hazmat.primitives.asymmetric import mldsa

    _ML_DSA[SignatureScheme.ML_DSA_44] = mldsa.MLDSA44PrivateKey
    _ML_DSA[SignatureScheme.ML_DSA_65] = mldsa.MLDSA65PrivateKey
    _ML_DSA[SignatureScheme.ML_DSA_87] = mldsa.MLDSA87PrivateKey
except (ImportError, AttributeError):
    # Older versions have none.
    pass

_TRANSPORT: Mapping[KeyTransport, padding.AsymmetricPadding] = {
    KeyTransport.RSA_PKCS1: padding.PKCS1v15(),
    KeyTransport.RSA_OAEP_SHA1: padding.OAEP(padding.MGF1(hashes.SHA1()), hashes.SHA1(), None),
    KeyTransport.RSA_OAEP_SHA256: padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None),
}


class PrivateKeys:
    """A signer with keys of pyca/cryptography: RSA, ECDSA, Ed25519 and ML-DSA. They never enter the engine's memory."""

    __slots__ = ("_keys",)

    def __init__(self, keys: Mapping[str, PrivateKey]) -> None:
        """Takes the private keys by the ids that requests name them by."""
        self._keys = dict(keys)

    def __call__(self, question: Question) -> bytes | None:
        """The raw signature, or the plaintext."""
        key = self._keys.get(question.key)
        if key is None:
            raise SealwrightError(ErrorCode.KEY_UNKNOWN, f"the signer has no key {question.key!r}")
        answer = _sign(key, question) if isinstance(question, SignQuestion) else _decrypt(key, question.scheme, question.input)
        if answer is _UNFIT:
            detail = f"found a key of type {type(key).__name__} as {question.key!r}, which cannot {question.use} by {question.scheme}"
            raise SealwrightError(ErrorCode.KEY_UNFIT, detail)
        return answer


_UNFIT = b"unfit"


def _sign(key: PrivateKey, question: SignQuestion) -> bytes:
    scheme, message = question.scheme, question.input
    if isinstance(key, rsa.RSAPrivateKey):
        return _sign_rsa(key, scheme, message)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        curve, algorithm = _ECDSA.get(scheme, ("", None))
        if algorithm is None or key.curve.name != curve:
            return _UNFIT
        length = (key.key_size + 7) // 8
        numbers = decode_dss_signature(key.sign(message, ec.ECDSA(algorithm)))
        return b"".join(number.to_bytes(length, "big") for number in numbers)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(message) if scheme is SignatureScheme.ED25519 else _UNFIT
    return _sign_ml_dsa(key, scheme, message)


def _sign_ml_dsa(key: Any, scheme: SignatureScheme, message: bytes) -> bytes:
    is_fit = isinstance(key, _ML_DSA.get(scheme, ()))
    signature: bytes = key.sign(message) if is_fit else _UNFIT
    return signature


def _sign_rsa(key: rsa.RSAPrivateKey, scheme: SignatureScheme, message: bytes) -> bytes:
    try:
        if scheme in _PKCS1:
            return key.sign(message, padding.PKCS1v15(), _PKCS1[scheme])
        if scheme in _PSS:
            digest = _PSS[scheme]
            return key.sign(message, padding.PSS(padding.MGF1(digest), digest.digest_size), digest)
    except ValueError:
        # The modulus has no room for digest and salt.
        pass
    return _UNFIT


def _decrypt(key: PrivateKey, scheme: KeyTransport, message: bytes) -> bytes | None:
    if not isinstance(key, rsa.RSAPrivateKey):
        return _UNFIT
    try:
        return key.decrypt(message, _TRANSPORT[scheme])
    except ValueError:
        # Wrong padding, or an octet string of another length than the modulus has.
        return None


def key_reference(id: str, key: PrivateKey | PublicKeyTypes) -> KeyReference:
    """How requests name a key: its id, and its public half in PEM.

    Args:
        id: Of the caller's choosing.
        key: The private key or its public half.
    """
    return KeyReference(id=id, public_key=public_key_pem(key))


def public_key_pem(key: PrivateKey | PublicKeyTypes) -> str:
    """The public half of a key in PEM."""
    public: Any = getattr(key, "public_key", lambda: key)()
    pem: bytes = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def certificate(pem: str) -> x509.Certificate:
    """A certificate of a response as pyca/cryptography has it. The other way round, requests take one where they take PEM."""
    return x509.load_pem_x509_certificate(pem.encode())
