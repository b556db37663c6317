// The list of sendouts in a real browser, over a router whose log really has 100,000: what the rows take in memory, how long
// frames take while they are scrolled, and whether later pages are read more slowly; against a list of a few thousand in the
// same browser and the same log. How to run: README.md.

import type { Page } from "playwright-core";
import { createContext, launch, openPage } from "../test/e2e/browser.ts";
import { startBusy } from "../test/e2e/busy/busy.ts";
import { heapOf, readWhole, scrollThrough } from "../test/e2e/scrolling.ts";
import { median, percentile, printMachine, printTable, readFlags, summarise } from "./numbers.ts";

const flags = readFlags({
  sendouts: 100_000,
  rounds: 3,
});

/** The log of the busy router is of a day: what the small list has came in its last hour. */
const SMALL = "/sendouts?since=1h";
const LARGE = "/sendouts";

/** Pages at the beginning and the end of a list that are compared. */
const PAGES_COMPARED = 20;

/** Requests that the browser is to keep a record of: twice those of the longest list. */
const RECORDED_MAX = 2_000;

/** One list, read to its end and scrolled. */
interface Looked {
  rows: number;
  seconds: number;
  heapBytes: number;
  /** Of frames, in milliseconds, the shortest first. */
  frames: number[];
  /** Milliseconds that each page of the list took to arrive, in their order. */
  pages: number[];
}

const busy = await startBusy({ sendouts: flags.sendouts });
const browser = await launch();
const rounds: { small: Looked; large: Looked }[] = [];
try {
  printMachine();
  for (let round = 0; round < flags.rounds; round++)
    rounds.push({ small: await look(SMALL), large: await look(LARGE) });
} finally {
  await browser.close();
  await busy.stop();
}

const of = (pick: (looked: Looked) => number, digits: number) => {
  const [small, large] = [rounds.map((round) => pick(round.small)), rounds.map((round) => pick(round.large))];
  const ratios = large.map((value, at) => value / (small[at] ?? Number.NaN));
  return [summarise(small, digits), summarise(large, digits), summarise(ratios, 2)];
};
printTable([
  ["", "the last hour", "the whole log", "ratio"],
  ["rows", ...of(({ rows }) => rows, 0)],
  ["half of the frames, ms", ...of(({ frames }) => median(frames), 1)],
  ["95 of 100 frames, ms", ...of(({ frames }) => percentile(frames, 95), 1)],
  ["the worst frame, ms", ...of(({ frames }) => frames.at(-1) ?? Number.NaN, 1)],
  ["heap, MB", ...of(({ heapBytes }) => heapBytes / 1e6, 1)],
  ["a page of 200, ms", ...of(({ pages }) => median(pages), 1)],
  ["read in, s", ...of(({ seconds }) => seconds, 1)],
]);
const drift = rounds.map(({ large: { pages } }) => {
  return median(pages.slice(-PAGES_COMPARED)) / median(pages.slice(0, PAGES_COMPARED));
});
console.log(`\nthe last ${PAGES_COMPARED} pages of the whole log against its first: ${summarise(drift, 2)}`);

/** Opens a list in a browser's profile of its own, reads it to its end, and scrolls back through it. */
async function look(path: string): Promise<Looked> {
  const { url: origin } = busy.signalbox;
  const context = await createContext(browser, { origin, token: busy.tokens.mira });
  try {
    const { page, complaints } = await openPage(context, { origin, path });
    await page.evaluate((entries) => performance.setResourceTimingBufferSize(entries), RECORDED_MAX);
    await page.getByRole("row").nth(10).waitFor();
    const startedAt = performance.now();
    await readWhole(page);
    const seconds = (performance.now() - startedAt) / 1_000;
    const pages = await pageTimes(page);
    const rows = Number((await page.locator(".sendout-end").innerText()).replaceAll(/\D/g, ""));
    const heapBytes = await heapOf(await context.newCDPSession(page));
    const frames = await scrollThrough(page, 4 * rows); // a tenth of the list, at 40 pixels a row
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
    return { rows, seconds, heapBytes, frames, pages };
  } finally {
    await context.close();
  }
}

/** How long each page of the list took, by the browser's own record. */
async function pageTimes(page: Page): Promise<number[]> {
  return page.evaluate(() =>
    performance
      .getEntriesByType("resource")
      .filter(({ name }) => name.includes("/admin/sendouts?") && name.includes("cursor="))
      .map(({ duration }) => duration),
  );
}
