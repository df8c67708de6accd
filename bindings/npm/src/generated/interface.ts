// Made by `cargo xtask generate` from the sources in core/; changes belong there.

import type * as requests from "./requests.js";
import type * as responses from "./responses.js";

/** The version of the WebAssembly module's interface that this was made for. */
export const ABI_VERSION = 1;

/** The largest request, in bytes of JSON. */
export const MAX_REQUEST_BYTES = 16777216;

/** What goes wrong, by name, with the numbers of the C interface. */
export const errorCodes = {
  /** The request is not the JSON object that the operation takes. */
  request_malformed: 1001,
  /** The request, or one value in it, is larger than the limit. */
  request_too_large: 1002,
  /** There is no operation of that name. */
  operation_unknown: 1003,
  /** A field of the request has a value that it may not have. */
  field_invalid: 1004,
  /** An argument of the C interface is NULL or no text where a value is wanted. */
  argument_invalid: 1005,
  /** The text holds no PEM block (RFC 7468) of the kind that was wanted. */
  pem_malformed: 1101,
  /** A name is not a distinguished name as RFC 4514 writes it. */
  name_malformed: 1102,
  /** A subject alternative name has an unknown form or a value that does not fit its form. */
  alternative_name_malformed: 1103,
  /** The data is of no kind that this operation knows. */
  object_unknown: 1104,
  /** The key ring does not hold the key and the request does not say what its public key is. */
  key_unknown: 1201,
  /** The key cannot be parsed. */
  key_malformed: 1202,
  /** The algorithm or size of the key is not one that this engine knows. */
  key_unsupported: 1203,
  /** The key is not the one whose public half the certificate or request names. */
  key_mismatch: 1204,
  /** The answer to a key question is not a correct result of that question. */
  key_answer_invalid: 1205,
  /** The request carries more answers than the operation asked questions. */
  key_answer_unexpected: 1206,
  /** The key cannot do what was asked of it: an EC key cannot decrypt. */
  key_unfit: 1207,
  /** The private key is encrypted and there is no password. */
  key_password_missing: 1208,
  /** The password does not open the private key. */
  key_password_wrong: 1209,
  /** The key is too small to be used: RSA below 2048 bits. */
  key_too_small: 1210,
  /** The encryption of the key or the keystore is unknown, or its parameters are none. */
  key_encryption_refused: 1211,
  /** To make a key of the password would cost more time or memory than is allowed. */
  key_derivation_too_costly: 1212,
  /** The input is something else than a private key. */
  private_key_absent: 1213,
  /** The certification request is not PKCS#10 (RFC 2986). */
  csr_malformed: 2001,
  /** The certification request's signature is not one by the key in it. */
  csr_signature_invalid: 2002,
  /** There is no profile of that name. */
  profile_unknown: 2101,
  /** The profile does not allow a key of this kind or size. */
  profile_key_refused: 2102,
  /** The subject breaks the profile's rules. */
  profile_subject_refused: 2103,
  /** The subject alternative names break the profile's rules. */
  profile_alternative_name_refused: 2104,
  /** The lifetime asked for is longer than the profile allows, or nothing. */
  profile_validity_refused: 2105,
  /** The certificate cannot be parsed (RFC 5280). */
  certificate_malformed: 3001,
  /** The signature algorithm is unknown or too weak to be accepted. */
  signature_algorithm_refused: 3002,
  /** The signature does not verify. */
  signature_invalid: 3003,
  /** The authority's parts contradict each other, or it is no certificate authority. */
  authority_invalid: 3101,
  /** The authority's certificate is not valid at the time of the request. */
  authority_outside_validity: 3102,
  /** The authority may not issue certificates of this kind: its path length forbids it. */
  authority_path_length_exceeded: 3103,
  /** The authority has no such generation. */
  generation_unknown: 3104,
  /** The generation is a former one, which issues no certificates. */
  generation_refused: 3105,
  /** A next generation is waiting already: activate or abandon it. */
  renewal_waiting: 3106,
  /** The authority cannot be renewed in this way. */
  renewal_refused: 3107,
  /** The helper's certificate is none that the authority issued to a helper. */
  helper_refused: 3108,
  /** An entry of a revocation list says what it may not say there. */
  crl_entry_invalid: 3201,
  /** Two entries of a revocation list are about one certificate. */
  crl_entry_repeated: 3202,
  /** The authority may not sign revocation lists. */
  crl_signer_unfit: 3203,
  /** What a revocation list is to cover contradicts itself or the authority's distribution points. */
  crl_scope_invalid: 3204,
  /** The revocation list cannot be parsed (RFC 5280 5). */
  crl_malformed: 3205,
  /** The OCSP request is not one of RFC 6960, or wants what is not done here. */
  ocsp_request_malformed: 3301,
  /** What names a certificate to OCSP is no CertID (RFC 6960 4.1.1). */
  ocsp_cert_id_malformed: 3302,
  /** A status is said of a certificate that the authority did not issue. */
  ocsp_cert_id_foreign: 3303,
  /** The certificate of the OCSP responder does not allow it to sign for the authority. */
  ocsp_responder_unfit: 3304,
  /** The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers. */
  ocsp_response_malformed: 3305,
  /** A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d). */
  path_anchor_invalid: 3401,
  /** No chain of issuers leads from the certificate to a trust anchor. */
  path_not_found: 3402,
  /** The search for a path took more than it may: signatures, candidates, comparisons of names or policies. */
  path_budget_exhausted: 3403,
  /** The issuer's key did not make the signature of a certificate of the path. */
  path_signature_invalid: 3404,
  /** A certificate is signed with an algorithm, or has a key of one, that is unknown or not accepted. */
  path_algorithm_refused: 3405,
  /** A key of the path is too small. */
  path_key_too_weak: 3406,
  /** A certificate of the path breaks a rule for certificates (RFC 5280 4). */
  path_certificate_invalid: 3407,
  /** A certificate of the path has a critical extension that is not processed here (RFC 5280 4.2). */
  path_critical_extension_unknown: 3408,
  /** An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n). */
  path_issuer_unfit: 3409,
  /** There are more issuers below one of the path than it allows, or than were asked for. */
  path_length_exceeded: 3410,
  /** A certificate of the path is not valid yet. */
  path_certificate_not_yet_valid: 3411,
  /** A certificate of the path has expired. */
  path_certificate_expired: 3412,
  /** A name is outside of what an issuer of the path may name (RFC 5280 4.2.1.10). */
  path_name_constraint_violated: 3413,
  /** The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5 g). */
  path_policy_invalid: 3414,
  /** A certificate of the path is not for that purpose. */
  path_purpose_refused: 3415,
  /** A certificate of the path is revoked. */
  path_revoked: 3416,
  /** Whether a certificate of the path is revoked could not be told, and has to be known. */
  path_revocation_unknown: 3417,
  /** None of the names that were asked for is one of the certificate's. */
  path_identity_mismatch: 3418,
  /** The message is not the structure of RFC 5652 that it should be. */
  cms_malformed: 4001,
  /** The certificate of the message's signer is not there. */
  cms_signer_unknown: 4002,
  /** The content of the message is not the one that was signed. */
  cms_digest_mismatch: 4003,
  /** The cipher of the envelope is unknown or too weak to be accepted. */
  cms_cipher_refused: 4101,
  /** The key transport of the envelope is unknown or not supported. */
  cms_key_transport_refused: 4102,
  /** The envelope does not decrypt to what its message type promises; nothing more is said. */
  scep_message_unreadable: 5001,
  /** An attribute that RFC 8894 asks for is missing, or no value that it may have. */
  scep_attribute_invalid: 5002,
  /** The message type is none that can be answered here. */
  scep_message_type_refused: 5003,
  /** The envelope is for none of the recipients. */
  scep_recipient_unknown: 5004,
  /** The signer's key cannot receive a reply: it is no RSA key. */
  scep_signer_unfit: 5005,
  /** The reply is to another request: its transaction id or nonce is not the one sent. */
  scep_reply_mismatch: 5101,
  /** The reply has no certificate for the key of the request by one of the authorities. */
  scep_reply_certificate_invalid: 5102,
  /** The reply has no revocation list of the issuer that was asked about, by one of the authorities. */
  scep_reply_crl_invalid: 5103,
  /** The file is not PKCS#12 (RFC 7292). */
  pkcs12_malformed: 6001,
  /** The password of the keystore is wrong, or the keystore was changed. */
  keystore_password_wrong: 6002,
  /** The keystore needs a password and there is none. */
  keystore_password_missing: 6003,
  /** The keystore is protected in a way that is not supported: by a signature, or for the holder of a certificate. */
  keystore_protection_refused: 6004,
  /** The file is not one of Java's keystores (JKS, JCEKS). */
  jks_malformed: 6005,
  /** The file is a keystore of another kind; the detail names the operation for it. */
  keystore_kind_mismatch: 6006,
  /** The backup of an authority is not whole, or the file is none. */
  backup_invalid: 6007,
  /** The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header, and claims. */
  jwt_malformed: 7001,
  /** The token's algorithm is unknown, none at all, or not the one of the key. */
  jwt_algorithm_refused: 7002,
  /** The token says that a header parameter has to be understood which is not (RFC 7515 4.1.11). */
  jwt_critical_header_unknown: 7003,
  /** The token's `typ` is not the one that was asked for (RFC 8725 3.11). */
  jwt_type_refused: 7004,
  /** None of the keys is the one that the token names. */
  jwt_key_unknown: 7005,
  /** The key of the token is not in use yet, or not any more. */
  jwt_key_outside_validity: 7006,
  /** The key did not make the token's signature. */
  jwt_signature_invalid: 7007,
  /** A claim is missing that has to be there. */
  jwt_claim_missing: 7101,
  /** A claim has a value of another kind than its own (RFC 7519 4.1). */
  jwt_claim_invalid: 7102,
  /** The token has expired. */
  jwt_expired: 7103,
  /** The token is not valid yet, or was issued in the future. */
  jwt_not_yet_valid: 7104,
  /** The token is by another issuer. */
  jwt_issuer_refused: 7105,
  /** The token is about another subject. */
  jwt_subject_refused: 7106,
  /** The token is for somebody else. */
  jwt_audience_refused: 7107,
  /** The token lives longer than is allowed, or not at all. */
  jwt_lifetime_refused: 7108,
  /** The token is for another path, or for none and one is wanted. */
  jwt_path_refused: 7109,
  /** The token is for another device. */
  jwt_device_refused: 7110,
  /** The key is not a JSON Web Key that can be read (RFC 7517). */
  jwk_malformed: 7201,
  /** The key is one that must not be here: private, symmetric, or not for signatures. */
  jwk_refused: 7202,
  /** Two keys of a set have one id. */
  jwk_set_ambiguous: 7203,
  /** The URL is not one of RFC 3986 that can be signed. */
  url_malformed: 7301,
  /** The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and the like. */
  url_path_refused: 7302,
  /** The URL has no token. */
  url_token_missing: 7303,
  /** The URL has a token already, or more than one. */
  url_token_repeated: 7304,
  /** The signature of a message, or a header that belongs to it, is not what its form has. */
  message_malformed: 8001,
  /** The message has no signature of that label, or several and nobody said which. */
  message_signature_absent: 8002,
  /** The signature's algorithm is unknown, not allowed, or not one of the signer's key. */
  message_algorithm_refused: 8003,
  /** None of the signers is the one that the message names. */
  message_signer_unknown: 8004,
  /** The signer's key did not make the signature of the message. */
  message_signature_invalid: 8005,
  /** The body is not the one that was signed. */
  message_body_mismatch: 8006,
  /** The signature is over the body, or over a digest of it that is not there. */
  message_body_needed: 8007,
  /** The signature does not cover what it has to cover (RFC 9421 3.2.1). */
  message_component_uncovered: 8101,
  /** The signature covers something that the message does not have, or that is not known here (RFC 9421 2.5). */
  message_component_unavailable: 8102,
  /** The signature does not have a parameter that it has to have (RFC 9421 2.3), or another tag. */
  message_parameter_missing: 8103,
  /** The message does not say when it was signed. */
  message_undated: 8201,
  /** The message has expired, or was signed too long ago. */
  message_stale: 8202,
  /** The message was signed in the future. */
  message_from_future: 8203,
  /** A value could not be encoded. Nothing in a request should lead here. */
  encoding_failed: 9001,
  /** The engine met a defect of its own. Nothing in a request should lead here. */
  engine_defect: 9002,
  /** There is not enough memory for the response. */
  memory_exhausted: 9003,
} as const;

