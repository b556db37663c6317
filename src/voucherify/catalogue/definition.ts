// How an event type is written down in the catalogue.

import type { AnySchema } from "../objects/field.ts";

/** The payload versions that carry an event type. */
export type PayloadVersion = "v2024-01-01" | "v2018-08-01";

/** One key of an event's `data`. */
export interface DataKey {
  schema: AnySchema;
  /** As the vendor's schemas have it; `sample only` is in published examples and in no schema. */
  presence: "required" | "optional" | "sample only";
  /** Whether null has been declared or seen. */
  nullable: boolean;
}

/** What is known of an event type. */
export interface EventDefinition {
  type: string;
  /** What happened, in one line. */
  meaning: string;
  /** Where Voucherify lets people choose it today. */
  selectable: { project: boolean; distribution: boolean };
  versions: readonly PayloadVersion[];
  /** False when nobody says what `data` has; its keys are then guesses from its neighbours. */
  documented: boolean;
  /** Voucherify no longer sends it. */
  removed?: true;
  /** Other spellings of the type that have been seen. */
  aliases: readonly string[];
  data: Readonly<Record<string, DataKey>>;
  /** The key of `data` whose id is `event.entity_id`, where that is sent. */
  entity: string;
  /** How the ids of these events begin. Inferred for types without a published sendout. */
  eventIdPrefix: string;
}

interface Traits {
  /** Where it can be chosen. */
  on: "project" | "distribution" | "both" | "neither";
  entity: string;
  data: Readonly<Record<string, DataKey>>;
  /** Sent in v2018-08-01 too. */
  legacy?: true;
  undocumented?: true;
  removed?: true;
  aliases?: readonly string[];
}

/** An event type from what is special about it. */
export function define(type: string, meaning: string, traits: Traits): EventDefinition {
  const { on, entity, data, legacy, undocumented, removed, aliases = [] } = traits;
  return {
    type,
    meaning: undocumented ? `${meaning}; nobody documents what it carries` : meaning,
    selectable: { project: on === "project" || on === "both", distribution: on === "distribution" || on === "both" },
    versions: legacy ? ["v2024-01-01", "v2018-08-01"] : ["v2024-01-01"],
    documented: undocumented !== true,
    ...(removed && { removed }),
    aliases,
    data,
    entity,
    eventIdPrefix: PREFIXES.get(type.split(".", 1)[0] ?? "") ?? "evcus_",
  };
}

const PREFIXES = new Map([
  ["redemption", "evred_"],
  ["voucher", "evvou_"],
  ["campaign", "evcam_"],
  ["publication", "evpub_"],
  ["business_validation_rule", "evbvr_"],
]);

/** A key that the vendor's schema requires. */
export function always(schema: AnySchema): DataKey {
  return { schema, presence: "required", nullable: false };
}

/** A key that the vendor's schema requires, and that may be null. */
export function alwaysOrNull(schema: AnySchema): DataKey {
  return { schema, presence: "required", nullable: true };
}

/** A key that may be missing. */
export function maybe(schema: AnySchema): DataKey {
  return { schema, presence: "optional", nullable: false };
}

/** A key that may be missing or null. */
export function maybeOrNull(schema: AnySchema): DataKey {
  return { schema, presence: "optional", nullable: true };
}

/** A key that is in a published example, where it may be null, and in no schema. */
export function seen(schema: AnySchema): DataKey {
  return { schema, presence: "sample only", nullable: true };
}
