// Everything that would need what is kept no longer says so: the view of a sendout, a preview, a retry, a replay.

import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { app } from "../app.ts";
import { purge } from "../../../src/jobs/purge.ts";
import { createBindings, SECRETS } from "../faults.ts";
import { rowsOf } from "../ledger-rows.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { routeAndDeliver } from "../replay/stage.ts";
import { startOver } from "../start-over.ts";

const AFTER = SENT_AT + 14 * 86_400_000;

let id: string;

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm"]));
  await routeAndDeliver(1, 400);
  await purge(createBindings(), AFTER);
  id = String((await rowsOf("sendouts"))[0]?.["id"]);
});

async function ask(method: string, path: string, body?: unknown): Promise<[number, Record<string, unknown>]> {
  const headers = { authorization: `Bearer ${SECRETS.SIGNALBOX_ADMIN_TOKEN}` };
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const request = new Request(`https://signalbox.example.com/admin${path}`, init);
  const response = await app.fetch(request, createBindings(), createExecutionContext());
  return [response.status, await response.json()];
}

describe("a sendout whose content is kept no longer", () => {
  it("is shown without it, and with everything else", async () => {
    const [status, sendout] = await ask("GET", `/sendouts/${id}`);
    expect(status).toBe(200);
    expect(sendout).toMatchObject({
      id,
      event: { type: "redemption.succeeded" },
      payload: { encoding: "expired", content: null },
      deliveries: [{ state: "failed", request: null, attempts: [{ status: 400 }] }],
    });
  });

  it("cannot be previewed", async () => {
    const [status, problem] = await ask("POST", "/preview", { sendout: { id } });
    expect(status).toBe(409);
    expect(problem).toMatchObject({
      code: "payload_gone",
      detail: "The sendout's payload is kept no longer (settings.retention).",
    });
  });

  it("cannot be sent again by hand", async () => {
    const [status, problem] = await ask("POST", `/deliveries/${id}.crm/retry`);
    expect(status).toBe(409);
    expect(problem).toMatchObject({
      code: "delivery_unrenderable",
      detail: "The delivery is not sent: its payload is kept no longer (settings.retention).",
    });
  });

  it.each(["as then", "as now", "as new"])("is left out of a replay %s, and counted there", async (mode) => {
    const [status, replay] = await ask("POST", "/replays", { select: { sendouts: [id] }, mode });
    expect(status).toBe(201);
    expect(replay).toMatchObject({ plan: { selected: 0, excluded: { not_kept: 1 } } });
  });
});
