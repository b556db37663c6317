// A random schedule: traffic, what people do meanwhile, targets that misbehave and faults, all from one seed. After some
// minutes the faults end, people resume what is paused, time passes, and everything must have come to its end.

import type { Fault } from "./calls.ts";
import type { PlacedCall } from "./check-order.ts";
import { MINUTE_MS, START_AT } from "./clock.ts";
import { clearInbox } from "./inbox-object.ts";
import { checkCredential, createLeakCheck } from "./check-secrets.ts";
import { checkCall } from "./invariants.ts";
import { prepareLedger } from "./ledger-audit.ts";
import { createRandom } from "./random.ts";
import { recover } from "./recovery.ts";
import { createReport, type ScheduleReport } from "./schedule-report.ts";
import { createSender } from "./sender.ts";
import { createDocument, expectationOf, targetsOfVault } from "./target-plans.ts";
import {
  behave,
  createFaults,
  orderSome,
  planOutage,
  planReplacements,
  planTargets,
  planTraffic,
  TROUBLE_MINUTES,
} from "./trouble.ts";
import { VaultValues } from "./vault-values.ts";
import { World, type WorldOptions } from "./world.ts";

/** How a schedule is run. */
export interface ScheduleOptions {
  state: DurableObjectState;
  ledger: D1Database;
  /** The databases that make up the ledger; that one alone when left out. */
  databases?: readonly D1Database[];
  /** How many changes of deliveries the ledger has noted; without it the order of calls is not checked. */
  countChanges?: () => number;
  /** Only these faults, by the number of their call: to find out which of them it takes. */
  only?: ReadonlyMap<number, Fault>;
  /** Whether the table is published anew in between. */
  publishes?: boolean;
  rewrite?: WorldOptions["rewrite"];
  consume?: WorldOptions["consume"];
}

/** Runs the schedule of a seed. */
export async function runSchedule(seed: number, options: ScheduleOptions): Promise<ScheduleReport> {
  const random = createRandom(seed);
  // A sendout with an order is in LEDGER; most of those over several databases are to be in any.
  const isOrdered = options.databases === undefined || seed % 4 === 0;
  const planned = planTargets(random);
  const targets = isOrdered ? orderSome(planned, createRandom(seed ^ 0x04de)) : planned;
  const expected = expectationOf(targets);
  await prepareLedger(options.ledger);
  await clearInbox(options.state);
  const faults = createFaults(createRandom(seed ^ 0x5eed), random, {
    outage: planOutage(createRandom(seed ^ 0xd0d1)),
    only: options.only,
  });
  let inTrouble = true;
  const moods = new Map(targets.map(({ name }) => [name, random.next()]));
  const behaviour = createRandom(seed ^ 0x7a26);
  const placed: PlacedCall[] = [];
  const vault = new VaultValues();
  const fromVault = targetsOfVault(targets);
  const world: World = new World({
    state: options.state,
    ledger: options.ledger,
    databases: options.databases,
    startAt: START_AT,
    random: createRandom(seed ^ 0x0bd3),
    plan: (call) => (inTrouble ? faults(call, world) : undefined),
    behave: (target) => (inTrouble ? behave(behaviour, moods.get(target) ?? 0) : "accept"),
    duplicates: random.pick([0, 0.02, 0.1]),
    fatesSurvive: () => behaviour.chance(0.5),
    journal: random.chance(0.3),
    onCall: (call, { calls, problems }) => {
      problems.push(...checkCall(call, calls, expected), ...checkCredential(call, fromVault, vault));
      if (options.countChanges !== undefined) placed.push({ call, after: options.countChanges() });
    },
    onWrite: createLeakCheck(vault, (problem) => void world.problems.push(problem)),
    ...(options.rewrite && { rewrite: options.rewrite }),
    ...(options.consume && { consume: options.consume }),
  });
  try {
    const first = options.databases === undefined ? 1 : seed * 1_000;
    const sender = await createSender(world, createDocument(targets, 1), vault, first);
    const operations = await planTraffic(world, sender, random, targets, options.publishes ?? true);
    const replaced = planReplacements(world, sender, createRandom(seed ^ 0x5ec7));
    operations.push(...Array.from({ length: replaced }, () => "replace secret"));
    for (let minute = 1; minute <= TROUBLE_MINUTES; minute++) {
      await world.runUntil(START_AT + minute * MINUTE_MS);
      world.cron();
    }
    inTrouble = false;
    const minutes = await recover(world, sender, options.ledger, targets);
    const ordered = new Set(targets.flatMap(({ name, orderBy }) => (orderBy === undefined ? [] : [name])));
    return await createReport(seed, world, sender, options.ledger, {
      expected,
      operations,
      minutes,
      placed,
      ordered,
      fromVault,
      values: vault,
    });
  } finally {
    world.close();
  }
}
