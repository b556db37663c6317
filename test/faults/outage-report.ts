// What is told of an outage; apart from the rig, so that Node can read it without the Workers' types.

/** What came of it. Times are in milliseconds. */
export interface OutageReport {
  problems: string[];
  /** Calls during the outage: before the breaker opened, and after. */
  callsBefore: number;
  callsWhileOpen: number;
  /** How many deliveries those while it was open were spent on, and the most that one of them had. */
  probed: number;
  probesOfOneMost: number;
  delivered: number;
  calledAgain: number;
  /** From the end of the outage to the first delivery, and to the last. */
  firstAfterMs: number;
  drainedAfterMs: number;
  /** How often a queue offered a message again, in all. */
  offeredAgain: number;
  /** Deliveries in the busiest second. */
  perSecondMost: number;
  /** 1 when they came in the order of the posts, 0 when in none. */
  kendall: number;
  /** How far out of its place one of them came, in places: half of them, 99 of 100 and the worst. */
  displaced: [half: number, most: number, worst: number];
  /** How many deliveries ended in which state, by the ledger. */
  states: Record<string, number>;
}
