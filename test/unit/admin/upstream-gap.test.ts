// The report of what Voucherify has not delivered: spans of time with what is usual then, and which of its sendouts are missing.

import { createExecutionContext } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { noteLook, readWatch } from "../../../src/ledger/upstream-watch.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { createBindings, SECRETS, workingD1 } from "../faults.ts";
import { createSendoutRow } from "../ledger/rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { publishUpstream } from "../upstream/voucherify.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = SENT_AT + 30 * DAY;

beforeEach(async () => {
  await startOver();
  await ensureMigrated(workingD1());
  vi.useFakeTimers({ toFake: ["Date"], now: NOW });
  await publish(createTable(["crm"]));
});

afterEach(() => {
  vi.useRealTimers();
});

async function call(method: string, query = "", body?: object) {
  const request = new Request(`https://signalbox.example.com/admin/upstream/gap${query}`, {
    method,
    headers: { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const response = await app.fetch(request, createBindings(), createExecutionContext());
  return { status: response.status, json: await response.json<Record<string, unknown>>() };
}

let made = 0;

async function arrive(at: number, type: string, inlet = "voucherify"): Promise<void> {
  const id = `so_${(++made).toString(16).padStart(32, "0")}`;
  const row = createSendoutRow({ id, accepted_id: `acc_${made}`, received_at: at, event_type: type, inlet });
  await writeEntries(workingD1(), [{ kind: "sendout", row }]);
}

async function look(at: number, state: "active" | "disabled" | "missing"): Promise<void> {
  const found = { inlet: "voucherify", webhookId: "wh_1", state, at };
  await noteLook(workingD1(), found, await readWatch(workingD1(), "voucherify"), "person");
}

function instant(at: number): string {
  return new Date(at).toISOString();
}

describe("GET /admin/upstream/gap", () => {
  it("has no gaps where nobody has looked, and says what to do by hand", async () => {
    const { status, json } = await call("GET");
    expect([status, json]).toMatchObject([
      200,
      { inlet: "voucherify", since: instant(NOW - 14 * DAY), until: instant(NOW), gaps: [], refused: [], received: [] },
    ]);
    expect((json["steps"] as string[]).join("\n")).toMatch(/Audit log.*POST \/admin\/upstream\/gap.*14 days/s);
  });

  it("shows a gap with the sendouts before and after it, and what came in a week before", async () => {
    const [began, ended] = [NOW - DAY, NOW - DAY + 6 * HOUR];
    await look(began - 300_000, "active");
    await arrive(began - 400_000, "redemption.succeeded");
    await arrive(began - 100_000, "redemption.succeeded", "till");
    await look(began, "disabled");
    await look(began + 300_000, "disabled");
    await look(ended, "active");
    await arrive(ended + 5_000, "voucher.created");
    for (const type of ["redemption.succeeded", "redemption.succeeded", "voucher.created"])
      await arrive(began - 7 * DAY + HOUR, type);
    await arrive(ended - 7 * DAY, "voucher.created");
    await arrive(began - 7 * DAY + HOUR, "redemption.succeeded", "till");
    const { json } = await call("GET", `?since=${instant(began + HOUR)}&until=${instant(NOW)}`);
    expect(json["gaps"]).toEqual([
      {
        cause: "disabled",
        webhook: "wh_1",
        beganAfter: instant(began - 300_000),
        beganBefore: instant(began),
        endedAt: instant(ended),
        endedBy: "person",
        lastReceivedAt: instant(began - 400_000),
        firstReceivedAt: instant(ended + 5_000),
        resendUntil: instant(began - 300_000 + 14 * DAY),
        usual: {
          since: instant(began - 300_000 - 7 * DAY),
          until: instant(ended - 7 * DAY),
          events: [
            { type: "redemption.succeeded", count: 2 },
            { type: "voucher.created", count: 1 },
          ],
        },
      },
    ]);
  });

  it("shows one that goes on, and leaves out those that ended before or began later", async () => {
    for (const [at, state] of [
      [NOW - 10 * DAY, "disabled"],
      [NOW - 9 * DAY, "active"],
      [NOW - 8 * DAY, "disabled"],
    ] as const)
      await look(at, state);
    const { json } = await call("GET", `?since=${instant(NOW - 8.5 * DAY)}`);
    expect(json["gaps"]).toMatchObject([{ beganAfter: instant(NOW - 9 * DAY), endedAt: null, usual: null }]);
    const earlier = await call("GET", `?since=${instant(NOW - 14 * DAY)}&until=${instant(NOW - 9.5 * DAY)}`);
    expect(earlier.json["gaps"]).toMatchObject([{ beganAfter: null, beganBefore: instant(NOW - 10 * DAY) }]);
  });

  it("names refusals of the inlet in that time, because what they brought is missing too", async () => {
    for (const subject of ["voucherify", "till"]) {
      const occurrence = { id: subject, kind: "signature_refused", subject, at: NOW - HOUR, count: 12, detail: "" };
      await writeEntries(workingD1(), [{ kind: "incident", occurrence: { ...occurrence, kind: "signature_refused" } }]);
    }
    const refused = [{ kind: "signature_refused", since: instant(NOW - HOUR), until: instant(NOW - HOUR), count: 12 }];
    expect((await call("GET")).json).toMatchObject({ refused });
    expect((await call("GET", `?until=${instant(NOW - 2 * HOUR)}`)).json).toMatchObject({ refused: [] });
  });
});

describe("POST /admin/upstream/gap", () => {
  it("finds in any text the sendouts that never arrived, in its order and each once", async () => {
    const sendout = createSendout();
    const env = createBindings();
    await consumeIngest(createBatch([createMessage(await createIngestMessage(sendout))]), env, NOW);
    await arrive(NOW - DAY, "redemption.succeeded");
    const text = `failed;whs_00000000000000aaaa;x\nsent;${sendout.id};y\n"whs_00000000000000bbbb",whs_00000000000000aaaa`;
    const missing = ["whs_00000000000000aaaa", "whs_00000000000000bbbb"];
    const asked = await call("POST", "", { sendouts: text, project: sendout.project_id });
    expect(asked).toMatchObject({ status: 200, json: { asked: 3, recorded: 1, missing } });
    expect(
      (await call("POST", "", { sendouts: [sendout.id], inlet: "till", project: sendout.project_id })).json,
    ).toMatchObject({ missing: [sendout.id] });
  });

  it("takes the settings' project, else the one that came in last, and asks for it where there is neither", async () => {
    const sendouts = ["whs_00000000000000aaaa"];
    expect(await call("POST", "", { sendouts })).toMatchObject({
      status: 400,
      json: { errors: [{ path: "project" }] },
    });
    await arrive(NOW - DAY, "redemption.succeeded");
    expect((await call("POST", "", { sendouts })).json).toMatchObject({ project: "proj_lantern" });
    await publishUpstream("proj_settings", ["*"]);
    expect((await call("POST", "", { sendouts })).json).toMatchObject({ project: "proj_settings" });
  });

  it.each([
    [{ sendouts: "none here" }, "expected Voucherify's ids"],
    [{ sendouts: Array.from({ length: 1_001 }, (_, index) => `whs_${String(index).padStart(18, "0")}`) }, "1000 ids"],
    [{ sendouts: 3 }, "expected a text or a list of texts"],
    [{}, "this is missing"],
  ])("refuses what it cannot look up", async (body, message) => {
    const { status, json } = await call("POST", "", body);
    expect([status, json]).toMatchObject([400, { errors: [{ message: expect.stringContaining(message) }] }]);
  });
});
