// A team's keys over time: fetched when they are needed, and no more often than that; replaced when the team takes others;
// believed for a while when its endpoint is unwell, and not for longer.

import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { verifyAssertion } from "../../../../src/admin/cloudflare-access/assertion.ts";
import { AccessKeys } from "../../../../src/admin/cloudflare-access/keys.ts";
import { SENT_AT } from "../../messages.ts";
import { assertWith, AUDIENCE, certsOf, createTeamKey, serveCerts, type TeamKey } from "./team.ts";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const SETTINGS = { issuer: "https://acme.cloudflareaccess.com", audiences: [AUDIENCE], roles: new Map() };

let [first, second]: TeamKey[] = [];

beforeAll(async () => {
  [first, second] = await Promise.all([createTeamKey("first"), createTeamKey("second")]);
});

beforeEach(() => {
  vi.spyOn(console, "error").mockImplementation(() => {});
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function keyOf(which: "first" | "second"): TeamKey {
  const key = which === "first" ? first : second;
  if (key === undefined) throw new Error("the keys are made before every test");
  return key;
}

/** What becomes of an assertion that is signed with a key, so long after the test has begun. */
async function verify(keys: AccessKeys, which: "first" | "second", afterMs: number): Promise<string> {
  const jwt = await assertWith(keyOf(which), { issuedAt: (SENT_AT + afterMs) / 1_000 });
  const verified = await verifyAssertion(jwt, SETTINGS, keys, SENT_AT + afterMs);
  return verified.ok ? "good" : verified.reason;
}

describe("keys", () => {
  const keys = () => new AccessKeys(SETTINGS.issuer);

  it("are fetched once for as long as they are fresh, for however many ask at the same time", async () => {
    const calls = serveCerts(() => [keyOf("first")]);
    const team = keys();
    const answers = await Promise.all([0, 0, 0].map(async (at) => verify(team, "first", at)));
    expect([answers, calls.length]).toEqual([["good", "good", "good"], 1]);
    await verify(team, "first", 10 * MINUTE_MS - 1);
    expect(calls).toHaveLength(1);
    await verify(team, "first", 10 * MINUTE_MS);
    expect(calls).toHaveLength(2);
    expect(calls[0]).toMatchObject({ method: "GET", redirect: "manual" });
  });

  it("are fetched again for a key that is not known, so that a new one works at once", async () => {
    let served = [keyOf("first")];
    const calls = serveCerts(() => served);
    const team = keys();
    expect(await verify(team, "first", 0)).toBe("good");
    served = [keyOf("second"), keyOf("first")];
    expect(await verify(team, "second", 31 * SECOND_MS)).toBe("good");
    expect(await verify(team, "first", 31 * SECOND_MS)).toBe("good");
    served = [keyOf("second")];
    expect(await verify(team, "first", 42 * MINUTE_MS)).toBe("assertion_invalid");
    expect(calls.length).toBe(3);
  });

  it("are fetched at most every half minute for keys that nobody has", async () => {
    const calls = serveCerts(() => [keyOf("first")]);
    const team = keys();
    for (let at = 0; at < 2 * MINUTE_MS; at += SECOND_MS) {
      expect(await verify(team, "second", at)).toBe("assertion_invalid");
    }
    expect(calls).toHaveLength(4);
  });

  it.each<[string, () => Response | Promise<Response>]>([
    ["500", () => new Response("unwell", { status: 500 })],
    ["a redirect", () => new Response(null, { status: 302, headers: { location: "https://evil.example/certs" } })],
    ["no JSON", () => new Response("<html>")],
    ["null", () => Response.json(null)],
    ["no keys", () => Response.json({ keys: [] })],
    ["keys of another kind", () => Response.json({ keys: [{ kty: "oct", kid: "first", k: "c2VjcmV0" }, 7] })],
    ["more than any team has", () => new Response(`{"keys": [${" ".repeat(70_000)}]}`)],
    ["an endless body", () => new Response(endless())],
    ["nothing at all", () => Promise.reject(new TypeError("Network connection lost."))],
  ])("cannot be had from an endpoint that answers %s: nobody is believed", async (_name, answer) => {
    serveCerts(answer);
    expect(await verify(keys(), "first", 0)).toBe("access_unavailable");
  });

  it("are believed for an hour while they cannot be fetched, asked for every five seconds at most", async () => {
    let isWell = true;
    const calls = serveCerts(() => (isWell ? [keyOf("first")] : new Response(null, { status: 500 })));
    const team = keys();
    await verify(team, "first", 0);
    isWell = false;
    expect(await verify(team, "first", 11 * MINUTE_MS)).toBe("good");
    expect(await verify(team, "second", 11 * MINUTE_MS)).toBe("access_unavailable");
    expect(await verify(team, "first", 11 * MINUTE_MS + 4_999)).toBe("good");
    expect(calls).toHaveLength(2);
    expect(await verify(team, "first", 60 * MINUTE_MS - 1)).toBe("good");
    expect(await verify(team, "first", 60 * MINUTE_MS)).toBe("access_unavailable");
    isWell = true;
    expect(await verify(team, "first", 61 * MINUTE_MS)).toBe("good");
  });

  it("are given up when a request of an invocation that has ended never comes back, and asked for anew", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    let stalls = true;
    const calls = serveCerts(async () => (stalls ? new Promise<never>(() => {}) : certsOf([keyOf("first")])));
    const team = keys();
    const waiting = [verify(team, "first", 0), verify(team, "first", 0)];
    await vi.waitFor(() => expect(vi.getTimerCount()).toBe(2));
    vi.advanceTimersByTime(6_000);
    expect(await Promise.all(waiting)).toEqual(["access_unavailable", "access_unavailable"]);
    stalls = false;
    expect(await verify(team, "first", 6_000)).toBe("good");
    expect(calls).toHaveLength(2);
  });
});

function endless(): ReadableStream {
  return new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) });
}
