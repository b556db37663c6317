// The first step of a sendout's life: find its inlet, have the sender proven, make it durable, answer. It touches no D1
// and no Durable Object on its happy path and never answers 2xx before the queue has the bytes.

import { Hono, type Context } from "hono";
import { raiseRefusal } from "../alerts/raise.ts";
import type { RefusalReason } from "../alerts/refusal.ts";
import type { Bindings } from "../env.ts";
import { readHops } from "../hops.ts";
import { problem, RETRY_AFTER_SECONDS, type ProblemCode } from "../problem.ts";
import { recheckInlet, tableForIngest, TableUnavailableError } from "../routing/table-store.ts";
import { normaliseAddress } from "../voucherify/addresses.ts";
import { proveSender, readCredentials, type Inlet, type Verdict } from "./prove.ts";
import { refusalLimitOf } from "./refusals.ts";
import { createAcceptedId, storeSendout } from "./store.ts";

type IngestContext = Context<{ Bindings: Bindings }>;

/** The sender's address. Cloudflare sets it on every request and lets nobody else. */
const ADDRESS_HEADER = "cf-connecting-ip";

/** `POST /in/<inlet>`, and `POST /in/<inlet>/<token>` where the inlet requires a token. */
export const ingest = new Hono<{ Bindings: Bindings }>()
  .post("/:inlet/:token?", async (c) => {
    const { inlet: name, token: pathToken } = c.req.param();
    const found = await findInlet(c, name, pathToken);
    if (found === "unavailable") return comeAgain(c, "table_unavailable");
    if (found === undefined) return problem(c, "inlet_unknown");
    const credentials = readCredentials(found.inlet, c.env);
    if (credentials === undefined) return comeAgain(c, "inlet_unconfigured");
    const address = normaliseAddress(c.req.header(ADDRESS_HEADER) ?? "");
    const limit = refusalLimitOf(c.env.INGEST);
    const waitMs = limit.waitMs(name, address, Date.now());
    if (waitMs > 0) return comeAgain(c, "refusals_limited", Math.ceil(waitMs / 1_000));
    const verdict = await proveSender(c.req.raw, { pathToken, address }, credentials);
    switch (verdict.outcome) {
      case "too_large":
        return problem(c, "body_too_large", { headers: { connection: "close" } });
      case "refused":
        // Nobody is called a forger by a table that is only assumed: the published one may name another secret.
        if (found.assumed) return comeAgain(c, "table_unavailable");
        limit.refused(name, address, Date.now());
        raiseRefusal(c.env, c.executionCtx, { inlet: name, reason: verdict.reason }, Date.now());
        return problem(c, refusalCode(verdict.reason));
      case "proven":
        limit.proved(name, address);
        return accept(c, name, verdict);
    }
  })
  .all("/:inlet/:token?", (c) => problem(c, "method_not_allowed", { headers: { allow: "POST" } }));

/**
 * The inlet of a URL. Before it is called unknown, D1 is asked whether it was published just now: a 404 counts against
 * the customer's webhook. The longer URL belongs to inlets that require a token, and to no others.
 */
async function findInlet(
  c: IngestContext,
  name: string,
  pathToken: string | undefined,
): Promise<{ inlet: Inlet; assumed: boolean } | "unavailable" | undefined> {
  const now = Date.now();
  const hasUrl = (inlet: Inlet | undefined): inlet is Inlet =>
    inlet !== undefined && (pathToken === undefined || inlet.requires?.pathToken !== undefined);
  try {
    const { table, assumed = false } = await tableForIngest(c.env, c.executionCtx, now);
    const known = table.inlets.get(name);
    if (hasUrl(known)) return { inlet: known, assumed };
    const published = (await recheckInlet(c.env, name, now)).table.inlets.get(name);
    return hasUrl(published) ? { inlet: published, assumed: false } : undefined;
  } catch (error) {
    if (error instanceof TableUnavailableError) return "unavailable";
    throw error;
  }
}

async function accept(c: IngestContext, inlet: string, proof: Verdict & { outcome: "proven" }): Promise<Response> {
  const receivedAt = Date.now();
  const acceptedId = createAcceptedId(receivedAt);
  const contentEncoding = c.req.header("content-encoding");
  const { body, signature } = proof;
  const hops = readHops(c.req.raw.headers);
  const stored = await storeSendout(c.env, {
    acceptedId,
    inlet,
    receivedAt,
    body,
    ...(contentEncoding === undefined ? {} : { contentEncoding: contentEncoding.slice(0, 100) }),
    ...(signature === undefined ? {} : { signature }),
    ...(hops === 0 ? {} : { hops }),
  });
  return stored ? c.json({ id: acceptedId }, 202) : comeAgain(c, "not_durable");
}

/** What the sender is told: not which of several factors failed. */
function refusalCode(reason: RefusalReason): ProblemCode {
  switch (reason) {
    case "signature_missing":
    case "signature_malformed":
    case "signature_mismatch":
      return "signature_invalid";
    case "path_token":
    case "header":
    case "address":
      return "sender_unproven";
  }
}

function comeAgain(c: IngestContext, code: ProblemCode, seconds = RETRY_AFTER_SECONDS): Response {
  return problem(c, code, { headers: { "retry-after": String(seconds) } });
}
