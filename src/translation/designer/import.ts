// A template of Voucherify's Payload designer as a body template of ours. The designer's text is JSON in which
// `{{path}}` may stand without quotes, for a value with its type; in quotes it is always text. Pure.
// https://docs.voucherify.io/api-reference/distribution-webhooks (read 2026-11-24)

import { STEPS_MAX } from "../engine/budget.ts";
import { TEMPLATE_DEPTH_MAX } from "../json-body.ts";
import type { Path } from "../path.ts";
import { readExactly } from "./decimal.ts";
import { inEnvelope } from "./envelope.ts";
import { createLocator, DesignerError, DesignerNotes, type DesignerNote, type DesignerProblem } from "./notes.ts";
import { isReservedKey } from "./reserved.ts";
import { splitDesignerText, toMixedTemplate, toTextTemplate, toTypedTemplate } from "./text.ts";
import { DesignerTokens, findTypographicQuote, typographicQuote, type Token } from "./tokens.ts";

/** Largest text taken, in bytes of UTF-8. Voucherify states no limit; its own examples are below 1 KB. */
export const DESIGNER_BYTES_MAX = 64 * 1024;

/** Steps of rendering that `{{path}}` in quotes takes, by the names in its path and with a reserve for long values; others take none. */
const stepsOf = (path: Path): number => path.length + 8;

/** How a text is to be imported. */
export interface ImportOptions {
  /** Put the result into the envelope around `data`, as Voucherify does unless "Raw payload" is ticked. */
  envelope?: boolean | undefined;
}

/** A body template and what to know about it, or why there is none. */
export type DesignerImport =
  | { ok: true; body: unknown; notes: DesignerNote[] }
  | { ok: false; problem: DesignerProblem };

/** Reads a designer text. Whatever it is, nothing is thrown, and a body that comes out compiles. */
export function importDesigner(source: string, { envelope = false }: ImportOptions = {}): DesignerImport {
  const text = source.startsWith("\ufeff") ? source.slice(1) : source; // a byte order mark
  const locate = createLocator(text);
  const notes = new DesignerNotes();
  try {
    if (new TextEncoder().encode(text).length > DESIGNER_BYTES_MAX) {
      throw new DesignerError("designer_too_large", 0, `the text has more than ${DESIGNER_BYTES_MAX / 1024} KB`);
    }
    const depthMax = envelope ? TEMPLATE_DEPTH_MAX - 1 : TEMPLATE_DEPTH_MAX;
    const data = new DesignerParser(text, notes, depthMax).read();
    return { ok: true, body: envelope ? inEnvelope(data) : data, notes: notes.finish(locate) };
  } catch (error) {
    if (!(error instanceof DesignerError)) throw error;
    return { ok: false, problem: { reason: error.reason, ...locate(error.offset), message: error.message } };
  }
}

const MISSING =
  "what Voucherify sends for a value that an event lacks is not documented: here its key is left out, null stays null in quotes too, and both are nothing within a text";

class DesignerParser {
  readonly #tokens: DesignerTokens;
  readonly #notes: DesignerNotes;
  readonly #depthMax: number;
  #before: Token | undefined;
  #token: Token;
  #hasValues = false;
  #steps = 0;

  constructor(text: string, notes: DesignerNotes, depthMax: number) {
    this.#tokens = new DesignerTokens(text, notes);
    this.#notes = notes;
    this.#depthMax = depthMax;
    this.#token = this.#tokens.next();
  }

  /** The template that the whole text is. */
  read(): unknown {
    if (this.#isEnd()) throw new DesignerError("designer_empty", 0, "there is nothing in this text");
    const value = this.#value(0);
    if (!this.#isEnd()) throw this.#unexpected("this is more than one JSON value");
    return value;
  }

  #advance(): void {
    this.#before = this.#token;
    this.#token = this.#tokens.next();
  }

  #value(depth: number): unknown {
    const token = this.#token;
    if (depth > this.#depthMax) {
      throw new DesignerError("designer_too_deep", token.offset, `nested deeper than ${this.#depthMax} levels`);
    }
    switch (token.kind) {
      case "mark":
        if (token.mark === "{") return this.#object(depth);
        if (token.mark === "[") return this.#list(depth);
        throw this.#unexpected("a value is missing here");
      case "text":
        this.#advance();
        return this.#text(token.text, token.offset);
      case "number":
        this.#advance();
        return this.#number(token.literal, token.offset);
      case "value":
        this.#advance();
        this.#noteMissing(token.offset);
        return toTypedTemplate(token.path);
      case "word":
        if (!CONSTANTS.has(token.word)) throw this.#unexpected('a text stands in double quotes: "text"');
        this.#advance();
        return CONSTANTS.get(token.word);
      case "end":
        throw this.#unexpected("the text ends before its JSON does");
    }
  }

