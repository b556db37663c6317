// The table's settings by forms: what is typed goes into the draft, is checked and published, and then in force.
// A secret that alerts name is not set, so that health is answered with 503.

import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** What every test begins with. The channel's kinds are what no test changes. */
const TABLE = {
  inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
  targets: { crm: { request: { url: "https://crm.example.com/", body: { code: "{{ voucher.code }}" } } } },
  routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"] }],
  settings: {
    retention: { auditDays: 400 },
    alerts: { channels: { team: { type: "slack", secret: "SLACK_PATH", kinds: ["target_down"] } } },
  },
};

async function settingsInForce(signalbox: Signalbox): Promise<unknown> {
  const answer = await signalbox.admin("GET", "/table");
  const { table } = (await answer.json()) as { table: { settings?: unknown } }; // the API's own answer
  return table.settings;
}

/** Adds what is none of those there are to a list of a form. */
async function addTo(page: Page, field: string, text: string): Promise<void> {
  await page.getByRole("combobox", { name: field }).fill(text);
  await page.getByText("Nothing has that in it.").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: `Take ${text} out` }).waitFor();
}

/** Publishes the draft from the note over a section. */
async function publishFromNote(page: Page): Promise<void> {
  await page.getByRole("link", { name: "Routes and targets › Draft" }).click();
  await page.getByRole("button", { name: "Publish" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Publish" }).click();
  await page.getByText(/is in force\. What was accepted before/).waitFor();
}

inBrowser("the forms of the table's settings", () => {
  let signalbox: Signalbox;
  const open = useBrowser();

  beforeAll(async () => {
    signalbox = await startSignalbox();
  });

  beforeEach(async () => signalbox.publish(TABLE));

  afterAll(async () => signalbox.stop());

  it("change how long things are kept: said at its field where it cannot be, published, in force", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/retention", token, expects: [503] });
    const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "Kept for" }) });
    await panel.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    const bodies = dialog.getByLabel("Payloads, requests and answers, in days");
    await bodies.fill("never");
    const metadata = dialog.getByLabel("That a sendout came, and what became of it, in days");
    await metadata.fill("20");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.getByText("expected a whole number of days from 1 to 3650").waitFor();
    expect(await bodies.getAttribute("aria-invalid")).toBe("true");
    await page.locator(":focus").and(bodies).waitFor();
    expect(await findGrave(page)).toEqual([]);
    await bodies.fill("30");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.getByText("expected metadataDays to be at least as long as bodyDays").waitFor();
    expect(await metadata.getAttribute("aria-invalid")).toBe("true");
    await metadata.fill("60");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });

    await page.getByText("2 changes of this in your draft").waitFor();
    await panel.getByText("14 days").waitFor();
    expect(await settingsInForce(signalbox)).toEqual(TABLE.settings);
    expect(await findGrave(page)).toEqual([]);
    await page.reload();
    await page.getByText("2 changes of this in your draft").waitFor();
    await publishFromNote(page);
    expect(await settingsInForce(signalbox)).toEqual({
      ...TABLE.settings,
      retention: { auditDays: 400, bodyDays: 30, metadataDays: 60 },
    });
    await page.goto("/settings/retention");
    await panel.getByText("30 days").waitFor();
    await panel.getByText("60 days").waitFor();
    expect(await page.getByText("in your draft").count()).toBe(0);
  });

  it("mask another path beside those by default, and take it back", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/retention", token, expects: [503] });
    const panel = page.locator("section").filter({ has: page.getByRole("heading", { name: "Masked", exact: true }) });
    await panel.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await addTo(page, "Mask another path", "order.metadata");
    await dialog.getByRole("button", { name: "Take email out" }).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByText("1 change of this in your draft").waitFor();
    await page.getByRole("button", { name: "As it was" }).click();
    await page.getByText("in your draft").waitFor({ state: "detached" });
  });

  it("add a channel of alerts, keep what is known of another, and put quiet hours in", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/alerts", token });
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name of a new channel").fill("Night shift");
    await dialog.getByText("Expected another: a name has 1 to 40 lowercase letters").waitFor();
    await dialog.getByLabel("Name of a new channel").fill("night");
    await dialog.getByLabel("Kind of channel").selectOption({ label: "A webhook of yours" });
    await dialog.getByRole("button", { name: "Add the channel" }).click();
    const night = dialog.getByRole("group", { name: "night" });
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.getAttribute("placeholder")))
      .toContain("https:");
    await night.getByLabel("URL").fill("https://alerts.example.com/in");
    const ids = await page.locator("[id]").evaluateAll((found) => found.map(({ id }) => id));
    expect(ids.toSorted(), "each id once").toEqual([...new Set(ids)].toSorted());
    await night.getByLabel("Hears of what is").selectOption({ label: "Critical" });
    await dialog.getByLabel("Quiet hours from").fill("22:00");
    await dialog.getByLabel("Quiet hours to").fill("seven");
    await dialog.getByRole("button", { name: "Done" }).click();
    await night.getByText("this is missing").waitFor();
    await dialog.getByText("expected a time of day, like 08:00 or 22:30").waitFor();
    expect(await findGrave(page)).toEqual([]);
    await dialog.getByLabel("Quiet hours to").fill("07:00");
    await addTo(page, "Add a secret's name", "ALERTS_SIGNING");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    await publishFromNote(page);
    expect(await settingsInForce(signalbox)).toEqual({
      ...TABLE.settings,
      alerts: {
        channels: {
          ...TABLE.settings.alerts.channels,
          night: {
            type: "webhook",
            url: "https://alerts.example.com/in",
            least: "critical",
            secrets: ["ALERTS_SIGNING"],
          },
        },
        quietHours: { from: "22:00", to: "07:00" },
      },
    });
  });

  it("name the credentials of Voucherify's Management API, which the page then asks with", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/inlets", token });
    await page.getByRole("button", { name: "Edit" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Voucherify's API").fill("https://api.example.com");
    await dialog.getByLabel("Project").fill("proj_lantern");
    await dialog.getByLabel("Secret that holds the Management Id").fill("MANAGEMENT_ID");
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.getByText("expected the scheme and host of Voucherify's API").waitFor();
    expect(await dialog.getByText("this is missing").count()).toBe(2);
    await dialog.getByLabel("Voucherify's API").fill("https://api.voucherify.io");
    await dialog.getByLabel("Secret that holds the Management Token").fill("MANAGEMENT_TOKEN");
    await dialog.getByLabel("Inlet that the webhook posts to").selectOption({ label: "voucherify" });
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    await publishFromNote(page);
    await page.goto("/settings/inlets");
    await page.getByText("the secret MANAGEMENT_ID is not set").waitFor();
    await page.getByRole("button", { name: "Edit" }).click();
    await dialog.getByRole("button", { name: "Go without it" }).click();
    await page.getByText("1 change of this in your draft").waitFor();
  });

  it("cannot be opened by somebody who may only look, and who is told why", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/settings/alerts", token: viewer });
    const edit = page.getByRole("button", { name: "Edit" });
    expect(await edit.getAttribute("aria-disabled")).toBe("true");
    await edit.focus();
    await page.getByText("Needs config, which you do not have.").first().waitFor();
  });
});