/** The name of what went wrong. */
export type ErrorCode = keyof typeof errorCodes;

/** What each operation takes and gives, by its name on the wire. */
export interface Operations {
  /** Makes a key pair. */
  generate_key: { request: requests.GenerateKeyRequest; response: responses.GenerateKeyResponse };
  /** Reads a private key in any of its forms. */
  read_private_key: { request: requests.ReadPrivateKeyRequest; response: responses.ReadPrivateKeyResponse };
  /** Encrypts a private key under a password. */
  encrypt_private_key: { request: requests.EncryptPrivateKeyRequest; response: responses.EncryptPrivateKeyResponse };
  /** Writes keys and certificates into a PKCS#12 file. */
  write_pkcs12: { request: requests.WritePkcs12Request; response: responses.WritePkcs12Response };
  /** Reads a PKCS#12 file. */
  read_pkcs12: { request: requests.ReadPkcs12Request; response: responses.ReadPkcs12Response };
  /** Reads one of Java's own keystores. */
  read_jks: { request: requests.ReadJksRequest; response: responses.ReadJksResponse };
  /** Makes a certification request (PKCS#10). */
  create_csr: { request: requests.CreateCsrRequest; response: responses.CreateCsrResponse };
  /** Makes a root or subordinate certificate authority. */
  create_authority: { request: requests.CreateAuthorityRequest; response: responses.CreateAuthorityResponse };
  /** Says what a renewal of an authority will do. */
  plan_renewal: { request: requests.PlanRenewalRequest; response: responses.PlanRenewalResponse };
  /** Makes the next generation of an authority. */
  renew_authority: { request: requests.RenewAuthorityRequest; response: responses.RenewAuthorityResponse };
  /** Takes the next generation of an authority into use. */
  activate_generation: { request: requests.ActivateGenerationRequest; response: responses.ActivateGenerationResponse };
  /** Gives up the next generation of an authority. */
  abandon_generation: { request: requests.AbandonGenerationRequest; response: responses.AbandonGenerationResponse };
  /** Makes a certificate from a certification request. */
  sign_csr: { request: requests.SignCsrRequest; response: responses.SignCsrResponse };
  /** Makes a certificate from a public key alone. */
  issue_from_public_key: { request: requests.IssueFromPublicKeyRequest; response: responses.IssueFromPublicKeyResponse };
  /** Tells the built-in profiles. */
  profiles: { request: requests.ProfilesRequest; response: responses.ProfilesResponse };
  /** Makes a revocation list (CRL). */
  sign_crl: { request: requests.SignCrlRequest; response: responses.SignCrlResponse };
  /** Opens an OCSP request. */
  open_ocsp_request: { request: requests.OpenOcspRequestRequest; response: responses.OpenOcspRequestResponse };
  /** Signs an OCSP response. */
  sign_ocsp_response: { request: requests.SignOcspResponseRequest; response: responses.SignOcspResponseResponse };
  /** Writes an OCSP response that says why there is none. */
  write_ocsp_error: { request: requests.WriteOcspErrorRequest; response: responses.WriteOcspErrorResponse };
  /** Writes the body of a GetCACert response. */
  scep_write_ca_certificates: { request: requests.ScepWriteCaCertificatesRequest; response: responses.ScepWriteCaCertificatesResponse };
  /** Reads the body of a GetCACert response. */
  scep_read_ca_certificates: { request: requests.ScepReadCaCertificatesRequest; response: responses.ScepReadCaCertificatesResponse };
  /** Writes the body of a GetNextCACert response. */
  scep_write_next_ca_certificates: { request: requests.ScepWriteNextCaCertificatesRequest; response: responses.ScepWriteNextCaCertificatesResponse };
  /** Reads the body of a GetNextCACert response. */
  scep_read_next_ca_certificates: { request: requests.ScepReadNextCaCertificatesRequest; response: responses.ScepReadNextCaCertificatesResponse };
  /** Opens a SCEP request. */
  scep_open_request: { request: requests.ScepOpenRequestRequest; response: responses.ScepOpenRequestResponse };
  /** Seals the reply to a SCEP request. */
  scep_seal_reply: { request: requests.ScepSealReplyRequest; response: responses.ScepSealReplyResponse };
  /** Seals a SCEP request. */
  scep_seal_request: { request: requests.ScepSealRequestRequest; response: responses.ScepSealRequestResponse };
  /** Opens the reply to a SCEP request. */
  scep_open_reply: { request: requests.ScepOpenReplyRequest; response: responses.ScepOpenReplyResponse };
  /** Keeps authorities with their keys in a file under a password. */
  write_backup: { request: requests.WriteBackupRequest; response: responses.WriteBackupResponse };
  /** Reads that file. */
  read_backup: { request: requests.ReadBackupRequest; response: responses.ReadBackupResponse };
  /** Says whether a certificate leads to a trust anchor, and for what it is good. */
  verify_path: { request: requests.VerifyPathRequest; response: responses.VerifyPathResponse };
  /** Signs a message that a device sends. */
  sign_message: { request: requests.SignMessageRequest; response: responses.SignMessageResponse };
  /** Says what a message says of itself, and proves nothing of it. */
  read_message: { request: requests.ReadMessageRequest; response: responses.ReadMessageResponse };
  /** Says who signed a message, and whether it counts. */
  verify_message: { request: requests.VerifyMessageRequest; response: responses.VerifyMessageResponse };
  /** Makes a token (JWT). */
  mint_jwt: { request: requests.MintJwtRequest; response: responses.MintJwtResponse };
  /** Says whether a token is good, and what it says. */
  verify_jwt: { request: requests.VerifyJwtRequest; response: responses.VerifyJwtResponse };
  /** Writes public keys as a JWK set. */
  jwks: { request: requests.JwksRequest; response: responses.JwksResponse };
  /** Puts a token into a URL. */
  sign_url: { request: requests.SignUrlRequest; response: responses.SignUrlResponse };
  /** Takes the token out of a URL again and says whether it opens it. */
  verify_url: { request: requests.VerifyUrlRequest; response: responses.VerifyUrlResponse };
  /** Says what is in a text: certificates, requests, keys, revocation lists, messages. */
  inspect: { request: requests.InspectRequest; response: responses.InspectResponse };
  /** Says what is wrong with certificates, requests, revocation lists and authorities, or will be. */
  lint: { request: requests.LintRequest; response: responses.LintResponse };
  /** Tells the rules of `lint`. */
  lint_rules: { request: requests.LintRulesRequest; response: responses.LintRulesResponse };
}

