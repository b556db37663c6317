// A Payload-designer text in tokens: those of JSON, and `{{path}}` without quotes as one more kind of value. Lenient
// where nothing is lost by it (comments, spaces that only look like spaces), which is noted. Pure.
// https://docs.voucherify.io/api-reference/distribution-webhooks (read 2026-11-24)

import type { Path } from "../path.ts";
import { parseDesignerPath } from "./path.ts";
import { DesignerError, type DesignerNotes } from "./notes.ts";

/** A piece of a designer text. `offset` is where it begins, counted from 0. */
export type Token = { offset: number } & (
  | { kind: "mark"; mark: string }
  | { kind: "text"; text: string }
  | { kind: "number"; literal: string }
  | { kind: "word"; word: string }
  | { kind: "value"; path: Path }
  | { kind: "end" }
);

/** Quotes of typesetting, which chats and word processors make of ". */
const TYPOGRAPHIC_QUOTE = /[“”„‟‘’‚‛«»‹›″′＂]/u;

/** Characters that look like a space or like nothing, and are no space to JSON. */
const SPACE_LOOKALIKE = /[\u{a0}\u{1680}\u{2000}-\u{200b}\u{2028}\u{2029}\u{202f}\u{205f}\u{2060}\u{3000}\u{feff}]/u;

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Where in a text a typographic quote stands; -1 when nowhere. */
export function findTypographicQuote(text: string): number {
  return text.search(TYPOGRAPHIC_QUOTE);
}

/** Reads tokens one after the other. */
export class DesignerTokens {
  readonly #text: string;
  readonly #notes: DesignerNotes;
  #index = 0;

  constructor(text: string, notes: DesignerNotes) {
    this.#text = text;
    this.#notes = notes;
  }

  /** @throws DesignerError */
  next(): Token {
    this.#skipSpace();
    const offset = this.#index;
    const character = this.#text.charAt(offset);
    if (character === "") return { kind: "end", offset };
    if (this.#text.startsWith("{{", offset)) return { kind: "value", path: this.#path(), offset };
    if ("{}[]:,".includes(character)) {
      this.#index++;
      return { kind: "mark", mark: character, offset };
    }
    if (character === '"') return { kind: "text", text: this.#string(), offset };
    if (/[-\d]/.test(character)) return { kind: "number", literal: this.#number(), offset };
    if (/[\p{L}_$]/u.test(character)) return { kind: "word", word: this.#take(/[\p{L}\w$]/u), offset };
    throw this.#strange(character);
  }

  #skipSpace(): void {
    for (;;) {
      const character = this.#text.charAt(this.#index);
      if (character !== "" && " \t\n\r".includes(character)) this.#index++;
      else if (SPACE_LOOKALIKE.test(character)) {
        this.#notes.add(this.#index, "a character that only looks like a space has been left out");
        this.#index++;
      } else if (!this.#skipComment()) return;
    }
  }

  #skipComment(): boolean {
    const start = this.#index;
    if (this.#text.startsWith("//", start)) this.#take(/[^\n\r]/);
    else if (this.#text.startsWith("/*", start)) {
      const end = this.#text.indexOf("*/", start + 2);
      if (end === -1) throw new DesignerError("designer_not_json", start, "this comment has no */");
      this.#index = end + 2;
    } else return false;
    this.#notes.add(start, "comments are not part of JSON; left out");
    return true;
  }

  /** Goes on while characters fit, and returns them. */
  #take(fitting: RegExp): string {
    const start = this.#index;
    while (this.#index < this.#text.length && fitting.test(this.#text.charAt(this.#index))) this.#index++;
    return this.#text.slice(start, this.#index);
  }

  /** `{{path}}` outside of quotes. */
  #path(): Path {
    const start = this.#index;
    const end = this.#text.indexOf("}}", start + 2);
    if (end === -1) throw new DesignerError("designer_path_invalid", start, "this {{ has no }}");
    const path = parseDesignerPath(this.#text.slice(start + 2, end));
    if (path === undefined) {
      const message = "between {{ and }} stands one path, like order.total_amount; anything else belongs in quotes";
      throw new DesignerError("designer_path_invalid", start, message);
    }
    this.#index = end + 2;
    return path;
  }

  #string(): string {
    const start = this.#index++;
    for (;;) {
      const character = this.#text.charAt(this.#index);
      if (character === '"') break;
      if (character === "" || character === "\n" || character === "\r") throw this.#unclosed(start);
      if (character < " ") {
        const message = 'a tab or another control character cannot stand in a text; a tab is written "\\t"';
        throw new DesignerError("designer_not_json", this.#index, message);
      }
      this.#index += character === "\\" ? this.#escapeLength() : 1;
    }
    this.#index++;
    return String(JSON.parse(this.#text.slice(start, this.#index))); // every character of it has been looked at
  }

  #escapeLength(): number {
    const escape = this.#text.slice(this.#index + 1, this.#index + 6);
    if (/^["\\/bfnrt]/.test(escape)) return 2;
    if (/^u[\dA-Fa-f]{4}/.test(escape)) return 6;
    const message = 'this \\ begins no escape of JSON; a backslash of its own is written "\\\\"';
    throw new DesignerError("designer_not_json", this.#index, message);
  }

  /** A text without an end is one that a typographic quote was to end, more often than not. */
  #unclosed(start: number): DesignerError {
    const quote = findTypographicQuote(this.#text.slice(start, this.#index));
    if (quote !== -1) return typographicQuote(start + quote);
    const message = 'this text has no closing " on its line; a line break in a text is written "\\n"';
    return new DesignerError("designer_not_json", start, message);
  }

  #number(): string {
    const offset = this.#index;
    const literal = this.#take(/[-+.\w]/);
    if (NUMBER.test(literal)) return literal;
    const message =
      "this is no number of JSON: digits, with a point if need be, and no zero in front; quotes make it text";
    throw new DesignerError("designer_not_json", offset, message);
  }

  #strange(character: string): DesignerError {
    const offset = this.#index;
    if (TYPOGRAPHIC_QUOTE.test(character)) return typographicQuote(offset);
    const message = "'`".includes(character)
      ? `texts stand in double quotes: "text"`
      : 'nothing of JSON begins like this; a text stands in double quotes: "text"';
    return new DesignerError("designer_not_json", offset, message);
  }
}

/** What to say of a typographic quote where `"` was meant. */
export function typographicQuote(offset: number): DesignerError {
  const message = 'this is a typographic quote, as chats and word processors make them; write "';
  return new DesignerError("designer_quote_typographic", offset, message);
}
