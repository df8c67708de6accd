/* Sealwright: a PKI engine for device management, behind one function.
 *
 * A request is JSON, and so is the response. What a request may hold is the same in every language. Time
 * and randomness are fields of the requests, so the same request gives the same bytes.
 *
 *   sealwright_engine *engine = sealwright_engine_new();
 *   sealwright_buffer response;
 *   uint32_t status = sealwright_call(engine, request, request_len, &response);
 *   ... response.data, response.len ...
 *   sealwright_buffer_free(&response);
 *   sealwright_engine_free(engine);
 *
 * The library writes to no file, opens no socket, starts no thread and prints nothing. A pointer that is NULL
 * or not aligned where a value is wanted is an error, not a crash. Keys and the buffers of this library are
 * wiped when they are freed. A defect of the library is SEALWRIGHT_ERROR_ENGINE_DEFECT; to keep it from being
 * printed, the library has a panic hook, which with the table of sealwright_error_name is all its global state. If
 * memory runs out in the middle of the work, the process is aborted, with a line on standard error.
 */

#ifndef SEALWRIGHT_H
#define SEALWRIGHT_H

/* Generated from bindings/c and core by `cargo xtask generate`; do not change it by hand. */

#include <stddef.h>
#include <stdint.h>

/* The length of text that ends with a NUL. */
#define SEALWRIGHT_TO_NUL SIZE_MAX

/**
 * The call succeeded; the response is `{"ok":...}`.
 */
#define SEALWRIGHT_OK 0

/**
 * The call needs a private key that the engine does not hold; the response is `{"needs":[...]}`.
 */
#define SEALWRIGHT_NEEDS 1

/**
 * What a sealwright_key_callback returns when the answer is written.
 */
#define SEALWRIGHT_ANSWERED 0

/**
 * What a sealwright_key_callback returns when the padding of a ciphertext is wrong. The engine goes on, so that
 * nobody learns of it by asking again and again.
 */
#define SEALWRIGHT_PADDING_WRONG 1

/**
 * Room for an answer, in bytes: an RSA signature or plaintext takes as many as the key's modulus.
 */
#define SEALWRIGHT_MAX_ANSWER 8192

/**
 * The version of this interface: it changes when a program that was compiled against an older header
 * would misbehave. The shared library is named after it.
 */
#define SEALWRIGHT_ABI_VERSION 1

/**
 * What a field holds.
 */
enum sealwright_kind
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * There is no such field.
   */
  SEALWRIGHT_KIND_ABSENT = 0,
  /**
   * There is one with nothing in it.
   */
  SEALWRIGHT_KIND_NULL = 1,
  /**
   * For sealwright_response_boolean.
   */
  SEALWRIGHT_KIND_BOOLEAN = 2,
  /**
   * For sealwright_response_number, and for sealwright_response_integer if it is one.
   */
  SEALWRIGHT_KIND_NUMBER = 3,
  /**
   * For sealwright_response_text, and for sealwright_response_bytes where the reference says that it is base64url.
   */
  SEALWRIGHT_KIND_TEXT = 4,
  /**
   * Its items are `0`, `1` and so on below it.
   */
  SEALWRIGHT_KIND_LIST = 5,
  /**
   * It has fields of its own.
   */
  SEALWRIGHT_KIND_OBJECT = 6,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum sealwright_kind sealwright_kind;
#else
typedef uint32_t sealwright_kind;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * What went wrong, as a number that is never reused. Blocks of a thousand, one for each family.
 */
