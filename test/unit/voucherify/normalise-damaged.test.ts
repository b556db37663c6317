// Bodies of every type and version, damaged at random.

import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES } from "../../../src/voucherify/catalogue.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import type { JsonObject } from "../../../src/voucherify/read-json.ts";
import { json, valueAt } from "./bodies.ts";

describe("any body like Voucherify's, but with keys dropped and values replaced", () => {
  const NOTIFICATIONS: CampaignNotificationKind[] = ["loyalty_card_assigned", "points_redeemed", "points_earned"];
  const examples = [
    ...EVENT_TYPES.flatMap((type) => [exampleSendout(type), exampleSendout(type, { version: "v2018-08-01" })]),
    ...NOTIFICATIONS.map((kind) => exampleCampaignNotification(kind)),
  ].filter((example) => example !== undefined);

  /** Values that give themselves away wherever they turn up. */
  const replacement = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      fc.constantFrom(null, true, false, "", [], {}),
      fc.string({ unit: "binary" }).map((text) => `${text}HUSH-1234`),
      fc.integer({ min: 123_400, max: 123_499 }).map((number) => number + 0.5),
      fc.constantFrom("2026-10-05", "__proto__", "customer.rewarded", "event"),
      fc.array(tie("value"), { maxLength: 3 }),
      fc.dictionary(
        fc.constantFrom("id", "object", "type", "data", "data_json", "customer", "voucher", "__proto__", "HUSH-1234"),
        tie("value"),
        { maxKeys: 4 },
      ),
    ),
  })).value;
  const mutation = fc.record({
    place: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    shallow: fc.boolean(),
    value: fc.option(replacement, { nil: undefined, freq: 3 }),
  });

  /** Does one thing to a body: drops a key, or replaces its value. */
  function mutate(body: JsonObject, { place, shallow, value }: { place: number; shallow: boolean; value: unknown }) {
    const slots = [...slotsOf(body, shallow ? 3 : 12)];
    const slot = slots[Math.floor(place * slots.length)];
    if (slot === undefined) return;
    if (value === undefined) Reflect.deleteProperty(slot.owner, slot.key);
    else Object.defineProperty(slot.owner, slot.key, { value, enumerable: true, configurable: true, writable: true });
  }

  it("is understood or refused, and a refusal repeats nothing of it", () => {
    const seen = { understood: 0, refused: 0 };
    fc.assert(
      fc.property(
        fc.constantFrom(...examples),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        (example, mutations, expects) => {
          const body = structuredClone(example);
          for (const change of mutations) mutate(body, change);
          const expected = expects ? { event: "customer.referred" } : undefined;
          const result = normalise(json(body), { expected });
          if (result.ok) {
            seen.understood++;
            const { envelope, unknown, dedupeKey, dedupeBy, type } = result.value;
            for (const path of unknown) expect(valueAt(envelope, path), path).toBeNull();
            expect(dedupeKey === null).toBe(dedupeBy === "body");
            expect(type).not.toBe("");
          } else {
            seen.refused++;
            expect(result.detail).not.toMatch(/HUSH|1234/);
            for (const text of longTextsOf(body)) expect(result.detail).not.toContain(text);
          }
        },
      ),
      { seed: 20_261_122, numRuns: 2_000 },
    );
    expect(Math.min(seen.understood, seen.refused)).toBeGreaterThan(100);
  });
});

function* slotsOf(value: unknown, depth: number): Generator<{ owner: object; key: string }> {
  if (typeof value !== "object" || value === null || depth === 0) return;
  for (const [key, inner] of Object.entries(value)) {
    yield { owner: value, key };
    yield* slotsOf(inner, depth - 1);
  }
}

/** Texts long enough not to stand in a message by chance. */
function longTextsOf(value: unknown): string[] {
  if (typeof value === "string") return value.length > 10 ? [value] : [];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(longTextsOf) : [];
}
