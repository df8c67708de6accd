# Made by `cargo xtask generate` from the sources in core/; changes belong there.
"""What requests and responses are made of.

Times are aware, in UTC; a time past the year 9999 is that year's last moment. Classes are immutable:
`dataclasses.replace` makes another one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Literal, Optional, TypeAlias, Union

from sealwright._dataclass import FrozenDataclass, secret
from sealwright._errors import ErrorCode
from sealwright._inputs import Bytes, File, Pem, PublicKeyPem


class ContentCipher(str, Enum):
    """A cipher for the content of an envelope.

    Attributes:
        AES_128_CBC: AES-128 in CBC mode.
        AES_192_CBC: AES-192 in CBC mode.
        AES_256_CBC: AES-256 in CBC mode.
        DES_EDE3_CBC: Triple DES in CBC mode.
        DES_CBC: Single DES in CBC mode: read only, and only where legacy algorithms are allowed.
    """

    AES_128_CBC = "aes_128_cbc"
    """AES-128 in CBC mode."""

    AES_192_CBC = "aes_192_cbc"
    """AES-192 in CBC mode."""

    AES_256_CBC = "aes_256_cbc"
    """AES-256 in CBC mode."""

    DES_EDE3_CBC = "des_ede3_cbc"
    """Triple DES in CBC mode."""

    DES_CBC = "des_cbc"
    """Single DES in CBC mode: read only, and only where legacy algorithms are allowed."""

    def __str__(self) -> str:
        return str(self.value)


class ContentDigestAlgorithm(str, Enum):
    """The digests that count; others of the registry are broken, and those that nobody knows are passed over (RFC
    9530 sections 2 and 5).

    Attributes:
        SHA_256: SHA-256.
        SHA_512: SHA-512.
    """

    SHA_256 = "sha-256"
    """SHA-256."""

    SHA_512 = "sha-512"
    """SHA-512."""

    def __str__(self) -> str:
        return str(self.value)


class Contents(str, Enum):
    """The certificates that a list is about, where it is not about all.

    Attributes:
        USER_CERTIFICATES: Those of end entities.
        CA_CERTIFICATES: Those of authorities.
    """

    USER_CERTIFICATES = "user_certificates"
    """Those of end entities."""

    CA_CERTIFICATES = "ca_certificates"
    """Those of authorities."""

    def __str__(self) -> str:
        return str(self.value)


class Derivation(str, Enum):
    """How a key comes of a password.

    Attributes:
        PBKDF2_SHA256: PBKDF2 with HMAC-SHA256.
        SCRYPT: scrypt with 16 MiB of memory (N = 2^14, r = 8, p = 5).
    """

    PBKDF2_SHA256 = "pbkdf2_sha256"
    """PBKDF2 with HMAC-SHA256."""

    SCRYPT = "scrypt"
    """scrypt with 16 MiB of memory (N = 2^14, r = 8, p = 5)."""

    def __str__(self) -> str:
        return str(self.value)


class DigestAlgorithm(str, Enum):
    """A message digest. MD5 is here to be named when it is refused, or read under a legacy setting.

    Attributes:
        MD5: MD5 (RFC 1321), broken.
        SHA1: SHA-1 (FIPS 180-4), accepted only where old clients need it.
        SHA256: SHA-256.
        SHA384: SHA-384.
        SHA512: SHA-512.
    """

    MD5 = "md5"
    """MD5 (RFC 1321), broken."""

    SHA1 = "sha1"
    """SHA-1 (FIPS 180-4), accepted only where old clients need it."""

    SHA256 = "sha256"
    """SHA-256."""

    SHA384 = "sha384"
    """SHA-384."""

    SHA512 = "sha512"
    """SHA-512."""

    def __str__(self) -> str:
        return str(self.value)


class EcdsaForm(str, Enum):
    """How r and s of ECDSA are written. What is one can be the other as well, so it is said and not guessed.

    Attributes:
        DER: A SEQUENCE of two INTEGERs in DER (RFC 3279 2.2.3), as OpenSSL and Java write it.
        RAW: One after the other with all the octets of their field (IEEE P1363), as WebCrypto writes it.
    """

    DER = "der"
    """A SEQUENCE of two INTEGERs in DER (RFC 3279 2.2.3), as OpenSSL and Java write it."""

    RAW = "raw"
    """One after the other with all the octets of their field (IEEE P1363), as WebCrypto writes it."""

    def __str__(self) -> str:
        return str(self.value)


class ErrorStatus(str, Enum):
    """Why a responder does not answer (RFC 6960 4.2.1). Nobody signs these.

    Attributes:
        MALFORMED_REQUEST: The request is not one.
        INTERNAL_ERROR: The responder is out of order.
        TRY_LATER: It will be in order again soon.
        SIG_REQUIRED: It wants signed requests.
        UNAUTHORIZED: It does not answer this client, or nothing about these certificates (RFC 5019 2.2.3).
    """

    MALFORMED_REQUEST = "malformed_request"
    """The request is not one."""

    INTERNAL_ERROR = "internal_error"
    """The responder is out of order."""

    TRY_LATER = "try_later"
    """It will be in order again soon."""

    SIG_REQUIRED = "sig_required"
    """It wants signed requests."""

    UNAUTHORIZED = "unauthorized"
    """It does not answer this client, or nothing about these certificates (RFC 5019 2.2.3)."""

    def __str__(self) -> str:
        return str(self.value)


class FailInfo(str, Enum):
    """Why a request failed, in the five words that SCEP has.

    Attributes:
        BAD_ALG: An algorithm that is unknown or not supported.
        BAD_MESSAGE_CHECK: An integrity check failed: signature, decryption, or what came out of it.
        BAD_REQUEST: The transaction is not permitted or not supported.
        BAD_TIME: The signing time is not close enough to the server's.
        BAD_CERT_ID: No certificate fits what was asked for.
    """

    BAD_ALG = "bad_alg"
    """An algorithm that is unknown or not supported."""

    BAD_MESSAGE_CHECK = "bad_message_check"
    """An integrity check failed: signature, decryption, or what came out of it."""

    BAD_REQUEST = "bad_request"
    """The transaction is not permitted or not supported."""

    BAD_TIME = "bad_time"
    """The signing time is not close enough to the server's."""

    BAD_CERT_ID = "bad_cert_id"
    """No certificate fits what was asked for."""

    def __str__(self) -> str:
        return str(self.value)


class HttpAlgorithm(str, Enum):
    """An algorithm. HMAC, which is a secret that verifier and signer share, is not among them.

    Attributes:
        RSA_PSS_SHA512: RSASSA-PSS with SHA-512 and a salt of 64 octets.
        RSA_V1_5_SHA256: RSASSA-PKCS1-v1_5 with SHA-256.
        ECDSA_P256_SHA256: ECDSA on P-256 with SHA-256.
        ECDSA_P384_SHA384: ECDSA on P-384 with SHA-384.
        ED25519: Ed25519.
    """

    RSA_PSS_SHA512 = "rsa-pss-sha512"
    """RSASSA-PSS with SHA-512 and a salt of 64 octets."""

    RSA_V1_5_SHA256 = "rsa-v1_5-sha256"
    """RSASSA-PKCS1-v1_5 with SHA-256."""

    ECDSA_P256_SHA256 = "ecdsa-p256-sha256"
    """ECDSA on P-256 with SHA-256."""

    ECDSA_P384_SHA384 = "ecdsa-p384-sha384"
    """ECDSA on P-384 with SHA-384."""

    ED25519 = "ed25519"
    """Ed25519."""

    def __str__(self) -> str:
        return str(self.value)


class JwsAlgorithm(str, Enum):
    """A JWS algorithm. There is no `none` and no HMAC here: what cannot be named cannot be accepted.

    Attributes:
        RS256: RSASSA-PKCS1-v1_5 with SHA-256.
        RS384: RSASSA-PKCS1-v1_5 with SHA-384.
        RS512: RSASSA-PKCS1-v1_5 with SHA-512.
        PS256: RSASSA-PSS with SHA-256.
        PS384: RSASSA-PSS with SHA-384.
        PS512: RSASSA-PSS with SHA-512.
        ES256: ECDSA on P-256 with SHA-256.
        ES384: ECDSA on P-384 with SHA-384.
        ES512: ECDSA on P-521 with SHA-512.
        ED_DSA: Ed25519 by the name of RFC 8037.
        ED25519: Ed25519 by the name of RFC 9864.
    """

    RS256 = "RS256"
    """RSASSA-PKCS1-v1_5 with SHA-256."""

    RS384 = "RS384"
    """RSASSA-PKCS1-v1_5 with SHA-384."""

    RS512 = "RS512"
    """RSASSA-PKCS1-v1_5 with SHA-512."""

    PS256 = "PS256"
    """RSASSA-PSS with SHA-256."""

    PS384 = "PS384"
    """RSASSA-PSS with SHA-384."""

    PS512 = "PS512"
    """RSASSA-PSS with SHA-512."""

    ES256 = "ES256"
    """ECDSA on P-256 with SHA-256."""

    ES384 = "ES384"
    """ECDSA on P-384 with SHA-384."""

    ES512 = "ES512"
    """ECDSA on P-521 with SHA-512."""

    ED_DSA = "EdDSA"
    """Ed25519 by the name of RFC 8037."""

    ED25519 = "Ed25519"
    """Ed25519 by the name of RFC 9864."""

    def __str__(self) -> str:
        return str(self.value)


class KeyAlgorithm(str, Enum):
    """The kinds of key that are made here.

    Attributes:
        RSA_2048: RSA with a modulus of 2048 bits.
        RSA_3072: RSA with a modulus of 3072 bits.
        RSA_4096: RSA with a modulus of 4096 bits.
        P256: The curve P-256 (secp256r1).
        P384: The curve P-384 (secp384r1).
        P521: The curve P-521 (secp521r1).
        ED25519: Ed25519 (RFC 8410).
        ML_DSA_44: ML-DSA-44 (RFC 9881).
        ML_DSA_65: ML-DSA-65.
        ML_DSA_87: ML-DSA-87.
    """

    RSA_2048 = "rsa-2048"
    """RSA with a modulus of 2048 bits."""

    RSA_3072 = "rsa-3072"
    """RSA with a modulus of 3072 bits."""

    RSA_4096 = "rsa-4096"
    """RSA with a modulus of 4096 bits."""

    P256 = "p256"
    """The curve P-256 (secp256r1)."""

    P384 = "p384"
    """The curve P-384 (secp384r1)."""

    P521 = "p521"
    """The curve P-521 (secp521r1)."""

    ED25519 = "ed25519"
    """Ed25519 (RFC 8410)."""

    ML_DSA_44 = "ml-dsa-44"
    """ML-DSA-44 (RFC 9881)."""

    ML_DSA_65 = "ml-dsa-65"
    """ML-DSA-65."""

    ML_DSA_87 = "ml-dsa-87"
    """ML-DSA-87."""

    def __str__(self) -> str:
        return str(self.value)


class KeyFormat(str, Enum):
    """The form in which a private key was found.

    Attributes:
        PKCS8: PKCS#8 (RFC 5958).
        PKCS1: RSAPrivateKey (RFC 8017 A.1.2).
        SEC1: ECPrivateKey (RFC 5915).
    """

    PKCS8 = "pkcs8"
    """PKCS#8 (RFC 5958)."""

    PKCS1 = "pkcs1"
    """RSAPrivateKey (RFC 8017 A.1.2)."""

    SEC1 = "sec1"
    """ECPrivateKey (RFC 5915)."""

    def __str__(self) -> str:
        return str(self.value)


class KeyTransport(str, Enum):
    """How a content-encryption key is encrypted for its recipient (RFC 8017 section 7).

    Attributes:
        RSA_PKCS1: RSAES-PKCS1-v1_5.
        RSA_OAEP_SHA1: RSAES-OAEP with SHA-1, also in the mask, and no label.
        RSA_OAEP_SHA256: RSAES-OAEP with SHA-256, also in the mask, and no label.
    """

    RSA_PKCS1 = "rsa_pkcs1"
    """RSAES-PKCS1-v1_5."""

    RSA_OAEP_SHA1 = "rsa_oaep_sha1"
    """RSAES-OAEP with SHA-1, also in the mask, and no label."""

    RSA_OAEP_SHA256 = "rsa_oaep_sha256"
    """RSAES-OAEP with SHA-256, also in the mask, and no label."""

    def __str__(self) -> str:
        return str(self.value)


class KeyType(str, Enum):
    """The kinds of key a profile can allow.

    Attributes:
        RSA: RSA of at least `minimum_rsa_bits`.
        P256: P-256.
        P384: P-384.
        P521: P-521.
        ED25519: Ed25519.
        ML_DSA_44: ML-DSA-44 (RFC 9881).
        ML_DSA_65: ML-DSA-65.
        ML_DSA_87: ML-DSA-87.
    """

    RSA = "rsa"
    """RSA of at least `minimum_rsa_bits`."""

    P256 = "p256"
    """P-256."""

    P384 = "p384"
    """P-384."""

    P521 = "p521"
    """P-521."""

    ED25519 = "ed25519"
    """Ed25519."""

    ML_DSA_44 = "ml_dsa_44"
    """ML-DSA-44 (RFC 9881)."""

    ML_DSA_65 = "ml_dsa_65"
    """ML-DSA-65."""

    ML_DSA_87 = "ml_dsa_87"
    """ML-DSA-87."""

    def __str__(self) -> str:
        return str(self.value)


class KeyUsageName(str, Enum):
    """The key usages by their names in RFC 5280 4.2.1.3.

    Attributes:
        DIGITAL_SIGNATURE: Signatures other than on certificates and CRLs.
        NON_REPUDIATION: Content commitment, once named nonRepudiation.
        KEY_ENCIPHERMENT: Encrypting keys: RSA only.
        DATA_ENCIPHERMENT: Encrypting data directly.
        KEY_AGREEMENT: Key agreement: not RSA.
        KEY_CERT_SIGN: Signing certificates.
        CRL_SIGN: Signing CRLs.
    """

    DIGITAL_SIGNATURE = "digitalSignature"
    """Signatures other than on certificates and CRLs."""

    NON_REPUDIATION = "nonRepudiation"
    """Content commitment, once named nonRepudiation."""

    KEY_ENCIPHERMENT = "keyEncipherment"
    """Encrypting keys: RSA only."""

    DATA_ENCIPHERMENT = "dataEncipherment"
    """Encrypting data directly."""

    KEY_AGREEMENT = "keyAgreement"
    """Key agreement: not RSA."""

    KEY_CERT_SIGN = "keyCertSign"
    """Signing certificates."""

    CRL_SIGN = "cRLSign"
    """Signing CRLs."""

    def __str__(self) -> str:
        return str(self.value)


class LintPurpose(str, Enum):
    """What a certificate or request is meant for.

    Attributes:
        AUTO: What its extensions say.
        DEVICE: A device or user: TLS client, Wi-Fi, VPN, MDM identity.
        RA: The SCEP registration authority, which messages are encrypted for.
        AUTHORITY: A certificate authority.
        TLS_SERVER: A TLS server.
        OCSP_SIGNER: Who signs OCSP responses for an authority.
    """

    AUTO = "auto"
    """What its extensions say."""

    DEVICE = "device"
    """A device or user: TLS client, Wi-Fi, VPN, MDM identity."""

    RA = "ra"
    """The SCEP registration authority, which messages are encrypted for."""

    AUTHORITY = "authority"
    """A certificate authority."""

    TLS_SERVER = "tls_server"
    """A TLS server."""

    OCSP_SIGNER = "ocsp_signer"
    """Who signs OCSP responses for an authority."""

    def __str__(self) -> str:
        return str(self.value)


class MacName(str, Enum):
    """What protected a file against changes.

    Attributes:
        HMAC_SHA1: HMAC-SHA1: old, and still sound.
        HMAC_SHA256: HMAC-SHA256.
        HMAC_SHA384: HMAC-SHA384.
        HMAC_SHA512: HMAC-SHA512.
        PBMAC1: PBMAC1 (RFC 9579).
    """

    HMAC_SHA1 = "hmac_sha1"
    """HMAC-SHA1: old, and still sound."""

    HMAC_SHA256 = "hmac_sha256"
    """HMAC-SHA256."""

    HMAC_SHA384 = "hmac_sha384"
    """HMAC-SHA384."""

    HMAC_SHA512 = "hmac_sha512"
    """HMAC-SHA512."""

    PBMAC1 = "pbmac1"
    """PBMAC1 (RFC 9579)."""

    def __str__(self) -> str:
        return str(self.value)


class MessageType(str, Enum):
    """What a client asks for.

    Attributes:
        PKCS_REQ: PKCSReq: a certificate, with a challenge password or signed by an older certificate.
        RENEWAL_REQ: RenewalReq: a certificate in place of the one that signs.
        CERT_POLL: CertPoll, in older texts GetCertInitial: the outcome of a request that is pending.
        GET_CERT: GetCert: a certificate by issuer and serial number.
        GET_CRL: GetCRL: the revocation list for a certificate.
    """

    PKCS_REQ = "pkcs_req"
    """PKCSReq: a certificate, with a challenge password or signed by an older certificate."""

    RENEWAL_REQ = "renewal_req"
    """RenewalReq: a certificate in place of the one that signs."""

    CERT_POLL = "cert_poll"
    """CertPoll, in older texts GetCertInitial: the outcome of a request that is pending."""

    GET_CERT = "get_cert"
    """GetCert: a certificate by issuer and serial number."""

    GET_CRL = "get_crl"
    """GetCRL: the revocation list for a certificate."""

    def __str__(self) -> str:
        return str(self.value)


class Name(str, Enum):
    """The names of the checks.

    Attributes:
        WAITING_GENERATION: No other renewal is waiting.
        FORMER_GENERATIONS: There is room for another generation.
        ISSUER: The issuer of a subordinate can renew it.
        NEW_KEY: The new key does nothing else.
        AUTHORITY_KEY_IDENTIFIER: Nothing names the authority's certificate by issuer and serial number.
        SUBJECT_KEY_IDENTIFIER: The certificate has the key identifier that others name it by.
        PATH_LENGTH: Certificates that cross have room.
        TIME_LEFT: The renewal comes in time.
        VALIDITY_NESTING: Nothing is valid longer than its authority.
        ADDRESSES: The addresses can be written.
        TRUST_ANCHORS: Who trusts the old certificate gets the new one.
        SUBORDINATE_AUTHORITIES: Authorities below.
        TLS_CERTIFICATES: Certificates of servers.
        HELPERS: Helpers: registration authorities, OCSP signers.
        HTTPS_DISTRIBUTION_POINTS: Distribution over HTTPS.
        SIGNED_PROFILES: Signed configuration profiles.
        MANAGEMENT_PLUGINS: Plug-ins of other management systems.
        ENROLMENT_TOKENS: Tokens for automated enrolment.
        CA_FINGERPRINT_PROFILES: Profiles that pin the certificate.
        AUTO_SELECT_FILTERS: Browser policies by the issuer's name.
        TRUST_LISTS: Servers that hold the certificate as their anchor.
        ESCROW_RECIPIENTS: What is encrypted for the certificate.
        CRL_OF_THE_OLD_KEY: The CRL of the old key goes on.
        OCSP_OF_THE_OLD_KEY: OCSP for the old key goes on.
        HERD: How many devices come, and how fast.
    """

    WAITING_GENERATION = "waiting_generation"
    """No other renewal is waiting."""

    FORMER_GENERATIONS = "former_generations"
    """There is room for another generation."""

    ISSUER = "issuer"
    """The issuer of a subordinate can renew it."""

    NEW_KEY = "new_key"
    """The new key does nothing else."""

    AUTHORITY_KEY_IDENTIFIER = "authority_key_identifier"
    """Nothing names the authority's certificate by issuer and serial number."""

    SUBJECT_KEY_IDENTIFIER = "subject_key_identifier"
    """The certificate has the key identifier that others name it by."""

    PATH_LENGTH = "path_length"
    """Certificates that cross have room."""

    TIME_LEFT = "time_left"
    """The renewal comes in time."""

    VALIDITY_NESTING = "validity_nesting"
    """Nothing is valid longer than its authority."""

    ADDRESSES = "addresses"
    """The addresses can be written."""

    TRUST_ANCHORS = "trust_anchors"
    """Who trusts the old certificate gets the new one."""

    SUBORDINATE_AUTHORITIES = "subordinate_authorities"
    """Authorities below."""

    TLS_CERTIFICATES = "tls_certificates"
    """Certificates of servers."""

    HELPERS = "helpers"
    """Helpers: registration authorities, OCSP signers."""

    HTTPS_DISTRIBUTION_POINTS = "https_distribution_points"
    """Distribution over HTTPS."""

    SIGNED_PROFILES = "signed_profiles"
    """Signed configuration profiles."""

    MANAGEMENT_PLUGINS = "management_plugins"
    """Plug-ins of other management systems."""

    ENROLMENT_TOKENS = "enrolment_tokens"
    """Tokens for automated enrolment."""

    CA_FINGERPRINT_PROFILES = "ca_fingerprint_profiles"
    """Profiles that pin the certificate."""

    AUTO_SELECT_FILTERS = "auto_select_filters"
    """Browser policies by the issuer's name."""

    TRUST_LISTS = "trust_lists"
    """Servers that hold the certificate as their anchor."""

    ESCROW_RECIPIENTS = "escrow_recipients"
    """What is encrypted for the certificate."""

    CRL_OF_THE_OLD_KEY = "crl_of_the_old_key"
    """The CRL of the old key goes on."""

    OCSP_OF_THE_OLD_KEY = "ocsp_of_the_old_key"
    """OCSP for the old key goes on."""

    HERD = "herd"
    """How many devices come, and how fast."""

    def __str__(self) -> str:
        return str(self.value)


class Purpose(str, Enum):
    """The purposes that there are.

    Attributes:
        ANY: Whatever it may be.
        DEVICE_CLIENT: A device that authenticates itself: extended key usage clientAuth, a key that signs.
        TLS_SERVER: A TLS server: extended key usage serverAuth.
        SCEP_SIGNER: Who signs SCEP messages (RFC 8894 2.3): a key that signs, whatever its extended key usage; or
            that signs certificates, as that of an authority does which has no registration authority.
        OCSP_SIGNER: A delegated OCSP responder (RFC 6960 4.2.2.2): extended key usage OCSPSigning, which must be
            there.
        AUTHORITY: An authority that issues certificates (RFC 5280 6.1.4 k to n): basic constraints and key usage
            say so, and no path length above it keeps it from it.
    """

    ANY = "any"
    """Whatever it may be."""

    DEVICE_CLIENT = "device_client"
    """A device that authenticates itself: extended key usage clientAuth, a key that signs."""

    TLS_SERVER = "tls_server"
    """A TLS server: extended key usage serverAuth."""

    SCEP_SIGNER = "scep_signer"
    """Who signs SCEP messages (RFC 8894 2.3): a key that signs, whatever its extended key usage; or that signs
    certificates, as that of an authority does which has no registration authority.
    """

    OCSP_SIGNER = "ocsp_signer"
    """A delegated OCSP responder (RFC 6960 4.2.2.2): extended key usage OCSPSigning, which must be there."""

    AUTHORITY = "authority"
    """An authority that issues certificates (RFC 5280 6.1.4 k to n): basic constraints and key usage say so, and no
    path length above it keeps it from it.
    """

    def __str__(self) -> str:
        return str(self.value)