enum sealwright_error
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
  /**
   * The request is not the JSON object that the operation takes.
   */
  SEALWRIGHT_ERROR_REQUEST_MALFORMED = 1001,
  /**
   * The request, or one value in it, is larger than the limit.
   */
  SEALWRIGHT_ERROR_REQUEST_TOO_LARGE = 1002,
  /**
   * There is no operation of that name.
   */
  SEALWRIGHT_ERROR_OPERATION_UNKNOWN = 1003,
  /**
   * A field of the request has a value that it may not have.
   */
  SEALWRIGHT_ERROR_FIELD_INVALID = 1004,
  /**
   * An argument of the C interface is NULL or no text where a value is wanted.
   */
  SEALWRIGHT_ERROR_ARGUMENT_INVALID = 1005,
  /**
   * The text holds no PEM block (RFC 7468) of the kind that was wanted.
   */
  SEALWRIGHT_ERROR_PEM_MALFORMED = 1101,
  /**
   * A name is not a distinguished name as RFC 4514 writes it.
   */
  SEALWRIGHT_ERROR_NAME_MALFORMED = 1102,
  /**
   * A subject alternative name has an unknown form or a value that does not fit its form.
   */
  SEALWRIGHT_ERROR_ALTERNATIVE_NAME_MALFORMED = 1103,
  /**
   * The data is of no kind that this operation knows.
   */
  SEALWRIGHT_ERROR_OBJECT_UNKNOWN = 1104,
  /**
   * The key ring does not hold the key and the request does not say what its public key is.
   */
  SEALWRIGHT_ERROR_KEY_UNKNOWN = 1201,
  /**
   * The key cannot be parsed.
   */
  SEALWRIGHT_ERROR_KEY_MALFORMED = 1202,
  /**
   * The algorithm or size of the key is not one that this engine knows.
   */
  SEALWRIGHT_ERROR_KEY_UNSUPPORTED = 1203,
  /**
   * The key is not the one whose public half the certificate or request names.
   */
  SEALWRIGHT_ERROR_KEY_MISMATCH = 1204,
  /**
   * The answer to a key question is not a correct result of that question.
   */
  SEALWRIGHT_ERROR_KEY_ANSWER_INVALID = 1205,
  /**
   * The request carries more answers than the operation asked questions.
   */
  SEALWRIGHT_ERROR_KEY_ANSWER_UNEXPECTED = 1206,
  /**
   * The key cannot do what was asked of it: an EC key cannot decrypt.
   */
  SEALWRIGHT_ERROR_KEY_UNFIT = 1207,
  /**
   * The private key is encrypted and there is no password.
   */
  SEALWRIGHT_ERROR_KEY_PASSWORD_MISSING = 1208,
  /**
   * The password does not open the private key.
   */
  SEALWRIGHT_ERROR_KEY_PASSWORD_WRONG = 1209,
  /**
   * The key is too small to be used: RSA below 2048 bits.
   */
  SEALWRIGHT_ERROR_KEY_TOO_SMALL = 1210,
  /**
   * The encryption of the key or the keystore is unknown, or its parameters are none.
   */
  SEALWRIGHT_ERROR_KEY_ENCRYPTION_REFUSED = 1211,
  /**
   * To make a key of the password would cost more time or memory than is allowed.
   */
  SEALWRIGHT_ERROR_KEY_DERIVATION_TOO_COSTLY = 1212,
  /**
   * The input is something else than a private key.
   */
  SEALWRIGHT_ERROR_PRIVATE_KEY_ABSENT = 1213,
  /**
   * The certification request is not PKCS#10 (RFC 2986).
   */
  SEALWRIGHT_ERROR_CSR_MALFORMED = 2001,
  /**
   * The certification request's signature is not one by the key in it.
   */
  SEALWRIGHT_ERROR_CSR_SIGNATURE_INVALID = 2002,
  /**
   * There is no profile of that name.
   */
  SEALWRIGHT_ERROR_PROFILE_UNKNOWN = 2101,
  /**
   * The profile does not allow a key of this kind or size.
   */
  SEALWRIGHT_ERROR_PROFILE_KEY_REFUSED = 2102,
  /**
   * The subject breaks the profile's rules.
   */
  SEALWRIGHT_ERROR_PROFILE_SUBJECT_REFUSED = 2103,
  /**
   * The subject alternative names break the profile's rules.
   */
  SEALWRIGHT_ERROR_PROFILE_ALTERNATIVE_NAME_REFUSED = 2104,
  /**
   * The lifetime asked for is longer than the profile allows, or nothing.
   */
  SEALWRIGHT_ERROR_PROFILE_VALIDITY_REFUSED = 2105,
  /**
   * The certificate cannot be parsed (RFC 5280).
   */
  SEALWRIGHT_ERROR_CERTIFICATE_MALFORMED = 3001,
  /**
   * The signature algorithm is unknown or too weak to be accepted.
   */
  SEALWRIGHT_ERROR_SIGNATURE_ALGORITHM_REFUSED = 3002,
  /**
   * The signature does not verify.
   */
  SEALWRIGHT_ERROR_SIGNATURE_INVALID = 3003,
  /**
   * The authority's parts contradict each other, or it is no certificate authority.
   */
  SEALWRIGHT_ERROR_AUTHORITY_INVALID = 3101,
  /**
   * The authority's certificate is not valid at the time of the request.
   */
  SEALWRIGHT_ERROR_AUTHORITY_OUTSIDE_VALIDITY = 3102,
  /**
   * The authority may not issue certificates of this kind: its path length forbids it.
   */
  SEALWRIGHT_ERROR_AUTHORITY_PATH_LENGTH_EXCEEDED = 3103,
  /**
   * The authority has no such generation.
   */
  SEALWRIGHT_ERROR_GENERATION_UNKNOWN = 3104,
  /**
   * The generation is a former one, which issues no certificates.
   */
  SEALWRIGHT_ERROR_GENERATION_REFUSED = 3105,
  /**
   * A next generation is waiting already: activate or abandon it.
   */
  SEALWRIGHT_ERROR_RENEWAL_WAITING = 3106,
  /**
   * The authority cannot be renewed in this way.
   */
  SEALWRIGHT_ERROR_RENEWAL_REFUSED = 3107,
  /**
   * The helper's certificate is none that the authority issued to a helper.
   */
  SEALWRIGHT_ERROR_HELPER_REFUSED = 3108,
  /**
   * An entry of a revocation list says what it may not say there.
   */
  SEALWRIGHT_ERROR_CRL_ENTRY_INVALID = 3201,
  /**
   * Two entries of a revocation list are about one certificate.
   */
  SEALWRIGHT_ERROR_CRL_ENTRY_REPEATED = 3202,
  /**
   * The authority may not sign revocation lists.
   */
  SEALWRIGHT_ERROR_CRL_SIGNER_UNFIT = 3203,
  /**
   * What a revocation list is to cover contradicts itself or the authority's distribution points.
   */
  SEALWRIGHT_ERROR_CRL_SCOPE_INVALID = 3204,
  /**
   * The revocation list cannot be parsed (RFC 5280 5).
   */
  SEALWRIGHT_ERROR_CRL_MALFORMED = 3205,
  /**
   * The OCSP request is not one of RFC 6960, or wants what is not done here.
   */
  SEALWRIGHT_ERROR_OCSP_REQUEST_MALFORMED = 3301,
  /**
   * What names a certificate to OCSP is no CertID (RFC 6960 4.1.1).
   */
  SEALWRIGHT_ERROR_OCSP_CERT_ID_MALFORMED = 3302,
  /**
   * A status is said of a certificate that the authority did not issue.
   */
  SEALWRIGHT_ERROR_OCSP_CERT_ID_FOREIGN = 3303,
  /**
   * The certificate of the OCSP responder does not allow it to sign for the authority.
   */
  SEALWRIGHT_ERROR_OCSP_RESPONDER_UNFIT = 3304,
  /**
   * The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers.
   */
  SEALWRIGHT_ERROR_OCSP_RESPONSE_MALFORMED = 3305,
  /**
   * A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d).
   */
  SEALWRIGHT_ERROR_PATH_ANCHOR_INVALID = 3401,
  /**
   * No chain of issuers leads from the certificate to a trust anchor.
   */
  SEALWRIGHT_ERROR_PATH_NOT_FOUND = 3402,
  /**
   * The search for a path took more than it may: signatures, candidates, comparisons of names or policies.
   */
  SEALWRIGHT_ERROR_PATH_BUDGET_EXHAUSTED = 3403,
  /**
   * The issuer's key did not make the signature of a certificate of the path.
   */
  SEALWRIGHT_ERROR_PATH_SIGNATURE_INVALID = 3404,
  /**
   * A certificate is signed with an algorithm, or has a key of one, that is unknown or not accepted.
   */
  SEALWRIGHT_ERROR_PATH_ALGORITHM_REFUSED = 3405,
  /**
   * A key of the path is too small.
   */
  SEALWRIGHT_ERROR_PATH_KEY_TOO_WEAK = 3406,
  /**
   * A certificate of the path breaks a rule for certificates (RFC 5280 4).
   */
  SEALWRIGHT_ERROR_PATH_CERTIFICATE_INVALID = 3407,
  /**
   * A certificate of the path has a critical extension that is not processed here (RFC 5280 4.2).
   */
  SEALWRIGHT_ERROR_PATH_CRITICAL_EXTENSION_UNKNOWN = 3408,
  /**
   * An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n).
   */
  SEALWRIGHT_ERROR_PATH_ISSUER_UNFIT = 3409,
  /**
   * There are more issuers below one of the path than it allows, or than were asked for.
   */
  SEALWRIGHT_ERROR_PATH_LENGTH_EXCEEDED = 3410,
  /**
   * A certificate of the path is not valid yet.
   */
  SEALWRIGHT_ERROR_PATH_CERTIFICATE_NOT_YET_VALID = 3411,
  /**
   * A certificate of the path has expired.
   */
  SEALWRIGHT_ERROR_PATH_CERTIFICATE_EXPIRED = 3412,
  /**
   * A name is outside of what an issuer of the path may name (RFC 5280 4.2.1.10).
   */
  SEALWRIGHT_ERROR_PATH_NAME_CONSTRAINT_VIOLATED = 3413,
  /**
   * The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5 g).
   */
  SEALWRIGHT_ERROR_PATH_POLICY_INVALID = 3414,
  /**
   * A certificate of the path is not for that purpose.
   */
  SEALWRIGHT_ERROR_PATH_PURPOSE_REFUSED = 3415,
  /**
   * A certificate of the path is revoked.
   */
  SEALWRIGHT_ERROR_PATH_REVOKED = 3416,
  /**
   * Whether a certificate of the path is revoked could not be told, and has to be known.
   */
  SEALWRIGHT_ERROR_PATH_REVOCATION_UNKNOWN = 3417,
  /**
   * None of the names that were asked for is one of the certificate's.
   */
  SEALWRIGHT_ERROR_PATH_IDENTITY_MISMATCH = 3418,
  /**
   * The message is not the structure of RFC 5652 that it should be.
   */
  SEALWRIGHT_ERROR_CMS_MALFORMED = 4001,
  /**
   * The certificate of the message's signer is not there.
   */
  SEALWRIGHT_ERROR_CMS_SIGNER_UNKNOWN = 4002,
  /**
   * The content of the message is not the one that was signed.
   */
  SEALWRIGHT_ERROR_CMS_DIGEST_MISMATCH = 4003,
  /**
   * The cipher of the envelope is unknown or too weak to be accepted.
   */
  SEALWRIGHT_ERROR_CMS_CIPHER_REFUSED = 4101,
  /**
   * The key transport of the envelope is unknown or not supported.
   */
  SEALWRIGHT_ERROR_CMS_KEY_TRANSPORT_REFUSED = 4102,
  /**
   * The envelope does not decrypt to what its message type promises; nothing more is said.
   */
  SEALWRIGHT_ERROR_SCEP_MESSAGE_UNREADABLE = 5001,
  /**
   * An attribute that RFC 8894 asks for is missing, or no value that it may have.
   */
  SEALWRIGHT_ERROR_SCEP_ATTRIBUTE_INVALID = 5002,
  /**
   * The message type is none that can be answered here.
   */
  SEALWRIGHT_ERROR_SCEP_MESSAGE_TYPE_REFUSED = 5003,
  /**
   * The envelope is for none of the recipients.
   */
  SEALWRIGHT_ERROR_SCEP_RECIPIENT_UNKNOWN = 5004,
  /**
   * The signer's key cannot receive a reply: it is no RSA key.
   */
  SEALWRIGHT_ERROR_SCEP_SIGNER_UNFIT = 5005,
  /**
   * The reply is to another request: its transaction id or nonce is not the one sent.
   */
  SEALWRIGHT_ERROR_SCEP_REPLY_MISMATCH = 5101,
  /**
   * The reply has no certificate for the key of the request by one of the authorities.
   */
  SEALWRIGHT_ERROR_SCEP_REPLY_CERTIFICATE_INVALID = 5102,
  /**
   * The reply has no revocation list of the issuer that was asked about, by one of the authorities.
   */
  SEALWRIGHT_ERROR_SCEP_REPLY_CRL_INVALID = 5103,
  /**
   * The file is not PKCS#12 (RFC 7292).
   */
  SEALWRIGHT_ERROR_PKCS12_MALFORMED = 6001,
  /**
   * The password of the keystore is wrong, or the keystore was changed.
   */
  SEALWRIGHT_ERROR_KEYSTORE_PASSWORD_WRONG = 6002,
  /**
   * The keystore needs a password and there is none.
   */
  SEALWRIGHT_ERROR_KEYSTORE_PASSWORD_MISSING = 6003,
  /**
   * The keystore is protected in a way that is not supported: by a signature, or for the holder of a certificate.
   */
  SEALWRIGHT_ERROR_KEYSTORE_PROTECTION_REFUSED = 6004,
  /**
   * The file is not one of Java's keystores (JKS, JCEKS).
   */
  SEALWRIGHT_ERROR_JKS_MALFORMED = 6005,
  /**
   * The file is a keystore of another kind; the detail names the operation for it.
   */
  SEALWRIGHT_ERROR_KEYSTORE_KIND_MISMATCH = 6006,
  /**
   * The backup of an authority is not whole, or the file is none.
   */
  SEALWRIGHT_ERROR_BACKUP_INVALID = 6007,
  /**
   * The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header, and claims.
   */
  SEALWRIGHT_ERROR_JWT_MALFORMED = 7001,
  /**
   * The token's algorithm is unknown, none at all, or not the one of the key.
   */
  SEALWRIGHT_ERROR_JWT_ALGORITHM_REFUSED = 7002,
  /**
   * The token says that a header parameter has to be understood which is not (RFC 7515 4.1.11).
   */
  SEALWRIGHT_ERROR_JWT_CRITICAL_HEADER_UNKNOWN = 7003,
  /**
   * The token's `typ` is not the one that was asked for (RFC 8725 3.11).
   */
  SEALWRIGHT_ERROR_JWT_TYPE_REFUSED = 7004,
  /**
   * None of the keys is the one that the token names.
   */
  SEALWRIGHT_ERROR_JWT_KEY_UNKNOWN = 7005,
  /**
   * The key of the token is not in use yet, or not any more.
   */
  SEALWRIGHT_ERROR_JWT_KEY_OUTSIDE_VALIDITY = 7006,
  /**
   * The key did not make the token's signature.
   */
  SEALWRIGHT_ERROR_JWT_SIGNATURE_INVALID = 7007,
  /**
   * A claim is missing that has to be there.
   */
  SEALWRIGHT_ERROR_JWT_CLAIM_MISSING = 7101,
  /**
   * A claim has a value of another kind than its own (RFC 7519 4.1).
   */
  SEALWRIGHT_ERROR_JWT_CLAIM_INVALID = 7102,
  /**
   * The token has expired.
   */
  SEALWRIGHT_ERROR_JWT_EXPIRED = 7103,
  /**
   * The token is not valid yet, or was issued in the future.
   */
  SEALWRIGHT_ERROR_JWT_NOT_YET_VALID = 7104,
  /**
   * The token is by another issuer.
   */
  SEALWRIGHT_ERROR_JWT_ISSUER_REFUSED = 7105,
  /**
   * The token is about another subject.
   */
  SEALWRIGHT_ERROR_JWT_SUBJECT_REFUSED = 7106,
  /**
   * The token is for somebody else.
   */
  SEALWRIGHT_ERROR_JWT_AUDIENCE_REFUSED = 7107,
  /**
   * The token lives longer than is allowed, or not at all.
   */
  SEALWRIGHT_ERROR_JWT_LIFETIME_REFUSED = 7108,
  /**
   * The token is for another path, or for none and one is wanted.
   */
  SEALWRIGHT_ERROR_JWT_PATH_REFUSED = 7109,
  /**
   * The token is for another device.
   */
  SEALWRIGHT_ERROR_JWT_DEVICE_REFUSED = 7110,
  /**
   * The key is not a JSON Web Key that can be read (RFC 7517).
   */
  SEALWRIGHT_ERROR_JWK_MALFORMED = 7201,
  /**
   * The key is one that must not be here: private, symmetric, or not for signatures.
   */
  SEALWRIGHT_ERROR_JWK_REFUSED = 7202,
  /**
   * Two keys of a set have one id.
   */
  SEALWRIGHT_ERROR_JWK_SET_AMBIGUOUS = 7203,
  /**
   * The URL is not one of RFC 3986 that can be signed.
   */
  SEALWRIGHT_ERROR_URL_MALFORMED = 7301,
  /**
   * The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and the like.
   */
  SEALWRIGHT_ERROR_URL_PATH_REFUSED = 7302,
  /**
   * The URL has no token.
   */
  SEALWRIGHT_ERROR_URL_TOKEN_MISSING = 7303,
  /**
   * The URL has a token already, or more than one.
   */
  SEALWRIGHT_ERROR_URL_TOKEN_REPEATED = 7304,
  /**
   * The signature of a message, or a header that belongs to it, is not what its form has.
   */
  SEALWRIGHT_ERROR_MESSAGE_MALFORMED = 8001,
  /**
   * The message has no signature of that label, or several and nobody said which.
   */
  SEALWRIGHT_ERROR_MESSAGE_SIGNATURE_ABSENT = 8002,
  /**
   * The signature's algorithm is unknown, not allowed, or not one of the signer's key.
   */
  SEALWRIGHT_ERROR_MESSAGE_ALGORITHM_REFUSED = 8003,
  /**
   * None of the signers is the one that the message names.
   */
  SEALWRIGHT_ERROR_MESSAGE_SIGNER_UNKNOWN = 8004,
  /**
   * The signer's key did not make the signature of the message.
   */
  SEALWRIGHT_ERROR_MESSAGE_SIGNATURE_INVALID = 8005,
  /**
   * The body is not the one that was signed.
   */
  SEALWRIGHT_ERROR_MESSAGE_BODY_MISMATCH = 8006,
  /**
   * The signature is over the body, or over a digest of it that is not there.
   */
  SEALWRIGHT_ERROR_MESSAGE_BODY_NEEDED = 8007,
  /**
   * The signature does not cover what it has to cover (RFC 9421 3.2.1).
   */
  SEALWRIGHT_ERROR_MESSAGE_COMPONENT_UNCOVERED = 8101,
  /**
   * The signature covers something that the message does not have, or that is not known here (RFC 9421 2.5).
   */
  SEALWRIGHT_ERROR_MESSAGE_COMPONENT_UNAVAILABLE = 8102,
  /**
   * The signature does not have a parameter that it has to have (RFC 9421 2.3), or another tag.
   */
  SEALWRIGHT_ERROR_MESSAGE_PARAMETER_MISSING = 8103,
  /**
   * The message does not say when it was signed.
   */
  SEALWRIGHT_ERROR_MESSAGE_UNDATED = 8201,
  /**
   * The message has expired, or was signed too long ago.
   */
  SEALWRIGHT_ERROR_MESSAGE_STALE = 8202,
  /**
   * The message was signed in the future.
   */
  SEALWRIGHT_ERROR_MESSAGE_FROM_FUTURE = 8203,
  /**
   * A value could not be encoded. Nothing in a request should lead here.
   */
  SEALWRIGHT_ERROR_ENCODING_FAILED = 9001,
  /**
   * The engine met a defect of its own. Nothing in a request should lead here.
   */
  SEALWRIGHT_ERROR_ENGINE_DEFECT = 9002,
  /**
   * There is not enough memory for the response.
   */
  SEALWRIGHT_ERROR_MEMORY_EXHAUSTED = 9003,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum sealwright_error sealwright_error;
