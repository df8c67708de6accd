# Made by `cargo xtask generate` from the sources in core/; changes belong there.
"""What goes wrong, by name."""

from enum import Enum


class ErrorCode(str, Enum):
    """What went wrong: a name that never changes its meaning.

    Attributes:
        REQUEST_MALFORMED: The request is not the JSON object that the operation takes.
        REQUEST_TOO_LARGE: The request, or one value in it, is larger than the limit.
        OPERATION_UNKNOWN: There is no operation of that name.
        FIELD_INVALID: A field of the request has a value that it may not have.
        ARGUMENT_INVALID: An argument of the C interface is NULL or no text where a value is wanted.
        PEM_MALFORMED: The text holds no PEM block (RFC 7468) of the kind that was wanted.
        NAME_MALFORMED: A name is not a distinguished name as RFC 4514 writes it.
        ALTERNATIVE_NAME_MALFORMED: A subject alternative name has an unknown form or a value that does not fit its
            form.
        OBJECT_UNKNOWN: The data is of no kind that this operation knows.
        KEY_UNKNOWN: The key ring does not hold the key and the request does not say what its public key is.
        KEY_MALFORMED: The key cannot be parsed.
        KEY_UNSUPPORTED: The algorithm or size of the key is not one that this engine knows.
        KEY_MISMATCH: The key is not the one whose public half the certificate or request names.
        KEY_ANSWER_INVALID: The answer to a key question is not a correct result of that question.
        KEY_ANSWER_UNEXPECTED: The request carries more answers than the operation asked questions.
        KEY_UNFIT: The key cannot do what was asked of it: an EC key cannot decrypt.
        KEY_PASSWORD_MISSING: The private key is encrypted and there is no password.
        KEY_PASSWORD_WRONG: The password does not open the private key.
        KEY_TOO_SMALL: The key is too small to be used: RSA below 2048 bits.
        KEY_ENCRYPTION_REFUSED: The encryption of the key or the keystore is unknown, or its parameters are none.
        KEY_DERIVATION_TOO_COSTLY: To make a key of the password would cost more time or memory than is allowed.
        PRIVATE_KEY_ABSENT: The input is something else than a private key.
        CSR_MALFORMED: The certification request is not PKCS#10 (RFC 2986).
        CSR_SIGNATURE_INVALID: The certification request's signature is not one by the key in it.
        PROFILE_UNKNOWN: There is no profile of that name.
        PROFILE_KEY_REFUSED: The profile does not allow a key of this kind or size.
        PROFILE_SUBJECT_REFUSED: The subject breaks the profile's rules.
        PROFILE_ALTERNATIVE_NAME_REFUSED: The subject alternative names break the profile's rules.
        PROFILE_VALIDITY_REFUSED: The lifetime asked for is longer than the profile allows, or nothing.
        CERTIFICATE_MALFORMED: The certificate cannot be parsed (RFC 5280).
        SIGNATURE_ALGORITHM_REFUSED: The signature algorithm is unknown or too weak to be accepted.
        SIGNATURE_INVALID: The signature does not verify.
        AUTHORITY_INVALID: The authority's parts contradict each other, or it is no certificate authority.
        AUTHORITY_OUTSIDE_VALIDITY: The authority's certificate is not valid at the time of the request.
        AUTHORITY_PATH_LENGTH_EXCEEDED: The authority may not issue certificates of this kind: its path length
            forbids it.
        GENERATION_UNKNOWN: The authority has no such generation.
        GENERATION_REFUSED: The generation is a former one, which issues no certificates.
        RENEWAL_WAITING: A next generation is waiting already: activate or abandon it.
        RENEWAL_REFUSED: The authority cannot be renewed in this way.
        HELPER_REFUSED: The helper's certificate is none that the authority issued to a helper.
        CRL_ENTRY_INVALID: An entry of a revocation list says what it may not say there.
        CRL_ENTRY_REPEATED: Two entries of a revocation list are about one certificate.
        CRL_SIGNER_UNFIT: The authority may not sign revocation lists.
        CRL_SCOPE_INVALID: What a revocation list is to cover contradicts itself or the authority's distribution
            points.
        CRL_MALFORMED: The revocation list cannot be parsed (RFC 5280 5).
        OCSP_REQUEST_MALFORMED: The OCSP request is not one of RFC 6960, or wants what is not done here.
        OCSP_CERT_ID_MALFORMED: What names a certificate to OCSP is no CertID (RFC 6960 4.1.1).
        OCSP_CERT_ID_FOREIGN: A status is said of a certificate that the authority did not issue.
        OCSP_RESPONDER_UNFIT: The certificate of the OCSP responder does not allow it to sign for the authority.
        OCSP_RESPONSE_MALFORMED: The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers.
        PATH_ANCHOR_INVALID: A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d).
        PATH_NOT_FOUND: No chain of issuers leads from the certificate to a trust anchor.
        PATH_BUDGET_EXHAUSTED: The search for a path took more than it may: signatures, candidates, comparisons of
            names or policies.
        PATH_SIGNATURE_INVALID: The issuer's key did not make the signature of a certificate of the path.
        PATH_ALGORITHM_REFUSED: A certificate is signed with an algorithm, or has a key of one, that is unknown or
            not accepted.
        PATH_KEY_TOO_WEAK: A key of the path is too small.
        PATH_CERTIFICATE_INVALID: A certificate of the path breaks a rule for certificates (RFC 5280 4).
        PATH_CRITICAL_EXTENSION_UNKNOWN: A certificate of the path has a critical extension that is not processed
            here (RFC 5280 4.2).
        PATH_ISSUER_UNFIT: An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n).
        PATH_LENGTH_EXCEEDED: There are more issuers below one of the path than it allows, or than were asked for.
        PATH_CERTIFICATE_NOT_YET_VALID: A certificate of the path is not valid yet.
        PATH_CERTIFICATE_EXPIRED: A certificate of the path has expired.
        PATH_NAME_CONSTRAINT_VIOLATED: A name is outside of what an issuer of the path may name (RFC 5280
            4.2.1.10).
        PATH_POLICY_INVALID: The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5
            g).
        PATH_PURPOSE_REFUSED: A certificate of the path is not for that purpose.
        PATH_REVOKED: A certificate of the path is revoked.
        PATH_REVOCATION_UNKNOWN: Whether a certificate of the path is revoked could not be told, and has to be
            known.
        PATH_IDENTITY_MISMATCH: None of the names that were asked for is one of the certificate's.
        CMS_MALFORMED: The message is not the structure of RFC 5652 that it should be.
        CMS_SIGNER_UNKNOWN: The certificate of the message's signer is not there.
        CMS_DIGEST_MISMATCH: The content of the message is not the one that was signed.
        CMS_CIPHER_REFUSED: The cipher of the envelope is unknown or too weak to be accepted.
        CMS_KEY_TRANSPORT_REFUSED: The key transport of the envelope is unknown or not supported.
        SCEP_MESSAGE_UNREADABLE: The envelope does not decrypt to what its message type promises; nothing more is
            said.
        SCEP_ATTRIBUTE_INVALID: An attribute that RFC 8894 asks for is missing, or no value that it may have.
        SCEP_MESSAGE_TYPE_REFUSED: The message type is none that can be answered here.
        SCEP_RECIPIENT_UNKNOWN: The envelope is for none of the recipients.
        SCEP_SIGNER_UNFIT: The signer's key cannot receive a reply: it is no RSA key.
        SCEP_REPLY_MISMATCH: The reply is to another request: its transaction id or nonce is not the one sent.
        SCEP_REPLY_CERTIFICATE_INVALID: The reply has no certificate for the key of the request by one of the
            authorities.
        SCEP_REPLY_CRL_INVALID: The reply has no revocation list of the issuer that was asked about, by one of the
            authorities.
        PKCS12_MALFORMED: The file is not PKCS#12 (RFC 7292).
        KEYSTORE_PASSWORD_WRONG: The password of the keystore is wrong, or the keystore was changed.
        KEYSTORE_PASSWORD_MISSING: The keystore needs a password and there is none.
        KEYSTORE_PROTECTION_REFUSED: The keystore is protected in a way that is not supported: by a signature, or
            for the holder of a certificate.
        JKS_MALFORMED: The file is not one of Java's keystores (JKS, JCEKS).
        KEYSTORE_KIND_MISMATCH: The file is a keystore of another kind; the detail names the operation for it.
        BACKUP_INVALID: The backup of an authority is not whole, or the file is none.
        JWT_MALFORMED: The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header,
            and claims.
        JWT_ALGORITHM_REFUSED: The token's algorithm is unknown, none at all, or not the one of the key.
        JWT_CRITICAL_HEADER_UNKNOWN: The token says that a header parameter has to be understood which is not (RFC
            7515 4.1.11).
        JWT_TYPE_REFUSED: The token's `typ` is not the one that was asked for (RFC 8725 3.11).
        JWT_KEY_UNKNOWN: None of the keys is the one that the token names.
        JWT_KEY_OUTSIDE_VALIDITY: The key of the token is not in use yet, or not any more.
        JWT_SIGNATURE_INVALID: The key did not make the token's signature.
        JWT_CLAIM_MISSING: A claim is missing that has to be there.
        JWT_CLAIM_INVALID: A claim has a value of another kind than its own (RFC 7519 4.1).
        JWT_EXPIRED: The token has expired.
        JWT_NOT_YET_VALID: The token is not valid yet, or was issued in the future.
        JWT_ISSUER_REFUSED: The token is by another issuer.
        JWT_SUBJECT_REFUSED: The token is about another subject.
        JWT_AUDIENCE_REFUSED: The token is for somebody else.
        JWT_LIFETIME_REFUSED: The token lives longer than is allowed, or not at all.
        JWT_PATH_REFUSED: The token is for another path, or for none and one is wanted.
        JWT_DEVICE_REFUSED: The token is for another device.
        JWK_MALFORMED: The key is not a JSON Web Key that can be read (RFC 7517).
        JWK_REFUSED: The key is one that must not be here: private, symmetric, or not for signatures.
        JWK_SET_AMBIGUOUS: Two keys of a set have one id.
        URL_MALFORMED: The URL is not one of RFC 3986 that can be signed.
        URL_PATH_REFUSED: The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and
            the like.
        URL_TOKEN_MISSING: The URL has no token.
        URL_TOKEN_REPEATED: The URL has a token already, or more than one.
        MESSAGE_MALFORMED: The signature of a message, or a header that belongs to it, is not what its form has.
        MESSAGE_SIGNATURE_ABSENT: The message has no signature of that label, or several and nobody said which.
        MESSAGE_ALGORITHM_REFUSED: The signature's algorithm is unknown, not allowed, or not one of the signer's
            key.
        MESSAGE_SIGNER_UNKNOWN: None of the signers is the one that the message names.
        MESSAGE_SIGNATURE_INVALID: The signer's key did not make the signature of the message.
        MESSAGE_BODY_MISMATCH: The body is not the one that was signed.
        MESSAGE_BODY_NEEDED: The signature is over the body, or over a digest of it that is not there.
        MESSAGE_COMPONENT_UNCOVERED: The signature does not cover what it has to cover (RFC 9421 3.2.1).
        MESSAGE_COMPONENT_UNAVAILABLE: The signature covers something that the message does not have, or that is
            not known here (RFC 9421 2.5).
        MESSAGE_PARAMETER_MISSING: The signature does not have a parameter that it has to have (RFC 9421 2.3), or
            another tag.
        MESSAGE_UNDATED: The message does not say when it was signed.
        MESSAGE_STALE: The message has expired, or was signed too long ago.
        MESSAGE_FROM_FUTURE: The message was signed in the future.
        ENCODING_FAILED: A value could not be encoded. Nothing in a request should lead here.
        ENGINE_DEFECT: The engine met a defect of its own. Nothing in a request should lead here.
        MEMORY_EXHAUSTED: There is not enough memory for the response.
    """

    REQUEST_MALFORMED = "request_malformed"
    """The request is not the JSON object that the operation takes."""

    REQUEST_TOO_LARGE = "request_too_large"
    """The request, or one value in it, is larger than the limit."""

    OPERATION_UNKNOWN = "operation_unknown"
    """There is no operation of that name."""

    FIELD_INVALID = "field_invalid"
    """A field of the request has a value that it may not have."""

    ARGUMENT_INVALID = "argument_invalid"
    """An argument of the C interface is NULL or no text where a value is wanted."""

    PEM_MALFORMED = "pem_malformed"
    """The text holds no PEM block (RFC 7468) of the kind that was wanted."""

    NAME_MALFORMED = "name_malformed"
    """A name is not a distinguished name as RFC 4514 writes it."""

    ALTERNATIVE_NAME_MALFORMED = "alternative_name_malformed"
    """A subject alternative name has an unknown form or a value that does not fit its form."""

    OBJECT_UNKNOWN = "object_unknown"
    """The data is of no kind that this operation knows."""

    KEY_UNKNOWN = "key_unknown"
    """The key ring does not hold the key and the request does not say what its public key is."""

    KEY_MALFORMED = "key_malformed"
    """The key cannot be parsed."""

    KEY_UNSUPPORTED = "key_unsupported"
    """The algorithm or size of the key is not one that this engine knows."""

    KEY_MISMATCH = "key_mismatch"
    """The key is not the one whose public half the certificate or request names."""

    KEY_ANSWER_INVALID = "key_answer_invalid"
    """The answer to a key question is not a correct result of that question."""

    KEY_ANSWER_UNEXPECTED = "key_answer_unexpected"
    """The request carries more answers than the operation asked questions."""

    KEY_UNFIT = "key_unfit"
    """The key cannot do what was asked of it: an EC key cannot decrypt."""

    KEY_PASSWORD_MISSING = "key_password_missing"
    """The private key is encrypted and there is no password."""

    KEY_PASSWORD_WRONG = "key_password_wrong"
    """The password does not open the private key."""

    KEY_TOO_SMALL = "key_too_small"
    """The key is too small to be used: RSA below 2048 bits."""

    KEY_ENCRYPTION_REFUSED = "key_encryption_refused"
    """The encryption of the key or the keystore is unknown, or its parameters are none."""

    KEY_DERIVATION_TOO_COSTLY = "key_derivation_too_costly"
    """To make a key of the password would cost more time or memory than is allowed."""

    PRIVATE_KEY_ABSENT = "private_key_absent"
    """The input is something else than a private key."""

    CSR_MALFORMED = "csr_malformed"
    """The certification request is not PKCS#10 (RFC 2986)."""

    CSR_SIGNATURE_INVALID = "csr_signature_invalid"
    """The certification request's signature is not one by the key in it."""

    PROFILE_UNKNOWN = "profile_unknown"
    """There is no profile of that name."""

    PROFILE_KEY_REFUSED = "profile_key_refused"
    """The profile does not allow a key of this kind or size."""

    PROFILE_SUBJECT_REFUSED = "profile_subject_refused"
    """The subject breaks the profile's rules."""

    PROFILE_ALTERNATIVE_NAME_REFUSED = "profile_alternative_name_refused"
    """The subject alternative names break the profile's rules."""

    PROFILE_VALIDITY_REFUSED = "profile_validity_refused"
    """The lifetime asked for is longer than the profile allows, or nothing."""

    CERTIFICATE_MALFORMED = "certificate_malformed"
    """The certificate cannot be parsed (RFC 5280)."""

    SIGNATURE_ALGORITHM_REFUSED = "signature_algorithm_refused"
    """The signature algorithm is unknown or too weak to be accepted."""

    SIGNATURE_INVALID = "signature_invalid"
    """The signature does not verify."""

    AUTHORITY_INVALID = "authority_invalid"
    """The authority's parts contradict each other, or it is no certificate authority."""

    AUTHORITY_OUTSIDE_VALIDITY = "authority_outside_validity"
    """The authority's certificate is not valid at the time of the request."""

    AUTHORITY_PATH_LENGTH_EXCEEDED = "authority_path_length_exceeded"
    """The authority may not issue certificates of this kind: its path length forbids it."""

    GENERATION_UNKNOWN = "generation_unknown"
    """The authority has no such generation."""

    GENERATION_REFUSED = "generation_refused"
    """The generation is a former one, which issues no certificates."""

    RENEWAL_WAITING = "renewal_waiting"
    """A next generation is waiting already: activate or abandon it."""

    RENEWAL_REFUSED = "renewal_refused"
    """The authority cannot be renewed in this way."""

    HELPER_REFUSED = "helper_refused"
    """The helper's certificate is none that the authority issued to a helper."""

    CRL_ENTRY_INVALID = "crl_entry_invalid"
    """An entry of a revocation list says what it may not say there."""

    CRL_ENTRY_REPEATED = "crl_entry_repeated"
    """Two entries of a revocation list are about one certificate."""

    CRL_SIGNER_UNFIT = "crl_signer_unfit"
    """The authority may not sign revocation lists."""

    CRL_SCOPE_INVALID = "crl_scope_invalid"
    """What a revocation list is to cover contradicts itself or the authority's distribution points."""

    CRL_MALFORMED = "crl_malformed"
    """The revocation list cannot be parsed (RFC 5280 5)."""

    OCSP_REQUEST_MALFORMED = "ocsp_request_malformed"
    """The OCSP request is not one of RFC 6960, or wants what is not done here."""

    OCSP_CERT_ID_MALFORMED = "ocsp_cert_id_malformed"
    """What names a certificate to OCSP is no CertID (RFC 6960 4.1.1)."""

    OCSP_CERT_ID_FOREIGN = "ocsp_cert_id_foreign"
    """A status is said of a certificate that the authority did not issue."""

    OCSP_RESPONDER_UNFIT = "ocsp_responder_unfit"
    """The certificate of the OCSP responder does not allow it to sign for the authority."""

    OCSP_RESPONSE_MALFORMED = "ocsp_response_malformed"
    """The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers."""

    PATH_ANCHOR_INVALID = "path_anchor_invalid"
    """A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d)."""

    PATH_NOT_FOUND = "path_not_found"
    """No chain of issuers leads from the certificate to a trust anchor."""

    PATH_BUDGET_EXHAUSTED = "path_budget_exhausted"
    """The search for a path took more than it may: signatures, candidates, comparisons of names or policies."""

    PATH_SIGNATURE_INVALID = "path_signature_invalid"
    """The issuer's key did not make the signature of a certificate of the path."""

    PATH_ALGORITHM_REFUSED = "path_algorithm_refused"
    """A certificate is signed with an algorithm, or has a key of one, that is unknown or not accepted."""

    PATH_KEY_TOO_WEAK = "path_key_too_weak"
    """A key of the path is too small."""

    PATH_CERTIFICATE_INVALID = "path_certificate_invalid"
    """A certificate of the path breaks a rule for certificates (RFC 5280 4)."""

    PATH_CRITICAL_EXTENSION_UNKNOWN = "path_critical_extension_unknown"
    """A certificate of the path has a critical extension that is not processed here (RFC 5280 4.2)."""

    PATH_ISSUER_UNFIT = "path_issuer_unfit"
    """An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n)."""

    PATH_LENGTH_EXCEEDED = "path_length_exceeded"
    """There are more issuers below one of the path than it allows, or than were asked for."""

    PATH_CERTIFICATE_NOT_YET_VALID = "path_certificate_not_yet_valid"
    """A certificate of the path is not valid yet."""

    PATH_CERTIFICATE_EXPIRED = "path_certificate_expired"
    """A certificate of the path has expired."""

    PATH_NAME_CONSTRAINT_VIOLATED = "path_name_constraint_violated"
    """A name is outside of what an issuer of the path may name (RFC 5280 4.2.1.10)."""

    PATH_POLICY_INVALID = "path_policy_invalid"
    """The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5 g)."""

    PATH_PURPOSE_REFUSED = "path_purpose_refused"
    """A certificate of the path is not for that purpose."""

    PATH_REVOKED = "path_revoked"
    """A certificate of the path is revoked."""

    PATH_REVOCATION_UNKNOWN = "path_revocation_unknown"
    """Whether a certificate of the path is revoked could not be told, and has to be known."""

    PATH_IDENTITY_MISMATCH = "path_identity_mismatch"
    """None of the names that were asked for is one of the certificate's."""

    CMS_MALFORMED = "cms_malformed"
    """The message is not the structure of RFC 5652 that it should be."""

    CMS_SIGNER_UNKNOWN = "cms_signer_unknown"
    """The certificate of the message's signer is not there."""

    CMS_DIGEST_MISMATCH = "cms_digest_mismatch"
    """The content of the message is not the one that was signed."""

    CMS_CIPHER_REFUSED = "cms_cipher_refused"
    """The cipher of the envelope is unknown or too weak to be accepted."""

    CMS_KEY_TRANSPORT_REFUSED = "cms_key_transport_refused"
    """The key transport of the envelope is unknown or not supported."""

    SCEP_MESSAGE_UNREADABLE = "scep_message_unreadable"
    """The envelope does not decrypt to what its message type promises; nothing more is said."""

    SCEP_ATTRIBUTE_INVALID = "scep_attribute_invalid"
    """An attribute that RFC 8894 asks for is missing, or no value that it may have."""

    SCEP_MESSAGE_TYPE_REFUSED = "scep_message_type_refused"
    """The message type is none that can be answered here."""

    SCEP_RECIPIENT_UNKNOWN = "scep_recipient_unknown"
    """The envelope is for none of the recipients."""

    SCEP_SIGNER_UNFIT = "scep_signer_unfit"
    """The signer's key cannot receive a reply: it is no RSA key."""

    SCEP_REPLY_MISMATCH = "scep_reply_mismatch"
    """The reply is to another request: its transaction id or nonce is not the one sent."""

    SCEP_REPLY_CERTIFICATE_INVALID = "scep_reply_certificate_invalid"
    """The reply has no certificate for the key of the request by one of the authorities."""

    SCEP_REPLY_CRL_INVALID = "scep_reply_crl_invalid"
    """The reply has no revocation list of the issuer that was asked about, by one of the authorities."""

    PKCS12_MALFORMED = "pkcs12_malformed"
    """The file is not PKCS#12 (RFC 7292)."""

    KEYSTORE_PASSWORD_WRONG = "keystore_password_wrong"
    """The password of the keystore is wrong, or the keystore was changed."""

    KEYSTORE_PASSWORD_MISSING = "keystore_password_missing"
    """The keystore needs a password and there is none."""

    KEYSTORE_PROTECTION_REFUSED = "keystore_protection_refused"
    """The keystore is protected in a way that is not supported: by a signature, or for the holder of a certificate."""

    JKS_MALFORMED = "jks_malformed"
    """The file is not one of Java's keystores (JKS, JCEKS)."""

    KEYSTORE_KIND_MISMATCH = "keystore_kind_mismatch"
    """The file is a keystore of another kind; the detail names the operation for it."""

    BACKUP_INVALID = "backup_invalid"
    """The backup of an authority is not whole, or the file is none."""

    JWT_MALFORMED = "jwt_malformed"
    """The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header, and claims."""

    JWT_ALGORITHM_REFUSED = "jwt_algorithm_refused"
    """The token's algorithm is unknown, none at all, or not the one of the key."""

    JWT_CRITICAL_HEADER_UNKNOWN = "jwt_critical_header_unknown"
    """The token says that a header parameter has to be understood which is not (RFC 7515 4.1.11)."""

    JWT_TYPE_REFUSED = "jwt_type_refused"
    """The token's `typ` is not the one that was asked for (RFC 8725 3.11)."""

    JWT_KEY_UNKNOWN = "jwt_key_unknown"
    """None of the keys is the one that the token names."""

    JWT_KEY_OUTSIDE_VALIDITY = "jwt_key_outside_validity"
    """The key of the token is not in use yet, or not any more."""

    JWT_SIGNATURE_INVALID = "jwt_signature_invalid"
    """The key did not make the token's signature."""

    JWT_CLAIM_MISSING = "jwt_claim_missing"
    """A claim is missing that has to be there."""

    JWT_CLAIM_INVALID = "jwt_claim_invalid"
    """A claim has a value of another kind than its own (RFC 7519 4.1)."""

    JWT_EXPIRED = "jwt_expired"
    """The token has expired."""

    JWT_NOT_YET_VALID = "jwt_not_yet_valid"
    """The token is not valid yet, or was issued in the future."""

    JWT_ISSUER_REFUSED = "jwt_issuer_refused"
    """The token is by another issuer."""

    JWT_SUBJECT_REFUSED = "jwt_subject_refused"
    """The token is about another subject."""

    JWT_AUDIENCE_REFUSED = "jwt_audience_refused"
    """The token is for somebody else."""

    JWT_LIFETIME_REFUSED = "jwt_lifetime_refused"
    """The token lives longer than is allowed, or not at all."""

    JWT_PATH_REFUSED = "jwt_path_refused"
    """The token is for another path, or for none and one is wanted."""

    JWT_DEVICE_REFUSED = "jwt_device_refused"
    """The token is for another device."""

    JWK_MALFORMED = "jwk_malformed"
    """The key is not a JSON Web Key that can be read (RFC 7517)."""

    JWK_REFUSED = "jwk_refused"
    """The key is one that must not be here: private, symmetric, or not for signatures."""

    JWK_SET_AMBIGUOUS = "jwk_set_ambiguous"
    """Two keys of a set have one id."""

    URL_MALFORMED = "url_malformed"
    """The URL is not one of RFC 3986 that can be signed."""

    URL_PATH_REFUSED = "url_path_refused"
    """The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and the like."""

    URL_TOKEN_MISSING = "url_token_missing"
    """The URL has no token."""

    URL_TOKEN_REPEATED = "url_token_repeated"
    """The URL has a token already, or more than one."""

    MESSAGE_MALFORMED = "message_malformed"
    """The signature of a message, or a header that belongs to it, is not what its form has."""

    MESSAGE_SIGNATURE_ABSENT = "message_signature_absent"
    """The message has no signature of that label, or several and nobody said which."""

    MESSAGE_ALGORITHM_REFUSED = "message_algorithm_refused"
    """The signature's algorithm is unknown, not allowed, or not one of the signer's key."""

    MESSAGE_SIGNER_UNKNOWN = "message_signer_unknown"
    """None of the signers is the one that the message names."""

    MESSAGE_SIGNATURE_INVALID = "message_signature_invalid"
    """The signer's key did not make the signature of the message."""

    MESSAGE_BODY_MISMATCH = "message_body_mismatch"
    """The body is not the one that was signed."""

    MESSAGE_BODY_NEEDED = "message_body_needed"
    """The signature is over the body, or over a digest of it that is not there."""

    MESSAGE_COMPONENT_UNCOVERED = "message_component_uncovered"
    """The signature does not cover what it has to cover (RFC 9421 3.2.1)."""

    MESSAGE_COMPONENT_UNAVAILABLE = "message_component_unavailable"
    """The signature covers something that the message does not have, or that is not known here (RFC 9421 2.5)."""

    MESSAGE_PARAMETER_MISSING = "message_parameter_missing"
    """The signature does not have a parameter that it has to have (RFC 9421 2.3), or another tag."""

    MESSAGE_UNDATED = "message_undated"
    """The message does not say when it was signed."""

    MESSAGE_STALE = "message_stale"
    """The message has expired, or was signed too long ago."""

    MESSAGE_FROM_FUTURE = "message_from_future"
    """The message was signed in the future."""

    ENCODING_FAILED = "encoding_failed"
    """A value could not be encoded. Nothing in a request should lead here."""

    ENGINE_DEFECT = "engine_defect"
    """The engine met a defect of its own. Nothing in a request should lead here."""

    MEMORY_EXHAUSTED = "memory_exhausted"
    """There is not enough memory for the response."""

    def __str__(self) -> str:
        return str(self.value)

    @property
    def number(self) -> int:
        """Its number in the C interface."""
        return _NUMBERS[self.value]