  #object(depth: number): unknown {
    const entries = new Map<string, unknown>();
    this.#separated("}", () => {
      const { key, offset } = this.#key();
      if (!this.#isMark(":")) throw this.#unexpected("a : is missing behind the key");
      this.#advance();
      const value = this.#value(depth + 1);
      if (entries.has(key)) this.#notes.add(offset, `the key ${JSON.stringify(key)} comes again; the last one counts`);
      entries.set(key, value);
    });
    return Object.fromEntries(entries); // a key __proto__ becomes one like any other
  }

  #list(depth: number): unknown[] {
    const items: unknown[] = [];
    this.#separated("]", () => items.push(this.#value(depth + 1)));
    return items;
  }

  /** What stands between brackets, with commas between. */
  #separated(close: string, readOne: () => void): void {
    this.#advance();
    while (!this.#isMark(close)) {
      readOne();
      if (this.#isMark(close)) break;
      if (!this.#isMark(",")) throw this.#unexpected(`a , or ${close} is missing here`);
      const { offset } = this.#token;
      this.#advance();
      if (this.#isMark(close)) this.#notes.add(offset, "a comma behind the last one is not part of JSON; left out");
    }
    this.#advance();
  }

  #key(): { key: string; offset: number } {
    const token = this.#token;
    if (token.kind === "end") throw this.#unexpected("the text ends before its JSON does");
    if (token.kind !== "text") throw this.#unexpected('a key is missing here; it stands in double quotes: "name"');
    const { text: key, offset } = token;
    if (isReservedKey(key)) {
      const message = `a key ${key} would mean something to Signalbox; name it otherwise, or write its object as one expression after importing the rest: "{{ {'${key}': …} }}"`;
      throw new DesignerError("designer_key_reserved", offset, message);
    }
    if (key.includes("{{"))
      this.#notes.add(offset, "{{ }} in a key is not documented; the key is kept as it is written");
    else if (key.includes(".")) {
      const message =
        "whether Voucherify makes an object of a key with dots is not documented; the key is kept as it is";
      this.#notes.add(offset, message);
    }
    this.#advance();
    return { key, offset };
  }

  #text(text: string, offset: number): string {
    const parts = splitDesignerText(text);
    for (const part of parts) {
      if ("path" in part) this.#noteMissing(offset);
      else if (part.literal.includes("{{")) {
        this.#notes.add(offset, "there is no path behind this {{, so it stays as it is, written \\{{ in Signalbox");
      }
    }
    const [only, ...others] = parts;
    if (only === undefined || !("path" in only) || others.length > 0) return toMixedTemplate(parts);
    this.#spend(stepsOf(only.path), offset);
    return toTextTemplate(only.path);
  }

  #number(literal: string, offset: number): number | string {
    const value = readExactly(literal);
    if (value !== undefined) return value;
    this.#notes.add(offset, "a number of so many digits would be rounded when it is read, so it has become a text");
    return literal;
  }

  /** What has to be said once, where the first value stands. */
  #noteMissing(offset: number): void {
    if (!this.#hasValues) this.#notes.add(offset, MISSING);
    this.#hasValues = true;
  }

  #spend(steps: number, offset: number): void {
    this.#steps += steps;
    if (this.#steps <= STEPS_MAX) return;
    const message = `the {{ }} in quotes up to here take more than the ${STEPS_MAX} steps of one request; take whole lists and objects instead of each of their values`;
    throw new DesignerError("designer_too_many_values", offset, message);
  }

  #isEnd(): boolean {
    return this.#token.kind === "end";
  }

  #isMark(mark: string): boolean {
    return this.#token.kind === "mark" && this.#token.mark === mark;
  }

  /** What stands here should not; often because of what stands before it. */
  #unexpected(message: string): DesignerError {
    const [before, { kind, offset }] = [this.#before, this.#token];
    const quote = before?.kind === "text" ? findTypographicQuote(before.text) : -1;
    // "name”: "Kim" is one text up to the next straight quote, and then a word.
    if (before !== undefined && quote !== -1 && kind === "word") return typographicQuote(before.offset + 1 + quote);
    const beside = SCALARS.has(kind) && SCALARS.has(before?.kind) && (kind === "value" || before?.kind === "value");
    const remedy = beside ? "; {{ }} with anything beside it is a text, in quotes as a whole" : "";
    return new DesignerError("designer_not_json", offset, message + remedy);
  }
}

const SCALARS: ReadonlySet<string | undefined> = new Set(["text", "number", "word", "value"]);

const CONSTANTS: ReadonlyMap<string, boolean | null> = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);
