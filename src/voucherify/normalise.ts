// One body in, one event out, whichever arrived: a v2024-01-01 webhook or distribution, a raw Payload-designer body
// without an envelope, a v2018-08-01 event or campaign notification. Pure. What is authentic but not understood comes
// back as a reason and ends in quarantine.

import * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { failure, success, type Result } from "../result.ts";
import { canonicalType } from "./catalogue.ts";
import { EnvelopeSchema } from "./envelope.ts";
import { findCustomer, type FoundCustomer } from "./find-customer.ts";
import { readInstant } from "./instant.ts";
import { isLegacy, LegacySchema, upgradeLegacy, type LegacyBody, type LegacyShape } from "./legacy.ts";
import { isJsonObject, readJsonObject, type JsonObject, type UnreadableReason } from "./read-json.ts";
import { stackRole, type StackRole } from "./stack.ts";

/** Why an authentic body did not become an event. */
export type NormaliseReason = UnreadableReason | "envelope_missing" | "envelope_invalid";

/** What arrived. */
export type BodyShape = "project webhook" | "distribution" | "other source" | "raw payload" | LegacyShape;

/** What an inlet knows about bodies that say nothing about themselves. */
export interface InletExpectation {
  /** The event type of raw payloads. */
  event: string;
  /** Their source, when it matters for routing: `distr_…`. */
  source?: string | undefined;
}

/** A sendout, understood. Null is what the body does not say. */
export interface NormalisedEvent {
  shape: BodyShape;
  /** The payload version that arrived; null for a raw payload, which has none. */
  version: "v2024-01-01" | "v2018-08-01" | null;
  /** The event type to route on, e.g. `redemption.succeeded`; known aliases are replaced by the name of today. */
  type: string;
  /** The free text that a marketer gave a distribution or campaign notification. */
  label: string | null;
  /** Who sent it: a project webhook, a distribution, or a kind not known yet. */
  source: { kind: string | null; id: string | null };
  /** Voucherify's id of this sendout, `whs_…`. */
  sendoutRef: string | null;
  /** Voucherify's id of the event behind it, shared by every sendout the same event caused. */
  eventRef: string | null;
  projectId: string | null;
  /** Shared by the events of one API request: the correlation key. */
  groupId: string | null;
  /** When the event happened, in milliseconds since 1970. */
  occurredAt: number | null;
  customer: FoundCustomer | null;
  /** For redemptions: whether this is the whole stack or one redeemable of it. */
  stack: StackRole | null;
  /**
   * The same sendout always has the same key, however often it arrives; `dedupeBy` says what it is made of. Null when
   * nothing but the body's bytes identifies it: then its hash is the key.
   */
  dedupeKey: string | null;
  dedupeBy: "sendout id" | "event id" | "body";
  /** Whose events should be handled in this one's order: the customer's (an e-mail where there is no id), else the voucher's. */
  orderKey: string | null;
  /** In the shape of v2024-01-01, unknown keys included. What templates and filters read. */
  envelope: JsonObject & { data: JsonObject };
  /** Paths of the envelope that hold null because the body did not say. */
  unknown: string[];
  /** The body as it arrived, parsed. */
  received: JsonObject;
}

/** What the body says about itself; everything else is derived from it. */
type Said = Omit<
  NormalisedEvent,
  "customer" | "stack" | "orderKey" | "occurredAt" | "dedupeKey" | "dedupeBy" | "received"
> & {
  createdAt: string | null;
};

/**
 * Reads and normalises a body. Never throws; `detail` names the place and never repeats content.
 *
 * @param expected what the inlet knows about bodies without an envelope; without it they are not understood
 */
export function normalise(
  body: Uint8Array,
  { contentEncoding, expected }: { contentEncoding?: string | undefined; expected?: InletExpectation | undefined } = {},
): Result<NormalisedEvent, NormaliseReason> {
  const read = readJsonObject(body, contentEncoding);
  if (!read.ok) return read;
  const said = identify(read.value, expected);
  return said.ok ? success({ ...complete(said.value), received: read.value }) : said;
}

function identify(body: JsonObject, expected: InletExpectation | undefined): Result<Said, NormaliseReason> {
  if (isLegacy(body)) return identifyLegacy(body);
  const parsed = v.safeParse(EnvelopeSchema, body, { abortEarly: true });
  if (parsed.success) return success(fromEnvelope(body, parsed.output));
  if (isMeantAsEnvelope(body)) return failure("envelope_invalid", place(parsed));
  if (expected !== undefined) return success(fromRawPayload(body, expected));
  return failure(
    "envelope_missing",
    "no envelope around the data (a distribution with Raw payload ticked); state the inlet's event in the routing table",
  );
}

/** Whether a body is a broken envelope rather than data that happens to have an `event` or `source` of its own. */
function isMeantAsEnvelope(body: JsonObject): boolean {
  const parts = [body["event"], body["source"]].filter(isJsonObject).length;
  return parts === 2 || (parts === 1 && Object.hasOwn(body, "data"));
}

