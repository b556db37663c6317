// The admin API, one file per resource.

import { Hono } from "hono";
import { requireAccess, type AdminEnv } from "./access.ts";
import { alertRoutes } from "./alerts.ts";
import { auditRoutes, withAudit } from "./audit.ts";
import { customerRoutes } from "./customers.ts";
import { deliveryRoutes } from "./deliveries.ts";
import { doctorRoutes } from "./doctor.ts";
import { driftRoutes } from "./drift.ts";
import { eventRoutes } from "./events.ts";
import { flowRoutes } from "./flows.ts";
import { holdRoutes, routeRoutes, targetRoutes } from "./holds.ts";
import { healthRoutes } from "./health.ts";
import { incidentRoutes } from "./incidents.ts";
import { migrationRoutes } from "./migration.ts";
import { previewRoutes } from "./preview.ts";
import { quarantineRoutes } from "./quarantine.ts";
import { recipeRoutes } from "./recipes.ts";
import { replayRoutes } from "./replays.ts";
import { sayVersion } from "./say-version.ts";
import { secretRoutes } from "./secrets.ts";
import { selfTestRoutes } from "./self-test.ts";
import { sendoutRoutes } from "./sendouts.ts";
import { sessionRoutes } from "./session.ts";
import { standingRoutes } from "./standing.ts";
import { statisticsRoutes } from "./statistics.ts";
import { sweepRoutes } from "./sweep.ts";
import { inletParts, routeParts, targetParts } from "./table-parts.ts";
import { tableTrialRoutes } from "./table-trials.ts";
import { tableVersionRoutes } from "./table-versions.ts";
import { tableRoutes } from "./table.ts";
import { tokenRoutes } from "./tokens.ts";
import { usageRoutes } from "./usage.ts";
import { upstreamRoutes } from "./upstream.ts";

/** Everything below `/admin`. */
export const admin = new Hono<AdminEnv>()
  .use(sayVersion)
  .use(requireAccess())
  .use(withAudit)
  .route("/table", tableRoutes)
  .route("/table", tableVersionRoutes)
  .route("/table", tableTrialRoutes)
  .route("/inlets", inletParts)
  .route("/targets", targetParts)
  .route("/routes", routeParts)
  .route("/events", eventRoutes)
  .route("/quarantine", quarantineRoutes)
  .route("/recipes", recipeRoutes)
  .route("/sendouts", sendoutRoutes)
  .route("/deliveries", deliveryRoutes)
  .route("/customers", customerRoutes)
  .route("/holds", holdRoutes)
  .route("/targets", targetRoutes)
  .route("/routes", routeRoutes)
  .route("/doctor", doctorRoutes)
  .route("/self-test", selfTestRoutes)
  .route("/sweep", sweepRoutes)
  .route("/replays", replayRoutes)
  .route("/secrets", secretRoutes)
  .route("/incidents", incidentRoutes)
  .route("/alerts", alertRoutes)
  .route("/preview", previewRoutes)
  .route("/drift", driftRoutes)
  .route("/migration", migrationRoutes)
  .route("/audit", auditRoutes)
  .route("/session", sessionRoutes)
  .route("/tokens", tokenRoutes)
  .route("/standing", standingRoutes)
  .route("/statistics", statisticsRoutes)
  .route("/flows", flowRoutes)
  .route("/usage", usageRoutes)
  .route("/upstream", upstreamRoutes)
  .route("/health", healthRoutes);
