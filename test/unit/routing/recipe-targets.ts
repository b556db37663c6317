// Targets that use a recipe, compiled, and the requests they make of an example.

import type { Issue } from "../../../src/issues.ts";
import { compileTable } from "../../../src/routing/compile.ts";
import type { CompiledTarget } from "../../../src/routing/compile-target.ts";
import { renderDelivery } from "../../../src/routing/render-delivery.ts";
import type { RenderedText, SecretPart } from "../../../src/translation/rendered.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";

/** A target as a table has it. */
export type Use = Readonly<Record<string, unknown>>;

function compile(target: Use): { ok: true; target: CompiledTarget } | { ok: false; issues: Issue[] } {
  const compiled = compileTable({ inlets: {}, targets: { it: target }, routes: [] });
  if (!compiled.ok) return compiled;
  const only = compiled.value.targets.get("it");
  if (only === undefined) throw new Error("the table has no target");
  return { ok: true, target: only };
}

/** What is wrong with a target, a line each. */
export function issuesOf(target: Use): string[] {
  const compiled = compile(target);
  return compiled.ok ? [] : compiled.issues.map(({ path, message }) => `${path}: ${message}`);
}

/** A target that is fine. */
export function accepted(target: Use): CompiledTarget {
  const compiled = compile(target);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.target;
}

/** The request for an example, secrets as `<NAME>`, in JSON between quotes. */
export async function render(target: Use, type = "redemption.succeeded") {
  const received = bytes(JSON.stringify(exampleSendout(type)));
  const event = normalise(received);
  if (!event.ok) throw new Error(event.detail);
  const source = { event: event.value, received, receivedAt: 0, sendoutId: "so_1", route: "all" };
  const rendered = await renderDelivery(accepted(target), source);
  if (!rendered.ok) return { refused: rendered.reason };
  const write = (text: RenderedText) => text.map((part) => (typeof part === "string" ? part : named(part))).join("");
  const { url, body = [] } = rendered.value;
  const read: unknown = JSON.parse(write(body));
  return { url: write(url), body: read };
}

function named({ $secret, as }: SecretPart): string {
  return as === "json" ? JSON.stringify(`<${$secret}>`) : `<${$secret}>`;
}

/** A recipe with a choice among its settings. */
export const BRAZE = { recipe: "braze", settings: { instance: "EU-01" } };

/** A recipe with a text and a template among its settings. */
export const SLACK = { recipe: "slack", settings: { channel: "C024BE91L" } };
