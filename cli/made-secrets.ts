// The secrets of a router that nobody else has a say in: they are made here, for a router on this machine and for a
// deployed one alike.

import { randomBytes } from "node:crypto";
import { ADMIN_TOKEN_NAME, MASTER_KEYS_NAME, SEARCH_KEY_NAME } from "../src/secret-names.ts";

/** Random bytes of a token, 192 bits: nobody guesses it, and it can still be pasted. */
const TOKEN_BYTES = 24;

/** Bytes of a master key: AES-256. */
const MASTER_KEY_BYTES = 32;

/** The secrets that can be made, by name. None of their values has a single quote or a line feed in it. */
export const MAKERS: Readonly<Record<string, (keyName: string) => string>> = {
  [ADMIN_TOKEN_NAME]: makeToken,
  [SEARCH_KEY_NAME]: makeToken,
  [MASTER_KEYS_NAME]: makeMasterKeys,
};

/** Something that nobody guesses: 48 hexadecimal digits. */
export function makeToken(): string {
  return randomBytes(TOKEN_BYTES).toString("hex");
}

/** Master keys with one key, of the name given. */
function makeMasterKeys(keyName: string): string {
  return JSON.stringify({
    active: keyName,
    keys: { [keyName]: randomBytes(MASTER_KEY_BYTES).toString("base64") },
  });
}
