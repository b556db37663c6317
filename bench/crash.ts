// What a `kill -9` of the local router costs: 500 sendouts in a burst, every process of the router killed in the middle,
// a restart, and then a count of what was answered, what is visible and what was delivered how often.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { AdminClient, type SendoutRecord } from "../cli/admin-client.ts";
import { createSampleSendout } from "../cli/local/sample.ts";

const { values: flags } = parseArgs({
  options: { sendouts: { type: "string", default: "500" }, port: { type: "string", default: "8931" } },
});
const SENDOUTS = Number(flags.sendouts);
const PORT = Number(flags.port);
const CLIENTS = 20;
/** How long nothing may change before the count is final, in milliseconds. */
const QUIET_MS = 3_000;

const folder = mkdtempSync(join(tmpdir(), "signalbox-crash-"));
const hits = new Map<string, number>();
const target = createServer((req, res) => {
  const key = String(req.headers["idempotency-key"]);
  hits.set(key, (hits.get(key) ?? 0) + 1);
  req.resume();
  req.on("end", () => res.writeHead(200).end("ok"));
});
target.listen(0, "127.0.0.1");
await once(target, "listening");
const { port: targetPort } = target.address() as AddressInfo; // a TCP server that listens has one

let router = await startRouter();
const token = /SIGNALBOX_ADMIN_TOKEN=(.*)/.exec(readFileSync(join(folder, "vars"), "utf8"))?.[1] ?? "";
const admin = new AdminClient(`http://127.0.0.1:${PORT}`, token);
const table = {
  inlets: { open: { auth: "none" } },
  targets: { sink: { request: { url: `http://127.0.0.1:${targetPort}/`, body: "{{ $webhook.id }}" } } },
  routes: [{ id: "all", events: ["*"], to: ["sink"] }],
};
await admin.publish(table, (await admin.table()).version);

const accepted: string[] = [];
let refused = 0;
let killed = false;
let next = 0;
await Promise.all(Array.from({ length: CLIENTS }, async () => client()));
const restartedAt = Date.now();
router = await startRouter();
const secondsDown = (Date.now() - restartedAt) / 1_000;
const records = await countWhenQuiet();
report(records);
killAll(router);
target.close();
rmSync(folder, { recursive: true, force: true });

async function client(): Promise<void> {
  while (next < SENDOUTS) {
    next++;
    if (!killed && accepted.length >= SENDOUTS / 2) {
      killed = true;
      killAll(router);
    }
    try {
      const answer = await fetch(`http://127.0.0.1:${PORT}/in/open`, {
        method: "POST",
        body: createSampleSendout(new Date()),
      });
      const body = (await answer.json()) as { id: string }; // the inlet's own answer
      if (answer.status === 202) accepted.push(body.id);
      else refused++;
    } catch {
      refused++; // the connection broke or was refused: Voucherify would come again in a minute
    }
  }
}

async function startRouter(): Promise<ChildProcess> {
  const state = ["--state", join(folder, "state"), "--vars", join(folder, "vars")];
  const child = spawn(process.execPath, ["cli/start.ts", "--no-demo", "--port", String(PORT), ...state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  for await (const chunk of child.stdout) {
    if (String(chunk).includes("Ctrl-C")) break;
  }
  return child;
}

/** SIGKILL to the router's Node and to every process below it. */
function killAll(child: ChildProcess): void {
  const pids = [child.pid ?? 0];
  for (const pid of pids) pids.push(...childrenOf(pid));
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // gone already
    }
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return []; // not Linux, or gone: the router's own guard ends workerd within a second
  }
}

async function countWhenQuiet(): Promise<(SendoutRecord | undefined)[]> {
  let last = -1;
  let quietSince = Date.now();
  while (Date.now() - quietSince < QUIET_MS) {
    const total = [...hits.values()].reduce((sum, count) => sum + count, 0);
    if (total !== last) quietSince = Date.now();
    last = total;
    await wait(100);
  }
  return Promise.all(accepted.map(async (id) => admin.sendout(id)));
}

function report(found: readonly (SendoutRecord | undefined)[]): void {
  const visible = found.filter((record) => record !== undefined);
  const delivered = visible.filter(({ deliveries }) => deliveries.every(({ state }) => state === "delivered"));
  const reached = visible.filter(({ id }) => hits.has(`${id}.sink`));
  const twice = [...hits.values()].filter((count) => count > 1).length;
  console.table({
    "answered 202": accepted.length,
    "refused or broken off (the sender tries again)": refused,
    "visible in the ledger after the restart": visible.length,
    "… of these delivered and recorded": delivered.length,
    "… of these planned, outcome not recorded": visible.length - delivered.length,
    "… … whose request did reach the target": reached.length - delivered.length,
    "accepted but lost with the simulator's memory": accepted.length - visible.length,
    "delivered twice": twice,
    "seconds to restart": secondsDown,
  });
}
