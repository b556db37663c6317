// Which inlet a sendout meets when the sources of the routing table fail: never "no such inlet" because nobody could
// look, and no D1 while all is well.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { TABLE_KEY } from "../../../src/routing/table-store.ts";
import { bytes } from "../bytes.ts";
import { brokenD1, brokenKv, createBindings, downD1, emptyKv, hangingD1, SECRETS, staleKv } from "../faults.ts";
import { createTable, publish, publishToLedgerOnly } from "../payloads.ts";
import { post } from "./post.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
});

const ACCEPTED = { status: 202, retryAfter: null, id: expect.stringMatching(/^acc_[0-9a-f]{32}$/) };
const TABLE_UNAVAILABLE = { status: 503, retryAfter: "30", code: "table_unavailable" };
const UNCONFIGURED = { status: 503, retryAfter: "30", code: "inlet_unconfigured" };
const UNKNOWN = { status: 404, retryAfter: null, code: "inlet_unknown" };

const TABLE = createTable([]);
const TABLE_WITH_SHOP = { ...TABLE, inlets: { ...TABLE.inlets, shop: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } } };

describe("on a cold isolate", () => {
  it("asks KV and leaves D1 alone", async () => {
    await publish(TABLE_WITH_SHOP);
    const env = createBindings();
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
    expect(env.LEDGER.queries).toEqual([]);
  });

  it("finds a published inlet through D1 while KV fails", async () => {
    await publish(TABLE_WITH_SHOP);
    expect(await post(createBindings({ TABLE: brokenKv() }), { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("finds a published inlet through D1 when what KV holds cannot be read", async () => {
    await publish(TABLE_WITH_SHOP);
    const env = createBindings();
    await env.TABLE.put(TABLE_KEY, "no JSON");
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("has the default inlet with KV and D1 both empty", async () => {
    const env = createBindings();
    expect(await post(env)).toEqual(ACCEPTED);
    expect(await post(env, { inlet: "shop" })).toEqual(UNKNOWN);
  });

  it("has the default inlet with KV empty and D1 down", async () => {
    expect(await post(createBindings({ TABLE: emptyKv(), LEDGER: downD1() }))).toEqual(ACCEPTED);
  });

  it("calls nobody a forger by a default inlet that it only assumes, with KV empty and D1 down", async () => {
    const inlets = { voucherify: { auth: { secrets: ["SHOP_SECRET"] } } };
    await publishToLedgerOnly({ ...TABLE, inlets });
    const secrets = { SHOP_SECRET: SECRETS.VOUCHERIFY_SECRET, VOUCHERIFY_SECRET: "another one" };
    expect(await post(createBindings({ TABLE: emptyKv(), LEDGER: downD1(), ...secrets }))).toEqual(TABLE_UNAVAILABLE);
    expect(await post(createBindings({ TABLE: emptyKv(), ...secrets }))).toEqual(ACCEPTED);
  });

  it("calls no other inlet unknown with KV empty and D1 down", async () => {
    const env = createBindings({ TABLE: emptyKv(), LEDGER: downD1() });
    expect(await post(env, { inlet: "shop" })).toEqual(TABLE_UNAVAILABLE);
    expect(env.INGEST.calls).toBe(0);
  });

  it.each(["voucherify", "shop"])("answers 503 at the inlet %s with KV and D1 both down", async (inlet) => {
    const env = createBindings({ TABLE: brokenKv(), LEDGER: downD1() });
    expect(await post(env, { inlet })).toEqual(TABLE_UNAVAILABLE);
    expect(env.INGEST.calls).toBe(0);
  });
});

describe("with a KV that lags behind", () => {
  it("finds an inlet that was published just now through D1", async () => {
    await publish(TABLE);
    const env = createBindings({ TABLE: await staleKv(TABLE_KEY) });
    await publish(TABLE_WITH_SHOP);
    expect(await post(env)).toEqual(ACCEPTED);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("finds an inlet of the first table ever published through D1", async () => {
    await publishToLedgerOnly(TABLE_WITH_SHOP);
    expect(await post(createBindings(), { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("calls an inlet unknown only after D1 has said so", async () => {
    await publish(TABLE);
    const env = createBindings();
    expect(await post(env, { inlet: "shop" })).toEqual(UNKNOWN);
    expect(env.LEDGER.queries.at(-1)?.join()).toContain("FROM table_versions");
    expect(await post(createBindings({ LEDGER: downD1() }), { inlet: "shop" })).toEqual(TABLE_UNAVAILABLE);
  });

  it("finds an inlet that was published after strangers had tried others", async () => {
    await publish(TABLE);
    const env = createBindings({ TABLE: await staleKv(TABLE_KEY) });
    expect(await post(env, { inlet: "stranger" })).toEqual(UNKNOWN);
    await publish(TABLE_WITH_SHOP);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("asks D1 about an unknown inlet once in five seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE);
    const env = createBindings();
    expect(await post(env, { inlet: "stranger" })).toEqual(UNKNOWN);
    const asked = env.LEDGER.queries.length;
    vi.setSystemTime(Date.now() + 4_999);
    expect(await post(env, { inlet: "stranger" })).toEqual(UNKNOWN);
    expect(env.LEDGER.queries).toHaveLength(asked);
    vi.setSystemTime(Date.now() + 1);
    expect(await post(env, { inlet: "stranger" })).toEqual(UNKNOWN);
    expect(env.LEDGER.queries).toHaveLength(asked + 1);
  });

  it("asks D1 twenty times in five seconds however many inlets strangers try", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE);
    const env = createBindings();
    await post(env, { inlet: "stranger" });
    const migrated = env.LEDGER.queries.length - 1;
    for (let index = 1; index < 20; index++) expect(await post(env, { inlet: `stranger-${index}` })).toEqual(UNKNOWN);
    // Nobody looked, so nobody is told that there is no such inlet.
    for (const inlet of ["stranger-20", "shop"]) expect(await post(env, { inlet })).toEqual(TABLE_UNAVAILABLE);
    expect(env.LEDGER.queries.length - migrated).toBe(20);
  });

  it("asks a D1 that does not answer once in five seconds, and calls no inlet unknown meanwhile", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE);
    let asked = 0;
    const env = createBindings({ LEDGER: brokenD1({ when: () => ++asked > 0 }) });
    expect(await post(env, { inlet: "a" })).toEqual(TABLE_UNAVAILABLE);
    expect(await post(env, { inlet: "b" })).toEqual(TABLE_UNAVAILABLE);
    expect(asked).toBe(1);
    vi.setSystemTime(Date.now() + 5_000);
    expect(await post(env, { inlet: "a" })).toEqual(TABLE_UNAVAILABLE);
    expect(asked).toBe(2);
  });
});

describe("while D1 hangs", () => {
  it.each([
    ["the default inlet accepts with KV empty", "voucherify", ACCEPTED],
    ["no other inlet is called unknown", "shop", TABLE_UNAVAILABLE],
  ])("%s, after five seconds", async (_name, inlet, answer) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    expect(await post(createBindings({ TABLE: emptyKv(), LEDGER: hangingD1() }), { inlet })).toEqual(answer);
  });
});

describe("on a warm isolate", () => {
  it("goes by its own copy, however old, while KV and D1 are down", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE_WITH_SHOP);
    let down = false;
    const env = createBindings({ TABLE: brokenKv(() => down), LEDGER: downD1() });
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
    down = true;
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("knows a new version from KV with the second request after ten seconds", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE);
    const env = createBindings({ LEDGER: downD1() });
    expect(await post(env)).toEqual(ACCEPTED);
    await publish(TABLE_WITH_SHOP);
    expect(await post(env, { inlet: "shop" })).toEqual(TABLE_UNAVAILABLE);
    vi.setSystemTime(Date.now() + 10_000);
    expect(await post(env)).toEqual(ACCEPTED);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });

  it("keeps the newer version when KV comes with an older one", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    await publish(TABLE);
    const env = createBindings({ TABLE: await staleKv(TABLE_KEY) });
    await publish(TABLE_WITH_SHOP);
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
    vi.setSystemTime(Date.now() + 10_000);
    expect(await post(env)).toEqual(ACCEPTED); // asks KV behind the request's back
    env.LEDGER = downD1();
    expect(await post(env, { inlet: "shop" })).toEqual(ACCEPTED);
  });
});

describe("without a signing secret", () => {
  it.each([
    ["not set", undefined],
    ["empty", ""],
  ])("accepts nothing while it is %s, whoever signs", async (_name, secret) => {
    const env = createBindings({ VOUCHERIFY_SECRET: secret });
    expect(await post(env)).toEqual(UNCONFIGURED);
    expect(await post(env, { body: bytes("{}"), headers: { "x-voucherify-signature": "" } })).toEqual(UNCONFIGURED);
    expect(env.INGEST.calls).toBe(0);
  });

  it("accepts what the one of two secrets that is set has signed", async () => {
    const inlets = { voucherify: { auth: { secrets: ["NEXT_SECRET", "VOUCHERIFY_SECRET"] } } };
    await publish({ ...TABLE, inlets });
    expect(await post(createBindings())).toEqual(ACCEPTED);
  });
});
