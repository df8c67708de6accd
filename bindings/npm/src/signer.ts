import type { KeyTransport, SignatureScheme } from "./generated/requests.js";

/** What is asked of a key that the engine does not hold: a signature. */
export interface SignQuestion {
  readonly use: "sign";
  /** The id of the key, as in the request. */
  readonly key: string;
  /** How to sign. */
  readonly scheme: SignatureScheme;
  /** The message, not its digest. */
  readonly input: Uint8Array;
}

/** What is asked of a key that the engine does not hold: the plaintext. */
export interface DecryptQuestion {
  readonly use: "decrypt";
  /** The id of the key, as in the request. */
  readonly key: string;
  /** How it was encrypted. */
  readonly scheme: KeyTransport;
  /** The ciphertext. */
  readonly input: Uint8Array;
}

/** What is asked of a key. */
export type Question = SignQuestion | DecryptQuestion;

/**
 * Who has private keys that the engine is not to see: WebCrypto, a key management service, a token. What it throws
 * reaches the caller of the operation as it is.
 */
export interface Signer {
  /** The signature: of ECDSA r and s, one after the other, with all the octets of their field. */
  sign(question: SignQuestion): Uint8Array | Promise<Uint8Array>;
  /** The plaintext, or null if the padding is wrong. Only for keys that decrypt, which is those of SCEP. */
  decrypt?(question: DecryptQuestion): Uint8Array | null | Promise<Uint8Array | null>;
}
