// A plan says what a replay would send and leaves out, and sends nothing.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { insertPause } from "../../../src/ledger/pauses.ts";
import { createBindings } from "../faults.ts";
import { createTable, publish } from "../payloads.ts";
import { SENT_AT } from "../messages.ts";
import { ASKED_AT, call, deliver, deliveries, everything, plan, route, routeAndDeliver } from "./stage.ts";

beforeEach(async () => {
  await reset();
  vi.restoreAllMocks();
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ["Date"], now: ASKED_AT });
  await publish(createTable(["crm", "mail"]));
});

afterEach(() => {
  vi.useRealTimers();
});

/** `crm` refuses, `mail` accepts. */
const CRM_REFUSES = ({ url }: { url: string }) => new Response(null, { status: url.includes("crm") ? 400 : 200 });

const NONE = { never_sent: 0, recognised: 0, may_be_seen_twice: 0 };

describe("a plan", () => {
  it("counts per target and state, and says what is left out because it has succeeded", async () => {
    await routeAndDeliver(3, CRM_REFUSES);
    const before = await deliveries();
    const env = createBindings();
    const { status, json } = await call("POST", "", { ...everything("as then"), rate: 2 }, env);
    expect(status).toBe(201);
    expect(json).toMatchObject({ id: expect.stringMatching(/^rpl_[0-9a-f]{32}$/), state: "planned", mode: "as then" });
    expect(json.plan).toEqual({
      selected: 3,
      takesSeconds: 2,
      tableVersion: 1,
      targets: [
        {
          target: "crm",
          states: { failed: 3 },
          repeats: { ...NONE, may_be_seen_twice: 3 },
          wouldBeHeld: 0,
          deliveries: 3,
          recognises: null,
        },
      ],
      excluded: { delivered: 3 },
      sample: [],
    });
    expect(env.DELIVER.calls + env.SLOW.calls).toBe(0);
    expect(await deliveries()).toEqual(before);
  });

  it("takes what has succeeded only where the selection says so", async () => {
    await routeAndDeliver(2, CRM_REFUSES);
    expect((await plan(everything("as then", { state: "delivered" }))).plan).toMatchObject({
      selected: 2,
      targets: [{ target: "mail", states: { delivered: 2 } }],
      excluded: { failed: 2 },
    });
    expect((await plan(everything("as then", { state: ["delivered", "failed"] }))).plan).toMatchObject({ selected: 4 });
  });

  it("leaves out what is under way, what is held and what was given up, and says so", async () => {
    const messages = await route(4);
    const [pending, retried, held, cancelled] = [...new Set(messages.map(({ sendoutId }) => sendoutId))];
    const of = (id: string | undefined) =>
      messages.filter(({ sendoutId, target }) => sendoutId === id && target === "crm");
    await deliver(of(retried), 503, SENT_AT + 2_000);
    await deliver([...of(held), ...of(cancelled)], 400, SENT_AT + 2_000);
    const db = createBindings().LEDGER;
    await db.prepare("UPDATE deliveries SET state = 'held' WHERE sendout_id = ?1").bind(held).run();
    await db.prepare("UPDATE deliveries SET state = 'cancelled' WHERE sendout_id = ?1").bind(cancelled).run();
    expect(pending).toBeDefined();
    // Four deliveries to mail and one to crm have no row; one to crm waits for its next attempt.
    const { plan: planned } = await plan(everything("as then"));
    expect(planned).toMatchObject({ selected: 0, targets: [], excluded: { pending: 6, held: 1, cancelled: 1 } });
  });

  it.each([
    ["a target", { target: "crm" }, 2],
    ["a target without deliveries", { target: "sms" }, 0],
    ["a route", { route: "all" }, 4],
    ["another route", { route: "none" }, 0],
    ["an event type", { event: "redemption.succeeded" }, 4],
    ["another event type", { event: "voucher.created" }, 0],
    ["a source", { source: "wh_5a11ce0ffee0000001" }, 4],
    ["an inlet", { inlet: "voucherify" }, 4],
    ["another inlet", { inlet: "shop" }, 0],
    ["a reason", { reason: "target_rejected" }, 4],
    ["another reason", { reason: "target_timeout" }, 0],
    ["a kind of source", { sourceKind: "webhook" }, 4],
    ["another kind of source", { sourceKind: "distribution" }, 0],
    ["a status", { status: "400" }, 4],
    ["a class of statuses", { status: "5xx" }, 0],
    ["a customer's id", { customer: "cust_lantern1" }, 4],
    ["a customer's e-mail, in capitals", { customer: "ZOE@example.com" }, 4],
    ["another customer", { customer: "nobody@example.com" }, 0],
    ["a voucher", { voucher: "AUTUMN-15" }, 4],
    ["another voucher", { voucher: "autumn-15" }, 0],
    ["a group of which it has none", { group: "v-none" }, 0],
    ["a state", { state: "expired" }, 0],
    ["an end before", { until: new Date(SENT_AT + 1).toISOString() }, 2],
    ["a beginning after", { since: new Date(SENT_AT + 1).toISOString() }, 2],
    ["a time without any", { since: new Date(SENT_AT + 2).toISOString() }, 0],
  ])("goes by %s", async (_name, select, selected) => {
    await routeAndDeliver(2, 400);
    expect((await plan(everything("as then", select))).plan.selected).toBe(selected);
  });

  it("keeps of whom it is about a token alone, and shows nothing", async () => {
    await routeAndDeliver(1, 400);
    const { id } = await plan(everything("as then", { customer: "zoe@example.com", voucher: "AUTUMN-15" }));
    const { json } = await call("GET", `/${id}`);
    expect(json).toMatchObject({ select: { customer: "(hidden)", voucher: "(hidden)" }, plan: { selected: 2 } });
    const kept = JSON.stringify(await createBindings().LEDGER.prepare("SELECT * FROM replays").all());
    expect(kept).not.toMatch(/zoe@example|AUTUMN-15/);
    expect(JSON.stringify(json)).not.toMatch(/zoe@example|AUTUMN-15/);
  });

  it("cannot go by people while no key is set", async () => {
    const env = createBindings({ SIGNALBOX_SEARCH_KEY: "" });
    const refused = await call("POST", "", everything("as then", { customer: "zoe@example.com" }), env);
    expect(refused).toMatchObject({ status: 409, json: { code: "search_key_missing" } });
  });

  it("goes by the ids of sendouts and deliveries, each once, and says which name nothing", async () => {
    await routeAndDeliver(3, 400);
    const [first, second] = [...new Set((await deliveries()).map((row) => String(row["sendout_id"])))];
    const nothing = `so_${"0".repeat(32)}`;
    const select = {
      sendouts: [first, first, nothing],
      deliveries: [`${first}.crm`, `${second}.mail`, `${second}.mail`, `${second}.sms`],
    };
    const { plan: planned } = await plan({ select, mode: "as then" });
    expect(planned).toMatchObject({ selected: 3, excluded: { not_found: 2 } });
    expect(planned.targets).toMatchObject([
      { target: "mail", deliveries: 2 },
      { target: "crm", deliveries: 1 },
    ]);
  });

  it("leaves out targets that are gone, what is too old for its target, and what was never rendered", async () => {
    await publish(createTable(["crm", "mail", "sms", "push"], { code: "{{ voucher.code }}" }));
    await routeAndDeliver(1, 400);
    const table = createTable(["crm", "mail", "sms"]);
    const { crm, mail, sms } = table.targets;
    await publish({ ...table, targets: { crm, mail: { ...mail, maxAgeSeconds: 60 }, sms } });
    await createBindings().LEDGER.prepare("UPDATE deliveries SET request = '' WHERE target = 'sms'").run();
    const asThen = await plan(everything("as then"));
    expect(asThen.plan).toMatchObject({ selected: 1, excluded: { target_gone: 1, too_old: 1, never_rendered: 1 } });
    const asNow = await plan(everything("as now"));
    expect(asNow.plan).toMatchObject({ selected: 2, excluded: { target_gone: 1, too_old: 1 } });
  });

  it("leaves out test sends", async () => {
    await routeAndDeliver(1, 400);
    await createBindings().LEDGER.prepare("UPDATE sendouts SET inlet = '(test)'").run();
    const { plan: planned } = await plan(everything("as then"));
    expect(planned).toMatchObject({ selected: 0, excluded: { test_send: 2 } });
  });

  it("says how many would be held because a target or a route is paused", async () => {
    await routeAndDeliver(2, 400);
    const pause = { reason: "by_hand", mode: "hold", since: SENT_AT, until: null, note: null } as const;
    const db = createBindings().LEDGER;
    await db.batch(insertPause(db, { ...pause, subject: "target:crm" }));
    const { plan: planned } = await plan(everything("as then"));
    expect(planned.targets).toMatchObject([
      { target: "crm", wouldBeHeld: 2 },
      { target: "mail", wouldBeHeld: 0 },
    ]);
    await db.batch(insertPause(db, { ...pause, subject: "route:all" }));
    const routes = await plan(everything("as then"));
    expect(routes.plan.targets).toMatchObject([{ wouldBeHeld: 2 }, { wouldBeHeld: 2 }]);
  });
});

