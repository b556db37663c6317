// A router with a busy day behind it: thousands of sendouts of many kinds over 24 hours, a target that refuses some, one
// that is paused, one that has stopped answering, and whatever else people see on such a day. What is old is copied into its
// database; what is new, and everything that the gates, the incidents and the audit log know, has really happened.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fillLedger, findDatabase } from "../../../bench/fill-ledger.ts";
import { signalboxOptions, startWorker } from "../../../bench/harness.ts";
import { chance, skewed, type Row, type Rows } from "../../../bench/ledger-rows.ts";
import { SECRETS, startSignalbox, type Signalbox } from "../../integration/signalbox.ts";
import { startTarget, type Target } from "../../integration/target.ts";
import { createToken } from "../dashboard.ts";
import { copyRows, withDuration, withFateOf } from "./copies.ts";
import { readOriginals, recordOriginals, type Originals } from "./originals.ts";
import { CHANGES, TOKENS, type Tokens } from "./table.ts";
import { makeTrouble } from "./trouble.ts";

const HOUR_MS = 3_600_000;

/** How long ago the day began, the target for notifications was paused, and the copies end, in milliseconds. */
const DAY_MS = 24 * HOUR_MS;
const PAUSED_MS = 2 * HOUR_MS;
const QUIET_MS = 60_000;

const BINDINGS = { ...SECRETS, SIGNALBOX_SEARCH_KEY: "search-key-for-tests-5e1c0a" };

/** A busy router. */
export interface Busy {
  signalbox: Signalbox;
  /** Where all its targets are: `/erp` refuses, `/warehouse` is down. */
  target: Target;
  /** Tokens by who has them. */
  tokens: Tokens;
  stop(): Promise<void>;
}

/** Starts one, with so many sendouts in its log. */
export async function startBusy({ sendouts = 10_000 } = {}): Promise<Busy> {
  const stateDir = mkdtempSync(join(tmpdir(), "signalbox-busy-"));
  const target = await startTarget();
  const start = async (): Promise<Signalbox> => startSignalbox(BINDINGS, { stateDir });

  const first = await start();
  const tokens = {
    mira: await createToken(first, TOKENS.mira),
    pipeline: await createToken(first, TOKENS.pipeline),
    vera: await createToken(first, TOKENS.vera),
  };
  const recorded = await recordOriginals(first, target, tokens);
  await first.stop();

  const database = findDatabase(stateDir);
  backdate(database, Date.now());
  fillDay(database, readOriginals(database, recorded), sendouts, Date.now());
  await catchUp(stateDir);

  const signalbox = await start();
  await makeTrouble(signalbox, target, tokens);

  return {
    signalbox,
    target,
    tokens,
    stop: async () => {
      await Promise.all([signalbox.stop(), target.stop()]);
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

/** Has the table been published, the tokens been made and the target been paused some time ago. */
function backdate(file: string, now: number): void {
  const database = new DatabaseSync(file);
  database.exec(`UPDATE tokens SET created_at = created_at - ${40 * DAY_MS}`);
  database.exec(`UPDATE pauses SET since = ${now - PAUSED_MS}`);
  for (const version of CHANGES.keys()) {
    const at = now - 30 * HOUR_MS - (CHANGES.length - version - 1) ** 2 * 3 * DAY_MS;
    database.prepare("UPDATE table_versions SET published_at = ? WHERE version = ?").run(at, version + 1);
  }
  database.close();
}

/** Writes a day's sendouts. */
function fillDay(file: string, originals: Originals, sendouts: number, now: number): void {
  const total = originals.kinds.reduce((sum, { share }) => sum + share, 0);
  const kindOf = (number: number): Rows => {
    let left = chance(number * 7 + 1) * total;
    const found = originals.kinds.find(({ share }) => (left -= share) < 0) ?? originals.kinds[0];
    if (found === undefined) throw new Error("there is nothing to copy");
    return found.rows;
  };
  fillLedger(file, {
    sendouts,
    from: 0,
    to: DAY_MS - QUIET_MS,
    contentFrom: 0,
    rowsOf: (number, after) =>
      copyRows({
        of: kindOf(number),
        number,
        at: now - DAY_MS + ofDay(after),
        searchKey: BINDINGS.SIGNALBOX_SEARCH_KEY,
        fateOf: (delivery, seed) => fateOf(delivery, seed, originals, now),
      }),
  });
}

/** When something happens that would be so long after the begin if every hour were as busy: the middle of it is busier. */
function ofDay(after: number): number {
  const part = after / DAY_MS;
  return Math.floor((part + (0.55 * Math.sin(2 * Math.PI * part)) / (2 * Math.PI)) * DAY_MS);
}

/** Shares of deliveries: refused by `erp`, and delivered at the second attempt. */
const REFUSED_SHARE = 0.11;
const SECOND_SHARE = 0.02;

function fateOf(delivery: Row, seed: number, { refused, held }: Originals, now: number): Row {
  const { target, received_at: receivedAt } = delivery;
  if (target === "push" && Number(receivedAt) > now - PAUSED_MS) return withFateOf(held, delivery);
  if (target === "erp" && chance(seed * 37 + 1) < REFUSED_SHARE) return withFateOf(refused, delivery);
  return withDuration(delivery, {
    waitMs: 120 + skewed(seed * 41, 900),
    callMs: 25 + skewed(seed * 43, target === "warehouse" ? 1_400 : 320),
    isSecond: chance(seed * 47) < SECOND_SHARE,
  });
}

/** Has what the cron does to a log been done to it: its traffic counted, its terms put into blocks. */
async function catchUp(stateDir: string): Promise<void> {
  const worker = await startWorker({
    entry: "bench/workers/ledger-jobs.mjs",
    options: signalboxOptions({ consumers: false }),
    bindings: BINDINGS,
    stateDir,
  });
  for (const job of ["count", "seal"]) {
    for (let last = ""; ;) {
      const answer = await (await fetch(`${worker.url}/bench/${job}`)).text();
      if (answer === last) break;
      last = answer;
    }
  }
  await worker.stop();
}
