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

/** Where something is on the dashboard: its first page, a sendout or delivery by its id, a part of the table by its kind. */
export function pathOf(what: string | undefined): string {
  if (what === undefined) return "/";
  const [, kind, name = ""] = /^(target|route|inlet):(.+)$/s.exec(what) ?? [];
  if (kind !== undefined) return `/table/${kind}s/${encodeURIComponent(name)}`;
  const [, sendout = what] = /^(so_[^.]+)\./.exec(what) ?? [];
  return `/sendouts/${encodeURIComponent(sendout)}`;
}

function openIn([program, ...args]: readonly [string, ...string[]], url: string): void {
  const child = spawn(program, [...args, url], { stdio: "ignore", detached: true });
  child.on("error", () => undefined);
  child.unref();
}
