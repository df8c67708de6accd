import { KeyRing, readBackup } from "sealwright";
import { field, form } from "../controls.js";
import { desk } from "../desk.js";
import { announce, h } from "../dom.js";
import { readFile } from "../files.js";

/** Opens a backup: one of this page, or of `sealwright backup`. */
export function openForm(): HTMLElement {
  const file = h("input", { type: "file", required: true, accept: ".p12,.pfx,.backup,application/x-pkcs12" });
  const password = h("input", { type: "password", required: true, autocomplete: "off" });
  return form("Open a backup", [field("Backup file", file), field("Password", password)], "Open", async () => {
    const { bytes } = await readFile(file.files![0]!);
    const backup = readBackup({ backup: bytes, password: password.value });
    // The one that issues to devices: below the others.
    const current = backup.authorities.reduce((lowest, one) =>
      one.authority.chain.length > lowest.authority.chain.length ? one : lowest,
    );
    const keys = new KeyRing();
    try {
      for (const { id, private_key } of backup.keys) keys.import(id, private_key);
    } catch (error) {
      keys.free();
      throw error;
    }
    desk.authority = { backup, current, keys };
    announce("The backup is open");
  });
}
