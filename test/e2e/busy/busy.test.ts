// The busy router is one: what was copied into its database reads as what it has taken itself.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { SendoutView } from "../../integration/signalbox.ts";
import { startBusy, type Busy } from "./busy.ts";

const SENDOUTS = 600;

let busy: Busy;

beforeAll(async () => {
  busy = await startBusy({ sendouts: SENDOUTS });
});

afterAll(async () => busy.stop());

async function ask<T>(path: string): Promise<T> {
  const answer = await busy.signalbox.admin("GET", path);
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return (await answer.json()) as T; // our own API; the tests say what they look at
}

/** Before the originals and the trouble, which are of now. */
const before = new Date(Date.now() - 30 * 60_000).toISOString();

it("counts a day's traffic, of which nearly all was delivered", async () => {
  const { steps, targets } = await ask<{
    steps: { sendouts: Record<string, number> }[];
    targets: Record<string, { deliveries: Record<string, number>; latencyMs: { p95: number } }>;
  }>("/statistics?step=1h");
  const sendouts = steps.reduce((sum, step) => sum + Object.values(step.sendouts).reduce((all, n) => all + n, 0), 0);
  expect(sendouts).toBeGreaterThan(SENDOUTS * 0.95); // those that arrived within the hour in which the day began
  expect(steps.length).toBeGreaterThanOrEqual(24);
  expect(Object.keys(targets).toSorted()).toEqual(["archive", "crm", "erp", "loyalty", "mail", "push", "warehouse"]);
  expect(targets["crm"]?.deliveries["failed"]).toBeUndefined();
  expect(targets["erp"]?.deliveries["failed"]).toBeGreaterThan(10);
  expect(targets["mail"]?.latencyMs.p95).toBeLessThan(10_000);
});

it("opens a copy whole: the event, how it was routed, and the request that every target got", async () => {
  const { sendouts } = await ask<{ sendouts: { id: string }[] }>(
    `/sendouts?event=redemption.succeeded&until=${before}`,
  );
  const copy = await ask<SendoutView>(`/sendouts/${sendouts[0]?.id}?reveal=true`);
  const event = JSON.parse(copy.payload.content) as {
    id: string;
    data: { customer: { email: string }; redemption: { id: string } };
  };
  expect(copy).toMatchObject({ state: "routed", tableVersion: 4, event: { type: "redemption.succeeded" } });
  expect(copy.deliveries.map(({ target }) => target).toSorted()).toEqual(["crm", "erp", "warehouse"]);
  const booking = copy.deliveries.find(({ target }) => target === "erp");
  expect(booking?.request?.body).toEqual([expect.stringContaining(`"reference":"${event.data.redemption.id}"`)]);
  const found = await ask<{ sendouts: { id: string }[] }>(
    `/sendouts?customer=${encodeURIComponent(event.data.customer.email)}`,
  );
  expect(found.sendouts.map(({ id }) => id)).toContain(copy.id);
});

it("has one target paused, one that has stopped answering, and what waits for both", async () => {
  const { pauses, held } = await ask<{ pauses: object[]; held: { target: string; count: number }[] }>("/holds");
  expect(pauses).toMatchObject([
    { subject: "target:push", reason: "by_hand", note: expect.stringContaining("certificate") },
    { subject: "target:warehouse", reason: "breaker" },
  ]);
  expect(held.map(({ target }) => target).toSorted()).toEqual(["push", "warehouse"]);
});

it("has incidents, a quarantine, drift, replays, and versions by several people", async () => {
  const { incidents } = await ask<{ incidents: { kind: string; subject: string; acknowledgedBy: string | null }[] }>(
    "/incidents",
  );
  const kinds = new Set(incidents.map(({ kind }) => kind));
  expect(kinds).toEqual(new Set(["signature_refused", "target_down", "deliveries_failed"]));
  expect(incidents.find(({ kind }) => kind === "target_down")?.acknowledgedBy).toBe("Mira, operations");
  expect(await ask("/quarantine")).toMatchObject({ open: 2 });
  expect((await ask<{ drift: object[] }>("/drift")).drift).toContainEqual(
    expect.objectContaining({ type: "voucher.frozen", kind: "type" }),
  );
  const { replays } = await ask<{ replays: { state: string }[] }>("/replays");
  expect(replays.map(({ state }) => state)).toEqual([
    expect.stringMatching(/^(?:running|done)$/),
    "planned",
    "stopped",
  ]);
  const { versions } = await ask<{ versions: { by: { name: string } }[] }>("/table/versions");
  expect(versions.map(({ by }) => by.name)).toEqual([
    "Mira, operations",
    "Mira, operations",
    "Table pipeline",
    "Table pipeline",
  ]);
  const { sendouts } = await ask<{ sendouts: { payloadVersion: string }[] }>(`/sendouts?inlet=legacy&until=${before}`);
  expect(new Set(sendouts.map(({ payloadVersion }) => payloadVersion))).toEqual(new Set(["v2018-08-01"]));
});
