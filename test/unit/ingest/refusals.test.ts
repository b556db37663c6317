// A storm of refused requests: who is made to wait, who is verified all the same, and how little it costs.

import { reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRefusalLimit } from "../../../src/ingest/refusals.ts";
import { resolveIncident } from "../../../src/ledger/incidents.ts";
import { VOUCHERIFY_ADDRESSES } from "../../../src/voucherify/addresses.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, emptyKv, hangingD1, workingD1, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { ask, createRequest, post, watchedBody, type Answer } from "./post.ts";

const log = vi.spyOn(console, "error");

beforeEach(async () => {
  await reset();
  log.mockReset().mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT });
});

afterEach(() => {
  vi.useRealTimers();
});

const ACCEPTED = { status: 202, retryAfter: null, id: expect.stringMatching(/^acc_[0-9a-f]{32}$/) };
const INVALID = { status: 401, retryAfter: null, code: "signature_invalid" };
const LIMITED = { status: 503, retryAfter: "10", code: "refusals_limited" };

const STRANGER = "203.0.113.7";
const [PUBLISHED] = VOUCHERIFY_ADDRESSES.eu1;

const TABLE = {
  ...createTable([]),
  inlets: {
    voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
    till: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
    token: { auth: "none", requires: { pathToken: "SHOP_TOKEN" } },
  },
};

async function createShop(overrides: object = {}): Promise<TestBindings> {
  await publish(TABLE);
  return createBindings({ SHOP_TOKEN: "path-token-4f1b9e", ...overrides });
}

function from(address: string): Record<string, string> {
  return { "cf-connecting-ip": address };
}

const WRONG = { "x-voucherify-signature": "a".repeat(64) };

/** Posts as many wrongly signed sendouts; returns the answers. */
async function storm(
  env: TestBindings,
  count: number,
  { headers = from(STRANGER), inlet = "voucherify", everyMs = 0 }: StormOptions = {},
): Promise<Answer[]> {
  const answers = [];
  for (let index = 0; index < count; index++) {
    answers.push(await ask(env, createRequest(`{"n":${index}}`, { ...WRONG, ...headers }, inlet)));
    vi.setSystemTime(Date.now() + everyMs);
  }
  return answers;
}

interface StormOptions {
  headers?: Record<string, string>;
  inlet?: string;
  /** How far apart they come, in milliseconds. */
  everyMs?: number;
}

/** How many answers of each status, in the order they first came. */
function tally(answers: readonly Answer[]): [status: number, count: number][] {
  const counts = new Map<number, number>();
  for (const { status } of answers) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts];
}

function incidentWrites(env: TestBindings): number {
  return env.LEDGER.queries.filter((sql) => sql.join().includes("INTO incidents")).length;
}

describe("a thousand bad signatures", () => {
  it("at once are 50 times 401, then 503, and cost one write and one log line", async () => {
    const env = await createShop();
    const answers = await storm(env, 1_000);
    expect(answers.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => INVALID));
    expect(answers.slice(50)).toEqual(Array.from({ length: 950 }, () => LIMITED));
    expect(incidentWrites(env)).toBe(1);
    expect(log.mock.calls).toHaveLength(1);
    expect(env.INGEST.calls).toBe(0);
  });

  it("over a hundred seconds are 50 times 401 in each ten, and cost two writes and two log lines", async () => {
    const env = await createShop();
    const answers = await storm(env, 1_000, { everyMs: 100 });
    expect(tally(answers)).toEqual([
      [401, 500],
      [503, 500],
    ]);
    expect(answers.slice(0, 100).map(({ status }) => status)).toEqual(
      Array.from({ length: 100 }, (_, index) => (index < 50 ? 401 : 503)),
    );
    expect(incidentWrites(env)).toBe(2);
    expect(log.mock.calls).toHaveLength(2);
    // Those that were verified and refused until the second write.
    expect(await rowsOf("incidents")).toMatchObject([{ kind: "signature_refused", subject: "voucherify", count: 301 }]);
  });

  it.each([
    ["from as many addresses", (index: number) => from(`203.0.${index >> 8}.${index & 255}`)],
    ["from nobody knows where", () => ({})],
    ["from one of Voucherify's own addresses", () => from(PUBLISHED)],
  ])("%s are all verified, and cost one write and one log line", async (_name, headersOf) => {
    const env = await createShop();
    const answers = [];
    for (let index = 0; index < 1_000; index++) answers.push(...(await storm(env, 1, { headers: headersOf(index) })));
    expect(tally(answers)).toEqual([[401, 1_000]]);
    expect(incidentWrites(env)).toBe(1);
    expect(log.mock.calls).toHaveLength(1);
  });
});

