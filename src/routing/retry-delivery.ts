// A delivery sent again by hand: the same bytes with the target's credentials and policy of today. Only what was never
// rendered is rendered now.

import { createDeliverMessage } from "../delivery/message.ts";
import type { ClaimBindings } from "../ledger/claims.ts";
import { encodeUtf8, fromColumn, packForQueue, unpack, type Content } from "../ledger/content.ts";
import type { DeliveryRecord, SendoutRecord } from "../ledger/search.ts";
import { readVersion } from "../ledger/table-versions.ts";
import { failure, success, type Result } from "../result.ts";
import { normalise } from "../voucherify/normalise.ts";
import { compileTable } from "./compile.ts";
import { renderDelivery } from "./render-delivery.ts";
import { newestTable, type TableBindings, type TableInForce } from "./table-store.ts";

/** The bindings this file works with. */
export type RetryBindings = TableBindings & ClaimBindings & { DELIVER: Queue };

/** Why a delivery is not sent again. */
export type RetryReason = "delivery_delivered" | "delivery_unsettled" | "target_gone" | "delivery_unrenderable";

/** How long after it was due a delivery without an outcome counts as lost on the way, in milliseconds. */
const OVERDUE_AFTER_MS = 5 * 60_000;

/**
 * Starts a new round of attempts for a delivery that has failed, or that should long have had an outcome. Asking twice
 * sends two messages, of which delivery takes one.
 *
 * @throws whatever D1 or the queue throws; then nothing was sent
 */
export async function retryDelivery(
  env: RetryBindings,
  found: SendoutRecord,
  delivery: DeliveryRecord,
  now: number,
): Promise<Result<void, RetryReason>> {
  if (delivery.state === "delivered") return failure("delivery_delivered", "it has succeeded");
  const dueAt = delivery.dueAt ?? found.sendout.received_at;
  if (delivery.state !== "failed" && now - dueAt < OVERDUE_AFTER_MS) {
    return failure("delivery_unsettled", "it is still under way");
  }
  const inForce = await newestTable(env, now);
  const policy = inForce.table.targets.get(delivery.target);
  if (policy === undefined) return failure("target_gone", `there is no target "${delivery.target}" in the table now`);
  const content = await contentOf(env, found, delivery, inForce);
  if (!content.ok) return content;
  const message = createDeliverMessage({
    sendoutId: found.sendout.id,
    target: delivery.target,
    route: delivery.route,
    attemptsBefore: delivery.attemptsMade,
    policy,
    content: content.value,
  });
  await env.DELIVER.send(message, { contentType: "v8" });
  return success(undefined);
}

/**
 * The request's bytes: those that were kept; for a delivery lost before its first attempt those of its own version of
 * the table; for one that could not be rendered those of the table in force, which presumably has the correction.
 */
async function contentOf(
  env: RetryBindings,
  { sendout }: SendoutRecord,
  { target, route, request }: DeliveryRecord,
  inForce: TableInForce,
): Promise<Result<Content, RetryReason>> {
  if (request !== null && request !== "") return success(fromColumn(request));
  const own = request === null ? await readVersion(env.LEDGER, sendout.table_version ?? 0) : undefined;
  const compiled = own === undefined ? undefined : compileTable(own);
  const targets = compiled?.ok === true ? compiled.value.targets : inForce.table.targets;
  const policy = targets.get(target);
  const body = await unpack(fromColumn(sendout.body), env);
  const event =
    body === undefined ? undefined : normalise(body, { expected: inForce.table.inlets.get(sendout.inlet)?.expects });
  if (policy === undefined || body === undefined || event?.ok !== true) {
    return failure("delivery_unrenderable", "its payload or its template is not there any more");
  }
  const source = { event: event.value, received: body, receivedAt: sendout.received_at, sendoutId: sendout.id, route };
  const rendered = await renderDelivery(policy, source);
  if (!rendered.ok) return failure("delivery_unrenderable", rendered.detail);
  return success(await packForQueue(encodeUtf8(JSON.stringify(rendered.value)), env));
}
