// The gate's object: one per target account, so that all consumers everywhere ask the same one. It keeps everything in
// memory, which the platform takes away after ten seconds without a question, and in one row what must outlive that: an
// open breaker, a pause the target asked for, and the calls counted under limits by the minute and hour.
// https://developers.cloudflare.com/durable-objects/concepts/durable-object-lifecycle/ (read 2026-11-24)

import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../../env.ts";
import type { Admissions, GateState, Report, SavedGate } from "./admission.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Lane } from "./pace.ts";
import type { Limits } from "./policy.ts";

/** The row's key. A changed shape of SavedGate gets another, so that no version reads another's. */
const SAVED_KEY = "gate-1";

/**
 * Calls counted are written down so many milliseconds after the first of them: one row for all of a busy moment, and
 * before the platform may forget them, which it does not while a timer runs. A crash loses no more than that.
 */
const COUNTED_MS = 2_000;

/** Answers from memory. `now` comes from the caller, whose clock is the platform's own. */
export class TargetGate extends DurableObject<Bindings> {
  readonly #gate: Gate;
  #timer: number | null = null;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#gate = createGate(ctx.storage.kv.get<SavedGate>(SAVED_KEY));
  }

  /** See `Gate`. */
  admit(ids: readonly string[], limits: Limits, leaseMs: number, now: number): Admissions {
    const admissions = this.#gate.admit(ids, limits, leaseMs, now);
    this.#save();
    return admissions;
  }

  /** See `Gate`. */
  report(reports: readonly Report[], now: number): Lane {
    const lane = this.#gate.report(reports, now);
    this.#save();
    return lane;
  }

  /** See `Gate`. */
  state(now: number): GateState {
    return this.#gate.state(now);
  }

  /** See `Gate`. */
  reset(): void {
    this.#gate.reset();
    this.#save();
  }

  /** The platform holds back our answer until a row written before it is on disk. */
  #save(): void {
    if (this.#gate.unsaved === "transition") this.#write();
    if (this.#gate.unsaved === "calls") this.#timer ??= setTimeout(() => this.#write(), COUNTED_MS);
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.ctx.storage.kv.put(SAVED_KEY, this.#gate.save());
  }
}