class Reason(str, Enum):
    """The reasons by their names in the RFC; the number is the code.

    Attributes:
        UNSPECIFIED: No reason is given; it is not written (RFC 5280 5.3.1).
        KEY_COMPROMISE: The subject's key, or what validated the subject, is known or thought to be in other hands.
        CA_COMPROMISE: The same of an authority.
        AFFILIATION_CHANGED: The subject's name or something else in the certificate has changed.
        SUPERSEDED: Another certificate has taken its place.
        CESSATION_OF_OPERATION: It is not needed any more.
        CERTIFICATE_HOLD: It is on hold, and may come back.
        REMOVE_FROM_CRL: It is on hold no more: in delta lists only.
        PRIVILEGE_WITHDRAWN: A right that the certificate grants was taken away.
        AA_COMPROMISE: The key of an attribute authority is known or thought to be in other hands.
    """

    UNSPECIFIED = "unspecified"
    """No reason is given; it is not written (RFC 5280 5.3.1)."""

    KEY_COMPROMISE = "keyCompromise"
    """The subject's key, or what validated the subject, is known or thought to be in other hands."""

    CA_COMPROMISE = "cACompromise"
    """The same of an authority."""

    AFFILIATION_CHANGED = "affiliationChanged"
    """The subject's name or something else in the certificate has changed."""

    SUPERSEDED = "superseded"
    """Another certificate has taken its place."""

    CESSATION_OF_OPERATION = "cessationOfOperation"
    """It is not needed any more."""

    CERTIFICATE_HOLD = "certificateHold"
    """It is on hold, and may come back."""

    REMOVE_FROM_CRL = "removeFromCRL"
    """It is on hold no more: in delta lists only."""

    PRIVILEGE_WITHDRAWN = "privilegeWithdrawn"
    """A right that the certificate grants was taken away."""

    AA_COMPROMISE = "aACompromise"
    """The key of an attribute authority is known or thought to be in other hands."""

    def __str__(self) -> str:
        return str(self.value)


class RevocationMode(str, Enum):
    """What to do about revocation (RFC 5280 6.3).

    Attributes:
        REQUIRED: The status of each certificate must be known to be good.
        SOFT: A certificate known to be revoked is refused; one of which nothing is known is not.
        OFF: Nothing is looked at.
    """

    REQUIRED = "required"
    """The status of each certificate must be known to be good."""

    SOFT = "soft"
    """A certificate known to be revoked is refused; one of which nothing is known is not."""

    OFF = "off"
    """Nothing is looked at."""

    def __str__(self) -> str:
        return str(self.value)


class Rules(str, Enum):
    """Which rules certificates of the path are held to, beside those of validation itself (RFC 5280 6.1).

    Attributes:
        PATH: Those of RFC 5280 section 6 alone, as verifiers in the field do: certificates that section 4 does not
            allow are accepted where the path does not rest on what is wrong with them.
        RFC5280: Those of RFC 5280 section 4 as well: key identifiers, serial numbers, critical flags, the syntax
            of names.
        WEB_PKI: Those of the CA/Browser Forum's Baseline Requirements as well, where a verifier can see them.
    """

    PATH = "path"
    """Those of RFC 5280 section 6 alone, as verifiers in the field do: certificates that section 4 does not allow are
    accepted where the path does not rest on what is wrong with them.
    """

    RFC5280 = "rfc5280"
    """Those of RFC 5280 section 4 as well: key identifiers, serial numbers, critical flags, the syntax of names."""

    WEB_PKI = "web_pki"
    """Those of the CA/Browser Forum's Baseline Requirements as well, where a verifier can see them."""

    def __str__(self) -> str:
        return str(self.value)


class Severity(str, Enum):
    """How bad a finding is.

    Attributes:
        NOTICE: Worth knowing; nobody has to act.
        WARNING: Some program refuses it, or it will break later.
        ERROR: It breaks a rule that verifiers enforce, or it cannot work.
    """

    NOTICE = "notice"
    """Worth knowing; nobody has to act."""

    WARNING = "warning"
    """Some program refuses it, or it will break later."""

    ERROR = "error"
    """It breaks a rule that verifiers enforce, or it cannot work."""

    def __str__(self) -> str:
        return str(self.value)


class SignatureScheme(str, Enum):
    """The schemes that signatures are made with, as they are named in a key question.

    Attributes:
        RSA_PKCS1_SHA256: RSASSA-PKCS1-v1_5 with SHA-256.
        RSA_PKCS1_SHA384: RSASSA-PKCS1-v1_5 with SHA-384.
        RSA_PKCS1_SHA512: RSASSA-PKCS1-v1_5 with SHA-512.
        RSA_PSS_SHA256: RSASSA-PSS with SHA-256, in the mask too, and a salt of 32 bytes.
        RSA_PSS_SHA384: RSASSA-PSS with SHA-384, in the mask too, and a salt of 48 bytes.
        RSA_PSS_SHA512: RSASSA-PSS with SHA-512, in the mask too, and a salt of 64 bytes.
        ECDSA_P256_SHA256: ECDSA over P-256 with SHA-256; the raw signature is r and s, 32 bytes each.
        ECDSA_P384_SHA384: ECDSA over P-384 with SHA-384; the raw signature is r and s, 48 bytes each.
        ECDSA_P521_SHA512: ECDSA over P-521 with SHA-512; the raw signature is r and s, 66 bytes each.
        ED25519: Ed25519.
        ML_DSA_44: ML-DSA-44 with an empty context; an answer is wanted by the deterministic variant (FIPS 204
            3.4), but any counts.
        ML_DSA_65: ML-DSA-65, likewise.
        ML_DSA_87: ML-DSA-87, likewise.
    """

    RSA_PKCS1_SHA256 = "rsa_pkcs1_sha256"
    """RSASSA-PKCS1-v1_5 with SHA-256."""

    RSA_PKCS1_SHA384 = "rsa_pkcs1_sha384"
    """RSASSA-PKCS1-v1_5 with SHA-384."""

    RSA_PKCS1_SHA512 = "rsa_pkcs1_sha512"
    """RSASSA-PKCS1-v1_5 with SHA-512."""

    RSA_PSS_SHA256 = "rsa_pss_sha256"
    """RSASSA-PSS with SHA-256, in the mask too, and a salt of 32 bytes."""

    RSA_PSS_SHA384 = "rsa_pss_sha384"
    """RSASSA-PSS with SHA-384, in the mask too, and a salt of 48 bytes."""

    RSA_PSS_SHA512 = "rsa_pss_sha512"
    """RSASSA-PSS with SHA-512, in the mask too, and a salt of 64 bytes."""

    ECDSA_P256_SHA256 = "ecdsa_p256_sha256"
    """ECDSA over P-256 with SHA-256; the raw signature is r and s, 32 bytes each."""

    ECDSA_P384_SHA384 = "ecdsa_p384_sha384"
    """ECDSA over P-384 with SHA-384; the raw signature is r and s, 48 bytes each."""

    ECDSA_P521_SHA512 = "ecdsa_p521_sha512"
    """ECDSA over P-521 with SHA-512; the raw signature is r and s, 66 bytes each."""

    ED25519 = "ed25519"
    """Ed25519."""

    ML_DSA_44 = "ml_dsa_44"
    """ML-DSA-44 with an empty context; an answer is wanted by the deterministic variant (FIPS 204 3.4), but any
    counts.
    """

    ML_DSA_65 = "ml_dsa_65"
    """ML-DSA-65, likewise."""

    ML_DSA_87 = "ml_dsa_87"
    """ML-DSA-87, likewise."""

    def __str__(self) -> str:
        return str(self.value)


class Status(str, Enum):
    """What a check found.

    Attributes:
        OK: Nothing to do.
        ATTENTION: Somebody has to do something, or be told.
        UNKNOWN: The request does not say how many there are.
        REFUSED: The renewal would be refused.
    """

    OK = "ok"
    """Nothing to do."""

    ATTENTION = "attention"
    """Somebody has to do something, or be told."""

    UNKNOWN = "unknown"
    """The request does not say how many there are."""

    REFUSED = "refused"
    """The renewal would be refused."""

    def __str__(self) -> str:
        return str(self.value)


class StatusName(str, Enum):
    """What is known of a certificate (RFC 6960 2.2).

    Attributes:
        GOOD: Issued, and not revoked.
        REVOKED: Revoked, for good or on hold.
        UNKNOWN: Not known here.
    """

    GOOD = "good"
    """Issued, and not revoked."""

    REVOKED = "revoked"
    """Revoked, for good or on hold."""

    UNKNOWN = "unknown"
    """Not known here."""

    def __str__(self) -> str:
        return str(self.value)


class StringType(str, Enum):
    """The string type that a text came in.

    Attributes:
        PRINTABLE_STRING: What RFC 8894 asks for.
        UTF8_STRING: UTF8String.
        IA5_STRING: IA5String.
        TELETEX_STRING: TeletexString, also called T61String.
    """

    PRINTABLE_STRING = "printable_string"
    """What RFC 8894 asks for."""

    UTF8_STRING = "utf8_string"
    """UTF8String."""

    IA5_STRING = "ia5_string"
    """IA5String."""

    TELETEX_STRING = "teletex_string"
    """TeletexString, also called T61String."""

    def __str__(self) -> str:
        return str(self.value)


class StructuredType(str, Enum):
    """The kinds of structured field (RFC 9651 section 3).

    Attributes:
        LIST: A list.
        DICTIONARY: A dictionary.
        ITEM: An item.
    """

    LIST = "list"
    """A list."""

    DICTIONARY = "dictionary"
    """A dictionary."""

    ITEM = "item"
    """An item."""

    def __str__(self) -> str:
        return str(self.value)


class AbandonGenerationResponse(FrozenDataclass):
    """What `abandon_generation` gives. The authority without a next generation.

    Attributes:
        abandoned: The number of the one that was given up. What it has issued, such as certificates of helpers,
            should be revoked on its own list: `sign_crl` with this number.
        authority: The value to store in place of the old one. What was next is the first of the abandoned
            generations: its key still signs what revokes, and its number is not given again.
        generation: The number of the current generation, which stays.
        revoke: What was issued for it and should be revoked; of a root the own certificate is not there, for
            nobody looks for that on a list.
    """

    abandoned: int
    """The number of the one that was given up. What it has issued, such as certificates of helpers, should be revoked
    on its own list: `sign_crl` with this number.
    """

    authority: Authority
    """The value to store in place of the old one. What was next is the first of the abandoned generations: its key
    still signs what revokes, and its number is not given again.
    """

    generation: int
    """The number of the current generation, which stays."""

    revoke: tuple[Revocable, ...]
    """What was issued for it and should be revoked; of a root the own certificate is not there, for nobody looks for
    that on a list.
    """


class AccessDescription(FrozenDataclass):
    """RFC 5280 4.2.2.1

    Attributes:
        access_location: Where: mostly `uri:`.
        access_method: `ocsp`, `caIssuers` or another.
    """

    access_location: str
    """Where: mostly `uri:`."""

    access_method: str
    """`ocsp`, `caIssuers` or another."""


class ActivateGenerationResponse(FrozenDataclass):
    """What `activate_generation` gives. The authority after the change.

    Attributes:
        authority: The value to store in place of the old one. What was current is the first of the former
            generations: its key signs what revokes, and decrypts what is under way.
        generation: The number of the generation that is current now.
    """

    authority: Authority
    """The value to store in place of the old one. What was current is the first of the former generations: its key
    signs what revokes, and decrypts what is under way.
    """

    generation: int
    """The number of the generation that is current now."""


class Algorithm(FrozenDataclass):
    """An algorithm by name, and those of its parameters that are there.

    Attributes:
        cipher: The cipher of PBES2, or the one that wraps a key after key agreement or under a password.
        hash: The hash of RSASSA-PSS or RSAES-OAEP.
        iterations: How often PBKDF2, or a scheme before it, iterates.
        key_derivation: The key derivation of PBES2 (RFC 8018 6.2).
        mask_generation_hash: The hash of their mask generation function.
        name: The name that its RFC gives it, or the digits of its identifier.
        oid: The object identifier.
        parameters: Parameters that this engine cannot name.
        pseudo_random_function: The pseudo-random function of PBKDF2.
        salt_length_bytes: The salt of RSASSA-PSS (RFC 4055 3.1), or of a key derivation.
        scrypt: The cost, block size and parallelization of scrypt (RFC 7914 7).
    """

    cipher: Algorithm | None = None
    """The cipher of PBES2, or the one that wraps a key after key agreement or under a password."""

    hash: str | None = None
    """The hash of RSASSA-PSS or RSAES-OAEP."""

    iterations: int | None = None
    """How often PBKDF2, or a scheme before it, iterates."""

    key_derivation: Algorithm | None = None
    """The key derivation of PBES2 (RFC 8018 6.2)."""

    mask_generation_hash: str | None = None
    """The hash of their mask generation function."""

    name: str
    """The name that its RFC gives it, or the digits of its identifier."""

    oid: str
    """The object identifier."""

    parameters: Undecoded | None = None
    """Parameters that this engine cannot name."""

    pseudo_random_function: str | None = None
    """The pseudo-random function of PBKDF2."""

    salt_length_bytes: int | None = None
    """The salt of RSASSA-PSS (RFC 4055 3.1), or of a key derivation."""

    scrypt: Scrypt | None = None
    """The cost, block size and parallelization of scrypt (RFC 7914 7)."""


class AnchorRequest(FrozenDataclass):
    """A trust anchor on the wire: a certificate, or a name and a key; then what it is trusted for beside what its
    certificate says.

    Attributes:
        certificate: PEM. What it says of its validity, its purposes, names and path length holds.
        excluded_names: The names that they may not have.
        inhibit_any_policy: Whether anyPolicy stands for no policy.
        inhibit_policy_mapping: Whether policies may not be mapped.
        path_length: How many issuers may follow (RFC 5914 pathLenConstraint).
        permitted_names: The names that certificates below may have: `dns:`, `email:`, `uri:`, `ip:` with a prefix
            length, `directory:`.
        policies: The policies that it is trusted for (RFC 5914 policySet), in dotted decimal; any if left out.
        public_key: The key, PEM.
        require_explicit_policy: Whether the path has to be valid for one of them (RFC 5914 policyFlags).
        subject: The name, as RFC 4514 writes it.
    """

    certificate: Pem | None = None
    """PEM. What it says of its validity, its purposes, names and path length holds."""

    excluded_names: Sequence[str] = ()
    """The names that they may not have."""

    inhibit_any_policy: bool = False
    """Whether anyPolicy stands for no policy."""

    inhibit_policy_mapping: bool = False
    """Whether policies may not be mapped."""

    path_length: int | None = None
    """How many issuers may follow (RFC 5914 pathLenConstraint)."""

    permitted_names: Sequence[str] = ()
    """The names that certificates below may have: `dns:`, `email:`, `uri:`, `ip:` with a prefix length, `directory:`."""

    policies: Sequence[str] | None = None
    """The policies that it is trusted for (RFC 5914 policySet), in dotted decimal; any if left out."""

    public_key: PublicKeyPem | None = None
    """The key, PEM."""

    require_explicit_policy: bool = False
    """Whether the path has to be valid for one of them (RFC 5914 policyFlags)."""

    subject: str | None = None
    """The name, as RFC 4514 writes it."""


class Attribute(FrozenDataclass):
    """An attribute by name.

    Attributes:
        name: The name, or the digits where it has none.
        oid: The object identifier.
        values: Its values.
    """

    name: str
    """The name, or the digits where it has none."""

    oid: str
    """The object identifier."""

    values: tuple[AttributeValue, ...]
    """Its values."""


class Authority(FrozenDataclass):
    """An authority. It holds no private key, only the id of one.

    Attributes:
        abandoned: Those that were made and given up, the newest first. They issue nothing, but sign what revokes;
            and their numbers are not given again.
        certificate: Its certificate, PEM.
        chain: Its issuers' certificates, nearest first, the root last; empty for a root.
        crl_urls: Where its CRL is; goes into what it issues.
        cross_certificates: After a renewal with a new key, what leads from the old to the new and back (RFC 4210
            section 4.4), PEM: new with old, then old with new.
        former: The generations before, the newest first.
        generation: The number of the current generation; 1 if it is not said.
        issuer_urls: Where its certificate is.
        key: The id of its key.
        next: The generation that is made and not yet in use.
        ocsp_urls: Where its OCSP responder is.
        strength: Whether less than today's signatures and keys will do in its chain, such as SHA-1 of long ago; of
            no generation but this one.
        subject_key_identifier: The key identifier of all that it issues. Fixed when the authority was made, and
            kept when it is renewed.
    """

    abandoned: Sequence[Generation] = ()
    """Those that were made and given up, the newest first. They issue nothing, but sign what revokes; and their
    numbers are not given again.
    """

    certificate: str
    """Its certificate, PEM."""

    chain: Sequence[str]
    """Its issuers' certificates, nearest first, the root last; empty for a root."""

    crl_urls: Sequence[str] = ()
    """Where its CRL is; goes into what it issues."""

    cross_certificates: Sequence[str] = ()
    """After a renewal with a new key, what leads from the old to the new and back (RFC 4210 section 4.4), PEM: new
    with old, then old with new.
    """

    former: Sequence[Generation] = ()
    """The generations before, the newest first."""

    generation: int = 1
    """The number of the current generation; 1 if it is not said."""

    issuer_urls: Sequence[str] = ()
    """Where its certificate is."""

    key: str
    """The id of its key."""

    next: Generation | None = None
    """The generation that is made and not yet in use."""

    ocsp_urls: Sequence[str] = ()
    """Where its OCSP responder is."""

    strength: Strength | None = None
    """Whether less than today's signatures and keys will do in its chain, such as SHA-1 of long ago; of no generation
    but this one.
    """

    subject_key_identifier: bytes
    """The key identifier of all that it issues. Fixed when the authority was made, and kept when it is renewed."""


class AuthorityBackup(FrozenDataclass):
    """One authority with all that belongs to it.

    Attributes:
        authority: The authority with all its generations.
        crl_numbers: The number of the last revocation list of each key, by the key's id: a later list has a higher
            one (RFC 5280 5.2.3).
        helpers: Who helps it: registration authorities, signers of OCSP responses.
        id: Its name, of the caller's choosing.
        profiles: The caller's own profiles.
    """

    authority: Authority
    """The authority with all its generations."""

    crl_numbers: Mapping[str, str] | None = None
    """The number of the last revocation list of each key, by the key's id: a later list has a higher one (RFC 5280
    5.2.3).
    """

    helpers: Sequence[Helper] = ()
    """Who helps it: registration authorities, signers of OCSP responses."""

    id: str
    """Its name, of the caller's choosing."""

    profiles: Sequence[Profile] = ()
    """The caller's own profiles."""


class AuthorityKeyIdentifier(FrozenDataclass):
    """RFC 5280 4.2.1.1

    Attributes:
        authority_cert_issuer: The issuer of the authority's certificate.
        authority_cert_serial_number: Its serial number in lowercase hex.
        key_identifier: Lowercase hex.
    """

    authority_cert_issuer: tuple[str, ...] = ()
    """The issuer of the authority's certificate."""

    authority_cert_serial_number: str | None = None
    """Its serial number in lowercase hex."""

    key_identifier: str | None = None
    """Lowercase hex."""


class BackupKey(FrozenDataclass):
    """A private key by its id.

    Attributes:
        id: The id by which the authorities and helpers name it.
        private_key: PEM, PKCS#8, not encrypted.
    """

    id: str
    """The id by which the authorities and helpers name it."""

    private_key: str = secret()
    """PEM, PKCS#8, not encrypted."""


class BasicConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.9

    Attributes:
        ca: May the subject issue certificates?
        path_length: How many authorities may stand between it and the end entity.
    """

    ca: bool
    """May the subject issue certificates?"""

    path_length: int | None = None
    """How many authorities may stand between it and the end entity."""


class CaVersion(FrozenDataclass):
    """[MS-WCCE] 2.2.2.7: which certificate and key of the authority, counted from 0.

    Attributes:
        certificate_index: How often the certificate was renewed.
        key_index: How often the key was renewed.
    """

    certificate_index: int
    """How often the certificate was renewed."""

    key_index: int
    """How often the key was renewed."""


class Certificate(FrozenDataclass):
    """A certificate.

    Attributes:
        extensions: In their order.
        issuer: RFC 4514.
        not_after: The time.
        not_before: The time.
        public_key: The subject's key.
        self_signed: Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one
            of this engine's, and within a message, which may hold more certificates than anybody would verify.
        serial: Lowercase hex without leading zero octets; a minus sign before it where it is negative.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        subject: RFC 4514.
        version: 1 to 3.
    """

    extensions: tuple[Extension, ...]
    """In their order."""

    issuer: str
    """RFC 4514."""

    not_after: datetime
    """The time."""

    not_before: datetime
    """The time."""

    public_key: PublicKey
    """The subject's key."""

    self_signed: bool | None = None
    """Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one of this
    engine's, and within a message, which may hold more certificates than anybody would verify.
    """

    serial: str
    """Lowercase hex without leading zero octets; a minus sign before it where it is negative."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    subject: str
    """RFC 4514."""

    version: int
    """1 to 3."""


class CertificateList(FrozenDataclass):
    """A certificate revocation list.

    Attributes:
        entries: How many certificates are revoked.
        entries_shown: How many of them are described here: the first 100.
        extensions: Of the list, in their order.
        issuer: RFC 4514.
        next_update: The time.
        revoked_certificates: The entries, in their order.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        this_update: The time.
        version: 1 or 2.
    """

    entries: int
    """How many certificates are revoked."""

    entries_shown: int
    """How many of them are described here: the first 100."""

    extensions: tuple[Extension, ...]
    """Of the list, in their order."""

    issuer: str
    """RFC 4514."""

    next_update: datetime | None = None
    """The time."""

    revoked_certificates: tuple[RevokedCertificate, ...]
    """The entries, in their order."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    this_update: datetime
    """The time."""

    version: int
    """1 or 2."""


