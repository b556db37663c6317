// What `signalbox listen` does: sends a router's sendouts on to somebody's own machine, in order, and remembers how far it
// has come. On the router nothing changes.

import { setTimeout as wait } from "node:timers/promises";
import { DEFAULT_INLET_SECRET_NAME } from "../../src/secret-names.ts";
import { RouterError } from "../client/router-error.ts";
import { readSendout } from "../client/sendout.ts";
import { pc } from "../colours.ts";
import { complain, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import {
  LONG_LOOK_BACK_MS,
  LONG_LOOK_EVERY,
  LOOK_BACK_MS,
  lookFor,
  passed,
  positionAt,
  positionAtEnd,
} from "./feed.ts";
import type { Position } from "./feed.ts";
import type { SendoutFilter } from "./filters.ts";
import { forwardSendout, type Forwarded, type Receipt } from "./forward.ts";
import { forgetPosition, positionFile, readPosition, writePosition } from "./listen-position.ts";
import { payloadBytes } from "./payload.ts";
import type { SendoutSummary } from "./search.ts";
import { lookAgainAndAgain, say } from "./watch.ts";

/** Where to, from when, and how much of what was missed. */
export interface ListenOptions {
  forward: string;
  since?: string;
  catchUp: number;
  forget?: boolean;
  secretEnv?: string;
  count?: number;
  every: number;
  json?: boolean;
}

/** How often somebody's own server is tried that does not listen, in milliseconds. */
const NOBODY_WAIT_MS = 1_000;

/** Forwards until `count` sendouts have gone, or for as long as the process lives. */
export async function answerListen(
  router: RouterInReach,
  filter: SendoutFilter,
  options: ListenOptions,
): Promise<Outcome> {
  const { forward, catchUp, count = Number.POSITIVE_INFINITY, every, json } = options;
  if (!URL.canParse(forward) || !/^https?:$/.test(new URL(forward).protocol)) {
    return complain({ reason: "url_invalid", detail: "--forward is a URL, like http://localhost:3000/hook." }, 2, json);
  }
  const secret = secretFor(router, options);
  const file = positionFile(process.env, { origin: router.origin, forward, filter });
  if (options.forget) forgetPosition(file);
  let position = await begin(router, filter, readPosition(file), options);
  let left = count;
  await lookAgainAndAgain(every * 1_000, async (looks) => {
    const backMs = looks % LONG_LOOK_EVERY === 0 ? LONG_LOOK_BACK_MS : LOOK_BACK_MS;
    const found = await lookFor(router.admin, filter, position, { backMs, most: catchUp });
    const { sendouts, leftOutBefore } = found;
    position = found.position;
    if (leftOutBefore !== undefined) {
      say(`Skipped: those received before ${leftOutBefore}, more than ${catchUp} ago. --catch-up <n> takes more.`);
    }
    for (const sendout of sendouts.slice(0, left)) {
      await pass(router, sendout, { forward, secret, json });
      position = passed(position, sendout);
      writePosition(file, position);
      left -= 1;
    }
    return left === 0 ? "enough" : "more";
  });
  return { exitCode: 0 };
}

/** Where to begin: where somebody says, where it was left, or now. */
async function begin(
  { admin }: RouterInReach,
  filter: SendoutFilter,
  kept: Position | undefined,
  { since, forward }: ListenOptions,
): Promise<Position> {
  if (since !== undefined) return positionAt(Date.parse(since));
  if (kept === undefined) {
    say(`What comes in from now on goes to ${forward}.`);
    return positionAtEnd(admin, filter);
  }
  say(`What came in after ${new Date(kept.newest).toISOString()} goes to ${forward}.`);
  return kept;
}

function secretFor({ localSecrets }: RouterInReach, { secretEnv }: ListenOptions): string | undefined {
  const name = secretEnv ?? DEFAULT_INLET_SECRET_NAME;
  const secret = process.env[name] || localSecrets[name];
  if (secret) return secret;
  say(`The variable ${name} has no secret in it: they go without a signature.`);
  return undefined;
}

interface Way {
  forward: string;
  secret: string | undefined;
  json: boolean | undefined;
}

/** Sends one on, however long nobody listens there; or says why it is skipped. */
async function pass({ admin }: RouterInReach, summary: SendoutSummary, { forward, secret, json }: Way): Promise<void> {
  const record = await readSendout(admin, summary.id, { reveal: true });
  const bytes = record && bytesOf(record);
  if (record === undefined || bytes === undefined) return tell(summary, { outcome: "skipped" }, json);
  const sendout: Forwarded = { id: record.id, bytes, form: record.signature?.form === "compact" ? "compact" : "raw" };
  for (let tries = 0; ; tries += 1) {
    const receipt = await forwardSendout(forward, sendout, secret);
    if (receipt.outcome !== "nobody") return tell(summary, receipt, json);
    if (tries === 0) say(`Nobody listens at ${forward}. Waiting; nothing is skipped.`);
    await wait(NOBODY_WAIT_MS);
  }
}

/** The payload, unless it is not kept any more. */
function bytesOf(record: Parameters<typeof payloadBytes>[0]): Uint8Array<ArrayBuffer> | undefined {
  try {
    return payloadBytes(record);
  } catch (error) {
    if (error instanceof RouterError && error.complaint.reason === "payload_gone") return undefined;
    throw error;
  }
}

function tell(summary: SendoutSummary, receipt: Receipt | { outcome: "skipped" }, json: boolean | undefined): void {
  const { id, receivedAt, event } = summary;
  if (json) {
    const line = JSON.stringify({ sendout: id, receivedAt, event: event?.type ?? null, ...receipt });
    process.stdout.write(`${printableJson(line)}\n`);
    return;
  }
  const time = pc.dim(new Date(receivedAt).toTimeString().slice(0, 8));
  process.stdout.write(`${time}  ${id}  ${printableLine(event?.type ?? "not understood")}  ${sentenceOf(receipt)}\n`);
}

function sentenceOf(receipt: Receipt | { outcome: "skipped" }): string {
  switch (receipt.outcome) {
    case "answered":
      return (receipt.status < 300 ? pc.green : pc.red)(`${receipt.status} in ${receipt.ms} ms`);
    case "broken":
      return pc.red(`no answer after ${receipt.ms} ms (${printableLine(receipt.detail)})`);
    case "nobody":
      return pc.red("nobody listens");
    case "skipped":
      return pc.yellow("skipped: its payload is not kept any more");
  }
}
