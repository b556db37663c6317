// What people were told, as the admin API shows it, and the test of every channel.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { app } from "../app.ts";
import { tellPeople } from "../../../src/jobs/alerts.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { alertBindings, answerByHost, publishAlerts } from "../alerts/channel.ts";
import { SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";

beforeEach(startOver);

async function call(method: string, path: string, env: TestBindings = alertBindings()) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const request = new Request(`https://signalbox.example.com/admin/alerts${path}`, { method, headers });
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: await response.json<Record<string, unknown>>() };
}

/** Has an incident of a target, and tells it. */
async function tellOf(subject: string, at: number): Promise<void> {
  const occurrence = { id: subject, kind: "target_down", subject, at, count: 1, detail: "look." } as const;
  await writeEntries(workingD1(), [{ kind: "incident", occurrence }]);
  await tellPeople(alertBindings(), at);
}

describe("GET /admin/alerts", () => {
  it("shows what was told and what became of it, page by page", async () => {
    await publishAlerts();
    answerByHost({ "team.example.com": 503 });
    for (const [index, subject] of ["a", "b", "c"].entries()) await tellOf(subject, SENT_AT + index);
    const { json } = await call("GET", "?limit=2");
    expect(json).toMatchObject({
      alerts: [
        { channel: "team", state: "waiting", change: "opened", subject: "c", attempts: 1, answer: "status 503" },
        { subject: "b", message: { title: 'The target "b" does not take deliveries' }, createdAt: /^2026-10-05T/ },
      ],
    });
    expect(await call("GET", `?limit=2&cursor=${String(json["next"])}`)).toMatchObject({
      json: { alerts: [{ subject: "a" }], next: null },
    });
  });

  it("refuses a cursor that is none", async () => {
    expect(await call("GET", "?cursor=yesterday")).toMatchObject({ status: 400, json: { code: "request_invalid" } });
  });
});

describe("POST /admin/alerts/test", () => {
  it("sends to every channel and says what each answered, without a trace in the outbox", async () => {
    const hook = { type: "webhook", url: "https://team.example.com/a", secrets: ["ALERTS_KEY"] };
    await publishAlerts({ channels: { team: hook, slack: { type: "slack", secret: "SLACK_PATH" } } });
    const calls = answerByHost({ "team.example.com": 403 });
    expect(await call("POST", "/test")).toEqual({
      status: 200,
      json: {
        channels: [
          { channel: "team", type: "webhook", ok: false, answer: "status 403" },
          { channel: "slack", type: "slack", ok: true, answer: "status 200" },
        ],
      },
    });
    expect(calls).toHaveLength(2);
    expect(calls[0]?.body).toContain("A test of the channel");
    expect(await call("GET", "")).toMatchObject({ json: { alerts: [], next: null } });
  });

  it("does not post to an address that targets may not have either", async () => {
    await publishAlerts({
      channels: { team: { type: "webhook", url: "https://127.0.0.1/a", secrets: ["ALERTS_KEY"] } },
    });
    const calls = answerByHost();
    const env = alertBindings({ SIGNALBOX_LOCAL_TARGETS: "" });
    expect(await call("POST", "/test", env)).toMatchObject({
      json: { channels: [{ ok: false, answer: expect.stringContaining("address_refused") }] },
    });
    expect(calls).toEqual([]);
  });

  it("says when there is no channel", async () => {
    await publishAlerts({ channels: {} });
    expect(await call("POST", "/test")).toMatchObject({ status: 409, json: { code: "no_channels" } });
  });
});
