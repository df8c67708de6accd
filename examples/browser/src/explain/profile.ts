import { SealwrightError } from "sealwright";
import { h } from "../dom.js";
import { shortName, words } from "../words.js";
import { explainObjects, nested } from "./explain.js";
import { facts } from "./fields.js";

/** A configuration or provisioning profile (a property list, signed or not): what is in it. Nothing, if it is none. */
export function readProfile(bytes: Uint8Array): HTMLElement | undefined {
  const xml = propertyList(bytes);
  if (xml === undefined) return undefined;
  const parsed = new DOMParser().parseFromString(xml, "application/xml");
  const top = parsed.querySelector("plist > dict");
  if (top === null) return undefined;
  const entries = dictionary(top);
  const name = entries.get("PayloadDisplayName") ?? entries.get("Name");
  const certificates = [...parsed.querySelectorAll("data")].flatMap(explainData);
  return h(
    "section",
    { class: "object", "aria-label": "Profile" },
    h("p", { class: "kind" }, "Profile"),
    h("div", { class: "title" }, h("h4", {}, name?.textContent ?? "No name")),
    facts(
      [...entries].filter(([key]) => key !== "PayloadContent" && key !== "DeveloperCertificates").map(([key, value]) => [label(key), text(value)]),
    ),
    ...payloads(entries.get("PayloadContent")),
    certificates.length > 0 && nested("Certificates in it", certificates),
  );
}

/** The property list in a file, which a signed one (CMS) has in one piece where it is DER. */
function propertyList(bytes: Uint8Array): string | undefined {
  const text = new TextDecoder("utf-8").decode(bytes);
  const [start, end] = [text.indexOf("<plist"), text.lastIndexOf("</plist>")];
  return start >= 0 && end > start ? text.slice(start, end + "</plist>".length) : undefined;
}

function dictionary(element: Element): Map<string, Element> {
  const found = new Map<string, Element>();
  for (const key of element.children) {
    if (key.tagName === "key" && key.nextElementSibling !== null) found.set(key.textContent ?? "", key.nextElementSibling);
  }
  return found;
}

function payloads(content: Element | undefined): HTMLElement[] {
  return Array.from(content?.children ?? [], (payload) => {
    const entries = dictionary(payload);
    const title = entries.get("PayloadDisplayName")?.textContent ?? entries.get("PayloadType")?.textContent ?? "Payload";
    return nested(title, [facts([...entries].map(([key, value]) => [label(key), text(value)]))]);
  });
}

/** A property's name as words. */
function label(key: string): string {
  return words(key.replace(/^Payload(?=.)/, ""));
}

function text(value: Element): string {
  if (value.tagName === "true" || value.tagName === "false") return value.tagName === "true" ? "yes" : "no";
  if (value.tagName === "data") return `${decode(value).length} bytes`;
  if (value.tagName === "array") return Array.from(value.children, text).join(", ");
  if (value.tagName === "dict") return [...dictionary(value)].map(([key, inside]) => `${label(key)}: ${text(inside)}`).join("; ");
  const content = value.textContent?.trim() ?? "";
  return content.startsWith("CN=") ? shortName(content) : content;
}

function decode(data: Element): Uint8Array {
  try {
    return Uint8Array.from(atob((data.textContent ?? "").replace(/\s/g, "")), (letter) => letter.charCodeAt(0));
  } catch {
    return new Uint8Array();
  }
}

function explainData(data: Element): HTMLElement[] {
  try {
    return explainObjects(decode(data));
  } catch (error) {
    // Most data is something else, a picture for example.
    if (error instanceof SealwrightError) return [];
    throw error;
  }
}