#else
typedef uint32_t sealwright_error;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

/**
 * An engine: a ring of private keys, empty at first.
 *
 * Any number of threads may make calls with the same engine at the same time. While
 * sealwright_engine_import_key or sealwright_engine_free runs, no other thread may use it. Engines share
 * nothing with each other. A thread needs 256 KiB of stack.
 */
typedef struct sealwright_engine sealwright_engine;

/**
 * A request that is being built: an operation, and the fields that it takes.
 *
 * A field is named as errors name it in `at`: `subject`, `chain.0`, `authority.generations.1.id`. Objects and
 * lists on the way are made; the next item of a list has the index that is its length so far. What was set before
 * is replaced. A name with a period, a bracket or nothing in it stands in brackets as a JSON string:
 * `claims["https://example.com/role"]`. A field takes at most 1024 bytes.
 *
 * The functions that set a field return SEALWRIGHT_OK or the number of an error code. The first error is kept,
 * and sealwright_perform ends in it, so a program need not look at each.
 *
 * While a function sets a field or frees the request, no other thread may use it, nor may it be performed; any number of
 * threads may perform it at the same time. It may be performed any number of times. What is in it is wiped when it is
 * freed.
 */
typedef struct sealwright_request sealwright_request;

/**
 * What a request gave, to be read by fields. They are those of the operation's response; of a failed call, those of the error: the texts
 * `code` and `detail`, and `at` where a field of the request is to blame; of SEALWRIGHT_NEEDS, `use`, `key`, `scheme`
 * and `input` of the question. They are named as in a sealwright_request, and "" is the whole.
 *
 * Texts that it gives belong to it and are gone with it. It never changes, so any number of threads may read it at the
 * same time. What is in it is wiped when it is freed.
 */
