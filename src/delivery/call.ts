// The calls of a batch: six at a time, of which one target gets half, so that a slow one does not hold up the others.

import * as v from "valibot";
import type { ClaimBindings } from "../ledger/claims.ts";
import { unpack } from "../ledger/content.ts";
import { logFailure } from "../log.ts";
import { RenderedRequestSchema, type RenderedRequest } from "../translation/rendered.ts";
import { createSecretReader, type SecretReader } from "../vault/open-secrets.ts";
import type { Judged } from "./conclude.ts";
import { deliveryId } from "./delivery-id.ts";
import { SLOW_MS } from "./gate/pace.ts";
import type { Going } from "./item.ts";
import { judge } from "./judge.ts";
import { runLimited, split } from "./limited.ts";
import type { DeliverMessage } from "./message.ts";
import { send, type Sent } from "./send.ts";

/** Connections that may wait for an answer at the same time in one invocation: the platform's limit. */
const CONNECTIONS_MAX = 6;

/** How many of them one target may have while others share the batch. */
const CONNECTIONS_PER_TARGET_MAX = 3;

/** A call that was made, or could not be: then its message is put back. */
export interface Called {
  item: Going;
  sent?: Sent;
  judged?: Omit<Judged, "random">;
}

/** What is told while calls are under way. */
export interface CallListener {
  ended: (called: Called) => void;
  /** Takes over what has not been called yet of a target that turns out to be slow. Left out, it is called all the same. */
  slow?: ((waiting: Going[]) => void) | undefined;
}

/**
 * Makes the calls and tells of each as it ends. A connection is free again with the answer; writing it down takes none.
 *
 * @returns all of them, in the order in which they ended
 */
export async function callAll(
  items: readonly Going[],
  env: ClaimBindings,
  choices: { now: () => number },
  { ended, slow }: CallListener,
): Promise<Called[]> {
  const all: Called[] = [];
  const underWay = new Map<Going, number>();
  const targets = new Set(items.map(({ delivery }) => delivery.target));
  const vault = createSecretReader(env, choices.now);
  const waiting = [...items];
  const takeOutSlow = (): void => {
    const long = [...underWay].filter(([, since]) => choices.now() - since >= SLOW_MS);
    const targetsOfLong = new Set(long.map(([{ delivery }]) => delivery.target));
    const [rest, others] = split(waiting, ({ delivery }) => targetsOfLong.has(delivery.target));
    waiting.splice(0, waiting.length, ...others);
    if (rest.length > 0) slow?.(rest);
  };
  // One timer for all of them: a timer for each call costs a twentieth of a delivery.
  const watching = slow === undefined ? null : setInterval(takeOutSlow, SLOW_MS / 2);
  await runLimited(waiting, {
    total: CONNECTIONS_MAX,
    perKey: targets.size === 1 ? CONNECTIONS_MAX : CONNECTIONS_PER_TARGET_MAX,
    key: ({ delivery }) => delivery.target,
    run: async (item) => {
      underWay.set(item, choices.now());
      const called = await call(item, env, { ...choices, vault });
      underWay.delete(item);
      all.push(called);
      ended(called);
    },
  });
  clearInterval(watching);
  return all;
}

/** What the calls of a batch share. */
interface CallChoices {
  now: () => number;
  vault: SecretReader;
}

async function call(item: Going, env: ClaimBindings, choices: CallChoices): Promise<Called> {
  const { delivery } = item;
  const { now } = choices;
  try {
    const request = await readRequest(delivery, env);
    const at = now();
    const sent = request === undefined ? UNREADABLE : await sendDelivery(delivery, request, env, choices);
    const endedAt = now();
    const verdict = judge(sent.result, endedAt, delivery.answers);
    return {
      item,
      sent,
      judged: {
        verdict,
        attempt: describeAttempt(delivery, sent, verdict, at, endedAt),
        endedAt,
        readyAt: sent.readyAt,
      },
    };
  } catch (error) {
    logFailure("delivery_not_called", error);
    return { item };
  }
}

const UNREADABLE: Sent = {
  result: { kind: "refused", reason: "request_invalid" },
  detail: "the stored request cannot be read",
  ambiguous: false,
};

async function sendDelivery(
  { auth, timeoutMs, sendoutId, target, copy, hops }: DeliverMessage,
  request: RenderedRequest,
  env: object,
  choices: CallChoices,
): Promise<Sent> {
  const idempotencyKey = deliveryId(sendoutId, target, copy);
  return send({ request, auth, timeoutMs, idempotencyKey, hops }, env, choices);
}

function describeAttempt(
  { trigger, tableVersion }: DeliverMessage,
  { result, detail, excerpt, headers, ambiguous, tokenRefreshed }: Sent,
  verdict: Judged["verdict"],
  at: number,
  endedAt: number,
): Judged["attempt"] {
  const keptWhole = verdict.verdict !== "delivered";
  return {
    at,
    ms: endedAt - at,
    ...(result.kind === "answered" ? { status: result.status } : {}),
    ...(verdict.verdict === "delivered" ? {} : { reason: verdict.reason }),
    ...(detail === undefined ? {} : { detail }),
    ...(keptWhole && headers !== undefined ? { headers } : {}),
    ...(excerpt === undefined || excerpt === "" ? {} : { excerpt: keptWhole ? excerpt : clip(excerpt) }),
    ...(ambiguous ? { ambiguous } : {}),
    ...(tokenRefreshed === undefined ? {} : { tokenRefreshed }),
    ...(trigger === "automatic" ? {} : { trigger }),
    ...(tableVersion === undefined ? {} : { tableVersion }),
  };
}

/** How much of the answer of a delivery that succeeded is kept, in characters: it says little, and most are such. */
const SUCCESS_CHARS_MAX = 500;

function clip(text: string): string {
  return text.slice(0, SUCCESS_CHARS_MAX).toWellFormed();
}

async function readRequest({ content }: DeliverMessage, env: ClaimBindings): Promise<RenderedRequest | undefined> {
  const bytes = await unpack(content, env);
  if (bytes === undefined) return undefined;
  const parsed = v.safeParse(StoredRequestSchema, new TextDecoder().decode(bytes));
  return parsed.success ? parsed.output : undefined;
}

const StoredRequestSchema = v.pipe(v.string(), v.parseJson(), RenderedRequestSchema);
