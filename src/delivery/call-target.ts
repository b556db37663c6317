// One HTTP call and what came of it. Nothing is followed, and no more of the answer is read than is kept.

import { createAnswer } from "./answer.ts";
import { echo, ECHO_URL } from "./echo.ts";
import type { Result } from "./judge.ts";
import { excerptOf, headersOf, hostOfLocation, readBeginning } from "./read-answer.ts";
import { createScrubber } from "./scrub.ts";

/**
 * How much of an answer is read, in bytes: as much as is kept, and more, so that a secret across the end of the excerpt
 * is seen whole and masked. A Worker secret has 5 KB at most, three times that when percent-encoded.
 */
const ANSWER_BYTES_MAX = 36_000;

/** What came of a call. */
export interface CallOutcome {
  result: Result;
  detail?: string;
  /** The beginning of the answer's body, secrets removed. */
  excerpt?: string;
  /** The answer's headers, secrets removed, at most 50. */
  headers?: [name: string, value: string][];
  /** Whether the target may have got the request although it did not answer it. */
  ambiguous: boolean;
}

/**
 * Statuses with which a server in front of the target says that it passed the request on and got no answer: 504, and
 * Cloudflare's 520 and 524. Its 521, 522, 523, 525, 526 and 530 say that the target was not reached.
 * https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/ (read 2026-11-24)
 */
const UNANSWERED_STATUSES = new Set([504, 520, 524]);

/**
 * Makes the call. Never rejects.
 *
 * @param sensitive values that must not be seen in anything that is told
 */
export async function callTarget(
  url: string,
  init: RequestInit,
  timeoutMs: number,
  sensitive: readonly string[],
  fetcher: typeof fetch,
): Promise<CallOutcome> {
  // One deadline for the whole call, the answer's body included.
  const signal = AbortSignal.timeout(timeoutMs);
  const scrub = createScrubber(sensitive);
  let response: Response | undefined;
  try {
    response = await (url === ECHO_URL ? echo : fetcher)(url, { ...init, redirect: "manual", signal });
    const body = await readBody(response);
    const { status, headers } = response;
    const location = status >= 300 && status < 400 ? headers.get("location") : null;
    return {
      result: {
        kind: "answered",
        status,
        retryAfter: headers.get("retry-after"),
        answer: createAnswer(status, headers, body.whole ? body.text : undefined),
      },
      ...(location !== null && { detail: `not followed: ${scrub(hostOfLocation(location))}` }),
      excerpt: excerptOf(body, scrub),
      headers: headersOf(headers, scrub),
      ambiguous: UNANSWERED_STATUSES.has(status),
    };
  } catch (error) {
    if (signal.aborted) {
      const what = response === undefined ? "no answer" : `no end of the answer, which began with ${response.status},`;
      return { result: { kind: "timed_out" }, detail: `${what} within ${timeoutMs} ms`, ambiguous: true };
    }
    const detail = scrub(describe(error));
    return { result: { kind: "unreachable" }, detail, ambiguous: response !== undefined || mayHaveBeenSent(error) };
  }
}

/** The body; one that was not compressed as it says cannot be read, but its status can. */
async function readBody(response: Response): Promise<{ text: string; whole: boolean }> {
  try {
    return await readBeginning(response, ANSWER_BYTES_MAX);
  } catch (error) {
    if (error instanceof TypeError && error.message.includes("decompression")) return { text: "", whole: false };
    throw error;
  }
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return "the connection failed";
  return isInternal(error) ? "the host's name does not resolve, or no TLS connection to it comes about" : error.message;
}

/** What workerd says of a connection that it could not set up, beside a number for its own log. */
function isInternal(error: Error): boolean {
  return error.message.startsWith("internal error");
}

/**
 * Whether a call that failed before any answer may have reached the target. workerd tells apart less than one would
 * like: "Network connection lost." is a refused connection as well as one that ended after the request, so it counts as
 * sent. Names that do not resolve and TLS that does not come about are an "internal error", which it never says of a
 * connection that was used. Tried with workerd 1.20261023.1.
 */
export function mayHaveBeenSent(error: unknown): boolean {
  if (error instanceof TypeError) return false; // not a request that can be made
  return !(error instanceof Error && isInternal(error));
}
