// The Hono app: what answers where, and the one place where an unexpected error becomes an answer. The pages are static
// assets, which the platform serves without it (vite.config.ts).

import { Hono, type HonoRequest } from "hono";
import { admin } from "./admin/admin.ts";
import { metricsRoutes } from "./admin/metrics.ts";
import type { Bindings } from "./env.ts";
import { ingest } from "./ingest/inlet.ts";
import { LedgerTimeoutError } from "./ledger/budget.ts";
import { logFailure } from "./log.ts";
import { problem } from "./problem.ts";
import { TableUnavailableError } from "./routing/table-store.ts";

/** The app behind the Worker's `fetch`. */
export const app = new Hono<{ Bindings: Bindings }>()
  .route("/in", ingest)
  .route("/admin", admin)
  .route("/metrics", metricsRoutes)
  .get("*", async (c, next) => (isPage(c.req) ? showDashboard(c.req, c.env) : next()))
  .get("/", (c) => c.text("Signalbox is running. Voucherify posts to /in/<inlet>; the admin API is at /admin.\n"))
  .notFound((c) => problem(c, "not_found"));

app.onError((error, c) => {
  const unavailable =
    error instanceof TableUnavailableError || error instanceof LedgerTimeoutError || error.message.startsWith("D1_");
  logFailure("request_failed", error, { path: c.req.routePath });
  return problem(c, unavailable ? "ledger_unavailable" : "internal_error", { headers: { "retry-after": "5" } });
});

/** Whether a browser opens something, which then is the dashboard: its own script says which page of it. */
function isPage(req: HonoRequest): boolean {
  return req.header("accept")?.includes("text/html") ?? false;
}

/** The dashboard's document, which stands at the root of the assets. */
async function showDashboard({ raw, url }: HonoRequest, { ASSETS }: Bindings): Promise<Response> {
  return ASSETS.fetch(new Request(new URL("/", url), raw));
}
