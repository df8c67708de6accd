import { createCsrAsync, keyReference, WebCryptoSigner } from "sealwright";
import { button, copyButton, field, form, select, tick } from "../controls.js";
import { desk, type OwnRequest } from "../desk.js";
import { announce, download, h } from "../dom.js";
import { distinguishedName, fileName } from "../names.js";
import { go, type View } from "../navigation.js";
import { shortName } from "../words.js";
import { generatePair, KEYS, privateKeyPem } from "./keys.js";

/** A key and a certification request for it. */
export function requestView(): View {
  const commonName = h("input", { required: true, autocomplete: "off" });
  const organization = h("input", { autocomplete: "organization" });
  const names = h("textarea", { rows: "3", spellcheck: "false", autocomplete: "off" });
  const kind = select(Object.fromEntries(Object.entries(KEYS).map(([id, { name }]) => [id, name])));
  const extractable = h("input", { type: "checkbox" });
  const challenge = h("input", { type: "password", autocomplete: "off" });
  const fields = [
    h("div", { class: "columns" }, field("Common name", commonName, "Such as laptop-7 or files.example.com"), field("Organization", organization)),
    field("Other names, one a line", names, "dns:files.example.com, ip:192.0.2.7, email:a@example.com"),
    h("div", { class: "columns" }, field("Kind of key", kind), field("Challenge password", challenge, "If the SCEP server wants one")),
    tick("The key may leave the browser", extractable, "Only then can it be saved as .p12. Otherwise it can sign in this tab, and nothing can read it."),
  ];
  const make = form("New request", fields, "Make key and request", async () => {
    const { publicKey, privateKey } = await generatePair(kind.value, extractable.checked);
    const subject = distinguishedName({ CN: commonName.value, O: organization.value });
    const { csr } = await createCsrAsync(
      {
        subject,
        key: await keyReference("key", publicKey),
        subject_alternative_names: names.value.split("\n").map((line) => line.trim()).filter((line) => line !== ""),
        challenge_password: challenge.value === "" ? null : challenge.value,
      },
      new WebCryptoSigner({ key: privateKey }),
    );
    desk.addRequest({ subject, csr, privateKey });
    for (const control of [commonName, names, challenge]) control.value = "";
    announce("The request is made");
  });
  const made = h("div", { class: "results" });
  desk.addEventListener("requests", () => made.replaceChildren(...desk.requests.map(card)));
  return { title: "Request", about: "Make a key in this browser, and ask for a certificate for it.", content: h("div", {}, make, made) };
}

function card(request: OwnRequest): HTMLElement {
  const { csr, subject, privateKey } = request;
  const name = shortName(subject);
  return h(
    "section",
    { class: "object", "aria-label": `Request ${name}` },
    h("p", { class: "kind" }, "Certification request"),
    h("div", { class: "title" }, h("h3", {}, name), h("span", { class: "pill plain" }, privateKey.extractable ? "Key can be saved" : "Key stays here")),
    h("pre", { tabindex: "0", "aria-label": "The request in PEM" }, csr),
    h(
      "div",
      { class: "actions" },
      button("Save", () => download(fileName(name, "csr.pem"), csr)),
      copyButton(csr),
      button("Sign it here", () => {
        desk.give("sign", csr);
        go("authority");
      }),
      privateKey.extractable && button("Save the key", () => void privateKeyPem(privateKey).then((pem) => download(fileName(name, "key.pem"), pem))),
    ),
  );
}
