// The vault through the built Worker: secrets set by the admin API reach their targets and nothing else, a changed host
// asks for them again, and master keys can be replaced.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

const KEY = {
  old: "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0=",
  new: "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=",
};

/** The secrets of a Worker with these master keys, the first one active. */
function withKeys(...ids: (keyof typeof KEY)[]): Record<string, string> {
  const keys = Object.fromEntries(ids.map((id) => [id, KEY[id]]));
  return { ...SECRETS, SIGNALBOX_MASTER_KEYS: JSON.stringify({ active: ids[0], keys }) };
}

/** Every value that is set here. None may be seen again but by its target. */
const VALUES = {
  VAULT_KEY: "vault-key/+77f1c2d9",
  EARLY_KEY: "early-key/+0b54a1e8",
  MOVED_KEY: "moved-key/+d1c2b3a4",
};

const folder = mkdtempSync(join(tmpdir(), "signalbox-vault-"));
const logged: string[] = [];
const answers: string[] = [];
let signalbox: Signalbox;
let crm: Target;
let thief: Target;

async function start(secrets: Record<string, string>): Promise<Signalbox> {
  const onLog = (_level: string, message: string): void => void logged.push(message);
  return startSignalbox(secrets, { stateDir: folder, onLog });
}

beforeAll(async () => {
  [signalbox, crm, thief] = await Promise.all([start(withKeys("old")), startTarget(), startTarget()]);
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), crm.stop(), thief.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  for (const target of [crm, thief]) {
    target.requests.length = 0;
    target.behave(status(200));
  }
});

async function ask(method: string, path: string, body?: unknown) {
  const answer = await signalbox.admin(method, path, body);
  const text = await answer.text();
  answers.push(text);
  return { status: answer.status, json: JSON.parse(text) as Record<string, unknown> }; // of which tests look at some
}

/** Publishes a table with one target `crm` that sends a secret as its bearer token; returns the warnings. */
async function publish(url: string, secret: string, inlets: readonly string[] = ["VOUCHERIFY_SECRET"]) {
  const { status: code, json } = await ask("PUT", "/table", {
    inlets: { voucherify: { auth: { secrets: inlets } } },
    targets: { crm: { request: { url: `${url}/crm`, body: {} }, auth: { type: "bearer", secret } } },
    routes: [{ id: "all", events: ["*"], to: ["crm"] }],
  });
  expect(code).toBe(200);
  return json["warnings"];
}

function sendout(): string {
  return JSON.stringify(createSendout());
}

function isHeld({ deliveries }: SendoutView): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state === "held");
}

