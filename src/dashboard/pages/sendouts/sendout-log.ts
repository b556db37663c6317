// Reading the list: page after page towards the past as somebody scrolls, and what arrives meanwhile every few seconds.

import { signal } from "@preact/signals";
import type { InferRequestType } from "hono/client";
import { admin, answerOf } from "../../api/admin.ts";
import type { SendoutFilter } from "./filter.ts";
import { KeptRows, ROWS_MAX, type ListedSendout } from "./kept-rows.ts";

/** Sendouts of a page towards the past, and of the one that is read again and again. */
const PAGE = 200;
const HEAD = 50;

/** How far back what is shown is brought up to date, in milliseconds: a rare filter would go through everything each time. */
const HEAD_MS = 60 * 60_000;

/** How many calls go on by themselves without having found a page of what is looked for, before somebody is asked. */
const CALLS_MAX = 25;

type Query = InferRequestType<typeof admin.sendouts.$get>["query"];

/** How far the list is: `full` where no more are kept, `paused` where little was found in much. */
type Progress = "new" | "loading" | "idle" | "paused" | "ended" | "full" | "failed";

/** One list, of one filter. */
export class SendoutLog {
  readonly kept = new KeptRows();
  /** Moves whenever rows have changed: the rows themselves are one array. */
  readonly version = signal(0);
  readonly progress = signal<Progress>("new");
  /** Until when the log was gone through, in milliseconds since 1970; undefined while pages are full. */
  readonly soughtTo = signal<number | undefined>(undefined);
  readonly waiting = signal(0);
  /** Whether more has arrived than is known of. */
  readonly hasGap = signal(false);
  error: unknown;
  readonly #query: Query;
  readonly #ending = new AbortController();
  #cursor: string | undefined;

  /** @param filter with instants, not lengths of time */
  constructor(filter: SendoutFilter) {
    // Its names are those of the call; values that this refuses are for the router to name.
    this.#query = filter as Query;
  }

  /** Reads on towards the past, unless that is under way or at its end. */
  async more(): Promise<void> {
    if (["loading", "ended", "full"].includes(this.progress.value)) return;
    this.progress.value = "loading";
    try {
      this.progress.value = await this.#readPage();
    } catch (error) {
      if (this.#ending.signal.aborted) return;
      this.error = error;
      this.progress.value = "failed";
    }
  }

  /** Calls until a page is full, or the log at its end: a call reads so much and no more. */
  async #readPage(): Promise<Progress> {
    const { rows } = this.kept;
    const wanted = rows.length + PAGE / 4;
    for (let calls = 0; calls < CALLS_MAX; calls++) {
      const { sendouts, next, complete } = await this.#read({ limit: String(PAGE), ...this.#place() });
      this.kept.append(sendouts);
      this.version.value++;
      if (next === null) return "ended";
      if (rows.length >= ROWS_MAX) return "full";
      this.#cursor = next;
      // A cursor begins with an instant, which is as far as this call has come.
      this.soughtTo.value = complete ? undefined : Number.parseInt(next, 10);
      if (complete || rows.length >= wanted) return "idle";
    }
    return "paused";
  }

  #place(): Pick<Query, "cursor"> {
    return this.#cursor === undefined ? {} : { cursor: this.#cursor };
  }

  /** Reads what has arrived since, and how the newest stand. */
  async refresh(): Promise<void> {
    const last = this.kept.rows[Math.min(this.kept.rows.length, HEAD) - 1];
    const from = Math.max(last?.receivedAt ?? 0, Date.now() - HEAD_MS, Date.parse(this.#query.since ?? "") || 0);
    const { sendouts, next } = await this.#read({ limit: String(HEAD), since: new Date(from).toISOString() });
    this.hasGap.value = this.kept.refresh(sendouts, next === null) || this.hasGap.value;
    // Where nothing is read, nothing can be moved.
    if (this.kept.rows.length === 0) this.kept.showWaiting();
    this.waiting.value = this.kept.waiting.length;
    this.version.value++;
  }

  /** Shows what has arrived. */
  showWaiting(): void {
    this.kept.showWaiting();
    this.waiting.value = 0;
    this.version.value++;
  }

  /** Brings the row of a sendout up to date that was read elsewhere. */
  update(sendout: ListedSendout): void {
    this.kept.update(sendout);
    this.version.value++;
  }

  /** Ends what is under way. */
  end(): void {
    this.#ending.abort();
  }

  async #read(more: Query) {
    const { signal: ending } = this.#ending;
    return answerOf(admin.sendouts.$get({ query: { ...this.#query, ...more } }, { init: { signal: ending } }));
  }
}
