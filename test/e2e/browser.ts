// A real browser for tests of the dashboard. Whatever goes wrong in a page fails the test that opened it: an error of a
// script and what Chromium says of it in the console, among that whatever the Content Security Policy did not allow.

import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, onTestFinished } from "vitest";
import { findChromium } from "./chromium.ts";

/** Widths that every page is made for, with the height of such a screen. In CSS pixels. */
const SCREENS = { 1440: 900, 390: 844 } as const;
export type Width = keyof typeof SCREENS;

/** How a page is opened. */
export interface Opening {
  /** Where the router is. */
  origin: URL;
  path?: string;
  /** Whose session it is; nobody's when left out. */
  token?: string;
  width?: Width;
  scheme?: "light" | "dark";
  /** Statuses that the page is to be answered with, which browsers note as errors. */
  expects?: readonly number[];
}

/** `describe` for tests that need a browser: skipped where there is none. */
export const inBrowser = describe.skipIf(findChromium() === undefined);

/** Starts a browser for the tests of a block, and gives the function with which each opens its pages. */
export function useBrowser(): (opening: Opening) => Promise<Page> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(async () => browser.close());
  return async (opening) => {
    const context = await createContext(browser, opening);
    onTestFinished(async () => context.close());
    const { page, complaints } = await openPage(context, opening);
    onTestFinished(() => expect(complaints, "what went wrong in the page").toEqual([]));
    return page;
  };
}

/** Starts Chromium. It asks nobody but the page's own origin for anything. */
export async function launch(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error("There is no Chromium: set CHROMIUM_PATH.");
  const args = [
    "--no-sandbox", // as root, which tests in containers are, there is none
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];
  return chromium.launch({ executablePath, args, headless: true });
}

/** A browser's profile of its own, signed in where a token is given. */
export async function createContext(
  browser: Browser,
  { origin, token, width = 1440, scheme = "light" }: Opening,
): Promise<BrowserContext> {
  const context = await browser.newContext({
    viewport: { width, height: SCREENS[width] },
    ...(width === 390 && { isMobile: true, hasTouch: true }), // a phone, whose scrollbars take no room
    colorScheme: scheme,
    reducedMotion: "reduce",
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
    baseURL: origin.origin,
  });
  if (token !== undefined) await signIn(context, origin, token);
  return context;
}

/** Opens a session as the sign-in page does. Playwright's own requests would refuse its cookie, which is for TLS. */
async function signIn(context: BrowserContext, origin: URL, token: string): Promise<void> {
  const answer = await fetch(new URL("/admin/session", origin), { method: "POST", body: JSON.stringify({ token }) });
  const [cookie = ""] = answer.headers.getSetCookie();
  const [name = "", value = ""] = cookie.split(";", 1)[0]?.split("=") ?? [];
  if (answer.status !== 201 || value === "") throw new Error(`nobody is signed in: ${answer.status}`);
  // A browser takes it over plain HTTP from this machine itself, as it counts as safe; the tool has to be told so.
  await context.addCookies([
    { name, value, url: `https://${origin.host}`, secure: true, httpOnly: true, sameSite: "Strict" },
  ]);
}

/** Opens a page, and collects what goes wrong in it from then on. */
export async function openPage(
  context: BrowserContext,
  { path = "/", expects = [] }: Opening,
): Promise<{ page: Page; complaints: string[] }> {
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => {
    const text = message.text();
    const isExpected = expects.some((status) =>
      text.startsWith(`Failed to load resource: the server responded with a status of ${status} `),
    );
    if ((message.type() === "error" || message.type() === "warning") && !isExpected)
      complaints.push(`${message.type()}: ${text}`);
  });
  await page.goto(path);
  return { page, complaints };
}
