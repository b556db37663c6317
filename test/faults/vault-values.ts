// The secret that a world has in its vault, with every value that somebody has put in, and which of them can be in use when.

import { putSecret } from "../../src/vault/vault.ts";
import { masterKeys } from "../unit/vault/keys.ts";

/** What the vault's secret is called. The Worker has none of that name. */
export const VAULT_SECRET = "CRM_KEY";

/** The variable that opens the vault. */
export const MASTER_KEYS = masterKeys("a");

/** For how long a value that was replaced may still be sent, in milliseconds: by who can read the ledger, and by others. */
const REPLACED_MS = { healthy: 60_000, without: 3_600_000 };

/** A value, and when it was put in. Instants are milliseconds since 1970. */
export interface PutIn {
  value: string;
  at: number;
  /** When that was answered with 200. Until then it can take effect at any time, or never. */
  answeredAt?: number;
}

export class VaultValues {
  readonly #put: PutIn[] = [];

  /** Makes a new value that somebody is about to put in. */
  create(now: number): PutIn {
    const put: PutIn = { value: `vault-value-${this.#put.length}-d41d8cd98f00b204`, at: now };
    this.#put.push(put);
    return put;
  }

  /** Puts the first value straight into the ledger, for one host. */
  async putFirst(ledger: D1Database, host: string, now: number): Promise<void> {
    const env = { LEDGER: ledger, SIGNALBOX_MASTER_KEYS: MASTER_KEYS };
    const first = this.create(now);
    const put = await putSecret(env, { name: VAULT_SECRET, value: first.value, hosts: [host] }, now);
    if (!put.ok) throw new Error(`the vault does not open: ${put.detail}`);
    first.answeredAt = now;
  }

  /** All of them, the first one first. */
  get all(): string[] {
    return this.#put.map(({ value }) => value);
  }

  /**
   * Those that may be sent at an instant: all that were put in and not replaced a while ago.
   *
   * @param isHealthy whether nothing has happened to the calls of whoever sends it
   */
  usableAt(at: number, isHealthy: boolean): string[] {
    const since = at - (isHealthy ? REPLACED_MS.healthy : REPLACED_MS.without);
    const isReplaced = ({ answeredAt = Number.POSITIVE_INFINITY }: PutIn) =>
      this.#put.some((later) => later.at > answeredAt && (later.answeredAt ?? Number.POSITIVE_INFINITY) < since);
    return this.#put.filter((put) => put.at <= at && !isReplaced(put)).map(({ value }) => value);
  }
}
