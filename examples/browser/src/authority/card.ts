import { inspect, writeBackup } from "sealwright";
import { button, field, form, select } from "../controls.js";
import { desk, type OwnAuthority } from "../desk.js";
import { download, h } from "../dom.js";
import { objectCard } from "../explain/object.js";
import { fileName } from "../names.js";
import { shortName } from "../words.js";

/** The authority that is open: what it is, how to keep it, and another one of the same backup. */
export function authorityCard(own: OwnAuthority): HTMLElement {
  const { certificate, chain } = own.current.authority;
  const [described] = inspect({ input: certificate }).objects;
  const name = described?.kind === "certificate" ? shortName(described.subject) : own.current.id;
  const actions = h(
    "div",
    { class: "actions" },
    button("Save the certificate", () => download(fileName(name, "pem"), [certificate, ...chain].join(""))),
    button("Close the authority", () => (desk.authority = undefined)),
  );
  return h(
    "div",
    { class: "authority" },
    own.backup.authorities.length > 1 && choice(own),
    described !== undefined && objectCard(described, undefined, { heading: "h3" }),
    actions,
    h("details", { class: "panel-frame" }, h("summary", {}, "Save a backup"), backupForm(own, name)),
  );
}

function choice(own: OwnAuthority): HTMLElement {
  const { authorities } = own.backup;
  const ids = select(Object.fromEntries(authorities.map(({ id }) => [id, id])));
  ids.value = own.current.id;
  ids.addEventListener("change", () => {
    const current = authorities.find(({ id }) => id === ids.value);
    if (current !== undefined) desk.authority = { ...own, current };
  });
  return field("Authority of the backup", ids);
}

function backupForm({ backup }: OwnAuthority, name: string): HTMLElement {
  const password = h("input", { type: "password", required: true, minlength: "8", autocomplete: "new-password" });
  return form("Backup", [field("Password", password, "At least 8 characters. Who has file and password has the authority.")], "Save the backup", () => {
    const { backup: bytes } = writeBackup({ ...backup, password: password.value });
    download(fileName(name, "backup.p12"), bytes);
    password.value = "";
  });
}
