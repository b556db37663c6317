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
    const { secrets } = await judgeSecrets(env, table);
    const used = secrets.filter(({ use }) => use.targets.length + use.inlets.length + use.settings.length > 0);
    return [
      ...used.flatMap(({ problems }) => problems.map(({ message }) => message)),
      ...bound.map(({ name, hosts }) => `The secret ${name} may be sent to ${(hosts ?? []).join(", ")} from now on.`),
    ];
  } catch (error) {
    logFailure("secrets_not_settled", error);
    return ["The table's secrets could not be looked at; GET /admin/secrets tells how they stand. Publish once more."];
  }
}
