// Incidents in the ledger: one row however often and in whatever order it is written, and resolved until it happens
// again.

import { reset } from "cloudflare:test";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it, vi } from "vitest";
import {
  acknowledgeIncident,
  countOpenIncidents,
  listIncidents,
  resolveIncident,
  type Incident,
  type Occurrence,
} from "../../../src/ledger/incidents.ts";
import { consumeLate } from "../../../src/ledger/late.ts";
import { recordEntries, writeEntries } from "../../../src/ledger/record.ts";
import { brokenD1, createBindings, downD1, workingD1 } from "../faults.ts";
import { createBatch, createMessage, fatesOf, SENT_AT } from "../messages.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
});

let made = 0;

/** Something that happened so many milliseconds after `SENT_AT`. */
function occurrence(after: number, overrides: Partial<Occurrence> = {}): Occurrence {
  const id = (++made).toString(16).padStart(16, "0");
  const detail = `happened after ${after}`;
  return { id, kind: "signature_refused", subject: "shop", at: SENT_AT + after, count: 1, detail, ...overrides };
}

/** What nobody has said anything of, and that is no failure. */
const UNTOUCHED = {
  acknowledgedAt: null,
  acknowledgedBy: null,
  resolvedByName: null,
  note: null,
  target: null,
  cause: null,
};

const SHOP = { kind: "signature_refused", subject: "shop" };

async function write(...occurrences: Occurrence[]): Promise<void> {
  await writeEntries(
    workingD1(),
    occurrences.map((one) => ({ kind: "incident", occurrence: one })),
  );
}

async function onlyIncident(): Promise<Incident | undefined> {
  const incidents = await listIncidents(workingD1());
  expect(incidents).toHaveLength(1);
  return incidents[0];
}

describe("an incident", () => {
  it("opens with its first occurrence", async () => {
    await write(occurrence(0, { count: 3 }));
    expect(await onlyIncident()).toEqual({
      ...SHOP,
      openedAt: SENT_AT,
      lastSeenAt: SENT_AT,
      count: 3,
      detail: "happened after 0",
      resolvedAt: null,
      resolvedBy: null,
      ...UNTOUCHED,
    });
  });

  it("is counted with every later one, and says what the latest says", async () => {
    await write(occurrence(0));
    await write(occurrence(10, { count: 40 }), occurrence(20));
    expect(await onlyIncident()).toMatchObject({
      openedAt: SENT_AT,
      lastSeenAt: SENT_AT + 20,
      count: 42,
      detail: "happened after 20",
    });
  });

  it("is one for each kind and subject", async () => {
    await write(occurrence(0), occurrence(1, { subject: "till" }), occurrence(2, { kind: "sender_unproven" }));
    expect((await listIncidents(workingD1())).map(({ kind, subject }) => [kind, subject])).toEqual([
      ["sender_unproven", "shop"],
      ["signature_refused", "till"],
      ["signature_refused", "shop"],
    ]);
  });

  it("costs three rows written, its own and two of indexes, however often it happened", async () => {
    await write(occurrence(0));
    const db = workingD1();
    await writeEntries(db, [{ kind: "incident", occurrence: occurrence(1, { count: 999 }) }]);
    expect(db.rowsWritten).toBe(3);
  });
});

describe("a write that comes again", () => {
  it("counts once", async () => {
    const [first, second] = [occurrence(0), occurrence(10, { count: 5 })];
    for (const one of [first, first, second, first, second, second]) await write(one);
    expect(await onlyIncident()).toMatchObject({ count: 6, openedAt: SENT_AT, lastSeenAt: SENT_AT + 10 });
  });

  it("counts once though D1 took it without saying so and it waited in LATE", async () => {
    const LEDGER = brokenD1({ when: (sql) => sql.includes("INTO incidents"), fault: "after" });
    const env = createBindings({ LEDGER });
    await recordEntries(env, [{ kind: "incident", occurrence: occurrence(0, { count: 7 }) }]);
    const messages = env.LATE.messages.map((body) => createMessage(body));
    await consumeLate(createBatch(messages), createBindings());
    expect(fatesOf(messages)).toEqual([["ack"]]);
    expect(await onlyIncident()).toMatchObject({ count: 7 });
  });

  it("reopens nothing that was resolved after it happened", async () => {
    const [first, late] = [occurrence(0), occurrence(10)];
    await write(first);
    await resolveIncident(workingD1(), SHOP, SENT_AT + 20);
    await write(first, late);
    expect(await onlyIncident()).toMatchObject({ count: 2, openedAt: SENT_AT, resolvedAt: SENT_AT + 20 });
  });

  it("is recognised after a hundred others and no longer after more", async () => {
    const first = occurrence(0);
    await write(first, ...Array.from({ length: 99 }, (_, index) => occurrence(index + 1)));
    await write(first);
    expect(await onlyIncident()).toMatchObject({ count: 100 });
    await write(occurrence(200));
    await write(first);
    expect(await onlyIncident()).toMatchObject({ count: 102 });
  });
});

