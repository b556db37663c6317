// Waits until the router that was deployed answers, and takes the token: a new address at workers.dev, and a secret that
// was set, are not everywhere at once.

import { setTimeout as wait } from "node:timers/promises";
import { answerOf, type Admin } from "../client/admin.ts";
import { RouterError } from "../client/router-error.ts";
import type { Taken } from "./steps.ts";

/** How long a change may take to be everywhere, in milliseconds: a new workers.dev name takes the longest, about a minute. */
const SETTLED_WITHIN_MS = 120_000;

const EVERY_MS = 1_000;

/** What passes by itself within a minute after a deploy. A token that is refused does so only when it was set just now. */
const PASSING: ReadonlySet<string> = new Set([
  "router_unreachable",
  "router_silent",
  "not_a_router",
  "answer_unclear",
  "admin_disabled",
]);

/**
 * Asks the router until it answers.
 *
 * @param isTokenNew whether the token was set in this deploy
 * @throws RouterError what it answered last
 */
export async function awaitRouter(
  admin: Admin,
  url: string,
  isTokenNew: boolean,
  patienceMs = SETTLED_WITHIN_MS,
): Promise<Taken<undefined>> {
  const begun = Date.now();
  for (;;) {
    try {
      const { version } = await answerOf(admin.table.$get());
      return { state: "done", detail: `${url} answers, with version ${version} of the table`, value: undefined };
    } catch (error) {
      const mayPass =
        error instanceof RouterError &&
        (PASSING.has(error.complaint.reason) || (isTokenNew && error.complaint.reason === "token_invalid"));
      if (!mayPass || Date.now() - begun > patienceMs) throw error;
    }
    await wait(EVERY_MS);
  }
}
