// What crashes and outages do to a whole Signalbox: cases 64 and 65 of the list of hostile inputs, run in the fault rig
// under its clock, and what happened printed as a table. Cases 62 and 63 are in test/unit/delivery/hostile.test.ts.

import { afterAll, describe, expect, it } from "vitest";
import type { Call, Fault, Step } from "../../faults/calls.ts";
import { inStorage } from "../../faults/in-storage.ts";
import { prepareLedger, readLedger } from "../../faults/ledger-audit.ts";
import type { QueueName } from "../../faults/batches.ts";
import { createRandom } from "../../faults/random.ts";
import { clearInbox } from "../../faults/inbox-object.ts";
import { MINUTE_MS, START_AT } from "../../faults/clock.ts";
import { createDocument, type TargetPlan } from "../../faults/target-plans.ts";
import { createSender } from "../../faults/sender.ts";
import type { TargetCall } from "../../faults/target.ts";
import { World } from "../../faults/world.ts";

const happened: string[] = [];

function tell(number: number, what: string, line: string): void {
  happened.push(`${number} | ${what} | ${line}`);
}

afterAll(() => {
  console.log(["case | what was done | what happened", ...happened].join("\n"));
});

/**
 * Of all pairs of different instants, how many are in their order. It is told and not asserted: the rig's queues offer in
 * no order, and so does production's. That those are let go first which have waited longest is tested with the ledger.
 */
function shareInOrder(instants: readonly number[]): number {
  const pairs = instants.flatMap((one, index) => instants.slice(index + 1).flatMap((later) => later - one || []));
  return pairs.filter((difference) => difference > 0).length / pairs.length;
}

const CRM: TargetPlan = { name: "crm", route: "to-crm", retry: [5] };

describe("case 64: an end between the acceptance of a sendout and its delivery", () => {
  interface Scenario {
    /** What happens to which calls of which step, by a part of their name: the first time each. */
    faults?: [Step, string, Fault][];
    /** A queue that loses what it has, once, before anybody has seen it. */
    loses?: QueueName;
    journal?: boolean;
  }

  /** Posts one sendout under these circumstances, and lets a quarter of an hour pass. */
  async function run({ faults = [], loses, journal = false }: Scenario) {
    return inStorage(async ({ state, ledger }) => {
      await prepareLedger(ledger);
      await clearInbox(state);
      const left = [...faults];
      const plan = ({ invocation: { step }, name }: Call) => {
        const index = left.findIndex(([of, part]) => of === step && name.includes(part));
        return index === -1 ? undefined : left.splice(index, 1)[0]?.[2];
      };
      let lost = false;
      const world: World = new World({
        state,
        ledger,
        journal,
        plan,
        startAt: START_AT,
        random: createRandom(64),
        duplicates: 0,
        behave: () => "accept",
        fatesSurvive: () => false,
        onCall: () => undefined,
        consume: async (batch, _env, next) => {
          if (lost || loses === undefined || batch.queue !== world.queues[loses].name) return next();
          lost = true;
          for (const message of batch.messages) message.ack();
        },
      });
      try {
        const sender = await createSender(world, createDocument([CRM], 1));
        sender.post(await sender.create());
        for (let minute = 1; minute <= 15; minute++) {
          await world.runUntil(START_AT + minute * MINUTE_MS);
          world.cron();
        }
        await world.runUntil(START_AT + 16 * MINUTE_MS);
        const { sendouts, repeats, deliveries } = await readLedger(ledger);
        expect([world.problems, left, lost, world.isAtRest]).toEqual([[], [], loses !== undefined, true]);
        return {
          told: sender.posted.flatMap(({ accepted }) => accepted),
          known: [...sendouts, ...repeats].map((row) => row.accepted_id),
          sendouts: sendouts.length,
          states: deliveries.map(({ state: end }) => end),
          calls: world.calls,
          kept: world.inboxCount(),
        };
      } finally {
        world.close();
      }
    }, "d1");
  }

  const minuteOf = ([first]: readonly TargetCall[]) =>
    first === undefined ? "never" : `in minute ${Math.floor((first.at - START_AT) / MINUTE_MS)}`;

  it.each<[string, Scenario, string]>([
    // Voucherify gets no answer and comes again a minute later.
    [
      "the isolate ends before the queue has it",
      { faults: [["post", "ingest.send", "crash_before"]] },
      "1 accepted, 1 known, 1 call in minute 1",
    ],
    [
      "the isolate ends when the queue has it, before it answers",
      { faults: [["post", "ingest.send", "crash_after"]] },
      "1 accepted, 2 known, 1 call in minute 0",
    ],
    [
      "the queue refuses twice and the isolate ends before the Inbox has it",
      {
        faults: [
          ["post", "ingest.send", "before"],
          ["post", "ingest.send", "before"],
          ["post", "INBOX.keep", "crash_before"],
        ],
      },
      "1 accepted, 1 known, 1 call in minute 1",
    ],
    [
      "the queue refuses twice and the isolate ends when the Inbox has it, before it answers",
      {
        faults: [
          ["post", "ingest.send", "before"],
          ["post", "ingest.send", "before"],
          ["post", "INBOX.keep", "crash_after"],
        ],
      },
      "1 accepted, 2 known, 1 call in minute 0",
    ],
    [
      "the Inbox ends as it sends on what it kept",
      {
        faults: [
          ["post", "ingest.send", "before"],
          ["post", "ingest.send", "before"],
          ["alarm", "ingest.send", "crash_before"],
        ],
      },
      "1 accepted, 1 known, 1 call in minute 5",
    ],
    [
      "the INGEST queue loses it after the answer, journal on",
      { loses: "INGEST", journal: true },
      "1 accepted, 1 known, 1 call in minute 5",
    ],
    [
      "routing ends before the delivery is queued",
      { faults: [["ingest", "deliver.send", "crash_before"]] },
      "1 accepted, 1 known, 1 call in minute 0",
    ],
    [
      "routing ends when the delivery is queued, before its row",
      { faults: [["ingest", "deliver.send", "crash_after"]] },
      "1 accepted, 1 known, 1 call in minute 0",
    ],
    ["the DELIVER queue loses the delivery", { loses: "DELIVER" }, "1 accepted, 1 known, 1 call in minute 10"],
  ])(
    "%s: the sendout is delivered, once",
    async (what, scenario, line) => {
      const { told, known, sendouts, states, calls, kept } = await run(scenario);
      const said = `${told.length} accepted, ${known.length} known, ${calls.length} call ${minuteOf(calls)}`;
      tell(64, what, `${said}, ${states.join()}`);
      expect(said).toBe(line);
      expect([sendouts, states, kept]).toEqual([1, ["delivered"], 0]);
      expect(known).toEqual(expect.arrayContaining(told));
    },
    30_000,
  );

  // What the journal is for: a queue in memory that ends with its process. Cloudflare's has it on disk.
  it("the INGEST queue loses it after the answer, journal off: it is gone", async () => {
    const { told, known, calls } = await run({ loses: "INGEST" });
    tell(64, "the INGEST queue loses it after the answer, journal off", "lost: this is what the journal is for");
    expect([told.length, known, calls]).toEqual([1, [], []]);
  }, 30_000);
});

