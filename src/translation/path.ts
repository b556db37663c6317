// Plain paths into an event: `customer.name`, `order.items.0.sku`, `items[0]`, `metadata.\`first-name\``, and from the
// whole envelope `$webhook.event.type`. Own properties only, so `__proto__` and `constructor` are just names.

import { failure, success, type Result } from "../result.ts";
import { valueAt, type JsonPath } from "../voucherify/json-path.ts";

/** A parsed path: property names and array positions, in order. */
export type Path = JsonPath;

/** The name that stands for the whole envelope; every other first name is a key of `data`. */
export const ENVELOPE_NAME = "$webhook";

/** The name that stands for what the target itself has settled. */
export const SETTINGS_NAME = "$settings";

/** Longest path accepted, in characters. */
const PATH_LENGTH_MAX = 400;

// A name, a bracketed position or a quoted name. A hyphen is allowed inside a plain name: Voucherify's metadata keys
// have them, and there is no subtraction here to confuse it with.
const SEGMENT =
  /(?:^|(?<!^)\.)(?:([A-Za-z_$\u{80}-\u{10ffff}][\w$\-\u{80}-\u{10ffff}]*|\d+)|`([^`]+)`)|(?<!^)\[(\d+)\]/uy;

/** Parses a path. The reason's detail says what is wrong and where, by character position from 1. */
export function parsePath(text: string): Result<Path, "path_invalid"> {
  if (text === "") return failure("path_invalid", "the path is empty");
  if (text.length > PATH_LENGTH_MAX) {
    return failure("path_invalid", `the path is longer than ${PATH_LENGTH_MAX} characters`);
  }
  const segments: string[] = [];
  SEGMENT.lastIndex = 0;
  while (SEGMENT.lastIndex < text.length) {
    const position = SEGMENT.lastIndex;
    const match = SEGMENT.exec(text);
    const segment = match?.[1] ?? match?.[2] ?? match?.[3];
    if (segment === undefined) {
      const detail = `"${text}" is not a plain path (character ${position + 1}); write names with dots, like customer.name`;
      return failure("path_invalid", detail);
    }
    segments.push(segment);
  }
  return success(segments);
}

/** What a template's paths start from: the envelope, whose `data` holds the bare names. */
export interface PathContext {
  data: unknown;
}

/** The value at a path in an event: `$webhook.…` from the envelope, anything else from its `data`. */
export function resolveInEvent(envelope: PathContext, path: Path): unknown {
  return path[0] === ENVELOPE_NAME ? valueAt(envelope, path.slice(1)) : valueAt(envelope.data, path);
}
