// Secrets set by the admin API reach their targets and nothing else, a changed host asks for them again, and what is
// no secret is not taken.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS } from "./signalbox.ts";
import type { Target } from "./target.ts";
import { isHeld, sendout, startVault, VALUES, type Vault } from "./vault.ts";

let vault: Vault;
let crm: Target;
let thief: Target;
let ask: Vault["ask"];
let publish: Vault["publish"];

beforeAll(async () => {
  vault = await startVault();
  ({ crm, thief, ask, publish } = vault);
});

afterAll(async () => vault.stop());

beforeEach(() => vault.forget());

describe("a secret set by the admin API", () => {
  it("is asked for when a table needs it, and reaches its target", async () => {
    const missing = "The secret VAULT_KEY is not set on this Worker; run: wrangler secret put VAULT_KEY";
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([
      `${missing}, or put it into the vault: npx signalbox secret set VAULT_KEY`,
    ]);
    expect(await ask("GET", "/health")).toMatchObject({ status: 503, json: { missingSecrets: ["VAULT_KEY"] } });

    const described = {
      lastFour: "c2d9",
      fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/),
      setAt: expect.stringMatching(/^\d{4}-.*Z$/),
      keyId: "old",
      hosts: [crm.url],
    };
    expect(await ask("PUT", "/secrets/VAULT_KEY", { value: VALUES.VAULT_KEY })).toEqual({
      status: 200,
      json: { name: "VAULT_KEY", ...described, warnings: [] },
    });
    expect(await ask("GET", "/health")).toMatchObject({
      status: 200,
      json: { missingSecrets: [], checks: { secrets: { ok: true } } },
    });
    expect(await ask("GET", "/secrets")).toEqual({
      status: 200,
      json: {
        secrets: [
          {
            name: "VAULT_KEY",
            from: "vault",
            vault: described,
            targets: ["crm"],
            inlets: [],
            settings: [],
            problems: [],
          },
          {
            name: "VOUCHERIFY_SECRET",
            from: "worker",
            vault: null,
            targets: [],
            inlets: ["voucherify"],
            settings: [],
            problems: [],
          },
        ],
        keys: { active: "old", problem: null, secrets: { old: 1 }, missing: [], droppable: [] },
      },
    });
    const found = await vault.signalbox.accept(sendout(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(crm.to("/crm")).toMatchObject([{ headers: { authorization: `Bearer ${VALUES.VAULT_KEY}` } }]);
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([]);
  });

  it("before any target uses it is bound by the first table that does", async () => {
    const { json } = await ask("PUT", "/secrets/EARLY_KEY", { value: VALUES.EARLY_KEY });
    expect(json).toMatchObject({
      hosts: [],
      warnings: ["Nothing in the table in force uses EARLY_KEY: the next table that does says where it may be sent."],
    });
    expect(await publish(crm.url, "EARLY_KEY")).toEqual([
      `The secret EARLY_KEY may be sent to ${crm.url} from now on.`,
    ]);
    expect((await vault.signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
    expect(await publish(thief.url, "EARLY_KEY")).toEqual([
      `The secret EARLY_KEY was not set for ${thief.url}, so what needs it there is not sent; set it again: npx signalbox secret set EARLY_KEY`,
    ]);
  });

  it("is asked for again when its target moves; until then deliveries wait", async () => {
    await publish(crm.url, "MOVED_KEY");
    await ask("PUT", "/secrets/MOVED_KEY", { value: VALUES.MOVED_KEY });
    await publish(thief.url, "MOVED_KEY");
    const held = await vault.signalbox.accept(sendout(), isHeld);
    const detail = `the secret MOVED_KEY was not set for ${thief.url}; set it again`;
    expect(held.deliveries).toMatchObject([{ reason: "secret_host_changed", attemptsMade: 0, attempts: [{ detail }] }]);
    expect(await ask("GET", "/health")).toMatchObject({ status: 503, json: { checks: { secrets: { ok: false } } } });
    expect(thief.requests).toEqual([]);

    expect(await ask("PUT", "/secrets/MOVED_KEY", { value: VALUES.MOVED_KEY })).toMatchObject({
      json: { hosts: [thief.url], warnings: [] },
    });
    await ask("POST", `/deliveries/${held.id}.crm/release`);
    await ask("POST", "/sweep");
    const found = await vault.signalbox.sendout(held.id, isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(thief.to("/crm")).toMatchObject([{ headers: { authorization: `Bearer ${VALUES.MOVED_KEY}` } }]);
  });

  it("is not sent by a test send to another host, and is to its own", async () => {
    const target = (url: string) => ({
      request: { url: `${url}/test` },
      auth: { type: "bearer", secret: "VAULT_KEY" },
    });
    const asked = { sendout: { body: createSendout() } };
    expect(await ask("POST", "/preview/send", { ...asked, target: target(thief.url) })).toMatchObject({
      status: 200,
      json: { delivered: false, reason: "secret_host_changed" },
    });
    expect(thief.requests).toEqual([]);
    expect(await ask("POST", "/preview/send", { ...asked, target: target(crm.url) })).toMatchObject({
      json: { delivered: true },
    });
    expect(crm.to("/test")).toHaveLength(1);
  });

  it("can be set for hosts that no table has yet", async () => {
    const hosts = [`${crm.url}/`, "https://B.example.com", "https://a.example.com:443"];
    const { json } = await ask("PUT", "/secrets/HOSTS_KEY", { value: "short", hosts });
    expect(json).toMatchObject({
      lastFour: null,
      hosts: [crm.url, "https://a.example.com", "https://b.example.com"],
      warnings: [],
    });
    await ask("DELETE", "/secrets/HOSTS_KEY");
  });

  it("gives way to the Worker's own, and says so", async () => {
    await publish(crm.url, "CRM_TOKEN");
    const { json } = await ask("PUT", "/secrets/CRM_TOKEN", { value: "not-in-use" });
    expect(json["warnings"]).toEqual(["The Worker has a secret CRM_TOKEN of its own, which goes before this one."]);
    await vault.signalbox.accept(sendout(), isSettled);
    expect(crm.to("/crm")).toMatchObject([{ headers: { authorization: `Bearer ${SECRETS.CRM_TOKEN}` } }]);
    const { json: listed } = await ask("GET", "/secrets");
    expect(listed["secrets"]).toContainEqual(
      expect.objectContaining({
        name: "CRM_TOKEN",
        from: "worker",
        vault: expect.objectContaining({ hosts: [crm.url] }),
      }),
    );
    // What the Worker has needs none in the vault.
    expect(await ask("DELETE", "/secrets/CRM_TOKEN")).toMatchObject({ status: 200, json: { deleted: true } });
  });

  it("does not open an inlet, which is said when it is set and when the table is published", async () => {
    const message =
      "The inlet voucherify needs INLET_KEY, which is only in the vault, where inlets do not look; run: wrangler secret put INLET_KEY";
    await publish(crm.url, "CRM_TOKEN", ["VOUCHERIFY_SECRET", "INLET_KEY"]);
    expect(await ask("PUT", "/secrets/INLET_KEY", { value: "inlet-secret" })).toMatchObject({
      json: { warnings: [message, expect.stringContaining("Nothing in the table in force uses")] },
    });
    expect(await publish(crm.url, "CRM_TOKEN", ["VOUCHERIFY_SECRET", "INLET_KEY"])).toEqual([message]);
    await publish(crm.url, "CRM_TOKEN");
    await ask("DELETE", "/secrets/INLET_KEY");
  });

  it("is not deleted while a target needs it, but by force", async () => {
    await publish(crm.url, "VAULT_KEY");
    const refused = await ask("DELETE", "/secrets/VAULT_KEY");
    expect(refused).toMatchObject({ status: 409, json: { code: "secret_in_use" } });
    expect(refused.json["detail"]).toContain("The table in force uses VAULT_KEY for crm.");
    expect(await ask("DELETE", "/secrets/VAULT_KEY?force=true")).toEqual({
      status: 200,
      json: { name: "VAULT_KEY", deleted: true },
    });
    expect(await ask("DELETE", "/secrets/VAULT_KEY?force=true")).toMatchObject({ status: 404 });
    const held = await vault.signalbox.accept(sendout(), isHeld);
    expect(held.deliveries).toMatchObject([{ reason: "secret_missing", attemptsMade: 0 }]);
    await ask("PUT", "/secrets/VAULT_KEY", { value: VALUES.VAULT_KEY });
  });
});

describe("what is not taken", () => {
  const NAME = { path: "name", message: "a secret's name has capitals, digits and underscores, like BRAZE_KEY" };
  const value = "refused-value-123456";
  it.each<[string, string, unknown, number, string, unknown]>([
    ["a name in lowercase", "crm_key", { value }, 400, "request_invalid", [NAME]],
    ["a value for a name", "sk%2Flive", { value }, 400, "request_invalid", [NAME]],
    ["a name of Signalbox's own", "SIGNALBOX_ADMIN_TOKEN", { value }, 422, "secret_reserved", undefined],
    ["the master keys", "SIGNALBOX_MASTER_KEYS", { value }, 422, "secret_reserved", undefined],
    ["the first inlet's secret", "VOUCHERIFY_SECRET", { value }, 422, "secret_reserved", undefined],
    ["no value", "A_KEY", {}, 400, "request_invalid", [{ path: "value", message: "this is missing" }]],
    [
      "an empty value",
      "A_KEY",
      { value: "" },
      400,
      "request_invalid",
      [{ path: "value", message: "expected a value that is not empty" }],
    ],
    [
      "a number",
      "A_KEY",
      { value: 123456789 },
      400,
      "request_invalid",
      [{ path: "value", message: "expected string" }],
    ],
    [
      "too much",
      "A_KEY",
      { value: `${value}${"é".repeat(2_551)}` },
      400,
      "request_invalid",
      [{ path: "value", message: "expected 5120 bytes at most" }],
    ],
    [
      "half a character",
      "A_KEY",
      `{"value":"${value}\\ud800"}`,
      400,
      "request_invalid",
      [{ path: "value", message: "expected text without halves of characters" }],
    ],
    ["something more", "A_KEY", { value, secret: value }, 400, "request_invalid", undefined],
    ["no JSON", "A_KEY", value, 400, "body_not_json", undefined],
    ...["crm.example.com", "https://a.example.com/path", "https://u:p@a.example.com", "ftp://a.example.com"].map(
      (host): [string, string, unknown, number, string, unknown] => [
        `the host ${host}`,
        "A_KEY",
        { value, hosts: [host] },
        400,
        "request_invalid",
        [{ path: "hosts.0", message: "expected scheme and host alone, like https://api.example.com" }],
      ],
    ),
    ["no host", "A_KEY", { value, hosts: [] }, 400, "request_invalid", undefined],
  ])("%s", async (_name, name, body, code, reason, errors) => {
    const answer = await ask("PUT", `/secrets/${name}`, body);
    expect(answer).toMatchObject({ status: code, json: { code: reason, ...(errors !== undefined && { errors }) } });
    expect(JSON.stringify(answer)).not.toContain("refused-value");
    const { json } = await ask("GET", "/secrets");
    expect(JSON.stringify(json)).not.toContain('A_KEY"');
  });

  it("anything without the admin token", async () => {
    for (const [method, path] of [
      ["GET", ""],
      ["PUT", "/A_KEY"],
      ["DELETE", "/VAULT_KEY"],
      ["POST", "/rewrap"],
    ]) {
      const answer = await fetch(new URL(`/admin/secrets${path}`, vault.signalbox.url), { method: method ?? "" });
      expect(answer.status).toBe(401);
    }
  });
});

describe("the values", () => {
  it("are in no answer, no log line, and no file of D1, KV or the Inbox", async () => {
    await vault.expectHidden();
  });
});
