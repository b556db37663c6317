// Invariants 5, 6 and 7 in delivery: what a target does changes nothing for the others, waits follow the schedule, and
// neither a message nor an answer gets at a secret or an address that is not theirs.

import { beforeEach, describe, expect, it, vi } from "vitest";
import type { DeliverMessage } from "../../../src/delivery/message.ts";
import { fromColumn, unpack } from "../../../src/ledger/content.ts";
import type { RenderedRequest } from "../../../src/translation/rendered.ts";
import { createBindings, downD1, failingQueue, SECRETS } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { createMessage, offerAgain, SENT_AT } from "../messages.ts";
import { createDelivery } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { consume } from "./consume.ts";
import { mockTarget } from "./target.ts";

beforeEach(startOver);

/**
 * Every message of one delivery until it ends: the waits it asked for, and then "ack". A wait that is not the queue's is
 * one in the ledger, after which the sweeper sends the message anew.
 */
async function waitsOf(delivery: DeliverMessage): Promise<(number | "ack" | undefined)[]> {
  const waits: (number | "ack" | undefined)[] = [];
  for (let message = createMessage(delivery); waits.at(-1) !== "ack";) {
    const fate = (await consume(createBindings(), [message]))[0]?.[0];
    const parkedUntil = fate === "ack" ? (await rowsOf("deliveries"))[0]?.["sweep_at"] : undefined;
    if (typeof parkedUntil === "number") {
      waits.push((parkedUntil - message.offeredAt) / 1_000);
      message = { ...createMessage(delivery), offeredAt: parkedUntil };
    } else {
      waits.push(typeof fate === "object" ? fate.delaySeconds : fate);
      message = offerAgain(message);
    }
    if (waits.length > 30) throw new Error("the delivery does not end");
  }
  return waits;
}

describe("a target that does not take the request yet", () => {
  it.each([
    ["standard", [5, 300, 1_800, 7_200, 18_000, 36_000, 36_000, "ack"]],
    ["long", [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400, "ack"]],
    ["short", [10, 60, 300, 900, "ack"]],
    [
      [7, 70],
      [7, 70, "ack"],
    ],
    [[], ["ack"]],
  ] as const)(
    "is asked again after the waits of its schedule %j, then the delivery has failed",
    async (retry, waits) => {
      const calls = mockTarget(503);
      const schedule = typeof retry === "string" ? retry : [...retry];
      expect(await waitsOf(createDelivery({ retry: schedule }))).toEqual(waits);
      expect(calls).toHaveLength(waits.length);
      const [row] = await rowsOf("deliveries");
      expect(row).toMatchObject({ state: "failed", attempts_made: waits.length, due_at: null });
      expect(JSON.parse(String(row?.["attempts"]))).toHaveLength(waits.length);
    },
  );

  it.each([
    ["a longer one in seconds", "120", 120],
    ["a longer one as a date", new Date(SENT_AT + 90_000).toUTCString(), 90],
    ["a shorter one", "3", 10],
    ["one that is no time", "soon", 10],
    ["one that is negative", "-5", 10],
  ])("has its Retry-After as the least wait: %s", async (_name, retryAfter, delaySeconds) => {
    mockTarget(() => new Response("busy", { status: 429, headers: { "retry-after": retryAfter } }));
    expect(await consume(createBindings(), [createMessage(createDelivery())])).toEqual([[{ delaySeconds }]]);
    expect(await rowsOf("deliveries")).toMatchObject([
      { state: "scheduled", reason: "target_unavailable", due_at: SENT_AT + delaySeconds * 1_000 },
    ]);
  });

  it("that asks for a longer pause than a queue should hold is parked in the ledger, a day at most", async () => {
    mockTarget(() => new Response("busy", { status: 429, headers: { "retry-after": "864000" } }));
    expect(await consume(createBindings(), [createMessage(createDelivery())])).toEqual([["ack"]]);
    const at = SENT_AT + 86_400_000;
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", due_at: at, sweep_at: at }]);
  });

  it("ends at once when it says no for good", async () => {
    const calls = mockTarget(422);
    expect(await waitsOf(createDelivery())).toEqual(["ack"]);
    expect(calls).toHaveLength(1);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "target_rejected" }]);
  });

  it("is asked again when the connection breaks", async () => {
    mockTarget(() => {
      throw new TypeError("Network connection lost.");
    });
    expect(await consume(createBindings(), [createMessage(createDelivery())])).toEqual([[{ delaySeconds: 10 }]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "scheduled", reason: "target_unreachable" }]);
  });
});

