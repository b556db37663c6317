// The webhook in Voucherify by the buttons of the page, against a Voucherify of this machine: created, enabled, corrected; with
// wrong credentials; by somebody who may only look. And what is missing after it was disabled.

import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { createVoucherify, valueOf } from "../integration/voucherify.ts";
import { startManagementApi, type ManagementApi } from "../voucherify/management-api.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;
const CREDENTIALS = { id: "management-id-4f1e", token: "management-token-a90c" };

inBrowser("the webhook in Voucherify", () => {
  let signalbox: Signalbox;
  let api: ManagementApi;
  let voucherify: ReturnType<typeof createVoucherify>;
  const open = useBrowser();

  const publish = async (settings: object = {}) =>
    signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
      targets: { crm: { request: { url: "https://crm.example.com/", body: { code: "{{ voucher.code }}" } } } },
      routes: [{ id: "all", events: ["redemption.succeeded", "voucher.gift.balance_added"], to: ["crm"] }],
      settings: {
        voucherify: {
          api: api.origin,
          project: voucherify.registry.projectId,
          managementId: "MANAGEMENT_ID",
          managementToken: "MANAGEMENT_TOKEN",
          inlet: "voucherify",
          ...settings,
        },
      },
    });

  beforeAll(async () => {
    signalbox = await startSignalbox({
      ...SECRETS,
      MANAGEMENT_ID: CREDENTIALS.id,
      MANAGEMENT_TOKEN: CREDENTIALS.token,
      OLD_TOKEN: "management-token-of-last-year",
    });
    const targetUrl = new URL("/in/voucherify", signalbox.url).href;
    voucherify = createVoucherify({ targetUrl, secret: SECRETS.VOUCHERIFY_SECRET });
    api = await startManagementApi({ registry: voucherify.registry, credentials: CREDENTIALS });
    await publish();
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), api.stop()]);
  });

  it("cannot be touched by somebody who may only look, and who is told why", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/settings", token: viewer });
    const create = page.getByRole("button", { name: "Create it…" });
    expect(await create.getAttribute("aria-disabled")).toBe("true");
    await create.click({ force: true });
    await create.hover();
    await page.getByText("Needs config, which you do not have.").first().waitFor();
    expect(voucherify.registry.webhooks()).toEqual([]);
  });

  it("is created, once it has been said as what, and with what is left to do by hand", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText("The project has no webhook that posts to the inlet.").waitFor();
    await page.getByRole("button", { name: "Create it…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText(`${signalbox.url.origin}/in/voucherify`).waitFor();
    await dialog.getByText("redemption.succeeded, voucher.gift.balance_added").waitFor();
    expect(voucherify.registry.webhooks()).toEqual([]);
    expect(await findGrave(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByText("Left to do: Copy the secret that Voucherify shows there").waitFor();
    await page.getByText("It is as the table needs it.").waitFor();
    expect(voucherify.registry.webhooks()).toMatchObject([
      {
        targetUrl: `${signalbox.url.origin}/in/voucherify`,
        events: ["redemption.succeeded", "voucher.gift.balance_added"],
        active: true,
      },
    ]);
    expect(await findGrave(page)).toEqual([]);
  });

  it("is enabled again, and nothing else of it is changed", async () => {
    const [webhook] = voucherify.registry.webhooks();
    voucherify.registry.switchOff(webhook?.id ?? "");
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText("disabled", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Enable…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Enable" }).click();
    await page.getByText("active", { exact: true }).first().waitFor();
    await page.getByRole("button", { name: "Enable…" }).waitFor({ state: "detached" });
    expect(voucherify.registry.webhooks()).toEqual([webhook]);
  });

  it("gets the event types back that somebody unticked, and loses those that no route takes only when asked", async () => {
    const [{ id } = { id: "" }] = voucherify.registry.webhooks();
    voucherify.registry.editWebhook(id, {
      events: ["redemption.succeeded", "customer.updated"],
      targetUrl: `${signalbox.url.origin}/in/voucherify/old`,
    });
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText("Routes take these, and they are not ticked: voucher.gift.balance_added").waitFor();
    await page.getByText("Ticked, and taken by no route: customer.updated").waitFor();
    await page.getByRole("button", { name: "Make it as the table needs it…" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("Ticks in addition").waitFor();
    await dialog.getByText("instead of").waitFor();
    expect(await dialog.getByText("customer.updated").count()).toBe(0);
    expect(await findGrave(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    expect(voucherify.registry.webhook(id)?.events).toEqual(["redemption.succeeded", "customer.updated"]);

    await page.getByRole("button", { name: "Make it as the table needs it…" }).click();
    await dialog.getByRole("button", { name: "Change" }).click();
    await dialog.waitFor({ state: "detached" });
    expect(voucherify.registry.webhook(id)).toMatchObject({
      targetUrl: `${signalbox.url.origin}/in/voucherify`,
      events: ["redemption.succeeded", "customer.updated", "voucher.gift.balance_added"],
    });

    await page.getByRole("button", { name: "Untick what no route takes…" }).click();
    await dialog.getByText("Unticks").waitFor();
    await dialog.getByRole("button", { name: "Change" }).click();
    await page.getByText("It is as the table needs it.").waitFor();
    expect(voucherify.registry.webhook(id)?.events).toEqual(["redemption.succeeded", "voucher.gift.balance_added"]);
  });

  it("leaves, once it was disabled, how to find out what is missing, and which of its log that is", async () => {
    const { registry, sender } = voucherify;
    const [{ id } = { id: "" }] = registry.webhooks();
    const send = async () => valueOf(await sender.send(id, { event: "redemption.succeeded" })).id;
    const arrived = await send();
    await signalbox.sendout(arrived);
    registry.editWebhook(id, { secret: "another" });
    const lost: string[] = [];
    for (let count = 0; count < 12; count++) lost.push(await send());
    await signalbox.admin("POST", "/upstream/look");
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText("and still is").waitFor();
    await page.getByText(/requests? refused as signature_refused/).waitFor();
    await page.getByText("Copy what it shows into the field below").waitFor();
    const log = sender.log().map((one) => `${one.status}\tredemption.succeeded\t${one.id}`);
    await page.getByLabel("Voucherify's log, pasted").fill(log.join("\n"));
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("12 of 13 never arrived.").waitFor();
    await page.getByText("This inlet has refused requests").waitFor();
    const missing = await page.getByRole("list", { name: "Never arrived" }).locator("code").allTextContents();
    expect(missing.toSorted()).toEqual(lost.toSorted());
    const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "What is missing" }) });
    expect(await panel.textContent()).not.toMatch(/\/admin|`/);
    expect(await findGrave(page)).toEqual([]);
  });

  it("is not asked for with wrong credentials, and the page names the remedy", async () => {
    await publish({ managementToken: "OLD_TOKEN" });
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText("Voucherify could not be asked: Voucherify answered 401").waitFor();
    await page.getByText("Compare both credentials of the Management API").waitFor();
    expect(await page.getByRole("button", { name: "Create it…" }).count()).toBe(0);
    expect(await findGrave(page)).toEqual([]);
    expect(await page.content()).not.toContain("last-year");

    await publish({ managementToken: "NEVER_SET" });
    await page.reload();
    await page.getByText("the secret NEVER_SET is not set").waitFor();
    await page.getByRole("link", { name: "Secrets" }).last().click();
    await page.waitForURL(/\/settings\/secrets$/);
  });
});