class CertificateRecord(FrozenDataclass):
    """What an inventory keeps of a certificate; made here so that nobody else has to parse one.

    Attributes:
        common_name: The first common name of the subject.
        csr_sha256: SHA-256 of the request's DER in hexadecimal, if there was one.
        issuer: The issuer as RFC 4514 writes it.
        jwk_thumbprint: The thumbprint of its key as a JWK (RFC 7638 with SHA-256), where it has a form as one.
        not_after: The last second of its life.
        not_before: The first second of its life.
        profile: The profile's name.
        public_key_sha256: SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
        serial: The serial number in hexadecimal.
        sha256: SHA-256 of the certificate's DER in hexadecimal.
        subject: The subject as RFC 4514 writes it.
        subject_alternative_names: The subject alternative names as `form:value`.
        subject_key_identifier: The subject key identifier (RFC 5280 4.2.1.2) in hexadecimal.
    """

    common_name: str | None
    """The first common name of the subject."""

    csr_sha256: str | None
    """SHA-256 of the request's DER in hexadecimal, if there was one."""

    issuer: str
    """The issuer as RFC 4514 writes it."""

    jwk_thumbprint: str | None
    """The thumbprint of its key as a JWK (RFC 7638 with SHA-256), where it has a form as one."""

    not_after: datetime
    """The last second of its life."""

    not_before: datetime
    """The first second of its life."""

    profile: str
    """The profile's name."""

    public_key_sha256: str
    """SHA-256 of its SubjectPublicKeyInfo in hexadecimal."""

    serial: str
    """The serial number in hexadecimal."""

    sha256: str
    """SHA-256 of the certificate's DER in hexadecimal."""

    subject: str
    """The subject as RFC 4514 writes it."""

    subject_alternative_names: tuple[str, ...]
    """The subject alternative names as `form:value`."""

    subject_key_identifier: str | None
    """The subject key identifier (RFC 5280 4.2.1.2) in hexadecimal."""


class CertificateRequest(FrozenDataclass):
    """A certification request.

    Attributes:
        attributes: The other attributes.
        challenge_password: Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown.
        extensions: The extensions that the requester wishes for (RFC 2985 5.4.2).
        public_key: The requester's key.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the requester signed with.
        signature_valid: Did the key in the request sign it? Absent where the algorithm is not one of this
            engine's.
        subject: RFC 4514.
        version: Always 1.
    """

    attributes: tuple[Attribute, ...] = ()
    """The other attributes."""

    challenge_password: bool
    """Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown."""

    extensions: tuple[Extension, ...]
    """The extensions that the requester wishes for (RFC 2985 5.4.2)."""

    public_key: PublicKey
    """The requester's key."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the requester signed with."""

    signature_valid: bool | None = None
    """Did the key in the request sign it? Absent where the algorithm is not one of this engine's."""

    subject: str
    """RFC 4514."""

    version: int
    """Always 1."""


class CertificateStatus(FrozenDataclass):
    """The status of one certificate.

    Attributes:
        cert_id: The CertID of the request, DER.
        digest: With a serial number: the digest of the CertID, `sha1` if left out, which is what most clients ask
            with.
        reason: Why, by its name in RFC 5280 5.3.1.
        revoked_at: When it was revoked.
        serial: Or the serial number in hexadecimal of a certificate of the authority, for a response made
            beforehand.
        status: `good`, `revoked` or `unknown`. Good is only what the authority has issued.
    """

    cert_id: Bytes | None = None
    """The CertID of the request, DER."""

    digest: DigestAlgorithm | None = None
    """With a serial number: the digest of the CertID, `sha1` if left out, which is what most clients ask with."""

    reason: Reason | None = None
    """Why, by its name in RFC 5280 5.3.1."""

    revoked_at: datetime | None = None
    """When it was revoked."""

    serial: str | None = None
    """Or the serial number in hexadecimal of a certificate of the authority, for a response made beforehand."""

    status: StatusName
    """`good`, `revoked` or `unknown`. Good is only what the authority has issued."""


class CertificateTemplate(FrozenDataclass):
    """[MS-WCCE] 2.2.2.7.7.2

    Attributes:
        major_version: Counts the changes that ask for a new certificate.
        minor_version: Counts the others.
        template: The template's object identifier.
    """

    major_version: int | None = None
    """Counts the changes that ask for a new certificate."""

    minor_version: int | None = None
    """Counts the others."""

    template: str
    """The template's object identifier."""


class CertifiedKey(FrozenDataclass):
    """A key that signs or decrypts, and the certificate that others know it by.

    Attributes:
        certificate: The certificate (PEM).
        key: The private key, by its id.
    """

    certificate: Pem
    """The certificate (PEM)."""

    key: KeyReference
    """The private key, by its id."""


class Check(FrozenDataclass):
    """One check.

    Attributes:
        count: How many things it is about, where they can be counted.
        detail: A sentence: what will happen, or what is to be done.
        name: Which.
        status: What it found.
    """

    count: int | None = None
    """How many things it is about, where they can be counted."""

    detail: str
    """A sentence: what will happen, or what is to be done."""

    name: Name
    """Which."""

    status: Status
    """What it found."""


class ClaimNames(FrozenDataclass):
    """The names that a token of the compatible shape has its claims by.

    Attributes:
        expires: Of the time from which on the token is not good any more: `exp`.
        issuer: Of the issuer: `iss`.
        subject: Of the subject: `sub`.
    """

    expires: str | None = None
    """Of the time from which on the token is not good any more: `exp`."""

    issuer: str | None = None
    """Of the issuer: `iss`."""

    subject: str | None = None
    """Of the subject: `sub`."""


class Cms(FrozenDataclass):
    """A ContentInfo (RFC 5652 3).

    Attributes:
        content_type: `signedData`, `envelopedData` or another content type by name.
        encoding: `der`, or `ber` where lengths are indefinite or strings come in pieces.
        enveloped_data: RFC 5652 6, and authEnvelopedData (RFC 5083 2)
        signed_data: RFC 5652 5
    """

    content_type: str
    """`signedData`, `envelopedData` or another content type by name."""

    encoding: str
    """`der`, or `ber` where lengths are indefinite or strings come in pieces."""

    enveloped_data: EnvelopedData | None = None
    """RFC 5652 6, and authEnvelopedData (RFC 5083 2)"""

    signed_data: SignedData | None = None
    """RFC 5652 5"""


class Counts(FrozenDataclass):
    """Findings by severity; those that were left out are not counted.

    Attributes:
        error: What breaks a rule that verifiers enforce, or cannot work.
        notice: What is worth knowing.
        warning: What some program refuses, or what will break later.
    """

    error: int
    """What breaks a rule that verifiers enforce, or cannot work."""

    notice: int
    """What is worth knowing."""

    warning: int
    """What some program refuses, or what will break later."""


class CreateAuthorityResponse(FrozenDataclass):
    """What `create_authority` gives. The new authority.

    Attributes:
        authority: The value to store and to send with each later request.
        record: The record of its certificate.
    """

    authority: Authority
    """The value to store and to send with each later request."""

    record: CertificateRecord
    """The record of its certificate."""


class CreateCsrResponse(FrozenDataclass):
    """What `create_csr` gives. The request for the authority.

    Attributes:
        csr: PEM, PKCS#10 (RFC 2986).
        csr_sha256: SHA-256 of its DER in hexadecimal.
    """

    csr: str
    """PEM, PKCS#10 (RFC 2986)."""

    csr_sha256: str
    """SHA-256 of its DER in hexadecimal."""


class Decision(FrozenDataclass):
    """A path that holds, and what it was found to be.

    Attributes:
        identity: The one of the names asked for that the certificate has.
        not_after: The last second in which it holds: the end of the certificate on it that ends first, or of the
            list or response that says that one of them is good.
        path: From the certificate in question to the anchor.
        policies: The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any.
        purpose: What it was verified for.
        weakest: What it is as strong as.
    """

    identity: str | None = None
    """The one of the names asked for that the certificate has."""

    not_after: datetime
    """The last second in which it holds: the end of the certificate on it that ends first, or of the list or response
    that says that one of them is good.
    """

    path: tuple[PathCertificate, ...]
    """From the certificate in question to the anchor."""

    policies: tuple[str, ...]
    """The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any."""

    purpose: Purpose
    """What it was verified for."""

    weakest: Weakest
    """What it is as strong as."""


class Dependents(FrozenDataclass):
    """Certificates of one kind.

    Attributes:
        count: How many are valid now.
        ended: How many have ended.
        expiries: How many end in each thirty days from now on; those without are left out.
        first_not_after: When the first of the valid ones ends.
        last_not_after: When the last of them ends.
        profile: The profile's name.
    """

    count: int
    """How many are valid now."""

    ended: int
    """How many have ended."""

    expiries: tuple[Expiry, ...]
    """How many end in each thirty days from now on; those without are left out."""

    first_not_after: datetime | None
    """When the first of the valid ones ends."""

    last_not_after: datetime | None
    """When the last of them ends."""

    profile: str
    """The profile's name."""


class Described(FrozenDataclass):
    """A key of the set.

    Attributes:
        algorithm: Its algorithm.
        kid: Its id.
        public_key: PEM, SubjectPublicKeyInfo.
        thumbprint: SHA-256 of what makes the key (RFC 7638).
    """

    algorithm: JwsAlgorithm
    """Its algorithm."""

    kid: str
    """Its id."""

    public_key: str
    """PEM, SubjectPublicKeyInfo."""

    thumbprint: str
    """SHA-256 of what makes the key (RFC 7638)."""


class DescriptionCertificate(FrozenDataclass):
    """RFC 5280 4.1

    One form of `Description`.

    Attributes:
        extensions: In their order.
        issuer: RFC 4514.
        not_after: The time.
        not_before: The time.
        public_key: The subject's key.
        self_signed: Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one
            of this engine's, and within a message, which may hold more certificates than anybody would verify.
        serial: Lowercase hex without leading zero octets; a minus sign before it where it is negative.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        subject: RFC 4514.
        version: 1 to 3.
    """

    extensions: tuple[Extension, ...]
    """In their order."""

    issuer: str
    """RFC 4514."""

    kind: Literal["certificate"] = "certificate"

    not_after: datetime
    """The time."""

    not_before: datetime
    """The time."""

    public_key: PublicKey
    """The subject's key."""

    self_signed: bool | None = None
    """Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one of this
    engine's, and within a message, which may hold more certificates than anybody would verify.
    """

    serial: str
    """Lowercase hex without leading zero octets; a minus sign before it where it is negative."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    subject: str
    """RFC 4514."""

    version: int
    """1 to 3."""


class DescriptionCertificateList(FrozenDataclass):
    """RFC 5280 5.1

    One form of `Description`.

    Attributes:
        entries: How many certificates are revoked.
        entries_shown: How many of them are described here: the first 100.
        extensions: Of the list, in their order.
        issuer: RFC 4514.
        next_update: The time.
        revoked_certificates: The entries, in their order.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        this_update: The time.
        version: 1 or 2.
    """

    entries: int
    """How many certificates are revoked."""

    entries_shown: int
    """How many of them are described here: the first 100."""

    extensions: tuple[Extension, ...]
    """Of the list, in their order."""

    issuer: str
    """RFC 4514."""

    kind: Literal["certificate_list"] = "certificate_list"

    next_update: datetime | None = None
    """The time."""

    revoked_certificates: tuple[RevokedCertificate, ...]
    """The entries, in their order."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    this_update: datetime
    """The time."""

    version: int
    """1 or 2."""


class DescriptionCertificateRequest(FrozenDataclass):
    """RFC 2986 4.2

    One form of `Description`.

    Attributes:
        attributes: The other attributes.
        challenge_password: Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown.
        extensions: The extensions that the requester wishes for (RFC 2985 5.4.2).
        public_key: The requester's key.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the requester signed with.
        signature_valid: Did the key in the request sign it? Absent where the algorithm is not one of this
            engine's.
        subject: RFC 4514.
        version: Always 1.
    """

    attributes: tuple[Attribute, ...] = ()
    """The other attributes."""

    challenge_password: bool
    """Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown."""

    extensions: tuple[Extension, ...]
    """The extensions that the requester wishes for (RFC 2985 5.4.2)."""

    kind: Literal["certificate_request"] = "certificate_request"

    public_key: PublicKey
    """The requester's key."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the requester signed with."""

    signature_valid: bool | None = None
    """Did the key in the request sign it? Absent where the algorithm is not one of this engine's."""

    subject: str
    """RFC 4514."""

    version: int
    """Always 1."""


class DescriptionCms(FrozenDataclass):
    """RFC 5652 3

    One form of `Description`.

    Attributes:
        content_type: `signedData`, `envelopedData` or another content type by name.
        encoding: `der`, or `ber` where lengths are indefinite or strings come in pieces.
        enveloped_data: RFC 5652 6, and authEnvelopedData (RFC 5083 2)
        signed_data: RFC 5652 5
    """

    content_type: str
    """`signedData`, `envelopedData` or another content type by name."""

    encoding: str
    """`der`, or `ber` where lengths are indefinite or strings come in pieces."""

    enveloped_data: EnvelopedData | None = None
    """RFC 5652 6, and authEnvelopedData (RFC 5083 2)"""

    kind: Literal["cms"] = "cms"

    signed_data: SignedData | None = None
    """RFC 5652 5"""


class DescriptionEcParameters(FrozenDataclass):
    """RFC 5480 2.1.1: what OpenSSL writes before a SEC1 key.

    One form of `Description`.

    Attributes:
        curve: The name of the curve.
    """

    curve: str
    """The name of the curve."""

    kind: Literal["ec_parameters"] = "ec_parameters"


class DescriptionEncryptedPrivateKey(FrozenDataclass):
    """RFC 5958 3 or RFC 1421 4.6.1.1

    One form of `Description`.

    Attributes:
        encrypted_length_bytes: The octets of the encrypted key.
        encryption: How it is encrypted.
        format: `pkcs8`, or `pem` for the encryption of RFC 1421.
        pem_cipher: The cipher that the headers of an RFC 1421 block name.
    """

    encrypted_length_bytes: int
    """The octets of the encrypted key."""

    encryption: Algorithm | None = None
    """How it is encrypted."""

    format: str
    """`pkcs8`, or `pem` for the encryption of RFC 1421."""

    kind: Literal["encrypted_private_key"] = "encrypted_private_key"

    pem_cipher: str | None = None
    """The cipher that the headers of an RFC 1421 block name."""


class DescriptionJks(FrozenDataclass):
    """One of Java's own keystores, JKS or JCEKS.

    One form of `Description`.

    Attributes:
        length_bytes: The octets of the file.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["jks"] = "jks"

    length_bytes: int
    """The octets of the file."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class DescriptionOcspRequest(FrozenDataclass):
    """RFC 6960 4.1

    One form of `Description`.

    Attributes:
        extensions: Of the whole request.
        requestor: Who asks, as general names are written.
        requests: What is asked about.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signed: Whether it has a signature, which is not checked here.
        version: Always 1.
    """

    extensions: tuple[Extension, ...]
    """Of the whole request."""

    kind: Literal["ocsp_request"] = "ocsp_request"

    requestor: str | None = None
    """Who asks, as general names are written."""

    requests: tuple[RequestedStatus, ...]
    """What is asked about."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signed: bool
    """Whether it has a signature, which is not checked here."""

    version: int
    """Always 1."""


class DescriptionOcspResponse(FrozenDataclass):
    """RFC 6960 4.2

    One form of `Description`.

    Attributes:
        certificates: What goes along.
        extensions: Of the whole response.
        produced_at: When it was signed.
        responder: Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514.
        responses: What is known.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the responder signed with.
        status: `successful`, or why there is no answer.
        version: Always 1.
    """

    certificates: tuple[Certificate, ...] = ()
    """What goes along."""

    extensions: tuple[Extension, ...] = ()
    """Of the whole response."""

    kind: Literal["ocsp_response"] = "ocsp_response"

    produced_at: datetime | None = None
    """When it was signed."""

    responder: str | None = None
    """Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514."""

    responses: tuple[FoundCertificateStatus, ...] = ()
    """What is known."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm | None = None
    """What the responder signed with."""

    status: str
    """`successful`, or why there is no answer."""

    version: int | None = None
    """Always 1."""


class DescriptionPkcs12(FrozenDataclass):
    """RFC 7292 4; what is in it only its password shows.

    One form of `Description`.

    Attributes:
        length_bytes: The octets of the file.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["pkcs12"] = "pkcs12"

    length_bytes: int
    """The octets of the file."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class DescriptionPrivateKey(FrozenDataclass):
    """RFC 5958 2, RFC 8017 A.1.2 or RFC 5915 3, not encrypted

    One form of `Description`.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole public key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        format: `pkcs8`, `pkcs1` or `sec1`.
        public_key_sha256: SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the
            key does not say it and the engine does not compute it; one that only verifies never does.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole public key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    format: str
    """`pkcs8`, `pkcs1` or `sec1`."""

    kind: Literal["private_key"] = "private_key"

    public_key_sha256: str | None = None
    """SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the key does not say it and
    the engine does not compute it; one that only verifies never does.
    """


class DescriptionPublicKey(FrozenDataclass):
    """RFC 5280 4.1.2.7 or RFC 8017 A.1.1

    One form of `Description`.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        exponent: The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits.
        sha256: SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    exponent: str | None = None
    """The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits."""

    kind: Literal["public_key"] = "public_key"

    sha256: str
    """SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex."""


class DescriptionUnreadable(FrozenDataclass):
    """One of several that cannot be read.

    One form of `Description`.

    Attributes:
        length_bytes: The octets of the object.
        problem: What was found and what was wanted.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["unreadable"] = "unreadable"

    length_bytes: int
    """The octets of the object."""

    problem: str
    """What was found and what was wanted."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class Device(FrozenDataclass):
    """What a device's certificate says of it.

    Attributes:
        certificate: PEM.
        common_name: The first common name of the subject.
        issuer: RFC 4514.
        not_after: Its last second.
        serial: Hexadecimal.
        sha256: SHA-256 of the certificate, hexadecimal.
        subject: RFC 4514.
        subject_alternative_names: The subject alternative names as `form:value`.
    """

    certificate: str
    """PEM."""

    common_name: str | None = None
    """The first common name of the subject."""

    issuer: str
    """RFC 4514."""

    not_after: datetime
    """Its last second."""

    serial: str
    """Hexadecimal."""

    sha256: str
    """SHA-256 of the certificate, hexadecimal."""

    subject: str
    """RFC 4514."""

    subject_alternative_names: tuple[str, ...]
    """The subject alternative names as `form:value`."""


class Digests(FrozenDataclass):
    """Digests of a body, by the names of the registry of RFC 9530. Those that the message may ask for have to be
    there.

    A bare signature, and CMS without signed attributes, is over the body itself. Who gives digests for these sees
    to it that the body is not a SET of attributes in DER, which is what the signature of another message may be
    over; one that does not begin with the octet 0x31 is none. Of a body that is here, the engine sees to it.

    Attributes:
        sha: SHA-1, for old devices' CMS alone.
        sha_256: SHA-256.
        sha_384: SHA-384.
        sha_512: SHA-512.
    """

    sha: bytes | None = None
    """SHA-1, for old devices' CMS alone."""

    sha_256: bytes | None = None
    """SHA-256."""

    sha_384: bytes | None = None
    """SHA-384."""

    sha_512: bytes | None = None
    """SHA-512."""


class DistributionPoint(FrozenDataclass):
    """RFC 5280 4.2.1.13

    Attributes:
        crl_issuer: Who signs the list, where that is not the certificate's issuer.
        names: General names of the list, mostly `uri:`.
        reasons: The reasons that the list covers, where it does not cover all.
    """

    crl_issuer: tuple[str, ...] = ()
    """Who signs the list, where that is not the certificate's issuer."""

    names: tuple[str, ...] = ()
    """General names of the list, mostly `uri:`."""

    reasons: tuple[str, ...] = ()
    """The reasons that the list covers, where it does not cover all."""


class EcParameters(FrozenDataclass):
    """The parameters of an elliptic curve (RFC 5480 2.1.1).

    Attributes:
        curve: The name of the curve.
    """

    curve: str
    """The name of the curve."""


class EncryptPrivateKeyResponse(FrozenDataclass):
    """What `encrypt_private_key` gives. The encrypted key.

    Attributes:
        private_key: A PEM block `ENCRYPTED PRIVATE KEY`: PBES2 with AES-256-CBC (RFC 8018 section 6.2).
    """

    private_key: str = secret()
    """A PEM block `ENCRYPTED PRIVATE KEY`: PBES2 with AES-256-CBC (RFC 8018 section 6.2)."""


class EncryptedPrivateKey(FrozenDataclass):
    """A private key that only its passphrase opens.

    Attributes:
        encrypted_length_bytes: The octets of the encrypted key.
        encryption: How it is encrypted.
        format: `pkcs8`, or `pem` for the encryption of RFC 1421.
        pem_cipher: The cipher that the headers of an RFC 1421 block name.
    """

    encrypted_length_bytes: int
    """The octets of the encrypted key."""

    encryption: Algorithm | None = None
    """How it is encrypted."""

    format: str
    """`pkcs8`, or `pem` for the encryption of RFC 1421."""

    pem_cipher: str | None = None
    """The cipher that the headers of an RFC 1421 block name."""


class Enrollment(FrozenDataclass):
    """A certification request that is signed by the key in it.

    Attributes:
        challenge_password: The challenge password, where the client has one.
        common_name: Its first common name.
        csr: PEM.
        csr_sha256: SHA-256 of the request in hexadecimal.
        subject: The subject asked for (RFC 4514).
    """

    challenge_password: str | None = secret(default=None)
    """The challenge password, where the client has one."""

    common_name: str | None
    """Its first common name."""

    csr: str
    """PEM."""

    csr_sha256: str
    """SHA-256 of the request in hexadecimal."""

    subject: str
    """The subject asked for (RFC 4514)."""


class EnvelopedData(FrozenDataclass):
    """RFC 5652 6.1

    Attributes:
        content_encryption: The cipher of the content.
        content_type: What is in it, by name.
        encrypted_content_length_bytes: The octets of the encrypted content; absent where it is detached.
        recipients: Who can open it.
        version: As it stands there: 0 to 4.
    """

    content_encryption: Algorithm
    """The cipher of the content."""

    content_type: str
    """What is in it, by name."""

    encrypted_content_length_bytes: int | None = None
    """The octets of the encrypted content; absent where it is detached."""

    recipients: tuple[Recipient, ...]
    """Who can open it."""

    version: int
    """As it stands there: 0 to 4."""


