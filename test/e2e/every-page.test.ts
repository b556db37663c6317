// What holds for every page, at both widths and in both colour schemes: nothing that shuts people out, nothing wider than
// the screen, nothing that jumps, and no error on the way there. What is told by pictures alone is in docs/images.

import { afterAll, beforeAll, expect, it } from "vitest";
import type { Page } from "playwright-core";
import { findGrave } from "./axe.ts";
import { inBrowser, useBrowser, type Width } from "./browser.ts";
import { startBusy, type Busy } from "./busy/busy.ts";
import { settle, shownPages } from "./pages.ts";

/** Enough for every page to have what it shows many of. */
const SENDOUTS = 1_000;

/** How much may move under somebody's eyes while a page builds itself up: what counts as good. https://web.dev/articles/cls */
const SHIFT_MAX = 0.1;

const SIGHTS = [
  { width: 1440, scheme: "light" },
  { width: 1440, scheme: "dark" },
  { width: 390, scheme: "light" },
  { width: 390, scheme: "dark" },
] as const satisfies { width: Width; scheme: "light" | "dark" }[];

inBrowser("every page", { timeout: 180_000 }, () => {
  let busy: Busy;
  const open = useBrowser();

  beforeAll(async () => {
    busy = await startBusy({ sendouts: SENDOUTS });
  });

  afterAll(async () => busy.stop());

  it.each(SIGHTS)("shuts nobody out and fits the screen at $width px, $scheme", async ({ width, scheme }) => {
    const page = await open({ origin: busy.signalbox.url, token: busy.tokens.mira, width, scheme });
    const shifts: string[] = [];
    for (const shown of await shownPages(busy)) {
      await page.goto(shown.path);
      await settle(page, shown);
      const shift = await shiftOf(page);
      shifts.push(`${shown.name} ${shift.toFixed(3)}`);
      expect(shift, `${shown.name} does not jump`).toBeLessThan(SHIFT_MAX);
      expect(await findGrave(page), shown.name).toEqual([]);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide, `${shown.name} is no wider than the screen`).toBeLessThanOrEqual(width);
      expect(await page.evaluate(tablesTooWide), `${shown.name} has no table that scrolls sideways`).toEqual([]);
    }
    console.log(`layout shift at ${width} px, ${scheme}: ${shifts.join(", ")}`);
  });
});

/** The tables of a page that do not fit where they stand, by their titles. Runs in the browser. */
function tablesTooWide(): (string | null)[] {
  const tables = [...document.querySelectorAll('[role="table"]')];
  return tables
    .filter((table) => table.scrollWidth > (table.parentElement?.clientWidth ?? 0))
    .map((table) => table.querySelector('[role="row"]')?.textContent ?? null);
}

/** How far what stands in a page has moved since it was opened, as browsers score it. */
async function shiftOf(page: Page): Promise<number> {
  return page.evaluate(() => {
    const observer = new PerformanceObserver(() => undefined);
    observer.observe({ type: "layout-shift", buffered: true });
    // The type is Chromium's own: https://wicg.github.io/layout-instability/#sec-layout-shift
    const shifts = observer.takeRecords() as (PerformanceEntry & { value: number })[];
    return shifts.reduce((sum, { value }) => sum + value, 0);
  });
}
