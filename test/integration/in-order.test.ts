// An ordered route through the built Worker: a target that is slow and fails now and then sees what each customer did in
// the order in which it arrived, one at a time, while the other customers' deliveries go on.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, type Target } from "./target.ts";

const CUSTOMERS = ["ada", "bob", "cy"];
const EACH = 20;

/** How long the target takes, in milliseconds. */
const ANSWER_MS = 20;

let signalbox: Signalbox;
let target: Target;

/** What the target was asked, in order, and what it answered. */
interface Seen {
  customer: string;
  number: number;
  status: number;
  /** How many of the same customer's requests were being answered when it came. */
  beside: number;
}
const seen: Record<"ordered" | "plain", Seen[]> = { ordered: [], plain: [] };

beforeAll(async () => {
  [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  const open = new Map<string, number>();
  const tries = new Map<string, number>();
  target.behave((res, { path, body }) => {
    const { customer, number } = JSON.parse(body) as Seen; // as the table below has it
    const list = path === "/ordered" ? seen.ordered : seen.plain;
    const count = (tries.get(`${path} ${customer} ${number}`) ?? 0) + 1;
    tries.set(`${path} ${customer} ${number}`, count);
    const beside = open.get(`${path} ${customer}`) ?? 0;
    open.set(`${path} ${customer}`, beside + 1);
    // Every seventh is refused the first time; one customer's first is refused three times.
    const fails = (number % 7 === 3 && count === 1) || (customer === "cy" && number === 0 && count <= 3);
    const status = fails ? 500 : 200;
    list.push({ customer, number, status, beside });
    setTimeout(() => {
      open.set(`${path} ${customer}`, (open.get(`${path} ${customer}`) ?? 1) - 1);
      res.writeHead(status).end();
    }, ANSWER_MS);
  });
  const request = (path: string) => ({
    request: {
      url: `${target.url}/${path}`,
      body: { customer: "{{ customer.id }}", number: "{{ customer.metadata.number }}" },
    },
    retry: [1, 1, 1, 1],
  });
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { ordered: request("ordered"), plain: request("plain") },
    routes: [
      { id: "in-order", events: ["customer.updated"], to: ["ordered"], order: { by: "customer.id" } },
      { id: "as-it-comes", events: ["customer.updated"], to: ["plain"] },
    ],
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop()]);
});

/** Posts a sendout about a customer; the id it was accepted with. */
async function post(customer: string, number: number): Promise<string> {
  const data = { customer: { id: customer, metadata: { number } } };
  const answer = await signalbox.postSigned(
    JSON.stringify(createSendout({ event: { type: "customer.updated" }, data })),
  );
  expect(answer.status).toBe(202);
  const { id } = (await answer.json()) as { id: string };
  return id;
}

describe("an ordered route", () => {
  it("delivers what each customer did in order and one at a time, and holds up no other customer", async () => {
    const ids: string[] = [];
    for (let number = 0; number < EACH; number++) {
      for (const customer of CUSTOMERS) ids.push(await post(customer, number));
    }
    const sendouts: SendoutView[] = [];
    for (const id of ids) sendouts.push(await signalbox.sendout(id, isSettled));
    expect(sendouts.flatMap(({ deliveries }) => deliveries.map(({ state }) => state))).toEqual(
      Array.from({ length: 2 * ids.length }, () => "delivered"),
    );

    const done = seen.ordered.filter(({ status }) => status === 200);
    for (const customer of CUSTOMERS) {
      const own = seen.ordered.filter((one) => one.customer === customer);
      // One that is tried again comes again before anything else of its customer.
      const expected = Array.from({ length: EACH }, (_, number) => number).flatMap((number) => {
        const failures = customer === "cy" && number === 0 ? 3 : number % 7 === 3 ? 1 : 0;
        return Array.from({ length: failures + 1 }, () => number);
      });
      expect(own.map(({ number }) => number)).toEqual(expected);
      expect(Math.max(...own.map(({ beside }) => beside))).toBe(0);
    }
    // While the first of one customer is tried again for three seconds, the others go on.
    const firstOfCy = done.findIndex(({ customer, number }) => customer === "cy" && number === 0);
    expect(done.slice(0, firstOfCy).filter(({ customer }) => customer !== "cy").length).toBeGreaterThan(3);

    // Without an order nobody waits: those that were refused come after later ones.
    const plain = seen.plain.filter(({ customer, status }) => customer === "cy" && status === 200);
    expect(plain).toHaveLength(EACH);
    expect(plain.findIndex(({ number }) => number === 0)).toBeGreaterThan(0);
  }, 60_000);

  it("shows people what waits for its turn, and no customer where a hash does", async () => {
    await signalbox.admin("POST", "/targets/ordered/pause", {});
    const [first, second] = [await post("ada", 105), await post("ada", 106)];
    const view = await signalbox.sendout(second, ({ deliveries }) => deliveries[0]?.state === "held");
    expect(view.deliveries[0]).toMatchObject({ target: "ordered", reason: "in_order", attemptsMade: 0, dueAt: null });
    await signalbox.sendout(first, ({ deliveries }) => deliveries[0]?.reason === "target_paused");
    const { held } = (await (await signalbox.admin("GET", "/holds")).json()) as { held: object[] };
    expect(held).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ target: "ordered", reason: "in_order", count: 1 }),
        expect.objectContaining({ target: "ordered", reason: "target_paused", count: 1 }),
      ]),
    );
    const shown = (await (await signalbox.admin("GET", `/sendouts/${second}`)).json()) as { planned: unknown };
    expect(shown.planned).toEqual([
      { target: "ordered", route: "in-order", orderKey: expect.stringMatching(/^[0-9a-f]{32}$/) },
      { target: "plain", route: "as-it-comes" },
    ]);
    await signalbox.admin("POST", "/targets/ordered/resume", {});
    await signalbox.admin("POST", "/sweep", {});
    await signalbox.sendout(first, isSettled);
    await signalbox.sendout(second, isSettled);
    expect(seen.ordered.slice(-2).map(({ number }) => number)).toEqual([105, 106]);
  });
});