_NUMBERS = {
    "request_malformed": 1001,
    "request_too_large": 1002,
    "operation_unknown": 1003,
    "field_invalid": 1004,
    "argument_invalid": 1005,
    "pem_malformed": 1101,
    "name_malformed": 1102,
    "alternative_name_malformed": 1103,
    "object_unknown": 1104,
    "key_unknown": 1201,
    "key_malformed": 1202,
    "key_unsupported": 1203,
    "key_mismatch": 1204,
    "key_answer_invalid": 1205,
    "key_answer_unexpected": 1206,
    "key_unfit": 1207,
    "key_password_missing": 1208,
    "key_password_wrong": 1209,
    "key_too_small": 1210,
    "key_encryption_refused": 1211,
    "key_derivation_too_costly": 1212,
    "private_key_absent": 1213,
    "csr_malformed": 2001,
    "csr_signature_invalid": 2002,
    "profile_unknown": 2101,
    "profile_key_refused": 2102,
    "profile_subject_refused": 2103,
    "profile_alternative_name_refused": 2104,
    "profile_validity_refused": 2105,
    "certificate_malformed": 3001,
    "signature_algorithm_refused": 3002,
    "signature_invalid": 3003,
    "authority_invalid": 3101,
    "authority_outside_validity": 3102,
    "authority_path_length_exceeded": 3103,
    "generation_unknown": 3104,
    "generation_refused": 3105,
    "renewal_waiting": 3106,
    "renewal_refused": 3107,
    "helper_refused": 3108,
    "crl_entry_invalid": 3201,
    "crl_entry_repeated": 3202,
    "crl_signer_unfit": 3203,
    "crl_scope_invalid": 3204,
    "crl_malformed": 3205,
    "ocsp_request_malformed": 3301,
    "ocsp_cert_id_malformed": 3302,
    "ocsp_cert_id_foreign": 3303,
    "ocsp_responder_unfit": 3304,
    "ocsp_response_malformed": 3305,
    "path_anchor_invalid": 3401,
    "path_not_found": 3402,
    "path_budget_exhausted": 3403,
    "path_signature_invalid": 3404,
    "path_algorithm_refused": 3405,
    "path_key_too_weak": 3406,
    "path_certificate_invalid": 3407,
    "path_critical_extension_unknown": 3408,
    "path_issuer_unfit": 3409,
    "path_length_exceeded": 3410,
    "path_certificate_not_yet_valid": 3411,
    "path_certificate_expired": 3412,
    "path_name_constraint_violated": 3413,
    "path_policy_invalid": 3414,
    "path_purpose_refused": 3415,
    "path_revoked": 3416,
    "path_revocation_unknown": 3417,
    "path_identity_mismatch": 3418,
    "cms_malformed": 4001,
    "cms_signer_unknown": 4002,
    "cms_digest_mismatch": 4003,
    "cms_cipher_refused": 4101,
    "cms_key_transport_refused": 4102,
    "scep_message_unreadable": 5001,
    "scep_attribute_invalid": 5002,
    "scep_message_type_refused": 5003,
    "scep_recipient_unknown": 5004,
    "scep_signer_unfit": 5005,
    "scep_reply_mismatch": 5101,
    "scep_reply_certificate_invalid": 5102,
    "scep_reply_crl_invalid": 5103,
    "pkcs12_malformed": 6001,
    "keystore_password_wrong": 6002,
    "keystore_password_missing": 6003,
    "keystore_protection_refused": 6004,
    "jks_malformed": 6005,
    "keystore_kind_mismatch": 6006,
    "backup_invalid": 6007,
    "jwt_malformed": 7001,
    "jwt_algorithm_refused": 7002,
    "jwt_critical_header_unknown": 7003,
    "jwt_type_refused": 7004,
    "jwt_key_unknown": 7005,
    "jwt_key_outside_validity": 7006,
    "jwt_signature_invalid": 7007,
    "jwt_claim_missing": 7101,
    "jwt_claim_invalid": 7102,
    "jwt_expired": 7103,
    "jwt_not_yet_valid": 7104,
    "jwt_issuer_refused": 7105,
    "jwt_subject_refused": 7106,
    "jwt_audience_refused": 7107,
    "jwt_lifetime_refused": 7108,
    "jwt_path_refused": 7109,
    "jwt_device_refused": 7110,
    "jwk_malformed": 7201,
    "jwk_refused": 7202,
    "jwk_set_ambiguous": 7203,
    "url_malformed": 7301,
    "url_path_refused": 7302,
    "url_token_missing": 7303,
    "url_token_repeated": 7304,
    "message_malformed": 8001,
    "message_signature_absent": 8002,
    "message_algorithm_refused": 8003,
    "message_signer_unknown": 8004,
    "message_signature_invalid": 8005,
    "message_body_mismatch": 8006,
    "message_body_needed": 8007,
    "message_component_uncovered": 8101,
    "message_component_unavailable": 8102,
    "message_parameter_missing": 8103,
    "message_undated": 8201,
    "message_stale": 8202,
    "message_from_future": 8203,
    "encoding_failed": 9001,
    "engine_defect": 9002,
    "memory_exhausted": 9003,
}
