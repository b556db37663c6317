// A route's order: which of its deliveries go one after another, by something that their events say.

import * as v from "valibot";
import type { Expression } from "../translation/expression.ts";
import { parsePath, SETTINGS_NAME, type PathContext } from "../translation/path.ts";
import { settingReads, templateTextReads, type TemplateRead } from "../translation/template-reads.ts";
import { parseText, wholeExpression } from "../translation/text.ts";
import { askRoute, type FilterFailure } from "./filter.ts";

export const OrderSchema = v.strictObject({
  by: v.pipe(
    v.string(),
    v.nonEmpty("expected a path like customer.id"),
    v.description(
      "What deliveries that go one after another have in common: a path like customer.id or voucher.code, or one expression, {{ … }}, that gives a text or a number. A delivery whose event has none goes at once.",
    ),
  ),
});
export type Order = v.InferOutput<typeof OrderSchema>;

/** Compiles an order; one that cannot be read is reported and gives none. */
export function compileOrder({ by }: Order, onIssue: (message: string) => void): Expression | undefined {
  if (!isExpression(by)) {
    const path = parsePath(by);
    if (path.ok && path.value[0] !== SETTINGS_NAME) return { kind: "path", path: path.value };
    onIssue(path.ok ? NO_SETTINGS : path.detail);
    return undefined;
  }
  const parsed = parseText(by);
  const expression = parsed.ok ? wholeExpression(parsed.value) : undefined;
  if (settingReads(by, "").length > 0) onIssue(NO_SETTINGS);
  else if (expression !== undefined) return expression;
  else onIssue(parsed.ok ? "expected a path, or one expression: {{ customer.id }}" : parsed.detail);
  return undefined;
}

const NO_SETTINGS = "the order of a route has no $settings, which are a target's";

/** What an order reads from events. */
export function orderReads({ by }: Order, place: string): TemplateRead[] {
  if (isExpression(by)) return templateTextReads(by, place);
  const path = parsePath(by);
  return path.ok ? [{ place, path: path.value, tolerant: false }] : [];
}

function isExpression(by: string): boolean {
  return by.includes("{{");
}

/** What an order gives for an event: a key, nothing where the event does not say, or why there is none. */
export async function orderKeyOf(
  order: Expression,
  event: PathContext,
  receivedAt: number,
  { target, route }: { target: string; route: string },
): Promise<{ key: string | undefined; failure?: FilterFailure }> {
  const { value, failure } = await askRoute(order, event, receivedAt);
  if (failure !== undefined) return { key: undefined, failure };
  if ((typeof value !== "string" && typeof value !== "number") || value === "") return { key: undefined };
  // A hash: whoever looks at the ledger's keys and indexes sees no customer. Names have no line break in them.
  const bytes = encoder.encode(`${target}\n${route}\n${value}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return { key: digest.slice(0, KEY_BYTES).toHex() };
}

const encoder = new TextEncoder();

/** 128 bits: no two keys of an installation are ever the same by chance. */
const KEY_BYTES = 16;
