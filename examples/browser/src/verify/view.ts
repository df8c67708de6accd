import { verifyPath, type requests, type responses } from "sealwright";
import { field, form, select, tick } from "../controls.js";
import { desk } from "../desk.js";
import { announce, h } from "../dom.js";
import { dropZone, pemBlocks, textOf, toPem, type Given } from "../files.js";
import type { View } from "../navigation.js";
import { time } from "../time.js";
import { shortName, words } from "../words.js";

/** Whether a certificate leads to an anchor. */
export function verifyView(): View {
  const area = (rows: string, required: boolean) => h("textarea", { rows, required, spellcheck: "false", autocomplete: "off" });
  const [certificates, anchors, lists] = [area("5", true), area("4", false), area("2", false)];
  const purpose = select({ any: "Anything", device_client: "A device", tls_server: "A TLS server", authority: "An authority" });
  const identity = h("input", { autocomplete: "off", spellcheck: "false" });
  const own = h("input", { type: "checkbox" });
  const ownTick = tick("Trust the authority that is open under Issue", own);
  const showOwn = (): void => {
    ownTick.hidden = desk.authority === undefined;
    own.checked = desk.authority !== undefined;
  };
  desk.addEventListener("authority", showOwn);
  showOwn();
  const verdict = h("div", { class: "results" });
  const add = (target: HTMLTextAreaElement) => (files: Given[]) => {
    target.value = [target.value.trim(), ...files.map(pemOf)].filter((text) => text !== "").join("\n");
  };
  const fields = [
    field("Certificate, and those between it and the anchor (PEM)", certificates, "The first one is verified."),
    dropZone("Drop certificates", "PEM or DER", add(certificates)),
    field("Trusted certificates (PEM)", anchors),
    dropZone("Drop trusted certificates", "PEM or DER", add(anchors)),
    ownTick,
    h("div", { class: "columns" }, field("To be used for", purpose), field("Has the name", identity, "Such as dns:files.example.com; empty for any")),
    field("Revocation lists (PEM)", lists),
  ];
  const verify = form("Certificate and anchors", fields, "Verify", () => {
    verdict.replaceChildren();
    const [certificate, ...intermediates] = pemBlocks(certificates.value);
    if (certificate === undefined) throw new Error("found no certificate, wanted one in PEM");
    const trusted = pemBlocks(anchors.value).map((certificate) => ({ certificate }));
    const root = [desk.authority?.current.authority].filter((authority) => authority !== undefined && own.checked);
    const found = verifyPath({
      certificate,
      intermediates,
      anchors: [...trusted, ...root.map((authority) => ({ certificate: authority!.chain.at(-1) ?? authority!.certificate }))],
      crls: pemBlocks(lists.value),
      identities: identity.value.trim() === "" ? [] : [identity.value.trim()],
      purpose: purpose.value as requests.Purpose,
    });
    verdict.replaceChildren(pathCard(found));
    announce("The certificate is good");
  });
  desk.onGiven("verify", (pem) => (certificates.value = pem));
  return { title: "Verify", about: "Whether a certificate leads to one that you trust.", content: h("div", {}, verify, verdict) };
}

function pemOf({ bytes }: Given): string {
  return textOf(bytes)?.trim() ?? toPem("CERTIFICATE", bytes).trim();
}

function pathCard({ path, not_after, weakest }: responses.VerifyPathResponse): HTMLElement {
  const step = ({ subject, serial, revocation }: responses.PathCertificate, index: number) =>
    h(
      "li",
      {},
      h("p", {}, h("strong", {}, shortName(subject)), " ", h("span", { class: "pill plain" }, index === path.length - 1 ? "Anchor" : index === 0 ? "Certificate" : "Authority")),
      h("p", { class: "hint" }, subject, serial ? ` · serial ${serial}` : ""),
      revocation ? h("p", { class: "hint" }, `Revocation: ${words(revocation.status).toLowerCase()}${revocation.reason ? `, ${revocation.reason}` : ""}`) : undefined,
    );
  return h(
    "section",
    { class: "object", "aria-label": "Verdict" },
    h("p", { class: "verdict good" }, "The certificate is good"),
    h("p", {}, "Until ", time(not_after), `, and as strong as ${words(weakest.key.algorithm)}${weakest.digest ? ` with ${words(weakest.digest)}` : ""}.`),
    path.some(({ revocation }) => revocation?.status === "unknown") && h("p", {}, "Whether it was revoked, nothing here says."),
    h("ol", { class: "path" }, ...path.map(step)),
  );
}
