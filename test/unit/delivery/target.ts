// A target inside workerd: `fetch` answers by itself and remembers what it was asked.

import { vi } from "vitest";

/** A call as the target saw it. */
export interface Call {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: string;
  redirect: string;
}

/** Has `fetch` answer, with a status or as told, and returns the list of calls, which grows. */
export function mockTarget(
  answer: number | ((call: Call, signal: AbortSignal) => Response | Promise<Response>),
): Call[] {
  const calls: Call[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    const call = {
      url: request.url,
      method: request.method,
      headers: Object.fromEntries(request.headers),
      body: await request.text(),
      redirect: request.redirect,
    };
    calls.push(call);
    return typeof answer === "number" ? new Response(null, { status: answer }) : answer(call, request.signal);
  });
  return calls;
}
