// One body in, one event out: the v2024-01-01 envelope plus what the rest of Signalbox needs to know about it. Pure.
// What is authentic but not understood comes back as a reason and ends in quarantine.

import * as v from "valibot";
import { explainIssue } from "../issues.ts";
import { failure, success, type Failure, type Result } from "../result.ts";
import { EnvelopeSchema, type Envelope } from "./envelope.ts";
import { readJsonObject, type JsonObject, type UnreadableReason } from "./read-json.ts";

/** Why an authentic body did not become an event. */
export type NormaliseReason = UnreadableReason | "envelope_legacy" | "envelope_missing" | "envelope_invalid";

/** A sendout, understood. */
export interface NormalisedEvent {
  /** The event type to route on, e.g. `redemption.succeeded`. */
  type: string;
  /** Who sent it: a project webhook, a distribution, or a kind not known yet. */
  source: { kind: string; id: string };
  /** Voucherify's id of this sendout, `whs_…`. */
  sendoutRef: string;
  /** Voucherify's id of the event behind it. */
  eventRef: string;
  projectId: string;
  /** Shared by the events of one API request. */
  groupId: string | null;
  /** When the event happened, in milliseconds since 1970; null when the timestamp cannot be read. */
  occurredAt: number | null;
  /** The same sendout always has the same key, however often it arrives. */
  dedupeKey: string;
  /** The envelope as it arrived, unknown keys included. */
  envelope: JsonObject & Envelope;
}

/** Reads and normalises a body. Never throws; `detail` names the place and never repeats content. */
export function normalise(body: Uint8Array, contentEncoding?: string): Result<NormalisedEvent, NormaliseReason> {
  const read = readJsonObject(body, contentEncoding);
  if (!read.ok) return read;
  const parsed = v.safeParse(EnvelopeSchema, read.value, { abortEarly: true });
  if (!parsed.success) return explain(read.value, parsed.issues[0]);
  const { id, project_id, source, event } = parsed.output;
  return success({
    type: event.type,
    source: { kind: source.object, id: source.id },
    sendoutRef: id,
    eventRef: event.id,
    projectId: project_id,
    groupId: event.group_id ?? null,
    occurredAt: readInstant(event.created_at),
    dedupeKey: `${project_id}:${id}`,
    // The schema has just checked these keys on this very object; the parsed copy lacks the unknown ones.
    envelope: read.value as JsonObject & Envelope,
  });
}

/** ISO 8601 with any precision; Date.parse alone would find a year in "version 5". */
const INSTANT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/;

function readInstant(text: string): number | null {
  const instant = INSTANT.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(instant) ? null : instant;
}

/** What an authentic JSON object is, if not a v2024-01-01 envelope. */
function explain(body: JsonObject, issue: v.InferIssue<typeof EnvelopeSchema>): Failure<NormaliseReason> {
  if (body["object"] === "event") {
    return failure("envelope_legacy", "a v2018-08-01 body; this release reads v2024-01-01");
  }
  if (!Object.hasOwn(body, "event") && !Object.hasOwn(body, "source")) {
    return failure("envelope_missing", "no envelope around the data (a distribution with Raw payload ticked)");
  }
  const [place] = explainIssue(issue);
  return failure("envelope_invalid", `${place?.path ?? "(root)"}: ${place?.message ?? "not as expected"}`);
}
