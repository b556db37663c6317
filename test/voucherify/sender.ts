// A Voucherify to test against: it signs, posts, tries again on the documented schedule and switches off what does not
// answer. Nothing here sleeps: what is due is done when `runDue` is called, by the clock that it was given.
// https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)

import { failure, success, type Result } from "../../src/result.ts";
import { SIGNATURE_HEADER, signBody } from "../../src/voucherify/signature.ts";
import type { Clock } from "./clock.ts";
import { createEnvelope, type EventToSend } from "./envelope.ts";
import { createPatience, type SwitchOffRule } from "./patience.ts";
import { isSuccess, post, REQUEST_TIMEOUT_MS } from "./post.ts";
import { isLive, type Registry, type Source } from "./registry.ts";
import { createSendout, isPending, nextTryAt, type Attempt, type Sendout } from "./sendout.ts";

/** A body that is sent as it is: bytes and text exactly, an object or array as compact JSON. */
export interface ReadyBody {
  body: object | string | Uint8Array<ArrayBuffer>;
  /** More headers for this sendout. They cannot replace the signature or the content type. */
  headers?: Readonly<Record<string, string>>;
}

/** Why nothing was sent. */
export type NotSentReason = "source_unknown" | "source_stopped" | "event_unwanted" | "event_unknown";

/** Why a sendout was not tried again by hand. */
export type NotRetriedReason = "sendout_unknown" | "sendout_sent" | "source_unknown" | "source_stopped";

/** What a sender is made of. */
export interface SenderOptions {
  registry: Registry;
  clock: Clock;
  /** By default the stricter reading, `in a row`. */
  switchOff?: SwitchOffRule;
  fetch?: typeof fetch;
  /** By default Voucherify's own ten seconds. */
  timeoutMs?: number;
}

/** A running sender. */
export interface Sender {
  /** Sends to a source and resolves after the first try, whatever came of it. The sendout goes on changing. */
  send(sourceId: string, content: ReadyBody | EventToSend): Promise<Result<Readonly<Sendout>, NotSentReason>>;
  /**
   * Tries a sendout once more, out of turn: the menu's Retry. It changes nothing in the schedule unless it succeeds,
   * and counts like any other try.
   */
  retry(sendoutId: string): Promise<Result<Readonly<Sendout>, NotRetriedReason>>;
  /** Makes the tries that are due, the one that was due first at first, one after the other. */
  runDue(): Promise<void>;
  /** When the next try is due, in milliseconds since 1970. */
  nextDueAt(): number | undefined;
  /** Every sendout, the oldest first. */
  log(): readonly Readonly<Sendout>[];
}

/**
 * Creates a sender.
 *
 * When a source stops, by the sender's own doing or anyone else's, its pending sendouts fail at once. They do not
 * resume when it is switched on again and are lost unless somebody retries them by hand; nor is anything kept that
 * happens meanwhile. Voucherify documents neither; this is the reading that is worse for whoever receives.
 */
