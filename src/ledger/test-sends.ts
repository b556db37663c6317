// A test send in the ledger: a sendout and a delivery like any other, at an inlet of their own, so that nobody takes
// them for something that came from Voucherify.

import type { RenderedRequest } from "../translation/rendered.ts";
import { findNamed } from "../voucherify/find-named.ts";
import type { NormalisedEvent } from "../voucherify/normalise.ts";
import { encodeUtf8, packForQueue, toColumn } from "./content.ts";
import type { ClaimBindings } from "./claims.ts";
import type { Outcome } from "./deliveries.ts";
import { recordEntries, type RecordBindings } from "./record.ts";
import { clipText, type SendoutRow } from "./sendouts.ts";
import { searchKeys, termsOf } from "./terms.ts";

/** The inlet and route of test sends. No inlet and no route can be called so. */
export const TEST_MARK = "(test)";

/** What was sent, and what came of it. */
export interface TestSend {
  sendoutId: string;
  target: string;
  event: NormalisedEvent;
  received: Uint8Array;
  request: RenderedRequest;
  attempt: NonNullable<Outcome["attempt"]>;
  /** Null when it was delivered. */
  reason: string | null;
}

/**
 * Records a test send.
 *
 * @throws when neither D1 nor the LATE queue takes it
 */
export async function recordTestSend(env: RecordBindings & ClaimBindings, test: TestSend): Promise<void> {
  const { sendoutId, target, attempt, reason } = test;
  const request = encodeUtf8(JSON.stringify(test.request));
  const outcome: Outcome = {
    sendoutId,
    target,
    copy: 0,
    route: TEST_MARK,
    round: 0,
    attemptsBefore: 0,
    sweepAt: null,
    state: reason === null ? "delivered" : "failed",
    reason,
    attemptsMade: 1,
    updatedAt: attempt.at + attempt.ms,
    dueAt: null,
    attempt,
    request: toColumn(await packForQueue(request, env)),
  };
  await recordEntries(env, [
    { kind: "sendout", row: await toRow(env, test) },
    { kind: "outcome", outcome },
  ]);
}

async function toRow(
  env: ClaimBindings,
  { sendoutId, target, event, received, attempt }: TestSend,
): Promise<SendoutRow> {
  const bytes = new Uint8Array(received);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const planned = [{ target, route: TEST_MARK }];
  const columns = {
    inlet: TEST_MARK,
    sendout_ref: null,
    event_type: clipText(event.type),
    event_ref: clipText(event.eventRef),
    source_kind: clipText(event.source.kind),
    source_id: clipText(event.source.id),
    group_id: clipText(event.groupId),
  };
  return {
    ...columns,
    id: sendoutId,
    accepted_id: `test_${sendoutId.slice(3)}`,
    received_at: attempt.at,
    state: "routed",
    reason: null,
    detail: null,
    dedupe_key: `test:${sendoutId}`,
    deduped: 1,
    shape: event.shape,
    payload_version: null,
    label: clipText(event.label),
    project_id: clipText(event.projectId),
    occurred_at: event.occurredAt,
    table_version: null,
    planned: JSON.stringify(planned),
    body_sha256: digest,
    body_bytes: bytes.length,
    body: toColumn(await packForQueue(bytes, env)),
    signature_secret: null,
    signature_form: null,
    terms: termsOf(columns, planned, findNamed(event.envelope.data), searchKeys(env)[0]),
  };
}
