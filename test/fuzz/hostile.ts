// What a body should not have and some day will: names and values that have broken other programs.

import { EVENT_TYPES } from "../../src/voucherify/catalogue.ts";
import type { Random } from "./random.ts";

/** Stands in bodies as text and as name, and must stand in nothing that is said about them. */
export const CANARY = "canary5a11ce";

const NAMES = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "toJSON",
  "then",
  "length",
  "",
  " ",
  "0",
  "-1",
  "a.b",
  "a`b",
  "a[0]",
  "{{ x }}",
  "$webhook",
  "größe",
  "🎟",
  "a\u0000b",
  "\u2028",
  "\u202e",
  "id",
  "object",
  "data",
  "data_json",
  "source",
  "event",
  "type",
  "related_object",
  "metadata",
  "customer",
  "customer_id",
  "holder",
  "holder_id",
  "voucher",
  "balance",
];

/** The same names as they can also be written. */
const ESCAPED_NAMES = ['"\\u005f_proto__"', '"\\ud800"', '"constr\\u0075ctor"', '"\\u0000"', '"\\/"'];

const TEXTS = [
  "",
  " ",
  "event",
  "webhook",
  "distribution",
  "balance",
  "__proto__",
  "{{ customer.email }}",
  "{{",
  "${x}",
  "<script>",
  "' OR 1=1 --",
  "2026-02-30T25:61:61Z",
  "2026-10-05T08:15:30",
  "0000-00-00",
  "+275760-09-13T00:00:00.001Z",
  "1",
  "null",
  "\u0000",
  "\u{1f600}",
  "\u202egnp.exe",
  '\n\r\t\b\f\\"/',
  "constructor",
  "redemption.",
  "customer.redemption.rollback.failed",
];

const LITERALS = [
  "null",
  "true",
  "false",
  "0",
  "-0",
  "0.0",
  "1e999",
  "-1e999",
  "1e-999",
  "9007199254740993",
  "-9007199254740993",
  "123456789012345678901234567890",
  "1.0",
  "0.1e1",
  "2E+2",
  "3.141592653589793238462643383279",
  "[]",
  "{}",
  "[[]]",
  '{"":""}',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\\u0022\\u005c"',
  // Brackets that do not count, because a quote is escaped or a backslash is.
  `"\\"${"[".repeat(70)}"`,
  `"\\\\\\"${"{".repeat(70)}"`,
  `["\\\\","${"]".repeat(70)}"]`,
];

/** A key that somebody should have thought of, quotes included. */
export function hostileName(random: Random): string {
  if (random.chance(0.15)) return random.pick(ESCAPED_NAMES);
  if (random.chance(0.1)) return JSON.stringify(CANARY + random.below(1000));
  return random.chance(0.01) ? `"${"k".repeat(10_240)}"` : JSON.stringify(random.pick(NAMES));
}

/** A value of any JSON kind, as a literal. */
export function hostileLiteral(random: Random): string {
  if (random.chance(0.4)) return random.pick(LITERALS);
  if (random.chance(0.1)) return JSON.stringify(random.pick(EVENT_TYPES));
  if (random.chance(0.02)) return nested(random.pick(["[", '{"a":', '[{"":']), random.below(80));
  return random.chance(0.01) ? longText(random, random.below(20_000)) : JSON.stringify(random.pick(TEXTS));
}

/** A text of about so many bytes, quotes included. */
export function longText(random: Random, length: number): string {
  const unit = random.pick(["a", "é", "🎟", " ", "\\n", "\\u0041", "\\ud83d", '\\"', "\\\\", "{", "]", `${CANARY} `]);
  return `"${unit.repeat(Math.floor(length / new TextEncoder().encode(unit).length))}"`;
}

/** The same opening so many times, and what closes it again. */
export function nested(opening: string, depth: number): string {
  const closing = Array.from(opening.replaceAll(/[^[{]/g, ""), (bracket) => (bracket === "[" ? "]" : "}"));
  return `${opening.repeat(depth)}0${closing.toReversed().join("").repeat(depth)}`;
}
