// Payloads in the form a target asks for: what moves where, and that nothing is lost but what the report says.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES, findEvent } from "../../../src/voucherify/catalogue.ts";
import type { FieldChange } from "../../../src/voucherify/conversion.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../../src/voucherify/examples.ts";
import { valueAt } from "../../../src/voucherify/json-path.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { convertTo, payloadOf } from "../../../src/voucherify/payload.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

function understand(body: unknown, expected?: { event: string }) {
  const normalised = normalise(bytes(JSON.stringify(body)), { expected });
  if (!normalised.ok) throw new Error(`${normalised.reason}: ${normalised.detail}`);
  return normalised.value;
}

function example(type: string, options: Parameters<typeof exampleSendout>[1] = {}): JsonObject {
  const body = exampleSendout(type, options);
  if (body === undefined) throw new Error(`no example of ${type}`);
  return body;
}

/** A line of a report with its paths in segments. */
interface Line {
  change: FieldChange["change"];
  from: string[] | null;
  to: string[] | null;
}

const SEGMENT = /`([^`]*)`|([^.`]+)/g;
function split(path: string | null): string[] | null {
  return path === null ? null : Array.from(path.matchAll(SEGMENT), (match) => match[1] ?? match[2] ?? "");
}

function linesOf(report: readonly FieldChange[]): Line[] {
  return report.map(({ change, from, to }) => ({ change, from: split(from), to: split(to) }));
}

/** Every path that ends in a plain value, a list or an empty object. */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (!isJsonObject(value) || Object.keys(value).length === 0) return [path];
  return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
}

function startsWith(path: readonly string[], prefix: readonly string[] | null): boolean {
  return prefix !== null && prefix.every((name, index) => path[index] === name);
}