class Error(FrozenDataclass):
    """An error: the code, a sentence for people, and where in the request it lies.

    `detail` says what was found and what was wanted; it never holds a secret.

    Attributes:
        at: The field of the request, such as `authority.certificate`.
        code: What went wrong.
        detail: For people: what was found, what was wanted.
    """

    at: str | None = None
    """The field of the request, such as `authority.certificate`."""

    code: ErrorCode
    """What went wrong."""

    detail: str
    """For people: what was found, what was wanted."""


class Expiry(FrozenDataclass):
    """How many certificates end within thirty days.

    Attributes:
        count: How many.
        from_: The first second of the thirty days.
    """

    count: int
    """How many."""

    from_: datetime
    """The first second of the thirty days."""


class Explanation(FrozenDataclass):
    """A rule as it is told to others.

    Attributes:
        about: What is found.
        id: Its id, in snake case.
        remedy: What to do.
        severity: How bad a finding of it is.
        source: The document and section, or the client that it comes from.
    """

    about: str
    """What is found."""

    id: str
    """Its id, in snake case."""

    remedy: str
    """What to do."""

    severity: Severity
    """How bad a finding of it is."""

    source: str
    """The document and section, or the client that it comes from."""


class ExtensionAuthorityInfoAccess(FrozenDataclass):
    """RFC 5280 4.2.2.1

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["authorityInfoAccess"] = "authorityInfoAccess"

    oid: str
    """The object identifier."""

    value: tuple[AccessDescription, ...]


class ExtensionAuthorityKeyIdentifier(FrozenDataclass):
    """RFC 5280 4.2.1.1

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["authorityKeyIdentifier"] = "authorityKeyIdentifier"

    oid: str
    """The object identifier."""

    value: AuthorityKeyIdentifier


class ExtensionBasicConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.9

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["basicConstraints"] = "basicConstraints"

    oid: str
    """The object identifier."""

    value: BasicConstraints


class ExtensionCertificateIssuer(FrozenDataclass):
    """RFC 5280 5.3.3

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["certificateIssuer"] = "certificateIssuer"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionCertificatePolicies(FrozenDataclass):
    """RFC 5280 4.2.1.4

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["certificatePolicies"] = "certificatePolicies"

    oid: str
    """The object identifier."""

    value: tuple[PolicyInformation, ...]


class ExtensionCrlDistributionPoints(FrozenDataclass):
    """RFC 5280 4.2.1.13

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["cRLDistributionPoints"] = "cRLDistributionPoints"

    oid: str
    """The object identifier."""

    value: tuple[DistributionPoint, ...]


class ExtensionCrlNumber(FrozenDataclass):
    """RFC 5280 5.2.3

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["cRLNumber"] = "cRLNumber"

    oid: str
    """The object identifier."""

    value: Number


class ExtensionDeltaCrlIndicator(FrozenDataclass):
    """RFC 5280 5.2.4: the number of the list that this one adds to.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["deltaCRLIndicator"] = "deltaCRLIndicator"

    oid: str
    """The object identifier."""

    value: Number


class ExtensionExtendedKeyUsage(FrozenDataclass):
    """RFC 5280 4.2.1.12: the purposes by name, or in digits where they have none.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["extendedKeyUsage"] = "extendedKeyUsage"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionFreshestCrl(FrozenDataclass):
    """RFC 5280 4.2.1.15

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["freshestCRL"] = "freshestCRL"

    oid: str
    """The object identifier."""

    value: tuple[DistributionPoint, ...]


class ExtensionHoldInstructionCode(FrozenDataclass):
    """RFC 3280 5.3.2

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["holdInstructionCode"] = "holdInstructionCode"

    oid: str
    """The object identifier."""

    value: str


class ExtensionInhibitAnyPolicy(FrozenDataclass):
    """RFC 5280 4.2.1.14: how many certificates may follow.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["inhibitAnyPolicy"] = "inhibitAnyPolicy"

    oid: str
    """The object identifier."""

    value: int


class ExtensionInvalidityDate(FrozenDataclass):
    """RFC 5280 5.3.2.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["invalidityDate"] = "invalidityDate"

    oid: str
    """The object identifier."""

    value: int


class ExtensionIssuerAltName(FrozenDataclass):
    """RFC 5280 4.2.1.7

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["issuerAltName"] = "issuerAltName"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionIssuingDistributionPoint(FrozenDataclass):
    """RFC 5280 5.2.5

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["issuingDistributionPoint"] = "issuingDistributionPoint"

    oid: str
    """The object identifier."""

    value: FoundIssuingDistributionPoint


class ExtensionKeyUsage(FrozenDataclass):
    """RFC 5280 4.2.1.3: the names of the bits that are set.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["keyUsage"] = "keyUsage"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionMalformed(FrozenDataclass):
    """An extension that is not what its document says.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["malformed"] = "malformed"

    oid: str
    """The object identifier."""

    value: MalformedExtension


class ExtensionMicrosoftApplicationPolicies(FrozenDataclass):
    """As certificatePolicies, for key purposes.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftApplicationPolicies"] = "microsoftApplicationPolicies"

    oid: str
    """The object identifier."""

    value: tuple[PolicyInformation, ...]


class ExtensionMicrosoftCaVersion(FrozenDataclass):
    """Which certificate and key of the authority signed.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftCaVersion"] = "microsoftCaVersion"

    oid: str
    """The object identifier."""

    value: CaVersion


class ExtensionMicrosoftCertificateTemplate(FrozenDataclass):
    """The template of version 2 and later, by identifier.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftCertificateTemplate"] = "microsoftCertificateTemplate"

    oid: str
    """The object identifier."""

    value: CertificateTemplate


class ExtensionMicrosoftCertificateTemplateName(FrozenDataclass):
    """The template of version 1, by name.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftCertificateTemplateName"] = "microsoftCertificateTemplateName"

    oid: str
    """The object identifier."""

    value: str


class ExtensionMicrosoftNextCrlPublish(FrozenDataclass):
    """When the next list is published.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftNextCrlPublish"] = "microsoftNextCrlPublish"

    oid: str
    """The object identifier."""

    value: int


class ExtensionMicrosoftPreviousCaCertificateHash(FrozenDataclass):
    """The hash of the authority's certificate before this one, lowercase hex.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftPreviousCaCertificateHash"] = "microsoftPreviousCaCertificateHash"

    oid: str
    """The object identifier."""

    value: str


class ExtensionMicrosoftSecurityIdentifier(FrozenDataclass):
    """The account's SID, which binds the certificate to it.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["microsoftSecurityIdentifier"] = "microsoftSecurityIdentifier"

    oid: str
    """The object identifier."""

    value: str


class ExtensionNameConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.10

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["nameConstraints"] = "nameConstraints"

    oid: str
    """The object identifier."""

    value: NameConstraints


class ExtensionNetscapeCertType(FrozenDataclass):
    """The names of the bits that are set.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["netscapeCertType"] = "netscapeCertType"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionNetscapeComment(FrozenDataclass):
    """Text.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["netscapeComment"] = "netscapeComment"

    oid: str
    """The object identifier."""

    value: str


class ExtensionOcspNoCheck(FrozenDataclass):
    """RFC 6960 4.2.2.2.1: the responder's certificate need not be checked.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["ocspNoCheck"] = "ocspNoCheck"

    oid: str
    """The object identifier."""

    value: bool


class ExtensionOcspNonce(FrozenDataclass):
    """RFC 9654: lowercase hex.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["ocspNonce"] = "ocspNonce"

    oid: str
    """The object identifier."""

    value: str


class ExtensionOther(FrozenDataclass):
    """An extension that has a name or none, but is not decoded here.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["other"] = "other"

    oid: str
    """The object identifier."""

    value: OtherExtension


class ExtensionPolicyConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.11

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["policyConstraints"] = "policyConstraints"

    oid: str
    """The object identifier."""

    value: PolicyConstraints


class ExtensionPolicyMappings(FrozenDataclass):
    """RFC 5280 4.2.1.5

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["policyMappings"] = "policyMappings"

    oid: str
    """The object identifier."""

    value: tuple[PolicyMapping, ...]


class ExtensionPrecertificatePoison(FrozenDataclass):
    """RFC 6962 3.1: this is no certificate but what a log signs beforehand.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["precertificatePoison"] = "precertificatePoison"

    oid: str
    """The object identifier."""

    value: bool


class ExtensionPrivateKeyUsagePeriod(FrozenDataclass):
    """RFC 3280 4.2.1.4

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["privateKeyUsagePeriod"] = "privateKeyUsagePeriod"

    oid: str
    """The object identifier."""

    value: PrivateKeyUsagePeriod


class ExtensionReasonCode(FrozenDataclass):
    """RFC 5280 5.3.1

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["reasonCode"] = "reasonCode"

    oid: str
    """The object identifier."""

    value: str


class ExtensionSignedCertificateTimestamps(FrozenDataclass):
    """RFC 6962 3.3

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["signedCertificateTimestamps"] = "signedCertificateTimestamps"

    oid: str
    """The object identifier."""

    value: tuple[SignedCertificateTimestamp, ...]


class ExtensionSubjectAltName(FrozenDataclass):
    """RFC 5280 4.2.1.6: general names as `dns:a.example`.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["subjectAltName"] = "subjectAltName"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class ExtensionSubjectInfoAccess(FrozenDataclass):
    """RFC 5280 4.2.2.2

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["subjectInfoAccess"] = "subjectInfoAccess"

    oid: str
    """The object identifier."""

    value: tuple[AccessDescription, ...]


class ExtensionSubjectKeyIdentifier(FrozenDataclass):
    """RFC 5280 4.2.1.2: lowercase hex.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["subjectKeyIdentifier"] = "subjectKeyIdentifier"

    oid: str
    """The object identifier."""

    value: str


class ExtensionTlsFeature(FrozenDataclass):
    """RFC 7633: the TLS extensions that the server must answer.

    One form of `Extension`.

    Attributes:
        critical: Must who does not know it refuse the certificate?
        oid: The object identifier.
    """

    critical: bool
    """Must who does not know it refuse the certificate?"""

    name: Literal["tlsFeature"] = "tlsFeature"

    oid: str
    """The object identifier."""

    value: tuple[str, ...]


class Finding(FrozenDataclass):
    """Something that is wrong, or worth knowing.

    Attributes:
        detail: What was found, and what was wanted.
        id: The rule's id, such as `ra_key_usage_incomplete`.
        remedy: What to do.
        severity: How bad it is.
        source: The document and section, or the client that it comes from.
        where: Where in the object, such as `serialNumber` or `extensions.2`, both counted from 0.
    """

    detail: str
    """What was found, and what was wanted."""

    id: str
    """The rule's id, such as `ra_key_usage_incomplete`."""

    remedy: str
    """What to do."""

    severity: Severity
    """How bad it is."""

    source: str
    """The document and section, or the client that it comes from."""

    where: str
    """Where in the object, such as `serialNumber` or `extensions.2`, both counted from 0."""


class FoundCertificate(FrozenDataclass):
    """The same as it was found.

    Attributes:
        certificate: PEM
        friendly_name: Its name in the keystore.
        problem: Why it cannot be used.
    """

    certificate: str
    """PEM"""

    friendly_name: str | None
    """Its name in the keystore."""

    problem: Error | None = None
    """Why it cannot be used."""


class FoundCertificateStatus(FrozenDataclass):
    """What is known of one certificate.

    Attributes:
        digest: What the digests are made with.
        extensions: Of this part of the response.
        issuer_key_hash: Of the issuer's key, lowercase hex.
        issuer_name_hash: Of the issuer's name, lowercase hex.
        next_update: Until when it may be believed.
        reason: Why.
        revoked_at: When it was revoked.
        serial: Lowercase hex.
        status: `good`, `revoked` or `unknown`.
        this_update: When this was known to be right.
    """

    digest: Algorithm
    """What the digests are made with."""

    extensions: tuple[Extension, ...] = ()
    """Of this part of the response."""

    issuer_key_hash: str
    """Of the issuer's key, lowercase hex."""

    issuer_name_hash: str
    """Of the issuer's name, lowercase hex."""

    next_update: datetime | None = None
    """Until when it may be believed."""

    reason: str | None = None
    """Why."""

    revoked_at: datetime | None = None
    """When it was revoked."""

    serial: str
    """Lowercase hex."""

    status: str
    """`good`, `revoked` or `unknown`."""

    this_update: datetime
    """When this was known to be right."""


class FoundIssuingDistributionPoint(FrozenDataclass):
    """RFC 5280 5.2.5

    Attributes:
        indirect_crl: Certificates of other issuers are listed too.
        names: General names of the list.
        only_contains_attribute_certs: Only attribute certificates are listed.
        only_contains_ca_certs: Only authorities are listed.
        only_contains_user_certs: Only end entities are listed.
        only_some_reasons: Only these reasons are listed.
    """

    indirect_crl: bool
    """Certificates of other issuers are listed too."""

    names: tuple[str, ...] = ()
    """General names of the list."""

    only_contains_attribute_certs: bool
    """Only attribute certificates are listed."""

    only_contains_ca_certs: bool
    """Only authorities are listed."""

    only_contains_user_certs: bool
    """Only end entities are listed."""

    only_some_reasons: tuple[str, ...] = ()
    """Only these reasons are listed."""


class Freshness(FrozenDataclass):
    """How old a message may be.

    Attributes:
        allow_undated: Accepts a message that does not say when it was signed: a bare signature never does. It has
            to be remembered for as long as the key is in use.
        clock_skew_seconds: How far the clocks may be apart: 60 seconds if nothing is said, 600 at most.
        max_age_seconds: How long after it was signed a message counts: 300 seconds if nothing is said, 366 days at
            most.
    """

    allow_undated: bool = False
    """Accepts a message that does not say when it was signed: a bare signature never does. It has to be remembered
    for as long as the key is in use.
    """

    clock_skew_seconds: timedelta | None = None
    """How far the clocks may be apart: 60 seconds if nothing is said, 600 at most."""

    max_age_seconds: timedelta | None = None
    """How long after it was signed a message counts: 300 seconds if nothing is said, 366 days at most."""


class GenerateKeyResponse(FrozenDataclass):
    """What `generate_key` gives. The pair.

    Attributes:
        private_key: PEM, PKCS#8 (RFC 5958), not encrypted.
        public_key: PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    """

    private_key: str = secret()
    """PEM, PKCS#8 (RFC 5958), not encrypted."""

    public_key: str
    """PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""


class Generation(FrozenDataclass):
    """One generation that is not the current one.

    Attributes:
        certificate: Its certificate, PEM.
        chain: Its issuers' certificates, nearest first, the root last; empty for a root.
        crl_urls: Where its CRL is: each key has one of its own.
        cross_certificates: New with old and old with new, PEM, if it came with a new key (RFC 4210 section 4.4).
        issuer_urls: Where its certificate is.
        key: The id of its key.
        number: Its number: the first is 1.
        ocsp_urls: Where its OCSP responder is.
        strength: Whether less than today's signatures and keys will do in its chain.
        subject_key_identifier: The key identifier of all that it issues.
    """

    certificate: str
    """Its certificate, PEM."""

    chain: Sequence[str]
    """Its issuers' certificates, nearest first, the root last; empty for a root."""

    crl_urls: Sequence[str] = ()
    """Where its CRL is: each key has one of its own."""

    cross_certificates: Sequence[str] = ()
    """New with old and old with new, PEM, if it came with a new key (RFC 4210 section 4.4)."""

    issuer_urls: Sequence[str] = ()
    """Where its certificate is."""

    key: str
    """The id of its key."""

    number: int
    """Its number: the first is 1."""

    ocsp_urls: Sequence[str] = ()
    """Where its OCSP responder is."""

    strength: Strength | None = None
    """Whether less than today's signatures and keys will do in its chain."""

    subject_key_identifier: bytes
    """The key identifier of all that it issues."""


class Group(FrozenDataclass):
    """Certificates of one kind that end at the same time.

    Attributes:
        count: How many; one if it is not said.
        not_after: When they end.
        profile: The profile's name, as in the record.
    """

    count: int = 1
    """How many; one if it is not said."""

    not_after: datetime
    """When they end."""

    profile: str
    """The profile's name, as in the record."""


class Header(FrozenDataclass):
    """The header parameters that mean something here (RFC 7515 4.1). All others are passed over, `jwk`, `jku`, `x5c`
    and `x5u` too: a key that comes with a token proves nothing.

    Attributes:
        alg: The algorithm.
        kid: The id of the key.
        typ: The media type.
    """

    alg: JwsAlgorithm
    """The algorithm."""

    kid: str | None = None
    """The id of the key."""

    typ: str | None = None
    """The media type."""


class Helper(FrozenDataclass):
    """A helper of an authority.

    Attributes:
        certificate: Its certificate, PEM.
        chain: Those above it, PEM, nearest first.
        id: Its name, of the caller's choosing.
        key: The id of its key.
        role: What it does, in the caller's words.
    """

    certificate: str
    """Its certificate, PEM."""

    chain: Sequence[str]
    """Those above it, PEM, nearest first."""

    id: str
    """Its name, of the caller's choosing."""

    key: str
    """The id of its key."""

    role: str
    """What it does, in the caller's words."""


class HelperToRenew(FrozenDataclass):
    """A helper's certificate that is to be issued again.

    Attributes:
        certificate: The present one, PEM, issued by the authority.
        profile: Its profile.
        validity_seconds: The lifetime in place of the profile's.
    """

    certificate: Pem
    """The present one, PEM, issued by the authority."""

    profile: ProfileChoice
    """Its profile."""

    validity_seconds: timedelta | None = None
    """The lifetime in place of the profile's."""


class HttpReport(FrozenDataclass):
    """What an HTTP message signature says.

    Attributes:
        covered: What it covers, as RFC 9421 writes it: `"@method"`, `"content-digest";req`.
        keyid: How it names the key.
        label: Its label.
        nonce: The signer's nonce.
        tag: What it is for.
    """

    covered: tuple[str, ...]
    """What it covers, as RFC 9421 writes it: `"@method"`, `"content-digest";req`."""

    keyid: str | None = None
    """How it names the key."""

    label: str
    """Its label."""

    nonce: str | None = None
    """The signer's nonce."""

    tag: str | None = None
    """What it is for."""


class HttpRequest(FrozenDataclass):
    """A request. Field names in any case; values as they came, lines in their order.

    Attributes:
        headers: Name and value of each header line.
        method: `POST`.
        request_target: As the request line has it, if that is not path and query of the URI (RFC 9112 3.2).
        target_uri: The whole URI, scheme and authority included, as the device meant it (RFC 9110 7.1).
        trailers: Name and value of each trailer line.
    """

    headers: Sequence[tuple[str, str]] = ()
    """Name and value of each header line."""

    method: str
    """`POST`."""

    request_target: str | None = None
    """As the request line has it, if that is not path and query of the URI (RFC 9112 3.2)."""

    target_uri: str
    """The whole URI, scheme and authority included, as the device meant it (RFC 9110 7.1)."""

    trailers: Sequence[tuple[str, str]] = ()
    """Name and value of each trailer line."""


class HttpResponse(FrozenDataclass):
    """A response.

    Attributes:
        headers: Name and value of each header line.
        status: The status code.
        trailers: Name and value of each trailer line.
    """

    headers: Sequence[tuple[str, str]] = ()
    """Name and value of each header line."""

    status: int
    """The status code."""

    trailers: Sequence[tuple[str, str]] = ()
    """Name and value of each trailer line."""


class Identifier(FrozenDataclass):
    """Whose certificate or key it is: SignerIdentifier, RecipientIdentifier (RFC 5652 5.3 and 6.2.1).

    Attributes:
        issuer: RFC 4514.
        serial: Lowercase hex.
        subject_key_identifier: Lowercase hex.
    """

    issuer: str | None = None
    """RFC 4514."""

    serial: str | None = None
    """Lowercase hex."""

    subject_key_identifier: str | None = None
    """Lowercase hex."""


class InspectResponse(FrozenDataclass):
    """What `inspect` gives. What is in it.

    Attributes:
        objects: The objects, in their order; no secret of a private key or request is in them.
    """

    objects: tuple[Object, ...]
    """The objects, in their order; no secret of a private key or request is in them."""


class IssueFromPublicKeyResponse(FrozenDataclass):
    """What `issue_from_public_key` gives. The certificate.

    Attributes:
        certificate: PEM.
        chain: The authority's certificate and those above it, PEM, the root last.
        generation: The number of the authority's generation that signed.
        record: What an inventory keeps.
    """

    certificate: str
    """PEM."""

    chain: tuple[str, ...]
    """The authority's certificate and those above it, PEM, the root last."""

    generation: int
    """The number of the authority's generation that signed."""

    record: CertificateRecord
    """What an inventory keeps."""


class Issued(FrozenDataclass):
    """A certificate that was issued.

    Attributes:
        certificate: PEM.
        record: What an inventory keeps.
    """

    certificate: str
    """PEM."""

    record: CertificateRecord
    """What an inventory keeps."""


class IssuingDistributionPoint(FrozenDataclass):
    """What the list is to cover, where that is less than all that the authority issued.

    Attributes:
        only_contains: The one kind of certificate that it covers.
        partition: The one partition that it covers, from 0; entries of others are left out.
        urls: Where this list is, as the certificates name it. For a partition the authority's `crl_urls` if left
            out.
    """

    only_contains: Contents | None = None
    """The one kind of certificate that it covers."""

    partition: int | None = None
    """The one partition that it covers, from 0; entries of others are left out."""

    urls: Sequence[str] = ()
    """Where this list is, as the certificates name it. For a partition the authority's `crl_urls` if left out."""


class Jwk(FrozenDataclass):
    """A public key for signatures, to be published."""

    alg: JwsAlgorithm

    crv: str | None = None

    e: str | None = None

    kid: str

    kty: str

    n: str | None = None

    use: str

    x: str | None = None

    y: str | None = None


class JwkSet(FrozenDataclass):
    """A set as it was published; members beside `keys` are passed over.

    Attributes:
        keys: The keys, each a JWK (RFC 7517 section 4).
    """

    keys: Sequence[Mapping[str, Any]]
    """The keys, each a JWK (RFC 7517 section 4)."""


class JwksResponse(FrozenDataclass):
    """What `jwks` gives. The set, and its keys in words.

    Attributes:
        jwks: `{"keys":[…]}`, as it goes to `/.well-known/jwks.json`.
        keys: The keys of the set, in its order.
    """

    jwks: Published
    """`{"keys":[…]}`, as it goes to `/.well-known/jwks.json`."""

    keys: tuple[Described, ...]
    """The keys of the set, in its order."""


