// Tokens from a real token endpoint that works, expires tokens, stalls, answers in HTML and lies.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Authentication } from "../../src/delivery/authentication.ts";
import { startSender } from "./send-in-workerd.ts";
import { status, type Behaviour, type Target } from "./target.ts";
import { CLIENT_SECRET, giveTokens, startTokens, type Tokens } from "./token-endpoint.ts";

let target: Target;
let endpoint: Target;
let send: Tokens["send"];
let client: Tokens["client"];
let asked: Tokens["asked"];
let behave: Tokens["behave"];
let stop: Tokens["stop"];

beforeAll(async () => {
  ({ target, endpoint, send, client, asked, behave, stop } = await startTokens());
});
afterAll(async () => stop());
beforeEach(() => behave());

/** A target that takes some tokens only. */
function take(...tokens: string[]): Behaviour {
  const known = new Set(tokens.map((token) => `Bearer ${token}`));
  return (res, { headers }) => void res.writeHead(known.has(String(headers.authorization)) ? 200 : 401).end();
}

describe("a token", () => {
  it("is asked for once by a hundred attempts at the same time, each in an invocation of its own", async () => {
    const auth = client();
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth, "/hundred")));
    expect(sent.map(({ result }) => result.kind)).toEqual(sent.map(() => "answered"));
    expect(asked(auth)).toHaveLength(1);
    expect(new Set(target.to("/hundred").map(({ headers }) => headers.authorization))).toEqual(
      new Set(["Bearer token-1"]),
    );
  });

  it("that the target refuses is replaced, and the second call is said to have been made", async () => {
    const auth = client();
    await send(auth);
    target.behave(take("token-2"));
    const sent = await send(auth, "/revoked");
    expect(sent).toMatchObject({ result: { kind: "answered", status: 200 }, tokenRefreshed: true });
    expect(target.to("/revoked").map(({ headers }) => headers.authorization)).toEqual([
      "Bearer token-1",
      "Bearer token-2",
    ]);
  });

  it("that expires for a hundred attempts at the same time is replaced once", async () => {
    const auth = client();
    await send(auth);
    target.behave(take("token-2"));
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth)));
    expect(sent.filter(({ result }) => result.kind !== "answered" || result.status !== 200)).toEqual([]);
    expect(asked(auth)).toHaveLength(2);
  });

  it("that is refused whatever it is costs two requests, not one for each attempt", async () => {
    target.behave(status(401));
    const auth = client();
    const sent = [];
    for (let count = 0; count < 10; count++) sent.push(await send(auth, "/never"));
    expect(sent.map(({ result }) => "status" in result && result.status)).toEqual(sent.map(() => 401));
    expect(sent.map(({ tokenRefreshed }) => tokenRefreshed)).toEqual([true, ...sent.slice(1).map(() => undefined)]);
    expect(asked(auth)).toHaveLength(2);
    expect(target.to("/never")).toHaveLength(11);
  });

  it("that is refused and given again by an endpoint that lies costs two requests", async () => {
    endpoint.behave((res) => void res.end('{"access_token":"always-the-same","expires_in":3600}'));
    target.behave(status(401));
    const auth = client();
    for (let count = 0; count < 5; count++) {
      expect((await send(auth, "/same")).result).toMatchObject({ kind: "answered", status: 401 });
    }
    expect(asked(auth)).toHaveLength(2);
    expect(target.to("/same")).toHaveLength(6);
  });

  it("that has a second to live, as the endpoint says, is not kept", async () => {
    endpoint.behave(giveTokens({ expires_in: 1 }));
    const auth = client();
    await send(auth);
    await expect.poll(async () => (await send(auth), asked(auth).length), { interval: 100 }).toBeGreaterThan(1);
  });

  it.each([0, -1, "soon", null, 1e300])("whose life the endpoint lies about is used all the same: %j", async (life) => {
    endpoint.behave(giveTokens({ expires_in: life }));
    const auth = client();
    for (let count = 0; count < 3; count++) expect((await send(auth)).result).toMatchObject({ status: 200 });
    expect(asked(auth)).toHaveLength(1);
  });
});

