import { verifyJwt, type requests } from "sealwright";
import { field, form } from "../controls.js";
import { announce, h } from "../dom.js";
import { now, validity } from "../time.js";
import { facts, fields } from "./fields.js";

type Part = { readonly [name: string]: unknown };

/** A token (JWT, RFC 7519): what it says, and a form that verifies it. Nothing, if it is none. */
export function readToken(text: string): HTMLElement | undefined {
  const parts = text.split(".");
  const [header, claims] = parts.slice(0, 2).map(decode);
  if (parts.length !== 3 || header === undefined || claims === undefined) return undefined;
  return h(
    "section",
    { class: "object", "aria-label": "Token" },
    h("p", { class: "kind" }, "Token (JWT)"),
    h("div", { class: "title" }, h("h4", {}, String(claims["sub"] ?? "No subject")), pill(claims)),
    h("p", { class: "hint" }, "Read, and not verified: anybody can write this."),
    facts([["Header", fields(header)], ["Claims", fields(claims)]]),
    verification(text),
  );
}

function decode(part: string): Part | undefined {
  try {
    const binary = atob(part.replace(/-/g, "+").replace(/_/g, "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Part) : undefined;
  } catch {
    return undefined;
  }
}

function pill(claims: Part): HTMLElement | undefined {
  const { exp, nbf } = claims;
  if (typeof exp !== "number") return h("span", { class: "pill attention" }, "Never expires");
  const { text, level } = validity(typeof nbf === "number" ? nbf : Math.min(exp, now()), exp);
  // Tokens live shorter than certificates: little time left is no news.
  return h("span", { class: `pill ${level === "bad" ? "bad" : "good"}` }, text);
}

function verification(token: string): HTMLElement {
  const key = h("textarea", { rows: "3", required: true, spellcheck: "false", autocomplete: "off" });
  const verdict = h("div", {});
  return form("Verify it", [field("Public key (PEM) or key set (JWKS)", key), verdict], "Verify", () => {
    verdict.replaceChildren();
    const text = key.value.trim();
    const keys = text.startsWith("{") ? { jwks: JSON.parse(text) as requests.JwkSet } : { keys: [{ public_key: text }] };
    const { header } = verifyJwt({ token, ...keys, policy: { allow_without_expiry: true } });
    verdict.replaceChildren(h("p", { class: "verdict good" }, `The signature is good (${header.alg}).`));
    announce("The signature is good");
  });
}
