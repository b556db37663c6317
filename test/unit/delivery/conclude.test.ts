// What becomes of a delivery after an attempt or instead of one: its outcome, what the queue is asked, and what is paused.

import { describe, expect, it } from "vitest";
import {
  concludeAttempt,
  concludeBreaker,
  concludeExpiry,
  concludeHold,
  concludeUnheard,
  type Conclusion,
  type InHand,
  type Judged,
} from "../../../src/delivery/conclude.ts";
import { bytes } from "../bytes.ts";
import type { DeliverMessage } from "../../../src/delivery/message.ts";

const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);
const MINUTE = 60_000;

function inHand(delivery: Partial<DeliverMessage> = {}, more: Partial<Omit<InHand, "delivery">> = {}): InHand {
  return {
    delivery: {
      v: 1,
      kind: "deliver",
      sendoutId: "so_1",
      target: "crm",
      copy: 0,
      route: "all",
      round: 0,
      attemptsBefore: 0,
      trigger: "automatic",
      hops: 0,
      auth: { type: "none" },
      retry: [10, 3_600],
      timeoutMs: 10_000,
      content: { as: "raw", bytes: bytes("{}") },
      ...delivery,
    },
    tries: 1,
    attemptsMade: 0,
    request: "raw:e30=",
    ...more,
  };
}

/** The outcome of the delivery in hand, with what a conclusion changes. */
function outcome(changed: Partial<Conclusion["outcome"]>): Conclusion["outcome"] {
  return {
    sendoutId: "so_1",
    target: "crm",
    copy: 0,
    route: "all",
    state: "delivered",
    reason: null,
    round: 0,
    attemptsMade: 1,
    attemptsBefore: 0,
    updatedAt: NOW,
    dueAt: null,
    sweepAt: null,
    request: "raw:e30=",
    ...changed,
  };
}

const attempt = { at: NOW - 40, ms: 40, status: 503 };
const RETRY = { verdict: "retry", reason: "target_unavailable", floorSeconds: 0 } as const;

function judged(verdict: Judged["verdict"], more: Partial<Judged> = {}): Judged {
  return { verdict, attempt, endedAt: NOW, random: 0.5, ...more };
}

const paused = { mode: "hold", since: NOW, until: null, note: "it answered with status 503" } as const;

describe("an attempt that ends its round", () => {
  it.each<[string, Judged["verdict"], Conclusion]>([
    ["delivered", { verdict: "delivered" }, { outcome: outcome({ attempt }), delaySeconds: undefined }],
    [
      "refused",
      { verdict: "failed", reason: "target_rejected" },
      { outcome: outcome({ state: "failed", reason: "target_rejected", attempt }), delaySeconds: undefined },
    ],
    [
      "refused for good pauses its route",
      { verdict: "gone", reason: "target_gone" },
      {
        outcome: outcome({ state: "failed", reason: "target_gone", attempt }),
        delaySeconds: undefined,
        pause: { subject: "route:all", reason: "gone", ...paused },
      },
    ],
  ])("%s", (_name, verdict, conclusion) => {
    expect(concludeAttempt(inHand(), judged(verdict))).toEqual(conclusion);
  });
});

describe("refused credentials", () => {
  const verdict = { verdict: "credentials", reason: "target_credentials" } as const;

  it("hold the delivery and pause its target", () => {
    expect(concludeAttempt(inHand(), judged(verdict))).toEqual({
      outcome: outcome({ state: "held", reason: "target_credentials", attempt }),
      delaySeconds: undefined,
      pause: { subject: "target:crm", reason: "credentials", ...paused },
    });
  });

  it("without a status pause it too, and say so", () => {
    const { pause } = concludeAttempt(inHand(), judged(verdict, { attempt: { at: NOW, ms: 1 } }));
    expect(pause?.note).toBe("it answered with no status");
  });
});

/** What the queue is asked for, and when the next attempt and the sweeper come, in seconds from now. */
interface Waiting {
  delaySeconds: number | undefined;
  dueAt: number;
  sweepAt: number;
}

