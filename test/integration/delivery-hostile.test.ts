// What slow targets, changed tables, pauses and replays do to deliveries: cases 66 to 69 of the list of hostile inputs,
// each tried with the built Worker against real targets, and what happened printed as a table. Cases 62 to 65 take a
// fault that has to be put in: test/unit/delivery/hostile.test.ts and test/unit/faults/hostile.test.ts.

import type { ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Behaviour, type ReceivedRequest, type Target } from "./target.ts";

const happened: string[] = [];

function tell(number: number, what: string, line: string): void {
  happened.push(`${number} | ${what} | ${line}`);
}

let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  const secrets = { ...SECRETS, NEW_TOKEN: "crm-token-of-today" };
  [signalbox, target] = await Promise.all([startSignalbox(secrets), startTarget()]);
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
  console.log(["case | what was done | what happened", ...happened].join("\n"));
});

beforeEach(() => {
  target.requests.length = 0;
  target.behave(status(200));
});

/** A table with one route for each target, or for some of them, by the event type of the same name. */
function createTable(targets: Record<string, object>, routes: readonly string[] = Object.keys(targets)) {
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      Object.entries(targets).map(([name, more]) => [
        name,
        { request: { url: `${target.url}/${name}`, body: { code: "{{ voucher.code }}", version: 1 } }, ...more },
      ]),
    ),
    routes: routes.map((name) => ({ id: `to-${name}`, events: [`test.${name}`], to: [name] })),
  };
}

function sendoutTo(name: string): string {
  return JSON.stringify(createSendout({ event: { type: `test.${name}` } }));
}

/** Whether every delivery has come to a state. */
function are(state: string) {
  return ({ deliveries }: SendoutView) => deliveries.length > 0 && deliveries.every((one) => one.state === state);
}

/** Whether the delivery has been attempted so often. */
function attempted(times: number) {
  return ({ deliveries }: SendoutView) => deliveries[0]?.attemptsMade === times;
}

async function ask(method: string, path: string, body?: unknown) {
  const answer = await signalbox.admin(method, path, body);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }; // of which tests look at some
}

/** What tells a request from another that is to be the same. */
function sameness({ method, path, body, headers }: ReceivedRequest) {
  return { method, path, body, key: headers["idempotency-key"] };
}

/** Has the first call to a path wait for its answer, and tells when it has come. Later ones are answered as given. */
function holdFirst(later: Behaviour) {
  const come = Promise.withResolvers<ServerResponse>();
  target.behave((res, request, count) => (count === 1 ? come.resolve(res) : later(res, request, count)));
  return come.promise;
}

/** Posts a sendout that must be accepted, and does not wait for it. */
async function post(name: string): Promise<string> {
  const answer = await signalbox.postSigned(sendoutTo(name));
  expect(answer.status).toBe(202);
  return ((await answer.json()) as { id: string }).id;
}

