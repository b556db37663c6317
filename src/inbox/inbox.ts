// The Inbox: keeps accepted sendouts on disk and sends them to routing until routing has them. It takes over when the
// INGEST queue refuses, and, where the journal is on, keeps every sendout until it is recorded. An alarm drives it.

import { DurableObject } from "cloudflare:workers";
import type { Bindings } from "../env.ts";
import { packForQueue, unpack, type Content } from "../ledger/content.ts";
import { logFailure } from "../log.ts";
import type { IngestMessage } from "../routing/message.ts";
import { createKeptSendouts, type KeptSendouts } from "./kept-sendouts.ts";

/** How long routing has before a sendout of the journal is sent to it again, in milliseconds: a backlog is no loss. */
export const JOURNAL_GRACE_MS = 5 * 60_000;

/** Sendouts sent to the queue in one alarm: an alarm has fifteen minutes, and the next one follows at once. */
const SENT_AT_ONCE = 200;

/** How long until what could not be sent is tried again, in milliseconds: a queue's errors are mostly momentary. */
const RETRY_AFTER_MS = 20_000;

/** What an Inbox holds. */
export interface InboxState {
  count: number;
  /** When the oldest was accepted, in milliseconds since 1970; null when there is none. */
  oldest: number | null;
}

export class Inbox extends DurableObject<Bindings> {
  readonly #kept: KeptSendouts;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#kept = createKeptSendouts(ctx.storage.sql);
  }

  /**
   * Keeps a sendout. When this resolves it is on disk. Keeping one again changes nothing.
   *
   * @param queued whether the INGEST queue has it as well, so that routing is given its time
   */
  async keep(message: IngestMessage, queued: boolean, now: number): Promise<void> {
    this.#kept.insert(message, queued ? now + JOURNAL_GRACE_MS : now);
    await this.#wakeAt(queued ? now + JOURNAL_GRACE_MS : now);
  }

  /** Forgets sendouts that routing has recorded, by the id they were accepted with. */
  release(acceptedIds: readonly string[]): void {
    this.#kept.delete(acceptedIds);
  }

  /** What is held. */
  state(): InboxState {
    return this.#kept.state();
  }

  /** Sends everything that is held to routing now, whatever it was waiting for. Returns how many there were. */
  async sendAll(now: number): Promise<number> {
    this.#kept.hurry(now);
    let sent = 0;
    for (let taken = SENT_AT_ONCE; taken === SENT_AT_ONCE; sent += taken) taken = await this.#sendDue(now);
    return sent;
  }

  /** Does what an alarm does, should the platform have lost it. */
  async wake(now: number): Promise<void> {
    if ((await this.ctx.storage.getAlarm()) === null && this.#kept.nextDue() !== undefined) await this.#wakeAt(now);
  }

  override async alarm(): Promise<void> {
    const now = Date.now();
    try {
      await this.#sendDue(now);
    } catch (error) {
      // Not thrown: the platform gives an alarm up after six failures.
      logFailure("inbox_not_sent", error);
      await this.#wakeAt(now + RETRY_AFTER_MS);
      return;
    }
    const next = this.#kept.nextDue();
    if (next !== undefined) await this.#wakeAt(Math.max(next, now + 1_000));
  }

  /**
   * A sendout stays until routing releases it, and is sent again when it does not in time. What could not be sent is due
   * at the next try. A body that cannot be stored just now keeps no other back; a queue that refuses refuses all.
   */
  async #sendDue(now: number): Promise<number> {
    const due = this.#kept.takeDue(now, SENT_AT_ONCE, now + JOURNAL_GRACE_MS);
    const unsent = new Set(due.map(({ acceptedId }) => acceptedId));
    const failures: unknown[] = [];
    try {
      for (const message of due) {
        const packed = await this.#repack(message).catch((error: unknown) => void failures.push(error));
        if (packed === undefined) continue;
        if (packed !== "gone") await this.env.INGEST.send({ ...message, content: packed }, { contentType: "v8" });
        unsent.delete(message.acceptedId);
      }
    } finally {
      this.#kept.putOff([...unsent], now + RETRY_AFTER_MS);
    }
    if (failures.length > 0) throw failures[0];
    return due.length;
  }

  /**
   * The bytes as a queue takes them; "gone" when what they point at is, and the sendout stays until somebody looks.
   *
   * @throws whatever the claim store throws
   */
  async #repack({ content }: IngestMessage): Promise<Content | "gone"> {
    const bytes = await unpack(content, this.env);
    return bytes === undefined ? "gone" : packForQueue(bytes, this.env);
  }

  async #wakeAt(at: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > at) await this.ctx.storage.setAlarm(at);
  }
}