class KeyKind(FrozenDataclass):
    """The kind and size of a key as profiles and inventories speak of it.

    Attributes:
        bits: Length of the modulus.
    """

    algorithm: Literal["rsa", "rsa_pss", "p256", "p384", "p521", "ed25519", "ml_dsa_44", "ml_dsa_65", "ml_dsa_87"]

    bits: int | None = None
    """Length of the modulus."""


class KeyReference(FrozenDataclass):
    """A private key by its id. `public_key` (PEM) may be left out when the ring holds the key.

    Attributes:
        id: The id, of the caller's choosing.
        public_key: Its public half as a PEM block `PUBLIC KEY`.
    """

    id: str
    """The id, of the caller's choosing."""

    public_key: PublicKeyPem | None = None
    """Its public half as a PEM block `PUBLIC KEY`."""


class Keystore(FrozenDataclass):
    """A keystore, which nobody opened.

    Attributes:
        length_bytes: The octets of the file.
        sha256: Their SHA-256, lowercase hex.
    """

    length_bytes: int
    """The octets of the file."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class KeystoreEntry(FrozenDataclass):
    """A private key and what belongs to it, as it was found.

    Attributes:
        bits: Length of the modulus.
        certificate: PEM; null if no certificate in the keystore is one for this key.
        chain: Those above it, PEM, nearest first.
        friendly_name: Its name in the keystore: the friendly name or the alias.
        private_key: PEM, PKCS#8, not encrypted; null if `problem` says why not.
        problem: Why the key cannot be used: another password, an algorithm that is not supported, a size that is
            too small.
    """

    algorithm: Literal["rsa", "rsa_pss", "p256", "p384", "p521", "ed25519", "ml_dsa_44", "ml_dsa_65", "ml_dsa_87"] | None = None

    bits: int | None = None
    """Length of the modulus."""

    certificate: str | None
    """PEM; null if no certificate in the keystore is one for this key."""

    chain: tuple[str, ...]
    """Those above it, PEM, nearest first."""

    friendly_name: str | None
    """Its name in the keystore: the friendly name or the alias."""

    private_key: str | None = secret()
    """PEM, PKCS#8, not encrypted; null if `problem` says why not."""

    problem: Error | None = None
    """Why the key cannot be used: another password, an algorithm that is not supported, a size that is too small."""


class KeystoreKey(FrozenDataclass):
    """A private key and what belongs to it.

    Attributes:
        certificate: Its certificate, PEM.
        chain: Those above it, PEM, nearest first.
        friendly_name: What people see, 1 to 256 characters.
        private_key: PEM or DER as bytes, not encrypted.
    """

    certificate: Pem
    """Its certificate, PEM."""

    chain: Sequence[Pem] = ()
    """Those above it, PEM, nearest first."""

    friendly_name: str | None = None
    """What people see, 1 to 256 characters."""

    private_key: File = secret()
    """PEM or DER as bytes, not encrypted."""


class LeftOut(FrozenDataclass):
    """A certificate that was left out.

    Attributes:
        code: The code of what stopped its path, such as `path_algorithm_refused`.
        detail: The same in words.
        sha256: SHA-256 of it in hexadecimal.
    """

    code: ErrorCode
    """The code of what stopped its path, such as `path_algorithm_refused`."""

    detail: str
    """The same in words."""

    sha256: str
    """SHA-256 of it in hexadecimal."""


class LintResponse(FrozenDataclass):
    """What `lint` gives. What was found.

    Attributes:
        counts: How many findings there are.
        objects: Every object, those without findings too.
    """

    counts: Counts
    """How many findings there are."""

    objects: tuple[LintedObject, ...]
    """Every object, those without findings too."""


class LintRulesResponse(FrozenDataclass):
    """What `lint_rules` gives. The table.

    Attributes:
        rules: Every rule, subject by subject.
    """

    rules: tuple[Explanation, ...]
    """Every rule, subject by subject."""


class LintedObject(FrozenDataclass):
    """What was looked at, and what was found.

    Attributes:
        at: Where it stands in the request: `inputs.0.1`, `authority.chain.0`, `helpers.0`.
        findings: The worst first.
        input: Which of the inputs it comes from, counted from 0.
        kind: `certificate`, `certificate_request`, `certificate_list`, `authority` or another kind of `inspect`.
        left_out: How many more there are of rules that were told often.
        name: The subject, or the issuer of a list, as RFC 4514 writes it.
        sha256: SHA-256 of the DER, lowercase hex; not of private keys.
    """

    at: str
    """Where it stands in the request: `inputs.0.1`, `authority.chain.0`, `helpers.0`."""

    findings: tuple[Finding, ...]
    """The worst first."""

    input: int | None = None
    """Which of the inputs it comes from, counted from 0."""

    kind: str
    """`certificate`, `certificate_request`, `certificate_list`, `authority` or another kind of `inspect`."""

    left_out: int | None = None
    """How many more there are of rules that were told often."""

    name: str | None = None
    """The subject, or the issuer of a list, as RFC 4514 writes it."""

    sha256: str | None = None
    """SHA-256 of the DER, lowercase hex; not of private keys."""


class Load(FrozenDataclass):
    """Renewals spread evenly.

    Attributes:
        certificates: How many certificates there are to renew.
        done_at: When the last one can be done, if the first is done now.
        per_hour: How many in an hour, rounded up.
        spread_seconds: Over how many seconds.
    """

    certificates: int
    """How many certificates there are to renew."""

    done_at: datetime
    """When the last one can be done, if the first is done now."""

    per_hour: int
    """How many in an hour, rounded up."""

    spread_seconds: timedelta
    """Over how many seconds."""


class MalformedExtension(FrozenDataclass):
    """An extension that is not what its document says.

    Attributes:
        hex: The first 1024 of them in lowercase hex.
        known_as: Which extension it should be.
        length_bytes: How many octets there are.
        problem: What was found and what was wanted.
    """

    hex: str
    """The first 1024 of them in lowercase hex."""

    known_as: str
    """Which extension it should be."""

    length_bytes: int
    """How many octets there are."""

    problem: str
    """What was found and what was wanted."""


class MessageBare(FrozenDataclass):
    """A bare signature in a header.

    One form of `Message`.

    Attributes:
        ecdsa: How ECDSA's signatures are written.
        key_id: The header beside it, if there is one.
        scheme: How it was signed. Otherwise as keys of the signer's kind sign here: PKCS#1 with SHA-256, or the
            digest of the curve.
        signature: The header: base64.
    """

    ecdsa: EcdsaForm | None = None
    """How ECDSA's signatures are written."""

    form: Literal["bare"] = "bare"

    key_id: str | None = None
    """The header beside it, if there is one."""

    scheme: SignatureScheme | None = None
    """How it was signed. Otherwise as keys of the signer's kind sign here: PKCS#1 with SHA-256, or the digest of the
    curve.
    """

    signature: str
    """The header: base64."""


class MessageDetachedCms(FrozenDataclass):
    """Detached CMS in a header.

    One form of `Message`.

    Attributes:
        allow_sha1: Accepts SHA-1, which old devices sign with. Anybody may make two bodies of one SHA-1.
        signature: The header: base64 of DER, or of BER with any lengths.
    """

    allow_sha1: bool = False
    """Accepts SHA-1, which old devices sign with. Anybody may make two bodies of one SHA-1."""

    form: Literal["detached_cms"] = "detached_cms"

    signature: str
    """The header: base64 of DER, or of BER with any lengths."""


class MessageHttp(FrozenDataclass):
    """HTTP message signatures (RFC 9421).

    One form of `Message`.

    Attributes:
        algorithms: The algorithms that count; all if nothing is said. A signature need not name its own: then
            exactly one of these has to go with the signer's key, so for RSA it has to be said.
        label: The label of the signature, where there are several.
        request: The request.
        required_components: Components that have to be covered, by name or as RFC 9421 writes their identifiers,
            in place of the usual ones: `@method`, `@target-uri` (or `@authority` and `@path`), the query and the
            body where there are any; of a response `@status` and the body. An empty list asks for none.
        required_parameters: Parameters that have to be there beside `created`: `nonce`, `keyid`, `expires`, `alg`,
            `tag`.
        response: The response; if there is one, it is what was signed.
        structured_fields: Which fields are structured and how, for the component parameter `sf`, beside those that
            RFCs define.
        tag: What its `tag` has to be; of several signatures it is the one with this tag.
    """

    algorithms: Sequence[HttpAlgorithm] | None = None
    """The algorithms that count; all if nothing is said. A signature need not name its own: then exactly one of these
    has to go with the signer's key, so for RSA it has to be said.
    """

    form: Literal["http"] = "http"

    label: str | None = None
    """The label of the signature, where there are several."""

    request: HttpRequest | None = None
    """The request."""

    required_components: Sequence[str] | None = None
    """Components that have to be covered, by name or as RFC 9421 writes their identifiers, in place of the usual
    ones: `@method`, `@target-uri` (or `@authority` and `@path`), the query and the body where there are any; of a
    response `@status` and the body. An empty list asks for none.
    """

    required_parameters: Sequence[str] = ()
    """Parameters that have to be there beside `created`: `nonce`, `keyid`, `expires`, `alg`, `tag`."""

    response: HttpResponse | None = None
    """The response; if there is one, it is what was signed."""

    structured_fields: Mapping[str, StructuredType] | None = None
    """Which fields are structured and how, for the component parameter `sf`, beside those that RFCs define."""

    tag: str | None = None
    """What its `tag` has to be; of several signatures it is the one with this tag."""


class MintJwtResponse(FrozenDataclass):
    """What `mint_jwt` gives. A token, and what the caller may want to keep of it.

    Attributes:
        algorithm: The algorithm.
        expires: The time from which on it is not good any more.
        jti: The token's own id, if it has one.
        kid: The id of the key, where the token names it.
        token: The token.
    """

    algorithm: JwsAlgorithm
    """The algorithm."""

    expires: datetime
    """The time from which on it is not good any more."""

    jti: str | None = None
    """The token's own id, if it has one."""

    kid: str | None = None
    """The id of the key, where the token names it."""

    token: str = secret()
    """The token."""


class ModeNewKey(FrozenDataclass):
    """With which key: the one it has, or another; where only a plan is made, `new_key` is one that is not known yet.

    One form of `Mode`.
    """

    new_key: KeyReference


class NameConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.10

    Attributes:
        excluded: Those that win over the permitted ones.
        permitted: General names; an address is a network.
    """

    excluded: tuple[str, ...] = ()
    """Those that win over the permitted ones."""

    permitted: tuple[str, ...] = ()
    """General names; an address is a network."""


class NamedCertificate(FrozenDataclass):
    """A certificate that belongs to no key of the keystore.

    Attributes:
        certificate: PEM
        friendly_name: Its name in the keystore.
    """

    certificate: Pem
    """PEM"""

    friendly_name: str | None = None
    """Its name in the keystore."""


class Number(FrozenDataclass):
    """A number that may be longer than an integer of any host.

    Attributes:
        decimal: The same in decimal where it fits 64 bits.
        hex: Lowercase hex without leading zeros.
    """

    decimal: str | None = None
    """The same in decimal where it fits 64 bits."""

    hex: str
    """Lowercase hex without leading zeros."""


class ObjectCertificate(FrozenDataclass):
    """RFC 5280 4.1

    One form of `Object`.

    Attributes:
        extensions: In their order.
        issuer: RFC 4514.
        not_after: The time.
        not_before: The time.
        pem_label: The label of its PEM block; absent for bare DER.
        public_key: The subject's key.
        self_signed: Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one
            of this engine's, and within a message, which may hold more certificates than anybody would verify.
        serial: Lowercase hex without leading zero octets; a minus sign before it where it is negative.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        subject: RFC 4514.
        version: 1 to 3.
    """

    extensions: tuple[Extension, ...]
    """In their order."""

    issuer: str
    """RFC 4514."""

    kind: Literal["certificate"] = "certificate"

    not_after: datetime
    """The time."""

    not_before: datetime
    """The time."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    public_key: PublicKey
    """The subject's key."""

    self_signed: bool | None = None
    """Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one of this
    engine's, and within a message, which may hold more certificates than anybody would verify.
    """

    serial: str
    """Lowercase hex without leading zero octets; a minus sign before it where it is negative."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    subject: str
    """RFC 4514."""

    version: int
    """1 to 3."""


class ObjectCertificateList(FrozenDataclass):
    """RFC 5280 5.1

    One form of `Object`.

    Attributes:
        entries: How many certificates are revoked.
        entries_shown: How many of them are described here: the first 100.
        extensions: Of the list, in their order.
        issuer: RFC 4514.
        next_update: The time.
        pem_label: The label of its PEM block; absent for bare DER.
        revoked_certificates: The entries, in their order.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the issuer signed with.
        this_update: The time.
        version: 1 or 2.
    """

    entries: int
    """How many certificates are revoked."""

    entries_shown: int
    """How many of them are described here: the first 100."""

    extensions: tuple[Extension, ...]
    """Of the list, in their order."""

    issuer: str
    """RFC 4514."""

    kind: Literal["certificate_list"] = "certificate_list"

    next_update: datetime | None = None
    """The time."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    revoked_certificates: tuple[RevokedCertificate, ...]
    """The entries, in their order."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the issuer signed with."""

    this_update: datetime
    """The time."""

    version: int
    """1 or 2."""


class ObjectCertificateRequest(FrozenDataclass):
    """RFC 2986 4.2

    One form of `Object`.

    Attributes:
        attributes: The other attributes.
        challenge_password: Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown.
        extensions: The extensions that the requester wishes for (RFC 2985 5.4.2).
        pem_label: The label of its PEM block; absent for bare DER.
        public_key: The requester's key.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the requester signed with.
        signature_valid: Did the key in the request sign it? Absent where the algorithm is not one of this
            engine's.
        subject: RFC 4514.
        version: Always 1.
    """

    attributes: tuple[Attribute, ...] = ()
    """The other attributes."""

    challenge_password: bool
    """Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown."""

    extensions: tuple[Extension, ...]
    """The extensions that the requester wishes for (RFC 2985 5.4.2)."""

    kind: Literal["certificate_request"] = "certificate_request"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    public_key: PublicKey
    """The requester's key."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm
    """What the requester signed with."""

    signature_valid: bool | None = None
    """Did the key in the request sign it? Absent where the algorithm is not one of this engine's."""

    subject: str
    """RFC 4514."""

    version: int
    """Always 1."""


class ObjectCms(FrozenDataclass):
    """RFC 5652 3

    One form of `Object`.

    Attributes:
        content_type: `signedData`, `envelopedData` or another content type by name.
        encoding: `der`, or `ber` where lengths are indefinite or strings come in pieces.
        enveloped_data: RFC 5652 6, and authEnvelopedData (RFC 5083 2)
        pem_label: The label of its PEM block; absent for bare DER.
        signed_data: RFC 5652 5
    """

    content_type: str
    """`signedData`, `envelopedData` or another content type by name."""

    encoding: str
    """`der`, or `ber` where lengths are indefinite or strings come in pieces."""

    enveloped_data: EnvelopedData | None = None
    """RFC 5652 6, and authEnvelopedData (RFC 5083 2)"""

    kind: Literal["cms"] = "cms"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    signed_data: SignedData | None = None
    """RFC 5652 5"""


class ObjectEcParameters(FrozenDataclass):
    """RFC 5480 2.1.1: what OpenSSL writes before a SEC1 key.

    One form of `Object`.

    Attributes:
        curve: The name of the curve.
        pem_label: The label of its PEM block; absent for bare DER.
    """

    curve: str
    """The name of the curve."""

    kind: Literal["ec_parameters"] = "ec_parameters"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""


class ObjectEncryptedPrivateKey(FrozenDataclass):
    """RFC 5958 3 or RFC 1421 4.6.1.1

    One form of `Object`.

    Attributes:
        encrypted_length_bytes: The octets of the encrypted key.
        encryption: How it is encrypted.
        format: `pkcs8`, or `pem` for the encryption of RFC 1421.
        pem_cipher: The cipher that the headers of an RFC 1421 block name.
        pem_label: The label of its PEM block; absent for bare DER.
    """

    encrypted_length_bytes: int
    """The octets of the encrypted key."""

    encryption: Algorithm | None = None
    """How it is encrypted."""

    format: str
    """`pkcs8`, or `pem` for the encryption of RFC 1421."""

    kind: Literal["encrypted_private_key"] = "encrypted_private_key"

    pem_cipher: str | None = None
    """The cipher that the headers of an RFC 1421 block name."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""


class ObjectJks(FrozenDataclass):
    """One of Java's own keystores, JKS or JCEKS.

    One form of `Object`.

    Attributes:
        length_bytes: The octets of the file.
        pem_label: The label of its PEM block; absent for bare DER.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["jks"] = "jks"

    length_bytes: int
    """The octets of the file."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class ObjectOcspRequest(FrozenDataclass):
    """RFC 6960 4.1

    One form of `Object`.

    Attributes:
        extensions: Of the whole request.
        pem_label: The label of its PEM block; absent for bare DER.
        requestor: Who asks, as general names are written.
        requests: What is asked about.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signed: Whether it has a signature, which is not checked here.
        version: Always 1.
    """

    extensions: tuple[Extension, ...]
    """Of the whole request."""

    kind: Literal["ocsp_request"] = "ocsp_request"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    requestor: str | None = None
    """Who asks, as general names are written."""

    requests: tuple[RequestedStatus, ...]
    """What is asked about."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signed: bool
    """Whether it has a signature, which is not checked here."""

    version: int
    """Always 1."""


class ObjectOcspResponse(FrozenDataclass):
    """RFC 6960 4.2

    One form of `Object`.

    Attributes:
        certificates: What goes along.
        extensions: Of the whole response.
        pem_label: The label of its PEM block; absent for bare DER.
        produced_at: When it was signed.
        responder: Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514.
        responses: What is known.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the responder signed with.
        status: `successful`, or why there is no answer.
        version: Always 1.
    """

    certificates: tuple[Certificate, ...] = ()
    """What goes along."""

    extensions: tuple[Extension, ...] = ()
    """Of the whole response."""

    kind: Literal["ocsp_response"] = "ocsp_response"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    produced_at: datetime | None = None
    """When it was signed."""

    responder: str | None = None
    """Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514."""

    responses: tuple[FoundCertificateStatus, ...] = ()
    """What is known."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm | None = None
    """What the responder signed with."""

    status: str
    """`successful`, or why there is no answer."""

    version: int | None = None
    """Always 1."""


class ObjectPkcs12(FrozenDataclass):
    """RFC 7292 4; what is in it only its password shows.

    One form of `Object`.

    Attributes:
        length_bytes: The octets of the file.
        pem_label: The label of its PEM block; absent for bare DER.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["pkcs12"] = "pkcs12"

    length_bytes: int
    """The octets of the file."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class ObjectPrivateKey(FrozenDataclass):
    """RFC 5958 2, RFC 8017 A.1.2 or RFC 5915 3, not encrypted

    One form of `Object`.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole public key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        format: `pkcs8`, `pkcs1` or `sec1`.
        pem_label: The label of its PEM block; absent for bare DER.
        public_key_sha256: SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the
            key does not say it and the engine does not compute it; one that only verifies never does.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole public key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    format: str
    """`pkcs8`, `pkcs1` or `sec1`."""

    kind: Literal["private_key"] = "private_key"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    public_key_sha256: str | None = None
    """SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the key does not say it and
    the engine does not compute it; one that only verifies never does.
    """


