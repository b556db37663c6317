// How every command that talks to a router ends: it is carried out there, and its outcome is printed.

import { show, type Outcome } from "../outcome.ts";
import type { RouterOptions } from "./router-options.ts";
import type { RouterInReach } from "./with-router.ts";

/** Carries a command out on the router that its options choose, and prints what comes of it. */
export async function onRouter(
  options: RouterOptions,
  run: (router: RouterInReach) => Promise<Outcome>,
): Promise<void> {
  // Loaded only now, as what the command itself needs should be: helps and the other commands need none of it.
  const { withRouter } = await import("./with-router.ts");
  show(await withRouter(options, run));
}
