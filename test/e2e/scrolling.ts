// The list of sendouts looked at as a machine: what it holds in memory, and how long frames take while it is scrolled.

import type { CDPSession, Page } from "playwright-core";

/** What the page's scripts hold once what nobody needs is gone, in bytes. */
export async function heapOf(cdp: CDPSession): Promise<number> {
  await cdp.send("HeapProfiler.collectGarbage");
  const { usedSize } = await cdp.send("Runtime.getHeapUsage");
  return usedSize;
}

/**
 * Scrolls from the end towards the top, most of a window a frame; the length of each frame in milliseconds, the shortest
 * first.
 *
 * @param jump pixels that every fiftieth frame leaps over
 */
export async function scrollThrough(page: Page, jump: number): Promise<number[]> {
  const lengths = await page.evaluate(async (leap) => {
    const scroller = document.querySelector(".sendout-scroll");
    const frames: number[] = [];
    let last = performance.now();
    for (let step = 0; step < 300; step++) {
      scroller?.scrollBy({ top: step % 50 === 49 ? -leap : -600 });
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      frames.push(now - last);
      last = now;
    }
    return frames;
  }, jump);
  return lengths.toSorted((one, other) => one - other);
}

/** Presses End until the list has come to its end, or keeps no more. */
export async function readWhole(page: Page): Promise<void> {
  await page.getByRole("grid").focus();
  const end = page.getByRole("button", { name: "Go on with older ones" }).or(page.getByText(/^That is all: /));
  while ((await end.count()) === 0) await page.keyboard.press("End");
}
