// What can be wrong with a Payload-designer text, and what is worth saying about one that can be read. Both say where.

/** Why a designer text is not taken. */
export type DesignerReason =
  | "designer_empty"
  | "designer_too_large"
  | "designer_too_deep"
  | "designer_too_many_values"
  | "designer_not_json"
  | "designer_quote_typographic"
  | "designer_path_invalid"
  | "designer_key_reserved";

/** A place in a text as editors show it: both counted from 1, columns in UTF-16 units. */
export interface TextPlace {
  line: number;
  column: number;
}

/** What is wrong, where, and what to do. */
export interface DesignerProblem extends TextPlace {
  reason: DesignerReason;
  message: string;
}

/** What to know about a text that was taken. */
export interface DesignerNote extends TextPlace {
  message: string;
}

/** Thrown where a text is read, caught where it is imported. */
export class DesignerError extends Error {
  readonly reason: DesignerReason;
  /** Counted from 0, in UTF-16 units. */
  readonly offset: number;

  constructor(reason: DesignerReason, offset: number, message: string) {
    super(message);
    this.reason = reason;
    this.offset = offset;
  }
}

/** Collects notes. What is said again is counted, so that a text full of comments gives one line. */
export class DesignerNotes {
  readonly #offsets = new Map<string, number[]>();

  add(offset: number, message: string): void {
    const offsets = this.#offsets.get(message);
    if (offsets === undefined) this.#offsets.set(message, [offset]);
    else offsets.push(offset);
  }

  /** The notes in the order of the text. */
  finish(locate: (offset: number) => TextPlace): DesignerNote[] {
    return [...this.#offsets]
      .map(([message, [first = 0, ...others]]) => ({ message, first, others: others.length }))
      .sort((one, other) => one.first - other.first)
      .map(({ message, first, others }) => {
        const again = others === 0 ? "" : ` (and at ${others} more place${others === 1 ? "" : "s"})`;
        return { ...locate(first), message: message + again };
      });
  }
}

/** Finds lines and columns in a text, whichever way its lines end. */
export function createLocator(text: string): (offset: number) => TextPlace {
  const starts = [0];
  for (let index = 0; index < text.length; index++) {
    const character = text.charAt(index);
    if (character === "\n" || (character === "\r" && text.charAt(index + 1) !== "\n")) starts.push(index + 1);
  }
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}