typedef struct sealwright_response sealwright_response;

/**
 * Bytes that the library gives and that belong to it: give them back with sealwright_buffer_free.
 */
typedef struct sealwright_buffer {
  /**
   * The first byte; NULL when there is none.
   */
  uint8_t *data;
  /**
   * The number of bytes. They are not followed by a NUL.
   */
  size_t len;
} sealwright_buffer;

/**
 * What is asked of a key that the engine does not hold. It is the library's, and gone when the callback returns.
 */
typedef struct sealwright_question {
  /**
   * `sign` or `decrypt`.
   */
  const char *operation;
  /**
   * The id of the key, as in the request, with a NUL behind it.
   */
  const char *key;
  /**
   * The number of bytes of `key` before that NUL; a request can give an id with others in it.
   */
  size_t key_len;
  /**
   * How, for instance `ecdsa_p256_sha256` or `rsa_pkcs1_sha256`; the reference lists them.
   */
  const char *scheme;
  /**
   * The message to sign, not its digest; or the ciphertext.
   */
  const uint8_t *input;
  /**
   * The number of bytes of `input`.
   */
  size_t input_len;
} sealwright_question;

/**
 * Who uses keys that the engine does not hold: a token (PKCS#11), a key management service, OpenSSL's EVP.
 *
 * `context` is what sealwright_perform or sealwright_call_with_callback was given. There is room for `*answer_len` bytes
 * at `answer`, SEALWRIGHT_MAX_ANSWER of them; the callback writes the answer there and its length to `*answer_len`: the
 * plaintext, or the signature, of ECDSA r and s one after the other, each with all the bytes of its field. It returns
 * SEALWRIGHT_ANSWERED, SEALWRIGHT_PADDING_WRONG, or anything else when it cannot answer.
 *
 * It runs in the thread of that call; several threads that call with one `context` call it at the same time. It may
 * call the library, but neither change nor free the engine and the request that are in use: a debug build refuses
 * that of an engine and of a sealwright_request. It must return: neither a C++ exception nor longjmp may leave it.
 */
