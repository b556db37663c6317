// The last place a queue message can go: a row in the ledger, visible and kept, whatever it was.

import { encodeUtf8, toColumn } from "./content.ts";
import { recordEntries, type RecordBindings } from "./record.ts";
import type { SendoutRow } from "./sendouts.ts";
import { plainTerm } from "./terms.ts";

/**
 * Records a message that no step could handle as a quarantined sendout. Recording it twice changes nothing.
 *
 * @param queue the step that gave up: its name becomes part of the row
 * @throws when it can be recorded nowhere; then the message must not be acknowledged
 */
export async function quarantineMessage(
  env: RecordBindings,
  message: Message,
  queue: string,
  reason: string,
  detail: string,
): Promise<void> {
  const bytes = encodeUtf8(messageText(message.body));
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const at = message.timestamp.getTime();
  const row: SendoutRow = {
    id: `so_${digest.slice(0, 32)}`,
    accepted_id: `msg_${message.id}`,
    received_at: at,
    inlet: queue,
    state: "quarantined",
    reason,
    detail,
    dedupe_key: `message:${message.id}`,
    deduped: 1,
    sendout_ref: null,
    shape: null,
    payload_version: null,
    label: null,
    event_type: null,
    event_ref: null,
    source_kind: null,
    source_id: null,
    project_id: null,
    group_id: null,
    occurred_at: null,
    table_version: null,
    planned: "[]",
    body_sha256: digest,
    body_bytes: bytes.length,
    body: toColumn({ as: "raw", bytes }),
    signature_secret: null,
    signature_form: null,
    terms: plainTerm("inlet", queue),
  };
  await recordEntries(env, [{ kind: "sendout", row }]);
}

/** A message body as JSON text, bytes as base64, so that whatever it was can still be read by a person. */
function messageText(body: unknown): string {
  const text = JSON.stringify(body, (_key, value: unknown) => (value instanceof Uint8Array ? value.toBase64() : value));
  return text ?? String(body);
}