describe("case 66: a target that is slow", () => {
  const COUNT = 12;
  /** The answers that the slow target owes. */
  const owed: ServerResponse[] = [];

  afterEach(() => {
    for (const res of owed.splice(0)) res.end();
  });

  it("keeps the others neither from their calls nor from their rows, with all of its own answers outstanding", async () => {
    const document = createTable({ slow: { timeoutMs: 30_000 }, quick: {} }, []);
    await signalbox.publish({ ...document, routes: [{ id: "both", events: ["*"], to: ["slow", "quick"] }] });

    // It is not known as slow yet. That costs the simulator's one consumer the rest of this batch; no neighbour in it waits.
    const order: string[] = [];
    target.behave((res, { path }) => {
      order.push(`${path} called`);
      if (path === "/quick") return void res.end();
      setTimeout(() => {
        order.push(`${path} answered`);
        res.end();
      }, 2_200); // over the 2 s from which a target counts as slow
    });
    await signalbox.accept(sendoutTo("both"), are("delivered"));
    expect(order.slice(0, 2).toSorted()).toEqual(["/quick called", "/slow called"]);
    tell(66, "the first call that takes 2.2 s, and a neighbour in its batch", order.join(", "));

    target.behave((res, { path }) => (path === "/quick" ? void res.end() : void owed.push(res)));
    target.requests.length = 0;
    const ids = await Promise.all(Array.from({ length: COUNT }, async () => post("both")));
    const isQuickDone = ({ deliveries }: SendoutView) =>
      deliveries.some((one) => one.target === "quick" && one.state === "delivered");
    await Promise.all(ids.map(async (id) => signalbox.sendout(id, isQuickDone)));
    expect(target.to("/quick")).toHaveLength(COUNT);
    expect(owed.length).toBeGreaterThan(0);
    expect(owed.filter((res) => res.writableEnded || res.destroyed)).toEqual([]); // neither answered nor given up
    expect(owed.length).toBeLessThanOrEqual(6);
    tell(
      66,
      `${COUNT} to a target that does not answer, and ${COUNT} to another`,
      `all ${COUNT} of the other called and recorded, ${owed.length} outstanding at the slow one, none answered`,
    );

    target.behave(status(200));
    for (const res of owed.splice(0)) res.end();
    await Promise.all(ids.map(async (id) => signalbox.sendout(id, are("delivered"))));
    const keys = target.to("/slow").map(({ headers }) => headers["idempotency-key"]);
    expect([keys.length, new Set(keys).size]).toEqual([COUNT, COUNT]);
  });
});

describe("case 67: a table that is changed between two attempts", () => {
  it("changes neither bytes nor key; what the sweeper sends goes by the policy of today; attempts say which", async () => {
    const auth = (secret: string) => ({ auth: { type: "bearer", secret } });
    await signalbox.publish(createTable({ changed: { ...auth("CRM_TOKEN"), retry: [1, 3_600] } }));
    const first = holdFirst(status(503));
    const id = await post("changed");
    const answer = await first;
    const next = createTable({ changed: { ...auth("NEW_TOKEN"), retry: [1] } });
    await signalbox.publish({
      ...next,
      targets: {
        changed: { ...next.targets["changed"], request: { url: `${target.url}/changed`, body: { version: 2 } } },
      },
    });
    answer.writeHead(503).end();

    // The second attempt comes from the queue; the third, an hour later, from the ledger.
    const parked = await signalbox.sendout(id, attempted(2));
    expect(parked.deliveries).toMatchObject([{ state: "scheduled" }]);
    const delivery = `${parked.id}.changed`;
    target.behave(status(200));
    expect(await ask("POST", `/deliveries/${delivery}/release`)).toMatchObject({ status: 200 });
    await ask("POST", "/sweep");
    await signalbox.sendout(id, are("delivered"));

    const calls = target.to("/changed");
    expect(calls.map((call) => JSON.stringify(sameness(call)))).toEqual(
      Array(3).fill(JSON.stringify({ method: "POST", path: "/changed", body: calls[0]?.body, key: delivery })),
    );
    expect(calls[0]?.body).toContain('"version":1');
    const tokens = calls.map(({ headers }) => headers.authorization);
    expect(tokens).toEqual([`Bearer ${SECRETS.CRM_TOKEN}`, `Bearer ${SECRETS.CRM_TOKEN}`, "Bearer crm-token-of-today"]);
    const { json } = await ask("GET", `/deliveries/${delivery}`);
    const versions = (json["attempts"] as { tableVersion: number }[]).map(({ tableVersion }) => tableVersion); // our own API
    const routed = Number(parked.tableVersion);
    expect(versions).toEqual([routed, routed, routed + 1]);
    tell(
      67,
      "published between attempts 1 and 2",
      "3 calls with one key and one body; tables v, v, v + 1; the third with the token of v + 1",
    );

    const select = { deliveries: [delivery], state: "delivered" };
    const replay = await ask("POST", "/replays", { select, mode: "as now" });
    expect(await ask("POST", `/replays/${String(replay.json["id"])}/run`)).toMatchObject({ status: 200 });
    await vi.waitFor(() => expect(target.to("/changed")).toHaveLength(4), { timeout: 20_000 });
    expect(target.to("/changed").at(-1)).toMatchObject({
      body: '{"version":2}',
      headers: { "idempotency-key": delivery },
    });
    tell(67, "then replayed as now", "the body of v + 1, with the same key");
  });
});

