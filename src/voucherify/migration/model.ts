// What a migration report is made of and what it says.

import type { PayloadVersion } from "../catalogue/definition.ts";
import type { FieldChange } from "../conversion.ts";
import type { NormalisedEvent } from "../normalise.ts";

/** Sendouts of one kind in the traffic looked at. */
export interface SeenSendouts {
  type: string;
  version: PayloadVersion;
  /** A campaign's notification counts as a distribution. */
  sender: "webhook" | "distribution";
  projectId: string | null;
  count: number;
  /** When the newest arrived, in milliseconds since 1970. */
  lastAt: number;
  /** One of them, to compare field by field; without it our own example is taken. */
  sample?: NormalisedEvent | undefined;
}

/** How often, and when last. */
export interface Seen {
  count: number;
  lastAt: number;
}

/** One event type on its way. */
export interface TypeMigration {
  type: string;
  sender: "webhook" | "distribution";
  /** In v2018-08-01. */
  old: Seen;
  /** Its counterpart in v2024-01-01; null until one has been seen. */
  current: Seen | null;
  /** Whether the fields are those of a sendout that came in or of our own example; `nothing` when there is neither. */
  comparedWith: "traffic" | "example" | "nothing";
  changes: FieldChange[];
}

/** A place of the routing table that needs a hand. */
export interface ReadMigration {
  place: string;
  path: string;
  /** For which event types. */
  types: string[];
  fate: "replace" | "gone" | "whole";
  /** What to write instead; null when nothing takes its place. */
  replacement: string | null;
}

/** One step. `by hand`: nothing that arrives here can show whether it was done. */
export interface MigrationStep {
  step: number;
  title: string;
  state: "done" | "open" | "by hand";
  /** Why it is so, or what is missing. */
  detail: string;
}

/** The whole report. */
export interface MigrationReport {
  steps: MigrationStep[];
  types: TypeMigration[];
  reads: ReadMigration[];
}
