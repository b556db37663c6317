// A delivery's request as the router keeps it, as a curl command.

import * as v from "valibot";
import { toCurl } from "../../src/translation/curl.ts";
import { RenderedRequestSchema } from "../../src/translation/rendered.ts";

/** The curl command of a request, with secrets as variables of the shell; undefined where none is shown. */
export function curlOf(request: unknown, deliveryId: string): string | undefined {
  const parsed = v.safeParse(RenderedRequestSchema, request);
  if (!parsed.success) return undefined;
  // What delivery adds to every request; authentication is the target's of the day and is left to whoever runs this.
  return toCurl(parsed.output, [["-H", [`Idempotency-Key: ${deliveryId}`]]]);
}
