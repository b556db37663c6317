// Pausing, holding, resuming and discarding by clicks, through the built Worker to a real target.

import { afterAll, beforeAll, expect, it } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, type SendoutView, type Signalbox } from "../integration/signalbox.ts";
import type { Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken, startRouter } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

inBrowser("the page of holds", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    const names = ["crm", "mail"];
    [signalbox, target] = await startRouter((url) => ({
      targets: Object.fromEntries(names.map((name) => [name, { request: { url: `${url}/${name}` } }])),
      routes: names.map((name) => ({ id: `to-${name}`, events: [`test.${name}`], to: [name] })),
    }));
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("pauses a target, shows what waits, and lets it go again", async () => {
    const page = await open({ origin: signalbox.url, path: "/holds", token });
    await page.getByText("Nothing is paused, and nothing waits").waitFor();

    await page.getByRole("button", { name: "Pause…" }).click();
    await page.getByRole("combobox", { name: "Target or route" }).fill("crm");
    await page.getByRole("option", { name: /^crm/ }).click();
    await page.getByLabel("Why (may be left empty)").fill("their <b>maintenance</b>");
    await page.getByLabel("Until (may be left empty)").fill("2099-01-01T10:00");
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByText("their <b>maintenance</b>").waitFor();
    await page.locator(".pause").getByText("Worker secret").waitFor();
    // Ten o'clock in the browser's zone, Berlin.
    expect(await page.locator("time").last().getAttribute("datetime")).toBe("2099-01-01T09:00:00.000Z");
    expect(new URL(page.url()).search).toBe("");

    const held = await signalbox.accept(sendoutTo("crm"), are("held"));
    expect(target.to("/crm")).toEqual([]);
    await page.getByRole("link", { name: "1: show them" }).waitFor();
    expect(await findGrave(page)).toEqual([]);

    await page.getByRole("button", { name: "Resume" }).click();
    await page.getByRole("dialog").getByText("1 delivery go").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Resume" }).click();
    await page.getByText("Nothing is paused, and nothing waits").waitFor();
    const { deliveries } = await signalbox.sendout(held.id, isSettled);
    expect(deliveries).toMatchObject([{ state: "delivered", attemptsMade: 1 }]);
    expect(target.to("/crm")).toHaveLength(1);
  });

  it("discards what a pause holds once it has said how many, and the pause stays", async () => {
    await signalbox.admin("POST", "/targets/mail/pause", {});
    const held = await signalbox.accept(sendoutTo("mail"), are("held"));
    const page = await open({ origin: signalbox.url, path: "/holds", token });
    await page.getByRole("button", { name: "Discard what waits" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1 delivery will not be sent.").waitFor();
    await page.keyboard.press("Escape");
    expect((await signalbox.sendout(held.id)).deliveries).toMatchObject([{ state: "held" }]);

    await page.getByRole("button", { name: "Discard what waits" }).click();
    await dialog.getByRole("button", { name: "Discard 1 delivery" }).click();
    await page.getByText("1 delivery discarded").waitFor();
    expect((await signalbox.sendout(held.id)).deliveries).toMatchObject([{ state: "cancelled" }]);
    await page.getByRole("heading", { name: "Target mail" }).waitFor();
    expect(target.to("/mail")).toEqual([]);
    await signalbox.admin("POST", "/targets/mail/resume", {});
  });

  it("opens with what a link has chosen, and says what is not in the table", async () => {
    const page = await open({ origin: signalbox.url, path: "/holds?pause=target:gone", token, expects: [404] });
    await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
    await page.getByRole("alert").getByText("not_found").waitFor();
  });

  it("lets a viewer see and not change", async () => {
    await signalbox.admin("POST", "/routes/to-crm/pause", {});
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, path: "/holds", token: viewer });
    const resume = page.getByRole("button", { name: "Resume" });
    await resume.waitFor();
    expect(await resume.getAttribute("aria-disabled")).toBe("true");
    await resume.click({ force: true });
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.getByText("Needs replay, which you do not have.").waitFor();
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("has nothing that shuts people out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, path: "/holds?pause=", token, width, scheme });
    await page.getByRole("combobox", { name: "Target or route" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
  });
});

/** A sendout that goes to one target, by the route of its own. */
function sendoutTo(name: string): string {
  return JSON.stringify(createSendout({ event: { type: `test.${name}` } }));
}

/** Whether every delivery has come to a state. */
function are(state: string) {
  return ({ deliveries }: SendoutView) => deliveries.length > 0 && deliveries.every((one) => one.state === state);
}
