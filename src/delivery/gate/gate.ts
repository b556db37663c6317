// The gate of one target account: says of each delivery whether it may go now, and when otherwise. It keeps to the
// target's limits, gives everybody who waits a turn, lets one copy of a delivery through at a time, and stops when the
// target does not answer. It admits and never fetches. Pure: times come in from outside.

import type { Admission, Admissions, CallReport, GateState, Report, SavedGate, WaitReason } from "./admission.ts";
import { AskedPause } from "./asked-pause.ts";
import { Breaker } from "./breaker.ts";
import { Leases } from "./leases.ts";
import { Pace, type Lane } from "./pace.ts";
import type { Limits } from "./policy.ts";
import { Turns, type Turn } from "./turns.ts";
import { Windows } from "./windows.ts";

/** Ids remembered as delivered: what one target gets in some minutes, which is how long D1 may be silent unnoticed. */
export const DELIVERED_MAX = 5_000;

/** Whoever finds no place comes back after this many milliseconds, at least. */
const BUSY_MS_MIN = 100;

/** Whoever finds a probe under way comes back after this many milliseconds, at least. */
const PROBE_MS_MIN = 1_000;

/** After a pause those who wait come back over time: one in the first such step, two in the second, then four, … */
const RAMP_STEP_MS = 2_000;
/** … until they follow each other at this distance, in milliseconds: 50 a second. */
const RAMP_GAP_MS_MIN = 20;

/** A target account's gate. */
export interface Gate {
  /**
   * Asks for deliveries, each named by an id that stands for one (sendout, target) and one round of attempts.
   *
   * @param leaseMs how long a call may take: until then no other copy is let through
   * @param now milliseconds since 1970; a clock that goes back is taken to stand still
   */
  admit(ids: readonly string[], limits: Limits, leaseMs: number, now: number): Admissions;
  /**
   * Tells how calls ended. Reports may come late, twice, or for deliveries the gate knows nothing of.
   *
   * @returns the target's lane
   */
  report(reports: readonly Report[], now: number): Lane;
  state(now: number): GateState;
  /** Opens the gate at once and gives up all turns. Calls made, under way or delivered are not forgotten. */
  reset(): void;
  /**
   * What is not saved: a transition, which must be before anything else happens, or calls counted under a limit by
   * the minute or hour, which may be a moment later.
   */
  readonly unsaved: "transition" | "calls" | "nothing";
  /** What has to be saved; counts as saved from now on. */
  save(): SavedGate;
}

/** A new gate, or one that continues from what was saved. */
export function createGate(saved?: SavedGate): Gate {
  return new TargetState(saved);
}

/** Why one may not go now, and when it might. */
interface Obstacle {
  reason: WaitReason;
  until: number;
}

class TargetState implements Gate {
  #now = Number.NEGATIVE_INFINITY;
  #limits: Limits = {};
  readonly #windows: Windows;
  readonly #turns = new Turns();
  readonly #leases = new Leases();
  readonly #pace = new Pace();
  #breaker: Breaker;
  /** The call a half-open breaker let through. */
  #probe: { id: string; lease: number } | undefined;
  readonly #delivered = new Set<string>();
  readonly #asked: AskedPause;
  #changed = false;

  constructor(saved?: SavedGate) {
    this.#windows = new Windows(saved?.windows);
    this.#breaker = saved === undefined ? new Breaker() : Breaker.restored(saved.breaker);
    this.#asked = new AskedPause(saved?.heldUntil ?? 0);
  }

