// A whole Signalbox in one isolate under a clock that the test owns: the handlers of src/index.ts, called as the platform
// would call them, over real storage and queues of our own. It does one thing at a time, chosen by seed, and each await
// on a binding is one of them; so every order of events can be had again.

import worker from "../../src/index.ts";
import type { Bindings } from "../../src/env.ts";
import type { KvHistory } from "./bindings.ts";
import type { QueueName } from "./batches.ts";
import type { Call, Fault, Step } from "./calls.ts";
import type { Wrote } from "./check-secrets.ts";
import { Clock, replaceAll } from "./clock.ts";
import { Consumers, type QueueTrouble } from "./consumers.ts";
import { createEnv } from "./environment.ts";
import { Gates } from "./gates.ts";
import { InboxObject } from "./inbox-object.ts";
import { Invocations } from "./invocations.ts";
import { createFetch, takeTime } from "./outbound.ts";
import { performCall } from "./perform-call.ts";
import type { FaultQueue } from "./queue.ts";
import { standIn } from "./stand-in.ts";
import type { Behaviour, TargetCall } from "./target.ts";

/** After so many events a world that does not come to rest is given up. */
const EVENTS_MAX = 5_000;

/** What a world is made of. */
export interface WorldOptions extends QueueTrouble {
  /** The Durable Object that the test runs in: its storage is the Inbox's, and the ledger's where that is not D1. */
  state: DurableObjectState;
  ledger: D1Database;
  /** The databases that make up the ledger; that one alone when left out. */
  databases?: readonly D1Database[] | undefined;
  /** Milliseconds since 1970. Later than today, or alarms would go off by themselves. */
  startAt: number;
  /** What happens to a call. */
  plan: (call: Call) => Fault | undefined;
  /** How a target behaves when it is called. */
  behave: (target: string, key: string) => Behaviour;
  journal: boolean;
  /** Told of every call before the target answers. */
  onCall: (call: TargetCall, world: World) => void;
  /** Told of every message, statement and log line. */
  onWrite?: Wrote;
  /** Changes statements, for a Signalbox that is broken on purpose. */
  rewrite?: (sql: string) => string;
}

/** Something to happen at an instant. */
interface Planned {
  at: number;
  run: () => void;
}

