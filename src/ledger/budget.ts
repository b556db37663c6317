// D1 stalls some seconds every day, and a call that hangs must not take its whole batch, or a sender's ten seconds,
// with it.

/** How long D1 may take before the caller goes on without it, in milliseconds. */
export const LEDGER_BUDGET_MS = 5_000;

/** D1 did not answer in time. What it was asked may still happen. */
export class LedgerTimeoutError extends Error {
  constructor() {
    super("D1 took longer than its budget");
  }
}

/** Resolves like the promise, or rejects once the ledger's budget is used up. The work itself is not undone. */
export async function withinBudget<T>(work: Promise<T>): Promise<T> {
  const { promise: timeout, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new LedgerTimeoutError()), LEDGER_BUDGET_MS);
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
