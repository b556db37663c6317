// The end of a text that was cut: what must not be shown may begin there, and go on where nobody sees it. Pure.

/** Fewer characters of something say nothing. */
const BEGINNING_MIN = 4;

/** Where the end of a text begins that is the beginning of one of these forms; the text's length where there is none. */
export function startOfHalf(text: string, forms: Iterable<string>): number {
  let start = text.length;
  for (const form of forms) {
    const beginning = form.slice(0, BEGINNING_MIN);
    let at = text.indexOf(beginning, text.length - form.length);
    while (at !== -1 && !form.startsWith(text.slice(at))) at = text.indexOf(beginning, at + 1);
    if (at !== -1) start = Math.min(start, at);
  }
  return start > text.length - BEGINNING_MIN ? text.length : start;
}
