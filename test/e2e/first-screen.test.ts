// What the first screen costs: its program compressed, which has a limit, and how long it takes, which is told and not tested
// because it depends on the machine.

import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, it } from "vitest";
import { SECRETS, startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { inBrowser, useBrowser } from "./browser.ts";

/** What the program of the first screen may take on its way, in bytes, compressed. */
const SCRIPT_BYTES_MAX = 200_000;

inBrowser("the first screen", () => {
  let signalbox: Signalbox;
  const open = useBrowser();

  beforeAll(async () => {
    signalbox = await startSignalbox();
  });

  afterAll(async () => signalbox.stop());

  it.each([
    ["signed out", undefined, "heading", "Sign in to Signalbox"],
    ["the overview", SECRETS.SIGNALBOX_ADMIN_TOKEN, "link", "Accepted"],
  ] as const)("loads less than 200 kB of program: %s", async (what, token, role, words) => {
    const page = await open({ origin: signalbox.url, expects: [401], ...(token !== undefined && { token }) });
    await page.getByRole(role, { name: words }).waitFor();
    // Once more, as somebody sees it who comes back; the clock is the page's own.
    await page.reload({ waitUntil: "commit" });
    await page.getByRole(role, { name: words }).waitFor();
    const thereMs = await page.evaluate(() => performance.now());
    const scripts = await page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .map(({ name }) => new URL(name).pathname)
        .filter((path) => path.endsWith(".js")),
    );
    const sizes = await Promise.all(scripts.map(async (path) => sizeOf(new URL(path, signalbox.url))));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    const paintMs = await page.evaluate(
      () => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? Number.NaN,
    );
    console.log(
      `${what}: ${scripts.length} scripts, ${bytes} bytes compressed; first paint after ${Math.round(paintMs)} ms, there after ${Math.round(thereMs)} ms`,
    );
    expect(scripts.length).toBeGreaterThan(0);
    expect(bytes).toBeLessThan(SCRIPT_BYTES_MAX);
  });
});

async function sizeOf(url: URL): Promise<number> {
  const answer = await fetch(url);
  return gzipSync(new Uint8Array(await answer.arrayBuffer())).length;
}
