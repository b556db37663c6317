// Who sees what of customers' events: nothing, all but what is masked, or all of it, and then the audit log says so.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { app } from "../app.ts";
import { createBindings, SECRETS, workingD1 } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { deliver, route } from "../replay/stage.ts";
import { startOver } from "../start-over.ts";

const BODY = { mail: "{{ customer.email }}", greeting: "Dear {{ customer.name }}, your code is {{ voucher.code }}" };
const [EMAIL, NAME] = ["zoe@example.com", "Zoë O'Neil"];

let id: string;

/** A table with what it masks. */
function table(masking?: object) {
  const base = createTable(["crm"], BODY);
  return masking === undefined ? base : { ...base, settings: { masking } };
}

beforeEach(async () => {
  await startOver();
  await publish(table());
  const answer = () => new Response(`unknown: ${EMAIL}`, { status: 400, headers: { "x-about": EMAIL } });
  await deliver(await route(1), answer, SENT_AT);
  id = String((await rowsOf("sendouts"))[0]?.["id"]);
});

async function ask(method: string, path: string, options: { token?: string; body?: unknown } = {}) {
  const headers = { authorization: `Bearer ${options.token ?? SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const body = options.body === undefined ? {} : { body: JSON.stringify(options.body) };
  const request = new Request(`https://signalbox.example.com/admin${path}`, { method, headers, ...body });
  const response = await app.fetch(request, createBindings(), createExecutionContext());
  return { status: response.status, text: await response.text() };
}

async function tokenWith(...scopes: string[]): Promise<string> {
  const { text } = await ask("POST", "/tokens", { body: { name: "one", scopes } });
  return String((JSON.parse(text) as { token: unknown }).token);
}

/** The three calls that show a logged sendout. */
const CALLS = [
  ["GET", "sendouts", () => `/sendouts/${id}`, undefined],
  ["GET", "deliveries", () => `/deliveries/${id}.crm`, undefined],
  ["POST", "preview", () => "/preview", () => ({ sendout: { id } })],
] as const;

describe.each(CALLS)("%s /admin/%s", (method, _name, path, body) => {
  const call = async (query: string, token?: string) =>
    ask(method, `${path()}${query}`, { ...(token !== undefined && { token }), ...(body && { body: body() }) });

  it("masks what the table masks, also for those who may see payloads", async () => {
    const { status, text } = await call("");
    expect(status).toBe(200);
    expect(text).toContain("Dear •••");
    for (const hidden of [EMAIL, "Zo", "Neil"]) expect(text).not.toContain(hidden);
  });

  it("reveals everything to them when they ask for it, and notes that they did", async () => {
    const token = await tokenWith("read", "payload");
    const { status, text } = await call("?reveal=true", token);
    expect(status).toBe(200);
    expect(text).toContain(EMAIL);
    expect(text).toContain(NAME);
    const { results } = await workingD1().prepare("SELECT change FROM audit_log ORDER BY id DESC LIMIT 1").all();
    expect(results).toEqual([{ change: '{"after":{"revealed":true}}' }]);
  });

  it("reveals nothing to anybody else", async () => {
    const token = await tokenWith("read", "replay", "config");
    const { status, text } = await call("?reveal=true", token);
    expect(status).toBe(403);
    expect(text).toContain("scope_missing");
    expect(text).not.toContain(EMAIL);
  });
});

describe("a caller without the scope payload", () => {
  it("sees nothing of payloads, requests and answers", async () => {
    const token = await tokenWith("read");
    const { text } = await ask("GET", `/sendouts/${id}`, { token });
    expect(JSON.parse(text)).toMatchObject({
      payload: { encoding: "masked", content: null },
      deliveries: [{ request: null, attempts: [{ excerpt: null, headers: null }] }],
    });
  });

  it('sees them masked where the table says "show": "masked"', async () => {
    await publish(table({ show: "masked", paths: ["email", "customer.name"] }));
    const token = await tokenWith("read");
    const { text } = await ask("GET", `/sendouts/${id}`, { token });
    expect(text).not.toMatch(/zoe@|O'Neil/);
    expect(JSON.parse(text)).toMatchObject({
      payload: { encoding: "masked", masked: expect.arrayContaining(["data.customer.email"]) },
      deliveries: [
        {
          request: { body: [expect.stringContaining("Dear •••, your code is AUTUMN")] },
          attempts: [{ excerpt: "unknown: •••", headers: expect.arrayContaining([["x-about", "•••"]]) }],
        },
      ],
    });
  });
});

describe("a label and a dedupe key that say whom a sendout is about", () => {
  const label = `Card for ${EMAIL}`;
  const key = JSON.stringify(["proj_1", "ev_1", label, EMAIL, "AUTUMN-15", null]);

  async function shown(path: string, scopes: string[]) {
    await workingD1().prepare("UPDATE sendouts SET label = ?1, dedupe_key = ?2").bind(label, key).run();
    const { text } = await ask("GET", path, { token: await tokenWith(...scopes) });
    const answer = JSON.parse(text) as { label: unknown; dedupeKey: unknown; sendouts?: object[] };
    return answer.sendouts?.[0] ?? answer;
  }

  it("are null for callers without the scope payload", async () => {
    const nothing = { label: null, dedupeKey: null };
    expect(await shown(`/sendouts/${id}`, ["read"])).toMatchObject(nothing);
    expect(await shown("/sendouts", ["read"])).toMatchObject(nothing);
  });

  it("are masked for the others, and revealed; a list has the label alone", async () => {
    const masked = { label: "Card for •••", dedupeKey: expect.not.stringContaining(EMAIL) };
    expect(await shown(`/sendouts/${id}`, ["read", "payload"])).toMatchObject(masked);
    expect(await shown(`/sendouts/${id}?reveal=true`, ["read", "payload"])).toMatchObject({ label, dedupeKey: key });
    expect(await shown("/sendouts", ["read", "payload"])).toMatchObject({ label, dedupeKey: null });
  });

  it("are shown to all where the key says nothing of the kind", async () => {
    const { text } = await ask("GET", "/sendouts", { token: await tokenWith("read") });
    expect(JSON.parse(text)).toMatchObject({ sendouts: [{ label: null, dedupeKey: expect.stringMatching(/:whs_/) }] });
  });
});

describe("a payload that is no JSON", () => {
  it("is hidden whole, with all that was made of it, unless it is revealed", async () => {
    await workingD1()
      .prepare("UPDATE sendouts SET body = ?1")
      .bind(`raw:${btoa(`who: ${EMAIL}`)}`)
      .run();
    const masked = await ask("GET", `/sendouts/${id}`);
    expect(masked.text).not.toContain(EMAIL);
    expect(JSON.parse(masked.text)).toMatchObject({
      payload: { encoding: "masked", content: null },
      deliveries: [{ request: null, attempts: [{ excerpt: null, headers: null }] }],
    });
    expect((await ask("GET", `/sendouts/${id}?reveal=true`)).text).toContain(`who: ${EMAIL}`);
  });
});

describe("a preview of what the caller has given", () => {
  it("is shown as it is", async () => {
    const { text } = await ask("POST", "/preview", { body: { sendout: { example: "redemption.succeeded" } } });
    expect(text).toMatch(/"mail":"[^"•]+@/);
  });
});

describe("a dry run", () => {
  it("masks values in its differences unless they are revealed", async () => {
    const draft = createTable(["crm"], { ...BODY, mail: "to {{ customer.email }}" });
    const masked = await ask("POST", "/table/dry-run", { body: { table: draft } });
    expect(masked.status).toBe(200);
    expect(masked.text).toContain('"after":"to •••"');
    expect(masked.text).not.toContain(EMAIL);
    const revealed = await ask("POST", "/table/dry-run?reveal=true", { body: { table: draft } });
    expect(revealed.text).toContain(`"after":"to ${EMAIL}"`);
  });
});
