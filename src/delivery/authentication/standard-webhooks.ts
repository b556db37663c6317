// Standard Webhooks 1.0.0: who sent it, when and what, signed by one or more secrets so that one can replace another.
// https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (read 2026-11-22)

import type { StandardWebhooks } from "../authentication.ts";
import { readBase64, SecretFormError, utf8, type Draft, type Proof, type ProofInputs } from "./proof.ts";

const SYMMETRIC_PREFIX = "whsec_";
const PRIVATE_KEY_PREFIX = "whsk_";

/** The specification's least for a symmetric key, in bytes; an empty one would let anybody sign. */
const KEY_BYTES_MIN = 24;

/** An ed25519 seed, in bytes; some tools write the public key behind it. */
const SEED_BYTES = 32;

/** What stands before a seed in PKCS #8. https://www.rfc-editor.org/rfc/rfc8410#section-7 */
const PKCS8_ED25519 = Uint8Array.fromHex("302e020100300506032b657004220420");

/**
 * Signs a request with every secret.
 *
 * @throws SecretFormError when a secret is neither whsec_… nor whsk_…, or too short
 */
export async function standardWebhooksProof(
  { secrets }: StandardWebhooks,
  draft: Draft,
  { secret, now }: ProofInputs,
): Promise<Proof> {
  const id = webhookId(draft.id);
  const timestamp = String(Math.floor(now / 1_000));
  const content = utf8(`${id}.${timestamp}.${draft.body}`);
  const signatures = await Promise.all(secrets.map(async (name) => sign(name, secret(name), content)));
  return {
    headers: [
      ["webhook-id", id],
      ["webhook-timestamp", timestamp],
      ["webhook-signature", signatures.join(" ")],
    ],
    sensitive: secrets.flatMap((name) => [secret(name), secret(name).replace(/^wh(?:sec|sk)_/, "")]),
  };
}

/** A delivery's id without its dot, which divides the signed content; it stays unique: what stands before has one length. */
export function webhookId(deliveryId: string): string {
  return deliveryId.replaceAll(".", "_");
}

async function sign(name: string, secret: string, content: Uint8Array<ArrayBuffer>): Promise<string> {
  if (secret.startsWith(PRIVATE_KEY_PREFIX)) {
    const key = await readPrivateKey(name, secret.slice(PRIVATE_KEY_PREFIX.length));
    return `v1a,${new Uint8Array(await crypto.subtle.sign("Ed25519", key, content)).toBase64()}`;
  }
  if (!secret.startsWith(SYMMETRIC_PREFIX)) throw new SecretFormError(`${name} begins neither with whsec_ nor whsk_`);
  const bytes = readBase64(secret.slice(SYMMETRIC_PREFIX.length));
  if (bytes === undefined) throw new SecretFormError(`${name} is not in base64 behind whsec_`);
  if (bytes.length < KEY_BYTES_MIN) throw new SecretFormError(`${name} has under ${KEY_BYTES_MIN} bytes`);
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return `v1,${new Uint8Array(await crypto.subtle.sign("HMAC", key, content)).toBase64()}`;
}

async function readPrivateKey(name: string, text: string): Promise<CryptoKey> {
  const bytes = readBase64(text);
  if (bytes === undefined || (bytes.length !== SEED_BYTES && bytes.length !== 2 * SEED_BYTES))
    throw new SecretFormError(`${name} is no ed25519 key in base64 behind whsk_`);
  const pkcs8 = new Uint8Array([...PKCS8_ED25519, ...bytes.subarray(0, SEED_BYTES)]);
  return crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", false, ["sign"]);
}
