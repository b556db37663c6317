// The watch over our webhook: what it sees in Voucherify becomes incidents and gaps, and what it may do it does, seldom.

import { beforeEach, describe, expect, it } from "vitest";
import { watchUpstream } from "../../../src/jobs/upstream.ts";
import { listIncidents } from "../../../src/ledger/incidents.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { readWatch } from "../../../src/ledger/upstream-watch.ts";
import { listGaps } from "../../../src/ledger/webhook-gaps.ts";
import { publish, createTable } from "../payloads.ts";
import { brokenD1, workingD1 } from "../faults.ts";
import { startOver } from "../start-over.ts";
import { createUpstreamBindings, INLET_URL, publishUpstream, startVoucherify } from "../upstream/voucherify.ts";

const MINUTE = 60_000;
const LOOK = 5 * MINUTE;
const HOUR = 60 * MINUTE;
/** A minute in which Voucherify is asked. */
const NOW = Date.parse("2026-10-05T08:23:00.000Z");
const EVENTS = ["redemption.succeeded", "voucher.gift.balance_added"];

beforeEach(async () => {
  await startOver();
  await ensureMigrated(workingD1());
});

async function setUp(
  overrides: Parameters<typeof publishUpstream>[2] = {},
  options: Parameters<typeof startVoucherify>[0] = {},
) {
  const voucherify = startVoucherify(options);
  await publishUpstream(voucherify.registry.projectId, EVENTS, overrides);
  const { id } = voucherify.registry.addWebhook({ targetUrl: INLET_URL, events: EVENTS });
  const env = createUpstreamBindings();
  return { ...voucherify, id, env, look: async (at: number) => watchUpstream(env, at) };
}

/** The open incidents, as kind and the beginning of what is said. */
async function open() {
  return (await listIncidents(workingD1(), { state: "open" })).map(({ kind, subject, detail }) => ({
    kind,
    subject,
    detail,
  }));
}

async function watch() {
  return readWatch(workingD1(), "voucherify");
}

async function gaps() {
  return listGaps(workingD1(), "voucherify", { since: 0, until: NOW * 2 });
}

describe("a look", () => {
  it("is one request every five minutes, however often the cron comes", async () => {
    const { calls, look, id } = await setUp();
    for (let minute = 0; minute < 15; minute++) await look(NOW + minute * MINUTE);
    expect(calls).toEqual(["GET", "GET", "GET"]);
    await watchUpstream(createUpstreamBindings(), NOW + 2 * LOOK + MINUTE, { atOnce: true });
    expect(calls).toHaveLength(4);
    expect(await watch()).toMatchObject({
      state: "active",
      webhookId: id,
      stateSince: NOW,
      lookedAt: NOW + 2 * LOOK + MINUTE,
    });
    expect([await open(), await gaps()]).toEqual([[], []]);
  });

  it("is not made twice by crons that overlap", async () => {
    const { calls, look } = await setUp();
    await Promise.all([look(NOW), look(NOW), watchUpstream(createUpstreamBindings(), NOW)]);
    expect(calls).toEqual(["GET"]);
  });

  it("is not made without credentials in the table, and what was found ends with them", async () => {
    const { calls, look, registry, id } = await setUp();
    registry.switchOff(id);
    await look(NOW);
    expect(await open()).toHaveLength(1);
    await publish(createTable(["crm"]));
    await watchUpstream(createUpstreamBindings(), NOW + LOOK);
    expect([calls, await open()]).toEqual([["GET"], []]);
  });

  it("costs two rows written while nothing is wrong", async () => {
    const { env, look } = await setUp();
    await look(NOW);
    const before = env.LEDGER.queries.length;
    await look(NOW + LOOK);
    const written = env.LEDGER.queries
      .slice(before)
      .flat()
      .filter((sql) => /^\s*(?:INSERT|UPDATE|DELETE)/.test(sql));
    expect(written.filter((sql) => !sql.includes("webhook_gaps"))).toHaveLength(2);
  });
});

