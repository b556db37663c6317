// Text from elsewhere on its way to a terminal. What customers, targets and other people's servers have written may hold
// sequences that move the cursor, colour, retitle, or turn the reading direction round; here they become visible.

/** Controls but the line feed, and everything that turns the direction of text or cannot be seen. */
// oxlint-disable-next-line no-control-regex -- these are the characters it is about
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** The text with everything visible, on as many lines as it has. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, visible);
}

/** The text on one line. */
export function printableLine(text: string): string {
  return printable(text.replaceAll("\n", String.raw`\n`));
}

/** JSON whose strings have nothing in them that a terminal would act on: the same document, with more escapes. */
export function printableJson(json: string): string {
  return json.replace(UNPRINTABLE, escaped);
}

function visible(character: string): string {
  if (character === "\t") return String.raw`\t`;
  if (character === "\r") return String.raw`\r`;
  return escaped(character);
}

function escaped(character: string): string {
  return String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, "0");
}
