// What `signalbox events` answers.

import { EVENT_TYPES, findEvent } from "../src/voucherify/catalogue.ts";
import type { PayloadVersion } from "../src/voucherify/catalogue/definition.ts";
import { exampleSendout } from "../src/voucherify/examples.ts";
import { nearestPath } from "../src/voucherify/nearest-path.ts";
import { eventPage, eventTable } from "./event-page.ts";
import { describeEvent, summariseEvent } from "../src/voucherify/event-description.ts";
import { answer, complain, toJson, type Outcome } from "./outcome.ts";

/** Which example, and in which form. */
export interface EventsOptions {
  version?: PayloadVersion;
  source?: "webhook" | "distribution";
  json?: boolean;
}

/** The catalogue, or what is known of one type under any of its spellings. */
export function answerEvents(type: string | undefined, options: EventsOptions): Outcome {
  if (type !== undefined) return answerEvent(type, options);
  const { version, source, json } = options;
  if (version !== undefined || source !== undefined) {
    return complain(
      { reason: "type_missing", detail: "--version and --source choose an example: give an event type as well." },
      2,
      json,
    );
  }
  const events = EVENT_TYPES.flatMap((known) => findEvent(known) ?? []);
  return answer(json ? toJson(events.map(summariseEvent)) : eventTable(events));
}

function answerEvent(type: string, { version, source, json }: EventsOptions): Outcome {
  const definition = findEvent(type);
  if (definition === undefined) {
    const nearest = nearestPath(type, EVENT_TYPES);
    const suggestion = nearest === undefined ? "`signalbox events` lists those that are." : `Did you mean ${nearest}?`;
    return complain({ reason: "type_unknown", detail: `${type} is not in the catalogue. ${suggestion}` }, 1, json);
  }
  const example = exampleSendout(type, { ...(version && { version }), ...(source && { source }) });
  if (example === undefined) {
    const detail = `${definition.type} is not sent in ${version}, only in ${definition.versions.join(" and ")}.`;
    return complain({ reason: "version_unknown", detail }, 1, json);
  }
  const event = { ...describeEvent(definition), example };
  return answer(json ? toJson(event) : eventPage(event));
}
