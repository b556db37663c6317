// Body templates rendered for an event's data, through the same doors as a delivery.

import { compileRequest, renderRequest } from "../../../../src/translation/request.ts";
import { textOf } from "../text-of.ts";

/** When the events of these tests happened and were received, in milliseconds since 1970. */
const NOW = Date.UTC(2026, 9, 5, 8, 15, 30);

/** The body that is sent for an envelope, read; undefined when the whole body is missing. */
export async function renderFor(envelope: { data: unknown }, body: unknown): Promise<unknown> {
  const source = { method: "POST", url: "https://api.example.com/", encoding: "json", missing: "omit", body } as const;
  const request = compileRequest(source, "request");
  if (!request.ok) throw new Error(JSON.stringify(request.issues));
  const input = { event: envelope, seed: "so_1|all", happenedAt: NOW, receivedAt: NOW };
  const rendered = await renderRequest(request.value, input);
  if (!rendered.ok && rendered.reason === "template_value_missing") return undefined;
  if (!rendered.ok) throw new Error(`${rendered.reason}: ${rendered.detail}`);
  return JSON.parse(textOf({ ok: true, value: rendered.value.body ?? [] }));
}

/** The body that is sent for an event with this data. */
export function renderWith(data: unknown, body: unknown): Promise<unknown> {
  return renderFor({ data }, body);
}
