// The overview: an empty router's three steps, ticked off as they happen, and a busy one's numbers, which lead to what they
// count.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { createSendout } from "../fixtures/sendout.ts";
import { isSettled, SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, status, type Target } from "../integration/target.ts";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { createToken } from "./dashboard.ts";

const token = SECRETS.SIGNALBOX_ADMIN_TOKEN;

function step(page: Page, title: string) {
  return page.getByRole("listitem").filter({ has: page.getByRole("heading", { level: 3, name: title }) });
}

inBrowser("the overview of an empty router", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("leads from nothing to a delivered example in three steps, and ticks them off as they happen", async () => {
    const page = await open({ origin: signalbox.url, token });
    const [point, choose, send] = [
      step(page, "Point Voucherify here"),
      step(page, "Choose a target"),
      step(page, "Send an example"),
    ];
    await point.getByText(`${signalbox.url.origin}/in/voucherify`).waitFor();
    await send.getByRole("button", { name: "Send" }).waitFor();
    expect(await send.getByRole("button", { name: "Send" }).getAttribute("aria-disabled")).toBe("true");
    expect(await findGrave(page)).toEqual([]);

    await choose.getByRole("link", { name: "Build a target" }).click();
    await page.waitForURL("**/builder");
    await signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } },
      targets: { team: { request: { url: `${target.url}/team`, body: { text: "{{ customer.name }}" } } } },
      routes: [{ id: "all", events: ["redemption.*"], to: ["team"] }],
    });
    await page.goBack();
    await choose.getByText("The table has a route to a target.").waitFor();

    await point.getByText("Step by step in Voucherify").click();
    await point.getByText(/Tick these \d+ events: .*redemption\.succeeded/).waitFor();

    await send.getByRole("button", { name: "Send" }).click();
    await send.getByText("A delivery has arrived.").waitFor();
    expect(target.to("/team")).toHaveLength(1);
    // An example of our own is no sign of Voucherify.
    await point.getByText("A webhook of your Voucherify project posts to this URL:").waitFor();

    await signalbox.accept(JSON.stringify(createSendout({ event: { type: "voucher.created" } })), isSettled);
    await page.getByRole("heading", { name: "Three steps to your first delivery" }).waitFor({ state: "detached" });
  });
});

inBrowser("the overview of a router at work", () => {
  let signalbox: Signalbox;
  let target: Target;
  const open = useBrowser();

  beforeAll(async () => {
    [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
    target.behave((res, request, count) =>
      request.path === "/erp" ? status(422)(res, request, count) : status(200)(res, request, count),
    );
    await signalbox.publish({
      inlets: { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET", "NEXT_SECRET"] } } },
      targets: {
        crm: { request: { url: `${target.url}/crm` } },
        erp: { request: { url: `${target.url}/erp` } },
        mail: { request: { url: `${target.url}/mail` } },
      },
      routes: [{ id: "all", events: ["test.*"], to: ["crm", "erp", "mail"] }],
    });
    await signalbox.admin("POST", "/targets/mail/pause", { note: "until noon" });
    await signalbox.accept(
      JSON.stringify(createSendout({ event: { type: "test.one" } })),
      ({ deliveries }) => deliveries.every(({ state }) => state !== "pending") && deliveries.length === 3,
    );
  });

  afterAll(async () => {
    await Promise.all([signalbox.stop(), target.stop()]);
  });

  it("counts, says how each target and inlet stands, and leads to what is counted", async () => {
    const page = await open({ origin: signalbox.url, token });
    await page.getByRole("link", { name: "Delivered 1" }).waitFor();
    await page.getByRole("link", { name: /^Failed 1/ }).waitFor();
    await page.getByRole("link", { name: /^Held now 1/ }).waitFor();
    const rows = page.getByRole("row");
    await rows.filter({ hasText: "mail" }).getByText("paused", { exact: true }).waitFor();
    await rows.filter({ hasText: "crm" }).getByText("healthy").waitFor();
    await rows.filter({ hasText: "voucherify" }).getByText("NEXT_SECRET not set").waitFor();
    await page.getByRole("link", { name: 'Deliveries to "erp" failed for good' }).waitFor();

    await rows.filter({ hasText: "erp" }).getByRole("link", { name: "1" }).click();
    await page.waitForURL(/\/sendouts\?.*target=erp.*deliveryState=failed/);
  });

  it("is whole without its charts, and loads itself anew but once, where a part of the program is gone", async () => {
    const page = await open({ origin: signalbox.url, path: "/incidents", token, expects: [404] });
    let loads = 0;
    page.on("domcontentloaded", () => loads++);
    await page.route(/\/assets\/chart-.*\.js$/, async (route) => route.fulfill({ status: 404 }));
    await page.goto("/");
    await page.getByText("The chart cannot be shown").nth(1).waitFor();
    await page.getByRole("link", { name: "crm", exact: true }).waitFor();
    expect(loads).toBe(2);
  });

  it("keeps the time that is looked at in the address", async () => {
    const page = await open({ origin: signalbox.url, path: "/?range=7d", token });
    const times = page.getByRole("navigation", { name: "Time looked at" });
    expect(await times.getByRole("link", { name: "7 d" }).getAttribute("aria-current")).toBe("page");
    await times.getByRole("link", { name: "1 h" }).click();
    await page.waitForURL("**/?range=1h");
  });

  it("is the same for somebody who may only look, without a button that does anything", async () => {
    const viewer = await createToken(signalbox, { name: "Vera", scopes: ["read"] });
    const page = await open({ origin: signalbox.url, token: viewer });
    await page.getByRole("link", { name: "Delivered 1" }).waitFor();
  });

  it.each([
    [1440, "light"],
    [1440, "dark"],
    [390, "light"],
    [390, "dark"],
  ] as const)("shuts nobody out at %i px, %s", async (width, scheme) => {
    const page = await open({ origin: signalbox.url, token, width, scheme });
    await page.getByRole("link", { name: "Delivered 1" }).waitFor();
    expect(await findGrave(page)).toEqual([]);
  });
});