function identifyLegacy(body: JsonObject): Result<Said, NormaliseReason> {
  const parsed = v.safeParse(LegacySchema, body, { abortEarly: true });
  if (!parsed.success) return failure("envelope_invalid", place(parsed));
  // Parsed on this very object; the parsed copy is only a proof.
  const { report: _, ...upgraded } = upgradeLegacy(body as LegacyBody);
  return success({ ...upgraded, version: "v2018-08-01", source: { kind: null, id: null } });
}

function fromEnvelope(body: JsonObject, envelope: v.InferOutput<typeof EnvelopeSchema>): Said {
  const { id, project_id, source, event, type } = envelope;
  return {
    shape: shapeOf(source.object),
    version: "v2024-01-01",
    type: canonicalType(event.type),
    label: source.object === "webhook" ? null : type,
    source: { kind: source.object, id: source.id },
    sendoutRef: id,
    eventRef: event.id,
    projectId: project_id,
    groupId: event.group_id ?? null,
    createdAt: event.created_at,
    // The schema has just checked `data` on this very object; the parsed copy lacks the unknown keys.
    envelope: body as JsonObject & { data: JsonObject },
    unknown: [],
  };
}

/** A body that is all data. What its envelope would say, the inlet says or nobody. */
function fromRawPayload(body: JsonObject, expected: InletExpectation): Said {
  const { event } = expected;
  const source = expected.source ?? null;
  const type = canonicalType(event);
  const nothing = { id: null, project_id: null, created_at: null };
  return {
    shape: "raw payload",
    version: null,
    type,
    label: null,
    source: { kind: source === null ? null : "distribution", id: source },
    sendoutRef: null,
    eventRef: null,
    projectId: null,
    groupId: null,
    createdAt: null,
    envelope: {
      ...nothing,
      type,
      data: body,
      source: { id: source, object: source === null ? null : "distribution" },
      event: { id: null, type, created_at: null, entity_id: null, group_id: null, event_source: { channel: null } },
    },
    unknown: [
      "id",
      "project_id",
      "created_at",
      ...(source === null ? ["source.id", "source.object"] : []),
      "event.id",
      "event.created_at",
      "event.entity_id",
      "event.group_id",
      "event.event_source.channel",
    ],
  };
}

/** What follows from what the body says. */
function complete({ createdAt, ...said }: Said): Omit<NormalisedEvent, "received"> {
  const customer = findCustomer(said.envelope.data);
  return {
    ...said,
    customer,
    stack: stackRole(said.type, said.envelope.data, said.version),
    occurredAt: readInstant(createdAt),
    orderKey: nameOf(customer) ?? voucherOf(said.envelope.data),
    ...dedupe(said),
  };
}

/** What stands for a sendout's id in the previews and tests of the Payload designer: `whs_000000000000000000`. */
const PLACEHOLDER_ID = /^whs_0+$/;

/**
 * The identity of a sendout. `whs_…` where there is one. A v2018-08-01 notification without it is told apart by its
 * event, its label and whom it is about, because one event may lawfully cause several. A raw payload has nothing but
 * its bytes.
 */
function dedupe(said: Omit<Said, "createdAt">): Pick<NormalisedEvent, "dedupeKey" | "dedupeBy"> {
  const { projectId, sendoutRef, eventRef, label, envelope } = said;
  // Test sendouts of all kinds have the same made-up id; only their bytes tell them apart.
  if (sendoutRef !== null && PLACEHOLDER_ID.test(sendoutRef)) return { dedupeKey: null, dedupeBy: "body" };
  if (sendoutRef !== null) return { dedupeKey: sendoutKey(projectId, sendoutRef), dedupeBy: "sendout id" };
  if (eventRef === null) return { dedupeKey: null, dedupeBy: "body" };
  const about = [
    label,
    nameOf(findCustomer(envelope.data)),
    voucherOf(envelope.data),
    valueOf(envelope["event"], "entity_id"),
  ];
  // As JSON, because a label may hold any separator.
  return { dedupeKey: JSON.stringify([projectId, eventRef, ...about]), dedupeBy: "event id" };
}

/** The dedupe key of what has a sendout id, as nearly everything has. */
export function sendoutKey(projectId: string | null, sendoutRef: string): string {
  return `${projectId ?? ""}:${sendoutRef}`;
}

/** What a customer is best known by. */
function nameOf(customer: FoundCustomer | null): string | null {
  return customer?.id ?? customer?.sourceId ?? customer?.email ?? null;
}

function valueOf(value: unknown, key: string): unknown {
  return isJsonObject(value) ? (value[key] ?? null) : null;
}

function voucherOf({ voucher }: JsonObject): string | null {
  const code = isJsonObject(voucher) ? (voucher["code"] ?? voucher["id"]) : undefined;
  return typeof code === "string" && code !== "" ? code : null;
}

function shapeOf(kind: string): BodyShape {
  if (kind === "webhook") return "project webhook";
  return kind === "distribution" ? "distribution" : "other source";
}

function place({ issues }: { issues: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]] }): string {
  const [issue] = explainIssue(issues[0]);
  return `${issue?.path ?? "(root)"}: ${issue?.message ?? "not as expected"}`;
}
