// The migration report in a browser: what comes in the old version, what becomes of it, and what to write instead.

import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

inBrowser("the page of migration", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("says that nothing old arrives where nothing does, with the steps all the same", async () => {
    const page = await open({ origin: signalbox.url, path: "/migration", token });
    await page.getByText("Nothing old arrives").waitFor();
    await page.getByText("7. Switch the production project").waitFor();
    expect(await findGrave(page)).toEqual([]);
  });

  it("shows what comes in the old version, what becomes of it, and what to write instead", async () => {
    await signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
      targets: {
        legacy: { payload: "as received", request: { url: `${target.url}/l`, body: { id: "{{ object.id }}" } } },
      },
      routes: [{ id: "all", events: ["*"], to: ["legacy"] }],
    });
    const answer = await signalbox.admin("GET", "/events/redemption.succeeded");
    const { examples } = (await answer.json()) as { examples: Record<string, object> }; // our own API
    await signalbox.accept(JSON.stringify(examples["v2018-08-01"]));

    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/migration", token: viewer });
    const types = page.getByRole("row", { name: /^redemption.succeeded/ });
    await types.getByText("not seen yet").waitFor();
    const place = page.getByRole("row", { name: /targets.legacy.request.body.id/ });
    await place.getByRole("button", { name: "Copy redemption.id" }).waitFor();
    expect(await place.getByRole("link", { name: "Open legacy" }).getAttribute("href")).toBe("/builder/legacy");

    await page.getByLabel("Search").fill("previous_attributes");
    await page.getByRole("row", { name: "data.previous_attributes gone" }).waitFor();
    await page.getByLabel("Change").selectOption("Moved");
    await page.getByText("No field has that in it.").waitFor();

    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Copy as Markdown" }).click();
    await page.getByRole("button", { name: "Copied" }).waitFor();
    expect(await page.evaluate(async () => navigator.clipboard.readText())).toContain(
      "# From v2018-08-01 to v2024-01-01",
    );

    await page.getByRole("link", { name: "7 days" }).click();
    await page.waitForURL("**/migration?days=7");
    await types.waitFor();
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/migration", token, width, scheme });
    await page.getByRole("row", { name: /targets.legacy.request.body.id/ }).waitFor();
    expect(await findGrave(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  });
});
