import { inspect, lint, writePkcs12 } from "sealwright";
import { button, field, form } from "../controls.js";
import { desk } from "../desk.js";
import { download, h } from "../dom.js";
import { objectCard } from "../explain/object.js";
import { fileName } from "../names.js";
import { go } from "../navigation.js";
import { privateKeyPem } from "../request/keys.js";
import { shortName } from "../words.js";

interface Issued {
  readonly certificate: string;
  /** Those above it, nearest first. */
  readonly chain: readonly string[];
  /** Its key, if that was made in this page. */
  readonly key: CryptoKey | undefined;
}

/** A certificate that was just issued, and the files that it can be saved as. */
export function issuedCard(issued: Issued): HTMLElement {
  const { certificate, chain, key } = issued;
  const [described] = inspect({ input: certificate }).objects;
  if (described?.kind !== "certificate") throw new Error("what was issued is no certificate");
  const { findings = [] } = lint({ inputs: [certificate] }).objects[0] ?? {};
  const card = objectCard(described, findings, { heading: "h3" });
  const name = shortName(described.subject);
  card.append(
    h(
      "div",
      { class: "actions" },
      button("Save as PEM", () => download(fileName(name, "pem"), certificate)),
      button("Save with its chain", () => download(fileName(name, "chain.pem"), [certificate, ...chain].join(""))),
      button("Verify it", () => {
        desk.give("verify", [certificate, ...chain].join(""));
        go("verify");
      }),
    ),
    key?.extractable
      ? h("details", { class: "panel-frame" }, h("summary", {}, "Save key and certificate as .p12"), pkcs12Form(issued, key, name))
      : h("p", { class: "hint" }, why(key)),
  );
  return card;
}

function why(key: CryptoKey | undefined): string {
  if (key === undefined) return "The key is with whoever made the request: there is no .p12 to save.";
  return "The key cannot leave this browser: there is no .p12 to save.";
}

function pkcs12Form({ certificate, chain }: Issued, key: CryptoKey, name: string): HTMLElement {
  const password = h("input", { type: "password", required: true, autocomplete: "new-password" });
  return form("Keystore", [field("Password of the file", password)], "Save as .p12", async () => {
    const entry = { friendly_name: name, private_key: await privateKeyPem(key), certificate, chain: [...chain] };
    const { pkcs12 } = writePkcs12({ entries: [entry], password: password.value });
    download(fileName(name, "p12"), pkcs12);
    password.value = "";
  });
}
