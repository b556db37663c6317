// Routing tables with something of their own in one place, and what compiling makes of them.

import { compileTable, type CompiledTable } from "../../../src/routing/compile.ts";

/** A document with one inlet and one target, and these parts in place of its own. */
export function createDocument(parts: object = {}): unknown {
  return { inlets: { voucherify: { auth: "none" } }, targets: { crm: createTarget() }, routes: [], ...parts };
}

/** A target, with these parts of its request and of itself. */
export function createTarget({ request, ...parts }: { request?: object; [key: string]: unknown } = {}): object {
  return { request: { url: "https://crm.example.com/events", ...request }, ...parts };
}

/** A route of everything to that target. */
export function createRoute(parts: object = {}): object {
  return { id: "all", events: ["*"], to: ["crm"], ...parts };
}

/** A document whose target has these parts. */
export function withTarget(parts: Parameters<typeof createTarget>[0]): unknown {
  return createDocument({ targets: { crm: createTarget(parts) } });
}

/** A document with a route that has these parts. */
export function withRoute(parts: object): unknown {
  return createDocument({ routes: [createRoute(parts)] });
}

/** What a document becomes. Throws when it is refused. */
export function compile(document: unknown): CompiledTable {
  const compiled = compileTable(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

/** What is wrong with a document, none when it is fine. */
export function issuesOf(document: unknown) {
  const compiled = compileTable(document);
  return compiled.ok ? [] : compiled.issues;
}

/** What is said of a key that the schema does not have. */
export const UNKNOWN_MESSAGE = "this key is not known here";

/** What is said of a key that is not there. */
export const MISSING_MESSAGE = "this is missing";

/** What is said of an inlet, target or route that is named as none can be. */
export const NAME_MESSAGE =
  "a name has 1 to 40 lowercase letters, digits, - and _, and neither begins nor ends with - or _";

/** What is said of a secret that is named as none can be. */
export const SECRET_MESSAGE = "a secret's name has capitals, digits and underscores, like BRAZE_KEY";
