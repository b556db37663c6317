// What an inlet requires beside the signature. Decided from URL and headers alone, before the body is read.

import { isSameText } from "../constant-time.ts";
import { readSecret } from "../env.ts";
import type { InletRequirements } from "../routing/inlet-requirements.ts";
import { expandAddress } from "../voucherify/addresses.ts";

/** The values of the Worker secrets that an inlet's requirements name, and the addresses it takes, regions expanded. */
export interface Factors {
  pathToken: string | undefined;
  header: { name: string; value: string } | undefined;
  addresses: readonly string[] | undefined;
}

/** What a request shows. */
export interface Shown {
  /** What follows the inlet's name in the URL. */
  pathToken: string | undefined;
  headers: Headers;
  /** The sender's address, as `normaliseAddress` writes it. */
  address: string | undefined;
}

/** The factors of an inlet with their secrets; undefined when one of those is not set on this Worker. */
export function readFactors(requires: InletRequirements = {}, env: object): Factors | undefined {
  const { pathToken, header, addresses } = requires;
  const token = pathToken === undefined ? undefined : readSecret(env, pathToken);
  const value = header === undefined ? undefined : readSecret(env, header.secret);
  if ((pathToken !== undefined && token === undefined) || (header !== undefined && value === undefined)) {
    return undefined;
  }
  return {
    pathToken: token,
    header: header === undefined || value === undefined ? undefined : { name: header.name, value },
    addresses: addresses?.flatMap(expandAddress),
  };
}

/**
 * The first factor that a request does not fulfil; undefined when it fulfils them all. Each is looked at whatever
 * became of the others, so that the time it takes does not tell a sender which of them was wrong.
 */
export async function failedFactor(
  factors: Factors,
  shown: Shown,
): Promise<"path_token" | "header" | "address" | undefined> {
  const { pathToken, header, addresses } = factors;
  const [tokenFits, headerFits] = await Promise.all([
    pathToken === undefined || isSameText(shown.pathToken ?? "", pathToken),
    header === undefined || isSameText(shown.headers.get(header.name) ?? "", header.value),
  ]);
  const addressFits = addresses === undefined || (shown.address !== undefined && addresses.includes(shown.address));
  if (!tokenFits) return "path_token";
  if (!headerFits) return "header";
  return addressFits ? undefined : "address";
}
