// The self-test: a sendout that the router signs and posts to itself, by the way that Voucherify's come. Its log says how far
// it got; nobody but the echo target gets a request.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { problem } from "../problem.ts";
import { SELF_TEST_TYPE } from "../routing/self-test.ts";
import { toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { InletNameSchema, PostedSchema, postToInlet } from "./post-to-inlet.ts";
import { validBody } from "./validate.ts";

const BodySchema = v.strictObject({ inlet: InletNameSchema });

/** `POST /admin/self-test`. */
export const selfTestRoutes = new Hono<{ Bindings: Bindings }>().post(
  "/",
  describe({
    summary: "Sends a signed test sendout through the router itself, to its echo target.",
    description:
      "It goes the whole way of a real one: inlet, signature, queue, routing, delivery, log. Look it up with `GET /admin/sendouts/<acceptedId>`; its one delivery is to `signalbox-echo`, which answers from within.",
    answer: PostedSchema,
    example: { body: {} },
    problems: ["inlet_unknown"],
  }),
  validBody(BodySchema),
  async (c) => {
    const now = Date.now();
    const { inlet } = c.req.valid("json");
    const posted = await postToInlet(c.env, c.executionCtx, inlet, (name) => createBody(name, now), now);
    return posted === undefined ? problem(c, "inlet_unknown") : c.json(posted);
  },
);

function createBody(inlet: string, now: number) {
  const random = () => crypto.getRandomValues(new Uint8Array(12)).toHex();
  const at = toInstant(now);
  return {
    id: `whs_${random()}`,
    project_id: "signalbox",
    created_at: at,
    type: SELF_TEST_TYPE,
    data: { nonce: random(), inlet },
    source: { id: "signalbox", object: "webhook", target_url: "https://signalbox.invalid/" },
    event: { id: `ev_${random()}`, type: SELF_TEST_TYPE, created_at: at, group_id: null },
  };
}
