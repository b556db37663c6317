// How the API shows a sendout: what it was, and what proved it.

import * as v from "valibot";
import { deliveryId } from "../delivery/delivery-id.ts";
import { DELIVERY_STATES } from "../ledger/filter.ts";
import type { ListedSendout, SendoutSummary } from "../ledger/list-sendouts.ts";
import { readPlanned, type DeliveryRecord } from "../ledger/search.ts";
import { PlannedSchema, SendoutRowSchema, type SendoutRow } from "../ledger/sendouts.ts";
import { InstantTextSchema, MaybeInstantSchema, toInstant, toMaybeInstant } from "./answers.ts";

/** The parts of a sendout that a list has. */
export const SENDOUT = {
  id: v.pipe(v.string(), v.description("Signalbox's own, `so_…`.")),
  acceptedId: v.pipe(v.string(), v.description("What the 202 was answered with, `acc_…`.")),
  receivedAt: InstantTextSchema,
  inlet: v.string(),
  state: SendoutRowSchema.entries.state,
  reason: v.nullable(v.string()),
  detail: v.nullable(v.string()),
  event: v.pipe(
    v.nullable(
      v.object({
        type: v.string(),
        id: v.nullable(v.string()),
        occurredAt: MaybeInstantSchema,
        groupId: v.nullable(v.string()),
      }),
    ),
    v.description("Null when the body was not understood."),
  ),
  shape: v.nullable(v.string()),
  payloadVersion: v.nullable(v.string()),
  label: v.pipe(
    v.nullable(v.string()),
    v.description("The free text of a campaign's notification; null for who may not see payloads."),
  ),
  sendoutRef: v.pipe(v.nullable(v.string()), v.description("Voucherify's id of the sendout, `whs_…`.")),
  source: v.nullable(v.object({ kind: v.nullable(v.string()), id: v.string() })),
  projectId: v.nullable(v.string()),
  dedupeKey: v.pipe(
    v.nullable(v.string()),
    v.description(
      "What a repeat is recognised by; null in lists, and for who may not see payloads, where it says whom it is about.",
    ),
  ),
  dedupe: v.picklist(["checked", "skipped"]),
  tableVersion: v.nullable(v.number()),
  planned: v.pipe(v.array(PlannedSchema), v.description("Where it was to go.")),
  bytes: v.number(),
};
const SendoutSchema = v.object(SENDOUT);

/** How one delivery stands. */
export const DeliveryStandingSchema = v.object({
  id: v.string(),
  target: v.string(),
  state: v.picklist(DELIVERY_STATES),
  updatedAt: v.pipe(MaybeInstantSchema, v.description("Null where nothing has come of it yet.")),
});

/** A sendout as a list has it. */
export const ListedSendoutSchema = v.pipe(
  v.object({
    ...SENDOUT,
    deliveries: v.pipe(
      v.array(DeliveryStandingSchema),
      v.description("How each of its deliveries stands; those sent as new come last."),
    ),
  }),
  v.metadata({ ref: "Sendout" }),
);

/** How a text that may say whom a sendout is about is shown; null where it is not. */
type Show = (text: string) => string | null;

/**
 * A sendout as the API shows it.
 *
 * @param showLabel how its free text is shown
 * @param showAbout how a dedupe key that is made of what the sendout says is shown; the same when left out
 */
export function describeSendout(
  row: SendoutSummary,
  showLabel: Show,
  showAbout = showLabel,
): v.InferOutput<typeof SendoutSchema> {
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
            occurredAt: toMaybeInstant(row.occurred_at),
            groupId: row.group_id,
          },
    shape: row.shape,
    payloadVersion: row.payload_version,
    label: row.label === null ? null : showLabel(row.label),
    sendoutRef: row.sendout_ref,
    source: row.source_id === null ? null : { kind: row.source_kind, id: row.source_id },
    projectId: row.project_id,
    // Of all keys only those are lists (voucherify/normalise.ts).
    dedupeKey: row.dedupe_key.startsWith("[") ? showAbout(row.dedupe_key) : row.dedupe_key,
    dedupe: row.deduped === 1 ? "checked" : "skipped",
    tableVersion: row.table_version,
    planned: readPlanned(row),
    bytes: row.body_bytes,
  };
}

/** A sendout as a list has it: without payload there is nothing to say whom its key is about by, so nobody sees it. */
export function describeListedSendout(row: ListedSendout, showLabel: Show): v.InferOutput<typeof ListedSendoutSchema> {
  const deliveries = row.deliveries.map(({ updated_at: updatedAt, ...one }) =>
    describeDeliveryStanding(row.id, { ...one, updatedAt }),
  );
  return { ...describeSendout(row, showLabel, () => null), deliveries };
}

/** How a delivery of a sendout stands; `updatedAt` in milliseconds since 1970. */
export function describeDeliveryStanding(
  sendout: string,
  { target, copy, state, updatedAt }: Pick<DeliveryRecord, "target" | "copy" | "state" | "updatedAt">,
): v.InferOutput<typeof DeliveryStandingSchema> {
  return { id: deliveryId(sendout, target, copy), target, state, updatedAt: toMaybeInstant(updatedAt) };
}

/** What proved a sendout: the secret's name, never its value. Null where its inlet wanted no signature. */
export const SignatureSchema = v.nullable(v.object({ secret: v.string(), form: v.nullable(v.string()) }));

/** The same of a row. */
export function describeSignature({ signature_secret: secret, signature_form: form }: SendoutRow) {
  return secret === null ? null : { secret, form };
}
