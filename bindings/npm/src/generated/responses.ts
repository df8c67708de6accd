// Made by `cargo xtask generate` from the sources in core/; changes belong there.

/**
 * Response of `generate_key`: Makes a key pair.
 *
 * The pair.
 */
export interface GenerateKeyResponse {
  /** PEM, PKCS#8 (RFC 5958), not encrypted. */
  private_key: Secret;
  /** PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7). */
  public_key: string;
}

/**
 * Response of `read_private_key`: Reads a private key in any of its forms.
 *
 * The key.
 */
export type ReadPrivateKeyResponse = {
  /** Whether a password protected it. */
  encrypted: boolean;
  /** In which form it was: `pkcs8`, `pkcs1` or `sec1`. */
  format: KeyFormat;
  /** PEM, PKCS#8 (RFC 5958), not encrypted. */
  private_key: Secret;
  /** PEM, SubjectPublicKeyInfo (RFC 5280 4.1.2.7). */
  public_key: string;
} & (
  /** RSA, with the length of the modulus in bits. */
  | {
    algorithm: "rsa";
    /** Length of the modulus. */
    bits: number;
  }
  /** RSA for RSASSA-PSS alone (RFC 4055 1.2), with the length of the modulus in bits. */
  | {
    algorithm: "rsa_pss";
    /** Length of the modulus. */
    bits: number;
  }
  /** P-256. */
  | {
    algorithm: "p256";
  }
  /** P-384. */
  | {
    algorithm: "p384";
  }
  /** P-521. */
  | {
    algorithm: "p521";
  }
  /** Ed25519. */
  | {
    algorithm: "ed25519";
  }
  /** ML-DSA-44. */
  | {
    algorithm: "ml_dsa_44";
  }
  /** ML-DSA-65. */
  | {
    algorithm: "ml_dsa_65";
  }
  /** ML-DSA-87. */
  | {
    algorithm: "ml_dsa_87";
  });

/**
 * Response of `encrypt_private_key`: Encrypts a private key under a password.
 *
 * The encrypted key.
 */
export interface EncryptPrivateKeyResponse {
  /** A PEM block `ENCRYPTED PRIVATE KEY`: PBES2 with AES-256-CBC (RFC 8018 section 6.2). */
  private_key: Secret;
}

/**
 * Response of `write_pkcs12`: Writes keys and certificates into a PKCS#12 file.
 *
 * The file.
 */
export interface WritePkcs12Response {
  /** PKCS#12 in DER. */
  pkcs12: Base64Url;
}

/**
 * Response of `read_pkcs12`: Reads a PKCS#12 file.
 *
 * What was in it.
 */
export interface ReadPkcs12Response {
  /** The certificates that belong to none of them; one that cannot be read has a `problem`. */
  certificates: FoundCertificate[];
  /** The keys, in the order of the file. */
  entries: KeystoreEntry[];
  /** What proved that nobody changed the file: `hmac_sha256` or the like, `pbmac1`, or null if nothing did. */
  mac: MacName | null;
  /** What `write_pkcs12` was given; null in files of others, and where no MAC proved that nobody changed it. */
  state: SecretBytes | null;
}

/**
 * Response of `read_jks`: Reads one of Java's own keystores.
 *
 * What was in it.
 */
export interface ReadJksResponse {
  /** The certificates that are trusted, and those beside a key that are not its own or cannot be read. */
  certificates: FoundCertificate[];
  /** The keys, in the order of the file; `friendly_name` is the alias. */
  entries: KeystoreEntry[];
}

/**
 * Response of `create_csr`: Makes a certification request (PKCS#10).
 *
 * The request for the authority.
 */
export interface CreateCsrResponse {
  /** PEM, PKCS#10 (RFC 2986). */
  csr: string;
  /** SHA-256 of its DER in hexadecimal. */
  csr_sha256: string;
}

/**
 * Response of `create_authority`: Makes a root or subordinate certificate authority.
 *
 * The new authority.
 */
export interface CreateAuthorityResponse {
  /** The value to store and to send with each later request. */
  authority: Authority;
  /** The record of its certificate. */
  record: CertificateRecord;
}

/**
 * Response of `plan_renewal`: Says what a renewal of an authority will do.
 *
 * What will happen.
 */
export interface PlanRenewalResponse {
  /** The checks, always all of them. */
  checks: Check[];
  /** When the authority's present certificate ends, Unix seconds. */
  current_not_after: number;
  /** What depends on the authority, by kind. */
  dependents: Dependents[];
  /** The number of the generation that would be made. */
  generation: number;
  /**
   * When the last certificate ends that is valid now, Unix seconds: until then the old generation's
   * certificate has to be known to those who verify, and what revokes goes on. Nothing if there is none.
   */
  last_not_after: number | null;
  /** How the renewals of the devices would come. */
  load: Load;
  /** When the next one would end, Unix seconds. */
  next_not_after: number;
  /** Whether `renew_authority` would do it, as far as the helpers allow: no check is refused. */
  possible: boolean;
}

/**
 * Response of `renew_authority`: Makes the next generation of an authority.
 *
 * The authority with its next generation, and everything that was issued for it.
 */
export interface RenewAuthorityResponse {
  /** The value to store in place of the old one. Its current generation is the one of before. */
  authority: Authority;
  /** The number of the next generation. */
  generation: number;
  /** The helpers' new certificates, in the order of the request. */
  helpers: Issued[];
  /** The next generation's own certificate: the new key, signed by the new key or by the issuer. */
  new_with_new: Issued;
  /**
   * For a root with a new key: the new key signed by the old one, for those who trust the old certificate
   * (RFC 4210 section 4.4). Not there if the old certificate has ended.
   */
  new_with_old?: Issued | null;
  /** And the old key signed by the new one, for those who trust the new certificate alone. */
  old_with_new?: Issued | null;
}

/**
 * Response of `activate_generation`: Takes the next generation of an authority into use.
 *
 * The authority after the change.
 */
export interface ActivateGenerationResponse {
  /**
   * The value to store in place of the old one. What was current is the first of the former generations: its
   * key signs what revokes, and decrypts what is under way.
   */
  authority: Authority;
  /** The number of the generation that is current now. */
  generation: number;
}

/**
 * Response of `abandon_generation`: Gives up the next generation of an authority.
 *
 * The authority without a next generation.
 */
export interface AbandonGenerationResponse {
  /**
   * The number of the one that was given up. What it has issued, such as certificates of helpers, should be revoked
   * on its own list: `sign_crl` with this number.
   */
  abandoned: number;
  /**
   * The value to store in place of the old one. What was next is the first of the abandoned generations: its key
   * still signs what revokes, and its number is not given again.
   */
  authority: Authority;
  /** The number of the current generation, which stays. */
  generation: number;
  /**
   * What was issued for it and should be revoked; of a root the own certificate is not there, for nobody looks for
   * that on a list.
   */
  revoke: Revocable[];
}

/**
 * Response of `sign_csr`: Makes a certificate from a certification request.
 *
 * The certificate.
 */
export interface SignCsrResponse {
  /** PEM. */
  certificate: string;
  /** The authority's certificate and those above it, PEM, the root last. */
  chain: string[];
  /** The number of the authority's generation that signed. */
  generation: number;
  /** What an inventory keeps. */
  record: CertificateRecord;
}

/**
 * Response of `issue_from_public_key`: Makes a certificate from a public key alone.
 *
 * The certificate.
 */
export interface IssueFromPublicKeyResponse {
  /** PEM. */
  certificate: string;
  /** The authority's certificate and those above it, PEM, the root last. */
  chain: string[];
  /** The number of the authority's generation that signed. */
  generation: number;
  /** What an inventory keeps. */
  record: CertificateRecord;
}

/**
 * Response of `profiles`: Tells the built-in profiles.
 *
 * The profiles.
 */
export interface ProfilesResponse {
  /** Each whole, as `sign_csr` also takes one of the caller's own. */
  profiles: Profile[];
}

/**
 * Response of `sign_crl`: Makes a revocation list (CRL).
 *
 * The list.
 */
export interface SignCrlResponse {
  /** PEM. */
  crl: string;
  /** How many certificates it lists. */
  entries: number;
  /** The generation that signed it. */
  generation: number;
  /** When the next one is made at the latest, Unix seconds. */
  next_update: number;
  /** Its number, decimal. */
  number: CrlNumber;
  /** SHA-256 of its DER in hexadecimal. */
  sha256: string;
  /** When it was made, Unix seconds. */
  this_update: number;
}

/**
 * Response of `open_ocsp_request`: Opens an OCSP request.
 *
 * What is asked.
 */
export interface OpenOcspRequestResponse {
  /** The nonce that the response must repeat. */
  nonce: Nonce | null;
  /** The certificates, in the order of the request. */
  requests: RequestedCertificate[];
  /** Whether the request has a signature. It was not looked at. */
  signed: boolean;
}

