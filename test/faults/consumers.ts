// The queues of a world and what consumes them: batches are taken when they are due, and when a consumer has ended, or its
// isolate has, each message goes where it was said to go.

import type { Bindings } from "../../src/env.ts";
import { createBatch, QUEUES, QUEUE_NAMES, type QueueName } from "./batches.ts";
import type { Step } from "./calls.ts";
import type { Clock } from "./clock.ts";
import { FaultQueue, type Fate, type Waiting } from "./queue.ts";
import type { Random } from "./random.ts";

/** Batches of one queue that are consumed at the same time, at most. */
const BATCHES_AT_ONCE = 2;

/** How a world's queues misbehave. */
export interface QueueTrouble {
  random: Random;
  /** How probable it is that the platform offers a message twice. */
  duplicates: number;
  /** Whether what a consumer said before its isolate ended reached the queue. */
  fatesSurvive: () => boolean;
  /** Handles a batch in the place of src/index.ts, for a Signalbox that is broken on purpose. */
  consume?: (batch: MessageBatch, env: Bindings, next: () => Promise<void>) => Promise<void>;
}

/** How often the queues offered something, once more and twice, and gave up. */
export interface QueueCounts {
  batches: number;
  redelivered: number;
  duplicated: number;
  dead: number;
}

/** What batches are consumed with. */
export interface ConsumerRules extends QueueTrouble {
  clock: Clock;
  counts: QueueCounts;
  problems: string[];
  start: (step: Step, run: (env: Bindings) => Promise<unknown>, onCrash: () => void) => void;
  /** The Worker's own handler. */
  handle: (batch: MessageBatch, env: Bindings) => Promise<void>;
}

export class Consumers {
  readonly queues: Record<QueueName, FaultQueue>;
  readonly #rules: ConsumerRules;

  constructor(rules: ConsumerRules) {
    this.#rules = rules;
    this.queues = Object.fromEntries(
      QUEUE_NAMES.map((name) => [name, new FaultQueue(QUEUES[name].name, QUEUES[name])]),
    ) as Record<QueueName, FaultQueue>; // one for each name
  }

  /** Queues of which a batch can be consumed now. */
  get due(): QueueName[] {
    return QUEUE_NAMES.filter((name) => this.#isFree(name) && this.queues[name].nextAt <= this.#rules.clock.now);
  }

  /** When a batch can be consumed next. */
  get nextAt(): number {
    const free = QUEUE_NAMES.filter((name) => this.#isFree(name)).map((name) => this.queues[name].nextAt);
    return Math.min(...free, Number.POSITIVE_INFINITY);
  }

  get isEmpty(): boolean {
    return QUEUE_NAMES.every((name) => this.queues[name].size === 0);
  }

  /** What waits where, for people. */
  describe(): string {
    return QUEUE_NAMES.map((name) => `${name} ${this.queues[name].size}`).join(", ");
  }

  /** Takes a batch and has it consumed. */
  consume(name: QueueName): void {
    const { random, duplicates, fatesSurvive, clock, counts } = this.#rules;
    const queue = this.queues[name];
    const taken = queue.take(clock.now, random);
    if (taken.length === 0) return;
    queue.running++;
    counts.batches++;
    counts.redelivered += taken.filter(({ offered }) => offered > 1).length;
    if (random.chance(duplicates)) {
      queue.duplicate(random.pick(taken), clock.now);
      counts.duplicated++;
    }
    const fates = new Map<Waiting, Fate>();
    const again: Fate = { ack: false, delaySeconds: random.below(20) };
    const run = async (env: Bindings) => {
      try {
        await this.#handle(createBatch(queue.name, taken, fates), env);
        if (taken.some((message) => !fates.has(message))) {
          this.#rules.problems.push(`${name}: a message was neither acknowledged nor put back`);
        }
        this.#settle(name, taken, fates, { ack: true }); // as the platform does with such a message
      } catch {
        this.#settle(name, taken, fates, again);
      }
    };
    const crashed = () => this.#settle(name, taken, fatesSurvive() ? fates : new Map(), again);
    this.#rules.start(QUEUES[name].step, run, crashed);
  }

  #isFree(name: QueueName): boolean {
    return this.queues[name].running < BATCHES_AT_ONCE;
  }

  async #handle(batch: MessageBatch, env: Bindings): Promise<void> {
    const { consume, handle } = this.#rules;
    const next = async () => handle(batch, env);
    await (consume === undefined ? next() : consume(batch, env, next));
  }

  #settle(name: QueueName, taken: readonly Waiting[], fates: ReadonlyMap<Waiting, Fate>, otherwise: Fate): void {
    const { clock, counts, problems } = this.#rules;
    const queue = this.queues[name];
    queue.running--;
    for (const message of taken) {
      const dead = queue.settle(message, fates.get(message) ?? otherwise, clock.now);
      if (dead === undefined) continue;
      counts.dead++;
      if (name === "DEAD") problems.push("a dead letter was given up and is gone");
      else this.queues.DEAD.send([dead.body], clock.now);
    }
  }
}