describe("a token endpoint", () => {
  const html: Behaviour = (res) => void res.writeHead(200, { "content-type": "text/html" }).end("<html>Sign in</html>");
  const answer =
    (text: string): Behaviour =>
    (res) =>
      void res.writeHead(200).end(text);
  const error =
    (code: number, body: object): Behaviour =>
    (res) =>
      void res.writeHead(code).end(JSON.stringify(body));

  it.each<[string, Behaviour, string]>([
    ["answers in HTML", html, "the token endpoint answered 200 without a token"],
    ["answers 500", status(500), "the token endpoint answered 500"],
    ["redirects", status(302, { location: "http://169.254.169.254/" }), "the token endpoint answered 302"],
    ["hangs up", (res) => void res.socket?.destroy(), "the token endpoint cannot be reached"],
    ["refuses the client", error(401, { error: "invalid_client" }), "the token endpoint answered 401: invalid_client"],
    [
      "puts our secret into its error",
      error(400, { error: CLIENT_SECRET, error_description: CLIENT_SECRET }),
      "the token endpoint answered 400",
    ],
    ["gives a token that is none", answer('{"access_token":7}'), "the token endpoint answered 200 without a token"],
    [
      "gives a token with a line break",
      answer(String.raw`{"access_token":"a\r\nx-evil: 1"}`),
      "the token endpoint answered 200 without a token",
    ],
    [
      "gives a token of another type",
      answer('{"access_token":"t","token_type":"mac"}'),
      "the token endpoint gives tokens of another type than Bearer",
    ],
    ["gives null", answer("null"), "the token endpoint answered 200 without a token"],
    [
      "answers without end",
      (res) => {
        res.writeHead(200);
        res.write(`{"access_token":"${"a".repeat(100_000)}`);
      },
      "the token endpoint's answer has over 65536 bytes",
    ],
  ])("that %s holds the delivery, and is asked once by a hundred", async (_name, behaviour, detail) => {
    endpoint.behave(behaviour);
    const auth = client();
    const before = target.requests.length;
    const startedAt = Date.now();
    const sent = await Promise.all(Array.from({ length: 100 }, async () => send(auth)));
    expect(sent.map(({ result, detail: said }) => ({ result, said }))).toEqual(
      sent.map(() => ({ result: { kind: "not_ready", reason: "token_unavailable" }, said: detail })),
    );
    expect(sent[0]?.readyAt).toBeGreaterThanOrEqual(startedAt + 5_000);
    expect(asked(auth)).toHaveLength(1);
    expect(target.requests).toHaveLength(before);
  });

  it.each<[string, Behaviour]>([
    ["stalls", () => undefined],
    ["stalls in the middle of its answer", (res) => void res.writeHead(200).write('{"access_token":"to')],
  ])("that %s is given ten seconds, in which all wait for one request", async (_name, behaviour) => {
    endpoint.behave(behaviour);
    const auth = client();
    const startedAt = Date.now();
    const sent = await Promise.all(Array.from({ length: 20 }, async () => send(auth)));
    expect(Date.now() - startedAt).toBeLessThan(15_000);
    expect(new Set(sent.map(({ detail }) => detail))).toEqual(
      new Set(["the token endpoint did not answer within 10000 ms"]),
    );
    expect(asked(auth)).toHaveLength(1);
  });

  it("is held to the rules of a target's address", async () => {
    const strict = await startSender({ CLIENT_ID: "a", CLIENT_SECRET: "b" });
    try {
      for (const tokenUrl of ["https://169.254.169.254/token", "http://auth.example.com/", "https://localhost/"]) {
        const auth = { ...client(), tokenUrl } as Authentication; // a client with another address
        expect(await strict.send({ url: "https://crm.example.com/", auth })).toMatchObject({
          result: { kind: "refused", reason: "address_refused" },
          detail: expect.stringMatching(/^the token's address: /),
        });
      }
    } finally {
      await strict.stop();
    }
  });
});

describe("a target that repeats the token", () => {
  it("does not get it into what is kept, nor the one before it", async () => {
    endpoint.behave(
      (res, _request, count) =>
        void res.end(JSON.stringify({ access_token: `ya29.${"x".repeat(20)}-${count}`, token_type: "bearer" })),
    );
    target.behave(
      (res, { headers }, count) =>
        void res
          .writeHead(count === 1 ? 401 : 400, { "x-echo": String(headers.authorization) })
          .end(`bad ${String(headers.authorization)} ${Buffer.from(String(headers.authorization)).toString("base64")}`),
    );
    const sent = await send(client(), "/echo");
    expect(sent.tokenRefreshed).toBe(true);
    expect(sent.headers).toContainEqual(["x-echo", "Bearer [secret]"]);
    const kept = JSON.stringify({ excerpt: sent.excerpt, headers: sent.headers, detail: sent.detail });
    expect(kept).not.toContain("ya29");
    expect(sent.excerpt).toMatch(/^bad Bearer \[secret\] \S{0,12}\[secret\]\S{0,4}$/);
  });
});
