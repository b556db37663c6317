// A whole Signalbox in one isolate under a clock that the test owns: the handlers of src/index.ts, called as the platform
// would call them, over real storage and queues of our own. It does one thing at a time, chosen by seed, and each await
// on a binding is one of them; so every order of events can be had again.

import { AsyncLocalStorage } from "node:async_hooks";
import worker from "../../src/index.ts";
import { Inbox } from "../../src/inbox/inbox.ts";
import type { Bindings } from "../../src/env.ts";
import { SECRETS } from "../unit/faults.ts";
import { createBatch, QUEUES, QUEUE_NAMES, type QueueName } from "./batches.ts";
import { gateBinding, inboxBinding, kvBinding, ledgerBinding, queueBinding, type KvHistory } from "./bindings.ts";
import {
  FAILURES,
  HANG_MS,
  type Call,
  type Fault,
  type Invocation,
  type Isolate,
  type MakeCall,
  type Step,
} from "./calls.ts";
import { Clock, replaceAll } from "./clock.ts";
import { FaultQueue, type Fate, type Waiting } from "./queue.ts";
import { Gates } from "./gates.ts";
import type { Random } from "./random.ts";
import { standIn } from "./stand-in.ts";
import { answerOf, isDone, SLOW_ANSWER_MS, type Behaviour, type TargetCall } from "./target.ts";

/** Batches of one queue that are consumed at the same time, at most. */
const BATCHES_AT_ONCE = 2;

/** Copies of the Worker that are alive at the same time, at most. */
const ISOLATES_AT_ONCE = 2;

/** After so many events a world that does not come to rest is given up. */
const EVENTS_MAX = 5_000;

/** When the platform tries an alarm again that came to nothing, in milliseconds. */
const ALARM_AGAIN_MS = 2_000;

/** What a world is made of. */
export interface WorldOptions {
  /** The Durable Object that the test runs in: its storage is the Inbox's, and the ledger's where that is not D1. */
  state: DurableObjectState;
  ledger: D1Database;
  random: Random;
  /** Milliseconds since 1970. Later than today, or alarms would go off by themselves. */
  startAt: number;
  /** What happens to a call. */
  plan: (call: Call) => Fault | undefined;
  /** How a target behaves when it is called. */
  behave: (target: string, key: string) => Behaviour;
  /** How probable it is that the platform offers a message twice. */
  duplicates: number;
  /** Whether what a consumer said before its isolate ended reached the queue. */
  fatesSurvive: () => boolean;
  journal: boolean;
  /** Told of every call before the target answers. */
  onCall: (call: TargetCall, world: World) => void;
  /** Changes statements, for a Signalbox that is broken on purpose. */
  rewrite?: (sql: string) => string;
  /** Handles a batch in the place of src/index.ts, for the same purpose. */
  consume?: (batch: MessageBatch, env: Bindings, next: () => Promise<void>) => Promise<void>;
}

/** Something to happen at an instant. */
interface Planned {
  at: number;
  run: () => void;
}

export class World {
  readonly clock: Clock;
  readonly queues: Record<QueueName, FaultQueue>;
  readonly calls: TargetCall[] = [];
  /** What was injected, in order. */
  readonly injected: { call: number; fault: Fault; name: string; step: Step }[] = [];
  readonly problems: string[] = [];
  /** How often the queues offered a message again, and twice. */
  readonly counts = { batches: 0, redelivered: 0, duplicated: 0, crashes: 0, dead: 0, calls: 0 };
  /** Gates that have failed or forgotten: nothing can be said of what they remember. */
  readonly gateTrouble = new Set<string>();
  readonly kv: KvHistory = { values: new Map() };
  readonly #options: WorldOptions;
  readonly #current = new AsyncLocalStorage<Invocation>();
  readonly #pending: Call[] = [];
  readonly #running = new Set<Invocation>();
  readonly #ready: (() => void)[] = [];
  readonly #gates = new Gates();
  #isolates: Isolate[] = [];
  #planned: Planned[] = [];
  #inbox: Inbox | undefined;
  #alarmAt: number | undefined;
  #lastIsolate = 0;
  #lastInvocation = 0;
  #restore: () => void;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.clock = new Clock(options.startAt, (run) => this.#owned(run));
    this.queues = Object.fromEntries(
      QUEUE_NAMES.map((name) => [name, new FaultQueue(QUEUES[name].name, QUEUES[name])]),
    ) as Record<QueueName, FaultQueue>; // one for each name
    const undoClock = this.clock.install();
    const undo = replaceAll([
      [globalThis, "fetch", async (input: string, init?: RequestInit) => this.#fetch(input, init)],
      [scheduler, "wait", async (ms: number) => this.#takeTime(this.#current.getStore(), ms)],
      [Math, "random", () => options.random.next()],
      [console, "error", () => undefined],
    ]);
    this.#restore = () => {
      undo();
      undoClock();
    };
  }

