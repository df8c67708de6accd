import type { KeyRing, responses } from "sealwright";

/** A certification request that was made in this page, with its key. */
export interface OwnRequest {
  readonly subject: string;
  readonly csr: string;
  readonly privateKey: CryptoKey;
}

/** An authority that was made or opened in this page. */
export interface OwnAuthority {
  /** The file that it was opened from, or what one would have. */
  readonly backup: responses.ReadBackupResponse;
  /** Which of the backup's authorities it is. */
  readonly current: responses.AuthorityBackup;
  /** The backup's keys, lent to the engine. */
  readonly keys: KeyRing;
}

/** What lies on the desk: shared by the tools, and gone with the tab. */
class Desk extends EventTarget {
  #authority: OwnAuthority | undefined;
  readonly #requests: OwnRequest[] = [];

  get authority(): OwnAuthority | undefined {
    return this.#authority;
  }

  set authority(authority: OwnAuthority | undefined) {
    if (this.#authority !== undefined && this.#authority.keys !== authority?.keys) this.#authority.keys.free();
    this.#authority = authority;
    this.dispatchEvent(new Event("authority"));
  }

  get requests(): readonly OwnRequest[] {
    return this.#requests;
  }

  addRequest(request: OwnRequest): void {
    this.#requests.unshift(request);
    this.dispatchEvent(new Event("requests"));
  }

  /** Gives a text to another tool: a request to be signed, a certificate to be verified. */
  give(kind: "sign" | "verify", pem: string): void {
    this.dispatchEvent(new CustomEvent(kind, { detail: pem }));
  }

  /** Listens for what is given. */
  onGiven(kind: "sign" | "verify", take: (pem: string) => void): void {
    this.addEventListener(kind, (event) => take((event as CustomEvent<string>).detail));
  }
}

export const desk = new Desk();
