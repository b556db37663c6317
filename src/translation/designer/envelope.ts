// The envelope that Voucherify puts around designed data, as a body template, for the field `data` of it.

import { isJsonObject } from "../../voucherify/read-json.ts";

const BEFORE_DATA = {
  id: "{{ $webhook.id }}",
  project_id: "{{ $webhook.project_id }}",
  created_at: "{{ $webhook.created_at }}",
  type: "{{ $webhook.type }}",
};
const AFTER_DATA = { source: "{{ $webhook.source }}", event: "{{ $webhook.event }}" };

/** A template of the envelope of v2024-01-01 with a template of `data` in it. */
export function inEnvelope(data: unknown): Record<string, unknown> {
  return { ...BEFORE_DATA, data, ...AFTER_DATA };
}

/** The template of `data` in a template that is exactly such an envelope; undefined for any other. */
export function outOfEnvelope(body: unknown): { data: unknown } | undefined {
  if (!isJsonObject(body) || !Object.hasOwn(body, "data")) return undefined;
  const { data, ...frame } = body;
  const expected: Record<string, unknown> = { ...BEFORE_DATA, ...AFTER_DATA };
  const keys = Object.keys(frame);
  return keys.length === Object.keys(expected).length && keys.every((key) => frame[key] === expected[key])
    ? { data }
    : undefined;
}
