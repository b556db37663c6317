// Moving from v2018-08-01 to v2024-01-01 with the built Worker: what the report says on the way, and what targets get
// in each form of the payload, whichever version arrives.

import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { PAYLOAD_FORMS, payloadOf } from "../../src/voucherify/payload.ts";
import type { JsonObject } from "../../src/voucherify/read-json.ts";
import { isSettled, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
});

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(200));
});

/** Ids of one project, otherwise new each time: one id in two versions would be one sendout. */
function ids(prefix: string): string {
  return prefix === "proj_" ? "proj_lantern" : prefix + randomUUID().replaceAll("-", "").slice(0, 18);
}

function example(type: string, version: "v2018-08-01" | "v2024-01-01", source?: "distribution"): JsonObject {
  const body = exampleSendout(type, { version, ids, ...(source && { source }) });
  if (body === undefined) throw new Error(`there is no ${type} in ${version}`);
  return body;
}

function notification(kind: CampaignNotificationKind): JsonObject {
  return exampleCampaignNotification(kind, { ids });
}

async function accept(...bodies: JsonObject[]): Promise<void> {
  for (const body of bodies) await signalbox.accept(JSON.stringify(body), isSettled);
}

/** A table that sends everything to some targets, given their templates and forms. */
function tableWith(targets: Record<string, { body?: object; payload?: string }>, when?: object[]): object {
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, { body, ...form }]) => [
        name,
        { request: { url: `${target.url}/${name}`, ...(body && { body }) }, retry: [], ...form },
      ]),
    ),
    routes: [{ id: "all", events: ["*"], to: Object.keys(targets), ...(when && { when }) }],
  };
}

interface Report {
  since: string;
  tableVersion: number;
  steps: { step: number; state: string; detail: string }[];
  types: { type: string; sender: string; old: { count: number }; current: { count: number } | null }[];
  reads: { place: string; path: string; types: string[]; fate: string; replacement: string | null }[];
}

