// Keys that are data to the Payload designer and mean something to our body templates: $each, $if, $secret and theirs.

import type { Issue } from "../../issues.ts";
import { compileJsonBody } from "../json-body.ts";

/** Whether a key means something in our body templates, by asking what reads them. */
export function isReservedKey(key: string): boolean {
  const issues: Issue[] = [];
  return compileJsonBody({ [key]: "" }, "body", issues).kind !== "constant" || issues.length > 0;
}
