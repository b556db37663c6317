// What is kept of one sendout as a call shows it: payload, requests and answers, all of it, masked, or nothing.

import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { archiveKey } from "../ledger/archive.ts";
import { GONE, goneFrom, isKept, readColumn } from "../ledger/content.ts";
import type { Attempt } from "../ledger/deliveries.ts";
import type { SendoutRow } from "../ledger/sendouts.ts";
import type { Masker } from "../masking/masker.ts";
import { RenderedRequestSchema } from "../translation/rendered.ts";
import { maskerOf, type Sight } from "./sight.ts";

/** What arrived, as far as the caller may see it and it is there. */
export const PayloadSchema = v.object({
  encoding: v.picklist(["utf-8", "base64", "missing", "masked", ...GONE]),
  content: v.nullable(v.string()),
  masked: v.optional(
    v.pipe(v.array(v.string()), v.description("Where something is masked; `reveal=true` shows it (docs/privacy.md).")),
  ),
  archive: v.optional(v.pipe(v.string(), v.description("Its key in the bucket ARCHIVE."))),
});
type Payload = v.InferOutput<typeof PayloadSchema>;

/** What an attempt says of the answer, as far as it is shown. */
type ShownAttempt = Omit<Attempt, "excerpt" | "headers"> & {
  excerpt?: string | null | undefined;
  headers?: Attempt["headers"] | null | undefined;
};

/** How a call shows the contents of one sendout. */
export interface ContentView {
  payload: Payload;
  /** A delivery's request; null where there is none, or none to be seen. */
  request(column: string | null): Promise<unknown>;
  attempt(attempt: Attempt): ShownAttempt;
  /** A text that may have values of the payload in it; null where it is not to be seen. */
  text: (text: string) => string | null;
}

/**
 * The contents of a sendout as somebody sees them.
 *
 * @throws whatever D1 or R2 throws
 */
export async function createContentView(
  env: Bindings,
  { id, received_at, body }: Pick<SendoutRow, "id" | "received_at" | "body">,
  sight: Sight,
): Promise<ContentView> {
  if (sight.sees === "nothing") return NOTHING;
  const gone = goneFrom(body);
  const bytes = await readColumn(body, env);
  const archive = gone === "archived" ? { archive: archiveKey({ sendoutId: id, receivedAt: received_at }) } : {};
  if (sight.sees === "everything") {
    const payload = gone === undefined ? describeBytes(bytes) : { encoding: gone, content: null, ...archive };
    return {
      payload,
      request: async (column) => readRequest(column, env),
      attempt: (attempt) => attempt,
      text: (text) => text,
    };
  }
  const masker = maskerOf(bytes, sight);
  return {
    payload: gone === undefined ? describeMasked(bytes, masker) : { encoding: gone, content: null, ...archive },
    request: async (column) => {
      const request = masker === undefined ? null : await readRequest(column, env);
      return request === null || masker === undefined ? null : masker.request(request);
    },
    attempt: (attempt) => maskAttempt(attempt, masker),
    text: (text) => masker?.text(text) ?? null,
  };
}

const NOTHING: ContentView = {
  payload: { encoding: "masked", content: null },
  request: async () => null,
  attempt: (attempt) => maskAttempt(attempt, undefined),
  text: () => null,
};

async function readRequest(column: string | null, env: Bindings) {
  const bytes = column === null || !isKept(column) ? undefined : await readColumn(column, env);
  return bytes === undefined ? null : v.parse(RenderedRequestSchema, JSON.parse(new TextDecoder().decode(bytes)));
}

/** The bytes as they arrived: as text when they are text, else in base64. */
function describeBytes(bytes: Uint8Array | undefined): Payload {
  if (bytes === undefined) return { encoding: "missing", content: null };
  try {
    return { encoding: "utf-8", content: new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { encoding: "base64", content: bytes.toBase64() };
  }
}

function describeMasked(bytes: Uint8Array | undefined, masker: Masker | undefined): Payload {
  if (bytes === undefined) return { encoding: "missing", content: null };
  // Nobody can tell what is in what is no JSON.
  if (masker === undefined) return { encoding: "masked", content: null };
  return { encoding: "masked", content: JSON.stringify(masker.payload), masked: [...masker.places] };
}

/** A target may answer with what it was sent; without a masker nothing of an answer is shown. */
function maskAttempt({ excerpt, headers, ...attempt }: Attempt, masker: Masker | undefined): ShownAttempt {
  const shown = headers?.map(([name, value]): [string, string] => [name, masker?.text(value) ?? ""]);
  return {
    ...attempt,
    ...(excerpt !== undefined && { excerpt: masker?.body(excerpt) ?? null }),
    ...(shown !== undefined && { headers: masker === undefined ? null : shown }),
  };
}
