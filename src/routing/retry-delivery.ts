// A delivery sent again by hand: the same bytes with the target's credentials and policy of today. Only what was never
// rendered is rendered now.

import { OVERDUE_AFTER_MS } from "../delivery/schedule.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import {
  encodeUtf8,
  fromColumn,
  GONE_BECAUSE,
  goneFrom,
  isKept,
  packForQueue,
  readColumn,
  toColumn,
} from "../ledger/content.ts";
import { isEnded } from "../ledger/deliveries.ts";
import type { FoundSendout } from "../ledger/find-sendout.ts";
import type { DeliveryRecord } from "../ledger/search.ts";
import { HOME } from "../ledger/shards.ts";
import type { SendoutRow } from "../ledger/sendouts.ts";
import { readVersion } from "../ledger/table-versions.ts";
import { failure, success, type Result } from "../result.ts";
import { normalise } from "../voucherify/normalise.ts";
import { compileTable } from "./compile.ts";
import { sendDeliveries, type FanOutBindings } from "./fan-out.ts";
import { renderDelivery } from "./render-delivery.ts";
import { resendMessage } from "./resend.ts";
import { newestTable, type TableBindings, type TableInForce } from "./table-store.ts";

/** The bindings this file works with. */
export type RetryBindings = TableBindings & FanOutBindings;

/** Why a delivery is not sent again. */
export type RetryReason = "delivery_delivered" | "delivery_unsettled" | "target_gone" | "delivery_unrenderable";

/**
 * Starts a new round of attempts for a delivery that has ended without success, that is held, or that should long have
 * had an outcome. Asking twice sends two messages, of which delivery takes one.
 *
 * @throws whatever D1 or the queue throws; then nothing was sent
 */
export async function retryDelivery(
  env: RetryBindings,
  found: FoundSendout,
  delivery: DeliveryRecord,
  now: number,
): Promise<Result<void, RetryReason>> {
  if (delivery.state === "delivered") return failure("delivery_delivered", "it has succeeded");
  const dueAt = delivery.dueAt ?? found.sendout.received_at;
  const waits = delivery.state === "pending" || delivery.state === "scheduled";
  if (waits && now - dueAt < OVERDUE_AFTER_MS) return failure("delivery_unsettled", "it is still under way");
  const inForce = await newestTable(env, now);
  if (!inForce.table.targets.has(delivery.target)) {
    return failure("target_gone", `there is no target "${delivery.target}" in the table now`);
  }
  const request = await requestOf(env, found.sendout, delivery, inForce);
  if (!request.ok) return request;
  const { target, copy, route, round, attemptsMade } = delivery;
  const { id: sendoutId, occurred_at, received_at } = found.sendout;
  // What has not ended goes on in its own round: a second message of it is one too many, not a second round.
  const again = delivery.state !== "pending" && isEnded(delivery.state);
  const message = resendMessage(
    {
      sendoutId,
      shard: found.shard === HOME ? undefined : found.shard,
      target,
      copy,
      route,
      trigger: "manual",
      happenedAt: occurred_at ?? received_at,
      round: again ? round + 1 : round,
      attemptsBefore: attemptsMade,
      content: fromColumn(request.value),
    },
    inForce,
  );
  if (message !== undefined) await sendDeliveries(env, [message]);
  return success(undefined);
}

/** The request's bytes as they were kept, or made anew when there are none. Written by `toColumn`. */
async function requestOf(
  env: RetryBindings,
  sendout: SendoutRow,
  delivery: DeliveryRecord,
  inForce: TableInForce,
): Promise<Result<string, RetryReason>> {
  const { request } = delivery;
  if (request !== null && isKept(request)) return success(request);
  // One that could not be rendered is rendered by the table in force, which presumably has the correction.
  return renderAgain(env, request === null ? sendout : { ...sendout, table_version: null }, delivery, inForce);
}

/**
 * Renders a delivery's request anew, by the version of the table that its sendout was routed by, or by the one in force
 * where that version is gone. Written by `toColumn`.
 *
 * @throws whatever D1 or R2 throws
 */
export async function renderAgain(
  env: TableBindings & ClaimBindings,
  sendout: SendoutRow,
  { target, route }: { target: string; route: string },
  inForce: TableInForce,
): Promise<Result<string, "delivery_unrenderable">> {
  const { table_version: version } = sendout;
  const own = version === null || version === inForce.version ? undefined : await readVersion(env.LEDGER, version);
  const compiled = own === undefined ? undefined : compileTable(own);
  const targets = compiled?.ok === true ? compiled.value.targets : inForce.table.targets;
  const policy = targets.get(target);
  const gone = goneFrom(sendout.body);
  if (gone !== undefined) return failure("delivery_unrenderable", `its payload ${GONE_BECAUSE[gone]}`);
  const body = await readColumn(sendout.body, env);
  const event =
    body === undefined ? undefined : normalise(body, { expected: inForce.table.inlets.get(sendout.inlet)?.expects });
  if (policy === undefined || body === undefined || event?.ok !== true) {
    return failure("delivery_unrenderable", "its payload or its template is not there any more");
  }
  const source = { event: event.value, received: body, receivedAt: sendout.received_at, sendoutId: sendout.id, route };
  const rendered = await renderDelivery(policy, source);
  if (!rendered.ok) return failure("delivery_unrenderable", rendered.detail);
  return success(toColumn(await packForQueue(encodeUtf8(JSON.stringify(rendered.value)), env)));
}
