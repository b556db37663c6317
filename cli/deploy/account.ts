// The account that is deployed to: the one that the environment or wrangler.toml names, or the only one that wrangler's
// login sees, or whichever is chosen.

import * as v from "valibot";
import { canAsk, chooseOne } from "../terminal/ask.ts";
import { DeployError } from "./deploy-error.ts";
import { answerOrThrow, PERMISSIONS } from "./refusal.ts";
import type { Taken } from "./steps.ts";
import type { Wrangler } from "./wrangler.ts";

const WhoSchema = v.object({
  authType: v.string(),
  accounts: v.array(v.object({ id: v.string(), name: v.string() })),
});

type Who = v.InferOutput<typeof WhoSchema>;

/**
 * Chooses the account.
 *
 * @param named the id that the environment or the configuration gives
 * @throws DeployError when nobody is logged in, or it is not clear which account is meant
 */
export async function chooseAccount(wrangler: Wrangler, named: string | undefined): Promise<Taken<string>> {
  const who = await whoIsLoggedIn(wrangler);
  const { id, name } = named === undefined ? await onlyOrChosen(who) : withId(who, named);
  const shown = name === undefined ? id : `${name} (${id})`;
  return { state: "done", detail: `${shown}, by ${who.authType}`, value: id };
}

async function whoIsLoggedIn(wrangler: Wrangler): Promise<Who> {
  const ended = await wrangler(["whoami", "--json"]);
  if (!ended.ok && ended.message.includes('"loggedIn"')) throw notLoggedIn();
  return v.parse(v.pipe(v.string(), v.parseJson(), WhoSchema), answerOrThrow(ended).stdout);
}

function notLoggedIn(): DeployError {
  const remedy = `npx wrangler login, or for a pipeline the variables CLOUDFLARE_API_TOKEN and CLOUDFLARE_ACCOUNT_ID. The token needs: ${PERMISSIONS}.`;
  return new DeployError({ reason: "not_logged_in", detail: "Nobody is logged in to Cloudflare here.", remedy }, 4);
}

/** A token may see no account at all and still work in its own. */
function withId({ accounts }: Who, id: string): { id: string; name?: string } {
  const found = accounts.find((account) => account.id === id);
  if (found !== undefined || accounts.length === 0) return found ?? { id };
  const remedy = `Those it sees: ${listed(accounts)}. Look at CLOUDFLARE_ACCOUNT_ID, account_id in wrangler.toml, and the token.`;
  throw new DeployError({ reason: "account_unknown", detail: `The login does not see the account ${id}.`, remedy }, 4);
}

async function onlyOrChosen({ accounts }: Who): Promise<{ id: string; name: string }> {
  const [first] = accounts;
  if (first !== undefined && accounts.length === 1) return first;
  const chosen = canAsk() ? await chooseOne("Which account?", accounts) : undefined;
  if (chosen !== undefined) return chosen;
  const remedy = `Say which in CLOUDFLARE_ACCOUNT_ID, or as account_id in wrangler.toml: ${listed(accounts)}.`;
  const detail = `The login sees ${accounts.length} accounts.`;
  throw new DeployError({ reason: "account_ambiguous", detail, remedy }, 2);
}

function listed(accounts: Who["accounts"]): string {
  return accounts.map(({ id, name }) => `${name} ${id}`).join(", ") || "none";
}