describe("case 68: a delivery that is under way", () => {
  const RETRY = { retry: [1, 1, 1] };

  /** A sendout whose first call has come and is not answered yet. */
  async function begin(name: string) {
    const come = holdFirst(status(200));
    const id = await post(name);
    return { id, answer: await come };
  }

  async function held(name: string) {
    const { json } = await ask("GET", "/holds");
    return (json["held"] as { target: string; reason: string; count: number }[]).filter((one) => one.target === name); // our own API
  }

  /** The calls of a target, which must all have been the same. */
  function callsOf(name: string): number {
    const calls = target.to(`/${name}`);
    expect(new Set(calls.map((call) => JSON.stringify(sameness(call)))).size).toBe(1);
    return calls.length;
  }

  it("as its route is paused is held, and goes on when that is resumed, also after the route was removed", async () => {
    await signalbox.publish(createTable({ paused: RETRY }));
    const { id, answer } = await begin("paused");
    await ask("POST", "/routes/to-paused/pause", { note: "campaign stopped" });
    answer.writeHead(503).end();
    const waiting = await signalbox.sendout(id, are("held"));
    expect(waiting.deliveries).toMatchObject([{ reason: "route_paused", attemptsMade: 1 }]);
    await signalbox.publish(createTable({ paused: RETRY }, []));
    await ask("POST", "/sweep");
    expect(await held("paused")).toMatchObject([{ route: "to-paused", reason: "route_paused", count: 1 }]);
    expect(target.to("/paused")).toHaveLength(1);
    expect(await ask("POST", "/routes/to-paused/resume")).toMatchObject({ json: { released: 1 } });
    await ask("POST", "/sweep");
    expect((await signalbox.sendout(id, isSettled)).deliveries).toMatchObject([
      { state: "delivered", attemptsMade: 2 },
    ]);
    expect([await held("paused"), callsOf("paused")]).toEqual([[], 2]);
    tell(
      68,
      "route paused, then removed, then resumed",
      "held: route_paused; still held; delivered with the same bytes and key",
    );
  });

  it("as its route is removed goes on as it was planned", async () => {
    await signalbox.publish(createTable({ unrouted: RETRY }));
    const { id, answer } = await begin("unrouted");
    await signalbox.publish(createTable({ unrouted: RETRY }, []));
    answer.writeHead(503).end();
    expect((await signalbox.sendout(id, isSettled)).deliveries).toMatchObject([
      { state: "delivered", attemptsMade: 2 },
    ]);
    expect(callsOf("unrouted")).toBe(2);
    const later = await signalbox.accept(sendoutTo("unrouted"));
    expect([later.state, later.deliveries]).toEqual(["unrouted", []]);
    tell(68, "route removed", "delivered as planned; what comes after that is unrouted");
  });

  it("as its target is removed ends visibly as cancelled when it would be sent again, and can be sent when that is back", async () => {
    await signalbox.publish(createTable({ removed: { retry: [3_600] } }));
    const { id, answer } = await begin("removed");
    await signalbox.publish(createTable({}));
    answer.writeHead(503).end();
    const parked = await signalbox.sendout(id, attempted(1));
    const delivery = `${parked.id}.removed`;
    await ask("POST", `/deliveries/${delivery}/release`);
    expect(await ask("POST", "/sweep")).toMatchObject({ json: { sent: 0, cancelled: 1 } });
    const gone = await signalbox.sendout(id, are("cancelled"));
    expect(gone.deliveries).toMatchObject([{ reason: "target_gone_from_table", attemptsMade: 1 }]);
    expect(await ask("POST", `/deliveries/${delivery}/retry`)).toMatchObject({
      status: 409,
      json: { code: "target_gone" },
    });

    await signalbox.publish(createTable({ removed: { retry: [3_600] } }));
    expect(await ask("POST", `/deliveries/${delivery}/retry`)).toMatchObject({ status: 202 });
    expect((await signalbox.sendout(id, are("delivered"))).deliveries).toMatchObject([{ attemptsMade: 2 }]);
    expect(callsOf("removed")).toBe(2);
    tell(
      68,
      "target removed, then back and retried",
      "cancelled: target_gone_from_table; delivered with the same bytes and key",
    );
  });

  it("as its target is removed is still sent by the queue that has it", async () => {
    await signalbox.publish(createTable({ queued: RETRY }));
    const { id, answer } = await begin("queued");
    await signalbox.publish(createTable({}));
    answer.writeHead(503).end();
    expect((await signalbox.sendout(id, isSettled)).deliveries).toMatchObject([
      { state: "delivered", attemptsMade: 2 },
    ]);
    expect(callsOf("queued")).toBe(2);
    tell(
      68,
      "target removed while it waits in the queue, 15 min at most",
      "delivered by the policy it was queued with",
    );
  });
});

