// Voucherify disables the webhook, as it does after twelve failed tries: the watchdog notices, tells, enables it again, and the
// report says which sendouts are missing. The built Worker, and a Voucherify that sends and has a Management API.

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startManagementApi, type ManagementApi } from "../voucherify/management-api.ts";
import { isSettled, SECRETS, startSignalbox, type Signalbox } from "./signalbox.ts";
import { startTarget, status, type Target } from "./target.ts";
import { createVoucherify, valueOf } from "./voucherify.ts";

const CREDENTIALS = { id: "management-id-4f1e", token: "management-token-a90c" };
const SECRET = SECRETS.VOUCHERIFY_SECRET;

let signalbox: Signalbox;
let target: Target;
let api: ManagementApi;
let voucherify: ReturnType<typeof createVoucherify>;

beforeAll(async () => {
  const secrets = { ...SECRETS, MANAGEMENT_ID: CREDENTIALS.id, MANAGEMENT_TOKEN: CREDENTIALS.token };
  [signalbox, target] = await Promise.all([startSignalbox(secrets), startTarget()]);
  target.behave(status(204));
  voucherify = createVoucherify({ targetUrl: new URL("/in/voucherify", signalbox.url).href, secret: SECRET });
  api = await startManagementApi({ registry: voucherify.registry, credentials: CREDENTIALS });
  await signalbox.publish({
    inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
    targets: { crm: { request: { url: target.url, body: { code: "{{ voucher.code }}" } } } },
    routes: [{ id: "all", events: ["redemption.succeeded", "voucher.gift.balance_added"], to: ["crm"] }],
    settings: {
      voucherify: {
        api: api.origin,
        project: voucherify.registry.projectId,
        managementId: "MANAGEMENT_ID",
        managementToken: "MANAGEMENT_TOKEN",
        inlet: "voucherify",
        reenable: "by itself",
      },
    },
  });
});

afterAll(async () => {
  await Promise.all([signalbox.stop(), target.stop(), api.stop()]);
});

async function ask(method: string, path: string, body?: unknown) {
  const answer = await signalbox.admin(method, path, body);
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> }; // of which tests look at some
}

/** Sends an event and returns the sendout's id, in Voucherify's words. */
async function send(webhookId: string): Promise<string> {
  return valueOf(await voucherify.sender.send(webhookId, { event: "redemption.succeeded" })).id;
}

async function incidents(state: "open" | "resolved") {
  const { json } = await ask("GET", `/incidents?state=${state}`);
  return (json["incidents"] as { kind: string; detail: string }[]).filter(({ kind }) => kind.startsWith("webhook_"));
}

describe("a webhook that Voucherify disables", () => {
  let webhookId: string;
  const arrived: string[] = [];
  const refused: string[] = [];

  it("is set up from the table with one call", async () => {
    const made = await ask("POST", "/upstream/webhook", {});
    expect(made).toMatchObject({ status: 200, json: { action: "create", applied: true } });
    const [webhook] = voucherify.registry.webhooks();
    expect(webhook).toMatchObject({
      targetUrl: `${signalbox.url.origin}/in/voucherify`,
      events: ["redemption.succeeded", "voucher.gift.balance_added"],
    });
    webhookId = webhook?.id ?? "";
    for (let count = 0; count < 2; count++) arrived.push(await send(webhookId));
    await signalbox.sendout(arrived[1] ?? "", isSettled);
    await ask("POST", "/upstream/look");
    expect((await ask("GET", "/upstream")).json).toMatchObject({
      difference: { url: "same", missing: [], superfluous: [] },
      watch: { state: "active", failures: 0 },
    });
  });

  it("is noticed, told, and enabled again", async () => {
    voucherify.registry.editWebhook(webhookId, { secret: "another" });
    for (let count = 0; count < 12; count++) refused.push(await send(webhookId));
    expect(voucherify.registry.webhook(webhookId)?.active).toBe(false);
    expect(await ask("POST", "/upstream/look")).toMatchObject({ status: 200, json: { watch: { state: "active" } } });
    expect(voucherify.registry.webhook(webhookId)?.active).toBe(true);
    expect(await incidents("open")).toMatchObject([
      { kind: "webhook_disabled", detail: expect.stringContaining("It has been enabled again") },
    ]);
    voucherify.registry.editWebhook(webhookId, { secret: SECRET });
    arrived.push(await send(webhookId));
    await signalbox.sendout(arrived[2] ?? "");
    await ask("POST", "/upstream/look");
    expect(await incidents("open")).toEqual([]);
    expect(await incidents("resolved")).toMatchObject([{ kind: "webhook_disabled", resolvedBy: "itself" }]);
  });

  it("leaves a report of when, and of which of the sendouts in Voucherify's log are missing", async () => {
    const { json: report } = await ask("GET", "/upstream/gap");
    expect(report).toMatchObject({
      inlet: "voucherify",
      gaps: [
        {
          cause: "disabled",
          webhook: webhookId,
          beganAfter: expect.any(String),
          endedBy: "itself",
          lastReceivedAt: expect.any(String),
          firstReceivedAt: expect.any(String),
        },
      ],
      refused: [{ kind: "signature_refused" }],
      received: [{ type: "redemption.succeeded", count: 3 }],
    });
    // What Voucherify shows under Audit log, Webhook sendouts, copied as it stands there.
    const log = voucherify.sender.log().map(({ id, status: said }) => `${id}\tredemption.succeeded\t${said}`);
    const { json: found } = await ask("POST", "/upstream/gap", { sendouts: log.join("\n") });
    expect(found).toMatchObject({ asked: 15, recorded: 3, missing: refused });
    console.log(JSON.stringify({ report, found }, null, 2));
  });

  it("has one less missing when one is sent again by hand", async () => {
    const [first = "", ...others] = refused;
    valueOf(await voucherify.sender.retry(first));
    await signalbox.sendout(first, isSettled);
    expect((await ask("POST", "/upstream/gap", { sendouts: refused })).json).toMatchObject({ missing: others });
  });

  it("has its credentials nowhere in what anybody is told", async () => {
    const told = await Promise.all(
      ["/upstream", "/upstream/gap", "/incidents", "/audit"].map((path) => ask("GET", path)),
    );
    expect(JSON.stringify(told)).not.toMatch(/4f1e|a90c/);
  });
});
