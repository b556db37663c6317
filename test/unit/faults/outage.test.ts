// A target that is down for hours: almost nothing is spent on it, and when it is back everything goes out once. bench/outage.ts does the same with ten thousand deliveries and a day.

import { expect, it } from "vitest";
import { inStorage } from "../../faults/in-storage.ts";
import { Outage } from "../../faults/outage.ts";
import { clearInbox } from "../../faults/inbox-object.ts";

const DELIVERIES = 120;
const HOURS = 2;

it(`${DELIVERIES} deliveries survive ${HOURS} hours of outage and go out once`, async () => {
  await inStorage(async ({ state, ledger }) => {
    await clearInbox(state);
    const outage = await Outage.begin({ state, ledger, deliveries: DELIVERIES, hours: HOURS, seed: 1 });
    try {
      await outage.pass(HOURS * 60);
      for (let minute = 0; minute < 40 && !outage.isDrained; minute++) await outage.pass(1);
      const report = await outage.report();
      expect(report.problems).toEqual([]);
      expect(report.states).toEqual({ delivered: DELIVERIES });
      expect(report).toMatchObject({ delivered: DELIVERIES, calledAgain: 0 });
      // One try every minute at first, every 15 minutes in the end.
      expect(report.callsWhileOpen).toBeLessThan(30);
    } finally {
      outage.end();
    }
  });
}, 120_000);