describe("the order of writes", () => {
  it("does not matter, in one transaction or in several, from several isolates at once", async () => {
    const orders = fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(orders, fc.boolean(), async (order, together) => {
        const subject = `shop-${++made}`;
        const five = [0, 10, 20, 30, 40].map((after, index) => occurrence(after, { subject, count: 1 << index }));
        const shuffled = order.flatMap((index) => five[index] ?? []);
        if (together) await write(...shuffled);
        else await Promise.all(shuffled.map(async (one) => write(one)));
        const found = (await listIncidents(workingD1())).find((incident) => incident.subject === subject);
        expect(found).toMatchObject({
          openedAt: SENT_AT,
          lastSeenAt: SENT_AT + 40,
          count: 31,
          detail: "happened after 40",
        });
      }),
      { numRuns: 20, seed: 7 },
    );
  });
});

describe("resolving", () => {
  it("closes an incident and keeps what happened", async () => {
    await write(occurrence(0, { count: 4 }));
    const resolved = await resolveIncident(workingD1(), SHOP, SENT_AT + 100);
    expect(resolved).toMatchObject({ ...SHOP, count: 4, openedAt: SENT_AT, resolvedAt: SENT_AT + 100 });
    expect(await onlyIncident()).toEqual(resolved);
  });

  it("again changes nothing", async () => {
    await write(occurrence(0));
    const first = await resolveIncident(workingD1(), SHOP, SENT_AT + 100);
    expect(await resolveIncident(workingD1(), SHOP, SENT_AT + 200)).toEqual(first);
  });

  it.each([
    ["another kind", { ...SHOP, kind: "sender_unproven" }],
    ["another subject", { ...SHOP, subject: "till" }],
  ])("says when there is no such incident: %s", async (_name, key) => {
    await write(occurrence(0));
    expect(await resolveIncident(workingD1(), key, SENT_AT + 100)).toBeUndefined();
    expect(await onlyIncident()).toMatchObject({ resolvedAt: null });
  });

  it("lasts until it happens again: then the incident opens anew and its count begins again", async () => {
    await write(occurrence(0, { count: 50 }));
    await resolveIncident(workingD1(), SHOP, SENT_AT + 100);
    await write(occurrence(101, { count: 2 }));
    await write(occurrence(102));
    expect(await onlyIncident()).toEqual({
      ...SHOP,
      openedAt: SENT_AT + 101,
      lastSeenAt: SENT_AT + 102,
      count: 3,
      detail: "happened after 102",
      resolvedAt: null,
      resolvedBy: null,
      ...UNTOUCHED,
    });
  });
});

describe("reading", () => {
  beforeEach(async () => {
    await write(occurrence(0), occurrence(5, { subject: "till" }), occurrence(9, { kind: "sender_unproven" }));
    await resolveIncident(workingD1(), SHOP, SENT_AT + 100);
  });

  it.each([
    ["all", undefined, ["shop", "till", "shop"]],
    ["open ones", "open", ["shop", "till"]],
    ["resolved ones", "resolved", ["shop"]],
  ] as const)("lists %s, the last opened first", async (_name, state, subjects) => {
    expect((await listIncidents(workingD1(), { state })).map(({ subject }) => subject)).toEqual(subjects);
  });

  it("counts those that are open", async () => {
    expect(await countOpenIncidents(workingD1())).toBe(2);
    await resolveIncident(workingD1(), { kind: "signature_refused", subject: "till" }, SENT_AT + 100);
    expect(await countOpenIncidents(workingD1())).toBe(1);
  });

  it("works on an empty database and says when D1 is down", async () => {
    await reset();
    expect(await listIncidents(workingD1())).toEqual([]);
    expect(await countOpenIncidents(workingD1())).toBe(0);
    await expect(listIncidents(downD1())).rejects.toThrow("D1_ERROR");
  });

  it("shows kinds that only a newer release knows", async () => {
    await workingD1().prepare("UPDATE incidents SET kind = 'webhook_disabled' WHERE subject = 'till'").run();
    expect((await listIncidents(workingD1())).map(({ kind }) => kind)).toContain("webhook_disabled");
  });
});

describe("acknowledging", () => {
  it("says who is at it and leaves the incident open", async () => {
    await write(occurrence(0));
    const word = { by: "Mira", note: "on it" };
    const taken = await acknowledgeIncident(workingD1(), SHOP, SENT_AT + 100, word);
    expect(taken).toMatchObject({ acknowledgedAt: SENT_AT + 100, acknowledgedBy: "Mira", note: "on it" });
    expect(await listIncidents(workingD1(), { state: "open" })).toEqual([taken]);
    expect(await listIncidents(workingD1(), { state: "acknowledged" })).toEqual([taken]);
    expect(await listIncidents(workingD1(), { state: "resolved" })).toEqual([]);
  });

  it("is forgotten with everything else that people said when the incident opens anew", async () => {
    await write(occurrence(0));
    await acknowledgeIncident(workingD1(), SHOP, SENT_AT + 50, { by: "Mira", note: "on it" });
    await resolveIncident(workingD1(), SHOP, SENT_AT + 100, { by: "Tom", note: null });
    expect(await onlyIncident()).toMatchObject({ resolvedByName: "Tom", acknowledgedBy: "Mira", note: "on it" });
    await write(occurrence(101));
    expect(await onlyIncident()).toMatchObject({ openedAt: SENT_AT + 101, resolvedAt: null, ...UNTOUCHED });
  });

  it("changes nothing of one that is resolved", async () => {
    await write(occurrence(0));
    const resolved = await resolveIncident(workingD1(), SHOP, SENT_AT + 100);
    expect(await acknowledgeIncident(workingD1(), SHOP, SENT_AT + 200, { by: "Mira", note: null })).toEqual(resolved);
  });
});
