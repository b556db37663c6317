// What a migration report is made of and what it says.

import * as v from "valibot";
import type { PayloadVersion } from "../catalogue/definition.ts";
import { FieldChangeSchema } from "../conversion.ts";
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
const SeenSchema = v.object({
  count: v.number(),
  lastAt: v.pipe(v.number(), v.description("Milliseconds since 1970.")),
});
export type Seen = v.InferOutput<typeof SeenSchema>;

/** One event type on its way. */
const TypeMigrationSchema = v.pipe(
  v.object({
    type: v.string(),
    sender: v.picklist(["webhook", "distribution"]),
    old: v.pipe(SeenSchema, v.description("In v2018-08-01.")),
    current: v.pipe(
      v.nullable(SeenSchema),
      v.description("Its counterpart in v2024-01-01; null until one has been seen."),
    ),
    comparedWith: v.pipe(
      v.picklist(["traffic", "example", "nothing"]),
      v.description("Whether the fields are those of a sendout that came in or of our own example."),
    ),
    changes: v.array(FieldChangeSchema),
  }),
  v.metadata({ ref: "TypeMigration" }),
);
export type TypeMigration = v.InferOutput<typeof TypeMigrationSchema>;

/** A place of the routing table that needs a hand. */
const ReadMigrationSchema = v.pipe(
  v.object({
    place: v.pipe(v.string(), v.description("Where in the table: `targets.crm.request.body.id`.")),
    path: v.pipe(v.string(), v.description("What is read there.")),
    types: v.pipe(v.array(v.string()), v.description("For which event types.")),
    fate: v.pipe(v.picklist(["replace", "gone", "whole"]), v.description("`whole`: an object whose insides change.")),
    replacement: v.pipe(
      v.nullable(v.string()),
      v.description("What to write instead; null when nothing takes its place."),
    ),
  }),
  v.metadata({ ref: "ReadMigration" }),
);
export type ReadMigration = v.InferOutput<typeof ReadMigrationSchema>;

/** One of the seven steps. */
const MigrationStepSchema = v.pipe(
  v.object({
    step: v.number(),
    title: v.string(),
    state: v.pipe(
      v.picklist(["done", "open", "by hand"]),
      v.description("`by hand`: nothing that arrives here can show whether it was done."),
    ),
    detail: v.pipe(v.string(), v.description("Why it is so, or what is missing.")),
  }),
  v.metadata({ ref: "MigrationStep" }),
);
export type MigrationStep = v.InferOutput<typeof MigrationStepSchema>;

/** The whole report. */
export const MigrationReportSchema = v.object({
  steps: v.array(MigrationStepSchema),
  types: v.pipe(v.array(TypeMigrationSchema), v.description("Each that came in v2018-08-01.")),
  reads: v.pipe(v.array(ReadMigrationSchema), v.description("Each place of the table that needs a hand.")),
});
export type MigrationReport = v.InferOutput<typeof MigrationReportSchema>;