describe("a correctly signed sendout in the middle of a storm", () => {
  it("is accepted from the same address before the limit, and that address is verified from then on", async () => {
    const env = await createShop();
    await storm(env, 49);
    expect(await post(env, { headers: from(STRANGER) })).toEqual(ACCEPTED);
    expect(tally(await storm(env, 100))).toEqual([[401, 100]]);
    expect(await post(env, { headers: from(STRANGER) })).toEqual(ACCEPTED);
  });

  it("is accepted from a published address that was refused just as often", async () => {
    const env = await createShop();
    await storm(env, 60);
    await storm(env, 60, { headers: from(PUBLISHED) });
    expect(await post(env, { headers: from(PUBLISHED) })).toEqual(ACCEPTED);
  });

  it.each([
    ["another address", from("203.0.113.8")],
    ["an address that nobody states", {}],
  ])("is accepted from %s", async (_name, headers) => {
    const env = await createShop();
    await storm(env, 60);
    expect(await post(env, { headers })).toEqual(ACCEPTED);
  });

  it("is accepted from an address that proved itself long before", async () => {
    const env = await createShop();
    expect(await post(env, { headers: from(STRANGER) })).toEqual(ACCEPTED);
    vi.setSystemTime(Date.now() + 24 * 3_600_000);
    await storm(env, 60);
    expect(await post(env, { headers: from(STRANGER) })).toEqual(ACCEPTED);
  });

  it("is put off, and never called a forgery, from the address that storms; ten seconds after its first it is verified", async () => {
    const env = await createShop();
    await storm(env, 60, { everyMs: 100 });
    expect(await post(env, { headers: from(STRANGER) })).toEqual({ ...LIMITED, retryAfter: "4" });
    vi.setSystemTime(SENT_AT + 9_999);
    expect(await post(env, { headers: from(STRANGER) })).toEqual({ ...LIMITED, retryAfter: "1" });
    vi.setSystemTime(SENT_AT + 10_000);
    expect(await post(env, { headers: from(STRANGER) })).toEqual(ACCEPTED);
  });
});

describe("the limit", () => {
  it("is for one inlet", async () => {
    const env = await createShop();
    await storm(env, 60);
    expect(await post(env, { inlet: "till", headers: from(STRANGER) })).toEqual(ACCEPTED);
    expect(await post(env, { headers: from(STRANGER) })).toEqual(LIMITED);
  });

  it("is for one isolate", async () => {
    await storm(await createShop(), 60);
    expect(await post(createBindings(), { headers: from(STRANGER) })).toEqual(ACCEPTED);
  });

  it("knows an address in every spelling", async () => {
    const env = await createShop();
    await storm(env, 25, { headers: from("2001:db8::7") });
    await storm(env, 25, { headers: from("2001:0DB8:0:0:0:0:0:7") });
    expect(await post(env, { headers: from("2001:db8:0::7") })).toEqual(LIMITED);
  });

  it("holds for what an inlet requires beside the signature", async () => {
    const env = await createShop();
    const wrong = { inlet: "token/guess" };
    expect(tally(await storm(env, 60, wrong))).toEqual([
      [401, 50],
      [503, 10],
    ]);
    expect(await post(env, { inlet: "token/path-token-4f1b9e", headers: from("203.0.113.8") })).toEqual(ACCEPTED);
  });

  it("does not read the body of who has to wait", async () => {
    const env = await createShop();
    await storm(env, 50);
    const { stream, wasRead } = watchedBody(bytes("{}"));
    expect(await ask(env, createRequest(stream, { ...WRONG, ...from(STRANGER) }))).toEqual(LIMITED);
    expect(wasRead()).toBe(false);
  });

  it.each([
    ["a secret that is not set", { VOUCHERIFY_SECRET: undefined }, "inlet_unconfigured"],
    ["a table that is only assumed", { TABLE: emptyKv(), LEDGER: downD1() }, "table_unavailable"],
  ])("does not count what is the fault of %s, and neither does an incident", async (_name, overrides, code) => {
    const env = createBindings(overrides);
    expect(new Set((await storm(env, 60)).map((answer) => answer.code))).toEqual(new Set([code]));
    expect(log.mock.calls).toEqual([]);
    expect(await rowsOf("incidents")).toEqual([]);
  });
});

