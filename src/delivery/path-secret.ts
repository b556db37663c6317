// A secret that is the rest of a URL's path: hooks whose address is the secret. What it may be, so that it leads nowhere
// else, and in which pieces an answer may give it away. Pure.

/** The rest of a URL: a path and perhaps a query, without a fragment, spaces, quotes, backslashes or line ends. */
const REST_OF_URL = /^[\w.~\-/%:@!$&'()*+,;=?]+$/;

/** A slash in any spelling: some servers take the encoded ones for the plain. */
const SLASH = /\/|\\|%2f|%5c/i;

const DOTS = /^(?:\.|%2e){1,2}$/i;

/** Whether the value can be the rest of a URL's path and stays below what stands before it. */
export function isPathSecret(value: string): boolean {
  const [path = ""] = value.split("?");
  return REST_OF_URL.test(value) && !path.split(SLASH).some((segment) => DOTS.test(segment));
}

/** A piece of a path this short is a name rather than a secret. */
const PIECE_LENGTH_MIN = 8;

/** The value, its longer pieces, and how servers write them: errors name a last segment, or a path that was decoded. */
export function piecesOfPathSecret(value: string): string[] {
  const pieces = value.split(/[/?&=]/).filter((piece) => piece.length >= PIECE_LENGTH_MIN);
  const { pathname, search } = new URL(`https://host/${value}`);
  const sent = `${pathname}${search}`.slice(1);
  return [...new Set([value, sent, ...pieces].flatMap((piece) => [piece, decode(piece)]))];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // its percent signs are no escapes
  }
}