typedef int (*sealwright_key_callback)(void *context,
                                       const struct sealwright_question *question,
                                       uint8_t *answer,
                                       size_t *answer_len);

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of the interface that the library was built with; compare it with SEALWRIGHT_ABI_VERSION.
 */
uint32_t sealwright_abi_version(void);

/**
 * A new engine that holds no key. Give it back with sealwright_engine_free.
 */
struct sealwright_engine *sealwright_engine_new(void);

/**
 * Wipes the engine's keys and frees it; in a WebAssembly module it wipes the stack too. NULL is allowed and
 * does nothing, as does an address that no engine can have.
 *
 * # Safety
 *
 * `engine` must be NULL, or come from sealwright_engine_new and not have been freed.
 */
void sealwright_engine_free(struct sealwright_engine *engine);

/**
 * Lends the engine a private key: PKCS#8 as PEM (RFC 5958, RFC 7468). Requests name it by `id`, which is
 * UTF-8. Neither needs a NUL at its end. The engine keeps a copy and wipes it when it is freed.
 *
 * Returns 0 and fills `out` with `{"ok":{}}`, or returns the number of an error code and fills `out` with
 * `{"error":...}`, which says more. Give `out` back as after sealwright_call; the same holds for it here. It may be NULL
 * where the number is enough.
 *
 * # Safety
 *
 * `engine` must come from sealwright_engine_new and be in use by nobody else. `id` and `pem` must be NULL
 * or point to as many bytes as their lengths say. `out` must be NULL or point to memory for a
 * sealwright_buffer; what was in it is overwritten.
 */
