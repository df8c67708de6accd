// Bytes and base64url by the interface's schema, found in another way than the package does it.

export class Schema {
  #document;
  #operations;

  constructor(document) {
    this.#document = document;
    this.#operations = new Map(document.operations.map((operation) => [operation.name, operation]));
  }

  get operations() {
    return [...this.#operations.values()];
  }

  operation(name) {
    return this.#operations.get(name);
  }

  /** A request with bytes where the schema has base64url, and text that is none left as it is. */
  toBytes(name, request) {
    return this.#walk(this.operation(name).request, request, (value) => {
      const bytes = typeof value === "string" ? decode(value) : undefined;
      return bytes ?? value;
    });
  }

  /** A response with base64url in place of bytes; bytes anywhere else, and text where bytes belong, are an error. */
  fromBytes(name, response) {
    const wire = this.#walk(this.operation(name).response, response, (value) => {
      if (value !== null && !(value instanceof Uint8Array)) throw new Error(`${name}: found ${typeof value}, wanted bytes`);
      return value === null ? null : encode(value);
    });
    refuseBytes(wire, name);
    return wire;
  }

  #walk(schema, value, change) {
    if (!schema || value === undefined) return value;
    if (schema.contentEncoding === "base64url") return change(value);
    if (schema.$ref) {
      const target = schema.$ref.split("/").slice(1).reduce((part, step) => part[step], this.#document);
      value = this.#walk(target, value, change);
    }
    for (const choice of [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])]) {
      if (fits(choice, value)) value = this.#walk(choice, value, change);
    }
    if (Array.isArray(value)) return schema.items ? value.map((item) => this.#walk(schema.items, item, change)) : value;
    if (typeof value !== "object" || value === null || value instanceof Uint8Array || !schema.properties) return value;
    const copy = { ...value };
    for (const [field, inside] of Object.entries(schema.properties)) {
      if (Object.hasOwn(copy, field)) copy[field] = this.#walk(inside, copy[field], change);
    }
    return copy;
  }
}

/** Whether the choice can be the one that the value is of: null is no bytes, and words tell objects apart. */
function fits(choice, value) {
  if (choice.type === "null" || value === null) return false;
  const words = Object.entries(choice.properties ?? {}).filter(([, field]) => "const" in field);
  return words.every(([field, { const: word }]) => value[field] === word);
}

function refuseBytes(value, at) {
  if (value instanceof Uint8Array) throw new Error(`${at}: found bytes, wanted none`);
  if (typeof value !== "object" || value === null) return;
  for (const [field, inside] of Object.entries(value)) refuseBytes(inside, `${at}.${field}`);
}

export function encode(bytes) {
  const text = Array.from(bytes, (octet) => String.fromCharCode(octet)).join("");
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The bytes, or nothing if it is not base64url as this would write it. */
export function decode(text) {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
  return encode(bytes) === text ? bytes : undefined;
}

/** JSON with fields in order, to compare. */
export function canonical(value) {
  return JSON.stringify(value, (_, inside) => {
    if (typeof inside !== "object" || inside === null || Array.isArray(inside)) return inside;
    return Object.fromEntries(Object.entries(inside).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
}

/** `sign_csr` as `signCsr`. */
export function camelCase(name) {
  return name.replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}
