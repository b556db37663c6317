// The Worker: hands each kind of event to its owner and knows nothing else.

import { app } from "./app.ts";
import { withBatchLine, type Tally } from "./batch-line.ts";
import { consumeDeliver } from "./delivery/consumer.ts";
import type { Bindings } from "./env.ts";
import { consumeDead } from "./jobs/dead-letters.ts";
import { runJobs, runJobsOfOthers } from "./jobs/cron.ts";
import { sweepDue } from "./jobs/sweep.ts";
import { consumeLate } from "./ledger/late.ts";
import { advanceOrder } from "./routing/advance-order.ts";
import { consumeIngest } from "./routing/consumer.ts";

export { Inbox } from "./inbox/inbox.ts";
export { TargetGate } from "./delivery/gate/target-gate.ts";

type Consume = (batch: MessageBatch, env: Bindings, tally: Tally) => Promise<void>;

/** Who consumes which queue, by the step that its name ends in. */
const CONSUMERS: Readonly<Record<string, Consume>> = {
  ingest: async (batch, env, tally) => consumeIngest(batch, env, Date.now(), tally),
  deliver: async (batch, env, tally) => consumeDeliver(batch, env, { ...deliveryChoices(env), tally, lane: "fast" }),
  slow: async (batch, env, tally) => consumeDeliver(batch, env, { ...deliveryChoices(env), tally, lane: "slow" }),
  late: async (batch, env) => consumeLate(batch, env),
  dead: async (batch, env) => consumeDead(batch, env, Date.now()),
};

/** Delivery knows no routing table: what goes next in an order, and what is let go, is sent by those who do. */
function deliveryChoices(env: Bindings) {
  const advance = async (keys: readonly string[]) => void (await advanceOrder(env, keys, Date.now()));
  const sweep = async () => void (await sweepDue(env, Date.now()));
  return { now: Date.now, random: Math.random, advance, sweep };
}

/** The cron of the databases beside LEDGER, every minute as the other is: an expression of its own tells them apart. */
const CRON_OF_OTHERS = "*/1 * * * *";

export default {
  fetch: app.fetch,

  async queue(batch, env) {
    // Queue names end in the step's name, whatever an installation calls its Worker.
    const step = batch.queue.slice(batch.queue.lastIndexOf("-") + 1);
    const consume = CONSUMERS[step];
    if (consume === undefined) {
      throw new Error(
        `no step consumes the queue ${batch.queue}; its name ends in -ingest, -deliver, -slow, -late or -dead`,
      );
    }
    await withBatchLine(step, batch, Date.now, async (counted, tally) => consume(counted, env, tally));
  },

  async scheduled({ cron }, env) {
    await (cron === CRON_OF_OTHERS ? runJobsOfOthers : runJobs)(env, Date.now());
  },
} satisfies ExportedHandler<Bindings>;
