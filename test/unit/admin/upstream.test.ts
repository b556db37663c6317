// The webhook in Voucherify through the admin API: shown, created, corrected and enabled; and the steps for people without
// credentials.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { listAudited } from "../../../src/ledger/audit-log.ts";
import { readWatch } from "../../../src/ledger/upstream-watch.ts";
import { putSecret } from "../../../src/vault/vault.ts";
import type { EventSpelling } from "../../voucherify/management-webhook.ts";
import { createBindings, downD1, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import {
  API,
  createUpstreamBindings,
  INLET_URL,
  ORIGIN,
  publishUpstream,
  startVoucherify,
} from "../upstream/voucherify.ts";

const EVENTS = ["customer.updated", "redemption.succeeded", "voucher.gift.balance_added"];

beforeEach(async () => {
  await startOver();
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

async function call(method: string, path: string, body?: object, env: TestBindings = createUpstreamBindings()) {
  const request = new Request(`https://called.example.com/admin/upstream${path}`, {
    method,
    headers: { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, env, createExecutionContext());
  const { status, headers } = response;
  return { status, headers, json: await response.json<Record<string, unknown>>() };
}

async function setUp(options: Parameters<typeof startVoucherify>[0] = {}) {
  const voucherify = startVoucherify(options);
  await publishUpstream(voucherify.registry.projectId, EVENTS);
  return voucherify;
}

describe("GET /admin/upstream", () => {
  it("without credentials has the steps for each inlet, with its URL and the events to tick", async () => {
    await publish({
      ...createTable(["crm"]),
      inlets: {
        shop: {
          auth: { secrets: ["SHOP_SECRET"] },
          requires: { pathToken: "SHOP_TOKEN", header: { name: "x-shop", secret: "SHOP_HEADER" } },
        },
        till: { auth: "none" },
      },
      routes: [
        { id: "shop", events: ["redemption.succeeded"], inlets: ["shop"], to: ["crm"] },
        { id: "till", events: ["customer.segment.entered"], inlets: ["till"], to: ["crm"] },
      ],
    });
    const env = createBindings({ SHOP_TOKEN: "path-token-5e1d", SHOP_HEADER: "header-71aa" });
    const { status, json } = await call("GET", "", undefined, env);
    expect([status, json]).toMatchObject([
      200,
      { webhook: null, problem: { reason: "settings_missing" }, watch: null },
    ]);
    expect(json["inlets"]).toMatchObject([
      {
        inlet: "shop",
        url: "https://called.example.com/in/shop/<SHOP_TOKEN>",
        events: ["redemption.succeeded"],
        distributionEvents: [],
      },
      { inlet: "till", url: "https://called.example.com/in/till", events: [] },
    ]);
    const [shop = [], till = []] = (json["inlets"] as { steps: string[] }[]).map(({ steps }) => steps);
    expect(shop.join("\n")).toMatch(
      /Project settings.*Tick this event: redemption.succeeded.*wrangler secret put SHOP_SECRET.*x-shop.*SHOP_HEADER/s,
    );
    expect(till).toEqual([expect.stringContaining("Only distributions send customer.segment.entered")]);
    expect(JSON.stringify(json)).not.toMatch(/5e1d|71aa/);
  });

  it("shows the webhook, how it differs, its twins, and what the watchdog saw", async () => {
    const { registry, calls } = await setUp();
    const events = ["redemption.succeeded", "campaign.created"];
    const { id } = registry.addWebhook({ targetUrl: INLET_URL, events });
    const twin = registry.addWebhook({ targetUrl: INLET_URL, events });
    const { status, json } = await call("GET", "");
    expect([status, json]).toMatchObject([
      200,
      {
        webhook: { id, url: INLET_URL, active: true, events },
        difference: {
          url: "same",
          missing: ["customer.updated", "voucher.gift.balance_added"],
          superfluous: ["campaign.created"],
        },
        twins: [twin.id],
        problem: null,
        watch: null,
      },
    ]);
    expect(calls).toEqual(["GET"]);
  });

  it.each([
    [401, "credentials_refused"],
    [402, "plan_lacks_api"],
    [404, "not_there"],
    [429, "throttled"],
    [500, "unavailable"],
    [302, "unavailable"],
    [200, "answer_unreadable"],
  ])("says so when Voucherify answers %i, and repeats nothing of it", async (status, reason) => {
    await setUp({ trouble: () => new Response("<p>about proj_</p>", { status, headers: { location: "/x" } }) });
    const { json } = await call("GET", "");
    expect(json).toMatchObject({ webhook: null, problem: { reason } });
    expect(JSON.stringify(json["problem"])).not.toContain("about");
  });

  it("takes credentials from the vault only for the API's own host", async () => {
    const keys = { active: "k", keys: { k: btoa("0123456789abcdef0123456789abcdef") } };
    const env = createUpstreamBindings({ MANAGEMENT_TOKEN: "", SIGNALBOX_MASTER_KEYS: JSON.stringify(keys) });
    await setUp();
    const put = async (hosts: string[]) =>
      putSecret(env, { name: "MANAGEMENT_TOKEN", value: "management-token-91bb", hosts }, SENT_AT);
    await put(["https://elsewhere.example.com"]);
    expect((await call("GET", "", undefined, env)).json).toMatchObject({
      problem: { reason: "secret_missing", detail: expect.stringContaining(`was not set for ${API}`) },
    });
    await put([API]);
    expect((await call("GET", "", undefined, env)).json).toMatchObject({ problem: null });
  });
});

describe("POST /admin/upstream/webhook", () => {
  it("says what it would do and does nothing when it is told so", async () => {
    const { registry, calls } = await setUp();
    const { status, json } = await call("POST", "/webhook", { dryRun: true });
    const after = { id: null, url: INLET_URL, active: true, events: EVENTS };
    expect([status, json]).toEqual([200, { action: "create", applied: false, before: null, after, notes: [] }]);
    expect([registry.webhooks(), calls]).toEqual([[], ["GET"]]);
  });

  it.each<EventSpelling>(["as sent", "as in the schema"])(
    "creates it where the API spells %s, once, and says what is left to a person",
    async (spelling) => {
      const { registry } = await setUp({ spelling });
      const { json } = await call("POST", "/webhook");
      const taken = spelling === "as sent" ? EVENTS : EVENTS.slice(1);
      expect(registry.webhooks()).toMatchObject([{ targetUrl: INLET_URL, events: taken, active: true }]);
      const [webhook] = registry.webhooks();
      expect(json).toMatchObject({
        action: "create",
        applied: true,
        before: null,
        after: { id: webhook?.id, events: taken },
      });
      const notes = (json["notes"] as string[]).join("\n");
      expect(notes).toContain("wrangler secret put VOUCHERIFY_SECRET");
      expect(notes.includes("did not take customer.updated")).toBe(spelling === "as in the schema");
      const again = await call("POST", "/webhook");
      expect(again.json).toMatchObject({ applied: spelling !== "as sent" });
      expect(registry.webhooks()).toHaveLength(1);
      expect(await readWatch(workingD1(), "voucherify")).toMatchObject({ state: "active", webhookId: webhook?.id });
    },
  );

  it("adds what is lacking, unticks only when asked, and is in the audit log with before and after", async () => {
    const { registry } = await setUp();
    const { id } = registry.addWebhook({ targetUrl: INLET_URL, events: ["campaign.created"], active: false });
    await call("POST", "/webhook");
    expect(registry.webhook(id)).toMatchObject({ events: ["campaign.created", ...EVENTS], active: false });
    const before = { id, url: INLET_URL, active: false, events: ["campaign.created"] };
    const after = { ...before, events: ["campaign.created", ...EVENTS] };
    const { entries } = await listAudited(workingD1(), {}, { limit: 1 });
    expect(entries).toMatchObject([{ action: "POST /admin/upstream/webhook", status: 200, change: { before, after } }]);
    await call("POST", "/webhook", { prune: true });
    expect(registry.webhook(id)).toMatchObject({ events: EVENTS, active: false });
  });

  it.each([
    [{ enterprise: false }, 502, "upstream_refused", "Voucherify answered 402 (missing_required_feature)."],
    [
      { trouble: () => new Response("", { status: 429, headers: { "retry-after": "30" } }) },
      503,
      "upstream_unavailable",
      "Voucherify answered 429.",
    ],
  ])("is refused with its reason", async (options, status, code, detail) => {
    await setUp(options);
    const answer = await call("POST", "/webhook");
    expect(answer).toMatchObject({ status, json: { code, detail } });
    expect(answer.headers.get("retry-after")).toBe(status === 503 ? "30" : null);
  });

  it("is refused where there are no settings, and where no route takes anything", async () => {
    const { registry } = startVoucherify();
    await publish(createTable(["crm"]));
    expect(await call("POST", "/webhook")).toMatchObject({ status: 409, json: { code: "upstream_unconfigured" } });
    await publishUpstream(registry.projectId, ["customer.segment.entered"]);
    expect(await call("POST", "/webhook")).toMatchObject({
      status: 409,
      json: { code: "upstream_unconfigured", detail: expect.stringContaining("No route takes") },
    });
    expect(registry.webhooks()).toEqual([]);
  });

  it("changes nothing in Voucherify while D1 does not answer", async () => {
    const { calls } = await setUp();
    const env = createUpstreamBindings({ LEDGER: downD1() });
    expect((await call("POST", "/webhook", {}, env)).status).toBe(503);
    expect(calls).toEqual([]);
  });
});

describe("POST /admin/upstream/enable", () => {
  it("enables the webhook and nothing else of it, in either spelling", async () => {
    for (const spelling of ["as sent", "as in the schema"] as const) {
      const { registry } = await setUp({ spelling });
      const events = ["campaign.vouchers.added"];
      const { id } = registry.addWebhook({ targetUrl: `${ORIGIN}/in/voucherify`, events, active: false });
      expect(await call("POST", "/enable")).toMatchObject({
        status: 200,
        json: { before: { id, active: false }, after: { id, active: true, events } },
      });
      expect(registry.webhook(id)).toMatchObject({ active: true, events });
    }
  });

  it("asks nothing of one that is active, and is refused where there is none", async () => {
    const { registry, calls } = await setUp();
    expect(await call("POST", "/enable")).toMatchObject({ status: 409, json: { code: "upstream_webhook_missing" } });
    registry.addWebhook({ targetUrl: INLET_URL, events: EVENTS });
    expect((await call("POST", "/enable")).status).toBe(200);
    expect(calls).toEqual(["GET", "GET"]);
  });
});
