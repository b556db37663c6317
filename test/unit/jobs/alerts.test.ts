// The outbox of alerts: what is told to whom and when, once, whatever fails meanwhile.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { remedyOf } from "../../../src/alerts/kinds.ts";
import { tellPeople } from "../../../src/jobs/alerts.ts";
import { resolveIncident } from "../../../src/ledger/incidents.ts";
import { alertBindings, answerByHost, end, happen, minutes, publishAlerts, received } from "../alerts/channel.ts";
import { brokenD1, downD1, workingD1 } from "../faults.ts";
import { startOver } from "../start-over.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Monday, noon in UTC. */
const NOON = Date.UTC(2026, 9, 5, 12);

// Hours of a clock, minute by minute.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(startOver);

describe("an incident", () => {
  it("is told when it opens and when it is over, with what to do and where to look", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await happen(NOON);
    await minutes(NOON, NOON + 2 * MINUTE);
    await end(NOON + 3 * MINUTE);
    await minutes(NOON + 3 * MINUTE, NOON + 20 * MINUTE);
    const [opened, clear, ...more] = received(calls);
    expect(more).toEqual([]);
    expect(opened).toMatchObject({
      change: "opened",
      title: 'The target "crm" does not take deliveries',
      lines: ["Since 2026-10-05 12:00 UTC (0 min), warning.", "look at crm.", remedyOf("target_down")],
      link: "https://signalbox.example.com/incidents?kind=target_down&subject=crm",
    });
    expect(clear).toMatchObject({
      change: "resolved",
      title: 'All clear: The target "crm" does not take deliveries',
      lines: ["Since 2026-10-05 12:00 UTC until 2026-10-05 12:03 UTC (3 min), warning."],
    });
  });

  it("that comes and goes every other minute is two messages, not sixty", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await minutes(NOON, NOON + HOUR - MINUTE, async (at) => ((at / MINUTE) % 2 === 0 ? happen(at) : end(at)));
    expect(received(calls).map(({ change }) => change)).toEqual(["opened"]);
    await end(NOON + HOUR);
    await minutes(NOON + HOUR + 59 * MINUTE, NOON + 2 * HOUR + MINUTE);
    expect(received(calls).map(({ change }) => change)).toEqual(["opened", "resolved"]);
    expect(received(calls)[1]?.lines[0]).toContain("times lately");
  });

  it("that comes and goes every ten minutes is told less and less often", async () => {
    await publishAlerts();
    const calls = answerByHost();
    for (let at = NOON; at <= NOON + 4 * HOUR; at += 5 * MINUTE) {
      if (at % (20 * MINUTE) === 0) await happen(at);
      else if (at % (20 * MINUTE) === 10 * MINUTE) await end(at);
      await minutes(at, at);
    }
    expect(received(calls).map(({ change }) => change)).toEqual(["opened", "resolved", "reopened"]);
  });

  it("is told once more after a day on which nobody was at it", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await happen(NOON);
    await minutes(NOON, NOON);
    await minutes(NOON + 24 * HOUR - MINUTE, NOON + 24 * HOUR + 5 * MINUTE);
    expect(received(calls).map(({ change }) => change)).toEqual(["opened", "reminder"]);
  });

  it("goes to the channels that ask for such ones", async () => {
    const hook = (name: string) => ({ type: "webhook", url: `https://${name}.example.com/a`, secrets: ["ALERTS_KEY"] });
    const channels = {
      all: { ...hook("all"), least: "info" },
      worst: { ...hook("worst"), least: "critical" },
      drift: { ...hook("drift"), least: "info", kinds: ["drift_seen"] },
    };
    await publishAlerts({ channels });
    const calls = answerByHost();
    await happen(NOON, "crm", "target_down");
    await happen(NOON, "crm", "target_paused");
    await happen(NOON, "order.new", "drift_seen");
    await minutes(NOON, NOON);
    const kindsAt = (host: string) => received(calls, `${host}.example.com`).map(({ kind }) => String(kind));
    expect(kindsAt("all").toSorted()).toEqual(["drift_seen", "target_down", "target_paused"]);
    expect([kindsAt("worst"), kindsAt("drift")]).toEqual([["target_paused"], ["drift_seen"]]);
  });
});

