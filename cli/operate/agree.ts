// Somebody's word before something that cannot be taken back.

import { complain, type Outcome } from "../outcome.ts";
import { askYesNo, canAsk } from "../terminal/ask.ts";

/** Undefined when somebody agrees, or has with `--yes`; else how the command ends. Where nobody can be asked, it does. */
export async function agree(
  question: string,
  { yes, json }: { yes?: boolean | undefined; json?: boolean | undefined },
): Promise<Outcome | undefined> {
  if (yes) return undefined;
  if (!canAsk()) {
    return complain({ reason: "not_agreed", detail: "There is nobody to ask; say --yes to have it done." }, 2, json);
  }
  return (await askYesNo(question)) ? undefined : { exitCode: 1, complaint: "Nothing was done." };
}
