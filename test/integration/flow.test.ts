// A sendout's whole life through the built Worker: in, queue, out, ledger.

import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type SendoutView, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";

let signalbox: Signalbox;
let crm: Target;

beforeAll(async () => {
  [signalbox, crm] = await Promise.all([startSignalbox(), startTarget()]);
  await signalbox.publish(tableFor(crm.url));
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), crm.stop()]);
});

beforeEach(() => {
  crm.requests.length = 0;
  crm.behave(status(200));
});

function tableFor(url: string) {
  const target = (path: string, more: object = {}) => ({
    request: {
      url: `${url}${path}`,
      body: { type: "{{ $webhook.event.type }}", code: "{{ voucher.code }}", to: "{{ customer.email }}" },
    },
    retry: [1, 1],
    ...more,
  });
  const only = (id: string) => [{ path: "redemption.metadata.case", op: "eq", value: id }];
  return {
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } }, open: { auth: "none" } },
    targets: {
      crm: target("/crm", { auth: { type: "bearer", secret: "CRM_TOKEN" } }),
      mail: target("/mail"),
      slow: target("/slow", { timeoutMs: 200, retry: [] }),
      keyless: target("/keyless", { auth: { type: "header", name: "x-key", secret: "NOT_SET" }, retry: [1] }),
    },
    routes: [
      { id: "tiers", events: ["customer.loyalty.*"], to: ["crm", "mail"] },
      {
        id: "redemptions",
        events: ["redemption.*"],
        when: [{ path: "redemption.metadata.case", op: "exists", value: false }],
        to: ["crm"],
      },
      { id: "slow", events: ["redemption.*"], when: only("slow"), to: ["slow"] },
      { id: "keyless", events: ["redemption.*"], when: only("keyless"), to: ["keyless"] },
    ],
  };
}

function redemption(testCase?: string): string {
  const metadata = testCase === undefined ? {} : { case: testCase };
  const voucher = { code: "SPRING-7Q", object: "voucher" };
  return JSON.stringify(
    createSendout({ data: { customer: { email: "kim@example.com" }, voucher, redemption: { metadata } } }),
  );
}

