// The vault through the built Worker: secrets, two targets that might get them, and every answer and log line on record.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

/** Master keys. */
export const KEY = {
  old: "b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZC0=",
  new: "bmV3LW5ldy1uZXctbmV3LW5ldy1uZXctbmV3LW5ldy0=",
};

/** The secrets of a Worker with these master keys, the first one active. */
export function withKeys(...ids: (keyof typeof KEY)[]): Record<string, string> {
  const keys = Object.fromEntries(ids.map((id) => [id, KEY[id]]));
  return { ...SECRETS, SIGNALBOX_MASTER_KEYS: JSON.stringify({ active: ids[0], keys }) };
}

/** Every value that is set here. None may be seen again but by its target. */
export const VALUES = {
  VAULT_KEY: "vault-key/+77f1c2d9",
  EARLY_KEY: "early-key/+0b54a1e8",
  MOVED_KEY: "moved-key/+d1c2b3a4",
};

/** The Worker, whose storage outlives it, and its targets. */
export interface Vault {
  /** The Worker that runs now. */
  signalbox: Signalbox;
  crm: Target;
  thief: Target;
  /** Asks the admin API. */
  ask: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: Record<string, unknown> }>;
  /** Publishes a table with one target `crm` that sends a secret as its bearer token; returns the warnings. */
  publish: (url: string, secret: string, inlets?: readonly string[]) => Promise<unknown>;
  /** Stops the Worker and starts it with other secrets. */
  restart: (secrets: Record<string, string>) => Promise<void>;
  /** Has both targets forget what they got and answer with 200. */
  forget: () => void;
  /** Stops the Worker and expects its answers, its log and its files to hold none of the values and keys. */
  expectHidden: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts the Worker with the old master key, and its targets. */
export async function startVault(): Promise<Vault> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-vault-"));
  const logged: string[] = [];
  const answers: string[] = [];
  const onLog = (_level: string, message: string): void => void logged.push(message);
  const start = async (secrets: Record<string, string>) => startSignalbox(secrets, { stateDir: folder, onLog });
  const [signalbox, crm, thief] = await Promise.all([start(withKeys("old")), startTarget(), startTarget()]);

  const ask: Vault["ask"] = async (method, path, body) => {
    const answer = await vault.signalbox.admin(method, path, body);
    const text = await answer.text();
    answers.push(text);
    return { status: answer.status, json: JSON.parse(text) as Record<string, unknown> }; // of which tests look at some
  };

  const vault: Vault = {
    signalbox,
    crm,
    thief,
    ask,
    publish: async (url, secret, inlets = ["VOUCHERIFY_SECRET"]) => {
      const { status: code, json } = await ask("PUT", "/table", {
        inlets: { voucherify: { auth: { secrets: inlets } } },
        targets: { crm: { request: { url: `${url}/crm`, body: {} }, auth: { type: "bearer", secret } } },
        routes: [{ id: "all", events: ["*"], to: ["crm"] }],
      });
      expect(code).toBe(200);
      return json["warnings"];
    },
    restart: async (secrets) => {
      await vault.signalbox.stop();
      vault.signalbox = await start(secrets);
    },
    forget: () => {
      for (const target of [crm, thief]) {
        target.requests.length = 0;
        target.behave(status(200));
      }
    },
    expectHidden: async () => {
      await vault.signalbox.stop();
      expectHidden(folder, answers, logged);
    },
    stop: async () => {
      await Promise.all([vault.signalbox.stop(), crm.stop(), thief.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  return vault;
}

function expectHidden(folder: string, answers: readonly string[], logged: readonly string[]): void {
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
}

/** The body of a new sendout. */
export function sendout(): string {
  return JSON.stringify(createSendout());
}

/** Whether every delivery waits without costing an attempt. */
export function isHeld({ deliveries }: SendoutView): boolean {
  return deliveries.length > 0 && deliveries.every(({ state }) => state === "held");
}
