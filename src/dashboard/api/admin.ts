// The admin API from a page, typed by the Worker's own routes: a call that is not there, or an answer that is read wrongly,
// does not compile. The cookie of the session goes along by itself; what proves that one of our own pages asks, here.

import { hc, DetailedError, parseResponse, type ClientResponse } from "hono/client";
import type { admin as routes } from "../../admin/admin.ts";
import { asApiError, toApiError, unreachable } from "./problem.ts";
import { session } from "./session-state.ts";

/** `CSRF_HEADER` of src/admin/session-cookie.ts, which a page cannot import: it reads cookies. */
const CSRF_HEADER = "x-signalbox-csrf";

/** Codes after which there is no session any more: the sign-in page is shown instead. */
const SIGNED_OUT: ReadonlySet<string> = new Set([
  "token_missing",
  "token_invalid",
  "session_invalid",
  "assertion_invalid",
]);

/** The calls of the admin API. */
export const admin = hc<typeof routes>(`${location.origin}/admin`, { fetch: send });

async function send(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const headers = new Headers(init?.headers);
  // Whoever comes by Cloudflare Access without a session has no value to send, and any will do.
  if ((init?.method ?? "GET") !== "GET") headers.set(CSRF_HEADER, session.value?.csrf ?? "page");
  const response = await fetch(input, { ...init, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw unreachable(error);
  });
  return response;
}

/**
 * What a call answers when it succeeds.
 *
 * @throws ApiError otherwise
 */
export async function answerOf<T extends ClientResponse<unknown>>(
  call: Promise<T>,
): ReturnType<typeof parseResponse<T>> {
  return parseResponse(call).catch(refuse);
}

/** Throws what a call was refused with as our own error. */
function refuse(error: unknown): never {
  const failure = error instanceof DetailedError ? toApiError(bodyOf(error), error.statusCode ?? 0) : asApiError(error);
  if (SIGNED_OUT.has(failure.code)) session.value = null;
  throw failure;
}

/** What hono puts into a `DetailedError`: the answer's body, parsed where it is JSON. */
function bodyOf({ detail }: DetailedError): unknown {
  const data = typeof detail === "object" && detail !== null && "data" in detail ? detail.data : undefined;
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    return undefined; // no problem of ours then, which is what is said
  }
}
