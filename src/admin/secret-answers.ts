// What is answered about secrets and master keys. Values have no part in it.

import * as v from "valibot";
import type { VaultSecret } from "../vault/vault.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { SecretProblemSchema, type KeyStanding, type SecretStanding } from "./secret-standing.ts";

/** What may be seen of a secret in the vault. */
const InVaultSchema = v.pipe(
  v.object({
    lastFour: v.pipe(v.nullable(v.string()), v.description("Of a secret long enough.")),
    fingerprint: v.pipe(v.string(), v.description("Equal where two secrets under one master key are.")),
    setAt: InstantTextSchema,
    keyId: v.pipe(v.string(), v.description("The master key that has sealed it.")),
    hosts: v.pipe(v.array(v.string()), v.description("Where it may be sent; empty until a table says so.")),
  }),
  v.metadata({ ref: "VaultSecret" }),
);

const StandingSchema = v.pipe(
  v.object({
    name: v.string(),
    from: v.pipe(v.nullable(v.picklist(["worker", "vault"])), v.description("Where its value comes from.")),
    vault: v.nullable(InVaultSchema),
    targets: v.pipe(v.array(v.string()), v.description("Targets of the table in force that need it.")),
    inlets: v.pipe(v.array(v.string()), v.description("Inlets of the table in force that need it.")),
    settings: v.pipe(v.array(v.string()), v.description("Settings of the table in force that need it.")),
    problems: v.array(SecretProblemSchema),
  }),
  v.metadata({ ref: "Secret" }),
);

const KeysSchema = v.pipe(
  v.object({
    active: v.pipe(v.nullable(v.string()), v.description("The key that new secrets are sealed with.")),
    problem: v.pipe(v.nullable(v.string()), v.description("What is wrong with SIGNALBOX_MASTER_KEYS.")),
    secrets: v.pipe(v.record(v.string(), v.number()), v.description("How many secrets each key has sealed.")),
    missing: v.pipe(v.array(v.string()), v.description("Keys that have sealed secrets and are not there.")),
    droppable: v.pipe(v.array(v.string()), v.description("Keys that nothing needs any more.")),
  }),
  v.metadata({ ref: "MasterKeys" }),
);

/** How all of them stand. */
export const SecretsAnswerSchema = v.object({ secrets: v.array(StandingSchema), keys: KeysSchema });

/** What putting one in answers. */
export const PutAnswerSchema = v.object({
  name: v.string(),
  ...InVaultSchema.entries,
  warnings: v.pipe(v.array(v.string()), v.description("What keeps it from being sent where the table says.")),
});

/** What sealing anew answers. */
export const RewrapAnswerSchema = v.object({
  rewrapped: v.number(),
  unreadable: v.pipe(
    v.array(v.object({ name: v.string(), keyId: v.string(), detail: v.string() })),
    v.description("Those whose key is not there, or does not open them."),
  ),
  next: v.pipe(v.nullable(v.string()), v.description("What `after` takes for the next call; null at the end.")),
  keys: KeysSchema,
});

/** A secret that the table names or the vault has. */
export function describeStanding({
  name,
  from,
  use,
  vault,
  problems,
}: SecretStanding): v.InferOutput<typeof StandingSchema> {
  return {
    name,
    from,
    vault: vault === undefined ? null : describeValue(vault),
    targets: use.targets,
    inlets: use.inlets,
    settings: use.settings,
    problems,
  };
}

/** A secret in the vault. */
export function describeSecret(secret: VaultSecret) {
  return { name: secret.name, ...describeValue(secret) };
}

function describeValue(secret: VaultSecret): v.InferOutput<typeof InVaultSchema> {
  const { keyId, hosts, lastFour, fingerprint, setAt } = secret;
  return { lastFour, fingerprint, setAt: toInstant(setAt), keyId, hosts: [...(hosts ?? [])] };
}

/** The master keys. */
export function describeKeys(keys: KeyStanding): v.InferOutput<typeof KeysSchema> {
  const { active, problem: wrong, rows, missing, droppable } = keys;
  return { active, problem: wrong ?? null, secrets: rows, missing, droppable };
}
