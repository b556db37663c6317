// The rows of the list that are in memory: what pages brought, in order, each once, as little of each as a row shows. New
// ones wait beside it until somebody wants to see them. Pure.

import type { InferOutput } from "valibot";
import type { ListedSendoutSchema } from "../../../admin/sendout-answers.ts";

/** A sendout of a list as the router gives it. */
export type ListedSendout = InferOutput<typeof ListedSendoutSchema>;

/** A row: what is shown of a sendout. */
export interface Row {
  id: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  event: string | null;
  state: ListedSendout["state"];
  inlet: string;
  group: string | null;
  /** Voucherify's id. */
  ref: string | null;
  deliveries: readonly RowDelivery[];
}

interface RowDelivery {
  target: string;
  state: ListedSendout["deliveries"][number]["state"];
}

/**
 * How many rows are kept at most. With so many the page's scripts hold 25 MB in Chromium (bench/list.ts); whoever wants older
 * ones goes on from the last.
 */
export const ROWS_MAX = 100_000;

/** How many rows from the top a refresh looks at: what it brings is the newest page. */
const REFRESHED_MAX = 400;

/** The rows. The array stays the same one: a hundred thousand are not copied for each page. */
export class KeptRows {
  readonly rows: Row[] = [];
  #waiting: Row[] = [];
  readonly #known = new Set<string>();
  /** Texts that many rows share, such as event types: each once in memory. */
  readonly #texts = new Map<string, string>();
  readonly #plans = new Map<string, readonly RowDelivery[]>();

  /** New sendouts that are not shown yet, the newest first. */
  get waiting(): readonly Row[] {
    return this.#waiting;
  }

  /** Adds a page to the end. What is there already, because it came as a new one, is left as it is. */
  append(page: readonly ListedSendout[]): void {
    for (const sendout of page) {
      if (this.rows.length >= ROWS_MAX) return;
      if (this.#known.has(sendout.id)) continue;
      this.#known.add(sendout.id);
      this.rows.push(this.#toRow(sendout));
    }
  }

  /**
   * Takes the newest page: what is shown is brought up to date, what is new waits.
   *
   * @returns whether there is a gap, because more has come than the page has
   */
  refresh(page: readonly ListedSendout[], isWhole: boolean): boolean {
    const at = new Map(this.rows.slice(0, REFRESHED_MAX).map(({ id }, index) => [id, index]));
    const waiting = new Map(this.#waiting.map((row) => [row.id, row]));
    for (const sendout of page) {
      const index = at.get(sendout.id);
      if (index !== undefined) this.#replace(index, this.#toRow(sendout));
      else if (!this.#known.has(sendout.id)) waiting.set(sendout.id, this.#toRow(sendout));
    }
    this.#waiting = [...waiting.values()].toSorted(newestFirst);
    return !isWhole && page.length > 0 && page.every(({ id }) => !this.#known.has(id));
  }

  /** Shows what waits. */
  showWaiting(): void {
    for (const { id } of this.#waiting) this.#known.add(id);
    this.rows.unshift(...this.#waiting);
    this.#waiting = [];
    // What was logged late stands further down than the newest.
    this.rows.sort(newestFirst);
  }

  /** Brings one row up to date, wherever it is. */
  update(sendout: ListedSendout): void {
    if (!this.#known.has(sendout.id)) return;
    const index = this.rows.findIndex(({ id }) => id === sendout.id);
    if (index !== -1) this.#replace(index, this.#toRow(sendout));
  }

  /** A row that shows the same stays the same object, so that it is not rendered again. */
  #replace(index: number, row: Row): void {
    const old = this.rows[index];
    if (old?.deliveries !== row.deliveries || old.state !== row.state) this.rows[index] = row;
  }

  #toRow({ id, receivedAt, event, state, inlet, sendoutRef, deliveries }: ListedSendout): Row {
    return {
      id,
      receivedAt: Date.parse(receivedAt),
      event: event === null ? null : this.#shared(event.type),
      state,
      inlet: this.#shared(inlet),
      group: event?.groupId ?? null,
      ref: sendoutRef,
      deliveries: this.#sharedPlan(deliveries),
    };
  }

  #shared(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }

  /** Nearly all sendouts of an event type go to the same targets with the same success. */
  #sharedPlan(deliveries: ListedSendout["deliveries"]): readonly RowDelivery[] {
    const key = deliveries.map(({ target, state }) => `${target} ${state}`).join("\n");
    const known = this.#plans.get(key);
    if (known !== undefined) return known;
    const plan = deliveries.map(({ target, state }) => ({ target: this.#shared(target), state }));
    this.#plans.set(key, plan);
    return plan;
  }
}

function newestFirst(one: Row, other: Row): number {
  if (one.receivedAt !== other.receivedAt) return other.receivedAt - one.receivedAt;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}
