// A sendout on its way to somebody's own machine: its bytes as they came, signed anew.

import { SIGNATURE_HEADER, signBody, stripWhitespace } from "../../src/voucherify/signature.ts";

/** How long the receiver may take, in milliseconds. */
const RECEIVER_TIMEOUT_MS = 30_000;

/** A sendout as it is sent on. */
export interface Forwarded {
  id: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** Over which form Voucherify's signature was. */
  form: "raw" | "compact";
}

/** What became of it. Nobody listening is worth waiting for; everything else is an answer. */
export type Receipt =
  | { outcome: "answered"; status: number; ms: number }
  | { outcome: "nobody" }
  | { outcome: "broken"; detail: string; ms: number };

/** Posts it once. Never rejects. */
export async function forwardSendout(url: string, sendout: Forwarded, secret: string | undefined): Promise<Receipt> {
  const { id, bytes, form } = sendout;
  const started = performance.now();
  const elapsed = (): number => Math.round(performance.now() - started);
  const headers: Record<string, string> = { "content-type": "application/json", "x-signalbox-sendout": id };
  if (secret !== undefined) {
    headers[SIGNATURE_HEADER] = await signBody(form === "compact" ? stripWhitespace(bytes) : bytes, secret);
  }
  try {
    const signal = AbortSignal.timeout(RECEIVER_TIMEOUT_MS);
    const answer = await fetch(url, { method: "POST", headers, body: bytes, redirect: "manual", signal });
    await answer.body?.cancel();
    return { outcome: "answered", status: answer.status, ms: elapsed() };
  } catch (error) {
    if (isRefused(error)) return { outcome: "nobody" };
    return { outcome: "broken", detail: error instanceof Error ? error.message : "no reason given", ms: elapsed() };
  }
}

/** Whether nobody was there, so that nothing can have been done. */
function isRefused(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  const causes: unknown[] = cause instanceof AggregateError ? cause.errors : [cause];
  return causes.some((one) => one instanceof Error && "code" in one && one.code === "ECONNREFUSED");
}
