// The vault as its operator sees it: secrets are put in, described, bound to hosts, sealed anew and taken out. None of
// it ever answers with a value.

import {
  deleteVaultRow,
  listVaultSecrets,
  readUnboundVaultRows,
  readVaultRowsOfOtherKeys,
  replaceVaultRows,
  writeVaultRow,
  type VaultDescription,
  type VaultRow,
} from "../ledger/vault-secrets.ts";
import { success, type Result } from "../result.ts";
import { fingerprintOf, seal } from "./envelope.ts";
import { readKeyRing, type KeyRing, type KeyRingReason, type MasterKey } from "./master-keys.ts";
import { forgetOpened, openRow, parseHosts, type VaultBindings } from "./open-secrets.ts";

/** What may be seen of a secret. */
export interface VaultSecret {
  name: string;
  keyId: string;
  /** Where it may be sent: origins. Null while it is bound to none. */
  hosts: readonly string[] | null;
  lastFour: string | null;
  fingerprint: string;
  /** Milliseconds since 1970. */
  setAt: number;
}

/** A secret this long can do without its last four characters being secret. */
const LENGTH_MIN_FOR_LAST_FOUR = 12;

/**
 * How many rows are sealed anew at a time. Each takes about a quarter of a millisecond, and a Worker on the free plan has
 * ten.
 */
const REWRAP_ROWS_MAX = 25;

/**
 * Puts a secret in, in the place of one of the same name.
 *
 * @param hosts where it may be sent; null when the first table that uses it is to say so
 * @throws whatever D1 throws
 */
export async function putSecret(
  env: VaultBindings,
  { name, value, hosts }: { name: string; value: string; hosts: readonly string[] | null },
  now: number,
): Promise<Result<VaultSecret, KeyRingReason>> {
  const ring = await readKeyRing(env);
  if (!ring.ok) return ring;
  const row = await sealRow({ name, value, hosts, setAt: now }, ring.value.active);
  try {
    await writeVaultRow(env.LEDGER, row);
  } finally {
    forgetOpened(env, name);
  }
  return success(describe(row));
}

/**
 * What may be seen of every secret, by name.
 *
 * @throws whatever D1 throws
 */
export async function listSecrets({ LEDGER }: VaultBindings): Promise<VaultSecret[]> {
  return (await listVaultSecrets(LEDGER)).map(describe);
}

/**
 * Takes a secret out. Whether it was there.
 *
 * @throws whatever D1 throws
 */
export async function removeSecret(env: VaultBindings, name: string): Promise<boolean> {
  try {
    return await deleteVaultRow(env.LEDGER, name);
  } finally {
    forgetOpened(env, name);
  }
}

/**
 * Binds those secrets that are bound to no host yet. One that cannot be opened stays as it is.
 *
 * @param hosts by name, where each is to be sent
 * @returns those that were bound
 * @throws whatever D1 throws
 */
export async function bindSecrets(
  env: VaultBindings,
  hosts: ReadonlyMap<string, readonly string[]>,
): Promise<VaultSecret[]> {
  const rows = await readUnboundVaultRows(env.LEDGER, [...hosts.keys()]);
  if (rows.length === 0) return [];
  const ring = await readKeyRing(env);
  if (!ring.ok) return [];
  const { replaced } = await resealRows(env, rows, ring.value, (row) => hosts.get(row.name) ?? null);
  return replaced.map(describe);
}

/** What became of sealing anew. */
export interface Rewrapped {
  /** The active key's id. */
  active: string;
  rewrapped: number;
  /** Those whose key is not there, or does not open them. */
  unreadable: { name: string; keyId: string; detail: string }[];
  /** Where to go on; undefined at the end. */
  next?: string;
}

/**
 * Seals secrets of other master keys with the active one, up to 25 at a time. What they say of themselves stays
 * the same, but for the fingerprint, which is of its key.
 *
 * @param after the name to go on behind
 * @throws whatever D1 throws
 */
export async function rewrapSecrets(env: VaultBindings, after: string): Promise<Result<Rewrapped, KeyRingReason>> {
  const ring = await readKeyRing(env);
  if (!ring.ok) return ring;
  const { id: active } = ring.value.active;
  const rows = await readVaultRowsOfOtherKeys(env.LEDGER, active, after, REWRAP_ROWS_MAX);
  const { replaced, unreadable } = await resealRows(env, rows, ring.value, (row) => parseHosts(row.hosts) ?? null);
  const next = rows.length < REWRAP_ROWS_MAX ? undefined : rows.at(-1)?.name;
  return success({ active, rewrapped: replaced.length, unreadable, ...(next !== undefined && { next }) });
}

/** Opens rows and puts them back with another seal. */
async function resealRows(
  env: VaultBindings,
  rows: readonly VaultRow[],
  ring: KeyRing,
  hostsOf: (row: VaultRow) => readonly string[] | null,
): Promise<{ replaced: VaultRow[]; unreadable: Rewrapped["unreadable"] }> {
  const replacements: { before: string; row: VaultRow }[] = [];
  const unreadable: Rewrapped["unreadable"] = [];
  for (const row of rows) {
    const opened = await openRow(row, ring);
    if (opened.ok) {
      const { name, version, set_at: setAt } = row;
      const sealed = await sealRow({ name, value: opened.value, hosts: hostsOf(row), setAt }, ring.active);
      replacements.push({ before: version, row: sealed });
    } else unreadable.push({ name: row.name, keyId: row.key_id, detail: opened.detail });
  }
  const names = new Set(await replaceVaultRows(env.LEDGER, replacements));
  for (const name of names) forgetOpened(env, name);
  return { replaced: replacements.flatMap(({ row }) => (names.has(row.name) ? [row] : [])), unreadable };
}

async function sealRow(
  { name, value, hosts, setAt }: { name: string; value: string; hosts: readonly string[] | null; setAt: number },
  master: MasterKey,
): Promise<VaultRow> {
  const version = crypto.randomUUID();
  const [envelope, fingerprint] = await Promise.all([
    seal(value, { name, version, hosts }, master),
    fingerprintOf(value, master),
  ]);
  return {
    name,
    version,
    key_id: master.id,
    envelope: JSON.stringify(envelope),
    hosts: hosts === null ? null : JSON.stringify(hosts),
    last_four: lastFourOf(value),
    fingerprint,
    set_at: setAt,
  };
}

/** The last four characters, of a secret long enough, where they can be shown. */
function lastFourOf(value: string): string | null {
  const four = value.slice(-4);
  return value.length >= LENGTH_MIN_FOR_LAST_FOUR && /^[\x21-\x7e]{4}$/.test(four) ? four : null;
}

function describe(row: VaultDescription): VaultSecret {
  return {
    name: row.name,
    keyId: row.key_id,
    hosts: parseHosts(row.hosts) ?? null,
    lastFour: row.last_four,
    fingerprint: row.fingerprint,
    setAt: row.set_at,
  };
}