describe("a target that hangs", () => {
  it("keeps none of the others from being called", async () => {
    // The slow one answers when every other has been called: were it waited for, it would run into its timeout.
    const others = ["mail", "chat", "sheet", "shop"];
    const called: string[] = [];
    const everyOther = Promise.withResolvers<number>();
    let slowCalls = 0;
    mockTarget(async ({ url }) => {
      called.push(url);
      if (url.startsWith("https://slow.")) {
        slowCalls++;
        await everyOther.promise;
      } else if (called.length - slowCalls === others.length) {
        everyOther.resolve(slowCalls);
      }
      return new Response("ok");
    });
    // More for the slow one than there are connections, and all of them first.
    const targets = [...Array.from({ length: 8 }, () => "slow"), ...others];
    const messages = targets.map((target) => createMessage(createDelivery({ target, timeoutMs: 30_000 })));
    expect(await consume(createBindings(), messages)).toEqual(messages.map(() => ["ack"]));
    expect(called).toHaveLength(messages.length);
    expect(await everyOther.promise).toBe(3); // slow calls that were under way when the others were made
    expect((await rowsOf("deliveries")).map((row) => row["state"])).toEqual(messages.map(() => "delivered"));
  });

  it("is given up at its timeout, and the others' outcomes do not wait for that", async () => {
    // The time is up when the other delivery has ended: were it to wait for this one, neither would ever end.
    const deadline = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout");
    timeout.mockImplementation((ms) => (ms === 700 ? deadline.signal : new AbortController().signal));
    mockTarget(async ({ url }, signal) => {
      if (!url.startsWith("https://slow.")) return new Response("ok");
      const { promise, reject } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => reject(signal.reason));
      return promise;
    });
    const slow = createMessage(createDelivery({ target: "slow", timeoutMs: 700 }));
    const mail = createMessage(createDelivery({ target: "mail" }));
    mail.ack = () => {
      mail.fates.push("ack");
      deadline.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
    };
    expect(await consume(createBindings(), [slow, mail])).toEqual([[{ delaySeconds: 10 }], ["ack"]]);
    expect(await rowsOf("deliveries")).toContainEqual(
      expect.objectContaining({ target: "slow", state: "scheduled", reason: "target_timeout" }),
    );
  });

  it("has three connections at most, and all targets together six", async () => {
    const open = new Map<string, number>();
    const sixOpen = Promise.withResolvers<void>();
    let mostOfOne = 0;
    let mostOfAll = 0;
    mockTarget(async ({ url }) => {
      open.set(url, (open.get(url) ?? 0) + 1);
      mostOfOne = Math.max(mostOfOne, ...open.values());
      mostOfAll = Math.max(
        mostOfAll,
        [...open.values()].reduce((sum, count) => sum + count),
      );
      if (mostOfAll >= 6) sixOpen.resolve();
      await sixOpen.promise;
      await createBindings().TABLE.get("anything"); // a round trip, in which a seventh would be seen
      open.set(url, (open.get(url) ?? 0) - 1);
      return new Response("ok");
    });
    const targets = ["a", "a", "a", "a", "a", "b", "b", "b", "b", "c", "c", "c"];
    await consume(
      createBindings(),
      targets.map((target) => createMessage(createDelivery({ target }))),
    );
    expect([mostOfOne, mostOfAll]).toEqual([3, 6]);
  });
});

describe("a redirect", () => {
  it.each([301, 302, 303, 307, 308])("is not followed: %d", async (status) => {
    const calls = mockTarget(() => new Response(null, { status, headers: { location: "https://evil.example.net/" } }));
    expect(await consume(createBindings(), [createMessage(createDelivery())])).toEqual([["ack"]]);
    expect(calls.map(({ url, redirect }) => [url, redirect])).toEqual([["https://crm.example.com/events", "manual"]]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "target_redirected" }]);
  });
});

