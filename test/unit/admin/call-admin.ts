// Calls of the admin API as tests make them: with the Worker secret unless another token is given.

import { createExecutionContext } from "cloudflare:test";
import { app } from "../app.ts";
import { createBindings, SECRETS, type TestBindings } from "../faults.ts";

/** What a call is made with. */
interface Call {
  body?: unknown;
  token?: string;
  headers?: Record<string, string>;
  env?: TestBindings;
}

/** An answer; `etag` is null where there is none. */
export interface Answer {
  status: number;
  etag: string | null;
  json: Record<string, unknown>;
}

/** Makes a call, given as `METHOD /path` below `/admin`. A text is sent as it is, all else as JSON. */
export async function callAdmin(named: string, { body, token, headers, env }: Call = {}): Promise<Answer> {
  const [method = "", path = ""] = named.split(" ");
  const request = new Request(`https://signalbox.example.com/admin${path}`, {
    method,
    headers: { authorization: `Bearer ${token ?? SECRETS.SIGNALBOX_ADMIN_TOKEN}`, ...headers },
    ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const response = await app.fetch(request, env ?? createBindings(), createExecutionContext());
  return { status: response.status, etag: response.headers.get("etag"), json: await response.json() };
}
