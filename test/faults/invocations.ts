// What is under way: handlers, each in its isolate, and the calls they wait for. Whatever a handler does belongs to it, so
// that nothing of it happens any more when its isolate has ended.

import { AsyncLocalStorage } from "node:async_hooks";
import type { Bindings } from "../../src/env.ts";
import type { Call, Invocation, Isolate, MakeCall, Step } from "./calls.ts";
import type { Random } from "./random.ts";

/** Copies of the Worker that are alive at the same time, at most. */
const ISOLATES_AT_ONCE = 2;

/** Turns of the microtask queue after which code that needs nothing else has come to its next await. */
const MICROTASKS = 60;

/** Turns of the event loop that a handler may take for itself: compressing, hashing. */
const ROUNDS_MAX = 2_000;

/** What handlers are run with. */
export interface InvocationRules {
  random: Random;
  createEnv: () => Bindings;
  /** Told of a handler that threw. */
  threw: (step: Step, error: unknown) => void;
}

export class Invocations {
  /** Calls that wait to be let through. */
  readonly pending: Call[] = [];
  readonly #rules: InvocationRules;
  readonly #current = new AsyncLocalStorage<Invocation>();
  readonly #running = new Set<Invocation>();
  #isolates: Isolate[] = [];
  #lastIsolate = 0;
  #lastInvocation = 0;

  constructor(rules: InvocationRules) {
    this.#rules = rules;
  }

  /** Whose code is running. */
  get current(): Invocation | undefined {
    return this.#current.getStore();
  }

  /** How many handlers have not ended. */
  get size(): number {
    return this.#running.size;
  }

  /** Runs a handler in one of the isolates. */
  start(step: Step, run: (env: Bindings) => Promise<unknown>, onCrash: () => void): void {
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
        if (invocation.alive) this.#rules.threw(step, error);
      })
      .finally(() => this.#running.delete(invocation));
  }

  /** Has the running handler wait until its call is let through. */
  readonly makeCall: MakeCall = async (kind, name, work) => {
    const invocation = this.current;
    if (invocation === undefined) return work(undefined);
    return new Promise((resolve, reject) => {
      if (!invocation.alive) return; // what is dead waits for ever
      invocation.pending++;
      invocation.calls++;
      this.pending.push({
        invocation,
        kind,
        name,
        number: invocation.calls,
        work,
        reject,
        resolve: resolve as (value: unknown) => void, // with what `work` came to
      });
    });
  };

  /** Takes a call out of those that wait. */
  take(call: Call): void {
    this.pending.splice(this.pending.indexOf(call), 1);
    call.invocation.pending--;
  }

  /** A timer belongs to the invocation that set it, and is no more when that has ended by force. */
  own(run: () => void): () => void {
    const invocation = this.current;
    if (invocation === undefined) return run;
    return () => {
      if (invocation.alive) this.#current.run(invocation, run);
    };
  }

  /** Ends an isolate with everything that runs in it. */
  crash(isolate: Isolate): void {
    isolate.alive = false;
    this.#isolates = this.#isolates.filter((one) => one !== isolate);
    for (const invocation of [...this.#running].filter((one) => one.isolate === isolate)) {
      invocation.alive = false;
      this.#running.delete(invocation);
      for (const call of this.pending.filter((one) => one.invocation === invocation)) {
        this.pending.splice(this.pending.indexOf(call), 1);
      }
      invocation.onCrash();
    }
  }

  /** Lets code run until it waits for calls or for time. */
  async quiet(): Promise<void> {
    for (let rounds = 0; rounds < ROUNDS_MAX; rounds++) {
      for (let turn = 0; turn < MICROTASKS; turn++) await Promise.resolve();
      const busy = [...this.#running].some(({ pending, blocked }) => pending === 0 && blocked === 0);
      if (!busy) return;
      await new Promise((resolve) => void setImmediate(resolve));
    }
    throw new Error(`something waits for neither a call nor the clock: ${this.describe()}`);
  }

  /** What is under way, for people. */
  describe(): string {
    const running = [...this.#running].map(({ step, pending, blocked }) => `${step} (${pending}, ${blocked})`);
    return `running: ${running.join(", ") || "nothing"}`;
  }

  /** Nothing is started in these isolates any more. */
  end(): void {
    for (const isolate of this.#isolates) isolate.alive = false;
  }

  #pickIsolate(): Isolate {
    const { random, createEnv } = this.#rules;
    if (this.#isolates.length > 0 && random.chance(0.05)) this.#isolates.shift();
    if (this.#isolates.length === 0 || (this.#isolates.length < ISOLATES_AT_ONCE && random.chance(0.2))) {
      this.#lastIsolate++;
      this.#isolates.push({ id: this.#lastIsolate, env: createEnv(), alive: true });
    }
    return random.pick(this.#isolates);
  }
}
