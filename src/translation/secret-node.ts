// `{ "$secret": "NAME" }`: the only way a template names a secret. A node, not an expression, so that no payload text
// can become one.

import { isJsonObject } from "../voucherify/read-json.ts";

/** The name in a secret node; undefined when the value is not exactly such a node. */
export function secretNodeName(value: unknown): string | undefined {
  if (!isJsonObject(value) || Object.keys(value).length !== 1 || !Object.hasOwn(value, "$secret")) return undefined;
  const name = value["$secret"];
  return typeof name === "string" ? name : undefined;
}
