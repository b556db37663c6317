// Rows of the ledger to begin with.

import type { SendoutRow } from "../../../src/ledger/sendouts.ts";
import { SENT_AT } from "../messages.ts";

/** A sendout's row as routing writes it, with an empty body. */
export function createSendoutRow(parts: Partial<SendoutRow> & Pick<SendoutRow, "id">): SendoutRow {
  return {
    accepted_id: `acc_${parts.id}`,
    received_at: SENT_AT,
    inlet: "voucherify",
    state: "routed",
    reason: null,
    detail: null,
    dedupe_key: parts.id,
    deduped: 1,
    sendout_ref: null,
    shape: "project webhook",
    payload_version: "v2024-01-01",
    label: null,
    event_type: "voucher.enabled",
    event_ref: null,
    source_kind: "webhook",
    source_id: null,
    project_id: "proj_lantern",
    group_id: null,
    occurred_at: null,
    table_version: 1,
    planned: "[]",
    body_sha256: "",
    body_bytes: 0,
    body: "raw:",
    signature_secret: null,
    signature_form: null,
    terms: null,
    ...parts,
  };
}