uint32_t sealwright_engine_import_key(struct sealwright_engine *engine,
                                      const uint8_t *id,
                                      size_t id_len,
                                      const uint8_t *pem,
                                      size_t pem_len,
                                      struct sealwright_buffer *out);

/**
 * Answers one request: JSON in, JSON out, both UTF-8. What a request may hold is the same in every
 * language; see the reference.
 *
 * Returns 0 and fills `out` with `{"ok":...}`; or returns 1 (SEALWRIGHT_NEEDS) and fills `out` with
 * `{"needs":[...]}`, when the caller must use a private key and send the same request again with
 * `"answers"`; or returns the number of an error code and fills `out` with `{"error":...}`. Whatever is
 * returned, give `out` back with sealwright_buffer_free. It is `{NULL, 0}` only when there was not enough
 * memory for the response.
 *
 * # Safety
 *
 * `engine` must come from sealwright_engine_new. `request` must be NULL or point to `request_len` bytes
 * that nobody changes during the call. `out` must be NULL, which is an error, or point to memory for a
 * sealwright_buffer; what was in it is overwritten.
 */
uint32_t sealwright_call(const struct sealwright_engine *engine,
                         const uint8_t *request,
                         size_t request_len,
                         struct sealwright_buffer *out);

/**
 * The same as sealwright_call, but keys that the engine does not hold are asked of `callback`, which may be NULL;
 * `context` is handed to it. Nothing is done twice, as it is when the request is sent again.
 *
 * Returns 1 (SEALWRIGHT_NEEDS) only when there is no callback or it cannot answer. A program that learns the answer
 * later sends it with the request, as after sealwright_call, behind those that the callback gave before it: they are not
 * kept.
 *
 * # Safety
 *
 * That of sealwright_call; `callback` must be as its type says, and `context` what it takes.
 */
