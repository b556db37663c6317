// How the Worker is told of Cloudflare Access, and what becomes of it when that is wrong: nothing is open.

import { describe, expect, it } from "vitest";
import { readAccessSettings } from "../../../../src/admin/cloudflare-access/settings.ts";
import { roleOf } from "../../../../src/admin/roles.ts";
import { ACCESS_VARIABLES, AUDIENCE } from "./team.ts";

const read = (changed: object) => readAccessSettings({ ...ACCESS_VARIABLES, ...changed });

describe("the settings", () => {
  it("are none where no variable is set, or all are empty", () => {
    expect(readAccessSettings({})).toEqual({ ok: true, value: undefined });
    const empty = Object.fromEntries(Object.keys(ACCESS_VARIABLES).map((name) => [name, ""]));
    expect(readAccessSettings(empty)).toEqual({ ok: true, value: undefined });
  });

  it.each(["acme", "acme.cloudflareaccess.com", " acme "])("take %j as the team", (team) => {
    expect(read({ SIGNALBOX_ACCESS_TEAM: team })).toMatchObject({
      value: { issuer: "https://acme.cloudflareaccess.com", audiences: [AUDIENCE] },
    });
  });

  it("take several applications, and a table of roles that wrangler.toml has as a table", () => {
    const other = "0f".repeat(32);
    const settings = read({
      SIGNALBOX_ACCESS_AUDIENCE: `${AUDIENCE}, ${other}`,
      SIGNALBOX_ACCESS_ROLES: { "@Example.com": "viewer", "group:Ops Team": "operator" },
    });
    expect(settings).toMatchObject({ value: { audiences: [AUDIENCE, other] } });
    expect(settings.ok && [...(settings.value?.roles ?? [])]).toEqual([
      ["@example.com", "viewer"],
      ["group:Ops Team", "operator"],
    ]);
  });

  it("give nobody a role where there is no table of roles", () => {
    const settings = read({ SIGNALBOX_ACCESS_ROLES: undefined });
    expect(settings.ok && settings.value?.roles.size).toBe(0);
  });

  it.each([
    ["TEAM", undefined],
    ["TEAM", "https://acme.cloudflareaccess.com"],
    ["TEAM", "acme.evil.example"],
    ["TEAM", "acme/../evil"],
    ["TEAM", "acme.cloudflareaccess.com.evil.example"],
    ["TEAM", "-acme"],
    ["TEAM", { name: "acme" }],
    ["AUDIENCE", undefined],
    ["AUDIENCE", "*"],
    ["AUDIENCE", `${AUDIENCE},`],
    ["AUDIENCE", AUDIENCE.slice(1)],
    ["ROLES", "{"],
    ["ROLES", "[]"],
    ["ROLES", "null"],
    ["ROLES", ["ada@example.com"]],
    ["ROLES", '{"ada@example.com": "owner"}'],
    ["ROLES", '{"ada@example.com": ["admin"]}'],
    ["ROLES", '{"ada": "admin"}'],
    ["ROLES", '{"@": "admin"}'],
    ["ROLES", '{"*": "admin"}'],
    ["ROLES", '{"group:": "admin"}'],
    ["ROLES", '{"claim:department": "admin"}'],
    ["ROLES", '{"ada@example.com": "viewer", "Ada@example.com": "admin"}'],
  ])("are wrong with %s = %j, and say which variable it is without repeating it", (name, value) => {
    const settings = read({ [`SIGNALBOX_ACCESS_${name}`]: value });
    expect(settings).toMatchObject({ ok: false, reason: "access_misconfigured" });
    const detail = settings.ok ? "" : settings.detail;
    expect(detail.startsWith(`SIGNALBOX_ACCESS_${name} is not as expected: `)).toBe(true);
    expect(detail).not.toMatch(/evil|owner|ada@/);
  });
});

describe("a role", () => {
  const roles = new Map([
    ["@example.com", "operator"],
    ["intern@example.com", "viewer"],
    ["group:Support", "viewer"],
    ["group:Ops", "admin"],
  ] as const);

  it.each([
    [["olga@example.com", "@example.com"], "operator"],
    [["olga@example.com", "@example.com", "group:Support", "group:Ops"], "admin"],
    [["intern@example.com", "@example.com", "group:Ops"], "viewer"],
    [["olga@other.example", "@other.example", "group:Support"], "viewer"],
    [["olga@other.example", "@other.example"], undefined],
    [["x@evil-example.com", "@evil-example.com", "group:ops"], undefined],
    [[], undefined],
  ])("of %j is %s", (names, role) => {
    expect(roleOf(names, roles)).toBe(role);
  });
});
