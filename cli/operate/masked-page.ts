// A page for people in which values may be masked.

import { MASK } from "../../src/masking/mask-json.ts";
import { errorColours } from "../colours.ts";
import { answer, type Outcome } from "../outcome.ts";

/** Ends with a page. Whoever reads it is told on stderr what stands for what they do not see. */
export function pageAnswer(text: string, exitCode: 0 | 1 = 0): Outcome {
  if (!text.includes(MASK)) return answer(text, exitCode);
  const complaint = errorColours.dim(`${MASK} is masked; show --reveal shows it, and the audit log that you did.`);
  return { ...answer(text, exitCode), complaint };
}
