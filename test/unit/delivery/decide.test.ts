// What is done with a delivery that a queue offers, by what the ledger knows: every standing, every pause, every trigger.

import { describe, expect, it } from "vitest";
import { decide, type Decision } from "../../../src/delivery/decide.ts";
import type { Standing } from "../../../src/ledger/deliveries.ts";
import type { Pause, PauseSubject } from "../../../src/ledger/pauses.ts";

const NOW = Date.UTC(2026, 9, 5, 8, 15, 31);

type Delivery = Parameters<typeof decide>[0];

function decided(delivery: Partial<Delivery>, standing: Partial<Standing> | undefined, pauses: Pause[] = []): Decision {
  const offered: Delivery = {
    target: "crm",
    route: "all",
    round: 0,
    attemptsBefore: 0,
    trigger: "automatic",
    ...delivery,
  };
  const nothing = { reason: null, round: 0, attemptsMade: 1, dueAt: null, orderKey: null };
  const known = standing && { state: "scheduled" as const, ...nothing };
  return decide(
    offered,
    known && { ...known, ...standing },
    { pauses: new Map(pauses.map((one) => [one.subject, one])) },
    NOW,
  );
}

function pause(subject: PauseSubject, more: Partial<Pause> = {}): Pause {
  return { subject, reason: "by_hand", mode: "hold", since: NOW - 1_000, until: null, note: null, ...more };
}

const CALL: Decision = { do: "call" };
const DROP: Decision = { do: "drop" };
const EXPIRE: Decision = { do: "expire" };
const hold = (reason: "target_paused" | "route_paused" | "breaker_open"): Decision => ({ do: "hold", reason });

describe("a delivery by its standing", () => {
  it.each<[string, Partial<Delivery>, Partial<Standing> | undefined, Decision]>([
    ["without a row is called", {}, undefined, CALL],
    ["that is due is called", {}, { dueAt: NOW }, CALL],
    ["a second early is called, because clocks differ", {}, { dueAt: NOW + 1_000 }, CALL],
    ["over a second early waits for its time", {}, { dueAt: NOW + 1_001 }, { do: "wait", until: NOW + 1_001 }],
    ["that was let go without a time is called", {}, { reason: "released", dueAt: null }, CALL],
    ["that waited for its gate is called", {}, { state: "held", reason: "throttled", dueAt: NOW + 60_000 }, CALL],
    ["whose pause is over is called", {}, { state: "held", reason: "target_paused" }, CALL],
    ["that waits for a person is dropped", {}, { state: "held", reason: "ambiguous" }, DROP],
    ["that is delivered is dropped", {}, { state: "delivered" }, DROP],
    ["that has failed is dropped", {}, { state: "failed", reason: "target_rejected" }, DROP],
    ["that has expired is dropped", {}, { state: "expired", reason: "too_old" }, DROP],
    ["that was cancelled is dropped", {}, { state: "cancelled", reason: "discarded" }, DROP],
  ])("%s", (_name, delivery, standing, decision) => {
    expect(decided(delivery, standing)).toEqual(decision);
  });
});

describe("a delivery by its round", () => {
  it.each<[string, Partial<Delivery>, Partial<Standing>, Decision]>([
    ["of a new round is called though the last one failed", { round: 1 }, { state: "failed" }, CALL],
    ["of a new round is called though the last one was cancelled", { round: 1 }, { state: "cancelled" }, CALL],
    [
      "of a new round is called though the last one waits for a person",
      { round: 1 },
      { state: "held", reason: "ambiguous" },
      CALL,
    ],
    ["of a new round does not wait for the last one's time", { round: 1 }, { dueAt: NOW + 60_000 }, CALL],
    [
      "of a new round is dropped when the last one succeeded",
      { round: 1, trigger: "manual" },
      { state: "delivered" },
      DROP,
    ],
    [
      "of a replay is called though the last one succeeded",
      { round: 1, trigger: "replay" },
      { state: "delivered" },
      CALL,
    ],
    [
      "of a replay that has succeeded itself is dropped",
      { round: 1, trigger: "replay" },
      { state: "delivered", round: 1 },
      DROP,
    ],
    [
      "of a replay whose round has failed is dropped",
      { round: 1, trigger: "replay" },
      { state: "failed", round: 1 },
      DROP,
    ],
    ["of an earlier round is dropped when a later one has ended", { round: 0 }, { state: "failed", round: 1 }, DROP],
    ["of an earlier round is dropped, because a later one has a message of its own", { round: 0 }, { round: 1 }, DROP],
    ["of a replay is dropped when a later round is open", { round: 1, trigger: "replay" }, { round: 2 }, DROP],
  ])("%s", (_name, delivery, standing, decision) => {
    expect(decided(delivery, standing)).toEqual(decision);
  });
});

