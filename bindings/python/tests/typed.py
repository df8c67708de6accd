"""What type checkers have to accept, and what they must not: each ignore has to be needed."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta, timezone
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec

import sealwright
from sealwright import ErrorCode, KeyReference, KeyRing, Question, SealwrightError, Signer, types
from sealwright.pyca import PrivateKeys, certificate, key_reference

YEAR = timedelta(days=365)


def sign(authority: types.Authority, csr: str | x509.CertificateSigningRequest, keys: KeyRing) -> x509.Certificate:
    signed = sealwright.sign_csr(authority=authority, csr=csr, profile="tls-server", validity_seconds=YEAR, keys=keys)
    not_after: datetime = signed.record.not_after
    assert not_after > datetime.now(timezone.utc)
    return certificate(signed.certificate)


def names(file: Path) -> list[str]:
    found = []
    for described in sealwright.inspect(input=file).objects:
        if described.kind == "certificate":
            found.append(described.subject)
            for extension in described.extensions:
                if isinstance(extension, types.ExtensionSubjectAltName):
                    found += extension.value
    return found


def hsm(question: Question) -> bytes | None:
    if question.use == "sign":
        scheme: types.SignatureScheme = question.scheme
        return bytes(str(scheme), "ascii") + question.input
    transport: types.KeyTransport = question.scheme
    return None if transport is types.KeyTransport.RSA_PKCS1 else b""


def buffers(octets: bytearray, view: memoryview, public: ec.EllipticCurvePublicKey) -> None:
    sealwright.scep_read_ca_certificates(body=octets)
    sealwright.inspect(input=view)
    sealwright.inspect(input=public)
    KeyRing().import_key("k", octets)
    KeyReference(id="k", public_key=public)


signer: Signer = hsm
key = ec.generate_private_key(ec.SECP256R1())
other: Signer = PrivateKeys({"k": key})
reference: KeyReference = dataclasses.replace(key_reference("k", key), id="other")
ring = KeyRing(elsewhere=signer)


def failures() -> ErrorCode:
    try:
        sealwright.create_csr(subject="CN=x", key=reference, keys=ring)
    except SealwrightError as error:
        place: str | None = error.at
        assert place
        return error.code
    return ErrorCode.ENGINE_DEFECT


sealwright.scep_read_ca_certificates(body="MIIB")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sealwright.create_csr(subject="CN=x")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
sealwright.create_csr(subject="CN=x", key=reference, no=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
sealwright.lint(inputs=[], now=1_800_000_000)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
sealwright.generate_key(algorithm="p255")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
KeyReference("k")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
KeyReference(id="k", public_key=b"DER")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
reference.id = "other"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
