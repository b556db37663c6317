// Comparing what somebody sent with a secret, so that the time it takes says nothing about the secret.

const encoder = new TextEncoder();

/**
 * Whether two texts are the same. Their digests are compared, not they themselves: equal lengths, and equal time
 * whatever was given and wherever it differs.
 */
export async function isSameText(given: string, expected: string): Promise<boolean> {
  const [a, b] = await Promise.all([digest(given), digest(expected)]);
  return crypto.subtle.timingSafeEqual(a, b);
}

async function digest(text: string): Promise<ArrayBuffer> {
  return crypto.subtle.digest("SHA-256", encoder.encode(text));
}
