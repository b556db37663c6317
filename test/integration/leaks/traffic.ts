// What comes in and goes out in the run of the leak proof: everything that can become of a sendout.

import { expect } from "vitest";
import { createSendout, type SendoutOverrides } from "../../fixtures/sendout.ts";
import { echo, echoWithoutEnd, hangUp, redirect } from "./echo.ts";
import { isOver, type Observed } from "./router.ts";
import { CUSTOMER, MISPLACED, WORKER_SECRETS } from "./values.ts";

/** What the run talks about afterwards, by what became of it. */
export interface Sendouts {
  delivered: string;
  failed: string;
  failing: string;
  quarantined: string;
  unrouted: string;
}

const { email, phone, name, code, label } = CUSTOMER;
const CREATED = "2026-10-05T08:15:30.250Z";

/** A sendout about the customer. */
export function about(type: string, overrides: SendoutOverrides = {}): string {
  const customer = {
    id: "cust_lantern77",
    source_id: email,
    name,
    email,
    phone,
    metadata: { phone, note: `${name} <${email}>` },
    object: "customer",
  };
  const voucher = { id: "v_lantern77", code, object: "voucher" };
  return JSON.stringify(createSendout({ data: { customer, voucher }, event: { type }, ...overrides }));
}

/** Sends it all, and waits until each has come to its end. */
export async function sendEverything(observed: Observed): Promise<Sendouts> {
  const delivered = await sendWhile(observed, "delivered", echo(200));
  await sendWhile(observed, "retried", echo(503), echo(200));
  await sendWhile(observed, "dropped", hangUp, echo(200));
  await sendWhile(observed, "redirected", redirect);
  await sendWhile(observed, "cut", echoWithoutEnd);
  const failed = await sendWhile(observed, "failed", echo(400));
  observed.places.crm.behave(echo(200));
  return {
    delivered,
    failed,
    failing: (await accept(observed, about("redemption.failed"))).id,
    unrouted: (await accept(observed, about("order.paid"))).id,
    quarantined: await sendOddities(observed),
  };
}

/** Sends a redemption to every target while they behave as told, and differently from the second call on. */
async function sendWhile(
  { places: { crm }, ...observed }: Observed,
  what: string,
  first: ReturnType<typeof echo>,
  then = first,
): Promise<string> {
  const seen = new Set<string>();
  crm.behave((res, request, count) => {
    const key = String(request.headers["idempotency-key"]);
    (seen.has(key) ? then : first)(res, request, count);
    seen.add(key);
  });
  const { id, deliveries } = await accept(observed, about("redemption.succeeded"));
  const expected = ["delivered", "retried", "dropped"].includes(what) ? ["delivered"] : ["failed"];
  expect([what, ...new Set(deliveries.map(({ state }) => state))]).toEqual([what, ...expected]);
  return id;
}

async function accept({ post, found }: Pick<Observed, "post" | "found">, body: string, path?: string) {
  const { status, id } = await post(body, path, { "x-shop-key": WORKER_SECRETS.SHOP_HEADER });
  expect(status).toBe(202);
  return found(id, isOver);
}

/** What is odd: old versions, repeats that differ, what is not understood, too large, or not let in. */
async function sendOddities(observed: Observed): Promise<string> {
  const { ask, post } = observed;
  const first = about("voucher.updated");
  await accept(observed, first);
  await accept(observed, first.replace(name, `${name} the second`));
  await accept(observed, about("customer.updated"), `shop/${WORKER_SECRETS.SHOP_PATH_TOKEN}`);
  await accept(observed, oldNotification());
  await accept(
    observed,
    about("campaign.updated", { type: `Card for ${label}`, source: { object: "distribution", id: "distr_77" } }),
  );
  await accept(observed, about("voucher.updated", { data: { voucher: { code }, noise: noise(200_000) } }));

  const bodies = [
    `{"customer": {"email": "${email}", "phone": "${phone}" "name"`,
    `{"email": "${email}", "code": "${code}"}`,
    `${name} wrote: ${code}`,
  ];
  const quarantined = [];
  for (const body of bodies) quarantined.push((await accept(observed, body)).id);

  expect((await post(about("voucher.updated", { data: { code, noise: "x".repeat(3_000_000) } }))).status).toBe(413);
  expect((await post(first, "shop/wrong-token", { "x-shop-key": MISPLACED })).status).toBe(401);
  expect((await post(first, `voucherify/${WORKER_SECRETS.SHOP_PATH_TOKEN}`)).status).toBe(404);
  expect((await post(first, encodeURIComponent(email))).status).toBe(404);
  for (const signature of ["0".repeat(64), MISPLACED, WORKER_SECRETS.VOUCHERIFY_SECRET]) {
    const how = { token: null, headers: { "x-voucherify-signature": signature }, shows: "sender" as const };
    expect((await ask("POST", "/in/voucherify", first, how)).status).toBe(401);
  }
  return quarantined[1] ?? "";
}

/** A campaign's notification in v2018-08-01, which has no id of its own: it is known by what it says. */
function oldNotification(): string {
  const data = { customer: { name, email, phone, object: "customer" }, voucher: { code, object: "voucher" } };
  const related = { id: "evcus_lantern77", object: "event", type: "customer.publication.succeeded", data };
  const type = `Card for ${label}`;
  return JSON.stringify({
    id: "ev_77",
    object: "event",
    created_at: CREATED,
    type,
    data: { object: {}, related_object: related },
  });
}

/** Text that no compression makes smaller. */
function noise(length: number): string {
  return Array.from({ length: length / 10 }, () => Math.random().toString(36).slice(2, 12).padEnd(10, "0")).join("");
}