describe("quiet hours", () => {
  const NIGHT = { quietHours: { from: "22:00", to: "07:00" }, timeZone: "Europe/Warsaw" };
  /** 23:00 in Warsaw. */
  const LATE = Date.UTC(2026, 9, 5, 21);

  it("hold back what is not critical, and let it go in one message when they end", async () => {
    await publishAlerts(NIGHT);
    const calls = answerByHost();
    for (const subject of ["a", "b", "c", "d"]) await happen(LATE, subject);
    await happen(LATE, "crm", "target_paused");
    await minutes(LATE, LATE + 5 * MINUTE);
    expect(received(calls).map(({ kind }) => kind)).toEqual(["target_paused"]);
    const seven = Date.UTC(2026, 9, 6, 5);
    await minutes(seven - MINUTE, seven - MINUTE);
    expect(received(calls)).toHaveLength(1);
    await minutes(seven, seven + 2 * MINUTE);
    expect(
      received(calls)
        .slice(1)
        .map(({ title }) => title),
    ).toEqual([
      'The target "a" does not take deliveries',
      'The target "b" does not take deliveries',
      "2 messages about incidents",
    ]);
  });

  it("leave the rest to the digest, which comes once and names what is open", async () => {
    await publishAlerts({ ...NIGHT, digest: { at: "08:00" } });
    const calls = answerByHost();
    await happen(LATE);
    await happen(LATE, "mail");
    await minutes(LATE, LATE);
    await end(LATE + MINUTE, "mail");
    await minutes(LATE + 10 * MINUTE, LATE + 10 * MINUTE);
    const eight = Date.UTC(2026, 9, 6, 6);
    for (const before of [60, 30, 1]) await minutes(eight - before * MINUTE, eight - before * MINUTE);
    expect(received(calls)).toEqual([]);
    await minutes(eight, eight + 2 * MINUTE);
    await minutes(eight + 59 * MINUTE, eight + 61 * MINUTE);
    expect(received(calls)).toMatchObject([
      {
        change: "digest",
        title: "Open incidents: 1",
        lines: [
          'The target "crm" does not take deliveries (warning, for 9 h 0 min)',
          "What waited for this message:",
          expect.stringContaining("does not take deliveries"),
          expect.stringContaining("does not take deliveries"),
          expect.stringContaining("All clear"),
        ],
      },
    ]);
  });

  it("have no digest when there is nothing to say", async () => {
    await publishAlerts({ digest: { at: "12:00" } });
    const calls = answerByHost();
    await minutes(NOON - MINUTE, NOON + MINUTE);
    expect(calls).toEqual([]);
  });
});

describe("nothing is told twice or forgotten", () => {
  it("when two crons come at once", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await happen(NOON);
    await happen(NOON, "mail");
    await Promise.all([1, 2, 3].map(async () => tellPeople(alertBindings(), NOON)));
    await minutes(NOON + MINUTE, NOON + MINUTE);
    expect(
      received(calls)
        .map(({ subject }) => String(subject))
        .toSorted(),
    ).toEqual(["crm", "mail"]);
  });

  it("when D1 is down for a while in the middle", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await happen(NOON);
    for (let at = NOON; at < NOON + 5 * MINUTE; at += MINUTE)
      await expect(tellPeople(alertBindings({ LEDGER: downD1() }), at)).rejects.toThrow();
    await minutes(NOON + 5 * MINUTE, NOON + 6 * MINUTE);
    expect(received(calls).map(({ change }) => change)).toEqual(["opened"]);
  });

  it.each([
    ["notes what people know", "told_state = note.value", 1],
    ["takes messages", "UPDATE alerts SET due_at", 1],
    // Whether it arrived nobody can say then: it comes again when the lease ends, under the same id.
    ["notes what was sent", "UPDATE alerts SET state = one", 2],
  ])("when D1 fails as it %s", async (_name, sql, times) => {
    for (const fault of ["before", "after"] as const) {
      await startOver();
      await publishAlerts();
      const calls = answerByHost();
      await happen(NOON);
      let broken = true;
      const LEDGER = brokenD1({ when: (text) => broken && text.includes(sql), fault });
      await expect(tellPeople(alertBindings({ LEDGER }), NOON)).rejects.toThrow("D1_ERROR");
      broken = false;
      await minutes(NOON + MINUTE, NOON + 20 * MINUTE);
      const expected = times === 2 && fault === "after" ? 1 : times;
      expect([fault, received(calls).length]).toEqual([fault, expected]);
      expect(new Set(received(calls).map(({ id }) => id)).size).toBe(1);
    }
  });

  it("when a person resolves it before anybody is told", async () => {
    await publishAlerts();
    const calls = answerByHost();
    await happen(NOON);
    await resolveIncident(workingD1(), { kind: "target_down", subject: "crm" }, NOON + 1);
    await minutes(NOON + MINUTE, NOON + 10 * MINUTE);
    expect(calls).toEqual([]);
  });
});
