// Signing in and out. A page opens a session with a token, or with nothing where Cloudflare Access vouches for somebody, and
// from then on shows the cookie, which no script can read.

import { admin, answerOf } from "./admin.ts";
import { ApiError } from "./problem.ts";
import { queries } from "./queries.ts";
import { session } from "./session-state.ts";

/** Finds out who this is. Somebody whom Access vouches for gets a session at once. */
export async function recogniseSelf(): Promise<void> {
  try {
    const self = await answerOf(admin.session.$get());
    session.value = self.by === "session" ? self : await answerOf(admin.session.$post({ json: {} }));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    session.value = null;
    // Whom nobody knows is asked to sign in; what else is wrong is said.
    if (error.status !== 401) throw error;
  }
}

/**
 * Opens a session with a token.
 *
 * @throws ApiError where it is refused
 */
export async function signIn(token: string): Promise<void> {
  const opened = await answerOf(admin.session.$post({ json: { token } }));
  queries.clear();
  session.value = opened;
}

/** Ends the session, here and for copies of the cookie. What was read under it is forgotten. */
export async function signOut(): Promise<void> {
  try {
    await answerOf(admin.session.$delete());
  } catch (error) {
    // It has ended already, which is what was wanted.
    if (!(error instanceof ApiError) || !(error.status === 401 || error.status === 404)) throw error;
  }
  session.value = null;
  queries.clear();
}
