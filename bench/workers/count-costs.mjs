// Signalbox with counters around its bindings: the rows that D1 reports as written, what its queues would bill, and the
// calls of databases and gates. JavaScript, because it takes in all of src, which has the Workers' types.

import signalbox from "../../src/index.ts";

export { Inbox, TargetGate } from "../../src/index.ts";

/** Cloudflare bills a write, a read and a deletion of each message, by 64 KB; no message of ours here has more. */
const costs = {
  rowsWritten: 0,
  rowsRead: 0,
  d1Calls: 0,
  gateCalls: 0,
  queueWrites: 0,
  queueReads: 0,
  queueDeletes: 0,
};

const QUEUES = ["INGEST", "DELIVER", "SLOW", "LATE", "DEAD"];

/** @type {WeakMap<object, object>} One counting environment per database: Signalbox remembers which it has prepared. */
const counting = new WeakMap();

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/costs") return Response.json(costs);
    return signalbox.fetch(request, withCounters(env), ctx);
  },

  async queue(batch, env) {
    costs.queueReads += batch.messages.length;
    return signalbox.queue(countAcks(batch), withCounters(env));
  },
};

function withCounters(env) {
  const known = counting.get(env.LEDGER);
  if (known !== undefined) return known;
  const counted = {
    ...env,
    LEDGER: countRows(env.LEDGER),
    TARGET_GATE: countGates(env.TARGET_GATE),
    ...Object.fromEntries(QUEUES.map((name) => [name, countSends(env[name])])),
  };
  counting.set(env.LEDGER, counted);
  return counted;
}

function countRows(db) {
  const inner = new WeakMap();
  const add = ({ meta }) => {
    costs.rowsWritten += meta.rows_written;
    costs.rowsRead += meta.rows_read;
  };
  const call = async (work) => {
    costs.d1Calls++;
    return work();
  };
  const wrap = (statement) => {
    const outer = {
      bind: (...values) => wrap(statement.bind(...values)),
      first: async (...args) => call(async () => statement.first(...args)),
      raw: async (...args) => call(async () => statement.raw(...args)),
      run: async () => call(async () => noted(await statement.run())),
      all: async () => call(async () => noted(await statement.all())),
    };
    inner.set(outer, statement);
    return outer;
  };
  const noted = (result) => {
    add(result);
    return result;
  };
  return {
    prepare: (sql) => wrap(db.prepare(sql)),
    async batch(statements) {
      const results = await call(async () => db.batch(statements.map((statement) => inner.get(statement))));
      for (const result of results) add(result);
      return results;
    },
  };
}

function countGates(namespace) {
  const call = async (work) => {
    costs.gateCalls++;
    return work();
  };
  return {
    getByName: (name) => {
      const stub = namespace.getByName(name);
      return {
        admit: async (...args) => call(async () => stub.admit(...args)),
        report: async (...args) => call(async () => stub.report(...args)),
      };
    },
  };
}

function countSends(queue) {
  return {
    async send(body, options) {
      costs.queueWrites++;
      return queue.send(body, options);
    },
    async sendBatch(messages, options) {
      const list = [...messages];
      costs.queueWrites += list.length;
      return queue.sendBatch(list, options);
    },
    metrics: async () => queue.metrics(),
  };
}

function countAcks(batch) {
  const messages = batch.messages.map((message) => ({
    id: message.id,
    timestamp: message.timestamp,
    body: message.body,
    attempts: message.attempts,
    ack() {
      costs.queueDeletes++;
      message.ack();
    },
    retry: (options) => message.retry(options),
  }));
  return { queue: batch.queue, metadata: batch.metadata, messages };
}
