// What arrives and is not in the catalogue is noted, masked and counted, and never in a sendout's way.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { listDrift, recordDrift, type Drift } from "../../../src/ledger/drift.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { noteDrift } from "../../../src/routing/note-drift.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise, type NormalisedEvent } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";
import { brokenD1, createBindings, downD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";

const MINUTE_MS = 60_000;

const logged = vi.spyOn(console, "error");

beforeEach(async () => {
  await reset();
  logged.mockReset().mockImplementation(() => {});
});

/** A redemption with a field that nobody has heard of. */
function strange(field = "wick"): NormalisedEvent {
  const example = exampleSendout("redemption.succeeded");
  const data = { ...Object(example?.["data"]), [field]: "TOP-SECRET-1" };
  const event = normalise(bytes(JSON.stringify({ ...example, data })));
  if (!event.ok) throw new Error(event.detail);
  return event.value;
}

const WICK = { kind: "field", type: "redemption.succeeded", path: "wick", example: "text of 12 characters" };

describe("noteDrift", () => {
  it("writes a discovery at once, and what comes within the minute together", async () => {
    const { LEDGER } = createBindings();
    await noteDrift(LEDGER, [strange(), strange()], SENT_AT);
    const first = { ...WICK, firstSeenAt: SENT_AT, lastSeenAt: SENT_AT };
    expect(await listDrift(LEDGER)).toEqual([{ ...first, count: 2 }]);
    await noteDrift(LEDGER, [strange()], SENT_AT + 1);
    await noteDrift(LEDGER, [strange()], SENT_AT + MINUTE_MS - 1);
    expect(await listDrift(LEDGER)).toEqual([{ ...first, count: 2 }]);
    await noteDrift(LEDGER, [strange()], SENT_AT + MINUTE_MS);
    expect(await listDrift(LEDGER)).toEqual([{ ...first, lastSeenAt: SENT_AT + MINUTE_MS, count: 5 }]);
  });

  it("asks nothing of D1 for what is as it should be", async () => {
    const { LEDGER } = createBindings();
    const known = normalise(bytes(JSON.stringify(exampleSendout("voucher.created"))));
    if (!known.ok) throw new Error(known.detail);
    await noteDrift(LEDGER, [known.value], SENT_AT);
    expect(LEDGER.queries).toEqual([]);
  });

  it("keeps what D1 did not take for the next time, with its count and its first instant", async () => {
    let down = true;
    const LEDGER = brokenD1({ when: (sql) => down && sql.includes("INTO drift") });
    await noteDrift(LEDGER, [strange(), strange()], SENT_AT);
    expect(logged.mock.calls.flat().map((line) => JSON.parse(String(line)).event)).toEqual(["drift_not_recorded"]);
    down = false;
    await noteDrift(LEDGER, [strange()], SENT_AT + 5);
    expect(await listDrift(LEDGER)).toEqual([{ ...WICK, firstSeenAt: SENT_AT, lastSeenAt: SENT_AT + 5, count: 3 }]);
  });

  it("keeps no value and logs none", async () => {
    const { LEDGER } = createBindings();
    await noteDrift(LEDGER, [strange()], SENT_AT);
    await noteDrift(downD1(), [strange()], SENT_AT);
    expect(JSON.stringify([await listDrift(LEDGER), logged.mock.calls])).not.toContain("TOP-SECRET");
  });
});

describe("routing a sendout that drifts", () => {
  it("delivers it and notes the drift", async () => {
    await publish(createTable(["crm"]));
    const env = createBindings();
    const example = exampleSendout("redemption.succeeded");
    const event = { ...Object(example?.["event"]), type: "lantern.lit" };
    const message = createMessage(await createIngestMessage(bytes(JSON.stringify({ ...example, event }))));
    await consumeIngest(createBatch([message]), env, SENT_AT);
    expect(fatesOf([message])).toEqual([["ack"]]);
    expect(await rowsOf("sendouts")).toMatchObject([{ event_type: "lantern.lit" }]);
    expect(await listDrift(env.LEDGER, "lantern.lit")).toContainEqual(
      expect.objectContaining({ kind: "type", type: "lantern.lit", path: "$webhook.event.type", count: 1 }),
    );
    expect(await listDrift(env.LEDGER, "lantern.out")).toEqual([]);
  });

  it("delivers it all the same when the drift cannot be noted", async () => {
    await publish(createTable(["crm"]));
    const env = createBindings({ LEDGER: brokenD1({ when: (sql) => sql.includes("INTO drift") }) });
    const example = exampleSendout("redemption.succeeded");
    const data = { ...Object(example?.["data"]), wick: 4 };
    const message = createMessage(await createIngestMessage(bytes(JSON.stringify({ ...example, data }))));
    await consumeIngest(createBatch([message]), env, SENT_AT);
    expect(fatesOf([message])).toEqual([["ack"]]);
    expect(env.DELIVER.messages).toHaveLength(1);
    expect(await rowsOf("sendouts")).toHaveLength(1);
  });
});

describe("the rows of drift", () => {
  function sighting(number: number, parts: Partial<Drift> = {}): Drift {
    const at = { firstSeenAt: SENT_AT, lastSeenAt: SENT_AT };
    return { kind: "field", type: "t", path: `p${number}`, example: "flag", ...at, count: 1, ...parts };
  }

  it("stop at two thousand, and those there are still counted", async () => {
    const { LEDGER } = createBindings();
    for (const start of [0, 1_000, 2_000]) {
      await recordDrift(
        LEDGER,
        Array.from({ length: 1_000 }, (_, index) => sighting(start + index)),
      );
    }
    await recordDrift(LEDGER, [sighting(7), sighting(2_500)]);
    const rows = await listDrift(LEDGER);
    expect(rows).toHaveLength(2_000);
    expect(rows.filter(({ count }) => count === 2).map(({ path }) => path)).toEqual(["p7"]);
  });

  it("tolerate that the later sighting is written first", async () => {
    const { LEDGER } = createBindings();
    await recordDrift(LEDGER, [sighting(1, { firstSeenAt: SENT_AT + 5, lastSeenAt: SENT_AT + 9 })]);
    await recordDrift(LEDGER, [sighting(1, { lastSeenAt: SENT_AT + 2 })]);
    expect(await listDrift(LEDGER)).toEqual([sighting(1, { lastSeenAt: SENT_AT + 9, count: 2 })]);
  });
});
