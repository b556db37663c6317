// Signalbox with ways to have three of its cron's jobs run at once. JavaScript, because it takes in all of src, which has the
// Workers' types.

import signalbox from "../../src/index.ts";
import { purge } from "../../src/jobs/purge.ts";
import { sealBlocks } from "../../src/ledger/seal-blocks.ts";
import { countOn } from "../../src/ledger/statistics.ts";

export { Inbox, TargetGate } from "../../src/index.ts";

export default {
  async fetch(request, env, ctx) {
    const { pathname } = new URL(request.url);
    if (pathname === "/bench/seal") return seal(env);
    if (pathname === "/bench/purge") return runPurge(env);
    if (pathname === "/bench/count") return count(env);
    return signalbox.fetch(request, env, ctx);
  },
};

async function seal(env) {
  await sealBlocks(env.LEDGER, Date.now());
  const { results, meta } = await env.LEDGER.prepare("SELECT count(*) AS blocks FROM search_blocks").all();
  return Response.json({ blocks: results[0].blocks, bytes: meta.size_after });
}

async function runPurge(env) {
  await purge(env, Date.now());
  const { results } = await env.LEDGER.prepare("SELECT name, position FROM jobs WHERE name LIKE 'purge_%'").all();
  return Response.json(Object.fromEntries(results.map(({ name, position }) => [name, position])));
}

async function count(env) {
  await countOn(env, Date.now());
  const { position } = await env.LEDGER.prepare("SELECT position FROM jobs WHERE name = 'statistics'").first();
  return Response.json({ position });
}
