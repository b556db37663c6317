// When Voucherify tries again: twelve times, each at its own distance from the first try.
// https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)

const MINUTE_MS = 60_000;

/**
 * When the retries come, in milliseconds after the first try (not after the try before): 1, 2, 4 … 1024 minutes, which
 * is 17 h 4, then 24 hours.
 */
export const RETRY_OFFSETS_MS: readonly number[] = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440].map(
  (minutes) => minutes * MINUTE_MS,
);

/** When to try again after `tries` tries, the first included; undefined when that was the last. */
export function retryDueAt(firstTryAt: number, tries: number): number | undefined {
  const offset = RETRY_OFFSETS_MS[tries - 1];
  return offset === undefined ? undefined : firstTryAt + offset;
}