/** A target that knows a request again by an id in its body, for a day. */
const SEGMENT = { recipe: "segment", secrets: { write_key: "CRM_TOKEN" } };

describe("which targets recognise a repeat", () => {
  it("is what their recipe knows", async () => {
    await routeAndDeliver(1, 400);
    await publish({ ...createTable(["crm", "mail"]), targets: { ...createTable(["mail"]).targets, crm: SEGMENT } });
    const { plan: planned } = await plan(everything("as then"));
    expect(planned.targets).toMatchObject([
      {
        target: "crm",
        repeats: { ...NONE, recognised: 1 },
        recognises: { by: "body", field: "messageId", windowSeconds: 86_400 },
      },
      { target: "mail", repeats: { ...NONE, may_be_seen_twice: 1 }, recognises: null },
    ]);
  });

  it("is no more once their window has passed, nor for what is sent as new", async () => {
    await routeAndDeliver(1, 400);
    await publish({ ...createTable(["crm"]), targets: { crm: SEGMENT } });
    const now = await plan(everything("as new"));
    expect(now.plan.targets).toMatchObject([{ repeats: { ...NONE, may_be_seen_twice: 1 } }]);
    vi.setSystemTime(SENT_AT + 2_000 + 86_400_001);
    const later = await plan(everything("as then"));
    expect(later.plan.targets).toMatchObject([{ repeats: { ...NONE, may_be_seen_twice: 1 } }]);
  });

  it("does not matter to what was never sent", async () => {
    await routeAndDeliver(1, 400);
    await createBindings().LEDGER.prepare("UPDATE deliveries SET attempts_made = 0").run();
    const { plan: planned } = await plan(everything("as then"));
    expect(planned.targets).toMatchObject([
      { repeats: { ...NONE, never_sent: 1 } },
      { repeats: { ...NONE, never_sent: 1 } },
    ]);
  });
});

