// All that the package takes from its surroundings: the clock and randomness, where a request does not say them.

/** Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** 32 random bytes. */
export function seed(): Uint8Array {
  return crypto.getRandomValues(new Uint8Array(32));
}
