// What a replay takes: the filter of the lists, or deliveries and sendouts by name, and in which states.

import * as v from "valibot";
import { parseDeliveryId } from "../delivery/delivery-id.ts";
import { REPLAYABLE_STATES, type Selection } from "../ledger/replay-candidates.ts";
import { success, type Result } from "../result.ts";
import { toInstant } from "./answers.ts";
import { FILTER, toFilter, withoutUndefined } from "./filter.ts";

/** How many deliveries and sendouts can be named in one replay: a selection by name is one bound value. */
const NAMED_MAX = 1_000;

/** What a selection takes when it says nothing of states: what ended without success and without anybody's doing. */
const STATES_DEFAULT = ["failed", "expired"] as const;

const StateSchema = v.picklist(REPLAYABLE_STATES);

export const SelectSchema = v.pipe(
  v.strictObject({
    ...FILTER,
    deliveries: v.optional(
      v.array(
        v.pipe(
          v.string(),
          v.check((id) => parseDeliveryId(id) !== undefined, "expected a delivery's id, like so_….crm"),
        ),
      ),
    ),
    sendouts: v.optional(v.array(v.pipe(v.string(), v.regex(/^so_[0-9a-f]{32}$/, "expected a sendout's id, so_…")))),
    state: v.optional(v.union([StateSchema, v.pipe(v.array(StateSchema), v.minLength(1))])),
  }),
  v.check(
    ({ deliveries, sendouts, since }) => deliveries !== undefined || sendouts !== undefined || since !== undefined,
    "expected deliveries, sendouts, or since",
  ),
  v.check(
    ({ deliveries = [], sendouts = [] }) => deliveries.length + sendouts.length <= NAMED_MAX,
    `expected ${NAMED_MAX} deliveries and sendouts at most; take a time instead`,
  ),
);

/** The selection for the ledger, personal values as tokens. Fails where no key is set that could have made them. */
export function toSelection(
  { deliveries, sendouts, state, ...asked }: v.InferOutput<typeof SelectSchema>,
  env: object,
): Result<Selection, "search_key_missing"> {
  const filter = toFilter(asked, env);
  if (!filter.ok) return filter;
  return success({
    ...filter.value,
    ...(deliveries === undefined && sendouts === undefined ? {} : { wanted: toWanted(deliveries, sendouts) }),
    states: typeof state === "string" ? [state] : [...new Set(state ?? STATES_DEFAULT)],
  });
}

/** Each once; a delivery whose whole sendout is named is among that. */
function toWanted(deliveries: readonly string[] = [], sendouts: readonly string[] = []): Selection["wanted"] {
  const whole = new Set(sendouts);
  const keys = [...new Set(deliveries)].flatMap((id) => parseDeliveryId(id) ?? []);
  const single = keys.filter(({ sendoutId }) => !whole.has(sendoutId));
  return [
    ...[...whole].map((id): [string, null, null] => [id, null, null]),
    ...single.map(({ sendoutId, target, copy }): [string, string, number] => [sendoutId, target, copy]),
  ];
}

/** What stands for a value that is kept as a token alone. */
const HIDDEN = "(hidden)";

/** A selection as it was asked for; ids are only counted, and what is personal is nowhere to be read. */
export function describeSelection(selection: Selection): Record<string, unknown> {
  const { wanted, since, until, eventType, sourceId, groupId, ref, customer, voucher, status, states, ...rest } =
    selection;
  return withoutUndefined({
    named: wanted?.length,
    since: since === undefined ? undefined : toInstant(since),
    until: until === undefined ? undefined : toInstant(until),
    event: eventType,
    source: sourceId,
    group: groupId,
    id: ref,
    customer: customer && HIDDEN,
    voucher: voucher && HIDDEN,
    status: status && describeStatus(status),
    ...rest,
    state: states,
  });
}

function describeStatus([from, to]: readonly [number, number]): string {
  return from === to ? String(from) : `${Math.floor(from / 100)}xx`;
}
