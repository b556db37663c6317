// A router for tests of the dashboard, and who signs in there.

import type { Signalbox } from "../integration/signalbox.ts";

/** Makes a token and gives its text. */
export async function createToken(
  signalbox: Signalbox,
  token: { name: string; scopes: readonly string[] },
): Promise<string> {
  const answer = await signalbox.admin("POST", "/tokens", token);
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token; // the API's own answer
}
