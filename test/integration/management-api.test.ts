// The stand-in for Voucherify's Management API, over real HTTP, and the sender that shares its webhooks.

import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeAll, afterAll, describe, expect, it } from "vitest";
import { createManualClock } from "../voucherify/clock.ts";
import { startManagementApi, type ManagementApi } from "../voucherify/management-api.ts";
import type { ManagementOptions } from "../voucherify/management-calls.ts";
import { acceptedEvents } from "../voucherify/management-webhook.ts";
import { createRegistry } from "../voucherify/registry.ts";
import { createSender } from "../voucherify/sender.ts";
import { startTarget, status, type Target } from "./target.ts";

const SCHEMA = "../shared/voucherify/management-webhooks.openapi.json";
const CREDENTIALS = { id: "management-id", token: "management-token" };
const HEADERS = { "x-management-id": CREDENTIALS.id, "x-management-token": CREDENTIALS.token };
const WHOLE = { target_url: "https://signalbox.example.com/in/voucherify", events: ["redemption.succeeded"] };

let target: Target;
const running: ManagementApi[] = [];

beforeAll(async () => {
  target = await startTarget();
});

afterAll(async () => target.stop());

afterEach(async () => {
  await Promise.all(running.splice(0).map(async (api) => api.stop()));
});

async function setUp(options: Partial<ManagementOptions> = {}) {
  const clock = createManualClock(Date.parse("2026-11-22T08:00:00.000Z"));
  const registry = createRegistry({ secret: "secret", clock });
  const api = await startManagementApi({ registry, credentials: CREDENTIALS, ...options });
  running.push(api);
  const call = async (method: string, path = "", body?: unknown, headers: Record<string, string> = HEADERS) => {
    const answer = await fetch(api.webhooksUrl + path, {
      method,
      headers,
      ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json: unknown = text === "" ? null : JSON.parse(text);
    return { status: answer.status, json };
  };
  return { registry, call, sender: createSender({ registry, clock }) };
}

describe("the Management API", () => {
  it("creates, shows, lists, changes and deletes a webhook", async () => {
    const { call, registry } = await setUp();
    const created = await call("POST", "", WHOLE);
    const [{ id } = { id: "" }] = registry.webhooks();
    const webhook = { id, object: "webhook", created_at: "2026-11-22T08:00:00.000Z", ...WHOLE, active: true };
    expect(created).toEqual({ status: 200, json: webhook });
    expect(id).toMatch(/^wh_[0-9a-f]{18}$/);
    expect(await call("GET", `/${id}`)).toEqual(created);
    expect(await call("GET")).toEqual({
      status: 200,
      json: { object: "list", data_ref: "data", data: [webhook], total: 1 },
    });
    const changes = { target_url: "https://new.example.com", events: ["voucher.created"], active: false };
    expect(await call("PUT", `/${id}`, changes)).toEqual({ status: 200, json: { ...webhook, ...changes } });
    expect(await call("DELETE", `/${id}`)).toEqual({ status: 204, json: null });
    expect(await call("GET", `/${id}`)).toMatchObject({ status: 404 });
    expect(registry.webhooks()).toEqual([]);
  });

  it("creates a webhook that is not active when told so", async () => {
    const { call } = await setUp();
    expect(await call("POST", "", { ...WHOLE, active: false })).toMatchObject({ json: { active: false } });
  });

  it.each([
    ["no credentials", {}],
    ["another id", { ...HEADERS, "x-management-id": "other" }],
    ["another token", { ...HEADERS, "x-management-token": "other" }],
  ])("answers 401 to %s", async (_name, headers: Record<string, string>) => {
    const { call } = await setUp();
    expect(await call("GET", "", undefined, headers)).toMatchObject({ status: 401, json: { key: "unauthorized" } });
  });

  it.each(["GET", "POST", "PUT", "DELETE"])("answers 402 to %s on a plan that is not Enterprise", async (method) => {
    const { call } = await setUp({ enterprise: false });
    expect(await call(method, "/wh_1", method === "GET" ? undefined : WHOLE)).toMatchObject({
      status: 402,
      json: { code: 402, key: "missing_required_feature" },
    });
  });

  it.each([
    ["a project that is not there", "GET", "/../../proj_gone/webhooks", "Cannot find project with id proj_gone"],
    ["a webhook that is not there", "PUT", "/wh_gone", "Cannot find webhook with id wh_gone"],
    ["a webhook that is not there, to delete", "DELETE", "/wh_gone", "Cannot find webhook with id wh_gone"],
  ])("answers 404 to %s", async (_name, method, path, details) => {
    const { call } = await setUp();
    const body = method === "PUT" ? WHOLE : undefined;
    expect(await call(method, path, body)).toMatchObject({ status: 404, json: { key: "not_found", details } });
  });

  it("knows no distributions", async () => {
    const { call, registry } = await setUp();
    const { id } = registry.addDistribution({ targetUrl: target.url });
    expect(await call("GET")).toMatchObject({ json: { total: 0 } });
    expect(await call("GET", `/${id}`)).toMatchObject({ status: 404 });
  });

  it.each([
    ["no target", { events: [] }, "target_url"],
    ["no events", { target_url: "https://a.example.com" }, "events"],
    ["a target that is no text", { ...WHOLE, target_url: 1 }, "target_url"],
    ["events that are no list", { ...WHOLE, events: "redemption.succeeded" }, "events"],
    ["an event that does not exist", { ...WHOLE, events: ["redemption.succeeded", "a.b"] }, "events.1"],
    ["an event that only distributions have", { ...WHOLE, events: ["customer.segment.entered"] }, "events.0"],
    ["active that is neither true nor false", { ...WHOLE, active: "yes" }, "active"],
    ["nothing but active", { active: true }, "target_url"],
  ])("answers 400 to %s, in POST and PUT", async (_name, body, property) => {
    const { call, registry } = await setUp();
    const { id } = registry.addWebhook({ targetUrl: target.url, events: [] });
    for (const [method, path] of [["POST", ""] as const, ["PUT", `/${id}`] as const]) {
      expect(await call(method, path, body)).toMatchObject({
        status: 400,
        json: { key: "invalid_payload", details: expect.stringContaining(`Property .${property}:`) },
      });
    }
    expect(registry.webhooks()).toMatchObject([{ targetUrl: target.url, events: [], active: true }]);
  });

  it("answers 400 to what is not JSON", async () => {
    const { call } = await setUp();
    expect(await call("POST", "", "{")).toMatchObject({ status: 400, json: { error: "Bad Request" } });
  });

  it.each([
    ["PATCH", ""],
    ["PATCH", "/id"],
    ["GET", "/id/events"],
  ])("has no %s %s", async (method, path) => {
    const { call, registry } = await setUp();
    const { id } = registry.addWebhook({ targetUrl: target.url, events: [] });
    expect(await call(method, path.replace("id", id))).toMatchObject({ status: 404, json: { error: "Not Found" } });
  });
});

describe("the spelling of event types", () => {
  it.each([
    ["as sent", "voucher.gift.balance_added", "voucher.gift.balance_aded"],
    ["as sent", "customer.updated", "campaign.vouchers.aded"],
    ["as in the schema", "voucher.gift.balance_aded", "voucher.gift.balance_added"],
    ["as in the schema", "campaign.vouchers.aded", "customer.updated"],
  ] as const)("%s: accepts and shows %s, not %s", async (spelling, right, wrong) => {
    const { call } = await setUp({ spelling });
    expect(await call("POST", "", { ...WHOLE, events: [right] })).toMatchObject({ json: { events: [right] } });
    expect(await call("POST", "", { ...WHOLE, events: [wrong] })).toMatchObject({ status: 400 });
  });

  it("changes nothing in what is sent", async () => {
    target.behave(status(204));
    const { call, registry, sender } = await setUp({ spelling: "as in the schema" });
    await call("POST", "", { target_url: target.url, events: ["voucher.gift.balance_aded"] });
    const [webhook] = registry.webhooks();
    expect(await sender.send(webhook?.id ?? "", { event: "voucher.gift.balance_added" })).toMatchObject({
      ok: true,
      value: { status: "sent", type: "voucher.gift.balance_added" },
    });
  });

  it.skipIf(!existsSync(SCHEMA))("as in the schema is the vendor's own list", () => {
    const { components } = JSON.parse(readFileSync(SCHEMA, "utf8")) as VendorSchema; // read only here, as published
    const { events } = components.schemas.ManagementProjectsWebhookBase.properties;
    expect([...acceptedEvents("as in the schema").keys()].toSorted()).toEqual(events.items.enum.toSorted());
  });
});

interface VendorSchema {
  components: {
    schemas: { ManagementProjectsWebhookBase: { properties: { events: { items: { enum: string[] } } } } };
  };
}

describe("a webhook that the sender switched off", () => {
  it.each([
    ["PUT with everything", {}, (url: string) => ({ target_url: url, events: [], active: true })],
    ["PUT {active: true}, where that is taken", { partialUpdates: true }, () => ({ active: true })],
  ])("is shown as inactive and sends again after %s", async (_name, options, body) => {
    target.behave(status(500));
    const { call, registry, sender } = await setUp(options);
    const { id } = registry.addWebhook({ targetUrl: target.url, events: [] });
    for (let count = 0; count < 12; count++) await sender.send(id, { body: "{}" });
    expect(await call("GET", `/${id}`)).toMatchObject({ json: { active: false } });
    expect(await sender.send(id, { body: "{}" })).toMatchObject({ ok: false, reason: "source_stopped" });
    target.behave(status(204));
    expect(await call("PUT", `/${id}`, body(target.url))).toMatchObject({ status: 200, json: { active: true } });
    expect(await sender.send(id, { body: "{}" })).toMatchObject({ ok: true, value: { status: "sent" } });
  });

  it("stays off after a PUT that does not mention it", async () => {
    const { call, registry } = await setUp();
    const { id } = registry.addWebhook({ targetUrl: target.url, events: [], active: false });
    expect(await call("PUT", `/${id}`, WHOLE)).toMatchObject({ status: 200, json: { active: false } });
  });

  it("fails what is pending when it is deleted", async () => {
    target.behave(status(500));
    const { call, registry, sender } = await setUp();
    const { id } = registry.addWebhook({ targetUrl: target.url, events: [] });
    await sender.send(id, { body: "{}" });
    await call("DELETE", `/${id}`);
    expect(sender.log()).toMatchObject([{ status: "failed", dueAt: null }]);
    expect(await sender.retry(sender.log()[0]?.id ?? "")).toMatchObject({ ok: false, reason: "source_unknown" });
  });
});
