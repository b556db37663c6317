// The router's settings: what is true of all inlets, targets and routes. They are part of the routing table, so that they
// are reviewed, published and rolled back like everything else.

import * as v from "valibot";

export const SettingsSchema = v.pipe(
  v.strictObject({}),
  v.description("What is true of all inlets, targets and routes; every part has a default."),
);
