// The Worker: hands each kind of event to its owner and knows nothing else.

import { app } from "./app.ts";
import { consumeDeliver } from "./delivery/consumer.ts";
import type { Bindings } from "./env.ts";
import { consumeDead } from "./jobs/dead-letters.ts";
import { runJobs } from "./jobs/cron.ts";
import { sweepDue } from "./jobs/sweep.ts";
import { consumeLate } from "./ledger/late.ts";
import { advanceOrder } from "./routing/advance-order.ts";
import { consumeIngest } from "./routing/consumer.ts";

export { Inbox } from "./inbox/inbox.ts";
export { TargetGate } from "./delivery/gate/target-gate.ts";

/** Delivery knows no routing table: what goes next in an order, and what is let go, is sent by those who do. */
function deliveryChoices(env: Bindings) {
  const advance = async (keys: readonly string[]) => void (await advanceOrder(env, keys, Date.now()));
  const sweep = async () => void (await sweepDue(env, Date.now()));
  return { now: Date.now, random: Math.random, advance, sweep };
}

export default {
  fetch: app.fetch,

  async queue(batch, env) {
    // Queue names end in the step's name, whatever an installation calls its Worker.
    const step = batch.queue.slice(batch.queue.lastIndexOf("-") + 1);
    switch (step) {
      case "ingest":
        return consumeIngest(batch, env, Date.now());
      case "deliver":
        return consumeDeliver(batch, env, { ...deliveryChoices(env), lane: "fast" });
      case "slow":
        return consumeDeliver(batch, env, { ...deliveryChoices(env), lane: "slow" });
      case "late":
        return consumeLate(batch, env);
      case "dead":
        return consumeDead(batch, env, Date.now());
      default:
        throw new Error(
          `no step consumes the queue ${batch.queue}; its name ends in -ingest, -deliver, -slow, -late or -dead`,
        );
    }
  },

  async scheduled(_controller, env) {
    await runJobs(env, Date.now());
  },
} satisfies ExportedHandler<Bindings>;
