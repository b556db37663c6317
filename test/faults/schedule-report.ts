// What is told of a schedule that has been run: its problems, and what happened in it.

import { checkOrder, type PlacedCall, type Turns } from "./check-order.ts";
import { START_AT } from "./clock.ts";
import {
  checkChanges,
  checkEnd,
  checkLog,
  countRaces,
  findDuplicates,
  mayBeSetAside,
  mayHaveOtherTable,
  OTHER_TABLE,
  SET_ASIDE,
  type DuplicateCause,
  type Expectation,
} from "./invariants.ts";
import { readChanges, readLedger } from "./ledger-audit.ts";
import type { Sender } from "./sender.ts";
import type { Behaviour } from "./target.ts";
import type { VaultValues } from "./vault-values.ts";
import type { World } from "./world.ts";

/** What came of a schedule. */
export interface ScheduleReport {
  seed: number;
  problems: string[];
  injected: World["injected"];
  counts: World["counts"];
  calls: number;
  sendouts: number;
  /** How often two messages of one delivery were on their way to its target at the same time. */
  races: number;
  /** How many sendouts were set aside because routing was stopped over them again and again. */
  setAside: number;
  /** How often a delivery had the bytes of another table, because D1 had not said which. */
  otherTables: number;
  duplicates: DuplicateCause[];
  /** How many deliveries ended in which state. */
  states: string[];
  operations: string[];
  behaviours: Behaviour[];
  turns: Turns;
  /** Calls with the vault's secret, those of them with a value that replaced another, and waits until it could be read. */
  vault: { calls: number; replaced: number; waits: number };
  minutes: number;
  /** Everything that happened, as one text: the same for the same seed. */
  trace: string;
}

/** What a schedule was, for its report. */
export interface Course {
  expected: Expectation;
  operations: string[];
  minutes: number;
  placed: PlacedCall[];
  /** Targets whose deliveries go in order. */
  ordered: ReadonlySet<string>;
  /** Targets that are called with the vault's secret, and its values. */
  fromVault: ReadonlySet<string>;
  values: VaultValues;
}

/** Looks at everything once more, when it has come to its end. */
export async function createReport(
  seed: number,
  world: World,
  sender: Sender,
  ledger: D1Database,
  { expected, operations, minutes, placed, ordered, fromVault, values }: Course,
): Promise<ScheduleReport> {
  const [end, changes] = [await readLedger(ledger), await readChanges(ledger)];
  const problems = [
    ...world.problems,
    ...checkChanges(changes, expected, sender.askedAgain),
    ...checkEnd(end, sender.posted, expected),
  ];
  const order = checkOrder(changes, placed, ordered, sender.askedAgain);
  problems.push(...checkLog(end, world.calls), ...order.problems);
  const withSecret = world.calls.filter(({ target }) => fromVault.has(target));
  const isSetAside = (problem: string) => problem.startsWith(SET_ASIDE) && mayBeSetAside(world.injected);
  const isOfOtherTable = (problem: string) =>
    problem.startsWith(OTHER_TABLE) && mayHaveOtherTable(world.injected, operations);
  if (!world.isAtRest) problems.push(`stuck: ${world.describe()}`);
  if (world.inboxCount() > 0) problems.push(`stuck: the Inbox keeps ${world.inboxCount()}`);
  const duplicates = findDuplicates(
    world.calls,
    (key, { lookUp }) =>
      lookUp?.states.get(`${key.replace("~", ".")}${key.includes("~") ? "" : ".0"}`)?.state === "delivered",
  );
  const trace = [
    ...world.calls.map(({ at, key, behaviour }) => `${at - START_AT} ${key} ${behaviour}`),
    ...changes.map(({ key, state, reason, round }) => `${key} ${state} ${reason} ${round}`),
  ];
  return {
    seed,
    problems: problems.filter((problem) => !isSetAside(problem) && !isOfOtherTable(problem)),
    injected: world.injected,
    counts: world.counts,
    calls: world.calls.length,
    setAside: problems.filter(isSetAside).length,
    otherTables: problems.filter(isOfOtherTable).length,
    sendouts: sender.posted.length,
    races: countRaces(world.calls),
    duplicates,
    operations,
    minutes,
    states: end.deliveries.map(({ state, reason }) => (state === "failed" ? `failed: ${reason}` : state)),
    behaviours: world.calls.map((call) => call.behaviour),
    turns: order.turns,
    vault: {
      calls: withSecret.length,
      replaced: withSecret.filter(({ credential }) => credential !== `Bearer ${values.all[0]}`).length,
      waits: changes.filter(({ reason }) => reason === "vault_unavailable").length,
    },
    trace: trace.join("\n"),
  };
}