describe("a delivery by its age", () => {
  it.each<[string, number | undefined, Partial<Standing> | undefined, Pause[], Decision]>([
    ["expires at its instant", NOW, undefined, [], EXPIRE],
    ["is called a moment before", NOW + 1, undefined, [], CALL],
    ["expires before its next attempt is due", NOW - 1, { dueAt: NOW + 60_000 }, [], EXPIRE],
    ["expires rather than being held", NOW - 1, undefined, [pause("target:crm")], EXPIRE],
    ["does not expire once it is delivered", NOW - 1, { state: "delivered" }, [], DROP],
    ["does not expire once it has failed", NOW - 1, { state: "failed" }, [], DROP],
  ])("%s", (_name, expiresAt, standing, pauses, decision) => {
    const delivery = expiresAt === undefined ? {} : { expiresAt };
    expect(decided(delivery, standing, pauses)).toEqual(decision);
  });
});

const BREAKER = pause("target:crm", { reason: "breaker", until: NOW + 60_000 });
const CREDENTIALS = pause("target:crm", { reason: "credentials" });
const GONE = pause("route:all", { reason: "gone" });

describe("a delivery by what is paused", () => {
  it.each<[string, Partial<Delivery>, Pause[], Decision]>([
    ["of a paused target is held", {}, [pause("target:crm")], hold("target_paused")],
    ["of a target that refused our credentials is held", {}, [CREDENTIALS], hold("target_paused")],
    ["of a target that does not answer is held", {}, [BREAKER], hold("breaker_open")],
    ["of a target whose next try is overdue is held", {}, [{ ...BREAKER, until: NOW - 1 }], hold("breaker_open")],
    ["of a paused route is held", {}, [pause("route:all")], hold("route_paused")],
    ["of a route that is gone is held", {}, [GONE], hold("route_paused")],
    ["of another target is called", { target: "mail" }, [pause("target:crm"), BREAKER], CALL],
    ["of another route is called", { route: "tiers" }, [pause("route:all")], CALL],
    ["of a target called like a paused route is called", { target: "all", route: "x" }, [pause("route:all")], CALL],
    ["of both is held for the target", {}, [pause("route:all"), pause("target:crm")], hold("target_paused")],
    ["of a silent target and a paused route is held for the route", {}, [BREAKER, GONE], hold("route_paused")],
    ["that probes goes past the breaker", { probe: true }, [BREAKER], CALL],
    ["that probes does not go past a person's pause", { probe: true }, [pause("target:crm")], hold("target_paused")],
    ["that probes does not go past refused credentials", { probe: true }, [CREDENTIALS], hold("target_paused")],
    ["that probes does not go past its route's pause", { probe: true }, [BREAKER, GONE], hold("route_paused")],
    [
      "of a replay is held like any other",
      { trigger: "replay", round: 1 },
      [pause("target:crm")],
      hold("target_paused"),
    ],
  ])("%s", (_name, delivery, pauses, decision) => {
    expect(decided(delivery, undefined, pauses)).toEqual(decision);
  });

  it.each<[string, Partial<Standing>, Decision]>([
    ["that has succeeded is dropped, not held", { state: "delivered" }, DROP],
    ["that was cancelled is dropped, not held", { state: "cancelled" }, DROP],
    [
      "that waits for its time is held, so that nothing comes back to be held later",
      { dueAt: NOW + 60_000 },
      hold("target_paused"),
    ],
  ])("%s", (_name, standing, decision) => {
    expect(decided({}, standing, [pause("target:crm")])).toEqual(decision);
  });
});

describe("a pause that drains", () => {
  const DRAIN = [pause("target:crm", { mode: "drain" })];

  it.each<[string, Partial<Delivery>, Partial<Standing> | undefined, Decision]>([
    ["holds what has no row", {}, undefined, hold("target_paused")],
    ["holds what was never attempted", {}, { attemptsMade: 0 }, hold("target_paused")],
    ["lets go on what was attempted", {}, { attemptsMade: 1, dueAt: NOW }, CALL],
    ["has what was attempted wait for its time", {}, { dueAt: NOW + 9_000 }, { do: "wait", until: NOW + 9_000 }],
    [
      "holds a new round that was not attempted",
      { round: 1, attemptsBefore: 3 },
      { state: "failed", attemptsMade: 3 },
      hold("target_paused"),
    ],
    [
      "holds a round whose row has only the attempts before it",
      { round: 1, attemptsBefore: 3 },
      { round: 1, attemptsMade: 3 },
      hold("target_paused"),
    ],
    ["lets go on a round that was attempted", { round: 1, attemptsBefore: 3 }, { round: 1, attemptsMade: 4 }, CALL],
  ])("%s", (_name, delivery, standing, decision) => {
    expect(decided(delivery, standing, DRAIN)).toEqual(decision);
  });

  it("of a route does the same", () => {
    const drained = [pause("route:all", { mode: "drain" })];
    expect(decided({}, undefined, drained)).toEqual(hold("route_paused"));
    expect(decided({}, { dueAt: NOW }, drained)).toEqual(CALL);
  });

  it("of a target does not lift its route's pause", () => {
    expect(decided({}, { dueAt: NOW }, [...DRAIN, pause("route:all")])).toEqual(hold("route_paused"));
  });
});
