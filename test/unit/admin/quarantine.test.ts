// What lies in quarantine: listed, shown, left there, and taken out again, as it is or corrected.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { goneColumn } from "../../../src/ledger/content.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { mockTarget } from "../delivery/target.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { publish } from "../payloads.ts";
import { callAdmin } from "./call-admin.ts";
import { BROKEN, deliver, receive, startWithTable, TABLE, WHOLE } from "./quarantined.ts";

beforeEach(startWithTable);

afterEach(() => {
  vi.useRealTimers();
});

async function listed(query = ""): Promise<{ ids: string[]; open: number; next: string | null }> {
  const { json } = await callAdmin(`GET /quarantine${query}`);
  const { items, open, next } = json as { items: { id: string }[]; open: number; next: string | null };
  return { ids: items.map(({ id }) => id), open, next };
}

describe("the list", () => {
  it("has what is open, the newest first, page by page, and counts it", async () => {
    const ids = (await receive("one", "two", JSON.stringify(createSendout()), "three")).toSpliced(2, 1).toReversed();
    expect(await listed()).toEqual({ ids, open: 3, next: null });
    const first = await listed("?limit=2");
    expect(first.ids).toEqual(ids.slice(0, 2));
    expect(await listed(`?limit=2&cursor=${first.next}`)).toEqual({ ids: ids.slice(2), open: 3, next: null });
  });

  it("says why each is there, and goes by it", async () => {
    const [text, raw = ""] = await receive("hello", '{"code":"A"}');
    expect((await callAdmin("GET /quarantine?reason=envelope_missing")).json).toEqual({
      open: 2,
      items: [
        {
          id: raw,
          acceptedId: expect.stringMatching(/^acc_/),
          receivedAt: "2026-10-05T08:15:32.000Z",
          inlet: "voucherify",
          reason: "envelope_missing",
          detail: expect.any(String),
          eventType: null,
          sendoutRef: null,
          bytes: 12,
          discarded: null,
        },
      ],
      next: null,
    });
    expect((await listed("?reason=body_not_json")).ids).toEqual([text]);
  });
});

describe("one", () => {
  it("is shown with its payload to those who may see it", async () => {
    const [id = ""] = await receive("hello");
    const unread = await callAdmin(`GET /quarantine/${id}`);
    expect(unread.json).toMatchObject({ payload: { encoding: "masked", content: null } });
    const { json } = await callAdmin(`GET /quarantine/${id}?reveal=true`);
    expect(json).toMatchObject({
      id,
      state: "quarantined",
      payload: { encoding: "utf-8", content: "hello" },
      original: null,
    });
    const made = await callAdmin("POST /tokens", { body: { name: "operator", scopes: ["read", "replay"] } });
    const blind = await callAdmin(`GET /quarantine/${id}`, { token: made.json["token"] as string });
    expect(blind.json).toMatchObject({ payload: { encoding: "masked", content: null } });
    const fix = { body: { body: "{}" }, token: made.json["token"] as string };
    expect(await callAdmin(`POST /quarantine/${id}/replay`, fix)).toMatchObject({ json: { code: "scope_missing" } });
  });

  it("is not shown when it never was there", async () => {
    const [id = ""] = await receive(JSON.stringify(createSendout()));
    for (const one of [id, "so_none"]) {
      expect((await callAdmin(`GET /quarantine/${one}`)).status).toBe(404);
      expect((await callAdmin(`POST /quarantine/${one}/replay`)).status).toBe(404);
      expect((await callAdmin(`POST /quarantine/${one}/discard`, { body: { note: "a" } })).status).toBe(404);
    }
  });
});

