// The audit log by who, what, about what and when. A page looks through so many entries and no more, whatever fits.

import { beforeEach, describe, expect, it } from "vitest";
import {
  beginAudited,
  endAudited,
  listAudited,
  LOOKED_THROUGH_MAX,
  type AuditedCall,
  type Change,
} from "../../../src/ledger/audit-log.ts";
import { createBindings, workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

const MINUTE_MS = 60_000;

const CALL: AuditedCall = {
  at: SENT_AT,
  actor: "tok_1",
  actorName: "Mira",
  action: "PUT /admin/table",
  subject: "",
};

beforeEach(startOver);

async function note(call: Partial<AuditedCall>, change?: Change): Promise<void> {
  const id = await beginAudited(createBindings().LEDGER, { ...CALL, ...call });
  await endAudited(createBindings().LEDGER, id, 200, change);
}

async function list(query: Readonly<Record<string, string>>) {
  const { status, json } = await callAdmin(`GET /audit?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(200);
  const entries = json["entries"] as { id: number }[]; // the API's own
  return { ids: entries.map(({ id }) => id), next: json["next"], complete: json["complete"] };
}

describe("an entry is found", () => {
  beforeEach(async () => {
    await note({ action: "POST /admin/targets/:id/pause", subject: "crm" }, { after: { mode: "hold" } });
    await note({ at: SENT_AT + MINUTE_MS, actor: "secret", actorName: null }, { after: { version: 2 } });
    await note({ at: SENT_AT + 2 * MINUTE_MS, actor: "tok_2", actorName: "O'Brien <b>" });
    await note({ at: SENT_AT + 3 * MINUTE_MS, action: "GET /admin/sendouts/:id", subject: "so_1" });
    await note({ at: SENT_AT + 4 * MINUTE_MS, action: "PUT /admin/targets/:id", subject: "crm_two" });
  });

  it.each<[string, Record<string, string>, number[]]>([
    ["by whose token it was", { actor: "Mira" }, [5, 4, 1]],
    ["by the token's id", { actor: "tok_2" }, [3]],
    ["by the Worker secret", { actor: "secret" }, [2]],
    ["by a name with signs of SQL and HTML", { actor: "O'Brien <b>" }, [3]],
    ["by its whole action", { action: "PUT /admin/table" }, [3, 2]],
    ["by its method", { action: "PUT" }, [5, 3, 2]],
    ["by its path", { action: "/admin/targets" }, [5, 1]],
    ["by what it was about, word for word", { subject: "crm" }, [1]],
    ["from an instant on", { since: new Date(SENT_AT + 3 * MINUTE_MS).toISOString() }, [5, 4]],
    ["before an instant", { until: new Date(SENT_AT + MINUTE_MS).toISOString() }, [1]],
    ["by what it has changed", { changed: "true" }, [2, 1]],
    ["whether or not it has changed anything", { changed: "false" }, [5, 4, 3, 2, 1]],
    ["by all of it at once", { actor: "Mira", action: "POST", changed: "true" }, [1]],
    ["by nothing in the middle of a word", { action: "/targets" }, []],
    ["by no pattern", { action: "%", subject: "crm_" }, []],
  ])("%s", async (_name, query, ids) => {
    expect(await list(query)).toEqual({ ids, next: null, complete: true });
  });

  it("with the others of its kind, page by page", async () => {
    const first = await list({ actor: "Mira", limit: "2" });
    expect(first).toEqual({ ids: [5, 4], next: "4", complete: true });
    expect(await list({ actor: "Mira", limit: "2", cursor: "4" })).toEqual({ ids: [1], next: null, complete: true });
  });
});

it("what was shown is not a change, though it is noted", async () => {
  await note({ action: "GET /admin/sendouts/:id", subject: "so_1" }, { after: { revealed: true } });
  await note({ action: "POST /admin/table/dry-run" }, { after: { table: "0123456789abcdef" } });
  await note({ action: "DELETE /admin/tokens/:id", subject: "tok_1" }, { before: { id: "tok_1" } });
  expect((await list({ changed: "true" })).ids).toEqual([3]);
});

it.each([
  [{ since: "yesterday" }, "since"],
  [{ changed: "yes" }, "changed"],
  [{ actor: "" }, "actor"],
  [{ who: "Mira" }, "who"],
])("%j is refused by name", async (query, path) => {
  const { status, json } = await callAdmin(`GET /audit?${new URLSearchParams(query).toString()}`);
  expect(status).toBe(400);
  expect(json["errors"]).toEqual([expect.objectContaining({ path })]);
});

describe("in a long log", () => {
  const LENGTH = 2 * LOOKED_THROUGH_MAX + 10;

  beforeEach(async () => {
    await note({ subject: "the first" });
    const insert = `WITH RECURSIVE ids(id) AS (SELECT 2 UNION ALL SELECT id + 1 FROM ids WHERE id < ?1)
      INSERT INTO audit_log (id, at, actor, action, subject, status)
      SELECT id, ?2 + id, 'tok_1', 'POST /admin/sweep', '', 200 FROM ids`;
    await workingD1().prepare(insert).bind(LENGTH, SENT_AT).run();
  });

  it("a page looks through so many entries, and the next one goes on", async () => {
    const below = [LENGTH - LOOKED_THROUGH_MAX + 1, LENGTH - 2 * LOOKED_THROUGH_MAX + 1].map(String);
    expect(await list({ subject: "the first" })).toEqual({ ids: [], next: below[0], complete: false });
    const query = { subject: "the first", cursor: below[0] ?? "" };
    expect(await list(query)).toEqual({ ids: [], next: below[1], complete: false });
    expect(await list({ ...query, cursor: below[1] ?? "" })).toEqual({ ids: [1], next: null, complete: true });
  });

  it("nothing is looked for before the time that was asked for", async () => {
    const since = new Date(SENT_AT + LENGTH - 5).toISOString();
    expect(await list({ since, subject: "the first" })).toEqual({ ids: [], next: null, complete: true });
  });

  it("what a page reads is a range of ids, in their order", async () => {
    const db = workingD1();
    await listAudited(db, {}, { limit: 10 });
    const plans = db.queries
      .flat()
      .filter((sql) => sql.includes("FROM audit_log WHERE"))
      .map(async (sql) => {
        const values = Array.from({ length: sql.includes("?8") ? 8 : 1 }, () => null);
        const { results } = await workingD1()
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .bind(...values)
          .all<{ detail: string }>();
        return results.map(({ detail }) => detail).filter((detail) => /TEMP|SCAN/.test(detail));
      });
    expect(await Promise.all(plans)).toEqual([[], []]);
  });
});
