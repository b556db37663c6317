// The Hono app: what answers where, and the one place where an unexpected error becomes an answer. The files of the pages
// are static assets, which the platform serves without it (wrangler.toml).

import { Hono, type Context, type HonoRequest } from "hono";
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
  .get("/", async (c) => (isPage(c.req) ? showDashboard(c) : c.text(ABOUT)))
  .notFound(async (c) => (isPage(c.req) ? showDashboard(c) : problem(c, "not_found")));

app.onError((error, c) => {
  const unavailable =
    error instanceof TableUnavailableError || error instanceof LedgerTimeoutError || error.message.startsWith("D1_");
  logFailure("request_failed", error, { path: c.req.routePath });
  return problem(c, unavailable ? "ledger_unavailable" : "internal_error", { headers: { "retry-after": "5" } });
});

/** What a program is told that asks for nothing in particular. */
const ABOUT = "Signalbox is running. Voucherify posts to /in/<inlet>; the admin API is at /admin.\n";

/** Whether a browser opens something. Scripts, styles and images are asked for otherwise: one that is gone is a 404. */
function isPage(req: HonoRequest): boolean {
  const isRead = req.method === "GET" || req.method === "HEAD";
  return isRead && (req.header("accept")?.includes("text/html") ?? false);
}

/** The dashboard, whose own script says which page of it the path is. */
async function showDashboard({ env, req }: Context<{ Bindings: Bindings }>): Promise<Response> {
  return env.ASSETS.fetch(new Request(new URL("/", req.url), req.raw));
}
