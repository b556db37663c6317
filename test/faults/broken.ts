// Signalboxes that are broken on purpose, each by a mistake that such systems are known for. The model check has to catch
// every one of them, or it proves nothing.

import * as v from "valibot";
import worker from "../../src/index.ts";
import { fanOut } from "../../src/routing/fan-out.ts";
import { unpack } from "../../src/ledger/content.ts";
import { lookUpSendouts } from "../../src/ledger/sendouts.ts";
import { writeEntries } from "../../src/ledger/record.ts";
import { IngestMessageSchema } from "../../src/routing/message.ts";
import { readSendout, routeSendout } from "../../src/routing/route-sendout.ts";
import { tableForRouting } from "../../src/routing/table-store.ts";
import type { Bindings } from "../../src/env.ts";
import { SECRETS } from "../unit/faults.ts";
import { VAULT_SECRET } from "./vault-values.ts";
import type { WorldOptions } from "./world.ts";

/** What is put in the place of the real thing. */
export type Broken = Pick<WorldOptions, "consume" | "rewrite">;

/** Every mistake, with what the check has to say of it. */
export const BROKEN: readonly { mistake: string; broken: Broken; caughtAs: RegExp }[] = [
  { mistake: "acknowledges before it hands over", broken: { consume: acknowledgeFirst }, caughtAs: /^lost: / },
  { mistake: "claims a sendout before it sends", broken: { consume: claimFirst }, caughtAs: /^lost: / },
  { mistake: "guards rows without rounds", broken: { rewrite: withoutRounds }, caughtAs: /^stale: / },
  { mistake: "lets the last write win", broken: { rewrite: lastWins }, caughtAs: /it had ended|delivered is for ever/ },
  { mistake: "gives turns without looking who has one", broken: { rewrite: withoutTurns }, caughtAs: /^order: / },
  { mistake: "gives turns to whoever came last", broken: { rewrite: lastComesFirst }, caughtAs: /^order: .* before / },
  { mistake: "sweeps without a lease", broken: { rewrite: leaseless }, caughtAs: /^stuck: / },
  { mistake: "has a default for a secret", broken: { consume: withDefault }, caughtAs: /^credential: / },
  { mistake: "logs its environment", broken: { consume: logEnvironment }, caughtAs: /^leak: .* log line/ },
  { mistake: "puts secrets into messages", broken: { consume: resolveEarly }, caughtAs: /^leak: .* queue message/ },
];

async function acknowledgeFirst(batch: MessageBatch, _env: Bindings, next: () => Promise<void>): Promise<void> {
  batch.ackAll();
  await next();
}

/** As it is often done: the id is marked as seen, and then the work begins. */
async function claimFirst(batch: MessageBatch, env: Bindings, next: () => Promise<void>): Promise<void> {
  if (!batch.queue.endsWith("-ingest")) return next();
  for (const message of batch.messages) {
    try {
      await claimAndSend(v.parse(IngestMessageSchema, message.body), env);
      message.ack();
    } catch {
      message.retry({ delaySeconds: 5 });
    }
  }
}

async function claimAndSend(message: v.InferOutput<typeof IngestMessageSchema>, env: Bindings): Promise<void> {
  const body = await unpack(message.content, env);
  if (body === undefined) throw new Error("the world keeps its bodies");
  const sendout = await readSendout(message, body);
  const known = await lookUpSendouts(env, [sendout.id]);
  if (known.sendouts.has(sendout.id)) return;
  const table = await tableForRouting(env, known.head.version, Date.now());
  const routed = await routeSendout(sendout, table, true);
  await writeEntries(env.LEDGER, [{ kind: "sendout", row: { ...routed.row, planned: "[]" } }]);
  const sent = await fanOut(env, [routed], known.slow);
  if (!sent.has(routed)) throw new Error("the queue refused");
  const { planned, id } = routed.row;
  await env.LEDGER.prepare("UPDATE sendouts SET planned = ?1 WHERE id = ?2").bind(planned, id).run();
}

async function withDefault(batch: MessageBatch, env: Bindings): Promise<void> {
  const changed = { ...env, [VAULT_SECRET]: "changeme" };
  await worker.queue(batch, changed);
}

async function logEnvironment(_batch: MessageBatch, env: Bindings, next: () => Promise<void>): Promise<void> {
  console.error(JSON.stringify({ event: "batch_begins", env }));
  await next();
}

/** So that delivery need not look for them. */
async function resolveEarly(batch: MessageBatch, env: Bindings): Promise<void> {
  const DELIVER: Queue = {
    ...env.DELIVER,
    sendBatch: async (messages, options) => {
      const resolved = [...messages].map(({ body }) => ({
        body: Object.assign({}, body, { token: SECRETS.CRM_TOKEN }),
      }));
      return env.DELIVER.sendBatch(resolved, options);
    },
  };
  await worker.queue(batch, { ...env, DELIVER });
}

const ROUNDS = [/excluded\.round > deliveries\.round\s+OR/g, /excluded\.round = deliveries\.round\s+AND/g];

function withoutRounds(sql: string): string {
  return isOutcome(sql) ? ROUNDS.reduce((text, round) => text.replace(round, ""), sql) : sql;
}

const STANDS = /\(excluded\.round > deliveries\.round\s+OR[\s\S]*?'next_in_order'\){4}/g;

function lastWins(sql: string): string {
  return isOutcome(sql) ? sql.replace(/WHERE NOT EXISTS [\s\S]*$/, "").replaceAll(STANDS, "true") : sql;
}

/** The sweeper forgets what it takes. */
function leaseless(sql: string): string {
  return sql.includes("UPDATE deliveries SET sweep_at = ?1 + ?2")
    ? sql.replace("?1 + ?2", "iif(?2 > 0, NULL, ?1)")
    : sql;
}

function withoutTurns(sql: string): string {
  return isTurn(sql) ? sql.replace("AND NOT EXISTS", "AND EXISTS (SELECT 1) OR EXISTS") : sql;
}

function lastComesFirst(sql: string): string {
  return isTurn(sql) ? sql.replace("ORDER BY order_at", "ORDER BY order_at DESC") : sql;
}

function isTurn(sql: string): boolean {
  return sql.includes("'next_in_order'");
}

function isOutcome(sql: string): boolean {
  return sql.includes("INSERT INTO deliveries") && sql.includes("excluded.round");
}
