// Every answer of the admin API says that it is one, and of which release: a client can tell a router from whatever else
// answers at a URL.

import { createMiddleware } from "hono/factory";
import { version } from "../../package.json";
import { VERSION_HEADER } from "./version-header.ts";

/** Sets it, on refusals too. */
export const sayVersion = createMiddleware(async (c, next) => {
  await next();
  c.header(VERSION_HEADER, version);
});
