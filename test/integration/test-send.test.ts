// Test sends through the built Worker: the previewed request, once for real, and its place in the ledger.

import { describe, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { ask as askOf, askPreview, askTestSend, EXAMPLE, setUpPreviews } from "./preview.ts";
import { SECRETS, startSignalbox } from "./signalbox.ts";
import { startTarget } from "./target.ts";

const setup = setUpPreviews();

const ask = async (path: string, body: unknown) => askOf(setup.signalbox, path, body);
const preview = async (body: object) => askPreview(setup.signalbox, body);
const sendTest = async (body: object) => askTestSend(setup.signalbox, body);

describe("a test send", () => {
  it("is the previewed request, secrets filled in, with an id of its own", async () => {
    const asked = { sendout: { body: createSendout() }, target: "crm" };
    const [delivery] = (await preview(asked)).deliveries;
    const sent = await sendTest(asked);
    expect(sent).toMatchObject({
      sendout: expect.stringMatching(/^so_[0-9a-f]{32}$/),
      delivered: true,
      reason: null,
      status: 200,
    });
    const filled = JSON.stringify(delivery?.request?.body).replace("{{ secret CRM_TOKEN }}", SECRETS.CRM_TOKEN);
    expect(setup.crm.requests).toEqual([
      expect.objectContaining({
        method: "POST",
        path: `/crm/AUTUMN-15?key=${encodeURIComponent(SECRETS.CRM_TOKEN)}`,
        body: filled,
        headers: expect.objectContaining({
          authorization: `Bearer ${SECRETS.CRM_TOKEN}`,
          "x-source": "voucherify",
          "idempotency-key": `${sent.sendout}.crm`,
        }),
      }),
    ]);
    await sendTest(asked);
    const keys = setup.crm.requests.map(({ headers }) => headers["idempotency-key"]);
    expect(new Set([...keys, delivery?.request?.headers["idempotency-key"]]).size).toBe(3);
  });

  it("stands in the ledger as a test, apart from what came in", async () => {
    const sendout = createSendout({ event: { type: "voucher.enabled" } });
    const { sendout: id } = await sendTest({
      sendout: { body: sendout },
      target: { request: { url: `${setup.crm.url}/t` } },
    });
    expect(await setup.signalbox.sendout(id)).toMatchObject({
      id,
      inlet: "(test)",
      state: "routed",
      event: { type: "voucher.enabled" },
      repeats: [],
      deliveries: [
        { target: "draft", route: "(test)", state: "delivered", attemptsMade: 1, attempts: [{ status: 200 }] },
      ],
    });
    const listed = await setup.signalbox.admin("GET", "/sendouts?inlet=(test)&event=voucher.enabled");
    expect(await listed.json()).toMatchObject({ sendouts: [{ id }] });
    const unrouted = await setup.signalbox.admin("GET", "/sendouts?state=unrouted");
    expect(JSON.stringify(await unrouted.json())).not.toContain(id);
    // The sendout itself has not come in yet.
    const found = await setup.signalbox.accept(JSON.stringify(sendout));
    expect(found).toMatchObject({ state: "unrouted", repeats: [] });
    expect(found.id).not.toBe(id);
  });

  it("of an old version is no traffic that the migration report counts", async () => {
    await sendTest({ sendout: { example: "voucher.published", version: "v2018-08-01" }, target: "crm" });
    const report = await setup.signalbox.admin("GET", "/migration");
    expect(await report.json()).toMatchObject({ types: [] });
  });

  it("of a sendout with names longer than any column can be kept all the same", async () => {
    const name = "x".repeat(900);
    const body = createSendout({ type: name, source: { id: name, object: "distribution" } });
    const { sendout: id } = await sendTest({ sendout: { body }, target: "crm" });
    expect(await setup.signalbox.sendout(id)).toMatchObject({
      label: name.slice(0, 500),
      source: { id: name.slice(0, 500) },
    });
  });

  it.each<[string, number, string, object]>([
    [
      "refused",
      422,
      "no such customer",
      { delivered: false, reason: "target_rejected", status: 422, excerpt: "no such customer" },
    ],
    ["unavailable", 503, "busy", { delivered: false, reason: "target_unavailable", status: 503, excerpt: "busy" }],
    ["redirected", 302, "", { delivered: false, reason: "target_redirected", status: 302 }],
    ["answered with the secret", 400, SECRETS.CRM_TOKEN, { delivered: false, status: 400, excerpt: "[secret]" }],
  ])("that is %s is made once and says so, in its answer and in the ledger", async (_name, code, text, said) => {
    setup.crm.behave((res) => void res.writeHead(code, { location: "/elsewhere" }).end(text));
    const sent = await sendTest({ sendout: EXAMPLE, target: "crm" });
    expect(sent).toMatchObject(said);
    expect(setup.crm.requests).toHaveLength(1);
    expect(await setup.signalbox.sendout(sent.sendout)).toMatchObject({
      deliveries: [{ state: "failed", reason: sent.reason, attempts: [{ status: code }] }],
    });
  });

  it("to nobody, or with a secret that is not set, says why", async () => {
    const nobody = await startTarget();
    await nobody.stop();
    expect(await sendTest({ sendout: EXAMPLE, target: { request: { url: nobody.url } } })).toMatchObject({
      delivered: false,
      reason: "target_unreachable",
    });
    const target = { request: { url: setup.crm.url }, auth: { type: "bearer", secret: "NOT_SET" } };
    expect(await sendTest({ sendout: EXAMPLE, target })).toMatchObject({
      delivered: false,
      reason: "secret_missing",
      detail: "the secret NOT_SET is not set",
    });
    expect(setup.crm.requests).toEqual([]);
  });

  it("needs one target", async () => {
    expect(await ask("/preview/send", { sendout: EXAMPLE })).toMatchObject({
      status: 400,
      json: { code: "request_invalid", errors: [{ path: "target", message: "a test send needs one target" }] },
    });
  });

  it("of what cannot be rendered is not made", async () => {
    const target = { request: { url: `${setup.crm.url}/{{ nothing }}` } };
    const answer = await ask("/preview/send", { sendout: EXAMPLE, target });
    expect(answer).toMatchObject({ status: 409, json: { code: "delivery_unrenderable" } });
    expect(setup.crm.requests).toEqual([]);
  });
});

describe("a Worker as deployed, which allows no local targets", () => {
  it("makes no test send to one, and names the place", async () => {
    const { SIGNALBOX_LOCAL_TARGETS: _, ...secrets } = SECRETS;
    const deployed = await startSignalbox(secrets);
    try {
      const internal = { recipe: "webhook", settings: { host: "db.internal", path: "hook" } };
      const places = [];
      for (const target of [{ request: { url: setup.crm.url } }, internal]) {
        const answer = await deployed.admin("POST", "/preview/send", { sendout: EXAMPLE, target });
        places.push([answer.status, await answer.json()]);
      }
      expect(places).toMatchObject([
        [422, { code: "table_invalid", errors: [{ path: "target.request.url" }] }],
        [422, { code: "table_invalid", errors: [{ path: "target.settings", message: "a host name is public" }] }],
      ]);
      const logged = await deployed.admin("GET", "/sendouts");
      expect(await logged.json()).toMatchObject({ sendouts: [] });
      expect(setup.crm.requests).toEqual([]);
    } finally {
      await deployed.stop();
    }
  });
});
