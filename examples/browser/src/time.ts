import { h } from "./dom.js";

const DAY = 86_400;
const FORMAT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short", timeZone: "UTC" });

/** The clock, Unix seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** A time in UTC. */
export function time(seconds: number): HTMLElement {
  const date = new Date(seconds * 1000);
  // A certificate may say a year that no calendar has.
  if (Number.isNaN(date.getTime())) return h("span", {}, `second ${seconds}`);
  return h("time", { datetime: date.toISOString() }, `${FORMAT.format(date)} UTC`);
}

/** Whether something is valid by the clock, in words, and how good that is. */
export function validity(notBefore: number, notAfter: number): { text: string; level: "good" | "attention" | "bad" } {
  const clock = now();
  if (clock < notBefore) return { text: "Not valid yet", level: "attention" };
  if (clock > notAfter) return { text: `Expired ${distance(clock - notAfter)} ago`, level: "bad" };
  const left = notAfter - clock;
  return { text: `Valid for ${distance(left)}`, level: left < 30 * DAY ? "attention" : "good" };
}

function distance(seconds: number): string {
  const units: readonly [string, number][] = [["year", 365 * DAY], ["day", DAY], ["hour", 3600], ["minute", 60], ["second", 1]];
  // Days are what people count in, up to some two years.
  const [name, length] = units.find(([name, length]) => seconds >= length * (name === "year" ? 2 : 1)) ?? ["second", 1];
  const amount = Math.floor(seconds / length);
  return `${amount} ${name}${amount === 1 ? "" : "s"}`;
}
