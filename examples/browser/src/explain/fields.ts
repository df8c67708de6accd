import { h, type Child } from "../dom.js";
import { time } from "../time.js";
import { words } from "../words.js";

/** Fields that are Unix seconds. */
const TIMES = /^(not_before|not_after|this_update|next_update|produced_at|revocation_date|revoked_at|signingTime|invalidityDate|microsoftNextCrlPublish|exp|iat|nbf)$/;
const HEX = /^[0-9a-f]{16,}$/;

/** Names and values, side by side. */
export function facts(pairs: readonly (readonly [string, Child])[]): HTMLElement {
  return h("dl", {}, ...pairs.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]));
}

/** All fields of a value that is not known beforehand. */
export function fields(value: object): HTMLElement {
  const pairs = Object.entries(value).filter(([, inside]) => inside !== undefined && inside !== null);
  return facts(pairs.map(([name, inside]) => [words(name), show(inside, name)]));
}

/** Values below each other. */
export function lines(values: readonly string[]): HTMLElement {
  return h("ul", {}, ...values.map((value) => h("li", {}, value)));
}

/** A name that may go on in the next line between its attributes. */
export function breakable(name: string): HTMLElement {
  const parts = name.split(/(?<=[^\\],)/);
  return h("span", {}, ...parts.flatMap((part) => [part, h("wbr", {})]));
}

function show(value: unknown, name: string): Child {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return TIMES.test(name) ? time(value) : String(value);
  if (typeof value === "string") return HEX.test(value) ? h("code", {}, value.match(/../g)!.join(" ")) : value;
  if (Array.isArray(value)) return list(value, name);
  if (typeof value !== "object" || value === null) return String(value);
  if (isAlgorithm(value)) return value.name;
  return fields(value);
}

function list(values: readonly unknown[], name: string): Child {
  if (values.length === 0) return "none";
  if (name === "extensions") return h("div", {}, ...values.map(extension));
  if (values.length === 1) return show(values[0], name);
  return h("ul", {}, ...values.map((value) => h("li", {}, show(value, name) || "")));
}

/** An algorithm without parameters is its name. */
function isAlgorithm(value: object): value is { name: string } {
  const names = Object.keys(value);
  return names.length === 2 && "name" in value && "oid" in value;
}

function extension(value: unknown): HTMLElement {
  const { name, oid, critical, value: content } = value as { name: string; oid: string; critical: boolean; value: unknown };
  return h(
    "div",
    { class: "extension" },
    h("p", {}, h("strong", {}, words(name)), critical && h("span", { class: "pill plain" }, "critical"), " ", h("small", {}, oid)),
    h("div", {}, show(content, name)),
  );
}
