import { request } from "./request.js";

export default {
  async fetch() {
    return new Response(await request());
  },
};
