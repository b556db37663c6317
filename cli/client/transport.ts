// How a request reaches a router: in bounded time, with a bounded answer, and again where the router says when. Whatever
// goes wrong on the way is a RouterError; the callers see only answers that mean something.

import { setTimeout as wait } from "node:timers/promises";
import { isLoopback } from "./loopback.ts";
import { RouterError, toRouterError } from "./router-error.ts";

/** How long one try may take, answer included, in milliseconds: a router gives up on D1 long before. */
export const TRY_TIMEOUT_MS = 30_000;

/** How often a call is made in all. */
const TRIES_MAX = 3;

/** The longest wait that is worth it for somebody at a terminal, in seconds: a longer one is told instead. */
const RETRY_AFTER_SECONDS_MAX = 20;

/** The largest answer taken, in bytes: many times what the API's largest page has. */
export const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** Calls that can be made twice when nobody knows what became of the first. */
const REPEATABLE: ReadonlySet<string> = new Set(["GET", "PUT", "DELETE"]);

/** How patient a transport is. */
export interface TransportOptions {
  timeoutMs?: number;
  /** A header that every answer of a router has there. */
  sign?: string;
  /** Ends a wait and a call under way. */
  signal?: AbortSignal | undefined;
}

/** A `fetch` for `hc`. It resolves with what is a JSON or text answer of a router, and rejects with a RouterError. */
export function createTransport(options: TransportOptions = {}): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    for (let tried = 1; ; tried += 1) {
      const answer = await attempt(url, init, options);
      const seconds = tried < TRIES_MAX ? secondsToWait(init?.method ?? "GET", answer) : undefined;
      if (seconds === undefined) return checked(url, answer, options.sign);
      await wait(seconds * 1_000, undefined, { signal: options.signal });
    }
  };
}

interface Answer {
  response: Response;
  bytes: Uint8Array<ArrayBuffer>;
}

/** One call with all of its answer, so that a router that stalls half-way is found out here. */
async function attempt(url: string, init: RequestInit | undefined, options: TransportOptions): Promise<Answer> {
  const { timeoutMs = TRY_TIMEOUT_MS, signal } = options;
  const signals = [AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])];
  try {
    // A token goes to the router that it was given for, and nowhere else.
    const response = await fetch(url, { ...init, redirect: "manual", signal: AbortSignal.any(signals) });
    return { response, bytes: await readAll(url, response) };
  } catch (error) {
    if (error instanceof RouterError || signal?.aborted === true) throw error;
    throw explain(url, error, timeoutMs);
  }
}

async function readAll(url: string, { body }: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.length;
    if (length > ANSWER_BYTES_MAX) {
      const detail = `The answer of ${originOf(url)} is larger than ${ANSWER_BYTES_MAX} bytes. Ask for less at a time.`;
      throw new RouterError({ reason: "answer_too_large", detail }, 3);
    }
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** How long the router wants to be left alone before the same call, in seconds; undefined when not to ask again. */
function secondsToWait(method: string, { response: { status, headers } }: Answer): number | undefined {
  // With 429 nothing was done; with 503 nobody knows.
  if (status !== 429 && !(status === 503 && REPEATABLE.has(method))) return undefined;
  const after = headers.get("retry-after") ?? "";
  const seconds = /^\d{1,6}$/.test(after) ? Number(after) : (Date.parse(after) - Date.now()) / 1_000;
  return seconds <= RETRY_AFTER_SECONDS_MAX ? Math.max(seconds, 0) : undefined; // NaN is neither
}

/** The answer, when it is one that a router gives. */
function checked(url: string, { response, bytes }: Answer, sign: string | undefined): Response {
  const { status, headers } = response;
  const type = headers.get("content-type") ?? "";
  if (type.startsWith("application/problem+json")) {
    const error = toRouterError(status, new TextDecoder().decode(bytes));
    if (error !== undefined) throw error;
  }
  if (status >= 300 && status < 400) {
    throw moved(url, status, headers.get("location") ?? "nowhere");
  }
  // A router that is not well says so with 503, and what it lacks in JSON.
  const isRouter = sign === undefined || headers.has(sign);
  const isAnswer = type.startsWith("application/json") ? response.ok || status === 503 : false;
  if (!isRouter || (!isAnswer && !(response.ok && type.startsWith("text/markdown")))) throw notARouter(url, status);
  return new Response(bytes, { status, headers: { "content-type": type } });
}

/** Something answers that sends callers elsewhere; the token stays here. */
function moved(url: string, status: number, location: string): RouterError {
  const detail = `${originOf(url)} sends callers elsewhere (${status}), to ${location}.`;
  const isAccess = URL.canParse(location) && new URL(location).hostname.endsWith(".cloudflareaccess.com");
  const remedy = isAccess
    ? "Cloudflare Access stands before it: CLOUDFLARE_ACCESS_CLIENT_ID and CLOUDFLARE_ACCESS_CLIENT_SECRET let you pass."
    : "Give that URL, if it is the router's.";
  return new RouterError({ reason: "router_moved", detail, remedy }, isAccess ? 4 : 3);
}

/** What answers is something else: a proxy, or another server on the port. */
function notARouter(url: string, status: number): RouterError {
  const detail = `What answers at ${originOf(url)} is not a Signalbox router, or something stands before it (${status}).`;
  return new RouterError({ reason: "not_a_router", detail, remedy: "Look at the URL and the port." }, 3);
}

function explain(url: string, error: unknown, timeoutMs: number): RouterError {
  const origin = originOf(url);
  if (error instanceof DOMException && error.name === "TimeoutError") {
    const detail = `The router at ${origin} did not answer within ${timeoutMs / 1_000} seconds.`;
    return new RouterError({ reason: "router_silent", detail, remedy: "Try again." }, 3, error);
  }
  const why = causeOf(error);
  const remedy = isLoopback(new URL(url).hostname)
    ? "Start one with signalbox dev or npm start, or say which router: --url, --profile or SIGNALBOX_URL."
    : "Look at the URL and your network.";
  const detail = `No router can be reached at ${origin} (${why}).`;
  return new RouterError({ reason: "router_unreachable", detail, remedy }, 3, error);
}

/** Node says "fetch failed", and why in the cause, or in the first of several. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  const first: unknown = cause instanceof AggregateError ? cause.errors[0] : cause;
  if (!(first instanceof Error)) return "no reason given";
  return "code" in first ? String(first.code) : first.message;
}

function originOf(url: string): string {
  return new URL(url).origin;
}
