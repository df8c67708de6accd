import { toBase64Url } from "sealwright";
import { problem } from "./controls.js";
import { freshId, h } from "./dom.js";

/** A file that somebody gave, or a text. */
export interface Given {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** The largest file that is read: what the engine takes in one request, in base64. */
const MAX_BYTES = 12_000_000;

/** A place to drop files on, or to choose them from. */
export function dropZone(label: string, hint: string, take: (files: Given[]) => void): HTMLElement {
  const input = h("input", { type: "file", multiple: true, id: freshId(), class: "hidden-visually" });
  const problems = h("div", { role: "alert" });
  const read = async (list: Iterable<File> | null): Promise<void> => {
    problems.replaceChildren();
    try {
      const files = await Promise.all(Array.from(list ?? [], readFile));
      if (files.length > 0) take(files);
    } catch (error) {
      problems.replaceChildren(problem(error));
    }
    input.value = "";
  };
  input.addEventListener("change", () => void read(input.files));
  const zone = h("label", { class: "drop", for: input.id }, h("strong", {}, label), h("span", {}, hint));
  const set = (isOver: boolean) => (event: DragEvent) => {
    event.preventDefault();
    zone.classList.toggle("over", isOver);
  };
  zone.addEventListener("dragover", set(true));
  zone.addEventListener("dragleave", set(false));
  zone.addEventListener("drop", (event) => {
    set(false)(event);
    void read(event.dataTransfer?.files ?? null);
  });
  return h("div", { class: "drop-frame" }, input, zone, problems);
}

/** A file's content; an error if it is too large. */
export async function readFile(file: File): Promise<Given> {
  if (file.size > MAX_BYTES) throw new Error(`${file.name} is larger than ${MAX_BYTES / 1_000_000} MB`);
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}

/** The text of a file, if it is one. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    // DER has such octets, text has none.
    return /[\u0000-\u0008\u000e-\u001f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

/** What the engine takes: text as it is, and DER in base64url. */
export function engineInput(bytes: Uint8Array): string {
  return textOf(bytes) ?? toBase64Url(bytes);
}

/**
 * The blocks of a text in PEM. The last one may have no end, which the engine refuses: whoever passed over it would take the
 * next one for the first.
 */
export function pemBlocks(text: string): string[] {
  const blocks = [];
  for (let start = text.indexOf(BEGIN); start >= 0; ) {
    const label = text.slice(start + BEGIN.length, text.indexOf("-----", start + BEGIN.length));
    const end = `-----END ${label}-----`;
    const found = text.indexOf(end, start);
    const after = found < 0 ? text.length : found + end.length;
    blocks.push(text.slice(start, after));
    start = text.indexOf(BEGIN, after);
  }
  return blocks;
}

const BEGIN = "-----BEGIN ";

/** DER as PEM (RFC 7468). */
export function toPem(label: string, der: Uint8Array): string {
  const base64 = btoa(Array.from(der, (octet) => String.fromCharCode(octet)).join(""));
  return `-----BEGIN ${label}-----\n${(base64.match(/.{1,64}/g) ?? []).join("\n")}\n-----END ${label}-----\n`;
}