uint32_t sealwright_call_with_callback(const struct sealwright_engine *engine,
                                       const uint8_t *request,
                                       size_t request_len,
                                       sealwright_key_callback callback,
                                       void *context,
                                       struct sealwright_buffer *out);

/**
 * The name of an error by its number, as responses have it in `code`: `key_unknown` for
 * SEALWRIGHT_ERROR_KEY_UNKNOWN. The text ends with a NUL, and is there as long as the library is.
 *
 * Returns NULL for all that is no error of this version: for SEALWRIGHT_OK and SEALWRIGHT_NEEDS too.
 */
const char *sealwright_error_name(uint32_t code);

/**
 * Memory for a caller that lives outside of this address space, as the host of a WebAssembly module
 * does: `len` zero bytes, aligned to 16. A C program does not need it.
 *
 * Returns NULL when `len` is 0 or there is not enough memory. Give it back with sealwright_dealloc.
 */
uint8_t *sealwright_alloc(size_t len);

/**
 * Wipes and frees memory that sealwright_alloc returned. `len` must be the length that was asked for.
 * NULL is allowed and does nothing, as does an address that sealwright_alloc cannot have returned.
 *
 * # Safety
 *
 * `data` must be NULL, or come from sealwright_alloc with the same `len` and not have been freed.
 */
void sealwright_dealloc(uint8_t *data, size_t len);

/**
 * Wipes and frees the bytes of a response, and sets the buffer to `{NULL, 0}`, so that freeing it twice
 * does no harm. NULL is allowed and does nothing, as does an address that is not aligned. The
 * sealwright_buffer itself is the caller's.
 *
 * # Safety
 *
 * `buffer` must be NULL or point to a buffer that a function of this library filled.
 */
void sealwright_buffer_free(struct sealwright_buffer *buffer);

/**
 * Performs a request. Keys that the engine does not hold are asked of `callback`, which may be NULL; `context` is
 * handed to it. Give the response back with sealwright_response_free, whatever is returned.
 *
 * Returns SEALWRIGHT_OK; the number of an error code; or SEALWRIGHT_NEEDS when there is no callback or it cannot
 * answer, in which case the response is the question. A program that learns the answer later sets it as bytes, as
 * `answers.0`, the next one as `answers.1`, and performs the request again. Answers of the callback are not kept beyond
 * the call, and the numbers count them too: whoever answers a later question after the call sets those of the earlier
 * ones as well, as they were given. `out` is written whatever is returned, unless it is NULL.
 *
 * # Safety
 *
 * `engine` must come from sealwright_engine_new, `request` from sealwright_request_new; nobody may change or free
 * either during the call. `out` must be NULL, which is an error, or point to memory for a pointer; what was in it is
 * overwritten.
 */
uint32_t sealwright_perform(const struct sealwright_engine *engine,
                            const struct sealwright_request *request,
                            sealwright_key_callback callback,
                            void *context,
                            struct sealwright_response **out);

/**
 * A new request for an operation, whose name ends with a NUL, for instance `create_csr`. Give it back with
 * sealwright_request_free.
 *
 * Returns NULL when `operation` is NULL or not UTF-8.
 *
 * # Safety
 *
 * `operation` must be NULL or point to text with a NUL at its end.
 */
struct sealwright_request *sealwright_request_new(const char *operation);

/**
 * Wipes a request and frees it. NULL is allowed and does nothing.
 *
 * # Safety
 *
 * `request` must be NULL, or come from sealwright_request_new and not have been freed.
 */
void sealwright_request_free(struct sealwright_request *request);

/**
 * Sets a field to text, UTF-8: a name, PEM, a password. `len` is in bytes, or SEALWRIGHT_TO_NUL for text that ends
 * with a NUL.
 *
 * # Safety
 *
 * `request` must come from sealwright_request_new and be in use by nobody else. `field` must end with a NUL. `value`
 * must be NULL or point to `len` bytes.
 */
uint32_t sealwright_request_set_text(struct sealwright_request *request,
                                     const char *field,
                                     const char *value,
                                     size_t len);

/**
 * Sets a field to bytes, which may hold anything: a seed, DER, the body of a message. Requests carry them as base64url;
 * this function writes it.
 *
 * # Safety
 *
 * As of sealwright_request_set_text.
 */
uint32_t sealwright_request_set_bytes(struct sealwright_request *request,
                                      const char *field,
                                      const uint8_t *value,
                                      size_t len);

/**
 * Sets a field to an integer: a time in Unix seconds, a number of seconds.
 *
 * # Safety
 *
 * `request` must come from sealwright_request_new and be in use by nobody else. `field` must end with a NUL.
 */