describe("a sendout that a route takes", () => {
  it("goes out as the target's request, with its token and a stable key", async () => {
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found).toMatchObject({ state: "routed", event: { type: "redemption.succeeded" }, tableVersion: 1 });
    expect(found.deliveries).toMatchObject([
      { target: "crm", route: "redemptions", state: "delivered", attemptsMade: 1 },
    ]);
    expect(crm.requests).toMatchObject([
      {
        method: "POST",
        path: "/crm",
        body: '{"type":"redemption.succeeded","code":"SPRING-7Q","to":"kim@example.com"}',
        headers: {
          authorization: `Bearer ${SECRETS.CRM_TOKEN}`,
          "content-type": "application/json",
          "idempotency-key": `${found.id}.crm`,
        },
      },
    ]);
  });

  it("goes to every target of the route, each with a key of its own", async () => {
    const sendout = createSendout({ event: { type: "customer.loyalty.tier.upgraded" } });
    const found = await signalbox.accept(JSON.stringify(sendout), isSettled);
    expect(found.deliveries.map(({ target, state }) => [target, state])).toEqual([
      ["crm", "delivered"],
      ["mail", "delivered"],
    ]);
    expect(crm.requests.map(({ headers }) => String(headers["idempotency-key"])).toSorted()).toEqual([
      `${found.id}.crm`,
      `${found.id}.mail`,
    ]);
  });

  it("is tried again after 500 twice, with the same bytes and key, and delivered on the third attempt", async () => {
    crm.behave((res, request, count) => status(count < 3 ? 500 : 200)(res, request, count));
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 3 }]);
    expect(found.deliveries[0]?.attempts.map((attempt) => attempt.status)).toEqual([500, 500, 200]);
    expect(crm.requests).toHaveLength(3);
    expect(new Set(crm.requests.map(({ body }) => body)).size).toBe(1);
    expect(new Set(crm.requests.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
  });

  it("fails at once on 400, is visible as failed, and can be sent again by hand with the same bytes", async () => {
    crm.behave(status(400));
    const failed = await signalbox.accept(redemption(), isSettled);
    expect(failed.deliveries).toMatchObject([
      {
        state: "failed",
        reason: "target_rejected",
        attemptsMade: 1,
        attempts: [{ status: 400, excerpt: "status 400" }],
      },
    ]);
    crm.behave(status(200));
    const again = await signalbox.admin("POST", `/deliveries/${failed.id}.crm/retry`);
    expect(again.status).toBe(202);
    const found = await signalbox.sendout(failed.id, ({ deliveries }) => deliveries[0]?.state === "delivered");
    expect(found.deliveries[0]?.attempts.map((attempt) => attempt.status)).toEqual([400, 200]);
    expect(crm.requests[1]?.body).toBe(crm.requests[0]?.body);
    expect(crm.requests[1]?.headers["idempotency-key"]).toBe(crm.requests[0]?.headers["idempotency-key"]);
    const refused = await signalbox.admin("POST", `/deliveries/${failed.id}.crm/retry`);
    expect([refused.status, await refused.json()]).toMatchObject([409, { code: "delivery_delivered" }]);
  });

  it("fails when every attempt of its schedule has failed", async () => {
    crm.behave(status(503));
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "failed", reason: "target_unavailable", attemptsMade: 3 }]);
  });

  it("does not follow a redirect", async () => {
    crm.behave(status(302, { location: `${crm.url}/elsewhere` }));
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "failed", reason: "target_redirected", attemptsMade: 1 }]);
    expect(crm.to("/elsewhere")).toEqual([]);
  });

  it("counts a refused connection as a failed attempt", async () => {
    const gone = await startTarget();
    await gone.stop();
    const table = tableFor(crm.url);
    await signalbox.publish({
      ...table,
      targets: { ...table.targets, crm: { request: { url: gone.url }, retry: [] } },
    });
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "failed", reason: "target_unreachable", attemptsMade: 1 }]);
    await signalbox.publish(table);
  });

  it("counts a target that does not answer in time as a failed attempt", async () => {
    crm.behave(() => undefined);
    const found = await signalbox.accept(redemption("slow"), isSettled);
    expect(found.deliveries).toMatchObject([
      { state: "failed", reason: "target_timeout", attempts: [{ reason: "target_timeout" }] },
    ]);
  });

  it("waits for a secret that is not set, without calling the target", async () => {
    const isHeld = ({ deliveries }: SendoutView) => deliveries.every(({ state }) => state === "held");
    const found = await signalbox.accept(redemption("keyless"), isHeld);
    expect(found.deliveries).toMatchObject([{ state: "held", reason: "secret_missing", attemptsMade: 0 }]);
    expect(crm.requests).toEqual([]);
  });

  it("keeps a secret out of the ledger that the target sends back in its answer", async () => {
    crm.behave((res, request) => res.writeHead(400).end(`bad key: ${request.headers.authorization}`));
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries[0]?.attempts[0]?.excerpt).toBe("bad key: Bearer [secret]");
    expect(JSON.stringify(found)).not.toContain(SECRETS.CRM_TOKEN);
  });

  it("fails visibly without an attempt when its template cannot be rendered, and can be retried after the correction", async () => {
    const table = tableFor(crm.url);
    const unrenderable = { ...table.targets.crm, request: { url: `${crm.url}/to/{{ customer.source_id }}` } };
    await signalbox.publish({ ...table, targets: { ...table.targets, crm: unrenderable } });
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found.deliveries).toMatchObject([{ state: "failed", reason: "template_value_missing", attemptsMade: 0 }]);
    await signalbox.publish(table);
    expect((await signalbox.admin("POST", `/deliveries/${found.id}.crm/retry`)).status).toBe(202);
    await signalbox.sendout(found.id, ({ deliveries }) => deliveries[0]?.state === "delivered");
  });
});

describe("a sendout that no route takes", () => {
  it("is logged as unrouted", async () => {
    const found = await signalbox.accept(JSON.stringify(createSendout({ event: { type: "voucher.created" } })));
    expect(found).toMatchObject({ state: "unrouted", event: { type: "voucher.created" }, deliveries: [] });
  });
});

