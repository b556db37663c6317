// What goes wrong on a busy day while somebody watches: all of it happens, to a router that runs.

import { isSettled, type SendoutView, type Signalbox } from "../../integration/signalbox.ts";
import { status, type Target } from "../../integration/target.ts";
import { exampleOf } from "./copies.ts";
import { must, refuse } from "./originals.ts";
import type { Tokens } from "./table.ts";

/** Calls that fail until the breaker of a target opens, and a few that then wait. */
const REDEMPTIONS = 14;

/** Makes the trouble, and sees that all of it has happened. */
export async function makeTrouble(signalbox: Signalbox, target: Target, tokens: Tokens): Promise<void> {
  target.behave((res, request, count) => {
    if (request.path.startsWith("/erp")) refuse(res, request, count);
    else if (request.path.startsWith("/warehouse")) status(503)(res, request, count);
    else status(200)(res, request, count);
  });
  const { id } = await makeReplays(signalbox, tokens);
  for (let made = 0; made < REDEMPTIONS; made++) {
    await signalbox.accept(fresh("redemption.succeeded"), hasTried);
  }
  await Promise.all([
    signalbox.accept(fresh("customer.created"), isSettled),
    signalbox.accept(fresh("publication.succeeded"), isSettled),
    signalbox.accept(fresh("customer.segment.entered")),
    signalbox.accept(fresh("voucher.frozen", "voucher.updated")),
    signalbox.accept(withMore(fresh("customer.updated"))),
    signalbox.accept('{"id": "whs_cut-off-in-the-midd'),
    signalbox.accept('["no", "sendout"]'),
    signalbox.post(fresh("customer.updated"), { "x-voucherify-signature": "0".repeat(64) }),
  ]);
  await must(signalbox.admin("POST", `/replays/${id}/run`, undefined, by(tokens.mira)));
  await signalbox.router.runCron();
  const note = "Their status page says until nine";
  await must(signalbox.admin("POST", "/incidents/target_down/warehouse/acknowledge", { note }, by(tokens.mira)));
}

/** One that has run, one that was stopped, and one that somebody has planned and not run yet, whose id is given. */
async function makeReplays(signalbox: Signalbox, { mira }: Tokens): Promise<{ id: string }> {
  const since = new Date(Date.now() - 3_600_000).toISOString();
  const plan = async (select: object, mode: string): Promise<{ id: string }> => {
    const answer = await must(
      signalbox.admin("POST", "/replays", { select: { since, ...select }, mode, rate: 1 }, by(mira)),
    );
    return (await answer.json()) as { id: string }; // the API's own answer
  };
  const stopped = await plan({ target: "mail", state: "delivered" }, "as then");
  await must(signalbox.admin("POST", `/replays/${stopped.id}/run`, undefined, by(mira)));
  await must(signalbox.admin("POST", `/replays/${stopped.id}/stop`, undefined, by(mira)));
  await plan({ target: "erp" }, "as now");
  return plan({ target: "crm", state: "delivered", event: "customer.deleted" }, "as then");
}

function by(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Whether every delivery was tried, or waits for its target. */
function hasTried({ deliveries }: SendoutView): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state !== "pending");
}

/** A sendout of an event that has just happened; of a type that nobody knows, with the data of one that is known. */
function fresh(type: string, like = type): string {
  const own = crypto.randomUUID().replaceAll("-", "").slice(0, 18);
  return exampleOf(like, own, { now: new Date() }).replaceAll(`"type":"${like}"`, `"type":"${type}"`);
}

/** A sendout with a field more than is known. */
function withMore(body: string): string {
  return body.replace('"customer":{', '"customer":{"preferred_lamp":"storm",');
}
