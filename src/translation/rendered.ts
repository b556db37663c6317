// A rendered request: what a target will be sent, with secrets still as references. It is what travels in the DELIVER
// queue and rests in the ledger, so that every retry is byte for byte the same.

import * as v from "valibot";
import type { ExpressionError, ExpressionReason } from "./engine/error.ts";

/**
 * Where a secret's value goes once it is known, and how it is written there: as it is, as JSON, percent-encoded, or as
 * the rest of a URL's path, which may have slashes but nothing that leads elsewhere.
 */
export const SecretPartSchema = v.object({ $secret: v.string(), as: v.picklist(["text", "json", "uri", "path"]) });
export type SecretPart = v.InferOutput<typeof SecretPartSchema>;

/** Text in pieces: as it is, or a secret's value still to come. A payload can never make a piece of the second kind. */
export const RenderedTextSchema = v.array(v.union([v.string(), SecretPartSchema]));
export type RenderedText = v.InferOutput<typeof RenderedTextSchema>;

export const RenderedRequestSchema = v.object({
  method: v.string(),
  url: RenderedTextSchema,
  headers: v.array(v.tuple([v.string(), RenderedTextSchema])),
  body: v.optional(RenderedTextSchema),
});
export type RenderedRequest = v.InferOutput<typeof RenderedRequestSchema>;

/** Why a request could not be rendered. None of them gets better by trying again with the same event. */
export type RenderReason =
  | ExpressionReason
  | "template_path_unsafe"
  | "template_header_invalid"
  | "template_number_not_finite";

/** What becomes of a value in a body that the event does not have. */
export const MissingPolicySchema = v.picklist(["omit", "null", "error"]);
export type MissingPolicy = v.InferOutput<typeof MissingPolicySchema>;

/** Collects rendered text, joining what is literal. */
export class TextWriter {
  readonly #parts: RenderedText = [];
  readonly #limit: { lengthMax: number; error: () => ExpressionError } | undefined;
  #length = 0;

  /** `limit`: the most it takes, in UTF-16 units, of which a text has as many bytes at least; and what it fails with. */
  constructor(limit?: { lengthMax: number; error: () => ExpressionError }) {
    this.#limit = limit;
  }

  /** @throws ExpressionError */
  text(text: string): void {
    if (text === "") return;
    this.#length += text.length;
    if (this.#limit !== undefined && this.#length > this.#limit.lengthMax) throw this.#limit.error();
    const last = this.#parts.at(-1);
    if (typeof last === "string") this.#parts[this.#parts.length - 1] = last + text;
    else this.#parts.push(text);
  }

  secret(name: string, as: SecretPart["as"]): void {
    this.#parts.push({ $secret: name, as });
  }

  finish(): RenderedText {
    return this.#parts;
  }
}
