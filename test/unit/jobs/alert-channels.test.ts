// The channels of alerts: each gets a message in its own form, and one that does not answer is tried again, told of and, in
// the end, given up.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { tellPeople } from "../../../src/jobs/alerts.ts";
import { listAlerts } from "../../../src/ledger/alerts.ts";
import { listIncidents } from "../../../src/ledger/incidents.ts";
import { alertBindings, answerByHost, happen, minutes, publishAlerts, received } from "../alerts/channel.ts";
import { workingD1 } from "../faults.ts";
import { startOver } from "../start-over.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** A Monday, noon in UTC. */
const NOON = Date.UTC(2026, 9, 5, 12);

// Hours of a clock, minute by minute.
vi.setConfig({ testTimeout: 30_000 });

beforeEach(startOver);

describe("a channel that does not answer", () => {
  it("is tried again ever less often, told of through the others, and gets the rest in one message", async () => {
    const other = { type: "webhook", url: "https://other.example.com/a", secrets: ["ALERTS_KEY"] };
    const team = { ...other, url: "https://team.example.com/a" };
    await publishAlerts({ channels: { team, other } });
    let status = 500;
    const calls = answerByHost({ "team.example.com": () => status });
    await happen(NOON);
    await minutes(NOON, NOON + 30 * MINUTE);
    expect(received(calls).length).toBeLessThanOrEqual(6);
    expect(received(calls, "other.example.com").map(({ kind, subject }) => `${kind} ${subject}`)).toEqual([
      "target_down crm",
      "alerts_failing team",
    ]);
    for (const subject of ["a", "b", "c", "d"]) await happen(NOON + 30 * MINUTE, subject);
    await minutes(NOON + 31 * MINUTE, NOON + 40 * MINUTE);
    status = 200;
    const before = received(calls).length;
    await minutes(NOON + 41 * MINUTE, NOON + 90 * MINUTE);
    const titles = received(calls)
      .slice(before)
      .map(({ title }) => title);
    expect(titles.length).toBeLessThanOrEqual(4);
    expect(titles).toContain("2 messages about incidents");
    expect(await listIncidents(workingD1(), { kind: "alerts_failing" })).toMatchObject([{ resolvedBy: "itself" }]);
  });

  it("is given up after a day, and is no storm of incidents", async () => {
    await publishAlerts();
    const calls = answerByHost({ "team.example.com": 404 });
    await happen(NOON);
    for (const hours of [0, 1, 2, 3, 10, 20, 23, 24, 25, 26]) await minutes(NOON + hours * HOUR, NOON + hours * HOUR);
    expect((await listAlerts(workingD1(), 100)).filter(({ state }) => state === "given_up").length).toBeGreaterThan(0);
    expect((await listIncidents(workingD1())).map(({ kind }) => kind).toSorted()).toEqual([
      "alerts_failing",
      "target_down",
    ]);
    expect(received(calls).every(({ kind }) => kind !== "alerts_failing")).toBe(true);
  });

  it("says when its secret or its binding is missing, and is not called", async () => {
    const email = { type: "email", binding: "EMAIL", from: "signalbox@example.com", to: ["ops@example.com"] };
    await publishAlerts({ channels: { slack: { type: "slack", secret: "NOT_SET" }, mail: email } });
    const calls = answerByHost();
    await happen(NOON);
    await minutes(NOON, NOON);
    expect(calls).toEqual([]);
    const answers = (await listAlerts(workingD1(), 10))
      .map(({ channel, answer }) => `${channel}: ${answer}`)
      .toSorted();
    expect(answers).toEqual([
      "mail: there is no send_email binding EMAIL in wrangler.toml",
      "slack: secret_missing: the secret NOT_SET is not set",
    ]);
  });
});

describe("each kind of channel", () => {
  it("gets the message in its own form, and no secret stands in the ledger", async () => {
    const sent: unknown[] = [];
    const EMAIL = { send: async (message: unknown) => void sent.push(message) };
    const channels = {
      hook: { type: "webhook", url: "https://team.example.com/alerts", secrets: ["ALERTS_KEY"] },
      slack: { type: "slack", secret: "SLACK_PATH" },
      mail: { type: "email", binding: "EMAIL", from: "signalbox@example.com", to: ["ops@example.com"] },
    };
    await publishAlerts({ channels });
    const calls = answerByHost();
    await happen(NOON, "crm<&>");
    await tellPeople(alertBindings({ EMAIL }), NOON);
    const slack = calls.find(({ url }) => url.startsWith("https://hooks.slack.com/"));
    expect(slack?.url).toBe("https://hooks.slack.com/services/T0AA/B0BB/x9k2Slack7");
    expect(slack?.body).toContain("crm&lt;&amp;&gt;");
    const hook = calls.find(({ url }) => url.startsWith("https://team.example.com/"));
    expect(hook?.headers).toMatchObject({ "webhook-signature": expect.stringMatching(/^v1,/), "webhook-id": /al_/ });
    expect(sent).toMatchObject([
      {
        from: { email: "signalbox@example.com" },
        to: ["ops@example.com"],
        subject: '[Signalbox] The target "crm<&>" does not take deliveries',
        text: expect.stringContaining("look at crm"),
      },
    ]);
    const { results } = await workingD1().prepare("SELECT * FROM alerts").all();
    expect(JSON.stringify(results)).not.toMatch(/x9k2Slack7|whsec_/);
  });
});
