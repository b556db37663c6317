// Everything that is shown of one sendout, masked by what stands at the masked paths of its payload.

import type { RenderedRequest, RenderedText, SecretPart } from "../translation/rendered.ts";
import { maskBody, maskValues } from "./mask-body.ts";
import { maskJson } from "./mask-json.ts";
import { createTextMasker } from "./mask-text.ts";
import { createPathMatcher } from "./match-path.ts";
import type { Masking } from "./settings.ts";

/** Masks what was made of one payload. */
export interface Masker {
  /** The payload itself. */
  payload: unknown;
  /** Where something was masked in it. */
  places: readonly string[];
  /** A request as it is kept: its secrets stay names. */
  request(request: RenderedRequest): RenderedRequest;
  /** A body of text, JSON or not. */
  body(text: string): string;
  /** A text within which values may stand. */
  text(text: string): string;
  /** Any document of JSON: a trace, a list of differences. */
  values(document: unknown): unknown;
}

/** A masker for what was made of a payload, which is a document of JSON. */
export function createMasker(payload: unknown, { paths }: Masking): Masker {
  const { value, places, hidden } = maskJson(payload, createPathMatcher(paths));
  const text = createTextMasker(hidden);
  const body = (whole: string): string => maskBody(whole, text, hidden);
  return {
    payload: value,
    places,
    text,
    body,
    values: (document) => maskValues(document, text, hidden),
    request: ({ url, headers, body: content, ...rest }) => ({
      ...rest,
      url: maskParts(url, text),
      headers: headers.map(([name, parts]): [string, RenderedText] => [name, maskParts(parts, text)]),
      ...(content === undefined ? {} : { body: maskParts(content, body) }),
    }),
  };
}

/** Stand around the number of a secret while the text that it is part of is masked; no text of ours has them. */
const [OPEN, CLOSE] = ["\u{F0000}", "\u{F0001}"];

/** Masks a text that has secrets in it as a whole: a value may go on behind one, and JSON is JSON only with all of it. */
function maskParts(parts: RenderedText, mask: (text: string) => string): RenderedText {
  const secrets: SecretPart[] = [];
  const whole = parts.map((part) => {
    if (typeof part === "string") return part.replaceAll(OPEN, "").replaceAll(CLOSE, "");
    const reference = `${OPEN}${secrets.push(part) - 1}${CLOSE}`;
    return part.as === "json" ? `"${reference}"` : reference;
  });
  return mask(whole.join(""))
    .split(/("?\u{F0000}\d+\u{F0001}"?)/u)
    .filter((piece) => piece !== "")
    .map((piece) => toPart(piece, secrets));
}

function toPart(piece: string, secrets: readonly SecretPart[]): string | SecretPart {
  const number = /^"?\u{F0000}(\d+)\u{F0001}"?$/u.exec(piece)?.[1];
  return number === undefined ? piece : (secrets[Number(number)] ?? piece);
}
