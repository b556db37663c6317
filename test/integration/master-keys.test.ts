// Master keys that are replaced, lost, missing or garbled, and what becomes of the secrets that they sealed.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isSettled, SECRETS } from "./signalbox.ts";
import type { Target } from "./target.ts";
import { isHeld, KEY, sendout, startVault, VALUES, withKeys, type Vault } from "./vault.ts";

let vault: Vault;
let crm: Target;
let ask: Vault["ask"];
let publish: Vault["publish"];

beforeAll(async () => {
  vault = await startVault();
  ({ crm, ask, publish } = vault);
  for (const [name, value] of Object.entries(VALUES)) {
    expect(await ask("PUT", `/secrets/${name}`, { value, hosts: [crm.url] })).toMatchObject({ status: 200 });
  }
});

afterAll(async () => {
  try {
    await vault.expectHidden();
  } finally {
    await vault.stop();
  }
});

beforeEach(() => vault.forget());

describe("master keys", () => {
  it("are replaced: the new one takes over, and the old one can go", async () => {
    await publish(crm.url, "VAULT_KEY");
    await vault.restart(withKeys("new", "old"));
    expect(await ask("GET", "/secrets")).toMatchObject({
      json: { keys: { active: "new", secrets: { old: 3 }, missing: [], droppable: [] } },
    });
    expect((await vault.signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
    expect(await ask("POST", "/secrets/rewrap")).toEqual({
      status: 200,
      json: {
        rewrapped: 3,
        unreadable: [],
        next: null,
        keys: { active: "new", problem: null, secrets: { new: 3 }, missing: [], droppable: ["old"] },
      },
    });
    await vault.restart(withKeys("new"));
    expect(await ask("GET", "/health")).toMatchObject({ status: 200 });
    expect((await vault.signalbox.accept(sendout(), isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
  });

  it("that are lost hold deliveries, are named by health, and are got over by setting the secret again", async () => {
    await vault.restart(withKeys("old"));
    const held = await vault.signalbox.accept(sendout(), isHeld);
    expect(held.deliveries).toMatchObject([{ reason: "secret_unreadable", attemptsMade: 0 }]);
    const { json, status: code } = await ask("GET", "/health");
    expect(code).toBe(503);
    expect(JSON.stringify(json["checks"])).toContain("the master key new, which has sealed 3 secrets, is not there");
    expect(await ask("POST", "/secrets/rewrap")).toMatchObject({
      status: 200,
      json: { rewrapped: 0, unreadable: [{ name: "EARLY_KEY", keyId: "new" }, {}, {}], keys: { missing: ["new"] } },
    });
    expect(await publish(crm.url, "VAULT_KEY")).toEqual([
      "The secret VAULT_KEY cannot be opened: the master key new is not there. Bring it back, or set the secret again: npx signalbox secret set VAULT_KEY",
    ]);
    await ask("PUT", "/secrets/VAULT_KEY", { value: VALUES.VAULT_KEY });
    await ask("POST", `/deliveries/${held.id}.crm/release`);
    await ask("POST", "/sweep");
    expect((await vault.signalbox.sendout(held.id, isSettled)).deliveries).toMatchObject([{ state: "delivered" }]);
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
    await vault.restart({ ...SECRETS, ...keys });
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
