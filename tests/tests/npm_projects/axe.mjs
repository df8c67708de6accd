// What axe-core says of a page.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const SOURCE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** An error if the page, as it is, breaks a rule of WCAG 2.2 AA. */
export async function accessible(page, where) {
  // Past the policy of the page, which allows no scripts from outside.
  if (!(await page.evaluate(() => "axe" in globalThis))) await page.evaluate(SOURCE);
  const { violations, passes } = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  if (passes.length < 10) throw new Error(`${where}: axe looked at nothing`);
  if (violations.length === 0) return;
  const told = violations.flatMap(({ id, help, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${help}\n${html}\n${failureSummary}`));
  throw new Error(`${where}: ${told.join("\n\n")}`);
}