/** Thousands of these: an assertion library's own would take minutes. */
function insist(holds: boolean, what: string): void {
  if (!holds) throw new Error(what);
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Where the report says a value is now; nowhere when it is dropped. Fails when it is not there. */
function follow(before: unknown, after: unknown, lines: readonly Line[], path: string[]): string[][] {
  const speaking = lines.filter(({ from }) => startsWith(path, from));
  insist(speaking.length > 0, `nothing is said of ${path.join(".")}`);
  return speaking.flatMap(({ from, to }) => {
    if (to === null) return [];
    const place = [...to, ...path.slice(from?.length)];
    const [was, is] = [valueAt(before, path), valueAt(after, place)];
    // To an object that was empty something else may have been added.
    const found = isJsonObject(was) ? isJsonObject(is) : isSame(was, is);
    insist(found, `${path.join(".")} is not at ${place.join(".")}`);
    return [place];
  });
}

/** What the shapes themselves have, whatever the sendout. */
const CONSTANTS = new Set([
  "object",
  "metadata",
  "data.object",
  "data.object.order",
  "data.related_object.data",
  "data.related_object.metadata_json",
  "data.redemption.object",
  "data",
]);

/** Fails unless every value of a body comes from the other, as the report says, or is null. */
function expectNothingInvented(before: unknown, after: JsonObject, lines: readonly Line[]): void {
  for (const path of leavesOf(after)) {
    if (CONSTANTS.has(path.join("."))) continue;
    const speaking = lines.filter(({ to }) => startsWith(path, to));
    insist(speaking.length > 0, `${path.join(".")} comes from nowhere`);
    const unsaid = speaking.every(({ change }) => change === "unknown");
    insist(!unsaid || ["null", "{}"].includes(JSON.stringify(valueAt(after, path))), `${path.join(".")} is invented`);
  }
  for (const { change, from, to } of lines) {
    if (from === null) insist(change === "unknown", `${change} from nowhere`);
    else if (to === null) insist(change === "dropped", `${change} to nowhere`);
    else {
      insist(valueAt(before, from) !== undefined, `${from.join(".")} is not there`);
      insist(changeOf(from, to) === change, `${from.join(".")} to ${to.join(".")} is called ${change}`);
    }
  }
}

function changeOf(from: string[], to: string[]): FieldChange["change"] {
  if (isSame(from, to)) return "kept";
  return isSame(from.slice(0, -1), to.slice(0, -1)) ? "renamed" : "moved";
}

/** v2024-01-01 there and back: every value is where the reports say it is, and those they drop are returned. */
function roundTrip(body: JsonObject): string[] {
  const before = understand(body);
  const old = convertTo(before, "v2018-08-01");
  const between = understand(old.body);
  for (const key of ["type", "eventRef", "sendoutRef", "projectId", "occurredAt"] as const) {
    insist(between[key] === before[key], `${key} has changed`);
  }
  const back = convertTo(between, "v2024-01-01");
  const [down, up] = [linesOf(old.report), linesOf(back.report)];
  expectNothingInvented(body, old.body, down);
  expectNothingInvented(old.body, back.body, up);
  return leavesOf(body).flatMap((path) => {
    const places = follow(body, old.body, down, path).flatMap((place) => follow(old.body, back.body, up, place));
    const name = path.join(".");
    return places.some((place) => place.join(".") === name) ? [] : [name];
  });
}

const SOURCES = ["webhook", "distribution"] as const;
const TYPES_AND_SOURCES = EVENT_TYPES.flatMap((type) => SOURCES.map((source) => ({ type, source })));

describe("v2024-01-01 to v2018-08-01 and back", () => {
  it.each(TYPES_AND_SOURCES)("loses of $type from a $source only what the report says", ({ type, source }) => {
    roundTrip(example(type, { source }));
  });

  it("keeps the customer, the voucher and the order of a redemption where they were", () => {
    const lost = roundTrip(example("redemption.succeeded"));
    for (const path of ["data.customer.email", "data.voucher.code", "data.order.total_amount", "data.redemption.id"]) {
      expect(lost).not.toContain(path);
    }
    expect(lost).toContain("source.id");
    expect(lost).toContain("event.group_id");
  });

  const value = fc.jsonValue({ maxDepth: 3 });
  const name = fc.oneof(
    fc.constantFrom("voucher", "customer", "order", "campaign", "id", "object", "balance", "related_object", "data"),
    fc.constantFrom("redemption", "redemption_rollback", "holder", "publication", "previous_attributes", "metadata"),
    fc.stringMatching(/^[a-z_]{1,8}$/),
    fc.constantFrom("__proto__", "constructor", "toString", "first name", "a.b"),
  );
  const edit = fc.record({
    at: fc.array(fc.nat(40), { maxLength: 3 }),
    name,
    value: fc.option(value, { nil: undefined }),
  });

  /** Changes an object somewhere below its keys: puts a value in, or takes a key away. */
  function change(object: JsonObject, at: readonly number[], key: string, put: unknown): JsonObject {
    const [step, ...rest] = at;
    const names = Object.keys(object);
    const into = step === undefined || names.length === 0 ? undefined : names[step % names.length];
    if (into !== undefined && isJsonObject(object[into])) {
      return { ...object, [into]: change(object[into], rest, key, put) };
    }
    if (put !== undefined) return { ...object, [key]: put };
    return Object.fromEntries(Object.entries(object).filter(([other]) => other !== (into ?? key)));
  }

  it("loses of generated sendouts only what the report says", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...TYPES_AND_SOURCES),
        fc.array(edit, { maxLength: 6 }),
        ({ type, source }, edits) => {
          const body = example(type, { source });
          let data = body["data"] as JsonObject; // an example's
          for (const { at, name: key, value: put } of edits) data = change(data, at, key, put);
          // What JSON text cannot say (-0) and what no path can name (`) is no loss of ours.
          roundTrip(JSON.parse(JSON.stringify({ ...body, data }).replaceAll("`", "'")) as JsonObject);
        },
      ),
      { seed: 20_261_124, numRuns: 2_000 },
    );
  }, 30_000);
});