  /** The ledger past all faults. */
  get ledger(): D1Database {
    return this.#options.ledger;
  }

  /** How many sendouts the Inbox keeps. */
  inboxCount(): number {
    return this.#inbox?.state().count ?? 0;
  }

  /** Gives the platform its own clock back. */
  close(): void {
    for (const isolate of this.#isolates) isolate.alive = false;
    this.#restore();
  }

  /** Has something happen at an instant. */
  at(at: number, run: () => void): void {
    this.#planned.push({ at, run });
  }

  /** Runs a handler in one of the isolates. */
  start(step: Step, run: (env: Bindings) => Promise<unknown>, onCrash: () => void = () => {}): void {
    const isolate = this.#pickIsolate();
    this.#lastInvocation++;
    const invocation: Invocation = {
      id: this.#lastInvocation,
      step,
      isolate,
      alive: true,
      pending: 0,
      blocked: 0,
      calls: 0,
      faults: 0,
      onCrash,
    };
    this.#running.add(invocation);
    const env = isolate.env as Bindings; // made by createEnv
    void this.#current
      .run(invocation, async () => run(env))
      .catch((error: unknown) => {
        if (invocation.alive) this.problems.push(`${step} threw: ${String(error)}`);
      })
      .finally(() => this.#running.delete(invocation));
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

  /** The cron's minute. */
  cron(): void {
    const controller = { cron: "* * * * *", scheduledTime: this.clock.now, noRetry: () => {} } as ScheduledController;
    this.start("cron", async (env) => worker.scheduled(controller, env));
  }

  /** Goes on until nothing is left to do before an instant. */
  async runUntil(end: number): Promise<void> {
    for (let events = 0; events < EVENTS_MAX; events++) {
      await this.#quiet();
      const choices = [
        ...this.#pending.map((call) => async () => this.#perform(call)),
        ...this.#ready.map((run) => async () => void this.#ready.splice(this.#ready.indexOf(run), 1).map((go) => go())),
        ...QUEUE_NAMES.filter((name) => this.#isDue(this.queues[name])).map((name) => async () => this.#consume(name)),
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

  /** Whether anything is under way or waits in a queue. */
  get isAtRest(): boolean {
    return this.#running.size === 0 && QUEUE_NAMES.every((name) => this.queues[name].size === 0);
  }

  /** What is under way, for people. */
  describe(): string {
    const queues = QUEUE_NAMES.map((name) => `${name} ${this.queues[name].size}`).join(", ");
    const running = [...this.#running].map(({ step, pending, blocked }) => `${step} (${pending}, ${blocked})`);
    return `${queues}; running: ${running.join(", ") || "nothing"}`;
  }

  #nextAt(): number {
    const queues = QUEUE_NAMES.map((name) => this.queues[name]).filter((queue) => queue.running < BATCHES_AT_ONCE);
    const alarm = this.#alarmAt ?? Number.POSITIVE_INFINITY;
    return Math.min(
      this.clock.nextAt,
      alarm,
      ...this.#planned.map(({ at }) => at),
      ...queues.map(({ nextAt }) => nextAt),
    );
  }

  async #advance(at: number): Promise<void> {
    this.clock.advanceTo(at);
    const { now } = this.clock;
    for (const planned of this.#planned.filter((one) => one.at <= now)) this.#ready.push(planned.run);
    this.#planned = this.#planned.filter((one) => one.at > now);
    if (this.#alarmAt === undefined || this.#alarmAt > now) return;
    this.#alarmAt = undefined;
    await this.#options.state.storage.deleteAlarm();
    const again = () => {
      this.#alarmAt = this.clock.now + ALARM_AGAIN_MS;
    };
    const alarm = async () => {
      await this.#findInbox().alarm();
      await this.#noteAlarm();
    };
    this.start("alarm", alarm, again);
  }

  #isDue(queue: FaultQueue): boolean {
    return queue.running < BATCHES_AT_ONCE && queue.nextAt <= this.clock.now;
  }

  #consume(name: QueueName): void {
    const { random, duplicates, fatesSurvive, consume } = this.#options;
    const queue = this.queues[name];
    const taken = queue.take(this.clock.now, random);
    if (taken.length === 0) return;
    queue.running++;
    this.counts.batches++;
    this.counts.redelivered += taken.filter(({ offered }) => offered > 1).length;
    if (random.chance(duplicates)) {
      queue.duplicate(random.pick(taken), this.clock.now);
      this.counts.duplicated++;
    }
    const fates = new Map<Waiting, Fate>();
    const settle = (otherwise: Fate, spoken: boolean): void => {
      queue.running--;
      for (const message of taken) {
        const dead = queue.settle(message, (spoken ? fates.get(message) : undefined) ?? otherwise, this.clock.now);
        if (dead === undefined) continue;
        this.counts.dead++;
        if (QUEUES[name].name !== QUEUES.DEAD.name) this.queues.DEAD.send([dead.body], this.clock.now);
        else this.problems.push("a dead letter was given up and is gone");
      }
    };
    const again: Fate = { ack: false, delaySeconds: random.below(20) };
    const batch = createBatch(queue.name, taken, fates);
    const run = async (env: Bindings) => {
      try {
        const handle = async () => worker.queue(batch, env);
        await (consume === undefined ? handle() : consume(batch, env, handle));
        if (taken.some((message) => !fates.has(message))) {
          this.problems.push(`${name}: a message was neither acknowledged nor put back`);
        }
        settle({ ack: true }, true); // as the platform does with such a message
      } catch {
        settle(again, true);
      }
    };
    this.start(QUEUES[name].step, run, () => settle(again, fatesSurvive()));
  }

  async #perform(call: Call): Promise<void> {
    this.#pending.splice(this.#pending.indexOf(call), 1);
    const { invocation, kind } = call;
    invocation.pending--;
    this.counts.calls++;
    const fault = this.#options.plan(call);
    if (fault !== undefined) {
      invocation.faults++;
      this.injected.push({ call: this.counts.calls, fault, name: call.name, step: invocation.step });
      if (kind === "gate") this.gateTrouble.add(call.name);
    }
    const failure = new Error(FAILURES[kind]);
    switch (fault) {
      case "before":
        return call.reject(failure);
      case "crash_before":
        return this.#crash(invocation.isolate);
      case "hang":
      case "late":
        return this.#hang(call, fault, failure);
      case "after":
      case "crash_after":
      case "stale":
      case "empty":
      case "forgotten":
      case undefined:
    }
    try {
      const value = await call.work(fault);
      if (fault === "after") call.reject(failure);
      else if (fault === "crash_after") this.#crash(invocation.isolate);
      else call.resolve(value);
    } catch (error) {
      call.reject(error);
    }
  }

  #hang({ invocation, work, reject }: Call, fault: "hang" | "late", failure: Error): void {
    invocation.blocked++;
    this.clock.after(HANG_MS, () => {
      invocation.blocked--;
      reject(failure);
    });
    if (fault === "hang") return;
    // Done behind everybody's back; that it may fail is nobody's to hear either.
    this.at(
      this.clock.now + this.#options.random.below(HANG_MS),
      () => void Promise.resolve(work(fault)).catch(() => {}),
    );
  }

  #crash(isolate: Isolate): void {
    this.counts.crashes++;
    isolate.alive = false;
    this.#isolates = this.#isolates.filter((one) => one !== isolate);
    for (const invocation of [...this.#running].filter((one) => one.isolate === isolate)) {
      invocation.alive = false;
      this.#running.delete(invocation);
      for (const call of this.#pending.filter((one) => one.invocation === invocation)) {
        this.#pending.splice(this.#pending.indexOf(call), 1);
      }
      invocation.onCrash();
    }
  }

  /** Lets code run until it waits for calls or for time. */
  async #quiet(): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      for (let turn = 0; turn < MICROTASKS; turn++) await Promise.resolve();
      const busy = [...this.#running].some(({ pending, blocked }) => pending === 0 && blocked === 0);
      if (!busy) return;
      await new Promise((resolve) => void setImmediate(resolve));
    }
    throw new Error(`something waits for neither a call nor the clock: ${this.describe()}`);
  }

  async #makeCall<T>(kind: Call["kind"], name: string, work: (fault: Fault | undefined) => T | Promise<T>): Promise<T> {
    const invocation = this.#current.getStore();
    if (invocation === undefined) return work(undefined);
    return new Promise<T>((resolve, reject) => {
      if (!invocation.alive) return; // what is dead waits for ever
      invocation.pending++;
      invocation.calls++;
      this.#pending.push({
        invocation,
        kind,
        name,
        number: invocation.calls,
        work,
        reject,
        resolve: resolve as (value: unknown) => void, // with what `work` came to
      });
    });
  }

