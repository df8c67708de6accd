import { inspect, readJks, readPkcs12, readPrivateKey } from "sealwright";
import { field, form } from "../controls.js";
import { announce, h } from "../dom.js";
import { explainObjects, nested } from "./explain.js";
import { objectCard } from "./object.js";

interface Contents {
  readonly entries: readonly { friendly_name: string | null; certificate: string | null; chain: readonly string[]; private_key: string | null }[];
  readonly certificates: readonly { certificate: string }[];
}

/** Asks for the password of a keystore, and explains what is in it. */
export function openKeystore(kind: "pkcs12" | "jks", bytes: Uint8Array): HTMLElement {
  return withPassword("Open the keystore", (password) => {
    const found: Contents = kind === "pkcs12" ? readPkcs12({ pkcs12: bytes, password }) : readJks({ jks: bytes, password });
    const parts = found.entries.map(({ friendly_name, certificate, chain, private_key }) => {
      const pems = [private_key, certificate, ...chain].filter((pem) => pem !== null);
      return nested(friendly_name ?? "A key without a name", pems.flatMap(explainPem));
    });
    if (found.certificates.length > 0) {
      parts.push(nested("Certificates beside the keys", found.certificates.flatMap(({ certificate }) => explainPem(certificate))));
    }
    return parts.length > 0 ? parts : [h("p", {}, "There is nothing in it.")];
  });
}

/** Asks for the password of a private key. */
export function openKey(input: string): HTMLElement {
  return withPassword("Open the key", (password) => {
    const { private_key } = readPrivateKey({ input, password });
    return inspect({ input: private_key }).objects.map((object) => objectCard(object, undefined));
  });
}

function explainPem(pem: string): HTMLElement[] {
  return explainObjects(new TextEncoder().encode(pem));
}

function withPassword(title: string, open: (password: string) => readonly Node[]): HTMLElement {
  const password = h("input", { type: "password", autocomplete: "off" });
  const frame = h("div", { class: "locked" });
  frame.append(
    form(title, [field("Password", password)], "Open", () => {
      frame.replaceChildren(...open(password.value));
      announce("It is open");
    }),
  );
  return frame;
}
