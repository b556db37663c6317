// Each form of the payload, in templates and passed on whole.

import { describe, expect, it } from "vitest";
import { compileTable } from "../../../src/routing/compile.ts";
import { renderDelivery, type DeliverySource } from "../../../src/routing/render-delivery.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { convertTo, PAYLOAD_FORMS } from "../../../src/voucherify/payload.ts";
import { bytes } from "../bytes.ts";

const RECEIVED_AT = Date.UTC(2026, 9, 5, 8, 15, 30);

async function render(text: string, target: object, request: object = {}, source: Partial<DeliverySource> = {}) {
  const compiled = compileTable({
    inlets: {},
    targets: { old: { request: { url: "https://old.example.com/hook", ...request }, ...target } },
    routes: [],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const policy = compiled.value.targets.get("old");
  const received = bytes(text);
  const event = normalise(received);
  if (policy === undefined || !event.ok) throw new Error("there is nothing to render");
  const delivery = {
    event: event.value,
    received,
    receivedAt: RECEIVED_AT,
    sendoutId: "so_1",
    route: "all",
    ...source,
  };
  return { event: event.value, rendered: await renderDelivery(policy, delivery) };
}

/** The body that is sent, as text. */
async function sent(
  text: string,
  target: object,
  request: object = {},
  source: Partial<DeliverySource> = {},
): Promise<string | undefined> {
  const { rendered } = await render(text, target, request, source);
  if (!rendered.ok) throw new Error(rendered.detail);
  return rendered.value.body?.map((part) => (typeof part === "string" ? part : `{${part.$secret}}`)).join("");
}

const CURRENT = JSON.stringify(exampleSendout("voucher.published"));
const LEGACY = JSON.stringify(exampleSendout("voucher.published", { version: "v2018-08-01" }));
/** Spaces, a number beyond 2^53, an escape and a key that comes twice: none of it survives parsing. */
const ODD = CURRENT.replace(/^\{/, '\ufeff {  "big": 90071992547409931, "a": "\\u0061", "a": "b", ');

describe("a target without a body of its own", () => {
  it("is sent nothing when it asks for no payload", async () => {
    expect(await sent(CURRENT, {})).toBeUndefined();
  });

  it("is sent the bytes as they were received, to the last space", async () => {
    expect(await sent(ODD, { payload: "as received" })).toBe(ODD);
    expect(await sent(LEGACY, { payload: "as received" })).toBe(LEGACY);
  });

  it.each(["v2024-01-01", "v2018-08-01"] as const)("is sent a body of %s whichever arrived", async (payload) => {
    for (const arrived of [CURRENT, LEGACY]) {
      const { event } = await render(arrived, { payload });
      expect(JSON.parse((await sent(arrived, { payload })) ?? "")).toEqual(convertTo(event, payload).body);
    }
  });

  it("is sent the event as it was understood", async () => {
    expect(JSON.parse((await sent(LEGACY, { payload: "normalised" })) ?? "")).toEqual(
      (await render(LEGACY, {})).event.envelope,
    );
  });

  it.each(PAYLOAD_FORMS)("gets %s as JSON, unless it asks with GET", async (payload) => {
    const { rendered } = await render(CURRENT, { payload });
    expect(rendered).toMatchObject({ ok: true, value: { headers: [["content-type", ["application/json"]]] } });
    expect(await sent(CURRENT, { payload }, { method: "GET" })).toBeUndefined();
  });

  it("is refused a number that JSON cannot write, except as it was received", async () => {
    const infinite = CURRENT.replace('"data":{', '"data":{"huge":1e999,');
    expect((await render(infinite, { payload: "v2018-08-01" })).rendered).toMatchObject({ ok: true });
    expect((await render(infinite, { payload: "normalised" })).rendered).toMatchObject({
      ok: false,
      reason: "template_number_not_finite",
    });
    expect(await sent(infinite, { payload: "as received" })).toBe(infinite);
  });
});

describe("a template", () => {
  const body = { code: "{{ object.code }}", id: "{{ $webhook.webhook_id }}", whole: "{{ $webhook }}" };

  it.each([
    ["the old version", LEGACY, "v2018-08-01"],
    ["the old version, from the new one", CURRENT, "v2018-08-01"],
    ["the old version as received", LEGACY, "as received"],
  ])("reads the paths of %s", async (_name, arrived, payload) => {
    const { event } = await render(arrived, {});
    const read = JSON.parse((await sent(arrived, { payload }, { body })) ?? "");
    expect(read).toMatchObject({ code: expect.stringMatching(/.+/), id: event.sendoutRef });
    expect(read.whole).toMatchObject({ object: "event", webhook_id: event.sendoutRef });
  });

  it("reads the paths of the new version from a body of the old one", async () => {
    const template = { code: "{{ voucher.code }}", id: "{{ $webhook.id }}", campaign: "{{ campaign }}" };
    const said = JSON.parse((await sent(LEGACY, { payload: "v2024-01-01" }, { body: template })) ?? "");
    expect(said).toEqual({
      code: expect.stringMatching(/.+/),
      id: (await render(LEGACY, {})).event.sendoutRef,
      campaign: null,
    });
    expect(JSON.parse((await sent(LEGACY, {}, { body: template })) ?? "")).not.toHaveProperty("campaign");
  });
});
