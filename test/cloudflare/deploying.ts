// A folder with a routing table, an account to deploy it to, and the way to the Worker: what tests of `signalbox deploy`
// begin with.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { vi } from "vitest";
import { runInProcess, wordsOf, type Ended } from "../integration/shell.ts";
import type { WorkerState } from "./account.ts";
import { startCloudflare, type Cloudflare } from "./cloudflare.ts";
import { createEdge } from "./edge.ts";

/** A deploy runs wrangler up to six times and starts a router: ten seconds on an idle machine, and a test has several. */
export const DEPLOYS_TIMEOUT_MS = 300_000;

/** The routing table of the folder. */
export const TABLE = {
  inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
  targets: { crm: { request: { url: "https://crm.example.com/", body: { code: "{{ voucher.code }}" } } } },
  routes: [{ id: "redemptions", events: ["redemption.succeeded"], to: ["crm"] }],
};

/** What a script sees of a deploy: each step as `done worker`, and why it ended. */
export interface Deployment {
  code: unknown;
  reason: string | undefined;
  last: { name: string; state: string; detail: string; remedy: string | null } | undefined;
  told: string[];
}

/** Where tests deploy from and to. */
export interface Deploying {
  folder: string;
  cloudflare: Cloudflare;
  writeTable(table: object): void;
  /** Runs a command line, logged in to the account unless its variables say something else. */
  run(args: string, env?: Record<string, string>, input?: string): Promise<Ended>;
  /** Runs `signalbox deploy --json` with more options. */
  deploy(args?: string, env?: Record<string, string>, input?: string): Promise<Deployment>;
  /** The Worker of the account. */
  worker(name?: string): WorkerState;
  profiles(): Record<string, { url: string; token: string }>;
  stop(): Promise<void>;
}

/** Begins with an account that has nothing in it. */
export async function startDeploying(): Promise<Deploying> {
  const folder = mkdtempSync(join(tmpdir(), "signalbox-deploy-"));
  const cloudflare = await startCloudflare(["Other"]);
  const edge = createEdge(cloudflare.account, join(folder, "state"));
  vi.stubGlobal("fetch", edge.fetch);
  const writeTable = (table: object): void => writeFileSync(join(folder, "signalbox.jsonc"), JSON.stringify(table));
  writeTable(TABLE);
  const login = {
    CI: "",
    WORKERS_CI: "",
    CLOUDFLARE_API_BASE_URL: cloudflare.url,
    CLOUDFLARE_API_TOKEN: cloudflare.token,
    CLOUDFLARE_ACCOUNT_ID: cloudflare.account.id,
    VOUCHERIFY_SECRET: "signing-secret-b7e1d0",
  };
  const run: Deploying["run"] = async (args, env = {}, input = "") =>
    runInProcess(wordsOf(args), { folder, input, env: { ...login, ...env } });
  return {
    folder,
    cloudflare,
    writeTable,
    run,
    deploy: async (args = "--no-doctor", env = {}, input = "") =>
      toDeployment(await run(`deploy --json ${args}`, env, input)),
    worker: (name = "signalbox") => {
      const found = cloudflare.account.workers.get(name);
      if (found === undefined) throw new Error(`the account has no Worker ${name}`);
      return found;
    },
    profiles: () => JSON.parse(readFileSync(join(folder, "signalbox/profiles.json"), "utf8")).profiles,
    stop: async () => {
      vi.unstubAllGlobals();
      await Promise.all([edge.stop(), cloudflare.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function toDeployment({ code, out, err }: Ended): Deployment {
  const { steps } = JSON.parse(out) as { steps: NonNullable<Deployment["last"]>[] }; // our own answer; tests look at it
  const reason = err === "" ? undefined : (JSON.parse(err) as { reason: string }).reason; // a complaint, as docs/cli.md says
  return { code, reason, last: steps.at(-1), told: steps.map(({ name, state }) => `${state} ${name}`) };
}
