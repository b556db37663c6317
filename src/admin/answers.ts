// What answers of several resources are made of. The schemas describe what is sent; they never read anything.

import * as v from "valibot";

/** An instant as answers have it: ISO 8601 in UTC, to the millisecond. */
export const InstantTextSchema = v.pipe(v.string(), v.isoTimestamp());

/** An instant, or null where there has been none. */
export const MaybeInstantSchema = v.nullable(InstantTextSchema);

/** Milliseconds since 1970 as answers have them. */
export function toInstant(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** The same, or null where there has been none. */
export function toMaybeInstant(milliseconds: number | null): string | null {
  return milliseconds === null ? null : toInstant(milliseconds);
}

/** Where the next page begins: what `cursor` takes; null on the last one. */
export const NextSchema = v.pipe(
  v.nullable(v.string()),
  v.description("What `cursor` takes for the next page; null on the last one."),
);

/** Whether a page is all that could be found for it. */
export const CompleteSchema = v.pipe(
  v.boolean(),
  v.description("False when the call was over before the page was full: go on with `next`, there may be more."),
);

/** What is said within a sentence, as one of its own. */
export function sentence(text: string): string {
  const begun = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return begun.endsWith(".") ? begun : `${begun}.`;
}
