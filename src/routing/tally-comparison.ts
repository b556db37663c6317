// Comparisons of many sendouts added up: how often each fate, by route and target, and a few of each to look at. Pure.

import { FATES, type ComparedDelivery, type ComparedSendout, type Fate } from "./compare-tables.ts";

/** How many examples there are of each fate of a route's target: a page of them is for people to read. */
const EXAMPLES_MAX = 3;

/** How the sendouts fared; each counts once. */
export interface SendoutCounts {
  /** Those that something could be said about. */
  compared: number;
  /** Go somewhere by both tables. */
  routed: number;
  /** Go nowhere by either. */
  unrouted: number;
  newlyRouted: number;
  newlyUnrouted: number;
  /** Read by neither table. */
  notUnderstood: number;
  /** Whose payload is not kept any more; not among those compared. */
  bodiesGone: number;
}

/** How the deliveries of a route to a target fared. */
export type DeliveryCounts = { route: string; target: string } & Record<Fate, number>;

/** A delivery that the second table makes something else of. */
export interface Example extends ComparedDelivery {
  /** The sendout's id. */
  sendout: string;
}

/** Adds comparisons up. */
export class Tally {
  readonly sendouts: SendoutCounts = {
    compared: 0,
    routed: 0,
    unrouted: 0,
    newlyRouted: 0,
    newlyUnrouted: 0,
    notUnderstood: 0,
    bodiesGone: 0,
  };
  readonly examples: Example[] = [];
  readonly #deliveries = new Map<string, DeliveryCounts>();

  /** Counts a sendout whose payload is gone. */
  addGone(): void {
    this.sendouts.bodiesGone++;
  }

  /** Counts a sendout and its deliveries. */
  add(sendout: string, { outcome, deliveries }: ComparedSendout): void {
    this.sendouts.compared++;
    this.sendouts[COUNTED_AS[outcome]]++;
    for (const delivery of deliveries) this.#addDelivery(sendout, delivery);
  }

  /** By route and target, in the order in which they came by. */
  get deliveries(): DeliveryCounts[] {
    return [...this.#deliveries.values()];
  }

  #addDelivery(sendout: string, delivery: ComparedDelivery): void {
    const { route, target, fate } = delivery;
    const key = `${route} ${target}`;
    const counts = this.#deliveries.get(key) ?? { route, target, ...NONE };
    this.#deliveries.set(key, counts);
    counts[fate]++;
    if (fate !== "same" && fate !== "failing" && counts[fate] <= EXAMPLES_MAX) {
      this.examples.push({ sendout, ...delivery });
    }
  }
}

const COUNTED_AS = {
  routed: "routed",
  unrouted: "unrouted",
  newly_routed: "newlyRouted",
  newly_unrouted: "newlyUnrouted",
  not_understood: "notUnderstood",
} as const satisfies Record<ComparedSendout["outcome"], keyof SendoutCounts>;

const NONE = Object.fromEntries(FATES.map((fate) => [fate, 0])) as Record<Fate, number>; // one of each