/**
 * Response of `sign_ocsp_response`: Signs an OCSP response.
 *
 * The response.
 */
export interface SignOcspResponseResponse {
  /** The generation that it is about. */
  generation: number;
  /**
   * For a response without nonce about one certificate: what clients append to the responder's address to get
   * it (RFC 5019 section 5), for hosting it as a file.
   */
  get_path?: string | null;
  /** Until when it may be believed, Unix seconds. */
  next_update: number | null;
  /** When it was signed, Unix seconds. */
  produced_at: number;
  /** DER, of the type application/ocsp-response. */
  response: Base64Url;
  /** When this was known to be right, Unix seconds. */
  this_update: number;
}

/**
 * Response of `write_ocsp_error`: Writes an OCSP response that says why there is none.
 *
 * The response, which nobody signs.
 */
export interface WriteOcspErrorResponse {
  /** DER. */
  response: Base64Url;
}

/**
 * Response of `scep_write_ca_certificates`: Writes the body of a GetCACert response.
 *
 * The HTTP response.
 */
export interface ScepWriteCaCertificatesResponse {
  /** One certificate in DER, or several in a certificates-only message. */
  body: Base64Url;
  /** The media type, without parameters: clients compare it letter by letter. */
  content_type: string;
}

/**
 * Response of `scep_read_ca_certificates`: Reads the body of a GetCACert response.
 *
 * The certificates, and which of them is for what. Without `trusted_sha256`, all of it is as
 * trustworthy as the transport: compare `sha256` of the authority with a fingerprint that came
 * another way.
 */
export interface ScepReadCaCertificatesResponse {
  /** The authority that issues. */
  authority: string;
  /** All of them (PEM), in the order sent. */
  certificates: string[];
  /**
   * Those that cross from one key of an authority to another (RFC 4210 section 4.4): for paths, not to be trusted
   * for themselves.
   */
  cross_certificates?: string[];
  /** The one to encrypt requests for. */
  encryption: string;
  /** Those that do not lead to the one to trust, and why not. */
  left_out?: LeftOut[];
  /** SHA-256 of each certificate in hexadecimal, in the same order. */
  sha256: string[];
  /** The one that signs replies. */
  signature: string;
}

/**
 * Response of `scep_write_next_ca_certificates`: Writes the body of a GetNextCACert response.
 *
 * The HTTP response.
 */
export interface ScepWriteNextCaCertificatesResponse {
  /**
   * A certificates-only message with the next generation's certificates, signed by the current one: the helpers', its
   * own, those above it, what the request has for crossing, the root, and its key signed by the one before (new with
   * old, RFC 4210 section 4.4), which leads to it for whoever trusts the old certificate alone.
   */
  body: Base64Url;
  /** The media type, without parameters: clients compare it letter by letter. */
  content_type: string;
  /** The number of the generation whose certificates these are. */
  generation: number;
}

/**
 * Response of `scep_read_next_ca_certificates`: Reads the body of a GetNextCACert response.
 *
 * The certificates, and which of them is for what. Without `trusted_sha256`, all of it is as
 * trustworthy as the transport: compare `sha256` of the authority with a fingerprint that came
 * another way.
 */
export interface ScepReadNextCaCertificatesResponse {
  /** The authority that issues. */
  authority: string;
  /** All of them (PEM), in the order sent. */
  certificates: string[];
  /**
   * Those that cross from one key of an authority to another (RFC 4210 section 4.4): for paths, not to be trusted
   * for themselves.
   */
  cross_certificates?: string[];
  /** The one to encrypt requests for. */
  encryption: string;
  /** Those that do not lead to the one to trust, and why not. */
  left_out?: LeftOut[];
  /** SHA-256 of each certificate in hexadecimal, in the same order. */
  sha256: string[];
  /** The one that signs replies. */
  signature: string;
}

/**
 * Response of `scep_open_request`: Opens a SCEP request.
 *
 * The message, or why it is refused; either way enough to answer.
 */
export interface ScepOpenRequestResponse {
  /**
   * The certification request, in PKCSReq and RenewalReq. A poll is told by its transaction id alone
   * (RFC 8894 section 3.3.3).
   */
  enrollment?: Enrollment | null;
  /** What the client asks for; nothing if it is no type of RFC 8894. */
  message_type: MessageType | null;
  /**
   * Which of the recipients the message is for, counted from 0: it tells the generation that is asked. Nothing
   * if the message is refused before that is known.
   */
  recipient?: number | null;
  /** Why the message is refused. */
  rejection?: Rejection | null;
  /** For `scep_seal_reply`, unchanged. */
  reply_to: ReplyTo;
  /** Who signed the message. */
  signer: SignerReport;
  /**
   * The certificate in question, always there in GetCert and GetCRL that are not rejected. If it cannot be read it is
   * a made-up one that nobody knows, so that the answer is badCertId.
   */
  wanted?: Wanted | null;
}

/**
 * Response of `scep_seal_reply`: Seals the reply to a SCEP request.
 *
 * The reply.
 */
export interface ScepSealReplyResponse {
  /** The message in DER, for `application/x-pki-message`. */
  message: Base64Url;
}

/**
 * Response of `scep_seal_request`: Seals a SCEP request.
 *
 * The message.
 */
export interface ScepSealRequestResponse {
  /** In DER, for `application/x-pki-message`. */
  message: Base64Url;
  /** For `scep_open_reply`, unchanged. */
  pending: Pending;
}

/**
 * Response of `scep_open_reply`: Opens the reply to a SCEP request.
 *
 * The outcome.
 */
export type ScepOpenReplyResponse =
  /** The certificate was issued; or what a query asked for is there. */
  | {
    /** PEM: the one for our key, or the one that GetCert asked for, first, then the others in the order sent. */
    certificates: string[];
    /** The revocation list (PEM) that GetCRL asked for. */
    crl?: string | null;
    status: "success";
  }
  /** It was refused. */
  | {
    /** The reason as SCEP has it. */
    fail_info: FailInfo;
    /** The reason in the server's words. */
    fail_info_text?: string | null;
    status: "failure";
  }
  /** It waits for somebody: poll. */
  | {
    status: "pending";
  };

/**
 * Response of `write_backup`: Keeps authorities with their keys in a file under a password.
 *
 * The file.
 */
export interface WriteBackupResponse {
  /** PKCS#12 in DER. Every program that reads such files finds the keys and certificates in it. */
  backup: Base64Url;
}

/**
 * Response of `read_backup`: Reads that file.
 *
 * What was kept.
 */
export interface ReadBackupResponse {
  /** The authorities as they were. */
  authorities: AuthorityBackup[];
  /** Every key that they and their helpers have. */
  keys: BackupKey[];
  /** Whatever else the caller kept with them. */
  settings: string | null;
}

/**
 * Response of `verify_path`: Says whether a certificate leads to a trust anchor, and for what it is good.
 *
 * A path that holds, and what it was found to be.
 */
export interface VerifyPathResponse {
  /** The one of the names asked for that the certificate has. */
  identity?: string | null;
  /**
   * The last second in which it holds, Unix seconds: the end of the certificate on it that ends first, or of the list
   * or response that says that one of them is good.
   */
  not_after: number;
  /** From the certificate in question to the anchor. */
  path: PathCertificate[];
  /** The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any. */
  policies: string[];
  /** What it was verified for. */
  purpose: Purpose;
  /** What it is as strong as. */
  weakest: Weakest;
}

/**
 * Response of `sign_message`: Signs a message that a device sends.
 *
 * A signature and where it goes.
 */
export interface SignMessageResponse {
  /** Name and value of each header that is to be added; of RFC 9421 alone, other forms have no names of their own. */
  headers?: Array<[string, string]>;
  /** How the message names the key: for the header beside a bare signature; of RFC 9421 it is `keyid`. */
  key_id: string;
  /** Base64, for a header. */
  signature: string;
}

/**
 * Response of `read_message`: Says what a message says of itself, and proves nothing of it.
 *
 * What a message says of itself. Anybody can write all of it: it tells what to look up, and nothing else.
 */
export interface ReadMessageResponse {
  /** SHA-256 of each certificate in detached CMS that is the signer's by that name, hexadecimal. */
  certificates?: string[];
  /**
   * The digests of the body that are signed with it, by Content-Digest or by CMS's attribute. `verify_message` with them in
   * the place of the body says who signed that the body has these digests; whether it has, whoever has the body finds out.
   */
  digests?: Digests | null;
  /** The last second in which it wants to count. */
  expires?: number | null;
  /** `detached_cms`, `http` or `bare`. */
  form: string;
  /** What else an HTTP message signature says. */
  http?: HttpReport | null;
  /** How it names the key. */
  key_id?: string | null;
  /** Whether the signature is over the body itself, and over nothing else; see `Digests` for what follows for these. */
  over_body: boolean;
  /** When it was signed, Unix seconds. */
  signed_at?: number | null;
  /** How detached CMS names the certificate of its signer: by issuer and serial number, or by key identifier. */
  signer?: Identifier | null;
}

