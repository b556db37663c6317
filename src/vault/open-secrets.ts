// Secrets of the vault for whoever sends: opened when they are needed, and kept opened for a minute, so that a delivery
// does not cost a read of D1.

import * as v from "valibot";
import { withinBudget } from "../ledger/budget.ts";
import { readVaultRow, type VaultRow } from "../ledger/vault-secrets.ts";
import { errorMessage, logFailure } from "../log.ts";
import { failure, type Result } from "../result.ts";
import { EnvelopeSchema, open, type Envelope } from "./envelope.ts";
import { readKeyRing, type KeyRing } from "./master-keys.ts";

/** How long an opened secret is used without another look, in milliseconds. A new value is in use everywhere by then. */
export const OPENED_MS = 60_000;

/**
 * How long one is used while D1 does not answer, in milliseconds: delivery goes on without D1, and while D1 is down
 * nobody can have changed a secret either.
 */
const OPENED_MS_MAX = 60 * 60_000;

/** What the vault has under a name. */
export type Opened =
  | { kind: "opened"; value: string }
  | { kind: "missing" }
  /** It is there, and is not bound to one of the hosts it would go to. */
  | { kind: "elsewhere"; host: string }
  /** It is there, and no master key opens it. */
  | { kind: "unreadable"; detail: string }
  /** D1 does not say whether it is there. */
  | { kind: "unavailable"; detail: string };

/**
 * Reads a secret of the vault that is to be sent somewhere. Never rejects.
 *
 * @param origins everywhere it would go to, like `https://api.example.com`: it is given out only when it is bound to all
 */
export type SecretReader = (name: string, origins: readonly string[]) => Promise<Opened>;

/** The bindings this file works with; the environment has the master keys as well. */
export interface VaultBindings {
  LEDGER: D1Database;
}

interface Secret {
  value: string;
  hosts: ReadonlySet<string>;
}

interface Kept extends Secret {
  readAt: number;
}

// Opened secrets by database and name, for as long as the constants above say; a write in this isolate ends that.
const kept = new WeakMap<D1Database, Map<string, Kept>>();

/** A reader for one invocation, which asks D1 once at most for the same thing. */
export function createSecretReader(env: VaultBindings, now: () => number): SecretReader {
  const asked = new Map<string, Promise<Opened>>();
  return async (name, origins) => {
    const key = JSON.stringify([name, ...origins]);
    const opened = asked.get(key) ?? openSecret(env, name, origins, now());
    asked.set(key, opened);
    return opened;
  };
}

/** Forgets what was opened under a name: it is being written. */
export function forgetOpened({ LEDGER }: VaultBindings, name: string): void {
  kept.get(LEDGER)?.delete(name);
}

/** What a row is bound to besides its name and version; undefined when the column has something else. */
export function parseHosts(hosts: string | null): readonly string[] | null | undefined {
  const parsed = v.safeParse(HostsSchema, hosts);
  return parsed.success ? parsed.output : undefined;
}

const HostsSchema = v.nullable(v.pipe(v.string(), v.parseJson(), v.array(v.string())));

/** Opens a row. The failure says what to look at. */
export async function openRow(row: VaultRow, ring: KeyRing): Promise<Result<string, "secret_unreadable">> {
  const master = ring.keys.get(row.key_id);
  if (master === undefined) return unreadable(`the master key ${row.key_id} that sealed it is not there`);
  const hosts = parseHosts(row.hosts);
  const envelope = parseEnvelope(row.envelope);
  if (hosts === undefined || envelope === undefined) return unreadable("its row has an unknown form");
  const { name, version } = row;
  const opened = await open(envelope, { name, version, hosts }, master);
  return opened.ok ? opened : unreadable(`${opened.detail} ${row.key_id}`);
}

function parseEnvelope(text: string): Envelope | undefined {
  const parsed = v.safeParse(v.pipe(v.string(), v.parseJson(), EnvelopeSchema), text);
  return parsed.success ? parsed.output : undefined;
}

function unreadable(detail: string) {
  return failure("secret_unreadable", detail);
}

async function openSecret(env: VaultBindings, name: string, origins: readonly string[], now: number): Promise<Opened> {
  const known = kept.get(env.LEDGER)?.get(name);
  // One that may not go there may just have been set again: only D1 says no.
  const usable = known !== undefined && strayOf(known, origins) === undefined ? known : undefined;
  if (usable !== undefined && now - usable.readAt < OPENED_MS) return { kind: "opened", value: usable.value };
  try {
    const read = await readAndOpen(env, name);
    if ("kind" in read) {
      forgetOpened(env, name);
      return read;
    }
    keep(env, name, { ...read, readAt: now });
    const host = strayOf(read, origins);
    return host === undefined ? { kind: "opened", value: read.value } : { kind: "elsewhere", host };
  } catch (error) {
    logFailure("vault_unavailable", error, { secret: name });
    if (usable !== undefined && now - usable.readAt < OPENED_MS_MAX) return { kind: "opened", value: usable.value };
    return { kind: "unavailable", detail: errorMessage(error) };
  }
}

/** The first of the places that a secret is not bound to. */
function strayOf({ hosts }: Secret, origins: readonly string[]): string | undefined {
  return origins.find((origin) => !hosts.has(origin));
}

async function readAndOpen(env: VaultBindings, name: string): Promise<Secret | Exclude<Opened, { kind: "opened" }>> {
  const row = await withinBudget(readVaultRow(env.LEDGER, name));
  if (row === undefined) return { kind: "missing" };
  const ring = await readKeyRing(env);
  if (!ring.ok) return { kind: "unreadable", detail: ring.detail };
  const value = await openRow(row, ring.value);
  if (!value.ok) return { kind: "unreadable", detail: value.detail };
  return { value: value.value, hosts: new Set(parseHosts(row.hosts)) };
}

function keep({ LEDGER }: VaultBindings, name: string, entry: Kept): void {
  const entries = kept.get(LEDGER) ?? new Map<string, Kept>();
  kept.set(LEDGER, entries);
  entries.set(name, entry);
}
