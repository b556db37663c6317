// A team of Cloudflare Access: its keys, what it signs with them, and the endpoint that publishes them.

import { exportJWK, generateKeyPair, SignJWT, type JWK } from "jose";
import { SENT_AT } from "../../messages.ts";
import { mockTarget, type Call } from "../../delivery/target.ts";

const ISSUER = "https://acme.cloudflareaccess.com";
export const AUDIENCE = "a0".repeat(32);

/** The Worker's variables with which it believes this team. */
export const ACCESS_VARIABLES = {
  SIGNALBOX_ACCESS_TEAM: "acme",
  SIGNALBOX_ACCESS_AUDIENCE: AUDIENCE,
  SIGNALBOX_ACCESS_ROLES: JSON.stringify({
    "vera@example.com": "viewer",
    "olga@example.com": "operator",
    "ada@example.com": "admin",
    "service:5f0c.access": "operator",
  }),
};

/** A key of the team. */
export interface TeamKey {
  id: string;
  privateKey: CryptoKey;
  publicKey: CryptoKey;
  jwk: JWK;
}

/** Makes a key, of 2048 bits as theirs. */
export async function createTeamKey(id: string): Promise<TeamKey> {
  const { privateKey, publicKey } = await generateKeyPair("RS256", { extractable: true });
  return { id, privateKey, publicKey, jwk: { ...(await exportJWK(publicKey)), kid: id, alg: "RS256", use: "sig" } };
}

/** What an assertion says, other than all that it usually does. */
export interface Said {
  claims?: Record<string, unknown>;
  header?: { kid: string | undefined };
  /** In seconds since 1970. */
  issuedAt?: number;
}

/** What an assertion of ours usually says. */
export function claimsOf({ claims = {}, issuedAt = SENT_AT / 1_000 }: Said): Record<string, unknown> {
  const at = { iat: Math.floor(issuedAt), nbf: Math.floor(issuedAt), exp: Math.floor(issuedAt) + 3_600 };
  const who = { email: "ada@example.com", sub: "7335d417", type: "app", identity_nonce: "6ei69kawdKzMIAPF" };
  const all = { iss: ISSUER, aud: [AUDIENCE], ...at, ...who, ...claims };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** Signs an assertion as the team does. */
export async function assertWith(key: TeamKey, said: Said = {}): Promise<string> {
  const { kid } = said.header ?? { kid: key.id };
  const header = { alg: "RS256", typ: "JWT", ...(kid !== undefined && { kid }) };
  return new SignJWT(claimsOf(said)).setProtectedHeader(header).sign(key.privateKey);
}

/** Has the team's endpoint answer, with keys or as told, and returns the list of calls, which grows. */
export function serveCerts(answer: () => readonly TeamKey[] | Response | Promise<Response>): Call[] {
  return mockTarget(async (call) => {
    if (call.url !== `${ISSUER}/cdn-cgi/access/certs`) throw new Error(`nobody should call ${call.url}`);
    const given = await answer();
    return given instanceof Response ? given : certsOf(given);
  });
}

/** What the endpoint answers when all is well. */
export function certsOf(keys: readonly TeamKey[]): Response {
  return Response.json({ keys: keys.map(({ jwk }) => jwk), public_cert: {}, public_certs: [] });
}

/** The header in which an assertion arrives. */
export function assertion(jwt: string): { "cf-access-jwt-assertion": string } {
  return { "cf-access-jwt-assertion": jwt };
}
