// What a message says of an incident: what has happened, and while it goes on what to do about it.

import { expect, it } from "vitest";
import { remedyOf } from "../../../src/alerts/kinds.ts";
import { writeMessage } from "../../../src/alerts/write-message.ts";
import type { Told } from "../../../src/ledger/told.ts";

const NOON = Date.UTC(2026, 9, 5, 12);

const TOLD: Told = {
  kind: "target_down",
  subject: "crm",
  target: "crm",
  detail: "It does not answer.",
  count: 1,
  openedAt: NOON,
  resolvedAt: null,
  resolvedBy: null,
  resolvedByName: null,
  acknowledgedAt: null,
  toldState: null,
  toldAt: 0,
  saidAt: null,
  flaps: 0,
};

const OVER: Partial<Told> = { resolvedAt: NOON + 60_000, resolvedBy: "person", resolvedByName: "Mira" };

it.each([
  ["opened", {}, [TOLD.detail, remedyOf("target_down")]],
  ["reopened", {}, [TOLD.detail, remedyOf("target_down")]],
  ["reminder", {}, [TOLD.detail, remedyOf("target_down")]],
  ["passed", OVER, [TOLD.detail]],
  ["resolved", OVER, ["Resolved by Mira."]],
  ["resolved", { ...OVER, resolvedBy: "itself" }, []],
  ["opened", { kind: "moon_in_the_way" }, [TOLD.detail]], // of a newer release
] as const)("of one that is %s, %j", (change, more, lines) => {
  const message = writeMessage({ ...TOLD, ...more }, change, undefined, NOON + 120_000);
  expect(message.lines.slice(1)).toEqual(lines);
});
