import { createAuthority, generateKey, KeyRing, type requests } from "sealwright";
import { field, form, select } from "../controls.js";
import { desk } from "../desk.js";
import { announce, h } from "../dom.js";
import { distinguishedName } from "../names.js";

const YEAR = 365 * 86_400;
const KEY = "root";

/** Makes a root authority. */
export function createForm(): HTMLElement {
  const commonName = h("input", { required: true, autocomplete: "off" });
  const organization = h("input", { autocomplete: "organization" });
  const algorithm = select({ p256: "ECDSA, P-256", p384: "ECDSA, P-384", "rsa-2048": "RSA, 2048 bits", "rsa-3072": "RSA, 3072 bits" });
  const years = h("input", { type: "number", min: "1", max: "30", value: "10", required: true, inputmode: "numeric" });
  const fields = [
    field("Common name", commonName, "Such as Acme Root"),
    field("Organization", organization),
    h("div", { class: "columns" }, field("Kind of key", algorithm), field("Life in years", years)),
  ];
  return form("Make an authority", fields, "Make it", () => {
    const { private_key } = generateKey({ algorithm: algorithm.value as requests.KeyAlgorithm });
    const request = {
      subject: distinguishedName({ CN: commonName.value, O: organization.value }),
      key: { id: KEY },
      validity_seconds: years.valueAsNumber * YEAR,
    };
    const keys = new KeyRing();
    try {
      keys.import(KEY, private_key);
      const { authority } = createAuthority(request, keys);
      const current = { id: "root", authority, crl_numbers: {}, helpers: [], profiles: [] };
      desk.authority = { backup: { authorities: [current], keys: [{ id: KEY, private_key }], settings: null }, current, keys };
    } catch (error) {
      keys.free();
      throw error;
    }
    announce("The authority is made");
  });
}
