// The commands that go by payload versions and routing tables, `signalbox normalise` and `signalbox migration`.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleCampaignNotification, exampleSendout } from "../../src/voucherify/examples.ts";
import { normalise } from "../../src/voucherify/normalise.ts";
import { convertTo } from "../../src/voucherify/payload.ts";
import { createSendout } from "../fixtures/sendout.ts";
import { runInProcess, spawnSignalbox, wordsOf, type Ended } from "./shell.ts";

const folder = mkdtempSync(join(tmpdir(), "signalbox-cli-normalise-"));
const sendout = createSendout();
const OLD = exampleSendout("voucher.published", { version: "v2018-08-01" });
const CURRENT = exampleSendout("voucher.published");
const RAW = { code: "AUTUMN-15", customer: { email: "kim@example.com" } };

/** A table whose one target reads two paths of v2018-08-01. */
const TABLE = {
  inlets: {
    voucherify: { auth: { secrets: ["VOUCHERIFY_SECRET"] } },
    coupons: { auth: "none", expects: { event: "customer.publication.succeeded", source: "distr_4cV9pTq1" } },
  },
  targets: {
    crm: {
      payload: "as received",
      request: { url: "https://crm.example.com/", body: { code: "{{ object.code }}", kind: "{{ $webhook.object }}" } },
    },
  },
  routes: [{ id: "all", events: ["voucher.*"], to: ["crm"] }],
};

const FILES: Record<string, unknown> = {
  "sendout.json": sendout,
  "old.json": OLD,
  "current.json": CURRENT,
  "notification.json": exampleCampaignNotification("points_earned"),
  "payload.json": RAW,
  "list.json": [],
  "table.json": TABLE,
  "no-inlets.json": { ...TABLE, inlets: {}, targets: {}, routes: [] },
  "bad-table.json": { ...TABLE, routes: [{ id: "all", events: ["voucher.*"], to: ["gone", "lost"] }] },
};

beforeAll(() => {
  for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), JSON.stringify(content));
  writeFileSync(join(folder, "damaged.json"), "{ // a comment\n");
  mkdirSync(join(folder, "folder"));
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the command in the folder of the test's files. */
async function run(line: string, input = ""): Promise<Ended> {
  return runInProcess(wordsOf(line), { folder, input });
}

