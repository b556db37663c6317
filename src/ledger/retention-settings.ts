// How long things are kept: a part of the routing table's settings, with its defaults.

import * as v from "valibot";

/** Voucherify sends a sendout again, when somebody asks it to, for 14 days; so long its payload can be needed. */
const BODY_DAYS_DEFAULT = 14;

/** A quarter of a year, as people look back. */
const METADATA_DAYS_DEFAULT = 90;

/** The least, in days: while Voucherify can send a sendout again, its row is what recognises the repeat. */
const METADATA_DAYS_MIN = 15;

/** A year, as long as most rules about records of access want. */
const AUDIT_DAYS_DEFAULT = 365;
const AUDIT_DAYS_MIN = 30;

/** Ten years. A database has 10 GB, so that most are full long before. */
const DAYS_MAX = 3_650;

function daysSchema(least: number, byDefault: number, description: string) {
  const expected = `expected a whole number of days from ${least} to ${DAYS_MAX}`;
  const days = v.pipe(
    v.number(expected),
    v.integer(expected),
    v.minValue(least, expected),
    v.maxValue(DAYS_MAX, expected),
  );
  return v.optional(v.pipe(days, v.description(description)), byDefault);
}

export const RetentionSchema = v.pipe(
  v.strictObject({
    bodyDays: daysSchema(
      1,
      BODY_DAYS_DEFAULT,
      "How long payloads, rendered requests and what targets answered are kept, in days from the sendout's arrival.",
    ),
    metadataDays: daysSchema(
      METADATA_DAYS_MIN,
      METADATA_DAYS_DEFAULT,
      "How long sendouts, deliveries, replays and resolved incidents are kept without them, in days; not shorter than bodyDays.",
    ),
    auditDays: daysSchema(AUDIT_DAYS_MIN, AUDIT_DAYS_DEFAULT, "How long the audit log is kept, in days."),
  }),
  v.forward(
    v.check(
      ({ bodyDays, metadataDays }) => metadataDays >= bodyDays,
      "expected metadataDays to be at least as long as bodyDays",
    ),
    ["metadataDays"],
  ),
  v.description("How long things are kept. What is still under way stays until it has ended."),
);
/** How long things are kept, in days. */
export type Retention = v.InferOutput<typeof RetentionSchema>;

/** What holds where a table says nothing. */
export const RETENTION_DEFAULT: Retention = v.parse(RetentionSchema, {});

/** A day, in milliseconds. */
export const DAY_MS = 86_400_000;