export function createSender({
  registry,
  clock,
  switchOff = "in a row",
  fetch = globalThis.fetch,
  timeoutMs = REQUEST_TIMEOUT_MS,
}: SenderOptions): Sender {
  const sendouts = new Map<string, Sendout>();
  const patience = createPatience(switchOff);

  registry.onStop((sourceId) => {
    patience.restore(sourceId);
    for (const sendout of sendouts.values()) {
      if (sendout.source.id === sourceId && sendout.status !== "sent") settle(sendout, "failed");
    }
  });

  async function attempt(sendout: Sendout, source: Source, by: Attempt["by"]): Promise<void> {
    const at = clock.now();
    if (by === "schedule") sendout.dueAt = null;
    sendout.targetUrl = source.targetUrl;
    const headers = await headersFor(sendout, source);
    const outcome = await post({ url: source.targetUrl, headers, body: sendout.body, fetch, timeoutMs });
    sendout.attempts = [...sendout.attempts, { at, by, ...outcome }];
    if (!isSuccess(outcome)) return failed(sendout, by);
    settle(sendout, "sent");
    patience.restore(source.id);
  }

  function failed(sendout: Sendout, by: Attempt["by"]): void {
    const source = findLive(registry, sendout.source.id);
    const dueAt = nextTryAt(sendout);
    if (by === "schedule") {
      // Failed already: its source stopped while this try was under way.
      if (dueAt === undefined || !source.ok || sendout.status === "failed") settle(sendout, "failed");
      else {
        sendout.status = "being retried";
        sendout.dueAt = dueAt;
      }
    }
    if (!source.ok) return;
    const lastRetry = by === "schedule" && dueAt === undefined;
    if (patience.fail(sendout.source.id, sendout.id, lastRetry)) registry.switchOff(sendout.source.id);
  }

  function nextDue() {
    return [...sendouts.values()].filter(isPending).toSorted((a, b) => a.dueAt - b.dueAt)[0];
  }

  return {
    send: async (sourceId, content) => {
      const source = findLive(registry, sourceId);
      if (!source.ok) return source;
      const body = toBody(content, source.value, registry.projectId, clock.now());
      if (!body.ok) return body;
      const headers = "headers" in content ? content.headers : {};
      const sendout = createSendout(source.value, body.value, headers, (id) => sendouts.has(id));
      sendouts.set(sendout.id, sendout);
      await attempt(sendout, source.value, "schedule");
      return success(sendout);
    },
    retry: async (sendoutId) => {
      const sendout = sendouts.get(sendoutId);
      if (sendout === undefined) return failure("sendout_unknown", `there is no sendout ${sendoutId}`);
      if (sendout.status === "sent") return failure("sendout_sent", "it was sent; there is nothing to retry");
      const source = findLive(registry, sendout.source.id);
      if (!source.ok) return source;
      await attempt(sendout, source.value, "hand");
      return success(sendout);
    },
    runDue: async () => {
      for (let sendout = nextDue(); sendout !== undefined; sendout = nextDue()) {
        if (sendout.dueAt > clock.now()) return;
        const source = findLive(registry, sendout.source.id);
        if (source.ok) await attempt(sendout, source.value, "schedule");
        else settle(sendout, "failed");
      }
    },
    nextDueAt: () => nextDue()?.dueAt,
    log: () => [...sendouts.values()],
  };
}

function settle(sendout: Sendout, status: "sent" | "failed"): void {
  sendout.status = status;
  sendout.dueAt = null;
}

function findLive(registry: Registry, id: string): Result<Source, "source_unknown" | "source_stopped"> {
  const source = registry.find(id);
  if (source === undefined) return failure("source_unknown", `the project has no ${id}`);
  if (isLive(source)) return success(source);
  return failure("source_stopped", source.object === "webhook" ? "the webhook is inactive" : "it is paused");
}

/** The bytes of a sendout. They are made once; every try sends the same. */
function toBody(
  content: ReadyBody | EventToSend,
  source: Source,
  projectId: string,
  now: number,
): Result<Uint8Array<ArrayBuffer>, "event_unwanted" | "event_unknown"> {
  if ("body" in content) return success(toBytes(content.body));
  if (source.object === "webhook" && !source.events.includes(content.event)) {
    return failure("event_unwanted", `the webhook does not want ${content.event}`);
  }
  const envelope = createEnvelope(content, source, projectId, now);
  if (envelope === undefined) return failure("event_unknown", `there is no example of ${content.event}; give its data`);
  return success(toBytes(envelope));
}

function toBytes(body: ReadyBody["body"]): Uint8Array<ArrayBuffer> {
  if (body instanceof Uint8Array) return body;
  return new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
}

/** The headers of a try. It is signed anew each time, so that a secret that was corrected is the one that counts. */
async function headersFor({ body, headers }: Sendout, source: Source): Promise<Headers> {
  const all = new Headers(source.headers);
  for (const [name, value] of Object.entries(headers)) all.set(name, value);
  all.set("content-type", "application/json");
  all.set(SIGNATURE_HEADER, await signBody(body, source.secret));
  return all;
}
