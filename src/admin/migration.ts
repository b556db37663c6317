// Where the move from payload version v2018-08-01 to v2024-01-01 stands, from what is logged and the table in force.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { readBodies, readTraffic, type Traffic } from "../ledger/traffic.ts";
import { tableReads } from "../routing/table-reads.ts";
import { newestTable, type TableInForce } from "../routing/table-store.ts";
import { toMarkdown } from "../voucherify/migration/markdown.ts";
import type { SeenSendouts } from "../voucherify/migration/model.ts";
import { migrationReport } from "../voucherify/migration/report.ts";
import { normalise } from "../voucherify/normalise.ts";
import { InstantSchema, validQuery } from "./validate.ts";

/** How far back is looked when nobody says, in milliseconds: as long as Voucherify's support can send again. */
const SINCE_DEFAULT_MS = 14 * 24 * 3_600_000;

const QuerySchema = v.strictObject({
  since: v.optional(InstantSchema),
  format: v.optional(v.picklist(["json", "markdown"]), "json"),
});

/** `GET /admin/migration`. */
export const migrationRoutes = new Hono<{ Bindings: Bindings }>().get("/", validQuery(QuerySchema), async (c) => {
  const now = Date.now();
  const { since = now - SINCE_DEFAULT_MS, format } = c.req.valid("query");
  const inForce = await newestTable(c.env, now);
  const seen = await seenSince(c.env, since, inForce);
  const types = seen.map(({ type }) => type);
  const report = migrationReport(seen, tableReads(inForce.table.source, types), now);
  if (format === "markdown") return c.text(toMarkdown(report), 200, { "content-type": "text/markdown; charset=utf-8" });
  return c.json({ since: new Date(since).toISOString(), tableVersion: inForce.version, ...report });
});

/** What was seen of either version, each kind with its newest body. Raw payloads are of neither. */
async function seenSince(env: Bindings, since: number, { table }: TableInForce): Promise<SeenSendouts[]> {
  const traffic = await readTraffic(env.LEDGER, since);
  const migrating = new Set(traffic.filter(isOld).map(({ eventType }) => eventType));
  const compared = Map.groupBy(
    traffic.filter(({ eventType }) => migrating.has(eventType)),
    (kind) => `${kind.eventType} ${kind.payloadVersion} ${senderOf(kind)}`,
  );
  // One body of each is compared, so one is read.
  const wanted = [...compared.values()].flatMap((kinds) =>
    kinds.toSorted((one, other) => other.lastAt - one.lastAt).slice(0, 1),
  );
  const bodies = await readBodies(
    env,
    wanted.map(({ lastId }) => lastId),
  );
  return traffic.flatMap((kind) => {
    const version = kind.payloadVersion;
    if (version !== "v2018-08-01" && version !== "v2024-01-01") return [];
    const body = bodies.get(kind.lastId);
    const event = body && normalise(body, { expected: table.inlets.get(kind.inlet)?.expects });
    return [
      {
        type: kind.eventType,
        version,
        sender: senderOf(kind),
        projectId: kind.projectId,
        count: kind.count,
        lastAt: kind.lastAt,
        sample: event?.ok === true ? event.value : undefined,
      },
    ];
  });
}

function isOld({ payloadVersion }: Traffic): boolean {
  return payloadVersion === "v2018-08-01";
}

/** An old body does not name its sender, but its shape tells. */
function senderOf({ shape, sourceKind }: Traffic): SeenSendouts["sender"] {
  if (sourceKind !== null) return sourceKind === "webhook" ? "webhook" : "distribution";
  return shape === "project event" ? "webhook" : "distribution";
}
