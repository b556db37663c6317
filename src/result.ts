// Expected failure as a value. A broken invariant still throws.

/** A value, or why there is none: a reason from a closed list of literals, and a sentence for whoever reads the log. */
export type Result<T, R extends string> = { ok: true; value: T } | Failure<R>;

/** Why there is no value. `detail` names places and expectations, never the content found there. */
export interface Failure<R extends string> {
  ok: false;
  reason: R;
  detail: string;
}

/** Wraps a value as success. */
export function success<T>(value: T): { ok: true; value: T } {
  return { ok: true, value };
}

/** A failure with its reason. */
export function failure<R extends string>(reason: R, detail: string): Failure<R> {
  return { ok: false, reason, detail };
}
