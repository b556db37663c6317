// A long outage under the rig's clock: a target that answers nothing but 503 for hours while sendouts go on arriving, and
// then takes everything. What it costs while it lasts, and how what has waited goes out.

import { ensureMigrated } from "../../src/ledger/migrate.ts";
import { signBody } from "../../src/voucherify/signature.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { bytes } from "../unit/bytes.ts";
import { SECRETS } from "../unit/faults.ts";
import type { OutageReport } from "./outage-report.ts";
import { MINUTE_MS, START_AT } from "./clock.ts";
import { createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { createDocument } from "./target-plans.ts";
import { World } from "./world.ts";

/** The waits of `standard`, in seconds. */
const STANDARD = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];

/** A world does so much of its time in one go: it gives up one that is busy for longer. */
const STEP_MS = 1_000;

/** How often it may give up within one step: a thousand deliveries may be due in the same second. */
const BUSY_MAX = 50;

/** How an outage is run. */
export interface OutageOptions {
  state: DurableObjectState;
  ledger: D1Database;
  deliveries: number;
  hours: number;
  seed: number;
}

/** A call that the target got. */
interface Call {
  at: number;
  /** The delivery's number, in the order in which the sendouts were posted; undefined for a key nobody knows. */
  number: number | undefined;
  delivered: boolean;
}

/** An outage that is run in steps, so that somebody can look in between. */
export class Outage {
  readonly #world: World;
  readonly #options: OutageOptions;
  readonly #calls: Call[] = [];
  readonly #numbers = new Map<string, number>();
  #posted = 0;
  #isDown = true;
  #openedAt = Number.POSITIVE_INFINITY;

