// Settings in a browser: tokens that open sessions and end them, secrets of the vault, and how the router is.

import { afterAll, beforeAll, expect, it, onTestFinished } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { withKeys } from "../integration/vault.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

/** Each section with something that it shows once it is read. */
const SECTIONS = [
  ["inlets", "Inlet voucherify"],
  ["secrets", "CRM_KEY"],
  ["tokens", "Make a token"],
  ["alerts", "Nobody is told of incidents"],
  ["retention", "14 days"],
  ["health", "every job has run lately, or is about to for the first time"],
  ["cost", "Requests of the Worker"],
  ["audit", "PUT /admin/table"],
] as const;

inBrowser("the settings", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(withKeys("old")), startTarget()]);
    await signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
      targets: { crm: { request: { url: `${target.url}/crm` }, auth: { type: "bearer", secret: "CRM_KEY" } } },
      routes: [{ id: "all", events: ["redemption.*"], to: ["crm"] }],
    });
    await signalbox.accept(JSON.stringify(createSendout()));
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("have nothing that shuts people out at %i px, %s", async (width, scheme) => {
    // A secret is not set, so that health is answered with 503.
    const page = await open({ origin: signalbox.url, path: "/settings", token, width, scheme, expects: [503] });
    for (const [section, shown] of SECTIONS) {
      await page.goto(`/settings/${section}`);
      await page.getByText(shown).first().waitFor();
      expect(await findGrave(page), section).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), section).toBe(true);
    }
  });

  it("say the URL of an inlet and, step by step, how Voucherify is pointed at it", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    await page.getByText(`${signalbox.url.origin}/in/voucherify`).first().waitFor();
    await page.getByText("Point Voucherify at it, step by step").click();
    await page.getByText("npx wrangler secret put VOUCHERIFY_SECRET").waitFor();
    await page.getByText("With credentials of Voucherify's Management API").waitFor();
  });

  it("compare Voucherify's log, as it was pasted, with what arrived, and say what to do with each", async () => {
    const arrived = createSendout();
    await signalbox.accept(JSON.stringify(arrived));
    // More than one call takes, and one line of them that arrived.
    const lost = Array.from({ length: 1_200 }, (_, number) => `whs_${(0xabcdef00 + number).toString(16)}`);
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    const field = page.getByLabel("Voucherify's log, pasted");
    await field.fill("we have no idea what this is");
    await page.getByText("There is no id of a sendout in it").waitFor();
    expect(await page.getByRole("button", { name: "Compare" }).getAttribute("aria-disabled")).toBe("true");
    await field.fill([`sent\tredemption.succeeded\t${arrived.id}`, ...lost.map((id) => `failed\t${id}`)].join("\n"));
    await page.getByText("1,201 sendouts found in it.").waitFor();
    await page.getByRole("button", { name: "Compare" }).click();
    await page.getByText("1,200 of 1,201 never arrived.").waitFor();
    await page.getByText("Retry each in Voucherify").waitFor();
    const missing = page.getByRole("list", { name: "Never arrived" }).getByRole("listitem");
    expect(await missing.first().textContent()).toBe(`${lost[0]} failed`);
    await page.getByText("1 has arrived").click();
    expect(await findGrave(page)).toEqual([]);
    await page.getByRole("link", { name: arrived.id }).click();
    await page.waitForURL(/\/sendouts\//);
    await page.getByText("redemption.succeeded").first().waitFor();
  });

  it("take a log with far too many lines for what it is", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings", token });
    const ids = Array.from({ length: 10_001 }, (_, number) => `whs_${(0xabcd0000 + number).toString(16)}`);
    await page.getByLabel("Voucherify's log, pasted").fill(ids.join(" "));
    await page.getByText("There are 10,001 sendouts in it, and 10,000 can be compared at once").waitFor();
  });

  it("make a token that opens a session, and end that session with it", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/tokens", token });
    await page.getByRole("button", { name: "Make a token" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Whose it is").fill("Olga <b>of support</b>");
    await dialog.getByRole("button", { name: "Operator" }).click();
    await dialog.getByRole("button", { name: "Make it" }).click();
    const text = (await dialog.getByText(/^sbx_/).textContent()) ?? "";
    expect(await findGrave(page)).toEqual([]);
    await dialog.getByRole("button", { name: "I have it" }).click();
    await page.getByRole("rowheader", { name: "Olga <b>of support</b>" }).waitFor();
    expect(await page.getByText(text).count()).toBe(0);

    const hers = await open({ origin: signalbox.url, path: "/holds", expects: [401] });
    await hers.getByLabel("Token").fill(text);
    await hers.getByRole("button", { name: "Sign in" }).click();
    await hers.getByText("Nothing is paused").waitFor();
    await hers.getByRole("button", { name: "Olga" }).waitFor();

    await page.getByRole("button", { name: "Delete the token of Olga" }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("There is no token").waitFor();
    await hers.reload();
    await hers.getByLabel("Token").waitFor();
  });

  it("say what there is instead of a vault, and how to get one", async () => {
    const without = await startSignalbox();
    onTestFinished(async () => without.stop());
    const page = await open({ origin: without.url, path: "/settings/secrets", token });
    const add = page.getByRole("button", { name: "Add to the vault" });
    await add.waitFor();
    expect(await add.getAttribute("aria-disabled")).toBe("true");
    await page.getByText("There is no vault: the Worker secret SIGNALBOX_MASTER_KEYS is not set.").waitFor();
    await page.getByText("openssl rand -base64 32").waitFor();
  });

  it("show a token on a phone as a block that is still a row, with its button under a thumb", async () => {
    await createToken(signalbox, { name: "Nadia of the night shift", scopes: ["read", "replay"] });
    const page = await open({ origin: signalbox.url, path: "/settings/tokens", token, width: 390 });
    const row = page.getByRole("row", { name: /^Nadia/ });
    await row.waitFor();
    expect(await row.getByRole("cell").allTextContents()).toEqual(["read, replay", "now", "never", "never", ""]);
    await page.getByRole("columnheader", { name: "Last used" }).waitFor({ state: "attached" });
    const [head, cell, button] = await Promise.all([
      row.getByRole("rowheader").boundingBox(),
      row.getByRole("cell").first().boundingBox(),
      row.getByRole("button", { name: "Delete the token of Nadia" }).boundingBox(),
    ]);
    expect(cell?.y).toBeGreaterThanOrEqual((head?.y ?? Number.NaN) + (head?.height ?? 0));
    expect(Math.min(button?.width ?? 0, button?.height ?? 0)).toBeGreaterThanOrEqual(44);
  });

  it("put a secret into the vault, replace it, and never show it", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/secrets", token, expects: [422] });
    const row = page.getByRole("row", { name: /^CRM_KEY/ });
    await row.getByText("not set", { exact: true }).waitFor();
    await row.getByRole("button", { name: "Set" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Value").fill("a-secret-of-many-letters-77a0");
    await dialog.getByRole("button", { name: "Put into the vault" }).click();
    await row.getByText("…77a0").waitFor();
    await row.getByText(`for ${new URL(target.url).origin}`).waitFor();
    expect(await page.content()).not.toContain("a-secret-of-many-letters");

    await row.getByRole("button", { name: "Replace" }).click();
    expect(await dialog.getByLabel("Value").inputValue()).toBe("");
    await dialog.getByRole("button", { name: "Cancel" }).click();

    await page.getByRole("button", { name: "Add to the vault" }).click();
    await dialog.getByLabel("Name").fill("SIGNALBOX_MINE");
    await dialog.getByLabel("Value").fill("something");
    await dialog.getByRole("button", { name: "Put into the vault" }).click();
    await dialog.getByText("secret_reserved").waitFor();
    await page.keyboard.press("Escape");

    await row.getByRole("button", { name: "Remove CRM_KEY" }).click();
    await dialog.getByText("It is used by target crm").waitFor();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await row.getByText("not set", { exact: true }).waitFor();
  });

  it("test the router through itself", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/health", token, expects: [503, 404] });
    await page.getByRole("button", { name: "Run it" }).click();
    await page.getByRole("link", { name: "See all of it" }).waitFor();
    await page.getByText("delivered", { exact: true }).waitFor();
  });

  it("plan the deletion of a customer, ask, and show how far it is", async () => {
    const page = await open({ origin: signalbox.url, path: "/settings/retention", token, expects: [503] });
    await page.getByLabel("Everything the customer is known by").fill("cust_7b1\ngrace@example.org");
    await page.getByRole("button", { name: "See what it would be" }).click();
    await page.getByText("Without a search key it cannot be told").waitFor();
    await page.getByRole("button", { name: "Delete the customer…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("heading", { name: "Deletions" }).waitFor();
    expect(await page.getByLabel("Everything the customer is known by").inputValue()).toBe("");
    expect(await page.content()).not.toContain("grace@example.org");
  });

  it("show of the audit log what somebody did, or what was done to one thing, at an address", async () => {
    const mira = await createToken(signalbox, { name: "Mira <b>", scopes: ["read", "replay"] });
    const pausing = new URL("/admin/targets/crm/pause", signalbox.url);
    await fetch(pausing, { method: "POST", headers: { authorization: `Bearer ${mira}` }, body: "{}" });
    await signalbox.admin("POST", "/targets/crm/resume", {});
    const page = await open({ origin: signalbox.url, path: "/settings/audit?changed=true", token });
    const rows = page.getByRole("table").getByRole("row");
    const call = (name: string) => page.getByRole("table").getByRole("link", { name, exact: true });
    await call("POST /admin/tokens").first().waitFor();

    await page.getByRole("table").getByRole("link", { name: "Mira <b>" }).click();
    await call("POST /admin/tokens").first().waitFor({ state: "detached" });
    await call("POST /admin/targets/:id/pause").waitFor();
    expect(await rows.count()).toBe(2); // its head, and the one
    expect(new URL(page.url()).searchParams.get("actor")).toBe("Mira <b>");
    await page.reload();
    await call("POST /admin/targets/:id/pause").waitFor();
    expect(await rows.count()).toBe(2);

    await page.getByRole("button", { name: "Take off Who Mira <b>" }).click();
    await page.getByRole("table").getByRole("link", { name: "crm", exact: true }).first().click();
    await call("PUT /admin/table").waitFor({ state: "detached" });
    await call("POST /admin/targets/:id/resume").waitFor();
    await page.goBack();
    await call("PUT /admin/table").waitFor();

    await page.keyboard.press("f");
    await page.getByRole("menuitem", { name: "Call" }).click();
    await page.getByRole("combobox", { name: "Call" }).pressSequentially("quaran");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "No entry fits" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
    await page.locator(".empty").getByRole("button", { name: "Show all" }).click();
    await call("PUT /admin/table").waitFor();
    expect(new URL(page.url()).search).toBe("");
  });

  it("say why a viewer does not see what is not theirs", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/settings/tokens", token: viewer, expects: [503] });
    await page.getByText("Needs admin, which you do not have.").waitFor();
    await page.getByRole("link", { name: "Secrets" }).click();
    await page.getByText("Needs secrets, which you do not have.").waitFor();
    await page.getByRole("link", { name: "Health" }).click();
    expect(await page.getByRole("button", { name: "Run it" }).getAttribute("aria-disabled")).toBe("true");
  });
});
