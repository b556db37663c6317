// The browser for the tests of the dashboard. Where there is none they are skipped, and it is said so.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { findChromium } from "../test/e2e/chromium.ts";

/** What is said at the beginning and in the end where there is no browser. */
export const NO_BROWSER =
  "There is no Chromium: the browser tests (test/e2e) are skipped. Debian: apt-get install chromium; elsewhere, install Chrome or set CHROMIUM_PATH.";

/** Whether there is a browser. A Debian machine of a pipeline gets one where there is none: nobody could be told there. */
export function hasChromium(): boolean {
  if (findChromium() === undefined && mayInstall()) install();
  return findChromium() !== undefined;
}

function mayInstall(): boolean {
  const { CI, SIGNALBOX_INSTALL_CHROMIUM: asked } = process.env;
  return (CI !== undefined || asked !== undefined) && process.getuid?.() === 0 && isDebian();
}

function isDebian(): boolean {
  try {
    return /^ID=debian$/m.test(readFileSync("/etc/os-release", "utf8"));
  } catch {
    return false; // another system has no such file
  }
}

function install(): void {
  for (const args of [["update"], ["install", "-y", "--no-install-recommends", "chromium"]]) {
    console.log(`There is no Chromium for the browser tests: apt-get ${args.join(" ")}`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { status, stderr } = spawnSync("apt-get", args, { encoding: "utf8", env });
    if (status !== 0) return console.log(stderr);
  }
}
