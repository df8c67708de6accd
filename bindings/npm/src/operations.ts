import { runtime } from "./full.js";
import type { KeyRing } from "./key_ring.js";
import type * as requests from "./generated/requests.js";
import type * as responses from "./generated/responses.js";
import type { Signer } from "./signer.js";

/** Makes a key pair. */
export function generateKey(request: requests.GenerateKeyRequest): responses.GenerateKeyResponse {
  return runtime.run("generate_key", request);
}

/** Reads a private key in any of its forms. */
export function readPrivateKey(request: requests.ReadPrivateKeyRequest): responses.ReadPrivateKeyResponse {
  return runtime.run("read_private_key", request);
}

/** Encrypts a private key under a password. */
export function encryptPrivateKey(request: requests.EncryptPrivateKeyRequest): responses.EncryptPrivateKeyResponse {
  return runtime.run("encrypt_private_key", request);
}

/** Writes keys and certificates into a PKCS#12 file. */
export function writePkcs12(request: requests.WritePkcs12Request): responses.WritePkcs12Response {
  return runtime.run("write_pkcs12", request);
}

/** Reads a PKCS#12 file. */
export function readPkcs12(request: requests.ReadPkcs12Request): responses.ReadPkcs12Response {
  return runtime.run("read_pkcs12", request);
}

/** Reads one of Java's own keystores. */
export function readJks(request: requests.ReadJksRequest): responses.ReadJksResponse {
  return runtime.run("read_jks", request);
}