/**
 * Response of `verify_message`: Says who signed a message, and whether it counts.
 *
 * A message that is good: who signed it, when, what is covered, and how to remember it.
 */
export interface VerifyMessageResponse {
  /** With what, in the words of key questions: `rsa_pkcs1_sha256`. */
  algorithm: string;
  /** Whether the signature is over the body, too. */
  body_covered: boolean;
  /** The last second in which it wants to count. */
  expires?: number | null;
  /** `detached_cms`, `http` or `bare`. */
  form: string;
  /** What else it covers, of an HTTP message signature. */
  http?: HttpReport | null;
  /** Why the certificate is believed; nothing where the caller vouched for the key. */
  path?: Decision | null;
  /** How to remember it. */
  replay: Replay;
  /** When it was signed, as it says itself, Unix seconds. */
  signed_at?: number | null;
  /** Who signed it. */
  signer: VerifiedSigner;
}

/**
 * Response of `mint_jwt`: Makes a token (JWT).
 *
 * A token, and what the caller may want to keep of it.
 */
export interface MintJwtResponse {
  /** The algorithm. */
  algorithm: JwsAlgorithm;
  /** Unix seconds from which on it is not good any more. */
  expires: number;
  /** The token's own id, if it has one. */
  jti?: string | null;
  /** The id of the key, where the token names it. */
  kid?: string | null;
  /** The token. */
  token: Secret;
}

/**
 * Response of `verify_jwt`: Says whether a token is good, and what it says.
 *
 * A token that is good.
 */
export interface VerifyJwtResponse {
  /** All claims, by name. */
  claims: Claims;
  /** The first whole second at which it is not good any more, but for the clock skew. */
  expires?: number | null;
  /** `alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything. */
  header: Header;
  /** The issuer. */
  issuer?: string | null;
  /** The id of the key that made the signature, if the caller gave it one. */
  kid?: string | null;
  /** The subject. */
  subject?: string | null;
}

/**
 * Response of `jwks`: Writes public keys as a JWK set.
 *
 * The set, and its keys in words.
 */
export interface JwksResponse {
  /** `{"keys":[…]}`, as it goes to `/.well-known/jwks.json`. */
  jwks: Published;
  /** The keys of the set, in its order. */
  keys: Described[];
}

/**
 * Response of `sign_url`: Puts a token into a URL.
 *
 * The URL, and what `mint_jwt` tells of its token.
 */
export interface SignUrlResponse {
  /** The algorithm. */
  algorithm: JwsAlgorithm;
  /** Unix seconds from which on it is not good any more. */
  expires: number;
  /** The token's own id, if it has one. */
  jti?: string | null;
  /** The id of the key, where the token names it. */
  kid?: string | null;
  /** The token. */
  token: Secret;
  /** The URL with the token at the end of its query; all else of it is as it was. */
  url: Secret;
}

/**
 * Response of `verify_url`: Takes the token out of a URL again and says whether it opens it.
 *
 * The URL, and what the token says.
 */
export interface VerifyUrlResponse {
  /** All claims, by name. */
  claims: Claims;
  /** The first whole second at which it is not good any more, but for the clock skew. */
  expires?: number | null;
  /** `alg` and, where they are there, `kid` and `typ`; nothing else of the header means anything. */
  header: Header;
  /** The issuer. */
  issuer?: string | null;
  /** The id of the key that made the signature, if the caller gave it one. */
  kid?: string | null;
  /** Its path in the one form in which it was compared (RFC 3986 6.2.2): what is served has to be this. */
  path: string;
  /** The subject. */
  subject?: string | null;
  /** The URL without the token; all else of it is as it was. */
  url: string;
}

/**
 * Response of `inspect`: Says what is in a text: certificates, requests, keys, revocation lists, messages.
 *
 * What is in it.
 */
export interface InspectResponse {
  /** The objects, in their order; no secret of a private key or request is in them. */
  objects: Object[];
}

/**
 * Response of `lint`: Says what is wrong with certificates, requests, revocation lists and authorities, or will be.
 *
 * What was found.
 */
export interface LintResponse {
  /** How many findings there are. */
  counts: Counts;
  /** Every object, those without findings too. */
  objects: LintedObject[];
}

/**
 * Response of `lint_rules`: Tells the rules of `lint`.
 *
 * The table.
 */
export interface LintRulesResponse {
  /** Every rule, subject by subject. */
  rules: Explanation[];
}

/** RFC 5280 4.2.2.1 */
export interface AccessDescription {
  /** Where: mostly `uri:`. */
  access_location: string;
  /** `ocsp`, `caIssuers` or another. */
  access_method: string;
}

/** An algorithm by name, and those of its parameters that are there. */
export interface Algorithm {
  /** The cipher of PBES2, or the one that wraps a key after key agreement or under a password. */
  cipher?: Algorithm | null;
  /** The hash of RSASSA-PSS or RSAES-OAEP. */
  hash?: string | null;
  /** How often PBKDF2, or a scheme before it, iterates. */
  iterations?: number | null;
  /** The key derivation of PBES2 (RFC 8018 6.2). */
  key_derivation?: Algorithm | null;
  /** The hash of their mask generation function. */
  mask_generation_hash?: string | null;
  /** The name that its RFC gives it, or the digits of its identifier. */
  name: string;
  /** The object identifier. */
  oid: string;
  /** Parameters that this engine cannot name. */
  parameters?: Undecoded | null;
  /** The pseudo-random function of PBKDF2. */
  pseudo_random_function?: string | null;
  /** The salt of RSASSA-PSS (RFC 4055 3.1), or of a key derivation. */
  salt_length_bytes?: number | null;
  /** The cost, block size and parallelization of scrypt (RFC 7914 7). */
  scrypt?: Scrypt | null;
}

/** An attribute by name. */
export interface Attribute {
  /** The name, or the digits where it has none. */
  name: string;
  /** The object identifier. */
  oid: string;
  /** Its values. */
  values: AttributeValue[];
}

/** The value of an attribute. */
export type AttributeValue =
  /** Text, a name, or octets in lowercase hex where the attribute is known to hold octets. */
  | string
  /** Unix seconds. */
  | number
  /** What is not decoded here. */
  | Undecoded;

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
  crl_urls: string[];
  /**
   * After a renewal with a new key, what leads from the old to the new and back (RFC 4210 section 4.4), PEM:
   * new with old, then old with new.
   */
  cross_certificates?: string[];
  /** The generations before, the newest first. */
  former?: Generation[];
  /** The number of the current generation; 1 if it is not said. */
  generation: number;
  /** Where its certificate is. */
  issuer_urls: string[];
  /** The id of its key. */
  key: string;
  /** The generation that is made and not yet in use. */
  next?: Generation | null;
  /** Where its OCSP responder is. */
  ocsp_urls: string[];
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
  crl_numbers: {
    [field: string]: CrlNumber;
  };
  /** Who helps it: registration authorities, signers of OCSP responses. */
  helpers: Helper[];
  /** Its name, of the caller's choosing. */
  id: string;
  /** The caller's own profiles. */
  profiles: Profile[];
}

