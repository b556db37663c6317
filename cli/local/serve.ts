// A router on this machine for somebody who works with it, as `npm start` and `signalbox dev` have it: on one port, with
// its secrets and data in files, the cron every minute, up until Ctrl-C.

import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { failure, success, type Result } from "../../src/result.ts";
import { ADMIN_TOKEN_NAME } from "../../src/secret-names.ts";
import { answerOf, createAdmin, type Admin } from "../client/admin.ts";
import { readDevVars, type LocalSecrets } from "./dev-vars.ts";
import { isPortFree } from "./port.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const CRON_EVERY_MS = 60_000;

/** How often a router on this machine is asked what came in, in seconds. */
export const LOOK_EVERY_SECONDS = 1;

/** Where a router on this machine is and keeps its things. */
export interface ServeOptions {
  /** How the command line begins that another port is added to. */
  command: string;
  port: number;
  /** Folder for KV and D1. */
  state: string;
  /** File with the secrets; those that a router cannot do without are added to it. */
  vars: string;
  /** Takes each line that the Worker logs as a warning or an error. */
  onLog: (line: string) => void;
}

/** A router that runs. */
export interface LocalRouter {
  url: string;
  admin: Admin;
  secrets: LocalSecrets;
  /** What was sent again because the router was stopped before it had ended. */
  recovered: { sendouts: number; deliveries: number };
}

/** Where a router keeps its data: beside its secrets. */
export function stateBeside(vars: string): string {
  return resolve(dirname(vars), ".wrangler/state/v3");
}

/** Runs a router until the process ends. Fails when the port is somebody else's. */
export async function serveLocally({
  command,
  port,
  state,
  vars,
  onLog,
}: ServeOptions): Promise<Result<LocalRouter, "port_taken">> {
  if (!(await isPortFree(port))) {
    const another = `Stop what listens there, or choose another: ${command} --port ${port + 10}`;
    return failure("port_taken", `Port ${port} is taken. ${another}`);
  }
  const secrets = readDevVars(vars, process.env);
  // Loaded only now: it takes a second, which a mistyped option should not cost.
  const { startRouter } = await import("./router.ts");
  const router = await startRouter({
    configPath: resolve(ROOT, "wrangler.toml"),
    port,
    stateDir: state,
    bindings: { ...secrets.values, SIGNALBOX_LOCAL_TARGETS: "allow", SIGNALBOX_JOURNAL: "on" },
    onLog: (level, message) => {
      if (level === "error" || level === "warn") onLog(message);
    },
  });
  stopOnSignals();
  setInterval(() => void router.runCron().catch(() => undefined), CRON_EVERY_MS);
  const admin = createAdmin(router.url, secrets.values[ADMIN_TOKEN_NAME]);
  return success({ url: router.url, admin, secrets, recovered: await recover(admin) });
}

/** The queues of a router on this machine are in memory: what they held when it was stopped is sent again. */
async function recover(admin: Admin): Promise<LocalRouter["recovered"]> {
  const recovered: { sendouts?: number; sent: number } = await answerOf(admin.sweep.$post({ json: { recover: true } }));
  return { sendouts: recovered.sendouts ?? 0, deliveries: recovered.sent };
}

/**
 * Ctrl-C and the like end the process, and with it the demo target and, by miniflare's exit hook, workerd. There is
 * nothing to save: KV, D1 and the Inbox are on disk with every write.
 */
function stopOnSignals(): void {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    // Miniflare's own listener would exit with a code that npm reports as an error.
    process.removeAllListeners(signal);
    process.on(signal, () => process.exit(0));
  }
  if (process.env["npm_lifecycle_event"] !== undefined) whenOrphaned(() => process.exit(0));
}

/** npm passes no signal on to what it runs: when it is stopped, this process merely gets another parent. */
function whenOrphaned(then: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) then();
  }, 500).unref();
}
