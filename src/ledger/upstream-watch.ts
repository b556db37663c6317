// The ledger's row for what Voucherify was last seen to think of an inlet's webhook.

import * as v from "valibot";
import { ensureMigrated } from "./migrate.ts";
import { beginGap, endGaps } from "./webhook-gaps.ts";

/** How a webhook stands: `missing` where there is none. */
export const WEBHOOK_STATES = ["unknown", "active", "disabled", "missing"] as const;
export type WebhookState = (typeof WEBHOOK_STATES)[number];

const WatchSchema = v.pipe(
  v.object({
    inlet: v.string(),
    webhook_id: v.nullable(v.string()),
    state: v.picklist(WEBHOOK_STATES),
    state_since: v.nullable(v.number()),
    looked_at: v.nullable(v.number()),
    next_look_at: v.number(),
    failures: v.number(),
    failure: v.nullable(v.string()),
    reenabled: v.pipe(v.string(), v.parseJson(), v.array(v.number())),
  }),
  v.transform(({ webhook_id, state_since, looked_at, next_look_at, ...rest }) => ({
    ...rest,
    webhookId: webhook_id,
    stateSince: state_since,
    lookedAt: looked_at,
    nextLookAt: next_look_at,
  })),
);
/**
 * A webhook as it was last seen. Instants are milliseconds since 1970: `stateSince` is the first look that found it so,
 * `lookedAt` the last one that was answered. `failures` counts looks in a row that were not.
 */
export type Watch = v.InferOutput<typeof WatchSchema>;

/**
 * Takes the next look at an inlet's webhook, if it is due: nobody else looks before `until`. Undefined when it is not.
 *
 * @param due looks that are due until then, in milliseconds since 1970
 * @throws whatever D1 throws
 */
export async function claimLook(db: D1Database, inlet: string, due: number, until: number): Promise<Watch | undefined> {
  await ensureMigrated(db);
  const row = await db
    .prepare(
      `INSERT INTO upstream (inlet, next_look_at) VALUES (?1, ?3)
       ON CONFLICT (inlet) DO UPDATE SET next_look_at = excluded.next_look_at WHERE next_look_at <= ?2
       RETURNING *`,
    )
    .bind(inlet, due, until)
    .first();
  return row === null ? undefined : v.parse(WatchSchema, row);
}

/**
 * An inlet's webhook as it was last seen; undefined when nobody has looked.
 *
 * @throws whatever D1 throws
 */
export async function readWatch(db: D1Database, inlet: string): Promise<Watch | undefined> {
  await ensureMigrated(db);
  const row = await db.prepare("SELECT * FROM upstream WHERE inlet = ?1").bind(inlet).first();
  return row === null ? undefined : v.parse(WatchSchema, row);
}

/** What a look has found. */
export interface Look {
  inlet: string;
  webhookId: string | null;
  state: Exclude<WebhookState, "unknown">;
  at: number;
}

/**
 * Writes down what a look has found, and with it where a time without sendouts begins or ends. Doing so twice changes
 * nothing.
 *
 * @param before the row as it was
 * @param endedBy who has enabled the webhook, should it be active again
 * @throws whatever D1 throws; then nothing is written
 */
export async function noteLook(
  db: D1Database,
  look: Look,
  before: Watch | undefined,
  endedBy: "itself" | "person",
): Promise<void> {
  await ensureMigrated(db);
  const { inlet, webhookId, state, at } = look;
  const since = before?.state === state ? (before.stateSince ?? at) : at;
  const note = db
    .prepare(
      `INSERT INTO upstream (inlet, webhook_id, state, state_since, looked_at) VALUES (?1, ?2, ?3, ?4, ?5)
       ON CONFLICT (inlet) DO UPDATE SET webhook_id = excluded.webhook_id, state = excluded.state,
         state_since = excluded.state_since, looked_at = excluded.looked_at, failures = 0, failure = NULL`,
    )
    .bind(inlet, webhookId, state, since, at);
  const wasSending = before === undefined || before.state === "active" || before.state === "unknown";
  const isGap = state === "disabled" || (state === "missing" && before?.state === "active");
  const gaps = state === "active" ? [endGaps(db, inlet, at, endedBy)] : [];
  if (isGap && wasSending) {
    const activeAt = before?.state === "active" ? before.lookedAt : null;
    gaps.push(beginGap(db, { inlet, webhookId: webhookId ?? before?.webhookId ?? null, cause: state, at, activeAt }));
  }
  await db.batch([note, ...gaps]);
}

/**
 * Writes down that a look was not answered.
 *
 * @param failure why, as a sentence
 * @throws whatever D1 throws
 */
export async function noteFailedLook(
  db: D1Database,
  inlet: string,
  { failure, failures, nextLookAt }: Pick<Watch, "failures" | "nextLookAt"> & { failure: string },
): Promise<void> {
  await ensureMigrated(db);
  await db
    .prepare("UPDATE upstream SET failures = ?2, failure = ?3, next_look_at = ?4 WHERE inlet = ?1")
    .bind(inlet, failures, failure, nextLookAt)
    .run();
}

/**
 * Writes down that the webhook is about to be enabled by itself, so that this counts even if what follows is never heard
 * of.
 *
 * @param instants all of the last day, this one included
 * @throws whatever D1 throws
 */
export async function noteReenabled(db: D1Database, inlet: string, instants: readonly number[]): Promise<void> {
  await ensureMigrated(db);
  await db.prepare("UPDATE upstream SET reenabled = ?2 WHERE inlet = ?1").bind(inlet, JSON.stringify(instants)).run();
}