describe("an attempt that is made again", () => {
  it.each<[string, Partial<DeliverMessage>, Partial<InHand>, Partial<Judged>, Waiting]>([
    [
      "soon is left to the queue, and swept when that lost it",
      {},
      {},
      {},
      { delaySeconds: 10, dueAt: 10, sweepAt: 310 },
    ],
    [
      "later is left to the sweeper",
      {},
      { attemptsMade: 1 },
      {},
      { delaySeconds: undefined, dueAt: 3_600, sweepAt: 3_600 },
    ],
    [
      "in just fifteen minutes is left to the queue",
      { retry: [900] },
      {},
      {},
      { delaySeconds: 900, dueAt: 900, sweepAt: 1_200 },
    ],
    [
      "in over fifteen minutes is left to the sweeper",
      { retry: [901] },
      {},
      {},
      { delaySeconds: undefined, dueAt: 901, sweepAt: 901 },
    ],
    ["is moved by chance", {}, {}, { random: 0 }, { delaySeconds: 8, dueAt: 8, sweepAt: 308 }],
    [
      "waits as long as the target asks",
      {},
      {},
      { verdict: { ...RETRY, floorSeconds: 120 } },
      { delaySeconds: 120, dueAt: 120, sweepAt: 420 },
    ],
    [
      "in a new round begins its schedule anew",
      { round: 1, attemptsBefore: 3 },
      { attemptsMade: 3 },
      {},
      { delaySeconds: 10, dueAt: 10, sweepAt: 310 },
    ],
    [
      "leaves a queue that has offered it fifty times",
      {},
      { tries: 50 },
      {},
      { delaySeconds: undefined, dueAt: 10, sweepAt: 10 },
    ],
  ])("%s", (_name, delivery, more, change, { delaySeconds, dueAt, sweepAt }) => {
    const hand = inHand(delivery, more);
    const conclusion = concludeAttempt(hand, judged(RETRY, change));
    expect(conclusion).toEqual({
      outcome: outcome({
        state: "scheduled",
        reason: "target_unavailable",
        round: hand.delivery.round,
        attemptsBefore: hand.delivery.attemptsBefore,
        attemptsMade: hand.attemptsMade + 1,
        dueAt: NOW + dueAt * 1_000,
        sweepAt: NOW + sweepAt * 1_000,
        attempt,
      }),
      delaySeconds,
    });
  });

  it.each([
    ["the last of its schedule", {}, { attemptsMade: 2 }],
    ["the only one", { retry: [] }, {}],
    ["the last of its round", { round: 1, attemptsBefore: 3 }, { attemptsMade: 5 }],
  ])("fails when it was %s", (_name, delivery: Partial<DeliverMessage>, more) => {
    expect(concludeAttempt(inHand(delivery, more), judged(RETRY))).toMatchObject({
      outcome: { state: "failed", reason: "target_unavailable", dueAt: null, sweepAt: null, attempt },
      delaySeconds: undefined,
    });
  });

  it.each([
    ["held for a person where the target wants that", "hold", true, "held", "ambiguous", null],
    ["tried again where it does not", "retry", true, "scheduled", "target_unavailable", NOW + 10_000],
    ["tried again where nothing was said", undefined, true, "scheduled", "target_unavailable", NOW + 10_000],
    ["tried again when the target cannot have got it", "hold", false, "scheduled", "target_unavailable", NOW + 10_000],
  ] as const)("is %s", (_name, onAmbiguous, ambiguous, state, reason, dueAt) => {
    const hand = inHand(onAmbiguous === undefined ? {} : { onAmbiguous });
    const made = { ...attempt, ...(ambiguous ? { ambiguous } : {}) };
    expect(concludeAttempt(hand, judged(RETRY, { attempt: made })).outcome).toMatchObject({ state, reason, dueAt });
  });
});

describe("what was not ready", () => {
  const verdict = { verdict: "not_ready", reason: "secret_missing" } as const;

  it.each([
    ["comes back in five minutes", {}, 5 * MINUTE, 300],
    ["comes back when it is said to be ready", { readyAt: NOW + MINUTE }, MINUTE, 60],
    ["comes back at once when it should be ready by now", { readyAt: NOW - MINUTE }, -MINUTE, 0],
  ])("%s, which costs no attempt", (_name, more, waitMs, delaySeconds) => {
    const due = { dueAt: NOW + waitMs, sweepAt: NOW + waitMs + 5 * MINUTE };
    expect(concludeAttempt(inHand(), judged(verdict, more))).toEqual({
      outcome: outcome({ state: "held", reason: "secret_missing", attemptsMade: 0, ...due, attempt }),
      delaySeconds,
    });
  });
});

describe("without an attempt", () => {
  it.each<[string, Conclusion, Conclusion]>([
    [
      "what is paused is held until somebody lets it go",
      concludeHold(inHand(), "target_paused", undefined, NOW),
      { outcome: outcome({ state: "held", reason: "target_paused", attemptsMade: 0 }), delaySeconds: undefined },
    ],
    [
      "what waits for its gate comes back by itself",
      concludeHold(inHand(), "throttled", NOW + MINUTE, NOW),
      {
        outcome: outcome({
          state: "held",
          reason: "throttled",
          attemptsMade: 0,
          dueAt: NOW + MINUTE,
          sweepAt: NOW + 6 * MINUTE,
        }),
        delaySeconds: 60,
      },
    ],
    [
      "what meets an open breaker is held with a pause that has a next try",
      concludeBreaker(inHand(), NOW + MINUTE, NOW),
      {
        outcome: outcome({ state: "held", reason: "breaker_open", attemptsMade: 0 }),
        delaySeconds: undefined,
        pause: { subject: "target:crm", reason: "breaker", mode: "hold", since: NOW, until: NOW + MINUTE, note: null },
      },
    ],
    [
      "what is too old expires",
      concludeExpiry(inHand({ round: 2, attemptsBefore: 4 }, { attemptsMade: 5 }), NOW),
      {
        outcome: outcome({ state: "expired", reason: "too_old", round: 2, attemptsBefore: 4, attemptsMade: 5 }),
        delaySeconds: undefined,
      },
    ],
    [
      "a success of which only the gate knows counts as an attempt",
      concludeUnheard(inHand({ copy: 2 }, { attemptsMade: 1 }), NOW),
      {
        outcome: outcome({
          copy: 2,
          attemptsMade: 2,
          attempt: { at: NOW, ms: 0, detail: "the target took it; what it answered was not written down in time" },
        }),
        delaySeconds: undefined,
      },
    ],
  ])("%s", (_name, conclusion, expected) => {
    expect(conclusion).toEqual(expected);
  });
});