/** The names of the operations that use private keys. */
export type KeyOperation =
  | "create_csr"
  | "create_authority"
  | "renew_authority"
  | "sign_csr"
  | "issue_from_public_key"
  | "sign_crl"
  | "sign_ocsp_response"
  | "scep_write_next_ca_certificates"
  | "scep_open_request"
  | "scep_seal_reply"
  | "scep_seal_request"
  | "scep_open_reply"
  | "sign_message"
  | "mint_jwt"
  | "sign_url";

/** Where there are bytes: here, in each item of a list, in fields, or where the named type has some. */
export type Place = true | string | readonly [Place] | { readonly [field: string]: Place };

/** Of each operation: whether the package fills in `now` and `seed`, and where it takes and gives bytes. */
export const operations: { readonly [name in keyof Operations]: Operation } = {
  generate_key: { seed: true, request: {"seed":true} },
  read_private_key: {},
  encrypt_private_key: { seed: true, request: {"seed":true} },
  write_pkcs12: { seed: true, request: {"seed":true,"state":true}, response: {"pkcs12":true} },
  read_pkcs12: { request: {"pkcs12":true}, response: {"state":true} },
  read_jks: { request: {"jks":true} },
  create_csr: {},
  create_authority: { now: true, seed: true, request: {"issuer":"Authority","seed":true}, response: {"authority":"Authority"} },
  plan_renewal: { now: true, request: {"authority":"Authority","issuer":"Authority"} },
  renew_authority: { now: true, seed: true, request: {"authority":"Authority","issuer":"Authority","seed":true}, response: {"authority":"Authority"} },
  activate_generation: { now: true, request: {"authority":"Authority"}, response: {"authority":"Authority"} },
  abandon_generation: { request: {"authority":"Authority"}, response: {"authority":"Authority"} },
  sign_csr: { now: true, seed: true, request: {"authority":"Authority","seed":true} },
  issue_from_public_key: { now: true, seed: true, request: {"authority":"Authority","seed":true} },
  profiles: {},
  sign_crl: { now: true, request: {"authority":"Authority"} },
  open_ocsp_request: { request: {"authorities":["Authority"],"request":true}, response: {"nonce":true,"requests":["RequestedCertificate"]} },
  sign_ocsp_response: { now: true, request: {"authority":"Authority","nonce":true,"responses":["CertificateStatus"]}, response: {"response":true} },
  write_ocsp_error: { response: {"response":true} },
  scep_write_ca_certificates: { response: {"body":true} },
  scep_read_ca_certificates: { request: {"body":true} },
  scep_write_next_ca_certificates: { request: {"authority":"Authority"}, response: {"body":true} },
  scep_read_next_ca_certificates: { request: {"body":true} },
  scep_open_request: { now: true, seed: true, request: {"message":true,"seed":true}, response: {"reply_to":"ReplyTo","wanted":"Wanted"} },
  scep_seal_reply: { now: true, seed: true, request: {"reply_to":"ReplyTo","seed":true}, response: {"message":true} },
  scep_seal_request: { now: true, seed: true, request: {"seed":true}, response: {"message":true,"pending":"Pending"} },
  scep_open_reply: { seed: true, request: {"message":true,"pending":"Pending","seed":true} },
  write_backup: { seed: true, request: {"authorities":["AuthorityBackup"],"seed":true}, response: {"backup":true} },
  read_backup: { request: {"backup":true}, response: {"authorities":["AuthorityBackup"]} },
  verify_path: { now: true, request: {"ocsp_responses":[true]} },
  sign_message: { now: true, request: {"body":true,"digests":"Digests"} },
  read_message: { response: {"digests":"Digests"} },
  verify_message: { now: true, request: {"body":true,"digests":"Digests","trust":"TrustRequest"} },
  mint_jwt: { now: true, seed: true, request: {"seed":true} },
  verify_jwt: { now: true },
  jwks: {},
  sign_url: { now: true, seed: true, request: {"seed":true} },
  verify_url: { now: true },
  inspect: {},
  lint: { now: true, request: {"authority":"Authority"} },
  lint_rules: {},
};

