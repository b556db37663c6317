// Coming in and going out, in a browser: what somebody sees who has a token, has a wrong one, or may only look.

import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const ROOT = SECRETS.SIGNALBOX_ADMIN_TOKEN;

inBrowser("signing in", () => {
  let signalbox: Signalbox;
  const open = useBrowser();

  beforeAll(async () => {
    signalbox = await startSignalbox();
  });

  afterAll(async () => signalbox.stop());

  it("says that a token is wrong, and lets another be tried", async () => {
    const page = await open({ origin: signalbox.url, expects: [401] });
    await page.getByLabel("Token").fill("sbx_of-somebody-else");
    await page.getByRole("button", { name: "Sign in" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("token");
    await page.getByLabel("Token").fill(ROOT);
    await page.getByLabel("Token").press("Enter");
    await page.getByRole("navigation", { name: "Pages" }).waitFor();
  });

  it("stays signed in over a reload, at the page that was opened", async () => {
    const page = await open({ origin: signalbox.url, path: "/incidents", expects: [401] });
    await page.getByLabel("Token").fill(ROOT);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { level: 1, name: "Incidents" }).waitFor();
    expect(await page.getByLabel("Token").count()).toBe(0);
    expect(await page.evaluate(() => document.cookie + JSON.stringify([localStorage, sessionStorage]))).not.toContain(
      ROOT,
    );
  });

  it("is out after signing out, and Back shows nothing", async () => {
    const page = await open({ origin: signalbox.url, path: "/sendouts", token: ROOT, expects: [401] });
    await page.getByRole("button", { name: "Worker secret" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("Token").waitFor();
    await page.goBack();
    await page.goForward();
    await page.getByLabel("Token").waitFor();
    expect(await page.getByRole("navigation", { name: "Pages" }).count()).toBe(0);
  });

  it("shows a viewer who they are", async () => {
    const token = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, token });
    await page.getByRole("button", { name: "Vera" }).waitFor();
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, width, scheme, expects: [401] });
    await page.getByLabel("Token").waitFor();
    expect(await findGrave(page)).toEqual([]);
  });
});
