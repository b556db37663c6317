// Running the sweeper by hand.

import { Hono } from "hono";
import * as v from "valibot";
import { keepOrder } from "../jobs/keep-order.ts";
import { recoverAll, sweepDue, sweepOrphans } from "../jobs/sweep.ts";
import { shardsOf } from "../ledger/shards.ts";
import type { AdminEnv } from "./access.ts";
import { describe } from "./describe.ts";
import { validBody } from "./validate.ts";

const SweepBodySchema = v.strictObject({
  recover: v.optional(
    v.pipe(v.boolean(), v.description("Takes everything for lost that waits in a queue: for after one was purged.")),
    false,
  ),
});

const SweptSchema = v.object({
  sent: v.pipe(v.number(), v.description("Deliveries sent again.")),
  cancelled: v.pipe(v.number(), v.description("Deliveries whose target is gone, which are cancelled.")),
  orphans: v.pipe(v.number(), v.description("Planned deliveries of which nothing had been heard.")),
  sendouts: v.optional(
    v.pipe(v.number(), v.description("Of `recover`: sendouts that the Inbox kept, handed over again.")),
  ),
});

/** `POST /admin/sweep`: what the cron does every minute, now; or more than that. */
export const sweepRoutes = new Hono<AdminEnv>().post(
  "/",
  describe({
    summary: "Runs the sweeper now, which the cron does every minute: sends what is due and finds what was lost.",
    answer: SweptSchema,
    example: { body: {}, answer: { sent: 3, cancelled: 0, orphans: 1 } },
  }),
  validBody(SweepBodySchema),
  async (c) => {
    const asked = c.req.valid("json");
    const now = Date.now();
    if (asked.recover) {
      const recovered = await recoverAll(c.env, now);
      c.set("change", { after: recovered });
      return c.json(recovered);
    }
    let orphans = 0;
    for (const { number: shard } of shardsOf(c.env)) orphans += await sweepOrphans(c.env, now, { shard });
    const swept = await sweepDue(c.env, now);
    await keepOrder(c.env, now);
    c.set("change", { after: { ...swept, orphans } });
    return c.json({ ...swept, orphans });
  },
);
