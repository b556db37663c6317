// What must hold of secrets, whatever happens: none is ever in anything that a Signalbox writes, and whoever is called is
// shown the one that is meant for it. Nothing here is taken from src.

import { gunzipSync } from "node:zlib";
import { SECRETS } from "../unit/faults.ts";
import type { TargetCall } from "./target.ts";
import { MASTER_KEYS, VAULT_SECRET, type VaultValues } from "./vault-values.ts";

/** Where something can be written that outlives a call. */
export type Place = "queue message" | "D1 row" | "log line";

/** Told of everything that is written, before it is. */
export type Wrote = (place: Place, what: unknown) => void;

/** Looks at everything that is written, and tells of each secret once for each place. */
export function createLeakCheck(values: VaultValues, found: (problem: string) => void): Wrote {
  const told = new Set<string>();
  // Statements and many of their values come again and again. What has no secret now cannot have one that is made later.
  const clean = new Set<unknown>();
  return (place, what) => {
    const parts = (Array.isArray(what) ? what : [what]).filter((part) => !clean.has(part));
    if (parts.length === 0) return;
    for (const name of findSecrets(parts, secretsOf(values))) {
      const problem = `leak: ${name} in a ${place}`;
      if (!told.has(problem)) found(problem);
      told.add(problem);
    }
    for (const part of parts) if (typeof part === "string" && told.size === 0) clean.add(part);
  };
}

/** Every secret of a world with its name. */
function secretsOf(values: VaultValues): [name: string, value: string][] {
  const { keys } = JSON.parse(MASTER_KEYS) as { keys: Record<string, string> }; // what the variable has to be
  return [
    ...Object.entries(SECRETS),
    ...Object.entries(keys).map(([id, key]): [string, string] => [`the master key ${id}`, key]),
    ...values.all.map((value): [string, string] => [VAULT_SECRET, value]),
  ];
}

/** The names of those secrets whose value is somewhere in something: in a text or in bytes, encoded or compressed. */
export function findSecrets(what: unknown, secrets: readonly (readonly [name: string, value: string])[]): string[] {
  const found = new Set<string>();
  for (const text of textsIn(what)) {
    for (const [name, value] of secrets) if (text.includes(value)) found.add(name);
  }
  return [...found];
}

/** Characters of base64 or its variant for URLs, as many as a short secret would make. */
const BASE64 = /[\w+/-]{16,}/g;

function* textsIn(what: unknown): Generator<string> {
  if (typeof what === "string") {
    yield what;
    for (const [encoded] of what.matchAll(BASE64)) yield* textsIn(decode(encoded));
  } else if (what instanceof ArrayBuffer) yield* textsIn(new Uint8Array(what));
  else if (what instanceof Uint8Array) yield* textsIn(new TextDecoder("latin1").decode(inflate(what)));
  else if (typeof what === "object" && what !== null) {
    for (const [key, value] of Object.entries(what)) {
      yield key;
      yield* textsIn(value);
    }
  }
}

function decode(text: string): Uint8Array | undefined {
  const standard = text.replaceAll("-", "+").replaceAll("_", "/");
  try {
    return Uint8Array.fromBase64(standard.slice(0, standard.length - (standard.length % 4 === 1 ? 1 : 0)));
  } catch {
    return undefined; // a word that only looks like it
  }
}

function inflate(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes);
  } catch {
    return bytes; // two bytes that only look like it
  }
}

/**
 * What a call must have shown to its target.
 *
 * @param fromVault targets whose secret is the vault's; the others have the Worker's
 */
export function checkCredential(
  { key, at, target, credential, invocation }: TargetCall,
  fromVault: ReadonlySet<string>,
  values: VaultValues,
): string[] {
  const usable = fromVault.has(target) ? values.usableAt(at, invocation.faults === 0) : [SECRETS.CRM_TOKEN];
  if (usable.some((value) => credential === `Bearer ${value}`)) return [];
  const isOld = values.all.some((value) => credential === `Bearer ${value}`);
  return [
    `credential: ${key} was called with ${isOld ? "a secret of another time or target" : "no secret that is known"}`,
  ];
}
