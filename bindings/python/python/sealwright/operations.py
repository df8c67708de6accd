# Made by `cargo xtask generate` from the sources in core/; changes belong there.
"""A function for each operation, by its name on the wire."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from sealwright import types
from sealwright._call import run
from sealwright._inputs import Bytes, File, Pem, PublicKeyPem
from sealwright._keys import KeyRing, Signer

__all__ = [
    "generate_key",
    "read_private_key",
    "encrypt_private_key",
    "write_pkcs12",
    "read_pkcs12",
    "read_jks",
    "create_csr",
    "create_authority",
    "plan_renewal",
    "renew_authority",
    "activate_generation",
    "abandon_generation",
    "sign_csr",
    "issue_from_public_key",
    "profiles",
    "sign_crl",
    "open_ocsp_request",
    "sign_ocsp_response",
    "write_ocsp_error",
    "scep_write_ca_certificates",
    "scep_read_ca_certificates",
    "scep_write_next_ca_certificates",
    "scep_read_next_ca_certificates",
    "scep_open_request",
    "scep_seal_reply",
    "scep_seal_request",
    "scep_open_reply",
    "write_backup",
    "read_backup",
    "verify_path",
    "sign_message",
    "read_message",
    "verify_message",
    "mint_jwt",
    "verify_jwt",
    "jwks",
    "sign_url",
    "verify_url",
    "inspect",
    "lint",
    "lint_rules",
]


def generate_key(
    *,
    algorithm: types.KeyAlgorithm,
    seed: Bytes | None = None,
) -> types.GenerateKeyResponse:
    """Makes a key pair.

    Args:
        algorithm: Algorithm and size.
        seed: The randomness, 32 bytes; whoever has it has the key. From `os.urandom`, if it is left out.
    """
    response: types.GenerateKeyResponse = run("generate_key", {"algorithm": algorithm, "seed": seed})
    return response


def read_private_key(
    *,
    input: File,
    password: str | None = None,
) -> types.ReadPrivateKeyResponse:
    """Reads a private key in any of its forms.

    Args:
        input: PEM, of which the first private key is read, or DER as bytes: PKCS#8 plain or encrypted (PBES2 with
            PBKDF2 or scrypt, PBES1, the schemes of PKCS#12), PKCS#1, SEC1, and PEM with `Proc-Type` and
            `DEK-Info`. What was encrypted with Camellia, ARIA, SEED, IDEA, Blowfish, CAST, RC4 or RC5, or by way
            of a truncated SHA-512, is refused, as are RSA keys for RSASSA-PSS alone (RFC 4055), other curves than
            P-256 and P-384, DSA, and OpenSSH's own format.
        password: The password, where it is encrypted.
    """
    response: types.ReadPrivateKeyResponse = run("read_private_key", {"input": input, "password": password})
    return response


def encrypt_private_key(
    *,
    password: str,
    private_key: File,
    iterations: int | None = None,
    kdf: types.Derivation | None = None,
    seed: Bytes | None = None,
) -> types.EncryptPrivateKeyResponse:
    """Encrypts a private key under a password.

    Args:
        password: The password, 1 to 1024 bytes.
        private_key: PEM or DER as bytes, not encrypted.
        iterations: The iterations of PBKDF2, 1 to 1,000,000; 600,000 by default.
        kdf: `pbkdf2_sha256` (default) or `scrypt`.
        seed: The randomness for salt and initialization vector. From `os.urandom`, if it is left out.
    """
    response: types.EncryptPrivateKeyResponse = run("encrypt_private_key", {"password": password, "private_key": private_key, "iterations": iterations, "kdf": kdf, "seed": seed})
    return response


def write_pkcs12(
    *,
    password: str,
    certificates: Sequence[types.NamedCertificate] = (),
    entries: Sequence[types.KeystoreKey] = (),
    iterations: int | None = None,
    state: Bytes | None = None,
    seed: Bytes | None = None,
) -> types.WritePkcs12Response:
    """Writes keys and certificates into a PKCS#12 file.

    Args:
        password: The password, 1 to 1024 bytes.
        certificates: Certificates beside them, 256 at most; Java takes them for trusted.
        entries: The keys with their certificates, 66 at most.
        iterations: The iterations of each derivation, 1 to 1,000,000; by default 200,000, fewer from 33 entries
            on, never fewer than 100,000. An iteration takes two hashes for each key and for the certificates and
            one for the MAC; all together may be 13,500,000, or it could not be read.
        state: Up to 1 MiB of the writer's own, which `read_pkcs12` gives back and others pass over; an attribute
            of the first certificate, encrypted with it.
        seed: The randomness for salts and initialization vectors. From `os.urandom`, if it is left out.
    """
    response: types.WritePkcs12Response = run("write_pkcs12", {"password": password, "certificates": certificates, "entries": entries, "iterations": iterations, "state": state, "seed": seed})
    return response


def read_pkcs12(
    *,
    pkcs12: Bytes,
    password: str | None = None,
) -> types.ReadPkcs12Response:
    """Reads a PKCS#12 file.

    Args:
        pkcs12: The file, BER or DER, 4 MiB at most.
        password: The password; left out or empty, files with an empty or no password are opened.
    """
    response: types.ReadPkcs12Response = run("read_pkcs12", {"pkcs12": pkcs12, "password": password})
    return response


def read_jks(
    *,
    jks: Bytes,
    password: str,
    key_password: str | None = None,
) -> types.ReadJksResponse:
    """Reads one of Java's own keystores.

    Args:
        jks: The file, 4 MiB at most.
        password: The password of the keystore.
        key_password: That of its keys, where it is another.
    """
    response: types.ReadJksResponse = run("read_jks", {"jks": jks, "password": password, "key_password": key_password})
    return response


def create_csr(
    *,
    key: types.KeyReference,
    subject: str,
    challenge_password: str | None = None,
    subject_alternative_names: Sequence[str] = (),
    keys: KeyRing | Signer | None = None,
) -> types.CreateCsrResponse:
    """Makes a certification request (PKCS#10).

    Args:
        key: The key that is to be certified; it signs the request.
        subject: The subject as RFC 4514 writes it; may be empty.
        challenge_password: The challenge password (RFC 2985 5.4.1) that a SCEP server wants.
        subject_alternative_names: Names such as `dns:host.example`.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.CreateCsrResponse = run("create_csr", {"key": key, "subject": subject, "challenge_password": challenge_password, "subject_alternative_names": subject_alternative_names}, keys)
    return response


def create_authority(
    *,
    key: types.KeyReference,
    subject: str,
    crl_urls: Sequence[str] = (),
    issuer: types.Authority | None = None,
    issuer_urls: Sequence[str] = (),
    ocsp_urls: Sequence[str] = (),
    path_length: int | None = None,
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.CreateAuthorityResponse:
    """Makes a root or subordinate certificate authority.

    Args:
        key: Its key.
        subject: Its name as RFC 4514 writes it.
        crl_urls: Where its CRL will be; goes into what it issues.
        issuer: Who signs its certificate; without one it is a root and signs its own.
        issuer_urls: Where its certificate will be.
        ocsp_urls: Where its OCSP responder will be.
        path_length: How many authorities may follow below it (RFC 5280 4.2.1.9); no limit for a root if left out,
            none below a subordinate.
        validity_seconds: Its life: 20 years for a root, 10 for a subordinate, and never longer than its issuer's.
        now: The time. The clock's, if it is left out.
        seed: The randomness for the serial number. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.CreateAuthorityResponse = run("create_authority", {"key": key, "subject": subject, "crl_urls": crl_urls, "issuer": issuer, "issuer_urls": issuer_urls, "ocsp_urls": ocsp_urls, "path_length": path_length, "validity_seconds": validity_seconds, "now": now, "seed": seed}, keys)
    return response


def plan_renewal(
    *,
    authority: types.Authority,
    mode: types.Mode,
    certificates: Sequence[types.Group] = (),
    crl_urls: Sequence[str] | None = None,
    issuer: types.Authority | None = None,
    issuer_urls: Sequence[str] | None = None,
    ocsp_urls: Sequence[str] | None = None,
    settings: types.Settings | None = None,
    share_crl_urls: bool = False,
    spread_seconds: timedelta | None = None,
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
) -> types.PlanRenewalResponse:
    """Says what a renewal of an authority will do.

    Args:
        authority: The authority.
        mode: As in `renew_authority`; or `"new_key"`, as long as the key is not known.
        certificates: What the authority has issued, from its inventory: one by one, or counted.
        crl_urls: As in `renew_authority`.
        issuer: Its issuer, for a subordinate.
        issuer_urls: As in `renew_authority`.
        ocsp_urls: As in `renew_authority`.
        settings: What the engine cannot see.
        share_crl_urls: As in `renew_authority`.
        spread_seconds: Over how long the devices are to be spread that get new certificates: two weeks.
        validity_seconds: As in `renew_authority`.
        now: The time. The clock's, if it is left out.
    """
    response: types.PlanRenewalResponse = run("plan_renewal", {"authority": authority, "mode": mode, "certificates": certificates, "crl_urls": crl_urls, "issuer": issuer, "issuer_urls": issuer_urls, "ocsp_urls": ocsp_urls, "settings": settings, "share_crl_urls": share_crl_urls, "spread_seconds": spread_seconds, "validity_seconds": validity_seconds, "now": now})
    return response


def renew_authority(
    *,
    authority: types.Authority,
    mode: types.Mode,
    crl_urls: Sequence[str] | None = None,
    helpers: Sequence[types.HelperToRenew] = (),
    issuer: types.Authority | None = None,
    issuer_urls: Sequence[str] | None = None,
    ocsp_urls: Sequence[str] | None = None,
    share_crl_urls: bool = False,
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.RenewAuthorityResponse:
    """Makes the next generation of an authority.

    Args:
        authority: The authority.
        mode: `"same_key"`, or `{"new_key": {...}}`.
        crl_urls: Where the CRL of the next generation is, in place of the current one's: a new key needs a place
            of its own, for the CRL of the old key goes on.
        helpers: The certificates of those who help the authority, such as its registration authority: issued again
            by the next generation, for the same key and subject. They have not ended, and have the purposes of the
            profile already.
        issuer: Its issuer, for a subordinate: its current generation signs.
        issuer_urls: Where its certificate is, in place of the current one's.
        ocsp_urls: Where its OCSP responder is, in place of the current one's.
        share_crl_urls: Whether a new key may share a place with the CRL of another key, which is refused
            otherwise: RFC 5280 knows a list by its issuer's name. Each list there then needs the revoked
            certificates of all generations (as lists of all generations should have anyway), and a higher number
            than every other of them.
        validity_seconds: The life of the next generation: ten years, and never longer than its issuer's.
        now: The time. The clock's, if it is left out.
        seed: The randomness for the serial numbers. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.RenewAuthorityResponse = run("renew_authority", {"authority": authority, "mode": mode, "crl_urls": crl_urls, "helpers": helpers, "issuer": issuer, "issuer_urls": issuer_urls, "ocsp_urls": ocsp_urls, "share_crl_urls": share_crl_urls, "validity_seconds": validity_seconds, "now": now, "seed": seed}, keys)
    return response


def activate_generation(
    *,
    authority: types.Authority,
    generation: int | None = None,
    now: datetime | None = None,
) -> types.ActivateGenerationResponse:
    """Takes the next generation of an authority into use.

    Args:
        authority: The authority.
        generation: Which generation is to be the current one: if it is already, nothing changes. The next one
            unless it is said.
        now: The time: the next generation must be valid. The clock's, if it is left out.
    """
    response: types.ActivateGenerationResponse = run("activate_generation", {"authority": authority, "generation": generation, "now": now})
    return response


def abandon_generation(
    *,
    authority: types.Authority,
    generation: int | None = None,
) -> types.AbandonGenerationResponse:
    """Gives up the next generation of an authority.

    Args:
        authority: The authority.
        generation: Which generation is given up: if it is already, nothing changes. The next one unless it is
            said.
    """
    response: types.AbandonGenerationResponse = run("abandon_generation", {"authority": authority, "generation": generation})
    return response


def sign_csr(
    *,
    authority: types.Authority,
    csr: Pem,
    profile: types.ProfileChoice,
    generation: int | None = None,
    subject: str | None = None,
    subject_alternative_names: Sequence[str] | None = None,
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.SignCsrResponse:
    """Makes a certificate from a certification request.

    Args:
        authority: Who signs.
        csr: The request, PEM.
        profile: A built-in profile by name (`device-identity`, `scep-ra`, `tls-server`, `subordinate-ca`,
            `ocsp-signer`) or a profile of one's own.
        generation: Which of its generations: the current one unless it is said, or the next, for a request that
            came to it.
        subject: The subject (RFC 4514) in place of the request's.
        subject_alternative_names: The alternative names in place of the request's.
        validity_seconds: The lifetime in place of the profile's; it is cut where the authority's ends.
        now: The time. The clock's, if it is left out.
        seed: The randomness for the serial number. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.SignCsrResponse = run("sign_csr", {"authority": authority, "csr": csr, "profile": profile, "generation": generation, "subject": subject, "subject_alternative_names": subject_alternative_names, "validity_seconds": validity_seconds, "now": now, "seed": seed}, keys)
    return response


def issue_from_public_key(
    *,
    authority: types.Authority,
    profile: types.ProfileChoice,
    subject: str,
    generation: int | None = None,
    jwk: Mapping[str, Any] | None = None,
    public_key: File | None = None,
    subject_alternative_names: Sequence[str] = (),
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.IssueFromPublicKeyResponse:
    """Makes a certificate from a public key alone.

    Args:
        authority: Who signs.
        profile: A built-in profile by name, or a profile of one's own; none of an authority, which has to prove
            that it has its key.
        subject: The subject (RFC 4514); the empty text for none, where the profile allows that.
        generation: Which of its generations: the current one unless it is said, or the next.
        jwk: the key as a JWK (RFC 7517).
        public_key: The key: PEM `PUBLIC KEY` or `RSA PUBLIC KEY`, DER of these as bytes, or a line of OpenSSH
            (`ssh-rsa AAAA…`, `ecdsa-sha2-nistp256`, `ssh-ed25519`). Or
        subject_alternative_names: The alternative names as `form:value`.
        validity_seconds: The lifetime in place of the profile's; it is cut where the authority's ends.
        now: The time. The clock's, if it is left out.
        seed: The randomness for the serial number. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.IssueFromPublicKeyResponse = run("issue_from_public_key", {"authority": authority, "profile": profile, "subject": subject, "generation": generation, "jwk": jwk, "public_key": public_key, "subject_alternative_names": subject_alternative_names, "validity_seconds": validity_seconds, "now": now, "seed": seed}, keys)
    return response


def profiles() -> types.ProfilesResponse:
    """Tells the built-in profiles."""
    response: types.ProfilesResponse = run("profiles", {})
    return response


def sign_crl(
    *,
    authority: types.Authority,
    entries: Sequence[types.RevokedEntry],
    number: str,
    base_number: str | None = None,
    freshest_crl_urls: Sequence[str] = (),
    generation: int | None = None,
    issuing_distribution_point: types.IssuingDistributionPoint | None = None,
    next_update: datetime | None = None,
    this_update: datetime | None = None,
    validity_seconds: timedelta | None = None,
    now: datetime | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.SignCrlResponse:
    """Makes a revocation list (CRL).

    Args:
        authority: Who signs.
        entries: The revoked certificates, in any order: `[serial, revoked_at, reason, invalidity_date]`, the last
            two if there are any. The serial number is in hexadecimal, reasons are named as in RFC 5280 5.3.1.
        number: The list's number, higher than that of every list before (RFC 5280 5.2.3): text, in decimal or,
            behind `0x`, in hexadecimal; at most 20 octets.
        base_number: The number of the complete list that this one adds to: then it is a delta (RFC 5280 5.2.4).
        freshest_crl_urls: Where the deltas to this list are (RFC 5280 5.2.6); for a partition, `{partition/16}`
            stands for its number.
        generation: Which of its generations signs: the current one unless it is said. The list of an old key goes
            on as long as there are certificates by it.
        issuing_distribution_point: What the list covers, where that is not everything (RFC 5280 5.2.5).
        next_update: When the next one is made at the latest; never after the end of the authority's certificates.
        this_update: When the list is made, at most five minutes after `now`; `now` if left out.
        validity_seconds: The same from `this_update` on; a week if neither is there.
        now: The time. The clock's, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.SignCrlResponse = run("sign_crl", {"authority": authority, "entries": entries, "number": number, "base_number": base_number, "freshest_crl_urls": freshest_crl_urls, "generation": generation, "issuing_distribution_point": issuing_distribution_point, "next_update": next_update, "this_update": this_update, "validity_seconds": validity_seconds, "now": now}, keys)
    return response


def open_ocsp_request(
    *,
    authorities: Sequence[types.Authority],
    request: Bytes,
    now: datetime | None = None,
) -> types.OpenOcspRequestResponse:
    """Opens an OCSP request.

    Args:
        authorities: The authorities whose certificates are known here.
        request: DER: the body of a POST, or what stood in base64 in the path of a GET (RFC 6960 appendix A.1).
        now: The time: one whose certificate has ended by then answers only if no other has its key.
    """
    response: types.OpenOcspRequestResponse = run("open_ocsp_request", {"authorities": authorities, "request": request, "now": now})
    return response


def sign_ocsp_response(
    *,
    authority: types.Authority,
    responses: Sequence[types.CertificateStatus],
    generation: int | None = None,
    next_update: datetime | None = None,
    nonce: Bytes | None = None,
    produced_at: datetime | None = None,
    responder: types.Responder | None = None,
    this_update: datetime | None = None,
    now: datetime | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.SignOcspResponseResponse:
    """Signs an OCSP response.

    Args:
        authority: Whose certificates it is about.
        responses: What is known of each certificate.
        generation: Which of its generations issued them: the current one unless it is said.
        next_update: Until when it may be believed, never after the end of the signer's certificate; if left out,
            newer information is there at all times. RFC 5019 wants it.
        nonce: The request's nonce; without one the response serves everybody.
        produced_at: When it is signed, at most five minutes from `now`; `now` if left out.
        responder: Who signs in the authority's place; the authority itself if left out.
        this_update: When this was known to be right, at most five minutes after `now`; `now` if left out.
        now: The time. The clock's, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.SignOcspResponseResponse = run("sign_ocsp_response", {"authority": authority, "responses": responses, "generation": generation, "next_update": next_update, "nonce": nonce, "produced_at": produced_at, "responder": responder, "this_update": this_update, "now": now}, keys)
    return response


def write_ocsp_error(
    *,
    status: types.ErrorStatus,
) -> types.WriteOcspErrorResponse:
    """Writes an OCSP response that says why there is none.

    Args:
        status: `malformed_request`, `internal_error`, `try_later`, `sig_required` or `unauthorized`.
    """
    response: types.WriteOcspErrorResponse = run("write_ocsp_error", {"status": status})
    return response


def scep_write_ca_certificates(
    *,
    certificates: Sequence[Pem],
) -> types.ScepWriteCaCertificatesResponse:
    """Writes the body of a GetCACert response.

    Args:
        certificates: PEM, one certificate each. Clients choose by position: RA first, then the CA, then its
            issuers.
    """
    response: types.ScepWriteCaCertificatesResponse = run("scep_write_ca_certificates", {"certificates": certificates})
    return response


def scep_read_ca_certificates(
    *,
    body: Bytes,
    strength: types.Strength | None = None,
    trusted_sha256: str | None = None,
) -> types.ScepReadCaCertificatesResponse:
    """Reads the body of a GetCACert response.

    Args:
        body: One certificate in DER, or a certificates-only message.
        strength: Whether less than today's signatures and keys will do for the certificates.
        trusted_sha256: SHA-256 in hexadecimal of the certificate to trust, known in another way. What does not
            lead to it is left out: a bundle of the right root and a stranger's registration authority gives nobody
            a challenge password.
    """
    response: types.ScepReadCaCertificatesResponse = run("scep_read_ca_certificates", {"body": body, "strength": strength, "trusted_sha256": trusted_sha256})
    return response


def scep_write_next_ca_certificates(
    *,
    authority: types.Authority,
    crossing: Sequence[Pem] = (),
    helpers: Sequence[Pem] = (),
    now: datetime | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.ScepWriteNextCaCertificatesResponse:
    """Writes the body of a GetNextCACert response.

    Args:
        authority: The authority, with a next generation.
        crossing: Certificates (PEM) that lead to the next generation's chain from anchors of before, such as a
            root's new key signed by its old one. They come before the root: who takes the first issuer that fits
            finds the way from either.
        helpers: The certificates (PEM) of those who will stand for the next generation, such as its registration
            authority. Clients choose by position: these come first.
        now: The time: a certificate that crosses and has ended by then is left out. None is, if it is not said.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.ScepWriteNextCaCertificatesResponse = run("scep_write_next_ca_certificates", {"authority": authority, "crossing": crossing, "helpers": helpers, "now": now}, keys)
    return response


def scep_read_next_ca_certificates(
    *,
    authority: Pem,
    body: Bytes,
    now: datetime | None = None,
    strength: types.Strength | None = None,
) -> types.ScepReadNextCaCertificatesResponse:
    """Reads the body of a GetNextCACert response.

    Args:
        authority: The current certificate of the authority (PEM), trusted before.
        body: SignedData.
        now: The time: the authority must be valid then. Devices without a clock leave it out.
        strength: Whether less than today's signatures and keys will do for the certificates.
    """
    response: types.ScepReadNextCaCertificatesResponse = run("scep_read_next_ca_certificates", {"authority": authority, "body": body, "now": now, "strength": strength})
    return response


def scep_open_request(
    *,
    message: Bytes,
    recipients: Sequence[types.CertifiedKey],
    allow_legacy: bool = False,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.ScepOpenRequestResponse:
    """Opens a SCEP request.

    Args:
        message: The body of a POST, or the decoded `message` of a GET: DER or BER.
        recipients: The keys that decrypt, with the certificates that clients encrypt for.
        allow_legacy: Whether MD5 and single DES are accepted.
        now: The time. Nothing here depends on it yet: RFC 8894 lets a client's clock be wrong. The clock's, if it
            is left out.
        seed: The randomness for the content key that takes the place of one that did not decrypt, 32 bytes. From
            `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.ScepOpenRequestResponse = run("scep_open_request", {"message": message, "recipients": recipients, "allow_legacy": allow_legacy, "now": now, "seed": seed}, keys)
    return response


def scep_seal_reply(
    *,
    reply_to: types.ReplyTo,
    result: types.Outcome,
    signer: types.CertifiedKey,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.ScepSealReplyResponse:
    """Seals the reply to a SCEP request.

    Args:
        reply_to: From `scep_open_request`, unchanged.
        result: The outcome.
        signer: Who signs: the certificate that clients know as the RA or the CA.
        now: The time of signing. The clock's, if it is left out.
        seed: The randomness for the nonce and the envelope, 32 bytes. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.ScepSealReplyResponse = run("scep_seal_reply", {"reply_to": reply_to, "result": result, "signer": signer, "now": now, "seed": seed}, keys)
    return response


def scep_seal_request(
    *,
    key: types.KeyReference,
    message_type: types.MessageType,
    recipient: Pem,
    content_cipher: types.ContentCipher | None = None,
    csr: Pem | None = None,
    issuer: Pem | None = None,
    key_transport: types.KeyTransport | None = None,
    serial: str | None = None,
    signer_certificate: Pem | None = None,
    transaction_id: str | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.ScepSealRequestResponse:
    """Seals a SCEP request.

    Args:
        key: The key that signs the message, and that will decrypt the reply.
        message_type: What to ask for.
        recipient: The server's certificate for encryption (PEM).
        content_cipher: By default AES-128, which every server of RFC 8894 knows.
        csr: The certification request (PEM); a poll takes its subject. `get_cert` and `get_crl` need none, if
            there is a signer's certificate.
        issuer: In a poll, the certificate of the authority that is to issue (PEM); in `get_cert` and `get_crl`,
            that of the authority that issued.
        key_transport: By default RSA PKCS#1 v1.5.
        serial: In `get_cert` and `get_crl`, the serial number of the certificate in question, in hexadecimal.
        signer_certificate: Its certificate (PEM), in a renewal the one that is to be replaced. Left out, one is
            made: self-signed, of the request's subject and key.
        transaction_id: By default SHA-256 of the request's SubjectPublicKeyInfo in hexadecimal, or of the signer's
            without a request.
        now: The time, for a certificate that is made here. The clock's, if it is left out.
        seed: The randomness, 32 bytes. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.ScepSealRequestResponse = run("scep_seal_request", {"key": key, "message_type": message_type, "recipient": recipient, "content_cipher": content_cipher, "csr": csr, "issuer": issuer, "key_transport": key_transport, "serial": serial, "signer_certificate": signer_certificate, "transaction_id": transaction_id, "now": now, "seed": seed}, keys)
    return response


def scep_open_reply(
    *,
    authorities: Sequence[Pem],
    key: types.KeyReference,
    message: Bytes,
    pending: types.Pending,
    allow_legacy: bool = False,
    csr: Pem | None = None,
    now: datetime | None = None,
    strength: types.Strength | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.ScepOpenReplyResponse:
    """Opens the reply to a SCEP request.

    Args:
        authorities: The certificates (PEM) that may sign replies and issue certificates: those of GetCACert, once
            their fingerprint is known to be right.
        key: The key that signed the request.
        message: The HTTP response's body, 8 MiB at most.
        pending: From `scep_seal_request`, unchanged.
        allow_legacy: Whether MD5 and single DES are accepted.
        csr: The certification request (PEM), where it is for another key than the one that signed.
        now: The time: signer and issuer must be valid then. Devices without a clock leave it out.
        strength: Whether less than today's signatures and keys will do for the certificates of signer and issuer.
        seed: The randomness for the content key that takes the place of one that did not decrypt, 32 bytes. From
            `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.ScepOpenReplyResponse = run("scep_open_reply", {"authorities": authorities, "key": key, "message": message, "pending": pending, "allow_legacy": allow_legacy, "csr": csr, "now": now, "strength": strength, "seed": seed}, keys)
    return response


def write_backup(
    *,
    authorities: Sequence[types.AuthorityBackup],
    keys: Sequence[types.BackupKey],
    password: str,
    iterations: int | None = None,
    settings: str | None = None,
    seed: Bytes | None = None,
) -> types.WriteBackupResponse:
    """Keeps authorities with their keys in a file under a password.

    Args:
        authorities: The authorities.
        keys: Every key that they and their helpers have, 66 at most: as many as one authority with all its
            generations and helpers.
        password: The password, 8 to 1024 bytes.
        iterations: As in `write_pkcs12`.
        settings: Whatever else the caller keeps with them, as text.
        seed: The randomness for salts and initialization vectors. From `os.urandom`, if it is left out.
    """
    response: types.WriteBackupResponse = run("write_backup", {"authorities": authorities, "keys": keys, "password": password, "iterations": iterations, "settings": settings, "seed": seed})
    return response


def read_backup(
    *,
    backup: Bytes,
    password: str,
    strength: types.Strength | None = None,
) -> types.ReadBackupResponse:
    """Reads that file.

    Args:
        backup: PKCS#12 in DER, 4 MiB at most.
        password: The password that it was written with.
        strength: What will do in the chains of the authorities beside what they say themselves, such as SHA-1 of
            long ago; they say it from then on.
    """
    response: types.ReadBackupResponse = run("read_backup", {"backup": backup, "password": password, "strength": strength})
    return response


def verify_path(
    *,
    anchors: Sequence[types.AnchorRequest],
    certificate: Pem,
    crls: Sequence[Pem] = (),
    identities: Sequence[str] = (),
    intermediates: Sequence[Pem] = (),
    ocsp_responses: Sequence[Bytes] = (),
    policy: types.Policy | None = None,
    purpose: types.Purpose | None = None,
    now: datetime | None = None,
) -> types.VerifyPathResponse:
    """Says whether a certificate leads to a trust anchor, and for what it is good.

    Args:
        anchors: Where the path may end.
        certificate: The certificate in question, PEM.
        crls: Revocation lists, PEM: full ones and deltas, of anybody.
        identities: Names of which it must have one: `dns:`, `ip:`, `email:`, `uri:`, `upn:`, `directory:` and the
            value. Whatever its names if there are none.
        intermediates: Certificates that the path may go through, PEM, in any order, more than are needed too.
        ocsp_responses: OCSP responses, DER.
        policy: How strict to be.
        purpose: What the certificate is to be used for.
        now: The time. The clock's, if it is left out.
    """
    response: types.VerifyPathResponse = run("verify_path", {"anchors": anchors, "certificate": certificate, "crls": crls, "identities": identities, "intermediates": intermediates, "ocsp_responses": ocsp_responses, "policy": policy, "purpose": purpose, "now": now})
    return response


def sign_message(
    *,
    key: types.KeyReference,
    message: types.Signing,
    body: Bytes | None = None,
    certificate: Pem | None = None,
    chain: Sequence[Pem] = (),
    digests: types.Digests | None = None,
    key_id: str | None = None,
    now: datetime | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.SignMessageResponse:
    """Signs a message that a device sends.

    Args:
        key: The key that signs.
        message: The form of the signature, and what it covers.
        body: The body; empty where there is none. Or
        certificate: Its certificate, PEM; detached CMS wants it.
        chain: Certificates that go along in detached CMS, PEM.
        digests: its digests; not for a bare signature and detached CMS without attributes, which are over the body
            itself.
        key_id: What the message calls the key; otherwise SHA-256 of the certificate in hexadecimal, or without one
            the thumbprint of the key (RFC 7638).
        now: The time; the message is signed at it. The clock's, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.SignMessageResponse = run("sign_message", {"key": key, "message": message, "body": body, "certificate": certificate, "chain": chain, "digests": digests, "key_id": key_id, "now": now}, keys)
    return response


def read_message(
    *,
    message: types.Message,
) -> types.ReadMessageResponse:
    """Says what a message says of itself, and proves nothing of it.

    Args:
        message: The message, as for `verify_message`; without its body.
    """
    response: types.ReadMessageResponse = run("read_message", {"message": message})
    return response


def verify_message(
    *,
    message: types.Message,
    body: Bytes | None = None,
    digests: types.Digests | None = None,
    freshness: types.Freshness | None = None,
    signers: Sequence[types.SignerRequest] = (),
    trust: types.TrustRequest | None = None,
    now: datetime | None = None,
) -> types.VerifyMessageResponse:
    """Says who signed a message, and whether it counts.

    Args:
        message: The signature, and what it may be over beside the body.
        body: The body; empty where there is none. Or
        digests: its digests, of one too large to be sent here.
        freshness: How old the message may be.
        signers: Who may have signed: certificates, which have to lead to an anchor, and keys, which the caller
            vouches for; 32 at most. Detached CMS may bring the certificate along.
        trust: What certificates are judged with. Without anchors, no certificate is believed.
        now: The time. The clock's, if it is left out.
    """
    response: types.VerifyMessageResponse = run("verify_message", {"message": message, "body": body, "digests": digests, "freshness": freshness, "signers": signers, "trust": trust, "now": now})
    return response


def mint_jwt(
    *,
    key: types.KeyReference,
    token: types.Shape,
    algorithm: types.JwsAlgorithm | None = None,
    key_expires: datetime | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.MintJwtResponse:
    """Makes a token (JWT).

    Args:
        key: The key that signs.
        token: The shape, and what it says.
        algorithm: The algorithm; otherwise RS256 for RSA, and the one of the curve for others.
        key_expires: The time from which on the key is not used any more: the token ends then at the latest.
        now: The time; the token is issued at this time. The clock's, if it is left out.
        seed: The randomness, 32 bytes; for a random `jti` alone. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.MintJwtResponse = run("mint_jwt", {"key": key, "token": token, "algorithm": algorithm, "key_expires": key_expires, "now": now, "seed": seed}, keys)
    return response


def verify_jwt(
    *,
    token: str,
    allow_unbound: bool = False,
    device: str | None = None,
    jwks: types.JwkSet | None = None,
    keys: Sequence[types.VerificationKey] = (),
    path: str | None = None,
    policy: types.TokenPolicy | None = None,
    now: datetime | None = None,
) -> types.VerifyJwtResponse:
    """Says whether a token is good, and what it says.

    Args:
        token: The token. Its claims `path`, `path_prefix` and `device` mean what they mean in a bound token.
        allow_unbound: Accepts, where there is a `path`, a token that is bound to none.
        device: The device that presents it. A token that is bound to a device is good for no other.
        jwks: More of them, as a JWK set.
        keys: The keys that it may be signed with, 32 with those of `jwks`. Whatever keys a header carries are not
            looked at.
        path: The path that it is presented for. A token that is bound to a path is good for no other occasion.
        policy: What it has to say.
        now: The time. The clock's, if it is left out.
    """
    response: types.VerifyJwtResponse = run("verify_jwt", {"token": token, "allow_unbound": allow_unbound, "device": device, "jwks": jwks, "keys": keys, "path": path, "policy": policy, "now": now})
    return response


def jwks(
    *,
    keys: Sequence[types.PublishedKey],
    now: datetime | None = None,
) -> types.JwksResponse:
    """Writes public keys as a JWK set.

    Args:
        keys: The keys, in the order in which they are to be published.
        now: The time; then keys that are not used any more are left out.
    """
    response: types.JwksResponse = run("jwks", {"keys": keys, "now": now})
    return response


def sign_url(
    *,
    key: types.KeyReference,
    token: types.Shape,
    url: str,
    algorithm: types.JwsAlgorithm | None = None,
    key_expires: datetime | None = None,
    parameter: str | None = None,
    now: datetime | None = None,
    seed: Bytes | None = None,
    keys: KeyRing | Signer | None = None,
) -> types.SignUrlResponse:
    """Puts a token into a URL.

    Args:
        key: The key that signs.
        token: The shape, and what it says. A bound token without a `path` is bound to that of the URL; with one,
            it has to open the URL. A token of the compatible shape is bound to nothing.
        url: The URL: with `http` or `https`, or from its path on; it may have a query and a fragment.
        algorithm: The algorithm; otherwise RS256 for RSA, and the one of the curve for others.
        key_expires: The time from which on the key is not used any more: the token ends then at the latest.
        parameter: The name of the parameter; otherwise `token`.
        now: The time; the token is issued at this time. The clock's, if it is left out.
        seed: The randomness, 32 bytes; for a random `jti` alone. From `os.urandom`, if it is left out.
        keys: A ring of keys that are lent to the engine, or who answers for keys that are not.
    """
    response: types.SignUrlResponse = run("sign_url", {"key": key, "token": token, "url": url, "algorithm": algorithm, "key_expires": key_expires, "parameter": parameter, "now": now, "seed": seed}, keys)
    return response


def verify_url(
    *,
    url: str,
    allow_unbound: bool = False,
    device: str | None = None,
    jwks: types.JwkSet | None = None,
    keys: Sequence[types.VerificationKey] = (),
    parameter: str | None = None,
    policy: types.TokenPolicy | None = None,
    now: datetime | None = None,
) -> types.VerifyUrlResponse:
    """Takes the token out of a URL again and says whether it opens it.

    Args:
        url: The URL with its token: with `http` or `https`, or from its path on, as a request line has it. It has
            to be the one that the server serves, before any rewriting.
        allow_unbound: Accepts a token that is bound to no path, as the compatible shape is: it opens every URL.
        device: The device that asks.
        jwks: More of them, as a JWK set.
        keys: The keys that it may be signed with, 32 with those of `jwks`.
        parameter: The name of the parameter; otherwise `token`.
        policy: What the token has to say.
        now: The time. The clock's, if it is left out.
    """
    response: types.VerifyUrlResponse = run("verify_url", {"url": url, "allow_unbound": allow_unbound, "device": device, "jwks": jwks, "keys": keys, "parameter": parameter, "policy": policy, "now": now})
    return response


def inspect(
    *,
    input: File,
) -> types.InspectResponse:
    """Says what is in a text: certificates, requests, keys, revocation lists, messages.

    Args:
        input: PEM with anything around the blocks, or DER as bytes. It may be a private key.
    """
    response: types.InspectResponse = run("inspect", {"input": input})
    return response


def lint(
    *,
    appended_characters: int = 0,
    as_: types.LintPurpose | None = None,
    authority: types.Authority | None = None,
    helpers: Sequence[Pem] = (),
    inputs: Sequence[File] = (),
    now: datetime | None = None,
) -> types.LintResponse:
    """Says what is wrong with certificates, requests, revocation lists and authorities, or will be.

    Args:
        appended_characters: How many characters an MDM appends to the common name of a device.
        as_: What the certificates and requests of the inputs are meant for that are no authority's; if there is
            none, the first one. By default what their extensions say.
        authority: An authority, with its generations.
        helpers: The certificates (PEM) of the authority's registration authorities and OCSP responders.
        inputs: PEM with anything around the blocks, or DER as bytes: certificates, requests, revocation lists,
            keys. Certificates of all texts are looked at together.
        now: The time. The clock's, if it is left out.
    """
    response: types.LintResponse = run("lint", {"appended_characters": appended_characters, "as": as_, "authority": authority, "helpers": helpers, "inputs": inputs, "now": now})
    return response


def lint_rules() -> types.LintRulesResponse:
    """Tells the rules of `lint`."""
    response: types.LintRulesResponse = run("lint_rules", {})
    return response
