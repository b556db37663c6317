// Payload-designer texts that must import, and what they become.

import { importDesigner } from "../../../../src/translation/designer/import.ts";

/** What a text is imported as. Throws when it is refused. */
export function imported(text: string, options?: { envelope: boolean }) {
  const result = importDesigner(text, options);
  if (!result.ok) throw new Error(`${JSON.stringify(result.problem)} in ${text}`);
  return result;
}

/** The body template that a text becomes. */
export function bodyOf(text: string): unknown {
  return imported(text).body;
}
