// What stands in the ledger in a token's place, and what tokens are made of.

/** How many random bytes a token has: nobody guesses one, so that its hash needs no salt. */
const TOKEN_BYTES = 32;

/** The SHA-256 by which a token is known. A token is random enough to need no salt. */
export async function hashToken(token: string): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token))).toHex();
}

/** 43 random characters, fit for a header, a cookie and a URL. */
export function randomText(): string {
  return crypto.getRandomValues(new Uint8Array(TOKEN_BYTES)).toBase64({ alphabet: "base64url", omitPadding: true });
}
