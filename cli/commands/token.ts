// `signalbox token`: who else may use a router's admin API.

import { InvalidArgumentError, type Command } from "commander";
import type { NewToken, Scope } from "../operate/tokens.ts";
import { onRouter } from "../router/on-router.ts";
import { addRouterOptions, type RouterOptions } from "../router/router-options.ts";
import { FUTURE_MEANING, parseFutureInstant } from "../terminal/instant.ts";

/** The scopes as the router has them; it refuses others, so that a newer one can have more. */
const SCOPES_MEANING = "read, payload, replay, config, secrets, admin; commas between several";

type CreateOptions = RouterOptions & { name: string; scope: Scope[]; expires?: string };

/** Adds the command to the program. */
export function addToken(program: Command): void {
  const token = program
    .command("token")
    .summary("list, make and delete tokens of the admin API")
    .description("Lists, makes and deletes tokens of the admin API. Needs the scope admin.")
    .addHelpText(
      "after",
      `
Examples:
  signalbox token create --name "Mira, support" --scope read,replay --expires 90d
  signalbox token create --name ci --scope config -q | gh secret set SIGNALBOX_ADMIN_TOKEN
  signalbox token list
  signalbox token delete tok_5f0c1a2b3c4d5e6f`,
    );
  addRouterOptions(token.command("list").description("Lists them, never what they are.")).action(
    async (options: RouterOptions) => {
      await onRouter(options, async (router) => {
        const { answerTokens } = await import("../operate/tokens.ts");
        return answerTokens(router, options);
      });
    },
  );
  addCreate(token);
  const remove = token.command("delete").description("Deletes one, at once.").argument("<id>", "tok_…, as in the list");
  addRouterOptions(remove).action(async (id: string, options: RouterOptions) => {
    await onRouter(options, async (router) => {
      const { answerDeleteToken } = await import("../operate/tokens.ts");
      return answerDeleteToken(router, id, options);
    });
  });
}

function addCreate(token: Command): void {
  const create = token
    .command("create")
    .description("Makes one, and prints it, alone, this once; what it is for stands on stderr.")
    .requiredOption("--name <name>", "whose it is")
    .requiredOption("--scope <scopes>", SCOPES_MEANING, parseScopes)
    .option("--expires <time>", `when it ends: ${FUTURE_MEANING}; never when left out`, (text: string) =>
      parseFutureInstant(text),
    );
  addRouterOptions(create).action(async (options: CreateOptions) => {
    const { name, scope: scopes, expires } = options;
    const asked: NewToken = { name, scopes, ...(expires !== undefined && { expiresAt: expires }) };
    await onRouter(options, async (router) => {
      const { answerCreateToken } = await import("../operate/tokens.ts");
      return answerCreateToken(router, asked, options);
    });
  });
}

function parseScopes(text: string, before: Scope[] = []): Scope[] {
  const named = text.split(",").map((scope) => scope.trim());
  if (named.includes("")) throw new InvalidArgumentError(`Give ${SCOPES_MEANING}.`);
  return [...before, ...(named as Scope[])]; // the router says which of them it does not know
}
