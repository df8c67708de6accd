import { profiles, signCsr, type requests } from "sealwright";
import { field, form, select } from "../controls.js";
import { desk } from "../desk.js";
import { announce, h } from "../dom.js";
import { engineInput } from "../files.js";
import { issuedCard } from "./issued.js";

const DAY = 86_400;
const PROFILES: { readonly [name: string]: string } = {
  "device-identity": "Identity of a device",
  "tls-server": "TLS server",
  "scep-ra": "Registration authority (SCEP)",
  "subordinate-ca": "Authority below this one",
  "ocsp-signer": "OCSP responder",
};

/** Signs a request by the authority that is open. */
export function signPanel(): HTMLElement {
  const csr = h("textarea", { rows: "6", required: true, spellcheck: "false", autocomplete: "off" });
  const file = h("input", { type: "file" });
  file.addEventListener("change", () => {
    void file.files?.[0]?.arrayBuffer().then((bytes) => (csr.value = engineInput(new Uint8Array(bytes))));
  });
  const built_in = profiles().profiles;
  const profile = select(Object.fromEntries(built_in.map(({ name }) => [name, PROFILES[name] ?? name])));
  const days = h("input", { type: "number", min: "1", required: true, inputmode: "numeric" });
  const suggest = (): void => {
    const seconds = built_in.find(({ name }) => name === profile.value)?.validity_seconds ?? DAY;
    days.value = String(Math.floor(seconds / DAY));
  };
  profile.addEventListener("change", suggest);
  suggest();
  const issued = h("div", { class: "results" });
  const fields = [
    field("Certification request (PEM)", csr),
    field("Or from a file", file),
    h("div", { class: "columns" }, field("For", profile), field("Life in days", days)),
  ];
  const sign = form("Sign a request", fields, "Sign", async () => {
    const own = desk.authority;
    if (own === undefined) throw new Error("no authority is open");
    const { authority } = own.current;
    const { certificate } = signCsr(
      {
        authority,
        csr: csr.value,
        profile: profile.value as requests.SignCsrRequest["profile"],
        validity_seconds: days.valueAsNumber * DAY,
      },
      own.keys,
    );
    const request = desk.requests.find((request) => request.csr.trim() === csr.value.trim());
    issued.prepend(issuedCard({ certificate, chain: [authority.certificate, ...authority.chain], key: request?.privateKey }));
    announce("The certificate is issued");
  });
  desk.onGiven("sign", (pem) => (csr.value = pem));
  return h("div", {}, sign, issued);
}
