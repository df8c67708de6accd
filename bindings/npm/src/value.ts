// What a value is that somebody gave, of whatever realm.

/** Whether it is a `Uint8Array` or another view of bytes, of whatever realm. */
export function isBytes(value: unknown): value is ArrayBufferView {
  return ArrayBuffer.isView(value);
}

/** Whether it is an object as braces make it, of whatever realm. */
export function isPlain(value: unknown): value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** What a value is, for people. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "number") return String(value);
  if (typeof value !== "object") return `a ${typeof value}`;
  if (Array.isArray(value)) return "a list";
  return isPlain(value) ? "an object" : "an object of a class";
}

/** Whether it is of that class, of whatever realm. */
export function isA(value: unknown, name: string): boolean {
  return Object.prototype.toString.call(value) === `[object ${name}]`;
}

/** Makes a list one that JSON has as it is: what somebody put on `Array.prototype`, such as `toJSON`, is no part of it. */
export function bare<T>(list: T[]): T[] {
  return Object.setPrototypeOf(list, null) as T[];
}

/** A field of the value itself: what somebody put on `Object.prototype` is none. */
export function own<T extends object, Field extends keyof T>(value: T, field: Field): T[Field] | undefined {
  return Object.hasOwn(value, field) ? value[field] : undefined;
}