  /** A timer belongs to the invocation that set it, and is no more when that has ended by force. */
  #owned(run: () => void): () => void {
    const invocation = this.#current.getStore();
    if (invocation === undefined) return run;
    return () => {
      if (invocation.alive) this.#current.run(invocation, run);
    };
  }

  #pickIsolate(): Isolate {
    const { random } = this.#options;
    if (this.#isolates.length > 0 && random.chance(0.05)) this.#isolates.shift();
    if (this.#isolates.length === 0 || (this.#isolates.length < ISOLATES_AT_ONCE && random.chance(0.2))) {
      this.#lastIsolate++;
      const isolate = { id: this.#lastIsolate, env: this.#createEnv(), alive: true };
      this.#isolates.push(isolate);
    }
    return random.pick(this.#isolates);
  }

  #createEnv(): Bindings {
    const makeCall: MakeCall = async (...args) => this.#makeCall(...args);
    const now = () => this.clock.now;
    const { ledger, rewrite, journal } = this.#options;
    const queue = (name: QueueName) => queueBinding(this.queues[name], makeCall, now);
    return {
      LEDGER: ledgerBinding(ledger, makeCall, () => this.#current.getStore(), rewrite),
      TABLE: kvBinding(this.kv, makeCall),
      INGEST: queue("INGEST"),
      DELIVER: queue("DELIVER"),
      SLOW: queue("SLOW"),
      LATE: queue("LATE"),
      DEAD: queue("DEAD"),
      TARGET_GATE: gateBinding(
        (account) => this.#gates.of(account),
        (account) => this.#gates.forget(account),
        makeCall,
      ),
      INBOX: inboxBinding(
        () => this.#findInbox(),
        async () => this.#noteAlarm(),
        makeCall,
      ),
      ...SECRETS,
      ...(journal ? { SIGNALBOX_JOURNAL: "on" } : {}),
    };
  }

  #findInbox(): Inbox {
    this.#inbox ??= new Inbox(this.#options.state, this.#createEnv());
    return this.#inbox;
  }

  async #noteAlarm(): Promise<void> {
    this.#alarmAt = (await this.#options.state.storage.getAlarm()) ?? undefined;
  }

  async #fetch(url: string, init: RequestInit = {}): Promise<Response> {
    const invocation = this.#current.getStore();
    if (invocation === undefined) throw new Error("only the Worker calls targets");
    const target = new URL(url).hostname.split(".")[0] ?? "";
    const behaviour = await this.#makeCall("target", `fetch ${target}`, () =>
      this.#arrive(target, url, init, invocation),
    );
    if (behaviour === "reset") throw new Error(FAILURES.target);
    if (behaviour === "hang") return this.#neverAnswer(invocation, init.signal);
    if (behaviour === "slow" || behaviour === "slow_fail") await this.#takeTime(invocation, SLOW_ANSWER_MS);
    return answerOf(behaviour);
  }

  #arrive(target: string, url: string, init: RequestInit, invocation: Invocation): Behaviour {
    const key = new Headers(init.headers).get("idempotency-key") ?? "";
    const body = typeof init.body === "string" ? init.body : "";
    const behaviour = this.#options.behave(target, key);
    const call = { at: this.clock.now, target, key, url, body, behaviour, done: isDone(behaviour), invocation };
    this.#options.onCall(call, this);
    this.calls.push(call);
    return behaviour;
  }

  async #neverAnswer(invocation: Invocation, signal: AbortSignal | null | undefined): Promise<never> {
    invocation.blocked++;
    return new Promise<never>((_resolve, reject) => {
      signal?.addEventListener("abort", () => {
        invocation.blocked--;
        reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
      });
    });
  }

  async #takeTime(invocation: Invocation | undefined, ms: number): Promise<void> {
    if (invocation !== undefined) invocation.blocked++;
    await new Promise<void>((resolve) => {
      this.clock.after(ms, () => {
        if (invocation !== undefined) invocation.blocked--;
        resolve();
      });
    });
  }
}

/** Turns of the microtask queue after which code that needs nothing else has come to its next await. */
const MICROTASKS = 60;

/** Turns of the event loop that a handler may take for itself: compressing, hashing. */
const ROUNDS_MAX = 2_000;
