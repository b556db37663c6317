// Repeats one step of reading a sendout on the body it is posted, and answers how long that took. The clock of a
// deployed Worker stands still between its calls to the outside; that of the local workerd runs on, in milliseconds.

import { findDrift } from "../../src/voucherify/drift.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { signBody, verifySignature } from "../../src/voucherify/signature.ts";
import { SIGNING_SECRET } from "../sendouts.ts";

type Step = (body: Uint8Array<ArrayBuffer>) => Promise<() => unknown>;

/** By name, what makes a step ready to be repeated. */
const STEPS: Readonly<Record<string, Step>> = {
  parse: async (body) => (): unknown => JSON.parse(new TextDecoder().decode(body)),
  normalise: async (body) => () => normalise(body),
  drift: async (body) => {
    const normalised = normalise(body);
    if (!normalised.ok) throw new Error(normalised.detail);
    return () => findDrift(normalised.value);
  },
  verify: async (body) => {
    const signature = await signBody(body, SIGNING_SECRET);
    return async () => {
      if (!(await verifySignature(body, signature, [SIGNING_SECRET])).valid) throw new Error("not its signature");
    };
  },
};

const worker = {
  async fetch(request: Request): Promise<Response> {
    const { searchParams } = new URL(request.url);
    const ready = STEPS[searchParams.get("step") ?? ""];
    if (ready === undefined) return new Response("no such step", { status: 404 });
    const step = await ready(new Uint8Array(await request.arrayBuffer()));
    const times = Number(searchParams.get("times"));
    const startedAt = performance.now();
    for (let count = 0; count < times; count++) {
      const done = step();
      // Awaiting what is no promise would cost the other steps a turn of the event loop each time.
      if (done instanceof Promise) await done;
    }
    return Response.json({ tookMs: performance.now() - startedAt });
  },
};

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is its default export
export default worker;
