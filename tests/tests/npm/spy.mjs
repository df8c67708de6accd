/** What a method of a prototype is given and what it makes of it, while the work is done. */
export function watch(prototype, method, work) {
  const own = prototype[method];
  const seen = [];
  prototype[method] = function (given) {
    const entry = { given };
    seen.push(entry);
    entry.made = own.call(this, given);
    return entry.made;
  };
  try {
    work();
  } finally {
    prototype[method] = own;
  }
  return seen;
}

/** Whether all bytes are zero. */
export function isWiped(bytes) {
  return bytes.every((octet) => octet === 0);
}