describe("a replay", () => {
  it("routes what the table understands by now, under its own id", async () => {
    const [id = ""] = await receive('{"voucher":{"code":"AUTUMN-15"}}');
    const expects = { event: "voucher.created" };
    await publish({ ...TABLE, inlets: { voucherify: { ...TABLE.inlets.voucherify, expects } } });
    const env = createBindings();
    const calls = mockTarget(200);
    const answer = await callAdmin(`POST /quarantine/${id}/replay`, { env });
    expect(answer).toMatchObject({
      status: 200,
      json: { id, state: "routed", planned: [{ target: "crm", route: "all" }] },
    });
    await deliver(env);
    expect(calls.map(({ body, headers }) => [body, headers["idempotency-key"]])).toEqual([
      ['{"code":"AUTUMN-15"}', `${id}.crm`],
    ]);
    expect(await listed("?state=all")).toMatchObject({ ids: [], open: 0 });
    expect((await callAdmin(`GET /sendouts/${id}`)).json).toMatchObject({
      state: "routed",
      reason: null,
      tableVersion: 2,
      event: { type: "voucher.created" },
      deliveries: [{ state: "delivered" }],
    });
    const { json } = await callAdmin("GET /audit");
    const before = { state: "quarantined", reason: "envelope_missing" };
    expect(json["entries"]).toContainEqual(
      expect.objectContaining({ subject: id, change: { before, after: { state: "routed", corrected: false } } }),
    );
  });

  it("of a corrected payload keeps what arrived beside it, by which its repeats are known", async () => {
    const [id = ""] = await receive(BROKEN);
    const body = JSON.stringify(WHOLE);
    const env = createBindings();
    const answer = await callAdmin(`POST /quarantine/${id}/replay`, { body: { body }, env });
    expect(answer.json).toMatchObject({ id, state: "routed" });
    expect(env.DELIVER.messages).toMatchObject([{ sendoutId: id, target: "crm" }]);
    expect((await callAdmin(`GET /quarantine/${id}?reveal=true`)).json).toMatchObject({
      state: "routed",
      sendoutRef: WHOLE.id,
      payload: { content: body },
      original: { content: BROKEN },
    });
    expect((await callAdmin(`GET /sendouts/${id}?reveal=true`)).json).toMatchObject({
      payload: { content: body },
      repeats: [],
    });
    expect((await callAdmin("GET /sendouts?event=redemption.succeeded")).json).toMatchObject({ sendouts: [{ id }] });
    expect(await receive(BROKEN)).toEqual([id]);
    expect((await callAdmin(`GET /sendouts/${id}`)).json).toMatchObject({ repeats: [{ same: true }] });
  });

  it("that leads nowhere takes it out all the same", async () => {
    await publish({ ...TABLE, routes: [] });
    const [id = ""] = await receive(BROKEN);
    const { json } = await callAdmin(`POST /quarantine/${id}/replay`, { body: { body: JSON.stringify(WHOLE) } });
    expect(json).toEqual({ id, state: "unrouted", planned: [] });
  });

  it("has a row for what cannot be rendered, and one for what waits for its turn", async () => {
    const failing = {
      request: { url: "https://erp.example.com/", body: { a: "{{ voucher.none }}" }, missing: "error" },
    };
    const routes = [
      { id: "all", events: ["*"], to: ["crm"], order: { by: "customer.id" } },
      { id: "erp", events: ["redemption.*"], to: ["erp"] },
    ];
    await publish({ ...TABLE, targets: { ...TABLE.targets, erp: failing }, routes });
    const [id = ""] = await receive(BROKEN);
    const env = createBindings();
    await callAdmin(`POST /quarantine/${id}/replay`, { body: { body: JSON.stringify(WHOLE) }, env });
    expect(await rowsOf("deliveries")).toMatchObject([
      { target: "crm", state: "scheduled", reason: "next_in_order" },
      { target: "erp", state: "failed", reason: "template_value_missing" },
    ]);
    expect(env.DELIVER.messages).toMatchObject([{ target: "crm" }]);
  });

  it("changes nothing when the payload is still not understood, or is gone", async () => {
    const [id = ""] = await receive(BROKEN);
    const again = await callAdmin(`POST /quarantine/${id}/replay`);
    expect(again).toMatchObject({ status: 422, json: { code: "not_understood" } });
    expect(again.json["detail"]).toContain("body_not_json");
    const fixed = await callAdmin(`POST /quarantine/${id}/replay`, { body: { body: '{"a":1}' } });
    expect(fixed.json).toMatchObject({ detail: expect.stringContaining("envelope_missing") });
    await workingD1().prepare("UPDATE sendouts SET body = ?1").bind(goneColumn("expired")).run();
    expect(await callAdmin(`POST /quarantine/${id}/replay`)).toMatchObject({
      status: 409,
      json: { code: "payload_gone" },
    });
    expect((await listed()).ids).toEqual([id]);
  });

  it("of what is out already is told, and sends nothing", async () => {
    const [id = ""] = await receive(BROKEN);
    const body = { body: JSON.stringify(WHOLE) };
    await callAdmin(`POST /quarantine/${id}/replay`, { body });
    const env = createBindings();
    expect(await callAdmin(`POST /quarantine/${id}/replay`, { body, env })).toMatchObject({
      status: 409,
      json: { code: "not_quarantined" },
    });
    expect(env.DELIVER.messages).toEqual([]);
  });
});

describe("a discarded one", () => {
  it("stays, with why, and is counted as open no more", async () => {
    const [id = "", other = ""] = await receive("one", "two");
    const answer = await callAdmin(`POST /quarantine/${id}/discard`, { body: { note: " a test of somebody's " } });
    const discarded = { at: "2026-10-05T08:15:31.000Z", note: "a test of somebody's" };
    expect(answer).toMatchObject({ status: 200, json: { id, discarded } });
    expect(await listed()).toMatchObject({ ids: [other], open: 1 });
    expect(await listed("?state=discarded")).toMatchObject({ ids: [id], open: 1 });
    expect(await listed("?state=all")).toMatchObject({ ids: [other, id], open: 1 });
    expect((await callAdmin(`GET /sendouts/${id}`)).json).toMatchObject({ state: "quarantined" });
  });

  it("can be replayed all the same", async () => {
    const [id = ""] = await receive(BROKEN);
    await callAdmin(`POST /quarantine/${id}/discard`, { body: { note: "a mistake" } });
    await callAdmin(`POST /quarantine/${id}/replay`, { body: { body: JSON.stringify(WHOLE) } });
    expect((await callAdmin(`GET /quarantine/${id}`)).json).toMatchObject({ state: "routed", discarded: null });
    expect(await callAdmin(`POST /quarantine/${id}/discard`, { body: { note: "late" } })).toMatchObject({
      status: 409,
    });
  });

  it.each([{}, { note: "  " }, { note: "x".repeat(501) }])("is not made with %j", async (body) => {
    const [id = ""] = await receive("one");
    const answer = await callAdmin(`POST /quarantine/${id}/discard`, { body });
    expect(answer).toMatchObject({ status: 400, json: { errors: [{ path: "note" }] } });
  });
});
