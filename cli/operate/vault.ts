// What `signalbox secret` answers: the secrets that the table names or the vault has. Values go in and never come out.

import type { InferResponseType } from "hono/client";
import { answerOf, answerOrNone, type Admin } from "../client/admin.ts";
import { errorColours, pc } from "../colours.ts";
import { answer, complain, toJson, type Outcome } from "../outcome.ts";
import type { RouterInReach } from "../router/with-router.ts";
import { readSecret } from "../terminal/ask.ts";
import { localTime } from "../terminal/instant.ts";
import { printable } from "../terminal/printable.ts";
import { terminalWidth } from "../terminal/width.ts";
import { alignColumns, type Cell } from "../text-table.ts";

type Secrets = InferResponseType<Admin["secrets"]["$get"], 200>;

interface Json {
  json?: boolean;
}

/** How the secrets stand; that something is wrong with one is a no. */
export async function answerSecrets({ admin }: RouterInReach, { json }: Json): Promise<Outcome> {
  const listed = await answerOf(admin.secrets.$get());
  const problems = listed.secrets.flatMap((secret) => secret.problems.map(({ message }) => message));
  const exitCode = problems.length > 0 || listed.keys.problem !== null ? 1 : 0;
  if (json) return answer(toJson(listed), exitCode);
  const wrong = [...problems, ...(listed.keys.problem === null ? [] : [listed.keys.problem])];
  return {
    ...answer(secretTable(listed), exitCode),
    ...(wrong.length > 0 && { complaint: printable(wrong.join("\n")) }),
  };
}

function secretTable({ secrets }: Secrets): string {
  const rows = secrets.map(({ name, from, vault, targets, inlets }): Cell[] => [
    { text: name, whole: true },
    from === null ? { text: "missing", paint: pc.red } : from,
    vault === null ? "" : `…${vault.lastFour ?? ""} of ${localTime(vault.setAt)}`,
    [...targets, ...inlets.map((inlet) => `inlet ${inlet}`)].join(", "),
  ]);
  return alignColumns([["SECRET", "FROM", "IN THE VAULT", "USED BY"], ...rows], terminalWidth()).join("\n");
}

/** Puts a secret into the vault; its value is asked for, or read from stdin. */
export async function answerSetSecret(
  { admin }: RouterInReach,
  name: string,
  { host: hosts, json }: Json & { host?: string[] },
): Promise<Outcome> {
  const value = await readSecret(`The value of ${name}`);
  if (value === undefined) return complain({ reason: "value_missing", detail: "No value was given." }, 2, json);
  const body = { value, ...(hosts !== undefined && { hosts }) };
  const set = await answerOf(admin.secrets[":name"].$put({ param: { name }, json: body }));
  if (json) return answer(toJson(set));
  const where = set.hosts.length === 0 ? "nowhere yet" : set.hosts.join(", ");
  const warnings = set.warnings.map((warning) => errorColours.yellow(printable(warning)));
  return {
    ...answer(`Set: ${set.name}, fingerprint ${set.fingerprint}. It is sent to: ${where}`),
    ...(warnings.length > 0 && { complaint: warnings.join("\n") }),
  };
}

/** Takes a secret out of the vault. */
export async function answerDeleteSecret(
  { admin }: RouterInReach,
  name: string,
  { force, json }: Json & { force?: boolean },
): Promise<Outcome> {
  const call = admin.secrets[":name"].$delete({ param: { name }, query: force ? { force: "true" } : {} });
  const deleted = await answerOrNone(answerOf(call));
  if (deleted === undefined) {
    return complain({ reason: "not_found", detail: `The vault has no secret ${name}.` }, 1, json);
  }
  return answer(json ? toJson(deleted) : `Deleted: ${deleted.name}.`);
}
