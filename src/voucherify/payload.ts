// The payload a target asks for: the event as Signalbox understands it, either of Voucherify's payload versions, or the
// body that arrived. So an old consumer keeps working after Voucherify has switched a project, and a new one can be
// built before it does.

import type { PayloadVersion } from "./catalogue/definition.ts";
import { findEvent } from "./catalogue.ts";
import { Conversion, keptReport, type Converted, type FieldChange } from "./conversion.ts";
import { downgrade } from "./downgrade.ts";
import { upgradeLegacy, type LegacyBody } from "./legacy.ts";
import type { NormalisedEvent } from "./normalise.ts";
import type { JsonObject } from "./read-json.ts";

/** The forms in which a target can have its payload. */
export const PAYLOAD_FORMS = ["normalised", "v2024-01-01", "v2018-08-01", "as received"] as const;

/** One of them. */
export type PayloadForm = (typeof PAYLOAD_FORMS)[number];

/** A sendout's payload in a form. The event's own objects are part of it: read, never changed. */
export function payloadOf(event: NormalisedEvent, form: PayloadForm): JsonObject {
  switch (form) {
    case "normalised":
      return event.envelope;
    case "as received":
      return event.received;
    case "v2024-01-01":
    case "v2018-08-01":
      return convertTo(event, form).body;
  }
}

/**
 * A sendout's body in a payload version, and what became of every field. A body of that version is passed on as it is.
 * The paths of the report are those of the body that arrived; for a raw payload that becomes v2018-08-01, those of the
 * event it was understood as.
 */
export function convertTo(event: NormalisedEvent, version: PayloadVersion): Converted {
  if (event.version === version) return { body: event.received, report: keptReport(event.received) };
  if (version === "v2018-08-01") return downgrade(event.envelope, event.type, event.source.kind);
  if (event.version === null) return { body: event.envelope, report: wrappedReport(event) };
  // The event was understood as v2018-08-01, so the schema has accepted this very object.
  const { envelope, report } = upgradeLegacy(event.received as LegacyBody);
  return complete(event.type, envelope, report());
}

/** What became of a raw payload in the envelope that its inlet made for it. */
function wrappedReport({ received, unknown }: NormalisedEvent): FieldChange[] {
  const conversion = new Conversion(received);
  for (const name of Object.keys(received)) conversion.move([name], ["data", name]);
  return [...conversion.report(), ...unknown.map(unknownAt)];
}

function unknownAt(to: string): FieldChange {
  return { change: "unknown", from: null, to };
}

/**
 * v2024-01-01 has each key of an event's data in every sendout of it, null where it has nothing to say. What the body
 * did not say is null here too, so that a consumer built for that version finds the keys it looks for.
 */
function complete(type: string, envelope: JsonObject, report: FieldChange[]): Converted {
  const conversion = new Conversion(envelope);
  for (const name of Object.keys(envelope)) conversion.move([name], [name]);
  for (const [key, { presence, nullable }] of Object.entries(findEvent(type)?.data ?? {})) {
    if (presence === "required" || nullable) conversion.silence(["data", key]);
  }
  conversion.silence(["source", "target_url"]);
  return { body: conversion.body, report: [...report, ...conversion.unknown.map(unknownAt)] };
}
