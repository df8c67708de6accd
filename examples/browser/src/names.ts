/** A distinguished name as RFC 4514 writes it; attributes without a value are left out. */
export function distinguishedName(attributes: { readonly [type: string]: string }): string {
  const pairs = Object.entries(attributes).map(([type, value]) => [type, value.trim()] as const);
  return pairs.filter(([, value]) => value !== "").map(([type, value]) => `${type}=${escape(value)}`).join(",");
}

/** RFC 4514 2.4 */
function escape(value: string): string {
  return value.replace(/[,+"\\<>;]/g, (letter) => `\\${letter}`).replace(/^#/, "\\#");
}

/** A name for a file: what people call the thing, and what it is. */
export function fileName(name: string, ending: string): string {
  const plain = name.normalize("NFKD").replace(/[^\w.-]+/g, "-").replace(/^[-.]+|[-.]+$/g, "");
  return `${plain === "" ? "sealwright" : plain}.${ending}`;
}
