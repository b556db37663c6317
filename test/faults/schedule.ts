// A random schedule: traffic, what people do meanwhile, targets that misbehave and faults, all from one seed. After some
// minutes the faults end, people resume what is paused, time passes, and everything must have come to its end.

import type { Call, Fault } from "./calls.ts";
import { checkOrder, type PlacedCall, type Turns } from "./check-order.ts";
import { FAULTS_OF } from "./calls.ts";
import {
  checkCall,
  checkChanges,
  checkEnd,
  checkLog,
  countRaces,
  EDITION,
  findDuplicates,
  type DuplicateCause,
  type Expectation,
} from "./invariants.ts";
import { prepareLedger, readChanges, readLedger } from "./ledger-audit.ts";
import { createSender, type Sender } from "./sender.ts";
import { createRandom, type Random } from "./random.ts";
import { BEHAVIOURS, type Behaviour } from "./target.ts";
import { World, type WorldOptions } from "./world.ts";

/** A minute, in milliseconds. */
export const MINUTE_MS = 60_000;

/** Later than any day this runs on, on a whole minute. */
export const START_AT = Date.UTC(2040, 0, 2, 9, 0);

/** How long things happen and go wrong, and how long everything then has to recover, in minutes. */
const TROUBLE_MINUTES = 8;
const RECOVERY_MINUTES = 240;

/** A target as a schedule has it. */
export interface TargetPlan {
  name: string;
  route: string;
  /** Waits in seconds. */
  retry: readonly number[];
  onAmbiguous?: "hold" | "retry";
  limits?: Record<string, number>;
  /** What its route's deliveries are ordered by. */
  orderBy?: string;
}

/** The routing table of some targets. Every edition asks for another body. */
export function createDocument(targets: readonly TargetPlan[], edition: number): object {
  const request = (name: string) => ({
    url: `https://${name}.example.com/events`,
    body: { code: "{{ voucher.code }}", edition },
  });
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: Object.fromEntries(
      targets.map(({ name, retry, onAmbiguous, limits }) => [
        name,
        {
          request: request(name),
          auth: { type: "bearer", secret: "CRM_TOKEN" },
          retry,
          timeoutMs: 2_000,
          ...(onAmbiguous === undefined ? {} : { onAmbiguous }),
          ...(limits === undefined ? {} : { limits }),
        },
      ]),
    ),
    routes: targets.map(({ name, route, orderBy }) => ({
      id: route,
      events: ["*"],
      to: [name],
      ...(orderBy === undefined ? {} : { order: { by: orderBy } }),
    })),
  };
}

/** What holds of targets, whatever happens. */
export function expectationOf(targets: readonly TargetPlan[]): Expectation {
  return {
    attempts: new Map(targets.map(({ name, retry }) => [name, retry.length + 1])),
    routes: new Map(targets.map(({ name, route }) => [name, route])),
  };
}

/** How a schedule is run. */
export interface ScheduleOptions {
  state: DurableObjectState;
  ledger: D1Database;
  /** How many changes of deliveries the ledger has noted; without it the order of calls is not checked. */
  countChanges?: () => number;
  /** Only these faults, by the number of their call: to find out which of them it takes. */
  only?: ReadonlyMap<number, Fault>;
  /** Whether the table is published anew in between. */
  publishes?: boolean;
  rewrite?: WorldOptions["rewrite"];
  consume?: WorldOptions["consume"];
}

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
  /** How often a delivery was called with the bytes of another edition of the table. */
  editions: number;
  duplicates: DuplicateCause[];
  /** How many deliveries ended in which state. */
  states: string[];
  operations: string[];
  behaviours: Behaviour[];
  turns: Turns;
  minutes: number;
  /** Everything that happened, as one text: the same for the same seed. */
  trace: string;
}

/** Runs the schedule of a seed. */
export async function runSchedule(seed: number, options: ScheduleOptions): Promise<ScheduleReport> {
  const random = createRandom(seed);
  const targets = orderSome(planTargets(random), createRandom(seed ^ 0x04de));
  const expected = expectationOf(targets);
  await prepareLedger(options.ledger);
  await clearInbox(options.state);
  const faults = createFaults(createRandom(seed ^ 0x5eed), random, options.only);
  let inTrouble = true;
  const moods = new Map(targets.map(({ name }) => [name, random.next()]));
  const behaviour = createRandom(seed ^ 0x7a26);
  const placed: PlacedCall[] = [];
  const world: World = new World({
    state: options.state,
    ledger: options.ledger,
    startAt: START_AT,
    random: createRandom(seed ^ 0x0bd3),
    plan: (call) => (inTrouble ? faults(call, world) : undefined),
    behave: (target) => (inTrouble ? behave(behaviour, moods.get(target) ?? 0) : "accept"),
    duplicates: random.pick([0, 0.02, 0.1]),
    fatesSurvive: () => behaviour.chance(0.5),
    journal: random.chance(0.3),
    onCall: (call, { calls, problems }) => {
      problems.push(...checkCall(call, calls, expected));
      if (options.countChanges !== undefined) placed.push({ call, after: options.countChanges() });
    },
    ...(options.rewrite && { rewrite: options.rewrite }),
    ...(options.consume && { consume: options.consume }),
  });
  try {
    const sender = await createSender(world, createDocument(targets, 1));
    const operations = await planTraffic(world, sender, random, targets, options);
    for (let minute = 1; minute <= TROUBLE_MINUTES; minute++) {
      await world.runUntil(START_AT + minute * MINUTE_MS);
      world.cron();
    }
    inTrouble = false;
    const minutes = await recover(world, sender, options.ledger, targets);
    const ordered = new Set(targets.flatMap(({ name, orderBy }) => (orderBy === undefined ? [] : [name])));
    return await report(seed, world, sender, options.ledger, { expected, operations, minutes, placed, ordered });
  } finally {
    world.close();
  }
}

