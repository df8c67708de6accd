// Guards downloads by tokens, and takes reports that devices have signed: see README.md.

import { init, SealwrightError, verifyMessage, verifyUrl } from "sealwright/verify";
export { Replays } from "./replays.js";

/** The largest report, in bytes. */
const MAX_REPORT = 1 << 20;

export default {
  async fetch(request, env) {
    await init();
    const { pathname } = new URL(request.url);
    try {
      if (request.method === "GET" && pathname.startsWith("/files/")) return await download(request, env);
      if (request.method === "POST" && pathname === "/reports") return await report(request, env);
      return new Response(null, { status: 404 });
    } catch (error) {
      if (error instanceof SealwrightError) return Response.json({ error: error.code }, { status: 403 });
      throw error;
    }
  },
};

/** A file, for whoever has a token that opens its path. */
async function download(request, env) {
  const policy = { issuers: [env.ISSUER], audience: env.AUDIENCE };
  const { path } = verifyUrl({ url: request.url, jwks: JSON.parse(env.JWKS), policy });
  const file = await env.FILES.fetch(new URL(path, request.url));
  const answer = new Response(file.body, file);
  answer.headers.set("cache-control", "private, no-store");
  return answer;
}

/** What a device says, if a certificate of ours signed it just now and it is heard for the first time. */
async function report(request, env) {
  const body = await readAtMost(request, MAX_REPORT);
  if (body === undefined) return new Response(null, { status: 413 });
  const message = { form: "detached_cms", signature: request.headers.get("mdm-signature") ?? "" };
  const { signer, replay } = verifyMessage({ message, body, trust: { anchors: [{ certificate: env.ROOT }] } });
  const memory = env.REPLAYS.get(env.REPLAYS.idFromName(replay.key.slice(0, 2)));
  if (!(await memory.isNew(replay.key, replay.until))) return Response.json({ error: "message_replayed" }, { status: 409 });
  const { common_name, serial } = signer.device;
  return Response.json({ device: common_name, serial, bytes: body.length }, { status: 202 });
}

/** The body, unless it is longer: what a header says of its length, anybody can write. */
async function readAtMost(request, limit) {
  const parts = [];
  let length = 0;
  for await (const part of request.body ?? []) {
    length += part.length;
    if (length > limit) return undefined;
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
