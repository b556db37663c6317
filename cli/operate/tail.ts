// What `signalbox tail` prints: sendouts as they come in, and what becomes of each of their deliveries.

import type { Admin } from "../client/admin.ts";
import { readSendout, type SendoutRecord } from "../client/sendout.ts";
import { pc } from "../colours.ts";
import type { Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { printableJson, printableLine } from "../terminal/printable.ts";
import { paintOf } from "../terminal/states.ts";
import {
  LONG_LOOK_BACK_MS,
  LONG_LOOK_EVERY,
  LOOK_BACK_MS,
  lookFor,
  passed,
  positionAt,
  positionAtEnd,
} from "./feed.ts";
import type { SendoutFilter } from "./filters.ts";
import type { SendoutSummary } from "./search.ts";
import { lookAgainAndAgain, say } from "./watch.ts";

/** From when, how long, and in which form. */
export interface TailOptions {
  since?: string;
  count?: number;
  every: number;
  json?: boolean;
}

/** The most that one look prints. */
const LINES_MAX = 1_000;

/** How many sendouts are looked after at a time, and how many of them at each look: each is a call. */
const FOLLOWED_MAX = 200;
const FOLLOWED_A_LOOK = 20;

/** How long one is looked after, in milliseconds: what waits for hours has its own alarm. */
const FOLLOW_MS = 10 * 60_000;

/** A sendout whose deliveries have not all ended, with what was last printed of each. */
interface Followed {
  until: number;
  printed: ReadonlyMap<string, string>;
}

type DeliveryRecord = SendoutRecord["deliveries"][number];

/** Prints until `count` sendouts have ended, or for as long as the process lives. */
export async function answerTail(
  { admin }: Pick<RouterInReach, "admin">,
  filter: SendoutFilter,
  { since, count = Number.POSITIVE_INFINITY, every, json = false }: TailOptions,
): Promise<Outcome> {
  const print = json ? printJson : printText;
  let position = since === undefined ? await positionAtEnd(admin, filter) : positionAt(Date.parse(since));
  const followed = new Map<string, Followed>();
  let left = count;
  await lookAgainAndAgain(every * 1_000, async (looks) => {
    const backMs = looks % LONG_LOOK_EVERY === 0 ? LONG_LOOK_BACK_MS : LOOK_BACK_MS;
    const found = await lookFor(admin, filter, position, { backMs, most: LINES_MAX });
    const { sendouts, leftOutBefore } = found;
    position = found.position;
    if (leftOutBefore !== undefined) say(`Too many: those received before ${leftOutBefore} are not shown.`);
    for (const sendout of sendouts.slice(0, left)) {
      position = passed(position, sendout);
      print.sendout(sendout);
      if (sendout.planned.length > 0) followed.set(sendout.id, { until: Date.now() + FOLLOW_MS, printed: new Map() });
    }
    left -= Math.min(sendouts.length, left);
    await followUp(admin, followed, print);
    return left === 0 && followed.size === 0 ? "enough" : "more";
  });
  return { exitCode: 0 };
}

/** Looks at those that were looked at longest ago, and prints what is new of their deliveries. */
async function followUp(admin: Admin, followed: Map<string, Followed>, print: Printer): Promise<void> {
  for (const id of [...followed.keys()].slice(0, Math.max(followed.size - FOLLOWED_MAX, 0))) followed.delete(id);
  for (const [id, { until, printed }] of [...followed].slice(0, FOLLOWED_A_LOOK)) {
    const record = await readSendout(admin, id);
    followed.delete(id);
    const deliveries = record?.deliveries ?? [];
    for (const delivery of deliveries)
      if (printed.get(delivery.id) !== standingOf(delivery)) print.delivery(id, delivery);
    const now = new Map(deliveries.map((delivery) => [delivery.id, standingOf(delivery)]));
    if (!deliveries.every(hasEnded) && Date.now() < until) followed.set(id, { until, printed: now });
  }
}

/** What is worth a line when it changes. */
function standingOf({ state, attempts }: DeliveryRecord): string {
  return `${state} ${attempts.length}`;
}

function hasEnded({ state }: DeliveryRecord): boolean {
  return state !== "pending" && state !== "scheduled" && state !== "held";
}

interface Printer {
  sendout(sendout: SendoutSummary): void;
  delivery(sendout: string, delivery: DeliveryRecord): void;
}

const printText: Printer = {
  sendout: ({ id, receivedAt, event, state, reason, planned }) => {
    const targets = planned.map(({ target }) => target).join(", ");
    const to =
      targets === ""
        ? paintOf(state)(`${state}${reason === null ? "" : ` (${printableLine(reason)})`}`)
        : `→ ${targets}`;
    line(timeOf(receivedAt), id, pc.bold(printableLine(event?.type ?? "not understood")), to);
  },
  delivery: (sendout, { target, state, reason, attempts, updatedAt }) => {
    if (state === "pending" && attempts.length === 0) return;
    const last = attempts.at(-1);
    const said = last?.status === undefined ? (reason ?? "") : `${last.status} in ${last.ms} ms`;
    line(
      timeOf(updatedAt ?? last?.at ?? ""),
      sendout,
      `  ${target}`,
      `${paintOf(state)(state)} ${printableLine(said)}`,
    );
  },
};

const printJson: Printer = {
  sendout: (sendout) => writeJson({ kind: "sendout", ...sendout }),
  delivery: (sendout, delivery) => {
    if (delivery.state !== "pending" || delivery.attempts.length > 0)
      writeJson({ kind: "delivery", sendout, ...delivery });
  },
};

function writeJson(value: object): void {
  process.stdout.write(`${printableJson(JSON.stringify(value))}\n`);
}

function line(...parts: readonly string[]): void {
  process.stdout.write(`${parts.join("  ").trimEnd()}\n`);
}

function timeOf(instant: string): string {
  const at = new Date(instant);
  return Number.isNaN(at.getTime()) ? "--:--:--" : pc.dim(at.toTimeString().slice(0, 8));
}
