// Posting a sendout to the app, inside workerd.

import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { app } from "../app.ts";
import { signBody } from "../../../src/voucherify/signature.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { bytes } from "../bytes.ts";
import { SECRETS, type TestBindings } from "../faults.ts";

/** What a sender sees of an answer. */
export interface Answer {
  status: number;
  retryAfter: string | null;
  /** The body's keys, as far as tests look. */
  code?: string;
  id?: string;
}

interface Posting {
  /** What follows `/in/` in the URL: an inlet's name, and a token where it wants one. */
  inlet?: string;
  body?: Uint8Array<ArrayBuffer>;
  /** What signs; null sends no signature. */
  secret?: string | null;
  headers?: Record<string, string>;
  onAnswer?: () => void;
}

/** Posts a signed body to an inlet and waits until nothing is left to do. */
export async function post(env: TestBindings, posting: Posting = {}): Promise<Answer> {
  const body = posting.body ?? bytes(JSON.stringify(createSendout()));
  const secret = posting.secret === undefined ? SECRETS.VOUCHERIFY_SECRET : posting.secret;
  const signed = secret === null ? {} : { "x-voucherify-signature": await signBody(body, secret) };
  return ask(env, createRequest(body, { ...signed, ...posting.headers }, posting.inlet), posting.onAnswer);
}

/** A request with a body of any kind to an inlet. */
export function createRequest(body: BodyInit, headers: Record<string, string> = {}, inlet = "voucherify"): Request {
  return new Request(`https://signalbox.example.com/in/${inlet}`, { method: "POST", body, headers });
}

/** A body that says whether anybody has begun to read it. */
export function watchedBody(content: Uint8Array): { stream: ReadableStream; wasRead: () => boolean } {
  let read = false;
  const stream = new ReadableStream({
    type: "bytes", // nothing is pulled before somebody reads
    pull(controller) {
      read = true;
      controller.enqueue(content.slice());
      controller.close();
      controller.byobRequest?.respond(0); // a closed stream still owes its reader an answer
    },
  });
  return { stream, wasRead: () => read };
}

/** The app's answer to a request, once nothing is left to do. `onAnswer` is called when the sender has it. */
export async function ask(env: TestBindings, request: Request, onAnswer: () => void = () => {}): Promise<Answer> {
  const ctx = createExecutionContext();
  const response = await app.fetch(request, env, ctx);
  onAnswer();
  await waitOnExecutionContext(ctx);
  const { code, id } = await response.json<{ code?: string; id?: string }>();
  return {
    status: response.status,
    retryAfter: response.headers.get("retry-after"),
    ...(code === undefined ? {} : { code }),
    ...(id === undefined ? {} : { id }),
  };
}