describe("a webhook that has been disabled", () => {
  it("is an incident with what is known of its beginning, and a gap; both end when somebody enables it", async () => {
    const { look, registry, id, calls } = await setUp();
    await look(NOW);
    registry.switchOff(id);
    await look(NOW + LOOK);
    expect(await open()).toEqual([
      { kind: "webhook_disabled", subject: "voucherify", detail: expect.stringContaining(id) },
    ]);
    expect((await open())[0]?.detail).toContain(
      "It was active at 2026-10-05T08:23:00.000Z and no more at 2026-10-05T08:28:00.000Z.",
    );
    expect(calls).toEqual(["GET", "GET"]);
    registry.switchOn(id);
    await look(NOW + 2 * LOOK);
    expect(await open()).toEqual([]);
    expect(await gaps()).toMatchObject([
      { activeAt: NOW, noticedAt: NOW + LOOK, endedAt: NOW + 2 * LOOK, endedBy: "person", cause: "disabled" },
    ]);
  });

  it("is enabled at once where the table says by itself; the incident ends when it is seen active", async () => {
    const { look, registry, id, calls } = await setUp({ reenable: "by itself" }, { spelling: "as in the schema" });
    await look(NOW);
    registry.switchOff(id);
    await look(NOW + LOOK);
    expect(registry.webhook(id)).toMatchObject({ active: true, events: EVENTS, targetUrl: INLET_URL });
    expect(calls).toEqual(["GET", "GET", `PUT /${id}`]);
    expect((await open())[0]?.detail).toContain("It has been enabled again");
    expect(await gaps()).toMatchObject([{ noticedAt: NOW + LOOK, endedAt: NOW + LOOK, endedBy: "itself" }]);
    await look(NOW + 2 * LOOK);
    expect(await open()).toEqual([]);
  });

  it("is enabled by itself three times within a day and no more, and then again the day after", async () => {
    const { look, registry, id, calls } = await setUp({ reenable: "by itself" });
    for (let times = 0; times < 5; times++) {
      registry.switchOff(id);
      await look(NOW + times * HOUR);
    }
    expect(calls.filter((call) => call.startsWith("PUT"))).toHaveLength(3);
    expect((await open())[0]?.detail).toContain("enabled by itself 3 times within a day");
    expect(registry.webhook(id)?.active).toBe(false);
    await look(NOW + 24 * HOUR);
    expect(registry.webhook(id)?.active).toBe(true);
  });

  it("is not enabled while the inlet's secret is not set, since it would refuse everything", async () => {
    const { registry, id, calls } = await setUp({ reenable: "by itself" });
    registry.switchOff(id);
    await watchUpstream(createUpstreamBindings({ VOUCHERIFY_SECRET: "" }), NOW);
    expect(calls).toEqual(["GET"]);
    expect((await open())[0]?.detail).toContain("while VOUCHERIFY_SECRET is not set");
  });

  it("counts as enabled by itself even if that was never written down", async () => {
    const { look, registry, id, options } = await setUp({ reenable: "by itself" });
    await look(NOW);
    registry.switchOff(id);
    let isDown = false;
    options.trouble = ({ method }) => {
      isDown ||= method === "PUT";
      return undefined;
    };
    const env = createUpstreamBindings({ LEDGER: brokenD1({ when: () => isDown }) });
    await expect(watchUpstream(env, NOW + LOOK)).rejects.toThrow("D1_ERROR");
    expect(registry.webhook(id)?.active).toBe(true);
    await look(NOW + 2 * LOOK);
    expect(await gaps()).toMatchObject([{ noticedAt: NOW + LOOK, endedAt: NOW + 2 * LOOK, endedBy: "itself" }]);
    expect(await watch()).toMatchObject({ reenabled: [NOW + LOOK] });
  });
});

