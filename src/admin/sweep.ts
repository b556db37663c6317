// Running the sweeper by hand.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { keepOrder } from "../jobs/keep-order.ts";
import { recoverAll, sweepDue, sweepOrphans } from "../jobs/sweep.ts";
import { validBody } from "./validate.ts";

const SweepBodySchema = v.strictObject({
  /** Takes everything for lost that waits in a queue: after a queue was purged. */
  recover: v.optional(v.boolean(), false),
});

/** `POST /admin/sweep`: what the cron does every minute, now; or more than that. */
export const sweepRoutes = new Hono<{ Bindings: Bindings }>().post("/", validBody(SweepBodySchema), async (c) => {
  const asked = c.req.valid("json");
  const now = Date.now();
  if (asked.recover) return c.json(await recoverAll(c.env, now));
  const orphans = await sweepOrphans(c.env, now);
  const swept = await sweepDue(c.env, now);
  await keepOrder(c.env, now);
  return c.json({ ...swept, orphans });
});
