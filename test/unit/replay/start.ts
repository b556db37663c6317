// What replays begin with: an empty Signalbox at the time of asking, and rows by the thousand.

import { vi } from "vitest";
import { workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { ASKED_AT } from "./stage.ts";

/** Starts over at `ASKED_AT`, with a table that sends everything to `crm`. */
export async function startReplay(): Promise<void> {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: ASKED_AT });
  await publish(createTable(["crm"]));
}

const NUMBERS = "WITH RECURSIVE n (i) AS (SELECT ?1 UNION ALL SELECT i + 1 FROM n WHERE i < ?2)";
const ID = "printf('so_%032x', i)";

/** Writes sendouts by their numbers, one a millisecond after `SENT_AT`. */
export async function writeSendouts(first: number, last: number): Promise<void> {
  await workingD1()
    .prepare(
      `INSERT INTO sendouts (id, accepted_id, received_at, inlet, state, dedupe_key, body_sha256, body_bytes, body)
       ${NUMBERS} SELECT ${ID}, ${ID}, ${SENT_AT} + i, 'voucherify', 'routed', ${ID}, '', 2, 'raw:e30=' FROM n`,
    )
    .bind(first, last)
    .run();
}

/** Writes the same sendouts with a delivery each, refused by `crm`; the request is a column's text. */
export async function writeRefused(first: number, last: number, request = "raw:e30="): Promise<void> {
  await writeSendouts(first, last);
  await workingD1()
    .prepare(
      `INSERT INTO deliveries (sendout_id, target, route, state, reason, attempts_made, updated_at, attempts, request)
       ${NUMBERS} SELECT ${ID}, 'crm', 'all', 'failed', 'target_rejected', 1, ${SENT_AT} + i, '[]', ?3 FROM n`,
    )
    .bind(first, last, request)
    .run();
}
