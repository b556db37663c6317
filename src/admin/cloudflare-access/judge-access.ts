// Whether people can come by Cloudflare Access, for `GET /admin/health`.

import type { Bindings } from "../../env.ts";
import { accessKeysOf } from "./keys.ts";
import { readAccessSettings } from "./settings.ts";

/**
 * What is wrong, as a sentence; undefined where nothing is, or where Access is not used.
 *
 * @param now milliseconds since 1970
 */
export async function judgeAccess(env: Bindings, now: number): Promise<string | undefined> {
  const settings = readAccessSettings(env);
  if (!settings.ok) return settings.detail;
  if (settings.value === undefined) return undefined;
  const keys = await accessKeysOf(env.INGEST, settings.value.issuer).find(undefined, now);
  return keys.ok ? undefined : `The keys of Cloudflare Access cannot be had: ${keys.detail}.`;
}