class ObjectPublicKey(FrozenDataclass):
    """RFC 5280 4.1.2.7 or RFC 8017 A.1.1

    One form of `Object`.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        exponent: The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits.
        pem_label: The label of its PEM block; absent for bare DER.
        sha256: SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    exponent: str | None = None
    """The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits."""

    kind: Literal["public_key"] = "public_key"

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    sha256: str
    """SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex."""


class ObjectUnreadable(FrozenDataclass):
    """One of several that cannot be read.

    One form of `Object`.

    Attributes:
        length_bytes: The octets of the object.
        pem_label: The label of its PEM block; absent for bare DER.
        problem: What was found and what was wanted.
        sha256: Their SHA-256, lowercase hex.
    """

    kind: Literal["unreadable"] = "unreadable"

    length_bytes: int
    """The octets of the object."""

    pem_label: str | None = None
    """The label of its PEM block; absent for bare DER."""

    problem: str
    """What was found and what was wanted."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class OcspRequest(FrozenDataclass):
    """An OCSP request.

    Attributes:
        extensions: Of the whole request.
        requestor: Who asks, as general names are written.
        requests: What is asked about.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signed: Whether it has a signature, which is not checked here.
        version: Always 1.
    """

    extensions: tuple[Extension, ...]
    """Of the whole request."""

    requestor: str | None = None
    """Who asks, as general names are written."""

    requests: tuple[RequestedStatus, ...]
    """What is asked about."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signed: bool
    """Whether it has a signature, which is not checked here."""

    version: int
    """Always 1."""


class OcspResponse(FrozenDataclass):
    """An OCSP response.

    Attributes:
        certificates: What goes along.
        extensions: Of the whole response.
        produced_at: When it was signed.
        responder: Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514.
        responses: What is known.
        sha1: SHA-1, which older tools show.
        sha256: SHA-256.
        signature_algorithm: What the responder signed with.
        status: `successful`, or why there is no answer.
        version: Always 1.
    """

    certificates: tuple[Certificate, ...] = ()
    """What goes along."""

    extensions: tuple[Extension, ...] = ()
    """Of the whole response."""

    produced_at: datetime | None = None
    """When it was signed."""

    responder: str | None = None
    """Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514."""

    responses: tuple[FoundCertificateStatus, ...] = ()
    """What is known."""

    sha1: str
    """SHA-1, which older tools show."""

    sha256: str
    """SHA-256."""

    signature_algorithm: Algorithm | None = None
    """What the responder signed with."""

    status: str
    """`successful`, or why there is no answer."""

    version: int | None = None
    """Always 1."""


class OpenOcspRequestResponse(FrozenDataclass):
    """What `open_ocsp_request` gives. What is asked.

    Attributes:
        nonce: The nonce that the response must repeat.
        requests: The certificates, in the order of the request.
        signed: Whether the request has a signature. It was not looked at.
    """

    nonce: bytes | None
    """The nonce that the response must repeat."""

    requests: tuple[RequestedCertificate, ...]
    """The certificates, in the order of the request."""

    signed: bool
    """Whether the request has a signature. It was not looked at."""


class OtherExtension(FrozenDataclass):
    """An extension that is not decoded here.

    Attributes:
        hex: The first 1024 of them in lowercase hex.
        known_as: The name, if it is known.
        length_bytes: How many octets there are.
        text: The text, if the value is one character string.
    """

    hex: str
    """The first 1024 of them in lowercase hex."""

    known_as: str | None = None
    """The name, if it is known."""

    length_bytes: int
    """How many octets there are."""

    text: str | None = None
    """The text, if the value is one character string."""


class OutcomeError(FrozenDataclass):
    """An operation refused it: what is answered follows from the error.

    One form of `Outcome`.

    Attributes:
        error: As the operation gave it.
    """

    error: Error
    """As the operation gave it."""

    status: Literal["error"] = "error"


class OutcomeFailure(FrozenDataclass):
    """It was refused.

    One form of `Outcome`.

    Attributes:
        fail_info: The reason as SCEP has it.
        fail_info_text: The reason for people.
    """

    fail_info: FailInfo
    """The reason as SCEP has it."""

    fail_info_text: str | None = None
    """The reason for people."""

    status: Literal["failure"] = "failure"


class OutcomePending(FrozenDataclass):
    """It waits for somebody; the client will poll.

    One form of `Outcome`.
    """

    status: Literal["pending"] = "pending"


class OutcomeSuccess(FrozenDataclass):
    """The certificate was issued, or is there, or the CRL is.

    One form of `Outcome`.

    Attributes:
        certificates: PEM, one certificate each: the client's own first, then what else it should have. To GetCert,
            the one that was asked for; to GetCRL none.
        crl: To GetCRL, the revocation list (PEM), and nothing else.
    """

    certificates: Sequence[Pem] = ()
    """PEM, one certificate each: the client's own first, then what else it should have. To GetCert, the one that was
    asked for; to GetCRL none.
    """

    crl: Pem | None = None
    """To GetCRL, the revocation list (PEM), and nothing else."""

    status: Literal["success"] = "success"


class PathBindingExact(FrozenDataclass):
    """This one.

    One form of `PathBinding`.
    """

    exact: str


class PathBindingPrefix(FrozenDataclass):
    """This one and all below it: `/a` opens `/a/b` and not `/ab`.

    One form of `PathBinding`.
    """

    prefix: str


class PathCertificate(FrozenDataclass):
    """One certificate of a path, or the anchor.

    Attributes:
        from_: Where it was in the request: `certificate`, `intermediates.2`, `anchors.0`.
        not_after: The time; none of an anchor that is a name and a key.
        revocation: None of an anchor, which nobody revokes.
        serial: Hexadecimal; none of an anchor that is a name and a key.
        sha256: SHA-256 of the certificate, hexadecimal; none of an anchor that is a name and a key.
        subject: RFC 4514.
    """

    from_: str
    """Where it was in the request: `certificate`, `intermediates.2`, `anchors.0`."""

    not_after: datetime | None = None
    """The time; none of an anchor that is a name and a key."""

    revocation: RevocationStatus | None = None
    """None of an anchor, which nobody revokes."""

    serial: str | None = None
    """Hexadecimal; none of an anchor that is a name and a key."""

    sha256: str | None = None
    """SHA-256 of the certificate, hexadecimal; none of an anchor that is a name and a key."""

    subject: str
    """RFC 4514."""


class Pending(FrozenDataclass):
    """Made when a request is sealed, given back unchanged when its reply is opened.

    Attributes:
        query: In GetCert and GetCRL, what was asked for.
        sender_nonce: What the reply's recipientNonce must be.
        signer_certificate: The certificate that the message was signed with (PEM), which the reply is encrypted
            for.
        transaction_id: The transaction; polls for the same certificate have the same.
    """

    query: Query | None = None
    """In GetCert and GetCRL, what was asked for."""

    sender_nonce: bytes
    """What the reply's recipientNonce must be."""

    signer_certificate: str
    """The certificate that the message was signed with (PEM), which the reply is encrypted for."""

    transaction_id: str
    """The transaction; polls for the same certificate have the same."""


class PlanRenewalResponse(FrozenDataclass):
    """What `plan_renewal` gives. What will happen.

    Attributes:
        checks: The checks, always all of them.
        current_not_after: When the authority's present certificate ends.
        dependents: What depends on the authority, by kind.
        generation: The number of the generation that would be made.
        last_not_after: When the last certificate ends that is valid now: until then the old generation's
            certificate has to be known to those who verify, and what revokes goes on. Nothing if there is none.
        load: How the renewals of the devices would come.
        next_not_after: When the next one would end.
        possible: Whether `renew_authority` would do it, as far as the helpers allow: no check is refused.
    """

    checks: tuple[Check, ...]
    """The checks, always all of them."""

    current_not_after: datetime
    """When the authority's present certificate ends."""

    dependents: tuple[Dependents, ...]
    """What depends on the authority, by kind."""

    generation: int
    """The number of the generation that would be made."""

    last_not_after: datetime | None
    """When the last certificate ends that is valid now: until then the old generation's certificate has to be known
    to those who verify, and what revokes goes on. Nothing if there is none.
    """

    load: Load
    """How the renewals of the devices would come."""

    next_not_after: datetime
    """When the next one would end."""

    possible: bool
    """Whether `renew_authority` would do it, as far as the helpers allow: no check is refused."""


class Policy(FrozenDataclass):
    """The policy of a verification; what is left out is as the default says.

    Attributes:
        allow_sha1: Whether signatures with SHA-1 count; they can be forged.
        clock_skew_seconds: How much the clocks may differ: 0.
        inhibit_any_policy: Whether anyPolicy stands for no policy (RFC 5280 6.1.1 g).
        inhibit_policy_mapping: Whether policies may not be mapped (RFC 5280 6.1.1 e).
        max_depth: How many issuers may be between the certificate and the anchor, self-issued ones not counted: 8.
        minimum_ec_bits: The smallest key on an elliptic curve, Ed25519 counted as 256, and ML-DSA-44, -65 and -87
            as 256, 384 and 521: 256 bits.
        minimum_rsa_bits: The smallest RSA key, in bits: 2048.
        policies: The policies of which the path has to be valid for one, in dotted decimal (RFC 5280 6.1.1 c); any
            if left out.
        public_suffixes: Domains below which anybody may register (such as `co.uk`, `*.ck`, `!www.ck`): a
            certificate for all names below one is refused under the rules `web_pki`.
        require_explicit_policy: Whether the path has to be valid for one of them even if no certificate says so
            (RFC 5280 6.1.1 f).
        revocation: Revocation: soft.
        rules: Which rules.
    """

    allow_sha1: bool = False
    """Whether signatures with SHA-1 count; they can be forged."""

    clock_skew_seconds: timedelta | None = None
    """How much the clocks may differ: 0."""

    inhibit_any_policy: bool = False
    """Whether anyPolicy stands for no policy (RFC 5280 6.1.1 g)."""

    inhibit_policy_mapping: bool = False
    """Whether policies may not be mapped (RFC 5280 6.1.1 e)."""

    max_depth: int = 8
    """How many issuers may be between the certificate and the anchor, self-issued ones not counted: 8."""

    minimum_ec_bits: int = 256
    """The smallest key on an elliptic curve, Ed25519 counted as 256, and ML-DSA-44, -65 and -87 as 256, 384 and 521:
    256 bits.
    """

    minimum_rsa_bits: int = 2048
    """The smallest RSA key, in bits: 2048."""

    policies: Sequence[str] | None = None
    """The policies of which the path has to be valid for one, in dotted decimal (RFC 5280 6.1.1 c); any if left out."""

    public_suffixes: Sequence[str] = ()
    """Domains below which anybody may register (such as `co.uk`, `*.ck`, `!www.ck`): a certificate for all names
    below one is refused under the rules `web_pki`.
    """

    require_explicit_policy: bool = False
    """Whether the path has to be valid for one of them even if no certificate says so (RFC 5280 6.1.1 f)."""

    revocation: RevocationMode | None = None
    """Revocation: soft."""

    rules: Rules | None = None
    """Which rules."""


class PolicyConstraints(FrozenDataclass):
    """RFC 5280 4.2.1.11: after how many certificates the demand holds.

    Attributes:
        inhibit_policy_mapping: Then policies are no longer mapped.
        require_explicit_policy: Then a policy must be acceptable.
    """

    inhibit_policy_mapping: int | None = None
    """Then policies are no longer mapped."""

    require_explicit_policy: int | None = None
    """Then a policy must be acceptable."""


class PolicyInformation(FrozenDataclass):
    """One policy and its qualifiers.

    Attributes:
        cps: Where the certification practice statement is.
        other_qualifiers: Qualifiers of other kinds, by object identifier.
        policy: The name, or the digits where it has none.
        user_notices: Text for who relies on the certificate.
    """

    cps: tuple[str, ...] = ()
    """Where the certification practice statement is."""

    other_qualifiers: tuple[str, ...] = ()
    """Qualifiers of other kinds, by object identifier."""

    policy: str
    """The name, or the digits where it has none."""

    user_notices: tuple[str, ...] = ()
    """Text for who relies on the certificate."""


class PolicyMapping(FrozenDataclass):
    """RFC 5280 4.2.1.5

    Attributes:
        issuer_domain_policy: The issuer's policy.
        subject_domain_policy: The subject's that counts as the same.
    """

    issuer_domain_policy: str
    """The issuer's policy."""

    subject_domain_policy: str
    """The subject's that counts as the same."""


class PrivateKey(FrozenDataclass):
    """A private key that is not encrypted.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole public key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        format: `pkcs8`, `pkcs1` or `sec1`.
        public_key_sha256: SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the
            key does not say it and the engine does not compute it; one that only verifies never does.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole public key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    format: str
    """`pkcs8`, `pkcs1` or `sec1`."""

    public_key_sha256: str | None = None
    """SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the key does not say it and
    the engine does not compute it; one that only verifies never does.
    """


class PrivateKeyUsagePeriod(FrozenDataclass):
    """RFC 3280 4.2.1.4

    Attributes:
        not_after: It may sign until here.
        not_before: The key may sign from here.
    """

    not_after: datetime | None = None
    """It may sign until here."""

    not_before: datetime | None = None
    """The key may sign from here."""


class Profile(FrozenDataclass):
    """A profile: what is allowed, and what the certificate gets.

    One form of `ProfileChoice`.

    Attributes:
        alternative_name_forms: The forms of subject alternative name allowed: dns, email, uri, ip, upn, directory.
        alternative_name_required: Whether there must be one.
        authority: Whether the certificate is an authority's.
        common_name_required: Whether the subject needs a common name.
        extended_key_usage: Extended key usages as object identifiers; none means no such extension.
        key_types: Key types allowed.
        key_usage: Key usages; keyEncipherment is left out for keys that cannot encrypt (RFC 5480 section 3, RFC
            9881 section 5).
        maximum_validity_seconds: The longest lifetime.
        minimum_rsa_bits: The least length of an RSA modulus, in bits.
        name: The name that goes into the record.
        ocsp_no_check: Whether an OCSP responder's certificate says that its own status need not be checked (RFC
            6960 4.2.2.2.1).
        validity_seconds: The lifetime unless the request asks for another.
    """

    alternative_name_forms: Sequence[str]
    """The forms of subject alternative name allowed: dns, email, uri, ip, upn, directory."""

    alternative_name_required: bool
    """Whether there must be one."""

    authority: bool
    """Whether the certificate is an authority's."""

    common_name_required: bool
    """Whether the subject needs a common name."""

    extended_key_usage: Sequence[str]
    """Extended key usages as object identifiers; none means no such extension."""

    key_types: Sequence[KeyType]
    """Key types allowed."""

    key_usage: Sequence[KeyUsageName]
    """Key usages; keyEncipherment is left out for keys that cannot encrypt (RFC 5480 section 3, RFC 9881 section 5)."""

    maximum_validity_seconds: timedelta
    """The longest lifetime."""

    minimum_rsa_bits: int
    """The least length of an RSA modulus, in bits."""

    name: str
    """The name that goes into the record."""

    ocsp_no_check: bool = False
    """Whether an OCSP responder's certificate says that its own status need not be checked (RFC 6960 4.2.2.2.1)."""

    validity_seconds: timedelta
    """The lifetime unless the request asks for another."""


class ProfilesResponse(FrozenDataclass):
    """What `profiles` gives. The profiles.

    Attributes:
        profiles: Each whole, as `sign_csr` also takes one of the caller's own.
    """

    profiles: tuple[Profile, ...]
    """Each whole, as `sign_csr` also takes one of the caller's own."""


class PublicKey(FrozenDataclass):
    """A public key: what it is, how large, and the hash that tells it from others.

    Attributes:
        algorithm: `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC.
        bits: The bits of the modulus or of the curve; those of the whole key for ML-DSA.
        curve: The named curve of an elliptic curve key.
        exponent: The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits.
        sha256: SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex.
    """

    algorithm: str
    """`rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC."""

    bits: int | None = None
    """The bits of the modulus or of the curve; those of the whole key for ML-DSA."""

    curve: str | None = None
    """The named curve of an elliptic curve key."""

    exponent: str | None = None
    """The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits."""

    sha256: str
    """SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex."""


class Published(FrozenDataclass):
    """A JWK set."""

    keys: tuple[Jwk, ...]


class PublishedKey(FrozenDataclass):
    """A key to be published.

    Attributes:
        algorithm: The algorithm that it signs with; otherwise that of the JWK, otherwise RS256 for RSA and the
            curve's own.
        expires: The time from which on it is not used any more. It has to be published until its last token has
            expired.
        jwk: as a JWK.
        kid: Its id; otherwise that of the JWK, otherwise its thumbprint (RFC 7638).
        public_key: The key as a PEM block `PUBLIC KEY`; or
    """

    algorithm: JwsAlgorithm | None = None
    """The algorithm that it signs with; otherwise that of the JWK, otherwise RS256 for RSA and the curve's own."""

    expires: datetime | None = None
    """The time from which on it is not used any more. It has to be published until its last token has expired."""

    jwk: Mapping[str, Any] | None = None
    """as a JWK."""

    kid: str | None = None
    """Its id; otherwise that of the JWK, otherwise its thumbprint (RFC 7638)."""

    public_key: PublicKeyPem | None = None
    """The key as a PEM block `PUBLIC KEY`; or"""


class Query(FrozenDataclass):
    """What a client has to remember of its query in order to judge the answer.

    Attributes:
        issuer: The issuer's name in DER.
        message_type: `get_cert` or `get_crl`.
        serial: The serial number in hexadecimal.
    """

    issuer: bytes
    """The issuer's name in DER."""

    message_type: MessageType
    """`get_cert` or `get_crl`."""

    serial: str
    """The serial number in hexadecimal."""


class ReadBackupResponse(FrozenDataclass):
    """What `read_backup` gives. What was kept.

    Attributes:
        authorities: The authorities as they were.
        keys: Every key that they and their helpers have.
        settings: Whatever else the caller kept with them.
    """

    authorities: tuple[AuthorityBackup, ...]
    """The authorities as they were."""

    keys: tuple[BackupKey, ...]
    """Every key that they and their helpers have."""

    settings: str | None
    """Whatever else the caller kept with them."""


class ReadJksResponse(FrozenDataclass):
    """What `read_jks` gives. What was in it.

    Attributes:
        certificates: The certificates that are trusted, and those beside a key that are not its own or cannot be
            read.
        entries: The keys, in the order of the file; `friendly_name` is the alias.
    """

    certificates: tuple[FoundCertificate, ...]
    """The certificates that are trusted, and those beside a key that are not its own or cannot be read."""

    entries: tuple[KeystoreEntry, ...]
    """The keys, in the order of the file; `friendly_name` is the alias."""


class ReadMessageResponse(FrozenDataclass):
    """What `read_message` gives. What a message says of itself. Anybody can write all of it: it tells what to look
    up, and nothing else.

    Attributes:
        certificates: SHA-256 of each certificate in detached CMS that is the signer's by that name, hexadecimal.
        digests: The digests of the body that are signed with it, by Content-Digest or by CMS's attribute.
            `verify_message` with them in the place of the body says who signed that the body has these digests;
            whether it has, whoever has the body finds out.
        expires: The last second in which it wants to count.
        form: `detached_cms`, `http` or `bare`.
        http: What else an HTTP message signature says.
        key_id: How it names the key.
        over_body: Whether the signature is over the body itself, and over nothing else; see `Digests` for what
            follows for these.
        signed_at: When it was signed.
        signer: How detached CMS names the certificate of its signer: by issuer and serial number, or by key
            identifier.
    """

    certificates: tuple[str, ...] = ()
    """SHA-256 of each certificate in detached CMS that is the signer's by that name, hexadecimal."""

    digests: Digests | None = None
    """The digests of the body that are signed with it, by Content-Digest or by CMS's attribute. `verify_message` with
    them in the place of the body says who signed that the body has these digests; whether it has, whoever has the
    body finds out.
    """

    expires: datetime | None = None
    """The last second in which it wants to count."""

    form: str
    """`detached_cms`, `http` or `bare`."""

    http: HttpReport | None = None
    """What else an HTTP message signature says."""

    key_id: str | None = None
    """How it names the key."""

    over_body: bool
    """Whether the signature is over the body itself, and over nothing else; see `Digests` for what follows for these."""

    signed_at: datetime | None = None
    """When it was signed."""

    signer: Identifier | None = None
    """How detached CMS names the certificate of its signer: by issuer and serial number, or by key identifier."""


class ReadPkcs12Response(FrozenDataclass):
    """What `read_pkcs12` gives. What was in it.

    Attributes:
        certificates: The certificates that belong to none of them; one that cannot be read has a `problem`.
        entries: The keys, in the order of the file.
        mac: What proved that nobody changed the file: `hmac_sha256` or the like, `pbmac1`, or null if nothing did.
        state: What `write_pkcs12` was given; null in files of others, and where no MAC proved that nobody changed
            it.
    """

    certificates: tuple[FoundCertificate, ...]
    """The certificates that belong to none of them; one that cannot be read has a `problem`."""

    entries: tuple[KeystoreEntry, ...]
    """The keys, in the order of the file."""

    mac: MacName | None
    """What proved that nobody changed the file: `hmac_sha256` or the like, `pbmac1`, or null if nothing did."""

    state: bytes | None = secret()
    """What `write_pkcs12` was given; null in files of others, and where no MAC proved that nobody changed it."""


class ReadPrivateKeyResponse(FrozenDataclass):
    """What `read_private_key` gives. The key.

    Attributes:
        bits: Length of the modulus.
        encrypted: Whether a password protected it.
        format: In which form it was: `pkcs8`, `pkcs1` or `sec1`.
        private_key: PEM, PKCS#8 (RFC 5958), not encrypted.
        public_key: PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7).
    """

    algorithm: Literal["rsa", "rsa_pss", "p256", "p384", "p521", "ed25519", "ml_dsa_44", "ml_dsa_65", "ml_dsa_87"]

    bits: int | None = None
    """Length of the modulus."""

    encrypted: bool
    """Whether a password protected it."""

    format: KeyFormat
    """In which form it was: `pkcs8`, `pkcs1` or `sec1`."""

    private_key: str = secret()
    """PEM, PKCS#8 (RFC 5958), not encrypted."""

    public_key: str
    """PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7)."""


class RecipientKeyAgreement(FrozenDataclass):
    """RFC 5652 6.2.2

    One form of `Recipient`.

    Attributes:
        identifiers: Whose certificates.
        key_encryption: How the key that encrypts the content key is agreed on, and the cipher that wraps.
    """

    identifiers: tuple[Identifier, ...]
    """Whose certificates."""

    key_encryption: Algorithm
    """How the key that encrypts the content key is agreed on, and the cipher that wraps."""

    type: Literal["key_agreement"] = "key_agreement"


class RecipientKeyEncryptionKey(FrozenDataclass):
    """RFC 5652 6.2.3

    One form of `Recipient`.

    Attributes:
        key_encryption: How the content key is encrypted.
        key_identifier: The name of the key, lowercase hex.
    """

    key_encryption: Algorithm
    """How the content key is encrypted."""

    key_identifier: str
    """The name of the key, lowercase hex."""

    type: Literal["key_encryption_key"] = "key_encryption_key"


class RecipientKeyTransport(FrozenDataclass):
    """RFC 5652 6.2.1

    One form of `Recipient`.

    Attributes:
        encrypted_key_length_bytes: The octets of the encrypted key.
        identifier: Whose certificate.
        key_encryption: How the content key is encrypted.
    """

    encrypted_key_length_bytes: int
    """The octets of the encrypted key."""

    identifier: Identifier
    """Whose certificate."""

    key_encryption: Algorithm
    """How the content key is encrypted."""

    type: Literal["key_transport"] = "key_transport"


class RecipientOther(FrozenDataclass):
    """RFC 5652 6.2.5

    One form of `Recipient`.

    Attributes:
        recipient_type: The kind by name.
    """

    recipient_type: str
    """The kind by name."""

    type: Literal["other"] = "other"


class RecipientPassword(FrozenDataclass):
    """RFC 5652 6.2.4

    One form of `Recipient`.

    Attributes:
        key_derivation: How the password becomes a key.
        key_encryption: How the content key is encrypted.
    """

    key_derivation: Algorithm | None = None
    """How the password becomes a key."""

    key_encryption: Algorithm
    """How the content key is encrypted."""

    type: Literal["password"] = "password"


class Rejection(FrozenDataclass):
    """Why a message is refused.

    Attributes:
        error: The error, for the log and the failInfoText.
        fail_info: What to answer.
    """

    error: Error
    """The error, for the log and the failInfoText."""

    fail_info: FailInfo
    """What to answer."""


class RenewAuthorityResponse(FrozenDataclass):
    """What `renew_authority` gives. The authority with its next generation, and everything that was issued for it.

    Attributes:
        authority: The value to store in place of the old one. Its current generation is the one of before.
        generation: The number of the next generation.
        helpers: The helpers' new certificates, in the order of the request.
        new_with_new: The next generation's own certificate: the new key, signed by the new key or by the issuer.
        new_with_old: For a root with a new key: the new key signed by the old one, for those who trust the old
            certificate (RFC 4210 section 4.4). Not there if the old certificate has ended.
        old_with_new: And the old key signed by the new one, for those who trust the new certificate alone.
    """

    authority: Authority
    """The value to store in place of the old one. Its current generation is the one of before."""

    generation: int
    """The number of the next generation."""

    helpers: tuple[Issued, ...]
    """The helpers' new certificates, in the order of the request."""

    new_with_new: Issued
    """The next generation's own certificate: the new key, signed by the new key or by the issuer."""

    new_with_old: Issued | None = None
    """For a root with a new key: the new key signed by the old one, for those who trust the old certificate (RFC 4210
    section 4.4). Not there if the old certificate has ended.
    """

    old_with_new: Issued | None = None
    """And the old key signed by the new one, for those who trust the new certificate alone."""