async function report(query = ""): Promise<Report> {
  const answer = await signalbox.admin("GET", `/migration${query}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Report; // the API's own answer; tests assert what it holds
}

/** The types of a report: what came in each version. */
function counts({ types }: Report): string[] {
  return types.map(({ type, sender, old, current }) => `${type} ${sender} ${old.count} ${current?.count ?? "-"}`);
}

function states({ steps }: Report): string {
  return steps.map(({ step, state }) => `${step} ${state}`).join(", ");
}

const NOTHING_YET = "1 open, 2 by hand, 3 by hand, 4 open, 5 open, 6 open, 7 open";

describe("the move of a project", () => {
  it("begins with an empty report", async () => {
    const before = await report();
    expect(before).toMatchObject({ tableVersion: 0, types: [], reads: [] });
    expect(states(before)).toBe(NOTHING_YET);
    // 14 days back, give or take the time that this test takes.
    expect(Math.abs(Date.now() - 14 * 24 * 3_600_000 - Date.parse(before.since))).toBeLessThan(60_000);
  });

  it("shows the types that come in, what waits, and which paths have to be written otherwise", async () => {
    const crm = { code: "{{ object.code }}", sendout: "{{ $webhook.webhook_id }}", kind: "{{ $webhook.object }}" };
    const mail = { to: "{{ customer.email }}", event: "{{ $webhook.event.type }}", code: "{{ object.voucher.code }}" };
    await signalbox.publish(
      tableWith({
        crm: { body: crm, payload: "as received" },
        mail: { body: mail },
        archive: { payload: "as received" },
      }),
    );
    await accept(
      example("voucher.enabled", "v2018-08-01"),
      example("voucher.enabled", "v2018-08-01"),
      example("redemption.succeeded", "v2018-08-01"),
      notification("points_earned"),
    );
    const found = await report();
    expect(found.tableVersion).toBe(1);
    expect(counts(found)).toEqual([
      "customer.rewarded.loyalty_points distribution 1 -",
      "redemption.succeeded webhook 1 -",
      "voucher.enabled webhook 2 -",
    ]);
    expect(states(found)).toBe(NOTHING_YET);
    const all = ["customer.rewarded.loyalty_points", "redemption.succeeded", "voucher.enabled"];
    const read = (place: string, path: string, types: string[], replacement: string | null, fate = "replace") => ({
      place: `targets.${place}`,
      path,
      types,
      fate,
      replacement,
    });
    expect(found.reads).toHaveLength(5);
    expect(found.reads).toEqual(
      expect.arrayContaining([
        read("crm.request.body.code", "object.code", ["voucher.enabled"], "voucher.code"),
        read("crm.request.body.sendout", "$webhook.webhook_id", all, "$webhook.id"),
        read("crm.request.body.kind", "$webhook.object", all, null, "gone"),
        read("mail.request.body.code", "object.voucher.code", all.slice(0, 2), "voucher.code"),
        read("archive.payload", "$webhook", all, null, "whole"),
      ]),
    );
  });

  it("is on its way once the new paths are published and the first types have come", async () => {
    const crm = { code: "{{ voucher.code }}", sendout: "{{ $webhook.id }}" };
    const mail = { to: "{{ customer.email }}", event: "{{ $webhook.event.type }}", code: "{{ voucher.code }}" };
    await signalbox.publish(
      tableWith({
        crm: { body: crm, payload: "v2024-01-01" },
        mail: { body: mail },
        archive: { payload: "v2018-08-01" },
      }),
    );
    await accept(example("voucher.enabled", "v2024-01-01"));
    const found = await report();
    expect(found).toMatchObject({ tableVersion: 2, reads: [] });
    expect(counts(found)).toEqual([
      "customer.rewarded.loyalty_points distribution 1 -",
      "redemption.succeeded webhook 1 -",
      "voucher.enabled webhook 2 1",
    ]);
    expect(states(found)).toBe("1 done, 2 done, 3 done, 4 done, 5 open, 6 done, 7 open");
    expect(found.steps[4]?.detail).toBe(
      "1 of 3 have come in v2024-01-01. Missing: customer.rewarded.loyalty_points, redemption.succeeded.",
    );
  });

  it("has filled every step but the last when each type has come, and that one a day after the last old sendout", async () => {
    await accept(
      example("redemption.succeeded", "v2024-01-01"),
      example("customer.rewarded.loyalty_points", "v2024-01-01", "distribution"),
    );
    const found = await report();
    expect(states(found)).toBe("1 done, 2 done, 3 done, 4 done, 5 done, 6 done, 7 open");
    expect(found.steps[6]?.detail).toBe("v2018-08-01 still comes, or came last, from proj_lantern.");
    // As if nothing old had come for long enough: only what came from now on is looked at.
    const since = new Date().toISOString();
    await accept(example("redemption.succeeded", "v2024-01-01"));
    const later = await report(`?since=${since}`);
    expect(later).toMatchObject({ since, types: [], reads: [] });
    expect(later.steps[6]).toMatchObject({ state: "done", detail: "No v2018-08-01 comes in." });
  });

  it("delivers the same to a target with the new paths, whichever version arrived", async () => {
    await accept(example("voucher.enabled", "v2018-08-01"), example("voucher.enabled", "v2024-01-01"));
    const [old, current] = target.to("/crm").map(({ body }) => JSON.parse(body) as JsonObject);
    expect(old).toEqual({ code: current?.["code"], sendout: expect.stringMatching(/^whs_/) });
    expect(current).toEqual({ code: expect.any(String), sendout: expect.stringMatching(/^whs_/) });
    const shapes = target.to("/archive").map(({ body }) => JSON.parse(body) as JsonObject);
    for (const shape of shapes) {
      expect(shape).toMatchObject({
        object: "event",
        type: "voucher.enabled",
        data: { object: { code: old?.["code"] } },
      });
    }
    expect(shapes).toHaveLength(2);
  });

  it("is there as a page too", async () => {
    const answer = await signalbox.admin("GET", "/migration?format=markdown");
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("text/markdown; charset=utf-8");
    const page = await answer.text();
    expect(page).toMatch(/^# From v2018-08-01 to v2024-01-01\n\n1\. \[x\] \*\*Take a project for testing/);
    expect(page).toContain("| `redemption.succeeded` | webhook | 1, last 20");
    expect(page).toContain("Nothing reads a field that disappears.");
    expect(page).toContain("| `data.object.voucher` | moved | `data.voucher` |");
  });
});

describe("GET /admin/migration", () => {
  it.each([
    ["?since=yesterday", "since"],
    ["?format=xml", "format"],
    ["?until=2026-11-24T08:00:00Z", "until"],
  ])("answers %s with 400 and names what is wrong", async (query, path) => {
    const answer = await signalbox.admin("GET", `/migration${query}`);
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: "request_invalid", errors: [{ path, message: expect.any(String) }] },
    ]);
  });

  it("is closed to whoever has no token", async () => {
    const answer = await fetch(new URL("/admin/migration", signalbox.url));
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "token_missing" }]);
  });
});

describe("PUT /admin/table", () => {
  it("refuses a table that reads a field nothing coming by has, and names each with what was meant", async () => {
    const table = tableWith({ crm: { body: { code: "{{ voucher.coed }}", to: "{{ customer.email }}" } } }, [
      { path: "order.amonut", op: "gt", value: 5 },
    ]);
    const only = JSON.parse(JSON.stringify(table).replace('["*"]', '["redemption.succeeded"]'));
    const answer = await signalbox.admin("PUT", "/table", only);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      {
        code: "table_invalid",
        errors: [
          { path: "routes.0.when.0.path", message: expect.stringContaining("did you mean order.amount?") },
          { path: "targets.crm.request.body.code", message: expect.stringContaining("did you mean voucher.code?") },
        ],
      },
    ]);
  });

  it("publishes a table that reads a field some of the events lack, with a warning", async () => {
    const table = tableWith({ crm: { body: { reward: "{{ reward.name }}" } } });
    const answer = await signalbox.admin("PUT", "/table", table);
    expect([answer.status, await answer.json()]).toMatchObject([
      200,
      { warnings: [expect.stringContaining("targets.crm.request.body.reward: reward.name is not in")] },
    ]);
  });
});

describe("a target without a body of its own", () => {
  const forms = Object.fromEntries(PAYLOAD_FORMS.map((payload) => [payload.replaceAll(/[ .]/g, "-"), { payload }]));

  /** A body as no serialiser would write it: none of this survives being parsed. */
  function odd(body: JsonObject): string {
    return (
      JSON.stringify(body, null, 3).replace("{", '\ufeff{ "big" : 90071992547409931,\t"a":"\\u0061", "a":1.0,') +
      " \n\n"
    );
  }

  function received(payload: string): string | undefined {
    return target.to(`/${payload.replaceAll(/[ .]/g, "-")}`).at(-1)?.body;
  }

  it.each([
    ["v2018-08-01", () => example("voucher.published", "v2018-08-01")],
    ["v2018-08-01, from a campaign", () => notification("loyalty_card_assigned")],
    ["v2024-01-01", () => example("voucher.published", "v2024-01-01")],
  ])("is sent a sendout of %s in the form that it asks for", async (_name, create) => {
    await signalbox.publish(tableWith(forms));
    const text = odd(create());
    const found = await signalbox.accept(text, isSettled);
    expect(found.deliveries.map(({ state }) => state)).toEqual(["delivered", "delivered", "delivered", "delivered"]);
    expect(received("as received")).toBe(text);
    const event = normalise(new TextEncoder().encode(text));
    if (!event.ok) throw new Error(event.detail);
    for (const form of PAYLOAD_FORMS) {
      const body = received(form) ?? "";
      if (form === "as received") continue;
      expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(payloadOf(event.value, form))));
      const { object, event: inner, data } = JSON.parse(body);
      const isOld = form === "v2018-08-01";
      expect({ object, inner: typeof inner, entity: typeof data.object }).toEqual({
        object: isOld ? "event" : undefined,
        inner: isOld ? "undefined" : "object",
        entity: isOld ? "object" : "undefined",
      });
    }
    for (const { headers } of target.requests) expect(headers["content-type"]).toBe("application/json");
  });

  it("is sent the same bytes when a failed one is tried again by hand", async () => {
    await signalbox.publish(tableWith(forms));
    target.behave(status(400));
    const text = odd(example("voucher.published", "v2018-08-01"));
    const failed = await signalbox.accept(text, isSettled);
    expect(failed.deliveries.map(({ state }) => state)).toEqual(["failed", "failed", "failed", "failed"]);
    target.behave(status(200));
    // Whatever the table says now.
    await signalbox.publish(
      tableWith(Object.fromEntries(Object.keys(forms).map((name) => [name, { body: { a: 1 } }]))),
    );
    for (const { id } of failed.deliveries) {
      expect((await signalbox.admin("POST", `/deliveries/${id}/retry`)).status).toBe(202);
    }
    await signalbox.sendout(failed.id, ({ deliveries }) => deliveries.every(({ state }) => state === "delivered"));
    for (const name of Object.keys(forms)) {
      const bodies = target.to(`/${name}`).map(({ body }) => body);
      expect([name, bodies.length, new Set(bodies).size]).toEqual([name, 2, 1]);
    }
    expect(received("as received")).toBe(text);
  });
});

describe("a raw payload", () => {
  it("is passed on as received, is read through $webhook then, and in the other forms from its envelope", async () => {
    const event = "customer.publication.succeeded";
    const body = { whole: "{{ $webhook.code }}", data: "{{ code }}", type: "{{ $webhook.event.type }}" };
    await signalbox.publish({
      inlets: { coupons: { auth: "none", expects: { event } } },
      targets: {
        raw: { request: { url: `${target.url}/raw` }, payload: "as received" },
        read: { request: { url: `${target.url}/read`, body }, payload: "as received" },
        wrapped: { request: { url: `${target.url}/wrapped`, body }, payload: "v2024-01-01" },
      },
      routes: [{ id: "all", events: [event], to: ["raw", "read", "wrapped"] }],
    });
    const text = ` { "code" : "${randomUUID()}" } `;
    const { code } = JSON.parse(text) as { code: string };
    const answer = await signalbox.post(text, {}, "coupons");
    const { id } = (await answer.json()) as { id: string };
    await signalbox.sendout(id, isSettled);
    expect(target.to("/raw").map((request) => request.body)).toEqual([text]);
    expect(target.to("/read").map((request): unknown => JSON.parse(request.body))).toEqual([{ whole: code }]);
    expect(target.to("/wrapped").map((request): unknown => JSON.parse(request.body))).toEqual([
      { data: code, type: event },
    ]);
  });
});
