// How much work rendering one request may be. Counted in steps, never in time: a deployed Worker's clock stands still
// while it computes. A step is a node of an expression, a call of a function, or so many values that are looked at.

import { ExpressionError } from "./error.ts";

/** Steps of one request, over all its expressions. The most that a recipe of ours takes is below 500. */
export const STEPS_MAX = 20_000;

/** Longest text that an expression may make on the way, in UTF-16 units. */
export const TEXT_LENGTH_MAX = 200_000;

/** Longest list that an expression may make on the way, and most names of an object that it may look at. */
export const LIST_LENGTH_MAX = 5_000;

/** Deepest value that an expression may make. What an inlet takes in has 64 levels at most. */
export const VALUE_DEPTH_MAX = 100;

/** How many values are looked at for a step: comparing or writing them takes about as long as a node. */
const VALUES_PER_STEP = 25;

/** How many characters of a text count as a value. */
const CHARACTERS_PER_VALUE = 10;

/** How many comparisons of characters are made for a step when one text is sought in another. */
const COMPARISONS_PER_STEP = 10_000;

/** How many characters are hashed for a step. JavaScript hashes some hundred times slower than it looks at a text. */
const HASHED_PER_STEP = 40;

/** How many values are copied for a step. */
const COPIES_PER_STEP = 1_000;

/** The budget of one request. */
export class Budget {
  #left = STEPS_MAX;

  /**
   * Uses up steps.
   *
   * @throws ExpressionError `template_budget_exceeded`
   */
  spend(steps = 1): void {
    this.#left -= steps;
    if (this.#left < 0) throw new ExpressionError("template_budget_exceeded", `it takes more than ${STEPS_MAX} steps`);
  }

  /** Uses up the steps for looking at so many values. Few values are part of the step that looks at them. */
  spendFor(values: number): void {
    if (values >= VALUES_PER_STEP) this.spend(Math.floor(values / VALUES_PER_STEP));
  }

  /** Uses up the steps for looking for one text in another, which at worst compares each with each. */
  spendForSearch(text: string, sought: string): void {
    this.spend(Math.floor((text.length * sought.length) / COMPARISONS_PER_STEP));
  }

  /** Uses up the steps for hashing a text. */
  spendForHash(text: string): void {
    this.spend(Math.floor(text.length / HASHED_PER_STEP));
  }

  /**
   * Looks at a value that an expression has made or read on the way, but not into what it holds.
   *
   * @throws ExpressionError `template_budget_exceeded`, or `template_expression_failed` for a number that is none
   */
  check(value: unknown): void {
    if (typeof value === "string") {
      this.checkLength(value.length);
      this.spendFor(value.length / CHARACTERS_PER_VALUE);
    } else if (typeof value === "number") {
      if (Number.isFinite(value)) return;
      throw new ExpressionError("template_expression_failed", "a number is too large, or divided by zero");
    } else if (Array.isArray(value)) {
      if (value.length > LIST_LENGTH_MAX) throw tooManyError();
      this.spendFor(this.#countNested(value));
    } else if (typeof value === "object" && value !== null) {
      const names = Object.keys(value).length;
      if (names > LIST_LENGTH_MAX) throw tooManyError();
      this.spendFor(names);
    }
  }

  /** Looks at the length of a text before it is made. */
  checkLength(length: number): void {
    if (length > TEXT_LENGTH_MAX) throw textTooLongError(TEXT_LENGTH_MAX);
  }

  /**
   * Uses up the steps for looking at a whole value: before it is compared, or written as text. A value that holds
   * another several times counts it as often.
   */
  weigh(value: unknown): void {
    this.spendFor(this.#weightOf(value, 0));
  }

  /** Uses up the steps for looking into a list and every list in it. */
  spendForList(list: readonly unknown[]): void {
    this.spendFor(this.#countNested(list));
  }

  /** Uses up the steps for collecting so many values one by one: what is there already is copied each time. */
  spendForCollecting(count: number): void {
    this.spend(Math.floor(count + count ** 2 / COPIES_PER_STEP));
  }

  /** Uses up the steps for collecting what stands under every name. */
  spendForNames(object: object): void {
    this.spendForCollecting(this.#countNested(Object.values(object)));
  }

  /** How many values the lists in a list hold in all. */
  #countNested(list: readonly unknown[]): number {
    let count = list.length;
    for (const one of list) {
      if (Array.isArray(one)) count += this.#countNested(one);
      this.#stopBeyond(count);
    }
    return count;
  }

  #weightOf(value: unknown, depth: number): number {
    if (typeof value === "string") return 1 + value.length / CHARACTERS_PER_VALUE;
    if (typeof value !== "object" || value === null) return 1;
    if (depth > VALUE_DEPTH_MAX) {
      throw new ExpressionError("template_budget_exceeded", `it makes a value of more than ${VALUE_DEPTH_MAX} levels`);
    }
    let weight = 1;
    if (Array.isArray(value)) {
      for (const inner of value) this.#stopBeyond((weight += this.#weightOf(inner, depth + 1)));
    } else {
      for (const name in value) this.#stopBeyond((weight += this.#weightOf(Reflect.get(value, name), depth + 1)));
    }
    return weight;
  }

  /** Counting ends where the steps would: what holds itself many times over would be counted for ever. */
  #stopBeyond(values: number): void {
    if (values > this.#left * VALUES_PER_STEP) this.spend(this.#left + 1);
  }
}

/** What making a text fails with when it is too long. */
export function textTooLongError(lengthMax: number): ExpressionError {
  return new ExpressionError("template_budget_exceeded", `it makes a text of more than ${lengthMax} characters`);
}

/** What looking at a list, or at an object's names, fails with when there are too many. */
export function tooManyError(): ExpressionError {
  const message = `it has a list of more than ${LIST_LENGTH_MAX} values, or an object of as many names`;
  return new ExpressionError("template_budget_exceeded", message);
}
