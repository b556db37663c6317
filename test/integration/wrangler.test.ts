// The Worker as wrangler itself builds and runs it from wrangler.toml: nothing but our own bundling is different.

import { createTestHarness } from "wrangler";
import { expect, it, vi } from "vitest";
import { createSendout } from "../fixtures/sendout.ts";
import { SECRETS } from "./signalbox.ts";
import { startTarget } from "./target.ts";

it("takes a sendout in and delivers it when wrangler runs it", async () => {
  const target = await startTarget();
  const server = createTestHarness({ workers: [{ configPath: "./wrangler.toml", secrets: SECRETS }] });
  try {
    const { url } = await server.listen();
    const table = {
      inlets: { open: { auth: "none" } },
      targets: { crm: { request: { url: target.url, body: "{{ $webhook.id }}" } } },
      routes: [{ id: "all", events: ["*"], to: ["crm"] }],
    };
    const published = await fetch(new URL("/admin/table", url), {
      method: "PUT",
      headers: { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` },
      body: JSON.stringify(table),
    });
    expect(published.status).toBe(200);
    const sendout = createSendout();
    const accepted = await fetch(new URL("/in/open", url), { method: "POST", body: JSON.stringify(sendout) });
    expect(accepted.status).toBe(202);
    await vi.waitFor(() => expect(target.requests.map(({ body }) => body)).toEqual([JSON.stringify(sendout.id)]), {
      timeout: 10_000,
    });
    expect(await server.getWorker().scheduled({ cron: "* * * * *" })).toMatchObject({ outcome: "ok" });
  } finally {
    await Promise.all([server.close(), target.stop()]);
  }
});
