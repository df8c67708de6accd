/** The names of fields and the numbers of items that lead to where something stands. */
export type Steps = readonly (string | number)[];

/** Characters of one step; the name of a claim may have millions. */
const MAX_STEP = 256;

/**
 * A place as errors say it in `at` in every language, such as `authority.former.0.key` or `claims["example.com/role"]`;
 * nothing for the whole. It ends before a step that is too long to tell.
 */
export function tell(steps: Steps): string | undefined {
  let told: string | undefined;
  for (const step of steps) {
    const own = typeof step === "number" ? String(step) : tellName(step);
    if (own === undefined) break;
    told = told === undefined ? own : own.startsWith("[") ? told + own : `${told}.${own}`;
  }
  return told;
}

function tellName(name: string): string | undefined {
  if (name.length > MAX_STEP) return undefined;
  const told = /^[A-Za-z_][A-Za-z0-9_-]*$/.test(name) ? name : `["${name.replace(/["\\]|[^ -~]/g, escape)}"]`;
  return told.length > MAX_STEP ? undefined : told;
}

/** A half of a character beyond 16 bits is escaped by itself. */
function escape(unit: string): string {
  return unit === '"' || unit === "\\" ? `\\${unit}` : `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
