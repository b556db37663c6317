// Who paused something and who planned a replay stands beside it, for as long as it does.

import { beforeEach, expect, it } from "vitest";
import { insertPause } from "../../../src/ledger/pauses.ts";
import { insertReplay } from "../../../src/ledger/replays.ts";
import { writeEntries } from "../../../src/ledger/record.ts";
import { workingD1 } from "../faults.ts";
import { SENT_AT } from "../messages.ts";
import { createTable, publish } from "../payloads.ts";
import { startOver } from "../start-over.ts";
import { callAdmin } from "./call-admin.ts";

const SECRET = { id: "secret", name: null };
const SELECT = { since: "2026-10-01T00:00:00Z" };

beforeEach(async () => {
  await startOver();
  await publish(createTable(["crm", "mail"]));
});

async function makeToken(name: string): Promise<{ token: string; by: { id: string; name: string } }> {
  const { json } = await callAdmin("POST /tokens", { body: { name, scopes: ["read", "replay"] } });
  return { token: String(json["token"]), by: { id: String(json["id"]), name } };
}

/** Who is noted beside each pause, by what is paused. */
async function pausedBy(): Promise<Record<string, unknown>> {
  const { json } = await callAdmin("GET /holds");
  const pauses = json["pauses"] as { subject: string; by: unknown }[]; // the API's own
  return Object.fromEntries(pauses.map(({ subject, by }) => [subject, by]));
}

/** Who is noted beside each replay, by its id. */
async function plannedBy(): Promise<Record<string, unknown>> {
  const { json } = await callAdmin("GET /replays");
  const replays = json["replays"] as { id: string; by: unknown }[]; // the API's own
  return Object.fromEntries(replays.map(({ id, by }) => [id, by]));
}

it("a pause names whose token it was, and the Worker secret as such", async () => {
  const mira = await makeToken("Mira <b>");
  const paused = await callAdmin("POST /targets/crm/pause", { body: {}, token: mira.token });
  expect(paused.json).toMatchObject({ subject: "target:crm", by: mira.by });
  await callAdmin("POST /routes/all/pause", { body: {} });
  expect(await pausedBy()).toEqual({ "target:crm": mira.by, "route:all": SECRET });
});

it("a pause that somebody else changes is theirs from then on", async () => {
  const [mira, olga] = [await makeToken("Mira"), await makeToken("Olga")];
  await callAdmin("POST /targets/crm/pause", { body: {}, token: mira.token });
  await callAdmin("POST /targets/crm/pause", { body: { mode: "drain" }, token: olga.token });
  expect(await pausedBy()).toEqual({ "target:crm": olga.by });
  await callAdmin(`DELETE /tokens/${olga.by.id}`);
  expect(await pausedBy()).toEqual({ "target:crm": olga.by });
});

it("nobody is named beside a pause that nobody made, before and after a person's", async () => {
  const db = workingD1();
  const breaker = { subject: "target:crm", reason: "breaker", mode: "hold", since: SENT_AT, until: null } as const;
  await db.batch(insertPause(db, { ...breaker, note: null }));
  expect(await pausedBy()).toEqual({ "target:crm": null });
  await callAdmin("POST /targets/crm/pause", { body: {} });
  await db.batch(insertPause(db, { ...breaker, note: null }));
  expect(await pausedBy()).toEqual({ "target:crm": SECRET });
  await callAdmin("POST /targets/crm/resume", { body: {} });
  await db.batch(insertPause(db, { ...breaker, note: null }));
  expect(await pausedBy()).toEqual({ "target:crm": null });
});

it("a pause of an earlier release, in the ledger or on its way there, names nobody", async () => {
  await workingD1()
    .prepare("INSERT INTO pauses (subject, reason, mode, since) VALUES ('target:mail', 'by_hand', 'hold', 1)")
    .run();
  const late = { subject: "target:crm", reason: "by_hand", mode: "hold", since: 1, note: null } as const;
  await writeEntries(workingD1(), [{ kind: "pause", pause: { ...late, until: null } }]);
  expect(await pausedBy()).toEqual({ "target:mail": null, "target:crm": null });
});

it("a replay names who planned it, in the list and alone, whoever runs or stops it", async () => {
  const mira = await makeToken("Mira");
  const body = { select: SELECT, mode: "as then" };
  const planned = await callAdmin("POST /replays", { body, token: mira.token });
  expect(planned.json).toMatchObject({ state: "planned", by: mira.by });
  const id = String(planned.json["id"]);
  expect((await callAdmin(`POST /replays/${id}/stop`)).json).toMatchObject({ state: "stopped", by: mira.by });
  expect((await callAdmin(`GET /replays/${id}`)).json["by"]).toEqual(mira.by);
  const another = await callAdmin("POST /replays", { body });
  expect(await plannedBy()).toEqual({ [id]: mira.by, [String(another.json["id"])]: SECRET });
});

it("a replay of an earlier release names nobody", async () => {
  const selection = { since: 1, until: 2, states: ["failed" as const] };
  const times = { plannedAt: SENT_AT, expiresAt: SENT_AT + 1 };
  await insertReplay(
    { LEDGER: workingD1() },
    { id: "rpl_1", mode: "as now", rate: 1, ...times, selection, plan: { selected: 0 }, by: null },
  );
  expect(await plannedBy()).toEqual({ rpl_1: null });
});
