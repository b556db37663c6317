// The Inbox's object, over the storage of the Durable Object that the test runs in. Its alarm goes off by the world's clock.

import { Inbox } from "../../src/inbox/inbox.ts";
import type { Bindings } from "../../src/env.ts";

/** When the platform tries an alarm again that came to nothing, in milliseconds. */
const ALARM_AGAIN_MS = 2_000;

export class InboxObject {
  readonly #state: DurableObjectState;
  readonly #createEnv: () => Bindings;
  #inbox: Inbox | undefined;
  #alarmAt: number | undefined;

  constructor(state: DurableObjectState, createEnv: () => Bindings) {
    this.#state = state;
    this.#createEnv = createEnv;
  }

  /** When its alarm goes off next. */
  get alarmAt(): number {
    return this.#alarmAt ?? Number.POSITIVE_INFINITY;
  }

  /** How many sendouts it keeps. */
  get count(): number {
    return this.#inbox?.state().count ?? 0;
  }

  /** The object, which comes to life when somebody asks for it. */
  find(): Inbox {
    this.#inbox ??= new Inbox(this.#state, this.#createEnv());
    return this.#inbox;
  }

  /** Looks when the alarm is set for: something may have set it. */
  async noteAlarm(): Promise<void> {
    this.#alarmAt = (await this.#state.storage.getAlarm()) ?? undefined;
  }

  /** The alarm has gone off and is set no more. */
  async takeAlarm(): Promise<void> {
    this.#alarmAt = undefined;
    await this.#state.storage.deleteAlarm();
  }

  /** What the alarm is for. */
  async alarm(): Promise<void> {
    await this.find().alarm();
    await this.noteAlarm();
  }

  /** The isolate ended meanwhile. */
  alarmAgain(now: number): void {
    this.#alarmAt = now + ALARM_AGAIN_MS;
  }
}

/** Empties the storage of an Inbox. */
export async function clearInbox({ storage }: DurableObjectState): Promise<void> {
  await storage.deleteAlarm();
  for (const table of ["kept", "pieces"]) {
    const { n } = storage.sql
      .exec<{ n: number }>("SELECT count(*) AS n FROM sqlite_master WHERE name = ?", table)
      .one();
    if (n > 0) storage.sql.exec(`DELETE FROM ${table}`);
  }
}
