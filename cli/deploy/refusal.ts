// What wrangler's failures mean, and what to do: by the codes of Cloudflare's API where it has refused something.

import { DeployError } from "./deploy-error.ts";
import type { WranglerAnswer, WranglerFailure } from "./wrangler.ts";

/** What a token has to be allowed for a deploy. */
export const PERMISSIONS =
  "Account: Workers Scripts Edit, Workers KV Storage Edit, D1 Edit, Queues Edit, Account Settings Read; User: User Details Read, Memberships Read";

const AGAIN = "What was done stays; signalbox deploy goes on from there.";

const LOGIN = `Log in again (npx wrangler login), or look at CLOUDFLARE_API_TOKEN: it may have expired, or lack one of these. ${PERMISSIONS}. ${AGAIN}`;

/** Codes of "you are not who you say", and of "you may not". */
const REFUSED: readonly number[] = [10_000, 10_001, 9109, 6003];

/** Codes of a queue that has a consumer already, and of one whose name is somebody else's. */
const TAKEN: readonly number[] = [11_004, 11_009];

/**
 * What a command answered.
 *
 * @throws DeployError when it failed
 */
export function answerOrThrow(ended: WranglerAnswer | WranglerFailure): WranglerAnswer {
  if (ended.ok) return ended;
  throw explain(ended);
}

/** Whether Cloudflare refuses whoever calls. */
export function isRefused(failed: WranglerFailure): boolean {
  return REFUSED.some((code) => codesOf(failed).has(code));
}

/** A failure, in words for whoever deploys. */
export function explain(failed: WranglerFailure): DeployError {
  const detail = [readable(failed.message), ...failed.notes].join(" ");
  if (isRefused(failed)) return new DeployError({ reason: "cloudflare_refuses", detail, remedy: LOGIN }, 4);
  if (TAKEN.some((code) => codesOf(failed).has(code))) {
    const remedy = `Another Worker has a queue of ours. Take it away, or give ours other names in wrangler.toml. ${AGAIN}`;
    return new DeployError({ reason: "name_taken", detail, remedy }, 5);
  }
  const [onboarding] = /https:\/\/\S+\/workers\/onboarding/.exec(failed.message) ?? [];
  if (onboarding !== undefined) return subdomainMissing(onboarding);
  const log = failed.logFile === undefined ? "" : ` Wrangler's own log has more: ${failed.logFile}.`;
  const remedy = `Run signalbox deploy again; what was done stays.${log}`;
  return new DeployError({ reason: "wrangler_failed", detail, remedy }, 3);
}

function subdomainMissing(url: string): DeployError {
  const detail = "The account has no workers.dev subdomain yet.";
  return new DeployError({ reason: "subdomain_missing", detail, remedy: `Choose one at ${url}. ${AGAIN}` }, 2);
}

/** A permission that the login lacks. */
export function permissionMissing(permission: string): DeployError {
  const detail = `The login may not use something that a router needs. It lacks ${permission}.`;
  return new DeployError({ reason: "permission_missing", detail, remedy: LOGIN }, 4);
}

function codesOf({ code, notes }: WranglerFailure): ReadonlySet<number | undefined> {
  return new Set([code, ...notes.map((note) => Number(/\[code: (\d+)\]$/.exec(note)?.[1]))]);
}

/** The first line; paths without the account, which is named above, and no answer of the API as it stands. */
function readable(message: string): string {
  const [line = ""] = message.split("\n");
  return line.replaceAll(/\/accounts\/[0-9a-f]{32}/g, "").replace(/^(\d{3}) \{.*/, "Cloudflare answered $1.");
}
