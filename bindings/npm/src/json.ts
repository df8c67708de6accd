import { toBase64Url, fromBase64Url } from "./base64url.js";
import { SealwrightError } from "./error.js";
import { MAX_REQUEST_BYTES, type Place } from "./generated/interface.js";
import { tell, type Steps } from "./place.js";
import { bare, describe, isBytes, isPlain } from "./value.js";

/** The places of bytes in the types that have a name. */
export type Types = { readonly [name: string]: Place };

/** As deep as the engine reads. */
const MAX_DEPTH = 128;

/**
 * A copy of a request that is nothing but JSON: bytes in base64url where there are bytes, and every other value as it is.
 * What JSON cannot carry is refused, and never left out or turned into something else.
 */
export function toJson(request: unknown, place: Place | undefined, types: Types): Fields {
  if (!isPlain(request)) {
    throw malformed(`found ${describe(request)}, wanted an object`, []);
  }
  return new Copy(types).object(request, fieldsOf(place, types), []);
}

/** An object without a prototype: a field may have any name. */
export type Fields = { [field: string]: unknown };

class Copy {
  readonly #types: Types;
  readonly #path: object[] = [];
  #size = 0;

  constructor(types: Types) {
    this.#types = types;
  }

  object(value: object, places: Types | undefined, at: Steps): Fields {
    const copy = Object.create(null) as Fields;
    this.#inside(value, at, () => {
      for (const field of Object.keys(value)) {
        const item = (value as Fields)[field];
        if (item === undefined) continue;
        this.#grow(field.length, at);
        const place = places !== undefined && Object.hasOwn(places, field) ? places[field] : undefined;
        copy[field] = this.#value(item, place, [...at, field]);
      }
    });
    return copy;
  }

  #value(value: unknown, place: Place | undefined, at: Steps): unknown {
    this.#grow(1, at);
    if (value === null || typeof value === "boolean") return value;
    if (place === true || isBytes(value)) return this.#bytes(value, place, at);
    if (typeof value === "string") {
      this.#grow(value.length, at);
      return value;
    }
    if (typeof value === "number" && Number.isFinite(value)) return value;
    const known = typeof place === "string" ? this.#types[place] : place;
    if (Array.isArray(value)) return this.#list(value, isList(known) ? known[0] : undefined, at);
    if (isPlain(value)) return this.object(value, fieldsOf(known, this.#types), at);
    throw malformed(`found ${describe(value)}, wanted what JSON can carry`, at);
  }

  #bytes(value: unknown, place: Place | undefined, at: Steps): string {
    if (place !== true) throw malformed("found bytes where none are wanted", at);
    if (!isBytes(value)) throw malformed(`found ${describe(value)}, wanted bytes (a Uint8Array)`, at);
    this.#grow((value.byteLength * 4) / 3, at);
    return toBase64Url(value);
  }

  #list(value: readonly unknown[], place: Place | undefined, at: Steps): unknown[] {
    const copy: unknown[] = [];
    this.#inside(value, at, () => {
      for (let index = 0; index < value.length; index += 1) {
        copy.push(this.#value(value[index], place, [...at, index]));
      }
    });
    return bare(copy);
  }

  /** Walks into a value, unless it is one of those that it is in itself. */
  #inside(value: object, at: Steps, walk: () => void): void {
    if (this.#path.length >= MAX_DEPTH) throw malformed(`found more than ${MAX_DEPTH} levels`, []);
    if (this.#path.includes(value)) throw malformed("found an object that holds itself", at);
    this.#path.push(value);
    walk();
    this.#path.pop();
  }

  /** Counts less than the request will have, so that what the engine would take is never refused. */
  #grow(characters: number, at: Steps): void {
    this.#size += characters;
    if (this.#size > MAX_REQUEST_BYTES) {
      throw new SealwrightError("request_too_large", `found a request of more than ${MAX_REQUEST_BYTES} bytes`, tell(at.slice(0, 1)));
    }
  }
}

/** A response with bytes in place of base64url. It is changed in place: nobody else has it. */
export function fromJson(response: unknown, place: Place | undefined, types: Types): unknown {
  const known = typeof place === "string" ? types[place] : place;
  if (known === true) return typeof response === "string" ? fromBase64Url(response) : response;
  if (known === undefined || typeof response !== "object" || response === null) return response;
  if (isList(known)) {
    return Array.isArray(response) ? response.map((item) => fromJson(item, known[0], types)) : response;
  }
  for (const [field, place] of Object.entries(fieldsOf(known, types) ?? {})) {
    if (Object.hasOwn(response, field)) {
      (response as Fields)[field] = fromJson((response as Fields)[field], place, types);
    }
  }
  return response;
}

function fieldsOf(place: Place | undefined, types: Types): Types | undefined {
  const known = typeof place === "string" ? types[place] : place;
  return typeof known === "object" && !isList(known) ? known : undefined;
}

function isList(place: Place | undefined): place is readonly [Place] {
  return Array.isArray(place);
}

function malformed(detail: string, at: Steps): SealwrightError {
  return new SealwrightError("request_malformed", detail, tell(at));
}
