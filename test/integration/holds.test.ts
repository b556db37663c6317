// Pausing through the built Worker: what is paused is held and goes out when it is resumed, what a target refuses pauses
// it, and the admin API says no to what it cannot do.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  const names = ["crm", "mail", "drained", "refusing", "moved", "discarded"];
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      names.map((name) => [
        name,
        { request: { url: `${target.url}/${name}`, body: { code: "{{ voucher.code }}" } }, retry: [1, 1, 1] },
      ]),
    ),
    routes: names.map((name) => ({ id: `to-${name}`, events: [`test.${name}`], to: [name] })),
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
});

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(200));
});

/** A sendout that goes to one target, by the route of its own. */
function sendoutTo(name: string): string {
  return JSON.stringify(createSendout({ event: { type: `test.${name}` } }));
}

/** Whether every delivery has come to a state. */
function are(state: string) {
  return ({ deliveries }: SendoutView) => deliveries.length > 0 && deliveries.every((one) => one.state === state);
}

async function ask(method: string, path: string, body?: unknown) {
  const answer = await signalbox.admin(method, path, body);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }; // of which tests look at some
}

/** What is paused and held of one subject. */
async function holds(name: string) {
  const { json } = await ask("GET", "/holds");
  const { pauses, held } = json as { pauses: Record<string, unknown>[]; held: Record<string, unknown>[] }; // our own API
  return {
    pauses: pauses.filter(({ subject }) => String(subject).endsWith(name)),
    held: held.filter((one) => one["target"] === name),
  };
}

