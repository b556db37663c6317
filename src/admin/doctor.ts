// What a router can find out about itself: every binding, secret and job, each with what is wrong and what to do. Whether
// sendouts come through is for the self-test to show.

import { Hono } from "hono";
import * as v from "valibot";
import type { Bindings } from "../env.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { examine, FindingSchema } from "./examine.ts";

const AnswerSchema = v.object({
  now: v.pipe(InstantTextSchema, v.description("By the router's clock.")),
  findings: v.array(FindingSchema),
});

/** `GET /admin/doctor`. */
export const doctorRoutes = new Hono<{ Bindings: Bindings }>().get(
  "/",
  describe({
    summary: "Examines every binding, secret and job, and says what is wrong and what to do.",
    description: "200 whatever it finds; `signalbox doctor` adds what can only be seen from outside.",
    answer: AnswerSchema,
  }),
  async (c) => {
    const now = Date.now();
    return c.json({ now: toInstant(now), findings: await examine(c.env, now) });
  },
);
