// Incidents as the admin API shows them, and the word that somebody has looked.

import { createExecutionContext, reset } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { app } from "../app.ts";
import type { Occurrence } from "../../../src/ledger/incidents.ts";
import { noteJob } from "../../../src/ledger/jobs.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { createBindings, downD1, SECRETS, workingD1, type TestBindings } from "../faults.ts";
import { SENT_AT } from "../messages.ts";

beforeEach(async () => {
  await reset();
  vi.spyOn(console, "error").mockImplementation(() => {});
  vi.useFakeTimers({ toFake: ["Date"], now: SENT_AT + 60_000 });
});

afterEach(() => {
  vi.useRealTimers();
});

let made = 0;

async function happen(overrides: Partial<Occurrence> = {}): Promise<void> {
  const occurrence: Occurrence = {
    id: (++made).toString(16),
    kind: "signature_refused",
    subject: "shop",
    at: SENT_AT,
    count: 1,
    detail: "signature_mismatch: look at it.",
    ...overrides,
  };
  await writeEntries(workingD1(), [{ kind: "incident", occurrence }]);
}

async function call(method: string, path: string, env: TestBindings = createBindings(), body?: object) {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
  const request = new Request(`https://signalbox.example.com/admin${path}`, init);
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: await response.json() };
}

const OPEN = {
  kind: "signature_refused",
  subject: "shop",
  severity: "warning",
  title: 'The inlet "shop" refuses sendouts: the signature is not right',
  state: "open",
  openedAt: "2026-10-05T08:15:31.000Z",
  lastSeenAt: "2026-10-05T08:15:31.000Z",
  count: 1,
  detail: "signature_mismatch: look at it.",
  remedy: expect.stringContaining("signing secret"),
  target: null,
  cause: null,
  deliveries: null,
  acknowledgedAt: null,
  acknowledgedBy: null,
  note: null,
  resolvedAt: null,
  resolvedBy: null,
  resolvedByName: null,
};
const RESOLVED = {
  ...OPEN,
  state: "resolved",
  resolvedAt: "2026-10-05T08:16:31.000Z",
  resolvedBy: "person",
  resolvedByName: "secret",
};
const RESOLVE = "/incidents/signature_refused/shop/resolve";

describe("GET /admin/incidents", () => {
  it("shows none on an empty database", async () => {
    expect(await call("GET", "/incidents")).toEqual({ status: 200, json: { incidents: [] } });
  });

  it("shows what opened last first, all of it or by state", async () => {
    await happen();
    await call("POST", RESOLVE);
    await happen({ kind: "sender_unproven", subject: "till", at: SENT_AT + 5 });
    const subjects = async (query: string) => {
      const { json } = await call("GET", `/incidents${query}`);
      return (json as { incidents: { subject: string }[] }).incidents.map(({ subject }) => subject); // its own shape
    };
    expect(await subjects("")).toEqual(["till", "shop"]);
    expect(await subjects("?state=open")).toEqual(["till"]);
    expect(await subjects("?state=resolved")).toEqual(["shop"]);
  });

  it.each(["?state=lost", "?colour=red"])("refuses the query %s without repeating it", async (query) => {
    const { status, json } = await call("GET", `/incidents${query}`);
    expect([status, json]).toMatchObject([400, { code: "request_invalid" }]);
    expect(JSON.stringify(json)).not.toMatch(/lost|red"/);
  });

  it("says so when D1 is down", async () => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await call("GET", "/incidents", env)).toMatchObject({ status: 503, json: { code: "ledger_unavailable" } });
  });
});

describe("POST /admin/incidents/<kind>/<subject>/resolve", () => {
  it("resolves an incident and answers with it, and again with the same", async () => {
    await happen();
    expect(await call("GET", "/incidents")).toEqual({ status: 200, json: { incidents: [OPEN] } });
    expect(await call("POST", RESOLVE)).toEqual({ status: 200, json: RESOLVED });
    vi.setSystemTime(SENT_AT + 90_000);
    expect(await call("POST", RESOLVE)).toEqual({ status: 200, json: RESOLVED });
    expect(await call("GET", "/incidents")).toEqual({ status: 200, json: { incidents: [RESOLVED] } });
  });

  it.each(["/incidents/signature_refused/till/resolve", "/incidents/nothing/shop/resolve", "/incidents/shop/resolve"])(
    "finds nothing at %s",
    async (path) => {
      await happen();
      expect(await call("POST", path)).toMatchObject({ status: 404, json: { code: "not_found" } });
    },
  );
});

describe("POST /admin/incidents/<kind>/<subject>/acknowledge", () => {
  it("answers with the incident, who has it and what they wrote, and leaves both in the audit log", async () => {
    await happen();
    const said = { note: "asked the shop's admin" };
    const acknowledged = {
      ...OPEN,
      state: "acknowledged",
      acknowledgedAt: "2026-10-05T08:16:31.000Z",
      acknowledgedBy: "secret",
      ...said,
    };
    const path = "/incidents/signature_refused/shop/acknowledge";
    expect(await call("POST", path, createBindings(), said)).toEqual({ status: 200, json: acknowledged });
    expect(await call("GET", "/incidents?state=acknowledged")).toMatchObject({ json: { incidents: [acknowledged] } });
    expect(await call("GET", "/audit")).toMatchObject({
      json: {
        entries: [
          { change: { before: { state: "open" }, after: { state: "acknowledged", acknowledgedBy: "secret" } } },
        ],
      },
    });
  });

  it.each([{ note: "x".repeat(501) }, { remark: "misspelt" }])("refuses a body like %o", async (body) => {
    await happen();
    const answer = await call("POST", "/incidents/signature_refused/shop/acknowledge", createBindings(), body);
    expect(answer).toMatchObject({ status: 400, json: { code: "request_invalid" } });
  });

  it("finds nothing where there is no such incident", async () => {
    expect(await call("POST", "/incidents/nothing/shop/acknowledge")).toMatchObject({ status: 404 });
  });
});

describe("GET /admin/health", () => {
  it("counts open incidents, and is none the worse for them", async () => {
    expect(await call("GET", "/health")).toMatchObject({ status: 200, json: { status: "ok", openIncidents: 0 } });
    await happen();
    await happen({ subject: "till" });
    expect(await call("GET", "/health")).toMatchObject({ status: 200, json: { status: "ok", openIncidents: 2 } });
    await call("POST", RESOLVE);
    expect(await call("GET", "/health")).toMatchObject({ status: 200, json: { openIncidents: 1 } });
  });

  it("is degraded when the cron has not come for five minutes, and says which job it misses", async () => {
    for (const name of ["sweep", "watchdog"]) await noteJob(workingD1(), name, SENT_AT + 60_000);
    vi.setSystemTime(SENT_AT + 60_000 + 5 * 60_000);
    expect(await call("GET", "/health")).toMatchObject({ json: { checks: { cron: { ok: true } } } });
    vi.setSystemTime(SENT_AT + 60_000 + 5 * 60_000 + 1);
    expect(await call("GET", "/health")).toMatchObject({
      status: 503,
      json: { status: "degraded", checks: { cron: { ok: false, detail: expect.stringContaining('job "sweep"') } } },
    });
  });

  it("does not say how many there are while D1 is down", async () => {
    const env = createBindings({ LEDGER: downD1() });
    expect(await call("GET", "/health", env)).toMatchObject({ status: 503, json: { openIncidents: null } });
  });
});
