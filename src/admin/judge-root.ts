// Whether the Worker secret that opens everything is one that nobody finds, for `GET /admin/health`.

import { readSecret } from "../env.ts";
import { ADMIN_TOKEN_NAME } from "../secret-names.ts";

/** Whoever guesses from many addresses is kept out by its length alone; this many hexadecimal digits are 128 bits. */
const CHARS_MIN = 32;

/** What to do about it, as a sentence; undefined where it is long enough. */
export function judgeRoot(env: object): string | undefined {
  const { length } = readSecret(env, ADMIN_TOKEN_NAME) ?? "";
  if (length >= CHARS_MIN) return undefined;
  return `${ADMIN_TOKEN_NAME} has under ${CHARS_MIN} characters. Take a random one: openssl rand -base64 32.`;
}
