// How the secrets stand that a table names or the vault has: where each comes from, and what is wrong with it. Values
// have no part in it.

import * as v from "valibot";
import { readSecret, type Bindings } from "../env.ts";
import type { CompiledTable } from "../routing/compile.ts";
import { secretUses, type SecretUse } from "../routing/secret-uses.ts";
import { readKeyRing } from "../vault/master-keys.ts";
import { listSecrets, type VaultSecret } from "../vault/vault.ts";

/** Something that is wrong with a secret. The codes of what deliveries wait for are theirs. */
export const SecretProblemSchema = v.object({
  code: v.picklist(["secret_missing", "secret_unreadable", "secret_host_changed", "inlet_secret_in_vault"]),
  message: v.pipe(v.string(), v.description("What is wrong and what to do, as a sentence.")),
});
type SecretProblem = v.InferOutput<typeof SecretProblemSchema>;

/** A secret by its name. */
export interface SecretStanding {
  name: string;
  /** Where its value comes from; null where it has none. */
  from: "worker" | "vault" | null;
  use: SecretUse;
  /** What the vault has, which the Worker's own goes before. */
  vault: VaultSecret | undefined;
  problems: SecretProblem[];
}

/** The master keys of the vault, by id. */
export interface KeyStanding {
  active: string | null;
  /** What is wrong with the Worker secret that has them; undefined where all is well. */
  problem: string | undefined;
  /** How many secrets each has sealed, whether it is there or not. */
  rows: Record<string, number>;
  /** Those that have sealed secrets and are not there. */
  missing: string[];
  /** Those that are there for nothing any more. */
  droppable: string[];
}

/** How all secrets stand, by name. */
export interface SecretStandings {
  secrets: SecretStanding[];
  keys: KeyStanding;
}

/**
 * Looks at every secret that the table names or the vault has.
 *
 * @throws whatever D1 throws
 */
export async function judgeSecrets(env: Bindings, table: CompiledTable): Promise<SecretStandings> {
  const inVault = new Map((await listSecrets(env)).map((secret) => [secret.name, secret]));
  const keys = await judgeKeys(env, [...inVault.values()]);
  const uses = secretUses(table);
  const names = [...new Set([...uses.keys(), ...inVault.keys()])].toSorted();
  const secrets = names.map((name): SecretStanding => {
    const onWorker = readSecret(env, name) !== undefined;
    const use = uses.get(name) ?? UNUSED;
    const vault = inVault.get(name);
    const problems = onWorker ? [] : problemsOf(name, use, vault, new Set(keys.missing));
    return { name, from: onWorker ? "worker" : vault === undefined ? null : "vault", use, vault, problems };
  });
  return { secrets, keys };
}

const UNUSED: SecretUse = { targets: [], inlets: [], settings: [], hosts: [] };

/** How the master keys stand to the secrets in the vault. */
async function judgeKeys(env: Bindings, secrets: readonly VaultSecret[]): Promise<KeyStanding> {
  const ring = await readKeyRing(env);
  const present = ring.ok ? [...ring.value.keys.keys()] : [];
  const active = ring.ok ? ring.value.active.id : null;
  const rows: Record<string, number> = {};
  for (const { keyId } of secrets) rows[keyId] = (rows[keyId] ?? 0) + 1;
  return {
    active,
    // An installation without master keys has no vault, which is nothing wrong while nothing is in it.
    problem: ring.ok || (ring.reason === "master_keys_missing" && secrets.length === 0) ? undefined : ring.detail,
    rows,
    missing: Object.keys(rows).filter((id) => !present.includes(id)),
    droppable: present.filter((id) => id !== active && !Object.hasOwn(rows, id)),
  };
}

function problemsOf(
  name: string,
  { targets, inlets, settings, hosts }: SecretUse,
  vault: VaultSecret | undefined,
  missingKeys: ReadonlySet<string>,
): SecretProblem[] {
  if (vault === undefined) {
    if (targets.length + inlets.length + settings.length === 0) return [];
    const inVault = inlets.length === 0 ? `, or put it into the vault: npx signalbox secret set ${name}` : "";
    const message = `The secret ${name} is not set on this Worker; run: wrangler secret put ${name}${inVault}`;
    return [{ code: "secret_missing", message }];
  }
  const problems: SecretProblem[] = [];
  if (inlets.length > 0) {
    const message = `The inlet ${inlets.join(", ")} needs ${name}, which is only in the vault, where inlets do not look; run: wrangler secret put ${name}`;
    problems.push({ code: "inlet_secret_in_vault", message });
  }
  if (missingKeys.has(vault.keyId)) {
    const message = `The secret ${name} cannot be opened: the master key ${vault.keyId} is not there. Bring it back, or set the secret again: npx signalbox secret set ${name}`;
    problems.push({ code: "secret_unreadable", message });
  }
  const strays = hosts.filter((host) => vault.hosts?.includes(host) !== true);
  if (strays.length > 0) {
    const message = `The secret ${name} was not set for ${strays.join(", ")}, so what needs it there is not sent; set it again: npx signalbox secret set ${name}`;
    problems.push({ code: "secret_host_changed", message });
  }
  return problems;
}
