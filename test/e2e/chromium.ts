// Where this machine has Chromium. Nothing is downloaded: the tests take the browser that the system has.

import { existsSync } from "node:fs";

/** Where systems keep it, in the order they are looked at: Debian's, Ubuntu's, Google's own, macOS. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** The program, by the variable CHROMIUM_PATH or where systems keep it; undefined where there is none. */
export function findChromium(): string | undefined {
  const named = process.env["CHROMIUM_PATH"];
  return [...(named ? [named] : PLACES)].find((path) => existsSync(path));
}
