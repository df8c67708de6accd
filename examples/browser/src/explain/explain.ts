import { inspect, lint, SealwrightError, type responses } from "sealwright";
import { problem } from "../controls.js";
import { h } from "../dom.js";
import { engineInput, pemBlocks, textOf, toPem, type Given } from "../files.js";
import { openKey, openKeystore } from "./locked.js";
import { objectCard } from "./object.js";
import { readProfile } from "./profile.js";
import { readToken } from "./token.js";

/** What a file is, as parts of its card. */
export function explain({ bytes }: Given): Node[] {
  const text = textOf(bytes)?.trim();
  const token = text === undefined ? undefined : readToken(text);
  if (token !== undefined) return [token];
  const profile = readProfile(bytes);
  const parts = profile === undefined ? [] : [profile];
  try {
    parts.push(...explainObjects(bytes));
  } catch (error) {
    // A profile need not be signed.
    if (profile === undefined || !(error instanceof SealwrightError)) parts.push(problem(error));
  }
  return parts;
}

/** What the engine finds in it, with what its linter says of each. */
export function explainObjects(bytes: Uint8Array): HTMLElement[] {
  const input = engineInput(bytes);
  const { objects } = inspect({ input });
  const linted = lintOf(input);
  const blocks = pemsOf(bytes, objects);
  return objects.map((object, index) => {
    const findings = linted.find(({ at }) => at === `inputs.0.${index}`)?.findings ?? [];
    const card = objectCard(object, findings, { pem: blocks?.[index] });
    if (object.kind === "pkcs12" || object.kind === "jks") card.append(openKeystore(object.kind, bytes));
    if (object.kind === "encrypted_private_key") card.append(openKey(input));
    return card;
  });
}

function lintOf(input: string): readonly responses.LintedObject[] {
  try {
    return lint({ inputs: [input] }).objects;
  } catch (error) {
    if (error instanceof SealwrightError) return [];
    throw error;
  }
}

const LABELS: { readonly [kind: string]: string } = { certificate: "CERTIFICATE", certificate_request: "CERTIFICATE REQUEST" };

/** Each object in PEM, where it can be told which is which. */
function pemsOf(bytes: Uint8Array, objects: readonly responses.Object[]): readonly string[] | undefined {
  const text = textOf(bytes);
  const [first] = objects;
  if (text === undefined && objects.length === 1 && first !== undefined) {
    const label = LABELS[first.kind];
    return label === undefined ? undefined : [toPem(label, bytes)];
  }
  const blocks = pemBlocks(text ?? "");
  return blocks.length === objects.length ? blocks : undefined;
}

/** Objects below a heading of their own, such as those in a keystore. */
export function nested(title: string, parts: readonly Node[]): HTMLElement {
  return h("div", { class: "nested" }, h("h4", {}, title), ...parts);
}