function planTargets(random: Random): TargetPlan[] {
  return ["crm", "mail", "chat"].slice(0, 1 + random.below(3)).map((name) => ({
    name,
    route: `to-${name}`,
    retry: random.pick([[5, 30], [10], [5, 60, 1_200], []]),
    ...(random.chance(0.2) ? { onAmbiguous: "hold" as const } : {}),
    ...(random.chance(0.2) ? { limits: { perSecond: 1 } } : {}),
  }));
}

/** Has the routes of some targets keep an order. All sendouts are of two customers. */
function orderSome(targets: readonly TargetPlan[], random: Random): TargetPlan[] {
  return targets.map((target) => (random.chance(0.4) ? { ...target, orderBy: "customer.id" } : target));
}

/** Faults by chance: some schedules have few, some many, some of one kind of binding only. */
function createFaults(random: Random, choices: Random, only: ReadonlyMap<number, Fault> | undefined) {
  const rate = choices.pick([0, 0.01, 0.03, 0.1]);
  const crashes = choices.pick([0, 0.3, 0.7]);
  const kinds = choices.chance(0.3) ? new Set([choices.pick(["d1", "queue", "gate", "inbox"] as const)]) : undefined;
  return ({ kind }: Call, { counts }: World): Fault | undefined => {
    if (only !== undefined) return only.get(counts.calls);
    const isStruck = random.chance(rate);
    if (!isStruck) return undefined;
    const isCrash = random.chance(crashes);
    const possible: readonly Fault[] = FAULTS_OF[kind];
    const fault = random.pick(possible.filter((one) => one.startsWith("crash") === (isCrash || kind === "target")));
    return kinds === undefined || fault.startsWith("crash") || kinds.has(kind as never) ? fault : undefined;
  };
}

/** A target's mood says how often it misbehaves. */
function behave(random: Random, mood: number): Behaviour {
  return random.next() < mood ? "accept" : random.pick(BEHAVIOURS);
}

async function planTraffic(
  world: World,
  sender: Sender,
  random: Random,
  targets: readonly TargetPlan[],
  { publishes = true }: ScheduleOptions,
): Promise<string[]> {
  const operations: string[] = [];
  const plan = (name: string, minutes: number, run: () => void) => {
    operations.push(name);
    world.at(START_AT + Math.floor(random.next() * minutes * MINUTE_MS), run);
  };
  for (let count = 1 + random.below(4); count > 0; count--) {
    const ref = await sender.create();
    plan("post", 3, () => sender.post(ref));
    if (random.chance(0.25)) plan("repeat", 6, () => sender.post(ref));
  }
  for (let count = random.below(6); count > 0; count--) {
    const { name, route } = random.pick(targets);
    const subject = random.chance(0.5) ? `targets/${name}` : `routes/${route}`;
    const operation = random.pick(OPERATIONS);
    if (operation === "publish" && !publishes) continue;
    plan(operation, TROUBLE_MINUTES, () => {
      if (operation === "pause") sender.admin(`${subject}/pause`, { mode: "hold" });
      else if (operation === "drain") sender.admin(`${subject}/pause`, { mode: "drain" });
      else if (operation === "resume") sender.admin(`${subject}/resume`, {});
      else if (operation === "publish") sender.publish(createDocument(targets, 2));
      else sender.adminDelivery(operation, random);
    });
  }
  return operations;
}

/** What people do; to send something again is what they do most. */
const OPERATIONS = ["pause", "drain", "resume", "retry", "retry", "retry", "publish", "cancel", "release"] as const;

/** Everything works again: people resume what is paused, and the cron comes by. Returns how many minutes it took. */
async function recover(
  world: World,
  sender: Sender,
  ledger: D1Database,
  targets: readonly TargetPlan[],
): Promise<number> {
  for (let minute = 1; minute <= RECOVERY_MINUTES; minute++) {
    if (await isCronNeeded(world, ledger)) world.cron();
    if (minute % 10 === 2) await resumeAll(sender, ledger, targets);
    await world.runUntil(START_AT + (TROUBLE_MINUTES + minute) * MINUTE_MS);
    if (minute > 14 && world.isAtRest && sender.isDone && (await isSettled(world, ledger))) return minute;
  }
  return RECOVERY_MINUTES;
}

