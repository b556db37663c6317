// AWS Signature Version 4, made by aws4fetch.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html (read 2026-11-24)

import { AwsV4Signer } from "aws4fetch";
import type { SigV4 } from "../authentication.ts";
import type { Draft, Proof, ProofInputs } from "./proof.ts";

/** Signs a request. The signature is over all of it; nothing may be added or changed afterwards. */
export async function sigV4Proof(auth: SigV4, draft: Draft, { secret, now }: ProofInputs): Promise<Proof> {
  const secretAccessKey = secret(auth.secretAccessKey);
  const sessionToken = auth.sessionToken === undefined ? undefined : secret(auth.sessionToken);
  // S3 wants the body's hash as a header; left to itself, the library would leave the body unsigned there.
  const hash = auth.service === "s3" ? [["x-amz-content-sha256", await sha256(draft.body)] as const] : [];
  const sent = new Headers([...draft.headers, ...hash].map(([name, value]) => [name, value]));
  const signer = new AwsV4Signer({
    method: draft.method,
    url: draft.url.href,
    headers: sent,
    body: draft.body,
    accessKeyId: secret(auth.accessKeyId),
    secretAccessKey,
    ...(sessionToken !== undefined && { sessionToken }),
    service: auth.service,
    region: auth.region,
    datetime: new Date(now).toISOString().replaceAll(/[:-]|\.\d{3}/g, ""),
    cache: new Map(), // the library's own would keep keys that are made of the secret
  });
  const { headers } = await signer.sign();
  const before = new Set(draft.headers.map(([name]) => name));
  const added = [...headers].filter(([name]) => !before.has(name));
  return { headers: added, sensitive: [secretAccessKey, ...(sessionToken === undefined ? [] : [sessionToken])] };
}

async function sha256(text: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();
}
