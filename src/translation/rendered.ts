// A rendered request: what a target will be sent, with secrets still as references. It is what travels in the DELIVER
// queue and rests in the ledger, so that every retry is byte for byte the same.

import * as v from "valibot";

/** Where a secret's value goes once it is known, and how it is written there. */
export const SecretPartSchema = v.object({ $secret: v.string(), as: v.picklist(["text", "json", "uri"]) });
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
  | "template_value_missing"
  | "template_path_unsafe"
  | "template_header_invalid"
  | "template_number_not_finite"
  | "template_body_too_large";

/** Collects rendered text, joining what is literal. */
export class TextWriter {
  readonly #parts: RenderedText = [];

  text(text: string): void {
    if (text === "") return;
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
