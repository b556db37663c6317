// What of a request's expressions is shown at once: whatever somebody has written, and whatever gave nothing. Pure.

/** An expression with what it gave, as the admin API's trace has it. */
export interface Entry {
  place: string;
  expression: string;
  value?: unknown;
  /** Why it gave nothing. */
  empty?: string | undefined;
  error?: string | undefined;
}

/** Whether it gave nothing. */
export function isBare({ empty, error }: Entry): boolean {
  return empty !== undefined || error !== undefined;
}

/**
 * Those that gave nothing, then those that somebody has written; and apart from them what a recipe brings along.
 *
 * @param own texts with templates in them; undefined where there is no recipe
 */
export function divide(trace: readonly Entry[], own: readonly string[] | undefined) {
  const bare = trace.filter(isBare);
  const full = trace.filter((entry) => !isBare(entry));
  const isOwn = ({ expression }: Entry) => own === undefined || own.some((text) => text.includes(expression));
  return {
    shown: [...bare, ...full.filter(isOwn)],
    ofRecipe: full.filter((entry) => !isOwn(entry)),
  };
}
