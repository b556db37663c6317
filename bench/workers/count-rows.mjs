// Signalbox with a counter in front of its database: every row that D1 reports as written by a batch, which is how the
// ledger writes sendouts and deliveries. JavaScript, because it takes in all of src, which has the Workers' types.

import signalbox from "../../src/index.ts";

let rowsWritten = 0;

/** @type {WeakMap<object, object>} One counting database per binding: Signalbox remembers which it has prepared. */
const counting = new WeakMap();

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname === "/bench/rows") return new Response(String(rowsWritten));
    return signalbox.fetch(request, withCounter(env), ctx);
  },

  async queue(batch, env) {
    return signalbox.queue(batch, withCounter(env));
  },
};

function withCounter(env) {
  const known = counting.get(env.LEDGER);
  const ledger = known ?? countRows(env.LEDGER);
  if (known === undefined) counting.set(env.LEDGER, ledger);
  return { ...env, LEDGER: ledger };
}

function countRows(db) {
  return {
    prepare: (sql) => db.prepare(sql),
    async batch(statements) {
      const results = await db.batch(statements);
      for (const { meta } of results) rowsWritten += meta.rows_written;
      return results;
    },
  };
}
