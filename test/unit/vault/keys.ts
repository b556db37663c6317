// Master keys for tests: always the same, one for each letter.

import { createMasterKey, type MasterKey } from "../../../src/vault/master-keys.ts";

/** A master key of 32 bytes that are not all the same, in base64. */
export function masterKey(letter: string): string {
  return keyBytes(letter).toBase64();
}

/** The value of SIGNALBOX_MASTER_KEYS with a key for each id, the first one active. */
export function masterKeys(...ids: string[]): string {
  return JSON.stringify({ active: ids[0], keys: Object.fromEntries(ids.map((id) => [id, masterKey(id)])) });
}

/** The master key ready for use. */
export async function createKey(id: string, letter: string = id): Promise<MasterKey> {
  return createMasterKey(id, keyBytes(letter));
}

function keyBytes(letter: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: 32 }, (_, index) => (letter.codePointAt(0) ?? 0) + index);
}
