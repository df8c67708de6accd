import { request } from "./request.js";

request().then(
  (value) => (globalThis.result = { value }),
  (error) => (globalThis.result = { error: String(error.stack ?? error) }),
);
