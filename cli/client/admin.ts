// The admin API from Node, typed by the Worker's own routes: a call that is not there, or an answer that is read wrongly,
// does not compile.

import { DetailedError, hc, parseResponse, type ClientResponse } from "hono/client";
import type { admin } from "../../src/admin/admin.ts";
import { VERSION_HEADER } from "../../src/admin/version-header.ts";
import { RouterError } from "./router-error.ts";
import { createTransport, type TransportOptions } from "./transport.ts";

/** The calls of one router's admin API. */
export type Admin = ReturnType<typeof createAdmin>;

/** How patient a client is, and what it sends with every call beside the token. */
export interface AdminOptions extends TransportOptions {
  headers?: Readonly<Record<string, string>>;
}

/** The admin API of the router at an origin. Without a token the router will refuse, and say so. */
export function createAdmin(origin: string, token: string | undefined, options: AdminOptions = {}) {
  const { headers, ...transport } = options;
  return hc<typeof admin>(`${origin}/admin`, {
    fetch: createTransport({ sign: VERSION_HEADER, ...transport }),
    headers: { ...headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
  });
}

/**
 * What a call answers when it succeeds.
 *
 * @throws RouterError otherwise
 */
export function answerOf<T extends ClientResponse<unknown>>(call: Promise<T>): ReturnType<typeof parseResponse<T>> {
  return parseResponse(call).catch((error: unknown) => {
    if (!(error instanceof DetailedError)) throw error;
    const detail = `The router answered ${error.statusCode} and did not say why.`;
    throw new RouterError({ reason: "answer_unclear", detail }, 3, error);
  });
}

/** The same, or undefined where there is no such thing. */
export async function answerOrNone<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof RouterError && error.complaint.reason === "not_found") return undefined;
    throw error;
  });
}
