// Who calls, and which accounts they are in: what `wrangler whoami` asks.

import { Hono } from "hono";
import type { Account } from "./account.ts";
import { done, list } from "./answers.ts";

/** The calls about callers. */
export function people(accounts: readonly Account[]): Hono {
  const shown = accounts.map(({ id, name }) => ({ id, name }));
  return new Hono()
    .get("/user/tokens/verify", (c) => done(c, { id: "token", status: "active" }))
    .get("/user", (c) => done(c, { email: "mira@example.com" }))
    .get("/accounts", (c) => list(c, shown))
    .get("/memberships", (c) =>
      list(
        c,
        shown.map((account) => ({ id: `member-${account.id}`, account })),
      ),
    );
}
