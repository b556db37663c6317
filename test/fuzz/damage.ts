// Bodies that are no longer JSON, or barely: bytes damaged on the way, texts that other readers would take for JSON, and
// encodings other than UTF-8.

import type { Random } from "./random.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** UTF-8 bytes of a text. */
export function encode(text: string): Bytes {
  return new Uint8Array(new TextEncoder().encode(text));
}

/** Flips, removes, repeats, inserts and cuts off bytes, in so many places. */
export function damageBytes(body: Bytes, random: Random, times: number): Bytes {
  let damaged = body;
  for (let count = 0; count < times; count++) damaged = random.pick(DAMAGES)(damaged, random);
  return damaged;
}

const DAMAGES: readonly ((body: Bytes, random: Random) => Bytes)[] = [
  (body, random) => {
    const flipped = body.slice();
    const position = random.below(body.length);
    if (position < body.length) flipped[position] = (body[position] ?? 0) ^ (1 << random.below(8));
    return flipped;
  },
  (body, random) => splice(body, random.below(body.length), 1, Uint8Array.of(random.below(256))),
  (body, random) => splice(body, random.below(body.length), 1 + random.below(20), new Uint8Array()),
  (body, random) => splice(body, random.below(body.length), 0, random.pick(INSERTIONS)),
  (body, random) => splice(body, random.below(body.length), 0, encode(random.pick(TOKENS))),
  (body, random) => {
    const from = random.below(body.length);
    return splice(body, random.below(body.length), 0, body.slice(from, from + 1 + random.below(200)));
  },
  (body, random) => body.slice(0, random.below(body.length + 1)),
  (body, random) => body.slice(random.below(body.length + 1)),
];

/** Bytes that are no UTF-8, or are but should not be here. */
const INSERTIONS: readonly Bytes[] = [
  [0x80],
  [0xff, 0xfe],
  [0xc0, 0xaf], // a slash, too long
  [0xe0, 0x80, 0x80], // a NUL, too long
  [0xed, 0xa0, 0x80], // half of a surrogate pair
  [0xf4, 0x90, 0x80, 0x80], // beyond Unicode
  [0xf0, 0x9f, 0x98], // a character cut off
  [0x00],
  [0x1f, 0x8b, 0x08], // how gzip begins
  [0xef, 0xbb, 0xbf], // a byte order mark
  [0xc2, 0xa0], // a no-break space
].map((numbers) => Uint8Array.from(numbers));

const TOKENS = ["{", "}", "[", "]", ",", ":", '"', "\\", "\\u", "null", "-", "e", "/*", "\n", "[[[[[[[[", '"":'];

/** A text that some readers take for JSON. */
export function almostJson(text: string, random: Random): string {
  return random.pick(ALMOST)(text, random);
}

const ALMOST: readonly ((text: string, random: Random) => string)[] = [
  (text) => text.replace(/\}$/, ",}"),
  (text) => text.replace("{", "{,"),
  (text) => `// sendout\n${text}`,
  (text) => text.replace(",", "/* here */,"),
  (text) => text.replaceAll('"', "'"),
  (text) => text.replaceAll(/"(\w+)":/g, "$1:"),
  (text) => text + text,
  (text) => `${text}\n${text}`,
  (text) => `${text}x`,
  (text) => `)]}',\n${text}`,
  (text) => `callback(${text})`,
  (text, random) =>
    text.replace(/:[^,{[]*/, `:${random.pick(["NaN", "Infinity", "undefined", "0x10", "+1", "01", ".5", "1."])}`),
  (text, random) =>
    text.replace(",", `,${random.pick(["\u00a0", "\u2028", "\u3000", "\ufeff", "\f", "\v", "\u0085"])}`),
  (text) => `body=${encodeURIComponent(text)}`,
  (text) => `--x\r\nContent-Disposition: form-data; name="body"\r\n\r\n${text}\r\n--x--`,
  (text) => text.replace(/"/, '"\n'),
  (text) => text.replace(/"/, '"\\x41'),
];

/** A text in an encoding that Voucherify does not use, or with a mark that it does not send. */
export function encodeOtherwise(text: string, random: Random): Bytes {
  return random.pick(ENCODINGS)(text);
}

const ENCODINGS: readonly ((text: string) => Bytes)[] = [
  (text) => encode(`\ufeff${text}`),
  (text) => encode(`\ufeff\ufeff${text}`),
  (text) => encodeUnits(text, 2, true),
  (text) => encodeUnits(text, 2, false),
  (text) => encodeUnits(`\ufeff${text}`, 2, true),
  (text) => encodeUnits(`\ufeff${text}`, 2, false),
  (text) => encodeUnits(`\ufeff${text}`, 4, true),
  // Latin-1: every other character than ASCII is one byte, and none of those is UTF-8.
  (text) => Uint8Array.from({ length: text.length + 1 }, (_, index) => text.charCodeAt(index) || 0xe9),
  (text) => splice(encode(text), 0, 0, Uint8Array.of(0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3)),
];

function encodeUnits(text: string, width: number, littleEndian: boolean): Bytes {
  const body = new Uint8Array(text.length * width);
  const view = new DataView(body.buffer);
  for (let index = 0; index < text.length; index++) {
    if (width === 2) view.setUint16(index * 2, text.charCodeAt(index), littleEndian);
    else view.setUint32(index * 4, text.charCodeAt(index), littleEndian);
  }
  return body;
}

function splice(body: Bytes, position: number, remove: number, insert: Bytes): Bytes {
  const rest = body.subarray(position + remove);
  const spliced = new Uint8Array(position + insert.length + rest.length);
  spliced.set(body.subarray(0, position));
  spliced.set(insert, position);
  spliced.set(rest, position + insert.length);
  return spliced;
}
