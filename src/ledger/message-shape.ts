// What is said of a failure, without anything that tells one failure from the next or says something of a customer: four
// hundred refusals of four hundred codes are one shape. Pure.

/** How much of a message is looked at, in characters. */
const READ_CHARS_MAX = 1_000;

/** How many words a shape has at most. */
const WORDS_MAX = 16;

/** Longer than any word of a sentence, in characters. */
const WORD_CHARS_MAX = 24;

/** What stands between words, or around them. */
const SEPARATORS = /[\s"'`(){}[\]<>,;:=!?/&|\\]+/;

/**
 * The words of a message that are all lowercase letters, with … for everything between. Names, codes, numbers, addresses
 * and what stands in capitals do not survive, so that a shape can be shown to whoever may not see payloads.
 *
 * @param said words that do not survive either, in lowercase: those of the request that was refused
 */
export function messageShape(message: string, said: ReadonlySet<string> = new Set()): string {
  const tokens = message
    .slice(0, READ_CHARS_MAX)
    .replaceAll(/\S*@\S*|\b[a-z][a-z\d+.-]*:\/\/\S*/gi, "…")
    .split(/[\s"'`(){}[\]<>,;:=!?]+/)
    .filter((token) => token !== "");
  const shape: string[] = [];
  for (const token of tokens) {
    const word = token.replaceAll(/^\.+|\.+$/g, "");
    const isPlain = word.length <= WORD_CHARS_MAX && /^[a-z]+(?:[_-][a-z]+)*$/.test(word);
    if (isPlain && !wordsOf(word).some((one) => said.has(one))) shape.push(word);
    else if (shape.at(-1) !== "…") shape.push("…");
    if (shape.length === WORDS_MAX) break;
  }
  return shape.join(" ");
}

/** The words of a text in lowercase, each of those with a dash in it also by its parts. */
export function wordsOf(text: string): string[] {
  const words = text.toLowerCase().split(SEPARATORS);
  return words.flatMap((word) => [word, ...word.split(/[^\p{L}]+/u)]).filter((word) => word !== "");
}
