// Which sendouts have arrived before: Voucherify sends again what it got no answer for, and the queue offers again what was
// not acknowledged.

import { toColumn } from "../ledger/content.ts";
import type { Known, RepeatRow } from "../ledger/sendouts.ts";
import type { ReadSendout } from "./route-sendout.ts";

/** A message in hand and the sendout in it. */
export interface Item {
  message: Message;
  sendout: ReadSendout;
}

/** A sendout that has arrived before. */
export interface Repeat extends Item {
  /** Whether its bytes are those of the first arrival. */
  same: boolean;
  /** The number of the database that has the first arrival; undefined where that is in the same batch. */
  shard: number | undefined;
}

/**
 * Tells first arrivals from repeats, in the ledger and within the batch. A message that the queue offers again after
 * its sendout was recorded is neither: it has nothing left to do and is acknowledged.
 *
 * @param known what the ledger has of them; undefined when it did not answer
 */
export function splitRepeats(
  items: readonly Item[],
  known: Known["sendouts"] | undefined,
): [first: Item[], repeats: Repeat[], done: Item[]] {
  const seen = new Map<string, { acceptedId: string; bodySha256: string; shard?: number }>(known);
  const first: Item[] = [];
  const repeats: Repeat[] = [];
  const done: Item[] = [];
  for (const item of items) {
    const { id, bodySha256, message } = item.sendout;
    const earlier = seen.get(id);
    if (earlier === undefined) {
      seen.set(id, { acceptedId: message.acceptedId, bodySha256 });
      first.push(item);
    } else if (earlier.acceptedId === message.acceptedId) done.push(item);
    else repeats.push({ ...item, same: earlier.bodySha256 === bodySha256, shard: earlier.shard });
  }
  for (const { message } of done) message.ack();
  return [first, repeats, done];
}

/** The row of an arrival that was a repeat. */
export function repeatRow({ sendout: { message, id }, same }: Repeat): RepeatRow {
  const kept = same ? null : toColumn(message.content);
  return { accepted_id: message.acceptedId, sendout_id: id, received_at: message.receivedAt, body: kept };
}
