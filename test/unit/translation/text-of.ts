// Rendered text as one string, for assertions on what it means.

import type { Result } from "../../../src/result.ts";
import type { RenderedText } from "../../../src/translation/rendered.ts";

/** The text of a rendering; throws when it was refused or has a secret in it. */
export function textOf(result: Result<RenderedText, string>): string {
  if (!result.ok) throw new Error(`refused: ${result.reason}`);
  return result.value
    .map((part) => {
      if (typeof part !== "string") throw new Error(`the secret ${part.$secret} stands in the text`);
      return part;
    })
    .join("");
}