/** What the package knows of an operation. */
export interface Operation {
  readonly now?: true;
  readonly seed?: true;
  readonly request?: Place;
  readonly response?: Place;
}

/** The places in the types of requests. */
export const requestTypes: { readonly [name: string]: Place } = {
  Authority: {"abandoned":["Generation"],"former":["Generation"],"next":"Generation","subject_key_identifier":true},
  AuthorityBackup: {"authority":"Authority"},
  CertificateStatus: {"cert_id":true},
  Digests: {"sha":true,"sha-256":true,"sha-384":true,"sha-512":true},
  Generation: {"subject_key_identifier":true},
  Pending: {"query":"Query","sender_nonce":true},
  Query: {"issuer":true},
  ReplyTo: {"sender_nonce":true},
  TrustRequest: {"ocsp_responses":[true]},
};

/** The places in the types of responses. */
export const responseTypes: { readonly [name: string]: Place } = {
  Authority: {"abandoned":["Generation"],"former":["Generation"],"next":"Generation","subject_key_identifier":true},
  AuthorityBackup: {"authority":"Authority"},
  Digests: {"sha":true,"sha-256":true,"sha-384":true,"sha-512":true},
  Generation: {"subject_key_identifier":true},
  Pending: {"query":"Query","sender_nonce":true},
  Query: {"issuer":true},
  ReplyTo: {"sender_nonce":true},
  RequestedCertificate: {"cert_id":true},
  Wanted: {"issuer_der":true},
};