export class World {
  readonly clock: Clock;
  readonly calls: TargetCall[] = [];
  /** What was injected, in order. */
  readonly injected: { call: number; fault: Fault; name: string; step: Step }[] = [];
  readonly problems: string[] = [];
  /** How often what happened, in the queues and on the way to the bindings. */
  readonly counts = { batches: 0, redelivered: 0, duplicated: 0, crashes: 0, dead: 0, calls: 0 };
  readonly kv: KvHistory = { values: new Map() };
  readonly #options: WorldOptions;
  readonly #invocations: Invocations;
  readonly #consumers: Consumers;
  readonly #gates = new Gates();
  readonly #inbox: InboxObject;
  readonly #ready: (() => void)[] = [];
  #planned: Planned[] = [];
  #restore: () => void;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#invocations = new Invocations({
      random: options.random,
      createEnv: () => this.#createEnv(),
      threw: (step, error) => void this.problems.push(`${step} threw: ${String(error)}`),
    });
    this.clock = new Clock(options.startAt, (run) => this.#invocations.own(run));
    this.#inbox = new InboxObject(options.state, () => this.#createEnv());
    const { clock, counts, problems } = this;
    this.#consumers = new Consumers({
      ...options,
      clock,
      counts,
      problems,
      start: (...args) => this.start(...args),
      handle: async (batch, env) => worker.queue(batch, env),
    });
    this.#restore = this.#takeOver();
  }

  get queues(): Record<QueueName, FaultQueue> {
    return this.#consumers.queues;
  }

  /** The ledger past all faults. */
  get ledger(): D1Database {
    return this.#options.ledger;
  }

  /** How many sendouts the Inbox keeps. */
  inboxCount(): number {
    return this.#inbox.count;
  }

  /** Gives the platform its own clock back. */
  close(): void {
    this.#invocations.end();
    this.#restore();
  }

  /** Has something happen at an instant. */
  at(at: number, run: () => void): void {
    this.#planned.push({ at, run });
  }

  /** Runs a handler in one of the isolates. */
  start(step: Step, run: (env: Bindings) => Promise<unknown>, onCrash: () => void = () => {}): void {
    this.#invocations.start(step, run, onCrash);
  }

  /** A request to the Worker; `answered` gets its answer, or undefined when the isolate ended before. */
  request(step: Step, request: Request, answered: (response: Response | undefined) => void | Promise<void>): void {
    this.start(
      step,
      async (env) => {
        const background: Promise<unknown>[] = [];
        const ctx = { waitUntil: (work: Promise<unknown>) => void background.push(work) };
        // Hono asks nothing else of a context.
        const response = await worker.fetch(request, env, standIn<ExecutionContext>(ctx));
        await answered(response);
        await Promise.all(background);
      },
      () => void answered(undefined),
    );
  }

  /** The cron's minute, and where the ledger is spread that of the databases beside LEDGER. */
  cron(): void {
    const { databases = [] } = this.#options;
    for (const cron of databases.length > 1 ? ["* * * * *", "*/1 * * * *"] : ["* * * * *"]) {
      const controller = { cron, scheduledTime: this.clock.now, noRetry: () => {} } as ScheduledController;
      this.start("cron", async (env) => worker.scheduled(controller, env));
    }
  }

  /** Goes on until nothing is left to do before an instant. */
  async runUntil(end: number): Promise<void> {
    for (let events = 0; events < EVENTS_MAX; events++) {
      await this.#invocations.quiet();
      const choices = [
        ...this.#invocations.pending.map((call) => async () => this.#perform(call)),
        ...this.#ready.map((run) => async () => void this.#ready.splice(this.#ready.indexOf(run), 1).map((go) => go())),
        ...this.#consumers.due.map((name) => async () => this.#consumers.consume(name)),
      ];
      if (choices.length > 0) {
        await this.#options.random.pick(choices)();
        continue;
      }
      const next = this.#nextAt();
      if (next > end) {
        this.clock.advanceTo(end);
        return;
      }
      await this.#advance(next);
    }
    throw new Error(`the world does not come to rest: ${this.describe()}`);
  }

  /** Whether nothing is under way or waits in a queue. */
  get isAtRest(): boolean {
    return this.#invocations.size === 0 && this.#consumers.isEmpty;
  }

  /** What is under way, for people. */
  describe(): string {
    return `${this.#consumers.describe()}; ${this.#invocations.describe()}`;
  }

  #nextAt(): number {
    const planned = this.#planned.map(({ at }) => at);
    return Math.min(this.clock.nextAt, this.#inbox.alarmAt, this.#consumers.nextAt, ...planned);
  }

  async #advance(at: number): Promise<void> {
    this.clock.advanceTo(at);
    const { now } = this.clock;
    for (const planned of this.#planned.filter((one) => one.at <= now)) this.#ready.push(planned.run);
    this.#planned = this.#planned.filter((one) => one.at > now);
    const inbox = this.#inbox;
    if (inbox.alarmAt > now) return;
    await inbox.takeAlarm();
    this.start(
      "alarm",
      async () => inbox.alarm(),
      () => inbox.alarmAgain(this.clock.now),
    );
  }

  async #perform(call: Call): Promise<void> {
    this.#invocations.take(call);
    this.counts.calls++;
    const fault = this.#options.plan(call);
    if (fault !== undefined) {
      const { invocation, name } = call;
      invocation.faults++;
      this.injected.push({ call: this.counts.calls, fault, name, step: invocation.step });
    }
    await performCall(call, fault, {
      clock: this.clock,
      random: this.#options.random,
      at: (at, run) => this.at(at, run),
      crash: (isolate) => {
        this.counts.crashes++;
        this.#invocations.crash(isolate);
      },
    });
  }

  #createEnv(): Bindings {
    const { ledger, databases = [ledger], rewrite, journal, onWrite = () => undefined } = this.#options;
    return createEnv({
      databases,
      journal,
      kv: this.kv,
      queues: this.queues,
      gates: this.#gates,
      inbox: this.#inbox,
      makeCall: this.#invocations.makeCall,
      current: () => this.#invocations.current,
      now: () => this.clock.now,
      wrote: onWrite,
      ...(rewrite && { rewrite }),
    });
  }

  /** Puts this world in the place of the platform's. Returns what undoes it. */
  #takeOver(): () => void {
    const { random, behave, onCall, onWrite } = this.#options;
    const current = () => this.#invocations.current;
    const fetchTarget = createFetch({
      clock: this.clock,
      makeCall: this.#invocations.makeCall,
      current,
      behave,
      exceeded: (problem) => this.problems.push(problem),
      arrived: (call) => {
        onCall(call, this);
        this.calls.push(call);
      },
    });
    const undoClock = this.clock.install();
    const undo = replaceAll([
      [globalThis, "fetch", fetchTarget],
      [scheduler, "wait", async (ms: number) => takeTime(this.clock, current(), ms)],
      [Math, "random", () => random.next()],
      [console, "error", (...line: unknown[]) => onWrite?.("log line", line)],
    ]);
    return () => {
      undo();
      undoClock();
    };
  }
}
