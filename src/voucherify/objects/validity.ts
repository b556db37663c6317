// When a campaign, voucher, tier or earning rule may be used.

import * as v from "valibot";
import * as f from "./field.ts";

/** From when to when. */
export const periodEntries = {
  start_date: f.orNull(f.instant("Usable from", "2026-09-01T00:00:00.000Z")),
  expiration_date: f.orNull(f.instant("Usable until", "2026-12-31T23:59:59.000Z")),
};

/** On which days and at which hours within that period; mostly null. */
export const timetableEntries = {
  validity_timeframe: f.mostlyNull(
    f.group("Usable in recurring stretches", {
      interval: f.text("How often a stretch begins, ISO 8601 duration", "P7D"),
      duration: f.text("How long it lasts, ISO 8601 duration", "P2D"),
    }),
  ),
  validity_day_of_week: f.mostlyNull(f.values(v.number(), "Usable on these weekdays, 0 is Sunday", [5, 6])),
  validity_hours: f.mostlyNull(
    f.group("Usable at these hours", {
      daily: f.list(
        f.shape("", "Hours of some days", {
          start_time: f.text("From", "08:00"),
          expiration_time: f.text("Until", "20:00"),
          days_of_week: f.values(v.number(), "On these weekdays, 0 is Sunday", [5, 6]),
        }),
        "Hours by weekday",
      ),
    }),
  ),
};
