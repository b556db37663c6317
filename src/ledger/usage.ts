// What traffic uses of the platform, and what that costs: from counts of sendouts, deliveries and attempts, because neither
// D1 nor Queues tells a Worker what it is billed for.

/** Traffic of some time. */
export interface TrafficCount {
  sendouts: number;
  deliveries: number;
  attempts: number;
}

/** What it uses. */
export interface Use {
  d1RowsWritten: number;
  queueOperations: number;
  /** Requests and batches of queues, one message to a batch: the most it can be. */
  workerRequests: number;
}

/** A sendout's row and its entry in the index by time; a delivery's row. Counted from D1's own meta by a test. */
const ROWS_OF_SENDOUT = 2;
const ROWS_OF_DELIVERY = 1;

/** A further attempt rewrites the row; when it waits in the ledger, its entry in the index of what is due comes and goes. */
const ROWS_OF_FURTHER_ATTEMPT = 2;

/** A message is written, read and deleted; one that is offered again is read once more. */
const OPERATIONS_OF_MESSAGE = 3;

/** What traffic uses, near enough to plan by. */
export function useOf({ sendouts, deliveries, attempts }: TrafficCount): Use {
  const further = Math.max(attempts - deliveries, 0);
  return {
    d1RowsWritten: sendouts * ROWS_OF_SENDOUT + deliveries * ROWS_OF_DELIVERY + further * ROWS_OF_FURTHER_ATTEMPT,
    queueOperations: (sendouts + deliveries) * OPERATIONS_OF_MESSAGE + further,
    workerRequests: sendouts * 2 + deliveries + further,
  };
}

/** What the free plan takes, a day. https://developers.cloudflare.com/workers/platform/limits/ (read 2026-11-24) */
export const FREE_PLAN_A_DAY: Use = { d1RowsWritten: 100_000, queueOperations: 10_000, workerRequests: 100_000 };

/** The largest database of either plan, in bytes. https://developers.cloudflare.com/d1/platform/limits/ (read 2026-11-24) */
export const DATABASE_BYTES_MAX = { free: 500_000_000, paid: 10_000_000_000 } as const;

/**
 * What the paid plan includes a month, and what a million more cost in dollars.
 * https://developers.cloudflare.com/workers/platform/pricing/ (read 2026-11-24)
 */
const PAID: Record<keyof Use, { included: number; perMillion: number }> = {
  d1RowsWritten: { included: 50_000_000, perMillion: 1 },
  queueOperations: { included: 1_000_000, perMillion: 0.4 },
  workerRequests: { included: 10_000_000, perMillion: 0.3 },
};
const PAID_A_MONTH = 5;
const STORAGE_INCLUDED_BYTES = 5_000_000_000;
const STORAGE_PER_GB = 0.75;
const DAYS_A_MONTH = 30;

/**
 * What the paid plan costs a month in dollars, at a day's use and a database's size.
 *
 * @param databaseBytes how large the database is
 */
export function costPerMonth(aDay: Use, databaseBytes: number): number {
  const beyond = Object.entries(PAID).map(([name, { included, perMillion }]) => {
    const used = aDay[name as keyof Use] * DAYS_A_MONTH; // the keys of `PAID` are those of `Use`
    return (Math.max(used - included, 0) / 1_000_000) * perMillion;
  });
  const storage = (Math.max(databaseBytes - STORAGE_INCLUDED_BYTES, 0) / 1_000_000_000) * STORAGE_PER_GB;
  return PAID_A_MONTH + beyond.reduce((sum, cost) => sum + cost, storage);
}

/**
 * In how many days a database of this size and growth is full; null when it does not grow.
 *
 * @param bytesADay by how much it has grown a day lately
 */
export function daysUntilFull(bytes: number, bytesADay: number, bytesMax: number): number | null {
  if (bytes >= bytesMax) return 0;
  return bytesADay <= 0 ? null : Math.floor((bytesMax - bytes) / bytesADay);
}
