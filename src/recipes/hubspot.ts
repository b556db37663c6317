// What HubSpot's recipes share.
// https://developers.hubspot.com/docs/api-reference/error-handling (read 2026-11-24)

import type { PlainCondition } from "../translation/condition.ts";

/** Answers beyond the usual ones that pass: a record that is locked, an account that is being moved. */
export const HUBSPOT_BUSY: readonly PlainCondition[] = [{ path: "status", op: "in", value: [423, 477] }];
