// Sendouts, to list and to look into.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { deliveryId } from "../delivery/delivery-id.ts";
import { goneFrom, isKept, readColumn } from "../ledger/content.ts";
import type { Attempt } from "../ledger/deliveries.ts";
import {
  listSendouts,
  parseCursor,
  readPlanned,
  readSendoutRecord,
  type DeliveryRecord,
  type SendoutSummary,
} from "../ledger/search.ts";
import type { SendoutRow } from "../ledger/sendouts.ts";
import { problem } from "../problem.ts";
import { allows, type AdminEnv } from "./access.ts";
import { InstantSchema, limitSchema, validQuery } from "./validate.ts";

const LIMIT_DEFAULT = 50;
const LIMIT_MAX = 200;

const ListQuerySchema = v.strictObject({
  state: v.optional(v.picklist(["routed", "unrouted", "quarantined"])),
  event: v.optional(v.string()),
  source: v.optional(v.string()),
  inlet: v.optional(v.string()),
  since: v.optional(InstantSchema),
  until: v.optional(InstantSchema),
  cursor: v.optional(
    v.pipe(
      v.string(),
      v.check((text) => parseCursor(text) !== undefined, "expected a cursor from an earlier answer's next"),
    ),
  ),
  limit: limitSchema(LIMIT_DEFAULT, LIMIT_MAX),
});

/**
 * `GET /admin/sendouts` and `GET /admin/sendouts/<id>`. What customers' events say is for callers with the scope `payload`.
 */
export const sendoutRoutes = new Hono<AdminEnv>()
  .get("/", validQuery(ListQuerySchema), async (c) => {
    const { event, source, ...filter } = c.req.valid("query");
    const { sendouts, next } = await listSendouts(c.env.LEDGER, { ...filter, eventType: event, sourceId: source });
    return c.json({ sendouts: sendouts.map(describeSendout), next });
  })
  .get("/:id", async (c) => {
    const found = await readSendoutRecord(c.env.LEDGER, c.req.param("id"));
    if (found === undefined) return problem(c, "not_found");
    const isShown = allows(c.get("caller"), "payload");
    return c.json({
      ...describeSendout(found.sendout),
      signature: describeSignature(found.sendout),
      repeats: found.repeats.map(({ receivedAt, ...repeat }) => ({ ...repeat, receivedAt: toInstant(receivedAt) })),
      deliveries: await Promise.all(
        found.deliveries.map(async (one) => describeDelivery(found.sendout.id, one, c.env, isShown)),
      ),
      payload: isShown ? await describePayload(found.sendout.body, c.env) : MASKED,
    });
  });

/** A sendout as the API shows it. */
function describeSendout(row: SendoutSummary) {
  return {
    id: row.id,
    acceptedId: row.accepted_id,
    receivedAt: toInstant(row.received_at),
    inlet: row.inlet,
    state: row.state,
    reason: row.reason,
    detail: row.detail,
    event:
      row.event_type === null
        ? null
        : {
            type: row.event_type,
            id: row.event_ref,
            occurredAt: row.occurred_at === null ? null : toInstant(row.occurred_at),
            groupId: row.group_id,
          },
    shape: row.shape,
    payloadVersion: row.payload_version,
    label: row.label,
    sendoutRef: row.sendout_ref,
    source: row.source_id === null ? null : { kind: row.source_kind, id: row.source_id },
    projectId: row.project_id,
    dedupeKey: row.dedupe_key,
    dedupe: row.deduped === 1 ? "checked" : "skipped",
    tableVersion: row.table_version,
    planned: readPlanned(row),
    bytes: row.body_bytes,
  };
}

/** What proved a sendout: the secret's name, never its value. Null where its inlet wanted no signature. */
function describeSignature({ signature_secret: secret, signature_form: form }: SendoutRow) {
  return secret === null ? null : { secret, form };
}

/** What stands in the place of a payload for those who may not see it. */
const MASKED = { encoding: "masked", content: null };

/**
 * A delivery as the API shows it; secrets appear as names, because values were never kept.
 *
 * @param isShown whether the caller may see what was sent and what came back; null stands there for those who may not
 */
export async function describeDelivery(sendoutId: string, delivery: DeliveryRecord, env: Bindings, isShown: boolean) {
  const { request, updatedAt, dueAt, attempts, copy: _, ...rest } = delivery;
  return {
    id: deliveryId(sendoutId, delivery.target, delivery.copy),
    ...rest,
    updatedAt: updatedAt === null ? null : toInstant(updatedAt),
    dueAt: dueAt === null ? null : toInstant(dueAt),
    attempts: attempts.map(({ at, ...attempt }) => ({ at: toInstant(at), ...(isShown ? attempt : masked(attempt)) })),
    request: request === null || !isKept(request) || !isShown ? null : await readRequest(request, env),
  };
}

/** An attempt without what the target answered, which may repeat what it was sent. */
function masked({ excerpt, headers, ...attempt }: Omit<Attempt, "at">) {
  return {
    ...attempt,
    ...(excerpt !== undefined && { excerpt: null }),
    ...(headers !== undefined && { headers: null }),
  };
}

async function readRequest(column: string, env: Bindings): Promise<unknown> {
  const bytes = await readColumn(column, env);
  return bytes === undefined ? null : JSON.parse(new TextDecoder().decode(bytes));
}

/** The bytes as they arrived: as text when they are text, else in base64; or why they are gone. */
async function describePayload(column: string, env: Bindings) {
  const gone = goneFrom(column);
  if (gone !== undefined) return { encoding: gone, content: null };
  const body = await readColumn(column, env);
  if (body === undefined) return { encoding: "missing", content: null };
  try {
    return { encoding: "utf-8", content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body) };
  } catch {
    return { encoding: "base64", content: body.toBase64() };
  }
}

function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
