// The self-test: a sendout that the router signs and posts to itself, by the way that Voucherify's come. Its log says how far
// it got; nobody but the echo target gets a request.

import { Hono } from "hono";
import * as v from "valibot";
import { readSecret, type Bindings } from "../env.ts";
// oxlint-disable-next-line no-restricted-imports -- the self-test is a sender: it posts to an inlet as Voucherify does
import { ingest } from "../ingest/inlet.ts";
import { encodeUtf8 } from "../ledger/content.ts";
import { ProblemSchema, problem } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import type { RoutingTable } from "../routing/table.ts";
import { SELF_TEST_TYPE } from "../routing/self-test.ts";
import { SIGNATURE_HEADER, signBody } from "../voucherify/signature.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";
import { describe } from "./describe.ts";
import { validBody } from "./validate.ts";

const BodySchema = v.strictObject({
  inlet: v.optional(v.pipe(v.string(), v.description("The inlet to try; the table's first when left out."))),
});

const AnswerSchema = v.object({
  inlet: v.string(),
  sentAt: InstantTextSchema,
  /** What the sendout is found by; null when the inlet refused it. */
  acceptedId: v.nullable(v.string()),
  /** What the inlet answered when it refused. */
  refusal: v.nullable(ProblemSchema),
});

/** `POST /admin/self-test`. */
export const selfTestRoutes = new Hono<{ Bindings: Bindings }>().post(
  "/",
  describe({
    summary: "Sends a signed test sendout through the router itself, to its echo target.",
    description:
      "It goes the whole way of a real one: inlet, signature, queue, routing, delivery, log. Look it up with `GET /admin/sendouts/<acceptedId>`; its one delivery is to `signalbox-echo`, which answers from within.",
    answer: AnswerSchema,
    example: { body: {} },
    problems: ["inlet_unknown"],
  }),
  validBody(BodySchema),
  async (c) => {
    const now = Date.now();
    const { table } = await newestTable(c.env, now);
    const name = c.req.valid("json").inlet ?? table.inlets.keys().next().value;
    const inlet = name === undefined ? undefined : table.inlets.get(name);
    if (name === undefined || inlet === undefined) return problem(c, "inlet_unknown");
    const request = await createRequest(name, inlet, c.env, now);
    const answer = await ingest.fetch(request, c.env, c.executionCtx);
    const body: unknown = await answer.json();
    const accepted = v.safeParse(v.object({ id: v.string() }), body);
    return c.json({
      inlet: name,
      sentAt: toInstant(now),
      acceptedId: answer.status === 202 && accepted.success ? accepted.output.id : null,
      refusal: answer.status === 202 ? null : v.parse(ProblemSchema, body),
    });
  },
);

/** The request that Voucherify would send, with everything that the inlet asks for and this Worker knows. */
async function createRequest(
  name: string,
  { auth, requires = {} }: RoutingTable["inlets"][string],
  env: Bindings,
  now: number,
): Promise<Request> {
  const body = encodeUtf8(JSON.stringify(createBody(name, now)));
  const headers = new Headers({ "content-type": "application/json" });
  const secret = (auth === "none" ? [] : auth.secrets).map((one) => readSecret(env, one)).find(Boolean);
  if (secret !== undefined) headers.set(SIGNATURE_HEADER, await signBody(body, secret));
  const { pathToken, header, addresses } = requires;
  if (header !== undefined) headers.set(header.name, readSecret(env, header.secret) ?? "");
  // The platform sets it on what comes from outside; this comes from nowhere.
  if (addresses?.[0] !== undefined) headers.set("cf-connecting-ip", addresses[0].split("/")[0] ?? "");
  const token = pathToken === undefined ? "" : `/${encodeURIComponent(readSecret(env, pathToken) ?? "")}`;
  return new Request(`https://signalbox.invalid/${name}${token}`, { method: "POST", headers, body });
}

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
