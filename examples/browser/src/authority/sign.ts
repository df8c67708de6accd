import { profiles, signCsr, type requests } from "sealwright";
import { field, form, problem, select } from "../controls.js";
import { desk } from "../desk.js";
import { announce, h } from "../dom.js";
import { readFile, textOf, toPem } from "../files.js";
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
  const problems = h("div", { role: "alert" });
  const take = async (chosen: File): Promise<void> => {
    problems.replaceChildren();
    try {
      const { bytes } = await readFile(chosen);
      csr.value = textOf(bytes) ?? toPem("CERTIFICATE REQUEST", bytes);
    } catch (error) {
      problems.replaceChildren(problem(error));
    }
  };
  file.addEventListener("change", () => {
    const chosen = file.files?.[0];
    if (chosen !== undefined) void take(chosen);
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
    problems,
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
