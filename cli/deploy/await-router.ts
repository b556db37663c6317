// Waits until the router that was deployed answers, and takes the token: a new address at workers.dev, and a secret that
// was set, are not everywhere at once.

import { setTimeout as sleep } from "node:timers/promises";
import { answerOf, type Admin } from "../client/admin.ts";
import { RouterError } from "../client/router-error.ts";
import type { Taken } from "./steps.ts";

/** How long a change may take to be everywhere, in milliseconds: a new workers.dev name takes the longest, about a minute. */
const SETTLED_WITHIN_MS = 120_000;

/** How long to wait before asking again, in milliseconds, by why there was no answer. All of these pass by themselves. */
const PASSING: Readonly<Record<string, number>> = {
  router_unreachable: 1_000,
  router_silent: 1_000,
  not_a_router: 1_000,
  answer_unclear: 1_000,
  admin_disabled: 1_000,
};

/** The same for a token that was set just now: a router takes more than twenty wrong ones a minute for guesses. */
const TOKEN_PASSING_MS = 5_000;

/**
 * Asks the router until it answers.
 *
 * @param isTokenNew whether the token was set in this deploy
 * @param pause passes a time, in milliseconds
 * @throws RouterError what it answered last
 */
export async function awaitRouter(
  admin: Admin,
  url: string,
  isTokenNew: boolean,
  pause: (ms: number) => Promise<unknown> = sleep,
): Promise<Taken<undefined>> {
  const begun = Date.now();
  for (;;) {
    try {
      const { version } = await answerOf(admin.table.$get());
      return { state: "done", detail: `${url} answers, with version ${version} of the table`, value: undefined };
    } catch (error) {
      const waitMs = error instanceof RouterError ? passesIn(error.complaint.reason, isTokenNew) : undefined;
      if (waitMs === undefined || Date.now() - begun > SETTLED_WITHIN_MS) throw error;
      await pause(waitMs);
    }
  }
}

function passesIn(reason: string, isTokenNew: boolean): number | undefined {
  return reason === "token_invalid" && isTokenNew ? TOKEN_PASSING_MS : PASSING[reason];
}
