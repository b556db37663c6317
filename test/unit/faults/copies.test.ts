// Many copies of one sendout at the same moment, as a sender that loses our answers would send them.

import { describe, expect, it } from "vitest";
import { inStorage } from "../../faults/in-storage.ts";
import { prepareLedger, readLedger } from "../../faults/ledger-audit.ts";
import { createRandom } from "../../faults/random.ts";
import { clearInbox } from "../../faults/inbox-object.ts";
import { MINUTE_MS, START_AT } from "../../faults/clock.ts";
import { createDocument, type TargetPlan } from "../../faults/target-plans.ts";
import { createSender } from "../../faults/sender.ts";
import { World } from "../../faults/world.ts";

const COPIES = 100;

const TARGETS: readonly TargetPlan[] = [
  { name: "crm", route: "to-crm", retry: [5] },
  { name: "mail", route: "to-mail", retry: [5] },
  { name: "chat", route: "to-chat", retry: [5] },
];

describe(`${COPIES} copies of one sendout`, () => {
  it.each([1, 2, 3, 4, 5])(
    "lead to one delivery per route, and every copy is found by its id (seed %d)",
    async (seed) => {
      await inStorage(async ({ state, ledger }) => {
        await prepareLedger(ledger);
        await clearInbox(state);
        const world = new World({
          state,
          ledger,
          journal: false,
          startAt: START_AT,
          random: createRandom(seed),
          duplicates: 0.1,
          plan: () => undefined,
          behave: () => "accept",
          fatesSurvive: () => false,
          onCall: () => undefined,
        });
        try {
          const sender = await createSender(world, createDocument(TARGETS, 1));
          const ref = await sender.create();
          for (let copy = 0; copy < COPIES; copy++) sender.post(ref);
          await world.runUntil(START_AT + MINUTE_MS);
          expect(world.problems).toEqual([]);
          expect(world.isAtRest).toBe(true);
          expect(world.calls.map(({ target }) => target).toSorted()).toEqual(["chat", "crm", "mail"]);
          const { sendouts, repeats, deliveries } = await readLedger(ledger);
          expect(deliveries.map(({ state: end }) => end)).toEqual(["delivered", "delivered", "delivered"]);
          expect(sendouts).toHaveLength(1);
          const found = new Set([...sendouts, ...repeats].map((row) => row.accepted_id));
          expect(found).toEqual(new Set(sender.posted.flatMap(({ accepted }) => accepted)));
          expect(found.size).toBe(COPIES);
        } finally {
          world.close();
        }
      });
    },
  );
});