  admit(ids: readonly string[], limits: Limits, leaseMs: number, now: number): Admissions {
    this.#now = Math.max(this.#now, now);
    this.#limits = limits;
    this.#windows.use(limits);
    if (this.#turns.lapse(this.#now)) this.#windows.expectNobody();
    const admissions = ids.map((id) => this.#admitOne(id, leaseMs));
    return { admissions, lane: this.#lane() };
  }

  report(reports: readonly Report[], now: number): Lane {
    this.#now = Math.max(this.#now, now);
    for (const report of reports) {
      const isProbe = this.#probe?.id === report.id && this.#probe.lease === report.lease;
      if (isProbe) this.#probe = undefined;
      this.#leases.end(report.id, report.lease);
      if (report.outcome === "unused") this.#turns.giveBack(report.id);
      else this.#learn(report, isProbe);
    }
    this.#turns.sortFree();
    return this.#lane();
  }

  state(now: number): GateState {
    this.#now = Math.max(this.#now, now);
    return {
      breaker: this.#breaker.standing(this.#now),
      opensAt: this.#breaker.opensAt ?? null,
      heldUntil: this.#asked.heldUntil > this.#now ? this.#asked.heldUntil : null,
      inFlight: this.#leases.count(this.#now),
      waiting: this.#turns.size,
      lane: this.#lane(),
      p95Ms: this.#pace.p95() ?? null,
    };
  }

  reset(): void {
    this.#breaker = new Breaker();
    this.#probe = undefined;
    this.#asked.clear();
    this.#turns.clear();
    this.#windows.expectNobody();
    this.#changed = true;
  }

  get unsaved(): "transition" | "calls" | "nothing" {
    if (this.#changed || this.#asked.isUnsaved) return "transition";
    return this.#windows.isSaved ? "nothing" : "calls";
  }

  save(): SavedGate {
    this.#changed = false;
    return { breaker: this.#breaker.saved(), heldUntil: this.#asked.save(), windows: this.#windows.saved() };
  }

  #admitOne(id: string, leaseMs: number): Admission {
    if (this.#delivered.has(id)) return { verdict: "done" };
    const underWayUntil = this.#leases.until(id, this.#now);
    if (underWayUntil !== undefined) return { verdict: "wait", reason: "in_flight", until: underWayUntil };
    const turn = this.#turns.of(id);
    const closed = this.#closed();
    const shut = closed ?? this.#probing();
    const obstacle = shut ?? this.#full(turn) ?? this.#crowded(turn);
    if (turn !== undefined && turn.at > this.#now && turn.at >= (closed?.until ?? 0)) {
      return wait(obstacle?.reason ?? "throttled", turn.at);
    }
    if (turn !== undefined) this.#turns.sawOne();
    if (obstacle === undefined && (turn !== undefined || !this.#hasQueue())) return this.#letIn(id, turn, leaseMs);
    const until = this.#giveTurn(id, turn, obstacle?.until ?? this.#now, shut);
    return wait(obstacle?.reason ?? "throttled", until);
  }

  #letIn(id: string, turn: Turn | undefined, leaseMs: number): Admission {
    const lease = this.#now + leaseMs;
    if (turn === undefined) {
      this.#turns.pass(this.#now);
      this.#windows.expect(this.#now);
    } else this.#turns.take(id);
    this.#windows.add(this.#now);
    this.#leases.begin(id, this.#now, lease);
    this.#asked.call();
    if (this.#breaker.standing(this.#now) === "half_open") this.#probe = { id, lease };
    return { verdict: "go", lease };
  }

  #giveTurn(id: string, turn: Turn | undefined, earliest: number, shut: Obstacle | undefined): number {
    const apartMs = Math.max(this.#windows.intervalMs, this.#placeMs(), this.#isRecovering() ? RAMP_GAP_MS_MIN : 0);
    const spacing = (tail: number) =>
      shut === undefined || tail < shut.until ? apartMs : Math.max(apartMs, rampGapMs(tail - shut.until));
    if (turn !== undefined) return this.#turns.putOff(id, earliest, spacing);
    const free = this.#turns.takeFree(id, earliest);
    if (free !== undefined) return free;
    const { at, isKept } = this.#turns.reserve(id, Math.max(earliest, this.#windows.earliestExpected()), spacing);
    if (isKept) this.#windows.expect(at);
    return at;
  }

  /** A pause the target asked for, or an open breaker: nobody is let in. */
  #closed(): Obstacle | undefined {
    const heldUntil = this.#asked.closedUntil;
    const isOpen = this.#breaker.standing(this.#now) === "open";
    const opensAt = isOpen ? (this.#breaker.opensAt ?? 0) : 0;
    if (Math.max(heldUntil, opensAt) <= this.#now) return undefined;
    return opensAt >= heldUntil
      ? { reason: "breaker_open", until: opensAt }
      : { reason: "throttled", until: heldUntil };
  }

  /**
   * A half-open breaker lets one after the other through. One that is never reported counts for as long as its lease.
   * The others wait for a place, not for the breaker: that would be for minutes.
   */
  #probing(): Obstacle | undefined {
    if (this.#probe === undefined || this.#breaker.standing(this.#now) !== "half_open") return undefined;
    if (this.#leases.until(this.#probe.id, this.#now) !== this.#probe.lease) return undefined;
    return { reason: "busy", until: this.#now + Math.max(PROBE_MS_MIN, this.#pace.mean()) };
  }

  /** Whether a rate limit is used up, with room kept for those who were put off before. */
  #full(turn: Turn | undefined): Obstacle | undefined {
    const until = this.#windows.earliest(this.#before(turn));
    return until > this.#now ? { reason: "throttled", until } : undefined;
  }

  /** Whether as many calls are under way as may be. */
  #crowded(turn: Turn | undefined): Obstacle | undefined {
    if (this.#leases.count(this.#now) + this.#before(turn) < this.#places()) return undefined;
    return { reason: "busy", until: this.#now + Math.max(BUSY_MS_MIN, this.#placeMs()) };
  }

  /** Whether others wait, behind whom a newcomer has to queue. */
  #hasQueue(): boolean {
    return Math.max(this.#windows.earliestExpected(), this.#turns.tail) > this.#now;
  }

  /** How many were put off before this one and go first. */
  #before(turn: Turn | undefined): number {
    return turn?.again === true ? 0 : this.#turns.againSize;
  }

  /** Whether the target has only begun to answer again: whoever comes then, between two probes too, keeps a distance. */
  #isRecovering(): boolean {
    const standing = this.#breaker.standing(this.#now);
    return standing === "half_open" || standing === "ramping";
  }

  #places(): number {
    const ramp = this.#breaker.standing(this.#now) === "ramping" ? this.#breaker.concurrency : Number.POSITIVE_INFINITY;
    return Math.min(this.#limits.concurrency ?? Number.POSITIVE_INFINITY, ramp);
  }

  /** How often a place becomes free, in milliseconds; 0 where there is no end of them. */
  #placeMs(): number {
    return this.#pace.mean() / this.#places();
  }

  #lane(): Lane {
    return this.#pace.lane(this.#leases.oldestMs(this.#now));
  }

  #learn(report: CallReport, isProbe: boolean): void {
    this.#pace.record(report.ms);
    if (report.outcome === "delivered") this.#remember(report.id);
    const ended = { alive: report.outcome !== "failed", isProbe, at: Math.min(report.endedAt ?? this.#now, this.#now) };
    if (this.#breaker.record(ended, this.#now)) this.#changed = true;
    if (report.heldUntil !== undefined) this.#asked.hold(report.heldUntil, this.#now);
    if (report.quota !== undefined) this.#asked.slowDown(report.quota, this.#leases.count(this.#now), this.#now);
  }

  #remember(id: string): void {
    this.#turns.take(id);
    this.#delivered.add(id);
    if (this.#delivered.size <= DELIVERED_MAX) return;
    const [oldest] = this.#delivered;
    if (oldest !== undefined) this.#delivered.delete(oldest);
  }
}

/** A turn falls on the next whole millisecond. */
function wait(reason: WaitReason, until: number): Admission {
  return { verdict: "wait", reason, until: Math.ceil(until) };
}

/** How far apart those come back who were kept out, by how long the gate will have been open. */
function rampGapMs(openMs: number): number {
  return Math.max(RAMP_STEP_MS / 2 ** Math.floor(openMs / RAMP_STEP_MS), RAMP_GAP_MS_MIN);
}
