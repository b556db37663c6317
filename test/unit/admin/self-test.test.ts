// The self-test: from the inlet to the log, to nobody's target.

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
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const request = new Request("https://signalbox.example.com/admin/self-test", {
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
