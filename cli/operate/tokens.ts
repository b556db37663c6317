// What `signalbox token` answers. A new token is the only thing on stdout, and only this once.

import type { InferRequestType, InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "../client/admin.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { localTime } from "../terminal/instant.ts";
import { printableLine } from "../terminal/printable.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";

/** What a token is made with. */
export type NewToken = InferRequestType<Admin["tokens"]["$post"]>["json"];

/** What a token can allow. */
export type Scope = NewToken["scopes"][number];

type Token = InferResponseType<Admin["tokens"]["$get"], 200>["tokens"][number];

interface Json {
  json?: boolean;
}

/** The tokens; never what they are. */
export async function answerTokens({ admin }: RouterInReach, { json }: Json): Promise<Outcome> {
  const listed = await answerOf(admin.tokens.$get());
  return answer(json ? toJson(listed) : tokenTable(listed.tokens));
}

function tokenTable(tokens: readonly Token[]): string {
  const rows = tokens.map(({ id, name, scopes, expiresAt, lastUsedAt }): Cell[] => [
    { text: id, whole: true },
    printableLine(name),
    scopes.join(","),
    expiresAt === null ? "never" : localTime(expiresAt),
    lastUsedAt === null ? "never" : localTime(lastUsedAt),
  ]);
  return alignColumns([["TOKEN", "NAME", "SCOPES", "EXPIRES", "LAST USED"], ...rows], terminalWidth()).join("\n");
}

/** Makes a token. */
export async function answerCreateToken({ admin }: RouterInReach, token: NewToken, { json }: Json): Promise<Outcome> {
  const made = await answerOf(admin.tokens.$post({ json: token }));
  if (json) return answer(toJson(made));
  const ends = made.expiresAt === null ? "never ends" : `ends ${localTime(made.expiresAt)}`;
  const complaint = `Token ${made.id} (${made.scopes.join(", ")}) ${ends}. It is shown this once.`;
  return { ...answer(made.token), complaint };
}

/** Deletes a token. */
export async function answerDeleteToken({ admin }: RouterInReach, id: string, { json }: Json): Promise<Outcome> {
  const deleted = await answerOrNone(answerOf(admin.tokens[":id"].$delete({ param: { id } })));
  if (deleted === undefined) return complain({ reason: "not_found", detail: "There is no such token." }, 1, json);
  return answer(json ? toJson(deleted) : `Deleted: ${deleted.id}. It is refused from now on.`);
}
