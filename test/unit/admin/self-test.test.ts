// What the router posts to its own inlets: the self-test, from the inlet to the log and to nobody's target, and examples,
// which are delivered like any other sendout.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { consumeDeliver } from "../../../src/delivery/consumer.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createBindings, SECRETS, type TestBindings } from "../faults.ts";
import { findRecord, rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

interface Answer {
  acceptedId: string | null;
  refusal: { code: string } | null;
}

async function selfTest(env: TestBindings, body: object = {}) {
  return post(env, "/admin/self-test", body);
}

async function sendExample(env: TestBindings, type: string, body: object = {}) {
  return post(env, `/admin/events/${type}/send`, body);
}

async function post(env: TestBindings, path: string, body: object) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const request = new Request(`https://signalbox.example.com${path}`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: await response.json<Answer>() };
}

/** Has the queues' consumers work off what waits for them; the target of a route must not be called. */
async function workOff(env: TestBindings): Promise<void> {
  const ingest = env.INGEST.messages.splice(0).map((body) => createMessage(body));
  await consumeIngest(createBatch(ingest), env, Date.now());
  const deliver = env.DELIVER.messages.splice(0).map((body) => createMessage(body));
  await consumeDeliver(createBatch(deliver), env, { now: Date.now, random: Math.random, lane: "fast" });
}

describe("POST /admin/self-test", () => {
  it("goes from the inlet to the echo target and into the log, whatever the table routes", async () => {
    const fetched = vi.spyOn(globalThis, "fetch");
    await publish(createTable(["crm"]));
    const env = createBindings();
    const { status, json } = await selfTest(env);
    expect({ status, refusal: json.refusal }).toEqual({ status: 200, refusal: null });
    await workOff(env);
    const record = await findRecord(String(json.acceptedId));
    expect(record?.sendout).toMatchObject({ state: "routed", event_type: "signalbox.self_test", inlet: "voucherify" });
    expect(record?.sendout.signature_secret).toBe("VOUCHERIFY_SECRET");
    expect(record?.deliveries).toMatchObject([
      { target: "signalbox-echo", state: "delivered", attempts: [{ status: 200 }] },
    ]);
    expect(fetched).not.toHaveBeenCalled();
    expect(await rowsOf("incidents")).toEqual([]);
  });

  it("says what the inlet answered when it refuses", async () => {
    const { json } = await selfTest(createBindings({ VOUCHERIFY_SECRET: "" }));
    expect(json).toMatchObject({ acceptedId: null, refusal: { code: "inlet_unconfigured" } });
  });

  it("proves itself by everything that an inlet requires", async () => {
    const requires = {
      pathToken: "INLET_TOKEN",
      header: { name: "x-shop", secret: "INLET_HEADER" },
      addresses: ["203.0.113.7"],
    };
    const table = createTable(["crm"]);
    await publish({ ...table, inlets: { shop: { auth: { secrets: ["VOUCHERIFY_SECRET"] }, requires } } });
    const env = createBindings({ INLET_TOKEN: "a/b c", INLET_HEADER: "open sesame" });
    expect((await selfTest(env, { inlet: "shop" })).json).toMatchObject({ refusal: null, inlet: "shop" });
  });

  it("knows no other inlet than those of the table", async () => {
    expect(await selfTest(createBindings(), { inlet: "shop" })).toMatchObject({ status: 404 });
  });
});

describe("POST /admin/events/<type>/send", () => {
  it("is delivered as what Voucherify sends is", async () => {
    const fetched = vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("ok"));
    await publish(createTable(["crm"]));
    const env = createBindings();
    const { json } = await sendExample(env, "redemption.succeeded");
    await workOff(env);
    const record = await findRecord(String(json.acceptedId));
    expect(record?.sendout).toMatchObject({ state: "routed", event_type: "redemption.succeeded", inlet: "voucherify" });
    expect(record?.deliveries).toMatchObject([{ target: "crm", state: "delivered" }]);
    expect(fetched).toHaveBeenCalledOnce();
    fetched.mockRestore();
  });

  it("is another sendout each time", async () => {
    await publish(createTable([]));
    const env = createBindings();
    const [first, second] = [await sendExample(env, "voucher.created"), await sendExample(env, "voucher.created")];
    await workOff(env);
    const rows = [await findRecord(String(first.json.acceptedId)), await findRecord(String(second.json.acceptedId))];
    expect(new Set(rows.map((row) => row?.sendout.id)).size).toBe(2);
  });

  it("is the old version's where only that has the event", async () => {
    const env = createBindings();
    expect((await sendExample(env, "voucher.published")).json).toMatchObject({ refusal: null });
  });

  it("says what was meant by an event type that there is not", async () => {
    const { status, json } = await sendExample(createBindings(), "redemption.suceeded");
    expect({ status, json }).toMatchObject({
      status: 404,
      json: { detail: expect.stringContaining("Did you mean redemption.succeeded?") },
    });
  });
});
