// The Hono app: what answers where, and the one place where an unexpected error becomes an answer.

import { Hono } from "hono";
import openapi from "../schema/openapi.json";
import tableSchema from "../schema/routing-table.schema.json";
import { admin } from "./admin/admin.ts";
import { metricsRoutes } from "./admin/metrics.ts";
import type { Bindings } from "./env.ts";
import { ingest } from "./ingest/inlet.ts";
import { LedgerTimeoutError } from "./ledger/budget.ts";
import { logFailure } from "./log.ts";
import { problem } from "./problem.ts";
import { referenceRoutes } from "./reference/reference.ts";
import { TableUnavailableError } from "./routing/table-store.ts";

/** The app behind the Worker's `fetch`. */
export const app = new Hono<{ Bindings: Bindings }>()
  .route("/in", ingest)
  .route("/admin", admin)
  .route("/metrics", metricsRoutes)
  .route("/reference", referenceRoutes)
  .get("/schema/openapi.json", (c) => c.json(openapi))
  .get("/schema/routing-table.json", (c) => c.json(tableSchema))
  .get("/", (c) => c.text("Signalbox is running. Voucherify posts to /in/<inlet>; the admin API is at /admin.\n"))
  .notFound((c) => problem(c, "not_found"));

app.onError((error, c) => {
  const unavailable =
    error instanceof TableUnavailableError || error instanceof LedgerTimeoutError || error.message.startsWith("D1_");
  logFailure("request_failed", error, { path: c.req.routePath });
  return problem(c, unavailable ? "ledger_unavailable" : "internal_error", { headers: { "retry-after": "5" } });
});
