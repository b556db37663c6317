// What came in lately, counted by kind, and the bodies to compare.

import { reset } from "cloudflare:test";
import { beforeEach, describe, expect, it } from "vitest";
import { packForQueue, toColumn } from "../../../src/ledger/content.ts";
import { ensureMigrated } from "../../../src/ledger/migrate.ts";
import { insertSendouts, type SendoutRow } from "../../../src/ledger/sendouts.ts";
import { readBodies, readTraffic } from "../../../src/ledger/traffic.ts";
import { bytes } from "../bytes.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { incompressible } from "../payloads.ts";
import { createSendoutRow } from "./rows.ts";

beforeEach(async () => reset());

/** Writes a sendout's row; the body stands beside it as the ledger keeps it. */
async function write(id: string, parts: Partial<SendoutRow> = {}, body = bytes(`{"id":"${id}"}`)): Promise<void> {
  const db = workingD1();
  await ensureMigrated(db);
  const row = createSendoutRow({
    id,
    body_bytes: body.length,
    body: toColumn(await packForQueue(body, { LEDGER: db })),
    ...parts,
  });
  await db.batch(insertSendouts(db, [row]));
}

describe("readTraffic", () => {
  it("finds nothing in an empty database, tables included", async () => {
    expect(await readTraffic(workingD1(), 0)).toEqual([]);
  });

  it("counts by kind, the most frequent first, with the newest of each", async () => {
    const old = { payload_version: "v2018-08-01", shape: "project event", source_kind: null };
    await write("so_3", { received_at: SENT_AT + 3, inlet: "club" });
    await write("so_1", { received_at: SENT_AT + 1 });
    await write("so_2", { received_at: SENT_AT + 2, state: "unrouted" });
    await write("so_4", { ...old, received_at: SENT_AT + 4, project_id: null });
    await write("so_5", { ...old, received_at: SENT_AT + 6, project_id: null });
    await write("so_6", { event_type: "voucher.disabled" });
    expect(await readTraffic(workingD1(), SENT_AT)).toEqual([
      {
        eventType: "voucher.enabled",
        shape: "project webhook",
        payloadVersion: "v2024-01-01",
        sourceKind: "webhook",
        projectId: "proj_lantern",
        count: 3,
        lastAt: SENT_AT + 3,
        lastId: "so_3",
        inlet: "club",
      },
      expect.objectContaining({ payloadVersion: "v2018-08-01", projectId: null, count: 2, lastId: "so_5" }),
      expect.objectContaining({ eventType: "voucher.disabled", count: 1, lastId: "so_6" }),
    ]);
  });

  it.each<[string, Partial<SendoutRow>]>([
    ["project", { project_id: "proj_club" }],
    ["version", { payload_version: "v2018-08-01" }],
    ["shape", { shape: "distribution" }],
    ["kind of source", { source_kind: "distribution" }],
    ["type", { event_type: "voucher.disabled" }],
  ])("tells sendouts of another %s apart", async (_name, parts) => {
    await write("so_1");
    await write("so_2", parts);
    expect((await readTraffic(workingD1(), 0)).map(({ count }) => count)).toEqual([1, 1]);
  });

  it("leaves out what came earlier, and what became no event", async () => {
    await write("so_1", { received_at: SENT_AT - 1 });
    await write("so_2", { event_type: null, state: "quarantined" });
    expect(await readTraffic(workingD1(), SENT_AT)).toEqual([]);
    expect((await readTraffic(workingD1(), SENT_AT - 1)).map(({ lastId }) => lastId)).toEqual(["so_1"]);
  });
});

describe("readBodies", () => {
  it("gives each body as it arrived, however it is kept and however many there are", async () => {
    const ids = Array.from({ length: 23 }, (_none, index) => `so_${index}`);
    for (const id of ids) await write(id);
    const long = bytes(JSON.stringify({ text: "lantern ".repeat(2_000) }));
    await write("so_long", {}, long);
    const claimed = incompressible(120_000);
    await write("so_claimed", {}, claimed);
    const bodies = await readBodies(createBindings(), [...ids, "so_long", "so_claimed", "so_none"]);
    expect(bodies.size).toBe(ids.length + 2);
    for (const id of ids) expect(bodies.get(id)).toEqual(bytes(`{"id":"${id}"}`));
    expect(bodies.get("so_long")).toEqual(long);
    expect(bodies.get("so_claimed")).toEqual(claimed);
  });

  it("leaves out the unusually large, and those whose bytes are gone", async () => {
    await write("so_large", { body_bytes: 256 * 1024 + 1 });
    await write("so_fits", { body_bytes: 256 * 1024 });
    await write("so_gone", { body: "claim:clm_00000000:300" });
    const bodies = await readBodies(createBindings(), ["so_large", "so_fits", "so_gone"]);
    expect([...bodies.keys()]).toEqual(["so_fits"]);
  });

  it("asks for nothing when nothing is asked of it", async () => {
    const db = workingD1();
    expect(await readBodies({ LEDGER: db }, [])).toEqual(new Map());
  });
});
