// What a publisher should know of the table's secrets, once the table is in force; and the binding of those secrets that
// were put into the vault before any table used them.

import type { Bindings } from "../env.ts";
import { logFailure } from "../log.ts";
import type { CompiledTable } from "../routing/compile.ts";
import { secretUses } from "../routing/secret-uses.ts";
import { bindSecrets } from "../vault/vault.ts";
import { judgeSecrets } from "./secret-standing.ts";

/**
 * Binds to the table's hosts what is bound to none yet, and says what is wrong with the table's secrets. Never rejects:
 * the table is published.
 */
export async function settleSecrets(env: Bindings, table: CompiledTable): Promise<string[]> {
  try {
    const uses = [...secretUses(table)].flatMap(([name, { hosts }]) =>
      hosts.length === 0 ? [] : [[name, hosts] as const],
    );
    const bound = await bindSecrets(env, new Map(uses));
    return [
      ...(await secretWarnings(env, table)),
      ...bound.map(({ name, hosts }) => `The secret ${name} may be sent to ${(hosts ?? []).join(", ")} from now on.`),
    ];
  } catch (error) {
    logFailure("secrets_not_settled", error);
    return ["The table's secrets could not be looked at; GET /admin/secrets tells how they stand. Publish once more."];
  }
}

/**
 * What is wrong with the secrets that a table uses. One that is bound to no host yet is bound when the table is published,
 * which is nothing wrong.
 *
 * @throws whatever D1 throws
 */
export async function secretWarnings(env: Bindings, table: CompiledTable): Promise<string[]> {
  const { secrets } = await judgeSecrets(env, table);
  return secrets.flatMap(({ use, vault, problems }) => {
    if (use.targets.length + use.inlets.length + use.settings.length === 0) return [];
    const isUnbound = vault !== undefined && vault.hosts === null;
    const counting = problems.filter(({ code }) => !(isUnbound && code === "secret_host_changed"));
    return counting.map(({ message }) => message);
  });
}
