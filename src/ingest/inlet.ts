// The first step of a sendout's life: cap the body, verify the signature over the raw bytes, make it durable, answer.
// It touches no D1 and no Durable Object on its happy path and never answers 2xx before the queue has the bytes.

import { Hono, type Context } from "hono";
import { readSecret, type Bindings } from "../env.ts";
import { problem, RETRY_AFTER_SECONDS } from "../problem.ts";
import { readBody } from "../read-body.ts";
import { recheckInlet, tableForIngest, TableUnavailableError } from "../routing/table-store.ts";
import type { RoutingTable } from "../routing/table.ts";
import { SIGNATURE_HEADER, verifySignature } from "../voucherify/signature.ts";
import { createAcceptedId, storeSendout } from "./store.ts";

/** Largest sendout taken in, in bytes. Voucherify documents no limit; its largest published body has 13 KB. */
const SENDOUT_BYTES_MAX = 2 * 1024 * 1024;

type Inlet = RoutingTable["inlets"][string];
type IngestContext = Context<{ Bindings: Bindings }>;

const RETRY_LATER = { "retry-after": String(RETRY_AFTER_SECONDS) };

/** `POST /in/<inlet>`. */
export const ingest = new Hono<{ Bindings: Bindings }>()
  .post("/:inlet", async (c) => {
    const name = c.req.param("inlet");
    const found = await findInlet(c, name);
    if (found === "unavailable") return problem(c, "table_unavailable", { headers: RETRY_LATER });
    if (found === undefined) return problem(c, "inlet_unknown");
    const { inlet, assumed } = found;
    const secrets = inletSecrets(inlet, c.env);
    if (secrets?.length === 0) return problem(c, "inlet_unconfigured", { headers: RETRY_LATER });
    const body = await readBody(c.req.raw, SENDOUT_BYTES_MAX);
    if (body === undefined) return problem(c, "body_too_large", { headers: { connection: "close" } });
    if (secrets !== undefined) {
      const check = await verifySignature(body, c.req.header(SIGNATURE_HEADER), secrets);
      // Nobody is called a forger by a table that is only assumed: the published one may name another secret.
      if (!check.valid && assumed) return problem(c, "table_unavailable", { headers: RETRY_LATER });
      if (!check.valid) return problem(c, "signature_invalid");
    }
    const receivedAt = Date.now();
    const acceptedId = createAcceptedId(receivedAt);
    const contentEncoding = c.req.header("content-encoding");
    const stored = await storeSendout(c.env, {
      acceptedId,
      inlet: name,
      receivedAt,
      body,
      ...(contentEncoding === undefined ? {} : { contentEncoding: contentEncoding.slice(0, 100) }),
    });
    if (!stored) return problem(c, "not_durable", { headers: RETRY_LATER });
    return c.json({ id: acceptedId }, 202);
  })
  .all("/:inlet", (c) => problem(c, "method_not_allowed", { headers: { allow: "POST" } }));

/**
 * The inlet by name. Before it is called unknown, D1 is asked whether it was published just now: a 404 counts against
 * the customer's webhook.
 */
async function findInlet(
  c: IngestContext,
  name: string,
): Promise<{ inlet: Inlet; assumed: boolean } | "unavailable" | undefined> {
  const now = Date.now();
  try {
    const { table, assumed = false } = await tableForIngest(c.env, c.executionCtx, now);
    const inlet = table.inlets.get(name) ?? (await recheckInlet(c.env, name, now)).table.inlets.get(name);
    return inlet === undefined ? undefined : { inlet, assumed };
  } catch (error) {
    if (error instanceof TableUnavailableError) return "unavailable";
    throw error;
  }
}

/** The values of the inlet's secrets that are set; undefined when it says in so many words that it wants none. */
function inletSecrets(inlet: Inlet, env: Bindings): string[] | undefined {
  if (inlet.auth === "none") return undefined;
  return inlet.auth.secrets.flatMap((name) => readSecret(env, name) ?? []);
}
