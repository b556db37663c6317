// The parts that Signalbox delivers with, and nothing done with them: two queues, and per batch one look into D1 and one
// write. The same body is passed on. Nothing is verified, understood, translated, judged or limited. What is between this
// and the bare relay is what the parts cost in this simulator; what is between Signalbox and this is Signalbox.

import type { D1Database, MessageBatch, Queue } from "@cloudflare/workers-types";

/** Connections that may wait for an answer at the same time in one invocation: the platform's limit. */
const CONNECTIONS_MAX = 6;

/** Bodies of 2 KB in one `sendBatch`, which takes 256 KB. */
const BATCH_MAX = 80;

/** A delivery on its way. */
interface Delivery {
  id: string;
  url: string;
  body: ArrayBuffer;
}

interface Bindings {
  INGEST: Queue;
  DELIVER: Queue;
  LEDGER: D1Database;
  /** The URLs to send to, as a JSON list. */
  TARGETS: string;
}

const worker = {
  async fetch(request: Request, env: Bindings): Promise<Response> {
    await env.INGEST.send(new Uint8Array(await request.arrayBuffer()), { contentType: "bytes" });
    return new Response(null, { status: 202 });
  },

  async queue(batch: MessageBatch<ArrayBuffer> | MessageBatch<Delivery>, env: Bindings): Promise<void> {
    if (isIngest(batch)) await fanOut(batch, env);
    else await deliver(batch, env);
    batch.ackAll();
  },
};

function isIngest(batch: MessageBatch<ArrayBuffer> | MessageBatch<Delivery>): batch is MessageBatch<ArrayBuffer> {
  return batch.queue === "ingest";
}

async function fanOut({ messages }: MessageBatch<ArrayBuffer>, env: Bindings): Promise<void> {
  const targets: string[] = JSON.parse(env.TARGETS);
  const ids = messages.map(({ id }) => id);
  await lookUp(env.LEDGER, ids);
  const all = messages.flatMap(({ id, body }) => targets.map((url) => ({ body: { id, url, body } })));
  for (let from = 0; from < all.length; from += BATCH_MAX) {
    await env.DELIVER.sendBatch(all.slice(from, from + BATCH_MAX).map((one) => ({ ...one, contentType: "v8" })));
  }
  await write(
    env.LEDGER,
    messages.map(({ id, body }) => [id, body]),
  );
}

async function deliver({ messages }: MessageBatch<Delivery>, env: Bindings): Promise<void> {
  const key = ({ id, url }: Delivery) => `${id} ${url}`;
  await lookUp(
    env.LEDGER,
    messages.map(({ body }) => key(body)),
  );
  const waiting = messages.values();
  const work = async (): Promise<void> => {
    // One iterator for all: each takes the next call that nobody has taken.
    for (const { body } of waiting) {
      const headers = { "content-type": "application/json", "idempotency-key": key(body) };
      const response = await fetch(body.url, { method: "POST", headers, body: body.body });
      await response.body?.cancel();
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS_MAX }, work));
  await write(
    env.LEDGER,
    messages.map(({ body }) => [key(body), body.body]),
  );
}

async function lookUp(db: D1Database, ids: readonly string[]): Promise<void> {
  await ensureTable(db);
  await db.prepare("SELECT id FROM rows WHERE id IN (SELECT value FROM json_each(?1))").bind(JSON.stringify(ids)).all();
}

async function write(db: D1Database, rows: readonly (readonly [id: string, body: ArrayBuffer])[]): Promise<void> {
  const values = rows.map(([id, body]) => [id, new Uint8Array(body).toBase64()]);
  await db
    .prepare("INSERT OR IGNORE INTO rows SELECT value ->> 0, value ->> 1 FROM json_each(?1)")
    .bind(JSON.stringify(values))
    .run();
}

let created: Promise<unknown> | undefined;

async function ensureTable(db: D1Database): Promise<void> {
  created ??= db.prepare("CREATE TABLE IF NOT EXISTS rows (id TEXT PRIMARY KEY, body TEXT) WITHOUT ROWID").run();
  await created;
}

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;
