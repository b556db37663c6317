// The way of somebody who has never seen the dashboard: from the sign-in page of an empty router to a delivered example. The
// clicks are counted, and the time that it takes without thinking is told.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { Locator } from "playwright-core";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";
import { inBrowser, useBrowser } from "./browser.ts";

inBrowser("a new user", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("gets from the sign-in page to a delivered message without documentation", async () => {
    let clicks = 0;
    const click = async (what: Locator) => {
      await what.click();
      clicks++;
    };
    const page = await open({ origin: signalbox.url, expects: [401] });
    const begun = Date.now();
    await page.getByLabel("Token").fill(SECRETS.SIGNALBOX_ADMIN_TOKEN); // has the focus already
    await click(page.getByRole("button", { name: "Sign in" }));
    await click(page.getByRole("link", { name: "Build a target" }));
    await click(page.getByRole("button", { name: "Any other API" }));
    await click(page.getByRole("textbox", { name: "URL", exact: true }));
    await page.keyboard.insertText(`${target.url}/slack`);
    await click(page.getByRole("textbox", { name: "Body", exact: true }));
    await page.keyboard.insertText('{ "text": "{{ customer.name }} has redeemed {{ voucher.code }}" }');
    await page.getByRole("textbox", { name: "Body as it is sent" }).getByText("Mira Halvorsen has redeemed").waitFor();
    await click(page.getByRole("button", { name: "Save as a target" }));
    await page.getByLabel("Name of the target").fill("team");
    await click(page.getByRole("button", { name: "Publish" }));
    await click(page.getByRole("button", { name: "Send an example" }));
    await page.getByRole("dialog").getByText("delivered", { exact: true }).waitFor();
    console.log(
      `from the sign-in page to a delivered message: ${clicks} clicks, ${Date.now() - begun} ms by a machine`,
    );
    expect(target.to("/slack").map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      { text: "Mira Halvorsen has redeemed AUTUMN-15-K7QP" },
    ]);
    expect(clicks).toBeLessThanOrEqual(8);
  });
});