/** People resume what they or a refusal have paused, and decide about what is held for them. */
async function resumeAll(sender: Sender, ledger: D1Database, targets: readonly TargetPlan[]): Promise<void> {
  const { pauses, deliveries } = await readLedger(ledger);
  const waiting = deliveries.filter(({ state, sweep_at: sweepAt }) => state === "held" && sweepAt === null);
  for (const { name, route } of targets) {
    const isHeld = (reasons: readonly string[], key: "target" | "route", id: string) =>
      waiting.some((row) => row[key] === id && reasons.includes(row.reason ?? ""));
    const isPaused = (subject: string) =>
      pauses.some((pause) => pause.subject === subject && pause.reason !== "breaker");
    if (isPaused(`target:${name}`) || isHeld(["target_paused", "target_credentials"], "target", name)) {
      sender.admin(`targets/${name}/resume`, {});
    }
    if (isPaused(`route:${route}`) || isHeld(["route_paused"], "route", route))
      sender.admin(`routes/${route}/resume`, {});
  }
  for (const { sendout_id: id, target, reason } of waiting) {
    if (reason === "ambiguous") sender.admin(`deliveries/${id}.${target}/release`, {});
  }
}

/** In quiet times the cron is left out where it would find nothing: it costs more than everything else. */
export async function isCronNeeded(world: World, ledger: D1Database): Promise<boolean> {
  const { now } = world.clock;
  const row = await ledger
    .prepare(
      `SELECT (SELECT count(*) FROM deliveries WHERE sweep_at <= ?1 + 60000) AS due,
         EXISTS (SELECT 1 FROM sendouts AS s, json_each(s.planned) AS plan
             LEFT JOIN deliveries AS d ON d.sendout_id = s.id AND d.target = plan.value ->> 'target'
             WHERE s.received_at <= ?1 - 600000 AND d.sendout_id IS NULL)
           OR EXISTS (SELECT 1 FROM pauses WHERE reason = 'breaker')
           OR EXISTS (SELECT 1 FROM deliveries AS w WHERE w.state = 'held' AND w.reason = 'in_order' AND NOT EXISTS (
             SELECT 1 FROM deliveries AS a WHERE a.order_key = w.order_key AND a.state IN ('scheduled', 'held')
               AND a.reason IS NOT 'in_order')) AS orphans`,
    )
    .bind(now)
    .first<{ due: number; orphans: number }>();
  return (row?.due ?? 0) > 0 || (row?.orphans ?? 0) > 0 || Math.floor(now / MINUTE_MS) % 30 === 0;
}

/** Whether everything that was planned has ended. */
export async function isSettled(world: World, ledger: D1Database): Promise<boolean> {
  const { sendouts, deliveries } = await readLedger(ledger);
  const planned = sendouts.reduce((sum, row) => sum + (JSON.parse(row.planned) as unknown[]).length, 0); // src wrote it
  const ended = deliveries.filter(({ state }) => state !== "scheduled" && state !== "held").length;
  return ended >= planned && world.inboxCount() === 0;
}

/** What a schedule was, for its report. */
interface Course {
  expected: Expectation;
  operations: string[];
  minutes: number;
  placed: PlacedCall[];
  /** Targets whose deliveries go in order. */
  ordered: ReadonlySet<string>;
}

async function report(
  seed: number,
  world: World,
  sender: Sender,
  ledger: D1Database,
  { expected, operations, minutes, placed, ordered }: Course,
): Promise<ScheduleReport> {
  const [end, changes] = [await readLedger(ledger), await readChanges(ledger)];
  const problems = [
    ...world.problems,
    ...checkChanges(changes, expected, sender.askedAgain),
    ...checkEnd(end, sender.posted, expected),
  ];
  const order = checkOrder(changes, placed, ordered, sender.askedAgain);
  problems.push(...checkLog(end, world.calls), ...order.problems);
  const isKnown = (problem: string) => problem.startsWith(EDITION);
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
    problems: problems.filter((problem) => !isKnown(problem)),
    injected: world.injected,
    counts: world.counts,
    calls: world.calls.length,
    editions: problems.filter(isKnown).length,
    sendouts: sender.posted.length,
    races: countRaces(world.calls),
    duplicates,
    operations,
    minutes,
    states: end.deliveries.map(({ state, reason }) => (state === "failed" ? `failed: ${reason}` : state)),
    behaviours: world.calls.map((call) => call.behaviour),
    turns: order.turns,
    trace: trace.join("\n"),
  };
}

/** Empties the Inbox. */
export async function clearInbox({ storage }: DurableObjectState): Promise<void> {
  await storage.deleteAlarm();
  for (const table of ["kept", "pieces"]) {
    const { n } = storage.sql
      .exec<{ n: number }>("SELECT count(*) AS n FROM sqlite_master WHERE name = ?", table)
      .one();
    if (n > 0) storage.sql.exec(`DELETE FROM ${table}`);
  }
}
