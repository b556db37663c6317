// A list of 100,000 sendouts, scrolled in a browser: how long frames take and how much memory the rows do is printed. What
// is asserted depends on no machine. The pages are made up between browser and router: writing so many sendouts takes
// minutes, and what is looked at here is the browser. bench/list.ts has a router that really has them.

import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { inBrowser, useBrowser } from "./browser.ts";
import { heapOf, readWhole, scrollThrough } from "./scrolling.ts";

/** Sendouts of the list, and as many of them as it keeps. */
const SENDOUTS = 100_400;
const KEPT = 100_000;

/** Rows in the page at most: those of a window 900 pixels high, and some beyond either edge. */
const ROWS_IN_PAGE_MAX = 60;

/** When the newest came, in milliseconds since 1970; each other a second before. */
const NEWEST_AT = Date.parse("2026-11-29T12:00:00.000Z");

inBrowser("a list of 100,000 sendouts", { timeout: 180_000 }, () => {
  let signalbox: Signalbox;
  const open = useBrowser();

  beforeAll(async () => {
    signalbox = await startSignalbox();
  });

  afterAll(async () => signalbox.stop());

  it("keeps few rows in the page, and goes on where it ends", async () => {
    const page = await open({ origin: signalbox.url, path: "/incidents", token: SECRETS.SIGNALBOX_ADMIN_TOKEN });
    await page.route(/\/admin\/sendouts\?/, async (route) => {
      await route.fulfill({ json: answerTo(new URL(route.request().url()).searchParams) });
    });
    await page.goto("/sendouts?event=voucher.created");
    const cdp = await page.context().newCDPSession(page);
    await page.getByRole("row").nth(10).waitFor();
    const before = await heapOf(cdp);
    await readWhole(page);
    const after = await heapOf(cdp);
    console.log(`heap: ${mb(before)} with the first page, ${mb(after)} with all rows, ${mb(after - before)} for them`);

    const frames = await scrollThrough(page, 400_000);
    const at = (share: number) => `${(frames[Math.floor(frames.length * share)] ?? 0).toFixed(1)} ms`;
    console.log(`frames while scrolling: half in ${at(0.5)}, 95 of 100 in ${at(0.95)}, the worst ${at(0.999)}`);
    expect(await page.getByRole("row").count()).toBeLessThanOrEqual(ROWS_IN_PAGE_MAX);

    await page.getByRole("button", { name: "Go on with older ones" }).click();
    await page.getByRole("button", { name: /^Take off Until/ }).waitFor();
    await page
      .getByRole("row")
      .filter({ hasText: `v-${KEPT}` })
      .waitFor();
    expect(await page.getByRole("row").nth(1).getAttribute("aria-rowindex")).toBe("2");
  });
});

/** A page of the list, by the number of the sendout that it begins with. */
function answerTo(params: URLSearchParams): object {
  const until = Date.parse(params.get("until") ?? "");
  const first = Number.isNaN(until) ? 0 : Math.ceil((NEWEST_AT - until) / 1_000);
  const from = Number(params.get("cursor") ?? first);
  const to = Math.min(from + Number(params.get("limit")), SENDOUTS);
  const sendouts = Array.from({ length: to - from }, (_, index) => createListed(from + index));
  return { sendouts, next: to < SENDOUTS ? String(to) : null, complete: true };
}

/** A sendout as the list has it; its group is its number, by which it is seen in the page. */
function createListed(number: number): object {
  const id = `so_${number.toString(16).padStart(32, "0")}`;
  const receivedAt = new Date(NEWEST_AT - number * 1_000).toISOString();
  const state = number % 9 === 0 ? "failed" : "delivered";
  return {
    id,
    acceptedId: `acc_${number}`,
    receivedAt,
    inlet: "voucherify",
    state: "routed",
    event: { type: "voucher.created", id: null, occurredAt: receivedAt, groupId: `v-${number}` },
    sendoutRef: `whs_${number}`,
    deliveries: ["crm", "mail"].map((target) => ({ id: `${id}.${target}`, target, state })),
  };
}

function mb(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
