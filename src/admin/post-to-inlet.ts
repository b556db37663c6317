// A sendout that the router posts to an inlet of its own, by the way that Voucherify's come, with everything that the inlet
// asks for and this Worker knows.

import type { ExecutionContext } from "hono";
import * as v from "valibot";
import { readSecret, type Bindings } from "../env.ts";
// oxlint-disable-next-line no-restricted-imports -- this is a sender: it posts to an inlet as Voucherify does
import { ingest } from "../ingest/inlet.ts";
import { encodeUtf8 } from "../ledger/content.ts";
import { ProblemSchema } from "../problem.ts";
import { newestTable } from "../routing/table-store.ts";
import type { RoutingTable } from "../routing/table.ts";
import { SIGNATURE_HEADER, signBody } from "../voucherify/signature.ts";
import { InstantTextSchema, toInstant } from "./answers.ts";

/** What became of it at the inlet. */
export const PostedSchema = v.object({
  inlet: v.string(),
  sentAt: InstantTextSchema,
  acceptedId: v.pipe(
    v.nullable(v.string()),
    v.description("What the sendout is found by; null when the inlet refused it."),
  ),
  refusal: v.pipe(v.nullable(ProblemSchema), v.description("What the inlet answered when it refused.")),
});
type Posted = v.InferOutput<typeof PostedSchema>;

/** Which inlet. */
export const InletNameSchema = v.optional(
  v.pipe(v.string(), v.description("The inlet to post to; the table's first when left out.")),
);

/**
 * Posts a body to an inlet of the newest table.
 *
 * @param name the table's first inlet when undefined
 * @param createBody makes the body for the inlet that it turns out to be
 * @param now milliseconds since 1970
 * @returns undefined when the table has no such inlet
 */
export async function postToInlet(
  env: Bindings,
  ctx: ExecutionContext,
  name: string | undefined,
  createBody: (inlet: string) => object,
  now: number,
): Promise<Posted | undefined> {
  const { table } = await newestTable(env, now);
  const id = name ?? table.inlets.keys().next().value;
  const inlet = id === undefined ? undefined : table.inlets.get(id);
  if (id === undefined || inlet === undefined) return undefined;
  const answer = await ingest.fetch(await createRequest(id, inlet, createBody(id), env), env, ctx);
  const body: unknown = await answer.json();
  const accepted = v.safeParse(v.object({ id: v.string() }), body);
  return {
    inlet: id,
    sentAt: toInstant(now),
    acceptedId: answer.status === 202 && accepted.success ? accepted.output.id : null,
    refusal: answer.status === 202 ? null : v.parse(ProblemSchema, body),
  };
}

/** The request that Voucherify would send. */
async function createRequest(
  name: string,
  { auth, requires = {} }: RoutingTable["inlets"][string],
  sendout: object,
  env: Bindings,
): Promise<Request> {
  const body = encodeUtf8(JSON.stringify(sendout));
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
