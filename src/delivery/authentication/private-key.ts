// Private keys that sign assertions, as Worker secrets hold them: PEM (PKCS #8) or a JSON Web Key.

import { importJWK, importPKCS8, SignJWT, type CryptoKey as JoseKey } from "jose";
import { SecretFormError } from "./proof.ts";

/** How long an assertion is good, in seconds: it is used at once. */
const ASSERTION_SECONDS = 300;

/** What an assertion says. */
export interface Assertion {
  algorithm: string;
  keyId?: string | undefined;
  /** Claims beside iat, exp and jti. */
  claims: Readonly<Record<string, string>>;
}

/**
 * Signs an assertion.
 *
 * @param name the key's secret, for messages
 * @param now milliseconds since 1970
 * @throws SecretFormError when the key cannot be read or does not fit the algorithm
 */
export async function signAssertion(
  { algorithm, keyId, claims }: Assertion,
  name: string,
  key: string,
  now: number,
): Promise<string> {
  const seconds = Math.floor(now / 1_000);
  const imported = await readPrivateKey(key, algorithm).catch(() => undefined);
  if (imported === undefined)
    throw new SecretFormError(`${name} is no private key for ${algorithm}, in PEM (PKCS #8) or as a JSON Web Key`);
  return new SignJWT({ ...claims, jti: crypto.randomUUID() })
    .setProtectedHeader({ alg: algorithm, typ: "JWT", ...(keyId !== undefined && { kid: keyId }) })
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .sign(imported);
}

async function readPrivateKey(key: string, algorithm: string): Promise<JoseKey | undefined> {
  if (!key.trimStart().startsWith("{")) {
    // A PEM in one line, as it is often put into a secret.
    return importPKCS8(key.replaceAll(String.raw`\n`, "\n"), algorithm);
  }
  const imported = await importJWK(JSON.parse(key), algorithm);
  // A symmetric key comes as bytes, a public one could sign nothing.
  return imported instanceof Uint8Array || imported.type !== "private" ? undefined : imported;
}