uint32_t sealwright_request_set_integer(struct sealwright_request *request, const char *field, int64_t value);

/**
 * Sets a field to false, which is 0, or true, which is anything else.
 *
 * # Safety
 *
 * As of sealwright_request_set_integer.
 */
uint32_t sealwright_request_set_boolean(struct sealwright_request *request, const char *field, int value);

/**
 * Sets a field to any JSON value (RFC 8259), such as `{}`, `null`, or the `authority` of a response. `len` is as in
 * sealwright_request_set_text.
 *
 * # Safety
 *
 * As of sealwright_request_set_text.
 */
uint32_t sealwright_request_set_json(struct sealwright_request *request,
                                     const char *field,
                                     const char *value,
                                     size_t len);

/**
 * Wipes a response and frees it. NULL is allowed and does nothing.
 *
 * # Safety
 *
 * `response` must be NULL, or come from sealwright_perform and not have been freed.
 */
void sealwright_response_free(struct sealwright_response *response);

/**
 * What sealwright_perform returned with this response.
 *
 * # Safety
 *
 * `response` must come from sealwright_perform.
 */
uint32_t sealwright_response_status(const struct sealwright_response *response);

/**
 * What a field holds.
 *
 * # Safety
 *
 * `response` must come from sealwright_perform. `field` must end with a NUL.
 */
sealwright_kind sealwright_response_kind(const struct sealwright_response *response, const char *field);

/**
 * The text of a field, UTF-8 with a NUL behind it; it is the response's. Its length in bytes goes to `len`, unless
 * that is NULL.
 *
 * Returns NULL when there is no such field or no text in it; then `len` is 0.
 *
 * # Safety
 *
 * As of sealwright_response_kind. `len` must be NULL or point to a size_t.
 */
const char *sealwright_response_text(const struct sealwright_response *response,
                                     const char *field,
                                     size_t *len);

/**
 * The bytes of a field that the reference says is base64url, decoded. Give `out` back with sealwright_buffer_free; it
 * is `{NULL, 0}` when there are none.
 *
 * Returns SEALWRIGHT_OK; SEALWRIGHT_ERROR_FIELD_INVALID when there is no such field or no base64url in it;
 * SEALWRIGHT_ERROR_ARGUMENT_INVALID; SEALWRIGHT_ERROR_MEMORY_EXHAUSTED.
 *
 * # Safety
 *
 * As of sealwright_response_kind. `out` must be NULL, which is an error, or point to memory for a sealwright_buffer;
 * what was in it is overwritten.
 */
uint32_t sealwright_response_bytes(const struct sealwright_response *response,
                                   const char *field,
                                   struct sealwright_buffer *out);

/**
 * A field as JSON, whatever it is; for instance an `authority`, to keep it or to put it into another request. Give
 * `out` back with sealwright_buffer_free. Its bytes are UTF-8, with no NUL behind them.
 *
 * Returns as sealwright_response_bytes.
 *
 * # Safety
 *
 * As of sealwright_response_bytes.
 */
uint32_t sealwright_response_json(const struct sealwright_response *response,
                                  const char *field,
                                  struct sealwright_buffer *out);

/**
 * The integer of a field: a time in Unix seconds, a count.
 *
 * Returns SEALWRIGHT_OK; SEALWRIGHT_ERROR_FIELD_INVALID when there is no such field or no integer in it that an
 * int64_t holds; SEALWRIGHT_ERROR_ARGUMENT_INVALID. If it is not SEALWRIGHT_OK, `out` is as it was.
 *
 * # Safety
 *
 * As of sealwright_response_kind. `out` must be NULL, which is an error, or point to an int64_t.
 */
uint32_t sealwright_response_integer(const struct sealwright_response *response,
                                     const char *field,
                                     int64_t *out);

/**
 * The number of a field as the nearest double.
 *
 * Returns as sealwright_response_integer.
 *
 * # Safety
 *
 * As of sealwright_response_kind. `out` must be NULL, which is an error, or point to a double.
 */
uint32_t sealwright_response_number(const struct sealwright_response *response,
                                    const char *field,
                                    double *out);

/**
 * Whether a field is true: 1, or 0.
 *
 * Returns as sealwright_response_integer.
 *
 * # Safety
 *
 * As of sealwright_response_kind. `out` must be NULL, which is an error, or point to an int.
 */
uint32_t sealwright_response_boolean(const struct sealwright_response *response, const char *field, int *out);

/**
 * How many items a list has, or fields an object; 0 for anything else.
 *
 * # Safety
 *
 * As of sealwright_response_kind.
 */
size_t sealwright_response_count(const struct sealwright_response *response, const char *field);

/**
 * The name of one of an object's fields, the first of which has the index 0, as sealwright_response_text gives text. It may
 * be any text: in the name of a place, write it in brackets as a JSON string. What lies below a name of 1000 bytes and more
 * has no place of its own; sealwright_response_json of the object has it.
 *
 * Returns NULL when there is no such field, no object in it, or it has no more fields.
 *
 * # Safety
 *
 * As of sealwright_response_text.
 */
const char *sealwright_response_name(const struct sealwright_response *response,
                                     const char *field,
                                     size_t index,
                                     size_t *len);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* SEALWRIGHT_H */
