// Signalbox with a way to have its blocks made at once, and its database's size. JavaScript, because it takes in all of
// src, which has the Workers' types.

import signalbox from "../../src/index.ts";
import { sealBlocks } from "../../src/ledger/seal-blocks.ts";

export { Inbox, TargetGate } from "../../src/index.ts";

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname !== "/bench/seal") return signalbox.fetch(request, env, ctx);
    await sealBlocks(env.LEDGER, Date.now());
    const { results, meta } = await env.LEDGER.prepare("SELECT count(*) AS blocks FROM search_blocks").all();
    return Response.json({ blocks: results[0].blocks, bytes: meta.size_after });
  },
};
