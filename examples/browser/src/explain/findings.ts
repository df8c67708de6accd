import { lintRules, type responses } from "sealwright";
import { h } from "../dom.js";
import { count } from "../words.js";

const NAMES = { error: "Error", warning: "Warning", notice: "Notice" };
const LEVELS = { error: "bad", warning: "attention", notice: "plain" };

/** What the linter says of an object, the worst first. */
export function findingsList(findings: readonly responses.Finding[]): HTMLElement {
  if (findings.length === 0) return h("p", { class: "clean" }, "The linter has nothing to say.");
  const { rules } = lintRules();
  const item = ({ severity, detail, remedy, where, source, id }: responses.Finding) =>
    h(
      "li",
      {},
      h("p", {}, pill(severity), " ", h("strong", {}, sentence(rules.find((rule) => rule.id === id)?.about ?? id))),
      h("p", {}, sentence(detail), " ", sentence(remedy)),
      h("p", { class: "hint" }, `${where} · ${source} · `, h("code", {}, id)),
    );
  return h("div", { class: "findings" }, h("p", { class: "kind" }, count(findings.length, "finding")), h("ul", {}, ...findings.map(item)));
}

function pill(severity: responses.Severity): HTMLElement {
  return h("span", { class: `pill ${LEVELS[severity]}` }, NAMES[severity]);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
