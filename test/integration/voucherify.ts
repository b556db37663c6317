// A Voucherify of a test's own: one project, its sender, and a clock that is set by hand.

import type { Result } from "../../src/result.ts";
import { advanceTo, createManualClock } from "../voucherify/clock.ts";
import { createRegistry, type DistributionSettings, type WebhookSettings } from "../voucherify/registry.ts";
import { createSender, type SenderOptions } from "../voucherify/sender.ts";

/** When the clock begins, in milliseconds since 1970. */
export const START = Date.parse("2026-11-22T08:00:00.000Z");
export const MINUTE_MS = 60_000;
export const DAY_MS = 24 * 60 * MINUTE_MS;

/** What the project's sources sign with unless told otherwise. */
export const PROJECT_SECRET = "secret-of-the-project";

interface VoucherifyOptions extends Pick<SenderOptions, "switchOff" | "timeoutMs"> {
  /** Where its webhooks and distributions send to. */
  targetUrl: string;
  secret?: string;
}

/** Sets a Voucherify up, with nothing that sends yet. */
export function createVoucherify({ targetUrl, secret = PROJECT_SECRET, ...options }: VoucherifyOptions) {
  const clock = createManualClock(START);
  const registry = createRegistry({ secret, clock });
  const sender = createSender({ registry, clock, ...options });
  return {
    clock,
    registry,
    sender,
    /** Adds a webhook that wants `redemption.succeeded`. */
    webhook: (settings: Partial<WebhookSettings> = {}) =>
      registry.addWebhook({ targetUrl, events: ["redemption.succeeded"], ...settings }),
    distribution: (settings: Partial<DistributionSettings> = {}) =>
      registry.addDistribution({ targetUrl, ...settings }),
    /** Sends a ready body, which must not be refused. */
    send: async (sourceId: string, body: object | string | Uint8Array<ArrayBuffer> = '{"a":1}') =>
      valueOf(await sender.send(sourceId, { body })),
    /** Lets time pass, with the retries that come due. */
    pass: async (milliseconds: number) => advanceTo(clock.now() + milliseconds, clock, sender),
  };
}

/** The value of what must have succeeded. */
export function valueOf<T>(result: Result<T, string>): T {
  if (!result.ok) throw new Error(`${result.reason}: ${result.detail}`);
  return result.value;
}
