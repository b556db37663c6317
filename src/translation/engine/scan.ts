// What must be known of an expression's text before JSONata parses it: its parser recurses into brackets, copies what
// stands left of ?? and ?:, and compiles regular expressions. Takes the text apart as JSONata's own tokenizer does, so
// that neither a quote nor a comment can hide a bracket. Pure.

/** What is wrong with an expression, and where in its text, counted from 0. */
export interface SyntaxProblem {
  position: number;
  message: string;
}

/** Deepest expression, in nested brackets and in nested nodes. */
export const EXPRESSION_DEPTH_MAX = 60;

/** Most operators ?? and ?: inside each other's left sides; the parser's work doubles with each. */
const COPIES_MAX = 4;

/** What one bracket holds. */
interface Bracket {
  /** How often the parser copies something in it. */
  copies: number;
  /** The same of the brackets in it. */
  inside: number;
  /** Whether it has the names of a function's arguments. */
  isFunction: boolean;
}

/** A piece of an expression's text. */
export interface Token {
  kind: "operand" | "word" | "operator" | "open" | "close";
  text: string;
  position: number;
}

/** What is wrong with a text; undefined when JSONata can parse it. */
export function scanExpression(source: string): SyntaxProblem | undefined {
  const outside: Bracket = { copies: 0, inside: 0, isFunction: false };
  const open: Bracket[] = [];
  let last: Token | undefined;
  let afterFunction = false;
  for (const token of tokensOf(source)) {
    const bracket = open.at(-1) ?? outside;
    const { text, position } = token;
    if (text === "/" && !endsOperand(last)) return { position, message: REGEX_MESSAGE };
    if (text === "<" && afterFunction) return { position, message: SIGNATURE_MESSAGE };
    afterFunction = false;
    if (token.kind === "open") {
      if (open.length >= EXPRESSION_DEPTH_MAX) return { position, message: DEPTH_MESSAGE };
      open.push({ copies: 0, inside: 0, isFunction: last !== undefined && FUNCTION_WORDS.has(last.text) });
    } else if (token.kind === "close") {
      const closed = open.pop() ?? outside;
      const around = open.at(-1) ?? outside;
      around.inside = Math.max(around.inside, closed.copies);
      around.copies = Math.max(around.copies, closed.copies);
      afterFunction = closed.isFunction;
    } else if (text === "??" || text === "?:") {
      bracket.copies = Math.max(bracket.copies, bracket.inside + 1);
      if (bracket.copies > COPIES_MAX) return { position, message: `too many ${text} in each other` };
    }
    last = token;
  }
  return undefined;
}

/** Where the token begins that ends at a position: JSONata says where tokens end. */
export function startOfToken(source: string, end: number): number {
  for (const { position, text } of tokensOf(source)) if (position + text.length === end) return position;
  return Math.min(end, source.length);
}

/** Why these are refused; the syntax tree's rules say the same. */
export const REGEX_MESSAGE =
  "regular expressions are not available; use $contains, $substringBefore, $substringAfter, $split or $replace";
export const SIGNATURE_MESSAGE = "a function of your own has no signature here";
export const DEPTH_MESSAGE = "the expression is nested too deeply";

/** How functions of one's own begin. */
const FUNCTION_WORDS: ReadonlySet<string> = new Set(["function", "λ", "`function`", "`λ`"]);

/** Words that are operators too; behind them a slash begins a regular expression. */
const OPERATOR_WORDS: ReadonlySet<string> = new Set(["and", "or", "in"]);

/** Whether a slash behind it divides. */
function endsOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === "word") return !OPERATOR_WORDS.has(token.text);
  return token.kind === "operand" || token.kind === "close";
}

const SPACE = /[ \t\n\r\v]+|\/\*[^]*?(?:\*\/|$)/y;
const PAIR = /\.\.|:=|!=|>=|<=|\*\*|~>|\?:|\?\?/y;
const SINGLE = /[.[\]{}(),@#;:?+\-*/%|=<>^&!~]/y;
const TEXT = /"(?:[^"\\]|\\[^])*(?:"|$)|'(?:[^'\\]|\\[^])*(?:'|$)|`[^`]*(?:`|$)/y;
const NUMBER = /(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][-+]?\d+)?/y;
/** A name goes on to the next space or operator, quotes and all. */
const WORD = /[^ \t\n\r\v.[\]{}(),@#;:?+\-*/%|=<>^&!~]+/y;

const TOKENS: readonly (readonly [Token["kind"] | "space", RegExp])[] = [
  ["space", SPACE],
  ["operator", PAIR],
  ["operator", SINGLE],
  ["operand", TEXT],
  ["operand", NUMBER],
  ["word", WORD],
];

/** The pieces of an expression, spaces and comments left out; of one that is not finished as well. */
export function* tokensOf(source: string): Generator<Token> {
  let position = 0;
  while (position < source.length) {
    const [kind, text] = tokenAt(source, position);
    if (kind !== "space") yield { kind, text, position };
    position += text.length;
  }
}

function tokenAt(source: string, position: number): [Token["kind"] | "space", string] {
  for (const [kind, pattern] of TOKENS) {
    pattern.lastIndex = position;
    const text = pattern.exec(source)?.[0];
    if (text === undefined) continue;
    if ("([{".includes(text)) return ["open", text];
    return [")]}".includes(text) ? "close" : kind, text];
  }
  return ["operator", source.charAt(position)]; // every other character belongs to a word
}
