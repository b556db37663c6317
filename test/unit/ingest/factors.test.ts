// What an inlet requires beside the signature: each factor alone and together, in which order things are looked at, and
// what the sender is told.

import { createExecutionContext, reset, waitOnExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import { TABLE_KEY } from "../../../src/routing/table-store.ts";
import { signBody } from "../../../src/voucherify/signature.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { createBindings, downD1, emptyKv, SECRETS, staleKv, type TestBindings } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createTable, publish, publishToLedgerOnly } from "../payloads.ts";
import { ask, createRequest, post, watchedBody, type Answer } from "./post.ts";

const log = vi.spyOn(console, "error");

beforeEach(async () => {
  await reset();
  log.mockReset().mockImplementation(() => {});
});

const ACCEPTED = { status: 202, retryAfter: null, id: expect.stringMatching(/^acc_[0-9a-f]{32}$/) };
const UNPROVEN = { status: 401, retryAfter: null, code: "sender_unproven" };
const INVALID = { status: 401, retryAfter: null, code: "signature_invalid" };
const UNKNOWN = { status: 404, retryAfter: null, code: "inlet_unknown" };
const UNCONFIGURED = { status: 503, retryAfter: "30", code: "inlet_unconfigured" };
const UNAVAILABLE = { status: 503, retryAfter: "30", code: "table_unavailable" };

const TOKEN = "path-token-4f1b9e";
const HEADER = "header-value-c07d22";
const FACTOR_SECRETS = { SHOP_TOKEN: TOKEN, SHOP_HEADER: HEADER };

const SIGNED = { secrets: ["VOUCHERIFY_SECRET"] };
const ADDRESS = "203.0.113.7";

/** One inlet for each factor, one for all of them, one that wants no signature, and one that wants nothing more. */
const REQUIRES = {
  token: { pathToken: "SHOP_TOKEN" },
  header: { header: { name: "x-shop-key", secret: "SHOP_HEADER" } },
  address: { addresses: ["us1", ADDRESS, "2001:DB8:0::7"] },
};
const ALL = { ...REQUIRES.token, ...REQUIRES.header, ...REQUIRES.address };
const TABLE = {
  ...createTable([]),
  inlets: {
    voucherify: { auth: SIGNED },
    token: { auth: SIGNED, requires: REQUIRES.token },
    header: { auth: SIGNED, requires: REQUIRES.header },
    address: { auth: SIGNED, requires: REQUIRES.address },
    all: { auth: SIGNED, requires: ALL },
    unsigned: { auth: "none", requires: ALL },
  },
};

async function createShop(overrides: object = {}): Promise<TestBindings> {
  await publish(TABLE);
  return createBindings({ ...FACTOR_SECRETS, ...overrides });
}

const RIGHT = { "x-shop-key": HEADER, "cf-connecting-ip": ADDRESS };

describe("a factor", () => {
  it.each<[string, string, Record<string, string>, Answer | object]>([
    ["the right token", `token/${TOKEN}`, {}, ACCEPTED],
    ["the right token, percent-encoded", `token/${TOKEN.replace("p", "%70")}`, {}, ACCEPTED],
    ["a wrong token", "token/guess", {}, UNPROVEN],
    ["a token in capitals", `token/${TOKEN.toUpperCase()}`, {}, UNPROVEN],
    ["the beginning of the token", `token/${TOKEN.slice(0, -1)}`, {}, UNPROVEN],
    ["a token that is no UTF-8", "token/%ff%fe", {}, UNPROVEN],
    ["no token", "token", {}, UNPROVEN],
    ["the token as a parameter", `token?token=${TOKEN}`, {}, UNPROVEN],
    ["the right header", "header", { "x-shop-key": HEADER }, ACCEPTED],
    ["the right header's name in capitals", "header", { "X-Shop-Key": HEADER }, ACCEPTED],
    ["a wrong header", "header", { "x-shop-key": "guess" }, UNPROVEN],
    ["an empty header", "header", { "x-shop-key": "" }, UNPROVEN],
    ["the right header among others of its name", "header", { "x-shop-key": `guess, ${HEADER}` }, UNPROVEN],
    ["no header", "header", {}, UNPROVEN],
    ["the header's value under another name", "header", { "x-key": HEADER }, UNPROVEN],
    ["an address of the list", "address", { "cf-connecting-ip": ADDRESS }, ACCEPTED],
    ["an address of the list, written as IPv6", "address", { "cf-connecting-ip": `::ffff:${ADDRESS}` }, ACCEPTED],
    ["an IPv6 address, short", "address", { "cf-connecting-ip": "2001:db8::7" }, ACCEPTED],
    ["an IPv6 address, in full", "address", { "cf-connecting-ip": "2001:0DB8:0:0:0:0:0:0007" }, ACCEPTED],
    ["an address of the region", "address", { "cf-connecting-ip": "18.209.236.215" }, ACCEPTED],
    ["an address of another region", "address", { "cf-connecting-ip": "63.32.191.141" }, UNPROVEN],
    ["another address", "address", { "cf-connecting-ip": "203.0.113.8" }, UNPROVEN],
    ["two addresses, one of them right", "address", { "cf-connecting-ip": `${ADDRESS}, 192.0.2.1` }, UNPROVEN],
    ["what is no address", "address", { "cf-connecting-ip": "us1" }, UNPROVEN],
    ["no address", "address", {}, UNPROVEN],
    ["an address that the sender states itself", "address", { "x-forwarded-for": ADDRESS }, UNPROVEN],
  ])("is answered for %s", async (_name, inlet, headers, answer) => {
    const env = await createShop();
    expect(await post(env, { inlet, headers })).toEqual(answer);
    expect(env.INGEST.messages).toHaveLength(answer === ACCEPTED ? 1 : 0);
  });

  it.each([
    ["all three", `all/${TOKEN}`, RIGHT, ACCEPTED],
    ["a wrong token among them", "all/guess", RIGHT, UNPROVEN],
    ["no token among them", "all", RIGHT, UNPROVEN],
    ["no header among them", `all/${TOKEN}`, { "cf-connecting-ip": ADDRESS }, UNPROVEN],
    ["no address among them", `all/${TOKEN}`, { "x-shop-key": HEADER }, UNPROVEN],
    ["none of them", "all", {}, UNPROVEN],
    ["all three at an inlet without signatures", `unsigned/${TOKEN}`, RIGHT, ACCEPTED],
    ["none at an inlet without signatures", "unsigned", {}, UNPROVEN],
    ["a wrong header at an inlet without signatures", `unsigned/${TOKEN}`, { ...RIGHT, "x-shop-key": "x" }, UNPROVEN],
  ])("is required with the others: %s", async (_name, inlet, headers: Record<string, string>, answer) => {
    const env = await createShop();
    const secret = inlet.startsWith("unsigned") ? null : SECRETS.VOUCHERIFY_SECRET;
    expect(await post(env, { inlet, headers, secret })).toEqual(answer);
  });

  it("does not replace the signature", async () => {
    const env = await createShop();
    expect(await post(env, { inlet: `all/${TOKEN}`, headers: RIGHT, secret: null })).toEqual(INVALID);
    expect(await post(env, { inlet: `all/${TOKEN}`, headers: RIGHT, secret: "another" })).toEqual(INVALID);
  });

  it("of one inlet is none of another", async () => {
    const env = await createShop();
    expect(await post(env)).toEqual(ACCEPTED);
    expect(await post(env, { inlet: "header", headers: { "cf-connecting-ip": ADDRESS } })).toEqual(UNPROVEN);
    expect(await post(env, { inlet: `token/${TOKEN}`, headers: { "x-shop-key": "guess" } })).toEqual(ACCEPTED);
  });
});

describe("the longer URL", () => {
  it.each([
    ["an inlet that wants no token", `voucherify/${TOKEN}`],
    ["an inlet that wants other factors", `header/${TOKEN}`],
    ["an inlet that does not exist", `nowhere/${TOKEN}`],
  ])("is unknown at %s", async (_name, inlet) => {
    expect(await post(await createShop(), { inlet, headers: RIGHT })).toEqual(UNKNOWN);
  });

  it("ends with the token", async () => {
    const request = createRequest("{}", RIGHT, `all/${TOKEN}/more`);
    expect(await ask(await createShop(), request)).toEqual({ status: 404, retryAfter: null, code: "not_found" });
  });

  it("of an inlet that has just begun to want a token is found through D1", async () => {
    const before = { ...TABLE, inlets: { ...TABLE.inlets, token: { auth: SIGNED } } };
    await publish(before);
    const env = createBindings({ ...FACTOR_SECRETS, TABLE: await staleKv(TABLE_KEY) });
    expect(await post(env, { inlet: "token" })).toEqual(ACCEPTED);
    await publish(TABLE);
    expect(await post(env, { inlet: `token/${TOKEN}` })).toEqual(ACCEPTED);
  });

  it("is not called unknown while nobody can say what was published", async () => {
    await publishToLedgerOnly({ ...TABLE, inlets: { voucherify: { auth: SIGNED, requires: REQUIRES.token } } });
    const env = createBindings({ ...FACTOR_SECRETS, TABLE: emptyKv(), LEDGER: downD1() });
    expect(await post(env, { inlet: `voucherify/${TOKEN}` })).toEqual(UNAVAILABLE);
    expect(await post(createBindings(FACTOR_SECRETS), { inlet: `voucherify/${TOKEN}` })).toEqual(ACCEPTED);
  });

  it("takes POST and nothing else", async () => {
    const request = new Request(`https://signalbox.example.com/in/token/${TOKEN}`);
    expect(await ask(await createShop(), request)).toMatchObject({ status: 405, code: "method_not_allowed" });
  });
});

describe("a factor whose secret is not set", () => {
  it.each([
    ["the token", { SHOP_TOKEN: undefined }, `all/${TOKEN}`],
    ["the header", { SHOP_HEADER: undefined }, `all/${TOKEN}`],
    ["an empty token", { SHOP_TOKEN: "" }, "all"],
    ["an empty header", { SHOP_HEADER: "" }, `all/${TOKEN}`],
    ["the signing secret", { VOUCHERIFY_SECRET: undefined }, `all/${TOKEN}`],
    ["an empty token without signatures", { SHOP_TOKEN: "" }, "unsigned"],
  ])("accepts nothing and calls nobody unproven: %s", async (_name, secrets, inlet) => {
    const env = await createShop(secrets);
    for (const headers of [RIGHT, { "x-shop-key": "" }]) {
      expect(await post(env, { inlet, headers })).toEqual(UNCONFIGURED);
    }
    expect(env.INGEST.calls).toBe(0);
    expect(await rowsOf("incidents")).toEqual([]);
  });
});

describe("the body", () => {
  const body = bytes(JSON.stringify(createSendout()));

  it.each<[string, string, Record<string, string>, string | undefined, object]>([
    ["a wrong token", "all/guess", RIGHT, "right", UNPROVEN],
    ["no token", "all", RIGHT, "right", UNPROVEN],
    ["a wrong header", `all/${TOKEN}`, { ...RIGHT, "x-shop-key": "x" }, "right", UNPROVEN],
    ["a wrong address", `all/${TOKEN}`, { ...RIGHT, "cf-connecting-ip": "::1" }, "right", UNPROVEN],
    ["no signature", `all/${TOKEN}`, RIGHT, undefined, INVALID],
    ["an empty signature", `all/${TOKEN}`, RIGHT, "", INVALID],
    ["a signature in capitals", `all/${TOKEN}`, RIGHT, "A".repeat(64), INVALID],
    ["a signature of 10 KB", `all/${TOKEN}`, RIGHT, "a".repeat(10_240), INVALID],
    ["an unknown inlet", "nowhere", RIGHT, "right", UNKNOWN],
    ["a URL the inlet does not have", "voucherify/token", RIGHT, "right", UNKNOWN],
  ])("is not read for %s", async (_name, inlet, headers, signature, answer) => {
    const right = await signBody(body, SECRETS.VOUCHERIFY_SECRET);
    const signed =
      signature === undefined ? {} : { "x-voucherify-signature": signature === "right" ? right : signature };
    const { stream, wasRead } = watchedBody(body);
    const env = await createShop();
    expect(await ask(env, createRequest(stream, { ...headers, ...signed }, inlet))).toEqual(answer);
    expect(wasRead()).toBe(false);
  });

  it.each([
    ["right, for what fits", undefined, ACCEPTED],
    ["right in form only, before anybody is called a forger", "a".repeat(64), INVALID],
  ])("is read when the signature is %s", async (_name, signature, answer) => {
    const headers = {
      ...RIGHT,
      "x-voucherify-signature": signature ?? (await signBody(body, SECRETS.VOUCHERIFY_SECRET)),
    };
    const { stream, wasRead } = watchedBody(body);
    expect(await ask(await createShop(), createRequest(stream, headers, `all/${TOKEN}`))).toEqual(answer);
    expect(wasRead()).toBe(true);
  });

  it.each([
    ["413 for one that could be authentic", "a".repeat(64), { status: 413, code: "body_too_large" }],
    ["401 for one that could not", "nonsense", { status: 401, code: "signature_invalid" }],
  ])("when it is too large is answered %s", async (_name, signature, answer) => {
    const large = new Uint8Array(2 * 1024 * 1024 + 1);
    const request = createRequest(large, { "x-voucherify-signature": signature });
    expect(await ask(await createShop(), request)).toMatchObject(answer);
  });
});

describe("who is refused", () => {
  const GUESS = "guess-9b2e";
  const REFUSALS: [reason: string, inlet: string, headers: Record<string, string>][] = [
    ["path_token", `all/${GUESS}`, RIGHT],
    ["path_token", "all", {}],
    ["header", `all/${TOKEN}`, { ...RIGHT, "x-shop-key": GUESS }],
    ["address", `all/${TOKEN}`, { ...RIGHT, "cf-connecting-ip": "192.0.2.99" }],
  ];

  /** The whole answer to an unproven request, with everything that the Worker keeps of it. */
  async function refuse(inlet: string, headers: Record<string, string>) {
    await reset();
    log.mockClear();
    const ctx = createExecutionContext();
    const response = await app.fetch(createRequest(`{"note":"${GUESS}"}`, headers, inlet), await createShop(), ctx);
    await waitOnExecutionContext(ctx);
    const answer = { status: response.status, headers: [...response.headers], text: await response.text() };
    const [incident] = await rowsOf("incidents");
    return { answer, incident, lines: log.mock.calls.map(([line]) => String(line)) };
  }

  it.each(REFUSALS)(
    "learns nothing of the factor %s that failed; log and incident have it",
    async (reason, ...request) => {
      const { incident, lines } = await refuse(...request);
      expect(lines).toEqual([JSON.stringify({ event: "alert_raised", inlet: "all", reason, count: 1 })]);
      expect(incident).toMatchObject({ kind: "sender_unproven", subject: "all", count: 1 });
      expect(incident?.["detail"]).toMatch(new RegExp(`^${reason}: `));
    },
  );

  it("gets the same answer whatever failed", async () => {
    const answers: object[] = [];
    for (const [, ...request] of REFUSALS) answers.push((await refuse(...request)).answer);
    expect(answers[0]).toMatchObject({ status: 401, text: expect.stringContaining("sender_unproven") });
    expect(answers).toEqual(answers.map(() => answers[0]));
  });

  it.each(REFUSALS)(
    "leaves nothing behind that it sent, and nothing of the secrets: %s",
    async (_reason, ...request) => {
      const kept = JSON.stringify(await refuse(...request));
      for (const value of [GUESS, TOKEN, HEADER, ADDRESS, "192.0.2.99"]) expect(kept).not.toContain(value);
    },
  );
});
