// A delivery as it is sent again from its row.

import * as v from "valibot";
import type { DeliveryKey } from "./deliveries.ts";

/** A delivery to send again. Instants are milliseconds since 1970. */
export interface DueDelivery extends DeliveryKey {
  route: string;
  round: number;
  attemptsMade: number;
  attemptsBefore: number;
  /** Why it is due: `resumed`, `replayed`, or what its last attempt came to. */
  reason: string | null;
  /** When its next attempt is due; null when that was not said. */
  dueAt: number | null;
  /** How many Signalboxes it has come through, where its row says so. */
  hops: number;
  /** As `toColumn` wrote it; empty when it could not be rendered. */
  request: string;
}

/** A row of `deliveries` as it is sent again. */
export const DueRowSchema = v.pipe(
  v.object({
    sendout_id: v.string(),
    target: v.string(),
    copy: v.number(),
    route: v.string(),
    round: v.number(),
    attempts_made: v.number(),
    attempts_before: v.number(),
    reason: v.nullable(v.string()),
    request: v.string(),
    due_at: v.nullable(v.number()),
    hops: v.nullable(v.number()),
  }),
  v.transform(({ sendout_id, attempts_made, attempts_before, due_at, hops, ...row }): DueDelivery => ({
    ...row,
    sendoutId: sendout_id,
    attemptsMade: attempts_made,
    attemptsBefore: attempts_before,
    dueAt: due_at,
    hops: hops ?? 0,
  })),
);
