// What is told of an event type, as data: by the admin API, by `signalbox events --json`, and laid out for people.

import type { DataKey, EventDefinition, PayloadVersion } from "./catalogue/definition.ts";
import { fieldsOf, type EventField } from "./field-index.ts";

/** An event type in short. */
export interface EventSummary {
  type: string;
  meaning: string;
  aliases: readonly string[];
  selectable: EventDefinition["selectable"];
  versions: readonly PayloadVersion[];
  /** False when nobody says what `data` has. */
  documented: boolean;
  /** Voucherify no longer sends it. */
  removed: boolean;
}

/** Everything known of an event type but for examples. */
export interface EventDescription extends EventSummary {
  data: readonly { key: string; presence: DataKey["presence"]; nullable: boolean; meaning: string }[];
  fields: readonly EventField[];
}

/** An event type in short. */
export function summariseEvent(definition: EventDefinition): EventSummary {
  const { type, meaning, aliases, selectable, versions, documented, removed = false } = definition;
  return { type, meaning, aliases, selectable, versions, documented, removed };
}

/** Everything known of an event type. */
export function describeEvent(definition: EventDefinition): EventDescription {
  const fields = fieldsOf(definition.type);
  const data = Object.entries(definition.data).map(([key, { presence, nullable }]) => {
    const field = fields.find(({ path }) => path === key);
    return { key, presence, nullable: field?.nullable ?? nullable, meaning: field?.meaning ?? "" };
  });
  return { ...summariseEvent(definition), data, fields };
}