/** Makes a certification request (PKCS#10). */
export function createCsr(request: requests.CreateCsrRequest, keys?: KeyRing): responses.CreateCsrResponse {
  return runtime.run("create_csr", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function createCsrAsync(
  request: requests.CreateCsrRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.CreateCsrResponse> {
  return runtime.converse("create_csr", request, signer, keys);
}

/** Makes a root or subordinate certificate authority. */
export function createAuthority(request: requests.CreateAuthorityRequest, keys?: KeyRing): responses.CreateAuthorityResponse {
  return runtime.run("create_authority", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function createAuthorityAsync(
  request: requests.CreateAuthorityRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.CreateAuthorityResponse> {
  return runtime.converse("create_authority", request, signer, keys);
}

/** Says what a renewal of an authority will do. */
export function planRenewal(request: requests.PlanRenewalRequest): responses.PlanRenewalResponse {
  return runtime.run("plan_renewal", request);
}

/** Makes the next generation of an authority. */
export function renewAuthority(request: requests.RenewAuthorityRequest, keys?: KeyRing): responses.RenewAuthorityResponse {
  return runtime.run("renew_authority", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function renewAuthorityAsync(
  request: requests.RenewAuthorityRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.RenewAuthorityResponse> {
  return runtime.converse("renew_authority", request, signer, keys);
}

/** Takes the next generation of an authority into use. */
export function activateGeneration(request: requests.ActivateGenerationRequest): responses.ActivateGenerationResponse {
  return runtime.run("activate_generation", request);
}

/** Gives up the next generation of an authority. */
export function abandonGeneration(request: requests.AbandonGenerationRequest): responses.AbandonGenerationResponse {
  return runtime.run("abandon_generation", request);
}

/** Makes a certificate from a certification request. */
export function signCsr(request: requests.SignCsrRequest, keys?: KeyRing): responses.SignCsrResponse {
  return runtime.run("sign_csr", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function signCsrAsync(
  request: requests.SignCsrRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.SignCsrResponse> {
  return runtime.converse("sign_csr", request, signer, keys);
}

/** Makes a certificate from a public key alone. */
export function issueFromPublicKey(request: requests.IssueFromPublicKeyRequest, keys?: KeyRing): responses.IssueFromPublicKeyResponse {
  return runtime.run("issue_from_public_key", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function issueFromPublicKeyAsync(
  request: requests.IssueFromPublicKeyRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.IssueFromPublicKeyResponse> {
  return runtime.converse("issue_from_public_key", request, signer, keys);
}

/** Tells the built-in profiles. */
export function profiles(request: requests.ProfilesRequest = {}): responses.ProfilesResponse {
  return runtime.run("profiles", request);
}

/** Makes a revocation list (CRL). */
export function signCrl(request: requests.SignCrlRequest, keys?: KeyRing): responses.SignCrlResponse {
  return runtime.run("sign_crl", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function signCrlAsync(
  request: requests.SignCrlRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.SignCrlResponse> {
  return runtime.converse("sign_crl", request, signer, keys);
}

/** Opens an OCSP request. */
export function openOcspRequest(request: requests.OpenOcspRequestRequest): responses.OpenOcspRequestResponse {
  return runtime.run("open_ocsp_request", request);
}

/** Signs an OCSP response. */
export function signOcspResponse(request: requests.SignOcspResponseRequest, keys?: KeyRing): responses.SignOcspResponseResponse {
  return runtime.run("sign_ocsp_response", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function signOcspResponseAsync(
  request: requests.SignOcspResponseRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.SignOcspResponseResponse> {
  return runtime.converse("sign_ocsp_response", request, signer, keys);
}

/** Writes an OCSP response that says why there is none. */
export function writeOcspError(request: requests.WriteOcspErrorRequest): responses.WriteOcspErrorResponse {
  return runtime.run("write_ocsp_error", request);
}

/** Writes the body of a GetCACert response. */
export function scepWriteCaCertificates(request: requests.ScepWriteCaCertificatesRequest): responses.ScepWriteCaCertificatesResponse {
  return runtime.run("scep_write_ca_certificates", request);
}

/** Reads the body of a GetCACert response. */
export function scepReadCaCertificates(request: requests.ScepReadCaCertificatesRequest): responses.ScepReadCaCertificatesResponse {
  return runtime.run("scep_read_ca_certificates", request);
}

/** Writes the body of a GetNextCACert response. */
export function scepWriteNextCaCertificates(request: requests.ScepWriteNextCaCertificatesRequest, keys?: KeyRing): responses.ScepWriteNextCaCertificatesResponse {
  return runtime.run("scep_write_next_ca_certificates", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function scepWriteNextCaCertificatesAsync(
  request: requests.ScepWriteNextCaCertificatesRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.ScepWriteNextCaCertificatesResponse> {
  return runtime.converse("scep_write_next_ca_certificates", request, signer, keys);
}

/** Reads the body of a GetNextCACert response. */
export function scepReadNextCaCertificates(request: requests.ScepReadNextCaCertificatesRequest): responses.ScepReadNextCaCertificatesResponse {
  return runtime.run("scep_read_next_ca_certificates", request);
}

/** Opens a SCEP request. */
export function scepOpenRequest(request: requests.ScepOpenRequestRequest, keys?: KeyRing): responses.ScepOpenRequestResponse {
  return runtime.run("scep_open_request", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function scepOpenRequestAsync(
  request: requests.ScepOpenRequestRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.ScepOpenRequestResponse> {
  return runtime.converse("scep_open_request", request, signer, keys);
}

/** Seals the reply to a SCEP request. */
export function scepSealReply(request: requests.ScepSealReplyRequest, keys?: KeyRing): responses.ScepSealReplyResponse {
  return runtime.run("scep_seal_reply", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function scepSealReplyAsync(
  request: requests.ScepSealReplyRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.ScepSealReplyResponse> {
  return runtime.converse("scep_seal_reply", request, signer, keys);
}

/** Seals a SCEP request. */
export function scepSealRequest(request: requests.ScepSealRequestRequest, keys?: KeyRing): responses.ScepSealRequestResponse {
  return runtime.run("scep_seal_request", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function scepSealRequestAsync(
  request: requests.ScepSealRequestRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.ScepSealRequestResponse> {
  return runtime.converse("scep_seal_request", request, signer, keys);
}

/** Opens the reply to a SCEP request. */
export function scepOpenReply(request: requests.ScepOpenReplyRequest, keys?: KeyRing): responses.ScepOpenReplyResponse {
  return runtime.run("scep_open_reply", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function scepOpenReplyAsync(
  request: requests.ScepOpenReplyRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.ScepOpenReplyResponse> {
  return runtime.converse("scep_open_reply", request, signer, keys);
}

/** Keeps authorities with their keys in a file under a password. */
export function writeBackup(request: requests.WriteBackupRequest): responses.WriteBackupResponse {
  return runtime.run("write_backup", request);
}

/** Reads that file. */
export function readBackup(request: requests.ReadBackupRequest): responses.ReadBackupResponse {
  return runtime.run("read_backup", request);
}

/** Says whether a certificate leads to a trust anchor, and for what it is good. */
export function verifyPath(request: requests.VerifyPathRequest): responses.VerifyPathResponse {
  return runtime.run("verify_path", request);
}

/** Signs a message that a device sends. */
export function signMessage(request: requests.SignMessageRequest, keys?: KeyRing): responses.SignMessageResponse {
  return runtime.run("sign_message", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function signMessageAsync(
  request: requests.SignMessageRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.SignMessageResponse> {
  return runtime.converse("sign_message", request, signer, keys);
}

/** Says what a message says of itself, and proves nothing of it. */
export function readMessage(request: requests.ReadMessageRequest): responses.ReadMessageResponse {
  return runtime.run("read_message", request);
}

/** Says who signed a message, and whether it counts. */
export function verifyMessage(request: requests.VerifyMessageRequest): responses.VerifyMessageResponse {
  return runtime.run("verify_message", request);
}

/** Makes a token (JWT). */
export function mintJwt(request: requests.MintJwtRequest, keys?: KeyRing): responses.MintJwtResponse {
  return runtime.run("mint_jwt", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function mintJwtAsync(
  request: requests.MintJwtRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.MintJwtResponse> {
  return runtime.converse("mint_jwt", request, signer, keys);
}

/** Says whether a token is good, and what it says. */
export function verifyJwt(request: requests.VerifyJwtRequest): responses.VerifyJwtResponse {
  return runtime.run("verify_jwt", request);
}

/** Writes public keys as a JWK set. */
export function jwks(request: requests.JwksRequest): responses.JwksResponse {
  return runtime.run("jwks", request);
}

/** Puts a token into a URL. */
export function signUrl(request: requests.SignUrlRequest, keys?: KeyRing): responses.SignUrlResponse {
  return runtime.run("sign_url", request, keys);
}

/** The same; what is asked of keys that are not lent, the signer answers. */
export function signUrlAsync(
  request: requests.SignUrlRequest,
  signer: Signer,
  keys?: KeyRing,
): Promise<responses.SignUrlResponse> {
  return runtime.converse("sign_url", request, signer, keys);
}

/** Takes the token out of a URL again and says whether it opens it. */
export function verifyUrl(request: requests.VerifyUrlRequest): responses.VerifyUrlResponse {
  return runtime.run("verify_url", request);
}

/** Says what is in a text: certificates, requests, keys, revocation lists, messages. */
export function inspect(request: requests.InspectRequest): responses.InspectResponse {
  return runtime.run("inspect", request);
}

/** Says what is wrong with certificates, requests, revocation lists and authorities, or will be. */
export function lint(request: requests.LintRequest): responses.LintResponse {
  return runtime.run("lint", request);
}

/** Tells the rules of `lint`. */
export function lintRules(request: requests.LintRulesRequest = {}): responses.LintRulesResponse {
  return runtime.run("lint_rules", request);
}
