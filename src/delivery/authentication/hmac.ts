// A signature as many systems have invented it for themselves: an HMAC over the body, perhaps with a time and parts of
// the request before it, in a header of the target's choosing.

import type { Hmac } from "../authentication.ts";
import { readBase64, SecretFormError, utf8, type Draft, type Proof, type ProofInputs } from "./proof.ts";

const HASHES = { sha256: "SHA-256", sha1: "SHA-1", sha512: "SHA-512" } as const;

/**
 * Signs a request.
 *
 * @throws SecretFormError when the secret is not in the encoding that the table says
 */
export async function hmacProof(hmac: Hmac, draft: Draft, { secret, now }: ProofInputs): Promise<Proof> {
  const { algorithm = "sha256", encoding = "hex", prefix = "", timestampHeader, signs = ["body"] } = hmac;
  const value = secret(hmac.secret);
  const timestamp = String(Math.floor(now / 1_000));
  const content = signs.map((part) => partOf(draft, part, timestamp)).join(hmac.separator ?? ".");
  const key = await crypto.subtle.importKey(
    "raw",
    keyOf(hmac, value),
    { name: "HMAC", hash: HASHES[algorithm] },
    false,
    ["sign"],
  );
  const signature = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(content)));
  const headers: Proof["headers"] = [[hmac.header.toLowerCase(), prefix + write(signature, encoding)]];
  if (timestampHeader !== undefined) headers.push([timestampHeader.toLowerCase(), timestamp]);
  return { headers, sensitive: [value] };
}

function partOf({ method, url, body, id }: Draft, part: NonNullable<Hmac["signs"]>[number], timestamp: string): string {
  switch (part) {
    case "body":
      return body;
    case "timestamp":
      return timestamp;
    case "method":
      return method;
    case "host":
      return url.host;
    case "path":
      return url.pathname;
    case "path_and_query":
      return url.pathname + url.search;
    case "url":
      return url.href;
    case "id":
      return id;
  }
}

function keyOf({ secret, secretEncoding = "text" }: Hmac, value: string): Uint8Array<ArrayBuffer> {
  const bytes = decode(value, secretEncoding);
  if (bytes === undefined || bytes.length === 0) throw new SecretFormError(`${secret} is not in ${secretEncoding}`);
  return bytes;
}

function decode(value: string, encoding: NonNullable<Hmac["secretEncoding"]>): Uint8Array<ArrayBuffer> | undefined {
  if (encoding === "text") return utf8(value);
  if (encoding === "base64") return readBase64(value);
  return /^(?:[0-9a-f]{2})+$/i.test(value) ? new Uint8Array(Uint8Array.fromHex(value)) : undefined;
}

function write(bytes: Uint8Array, encoding: NonNullable<Hmac["encoding"]>): string {
  if (encoding === "hex") return bytes.toHex();
  return encoding === "base64" ? bytes.toBase64() : bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}