describe("case 69: a replay that is asked for ten times", () => {
  const COUNT = 30;

  it("is one run, which can be stopped, and sends nothing twice", async () => {
    await signalbox.publish(createTable({ replayed: { retry: [] } }));
    target.behave(status(400));
    const failed = await Promise.all(
      Array.from({ length: COUNT }, async () => signalbox.accept(sendoutTo("replayed"), are("failed"))),
    );
    target.requests.length = 0;
    target.behave(status(200));
    const select = { sendouts: failed.map(({ id }) => id) };
    const { json: plan } = await ask("POST", "/replays", { select, mode: "as then", rate: 2 });
    expect(plan).toMatchObject({ state: "planned", plan: { selected: COUNT } });
    const path = `/replays/${String(plan["id"])}`;
    const clicks = await Promise.all(Array.from({ length: 10 }, async () => ask("POST", `${path}/run`)));
    expect(new Set(clicks.map(({ status: code, json }) => `${code} ${String(json["id"])}`))).toEqual(
      new Set([`200 ${String(plan["id"])}`]),
    );

    // Two a second: with the first six called, most of the thirty are still to come.
    await vi.waitFor(() => expect(target.to("/replayed").length).toBeGreaterThanOrEqual(6), { timeout: 20_000 });
    const stopped = await ask("POST", `${path}/stop`);
    const progress = stopped.json["progress"] as { sent: number; withdrawn: number; left: number }; // our own API
    expect(stopped.json["state"]).toBe("stopped");
    expect([progress.sent + progress.withdrawn, progress.left, progress.withdrawn > 0]).toEqual([COUNT, 0, true]);
    await ask("POST", `${path}/run`);
    await ask("POST", "/sweep", { recover: true });
    const found = await Promise.all(failed.map(async ({ id }) => signalbox.sendout(id, isSettled)));
    const states = Map.groupBy(found, ({ deliveries }) => deliveries[0]?.state);
    expect([states.get("delivered")?.length, states.get("failed")?.length]).toEqual([
      progress.sent,
      progress.withdrawn,
    ]);
    const keys = target.to("/replayed").map(({ headers }) => headers["idempotency-key"]);
    expect([keys.length, new Set(keys).size]).toEqual([progress.sent, progress.sent]);
    tell(
      69,
      `${COUNT} deliveries, run asked for 10 times, stopped, asked for again`,
      `one run: each of those sent called once, the rest as they were`,
    );
  });
});
