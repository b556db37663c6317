// Spoils a body, one value at a time: a type that takes what is spoilt holds nothing.

/** A copy of a body with one thing wrong. */
export interface Spoilt {
  /** Where, such as `events.0.name`. */
  path: string;
  wrong: "another type" | "misspelt";
  body: unknown;
}

/** What stands for a value of another type: no field of any body takes it. */
const ANOTHER = [[["another"]]];

/** For every text, number and flag in a body: a copy with something else there, and a copy with its key misspelt. */
export function spoil(body: unknown): Spoilt[] {
  if (Array.isArray(body)) {
    return body.flatMap((item: unknown, index) => within(String(index), item, (part) => body.with(index, part)));
  }
  if (typeof body !== "object" || body === null) return [];
  return Object.entries(body).flatMap(([key, value]: [string, unknown]) => {
    const { [key]: _left, ...others } = body as Record<string, unknown>; // its entries were just read
    const misspelt: Spoilt[] = isWhole(value)
      ? [{ path: key, wrong: "misspelt", body: { ...others, [`${key}_`]: value } }]
      : [];
    return [...within(key, value, (part) => ({ ...body, [key]: part })), ...misspelt];
  });
}

/** What can be spoilt at a key or below it; `put` makes the body around it again. */
function within(key: string, value: unknown, put: (part: unknown) => unknown): Spoilt[] {
  if (isWhole(value)) return [{ path: key, wrong: "another type", body: put(ANOTHER) }];
  return spoil(value).map((spoilt) => ({ ...spoilt, path: `${key}.${spoilt.path}`, body: put(spoilt.body) }));
}

function isWhole(value: unknown): boolean {
  return typeof value !== "object" || value === null;
}