describe("the first refusal", () => {
  it("opens an incident though D1 is down, by way of LATE", async () => {
    const env = await createShop({ LEDGER: downD1() });
    expect(tally(await storm(env, 60))).toEqual([
      [401, 50],
      [503, 10],
    ]);
    expect(env.LATE.messages).toHaveLength(1);
    await consumeLate(createBatch(env.LATE.messages.map((body) => createMessage(body))), createBindings());
    expect(await rowsOf("incidents")).toMatchObject([{ subject: "voucherify", count: 1, resolved_at: null }]);
  });

  it("does not keep its sender waiting for a D1 that hangs", async () => {
    const env = await createShop();
    expect(await post(env)).toEqual(ACCEPTED); // the table is in the isolate now
    vi.useFakeTimers({ toFake: ["Date", "setTimeout", "clearTimeout"], now: SENT_AT });
    env.LEDGER = hangingD1();
    const lateAtAnswer: number[] = [];
    const request = createRequest("{}", WRONG);
    expect(await ask(env, request, () => lateAtAnswer.push(env.LATE.messages.length))).toEqual(INVALID);
    expect(lateAtAnswer).toEqual([0]);
    expect(env.LATE.messages).toHaveLength(1);
  });

  it("reopens an incident that was resolved", async () => {
    const env = await createShop();
    await storm(env, 3);
    const key = { kind: "signature_refused", subject: "voucherify" };
    await resolveIncident(workingD1(), key, SENT_AT + 1_000);
    vi.setSystemTime(SENT_AT + 60_000);
    await storm(env, 1);
    expect(await rowsOf("incidents")).toMatchObject([{ ...key, opened_at: SENT_AT + 60_000, resolved_at: null }]);
  });

  it.each([
    ["signature_missing", {}],
    ["signature_malformed", { "x-voucherify-signature": "hush-9b2e" }],
    ["signature_mismatch", WRONG],
  ])("says why: %s", async (reason, headers: Record<string, string>) => {
    const env = await createShop();
    expect(await ask(env, createRequest("{}", headers))).toEqual(INVALID);
    const [incident] = await rowsOf("incidents");
    expect(incident?.["detail"]).toMatch(new RegExp(`^${reason}: .*twelve failed tries`));
    expect(JSON.stringify([incident, log.mock.calls])).not.toContain("hush-9b2e");
  });
});

describe("createRefusalLimit", () => {
  function refuse(limit: ReturnType<typeof createRefusalLimit>, address: string, times = 50): void {
    for (let count = 0; count < times; count++) limit.refused("shop", address, 0);
  }

  it("counts from the first refusal and forgets after ten seconds", () => {
    const limit = createRefusalLimit();
    refuse(limit, STRANGER, 49);
    limit.refused("shop", STRANGER, 10_000); // the first of the next ten seconds
    expect(limit.waitMs("shop", STRANGER, 10_000)).toBe(0);
    for (let count = 0; count < 49; count++) limit.refused("shop", STRANGER, 19_999);
    expect(limit.waitMs("shop", STRANGER, 19_999)).toBe(1);
    expect(limit.waitMs("shop", STRANGER, 20_000)).toBe(0);
  });

  it("remembers a thousand addresses and starts over with one more", () => {
    const limit = createRefusalLimit();
    refuse(limit, STRANGER);
    for (let index = 1; index < 1_000; index++) refuse(limit, `address-${index}`, 1);
    expect(limit.waitMs("shop", STRANGER, 0)).toBe(10_000);
    refuse(limit, "address-1000", 1);
    expect(limit.waitMs("shop", STRANGER, 0)).toBe(0);
  });

  it("does not forget who proved themselves, however many others are refused", () => {
    const limit = createRefusalLimit();
    limit.proved("shop", STRANGER);
    for (let index = 0; index < 3_000; index++) refuse(limit, `address-${index}`, 1);
    refuse(limit, STRANGER);
    expect(limit.waitMs("shop", STRANGER, 0)).toBe(0);
  });

  it("remembers a thousand that proved themselves and starts over with one more", () => {
    const limit = createRefusalLimit();
    limit.proved("shop", STRANGER);
    for (let index = 1; index < 1_000; index++) limit.proved("shop", `address-${index}`);
    limit.proved("shop", "address-1"); // once more, which takes no room
    refuse(limit, STRANGER);
    expect(limit.waitMs("shop", STRANGER, 0)).toBe(0);
    limit.proved("shop", "address-1000");
    expect(limit.waitMs("shop", STRANGER, 0)).toBe(10_000);
  });
});