describe("a sendout that arrives again", () => {
  it("is not delivered again; each arrival's id finds it", async () => {
    const body = redemption();
    const first = await signalbox.accept(body, isSettled);
    const answer = await signalbox.postSigned(body);
    expect(answer.status).toBe(202);
    const { id } = (await answer.json()) as { id: string };
    expect(id).not.toBe(first.acceptedId);
    const found = await signalbox.sendout(id);
    expect(found).toMatchObject({
      id: first.id,
      acceptedId: first.acceptedId,
      repeats: [{ acceptedId: id, same: true }],
    });
    expect(crm.requests).toHaveLength(1);
  });

  it("is delivered once when a hundred copies come at the same time", async () => {
    const body = redemption();
    const answers = await Promise.all(Array.from({ length: 100 }, async () => signalbox.postSigned(body)));
    expect(answers.every(({ status: code }) => code === 202)).toBe(true);
    const ids = await Promise.all(answers.map(async (answer) => ((await answer.json()) as { id: string }).id));
    const views = await Promise.all(ids.map(async (id) => signalbox.sendout(id)));
    expect(new Set(views.map(({ id }) => id)).size).toBe(1);
    const found = await signalbox.sendout(ids[0] ?? "", (view) => isSettled(view) && view.repeats.length === 99);
    expect(found.deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(crm.requests).toHaveLength(1);
  });

  it("with another body is kept beside the first", async () => {
    const sendout = createSendout({ event: { type: "voucher.created" } });
    const first = await signalbox.accept(JSON.stringify(sendout));
    const { id } = (await (await signalbox.postSigned(JSON.stringify({ ...sendout, extra: 1 }))).json()) as {
      id: string;
    };
    expect(await signalbox.sendout(id)).toMatchObject({ id: first.id, repeats: [{ acceptedId: id, same: false }] });
  });

  it("at another inlet is another sendout", async () => {
    const body = JSON.stringify(createSendout({ event: { type: "voucher.created" } }));
    const first = await signalbox.accept(body);
    const { id } = (await (await signalbox.post(body, {}, "open")).json()) as { id: string };
    expect((await signalbox.sendout(id)).id).not.toBe(first.id);
  });
});

describe("a payload too large for a queue message", () => {
  it("is delivered whole", async () => {
    // Random text, so that compressing does not make it fit.
    const noise = Array.from({ length: 30_000 }, () => crypto.randomUUID()).join("");
    const table = tableFor(crm.url);
    const whole = { request: { url: `${crm.url}/whole`, body: "{{ noise }}" } };
    await signalbox.publish({ ...table, targets: { ...table.targets, crm: whole } });
    const body = JSON.stringify(createSendout({ data: { noise } }));
    expect(body.length).toBeGreaterThan(1_000_000);
    const found = await signalbox.accept(body, isSettled);
    expect(found.deliveries).toMatchObject([{ state: "delivered" }]);
    expect(crm.requests[0]?.body).toBe(JSON.stringify(noise));
    expect(found.payload.content).toBe(body);
    await signalbox.publish(table);
  });
});

describe("a table that is refused", () => {
  it("changes nothing: the published version goes on serving", async () => {
    const [{ version }] = [(await (await signalbox.admin("GET", "/table")).json()) as { version: number }];
    const { targets, ...rest } = tableFor(crm.url);
    const mistake = { request: { url: `${crm.url}/new`, body: { text: "{{ $join([voucher.code, }}" } } };
    const refused = await signalbox.admin("PUT", "/table", { ...rest, targets: { ...targets, crm: mistake } });
    expect([refused.status, await refused.json()]).toMatchObject([
      422,
      {
        code: "table_invalid",
        errors: [{ path: "targets.crm.request.body.text", message: expect.stringMatching(/^character \d+: /) }],
      },
    ]);
    const found = await signalbox.accept(redemption(), isSettled);
    expect(found).toMatchObject({ tableVersion: version, deliveries: [{ target: "crm", state: "delivered" }] });
    expect(crm.requests.map(({ path }) => path)).toEqual(["/crm"]);
  });
});

describe("the cron", () => {
  it("copies the newest table to the edge when the copy was lost", async () => {
    const namespace = await signalbox.router.tableNamespace();
    await namespace.delete("table:current");
    await signalbox.router.runCron();
    expect(JSON.parse((await namespace.get("table:current")) ?? "{}")).toHaveProperty("version");
  });
});
