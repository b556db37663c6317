// A queue of our own making, with the limits of production that the simulator does not enforce.
// https://developers.cloudflare.com/queues/platform/limits/ (read 2026-11-22)

import { checkLimits } from "../unit/faults.ts";
import type { Random } from "./random.ts";

/** Longest delay that is relied on, in seconds: 12 hours. */
const DELAY_SECONDS_MAX = 43_200;

/** How often a message is offered again before it is a dead letter. */
const RETRIES_MAX = 100;

/** How long a message stays, in milliseconds: four days. A delay or another try does not extend it. */
const RETENTION_MS = 4 * 24 * 3_600_000;

/** How a queue is consumed. */
export interface QueueRules {
  batchMax: number;
  /** Where messages go that were offered too often; without it they are gone. */
  deadLetter?: string;
}

/** A message in the queue. */
export interface Waiting {
  id: string;
  body: unknown;
  sentAt: number;
  visibleAt: number;
  /** How often it has been offered. */
  offered: number;
}

/** What a consumer said of a message. */
export type Fate = { ack: true } | { ack: false; delaySeconds: number };

export class FaultQueue {
  readonly name: string;
  readonly rules: QueueRules;
  /** How many batches are being consumed. */
  running = 0;
  #lastId = 0;
  #waiting: Waiting[] = [];

  constructor(name: string, rules: QueueRules) {
    this.name = name;
    this.rules = rules;
  }

  get size(): number {
    return this.#waiting.length;
  }

  /** When the next message can be offered. */
  get nextAt(): number {
    return Math.min(...this.#waiting.map(({ visibleAt }) => visibleAt), Number.POSITIVE_INFINITY);
  }

  /** Takes messages in, all or none. */
  send(bodies: readonly unknown[], now: number, delaySeconds = 0): void {
    checkLimits(bodies);
    checkDelay(delaySeconds);
    for (const body of bodies) this.#put(structuredClone(body), now, now + delaySeconds * 1_000);
  }

  /** Offers some of what is due, in no order. Each is the consumer's until it is settled. */
  take(now: number, random: Random): Waiting[] {
    this.#waiting = this.#waiting.filter(({ sentAt }) => now - sentAt <= RETENTION_MS);
    const due = this.#waiting.filter(({ visibleAt }) => visibleAt <= now);
    const count = 1 + random.below(Math.min(due.length, this.rules.batchMax));
    const taken: Waiting[] = [];
    while (taken.length < count && due.length > 0) taken.push(...due.splice(random.below(due.length), 1));
    this.#waiting = this.#waiting.filter((message) => !taken.includes(message));
    return taken.map((message) => ({ ...message, offered: message.offered + 1 }));
  }

  /** The platform has a message twice. */
  duplicate(message: Waiting, now: number): void {
    this.#waiting.push({ ...message, body: structuredClone(message.body), visibleAt: now });
  }

  /**
   * Ends a message's turn.
   *
   * @returns it when it was offered too often, for the queue of dead letters
   */
  settle(message: Waiting, fate: Fate, now: number): Waiting | undefined {
    if (fate.ack) return undefined;
    checkDelay(fate.delaySeconds);
    if (message.offered > RETRIES_MAX) return message;
    this.#waiting.push({ ...message, visibleAt: now + fate.delaySeconds * 1_000 });
    return undefined;
  }

  /** What it holds is gone. */
  purge(): void {
    this.#waiting = [];
  }

  #put(body: unknown, now: number, visibleAt: number): void {
    this.#lastId++;
    this.#waiting.push({ id: `${this.name}${this.#lastId}`, body, sentAt: now, visibleAt, offered: 0 });
  }
}

function checkDelay(seconds: number): void {
  if (seconds < 0 || seconds > DELAY_SECONDS_MAX) throw new Error(`Queue delay out of range: ${seconds} s`);
}
