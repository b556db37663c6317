// Random expressions: most of them can be compiled, some ask for what is refused, a few are no expressions at all.

import { ALLOWED_FUNCTIONS, argumentsOf } from "../../src/translation/engine/functions.ts";
import type { Random } from "./random.ts";

const FUNCTIONS = [...ALLOWED_FUNCTIONS];

const HIGHER = ["map", "filter", "reduce", "sort", "each", "sift", "single"];

/** Names that events of these runs have, and some that they have not. */
export const NAMES = [
  "a",
  "b",
  "c",
  "list",
  "text",
  "number",
  "evil",
  "deep",
  "missing",
  "item",
  "first-name",
  "id",
] as const;

const OPERATORS = [..."+ - * / % = != < <= > >= & and or in ?? ?: ~> ..".split(" "), "&", "+", "="];

const LITERALS = [
  "0",
  "1",
  "-1",
  "2.5",
  "1e9",
  "1e308",
  "true",
  "false",
  "null",
  "''",
  "'a'",
  '"{{ a }}"',
  "[]",
  "{}",
  "'}}'",
];

const REFUSED = [
  "$eval('1')",
  "**",
  "%",
  "/(a+)+$/",
  "$match(text, /a/)",
  "|a|{'b':1}|",
  "$random()",
  "$string(?)",
  "function($x){ $x }(1)",
  "($f := function(){ $f() }; $f())",
  "evil()",
  "$secret",
  "a@$x.b",
  "a#$i",
];

const GARBAGE = [
  ...Array.from("()[]{}\"'`.,;:?$%^*/\\|~#@!<>= \n"),
  "{{",
  "}}",
  "\\{{",
  "??",
  ":=",
  "/*",
  "*/",
  "\u0000",
  "\ud800",
  "λ",
];

/** The text between `{{` and `}}`. */
export function createExpression(random: Random): string {
  if (random.chance(0.35)) return plainPath(random);
  const expression = random.chance(0.02) ? random.pick(REFUSED) : term(random, 1 + random.below(4));
  return random.chance(0.03) ? damage(expression, random) : expression;
}

function plainPath(random: Random): string {
  const names = Array.from({ length: 1 + random.below(3) }, () => random.pick(NAMES));
  const all = random.chance(0.1) ? ["$webhook", random.pick(["id", "event", "data"]), ...names] : names;
  return all
    .map((name, index) => (index > 0 && random.chance(0.1) ? `[${random.below(3)}]` : `${index > 0 ? "." : ""}${name}`))
    .join("");
}

function term(random: Random, depth: number): string {
  if (depth <= 0) return random.chance(0.5) ? random.pick(LITERALS) : path(random);
  const inner = (): string => term(random, depth - 1 - random.below(2));
  switch (random.below(13)) {
    case 0:
      return path(random);
    case 1:
      return `(${inner()} ${random.pick(OPERATORS)} ${inner()})`;
    case 2:
      return `${inner()} ${random.pick(OPERATORS)} ${inner()}`;
    case 3:
      return `(${inner()} ? ${inner()}${random.chance(0.8) ? ` : ${inner()}` : ""})`;
    case 4:
    case 5:
      return call(random, inner);
    case 6:
      return higherCall(random, inner);
    case 7:
      return `[${Array.from({ length: random.below(4) }, inner).join(", ")}]`;
    case 8:
      return `{${Array.from({ length: random.below(3) }, () => `${random.chance(0.7) ? `'k${random.below(3)}'` : inner()}: ${inner()}`).join(", ")}}`;
    case 9:
      return `${path(random)}${behind(random, inner)}`;
    case 10:
      return `($x := ${inner()}; ${random.chance(0.5) ? "$x" : inner()}${random.chance(0.3) ? " & $x" : ""})`;
    case 11:
      return random.chance(0.3) ? `[1..${random.pick(["3", "50", "5000", "1000000", "number"])}]` : `-${inner()}`;
    default:
      return `(${inner()} ~> ${applied(random, inner)})`;
  }
}

function path(random: Random): string {
  const start = random.chance(0.15)
    ? random.pick(["$", "$$", "$webhook", "$$", "$", "$x"])
    : random.pick(NAMES).replace("first-name", "`first-name`");
  const more = Array.from({ length: random.below(3) }, () =>
    random.chance(0.1) ? ".*" : `.${random.pick(NAMES).replace("first-name", "`first-name`")}`,
  );
  return start + more.join("");
}

function behind(random: Random, inner: () => string): string {
  switch (random.below(5)) {
    case 0:
      return `[${inner()}]`;
    case 1:
      return `[${random.below(4) - 1}]`;
    case 2:
      return `^(${random.pick(["", ">", "<"])}${inner()})`;
    case 3:
      return `{${inner()}: ${inner()}}`;
    default:
      return random.chance(0.5) ? "[]" : `.(${inner()})`;
  }
}

function call(random: Random, inner: () => string): string {
  const name = random.pick(FUNCTIONS);
  return `$${name}(${Array.from({ length: countFor(name, random) }, inner).join(", ")})`;
}

/** A function behind ~>, which has its first argument already. */
function applied(random: Random, inner: () => string): string {
  const name = random.pick(FUNCTIONS);
  const count = Math.max(0, countFor(name, random) - 1);
  return `$${name}${count === 0 && random.chance(0.5) ? "" : `(${Array.from({ length: count }, inner).join(", ")})`}`;
}

/** As many arguments as a function takes, mostly. */
function countFor(name: string, random: Random): number {
  const takes = argumentsOf(name);
  if (takes === undefined || random.chance(0.03)) return random.below(4);
  return takes.least + random.below(Math.min(takes.most, takes.least + 2) - takes.least + 1);
}

function higherCall(random: Random, inner: () => string): string {
  const parameters = ["$v", "$i", "$all"].slice(0, 1 + random.below(3)).join(", ");
  const body = random.chance(0.6) ? random.pick(["$v", "$v & 'x'", "$v > 1", "$i", "$v.a", "$string($v)"]) : inner();
  const made = random.chance(0.7) ? `function(${parameters}) { ${body} }` : `$${random.pick(FUNCTIONS)}`;
  return `$${random.pick(HIGHER)}(${inner()}, ${made}${random.chance(0.1) ? `, ${inner()}` : ""})`;
}

/** The same with characters gone, doubled or come in. */
function damage(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  const kept = text.slice(at + random.below(3));
  return `${text.slice(0, at)}${random.chance(0.6) ? random.pick(GARBAGE) : ""}${kept}`;
}
