// The reference of the admin API as a page, which `npm run generate` makes of the OpenAPI document. Public, like the code.

import { Hono } from "hono";
import page from "../../schema/reference.html";
import { STYLE } from "./style.ts";

/** How long browsers keep what is served here, in seconds; it changes with a deployment. */
const KEPT_SECONDS = 300;

const HEADERS = {
  "cache-control": `public, max-age=${KEPT_SECONDS}`,
  "content-security-policy":
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** `GET /reference` and its stylesheet. */
export const referenceRoutes = new Hono()
  .get("/", (c) => c.html(page, 200, HEADERS))
  .get("/style.css", (c) => c.body(STYLE, 200, { ...HEADERS, "content-type": "text/css; charset=utf-8" }));
