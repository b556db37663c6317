// The envelope of every answer of Cloudflare's API (https://developers.cloudflare.com/fundamentals/api/, read 2026-11).

import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** What a call gave. */
export function done(c: Context, result: unknown): Response {
  return c.json({ success: true, errors: [], messages: [], result });
}

/** A list, all of it on the first page: some of wrangler's commands ask for pages until one is empty. */
export function list(c: Context, all: readonly unknown[]): Response {
  const result = Number(c.req.query("page") ?? 1) === 1 ? all : [];
  const count = { page: 1, per_page: 100, count: result.length, total_count: all.length, total_pages: 1 };
  return c.json({ success: true, errors: [], messages: [], result, result_info: count });
}

/** Why a call gave nothing, by the API's code. */
export function refuse(c: Context, status: ContentfulStatusCode, code: number, message: string): Response {
  return c.json({ success: false, errors: [{ code, message }], messages: [], result: null }, status);
}
