// What reads a field that disappears with v2018-08-01, and where to read it from then on. Pure.

import { writePath, valueAt, type JsonPath } from "../json-path.ts";
import type { PayloadForm } from "../payload.ts";
import type { FieldMigration } from "./fields.ts";

/** One place that reads a field of events: an expression of a template, a condition of a filter. */
export interface FieldRead {
  /** Where it stands: `targets.crm.request.body.name`. */
  place: string;
  /** As written: from `data`, or from the whole with `$webhook` first. */
  path: JsonPath;
  /** In which form of the sendout it reads. */
  payload: PayloadForm;
  /** The event types that can come by there. */
  types: readonly string[];
}

/**
 * What happens to a read when the webhook is switched. `stays`: nothing. `replace`: the field is at `replacement`.
 * `gone`: v2024-01-01 has no such field. `whole`: it takes an object, whose insides change.
 */
export type ReadFate = { fate: "stays" | "gone" | "whole" } | { fate: "replace"; replacement: string };

const STAYS: ReadFate = { fate: "stays" };

/** What happens to a read of one event type. */
export function fateOf({ path, payload }: FieldRead, fields: FieldMigration): ReadFate {
  const place = fromRoot(path);
  switch (payload) {
    case "as received":
      return fateInBody(place, fields);
    case "v2018-08-01":
      return fateInConverted(place, fields);
    case "normalised":
    case "v2024-01-01":
      return fateInEvent(place, fields);
  }
}

/** A template of the old body: every path changes that the guide says changes, even where its name lives on. */
function fateInBody(place: JsonPath, fields: FieldMigration): ReadFate {
  const stays = (path: JsonPath) => fields.placesOf(path).some((other) => isSame(other, path));
  const leaves = fields.leavesAt(place);
  if (stays(place)) return leaves.every(stays) ? STAYS : { fate: "whole" };
  const [better] = fields.placesOf(place);
  if (better !== undefined) return { fate: "replace", replacement: written(better) };
  if (fields.valueIn(place) === undefined) return fateOfMissing(place, fields);
  return leaves.some((leaf) => fields.placesOf(leaf).length > 0) ? { fate: "whole" } : { fate: "gone" };
}

/** A path of the new version, which reads nothing yet, or one that this event type never had, stays as it is. */
function fateOfMissing(place: JsonPath, fields: FieldMigration): ReadFate {
  return fields.isSent(place) || !fields.isInsideDropped(place) ? STAYS : { fate: "gone" };
}

/**
 * Signalbox goes on making the old body; what v2024-01-01 does not send it cannot have. One current sendout shows what
 * is made, but it may lack a thing or be about another kind of voucher: then a field that is still sent counts when it
 * would come back to its place.
 */
function fateInConverted(place: JsonPath, fields: FieldMigration): ReadFate {
  const was = fields.valueIn(place);
  const remade = fields.remade();
  if (was === undefined || remade === undefined) return STAYS;
  const is = valueAt(remade.body, place);
  if (is !== undefined && (isSame(is, was) || !remade.unsaid.has(writePath(place)))) return STAYS;
  const returns = fields.placesOf(place).length > 0 && valueAt(remade.again, place) !== undefined;
  return returns ? STAYS : { fate: "gone" };
}

/** The event as understood keeps its shape, but an old body may have filled it with more than a new one does. */
function fateInEvent(place: JsonPath, fields: FieldMigration): ReadFate {
  if (fields.isSent(place)) return STAYS;
  // Never there: a path of the old body, written by habit.
  const habit = valueAt(fields.envelope, place) === undefined;
  if (habit && fields.valueIn(place) === undefined) return STAYS;
  const origins = habit ? [place] : fields.originsOf(place);
  const [better] = origins.flatMap((origin) => fields.placesOf(origin));
  return better === undefined ? { fate: "gone" } : { fate: "replace", replacement: written(better) };
}

/** A template's path from the root of the sendout. */
function fromRoot(path: JsonPath): JsonPath {
  return path[0] === "$webhook" ? path.slice(1) : ["data", ...path];
}

/** A place of the sendout as a template writes it. */
function written(place: JsonPath): string {
  return writePath(place[0] === "data" && place.length > 1 ? place.slice(1) : ["$webhook", ...place]);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
