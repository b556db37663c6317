// Voucherify's payload versions, as options name them. On its own, so that a help page does not load the catalogue.

import type { PayloadVersion } from "../src/voucherify/catalogue/definition.ts";

/** The payload versions, newest first. */
export const PAYLOAD_VERSIONS: readonly PayloadVersion[] = ["v2024-01-01", "v2018-08-01"];
