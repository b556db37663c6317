// The move from payload version v2018-08-01 to v2024-01-01, as far as traffic tells: which types have been seen in both,
// what changes field by field, and what of a routing table reads fields that disappear. Pure.

import { exampleCampaignNotification, exampleSendout, notificationKindOf } from "../examples.ts";
import { writePath } from "../json-path.ts";
import { normalise, type NormalisedEvent } from "../normalise.ts";
import type { JsonObject } from "../read-json.ts";
import { FieldMigration, type Pair } from "./fields.ts";
import { fateOf, type FieldRead } from "./reads.ts";
import type { MigrationReport, ReadMigration, Seen, SeenSendouts, TypeMigration } from "./model.ts";
import { stepsOf } from "./steps.ts";

/**
 * Reports where the migration stands.
 *
 * @param reads what the routing table reads, with the types that come by
 * @param now milliseconds since 1970
 */
export function migrationReport(
  seen: readonly SeenSendouts[],
  reads: readonly FieldRead[],
  now: number,
): MigrationReport {
  const pairs = groupByKind(seen).map((group) => ({ ...group, pair: pairOf(group) }));
  const types = pairs.map(({ type, sender, old, current, pair }) => ({
    type,
    sender,
    old: sum(old),
    current: current.length === 0 ? null : sum(current),
    comparedWith: basisOf(old, pair),
    changes: pair === undefined ? [] : new FieldMigration(pair).changes(),
  }));
  const affected = gather(pairs.flatMap(({ pair }) => (pair === undefined ? [] : readsOf(pair, reads))));
  return { steps: stepsOf(seen, types, affected, now), types, reads: affected };
}

/** What the fields of a type are known from. */
function basisOf(old: readonly SeenSendouts[], pair: Pair | undefined): TypeMigration["comparedWith"] {
  if (pair === undefined) return "nothing";
  return old.some(({ sample }) => sample !== undefined) ? "traffic" : "example";
}

interface Group {
  type: string;
  sender: "webhook" | "distribution";
  old: SeenSendouts[];
  current: SeenSendouts[];
}

/** The kinds of sendout that came in v2018-08-01, each with its counterparts. */
function groupByKind(seen: readonly SeenSendouts[]): Group[] {
  const groups = Map.groupBy(seen, ({ type, sender }) => `${sender} ${type}`);
  return [...groups.values()]
    .map((all) => ({
      type: all[0]?.type ?? "",
      sender: all[0]?.sender ?? "webhook",
      old: all.filter(({ version }) => version === "v2018-08-01"),
      current: all.filter(({ version }) => version === "v2024-01-01"),
    }))
    .filter(({ old }) => old.length > 0)
    .toSorted((one, other) => one.type.localeCompare(other.type));
}

/** One sendout of each version. Undefined for a type that came without its body and of which there is no example. */
function pairOf({ type, sender, old, current }: Group): Pair | undefined {
  const before = sampleOf(old) ?? exampleOf(legacyExample(type, sender));
  if (before === undefined) return undefined;
  return { old: before, current: sampleOf(current) ?? exampleOf(exampleSendout(type, { source: sender })) };
}

function sampleOf(seen: readonly SeenSendouts[]): NormalisedEvent | undefined {
  return seen.toSorted((one, other) => other.lastAt - one.lastAt).find(({ sample }) => sample !== undefined)?.sample;
}

/** A project event says nothing of how a notification of the same type looked. */
function legacyExample(type: string, sender: Group["sender"]): JsonObject | undefined {
  if (sender === "webhook") return exampleSendout(type, { version: "v2018-08-01" });
  const kind = notificationKindOf(type);
  return kind === undefined ? undefined : exampleCampaignNotification(kind);
}

function exampleOf(body: JsonObject | undefined): NormalisedEvent | undefined {
  if (body === undefined) return undefined;
  const event = normalise(encoder.encode(JSON.stringify(body)));
  return event.ok ? event.value : undefined;
}

const encoder = new TextEncoder();

function sum(seen: readonly SeenSendouts[]): Seen {
  return {
    count: seen.reduce((total, { count }) => total + count, 0),
    lastAt: Math.max(...seen.map(({ lastAt }) => lastAt)),
  };
}

function readsOf(pair: Pair, reads: readonly FieldRead[]): ReadMigration[] {
  const fields = new FieldMigration(pair);
  const { type } = pair.old;
  return reads
    .filter(({ types }) => types.includes(type))
    .flatMap((read) => {
      const fate = fateOf(read, fields);
      if (fate.fate === "stays") return [];
      const replacement = fate.fate === "replace" ? fate.replacement : null;
      return [{ place: read.place, path: writePath(read.path), types: [type], fate: fate.fate, replacement }];
    });
}

/** One line for what is the same for several types. */
function gather(reads: readonly ReadMigration[]): ReadMigration[] {
  const same = Map.groupBy(reads, ({ place, path, fate, replacement }) =>
    JSON.stringify([place, path, fate, replacement]),
  );
  return [...same.values()].flatMap((group) => {
    const types = [...new Set(group.flatMap((read) => read.types))];
    return group.slice(0, 1).map((read) => ({ ...read, types }));
  });
}
