// Whether a request comes from whom it says: first by what URL and headers show, and only then by the signature, for
// which the body has to be read.

import type { RefusalReason } from "../alerts/refusal.ts";
import { readSecret } from "../env.ts";
import { readBody } from "../read-body.ts";
import type { IngestMessage } from "../routing/message.ts";
import type { RoutingTable } from "../routing/table.ts";
import { SIGNATURE_HEADER, SIGNATURE_PATTERN, verifySignature } from "../voucherify/signature.ts";
import { failedFactor, readFactors, type Factors, type Shown } from "./factors.ts";

/** Largest sendout taken in, in bytes. Voucherify documents no limit; its largest published body has 13 KB. */
const SENDOUT_BYTES_MAX = 2 * 1024 * 1024;

/** The inlet's definition in the routing table. */
export type Inlet = RoutingTable["inlets"][string];

/** An inlet's secrets with their values. */
export interface Credentials {
  /** Those that sign, of which any will do; undefined when the inlet says in so many words that it wants none. */
  signing: readonly { name: string; value: string }[] | undefined;
  factors: Factors;
}

/** What became of the proof. */
export type Verdict =
  | { outcome: "proven"; body: Uint8Array<ArrayBuffer>; signature?: NonNullable<IngestMessage["signature"]> }
  | { outcome: "refused"; reason: RefusalReason }
  | { outcome: "too_large" };

/** An inlet's secrets; undefined when one is not set on this Worker without which nothing can be proven. */
export function readCredentials(inlet: Inlet, env: object): Credentials | undefined {
  const factors = readFactors(inlet.requires, env);
  if (factors === undefined) return undefined;
  if (inlet.auth === "none") return { signing: undefined, factors };
  const signing = inlet.auth.secrets.flatMap((name) => {
    const value = readSecret(env, name);
    return value === undefined ? [] : [{ name, value }];
  });
  return signing.length === 0 ? undefined : { signing, factors };
}

/**
 * Proves a request, or says why not. The body is read only when everything else fits.
 *
 * @throws when the client goes away before the body ends
 */
export async function proveSender(
  request: Request,
  shown: Omit<Shown, "headers">,
  { signing, factors }: Credentials,
): Promise<Verdict> {
  const failed = await failedFactor(factors, { ...shown, headers: request.headers });
  if (failed !== undefined) return { outcome: "refused", reason: failed };
  const claimed = request.headers.get(SIGNATURE_HEADER);
  if (signing !== undefined) {
    if (claimed === null) return { outcome: "refused", reason: "signature_missing" };
    if (!SIGNATURE_PATTERN.test(claimed)) return { outcome: "refused", reason: "signature_malformed" };
  }
  const body = await readBody(request, SENDOUT_BYTES_MAX);
  if (body === undefined) return { outcome: "too_large" };
  if (signing === undefined) return { outcome: "proven", body };
  const values = signing.map(({ value }) => value);
  const check = await verifySignature(body, claimed, values);
  const secret = check.valid ? signing[check.secretIndex] : undefined;
  if (!check.valid || secret === undefined) return { outcome: "refused", reason: "signature_mismatch" };
  return { outcome: "proven", body, signature: { secret: secret.name, form: check.form } };
}