describe("an address that is not public", () => {
  it.each([
    "http://crm.example.com/",
    "https://127.0.0.1/",
    "https://0x7f000001/",
    "https://[::1]/",
    "https://localhost/",
    "https://db.internal/",
    "https://user:password@crm.example.com/",
    "ftp://crm.example.com/",
    "no address",
  ])("is refused without a call: %s", async (url) => {
    const calls = mockTarget(200);
    const message = createMessage(createDelivery({}, { url: [url] }));
    expect(await consume(createBindings(), [message])).toEqual([["ack"]]);
    expect(calls).toEqual([]);
    expect(await rowsOf("deliveries")).toMatchObject([{ state: "failed", reason: "address_refused" }]);
  });

  it("is called on a developer's machine", async () => {
    const calls = mockTarget(200);
    const message = createMessage(createDelivery({}, { url: ["http://127.0.0.1:8080/hook"] }));
    expect(await consume(createBindings({ SIGNALBOX_LOCAL_TARGETS: "allow" }), [message])).toEqual([["ack"]]);
    expect(calls.map(({ url }) => url)).toEqual(["http://127.0.0.1:8080/hook"]);
  });
});

function inUrl(name: string): Partial<RenderedRequest> {
  return { url: ["https://crm.example.com/?k=", { $secret: name, as: "uri" }] };
}

function inBody(name: string): Partial<RenderedRequest> {
  return { body: ['{"k":', { $secret: name, as: "json" }, "}"] };
}

function inHeader(name: string): Partial<RenderedRequest> {
  return { headers: [["x-k", [{ $secret: name, as: "text" }]]] };
}

describe("a secret", () => {
  it.each(["SIGNALBOX_ADMIN_TOKEN", "VOUCHERIFY_SECRET", "SIGNALBOX_ANYTHING"])(
    "of Signalbox itself is never sent, wherever a message asks for it: %s",
    async (secret) => {
      const calls = mockTarget(200);
      const messages = [
        createDelivery({ auth: { type: "bearer", secret } }),
        createDelivery({ auth: { type: "header", name: "x-key", secret } }),
        createDelivery({ auth: { type: "basic", username: "u", password: secret } }),
        createDelivery({}, inUrl(secret)),
        createDelivery({}, inBody(secret)),
        createDelivery({}, inHeader(secret)),
      ].map((body) => createMessage(body));
      const env = createBindings({ SIGNALBOX_ANYTHING: "anything-6b1d" });
      expect(await consume(env, messages)).toEqual(messages.map(() => [{ delaySeconds: 300 }]));
      expect(calls).toEqual([]);
      const held = { state: "held", reason: "secret_missing", attempts_made: 0 };
      expect(await rowsOf("deliveries")).toMatchObject(messages.map(() => held));
    },
  );

  it("that a target sends back, or that an error repeats, is in no row, no kept request and no log line", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => {});
    const calls = mockTarget(
      ({ url, headers, body }) => new Response(JSON.stringify({ url, headers, body }), { status: 400 }),
    );
    const delivery = createDelivery(
      { auth: { type: "bearer", secret: "CRM_TOKEN" } },
      { ...inUrl("CRM_TOKEN"), ...inBody("CRM_TOKEN"), ...inHeader("CRM_TOKEN") },
    );
    await consume(createBindings(), [createMessage(delivery)]);
    mockTarget(({ url }) => {
      throw new TypeError(`cannot connect to ${url}`);
    });
    const failing = createMessage(createDelivery({}, inUrl("CRM_TOKEN")));
    await consume(createBindings(), [failing]);
    await consume(createBindings({ LEDGER: downD1(), LATE: failingQueue() }), [offerAgain(failing)]);
    const [call] = calls;
    expect([call?.url, call?.body, call?.headers["x-k"], call?.headers["authorization"]]).toEqual([
      `https://crm.example.com/?k=${SECRETS.CRM_TOKEN}`,
      `{"k":"${SECRETS.CRM_TOKEN}"}`,
      SECRETS.CRM_TOKEN,
      `Bearer ${SECRETS.CRM_TOKEN}`,
    ]);
    const rows = await rowsOf("deliveries");
    const requests = await Promise.all(
      rows.map(async (row) => unpack(fromColumn(String(row["request"])), createBindings())),
    );
    const kept = JSON.stringify([rows, requests.map((request) => new TextDecoder().decode(request)), log.mock.calls]);
    expect(rows).toHaveLength(2);
    for (const expected of ["[secret]", "cannot connect to", "$secret", "delivery_not_recorded"]) {
      expect(kept).toContain(expected);
    }
    expect(kept).not.toContain(SECRETS.CRM_TOKEN);
  });
});