describe("a target that a person pauses", () => {
  it("gets nothing, and everything once it is resumed", async () => {
    const paused = await ask("POST", "/targets/crm/pause", { note: "maintenance" });
    const pause = { subject: "target:crm", reason: "by_hand", mode: "hold", until: null, note: "maintenance" };
    expect(paused).toMatchObject({ status: 200, json: pause });
    const held = await signalbox.accept(sendoutTo("crm"), are("held"));
    expect(held.deliveries).toMatchObject([{ reason: "target_paused", attemptsMade: 0, dueAt: null }]);
    expect(target.to("/crm")).toEqual([]);
    expect(await holds("crm")).toMatchObject({
      pauses: [pause],
      held: [{ route: "to-crm", reason: "target_paused", count: 1, since: expect.stringMatching(/^\d{4}-.*Z$/) }],
    });

    expect(await ask("POST", "/targets/crm/resume", { perSecond: 100 })).toMatchObject({
      status: 200,
      json: { released: 1 },
    });
    // Resuming sends by itself: nothing is left for the sweeper.
    expect(await ask("POST", "/sweep")).toMatchObject({ status: 200, json: { sent: 0, cancelled: 0, orphans: 0 } });
    const found = await signalbox.sendout(held.id, isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(target.to("/crm")).toHaveLength(1);
    expect(await holds("crm")).toEqual({ pauses: [], held: [] });
  });

  it("to drain gets the rest of what it had begun, and nothing new", async () => {
    target.behave(status(503));
    const begun = await signalbox.accept(sendoutTo("drained"), ({ deliveries }) => deliveries[0]?.attemptsMade === 1);
    await ask("POST", "/targets/drained/pause", { mode: "drain" });
    const held = await signalbox.accept(sendoutTo("drained"), are("held"));
    target.behave(status(200));
    expect((await signalbox.sendout(begun.id, isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
    expect((await signalbox.sendout(held.id)).deliveries).toMatchObject([{ state: "held", attemptsMade: 0 }]);
  });

  it("can be resumed and discarded after it is gone from the table, but not paused", async () => {
    expect(await ask("POST", "/targets/never/resume")).toMatchObject({ status: 200, json: { released: 0 } });
    expect(await ask("POST", "/targets/never/discard")).toMatchObject({ status: 200, json: { cancelled: 0 } });
    expect(await ask("POST", "/targets/never/pause")).toMatchObject({ status: 404, json: { code: "not_found" } });
  });
});

describe("what is held", () => {
  it("is given up when it is discarded, and the pause stays", async () => {
    await ask("POST", "/routes/to-discarded/pause");
    const held = await signalbox.accept(sendoutTo("discarded"), are("held"));
    expect(held.deliveries).toMatchObject([{ reason: "route_paused" }]);
    expect(await ask("POST", "/routes/to-discarded/discard")).toMatchObject({ status: 200, json: { cancelled: 1 } });
    expect((await signalbox.sendout(held.id)).deliveries).toMatchObject([{ state: "cancelled", reason: "discarded" }]);
    expect(await holds("discarded")).toMatchObject({ pauses: [{ subject: "route:to-discarded" }], held: [] });
    expect(await ask("POST", "/routes/to-discarded/resume")).toMatchObject({ json: { released: 0 } });
  });

  it("is cancelled or released one by one; a release does not go past the pause", async () => {
    await ask("POST", "/targets/mail/pause");
    const [first, second] = await Promise.all([
      signalbox.accept(sendoutTo("mail"), are("held")),
      signalbox.accept(sendoutTo("mail"), are("held")),
    ]);
    const cancelled = `/deliveries/${first.id}.mail/cancel`;
    expect(await ask("POST", cancelled)).toMatchObject({ status: 200, json: { state: "cancelled" } });
    expect(await ask("POST", cancelled)).toMatchObject({ status: 409, json: { code: "delivery_ended" } });
    const release = `/deliveries/${second.id}.mail/release`;
    expect(await ask("POST", release)).toMatchObject({ status: 200, json: { state: "scheduled" } });
    await ask("POST", "/sweep");
    await signalbox.sendout(second.id, are("held"));
    await ask("POST", "/targets/mail/resume");
    await ask("POST", "/sweep");
    await signalbox.sendout(second.id, are("delivered"));
    expect(target.to("/mail")).toHaveLength(1);
    expect(await ask("POST", release)).toMatchObject({ status: 409, json: { code: "delivery_ended" } });
  });
});

describe("a target that refuses", () => {
  it("our credentials is paused until somebody resumes it", async () => {
    target.behave(status(401));
    const first = await signalbox.accept(sendoutTo("refusing"), are("held"));
    expect(first.deliveries).toMatchObject([{ reason: "target_credentials", attemptsMade: 1 }]);
    const second = await signalbox.accept(sendoutTo("refusing"), are("held"));
    expect(second.deliveries).toMatchObject([{ reason: "target_paused", attemptsMade: 0 }]);
    expect(target.to("/refusing")).toHaveLength(1);
    const note = "it answered with status 401";
    expect((await holds("refusing")).pauses).toMatchObject([
      { subject: "target:refusing", reason: "credentials", note },
    ]);

    target.behave(status(200));
    expect(await ask("POST", "/targets/refusing/resume")).toMatchObject({ json: { released: 2 } });
    await ask("POST", "/sweep");
    await signalbox.sendout(first.id, are("delivered"));
    await signalbox.sendout(second.id, are("delivered"));
    expect(target.to("/refusing")).toHaveLength(3);
  });

  it("an address for good has its route paused", async () => {
    target.behave(status(410));
    const first = await signalbox.accept(sendoutTo("moved"), isSettled);
    expect(first.deliveries).toMatchObject([{ state: "failed", reason: "target_gone" }]);
    const second = await signalbox.accept(sendoutTo("moved"), are("held"));
    expect(second.deliveries).toMatchObject([{ reason: "route_paused" }]);
    expect((await holds("moved")).pauses).toMatchObject([{ subject: "route:to-moved", reason: "gone" }]);
  });
});

describe("a request that is not right", () => {
  const long = "x".repeat(501);

  it.each<[string, string, unknown, number, string, string[]]>([
    ["pausing an unknown target", "/targets/nobody/pause", {}, 404, "not_found", []],
    ["pausing an unknown route", "/routes/nobody/pause", {}, 404, "not_found", []],
    ["pausing a route by a target's name", "/routes/crm/pause", {}, 404, "not_found", []],
    ["a pause that is no JSON", "/targets/crm/pause", "{mode", 400, "body_not_json", []],
    ["a pause of an unknown mode", "/targets/crm/pause", { mode: "stop" }, 400, "request_invalid", ["mode"]],
    ["a pause with another field", "/targets/crm/pause", { reason: "gone" }, 400, "request_invalid", ["reason"]],
    ["a note that is too long", "/targets/crm/pause", { note: long }, 400, "request_invalid", ["note"]],
    [
      "a pause until yesterday",
      "/targets/crm/pause",
      { until: "2026-01-01T00:00:00Z" },
      400,
      "request_invalid",
      ["until"],
    ],
    ["a pause until noon", "/targets/crm/pause", { until: "noon" }, 400, "request_invalid", ["until"]],
    ["a pause that is null", "/targets/crm/pause", "null", 400, "request_invalid", ["(root)"]],
    ["resuming at no rate", "/targets/crm/resume", { perSecond: 0 }, 400, "request_invalid", ["perSecond"]],
    ["resuming too fast", "/targets/crm/resume", { perSecond: 1_001 }, 400, "request_invalid", ["perSecond"]],
    ["resuming by halves", "/targets/crm/resume", { perSecond: 1.5 }, 400, "request_invalid", ["perSecond"]],
    ["resuming with another field", "/routes/to-crm/resume", { rate: 5 }, 400, "request_invalid", ["rate"]],
    ["resuming with no JSON", "/routes/to-crm/resume", "5 a second", 400, "body_not_json", []],
    ["releasing what is no delivery", "/deliveries/nothing/release", {}, 404, "not_found", []],
    ["cancelling what is no delivery", "/deliveries/so_1.crm/cancel", {}, 404, "not_found", []],
    ["sweeping with a wrong value", "/sweep", { recover: "yes" }, 400, "request_invalid", ["recover"]],
    ["sweeping with another field", "/sweep", { force: true }, 400, "request_invalid", ["force"]],
    ["sweeping with no JSON", "/sweep", "recover", 400, "body_not_json", []],
  ])("by %s is refused and changes nothing", async (_name, path, body, code, reason, places) => {
    const before = await ask("GET", "/holds");
    const { status: answered, json } = await ask("POST", path, body);
    const errors = (json["errors"] ?? []) as { path: string }[]; // as problem details have them
    expect([answered, json["code"], errors.map((error) => error.path)]).toEqual([code, reason, places]);
    expect(JSON.stringify(json)).not.toContain(long);
    expect(await ask("GET", "/holds")).toEqual(before);
  });

  it.each(["release", "cancel"])("a delivery that is not there can be neither: %s", async (what) => {
    const id = `so_${"0".repeat(32)}.crm`;
    expect(await ask("POST", `/deliveries/${id}/${what}`)).toMatchObject({
      status: 409,
      json: { code: "delivery_ended" },
    });
  });

  it.each([
    ["GET", "/holds"],
    ["POST", "/targets/crm/pause"],
    ["POST", "/routes/to-crm/resume"],
    ["POST", "/sweep"],
  ])("without the token nobody may %s %s", async (method, path) => {
    const answer = await fetch(new URL(`/admin${path}`, signalbox.url), { method });
    expect(answer.status).toBe(401);
  });
});