  private constructor(options: OutageOptions) {
    this.#options = options;
    this.#world = new World({
      state: options.state,
      ledger: options.ledger,
      journal: false,
      startAt: START_AT,
      random: createRandom(options.seed),
      duplicates: 0,
      plan: () => undefined,
      behave: () => (this.#isDown ? "fail" : "accept"),
      fatesSurvive: () => false,
      onCall: () => undefined,
    });
  }

  /** A world in which the target is down from the beginning. */
  static async begin(options: OutageOptions): Promise<Outage> {
    await ensureMigrated(options.ledger);
    const outage = new Outage(options);
    await createSender(outage.#world, createDocument([{ name: "crm", route: "to-crm", retry: STANDARD }], 1));
    return outage;
  }

  /** Minutes since the beginning. */
  get minute(): number {
    return Math.round((this.#world.clock.now - START_AT) / MINUTE_MS);
  }

  get isDown(): boolean {
    return this.#isDown;
  }

  /** Whether everything is delivered, as far as the target can tell. */
  get isDrained(): boolean {
    return this.#delivered().length >= this.#options.deliveries && this.#world.isAtRest;
  }

  /** Lets some minutes pass. The target comes back when its hours are over. */
  async pass(minutes: number): Promise<void> {
    for (let count = 0; count < minutes; count++) {
      if (this.minute >= this.#options.hours * 60) this.#isDown = false;
      await this.#minute();
    }
  }

  /** What came of it. */
  async report(): Promise<OutageReport> {
    const { deliveries, hours } = this.#options;
    const backAt = START_AT + hours * 60 * MINUTE_MS;
    const during = this.#calls.filter(({ delivered }) => !delivered);
    const open = during.filter(({ at }) => at > this.#openedAt);
    const probes = [...Map.groupBy(open, ({ number }) => number).values()].map(({ length }) => length);
    const delivered = this.#delivered();
    const order = delivered.map(({ number }) => number ?? -1);
    const displaced = order.map((number, place) => Math.abs(number - place)).toSorted((a, b) => a - b);
    const bySecond = [...Map.groupBy(delivered, ({ at }) => Math.floor(at / 1_000)).values()];
    const states = await this.#options.ledger
      .prepare("SELECT state, count(*) AS n FROM deliveries GROUP BY state")
      .all<{ state: string; n: number }>();
    return {
      problems: this.#world.problems,
      callsBefore: during.length - open.length,
      callsWhileOpen: open.length,
      probed: probes.length,
      probesOfOneMost: Math.max(0, ...probes),
      delivered: new Set(order).size,
      calledAgain: order.length - new Set(order).size,
      firstAfterMs: (delivered[0]?.at ?? Number.NaN) - backAt,
      drainedAfterMs: (delivered.at(-1)?.at ?? Number.NaN) - backAt,
      offeredAgain: this.#world.counts.redelivered,
      perSecondMost: Math.max(0, ...bySecond.map(({ length }) => length)),
      kendall: kendall(order),
      displaced: [
        displaced[deliveries >> 1] ?? 0,
        displaced[Math.floor(deliveries * 0.99)] ?? 0,
        displaced.at(-1) ?? 0,
      ],
      states: Object.fromEntries(states.results.map(({ state, n }) => [state, n])),
    };
  }

  /** Gives the platform its own clock back. */
  end(): void {
    this.#world.close();
  }

  #delivered(): Call[] {
    return this.#calls.filter(({ delivered }) => delivered);
  }

  async #minute(): Promise<void> {
    const { deliveries, hours } = this.#options;
    const from = this.#world.clock.now;
    const due = this.#isDown ? Math.ceil((deliveries * (this.minute + 1)) / (hours * 60)) : deliveries;
    const share = Math.min(due, deliveries) - this.#posted;
    this.#world.cron();
    for (let ms = 0; ms < MINUTE_MS; ms += STEP_MS) {
      while (this.#posted < due && (this.#posted - (due - share)) * MINUTE_MS <= ms * share) await this.#post();
      await this.#runUntil(from + ms + STEP_MS);
      this.#takeNote();
    }
    this.#openedAt = Math.min(this.#openedAt, await this.#findOpened());
  }

  async #runUntil(end: number): Promise<void> {
    for (let times = 1; ; times++) {
      try {
        return await this.#world.runUntil(end);
      } catch (error) {
        if (times === BUSY_MAX) throw error;
      }
    }
  }

  async #post(): Promise<void> {
    const ref = `whs_${(this.#posted + 1).toString(16).padStart(18, "0")}`;
    const voucher = { id: "v_1", code: `CODE-${this.#posted}`, object: "voucher" };
    const data = { redemption: { id: "r_1", object: "redemption", voucher }, voucher };
    const body = bytes(JSON.stringify(createSendout({ id: ref, data })));
    this.#numbers.set(JSON.stringify({ code: voucher.code, edition: 1 }), this.#posted);
    this.#posted++;
    const headers = { "x-voucherify-signature": await signBody(body, SECRETS.VOUCHERIFY_SECRET) };
    const request = new Request("https://signalbox.example.com/in/voucherify", { method: "POST", body, headers });
    this.#world.request("post", request, (response) => {
      if (response?.status !== 202) this.#world.problems.push(`${ref} was answered ${response?.status}`);
    });
  }

  /** Keeps of the target's calls what is needed, and nothing else: the rig's own memory must not look like the Worker's. */
  #takeNote(): void {
    for (const { at, body, done } of this.#world.calls.splice(0)) {
      this.#calls.push({ at, number: this.#numbers.get(body), delivered: done });
    }
  }

  async #findOpened(): Promise<number> {
    if (Number.isFinite(this.#openedAt)) return this.#openedAt;
    const row = await this.#options.ledger
      .prepare("SELECT since FROM pauses WHERE reason = 'breaker'")
      .first<{ since: number }>();
    return row?.since ?? Number.POSITIVE_INFINITY;
  }
}

/** Kendall's tau of an order: pairs that stand right less those that stand wrong, of all. */
function kendall(order: readonly number[]): number {
  const pairs = (order.length * (order.length - 1)) / 2;
  let wrong = 0;
  // Each value's place among those before it, by a tree of counts (Fenwick).
  const tree = new Int32Array(order.length + 2);
  for (const [count, number] of order.entries()) {
    let before = 0;
    for (let at = number + 1; at > 0; at -= at & -at) before += tree[at] ?? 0;
    wrong += count - before;
    for (let at = number + 1; at < tree.length; at += at & -at) tree[at] = (tree[at] ?? 0) + 1;
  }
  return pairs === 0 ? 1 : 1 - (2 * wrong) / pairs;
}