describe("what would be rendered differently", () => {
  it("is sampled, up to 20 deliveries", async () => {
    await routeAndDeliver(12, 400);
    const table = createTable(["crm", "mail"]);
    const changed = { ...table.targets["crm"], request: { url: "https://crm.example.com/events", body: { n: 1 } } };
    await publish({ ...table, targets: { ...table.targets, crm: changed } });
    const { plan: planned } = await plan(everything("as now"));
    expect(planned.selected).toBe(24);
    expect(planned.sample).toHaveLength(20);
    for (const { delivery, differs } of planned.sample) expect(differs).toBe(delivery.endsWith(".crm"));
  });

  it("is unknown for what cannot be rendered, and why is said", async () => {
    await routeAndDeliver(1, 400);
    const request = { url: "https://crm.example.com/{{ nothing.there }}" };
    await publish({ ...createTable(["crm"]), targets: { crm: { request } } });
    const { plan: planned } = await plan(everything("as now"));
    expect(planned.sample).toMatchObject([
      { differs: null, detail: "request.url: a value in the path is missing in this event" },
    ]);
  });
});

describe("a plan that is refused", () => {
  it.each([
    ["without a mode", { select: { since: "2026-10-01T00:00:00Z" } }],
    ["of another mode", everything("new")],
    ["without a time and without ids", { select: { target: "crm" }, mode: "as then" }],
    ["of deliveries under way", everything("as then", { state: "scheduled" })],
    ["of no states", everything("as then", { state: [] })],
    ["faster than 50 a second", { ...everything("as then"), rate: 51 }],
    ["that stands still", { ...everything("as then"), rate: 0 }],
    ["of a time that is none", everything("as then", { since: "yesterday" })],
    ["of an id that is none", { select: { deliveries: ["crm"] }, mode: "as then" }],
    ["of too many ids", { select: { sendouts: Array(1_001).fill(`so_${"0".repeat(32)}`) }, mode: "as then" }],
    ["with something else in it", { ...everything("as then"), force: true }],
  ])("is one %s", async (_name, body) => {
    const { status, json } = await call("POST", "", body);
    expect(status).toBe(400);
    expect(json.code).toBe("request_invalid");
    expect((await call("GET", "")).json.replays).toEqual([]);
  });
});

it("ends with its own time, whatever end was asked for", async () => {
  await routeAndDeliver(1, 400);
  const planned = await plan(everything("as then", { until: "2030-01-01T00:00:00Z" }));
  const { json } = await call("GET", `/${planned.id}`);
  expect(json).toMatchObject({ select: { until: new Date(ASKED_AT + 1).toISOString() } });
});
