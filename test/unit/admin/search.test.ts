// Searching through the admin API: what can be asked, how it goes on, and whom it finds under which key.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { writeEntries } from "../../../src/ledger/record.ts";
import { consumeIngest } from "../../../src/routing/consumer.ts";
import { createSendout, type SendoutOverrides } from "../../fixtures/sendout.ts";
import { app } from "../app.ts";
import { createBindings, SECRETS, type TestBindings } from "../faults.ts";
import { createBatch, createMessage, SENT_AT } from "../messages.ts";
import { createIngestMessage, createTable, publish } from "../payloads.ts";
import { createOutcome, createSearched, entriesOf } from "../ledger/searched.ts";
import { startOver } from "../start-over.ts";

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm", "mail"]));
});

interface Answer {
  sendouts?: { id: string; sendoutRef: string; deliveries: object[] }[];
  deliveries?: { id: string; state: string; sendout: { id: string } }[];
  next: string | null;
  complete: boolean;
  code?: string;
  errors?: { path: string; message: string }[];
}

async function get(path: string, env: TestBindings = createBindings()): Promise<{ status: number; json: Answer }> {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const request = new Request(`https://signalbox.example.com/admin/${path}`, { headers });
  const response = await app.fetch(request, env, createExecutionContext());
  return { status: response.status, json: await response.json<Answer>() };
}

/** Routes sendouts, each a second after the other. */
async function arrive(env: TestBindings, ...sendouts: SendoutOverrides[]): Promise<void> {
  const messages = await Promise.all(
    sendouts.map(async (overrides, index) => {
      const message = await createIngestMessage(createSendout(overrides));
      return createMessage({ ...message, receivedAt: SENT_AT + index * 1_000 });
    }),
  );
  await consumeIngest(createBatch(messages), env, SENT_AT + 60_000);
}

const about = (id: string, email: string, code: string): SendoutOverrides => ({
  data: { customer: { object: "customer", id, email }, voucher: { object: "voucher", code } },
});

describe("a customer is found", () => {
  const found = async (value: string, env?: TestBindings) =>
    (await get(`sendouts?customer=${encodeURIComponent(value)}`, env)).json.sendouts?.length;

  it("by id and by e-mail, in whichever case, and nobody else is", async () => {
    await arrive(
      createBindings(),
      about("cust_a", "Ann@example.com", "A-1"),
      about("cust_b", "bob@example.com", "B-1"),
    );
    expect(
      await Promise.all(["cust_a", "ann@EXAMPLE.com", "bob@example.com", "cust_c"].map((one) => found(one))),
    ).toEqual([1, 1, 1, 0]);
  });

  it("under the key that was in use when the sendout came, as long as that is still named", async () => {
    const rotated = (keys: string) => createBindings({ SIGNALBOX_SEARCH_KEY: keys });
    await arrive(rotated("old"), about("cust_a", "ann@example.com", "A-1"));
    await arrive(rotated("new, old"), about("cust_a", "ann@example.com", "A-2"));
    expect([await found("cust_a", rotated("new,old")), await found("cust_a", rotated("new"))]).toEqual([2, 1]);
  });

  it("not at all where no key was set, and whoever asks is told how to set one", async () => {
    const unset = createBindings({ SIGNALBOX_SEARCH_KEY: "" });
    await arrive(unset, about("cust_a", "ann@example.com", "A-1"));
    expect(await found("cust_a")).toBe(0);
    const { status, json } = await get("sendouts?voucher=A-1", unset);
    expect([status, json.code]).toEqual([409, "search_key_missing"]);
    expect((await get("sendouts?event=redemption.succeeded", unset)).json.sendouts).toHaveLength(1);
  });

  it("and the ledger's terms say nothing of it", async () => {
    const env = createBindings();
    await arrive(env, about("cust_a", "ann@example.com", "A-1"));
    const row = await env.LEDGER.prepare("SELECT terms FROM sendouts").first<{ terms: string }>();
    expect(row?.terms).toMatch(/^[\w-]{8}(?: [\w-]{8}){10,}$/);
  });
});

it("a list of sendouts says how each delivery stands, pending where nothing has come of it", async () => {
  const env = createBindings();
  const { row } = createSearched(1, { to: { crm: "all", mail: "all" } });
  const outcomes = [
    createOutcome(row, "crm", "all", { state: "failed", reason: "status_400" }),
    createOutcome(row, "crm", "all", { copy: 1 }),
  ];
  await writeEntries(env.LEDGER, entriesOf([{ row, outcomes, customers: [], vouchers: [] }]));
  const { json } = await get("sendouts", env);
  const deliveries = [
    { id: `${row.id}.crm`, target: "crm", state: "failed", updatedAt: expect.any(String) },
    { id: `${row.id}.mail`, target: "mail", state: "pending", updatedAt: null },
    { id: `${row.id}.crm~1`, target: "crm", state: "delivered", updatedAt: expect.any(String) },
  ];
  expect(json.sendouts?.[0]?.deliveries).toEqual(deliveries);
  const standing = await get(`sendouts/${row.id}/standing`, env);
  expect(standing.json).toEqual({ id: row.id, state: "routed", deliveries });
  expect(await env.LEDGER.prepare("SELECT count(*) AS noted FROM audit_log").first("noted")).toBe(0);
});

describe("a list goes on where it was", () => {
  it("sendout by sendout", async () => {
    await arrive(createBindings(), {}, {}, {});
    const first = await get("sendouts?limit=2");
    expect(first.json).toMatchObject({ complete: true, next: expect.any(String) });
    const second = await get(`sendouts?limit=2&cursor=${first.json.next}`);
    expect(second.json).toMatchObject({ complete: true, next: null });
    const ids = [first, second].flatMap(({ json }) => json.sendouts?.map(({ id }) => id) ?? []);
    expect(new Set(ids).size).toBe(3);
  });

  it("delivery by delivery, in the middle of a sendout", async () => {
    await arrive(createBindings(), {}, {});
    const ids: string[] = [];
    let next: string | null = "";
    while (next !== null) {
      const { json }: { json: Answer } = await get(`deliveries?limit=1${next === "" ? "" : `&cursor=${next}`}`);
      ids.push(...(json.deliveries?.map(({ id }) => id) ?? []));
      next = json.next;
    }
    expect(ids).toHaveLength(4);
    expect(new Set(ids).size).toBe(4);
  });
});

it.each([
  ["sendouts?status=600", "status"],
  ["sendouts?status=teapot", "status"],
  ["sendouts?state=lost", "state"],
  ["sendouts?deliveryState=failed,lost", "deliveryState"],
  ["sendouts?cursor=yesterday", "cursor"],
  ["sendouts?customer=", "customer"],
  ["sendouts?colour=red", "colour"],
  ["deliveries?since=yesterday", "since"],
  ["deliveries?cursor=1.so_0", "cursor"],
])("%s is refused by its name", async (path, name) => {
  const { status, json } = await get(path);
  expect([status, json.code]).toEqual([400, "request_invalid"]);
  expect(JSON.stringify(json.errors)).toContain(name);
});
