// Incidents: what somebody should look at, and the word that somebody has.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { listIncidents, resolveIncident, type Incident } from "../ledger/incidents.ts";
import { problem } from "../problem.ts";
import { validQuery } from "./validate.ts";

const ListQuerySchema = v.strictObject({ state: v.optional(v.picklist(["open", "resolved"])) });

/** `GET /admin/incidents` and `POST /admin/incidents/<kind>/<subject>/resolve`. */
export const incidentRoutes = new Hono<{ Bindings: Bindings }>()
  .get("/", validQuery(ListQuerySchema), async (c) => {
    const incidents = await listIncidents(c.env.LEDGER, c.req.valid("query").state);
    return c.json({ incidents: incidents.map(describeIncident) });
  })
  .post("/:kind/:subject/resolve", async (c) => {
    const resolved = await resolveIncident(c.env.LEDGER, c.req.param(), Date.now());
    return resolved === undefined ? problem(c, "not_found") : c.json(describeIncident(resolved));
  });

function describeIncident({ kind, subject, openedAt, lastSeenAt, count, detail, resolvedAt, resolvedBy }: Incident) {
  return {
    kind,
    subject,
    state: resolvedAt === null ? "open" : "resolved",
    openedAt: new Date(openedAt).toISOString(),
    lastSeenAt: new Date(lastSeenAt).toISOString(),
    count,
    detail,
    resolvedAt: resolvedAt === null ? null : new Date(resolvedAt).toISOString(),
    resolvedBy,
  };
}
