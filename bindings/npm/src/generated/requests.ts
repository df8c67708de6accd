// Made by `cargo xtask generate` from the sources in core/; changes belong there.

/**
 * Request of `generate_key`: Makes a key pair.
 *
 * What key to make.
 */
export interface GenerateKeyRequest {
  /** Algorithm and size. */
  algorithm: KeyAlgorithm;
  /** The randomness, 32 bytes; whoever has it has the key. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
}

/**
 * Request of `read_private_key`: Reads a private key in any of its forms.
 *
 * What to read.
 */
export interface ReadPrivateKeyRequest {
  /**
   * PEM, of which the first private key is read, or DER in base64url: PKCS#8 plain or encrypted (PBES2 with PBKDF2 or
   * scrypt, PBES1, the schemes of PKCS#12), PKCS#1, SEC1, and PEM with `Proc-Type` and `DEK-Info`. What was encrypted
   * with Camellia, ARIA, SEED, IDEA, Blowfish, CAST, RC4 or RC5, or by way of a truncated SHA-512, is refused, as are
   * RSA keys for RSASSA-PSS alone (RFC 4055), other curves than P-256 and P-384, DSA, and OpenSSH's own format.
   */
  input: Secret;
  /** The password, where it is encrypted. */
  password?: Password | null;
}

/**
 * Request of `encrypt_private_key`: Encrypts a private key under a password.
 *
 * What to encrypt, and how.
 */
export interface EncryptPrivateKeyRequest {
  /** The iterations of PBKDF2, 1 to 1,000,000; 600,000 by default. */
  iterations?: number | null;
  /** `pbkdf2_sha256` (default) or `scrypt`. */
  kdf?: Derivation;
  /** The password, 1 to 1024 bytes. */
  password: Password;
  /** PEM or DER in base64url, not encrypted. */
  private_key: Secret;
  /** The randomness for salt and initialization vector. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
}

/**
 * Request of `write_pkcs12`: Writes keys and certificates into a PKCS#12 file.
 *
 * What to write.
 */
export interface WritePkcs12Request {
  /** Certificates beside them, 256 at most; Java takes them for trusted. */
  certificates?: NamedCertificate[];
  /** The keys with their certificates, 66 at most. */
  entries?: KeystoreKey[];
  /**
   * The iterations of each derivation, 1 to 1,000,000; by default 200,000, fewer from 33 entries on, never fewer than
   * 100,000. An iteration takes two hashes for each key and for the certificates and one for the MAC; all together may
   * be 13,500,000, or it could not be read.
   */
  iterations?: number | null;
  /** The password, 1 to 1024 bytes. */
  password: Password;
  /** The randomness for salts and initialization vectors. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /**
   * Up to 1 MiB of the writer's own, which `read_pkcs12` gives back and others pass over; an attribute of the first
   * certificate, encrypted with it.
   */
  state?: SecretBytes | null;
}

/**
 * Request of `read_pkcs12`: Reads a PKCS#12 file.
 *
 * What to read.
 */
export interface ReadPkcs12Request {
  /** The password; left out or empty, files with an empty or no password are opened. */
  password?: Password | null;
  /** The file, BER or DER, 4 MiB at most. */
  pkcs12: SecretBytes;
}

/**
 * Request of `read_jks`: Reads one of Java's own keystores.
 *
 * What to read.
 */
export interface ReadJksRequest {
  /** The file, 4 MiB at most. */
  jks: SecretBytes;
  /** That of its keys, where it is another. */
  key_password?: Password | null;
  /** The password of the keystore. */
  password: Password;
}

/**
 * Request of `create_csr`: Makes a certification request (PKCS#10).
 *
 * What to ask for.
 */
export interface CreateCsrRequest {
  /** The challenge password (RFC 2985 5.4.1) that a SCEP server wants. */
  challenge_password?: Secret | null;
  /** The key that is to be certified; it signs the request. */
  key: KeyReference;
  /** The subject as RFC 4514 writes it; may be empty. */
  subject: string;
  /** Names such as `dns:host.example`. */
  subject_alternative_names?: string[];
}

/**
 * Request of `create_authority`: Makes a root or subordinate certificate authority.
 *
 * What the authority is to be.
 */
export interface CreateAuthorityRequest {
  /** Where its CRL will be; goes into what it issues. */
  crl_urls?: string[];
  /** Who signs its certificate; without one it is a root and signs its own. */
  issuer?: Authority | null;
  /** Where its certificate will be. */
  issuer_urls?: string[];
  /** Its key. */
  key: KeyReference;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** Where its OCSP responder will be. */
  ocsp_urls?: string[];
  /**
   * How many authorities may follow below it (RFC 5280 4.2.1.9); no limit for a root if left out,
   * none below a subordinate.
   */
  path_length?: number | null;
  /** The randomness for the serial number. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** Its name as RFC 4514 writes it. */
  subject: string;
  /** Its life in seconds: 20 years for a root, 10 for a subordinate, and never longer than its issuer's. */
  validity_seconds?: number | null;
}

/**
 * Request of `plan_renewal`: Says what a renewal of an authority will do.
 *
 * The renewal in question, and what depends on the authority.
 */
export interface PlanRenewalRequest {
  /** The authority. */
  authority: Authority;
  /** What the authority has issued, from its inventory: one by one, or counted. */
  certificates?: Group[];
  /** As in `renew_authority`. */
  crl_urls?: string[] | null;
  /** Its issuer, for a subordinate. */
  issuer?: Authority | null;
  /** As in `renew_authority`. */
  issuer_urls?: string[] | null;
  /** As in `renew_authority`; or `"new_key"`, as long as the key is not known. */
  mode: Mode;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** As in `renew_authority`. */
  ocsp_urls?: string[] | null;
  /** What the engine cannot see. */
  settings?: Settings;
  /** As in `renew_authority`. */
  share_crl_urls?: boolean;
  /** Over how long the devices are to be spread that get new certificates, in seconds: two weeks. */
  spread_seconds?: number | null;
  /** As in `renew_authority`. */
  validity_seconds?: number | null;
}

/**
 * Request of `renew_authority`: Makes the next generation of an authority.
 *
 * What to renew, and how.
 */
export interface RenewAuthorityRequest {
  /** The authority. */
  authority: Authority;
  /**
   * Where the CRL of the next generation is, in place of the current one's: a new key needs a place of its own,
   * for the CRL of the old key goes on.
   */
  crl_urls?: string[] | null;
  /**
   * The certificates of those who help the authority, such as its registration authority: issued again by the
   * next generation, for the same key and subject. They have not ended, and have the purposes of the profile already.
   */
  helpers?: HelperToRenew[];
  /** Its issuer, for a subordinate: its current generation signs. */
  issuer?: Authority | null;
  /** Where its certificate is, in place of the current one's. */
  issuer_urls?: string[] | null;
  /** `"same_key"`, or `{"new_key": {...}}`. */
  mode: Mode;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** Where its OCSP responder is, in place of the current one's. */
  ocsp_urls?: string[] | null;
  /** The randomness for the serial numbers. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /**
   * Whether a new key may share a place with the CRL of another key, which is refused otherwise: RFC 5280 knows a
   * list by its issuer's name. Each list there then needs the revoked certificates of all generations (as lists of all
   * generations should have anyway), and a higher number than every other of them.
   */
  share_crl_urls?: boolean;
  /** The life of the next generation in seconds: ten years, and never longer than its issuer's. */
  validity_seconds?: number | null;
}

/**
 * Request of `activate_generation`: Takes the next generation of an authority into use.
 *
 * Whose next generation.
 */
export interface ActivateGenerationRequest {
  /** The authority. */
  authority: Authority;
  /** Which generation is to be the current one: if it is already, nothing changes. The next one unless it is said. */
  generation?: number | null;
  /** The time, Unix seconds: the next generation must be valid. The clock's, if it is left out. */
  now?: number;
}

/**
 * Request of `abandon_generation`: Gives up the next generation of an authority.
 *
 * Whose next generation.
 */
export interface AbandonGenerationRequest {
  /** The authority. */
  authority: Authority;
  /** Which generation is given up: if it is already, nothing changes. The next one unless it is said. */
  generation?: number | null;
}

/**
 * Request of `sign_csr`: Makes a certificate from a certification request.
 *
 * What to sign, and how.
 */
export interface SignCsrRequest {
  /** Who signs. */
  authority: Authority;
  /** The request, PEM. */
  csr: string;
  /** Which of its generations: the current one unless it is said, or the next, for a request that came to it. */
  generation?: number | null;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** A built-in profile by name (`device-identity`, `scep-ra`, `tls-server`, `subordinate-ca`, `ocsp-signer`) or a profile of one's own. */
  profile: ProfileChoice;
  /** The randomness for the serial number. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** The subject (RFC 4514) in place of the request's. */
  subject?: string | null;
  /** The alternative names in place of the request's. */
  subject_alternative_names?: string[] | null;
  /** The lifetime in seconds in place of the profile's; it is cut where the authority's ends. */
  validity_seconds?: number | null;
}

/**
 * Request of `issue_from_public_key`: Makes a certificate from a public key alone.
 *
 * For whom, and by whom.
 */
export interface IssueFromPublicKeyRequest {
  /** Who signs. */
  authority: Authority;
  /** Which of its generations: the current one unless it is said, or the next. */
  generation?: number | null;
  /** the key as a JWK (RFC 7517). */
  jwk?: {
    [field: string]: unknown;
  } | null;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** A built-in profile by name, or a profile of one's own; none of an authority, which has to prove that it has its key. */
  profile: ProfileChoice;
  /**
   * The key: PEM `PUBLIC KEY` or `RSA PUBLIC KEY`, DER of these in base64url, or a line of OpenSSH (`ssh-rsa AAAA…`,
   * `ecdsa-sha2-nistp256`, `ssh-ed25519`). Or
   */
  public_key?: string | null;
  /** The randomness for the serial number. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** The subject (RFC 4514); the empty text for none, where the profile allows that. */
  subject: string;
  /** The alternative names as `form:value`. */
  subject_alternative_names?: string[];
  /** The lifetime in seconds in place of the profile's; it is cut where the authority's ends. */
  validity_seconds?: number | null;
}

/**
 * Request of `profiles`: Tells the built-in profiles.
 *
 * No fields.
 */
export interface ProfilesRequest {}

/**
 * Request of `sign_crl`: Makes a revocation list (CRL).
 *
 * What the list is to say.
 */
export interface SignCrlRequest {
  /** Who signs. */
  authority: Authority;
  /** The number of the complete list that this one adds to: then it is a delta (RFC 5280 5.2.4). */
  base_number?: CrlNumber | null;
  /**
   * The revoked certificates, in any order: `[serial, revoked_at, reason, invalidity_date]`, the last two
   * if there are any. The serial number is in hexadecimal, the times are Unix seconds, reasons are named as in RFC 5280 5.3.1.
   */
  entries: RevokedEntry[];
  /** Where the deltas to this list are (RFC 5280 5.2.6); for a partition, `{partition/16}` stands for its number. */
  freshest_crl_urls?: string[];
  /**
   * Which of its generations signs: the current one unless it is said. The list of an old key goes on as long as
   * there are certificates by it.
   */
  generation?: number | null;
  /** What the list covers, where that is not everything (RFC 5280 5.2.5). */
  issuing_distribution_point?: IssuingDistributionPoint | null;
  /** When the next one is made at the latest, Unix seconds; never after the end of the authority's certificates. */
  next_update?: number | null;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /**
   * The list's number, higher than that of every list before (RFC 5280 5.2.3): text, in decimal or, behind `0x`, in
   * hexadecimal; at most 20 octets.
   */
  number: CrlNumber;
  /** When the list is made, at most five minutes after `now`; `now` if left out. */
  this_update?: number | null;
  /** The same in seconds from `this_update` on; a week if neither is there. */
  validity_seconds?: number | null;
}

/**
 * Request of `open_ocsp_request`: Opens an OCSP request.
 *
 * A request, and for whom it is answered.
 */
export interface OpenOcspRequestRequest {
  /** The authorities whose certificates are known here. */
  authorities: Authority[];
  /** The time, Unix seconds: one whose certificate has ended by then answers only if no other has its key. */
  now?: number | null;
  /** DER: the body of a POST, or what stood in base64 in the path of a GET (RFC 6960 appendix A.1). */
  request: Base64Url;
}

/**
 * Request of `sign_ocsp_response`: Signs an OCSP response.
 *
 * What the response is to say.
 */
export interface SignOcspResponseRequest {
  /** Whose certificates it is about. */
  authority: Authority;
  /** Which of its generations issued them: the current one unless it is said. */
  generation?: number | null;
  /**
   * Until when it may be believed, Unix seconds, never after the end of the signer's certificate; if left out, newer
   * information is there at all times. RFC 5019 wants it.
   */
  next_update?: number | null;
  /** The request's nonce; without one the response serves everybody. */
  nonce?: Nonce | null;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** When it is signed, at most five minutes from `now`; `now` if left out. */
  produced_at?: number | null;
  /** Who signs in the authority's place; the authority itself if left out. */
  responder?: Responder | null;
  /** What is known of each certificate. */
  responses: CertificateStatus[];
  /** When this was known to be right, at most five minutes after `now`; `now` if left out. */
  this_update?: number | null;
}

/**
 * Request of `write_ocsp_error`: Writes an OCSP response that says why there is none.
 *
 * Why there is none.
 */
export interface WriteOcspErrorRequest {
  /** `malformed_request`, `internal_error`, `try_later`, `sig_required` or `unauthorized`. */
  status: ErrorStatus;
}

/**
 * Request of `scep_write_ca_certificates`: Writes the body of a GetCACert response.
 *
 * The certificates to hand out.
 */
export interface ScepWriteCaCertificatesRequest {
  /**
   * PEM, one certificate each. Clients choose by position: RA first, then the CA, then its
   * issuers.
   */
  certificates: string[];
}

/**
 * Request of `scep_read_ca_certificates`: Reads the body of a GetCACert response.
 *
 * The HTTP response's body.
 */
export interface ScepReadCaCertificatesRequest {
  /** One certificate in DER, or a certificates-only message. */
  body: Base64Url;
  /** Whether less than today's signatures and keys will do for the certificates. */
  strength?: Strength;
  /**
   * SHA-256 in hexadecimal of the certificate to trust, known in another way. What does not lead to
   * it is left out: a bundle of the right root and a stranger's registration authority gives nobody a
   * challenge password.
   */
  trusted_sha256?: string | null;
}

/**
 * Request of `scep_write_next_ca_certificates`: Writes the body of a GetNextCACert response.
 *
 * Whose next certificates.
 */
export interface ScepWriteNextCaCertificatesRequest {
  /** The authority, with a next generation. */
  authority: Authority;
  /**
   * Certificates (PEM) that lead to the next generation's chain from anchors of before, such as a root's new key
   * signed by its old one. They come before the root: who takes the first issuer that fits finds the way from either.
   */
  crossing?: string[];
  /**
   * The certificates (PEM) of those who will stand for the next generation, such as its registration
   * authority. Clients choose by position: these come first.
   */
  helpers?: string[];
  /** The time, Unix seconds: a certificate that crosses and has ended by then is left out. None is, if it is not said. */
  now?: number | null;
}

/**
 * Request of `scep_read_next_ca_certificates`: Reads the body of a GetNextCACert response.
 *
 * The HTTP response's body, and whom to believe.
 */
export interface ScepReadNextCaCertificatesRequest {
  /** The current certificate of the authority (PEM), trusted before. */
  authority: string;
  /** SignedData. */
  body: Base64Url;
  /** The time, Unix seconds: the authority must be valid then. Devices without a clock leave it out. */
  now?: number | null;
  /** Whether less than today's signatures and keys will do for the certificates. */
  strength?: Strength;
}

/**
 * Request of `scep_open_request`: Opens a SCEP request.
 *
 * A message, and the keys that it may be for.
 */
export interface ScepOpenRequestRequest {
  /** Whether MD5 and single DES are accepted. */
  allow_legacy?: boolean;
  /** The body of a POST, or the decoded `message` of a GET: DER or BER. */
  message: Base64Url;
  /** The time, Unix seconds. Nothing here depends on it yet: RFC 8894 lets a client's clock be wrong. The clock's, if it is left out. */
  now?: number;
  /** The keys that decrypt, with the certificates that clients encrypt for. */
  recipients: CertifiedKey[];
  /** The randomness for the content key that takes the place of one that did not decrypt, 32 bytes. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
}

/**
 * Request of `scep_seal_reply`: Seals the reply to a SCEP request.
 *
 * What to answer, and to whom.
 */
export interface ScepSealReplyRequest {
  /** The time of signing, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** From `scep_open_request`, unchanged. */
  reply_to: ReplyTo;
  /** The outcome. */
  result: Outcome;
  /** The randomness for the nonce and the envelope, 32 bytes. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** Who signs: the certificate that clients know as the RA or the CA. */
  signer: CertifiedKey;
}

/**
 * Request of `scep_seal_request`: Seals a SCEP request.
 *
 * What to ask for, with what, and whom.
 */
export interface ScepSealRequestRequest {
  /** By default AES-128, which every server of RFC 8894 knows. */
  content_cipher?: ContentCipher;
  /**
   * The certification request (PEM); a poll takes its subject. `get_cert` and `get_crl` need none, if there is a
   * signer's certificate.
   */
  csr?: string | null;
  /**
   * In a poll, the certificate of the authority that is to issue (PEM); in `get_cert` and `get_crl`, that of the
   * authority that issued.
   */
  issuer?: string | null;
  /** The key that signs the message, and that will decrypt the reply. */
  key: KeyReference;
  /** By default RSA PKCS#1 v1.5. */
  key_transport?: KeyTransport;
  /** What to ask for. */
  message_type: MessageType;
  /** The time, Unix seconds, for a certificate that is made here. The clock's, if it is left out. */
  now?: number;
  /** The server's certificate for encryption (PEM). */
  recipient: string;
  /** The randomness, 32 bytes. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** In `get_cert` and `get_crl`, the serial number of the certificate in question, in hexadecimal. */
  serial?: string | null;
  /**
   * Its certificate (PEM), in a renewal the one that is to be replaced. Left out, one is made:
   * self-signed, of the request's subject and key.
   */
  signer_certificate?: string | null;
  /** By default SHA-256 of the request's SubjectPublicKeyInfo in hexadecimal, or of the signer's without a request. */
  transaction_id?: string | null;
}

/**
 * Request of `scep_open_reply`: Opens the reply to a SCEP request.
 *
 * A reply, and what it must fit.
 */
export interface ScepOpenReplyRequest {
  /** Whether MD5 and single DES are accepted. */
  allow_legacy?: boolean;
  /**
   * The certificates (PEM) that may sign replies and issue certificates: those of GetCACert, once
   * their fingerprint is known to be right.
   */
  authorities: string[];
  /** The certification request (PEM), where it is for another key than the one that signed. */
  csr?: string | null;
  /** The key that signed the request. */
  key: KeyReference;
  /** The HTTP response's body, 8 MiB at most. */
  message: Base64Url;
  /** The time, Unix seconds: signer and issuer must be valid then. Devices without a clock leave it out. */
  now?: number | null;
  /** From `scep_seal_request`, unchanged. */
  pending: Pending;
  /** The randomness for the content key that takes the place of one that did not decrypt, 32 bytes. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** Whether less than today's signatures and keys will do for the certificates of signer and issuer. */
  strength?: Strength;
}

/**
 * Request of `write_backup`: Keeps authorities with their keys in a file under a password.
 *
 * What to keep.
 */
export interface WriteBackupRequest {
  /** The authorities. */
  authorities: AuthorityBackup[];
  /** As in `write_pkcs12`. */
  iterations?: number | null;
  /** Every key that they and their helpers have, 66 at most: as many as one authority with all its generations and helpers. */
  keys: BackupKey[];
  /** The password, 8 to 1024 bytes. */
  password: Password;
  /** The randomness for salts and initialization vectors. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed;
  /** Whatever else the caller keeps with them, as text. */
  settings?: string | null;
}

/**
 * Request of `read_backup`: Reads that file.
 *
 * The file.
 */
export interface ReadBackupRequest {
  /** PKCS#12 in DER, 4 MiB at most. */
  backup: SecretBytes;
  /** The password that it was written with. */
  password: Password;
  /**
   * What will do in the chains of the authorities beside what they say themselves, such as SHA-1 of long ago; they say
   * it from then on.
   */
  strength?: Strength | null;
}

/**
 * Request of `verify_path`: Says whether a certificate leads to a trust anchor, and for what it is good.
 *
 * What to verify, and against what.
 */
export interface VerifyPathRequest {
  /** Where the path may end. */
  anchors: AnchorRequest[];
  /** The certificate in question, PEM. */
  certificate: string;
  /** Revocation lists, PEM: full ones and deltas, of anybody. */
  crls?: string[];
  /**
   * Names of which it must have one: `dns:`, `ip:`, `email:`, `uri:`, `upn:`, `directory:` and the value. Whatever
   * its names if there are none.
   */
  identities?: string[];
  /** Certificates that the path may go through, PEM, in any order, more than are needed too. */
  intermediates?: string[];
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** OCSP responses, DER. */
  ocsp_responses?: Base64Url[];
  /** How strict to be. */
  policy?: Policy;
  /** What the certificate is to be used for. */
  purpose?: Purpose;
}

/**
 * Request of `sign_message`: Signs a message that a device sends.
 *
 * What to sign, and how.
 */
export interface SignMessageRequest {
  /** The body; empty where there is none. Or */
  body?: Base64Url | null;
  /** Its certificate, PEM; detached CMS wants it. */
  certificate?: string | null;
  /** Certificates that go along in detached CMS, PEM. */
  chain?: string[];
  /** its digests; not for a bare signature and detached CMS without attributes, which are over the body itself. */
  digests?: Digests | null;
  /** The key that signs. */
  key: KeyReference;
  /**
   * What the message calls the key; otherwise SHA-256 of the certificate in hexadecimal, or without one the thumbprint of
   * the key (RFC 7638).
   */
  key_id?: string | null;
  /** The form of the signature, and what it covers. */
  message: Signing;
  /** The time, Unix seconds; the message is signed at it. The clock's, if it is left out. */
  now?: number;
}

/**
 * Request of `read_message`: Says what a message says of itself, and proves nothing of it.
 *
 * What to read.
 */
export interface ReadMessageRequest {
  /** The message, as for `verify_message`; without its body. */
  message: Message;
}

/**
 * Request of `verify_message`: Says who signed a message, and whether it counts.
 *
 * What to verify, and against whom.
 */
export interface VerifyMessageRequest {
  /** The body; empty where there is none. Or */
  body?: Base64Url | null;
  /** its digests, of one too large to be sent here. */
  digests?: Digests | null;
  /** How old the message may be. */
  freshness?: Freshness;
  /** The signature, and what it may be over beside the body. */
  message: Message;
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
  /**
   * Who may have signed: certificates, which have to lead to an anchor, and keys, which the caller vouches for; 32 at most.
   * Detached CMS may bring the certificate along.
   */
  signers?: SignerRequest[];
  /** What certificates are judged with. Without anchors, no certificate is believed. */
  trust?: TrustRequest;
}

/**
 * Request of `mint_jwt`: Makes a token (JWT).
 *
 * What to mint.
 */
export interface MintJwtRequest {
  /** The algorithm; otherwise RS256 for RSA, and the one of the curve for others. */
  algorithm?: JwsAlgorithm | null;
  /** The key that signs. */
  key: KeyReference;
  /** Unix seconds from which on the key is not used any more: the token ends then at the latest. */
  key_expires?: number | null;
  /** Unix seconds; the token is issued at this time. The clock's, if it is left out. */
  now?: number;
  /** The randomness, 32 bytes; for a random `jti` alone. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed | null;
  /** The shape, and what it says. */
  token: Shape;
}

/**
 * Request of `verify_jwt`: Says whether a token is good, and what it says.
 *
 * What to verify.
 */
export interface VerifyJwtRequest {
  /** Accepts, where there is a `path`, a token that is bound to none. */
  allow_unbound?: boolean;
  /** The device that presents it. A token that is bound to a device is good for no other. */
  device?: string | null;
  /** More of them, as a JWK set. */
  jwks?: JwkSet | null;
  /** The keys that it may be signed with, 32 with those of `jwks`. Whatever keys a header carries are not looked at. */
  keys?: VerificationKey[];
  /** Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** The path that it is presented for. A token that is bound to a path is good for no other occasion. */
  path?: string | null;
  /** What it has to say. */
  policy?: TokenPolicy;
  /** The token. Its claims `path`, `path_prefix` and `device` mean what they mean in a bound token. */
  token: Secret;
}

/**
 * Request of `jwks`: Writes public keys as a JWK set.
 *
 * What to publish.
 */
export interface JwksRequest {
  /** The keys, in the order in which they are to be published. */
  keys: PublishedKey[];
  /** Unix seconds; then keys that are not used any more are left out. */
  now?: number | null;
}

/**
 * Request of `sign_url`: Puts a token into a URL.
 *
 * What to sign.
 */
export interface SignUrlRequest {
  /** The algorithm; otherwise RS256 for RSA, and the one of the curve for others. */
  algorithm?: JwsAlgorithm | null;
  /** The key that signs. */
  key: KeyReference;
  /** Unix seconds from which on the key is not used any more: the token ends then at the latest. */
  key_expires?: number | null;
  /** Unix seconds; the token is issued at this time. The clock's, if it is left out. */
  now?: number;
  /** The name of the parameter; otherwise `token`. */
  parameter?: string | null;
  /** The randomness, 32 bytes; for a random `jti` alone. From `crypto.getRandomValues`, if it is left out. */
  seed?: Seed | null;
  /**
   * The shape, and what it says. A bound token without a `path` is bound to that of the URL; with one, it has to open
   * the URL. A token of the compatible shape is bound to nothing.
   */
  token: Shape;
  /** The URL: with `http` or `https`, or from its path on; it may have a query and a fragment. */
  url: string;
}

/**
 * Request of `verify_url`: Takes the token out of a URL again and says whether it opens it.
 *
 * What to verify.
 */
export interface VerifyUrlRequest {
  /** Accepts a token that is bound to no path, as the compatible shape is: it opens every URL. */
  allow_unbound?: boolean;
  /** The device that asks. */
  device?: string | null;
  /** More of them, as a JWK set. */
  jwks?: JwkSet | null;
  /** The keys that it may be signed with, 32 with those of `jwks`. */
  keys?: VerificationKey[];
  /** Unix seconds. The clock's, if it is left out. */
  now?: number;
  /** The name of the parameter; otherwise `token`. */
  parameter?: string | null;
  /** What the token has to say. */
  policy?: TokenPolicy;
  /**
   * The URL with its token: with `http` or `https`, or from its path on, as a request line has it. It has to be the one
   * that the server serves, before any rewriting.
   */
  url: Secret;
}

/**
 * Request of `inspect`: Says what is in a text: certificates, requests, keys, revocation lists, messages.
 *
 * A text to look into.
 */
export interface InspectRequest {
  /** PEM with anything around the blocks, or DER in base64 or base64url. It may be a private key. */
  input: Secret;
}

/**
 * Request of `lint`: Says what is wrong with certificates, requests, revocation lists and authorities, or will be.
 *
 * What to look at, and how.
 */
export interface LintRequest {
  /** How many characters an MDM appends to the common name of a device. */
  appended_characters?: number;
  /**
   * What the certificates and requests of the inputs are meant for that are no authority's; if there is none,
   * the first one. By default what their extensions say.
   */
  as?: LintPurpose;
  /** An authority, with its generations. */
  authority?: Authority | null;
  /** The certificates (PEM) of the authority's registration authorities and OCSP responders. */
  helpers?: string[];
  /**
   * PEM with anything around the blocks, or DER in base64 or base64url: certificates, requests, revocation
   * lists, keys. Certificates of all texts are looked at together.
   */
  inputs?: Secret[];
  /** The time, Unix seconds. The clock's, if it is left out. */
  now?: number;
}

/**
 * Request of `lint_rules`: Tells the rules of `lint`.
 *
 * No fields.
 */
export interface LintRulesRequest {}

/**
 * A trust anchor on the wire: a certificate, or a name and a key; then what it is trusted for beside what its
 * certificate says.
 */
export interface AnchorRequest {
  /** PEM. What it says of its validity, its purposes, names and path length holds. */
  certificate?: string | null;
  /** The names that they may not have. */
  excluded_names?: string[];
  /** Whether anyPolicy stands for no policy. */
  inhibit_any_policy?: boolean;
  /** Whether policies may not be mapped. */
  inhibit_policy_mapping?: boolean;
  /** How many issuers may follow (RFC 5914 pathLenConstraint). */
  path_length?: number | null;
  /** The names that certificates below may have: `dns:`, `email:`, `uri:`, `ip:` with a prefix length, `directory:`. */
  permitted_names?: string[];
  /** The policies that it is trusted for (RFC 5914 policySet), in dotted decimal; any if left out. */
  policies?: string[] | null;
  /** The key, PEM. */
  public_key?: string | null;
  /** Whether the path has to be valid for one of them (RFC 5914 policyFlags). */
  require_explicit_policy?: boolean;
  /** The name, as RFC 4514 writes it. */
  subject?: string | null;
}

/** An authority. It holds no private key, only the id of one. */
export interface Authority {
  /**
   * Those that were made and given up, the newest first. They issue nothing, but sign what revokes; and their
   * numbers are not given again.
   */
  abandoned?: Generation[];
  /** Its certificate, PEM. */
  certificate: string;
  /** Its issuers' certificates, nearest first, the root last; empty for a root. */
  chain: string[];
  /** Where its CRL is; goes into what it issues. */
  crl_urls?: string[];
  /**
   * After a renewal with a new key, what leads from the old to the new and back (RFC 4210 section 4.4), PEM:
   * new with old, then old with new.
   */
  cross_certificates?: string[];
  /** The generations before, the newest first. */
  former?: Generation[];
  /** The number of the current generation; 1 if it is not said. */
  generation?: number;
  /** Where its certificate is. */
  issuer_urls?: string[];
  /** The id of its key. */
  key: string;
  /** The generation that is made and not yet in use. */
  next?: Generation | null;
  /** Where its OCSP responder is. */
  ocsp_urls?: string[];
  /**
   * Whether less than today's signatures and keys will do in its chain, such as SHA-1 of long ago; of no generation but
   * this one.
   */
  strength?: Strength;
  /** The key identifier of all that it issues. Fixed when the authority was made, and kept when it is renewed. */
  subject_key_identifier: Base64Url;
}

/** One authority with all that belongs to it. */
export interface AuthorityBackup {
  /** The authority with all its generations. */
  authority: Authority;
  /**
   * The number of the last revocation list of each key, by the key's id: a later list has a higher one (RFC 5280
   * 5.2.3).
   */
  crl_numbers?: {
    [field: string]: CrlNumber;
  };
  /** Who helps it: registration authorities, signers of OCSP responses. */
  helpers?: Helper[];
  /** Its name, of the caller's choosing. */
  id: string;
  /** The caller's own profiles. */
  profiles?: Profile[];
}

/** A private key by its id. */
export interface BackupKey {
  /** The id by which the authorities and helpers name it. */
  id: string;
  /** PEM, PKCS#8, not encrypted. */
  private_key: Secret;
}

/** Bytes in base64url without padding (RFC 4648 section 5). */
export type Base64Url = Uint8Array;

/** The status of one certificate. */
export interface CertificateStatus {
  /** The CertID of the request, DER. */
  cert_id?: Base64Url | null;
  /** With a serial number: the digest of the CertID, `sha1` if left out, which is what most clients ask with. */
  digest?: DigestAlgorithm | null;
  /** Why, by its name in RFC 5280 5.3.1. */
  reason?: Reason | null;
  /** When it was revoked, Unix seconds. */
  revoked_at?: number | null;
  /** Or the serial number in hexadecimal of a certificate of the authority, for a response made beforehand. */
  serial?: SerialNumber | null;
  /** `good`, `revoked` or `unknown`. Good is only what the authority has issued. */
  status: StatusName;
}

/** A key that signs or decrypts, and the certificate that others know it by. */
export interface CertifiedKey {
  /** The certificate (PEM). */
  certificate: string;
  /** The private key, by its id. */
  key: KeyReference;
}

/** The names that a token of the compatible shape has its claims by. */
export interface ClaimNames {
  /** Of the time from which on the token is not good any more: `exp`. */
  expires?: string;
  /** Of the issuer: `iss`. */
  issuer?: string;
  /** Of the subject: `sub`. */
  subject?: string;
}

/**
 * A cipher for the content of an envelope.
 *
 * - `aes_128_cbc`: AES-128 in CBC mode.
 * - `aes_192_cbc`: AES-192 in CBC mode.
 * - `aes_256_cbc`: AES-256 in CBC mode.
 * - `des_ede3_cbc`: Triple DES in CBC mode.
 * - `des_cbc`: Single DES in CBC mode: read only, and only where legacy algorithms are allowed.
 */
export type ContentCipher = "aes_128_cbc" | "aes_192_cbc" | "aes_256_cbc" | "des_ede3_cbc" | "des_cbc";

/**
 * The digests that count; others of the registry are broken, and those that nobody knows are passed over (RFC 9530
 * sections 2 and 5).
 *
 * - `sha-256`: SHA-256.
 * - `sha-512`: SHA-512.
 */
export type ContentDigestAlgorithm = "sha-256" | "sha-512";

/**
 * The certificates that a list is about, where it is not about all.
 *
 * - `user_certificates`: Those of end entities.
 * - `ca_certificates`: Those of authorities.
 */
export type Contents = "user_certificates" | "ca_certificates";

/** A CRL number of at most 20 octets, decimal or with 0x hexadecimal (RFC 5280 5.2.3). */
export type CrlNumber = string;

/** What the owner of a public key says that it signs with: one algorithm, or one of RSA's families. */
export type DeclaredAlgorithm = string;

/**
 * How a key comes of a password.
 *
 * - `pbkdf2_sha256`: PBKDF2 with HMAC-SHA256.
 * - `scrypt`: scrypt with 16 MiB of memory (N = 2^14, r = 8, p = 5).
 */
export type Derivation = "pbkdf2_sha256" | "scrypt";

/**
 * A message digest. MD5 is here to be named when it is refused, or read under a legacy setting.
 *
 * - `md5`: MD5 (RFC 1321), broken.
 * - `sha1`: SHA-1 (FIPS 180-4), accepted only where old clients need it.
 * - `sha256`: SHA-256.
 * - `sha384`: SHA-384.
 * - `sha512`: SHA-512.
 */
export type DigestAlgorithm = "md5" | "sha1" | "sha256" | "sha384" | "sha512";

/**
 * Digests of a body, by the names of the registry of RFC 9530. Those that the message may ask for have to be there.
 *
 * A bare signature, and CMS without signed attributes, is over the body itself. Who gives digests for these sees to it that
 * the body is not a SET of attributes in DER, which is what the signature of another message may be over; one that does not
 * begin with the octet 0x31 is none. Of a body that is here, the engine sees to it.
 */
export interface Digests {
  /** SHA-1, for old devices' CMS alone. */
  sha?: Base64Url | null;
  /** SHA-256. */
  "sha-256"?: Base64Url | null;
  /** SHA-384. */
  "sha-384"?: Base64Url | null;
  /** SHA-512. */
  "sha-512"?: Base64Url | null;
}

/**
 * How r and s of ECDSA are written. What is one can be the other as well, so it is said and not guessed.
 *
 * - `der`: A SEQUENCE of two INTEGERs in DER (RFC 3279 2.2.3), as OpenSSL and Java write it.
 * - `raw`: One after the other with all the octets of their field (IEEE P1363), as WebCrypto writes it.
 */
export type EcdsaForm = "der" | "raw";

/**
 * An error: the code, a sentence for people, and where in the request it lies.
 *
 * `detail` says what was found and what was wanted; it never holds a secret.
 */
export interface Error {
  /** The field of the request, such as `authority.certificate`. */
  at?: string | null;
  /** What went wrong. */
  code: ErrorCode;
  /** For people: what was found, what was wanted. */
  detail: string;
}

/**
 * What went wrong, as a number that is never reused. Blocks of a thousand, one for each family.
 *
 * - `request_malformed`: The request is not the JSON object that the operation takes.
 * - `request_too_large`: The request, or one value in it, is larger than the limit.
 * - `operation_unknown`: There is no operation of that name.
 * - `field_invalid`: A field of the request has a value that it may not have.
 * - `argument_invalid`: An argument of the C interface is NULL or no text where a value is wanted.
 * - `pem_malformed`: The text holds no PEM block (RFC 7468) of the kind that was wanted.
 * - `name_malformed`: A name is not a distinguished name as RFC 4514 writes it.
 * - `alternative_name_malformed`: A subject alternative name has an unknown form or a value that does not fit its form.
 * - `object_unknown`: The data is of no kind that this operation knows.
 * - `key_unknown`: The key ring does not hold the key and the request does not say what its public key is.
 * - `key_malformed`: The key cannot be parsed.
 * - `key_unsupported`: The algorithm or size of the key is not one that this engine knows.
 * - `key_mismatch`: The key is not the one whose public half the certificate or request names.
 * - `key_answer_invalid`: The answer to a key question is not a correct result of that question.
 * - `key_answer_unexpected`: The request carries more answers than the operation asked questions.
 * - `key_unfit`: The key cannot do what was asked of it: an EC key cannot decrypt.
 * - `key_password_missing`: The private key is encrypted and there is no password.
 * - `key_password_wrong`: The password does not open the private key.
 * - `key_too_small`: The key is too small to be used: RSA below 2048 bits.
 * - `key_encryption_refused`: The encryption of the key or the keystore is unknown, or its parameters are none.
 * - `key_derivation_too_costly`: To make a key of the password would cost more time or memory than is allowed.
 * - `private_key_absent`: The input is something else than a private key.
 * - `csr_malformed`: The certification request is not PKCS#10 (RFC 2986).
 * - `csr_signature_invalid`: The certification request's signature is not one by the key in it.
 * - `profile_unknown`: There is no profile of that name.
 * - `profile_key_refused`: The profile does not allow a key of this kind or size.
 * - `profile_subject_refused`: The subject breaks the profile's rules.
 * - `profile_alternative_name_refused`: The subject alternative names break the profile's rules.
 * - `profile_validity_refused`: The lifetime asked for is longer than the profile allows, or nothing.
 * - `certificate_malformed`: The certificate cannot be parsed (RFC 5280).
 * - `signature_algorithm_refused`: The signature algorithm is unknown or too weak to be accepted.
 * - `signature_invalid`: The signature does not verify.
 * - `authority_invalid`: The authority's parts contradict each other, or it is no certificate authority.
 * - `authority_outside_validity`: The authority's certificate is not valid at the time of the request.
 * - `authority_path_length_exceeded`: The authority may not issue certificates of this kind: its path length forbids it.
 * - `generation_unknown`: The authority has no such generation.
 * - `generation_refused`: The generation is a former one, which issues no certificates.
 * - `renewal_waiting`: A next generation is waiting already: activate or abandon it.
 * - `renewal_refused`: The authority cannot be renewed in this way.
 * - `helper_refused`: The helper's certificate is none that the authority issued to a helper.
 * - `crl_entry_invalid`: An entry of a revocation list says what it may not say there.
 * - `crl_entry_repeated`: Two entries of a revocation list are about one certificate.
 * - `crl_signer_unfit`: The authority may not sign revocation lists.
 * - `crl_scope_invalid`: What a revocation list is to cover contradicts itself or the authority's distribution points.
 * - `crl_malformed`: The revocation list cannot be parsed (RFC 5280 5).
 * - `ocsp_request_malformed`: The OCSP request is not one of RFC 6960, or wants what is not done here.
 * - `ocsp_cert_id_malformed`: What names a certificate to OCSP is no CertID (RFC 6960 4.1.1).
 * - `ocsp_cert_id_foreign`: A status is said of a certificate that the authority did not issue.
 * - `ocsp_responder_unfit`: The certificate of the OCSP responder does not allow it to sign for the authority.
 * - `ocsp_response_malformed`: The OCSP response cannot be parsed (RFC 6960 4.2), or is none that answers.
 * - `path_anchor_invalid`: A trust anchor says too little or contradicts itself (RFC 5280 6.1.1 d).
 * - `path_not_found`: No chain of issuers leads from the certificate to a trust anchor.
 * - `path_budget_exhausted`: The search for a path took more than it may: signatures, candidates, comparisons of names or policies.
 * - `path_signature_invalid`: The issuer's key did not make the signature of a certificate of the path.
 * - `path_algorithm_refused`: A certificate is signed with an algorithm, or has a key of one, that is unknown or not accepted.
 * - `path_key_too_weak`: A key of the path is too small.
 * - `path_certificate_invalid`: A certificate of the path breaks a rule for certificates (RFC 5280 4).
 * - `path_critical_extension_unknown`: A certificate of the path has a critical extension that is not processed here (RFC 5280 4.2).
 * - `path_issuer_unfit`: An issuer of the path may not issue certificates (RFC 5280 6.1.4 k to n).
 * - `path_length_exceeded`: There are more issuers below one of the path than it allows, or than were asked for.
 * - `path_certificate_not_yet_valid`: A certificate of the path is not valid yet.
 * - `path_certificate_expired`: A certificate of the path has expired.
 * - `path_name_constraint_violated`: A name is outside of what an issuer of the path may name (RFC 5280 4.2.1.10).
 * - `path_policy_invalid`: The path is valid for none of the policies that it has to be valid for (RFC 5280 6.1.5 g).
 * - `path_purpose_refused`: A certificate of the path is not for that purpose.
 * - `path_revoked`: A certificate of the path is revoked.
 * - `path_revocation_unknown`: Whether a certificate of the path is revoked could not be told, and has to be known.
 * - `path_identity_mismatch`: None of the names that were asked for is one of the certificate's.
 * - `cms_malformed`: The message is not the structure of RFC 5652 that it should be.
 * - `cms_signer_unknown`: The certificate of the message's signer is not there.
 * - `cms_digest_mismatch`: The content of the message is not the one that was signed.
 * - `cms_cipher_refused`: The cipher of the envelope is unknown or too weak to be accepted.
 * - `cms_key_transport_refused`: The key transport of the envelope is unknown or not supported.
 * - `scep_message_unreadable`: The envelope does not decrypt to what its message type promises; nothing more is said.
 * - `scep_attribute_invalid`: An attribute that RFC 8894 asks for is missing, or no value that it may have.
 * - `scep_message_type_refused`: The message type is none that can be answered here.
 * - `scep_recipient_unknown`: The envelope is for none of the recipients.
 * - `scep_signer_unfit`: The signer's key cannot receive a reply: it is no RSA key.
 * - `scep_reply_mismatch`: The reply is to another request: its transaction id or nonce is not the one sent.
 * - `scep_reply_certificate_invalid`: The reply has no certificate for the key of the request by one of the authorities.
 * - `scep_reply_crl_invalid`: The reply has no revocation list of the issuer that was asked about, by one of the authorities.
 * - `pkcs12_malformed`: The file is not PKCS#12 (RFC 7292).
 * - `keystore_password_wrong`: The password of the keystore is wrong, or the keystore was changed.
 * - `keystore_password_missing`: The keystore needs a password and there is none.
 * - `keystore_protection_refused`: The keystore is protected in a way that is not supported: by a signature, or for the holder of a certificate.
 * - `jks_malformed`: The file is not one of Java's keystores (JKS, JCEKS).
 * - `keystore_kind_mismatch`: The file is a keystore of another kind; the detail names the operation for it.
 * - `backup_invalid`: The backup of an authority is not whole, or the file is none.
 * - `jwt_malformed`: The token is not the compact form of a JSON Web Signature (RFC 7515 7.1) with a JSON header, and claims.
 * - `jwt_algorithm_refused`: The token's algorithm is unknown, none at all, or not the one of the key.
 * - `jwt_critical_header_unknown`: The token says that a header parameter has to be understood which is not (RFC 7515 4.1.11).
 * - `jwt_type_refused`: The token's `typ` is not the one that was asked for (RFC 8725 3.11).
 * - `jwt_key_unknown`: None of the keys is the one that the token names.
 * - `jwt_key_outside_validity`: The key of the token is not in use yet, or not any more.
 * - `jwt_signature_invalid`: The key did not make the token's signature.
 * - `jwt_claim_missing`: A claim is missing that has to be there.
 * - `jwt_claim_invalid`: A claim has a value of another kind than its own (RFC 7519 4.1).
 * - `jwt_expired`: The token has expired.
 * - `jwt_not_yet_valid`: The token is not valid yet, or was issued in the future.
 * - `jwt_issuer_refused`: The token is by another issuer.
 * - `jwt_subject_refused`: The token is about another subject.
 * - `jwt_audience_refused`: The token is for somebody else.
 * - `jwt_lifetime_refused`: The token lives longer than is allowed, or not at all.
 * - `jwt_path_refused`: The token is for another path, or for none and one is wanted.
 * - `jwt_device_refused`: The token is for another device.
 * - `jwk_malformed`: The key is not a JSON Web Key that can be read (RFC 7517).
 * - `jwk_refused`: The key is one that must not be here: private, symmetric, or not for signatures.
 * - `jwk_set_ambiguous`: Two keys of a set have one id.
 * - `url_malformed`: The URL is not one of RFC 3986 that can be signed.
 * - `url_path_refused`: The path of the URL can be read in more than one way: `..`, `//`, an encoded slash and the like.
 * - `url_token_missing`: The URL has no token.
 * - `url_token_repeated`: The URL has a token already, or more than one.
 * - `message_malformed`: The signature of a message, or a header that belongs to it, is not what its form has.
 * - `message_signature_absent`: The message has no signature of that label, or several and nobody said which.
 * - `message_algorithm_refused`: The signature's algorithm is unknown, not allowed, or not one of the signer's key.
 * - `message_signer_unknown`: None of the signers is the one that the message names.
 * - `message_signature_invalid`: The signer's key did not make the signature of the message.
 * - `message_body_mismatch`: The body is not the one that was signed.
 * - `message_body_needed`: The signature is over the body, or over a digest of it that is not there.
 * - `message_component_uncovered`: The signature does not cover what it has to cover (RFC 9421 3.2.1).
 * - `message_component_unavailable`: The signature covers something that the message does not have, or that is not known here (RFC 9421 2.5).
 * - `message_parameter_missing`: The signature does not have a parameter that it has to have (RFC 9421 2.3), or another tag.
 * - `message_undated`: The message does not say when it was signed.
 * - `message_stale`: The message has expired, or was signed too long ago.
 * - `message_from_future`: The message was signed in the future.
 * - `encoding_failed`: A value could not be encoded. Nothing in a request should lead here.
 * - `engine_defect`: The engine met a defect of its own. Nothing in a request should lead here.
 * - `memory_exhausted`: There is not enough memory for the response.
 */
export type ErrorCode = "request_malformed" | "request_too_large" | "operation_unknown" | "field_invalid" | "argument_invalid" | "pem_malformed" | "name_malformed" | "alternative_name_malformed" | "object_unknown" | "key_unknown" | "key_malformed" | "key_unsupported" | "key_mismatch" | "key_answer_invalid" | "key_answer_unexpected" | "key_unfit" | "key_password_missing" | "key_password_wrong" | "key_too_small" | "key_encryption_refused" | "key_derivation_too_costly" | "private_key_absent" | "csr_malformed" | "csr_signature_invalid" | "profile_unknown" | "profile_key_refused" | "profile_subject_refused" | "profile_alternative_name_refused" | "profile_validity_refused" | "certificate_malformed" | "signature_algorithm_refused" | "signature_invalid" | "authority_invalid" | "authority_outside_validity" | "authority_path_length_exceeded" | "generation_unknown" | "generation_refused" | "renewal_waiting" | "renewal_refused" | "helper_refused" | "crl_entry_invalid" | "crl_entry_repeated" | "crl_signer_unfit" | "crl_scope_invalid" | "crl_malformed" | "ocsp_request_malformed" | "ocsp_cert_id_malformed" | "ocsp_cert_id_foreign" | "ocsp_responder_unfit" | "ocsp_response_malformed" | "path_anchor_invalid" | "path_not_found" | "path_budget_exhausted" | "path_signature_invalid" | "path_algorithm_refused" | "path_key_too_weak" | "path_certificate_invalid" | "path_critical_extension_unknown" | "path_issuer_unfit" | "path_length_exceeded" | "path_certificate_not_yet_valid" | "path_certificate_expired" | "path_name_constraint_violated" | "path_policy_invalid" | "path_purpose_refused" | "path_revoked" | "path_revocation_unknown" | "path_identity_mismatch" | "cms_malformed" | "cms_signer_unknown" | "cms_digest_mismatch" | "cms_cipher_refused" | "cms_key_transport_refused" | "scep_message_unreadable" | "scep_attribute_invalid" | "scep_message_type_refused" | "scep_recipient_unknown" | "scep_signer_unfit" | "scep_reply_mismatch" | "scep_reply_certificate_invalid" | "scep_reply_crl_invalid" | "pkcs12_malformed" | "keystore_password_wrong" | "keystore_password_missing" | "keystore_protection_refused" | "jks_malformed" | "keystore_kind_mismatch" | "backup_invalid" | "jwt_malformed" | "jwt_algorithm_refused" | "jwt_critical_header_unknown" | "jwt_type_refused" | "jwt_key_unknown" | "jwt_key_outside_validity" | "jwt_signature_invalid" | "jwt_claim_missing" | "jwt_claim_invalid" | "jwt_expired" | "jwt_not_yet_valid" | "jwt_issuer_refused" | "jwt_subject_refused" | "jwt_audience_refused" | "jwt_lifetime_refused" | "jwt_path_refused" | "jwt_device_refused" | "jwk_malformed" | "jwk_refused" | "jwk_set_ambiguous" | "url_malformed" | "url_path_refused" | "url_token_missing" | "url_token_repeated" | "message_malformed" | "message_signature_absent" | "message_algorithm_refused" | "message_signer_unknown" | "message_signature_invalid" | "message_body_mismatch" | "message_body_needed" | "message_component_uncovered" | "message_component_unavailable" | "message_parameter_missing" | "message_undated" | "message_stale" | "message_from_future" | "encoding_failed" | "engine_defect" | "memory_exhausted";

/**
 * Why a responder does not answer (RFC 6960 4.2.1). Nobody signs these.
 *
 * - `malformed_request`: The request is not one.
 * - `internal_error`: The responder is out of order.
 * - `try_later`: It will be in order again soon.
 * - `sig_required`: It wants signed requests.
 * - `unauthorized`: It does not answer this client, or nothing about these certificates (RFC 5019 2.2.3).
 */
export type ErrorStatus = "malformed_request" | "internal_error" | "try_later" | "sig_required" | "unauthorized";

/**
 * Why a request failed, in the five words that SCEP has.
 *
 * - `bad_alg`: An algorithm that is unknown or not supported.
 * - `bad_message_check`: An integrity check failed: signature, decryption, or what came out of it.
 * - `bad_request`: The transaction is not permitted or not supported.
 * - `bad_time`: The signing time is not close enough to the server's.
 * - `bad_cert_id`: No certificate fits what was asked for.
 */
export type FailInfo = "bad_alg" | "bad_message_check" | "bad_request" | "bad_time" | "bad_cert_id";

/** How old a message may be. */
export interface Freshness {
  /**
   * Accepts a message that does not say when it was signed: a bare signature never does. It has to be remembered for as
   * long as the key is in use.
   */
  allow_undated?: boolean;
  /** How far the clocks may be apart: 60 seconds if nothing is said, 600 at most. */
  clock_skew_seconds?: number;
  /** How long after it was signed a message counts: 300 seconds if nothing is said, 366 days at most. */
  max_age_seconds?: number;
}

/** One generation that is not the current one. */
export interface Generation {
  /** Its certificate, PEM. */
  certificate: string;
  /** Its issuers' certificates, nearest first, the root last; empty for a root. */
  chain: string[];
  /** Where its CRL is: each key has one of its own. */
  crl_urls?: string[];
  /** New with old and old with new, PEM, if it came with a new key (RFC 4210 section 4.4). */
  cross_certificates?: string[];
  /** Where its certificate is. */
  issuer_urls?: string[];
  /** The id of its key. */
  key: string;
  /** Its number: the first is 1. */
  number: number;
  /** Where its OCSP responder is. */
  ocsp_urls?: string[];
  /** Whether less than today's signatures and keys will do in its chain. */
  strength?: Strength;
  /** The key identifier of all that it issues. */
  subject_key_identifier: Base64Url;
}

/** Certificates of one kind that end at the same time. */
export interface Group {
  /** How many; one if it is not said. */
  count?: number;
  /** When they end, Unix seconds. */
  not_after: number;
  /** The profile's name, as in the record. */
  profile: string;
}

/** A helper of an authority. */
export interface Helper {
  /** Its certificate, PEM. */
  certificate: string;
  /** Those above it, PEM, nearest first. */
  chain: string[];
  /** Its name, of the caller's choosing. */
  id: string;
  /** The id of its key. */
  key: string;
  /** What it does, in the caller's words. */
  role: string;
}

/** A helper's certificate that is to be issued again. */
export interface HelperToRenew {
  /** The present one, PEM, issued by the authority. */
  certificate: string;
  /** Its profile. */
  profile: ProfileChoice;
  /** The lifetime in seconds in place of the profile's. */
  validity_seconds?: number | null;
}

/**
 * An algorithm. HMAC, which is a secret that verifier and signer share, is not among them.
 *
 * - `rsa-pss-sha512`: RSASSA-PSS with SHA-512 and a salt of 64 octets.
 * - `rsa-v1_5-sha256`: RSASSA-PKCS1-v1_5 with SHA-256.
 * - `ecdsa-p256-sha256`: ECDSA on P-256 with SHA-256.
 * - `ecdsa-p384-sha384`: ECDSA on P-384 with SHA-384.
 * - `ed25519`: Ed25519.
 */
export type HttpAlgorithm = "rsa-pss-sha512" | "rsa-v1_5-sha256" | "ecdsa-p256-sha256" | "ecdsa-p384-sha384" | "ed25519";

/** A request. Field names in any case; values as they came, lines in their order. */
export interface HttpRequest {
  /** Name and value of each header line. */
  headers?: Array<[string, string]>;
  /** `POST`. */
  method: string;
  /** As the request line has it, if that is not path and query of the URI (RFC 9112 3.2). */
  request_target?: string | null;
  /** The whole URI, scheme and authority included, as the device meant it (RFC 9110 7.1). */
  target_uri: string;
  /** Name and value of each trailer line. */
  trailers?: Array<[string, string]>;
}

/** A response. */
export interface HttpResponse {
  /** Name and value of each header line. */
  headers?: Array<[string, string]>;
  /** The status code. */
  status: number;
  /** Name and value of each trailer line. */
  trailers?: Array<[string, string]>;
}

/** What the list is to cover, where that is less than all that the authority issued. */
export interface IssuingDistributionPoint {
  /** The one kind of certificate that it covers. */
  only_contains?: Contents | null;
  /** The one partition that it covers, from 0; entries of others are left out. */
  partition?: number | null;
  /**
   * Where this list is, as the certificates name it. For a partition the authority's `crl_urls` if left
   * out.
   */
  urls?: string[];
}

/** A set as it was published; members beside `keys` are passed over. */
export interface JwkSet {
  /** The keys, each a JWK (RFC 7517 section 4). */
  keys: Array<{
    [field: string]: unknown;
  }>;
}

/**
 * A JWS algorithm. There is no `none` and no HMAC here: what cannot be named cannot be accepted.
 *
 * - `RS256`: RSASSA-PKCS1-v1_5 with SHA-256.
 * - `RS384`: RSASSA-PKCS1-v1_5 with SHA-384.
 * - `RS512`: RSASSA-PKCS1-v1_5 with SHA-512.
 * - `PS256`: RSASSA-PSS with SHA-256.
 * - `PS384`: RSASSA-PSS with SHA-384.
 * - `PS512`: RSASSA-PSS with SHA-512.
 * - `ES256`: ECDSA on P-256 with SHA-256.
 * - `ES384`: ECDSA on P-384 with SHA-384.
 * - `ES512`: ECDSA on P-521 with SHA-512.
 * - `EdDSA`: Ed25519 by the name of RFC 8037.
 * - `Ed25519`: Ed25519 by the name of RFC 9864.
 */
export type JwsAlgorithm = "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512" | "ES256" | "ES384" | "ES512" | "EdDSA" | "Ed25519";

/**
 * The kinds of key that are made here.
 *
 * - `rsa-2048`: RSA with a modulus of 2048 bits.
 * - `rsa-3072`: RSA with a modulus of 3072 bits.
 * - `rsa-4096`: RSA with a modulus of 4096 bits.
 * - `p256`: The curve P-256 (secp256r1).
 * - `p384`: The curve P-384 (secp384r1).
 * - `p521`: The curve P-521 (secp521r1).
 * - `ed25519`: Ed25519 (RFC 8410).
 * - `ml-dsa-44`: ML-DSA-44 (RFC 9881).
 * - `ml-dsa-65`: ML-DSA-65.
 * - `ml-dsa-87`: ML-DSA-87.
 */
export type KeyAlgorithm = "rsa-2048" | "rsa-3072" | "rsa-4096" | "p256" | "p384" | "p521" | "ed25519" | "ml-dsa-44" | "ml-dsa-65" | "ml-dsa-87";

/** A private key by its id. `public_key` (PEM) may be left out when the ring holds the key. */
export interface KeyReference {
  /** The id, of the caller's choosing. */
  id: string;
  /** Its public half as a PEM block `PUBLIC KEY`. */
  public_key?: string | null;
}

/**
 * How a content-encryption key is encrypted for its recipient (RFC 8017 section 7).
 *
 * - `rsa_pkcs1`: RSAES-PKCS1-v1_5.
 * - `rsa_oaep_sha1`: RSAES-OAEP with SHA-1, also in the mask, and no label.
 * - `rsa_oaep_sha256`: RSAES-OAEP with SHA-256, also in the mask, and no label.
 */
export type KeyTransport = "rsa_pkcs1" | "rsa_oaep_sha1" | "rsa_oaep_sha256";

/**
 * The kinds of key a profile can allow.
 *
 * - `rsa`: RSA of at least `minimum_rsa_bits`.
 * - `p256`: P-256.
 * - `p384`: P-384.
 * - `p521`: P-521.
 * - `ed25519`: Ed25519.
 * - `ml_dsa_44`: ML-DSA-44 (RFC 9881).
 * - `ml_dsa_65`: ML-DSA-65.
 * - `ml_dsa_87`: ML-DSA-87.
 */
export type KeyType = "rsa" | "p256" | "p384" | "p521" | "ed25519" | "ml_dsa_44" | "ml_dsa_65" | "ml_dsa_87";

/**
 * The key usages by their names in RFC 5280 4.2.1.3.
 *
 * - `digitalSignature`: Signatures other than on certificates and CRLs.
 * - `nonRepudiation`: Content commitment, once named nonRepudiation.
 * - `keyEncipherment`: Encrypting keys: RSA only.
 * - `dataEncipherment`: Encrypting data directly.
 * - `keyAgreement`: Key agreement: not RSA.
 * - `keyCertSign`: Signing certificates.
 * - `cRLSign`: Signing CRLs.
 */
export type KeyUsageName = "digitalSignature" | "nonRepudiation" | "keyEncipherment" | "dataEncipherment" | "keyAgreement" | "keyCertSign" | "cRLSign";

/** A private key and what belongs to it. */
export interface KeystoreKey {
  /** Its certificate, PEM. */
  certificate: string;
  /** Those above it, PEM, nearest first. */
  chain?: string[];
  /** What people see, 1 to 256 characters. */
  friendly_name?: string | null;
  /** PEM or DER in base64url, not encrypted. */
  private_key: Secret;
}

/**
 * What a certificate or request is meant for.
 *
 * - `auto`: What its extensions say.
 * - `device`: A device or user: TLS client, Wi-Fi, VPN, MDM identity.
 * - `ra`: The SCEP registration authority, which messages are encrypted for.
 * - `authority`: A certificate authority.
 * - `tls_server`: A TLS server.
 * - `ocsp_signer`: Who signs OCSP responses for an authority.
 */
export type LintPurpose = "auto" | "device" | "ra" | "authority" | "tls_server" | "ocsp_signer";

/** The signature of a message, and what of the message it may be over beside the body. */
export type Message =
  /** Detached CMS in a header. */
  | {
    /** Accepts SHA-1, which old devices sign with. Anybody may make two bodies of one SHA-1. */
    allow_sha1?: boolean;
    form: "detached_cms";
    /** The header: base64 of DER, or of BER with any lengths. */
    signature: string;
  }
  /** HTTP message signatures (RFC 9421). */
  | {
    /**
     * The algorithms that count; all if nothing is said. A signature need not name its own: then exactly one of these has to
     * go with the signer's key, so for RSA it has to be said.
     */
    algorithms?: HttpAlgorithm[] | null;
    form: "http";
    /** The label of the signature, where there are several. */
    label?: string | null;
    /** The request. */
    request?: HttpRequest | null;
    /**
     * Components that have to be covered, by name or as RFC 9421 writes their identifiers, in place of the usual ones:
     * `@method`, `@target-uri` (or `@authority` and `@path`), the query and the body where there are any; of a response
     * `@status` and the body. An empty list asks for none.
     */
    required_components?: string[] | null;
    /** Parameters that have to be there beside `created`: `nonce`, `keyid`, `expires`, `alg`, `tag`. */
    required_parameters?: string[];
    /** The response; if there is one, it is what was signed. */
    response?: HttpResponse | null;
    /** Which fields are structured and how, for the component parameter `sf`, beside those that RFCs define. */
    structured_fields?: {
      [field: string]: StructuredType;
    };
    /** What its `tag` has to be; of several signatures it is the one with this tag. */
    tag?: string | null;
  }
  /** A bare signature in a header. */
  | {
    /** How ECDSA's signatures are written. */
    ecdsa?: EcdsaForm;
    form: "bare";
    /** The header beside it, if there is one. */
    key_id?: string | null;
    /** How it was signed. Otherwise as keys of the signer's kind sign here: PKCS#1 with SHA-256, or the digest of the curve. */
    scheme?: SignatureScheme | null;
    /** The header: base64. */
    signature: string;
  };

/**
 * What a client asks for.
 *
 * - `pkcs_req`: PKCSReq: a certificate, with a challenge password or signed by an older certificate.
 * - `renewal_req`: RenewalReq: a certificate in place of the one that signs.
 * - `cert_poll`: CertPoll, in older texts GetCertInitial: the outcome of a request that is pending.
 * - `get_cert`: GetCert: a certificate by issuer and serial number.
 * - `get_crl`: GetCRL: the revocation list for a certificate.
 */
export type MessageType = "pkcs_req" | "renewal_req" | "cert_poll" | "get_cert" | "get_crl";

/** With which key: the one it has, or another; where only a plan is made, `new_key` is one that is not known yet. */
export type Mode =
  | "same_key" | "new_key"
  | {
    new_key: KeyReference;
  };

/** A certificate that belongs to no key of the keystore. */
export interface NamedCertificate {
  /** PEM */
  certificate: string;
  /** Its name in the keystore. */
  friendly_name?: string | null;
}

/** A nonce of 1 to 128 octets in base64url (RFC 9654). */
export type Nonce = Uint8Array;

/** The outcome of a request. */
export type Outcome =
  /** The certificate was issued, or is there, or the CRL is. */
  | {
    /**
     * PEM, one certificate each: the client's own first, then what else it should have. To GetCert, the one
     * that was asked for; to GetCRL none.
     */
    certificates?: string[];
    /** To GetCRL, the revocation list (PEM), and nothing else. */
    crl?: string | null;
    status: "success";
  }
  /** It was refused. */
  | {
    /** The reason as SCEP has it. */
    fail_info: FailInfo;
    /** The reason for people. */
    fail_info_text?: string | null;
    status: "failure";
  }
  /** An operation refused it: what is answered follows from the error. */
  | {
    /** As the operation gave it. */
    error: Error;
    status: "error";
  }
  /** It waits for somebody; the client will poll. */
  | {
    status: "pending";
  };

/** A password; wiped after use. */
export type Password = string;

/** Which paths a token opens; `{"exact": "/a/b"}` or `{"prefix": "/a"}`. */
export type PathBinding =
  /** This one. */
  | {
    exact: string;
  }
  /** This one and all below it: `/a` opens `/a/b` and not `/ab`. */
  | {
    prefix: string;
  };

/** Made when a request is sealed, given back unchanged when its reply is opened. */
export interface Pending {
  /** In GetCert and GetCRL, what was asked for. */
  query?: Query | null;
  /** What the reply's recipientNonce must be. */
  sender_nonce: Base64Url;
  /** The certificate that the message was signed with (PEM), which the reply is encrypted for. */
  signer_certificate: string;
  /** The transaction; polls for the same certificate have the same. */
  transaction_id: string;
}

/** The policy of a verification; what is left out is as the default says. */
export interface Policy {
  /** Whether signatures with SHA-1 count; they can be forged. */
  allow_sha1?: boolean;
  /** How much the clocks may differ, in seconds: 0. */
  clock_skew_seconds?: number;
  /** Whether anyPolicy stands for no policy (RFC 5280 6.1.1 g). */
  inhibit_any_policy?: boolean;
  /** Whether policies may not be mapped (RFC 5280 6.1.1 e). */
  inhibit_policy_mapping?: boolean;
  /** How many issuers may be between the certificate and the anchor, self-issued ones not counted: 8. */
  max_depth?: number;
  /**
   * The smallest key on an elliptic curve, Ed25519 counted as 256, and ML-DSA-44, -65 and -87
   * as 256, 384 and 521: 256 bits.
   */
  minimum_ec_bits?: number;
  /** The smallest RSA key, in bits: 2048. */
  minimum_rsa_bits?: number;
  /** The policies of which the path has to be valid for one, in dotted decimal (RFC 5280 6.1.1 c); any if left out. */
  policies?: string[] | null;
  /**
   * Domains below which anybody may register (such as `co.uk`, `*.ck`, `!www.ck`): a certificate for all names
   * below one is refused under the rules `web_pki`.
   */
  public_suffixes?: string[];
  /** Whether the path has to be valid for one of them even if no certificate says so (RFC 5280 6.1.1 f). */
  require_explicit_policy?: boolean;
  /** Revocation: soft. */
  revocation?: RevocationMode;
  /** Which rules. */
  rules?: Rules;
}

/** A profile: what is allowed, and what the certificate gets. */
export interface Profile {
  /** The forms of subject alternative name allowed: dns, email, uri, ip, upn, directory. */
  alternative_name_forms: string[];
  /** Whether there must be one. */
  alternative_name_required: boolean;
  /** Whether the certificate is an authority's. */
  authority: boolean;
  /** Whether the subject needs a common name. */
  common_name_required: boolean;
  /** Extended key usages as object identifiers; none means no such extension. */
  extended_key_usage: string[];
  /** Key types allowed. */
  key_types: KeyType[];
  /**
   * Key usages; keyEncipherment is left out for keys that cannot encrypt (RFC 5480 section 3,
   * RFC 9881 section 5).
   */
  key_usage: KeyUsageName[];
  /** The longest lifetime, in seconds. */
  maximum_validity_seconds: number;
  /** The least length of an RSA modulus, in bits. */
  minimum_rsa_bits: number;
  /** The name that goes into the record. */
  name: string;
  /** Whether an OCSP responder's certificate says that its own status need not be checked (RFC 6960 4.2.2.2.1). */
  ocsp_no_check?: boolean;
  /** The lifetime unless the request asks for another, in seconds. */
  validity_seconds: number;
}

/** A profile by its name, or whole. */
export type ProfileChoice = "device-identity" | "scep-ra" | "tls-server" | "subordinate-ca" | "ocsp-signer" | Profile;

/** A key to be published. */
export interface PublishedKey {
  /** The algorithm that it signs with; otherwise that of the JWK, otherwise RS256 for RSA and the curve's own. */
  algorithm?: JwsAlgorithm | null;
  /** Unix seconds from which on it is not used any more. It has to be published until its last token has expired. */
  expires?: number | null;
  /** as a JWK. */
  jwk?: {
    [field: string]: unknown;
  } | null;
  /** Its id; otherwise that of the JWK, otherwise its thumbprint (RFC 7638). */
  kid?: string | null;
  /** The key as a PEM block `PUBLIC KEY`; or */
  public_key?: string | null;
}

/**
 * The purposes that there are.
 *
 * - `any`: Whatever it may be.
 * - `device_client`: A device that authenticates itself: extended key usage clientAuth, a key that signs.
 * - `tls_server`: A TLS server: extended key usage serverAuth.
 * - `scep_signer`: Who signs SCEP messages (RFC 8894 2.3): a key that signs, whatever its extended key usage; or that signs
 * certificates, as that of an authority does which has no registration authority.
 * - `ocsp_signer`: A delegated OCSP responder (RFC 6960 4.2.2.2): extended key usage OCSPSigning, which must be there.
 * - `authority`: An authority that issues certificates (RFC 5280 6.1.4 k to n): basic constraints and key usage say so, and no
 * path length above it keeps it from it.
 */
export type Purpose = "any" | "device_client" | "tls_server" | "scep_signer" | "ocsp_signer" | "authority";

/** What a client has to remember of its query in order to judge the answer. */
export interface Query {
  /** The issuer's name in DER. */
  issuer: Base64Url;
  /** `get_cert` or `get_crl`. */
  message_type: MessageType;
  /** The serial number in hexadecimal. */
  serial: string;
}

/**
 * The reasons by their names in the RFC; the number is the code.
 *
 * - `unspecified`: No reason is given; it is not written (RFC 5280 5.3.1).
 * - `keyCompromise`: The subject's key, or what validated the subject, is known or thought to be in other hands.
 * - `cACompromise`: The same of an authority.
 * - `affiliationChanged`: The subject's name or something else in the certificate has changed.
 * - `superseded`: Another certificate has taken its place.
 * - `cessationOfOperation`: It is not needed any more.
 * - `certificateHold`: It is on hold, and may come back.
 * - `removeFromCRL`: It is on hold no more: in delta lists only.
 * - `privilegeWithdrawn`: A right that the certificate grants was taken away.
 * - `aACompromise`: The key of an attribute authority is known or thought to be in other hands.
 */
export type Reason = "unspecified" | "keyCompromise" | "cACompromise" | "affiliationChanged" | "superseded" | "cessationOfOperation" | "certificateHold" | "removeFromCRL" | "privilegeWithdrawn" | "aACompromise";

/** Made when a request is opened, given back unchanged when its reply is sealed. */
export interface ReplyTo {
  /** The signer's certificate (PEM), which the reply is encrypted for. */
  certificate: string;
  /** The cipher for the reply: the client's own, and triple DES for single DES. */
  content_cipher: ContentCipher;
  /** The key transport for the reply: the client's own. */
  key_transport: KeyTransport;
  /** The client's senderNonce, which becomes the reply's recipientNonce; some clients send none. */
  sender_nonce?: Base64Url | null;
  /** Returned exactly as it came. */
  transaction_id: string;
  /** The string type that it came in; PrintableString if it is not said. */
  transaction_id_type?: StringType;
}

/** A delegated responder. */
export interface Responder {
  /** Its certificate, PEM, of the profile `ocsp-signer`: issued by the authority itself. */
  certificate: string;
  /** The id of its key. */
  key: string;
}

/**
 * What to do about revocation (RFC 5280 6.3).
 *
 * - `required`: The status of each certificate must be known to be good.
 * - `soft`: A certificate known to be revoked is refused; one of which nothing is known is not.
 * - `off`: Nothing is looked at.
 */
export type RevocationMode = "required" | "soft" | "off";

/** A revoked certificate: serial, time of revocation (Unix seconds), reason, date since when it is not to be trusted (Unix seconds). */
export type RevokedEntry = [SerialNumber, number, (Reason | null)?, (number | null)?];

/**
 * Which rules certificates of the path are held to, beside those of validation itself (RFC 5280 6.1).
 *
 * - `path`: Those of RFC 5280 section 6 alone, as verifiers in the field do: certificates that section 4 does not allow are
 * accepted where the path does not rest on what is wrong with them.
 * - `rfc5280`: Those of RFC 5280 section 4 as well: key identifiers, serial numbers, critical flags, the syntax of names.
 * - `web_pki`: Those of the CA/Browser Forum's Baseline Requirements as well, where a verifier can see them.
 */
export type Rules = "path" | "rfc5280" | "web_pki";

/** A secret text, such as a private key in PEM; wiped after use. */
export type Secret = string;

/** Secret bytes in base64url without padding (RFC 4648 section 5); wiped after use. */
export type SecretBytes = Uint8Array;

/** 32 random bytes in base64url: all that is random in the response comes of them. */
export type Seed = Uint8Array;

/** A serial number in hexadecimal, at most 20 octets (RFC 5280 4.1.2.2). */
export type SerialNumber = string;

/** How many there are of each; what is left out is not known. */
export interface Settings {
  /** Browser policies that choose a certificate by its issuer's name (`AutoSelectCertificateForUrls`). */
  auto_select_filters?: number | null;
  /** Configuration profiles that pin the authority's certificate (`CAFingerprint`, a certificate payload). */
  ca_fingerprint_profiles?: number | null;
  /** Tokens for automated enrolment that hold a key this authority certified. */
  enrolment_tokens?: number | null;
  /** Things encrypted for the authority's own certificate, such as escrowed recovery keys. */
  escrow_recipients?: number | null;
  /** Places that files are distributed from over HTTPS, under a certificate of this authority. */
  https_distribution_points?: number | null;
  /** Plug-ins of other management systems that trust this authority, such as that of SCCM. */
  management_plugins?: number | null;
  /** Configuration profiles signed with a key that this authority certified. */
  signed_profiles?: number | null;
  /** Servers that hold the authority's certificate as their anchor: RADIUS, VPN, gateways. */
  trust_lists?: number | null;
}

/** What the token is to say. */
export type Shape =
  /** Header `alg`; claims subject, issuer and expiry in this order. */
  | {
    /** By whom. */
    issuer: string;
    /** For how long it is good. */
    lifetime_seconds: number;
    /** The names of the claims, if they are not `sub`, `iss` and `exp`. */
    names?: ClaimNames;
    shape: "compatible";
    /** About whom or what. */
    subject: string;
  }
  /**
   * Header `alg`, `kid`, `typ`; claims `iss`, `sub`, `aud`, `exp`, `nbf`, `iat`, `jti`, `path` or `path_prefix`,
   * `device`, those that are said.
   */
  | {
    /** For whom. */
    audience?: string[];
    /** For which device. */
    device?: string | null;
    /** By whom. */
    issuer?: string | null;
    /** The token's own id: a text of yours, or `"random"`, which takes a seed. */
    jti?: TokenId | null;
    /** The id of the key; otherwise the key's thumbprint (RFC 7638). */
    kid?: string | null;
    /** For how long it is good, from `not_before` on. */
    lifetime_seconds: number;
    /** Unix seconds from which on it is good; otherwise `now`. */
    not_before?: number | null;
    /** Which paths it opens. */
    path?: PathBinding | null;
    shape: "bound";
    /** About whom or what. */
    subject?: string | null;
    /** The `typ` of the header; otherwise `JWT`. */
    type?: string | null;
  };

/**
 * The schemes that signatures are made with, as they are named in a key question.
 *
 * - `rsa_pkcs1_sha256`: RSASSA-PKCS1-v1_5 with SHA-256.
 * - `rsa_pkcs1_sha384`: RSASSA-PKCS1-v1_5 with SHA-384.
 * - `rsa_pkcs1_sha512`: RSASSA-PKCS1-v1_5 with SHA-512.
 * - `rsa_pss_sha256`: RSASSA-PSS with SHA-256, in the mask too, and a salt of 32 bytes.
 * - `rsa_pss_sha384`: RSASSA-PSS with SHA-384, in the mask too, and a salt of 48 bytes.
 * - `rsa_pss_sha512`: RSASSA-PSS with SHA-512, in the mask too, and a salt of 64 bytes.
 * - `ecdsa_p256_sha256`: ECDSA over P-256 with SHA-256; the raw signature is r and s, 32 bytes each.
 * - `ecdsa_p384_sha384`: ECDSA over P-384 with SHA-384; the raw signature is r and s, 48 bytes each.
 * - `ecdsa_p521_sha512`: ECDSA over P-521 with SHA-512; the raw signature is r and s, 66 bytes each.
 * - `ed25519`: Ed25519.
 * - `ml_dsa_44`: ML-DSA-44 with an empty context; an answer is wanted by the deterministic variant (FIPS 204 3.4), but any counts.
 * - `ml_dsa_65`: ML-DSA-65, likewise.
 * - `ml_dsa_87`: ML-DSA-87, likewise.
 */
export type SignatureScheme = "rsa_pkcs1_sha256" | "rsa_pkcs1_sha384" | "rsa_pkcs1_sha512" | "rsa_pss_sha256" | "rsa_pss_sha384" | "rsa_pss_sha512" | "ecdsa_p256_sha256" | "ecdsa_p384_sha384" | "ecdsa_p521_sha512" | "ed25519" | "ml_dsa_44" | "ml_dsa_65" | "ml_dsa_87";

/** Who may have signed a message: one of the three. */
export interface SignerRequest {
  /** Its certificate, PEM; it has to lead to one of the anchors. */
  certificate?: string | null;
  /** What messages call its key, beside the names that it has of itself. */
  id?: string | null;
  /** Its key as a JWK, likewise. */
  jwk?: {
    [field: string]: unknown;
  } | null;
  /** Its key as a PEM block `PUBLIC KEY`. Whoever gives it vouches for it: no certificate is looked at. */
  public_key?: string | null;
}

/** The form of a signature, and what it is to say. */
export type Signing =
  /** Detached CMS; it wants a certificate. */
  | {
    form: "detached_cms";
    /**
     * Signs the body itself, without saying when; the whole body has to be here. Otherwise attributes are signed that hold
     * the body's digest and the time.
     */
    without_attributes?: boolean;
  }
  /** HTTP message signatures (RFC 9421). */
  | {
    /** How to sign: `rsa-v1_5-sha256` for RSA, and the one of the curve for others, unless it is said. */
    algorithm?: HttpAlgorithm | null;
    /**
     * What is covered, by name or as RFC 9421 writes identifiers: `@method`, `@target-uri` (of a response `@status`) and,
     * where there is a body, `content-digest`, unless it is said.
     */
    components?: string[] | null;
    /**
     * The digests of a Content-Digest that is added where the message has none: SHA-256 unless it is said; for an empty body
     * none.
     */
    content_digest?: ContentDigestAlgorithm[] | null;
    form: "http";
    /** The label: `sig1` unless it is said. */
    label?: string | null;
    /** How long the signature counts; not said by it if nothing is said here. */
    lifetime_seconds?: number | null;
    /** Something that no other signature has. */
    nonce?: string | null;
    /** The request. */
    request?: HttpRequest | null;
    /** The response; if there is one, it is what is signed. */
    response?: HttpResponse | null;
    /** Which fields are structured and how, for `sf`. */
    structured_fields?: {
      [field: string]: StructuredType;
    };
    /** What the signature is for. */
    tag?: string | null;
    /** Leaves out the parameter `alg`. */
    without_alg?: boolean;
  }
  /** A bare signature over the body. */
  | {
    /** How ECDSA's signatures are written. */
    ecdsa?: EcdsaForm;
    form: "bare";
    /** How to sign; otherwise as keys of this kind sign here. */
    scheme?: SignatureScheme | null;
  };

/**
 * What is known of a certificate (RFC 6960 2.2).
 *
 * - `good`: Issued, and not revoked.
 * - `revoked`: Revoked, for good or on hold.
 * - `unknown`: Not known here.
 */
export type StatusName = "good" | "revoked" | "unknown";

/**
 * The least that signatures and keys have to be on the paths that the engine itself walks: to its authorities, their
 * helpers, and those who answer for a SCEP server. What is left out is as today's certificates are; less is for
 * authorities of long ago, and for who asks for it by name.
 */
export interface Strength {
  /** Whether signatures with SHA-1 count; they can be forged. */
  allow_sha1?: boolean;
  /** The smallest RSA key, in bits: 2048. */
  minimum_rsa_bits?: number;
}

/**
 * The string type that a text came in.
 *
 * - `printable_string`: What RFC 8894 asks for.
 * - `utf8_string`: UTF8String.
 * - `ia5_string`: IA5String.
 * - `teletex_string`: TeletexString, also called T61String.
 */
export type StringType = "printable_string" | "utf8_string" | "ia5_string" | "teletex_string";

/**
 * The kinds of structured field (RFC 9651 section 3).
 *
 * - `list`: A list.
 * - `dictionary`: A dictionary.
 * - `item`: An item.
 */
export type StructuredType = "list" | "dictionary" | "item";

/**
 * The token's own id (RFC 7519 4.1.7).
 *
 * - `random`: 128 bits from the seed, in base64url.
 */
export type TokenId =
  | "random"
  /** This text. */
  | {
    given: string;
  };

/** What a token has to say. */
export interface TokenPolicy {
  /** Accepts a token that never expires. */
  allow_without_expiry?: boolean;
  /** Who verifies: one of the token's audiences. A token that has audiences is for nobody else. */
  audience?: string | null;
  /** How far the clocks may be apart: 60 seconds if nothing is said, 600 at most. */
  clock_skew_seconds?: number | null;
  /** The issuers that are believed; none: any. */
  issuers?: string[];
  /** How far ahead `exp` may be, and how long after `iat` or `nbf`. */
  max_lifetime_seconds?: number | null;
  /** The names that a token of the compatible shape has its claims by. */
  names?: ClaimNames;
  /** Claims that have to be there. */
  required?: string[];
  /** The subject that it has to be about. */
  subject?: string | null;
  /** The `typ` that its header has to have; letters of any case, with or without `application/`. */
  type?: string | null;
}

/** What paths may end at and go through, what tells of revocation, and how strict to be: as for `verify_path`. */
export interface TrustRequest {
  /** Where the path may end. */
  anchors?: AnchorRequest[];
  /** Revocation lists, PEM. */
  crls?: string[];
  /** Certificates that the path may go through, PEM; those that a message brings along come after them. */
  intermediates?: string[];
  /** OCSP responses, DER. */
  ocsp_responses?: Base64Url[];
  /** How strict to be. */
  policy?: Policy;
  /** What the certificate has to be for: `device_client` unless it is said. */
  purpose?: Purpose;
}

/** A key that tokens may be signed with. */
export interface VerificationKey {
  /**
   * The algorithm that it signs with (`RS256`, `PS384`, …), or a family of RSA (`RS`, `PS`). Otherwise the one of the
   * JWK; otherwise RS256 for RSA. The curve of another key decides it.
   */
  algorithm?: DeclaredAlgorithm | null;
  /** Unix seconds from which on it is not used any more. */
  expires?: number | null;
  /** as a JWK (RFC 7517). */
  jwk?: {
    [field: string]: unknown;
  } | null;
  /** Its id, as tokens have it in `kid`; otherwise that of the JWK, or none. */
  kid?: string | null;
  /** For how long its tokens may be good: any whose `exp` is further ahead is refused. */
  max_lifetime_seconds?: number | null;
  /** Unix seconds from which on it is used. */
  not_before?: number | null;
  /** The key as a PEM block `PUBLIC KEY`; or */
  public_key?: string | null;
}
