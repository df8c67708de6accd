import type { responses } from "sealwright";
import { button, copyButton } from "../controls.js";
import { desk } from "../desk.js";
import { h, type Child } from "../dom.js";
import { go } from "../navigation.js";
import { time, validity } from "../time.js";
import { lookUp, shortName, words } from "../words.js";
import { breakable, facts, fields, lines } from "./fields.js";
import { findingsList } from "./findings.js";

type Described = responses.Object;

/** One object: what it is, what matters of it, what is wrong with it if that is known, and all of its fields. */
export function objectCard(
  object: Described,
  findings: readonly responses.Finding[] | undefined,
  { pem, heading = "h4" }: { pem?: string | undefined; heading?: "h3" | "h4" } = {},
): HTMLElement {
  const { kind, ...rest } = object;
  return h(
    "section",
    { class: "object", "aria-label": `${words(kind)} ${title(object)}` },
    h("p", { class: "kind" }, words(kind)),
    h("div", { class: "title" }, h(heading, {}, title(object)), ...pills(object)),
    facts(summary(object)),
    findings !== undefined && isLinted(kind) && findingsList(findings),
    h("details", {}, h("summary", {}, "All fields"), fields(rest)),
    pem !== undefined && actions(object, pem),
  );
}

function isLinted(kind: Described["kind"]): boolean {
  return ["certificate", "certificate_request", "certificate_list", "private_key"].includes(kind);
}

function title(object: Described): string {
  switch (object.kind) {
    case "certificate":
    case "certificate_request":
      return shortName(object.subject);
    case "certificate_list":
      return shortName(object.issuer);
    case "cms":
      return scepType(object) ?? words(object.content_type);
    case "private_key":
    case "public_key":
      return keyName(object);
    case "unreadable":
      return "Cannot be read";
    case "ocsp_response":
      return words(object.status);
    default:
      return words(object.kind);
  }
}

/** What SCEP calls the message, if it is one. */
function scepType(object: responses.Cms): string | undefined {
  const attributes = object.signed_data?.signers.flatMap(({ signed_attributes = [] }) => signed_attributes) ?? [];
  const [type] = attributes.find(({ name }) => name === "messageType")?.values ?? [];
  return typeof type === "string" ? `SCEP ${type}` : undefined;
}

function pills(object: Described): HTMLElement[] {
  const pill = (text: string, level: string) => h("span", { class: `pill ${level}` }, text);
  switch (object.kind) {
    case "certificate": {
      const { text, level } = validity(object.not_before, object.not_after);
      return object.self_signed === true ? [pill(text, level), pill("Signs itself", "plain")] : [pill(text, level)];
    }
    case "certificate_request":
      if (object.signature_valid === undefined || object.signature_valid === null) return [];
      return [object.signature_valid ? pill("Signature is good", "good") : pill("Signature is wrong", "bad")];
    case "certificate_list": {
      if (object.next_update === undefined || object.next_update === null) return [];
      const { text, level } = validity(object.this_update, object.next_update);
      return [pill(text, level)];
    }
    case "private_key":
      return [pill("Secret", "attention")];
    default:
      return [];
  }
}

/** What people look for first. */
function summary(object: Described): [string, Child][] {
  switch (object.kind) {
    case "certificate":
      return [
        ["Subject", breakable(object.subject)],
        ["Issuer", breakable(object.issuer)],
        ["Valid from", time(object.not_before)],
        ["Valid until", time(object.not_after)],
        ["Key", keyName(object.public_key)],
        ...namesAndPurposes(object.extensions),
      ];
    case "certificate_request":
      return [
        ["Subject", breakable(object.subject)],
        ["Key", keyName(object.public_key)],
        ["Challenge password", object.challenge_password ? "there is one" : "none"],
        ...namesAndPurposes(object.extensions),
      ];
    case "certificate_list":
      return [
        ["Issuer", breakable(object.issuer)],
        ["Made", time(object.this_update)],
        ["Revoked certificates", String(object.entries)],
      ];
    case "unreadable":
      return [["Problem", object.problem]];
    case "pkcs12":
    case "jks":
      return [["Size", `${object.length_bytes} bytes`]];
    default:
      return [];
  }
}

function namesAndPurposes(extensions: readonly responses.Extension[]): [string, Child][] {
  return extensions.flatMap((extension): [string, Child][] => {
    if (extension.name === "subjectAltName") return [["Names", lines(extension.value)]];
    if (extension.name === "extendedKeyUsage") return [["Purposes", lines(extension.value.map(words))]];
    return [];
  });
}

function keyName(key: { algorithm: string; bits?: number | null; curve?: string | null }): string {
  const name = lookUp({ rsaEncryption: "RSA", ecPublicKey: "Elliptic curve" }, key.algorithm) ?? key.algorithm;
  if (key.curve !== undefined && key.curve !== null) return `${name} ${key.curve}`;
  return key.bits === undefined || key.bits === null ? name : `${name}, ${key.bits} bits`;
}

function actions(object: Described, pem: string): HTMLElement {
  const offer = (name: string, kind: "sign" | "verify", view: "authority" | "verify") =>
    button(name, () => {
      desk.give(kind, pem);
      go(view);
    });
  return h(
    "div",
    { class: "actions" },
    object.kind === "certificate" && offer("Verify this certificate", "verify", "verify"),
    object.kind === "certificate_request" && offer("Sign this request", "sign", "authority"),
    object.kind !== "private_key" && copyButton(pem, "Copy as PEM"),
  );
}
