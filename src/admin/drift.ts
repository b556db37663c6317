// What arrived and is not in the catalogue of event types.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { listDrift } from "../ledger/drift.ts";
import { validQuery } from "./validate.ts";

const QuerySchema = v.strictObject({ type: v.optional(v.string()) });

/** `GET /admin/drift`. */
export const driftRoutes = new Hono<{ Bindings: Bindings }>().get("/", validQuery(QuerySchema), async (c) => {
  const drift = await listDrift(c.env.LEDGER, c.req.valid("query").type);
  return c.json({
    drift: drift.map(({ firstSeenAt, lastSeenAt, ...rest }) => ({
      ...rest,
      firstSeenAt: new Date(firstSeenAt).toISOString(),
      lastSeenAt: new Date(lastSeenAt).toISOString(),
    })),
  });
});