/** RFC 5280 4.2.1.1 */
export interface AuthorityKeyIdentifier {
  /** The issuer of the authority's certificate. */
  authority_cert_issuer?: string[];
  /** Its serial number in lowercase hex. */
  authority_cert_serial_number?: string | null;
  /** Lowercase hex. */
  key_identifier?: string | null;
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

/** RFC 5280 4.2.1.9 */
export interface BasicConstraints {
  /** May the subject issue certificates? */
  ca: boolean;
  /** How many authorities may stand between it and the end entity. */
  path_length?: number | null;
}

/** [MS-WCCE] 2.2.2.7: which certificate and key of the authority, counted from 0. */
export interface CaVersion {
  /** How often the certificate was renewed. */
  certificate_index: number;
  /** How often the key was renewed. */
  key_index: number;
}

/** A certificate. */
export interface Certificate {
  /** In their order. */
  extensions: Extension[];
  /** RFC 4514. */
  issuer: string;
  /** Unix seconds. */
  not_after: number;
  /** Unix seconds. */
  not_before: number;
  /** The subject's key. */
  public_key: PublicKey;
  /**
   * Is the subject its own issuer, and did its own key sign? Absent where the algorithm is not one of this
   * engine's, and within a message, which may hold more certificates than anybody would verify.
   */
  self_signed?: boolean | null;
  /** Lowercase hex without leading zero octets; a minus sign before it where it is negative. */
  serial: string;
  /** SHA-1, which older tools show. */
  sha1: string;
  /** SHA-256. */
  sha256: string;
  /** What the issuer signed with. */
  signature_algorithm: Algorithm;
  /** RFC 4514. */
  subject: string;
  /** 1 to 3. */
  version: number;
}

/** A certificate revocation list. */
export interface CertificateList {
  /** How many certificates are revoked. */
  entries: number;
  /** How many of them are described here: the first 100. */
  entries_shown: number;
  /** Of the list, in their order. */
  extensions: Extension[];
  /** RFC 4514. */
  issuer: string;
  /** Unix seconds. */
  next_update?: number | null;
  /** The entries, in their order. */
  revoked_certificates: RevokedCertificate[];
  /** SHA-1, which older tools show. */
  sha1: string;
  /** SHA-256. */
  sha256: string;
  /** What the issuer signed with. */
  signature_algorithm: Algorithm;
  /** Unix seconds. */
  this_update: number;
  /** 1 or 2. */
  version: number;
}

/** What an inventory keeps of a certificate; made here so that nobody else has to parse one. */
export interface CertificateRecord {
  /** The first common name of the subject. */
  common_name: string | null;
  /** SHA-256 of the request's DER in hexadecimal, if there was one. */
  csr_sha256: string | null;
  /** The issuer as RFC 4514 writes it. */
  issuer: string;
  /** The thumbprint of its key as a JWK (RFC 7638 with SHA-256), where it has a form as one. */
  jwk_thumbprint: string | null;
  /** The last second of its life, Unix seconds. */
  not_after: number;
  /** The first second of its life, Unix seconds. */
  not_before: number;
  /** The profile's name. */
  profile: string;
  /** SHA-256 of its SubjectPublicKeyInfo in hexadecimal. */
  public_key_sha256: string;
  /** The serial number in hexadecimal. */
  serial: string;
  /** SHA-256 of the certificate's DER in hexadecimal. */
  sha256: string;
  /** The subject as RFC 4514 writes it. */
  subject: string;
  /** The subject alternative names as `form:value`. */
  subject_alternative_names: string[];
  /** The subject key identifier (RFC 5280 4.2.1.2) in hexadecimal. */
  subject_key_identifier: string | null;
}

/** A certification request. */
export interface CertificateRequest {
  /** The other attributes. */
  attributes?: Attribute[];
  /** Is there a challengePassword (RFC 2985 5.4.1)? Its value is a secret and not shown. */
  challenge_password: boolean;
  /** The extensions that the requester wishes for (RFC 2985 5.4.2). */
  extensions: Extension[];
  /** The requester's key. */
  public_key: PublicKey;
  /** SHA-1, which older tools show. */
  sha1: string;
  /** SHA-256. */
  sha256: string;
  /** What the requester signed with. */
  signature_algorithm: Algorithm;
  /** Did the key in the request sign it? Absent where the algorithm is not one of this engine's. */
  signature_valid?: boolean | null;
  /** RFC 4514. */
  subject: string;
  /** Always 1. */
  version: number;
}

/** What is known of one certificate. */
export interface CertificateStatus {
  /** What the digests are made with. */
  digest: Algorithm;
  /** Of this part of the response. */
  extensions?: Extension[];
  /** Of the issuer's key, lowercase hex. */
  issuer_key_hash: string;
  /** Of the issuer's name, lowercase hex. */
  issuer_name_hash: string;
  /** Until when it may be believed, Unix seconds. */
  next_update?: number | null;
  /** Why. */
  reason?: string | null;
  /** When it was revoked, Unix seconds. */
  revoked_at?: number | null;
  /** Lowercase hex. */
  serial: string;
  /** `good`, `revoked` or `unknown`. */
  status: string;
  /** When this was known to be right, Unix seconds. */
  this_update: number;
}

/** [MS-WCCE] 2.2.2.7.7.2 */
export interface CertificateTemplate {
  /** Counts the changes that ask for a new certificate. */
  major_version?: number | null;
  /** Counts the others. */
  minor_version?: number | null;
  /** The template's object identifier. */
  template: string;
}

/** One check. */
export interface Check {
  /** How many things it is about, where they can be counted. */
  count?: number | null;
  /** A sentence: what will happen, or what is to be done. */
  detail: string;
  /** Which. */
  name: Name;
  /** What it found. */
  status: Status;
}

/** The claims of a token. */
export type Claims = {
  [field: string]: unknown;
};

/** A ContentInfo (RFC 5652 3). */
export interface Cms {
  /** `signedData`, `envelopedData` or another content type by name. */
  content_type: string;
  /** `der`, or `ber` where lengths are indefinite or strings come in pieces. */
  encoding: string;
  /** RFC 5652 6, and authEnvelopedData (RFC 5083 2) */
  enveloped_data?: EnvelopedData | null;
  /** RFC 5652 5 */
  signed_data?: SignedData | null;
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

/** Findings by severity; those that were left out are not counted. */
export interface Counts {
  /** What breaks a rule that verifiers enforce, or cannot work. */
  error: number;
  /** What is worth knowing. */
  notice: number;
  /** What some program refuses, or what will break later. */
  warning: number;
}

/** A CRL number of at most 20 octets, decimal or with 0x hexadecimal (RFC 5280 5.2.3). */
export type CrlNumber = string;

/** A path that holds, and what it was found to be. */
export interface Decision {
  /** The one of the names asked for that the certificate has. */
  identity?: string | null;
  /**
   * The last second in which it holds, Unix seconds: the end of the certificate on it that ends first, or of the list
   * or response that says that one of them is good.
   */
  not_after: number;
  /** From the certificate in question to the anchor. */
  path: PathCertificate[];
  /** The policies that it is valid for, in the anchor's words (RFC 5280 6.1.6); `2.5.29.32.0` is any. */
  policies: string[];
  /** What it was verified for. */
  purpose: Purpose;
  /** What it is as strong as. */
  weakest: Weakest;
}

/** Certificates of one kind. */
export interface Dependents {
  /** How many are valid now. */
  count: number;
  /** How many have ended. */
  ended: number;
  /** How many end in each thirty days from now on; those without are left out. */
  expiries: Expiry[];
  /** When the first of the valid ones ends. */
  first_not_after: number | null;
  /** When the last of them ends. */
  last_not_after: number | null;
  /** The profile's name. */
  profile: string;
}

/** A key of the set. */
export interface Described {
  /** Its algorithm. */
  algorithm: JwsAlgorithm;
  /** Its id. */
  kid: string;
  /** PEM, SubjectPublicKeyInfo. */
  public_key: string;
  /** SHA-256 of what makes the key (RFC 7638). */
  thumbprint: string;
}

/** A description, told apart by its `kind`. */
export type Description =
  /** RFC 5280 4.1 */
  | Certificate & {
    kind: "certificate";
  }
  /** RFC 2986 4.2 */
  | CertificateRequest & {
    kind: "certificate_request";
  }
  /** RFC 5958 2, RFC 8017 A.1.2 or RFC 5915 3, not encrypted */
  | PrivateKey & {
    kind: "private_key";
  }
  /** RFC 5958 3 or RFC 1421 4.6.1.1 */
  | EncryptedPrivateKey & {
    kind: "encrypted_private_key";
  }
  /** RFC 5280 4.1.2.7 or RFC 8017 A.1.1 */
  | PublicKey & {
    kind: "public_key";
  }
  /** RFC 5280 5.1 */
  | CertificateList & {
    kind: "certificate_list";
  }
  /** RFC 6960 4.1 */
  | OcspRequest & {
    kind: "ocsp_request";
  }
  /** RFC 6960 4.2 */
  | OcspResponse & {
    kind: "ocsp_response";
  }
  /** RFC 5652 3 */
  | Cms & {
    kind: "cms";
  }
  /** RFC 7292 4; what is in it only its password shows. */
  | Keystore & {
    kind: "pkcs12";
  }
  /** One of Java's own keystores, JKS or JCEKS. */
  | Keystore & {
    kind: "jks";
  }
  /** RFC 5480 2.1.1: what OpenSSL writes before a SEC1 key. */
  | EcParameters & {
    kind: "ec_parameters";
  }
  /** One of several that cannot be read. */
  | Unreadable & {
    kind: "unreadable";
  };

/** What a device's certificate says of it. */
export interface Device {
  /** PEM. */
  certificate: string;
  /** The first common name of the subject. */
  common_name?: string | null;
  /** RFC 4514. */
  issuer: string;
  /** Its last second, Unix seconds. */
  not_after: number;
  /** Hexadecimal. */
  serial: string;
  /** SHA-256 of the certificate, hexadecimal. */
  sha256: string;
  /** RFC 4514. */
  subject: string;
  /** The subject alternative names as `form:value`. */
  subject_alternative_names: string[];
}

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

/** RFC 5280 4.2.1.13 */
export interface DistributionPoint {
  /** Who signs the list, where that is not the certificate's issuer. */
  crl_issuer?: string[];
  /** General names of the list, mostly `uri:`. */
  names?: string[];
  /** The reasons that the list covers, where it does not cover all. */
  reasons?: string[];
}

/** The parameters of an elliptic curve (RFC 5480 2.1.1). */
export interface EcParameters {
  /** The name of the curve. */
  curve: string;
}

/** A private key that only its passphrase opens. */
export interface EncryptedPrivateKey {
  /** The octets of the encrypted key. */
  encrypted_length_bytes: number;
  /** How it is encrypted. */
  encryption?: Algorithm | null;
  /** `pkcs8`, or `pem` for the encryption of RFC 1421. */
  format: string;
  /** The cipher that the headers of an RFC 1421 block name. */
  pem_cipher?: string | null;
}

/** A certification request that is signed by the key in it. */
export interface Enrollment {
  /** The challenge password, where the client has one. */
  challenge_password?: Secret | null;
  /** Its first common name. */
  common_name: string | null;
  /** PEM. */
  csr: string;
  /** SHA-256 of the request in hexadecimal. */
  csr_sha256: string;
  /** The subject asked for (RFC 4514). */
  subject: string;
}

/** RFC 5652 6.1 */
export interface EnvelopedData {
  /** The cipher of the content. */
  content_encryption: Algorithm;
  /** What is in it, by name. */
  content_type: string;
  /** The octets of the encrypted content; absent where it is detached. */
  encrypted_content_length_bytes?: number | null;
  /** Who can open it. */
  recipients: Recipient[];
  /** As it stands there: 0 to 4. */
  version: number;
}

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

/** How many certificates end within thirty days. */
export interface Expiry {
  /** How many. */
  count: number;
  /** The first second of the thirty days. */
  from: number;
}

/** A rule as it is told to others. */
export interface Explanation {
  /** What is found. */
  about: string;
  /** Its id, in snake case. */
  id: string;
  /** What to do. */
  remedy: string;
  /** How bad a finding of it is. */
  severity: Severity;
  /** The document and section, or the client that it comes from. */
  source: string;
}

/** One extension: which, whether it is critical, and what it says. */
export type Extension = {
  /** Must who does not know it refuse the certificate? */
  critical: boolean;
  /** The object identifier. */
  oid: string;
} & (
  /** RFC 5280 4.2.1.9 */
  | {
    name: "basicConstraints";
    value: BasicConstraints;
  }
  /** RFC 5280 4.2.1.3: the names of the bits that are set. */
  | {
    name: "keyUsage";
    value: string[];
  }
  /** RFC 5280 4.2.1.12: the purposes by name, or in digits where they have none. */
  | {
    name: "extendedKeyUsage";
    value: string[];
  }
  /** RFC 5280 4.2.1.6: general names as `dns:a.example`. */
  | {
    name: "subjectAltName";
    value: string[];
  }
  /** RFC 5280 4.2.1.7 */
  | {
    name: "issuerAltName";
    value: string[];
  }
  /** RFC 5280 4.2.1.2: lowercase hex. */
  | {
    name: "subjectKeyIdentifier";
    value: string;
  }
  /** RFC 5280 4.2.1.1 */
  | {
    name: "authorityKeyIdentifier";
    value: AuthorityKeyIdentifier;
  }
  /** RFC 5280 4.2.1.13 */
  | {
    name: "cRLDistributionPoints";
    value: DistributionPoint[];
  }
  /** RFC 5280 4.2.1.15 */
  | {
    name: "freshestCRL";
    value: DistributionPoint[];
  }
  /** RFC 5280 4.2.2.1 */
  | {
    name: "authorityInfoAccess";
    value: AccessDescription[];
  }
  /** RFC 5280 4.2.2.2 */
  | {
    name: "subjectInfoAccess";
    value: AccessDescription[];
  }
  /** RFC 5280 4.2.1.4 */
  | {
    name: "certificatePolicies";
    value: PolicyInformation[];
  }
  /** RFC 5280 4.2.1.5 */
  | {
    name: "policyMappings";
    value: PolicyMapping[];
  }
  /** RFC 5280 4.2.1.11 */
  | {
    name: "policyConstraints";
    value: PolicyConstraints;
  }
  /** RFC 5280 4.2.1.14: how many certificates may follow. */
  | {
    name: "inhibitAnyPolicy";
    value: number;
  }
  /** RFC 5280 4.2.1.10 */
  | {
    name: "nameConstraints";
    value: NameConstraints;
  }
  /** RFC 3280 4.2.1.4 */
  | {
    name: "privateKeyUsagePeriod";
    value: PrivateKeyUsagePeriod;
  }
  /** RFC 7633: the TLS extensions that the server must answer. */
  | {
    name: "tlsFeature";
    value: string[];
  }
  /** RFC 6960 4.2.2.2.1: the responder's certificate need not be checked. */
  | {
    name: "ocspNoCheck";
    value: boolean;
  }
  /** RFC 9654: lowercase hex. */
  | {
    name: "ocspNonce";
    value: string;
  }
  /** RFC 6962 3.3 */
  | {
    name: "signedCertificateTimestamps";
    value: SignedCertificateTimestamp[];
  }
  /** RFC 6962 3.1: this is no certificate but what a log signs beforehand. */
  | {
    name: "precertificatePoison";
    value: boolean;
  }
  /** RFC 5280 5.2.3 */
  | {
    name: "cRLNumber";
    value: Number;
  }
  /** RFC 5280 5.2.4: the number of the list that this one adds to. */
  | {
    name: "deltaCRLIndicator";
    value: Number;
  }
  /** RFC 5280 5.2.5 */
  | {
    name: "issuingDistributionPoint";
    value: IssuingDistributionPoint;
  }
  /** RFC 5280 5.3.1 */
  | {
    name: "reasonCode";
    value: string;
  }
  /** RFC 5280 5.3.2: Unix seconds. */
  | {
    name: "invalidityDate";
    value: number;
  }
  /** RFC 5280 5.3.3 */
  | {
    name: "certificateIssuer";
    value: string[];
  }
  /** RFC 3280 5.3.2 */
  | {
    name: "holdInstructionCode";
    value: string;
  }
  /** The template of version 1, by name. */
  | {
    name: "microsoftCertificateTemplateName";
    value: string;
  }
  /** The template of version 2 and later, by identifier. */
  | {
    name: "microsoftCertificateTemplate";
    value: CertificateTemplate;
  }
  /** Which certificate and key of the authority signed. */
  | {
    name: "microsoftCaVersion";
    value: CaVersion;
  }
  /** The hash of the authority's certificate before this one, lowercase hex. */
  | {
    name: "microsoftPreviousCaCertificateHash";
    value: string;
  }
  /** As certificatePolicies, for key purposes. */
  | {
    name: "microsoftApplicationPolicies";
    value: PolicyInformation[];
  }
  /** When the next list is published, Unix seconds. */
  | {
    name: "microsoftNextCrlPublish";
    value: number;
  }
  /** The account's SID, which binds the certificate to it. */
  | {
    name: "microsoftSecurityIdentifier";
    value: string;
  }
  /** The names of the bits that are set. */
  | {
    name: "netscapeCertType";
    value: string[];
  }
  /** Text. */
  | {
    name: "netscapeComment";
    value: string;
  }
  /** An extension that has a name or none, but is not decoded here. */
  | {
    name: "other";
    value: OtherExtension;
  }
  /** An extension that is not what its document says. */
  | {
    name: "malformed";
    value: MalformedExtension;
  });

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

/** Something that is wrong, or worth knowing. */
export interface Finding {
  /** What was found, and what was wanted. */
  detail: string;
  /** The rule's id, such as `ra_key_usage_incomplete`. */
  id: string;
  /** What to do. */
  remedy: string;
  /** How bad it is. */
  severity: Severity;
  /** The document and section, or the client that it comes from. */
  source: string;
  /** Where in the object, such as `serialNumber` or `extensions.2`, both counted from 0. */
  where: string;
}

/** The same as it was found. */
export interface FoundCertificate {
  /** PEM */
  certificate: string;
  /** Its name in the keystore. */
  friendly_name: string | null;
  /** Why it cannot be used. */
  problem?: Error | null;
}

/** One generation that is not the current one. */
export interface Generation {
  /** Its certificate, PEM. */
  certificate: string;
  /** Its issuers' certificates, nearest first, the root last; empty for a root. */
  chain: string[];
  /** Where its CRL is: each key has one of its own. */
  crl_urls: string[];
  /** New with old and old with new, PEM, if it came with a new key (RFC 4210 section 4.4). */
  cross_certificates?: string[];
  /** Where its certificate is. */
  issuer_urls: string[];
  /** The id of its key. */
  key: string;
  /** Its number: the first is 1. */
  number: number;
  /** Where its OCSP responder is. */
  ocsp_urls: string[];
  /** Whether less than today's signatures and keys will do in its chain. */
  strength?: Strength;
  /** The key identifier of all that it issues. */
  subject_key_identifier: Base64Url;
}

/**
 * The header parameters that mean something here (RFC 7515 4.1). All others are passed over, `jwk`, `jku`, `x5c` and
 * `x5u` too: a key that comes with a token proves nothing.
 */
export interface Header {
  /** The algorithm. */
  alg: JwsAlgorithm;
  /** The id of the key. */
  kid?: string | null;
  /** The media type. */
  typ?: string | null;
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

/** What an HTTP message signature says. */
export interface HttpReport {
  /** What it covers, as RFC 9421 writes it: `"@method"`, `"content-digest";req`. */
  covered: string[];
  /** How it names the key. */
  keyid?: string | null;
  /** Its label. */
  label: string;
  /** The signer's nonce. */
  nonce?: string | null;
  /** What it is for. */
  tag?: string | null;
}

/** Whose certificate or key it is: SignerIdentifier, RecipientIdentifier (RFC 5652 5.3 and 6.2.1). */
export interface Identifier {
  /** RFC 4514. */
  issuer?: string | null;
  /** Lowercase hex. */
  serial?: string | null;
  /** Lowercase hex. */
  subject_key_identifier?: string | null;
}

/** A certificate that was issued. */
export interface Issued {
  /** PEM. */
  certificate: string;
  /** What an inventory keeps. */
  record: CertificateRecord;
}

/** RFC 5280 5.2.5 */
export interface IssuingDistributionPoint {
  /** Certificates of other issuers are listed too. */
  indirect_crl: boolean;
  /** General names of the list. */
  names?: string[];
  /** Only attribute certificates are listed. */
  only_contains_attribute_certs: boolean;
  /** Only authorities are listed. */
  only_contains_ca_certs: boolean;
  /** Only end entities are listed. */
  only_contains_user_certs: boolean;
  /** Only these reasons are listed. */
  only_some_reasons?: string[];
}

/** A public key for signatures, to be published. */
export type Jwk = {
  alg: JwsAlgorithm;
  kid: string;
  use: string;
} & (
  | {
    crv: string;
    kty: string;
    x: string;
    y: string;
  }
  | {
    crv: string;
    kty: string;
    x: string;
  }
  | {
    e: string;
    kty: string;
    n: string;
  });

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
 * The form in which a private key was found.
 *
 * - `pkcs8`: PKCS#8 (RFC 5958).
 * - `pkcs1`: RSAPrivateKey (RFC 8017 A.1.2).
 * - `sec1`: ECPrivateKey (RFC 5915).
 */
export type KeyFormat = "pkcs8" | "pkcs1" | "sec1";

/** The kind and size of a key as profiles and inventories speak of it. */
export type KeyKind =
  /** RSA, with the length of the modulus in bits. */
  | {
    algorithm: "rsa";
    /** Length of the modulus. */
    bits: number;
  }
  /** RSA for RSASSA-PSS alone (RFC 4055 1.2), with the length of the modulus in bits. */
  | {
    algorithm: "rsa_pss";
    /** Length of the modulus. */
    bits: number;
  }
  /** P-256. */
  | {
    algorithm: "p256";
  }
  /** P-384. */
  | {
    algorithm: "p384";
  }
  /** P-521. */
  | {
    algorithm: "p521";
  }
  /** Ed25519. */
  | {
    algorithm: "ed25519";
  }
  /** ML-DSA-44. */
  | {
    algorithm: "ml_dsa_44";
  }
  /** ML-DSA-65. */
  | {
    algorithm: "ml_dsa_65";
  }
  /** ML-DSA-87. */
  | {
    algorithm: "ml_dsa_87";
  };

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

/** A keystore, which nobody opened. */
export interface Keystore {
  /** The octets of the file. */
  length_bytes: number;
  /** Their SHA-256, lowercase hex. */
  sha256: string;
}

/** A private key and what belongs to it, as it was found. */
export type KeystoreEntry = {
  /** PEM; null if no certificate in the keystore is one for this key. */
  certificate: string | null;
  /** Those above it, PEM, nearest first. */
  chain: string[];
  /** Its name in the keystore: the friendly name or the alias. */
  friendly_name: string | null;
  /** PEM, PKCS#8, not encrypted; null if `problem` says why not. */
  private_key: Secret | null;
  /** Why the key cannot be used: another password, an algorithm that is not supported, a size that is too small. */
  problem?: Error | null;
} & Partial<
    /** RSA, with the length of the modulus in bits. */
    | {
      algorithm: "rsa";
      /** Length of the modulus. */
      bits: number;
    }
    /** RSA for RSASSA-PSS alone (RFC 4055 1.2), with the length of the modulus in bits. */
    | {
      algorithm: "rsa_pss";
      /** Length of the modulus. */
      bits: number;
    }
    /** P-256. */
    | {
      algorithm: "p256";
    }
    /** P-384. */
    | {
      algorithm: "p384";
    }
    /** P-521. */
    | {
      algorithm: "p521";
    }
    /** Ed25519. */
    | {
      algorithm: "ed25519";
    }
    /** ML-DSA-44. */
    | {
      algorithm: "ml_dsa_44";
    }
    /** ML-DSA-65. */
    | {
      algorithm: "ml_dsa_65";
    }
    /** ML-DSA-87. */
    | {
      algorithm: "ml_dsa_87";
    }>;

/** A certificate that was left out. */
export interface LeftOut {
  /** The code of what stopped its path, such as `path_algorithm_refused`. */
  code: ErrorCode;
  /** The same in words. */
  detail: string;
  /** SHA-256 of it in hexadecimal. */
  sha256: string;
}

/** What was looked at, and what was found. */
export interface LintedObject {
  /** Where it stands in the request: `inputs.0.1`, `authority.chain.0`, `helpers.0`. */
  at: string;
  /** The worst first. */
  findings: Finding[];
  /** Which of the inputs it comes from, counted from 0. */
  input?: number | null;
  /** `certificate`, `certificate_request`, `certificate_list`, `authority` or another kind of `inspect`. */
  kind: string;
  /** How many more there are of rules that were told often. */
  left_out?: number;
  /** The subject, or the issuer of a list, as RFC 4514 writes it. */
  name?: string | null;
  /** SHA-256 of the DER, lowercase hex; not of private keys. */
  sha256?: string | null;
}

/** Renewals spread evenly. */
export interface Load {
  /** How many certificates there are to renew. */
  certificates: number;
  /** When the last one can be done, if the first is done now, Unix seconds. */
  done_at: number;
  /** How many in an hour, rounded up. */
  per_hour: number;
  /** Over how many seconds. */
  spread_seconds: number;
}

/**
 * What protected a file against changes.
 *
 * - `hmac_sha1`: HMAC-SHA1: old, and still sound.
 * - `hmac_sha256`: HMAC-SHA256.
 * - `hmac_sha384`: HMAC-SHA384.
 * - `hmac_sha512`: HMAC-SHA512.
 * - `pbmac1`: PBMAC1 (RFC 9579).
 */
export type MacName = "hmac_sha1" | "hmac_sha256" | "hmac_sha384" | "hmac_sha512" | "pbmac1";

/** An extension that is not what its document says. */
export interface MalformedExtension {
  /** The first 1024 of them in lowercase hex. */
  hex: string;
  /** Which extension it should be. */
  known_as: string;
  /** How many octets there are. */
  length_bytes: number;
  /** What was found and what was wanted. */
  problem: string;
}

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

/**
 * The names of the checks.
 *
 * - `waiting_generation`: No other renewal is waiting.
 * - `former_generations`: There is room for another generation.
 * - `issuer`: The issuer of a subordinate can renew it.
 * - `new_key`: The new key does nothing else.
 * - `authority_key_identifier`: Nothing names the authority's certificate by issuer and serial number.
 * - `subject_key_identifier`: The certificate has the key identifier that others name it by.
 * - `path_length`: Certificates that cross have room.
 * - `time_left`: The renewal comes in time.
 * - `validity_nesting`: Nothing is valid longer than its authority.
 * - `addresses`: The addresses can be written.
 * - `trust_anchors`: Who trusts the old certificate gets the new one.
 * - `subordinate_authorities`: Authorities below.
 * - `tls_certificates`: Certificates of servers.
 * - `helpers`: Helpers: registration authorities, OCSP signers.
 * - `https_distribution_points`: Distribution over HTTPS.
 * - `signed_profiles`: Signed configuration profiles.
 * - `management_plugins`: Plug-ins of other management systems.
 * - `enrolment_tokens`: Tokens for automated enrolment.
 * - `ca_fingerprint_profiles`: Profiles that pin the certificate.
 * - `auto_select_filters`: Browser policies by the issuer's name.
 * - `trust_lists`: Servers that hold the certificate as their anchor.
 * - `escrow_recipients`: What is encrypted for the certificate.
 * - `crl_of_the_old_key`: The CRL of the old key goes on.
 * - `ocsp_of_the_old_key`: OCSP for the old key goes on.
 * - `herd`: How many devices come, and how fast.
 */
export type Name = "waiting_generation" | "former_generations" | "issuer" | "new_key" | "authority_key_identifier" | "subject_key_identifier" | "path_length" | "time_left" | "validity_nesting" | "addresses" | "trust_anchors" | "subordinate_authorities" | "tls_certificates" | "helpers" | "https_distribution_points" | "signed_profiles" | "management_plugins" | "enrolment_tokens" | "ca_fingerprint_profiles" | "auto_select_filters" | "trust_lists" | "escrow_recipients" | "crl_of_the_old_key" | "ocsp_of_the_old_key" | "herd";

/** RFC 5280 4.2.1.10 */
export interface NameConstraints {
  /** Those that win over the permitted ones. */
  excluded?: string[];
  /** General names; an address is a network. */
  permitted?: string[];
}

/** A nonce of 1 to 128 octets in base64url (RFC 9654). */
export type Nonce = Uint8Array;

/** A number that may be longer than an integer of any host. */
export interface Number {
  /** The same in decimal where it fits 64 bits. */
  decimal?: string | null;
  /** Lowercase hex without leading zeros. */
  hex: string;
}

/** One object of the input. */
export type Object = {
  /** The label of its PEM block; absent for bare DER. */
  pem_label?: string | null;
} & (
  /** RFC 5280 4.1 */
  | Certificate & {
    kind: "certificate";
  }
  /** RFC 2986 4.2 */
  | CertificateRequest & {
    kind: "certificate_request";
  }
  /** RFC 5958 2, RFC 8017 A.1.2 or RFC 5915 3, not encrypted */
  | PrivateKey & {
    kind: "private_key";
  }
  /** RFC 5958 3 or RFC 1421 4.6.1.1 */
  | EncryptedPrivateKey & {
    kind: "encrypted_private_key";
  }
  /** RFC 5280 4.1.2.7 or RFC 8017 A.1.1 */
  | PublicKey & {
    kind: "public_key";
  }
  /** RFC 5280 5.1 */
  | CertificateList & {
    kind: "certificate_list";
  }
  /** RFC 6960 4.1 */
  | OcspRequest & {
    kind: "ocsp_request";
  }
  /** RFC 6960 4.2 */
  | OcspResponse & {
    kind: "ocsp_response";
  }
  /** RFC 5652 3 */
  | Cms & {
    kind: "cms";
  }
  /** RFC 7292 4; what is in it only its password shows. */
  | Keystore & {
    kind: "pkcs12";
  }
  /** One of Java's own keystores, JKS or JCEKS. */
  | Keystore & {
    kind: "jks";
  }
  /** RFC 5480 2.1.1: what OpenSSL writes before a SEC1 key. */
  | EcParameters & {
    kind: "ec_parameters";
  }
  /** One of several that cannot be read. */
  | Unreadable & {
    kind: "unreadable";
  });

/** An OCSP request. */
export interface OcspRequest {
  /** Of the whole request. */
  extensions: Extension[];
  /** Who asks, as general names are written. */
  requestor?: string | null;
  /** What is asked about. */
  requests: RequestedStatus[];
  /** SHA-1, which older tools show. */
  sha1: string;
  /** SHA-256. */
  sha256: string;
  /** Whether it has a signature, which is not checked here. */
  signed: boolean;
  /** Always 1. */
  version: number;
}

/** An OCSP response. */
export interface OcspResponse {
  /** What goes along. */
  certificates?: Certificate[];
  /** Of the whole response. */
  extensions?: Extension[];
  /** When it was signed, Unix seconds. */
  produced_at?: number;
  /** Who answers: `key:` and the SHA-1 of its key, or `name:` and RFC 4514. */
  responder?: string;
  /** What is known. */
  responses?: CertificateStatus[];
  /** SHA-1, which older tools show. */
  sha1: string;
  /** SHA-256. */
  sha256: string;
  /** What the responder signed with. */
  signature_algorithm?: Algorithm;
  /** `successful`, or why there is no answer. */
  status: string;
  /** Always 1. */
  version?: number;
}

/** An extension that is not decoded here. */
export interface OtherExtension {
  /** The first 1024 of them in lowercase hex. */
  hex: string;
  /** The name, if it is known. */
  known_as?: string | null;
  /** How many octets there are. */
  length_bytes: number;
  /** The text, if the value is one character string. */
  text?: string | null;
}

/** One certificate of a path, or the anchor. */
export interface PathCertificate {
  /** Where it was in the request: `certificate`, `intermediates.2`, `anchors.0`. */
  from: string;
  /** Unix seconds; none of an anchor that is a name and a key. */
  not_after?: number | null;
  /** None of an anchor, which nobody revokes. */
  revocation?: RevocationStatus | null;
  /** Hexadecimal; none of an anchor that is a name and a key. */
  serial?: string | null;
  /** SHA-256 of the certificate, hexadecimal; none of an anchor that is a name and a key. */
  sha256?: string | null;
  /** RFC 4514. */
  subject: string;
}

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

/** RFC 5280 4.2.1.11: after how many certificates the demand holds. */
export interface PolicyConstraints {
  /** Then policies are no longer mapped. */
  inhibit_policy_mapping?: number | null;
  /** Then a policy must be acceptable. */
  require_explicit_policy?: number | null;
}

/** One policy and its qualifiers. */
export interface PolicyInformation {
  /** Where the certification practice statement is. */
  cps?: string[];
  /** Qualifiers of other kinds, by object identifier. */
  other_qualifiers?: string[];
  /** The name, or the digits where it has none. */
  policy: string;
  /** Text for who relies on the certificate. */
  user_notices?: string[];
}

/** RFC 5280 4.2.1.5 */
export interface PolicyMapping {
  /** The issuer's policy. */
  issuer_domain_policy: string;
  /** The subject's that counts as the same. */
  subject_domain_policy: string;
}

/** A private key that is not encrypted. */
export interface PrivateKey {
  /** `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC. */
  algorithm: string;
  /** The bits of the modulus or of the curve; those of the whole public key for ML-DSA. */
  bits?: number | null;
  /** The named curve of an elliptic curve key. */
  curve?: string | null;
  /** `pkcs8`, `pkcs1` or `sec1`. */
  format: string;
  /**
   * SHA-256 of the SubjectPublicKeyInfo that belongs to it, lowercase hex. Absent where the key does not say it and the
   * engine does not compute it; one that only verifies never does.
   */
  public_key_sha256?: string | null;
}

/** RFC 3280 4.2.1.4, Unix seconds */
export interface PrivateKeyUsagePeriod {
  /** It may sign until here. */
  not_after?: number | null;
  /** The key may sign from here. */
  not_before?: number | null;
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
  ocsp_no_check: boolean;
  /** The lifetime unless the request asks for another, in seconds. */
  validity_seconds: number;
}

/** A public key: what it is, how large, and the hash that tells it from others. */
export interface PublicKey {
  /** `rsaEncryption`, `ecPublicKey`, `Ed25519` or another name from the algorithm's RFC. */
  algorithm: string;
  /** The bits of the modulus or of the curve; those of the whole key for ML-DSA. */
  bits?: number | null;
  /** The named curve of an elliptic curve key. */
  curve?: string | null;
  /** The public exponent of an RSA key in decimal, or in hex where it is larger than 64 bits. */
  exponent?: string | null;
  /** SHA-256 of the SubjectPublicKeyInfo in DER, lowercase hex. */
  sha256: string;
}

/** A JWK set. */
export interface Published {
  keys: Jwk[];
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

/** RFC 5652 6.2, told apart by its `type`. */
export type Recipient =
  /** RFC 5652 6.2.1 */
  | {
    /** The octets of the encrypted key. */
    encrypted_key_length_bytes: number;
    /** Whose certificate. */
    identifier: Identifier;
    /** How the content key is encrypted. */
    key_encryption: Algorithm;
    type: "key_transport";
  }
  /** RFC 5652 6.2.2 */
  | {
    /** Whose certificates. */
    identifiers: Identifier[];
    /** How the key that encrypts the content key is agreed on, and the cipher that wraps. */
    key_encryption: Algorithm;
    type: "key_agreement";
  }
  /** RFC 5652 6.2.3 */
  | {
    /** How the content key is encrypted. */
    key_encryption: Algorithm;
    /** The name of the key, lowercase hex. */
    key_identifier: string;
    type: "key_encryption_key";
  }
  /** RFC 5652 6.2.4 */
  | {
    /** How the password becomes a key. */
    key_derivation?: Algorithm | null;
    /** How the content key is encrypted. */
    key_encryption: Algorithm;
    type: "password";
  }
  /** RFC 5652 6.2.5 */
  | {
    /** The kind by name. */
    recipient_type: string;
    type: "other";
  };

/** Why a message is refused. */
export interface Rejection {
  /** The error, for the log and the failInfoText. */
  error: Error;
  /** What to answer. */
  fail_info: FailInfo;
}

/**
 * Under what a message is remembered. The same key a second time is the same message a second time, whatever has been
 * changed of it on the way. Two messages that say the same, time and nonce included, are one.
 */
export interface Replay {
  /** 64 hexadecimal digits. */
  key: string;
  /**
   * The last second in which the message would be accepted, Unix seconds: until then it has to be remembered. None for an
   * undated one, which has to be remembered for as long as its signer's key is accepted.
   */
  until?: number | null;
}

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

/** One certificate that is asked about. */
export interface RequestedCertificate {
  /** Which of the authorities issued it, from 0; null for one of somebody else, whose status is unknown here. */
  authority: number | null;
  /** The CertID, DER: the response repeats it. */
  cert_id: Base64Url;
  /** The digest that it was named with; null for one that is not known here. */
  digest: DigestAlgorithm | null;
  /**
   * Which of that authority's generations: of those that share the key the newest that is or was in use and has not
   * ended; null with `authority`.
   */
  generation: number | null;
  /** Its serial number in hexadecimal; null if no authority can have given it. */
  serial: string | null;
}

/** One certificate that is asked about. */
export interface RequestedStatus {
  /** What the digests are made with. */
  digest: Algorithm;
  /** Of this part of the request. */
  extensions?: Extension[];
  /** Of the issuer's key, lowercase hex. */
  issuer_key_hash: string;
  /** Of the issuer's name, lowercase hex. */
  issuer_name_hash: string;
  /** Lowercase hex. */
  serial: string;
}

/** A certificate that should be revoked. */
export interface Revocable {
  /** PEM. */
  certificate: string;
  /** The generation whose key signed it and signs the list that it belongs on; nothing if that is the authority's issuer. */
  generation?: number | null;
  /** Its serial number in hexadecimal. */
  serial: string;
}

/** What is known of the revocation of a certificate. */
export interface RevocationStatus {
  /** When there will be news of the first of all that say so, deltas included; Unix seconds. */
  next_update?: number | null;
  /** Why nothing is known. */
  reason?: string | null;
  /** What says so: `crls.1`, `ocsp_responses.0`; the last one, where it took several. */
  source?: string | null;
  /** `good`, `unknown`, `not_checked`, or `exempt`: a responder's certificate that says that nobody need ask. */
  status: string;
  /** When that was known, Unix seconds. */
  this_update?: number | null;
}

/** One entry of a list (RFC 5280 5.3). */
export interface RevokedCertificate {
  /** The other extensions of the entry. */
  extensions?: Extension[];
  /** Why, by the name that RFC 5280 5.3.1 gives it. */
  reason?: string | null;
  /** Unix seconds. */
  revocation_date: number;
  /** Lowercase hex without leading zeros. */
  serial: string;
}

/** The parameters of scrypt (RFC 7914 7). */
export interface Scrypt {
  /** r */
  block_size: number;
  /** N */
  cost: number;
  /** p */
  parallelization: number;
}

/** A secret text, such as a private key in PEM; wiped after use. */
export type Secret = string;

/** Secret bytes in base64url without padding (RFC 4648 section 5); wiped after use. */
export type SecretBytes = Uint8Array;

/**
 * How bad a finding is.
 *
 * - `notice`: Worth knowing; nobody has to act.
 * - `warning`: Some program refuses it, or it will break later.
 * - `error`: It breaks a rule that verifiers enforce, or it cannot work.
 */
export type Severity = "notice" | "warning" | "error";

/** One log's promise. */
export interface SignedCertificateTimestamp {
  /** SHA-256 of the log's key, lowercase hex. */
  log_id?: string | null;
  /** Unix milliseconds. */
  timestamp_milliseconds?: number | null;
  /** 1 for RFC 6962; where it is another, the other fields are absent. */
  version: number;
}

/** RFC 5652 5.1 */
export interface SignedData {
  /** In their order. */
  certificate_lists?: Description[];
  /** In their order. */
  certificates: Description[];
  /** No content and no signer: a way to hand out certificates and lists (RFC 5652 5.2, RFC 8894 3.4). */
  certificates_only: boolean;
  /** The content, where it is an object that can be described. */
  content?: Description | null;
  /** The octets of the content; absent where it is detached. */
  content_length_bytes?: number | null;
  /** By name. */
  content_type: string;
  /** By name. */
  digest_algorithms: string[];
  /** Who signed. */
  signers: Signer[];
  /** As it stands there: 1 to 5. */
  version: number;
}

/** RFC 5652 5.3 */
export interface Signer {
  /** What the content was hashed with. */
  digest_algorithm: Algorithm;
  /** Whose certificate. */
  identifier: Identifier;
  /** What was signed with. */
  signature_algorithm: Algorithm;
  /** Under the signature. */
  signed_attributes?: Attribute[];
  /** Beside it. */
  unsigned_attributes?: Attribute[];
  /** As it stands there: 1 or 3. */
  version: number;
}

/**
 * The certificate that a request is signed with.
 *
 * Nothing is known of it but that its key signed the message: a renewal is one only if this very
 * certificate (`sha256`) is in the inventory.
 */
export interface SignerReport {
  /** PEM. */
  certificate: string;
  /**
   * Whether the certification request is for the signer's key; only where there is one. If it is not,
   * the signer needs an authority of its own, that of a renewal: a challenge password alone proves
   * nothing, for anybody can sign around somebody else's envelope (RFC 8894 section 2.3).
   */
  holds_requested_key?: boolean | null;
  /** SHA-256 of its SubjectPublicKeyInfo in hexadecimal. */
  public_key_sha256: string;
  /** The serial number in hexadecimal. */
  serial: string;
  /** SHA-256 of the certificate in hexadecimal. */
  sha256: string;
  /** The subject (RFC 4514). */
  subject: string;
}

/**
 * What a check found.
 *
 * - `ok`: Nothing to do.
 * - `attention`: Somebody has to do something, or be told.
 * - `unknown`: The request does not say how many there are.
 * - `refused`: The renewal would be refused.
 */
export type Status = "ok" | "attention" | "unknown" | "refused";

/**
 * The least that signatures and keys have to be on the paths that the engine itself walks: to its authorities, their
 * helpers, and those who answer for a SCEP server. What is left out is as today's certificates are; less is for
 * authorities of long ago, and for who asks for it by name.
 */
export interface Strength {
  /** Whether signatures with SHA-1 count; they can be forged. */
  allow_sha1: boolean;
  /** The smallest RSA key, in bits: 2048. */
  minimum_rsa_bits: number;
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

/** Octets as they were found. */
export interface Undecoded {
  /** The first 1024 of them in lowercase hex. */
  hex: string;
  /** How many octets there are. */
  length_bytes: number;
}

/** An object that cannot be read. */
export interface Unreadable {
  /** The octets of the object. */
  length_bytes: number;
  /** What was found and what was wanted. */
  problem: string;
  /** Their SHA-256, lowercase hex. */
  sha256: string;
}

/** Who signed. */
export interface VerifiedSigner {
  /** Its certificate, unless the caller vouched for the key alone. */
  device?: Device | null;
  /** Where it was in the request: `signers.2`, or `message.signature` for a certificate that came with the message. */
  from: string;
  /** SHA-256 of its SubjectPublicKeyInfo, hexadecimal. */
  public_key_sha256: string;
}

/** The certificate that a client asks for, or asks the CRL for. */
export interface Wanted {
  /** Its issuer (RFC 4514), as the records of certificates have it. */
  issuer: string;
  /** The same in DER. */
  issuer_der: Base64Url;
  /** Its serial number in hexadecimal, as the records have it. */
  serial: string;
}

/** The weakest key and the weakest digest of a path. */
export interface Weakest {
  /** The digest of a signature; none where all are Ed25519 or ML-DSA. */
  digest?: DigestAlgorithm | null;
  /** Where the key is. */
  from: string;
  /** Algorithm and size. */
  key: KeyKind;
}
