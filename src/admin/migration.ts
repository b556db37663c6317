// Where the move from payload version v2018-08-01 to v2024-01-01 stands, from what is logged and the table in force.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { readAllTraffic } from "../ledger/everywhere.ts";
import { readBodies, type Traffic } from "../ledger/traffic.ts";
import { tableReads } from "../routing/table-reads.ts";
import { newestTable, type TableInForce } from "../routing/table-store.ts";
import { toMarkdown } from "../voucherify/migration/markdown.ts";
import { MigrationReportSchema, type SeenSendouts } from "../voucherify/migration/model.ts";
import { migrationReport } from "../voucherify/migration/report.ts";
import { normalise } from "../voucherify/normalise.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { InstantSchema, validQuery } from "./validate.ts";

/** How far back is looked when nobody says, in milliseconds: as long as Voucherify's support can send again. */
const SINCE_DEFAULT_MS = 14 * 24 * 3_600_000;

const QuerySchema = v.strictObject({
  since: v.pipe(
    v.optional(InstantSchema),
    v.description("From when sendouts are looked at, as an ISO 8601 instant; 14 days ago when left out."),
  ),
  format: v.optional(
    v.pipe(v.picklist(["json", "markdown"]), v.description("`markdown` answers with a page for people.")),
    "json",
  ),
});

const AnswerSchema = v.object({
  since: InstantTextSchema,
  tableVersion: v.number(),
  ...MigrationReportSchema.entries,
});

const EXAMPLE: v.InferOutput<typeof AnswerSchema> = {
  since: "2026-09-21T00:00:00.000Z",
  tableVersion: 7,
  steps: [
    {
      step: 4,
      title: "Switch its webhook definitions to v2024-01-01",
      state: "open",
      detail: "No v2024-01-01 has come in yet.",
    },
  ],
  types: [
    {
      type: "voucher.created",
      sender: "webhook",
      old: { count: 12, lastAt: 1_791_188_131_000 },
      current: null,
      comparedWith: "example",
      changes: [{ change: "kept", from: "voucher.code", to: "voucher.code" }],
    },
  ],
  reads: [
    {
      place: "targets.crm.request.body.id",
      path: "voucher.holder_id",
      types: ["voucher.created"],
      fate: "gone",
      replacement: null,
    },
  ],
};

/** `GET /admin/migration`. */
export const migrationRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Reports where the move from v2018-08-01 to v2024-01-01 stands.",
    description: "It goes by the sendouts since an instant and by the table in force.",
    answer: AnswerSchema,
    orText: "text/markdown",
    example: { answer: EXAMPLE },
  }),
  validQuery(QuerySchema),
  async (c) => {
    const now = Date.now();
    const { since = now - SINCE_DEFAULT_MS, format } = c.req.valid("query");
    const inForce = await newestTable(c.env, now);
    const seen = await seenSince(c.env, since, inForce);
    const types = seen.map(({ type }) => type);
    const report = migrationReport(seen, tableReads(inForce.table.source, types), now);
    if (format === "markdown") {
      return c.text(toMarkdown(report), 200, { "content-type": "text/markdown; charset=utf-8" });
    }
    return c.json({ since: toInstant(since), tableVersion: inForce.version, ...report });
  },
);

/** What was seen of either version, each kind with its newest body. Raw payloads are of neither. */
async function seenSince(env: Bindings, since: number, { table }: TableInForce): Promise<SeenSendouts[]> {
  const traffic = await readAllTraffic(env, since);
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
