// What a `kill -9` of the local router costs: sendouts in a burst, every process of the router killed in the middle,
// several times, each followed by a restart; and then a count of what was answered, what is visible, how long that took,
// and what the target got how often.

import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { answerOf, createAdmin } from "../cli/client/admin.ts";
import { readSendout, type SendoutRecord } from "../cli/client/sendout.ts";
import { createSampleSendout } from "../cli/local/sample.ts";

const { values: flags } = parseArgs({
  options: {
    sendouts: { type: "string", default: "1000" },
    kills: { type: "string", default: "3" },
    port: { type: "string", default: "8931" },
  },
});
const SENDOUTS = Number(flags.sendouts);
const KILLS = Number(flags.kills);
const PORT = Number(flags.port);
const CLIENTS = 20;

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
const admin = createAdmin(`http://127.0.0.1:${PORT}`, token);
const table = {
  inlets: { open: { auth: "none" as const } },
  targets: { sink: { request: { url: `http://127.0.0.1:${targetPort}/`, body: "{{ $webhook.id }}" } } },
  routes: [{ id: "all", events: ["*"], to: ["sink"] }],
};
await answerOf(admin.table.$put({ query: {}, json: table }));

const accepted: string[] = [];
let refused = 0;
const restarts: { answered: number; restartSeconds: number; visibleSeconds: number }[] = [];
for (let round = 1; round <= KILLS; round++) restarts.push(await killAndRestart(round));
const records = await concluded();
report(records);
killAll(router);
target.close();
rmSync(folder, { recursive: true, force: true });

/** Posts a share of the sendouts, kills everything when half of them are answered, and starts it again. */
async function killAndRestart(round: number): Promise<(typeof restarts)[number]> {
  const share = Math.floor((SENDOUTS * round) / KILLS) - Math.floor((SENDOUTS * (round - 1)) / KILLS);
  const before = accepted.length;
  let next = 0;
  let killed = false;
  const client = async (): Promise<void> => {
    while (next < share) {
      next++;
      if (!killed && accepted.length - before >= share / 2) {
        killed = true;
        killAll(router);
      }
      await post();
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  const restartedAt = Date.now();
  router = await startRouter();
  const restartSeconds = (Date.now() - restartedAt) / 1_000;
  while ((await find(accepted)).includes(undefined)) await wait(100);
  return {
    answered: accepted.length - before,
    restartSeconds,
    visibleSeconds: (Date.now() - restartedAt) / 1_000,
  };
}

async function post(): Promise<void> {
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

async function startRouter(): Promise<ChildProcess> {
  const state = ["--state", join(folder, "state"), "--vars", join(folder, "vars")];
  const child = spawn(process.execPath, ["cli/start.ts", "--no-demo", "--port", String(PORT), ...state], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  // Read on to the end: a router that cannot print any more ends.
  await new Promise<void>((resolve) => {
    child.stdout.on("data", (chunk) => String(chunk).includes("Ctrl-C") && resolve());
  });
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

async function find(ids: readonly string[]): Promise<(SendoutRecord | undefined)[]> {
  const found: (SendoutRecord | undefined)[] = [];
  for (let at = 0; at < ids.length; at += CLIENTS) {
    found.push(...(await Promise.all(ids.slice(at, at + CLIENTS).map(async (id) => readSendout(admin, id)))));
  }
  return found;
}

/** Every accepted sendout, once each of its deliveries has ended; or as they are after two minutes. */
async function concluded(): Promise<(SendoutRecord | undefined)[]> {
  const until = Date.now() + 120_000;
  for (;;) {
    const found = await find(accepted);
    const done = found.every((record) => record?.deliveries.every(({ state }) => state === "delivered"));
    if (done || Date.now() > until) return found;
    await wait(500);
  }
}

function report(found: readonly (SendoutRecord | undefined)[]): void {
  const visible = found.filter((record) => record !== undefined);
  const delivered = visible.filter(({ deliveries }) => deliveries.every(({ state }) => state === "delivered"));
  console.table(restarts);
  console.table({
    "answered 202": accepted.length,
    "refused or broken off (the sender tries again)": refused,
    "accepted but lost": accepted.length - visible.length,
    "delivered and recorded": delivered.length,
    "not concluded": visible.length - delivered.length,
    "called more than once, with the same key": [...hits.values()].filter((count) => count > 1).length,
  });
}
