// What whoever sets an inlet up has to know: the URL to enter in Voucherify, and whether its secrets are there.

import type { Context } from "hono";
import * as v from "valibot";
import { readSecret } from "../env.ts";
import type { Part } from "../routing/edit-table.ts";
import { requiredSecrets } from "../routing/inlet-requirements.ts";
import { InletSchema } from "../routing/table.ts";
import type { AdminEnv } from "./access.ts";

export const InletStandingSchema = v.object({
  url: v.pipe(
    v.string(),
    v.description("What to enter in Voucherify. A name in braces stands for the value of that Worker secret."),
  ),
  secrets: v.pipe(
    v.array(v.object({ name: v.string(), set: v.boolean() })),
    v.description("The Worker secrets that it needs, and whether each is set."),
  ),
});

/** An inlet's URL at the host that was asked, and how its secrets stand. */
export function describeInlet(
  c: Context<AdminEnv>,
  { id, definition }: Part,
): v.InferOutput<typeof InletStandingSchema> {
  const { auth, requires } = v.parse(InletSchema, definition);
  const token = requires?.pathToken === undefined ? "" : `/{${requires.pathToken}}`;
  const names = [...(auth === "none" ? [] : auth.secrets), ...requiredSecrets(requires).map(({ name }) => name)];
  return {
    url: `${new URL(c.req.url).origin}/in/${id}${token}`,
    secrets: [...new Set(names)].map((name) => ({ name, set: readSecret(c.env, name) !== undefined })),
  };
}
