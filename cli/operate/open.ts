// What `signalbox open` answers: the URL of something on a router, opened in a browser where somebody sits before one.

import { spawn } from "node:child_process";
import { isatty } from "node:tty";
import { answer, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";

/** The program that opens a URL, by platform. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [program: string, ...args: string[]]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
  linux: ["xdg-open"],
};

/** Prints the URL, and opens it at a terminal. That nothing can open it changes nothing: the URL is there. */
export function answerOpen({ origin }: RouterInReach, what: string | undefined, print: boolean | undefined): Outcome {
  const url = new URL(pathOf(what), origin).href;
  const opener = OPENERS[process.platform];
  if (!print && isatty(1) && opener !== undefined) openIn(opener, url);
  return answer(url);
}

/** Where something is: the reference of the API, a sendout or delivery by its id, a target or route by kind and name. */
export function pathOf(what: string | undefined): string {
  if (what === undefined) return "/reference";
  const [, kind, name = ""] = /^(target|route|inlet):(.+)$/s.exec(what) ?? [];
  if (kind !== undefined) return `/admin/${kind}s/${encodeURIComponent(name)}`;
  const isDelivery = what.startsWith("so_") && what.includes(".");
  return `/admin/${isDelivery ? "deliveries" : "sendouts"}/${encodeURIComponent(what)}`;
}

function openIn([program, ...args]: readonly [string, ...string[]], url: string): void {
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