describe("a secret set by the admin API", () => {
  it("is asked for when a table needs it, and reaches its target", async () => {
    const missing = "The secret VAULT_KEY is not set on this Worker; run: wrangler secret put VAULT_KEY";
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([
      `${missing}, or put it into the vault: PUT /admin/secrets/VAULT_KEY`,
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
          { name: "VAULT_KEY", from: "vault", vault: described, targets: ["crm"], inlets: [], problems: [] },
          { name: "VOUCHERIFY_SECRET", from: "worker", vault: null, targets: [], inlets: ["voucherify"], problems: [] },
        ],
        keys: { active: "old", problem: null, secrets: { old: 1 }, missing: [], droppable: [] },
      },
    });
    const found = await signalbox.accept(sendout(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(crm.to("/crm")).toMatchObject([{ headers: { authorization: `Bearer ${VALUES.VAULT_KEY}` } }]);
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([]);
  });

  it("before any target uses it is bound by the first table that does", async () => {
    const { json } = await ask("PUT", "/secrets/EARLY_KEY", { value: VALUES.EARLY_KEY });
    expect(json).toMatchObject({
      hosts: [],
      warnings: ["No target of the table in force uses EARLY_KEY: the next table that does says where it may be sent."],
    });
    expect(await publish(crm.url, "EARLY_KEY")).toEqual([
      `The secret EARLY_KEY may be sent to ${crm.url} from now on.`,
    ]);
    expect((await signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
    expect(await publish(thief.url, "EARLY_KEY")).toEqual([
      `The secret EARLY_KEY was not set for ${thief.url}, so what needs it there is not sent; set it again: PUT /admin/secrets/EARLY_KEY`,
    ]);
  });

  it("is asked for again when its target moves; until then deliveries wait", async () => {
    await publish(crm.url, "MOVED_KEY");
    await ask("PUT", "/secrets/MOVED_KEY", { value: VALUES.MOVED_KEY });
    await publish(thief.url, "MOVED_KEY");
    const held = await signalbox.accept(sendout(), isHeld);
    const detail = `the secret MOVED_KEY was not set for ${thief.url}; set it again: PUT /admin/secrets/MOVED_KEY`;
    expect(held.deliveries).toMatchObject([{ reason: "secret_host_changed", attemptsMade: 0, attempts: [{ detail }] }]);
    expect(await ask("GET", "/health")).toMatchObject({ status: 503, json: { checks: { secrets: { ok: false } } } });
    expect(thief.requests).toEqual([]);

    expect(await ask("PUT", "/secrets/MOVED_KEY", { value: VALUES.MOVED_KEY })).toMatchObject({
      json: { hosts: [thief.url], warnings: [] },
    });
    await ask("POST", `/deliveries/${held.id}.crm/release`);
    await ask("POST", "/sweep");
    const found = await signalbox.sendout(held.id, isSettled);
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
    await signalbox.accept(sendout(), isSettled);
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
      json: { warnings: [message, expect.stringContaining("No target")] },
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
    const held = await signalbox.accept(sendout(), isHeld);
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
      const answer = await fetch(new URL(`/admin/secrets${path}`, signalbox.url), { method: method ?? "" });
      expect(answer.status).toBe(401);
    }
  });
});

describe("master keys", () => {
  it("are replaced: the new one takes over, and the old one can go", async () => {
    await publish(crm.url, "VAULT_KEY");
    await signalbox.stop();
    signalbox = await start(withKeys("new", "old"));
    expect(await ask("GET", "/secrets")).toMatchObject({
      json: { keys: { active: "new", secrets: { old: 3 }, missing: [], droppable: [] } },
    });
    expect((await signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
    expect(await ask("POST", "/secrets/rewrap")).toEqual({
      status: 200,
      json: {
        rewrapped: 3,
        unreadable: [],
        next: null,
        keys: { active: "new", problem: null, secrets: { new: 3 }, missing: [], droppable: ["old"] },
      },
    });
    await signalbox.stop();
    signalbox = await start(withKeys("new"));
    expect(await ask("GET", "/health")).toMatchObject({ status: 200 });
    expect((await signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it("that are lost hold deliveries, are named by health, and are got over by setting the secret again", async () => {
    await signalbox.stop();
    signalbox = await start(withKeys("old"));
    const held = await signalbox.accept(sendout(), isHeld);
    expect(held.deliveries).toMatchObject([{ reason: "secret_unreadable", attemptsMade: 0 }]);
    const { json, status: code } = await ask("GET", "/health");
    expect(code).toBe(503);
    expect(JSON.stringify(json["checks"])).toContain("The master key new, which has sealed 3 secrets, is not there.");
    expect(await ask("POST", "/secrets/rewrap")).toMatchObject({
      status: 200,
      json: { rewrapped: 0, unreadable: [{ name: "EARLY_KEY", keyId: "new" }, {}, {}], keys: { missing: ["new"] } },
    });
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([
      "The secret VAULT_KEY cannot be opened: the master key new is not there. Bring it back, or set the secret again: PUT /admin/secrets/VAULT_KEY",
    ]);
    await ask("PUT", "/secrets/VAULT_KEY", { value: VALUES.VAULT_KEY });
    await ask("POST", `/deliveries/${held.id}.crm/release`);
    await ask("POST", "/sweep");
    expect((await signalbox.sendout(held.id, isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it.each([
    ["missing", {}, "master_keys_missing", "The Worker secret SIGNALBOX_MASTER_KEYS is not set."],
    [
      "garbled",
      { SIGNALBOX_MASTER_KEYS: KEY.old },
      "master_keys_invalid",
      'The Worker secret SIGNALBOX_MASTER_KEYS cannot be used: it is not of the form {"active": "<id>", "keys": {"<id>": "<base64>"}}.',
    ],
  ])("that are %s close the vault with a code, and the list still answers", async (_name, keys, reason, detail) => {
    await signalbox.stop();
    signalbox = await start({ ...SECRETS, ...keys });
    for (const [method, path] of [
      ["PUT", "/secrets/VAULT_KEY"],
      ["POST", "/secrets/rewrap"],
    ] as const) {
      const body = method === "PUT" ? { value: VALUES.VAULT_KEY } : {};
      expect(await ask(method, path, body)).toMatchObject({ status: 503, json: { code: reason, detail } });
    }
    expect(await ask("GET", "/secrets")).toMatchObject({ status: 200, json: { keys: { active: null } } });
    expect((await ask("GET", "/health")).status).toBe(503);
  });
});

describe("the values", () => {
  it("are in no answer, no log line, and no file of D1, KV or the Inbox", async () => {
    await signalbox.stop();
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
      .map((name) => join(folder, name))
      .filter((name) => statSync(name).isFile());
    const kept = files.map((name) => readFileSync(name));
    expect(kept.some((bytes) => bytes.includes("vault_secrets"))).toBe(true);
    for (const value of Object.values(VALUES)) {
      for (const form of [value, Buffer.from(value).toString("base64"), encodeURIComponent(value)]) {
        expect(kept.filter((bytes) => bytes.includes(form))).toEqual([]);
        expect(answers.filter((text) => text.includes(form))).toEqual([]);
        expect(logged.filter((text) => text.includes(form))).toEqual([]);
      }
    }
    for (const key of Object.values(KEY)) expect([...answers, ...logged].join("\n")).not.toContain(key);
  });
});