describe("v2018-08-01 to v2024-01-01", () => {
  const NOTIFICATIONS: CampaignNotificationKind[] = [
    "loyalty_card_assigned",
    "referral_code_assigned",
    "points_redeemed",
    "referrer_rewarded",
    "points_earned",
    "referee_invited",
  ];
  const bodies = [
    ...EVENT_TYPES.flatMap((type) => {
      const body = exampleSendout(type, { version: "v2018-08-01" });
      return body === undefined ? [] : [[type, body] as const];
    }),
    ...NOTIFICATIONS.map((kind) => [kind, exampleCampaignNotification(kind)] as const),
  ];

  it.each(bodies)("says of every field of %s what became of it", (_name, body) => {
    const { body: converted, report } = convertTo(understand(body), "v2024-01-01");
    const lines = linesOf(report);
    for (const path of leavesOf(body)) follow(body, converted, lines, path);
    expectNothingInvented(body, converted, lines);
  });

  it.each(bodies)(
    "gives %s every key that v2024-01-01 has in each sendout of its type, null where nothing is said",
    (_name, body) => {
      const event = understand(body);
      const data = valueAt(convertTo(event, "v2024-01-01").body, ["data"]);
      for (const [key, { presence, nullable }] of Object.entries(findEvent(event.type)?.data ?? {})) {
        if (presence === "required" || nullable) expect(data).toHaveProperty([key]);
      }
    },
  );

  it("reports a redemption as Voucherify's guide does", () => {
    const { report } = convertTo(
      understand(example("redemption.succeeded", { version: "v2018-08-01" })),
      "v2024-01-01",
    );
    const lines = report.map(({ change, from, to }) => `${change}: ${from} -> ${to}`);
    expect(lines).toEqual(
      expect.arrayContaining([
        "moved: id -> event.id",
        "dropped: object -> null",
        "renamed: webhook_id -> id",
        "kept: project_id -> project_id",
        "kept: created_at -> created_at",
        "kept: type -> type",
        "renamed: data.object -> data.redemption",
        "moved: data.object.voucher -> data.voucher",
        "moved: metadata.source -> event.event_source.channel",
        "unknown: null -> source.id",
        "unknown: null -> event.group_id",
        "unknown: null -> data.campaign",
      ]),
    );
  });
});

describe("the payload forms", () => {
  const legacy = understand(example("voucher.published", { version: "v2018-08-01" }));
  const current = understand(example("voucher.published"));
  const raw = understand({ code: "AUTUMN-15" }, { event: "customer.publication.succeeded" });

  it("pass a body on as it is when it has that form already", () => {
    expect(payloadOf(legacy, "v2018-08-01")).toBe(legacy.received);
    expect(payloadOf(current, "v2024-01-01")).toBe(current.received);
    for (const event of [legacy, current, raw]) {
      expect(payloadOf(event, "as received")).toBe(event.received);
      expect(payloadOf(event, "normalised")).toBe(event.envelope);
    }
    expect(new Set(convertTo(current, "v2024-01-01").report.map(({ change }) => change))).toEqual(new Set(["kept"]));
  });

  it("put a raw payload into the envelope that its inlet makes, and into a notification", () => {
    const { body, report } = convertTo(raw, "v2024-01-01");
    expect(body).toBe(raw.envelope);
    expect(report).toContainEqual({ change: "moved", from: "code", to: "data.code" });
    expect(payloadOf(raw, "v2018-08-01")).toMatchObject({
      id: null,
      object: "event",
      type: "customer.publication.succeeded",
      data: { object: {}, related_object: { type: "customer.publication.succeeded", data: { code: "AUTUMN-15" } } },
    });
  });

  it("have what an old consumer of a stack's redemption reads", () => {
    expect(payloadOf(understand(example("redemption.succeeded")), "v2018-08-01")).toMatchObject({
      object: "event",
      type: "redemption.succeeded",
      webhook_id: expect.stringMatching(/^whs_/),
      data: {
        object: {
          object: "redemption",
          voucher: { code: expect.any(String) },
          customer: { email: "mira@example.com" },
        },
      },
      metadata: { source: "API" },
    });
  });

  it("have the balance twice where an old consumer of added points reads it", () => {
    const { data } = payloadOf(understand(example("voucher.loyalty_card.points_added")), "v2018-08-01");
    expect(data).toMatchObject({ object: { object: "voucher" }, balance: { object: "balance" } });
    expect(valueAt(data, ["related_object"])).toEqual(valueAt(data, ["balance"]));
  });

  it("give a type that v2018-08-01 never had in its shape", () => {
    expect(payloadOf(understand(example("customer.updated")), "v2018-08-01")).toMatchObject({
      type: "customer.updated",
      data: { object: { object: "customer" } },
    });
    const known = example("customer.updated");
    const unheard = { ...known, type: "lantern.wick.trimmed" };
    const event = { ...Object(known["event"]), type: "lantern.wick.trimmed" };
    const wick = { id: "wick_1", length: 4 };
    expect(payloadOf(understand({ ...unheard, event, data: { wick } }), "v2018-08-01")).toMatchObject({
      type: "lantern.wick.trimmed",
      data: { object: wick },
    });
  });

  it("never change the event they are made of", () => {
    const body = example("redemption.rollback.succeeded");
    const event = understand(body);
    convertTo(event, "v2018-08-01");
    expect(event.envelope).toEqual(body);
  });
});
