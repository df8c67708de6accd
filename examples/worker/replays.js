import { DurableObject } from "cloudflare:workers";

/** For how long a message is still remembered that no longer counts, in seconds: who asks looked at the clock before. */
const MARGIN_SECONDS = 3600;

/** Remembers messages for as long as they would count again. */
export class Replays extends DurableObject {
  constructor(state, env) {
    super(state, env);
    state.storage.sql.exec("CREATE TABLE IF NOT EXISTS replays (key TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID");
  }

  /** Whether the key was not there; from now on it is. `until` is the last second in which it matters, Unix seconds. */
  isNew(key, until) {
    const { sql } = this.ctx.storage;
    sql.exec("DELETE FROM replays WHERE until < ?", Math.floor(Date.now() / 1000) - MARGIN_SECONDS);
    return sql.exec("INSERT OR IGNORE INTO replays VALUES (?, ?) RETURNING key", key, until).toArray().length === 1;
  }
}