class Replay(FrozenDataclass):
    """Under what a message is remembered. The same key a second time is the same message a second time, whatever has
    been changed of it on the way. Two messages that say the same, time and nonce included, are one.

    Attributes:
        key: 64 hexadecimal digits.
        until: The last second in which the message would be accepted: until then it has to be remembered. None for
            an undated one, which has to be remembered for as long as its signer's key is accepted.
    """

    key: str
    """64 hexadecimal digits."""

    until: datetime | None = None
    """The last second in which the message would be accepted: until then it has to be remembered. None for an undated
    one, which has to be remembered for as long as its signer's key is accepted.
    """


class ReplyTo(FrozenDataclass):
    """Made when a request is opened, given back unchanged when its reply is sealed.

    Attributes:
        certificate: The signer's certificate (PEM), which the reply is encrypted for.
        content_cipher: The cipher for the reply: the client's own, and triple DES for single DES.
        key_transport: The key transport for the reply: the client's own.
        sender_nonce: The client's senderNonce, which becomes the reply's recipientNonce; some clients send none.
        transaction_id: Returned exactly as it came.
        transaction_id_type: The string type that it came in; PrintableString if it is not said.
    """

    certificate: str
    """The signer's certificate (PEM), which the reply is encrypted for."""

    content_cipher: ContentCipher
    """The cipher for the reply: the client's own, and triple DES for single DES."""

    key_transport: KeyTransport
    """The key transport for the reply: the client's own."""

    sender_nonce: bytes | None = None
    """The client's senderNonce, which becomes the reply's recipientNonce; some clients send none."""

    transaction_id: str
    """Returned exactly as it came."""

    transaction_id_type: StringType | None = None
    """The string type that it came in; PrintableString if it is not said."""


class RequestedCertificate(FrozenDataclass):
    """One certificate that is asked about.

    Attributes:
        authority: Which of the authorities issued it, from 0; null for one of somebody else, whose status is
            unknown here.
        cert_id: The CertID, DER: the response repeats it.
        digest: The digest that it was named with; null for one that is not known here.
        generation: Which of that authority's generations: of those that share the key the newest that is or was in
            use and has not ended; null with `authority`.
        serial: Its serial number in hexadecimal; null if no authority can have given it.
    """

    authority: int | None
    """Which of the authorities issued it, from 0; null for one of somebody else, whose status is unknown here."""

    cert_id: bytes
    """The CertID, DER: the response repeats it."""

    digest: DigestAlgorithm | None
    """The digest that it was named with; null for one that is not known here."""

    generation: int | None
    """Which of that authority's generations: of those that share the key the newest that is or was in use and has not
    ended; null with `authority`.
    """

    serial: str | None
    """Its serial number in hexadecimal; null if no authority can have given it."""


class RequestedStatus(FrozenDataclass):
    """One certificate that is asked about.

    Attributes:
        digest: What the digests are made with.
        extensions: Of this part of the request.
        issuer_key_hash: Of the issuer's key, lowercase hex.
        issuer_name_hash: Of the issuer's name, lowercase hex.
        serial: Lowercase hex.
    """

    digest: Algorithm
    """What the digests are made with."""

    extensions: tuple[Extension, ...] = ()
    """Of this part of the request."""

    issuer_key_hash: str
    """Of the issuer's key, lowercase hex."""

    issuer_name_hash: str
    """Of the issuer's name, lowercase hex."""

    serial: str
    """Lowercase hex."""


class Responder(FrozenDataclass):
    """A delegated responder.

    Attributes:
        certificate: Its certificate, PEM, of the profile `ocsp-signer`: issued by the authority itself.
        key: The id of its key.
    """

    certificate: Pem
    """Its certificate, PEM, of the profile `ocsp-signer`: issued by the authority itself."""

    key: str
    """The id of its key."""


class Revocable(FrozenDataclass):
    """A certificate that should be revoked.

    Attributes:
        certificate: PEM.
        generation: The generation whose key signed it and signs the list that it belongs on; nothing if that is
            the authority's issuer.
        serial: Its serial number in hexadecimal.
    """

    certificate: str
    """PEM."""

    generation: int | None = None
    """The generation whose key signed it and signs the list that it belongs on; nothing if that is the authority's
    issuer.
    """

    serial: str
    """Its serial number in hexadecimal."""


class RevocationStatus(FrozenDataclass):
    """What is known of the revocation of a certificate.

    Attributes:
        next_update: When there will be news of the first of all that say so, deltas included.
        reason: Why nothing is known.
        source: What says so: `crls.1`, `ocsp_responses.0`; the last one, where it took several.
        status: `good`, `unknown`, `not_checked`, or `exempt`: a responder's certificate that says that nobody need
            ask.
        this_update: When that was known.
    """

    next_update: datetime | None = None
    """When there will be news of the first of all that say so, deltas included."""

    reason: str | None = None
    """Why nothing is known."""

    source: str | None = None
    """What says so: `crls.1`, `ocsp_responses.0`; the last one, where it took several."""

    status: str
    """`good`, `unknown`, `not_checked`, or `exempt`: a responder's certificate that says that nobody need ask."""

    this_update: datetime | None = None
    """When that was known."""


class RevokedCertificate(FrozenDataclass):
    """One entry of a list (RFC 5280 5.3).

    Attributes:
        extensions: The other extensions of the entry.
        reason: Why, by the name that RFC 5280 5.3.1 gives it.
        revocation_date: The time.
        serial: Lowercase hex without leading zeros.
    """

    extensions: tuple[Extension, ...] = ()
    """The other extensions of the entry."""

    reason: str | None = None
    """Why, by the name that RFC 5280 5.3.1 gives it."""

    revocation_date: datetime
    """The time."""

    serial: str
    """Lowercase hex without leading zeros."""


class ScepOpenReplyResponseFailure(FrozenDataclass):
    """It was refused.

    One form of `ScepOpenReplyResponse`.

    Attributes:
        fail_info: The reason as SCEP has it.
        fail_info_text: The reason in the server's words.
    """

    fail_info: FailInfo
    """The reason as SCEP has it."""

    fail_info_text: str | None = None
    """The reason in the server's words."""

    status: Literal["failure"] = "failure"


class ScepOpenReplyResponsePending(FrozenDataclass):
    """It waits for somebody: poll.

    One form of `ScepOpenReplyResponse`.
    """

    status: Literal["pending"] = "pending"


class ScepOpenReplyResponseSuccess(FrozenDataclass):
    """The certificate was issued; or what a query asked for is there.

    One form of `ScepOpenReplyResponse`.

    Attributes:
        certificates: PEM: the one for our key, or the one that GetCert asked for, first, then the others in the
            order sent.
        crl: The revocation list (PEM) that GetCRL asked for.
    """

    certificates: tuple[str, ...]
    """PEM: the one for our key, or the one that GetCert asked for, first, then the others in the order sent."""

    crl: str | None = None
    """The revocation list (PEM) that GetCRL asked for."""

    status: Literal["success"] = "success"


class ScepOpenRequestResponse(FrozenDataclass):
    """What `scep_open_request` gives. The message, or why it is refused; either way enough to answer.

    Attributes:
        enrollment: The certification request, in PKCSReq and RenewalReq. A poll is told by its transaction id
            alone (RFC 8894 section 3.3.3).
        message_type: What the client asks for; nothing if it is no type of RFC 8894.
        recipient: Which of the recipients the message is for, counted from 0: it tells the generation that is
            asked. Nothing if the message is refused before that is known.
        rejection: Why the message is refused.
        reply_to: For `scep_seal_reply`, unchanged.
        signer: Who signed the message.
        wanted: The certificate in question, always there in GetCert and GetCRL that are not rejected. If it cannot
            be read it is a made-up one that nobody knows, so that the answer is badCertId.
    """

    enrollment: Enrollment | None = None
    """The certification request, in PKCSReq and RenewalReq. A poll is told by its transaction id alone (RFC 8894
    section 3.3.3).
    """

    message_type: MessageType | None
    """What the client asks for; nothing if it is no type of RFC 8894."""

    recipient: int | None = None
    """Which of the recipients the message is for, counted from 0: it tells the generation that is asked. Nothing if
    the message is refused before that is known.
    """

    rejection: Rejection | None = None
    """Why the message is refused."""

    reply_to: ReplyTo
    """For `scep_seal_reply`, unchanged."""

    signer: SignerReport
    """Who signed the message."""

    wanted: Wanted | None = None
    """The certificate in question, always there in GetCert and GetCRL that are not rejected. If it cannot be read it
    is a made-up one that nobody knows, so that the answer is badCertId.
    """


class ScepReadCaCertificatesResponse(FrozenDataclass):
    """What `scep_read_ca_certificates` gives. The certificates, and which of them is for what. Without
    `trusted_sha256`, all of it is as trustworthy as the transport: compare `sha256` of the authority with a
    fingerprint that came another way.

    Attributes:
        authority: The authority that issues.
        certificates: All of them (PEM), in the order sent.
        cross_certificates: Those that cross from one key of an authority to another (RFC 4210 section 4.4): for
            paths, not to be trusted for themselves.
        encryption: The one to encrypt requests for.
        left_out: Those that do not lead to the one to trust, and why not.
        sha256: SHA-256 of each certificate in hexadecimal, in the same order.
        signature: The one that signs replies.
    """

    authority: str
    """The authority that issues."""

    certificates: tuple[str, ...]
    """All of them (PEM), in the order sent."""

    cross_certificates: tuple[str, ...] = ()
    """Those that cross from one key of an authority to another (RFC 4210 section 4.4): for paths, not to be trusted
    for themselves.
    """

    encryption: str
    """The one to encrypt requests for."""

    left_out: tuple[LeftOut, ...] = ()
    """Those that do not lead to the one to trust, and why not."""

    sha256: tuple[str, ...]
    """SHA-256 of each certificate in hexadecimal, in the same order."""

    signature: str
    """The one that signs replies."""


class ScepReadNextCaCertificatesResponse(FrozenDataclass):
    """What `scep_read_next_ca_certificates` gives. The certificates, and which of them is for what. Without
    `trusted_sha256`, all of it is as trustworthy as the transport: compare `sha256` of the authority with a
    fingerprint that came another way.

    Attributes:
        authority: The authority that issues.
        certificates: All of them (PEM), in the order sent.
        cross_certificates: Those that cross from one key of an authority to another (RFC 4210 section 4.4): for
            paths, not to be trusted for themselves.
        encryption: The one to encrypt requests for.
        left_out: Those that do not lead to the one to trust, and why not.
        sha256: SHA-256 of each certificate in hexadecimal, in the same order.
        signature: The one that signs replies.
    """

    authority: str
    """The authority that issues."""

    certificates: tuple[str, ...]
    """All of them (PEM), in the order sent."""

    cross_certificates: tuple[str, ...] = ()
    """Those that cross from one key of an authority to another (RFC 4210 section 4.4): for paths, not to be trusted
    for themselves.
    """

    encryption: str
    """The one to encrypt requests for."""

    left_out: tuple[LeftOut, ...] = ()
    """Those that do not lead to the one to trust, and why not."""

    sha256: tuple[str, ...]
    """SHA-256 of each certificate in hexadecimal, in the same order."""

    signature: str
    """The one that signs replies."""


class ScepSealReplyResponse(FrozenDataclass):
    """What `scep_seal_reply` gives. The reply.

    Attributes:
        message: The message in DER, for `application/x-pki-message`.
    """

    message: bytes
    """The message in DER, for `application/x-pki-message`."""


class ScepSealRequestResponse(FrozenDataclass):
    """What `scep_seal_request` gives. The message.

    Attributes:
        message: In DER, for `application/x-pki-message`.
        pending: For `scep_open_reply`, unchanged.
    """

    message: bytes
    """In DER, for `application/x-pki-message`."""

    pending: Pending
    """For `scep_open_reply`, unchanged."""


class ScepWriteCaCertificatesResponse(FrozenDataclass):
    """What `scep_write_ca_certificates` gives. The HTTP response.

    Attributes:
        body: One certificate in DER, or several in a certificates-only message.
        content_type: The media type, without parameters: clients compare it letter by letter.
    """

    body: bytes
    """One certificate in DER, or several in a certificates-only message."""

    content_type: str
    """The media type, without parameters: clients compare it letter by letter."""


class ScepWriteNextCaCertificatesResponse(FrozenDataclass):
    """What `scep_write_next_ca_certificates` gives. The HTTP response.

    Attributes:
        body: A certificates-only message with the next generation's certificates, signed by the current one: the
            helpers', its own, those above it, what the request has for crossing, the root, and its key signed by
            the one before (new with old, RFC 4210 section 4.4), which leads to it for whoever trusts the old
            certificate alone.
        content_type: The media type, without parameters: clients compare it letter by letter.
        generation: The number of the generation whose certificates these are.
    """

    body: bytes
    """A certificates-only message with the next generation's certificates, signed by the current one: the helpers',
    its own, those above it, what the request has for crossing, the root, and its key signed by the one before (new
    with old, RFC 4210 section 4.4), which leads to it for whoever trusts the old certificate alone.
    """

    content_type: str
    """The media type, without parameters: clients compare it letter by letter."""

    generation: int
    """The number of the generation whose certificates these are."""


class Scrypt(FrozenDataclass):
    """The parameters of scrypt (RFC 7914 7).

    Attributes:
        block_size: r
        cost: N
        parallelization: p
    """

    block_size: int
    """r"""

    cost: int
    """N"""

    parallelization: int
    """p"""


class Settings(FrozenDataclass):
    """How many there are of each; what is left out is not known.

    Attributes:
        auto_select_filters: Browser policies that choose a certificate by its issuer's name
            (`AutoSelectCertificateForUrls`).
        ca_fingerprint_profiles: Configuration profiles that pin the authority's certificate (`CAFingerprint`, a
            certificate payload).
        enrolment_tokens: Tokens for automated enrolment that hold a key this authority certified.
        escrow_recipients: Things encrypted for the authority's own certificate, such as escrowed recovery keys.
        https_distribution_points: Places that files are distributed from over HTTPS, under a certificate of this
            authority.
        management_plugins: Plug-ins of other management systems that trust this authority, such as that of SCCM.
        signed_profiles: Configuration profiles signed with a key that this authority certified.
        trust_lists: Servers that hold the authority's certificate as their anchor: RADIUS, VPN, gateways.
    """

    auto_select_filters: int | None = None
    """Browser policies that choose a certificate by its issuer's name (`AutoSelectCertificateForUrls`)."""

    ca_fingerprint_profiles: int | None = None
    """Configuration profiles that pin the authority's certificate (`CAFingerprint`, a certificate payload)."""

    enrolment_tokens: int | None = None
    """Tokens for automated enrolment that hold a key this authority certified."""

    escrow_recipients: int | None = None
    """Things encrypted for the authority's own certificate, such as escrowed recovery keys."""

    https_distribution_points: int | None = None
    """Places that files are distributed from over HTTPS, under a certificate of this authority."""

    management_plugins: int | None = None
    """Plug-ins of other management systems that trust this authority, such as that of SCCM."""

    signed_profiles: int | None = None
    """Configuration profiles signed with a key that this authority certified."""

    trust_lists: int | None = None
    """Servers that hold the authority's certificate as their anchor: RADIUS, VPN, gateways."""


class ShapeBound(FrozenDataclass):
    """Header `alg`, `kid`, `typ`; claims `iss`, `sub`, `aud`, `exp`, `nbf`, `iat`, `jti`, `path` or `path_prefix`,
    `device`, those that are said.

    One form of `Shape`.

    Attributes:
        audience: For whom.
        device: For which device.
        issuer: By whom.
        jti: The token's own id: a text of yours, or `"random"`, which takes a seed.
        kid: The id of the key; otherwise the key's thumbprint (RFC 7638).
        lifetime_seconds: For how long it is good, from `not_before` on.
        not_before: The time from which on it is good; otherwise `now`.
        path: Which paths it opens.
        subject: About whom or what.
        type: The `typ` of the header; otherwise `JWT`.
    """

    audience: Sequence[str] = ()
    """For whom."""

    device: str | None = None
    """For which device."""

    issuer: str | None = None
    """By whom."""

    jti: TokenId | None = None
    """The token's own id: a text of yours, or `"random"`, which takes a seed."""

    kid: str | None = None
    """The id of the key; otherwise the key's thumbprint (RFC 7638)."""

    lifetime_seconds: timedelta
    """For how long it is good, from `not_before` on."""

    not_before: datetime | None = None
    """The time from which on it is good; otherwise `now`."""

    path: PathBinding | None = None
    """Which paths it opens."""

    shape: Literal["bound"] = "bound"

    subject: str | None = None
    """About whom or what."""

    type: str | None = None
    """The `typ` of the header; otherwise `JWT`."""


class ShapeCompatible(FrozenDataclass):
    """Header `alg`; claims subject, issuer and expiry in this order.

    One form of `Shape`.

    Attributes:
        issuer: By whom.
        lifetime_seconds: For how long it is good.
        names: The names of the claims, if they are not `sub`, `iss` and `exp`.
        subject: About whom or what.
    """

    issuer: str
    """By whom."""

    lifetime_seconds: timedelta
    """For how long it is good."""

    names: ClaimNames | None = None
    """The names of the claims, if they are not `sub`, `iss` and `exp`."""

    shape: Literal["compatible"] = "compatible"

    subject: str
    """About whom or what."""


class SignCrlResponse(FrozenDataclass):
    """What `sign_crl` gives. The list.

    Attributes:
        crl: PEM.
        entries: How many certificates it lists.
        generation: The generation that signed it.
        next_update: When the next one is made at the latest.
        number: Its number, decimal.
        sha256: SHA-256 of its DER in hexadecimal.
        this_update: When it was made.
    """

    crl: str
    """PEM."""

    entries: int
    """How many certificates it lists."""

    generation: int
    """The generation that signed it."""

    next_update: datetime
    """When the next one is made at the latest."""

    number: str
    """Its number, decimal."""

    sha256: str
    """SHA-256 of its DER in hexadecimal."""

    this_update: datetime
    """When it was made."""


class SignCsrResponse(FrozenDataclass):
    """What `sign_csr` gives. The certificate.

    Attributes:
        certificate: PEM.
        chain: The authority's certificate and those above it, PEM, the root last.
        generation: The number of the authority's generation that signed.
        record: What an inventory keeps.
    """

    certificate: str
    """PEM."""

    chain: tuple[str, ...]
    """The authority's certificate and those above it, PEM, the root last."""

    generation: int
    """The number of the authority's generation that signed."""

    record: CertificateRecord
    """What an inventory keeps."""


class SignMessageResponse(FrozenDataclass):
    """What `sign_message` gives. A signature and where it goes.

    Attributes:
        headers: Name and value of each header that is to be added; of RFC 9421 alone, other forms have no names of
            their own.
        key_id: How the message names the key: for the header beside a bare signature; of RFC 9421 it is `keyid`.
        signature: Base64, for a header.
    """

    headers: tuple[tuple[str, str], ...] = ()
    """Name and value of each header that is to be added; of RFC 9421 alone, other forms have no names of their own."""

    key_id: str
    """How the message names the key: for the header beside a bare signature; of RFC 9421 it is `keyid`."""

    signature: str
    """Base64, for a header."""


class SignOcspResponseResponse(FrozenDataclass):
    """What `sign_ocsp_response` gives. The response.

    Attributes:
        generation: The generation that it is about.
        get_path: For a response without nonce about one certificate: what clients append to the responder's
            address to get it (RFC 5019 section 5), for hosting it as a file.
        next_update: Until when it may be believed.
        produced_at: When it was signed.
        response: DER, of the type application/ocsp-response.
        this_update: When this was known to be right.
    """

    generation: int
    """The generation that it is about."""

    get_path: str | None = None
    """For a response without nonce about one certificate: what clients append to the responder's address to get it
    (RFC 5019 section 5), for hosting it as a file.
    """

    next_update: datetime | None
    """Until when it may be believed."""

    produced_at: datetime
    """When it was signed."""

    response: bytes
    """DER, of the type application/ocsp-response."""

    this_update: datetime
    """When this was known to be right."""


class SignUrlResponse(FrozenDataclass):
    """What `sign_url` gives. The URL, and what `mint_jwt` tells of its token.

    Attributes:
        algorithm: The algorithm.
        expires: The time from which on it is not good any more.
        jti: The token's own id, if it has one.
        kid: The id of the key, where the token names it.
        token: The token.
        url: The URL with the token at the end of its query; all else of it is as it was.
    """

    algorithm: JwsAlgorithm
    """The algorithm."""

    expires: datetime
    """The time from which on it is not good any more."""

    jti: str | None = None
    """The token's own id, if it has one."""

    kid: str | None = None
    """The id of the key, where the token names it."""

    token: str = secret()
    """The token."""

    url: str = secret()
    """The URL with the token at the end of its query; all else of it is as it was."""


class SignedCertificateTimestamp(FrozenDataclass):
    """One log's promise.

    Attributes:
        log_id: SHA-256 of the log's key, lowercase hex.
        timestamp_milliseconds: The time, to the millisecond.
        version: 1 for RFC 6962; where it is another, the other fields are absent.
    """

    log_id: str | None = None
    """SHA-256 of the log's key, lowercase hex."""

    timestamp_milliseconds: datetime | None = None
    """The time, to the millisecond."""

    version: int
    """1 for RFC 6962; where it is another, the other fields are absent."""


class SignedData(FrozenDataclass):
    """RFC 5652 5.1

    Attributes:
        certificate_lists: In their order.
        certificates: In their order.
        certificates_only: No content and no signer: a way to hand out certificates and lists (RFC 5652 5.2, RFC
            8894 3.4).
        content: The content, where it is an object that can be described.
        content_length_bytes: The octets of the content; absent where it is detached.
        content_type: By name.
        digest_algorithms: By name.
        signers: Who signed.
        version: As it stands there: 1 to 5.
    """

    certificate_lists: tuple[Description, ...] = ()
    """In their order."""

    certificates: tuple[Description, ...]
    """In their order."""

    certificates_only: bool
    """No content and no signer: a way to hand out certificates and lists (RFC 5652 5.2, RFC 8894 3.4)."""

    content: Description | None = None
    """The content, where it is an object that can be described."""

    content_length_bytes: int | None = None
    """The octets of the content; absent where it is detached."""

    content_type: str
    """By name."""

    digest_algorithms: tuple[str, ...]
    """By name."""

    signers: tuple[Signer, ...]
    """Who signed."""

    version: int
    """As it stands there: 1 to 5."""


