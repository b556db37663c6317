// What a schedule has in store, all from its seed: targets, how they misbehave, what happens to calls, and what
// Voucherify and people do meanwhile.

import { FAULTS_OF, type Call, type Fault } from "./calls.ts";
import { MINUTE_MS, START_AT } from "./clock.ts";
import type { Random } from "./random.ts";
import type { Sender } from "./sender.ts";
import { createDocument, type TargetPlan } from "./target-plans.ts";
import { BEHAVIOURS, type Behaviour } from "./target.ts";
import { VAULT_SECRET } from "./vault-values.ts";
import type { World } from "./world.ts";

/** How long things happen and go wrong, in minutes. */
export const TROUBLE_MINUTES = 8;

/** One to three targets. */
export function planTargets(random: Random): TargetPlan[] {
  return ["crm", "mail", "chat"].slice(0, 1 + random.below(3)).map((name) => ({
    name,
    ...(name === "crm" ? { secret: VAULT_SECRET } : {}),
    route: `to-${name}`,
    retry: random.pick([[5, 30], [10], [5, 60, 1_200], []]),
    ...(random.chance(0.2) ? { onAmbiguous: "hold" as const } : {}),
    ...(random.chance(0.2) ? { limits: { perSecond: 1 } } : {}),
  }));
}

/** Has the routes of some targets keep an order. All sendouts are of two customers. */
export function orderSome(targets: readonly TargetPlan[], random: Random): TargetPlan[] {
  return targets.map((target) => (random.chance(0.4) ? { ...target, orderBy: "customer.id" } : target));
}

/** A time in which D1 takes nothing, in milliseconds since 1970. */
export interface Outage {
  from: number;
  until: number;
}

/**
 * An outage of D1 of up to six minutes, in one of four schedules: longer than a sendout waits for D1, so that deliveries
 * come to isolates that have not opened any secret yet.
 */
export function planOutage(random: Random): Outage | undefined {
  if (!random.chance(0.25)) return undefined;
  const from = START_AT + random.below(2 * MINUTE_MS);
  return { from, until: from + random.below(6 * MINUTE_MS) };
}

/** Faults by chance: some schedules have few, some many, some of one kind of binding only. */
export function createFaults(
  random: Random,
  choices: Random,
  { outage, only }: { outage: Outage | undefined; only: ReadonlyMap<number, Fault> | undefined },
) {
  const rate = choices.pick([0, 0.01, 0.03, 0.1]);
  const crashes = choices.pick([0, 0.3, 0.7]);
  const kinds = choices.chance(0.3) ? new Set([choices.pick(["d1", "queue", "gate", "inbox"] as const)]) : undefined;
  return ({ kind }: Call, { counts, clock: { now } }: World): Fault | undefined => {
    if (only !== undefined) return only.get(counts.calls);
    if (kind === "d1" && outage !== undefined && now >= outage.from && now < outage.until) return "before";
    const isStruck = random.chance(rate);
    if (!isStruck) return undefined;
    const isCrash = random.chance(crashes);
    const possible: readonly Fault[] = FAULTS_OF[kind];
    const fault = random.pick(possible.filter((one) => one.startsWith("crash") === (isCrash || kind === "target")));
    return kinds === undefined || fault.startsWith("crash") || kinds.has(kind as never) ? fault : undefined;
  };
}

/** A target's mood says how often it misbehaves. */
export function behave(random: Random, mood: number): Behaviour {
  return random.next() < mood ? "accept" : random.pick(BEHAVIOURS);
}

/** Plans what is posted and what people do. Returns what they do, in no order. */
export async function planTraffic(
  world: World,
  sender: Sender,
  random: Random,
  targets: readonly TargetPlan[],
  publishes: boolean,
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

/** Has people replace the vault's secret once or twice, in some schedules. Returns how often. */
export function planReplacements(world: World, sender: Sender, random: Random): number {
  const count = random.pick([0, 0, 1, 2]);
  for (let index = 0; index < count; index++) {
    world.at(START_AT + Math.floor(random.next() * TROUBLE_MINUTES * MINUTE_MS), () => sender.replaceSecret());
  }
  return count;
}

/** What people do; to send something again is what they do most. */
const OPERATIONS = ["pause", "drain", "resume", "retry", "retry", "retry", "publish", "cancel", "release"] as const;