describe("a webhook that is not as the table needs it", () => {
  it("is an incident that names what is lacking, and is not touched", async () => {
    const { look, registry, id, calls } = await setUp();
    registry.editWebhook(id, { events: ["redemption.succeeded", "campaign.created"] });
    await look(NOW);
    expect(await open()).toMatchObject([{ kind: "webhook_changed", subject: "voucherify" }]);
    expect((await open())[0]?.detail).toContain("It does not send voucher.gift.balance_added, which routes take.");
    registry.editWebhook(id, { events: EVENTS, targetUrl: "https://old.example.com/hook?key=secret" });
    await look(NOW + LOOK);
    expect((await open())[0]?.detail).toContain(`posts to https://old.example.com/hook?… and not to ${INLET_URL}`);
    expect(calls).toEqual(["GET", "GET"]);
  });

  it("is none for what is ticked beside", async () => {
    const { look, registry, id } = await setUp();
    registry.editWebhook(id, { events: [...EVENTS, "campaign.created"] });
    await look(NOW);
    expect(await open()).toEqual([]);
  });

  it("and is gone is an incident and a gap until there is one again", async () => {
    const { look, registry, id } = await setUp();
    await look(NOW);
    registry.removeWebhook(id);
    await look(NOW + LOOK);
    expect(await open()).toMatchObject([{ kind: "webhook_missing", subject: "voucherify" }]);
    registry.addWebhook({ targetUrl: INLET_URL, events: EVENTS });
    await look(NOW + 2 * LOOK);
    expect(await open()).toEqual([]);
    expect(await gaps()).toMatchObject([{ cause: "missing", webhookId: id, activeAt: NOW, endedAt: NOW + 2 * LOOK }]);
  });
});

describe("a Voucherify that does not answer", () => {
  const answer =
    (status: number, headers = {}) =>
    () =>
      new Response("<html>secret", { status, headers });

  it("is asked less and less often, and is an incident from the third time on", async () => {
    const { look, calls } = await setUp({}, { trouble: answer(500) });
    const asked: number[] = [];
    for (let after = 0; after <= 4 * HOUR; after += LOOK) {
      const before = calls.length;
      await look(NOW + after);
      if (calls.length > before) asked.push(after / MINUTE);
      expect(await open()).toHaveLength(calls.length >= 3 ? 1 : 0);
    }
    expect(asked).toEqual([0, 5, 15, 35, 75, 135, 195]);
    expect((await open())[0]).toMatchObject({ kind: "webhook_unwatched", subject: "voucherify" });
    expect(JSON.stringify([await open(), await watch()])).not.toContain("html");
  });

  it("is left alone as long as it asks to be", async () => {
    const { look, calls, options } = await setUp({}, { trouble: answer(429, { "retry-after": "7200" }) });
    await look(NOW);
    delete options.trouble;
    for (let after = LOOK; after <= 2 * HOUR; after += LOOK) await look(NOW + after);
    expect(calls).toEqual(["GET", "GET"]);
    expect(await watch()).toMatchObject({ lookedAt: NOW + 2 * HOUR, failures: 0, failure: null });
  });

  it.each([
    ["wrong credentials", { credentials: { id: "other", token: "other" } }, "answered 401 (unauthorized)"],
    ["a plan without the API", { enterprise: false }, "answered 402 (missing_required_feature)"],
  ])("because of %s is an incident at once, which ends with an answer", async (_name, wrong, said) => {
    const { look, options } = await setUp({}, wrong);
    await look(NOW);
    expect(await open()).toMatchObject([{ kind: "webhook_unwatched", detail: expect.stringContaining(said) }]);
    Object.assign(options, {
      credentials: { id: "management-id-0c55", token: "management-token-91bb" },
      enterprise: true,
    });
    await look(NOW + LOOK);
    expect(await open()).toEqual([]);
  });

  it("leaves open what was found before", async () => {
    const { look, registry, id, options } = await setUp();
    registry.switchOff(id);
    await look(NOW);
    options.trouble = answer(503);
    await look(NOW + LOOK);
    expect(await open()).toMatchObject([{ kind: "webhook_disabled" }]);
  });

  it("is not asked without its secrets, or at another host than they are for", async () => {
    const { calls } = await setUp();
    await watchUpstream(createUpstreamBindings({ MANAGEMENT_TOKEN: "" }), NOW);
    expect(await open()).toMatchObject([{ detail: expect.stringContaining("the secret MANAGEMENT_TOKEN is not set") }]);
    await publishUpstream("proj_1", EVENTS, { api: "http://127.0.0.1:4010" });
    await watchUpstream(createUpstreamBindings(), NOW + LOOK);
    expect(await open()).toMatchObject([{ detail: expect.stringContaining("settings.voucherify.api") }]);
    expect(calls).toEqual([]);
  });
});
