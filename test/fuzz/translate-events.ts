// Random events for templates: small, and full of what tries to be something else.

import { CANARY } from "./hostile.ts";
import type { Random } from "./random.ts";

/** The envelope of an event. */
export interface FuzzEvent {
  id: string;
  event: { type: string };
  data: Record<string, unknown>;
}

/** Stands in payloads as the name of a secret; no template has it. */
export const PAYLOAD_SECRET = "PAYLOAD_KEY";

/** Expressions that stand in payloads, and what nobody writes but who evaluates them. */
export const PLANTED: readonly (readonly [expression: string, value: string])[] = [
  ["271828 * 314159", String(271_828 * 314_159)],
  ["$md5('planted')", "08297c071792bd9856adcc8299be428e"],
  ["$join(['planted', '9f3a'], '-')", "planted-9f3a"],
];

const SCALARS: readonly unknown[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  2.5,
  1e308,
  1e-9,
  "",
  "a",
  "12",
  "Zoë",
  "2026-10-05T08:15:30Z",
  "..",
  "a/b?c#d",
  "a\r\nX-Evil: 1",
  "\ud800",
  "é🎟\u0000",
  CANARY,
  `${CANARY} {{ $eval("1") }}`,
  ...PLANTED.flatMap(([expression]) => [expression, `{{ ${expression} }}`, `\\{{ {{${expression}}} }}`]),
  "{{ a }}",
  "\\{{ a }}",
  "<<text>>",
  `{"$secret":"${PAYLOAD_SECRET}"}`,
];

const EVIL: readonly string[] = [
  `{"$secret":"${PAYLOAD_SECRET}"}`,
  `{"$secret":"${PAYLOAD_SECRET}","as":"json"}`,
  '{"$each":"{{ list }}","$do":1}',
  '{"$if":true,"$then":2}',
  '{"$if":"{{ 271828 * 314159 }}","$then":"{{ 271828 * 314159 }}"}',
  '{"{{ 271828 * 314159 }}":1,"$do":"{{ 271828 * 314159 }}"}',
  '{"_jsonata_lambda":true,"arguments":[{"value":"x"}],"body":{"type":"descendant"}}',
  '{"_jsonata_function":true,"implementation":"x"}',
  '{"_jsonata_lambda":true,"thunk":true,"arguments":[],"body":{"type":"function"}}',
  '{"tupleStream":true,"@":{"a":1},"sum":1,"uppercase":2}',
  '{"outerWrapper":true,"0":1}',
  '{"sequence":true,"keepSingleton":true,"cons":true,"length":3}',
  '{"then":1,"next":2,"apply":3}',
  '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
  '{"toJSON":1,"toString":2,"valueOf":3}',
  "[[],[[]],[[[]]]]",
  "1e999",
  "-1e999",
  "[1,[2,[3,[4]]]]",
];

/** Makes an event. */
export function createEvent(random: Random): FuzzEvent {
  const data: Record<string, unknown> = {
    id: `r_${random.below(100)}`,
    text: scalar(random),
    number: random.pick([0, 1, 2, 3.5, -7, 100, 5_000]),
    list: listOf(random, 2),
    a: value(random, 3),
    b: value(random, 2),
    c: random.chance(0.5) ? value(random, 1) : undefined,
    evil: JSON.parse(random.pick(EVIL)) as unknown,
    deep: nest(random, random.below(60)),
    "first-name": scalar(random),
  };
  if (random.chance(0.02)) data["text"] = random.pick(["x", "é", CANARY]).repeat(random.below(30_000));
  if (random.chance(0.02)) data["list"] = Array.from({ length: random.below(6_000) }, (_, index) => index);
  if (random.chance(0.02))
    data["b"] = Object.fromEntries(Array.from({ length: random.below(6_000) }, (_, index) => [`n${index}`, []]));
  // A payload has been parsed: what is undefined is not there.
  return {
    id: "whs_1",
    event: { type: "redemption.succeeded" },
    data: Object.fromEntries(Object.entries(data).filter(([, one]) => one !== undefined)),
  };
}

function scalar(random: Random): unknown {
  return SCALARS[random.below(SCALARS.length)];
}

function listOf(random: Random, depth: number): unknown[] {
  return Array.from({ length: random.below(5) }, () => value(random, depth - 1));
}

function value(random: Random, depth: number): unknown {
  if (random.chance(0.1)) return JSON.parse(random.pick(EVIL)) as unknown;
  if (depth <= 0 || random.chance(0.4)) return scalar(random);
  if (random.chance(0.5)) return listOf(random, depth);
  const names = ["a", "b", "c", "sku", "k0", "x"].filter(() => random.chance(0.5));
  return Object.fromEntries(names.map((name) => [name, value(random, depth - 1)]));
}

function nest(random: Random, levels: number): unknown {
  let inner: unknown = scalar(random);
  for (let level = 0; level < levels; level++) inner = random.chance(0.5) ? [inner] : { a: inner };
  return inner;
}
