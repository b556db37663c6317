// A Worker for test/integration/send-in-workerd.ts, which stands here for workerd's types. It does nothing but
// requests to targets: it sends what it is posted and answers with what came of it, or renders the request of a table's
// target `crm`.

import { send, type Sending } from "../../../../src/delivery/send.ts";
import { compileTable } from "../../../../src/routing/compile.ts";
import { renderDelivery } from "../../../../src/routing/render-delivery.ts";
import { normalise } from "../../../../src/voucherify/normalise.ts";

// oxlint-disable-next-line import/no-default-export -- a Worker's entry is one
export default {
  async fetch(request, env) {
    if (new URL(request.url).pathname === "/render") {
      const { table, sendout } = (await request.json()) as { table: unknown; sendout: string }; // the tests' own
      return Response.json(await render(table, sendout));
    }
    const sending = (await request.json()) as Sending; // the tests' own
    return Response.json(await send(sending, env));
  },
} satisfies ExportedHandler<object>;

/** The request to `crm` and where it goes; or what is wrong with the table. */
async function render(document: unknown, sendout: string): Promise<object> {
  const compiled = compileTable(document);
  if (!compiled.ok) return { issues: compiled.issues };
  const crm = compiled.value.targets.get("crm");
  const received = new TextEncoder().encode(sendout);
  const event = normalise(received);
  if (crm === undefined || !event.ok) return {};
  const source = { event: event.value, received, receivedAt: 0, sendoutId: "so_1", route: "all" };
  const rendered = await renderDelivery(crm, source);
  return { origin: crm.requests.get("any")?.url.origin, request: rendered.ok ? rendered.value : undefined };
}
