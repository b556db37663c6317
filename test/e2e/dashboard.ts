// A router for tests of the dashboard, and who signs in there.

import { startSignalbox, type Signalbox } from "../integration/signalbox.ts";
import { startTarget, type Target } from "../integration/target.ts";

/** Starts a router with one inlet, and the target whose URL its table is made with. */
export async function startRouter(
  tableOf: (url: string) => { targets: object; routes: readonly object[] },
): Promise<[Signalbox, Target]> {
  const [signalbox, target] = await Promise.all([startSignalbox(), startTarget()]);
  const inlets = { voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } } };
  await signalbox.publish({ inlets, ...tableOf(target.url) });
  return [signalbox, target];
}

/** Makes a token and gives its text. */
export async function createToken(
  signalbox: Signalbox,
  token: { name: string; scopes: readonly string[] },
): Promise<string> {
  const answer = await signalbox.admin("POST", "/tokens", token);
  if (answer.status !== 201) throw new Error(`answered ${answer.status}: ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token; // the API's own answer
}
