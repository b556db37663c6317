// Incidents through the built Worker: what a target's refusal pauses is one until somebody resumes it, and the health
// check says whether the cron runs.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

let signalbox: Signalbox;
let target: Target;

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      ["refusing", "moved", "byhand"].map((name) => [
        name,
        { request: { url: `${target.url}/${name}`, body: { code: "{{ voucher.code }}" } }, retry: [1] },
      ]),
    ),
    routes: ["refusing", "moved", "byhand"].map((name) => ({
      id: `to-${name}`,
      events: [`test.${name}`],
      to: [name],
    })),
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
});

function sendoutTo(name: string): string {
  return JSON.stringify(createSendout({ event: { type: `test.${name}` } }));
}

function are(state: string) {
  return ({ deliveries }: SendoutView) => deliveries.length > 0 && deliveries.every((one) => one.state === state);
}

async function ask(method: string, path: string, body?: unknown) {
  const answer = await signalbox.admin(method, path, body);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }; // of which tests look at some
}

/** The incidents of one subject. */
async function incidentsOf(subject: string, state = "open") {
  const { json } = await ask("GET", `/incidents?state=${state}`);
  return (json as { incidents: { subject: string }[] }).incidents.filter((one) => one.subject === subject); // our own API
}

describe("an incident of a pause", () => {
  it("opens with a target that refuses its credentials, and ends when it is resumed", async () => {
    target.behave(status(401));
    const held = await signalbox.accept(sendoutTo("refusing"), are("held"));
    expect(await incidentsOf("refusing")).toMatchObject([
      {
        kind: "target_paused",
        state: "open",
        count: 1,
        detail: expect.stringContaining("Everything for it is held."),
        remedy: expect.stringContaining("then resume it"),
        resolvedBy: null,
      },
    ]);
    expect((await ask("GET", "/health")).json).toMatchObject({ openIncidents: 1 });

    target.behave(status(200));
    await ask("POST", "/targets/refusing/resume", { perSecond: 100 });
    expect(await incidentsOf("refusing")).toEqual([]);
    expect(await incidentsOf("refusing", "resolved")).toMatchObject([{ state: "resolved", resolvedBy: "itself" }]);
    await ask("POST", "/sweep");
    const found = await signalbox.sendout(held.id, isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it("opens with a route whose target is gone, and ends when it is resumed", async () => {
    target.behave(status(410));
    await signalbox.accept(sendoutTo("moved"), are("failed"));
    expect(await incidentsOf("to-moved")).toMatchObject([{ kind: "route_paused", state: "open" }]);
    await ask("POST", "/routes/to-moved/resume");
    expect(await incidentsOf("to-moved")).toEqual([]);
  });

  it("is none when a person pauses", async () => {
    await ask("POST", "/targets/byhand/pause", { note: "maintenance" });
    expect(await incidentsOf("byhand")).toEqual([]);
    expect(await incidentsOf("byhand", "resolved")).toEqual([]);
  });
});

describe("GET /admin/health", () => {
  it("says that the cron is well, which on a new database has some minutes for its first run", async () => {
    expect((await ask("GET", "/health")).json).toMatchObject({ checks: { cron: { ok: true } } });
  });
});