describe("case 65: a target that is down for a day", () => {
  const COUNT = 200;
  const DAY_MS = 24 * 60 * MINUTE_MS;
  const UP_AT = START_AT + DAY_MS;

  it(`with ${COUNT} deliveries waiting costs few attempts, and they go out at a measured pace`, async () => {
    await inStorage(async ({ state, ledger }) => {
      await prepareLedger(ledger);
      await clearInbox(state);
      const world: World = new World({
        state,
        ledger,
        journal: false,
        startAt: START_AT,
        random: createRandom(65),
        duplicates: 0,
        plan: () => undefined,
        behave: () => (world.clock.now < UP_AT ? "fail" : "accept"),
        fatesSurvive: () => true,
        onCall: () => undefined,
      });
      try {
        const standard = [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000];
        const sender = await createSender(world, createDocument([{ ...CRM, retry: standard }], 1));
        // Ten a minute for twenty minutes.
        for (let index = 0; index < COUNT; index++) {
          const ref = await sender.create();
          world.at(START_AT + Math.floor(index / 10) * MINUTE_MS, () => sender.post(ref));
        }
        for (let minute = 1; minute <= DAY_MS / MINUTE_MS; minute++) {
          await world.runUntil(START_AT + minute * MINUTE_MS);
          world.cron();
        }
        const { deliveries: waiting, sendouts } = await readLedger(ledger);
        const whileDown = world.calls.length;
        let minutes = 0;
        for (let open = COUNT; open > 0 && minutes < 60; minutes++) {
          await world.runUntil(UP_AT + (minutes + 1) * MINUTE_MS);
          open = (await readLedger(ledger)).deliveries.filter((row) => row.state !== "delivered").length;
          world.cron();
        }
        const after = world.calls.slice(whileDown);
        const busiest = Math.max(
          ...Map.groupBy(after, ({ at }) => Math.floor(at / 1_000))
            .values()
            .map((one) => one.length),
        );
        const receivedAt = new Map(sendouts.map((row) => [`${row.id}.crm`, row.received_at]));
        const untried = new Set(waiting.flatMap((row) => (row.attempts_made === 0 ? [`${row.sendout_id}.crm`] : [])));
        const order = after.filter(({ key }) => untried.has(key)).map(({ key }) => receivedAt.get(key) ?? Number.NaN);
        tell(
          65,
          `down for a day, ${COUNT} waiting`,
          `${whileDown} calls while down, ${untried.size} not attempted at all, all delivered ${minutes} min after it ` +
            `was back, ${busiest} a second at most, ${Math.round(shareInOrder(order) * 100)} % of pairs in order`,
        );
        expect(world.problems).toEqual([]);
        expect(waiting.map(({ state: was, reason }) => `${was}: ${reason}`)).toEqual(
          Array(COUNT).fill("held: breaker_open"),
        );
        // Ten open the breaker; then one tries each quarter of an hour, and more often in the first two hours.
        expect(whileDown).toBeLessThan(10 + 4 * 24 + 10);
        expect(waiting.reduce((sum, row) => sum + row.attempts_made, 0)).toBe(whileDown);
        expect(Math.max(...waiting.map((row) => row.attempts_made))).toBeLessThan(standard.length / 2);
        expect(new Set(after.map(({ key }) => key)).size).toBe(COUNT);
        expect([after.length, minutes]).toEqual([COUNT, expect.toSatisfy((some: number) => some <= 16 + 5)]);
        // Fifty, and as many again because a queue's delays are whole seconds.
        expect(busiest).toBeLessThanOrEqual(100);
      } finally {
        world.close();
      }
    });
  }, 120_000);
});
