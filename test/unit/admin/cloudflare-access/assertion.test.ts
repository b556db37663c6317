// Whom an assertion vouches for, by the claims that Access writes. What makes an assertion worthless is in
// access-matrix.test.ts, call by call.

import { beforeAll, describe, expect, it } from "vitest";
import { verifyAssertion } from "../../../../src/admin/cloudflare-access/assertion.ts";
import { AccessKeys } from "../../../../src/admin/cloudflare-access/keys.ts";
import { SENT_AT } from "../../messages.ts";
import { assertWith, AUDIENCE, createTeamKey, serveCerts, type Said, type TeamKey } from "./team.ts";

const ISSUER = "https://acme.cloudflareaccess.com";
let key: TeamKey;

beforeAll(async () => {
  key = await createTeamKey("first");
});

async function read(said: Said, audiences = [AUDIENCE]) {
  serveCerts(() => [key]);
  const jwt = await assertWith(key, said);
  return verifyAssertion(jwt, { issuer: ISSUER, audiences, roles: new Map() }, new AccessKeys(ISSUER), SENT_AT);
}

async function namesOf(claims: Record<string, unknown>): Promise<readonly string[]> {
  const verified = await read({ claims });
  return verified.ok ? verified.value.names : [];
}

describe("an assertion", () => {
  it("vouches for a person by e-mail, in small letters, until it ends", async () => {
    expect(await read({ claims: { email: "Ada@Example.com" } })).toEqual({
      ok: true,
      value: {
        actor: "access:ada@example.com",
        mayBeBrowser: true,
        names: ["ada@example.com", "@example.com"],
        endsAt: SENT_AT + 3_600_000,
      },
    });
  });

  it("vouches for a service token by its client id, which is nobody's e-mail", async () => {
    const claims = { email: undefined, sub: "", common_name: "5f0c.access" };
    expect(await read({ claims })).toMatchObject({
      value: { actor: "access:service:5f0c.access", mayBeBrowser: false, names: ["service:5f0c.access"] },
    });
  });

  it("vouches for a client certificate by its name, which is nobody's e-mail; browsers show those by themselves", async () => {
    const claims = { email: undefined, sub: "", common_name: "ada@example.com" };
    expect(await read({ claims })).toMatchObject({
      value: { actor: "access:service:ada@example.com", mayBeBrowser: true, names: ["service:ada@example.com"] },
    });
  });

  it("has groups by id and name, and other claims that the application passes on", async () => {
    expect(await namesOf({ groups: ["Ops", { id: "g1", name: "Support" }, { id: "g2" }, { other: 1 }] })).toEqual(
      expect.arrayContaining(["group:Ops", "group:g1", "group:Support", "group:g2"]),
    );
    expect(await namesOf({ custom: { groups: ["Ops"], team: "Growth", level: 3, on: true, deep: { a: 1 } } })).toEqual([
      "ada@example.com",
      "@example.com",
      "group:Ops",
      "claim:groups=Ops",
      "claim:team=Growth",
      "claim:level=3",
      "claim:on=true",
    ]);
  });

  it.each([
    { groups: "Ops" },
    { groups: [["Ops"]] },
    { groups: { id: "Ops" } },
    { custom: "group:Ops" },
    { custom: { groups: { name: "Ops" } } },
    { custom: { deep: [["group:Ops"]] } },
  ])("has no names in %j, which is not how they are written", async (claims) => {
    expect(await namesOf(claims)).toEqual(["ada@example.com", "@example.com"]);
  });

  it("does not make a claim a group, an e-mail or a service, whatever it says", async () => {
    const names = await namesOf({
      custom: { "x=group:Ops": "y", email: "root@example.com" },
      groups: ["@other.example"],
    });
    expect(names).toEqual([
      "ada@example.com",
      "@example.com",
      "group:@other.example",
      "claim:x=group:Ops=y",
      "claim:email=root@example.com",
    ]);
  });

  it.each([
    { email: undefined },
    { email: undefined, common_name: "" },
    { email: "" },
    { email: "ada" },
    { email: "ada@evil.example@example.com" },
    { email: "ada @example.com" },
    { email: "service:5f0c.access@example.com" },
    { email: ["ada@example.com"] },
  ])("that names nobody is worth nothing: %j", async (claims) => {
    expect(await read({ claims })).toMatchObject({ ok: false, reason: "assertion_invalid" });
  });

  it.each([
    ["of one of several applications", { aud: AUDIENCE }, true],
    ["that says no application", { aud: undefined }, false],
    ["that never ends", { exp: undefined }, false],
    ["that does not say since when it is", { iat: undefined }, false],
    ["that ended within what clocks differ", { exp: SENT_AT / 1_000 - 4 }, true],
    ["that ended before that", { exp: SENT_AT / 1_000 - 5 }, false],
  ])("%s", async (_name, claims, ok) => {
    expect((await read({ claims }, ["0f".repeat(32), AUDIENCE])).ok).toBe(ok);
  });
});
