// Every page of the dashboard with something to show, for those who look at all of them: the tests of what shuts people
// out, and the pictures in docs/images. A new page, or a new state worth seeing, is one line here.

import type { Page } from "playwright-core";
import type { Busy } from "./busy/busy.ts";

/** A page to look at. */
export interface Shown {
  /** What its pictures are called. */
  name: string;
  path: string;
  /** What is done with it before one looks. */
  open?: (page: Page) => Promise<void>;
}

/** The pages, over a busy router. */
export async function shownPages({ signalbox }: Busy): Promise<Shown[]> {
  const answer = await signalbox.admin("GET", "/sendouts?deliveryState=failed&limit=1");
  const { sendouts } = (await answer.json()) as { sendouts: { id: string }[] }; // the API's own answer
  const { replays } = (await (await signalbox.admin("GET", "/replays")).json()) as { replays: { id: string }[] }; // too
  return [
    { name: "overview", path: "/" },
    { name: "sendouts", path: "/sendouts" },
    { name: "sendout", path: `/sendouts/${sendouts[0]?.id}` },
    { name: "incidents", path: "/incidents" },
    { name: "table", path: "/table", open: counted },
    { name: "target", path: "/table/targets/erp", open: counted },
    { name: "versions", path: "/table/versions" },
    { name: "builder", path: "/builder?recipe=slack-webhook", open: rendered },
    { name: "quarantine", path: "/quarantine" },
    { name: "holds", path: "/holds" },
    { name: "replays", path: "/replays" },
    { name: "replay", path: `/replays/${replays[0]?.id}` },
    { name: "migration", path: "/migration" },
    { name: "settings", path: "/settings" },
    { name: "tokens", path: "/settings/tokens" },
    { name: "health", path: "/settings/health" },
    { name: "audit", path: "/settings/audit" },
  ];
}

/** The picture of the table has the numbers of its lines. */
async function counted(page: Page): Promise<void> {
  await page.getByText(/^Lines are/).waitFor({ state: "attached" });
}

/** The Builder has the fields of its event. */
async function rendered(page: Page): Promise<void> {
  await page.getByRole("treeitem", { name: /^name/ }).waitFor();
}

/** How long a page may take until all of it is there, in milliseconds. */
const PATIENCE_MS = 20_000;

/** Resolves when a page has its title and nothing of it is on its way any more. */
export async function settle(page: Page, { open }: Pick<Shown, "open"> = {}): Promise<void> {
  const isThere = () => document.querySelector("main h1") !== null && document.querySelector(".loading") === null;
  await page.waitForFunction(isThere, undefined, { timeout: PATIENCE_MS });
  await open?.(page);
  await page.waitForFunction(isThere, undefined, { timeout: PATIENCE_MS });
}