class Signer(FrozenDataclass):
    """RFC 5652 5.3

    Attributes:
        digest_algorithm: What the content was hashed with.
        identifier: Whose certificate.
        signature_algorithm: What was signed with.
        signed_attributes: Under the signature.
        unsigned_attributes: Beside it.
        version: As it stands there: 1 or 3.
    """

    digest_algorithm: Algorithm
    """What the content was hashed with."""

    identifier: Identifier
    """Whose certificate."""

    signature_algorithm: Algorithm
    """What was signed with."""

    signed_attributes: tuple[Attribute, ...] = ()
    """Under the signature."""

    unsigned_attributes: tuple[Attribute, ...] = ()
    """Beside it."""

    version: int
    """As it stands there: 1 or 3."""


class SignerReport(FrozenDataclass):
    """The certificate that a request is signed with.

    Nothing is known of it but that its key signed the message: a renewal is one only if this very certificate
    (`sha256`) is in the inventory.

    Attributes:
        certificate: PEM.
        holds_requested_key: Whether the certification request is for the signer's key; only where there is one. If
            it is not, the signer needs an authority of its own, that of a renewal: a challenge password alone
            proves nothing, for anybody can sign around somebody else's envelope (RFC 8894 section 2.3).
        public_key_sha256: SHA-256 of its SubjectPublicKeyInfo in hexadecimal.
        serial: The serial number in hexadecimal.
        sha256: SHA-256 of the certificate in hexadecimal.
        subject: The subject (RFC 4514).
    """

    certificate: str
    """PEM."""

    holds_requested_key: bool | None = None
    """Whether the certification request is for the signer's key; only where there is one. If it is not, the signer
    needs an authority of its own, that of a renewal: a challenge password alone proves nothing, for anybody can
    sign around somebody else's envelope (RFC 8894 section 2.3).
    """

    public_key_sha256: str
    """SHA-256 of its SubjectPublicKeyInfo in hexadecimal."""

    serial: str
    """The serial number in hexadecimal."""

    sha256: str
    """SHA-256 of the certificate in hexadecimal."""

    subject: str
    """The subject (RFC 4514)."""


class SignerRequest(FrozenDataclass):
    """Who may have signed a message: one of the three.

    Attributes:
        certificate: Its certificate, PEM; it has to lead to one of the anchors.
        id: What messages call its key, beside the names that it has of itself.
        jwk: Its key as a JWK, likewise.
        public_key: Its key as a PEM block `PUBLIC KEY`. Whoever gives it vouches for it: no certificate is looked
            at.
    """

    certificate: Pem | None = None
    """Its certificate, PEM; it has to lead to one of the anchors."""

    id: str | None = None
    """What messages call its key, beside the names that it has of itself."""

    jwk: Mapping[str, Any] | None = None
    """Its key as a JWK, likewise."""

    public_key: PublicKeyPem | None = None
    """Its key as a PEM block `PUBLIC KEY`. Whoever gives it vouches for it: no certificate is looked at."""


class SigningBare(FrozenDataclass):
    """A bare signature over the body.

    One form of `Signing`.

    Attributes:
        ecdsa: How ECDSA's signatures are written.
        scheme: How to sign; otherwise as keys of this kind sign here.
    """

    ecdsa: EcdsaForm | None = None
    """How ECDSA's signatures are written."""

    form: Literal["bare"] = "bare"

    scheme: SignatureScheme | None = None
    """How to sign; otherwise as keys of this kind sign here."""


class SigningDetachedCms(FrozenDataclass):
    """Detached CMS; it wants a certificate.

    One form of `Signing`.

    Attributes:
        without_attributes: Signs the body itself, without saying when; the whole body has to be here. Otherwise
            attributes are signed that hold the body's digest and the time.
    """

    form: Literal["detached_cms"] = "detached_cms"

    without_attributes: bool = False
    """Signs the body itself, without saying when; the whole body has to be here. Otherwise attributes are signed that
    hold the body's digest and the time.
    """


class SigningHttp(FrozenDataclass):
    """HTTP message signatures (RFC 9421).

    One form of `Signing`.

    Attributes:
        algorithm: How to sign: `rsa-v1_5-sha256` for RSA, and the one of the curve for others, unless it is said.
        components: What is covered, by name or as RFC 9421 writes identifiers: `@method`, `@target-uri` (of a
            response `@status`) and, where there is a body, `content-digest`, unless it is said.
        content_digest: The digests of a Content-Digest that is added where the message has none: SHA-256 unless it
            is said; for an empty body none.
        label: The label: `sig1` unless it is said.
        lifetime_seconds: How long the signature counts; not said by it if nothing is said here.
        nonce: Something that no other signature has.
        request: The request.
        response: The response; if there is one, it is what is signed.
        structured_fields: Which fields are structured and how, for `sf`.
        tag: What the signature is for.
        without_alg: Leaves out the parameter `alg`.
    """

    algorithm: HttpAlgorithm | None = None
    """How to sign: `rsa-v1_5-sha256` for RSA, and the one of the curve for others, unless it is said."""

    components: Sequence[str] | None = None
    """What is covered, by name or as RFC 9421 writes identifiers: `@method`, `@target-uri` (of a response `@status`)
    and, where there is a body, `content-digest`, unless it is said.
    """

    content_digest: Sequence[ContentDigestAlgorithm] | None = None
    """The digests of a Content-Digest that is added where the message has none: SHA-256 unless it is said; for an
    empty body none.
    """

    form: Literal["http"] = "http"

    label: str | None = None
    """The label: `sig1` unless it is said."""

    lifetime_seconds: timedelta | None = None
    """How long the signature counts; not said by it if nothing is said here."""

    nonce: str | None = None
    """Something that no other signature has."""

    request: HttpRequest | None = None
    """The request."""

    response: HttpResponse | None = None
    """The response; if there is one, it is what is signed."""

    structured_fields: Mapping[str, StructuredType] | None = None
    """Which fields are structured and how, for `sf`."""

    tag: str | None = None
    """What the signature is for."""

    without_alg: bool = False
    """Leaves out the parameter `alg`."""


class Strength(FrozenDataclass):
    """The least that signatures and keys have to be on the paths that the engine itself walks: to its authorities,
    their helpers, and those who answer for a SCEP server. What is left out is as today's certificates are; less is
    for authorities of long ago, and for who asks for it by name.

    Attributes:
        allow_sha1: Whether signatures with SHA-1 count; they can be forged.
        minimum_rsa_bits: The smallest RSA key, in bits: 2048.
    """

    allow_sha1: bool = False
    """Whether signatures with SHA-1 count; they can be forged."""

    minimum_rsa_bits: int = 2048
    """The smallest RSA key, in bits: 2048."""


class TokenIdGiven(FrozenDataclass):
    """This text.

    One form of `TokenId`.
    """

    given: str


class TokenPolicy(FrozenDataclass):
    """What a token has to say.

    Attributes:
        allow_without_expiry: Accepts a token that never expires.
        audience: Who verifies: one of the token's audiences. A token that has audiences is for nobody else.
        clock_skew_seconds: How far the clocks may be apart: 60 seconds if nothing is said, 600 at most.
        issuers: The issuers that are believed; none: any.
        max_lifetime_seconds: How far ahead `exp` may be, and how long after `iat` or `nbf`.
        names: The names that a token of the compatible shape has its claims by.
        required: Claims that have to be there.
        subject: The subject that it has to be about.
        type: The `typ` that its header has to have; letters of any case, with or without `application/`.
    """

    allow_without_expiry: bool = False
    """Accepts a token that never expires."""

    audience: str | None = None
    """Who verifies: one of the token's audiences. A token that has audiences is for nobody else."""

    clock_skew_seconds: timedelta | None = None
    """How far the clocks may be apart: 60 seconds if nothing is said, 600 at most."""

    issuers: Sequence[str] = ()
    """The issuers that are believed; none: any."""

    max_lifetime_seconds: timedelta | None = None
    """How far ahead `exp` may be, and how long after `iat` or `nbf`."""

    names: ClaimNames | None = None
    """The names that a token of the compatible shape has its claims by."""

    required: Sequence[str] = ()
    """Claims that have to be there."""

    subject: str | None = None
    """The subject that it has to be about."""

    type: str | None = None
    """The `typ` that its header has to have; letters of any case, with or without `application/`."""


class TrustRequest(FrozenDataclass):
    """What paths may end at and go through, what tells of revocation, and how strict to be: as for `verify_path`.

    Attributes:
        anchors: Where the path may end.
        crls: Revocation lists, PEM.
        intermediates: Certificates that the path may go through, PEM; those that a message brings along come after
            them.
        ocsp_responses: OCSP responses, DER.
        policy: How strict to be.
        purpose: What the certificate has to be for: `device_client` unless it is said.
    """

    anchors: Sequence[AnchorRequest] = ()
    """Where the path may end."""

    crls: Sequence[Pem] = ()
    """Revocation lists, PEM."""

    intermediates: Sequence[Pem] = ()
    """Certificates that the path may go through, PEM; those that a message brings along come after them."""

    ocsp_responses: Sequence[Bytes] = ()
    """OCSP responses, DER."""

    policy: Policy | None = None
    """How strict to be."""

    purpose: Purpose | None = None
    """What the certificate has to be for: `device_client` unless it is said."""


class Undecoded(FrozenDataclass):
    """Octets as they were found.

    One form of `AttributeValue`.

    Attributes:
        hex: The first 1024 of them in lowercase hex.
        length_bytes: How many octets there are.
    """

    hex: str
    """The first 1024 of them in lowercase hex."""

    length_bytes: int
    """How many octets there are."""


class Unreadable(FrozenDataclass):
    """An object that cannot be read.

    Attributes:
        length_bytes: The octets of the object.
        problem: What was found and what was wanted.
        sha256: Their SHA-256, lowercase hex.
    """

    length_bytes: int
    """The octets of the object."""

    problem: str
    """What was found and what was wanted."""

    sha256: str
    """Their SHA-256, lowercase hex."""


class VerificationKey(FrozenDataclass):
    """A key that tokens may be signed with.

    Attributes:
        algorithm: The algorithm that it signs with (`RS256`, `PS384`, …), or a family of RSA (`RS`, `PS`).
            Otherwise the one of the JWK; otherwise RS256 for RSA. The curve of another key decides it.
        expires: The time from which on it is not used any more.
        jwk: as a JWK (RFC 7517).
        kid: Its id, as tokens have it in `kid`; otherwise that of the JWK, or none.
        max_lifetime_seconds: For how long its tokens may be good: any whose `exp` is further ahead is refused.
        not_before: The time from which on it is used.
        public_key: The key as a PEM block `PUBLIC KEY`; or
    """

    algorithm: str | None = None
    """The algorithm that it signs with (`RS256`, `PS384`, …), or a family of RSA (`RS`, `PS`). Otherwise the one of
    the JWK; otherwise RS256 for RSA. The curve of another key decides it.
    """

    expires: datetime | None = None
    """The time from which on it is not used any more."""

    jwk: Mapping[str, Any] | None = None
    """as a JWK (RFC 7517)."""

    kid: str | None = None
    """Its id, as tokens have it in `kid`; otherwise that of the JWK, or none."""

    max_lifetime_seconds: timedelta | None = None
    """For how long its tokens may be good: any whose `exp` is further ahead is refused."""

    not_before: datetime | None = None
    """The time from which on it is used."""

    public_key: PublicKeyPem | None = None
    """The key as a PEM block `PUBLIC KEY`; or"""


class VerifiedSigner(FrozenDataclass):
    """Who signed.

    Attributes:
        device: Its certificate, unless the caller vouched for the key alone.
        from_: Where it was in the request: `signers.2`, or `message.signature` for a certificate that came with
            the message.
        public_key_sha256: SHA-256 of its SubjectPublicKeyInfo, hexadecimal.
    """

    device: Device | None = None
    """Its certificate, unless the caller vouched for the key alone."""

    from_: str
    """Where it was in the request: `signers.2`, or `message.signature` for a certificate that came with the message."""

    public_key_sha256: str
    """SHA-256 of its SubjectPublicKeyInfo, hexadecimal."""


class VerifyJwtResponse(FrozenDataclass):
    """What `verify_jwt` gives. A token that is good.

    Attributes:
        claims: All claims, by name.
        expires: The first whole second at which it is not good any more, but for the clock skew.
        header: `alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything.
        issuer: The issuer.
        kid: The id of the key that made the signature, if the caller gave it one.
        subject: The subject.
    """

    claims: Claims
    """All claims, by name."""

    expires: datetime | None = None
    """The first whole second at which it is not good any more, but for the clock skew."""

    header: Header
    """`alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything."""

    issuer: str | None = None
    """The issuer."""

    kid: str | None = None
    """The id of the key that made the signature, if the caller gave it one."""

    subject: str | None = None
    """The subject."""


class VerifyMessageResponse(FrozenDataclass):
    """What `verify_message` gives. A message that is good: who signed it, when, what is covered, and how to remember
    it.

    Attributes:
        algorithm: With what, in the words of key questions: `rsa_pkcs1_sha256`.
        body_covered: Whether the signature is over the body, too.
        expires: The last second in which it wants to count.
        form: `detached_cms`, `http` or `bare`.
        http: What else it covers, of an HTTP message signature.
        path: Why the certificate is believed; nothing where the caller vouched for the key.
        replay: How to remember it.
        signed_at: When it was signed, as it says itself.
        signer: Who signed it.
    """

    algorithm: str
    """With what, in the words of key questions: `rsa_pkcs1_sha256`."""

    body_covered: bool
    """Whether the signature is over the body, too."""

    expires: datetime | None = None
    """The last second in which it wants to count."""

    form: str
    """`detached_cms`, `http` or `bare`."""

    http: HttpReport | None = None
    """What else it covers, of an HTTP message signature."""

    path: Decision | None = None
    """Why the certificate is believed; nothing where the caller vouched for the key."""

    replay: Replay
    """How to remember it."""

    signed_at: datetime | None = None
    """When it was signed, as it says itself."""

    signer: VerifiedSigner
    """Who signed it."""


class VerifyPathResponse(FrozenDataclass):
    """What `verify_path` gives. A path that holds, and what it was found to be.

    Attributes:
        identity: The one of the names asked for that the certificate has.
        not_after: The last second in which it holds: the end of the certificate on it that ends first, or of the
            list or response that says that one of them is good.
        path: From the certificate in question to the anchor.
        policies: The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any.
        purpose: What it was verified for.
        weakest: What it is as strong as.
    """

    identity: str | None = None
    """The one of the names asked for that the certificate has."""

    not_after: datetime
    """The last second in which it holds: the end of the certificate on it that ends first, or of the list or response
    that says that one of them is good.
    """

    path: tuple[PathCertificate, ...]
    """From the certificate in question to the anchor."""

    policies: tuple[str, ...]
    """The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any."""

    purpose: Purpose
    """What it was verified for."""

    weakest: Weakest
    """What it is as strong as."""


class VerifyUrlResponse(FrozenDataclass):
    """What `verify_url` gives. The URL, and what the token says.

    Attributes:
        claims: All claims, by name.
        expires: The first whole second at which it is not good any more, but for the clock skew.
        header: `alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything.
        issuer: The issuer.
        kid: The id of the key that made the signature, if the caller gave it one.
        path: Its path in the one form in which it was compared (RFC 3986 6.2.2): what is served has to be this.
        subject: The subject.
        url: The URL without the token; all else of it is as it was.
    """

    claims: Claims
    """All claims, by name."""

    expires: datetime | None = None
    """The first whole second at which it is not good any more, but for the clock skew."""

    header: Header
    """`alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything."""

    issuer: str | None = None
    """The issuer."""

    kid: str | None = None
    """The id of the key that made the signature, if the caller gave it one."""

    path: str
    """Its path in the one form in which it was compared (RFC 3986 6.2.2): what is served has to be this."""

    subject: str | None = None
    """The subject."""

    url: str
    """The URL without the token; all else of it is as it was."""


class Wanted(FrozenDataclass):
    """The certificate that a client asks for, or asks the CRL for.

    Attributes:
        issuer: Its issuer (RFC 4514), as the records of certificates have it.
        issuer_der: The same in DER.
        serial: Its serial number in hexadecimal, as the records have it.
    """

    issuer: str
    """Its issuer (RFC 4514), as the records of certificates have it."""

    issuer_der: bytes
    """The same in DER."""

    serial: str
    """Its serial number in hexadecimal, as the records have it."""


class Weakest(FrozenDataclass):
    """The weakest key and the weakest digest of a path.

    Attributes:
        digest: The digest of a signature; none where all are Ed25519 or ML-DSA.
        from_: Where the key is.
        key: Algorithm and size.
    """

    digest: DigestAlgorithm | None = None
    """The digest of a signature; none where all are Ed25519 or ML-DSA."""

    from_: str
    """Where the key is."""

    key: KeyKind
    """Algorithm and size."""


class WriteBackupResponse(FrozenDataclass):
    """What `write_backup` gives. The file.

    Attributes:
        backup: PKCS#12 in DER. Every program that reads such files finds the keys and certificates in it.
    """

    backup: bytes
    """PKCS#12 in DER. Every program that reads such files finds the keys and certificates in it."""


class WriteOcspErrorResponse(FrozenDataclass):
    """What `write_ocsp_error` gives. The response, which nobody signs.

    Attributes:
        response: DER.
    """

    response: bytes
    """DER."""


class WritePkcs12Response(FrozenDataclass):
    """What `write_pkcs12` gives. The file.

    Attributes:
        pkcs12: PKCS#12 in DER.
    """

    pkcs12: bytes
    """PKCS#12 in DER."""


AttributeValue: TypeAlias = Union[
    str,
    datetime,
    Undecoded,
]
"""The value of an attribute."""


Claims: TypeAlias = dict[str, Any]
"""The claims of a token."""


Description: TypeAlias = Union[
    DescriptionCertificate,
    DescriptionCertificateRequest,
    DescriptionPrivateKey,
    DescriptionEncryptedPrivateKey,
    DescriptionPublicKey,
    DescriptionCertificateList,
    DescriptionOcspRequest,
    DescriptionOcspResponse,
    DescriptionCms,
    DescriptionPkcs12,
    DescriptionJks,
    DescriptionEcParameters,
    DescriptionUnreadable,
]
"""A description, told apart by its `kind`."""


Extension: TypeAlias = Union[
    ExtensionBasicConstraints,
    ExtensionKeyUsage,
    ExtensionExtendedKeyUsage,
    ExtensionSubjectAltName,
    ExtensionIssuerAltName,
    ExtensionSubjectKeyIdentifier,
    ExtensionAuthorityKeyIdentifier,
    ExtensionCrlDistributionPoints,
    ExtensionFreshestCrl,
    ExtensionAuthorityInfoAccess,
    ExtensionSubjectInfoAccess,
    ExtensionCertificatePolicies,
    ExtensionPolicyMappings,
    ExtensionPolicyConstraints,
    ExtensionInhibitAnyPolicy,
    ExtensionNameConstraints,
    ExtensionPrivateKeyUsagePeriod,
    ExtensionTlsFeature,
    ExtensionOcspNoCheck,
    ExtensionOcspNonce,
    ExtensionSignedCertificateTimestamps,
    ExtensionPrecertificatePoison,
    ExtensionCrlNumber,
    ExtensionDeltaCrlIndicator,
    ExtensionIssuingDistributionPoint,
    ExtensionReasonCode,
    ExtensionInvalidityDate,
    ExtensionCertificateIssuer,
    ExtensionHoldInstructionCode,
    ExtensionMicrosoftCertificateTemplateName,
    ExtensionMicrosoftCertificateTemplate,
    ExtensionMicrosoftCaVersion,
    ExtensionMicrosoftPreviousCaCertificateHash,
    ExtensionMicrosoftApplicationPolicies,
    ExtensionMicrosoftNextCrlPublish,
    ExtensionMicrosoftSecurityIdentifier,
    ExtensionNetscapeCertType,
    ExtensionNetscapeComment,
    ExtensionOther,
    ExtensionMalformed,
]
"""One extension: which, whether it is critical, and what it says."""


Message: TypeAlias = Union[
    MessageDetachedCms,
    MessageHttp,
    MessageBare,
]
"""The signature of a message, and what of the message it may be over beside the body."""


Mode: TypeAlias = Union[
    Literal["same_key", "new_key"],
    ModeNewKey,
]
"""With which key: the one it has, or another; where only a plan is made, `new_key` is one that is not known yet."""


Object: TypeAlias = Union[
    ObjectCertificate,
    ObjectCertificateRequest,
    ObjectPrivateKey,
    ObjectEncryptedPrivateKey,
    ObjectPublicKey,
    ObjectCertificateList,
    ObjectOcspRequest,
    ObjectOcspResponse,
    ObjectCms,
    ObjectPkcs12,
    ObjectJks,
    ObjectEcParameters,
    ObjectUnreadable,
]
"""One object of the input."""


Outcome: TypeAlias = Union[
    OutcomeSuccess,
    OutcomeFailure,
    OutcomeError,
    OutcomePending,
]
"""The outcome of a request."""


PathBinding: TypeAlias = Union[
    PathBindingExact,
    PathBindingPrefix,
]
"""Which paths a token opens; `{"exact": "/a/b"}` or `{"prefix": "/a"}`."""


ProfileChoice: TypeAlias = Union[
    Literal["device-identity", "scep-ra", "tls-server", "subordinate-ca", "ocsp-signer"],
    Profile,
]
"""A profile by its name, or whole."""


Recipient: TypeAlias = Union[
    RecipientKeyTransport,
    RecipientKeyAgreement,
    RecipientKeyEncryptionKey,
    RecipientPassword,
    RecipientOther,
]
"""RFC 5652 6.2, told apart by its `type`."""


RevokedEntry: TypeAlias = Union[tuple[str, datetime], tuple[str, datetime, Optional[Reason]], tuple[str, datetime, Optional[Reason], Optional[datetime]]]
"""A revoked certificate: serial, time of revocation, reason, date since when it is not to be trusted."""


ScepOpenReplyResponse: TypeAlias = Union[
    ScepOpenReplyResponseSuccess,
    ScepOpenReplyResponseFailure,
    ScepOpenReplyResponsePending,
]
"""What `scep_open_reply` gives. The outcome."""


Shape: TypeAlias = Union[
    ShapeCompatible,
    ShapeBound,
]
"""What the token is to say."""


Signing: TypeAlias = Union[
    SigningDetachedCms,
    SigningHttp,
    SigningBare,
]
"""The form of a signature, and what it is to say."""


TokenId: TypeAlias = Union[
    Literal["random"],
    TokenIdGiven,
]
"""The token's own id (RFC 7519 4.1.7)."""
