// Posting a sendout to the app, inside workerd.

import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { app } from "../../../src/app.ts";
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
  inlet?: string;
  body?: Uint8Array<ArrayBuffer>;
  headers?: Record<string, string>;
  onAnswer?: () => void;
}

/** Posts a signed body to an inlet and waits until nothing is left to do. */
export async function post(env: TestBindings, posting: Posting = {}): Promise<Answer> {
  const body = posting.body ?? bytes(JSON.stringify(createSendout()));
  const signature = await signBody(body, SECRETS.VOUCHERIFY_SECRET);
  const headers = { "x-voucherify-signature": signature, ...posting.headers };
  return ask(env, createRequest(body, headers, posting.inlet), posting.onAnswer);
}

/** A request with a body of any kind to an inlet. */
export function createRequest(body: BodyInit, headers: Record<string, string> = {}, inlet = "voucherify"): Request {
  return new Request(`https://signalbox.example.com/in/${inlet}`, { method: "POST", body, headers });
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
