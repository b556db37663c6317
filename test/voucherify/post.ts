// One try: a single HTTP request, and what came of it. It does not know webhooks.

/**
 * How long a target may take, in milliseconds. Voucherify documents "2XX in under 10 seconds".
 * https://docs.voucherify.io/api-reference/introduction-to-webhooks (read 2026-11-22)
 */
export const REQUEST_TIMEOUT_MS = 10_000;

/** How much of an answer is kept, in characters. */
const ANSWER_CHARACTERS_MAX = 1_000;

/** What came of a request: an answer, whichever, or none. */
export type Outcome = { status: number; answer: string } | { error: "timeout" | "unreachable"; detail: string };

/** What is posted, and with which means. */
export interface PostRequest {
  url: string;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
  fetch: typeof fetch;
  /** Until the answer's last byte: that its headers alone would be in time is not documented. */
  timeoutMs: number;
}

/** Posts a body. Redirects are not followed. Never throws: what goes wrong is the outcome. */
export async function post({ url, headers, body, fetch, timeoutMs }: PostRequest): Promise<Outcome> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, answer: (await response.text()).slice(0, ANSWER_CHARACTERS_MAX) };
  } catch (error) {
    if (error instanceof Error && error.name === "TimeoutError") {
      return { error: "timeout", detail: `no complete answer within ${timeoutMs} ms` };
    }
    return { error: "unreachable", detail: reasonOf(error) };
  }
}

/** Whether Voucherify takes an outcome for a success: any 2xx, and nothing else. */
export function isSuccess(outcome: Outcome): boolean {
  return "status" in outcome && outcome.status >= 200 && outcome.status <= 299;
}

/** Node's `fetch` says "fetch failed" and keeps the reason as the cause. */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error ? (error.cause ?? error) : error;
  return reason instanceof Error ? reason.message : String(reason);
}