/** What a command that says yes prints, read. */
async function printed(line: string, input?: string): Promise<unknown> {
  const { code, out, err } = await run(line, input);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

/** What a router makes of a body in a version. */
function converted(body: unknown, version: "v2024-01-01" | "v2018-08-01"): unknown {
  const event = normalise(new TextEncoder().encode(JSON.stringify(body)));
  if (!event.ok) throw new Error(event.detail);
  return JSON.parse(JSON.stringify(convertTo(event.value, version)));
}

describe("signalbox normalise --as", () => {
  it.each([
    ["old.json", OLD, "v2024-01-01"],
    ["current.json", CURRENT, "v2018-08-01"],
    ["current.json", CURRENT, "v2024-01-01"],
  ] as const)("prints %s in a version with its report", async (file, body, version) => {
    const answer = await printed(`normalise ${file} --as ${version}`);
    expect(answer).toEqual(converted(body, version));
    expect(Object.keys(Object(answer))).toEqual(["body", "report"]);
  });

  it("takes stdin, what it has made itself included", async () => {
    const { body } = Object(await printed("normalise - --as v2018-08-01", JSON.stringify(CURRENT)));
    expect(body).toMatchObject({ object: "event", type: "voucher.published", webhook_id: Object(CURRENT).id });
    const back = Object(await printed("normalise - --as v2024-01-01", JSON.stringify(body))).body;
    expect(back).toMatchObject({ id: Object(CURRENT).id, data: { voucher: Object(CURRENT).data.voucher } });
  });

  it("gives a body without envelope the one that its inlet makes", async () => {
    const answer = await printed("normalise payload.json --table table.json --inlet coupons --as v2024-01-01");
    expect(answer).toMatchObject({
      body: { data: RAW, source: { id: "distr_4cV9pTq1" }, event: { type: "customer.publication.succeeded" } },
      report: expect.arrayContaining([{ change: "moved", from: "code", to: "data.code" }]),
    });
  });

  it("says no to a body that is not understood", async () => {
    expect(await run("normalise list.json --as v2024-01-01")).toEqual({
      code: 1,
      out: "",
      err: "The body is not understood: the body is an array, not an object (body_not_object).\n",
    });
  });
});

describe("signalbox normalise --inlet", () => {
  it("prints the id that the sendout has in the ledger of a router", async () => {
    const name = `voucherify\n${sendout.project_id}:${sendout.id}`;
    const id = `so_${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
    expect(await printed("normalise sendout.json --inlet voucherify")).toMatchObject({ id, type: sendout.type });
    expect(await printed("normalise sendout.json --inlet coupons")).not.toMatchObject({ id });
    expect(await printed("normalise sendout.json")).not.toHaveProperty("id");
  });

  it("reads a body without envelope as the table says, with the hash of its bytes as its key", async () => {
    const hash = createHash("sha256").update(JSON.stringify(RAW)).digest("hex");
    expect(await printed("normalise payload.json --inlet coupons --table table.json")).toMatchObject({
      shape: "raw payload",
      type: "customer.publication.succeeded",
      source: { id: "distr_4cV9pTq1" },
      dedupeKey: `body:${hash}`,
      id: expect.stringMatching(/^so_[0-9a-f]{32}$/),
    });
  });

  it("does not understand such a body at an inlet that expects none", async () => {
    const { code, out, err } = await run("normalise payload.json --inlet voucherify --table table.json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^The body is not understood: no envelope around the data .*\(envelope_missing\)\.\n$/);
  });

  it("answers as JSON why a body is not understood, when asked to", async () => {
    const { code, out, err } = await run("normalise payload.json --inlet voucherify --table table.json --json");
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(JSON.parse(err)).toMatchObject({ reason: "envelope_missing", detail: expect.any(String) });
  });
});

describe("signalbox migration", () => {
  it("reports, as Markdown, what some bodies and a table say", async () => {
    const { code, out, err } = await run("migration old.json notification.json current.json --table table.json");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^# From v2018-08-01 to v2024-01-01\n\n1\. \[x\] /);
    expect(out).toContain("1 of 2 have come in v2024-01-01. Missing: customer.rewarded.loyalty\\_points.");
    expect(out).toContain("| `targets.crm.request.body.code` | `object.code` | `voucher.published` | `voucher.code` |");
    expect(out).toContain(
      "| `targets.crm.request.body.kind` | `$webhook.object` | `voucher.published` | nothing: no such field |",
    );
    expect(out).toContain("## `voucher.published` from a webhook\n\nEvery field of a sendout that came in.");
    expect(out).toContain("## `customer.rewarded.loyalty_points` from a distribution\n");
  });

  it("reports the same as JSON, of stdin as well", async () => {
    expect(await printed("migration - current.json --table table.json --json", JSON.stringify(OLD))).toMatchObject({
      steps: [1, 2, 3, 4, 5, 6, 7].map((step) => ({ step })),
      types: [{ type: "voucher.published", sender: "webhook", comparedWith: "traffic", current: { count: 1 } }],
      reads: [
        { path: "object.code", fate: "replace", replacement: "voucher.code" },
        { path: "$webhook.object", fate: "gone", replacement: null },
      ],
    });
  });

  it("needs no table: then nothing of one is read", async () => {
    expect(await printed("migration old.json --json")).toMatchObject({ reads: [], types: [{ current: null }] });
  });

  it.each([
    [
      "migration old.json list.json",
      "list.json is not understood: the body is an array, not an object (body_not_object).",
    ],
    ["migration payload.json", /^payload\.json is not understood: no envelope .*\(envelope_missing\)\.$/],
  ])("says no to a body that is not understood, by file: `%s`", async (line, sentence) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd()).toMatch(sentence);
    expect(JSON.parse((await run(`${line} --json`)).err)).toMatchObject({ detail: err.trimEnd() });
  });
});

describe("a command that cannot be carried out", () => {
  it.each([
    ["normalise old.json --as v2019-01-01", "Allowed choices are v2024-01-01, v2018-08-01."],
    ["normalise missing.json --as v2024-01-01", "There is no file missing.json."],
    ["normalise payload.json --table table.json", "--table says what an inlet expects: name it with --inlet."],
    ["normalise payload.json --inlet-source distr_1", "give the event type as well."],
    ["normalise payload.json --inlet-event=", "give the event type as well."],
    [
      "normalise payload.json --inlet coupons --table table.json --inlet-event customer.rewarded",
      "--table and --inlet-event both say what the inlet expects: give one of them.",
    ],
    [
      "normalise payload.json --inlet shop --table table.json",
      'table.json has no inlet "shop"; it has: voucherify, coupons.',
    ],
    ["normalise payload.json --inlet shop --table no-inlets.json", 'no-inlets.json has no inlet "shop"; it has: none.'],
    ["normalise payload.json --inlet coupons --table missing.json", "There is no file missing.json."],
    ["normalise payload.json --inlet coupons --table folder", "folder is a folder, not a file."],
    [
      "normalise payload.json --inlet coupons --table damaged.json",
      "damaged.json:2:1: this is not JSON: close brace expected.",
    ],
    [
      "normalise payload.json --inlet coupons --table bad-table.json",
      /^bad-table\.json: routes\.0\.to\.0: .+ \(and 1 more\)$/m,
    ],
    ["migration", "missing required argument 'files'"],
    ["migration old.json missing.json", "There is no file missing.json."],
    ["migration folder", "folder is a folder, not a file."],
    ["migration old.json --table missing.json", "There is no file missing.json."],
    ["migration old.json --table bad-table.json", /^bad-table\.json: routes\.0\.to\.0: /],
    ["migration old.json --table damaged.json", "damaged.json:2:1: this is not JSON"],
  ])("ends `%s` with a sentence and exit code 2", async (line, sentence) => {
    const { code, out, err } = await run(line);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(sentence);
  });

  it("says the same as JSON, when asked to", async () => {
    const { err } = await run("normalise payload.json --inlet shop --table table.json --json");
    expect(JSON.parse(err)).toEqual({
      reason: "inlet_unknown",
      detail: 'table.json has no inlet "shop"; it has: voucherify, coupons.',
    });
  });
});

it("explains `migration --help` with examples", async () => {
  const { code, out, err } = await run("migration --help");
  expect({ code, err }).toEqual({ code: 0, err: "" });
  expect(out).toMatch(/\nExamples:\n {2}signalbox migration /);
});

describe("in a process of its own", () => {
  it.each([
    ["normalise - --as v2024-01-01", JSON.stringify(OLD), 0],
    ["normalise payload.json --inlet coupons --table table.json", "", 0],
    ["migration old.json current.json --table table.json", "", 0],
    ["normalise list.json", "", 1],
  ])("`%s` ends as it does in the tests above", async (line, input, code) => {
    const ended = await spawnSignalbox(wordsOf(line), { folder, input });
    expect(ended).toEqual(await run(line, input));
    expect(ended.code).toBe(code);
  });
});
