// Why things are paused and why deliveries wait, in words, and which of those that wait a pause holds. Pure.

import type { Pause } from "../../../ledger/pauses.ts";

/** Why something is paused. */
export const PAUSE_REASONS: Record<Pause["reason"], string> = {
  by_hand: "Somebody paused it",
  credentials: "The target refused our credentials",
  gone: "Its address answered that it is gone",
  breaker: "The target does not answer (its breaker is open)",
};

/** What a pause lets go on. */
export const PAUSE_MODES: Record<Pause["mode"], string> = {
  hold: "Everything waits",
  drain: "What has been attempted goes on, the rest waits",
};

/** Deliveries that wait for one thing, counted, as `GET /admin/holds` says it. */
interface Held {
  target: string;
  route: string;
  reason: string;
  count: number;
  since: string;
}

/** What a delivery waits for, by the stable code of its reason. */
const HELD_REASONS: Readonly<Record<string, string>> = {
  target_paused: "Its target is paused",
  route_paused: "Its route is paused",
  target_credentials: "The target refused our credentials",
  breaker_open: "The target does not answer; one delivery tries it now and then",
  throttled: "Its turn, within the target's limits",
  busy: "Its turn: as many calls are under way as the target allows",
  in_flight: "Another copy of it is being called",
  in_order: "Another with the same key goes first",
  ambiguous: "Somebody's decision: the target may have got it although it did not answer",
  secret_missing: "A secret that is not set",
  secret_host_changed: "A secret that was not set for the host it would go to",
  secret_unreadable: "A secret that the vault cannot open",
  secret_invalid: "A secret whose form its use does not take",
  vault_unavailable: "The vault, which does not answer",
  binding_missing: "A binding that is not in wrangler.toml",
  token_unavailable: "A token that the token endpoint does not give",
};

/** What a delivery waits for; the code itself where it is a newer release's. */
export function describeWait(reason: string): string {
  return HELD_REASONS[reason] ?? reason;
}

/** Reasons of deliveries that a pause of their target holds, as src/ledger/holds.ts has them. */
const OF_TARGET: ReadonlySet<string> = new Set(["target_paused", "target_credentials", "breaker_open"]);

/** A pause's subject, taken apart. */
export function subjectOf({ subject }: { subject: string }): { kind: "target" | "route"; id: string } {
  const divider = subject.indexOf(":");
  return { kind: subject.startsWith("route:") ? "route" : "target", id: subject.slice(divider + 1) };
}

/** How many deliveries a pause holds, and since when the oldest of them waits; null where there is none. */
export function heldBy(pause: { subject: string }, held: readonly Held[]): { count: number; since: string | null } {
  const { kind, id } = subjectOf(pause);
  const own = held.filter((one) =>
    kind === "target"
      ? one.target === id && OF_TARGET.has(one.reason)
      : one.route === id && one.reason === "route_paused",
  );
  const since = own.map((one) => one.since).toSorted()[0] ?? null;
  return { count: own.reduce((sum, { count }) => sum + count, 0), since };
}

/** The page of sendouts with a held delivery for one reason. */
export function heldAddress({ target, route, reason }: Pick<Held, "target" | "route" | "reason">): string {
  return `/sendouts?${new URLSearchParams({ target, route, reason, deliveryState: "held" }).toString()}`;
}
