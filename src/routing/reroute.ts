// A sendout from quarantine routed again, as if it had just been understood: by the table in force, from the payload that
// was kept or a corrected one, under the id it has. Its row changes first, in one transaction that one of two people wins.
// What stops its deliveries after that, the sweeper makes good, which finds whatever is planned and has no row.

import { encodeUtf8, fromColumn, packForQueue, readColumn, type Content } from "../ledger/content.ts";
import { takeOut } from "../ledger/quarantined.ts";
import { recordEntries } from "../ledger/record.ts";
import { lookUpSendouts, type SendoutRow } from "../ledger/sendouts.ts";
import { searchKeys } from "../ledger/terms.ts";
import { logFailure } from "../log.ts";
import { failure, success, type Result } from "../result.ts";
import { normalise } from "../voucherify/normalise.ts";
import { advanceOrder, waitingRows } from "./advance-order.ts";
import type { RoutingBindings } from "./consumer.ts";
import { fanOut } from "./fan-out.ts";
import { INGEST_MESSAGE_VERSION, type IngestMessage } from "./message.ts";
import { routeSendout, type RoutedSendout } from "./route-sendout.ts";
import { newestTable } from "./table-store.ts";
import { unsentEntries } from "./unsent-entries.ts";

/** Why a sendout stays in quarantine. */
export type RerouteReason = "payload_gone" | "not_understood" | "not_quarantined";

/**
 * Routes a quarantined sendout again.
 *
 * @param corrected the text to route instead of what arrived
 * @returns the sendout's new row
 * @throws whatever D1 throws; then it lies there still, or the sweeper sends what is planned now
 */
export async function reroute(
  env: RoutingBindings,
  row: SendoutRow,
  corrected: string | undefined,
  now: number,
): Promise<Result<SendoutRow, RerouteReason>> {
  const body = corrected === undefined ? await readColumn(row.body, env) : encodeUtf8(corrected);
  if (body === undefined) return failure("payload_gone", "its payload is kept no longer");
  const content = corrected === undefined ? fromColumn(row.body) : await packForQueue(body, env);
  const identity = { id: row.id, dedupeKey: row.dedupe_key, bodySha256: row.body_sha256 };
  const message = toMessage(row, content);
  const sendout = { ...identity, body, message, event: normalise(body), searchKey: searchKeys(env)[0] };
  const routed = await routeSendout(sendout, await newestTable(env, now), true);
  const { state, reason, detail } = routed.row;
  if (state === "quarantined") return failure("not_understood", `${reason}: ${detail}`);
  const { slow } = await lookUpSendouts(env, [row.id]);
  const isOut = await takeOut(env.LEDGER, routed.row, corrected !== undefined);
  if (!isOut) return failure("not_quarantined", "somebody else has taken it out meanwhile");
  await fanOut(env, [routed], slow);
  await recordUnsent(env, routed, now).catch((error: unknown) => logFailure("rerouted_not_recorded", error));
  return success(routed.row);
}

/** The message that it once came in, as far as its row says. */
function toMessage(row: SendoutRow, content: Content): IngestMessage {
  const { signature_secret: secret, signature_form: form } = row;
  return {
    v: INGEST_MESSAGE_VERSION,
    kind: "ingest",
    acceptedId: row.accepted_id,
    inlet: row.inlet,
    receivedAt: row.received_at,
    ...(secret !== null && form !== null && { signature: { secret, form } }),
    content,
  };
}

/** Gives those deliveries their rows that no queue carries, and has those of them sent that wait behind nothing. */
async function recordUnsent(env: RoutingBindings, routed: RoutedSendout, now: number): Promise<void> {
  await recordEntries(env, unsentEntries(routed, await waitingRows(routed, env, now), now));
  const keys = routed.deliveries.flatMap(({ orderKey }) => orderKey ?? []);
  if (keys.length > 0) await advanceOrder(env, keys, now);
}
