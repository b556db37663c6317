// An inlet with every factor over real HTTP, at the built Worker: who gets in, what is on record of it, and who hears
// of those that do not.

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { signBody } from "../../src/voucherify/signature.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";

const TOKEN = "path-token-for-tests";
const HEADER = "header-value-for-tests";
const ADDRESS = "203.0.113.7";

let signalbox: Signalbox;

beforeAll(async () => {
  signalbox = await startSignalbox({ ...SECRETS, SHOP_TOKEN: TOKEN, SHOP_HEADER: HEADER });
  const requires = {
    pathToken: "SHOP_TOKEN",
    header: { name: "x-shop-key", secret: "SHOP_HEADER" },
    addresses: ["eu1", ADDRESS],
  };
  await signalbox.publish({
    inlets: {
      shop: { auth: { secrets: ["VOUCHERIFY_SECRET"] }, requires },
      plain: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
    },
    targets: {},
    routes: [],
  });
});

afterAll(async () => signalbox.stop());

interface Incidents {
  incidents: { kind: string; subject: string; state: string; count: number; detail: string }[];
}

async function incidents(query = ""): Promise<Incidents["incidents"]> {
  const answer = await signalbox.admin("GET", `/incidents${query}`);
  return ((await answer.json()) as Incidents).incidents; // the API's own answer; tests assert what it holds
}

/** Posts a signed sendout with every factor, given those that a test wants different. */
async function post(path = `shop/${TOKEN}`, headers: Record<string, string> = {}): Promise<Response> {
  const body = JSON.stringify(createSendout());
  const signature = await signBody(new TextEncoder().encode(body), SECRETS.VOUCHERIFY_SECRET);
  return fetch(new URL(`/in/${path}`, signalbox.url), {
    method: "POST",
    body,
    headers: { "x-voucherify-signature": signature, "x-shop-key": HEADER, "cf-connecting-ip": ADDRESS, ...headers },
  });
}

describe("an inlet that requires a token, a header and an address", () => {
  it("accepts who has all three, and keeps what proved it by name", async () => {
    const answer = await post();
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    expect(await signalbox.sendout(id)).toMatchObject({
      inlet: "shop",
      state: "unrouted",
      signature: { secret: "VOUCHERIFY_SECRET", form: "raw" },
    });
  });

  it.each([
    ["a wrong token", async () => post("shop/guess")],
    ["no token", async () => post("shop")],
    ["a wrong header", async () => post(undefined, { "x-shop-key": "guess" })],
    ["another address", async () => post(undefined, { "cf-connecting-ip": "192.0.2.1" })],
  ])("refuses %s", async (_name, request) => {
    const answer = await request();
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: "sender_unproven" }]);
  });

  it("is the only one with the longer URL", async () => {
    const answer = await post(`plain/${TOKEN}`);
    expect([answer.status, await answer.json()]).toMatchObject([404, { code: "inlet_unknown" }]);
  });

  it("refuses a token at once, while the body is still on its way", async () => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const client = writable.getWriter();
    const sent = client.write(new TextEncoder().encode('{"id":"whs_1",')).catch(() => undefined); // nobody reads it
    const url = new URL("/in/shop/guess", signalbox.url);
    const answer = await fetch(url, { method: "POST", body: readable, duplex: "half" });
    expect(answer.status).toBe(401);
    await Promise.all([sent, client.abort(new Error("never to be finished"))]);
  });
});

describe("a refusal", () => {
  it("is an incident that the admin API shows, that health counts, and that can be resolved", async () => {
    const forged = await post("plain", { "x-voucherify-signature": "a".repeat(64) });
    expect([forged.status, await forged.json()]).toMatchObject([401, { code: "signature_invalid" }]);
    const about = { kind: "signature_refused", subject: "plain" };
    // It is written behind the answer's back.
    await vi.waitFor(
      async () => expect(await incidents("?state=open")).toContainEqual(expect.objectContaining(about)),
      {
        timeout: 10_000,
      },
    );
    const open = (await incidents("?state=open")).find(({ subject }) => subject === "plain");
    expect(open).toMatchObject({ ...about, state: "open", count: 1, detail: expect.stringContaining("twelve failed") });
    const health = await signalbox.admin("GET", "/health");
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { status: "ok", openIncidents: (await incidents("?state=open")).length },
    ]);
    const resolved = await signalbox.admin("POST", "/incidents/signature_refused/plain/resolve");
    expect([resolved.status, await resolved.json()]).toMatchObject([200, { ...about, state: "resolved" }]);
    expect(await incidents("?state=open")).not.toContainEqual(expect.objectContaining(about));
    expect(await incidents("?state=resolved")).toContainEqual(expect.objectContaining(about));
  });

  it("of one sender too often makes it wait, and nobody else", async () => {
    const here = { "cf-connecting-ip": "192.0.2.9" };
    const forged = await Promise.all(
      Array.from({ length: 50 }, async () => post("plain", { ...here, "x-voucherify-signature": "b".repeat(64) })),
    );
    expect(new Set(forged.map(({ status }) => status))).toEqual(new Set([401]));
    const answer = await post("plain", here);
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: "refusals_limited" }]);
    expect(answer.headers.get("retry-after")).toMatch(/^([1-9]|10)$/);
    expect((await post("plain", { "cf-connecting-ip": "192.0.2.10" })).status).toBe(202);
  });

  it("leaves no token, header or address in any answer of the admin API", async () => {
    const texts = await Promise.all(
      ["/incidents", "/sendouts", "/table", "/health"].map(async (path) => (await signalbox.admin("GET", path)).text()),
    );
    for (const value of [TOKEN, HEADER, "192.0.2.9", "guess"]) expect(texts.join("\n")).not.toContain(value);
  });
});

describe("a table that requires what is not there", () => {
  it("is published with a warning for each secret, and its inlet accepts nothing until they are set", async () => {
    const requires = { pathToken: "NOBODY_SET_TOKEN", header: { name: "x-a", secret: "NOBODY_SET_HEADER" } };
    const table = { inlets: { later: { auth: "none", requires } }, targets: {}, routes: [] };
    const { warnings } = (await (await signalbox.admin("PUT", "/table", table)).json()) as { warnings: string[] };
    expect(warnings.toSorted()).toEqual([
      expect.stringContaining("NOBODY_SET_HEADER"),
      expect.stringContaining("NOBODY_SET_TOKEN"),
    ]);
    const answer = await post("later/anything");
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: "inlet_unconfigured" }]);
    expect(answer.headers.get("retry-after")).toBe("30");
  });

  it("is refused when it would hand the admin token to senders", async () => {
    const table = {
      inlets: { later: { auth: "none", requires: { pathToken: "SIGNALBOX_ADMIN_TOKEN" } } },
      targets: {},
      routes: [],
    };
    const answer = await signalbox.admin("PUT", "/table", table);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { errors: [{ path: "inlets.later.requires.pathToken" }] },
    ]);
  });
});
