// Deliveries as lists have them: those of the newest sendout first, by filter. Planned ones without an outcome are among
// them.

import * as v from "valibot";
import { OutcomeSchema } from "./deliveries.ts";
import { asksOutcome, DELIVERY_STATES, type Filter } from "./filter.ts";
import { SUMMARY_COLUMNS, SummarySchema, type Page, type SendoutSummary } from "./list-sendouts.ts";
import { ensureMigrated } from "./migrate.ts";
import { readPlanned } from "./search.ts";
import { walk, type Place } from "./walk.ts";

const RecordedSchema = v.pipe(
  v.object({
    sendout_id: v.string(),
    target: v.string(),
    copy: v.number(),
    route: v.string(),
    state: v.picklist(DELIVERY_STATES),
    reason: v.nullable(OutcomeSchema.entries.reason.wrapped),
    attempts_made: v.number(),
    updated_at: v.nullable(v.number()),
    due_at: v.nullable(v.number()),
    status: v.nullable(v.number()),
  }),
  v.transform(({ sendout_id, attempts_made, updated_at, due_at, ...row }) => ({
    ...row,
    sendoutId: sendout_id,
    attemptsMade: attempts_made,
    updatedAt: updated_at,
    dueAt: due_at,
  })),
);

/** A delivery as it is listed, with its sendout. `status` is what the last attempt was answered with. */
export type ListedDelivery = v.InferOutput<typeof RecordedSchema> & { sendout: SendoutSummary };

/** Behind which delivery a list goes on; without one, behind or before a sendout. */
export interface DeliveryPlace extends Place {
  delivery?: { target: string; copy: number } | undefined;
}

/**
 * Lists deliveries: those of the newest sendout first, of one sendout in the order of its plan.
 *
 * @throws whatever D1 throws
 */
export async function listDeliveries(
  db: D1Database,
  filter: Filter,
  { after, limit }: { after?: DeliveryPlace | undefined; limit: number },
): Promise<Page<ListedDelivery, DeliveryPlace>> {
  await ensureMigrated(db);
  const wanted = asksOutcome(filter) ? filter : { ...filter, deliveryStates: [...DELIVERY_STATES] };
  // The sendout that the last page ended in is read again for what it has left.
  const from = after?.delivery === undefined ? after : { ...after, id: `${after.id}~` };
  const walked = await walk(db, wanted, { columns: SUMMARY_COLUMNS, after: from, limit });
  const sendouts = v.parse(v.array(SummarySchema), walked.rows);
  const all = (await readDeliveries(db, sendouts)).filter((one) => matches(one, wanted));
  const begun = all.findIndex((one) => after !== undefined && isAt(one, after));
  const rest = all.slice(begun + 1);
  const items = rest.slice(0, limit);
  const last = items.at(-1);
  if (rest.length <= limit || last === undefined) return { ...walked, items, isComplete: walked.isComplete };
  const { sendout, target, copy } = last;
  return {
    items,
    next: { receivedAt: sendout.received_at, id: sendout.id, delivery: { target, copy } },
    isComplete: true,
  };
}

function isAt({ sendoutId, target, copy }: ListedDelivery, { id, delivery }: DeliveryPlace): boolean {
  return sendoutId === id && target === delivery?.target && copy === delivery.copy;
}

/** The deliveries of some sendouts: planned ones in the order of the plan, then those asked for as new. */
async function readDeliveries(db: D1Database, sendouts: readonly SendoutSummary[]): Promise<ListedDelivery[]> {
  if (sendouts.length === 0) return [];
  const { results } = await db
    .prepare(
      `SELECT sendout_id, target, copy, route, state, reason, attempts_made, updated_at, due_at,
         attempts ->> '$[#-1].status' AS status
       FROM deliveries WHERE sendout_id IN (SELECT value FROM json_each(?1)) ORDER BY target, copy`,
    )
    .bind(JSON.stringify(sendouts.map(({ id }) => id)))
    .all();
  const recorded = Map.groupBy(v.parse(v.array(RecordedSchema), results), ({ sendoutId }) => sendoutId);
  return sendouts.flatMap((sendout) => {
    const own = recorded.get(sendout.id) ?? [];
    const planned = readPlanned(sendout).map(
      ({ target, route }) =>
        own.find((one) => one.target === target && one.copy === 0) ?? pending(sendout.id, target, route),
    );
    return [...planned, ...own.filter(({ copy }) => copy > 0)].map((one) => ({ ...one, sendout }));
  });
}

function pending(sendoutId: string, target: string, route: string): v.InferOutput<typeof RecordedSchema> {
  const nothing = { reason: null, attemptsMade: 0, updatedAt: null, dueAt: null, status: null };
  return { sendoutId, target, copy: 0, route, state: "pending", ...nothing };
}

/** Whether a filter holds for a delivery; of its sendout the walk has seen to that. */
function matches(one: ListedDelivery, { target, route, deliveryStates, reason, status }: Filter): boolean {
  return (
    (target === undefined || one.target === target) &&
    (route === undefined || one.route === route) &&
    (reason === undefined || one.reason === reason) &&
    (deliveryStates === undefined || deliveryStates.includes(one.state)) &&
    (status === undefined || (one.status !== null && one.status >= status[0] && one.status <= status[1]))
  );
}
