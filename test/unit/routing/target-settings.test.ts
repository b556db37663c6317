// A target's own settings: texts that its expressions read as $settings.name.

import { describe, expect, it } from "vitest";
import { checkTable } from "../../../src/routing/check-table.ts";
import { compileTable } from "../../../src/routing/compile.ts";
import { previewSendout } from "../../../src/routing/preview.ts";
import { exportDesigner } from "../../../src/translation/designer/export.ts";
import { importDesigner } from "../../../src/translation/designer/import.ts";
import { exampleSendout } from "../../../src/voucherify/examples.ts";
import { normalise } from "../../../src/voucherify/normalise.ts";
import { bytes } from "../bytes.ts";
import { renderWith } from "../translation/designer/render.ts";

const SETTINGS = { list: "autumn", tier: "gold", path: "a b/c", empty: "", braces: "{{ voucher.code }}" };

function compile(target: object, route: object = {}) {
  return compileTable({
    inlets: { voucherify: { auth: "none" } },
    targets: { crm: target },
    routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"], ...route }],
  });
}

function issuesOf(target: object, route: object = {}): string[] {
  const compiled = compile(target, route);
  return compiled.ok ? [] : compiled.issues.map(({ path, message }) => `${path}: ${message}`);
}

const own = (request: object, settings: object | undefined = SETTINGS) => ({
  request: { url: "https://crm.example.com/", ...request },
  ...(settings && { settings }),
});

/** What a preview shows of the target, and what the check says of the table. */
async function preview(request: object) {
  const compiled = compile(own(request));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const received = bytes(JSON.stringify(exampleSendout("redemption.succeeded")));
  const event = normalise(received);
  if (!event.ok) throw new Error(event.detail);
  const source = { event: event.value, received, receivedAt: 0, sendoutId: "so_1" };
  const { deliveries } = await previewSendout(compiled.value, "voucherify", source);
  return { delivery: deliveries[0], check: await checkTable(compiled.value) };
}

describe("a target's settings", () => {
  it.each<[string, unknown, unknown]>([
    ["whole", "{{ $settings.list }}", "autumn"],
    ["within a text", "list {{ $settings.list }}!", "list autumn!"],
    ["in an expression", "{{ $uppercase($settings.list) & '-' & $settings.tier }}", "AUTUMN-gold"],
    ["in a condition", { $if: "{{ $settings.tier = 'gold' }}", $then: 1, $else: 2 }, 1],
    ["in a loop", { $each: "{{ [1, 2] }}", $do: "{{ $settings.tier }}{{ item }}" }, ["gold1", "gold2"]],
    ["in a loop's expression", { $each: "{{ [1, 2] }}", $do: "{{ $settings.tier & item }}" }, ["gold1", "gold2"]],
    ["all of them", "{{ $settings }}", SETTINGS],
    ["all of them, in an expression", "{{ $count($keys($settings)) }}", 5],
    ["by a name that an expression makes", "{{ $lookup($settings, 'ti' & 'er') }}", "gold"],
    ["empty", "{{ $default($settings.empty, 'none') }}", "none"],
    ["with braces, which stay text", "{{ $settings.braces }}", "{{ voucher.code }}"],
  ])("are read %s", async (_name, body, sent) => {
    const { delivery, check } = await preview({ body });
    expect(delivery?.request?.body).toEqual(sent);
    expect(check.errors).toEqual([]);
  });

  it("are encoded for their place like any value", async () => {
    const request = {
      url: "https://crm.example.com/{{ $settings.path }}/x?t={{ $settings.tier }}",
      query: { q: "{{ $settings.path }}" },
      headers: { "x-tier": "{{ $settings.tier }}" },
      encoding: "form",
      body: { list: "{{ $settings.path }}" },
    };
    const { delivery } = await preview(request);
    expect(delivery?.request).toMatchObject({
      url: "https://crm.example.com/a%20b%2Fc/x?t=gold&q=a%20b%2Fc",
      headers: { "x-tier": "gold" },
      body: "list=a%20b%2Fc",
    });
  });

  it("are in the trace", async () => {
    const { delivery } = await preview({ body: "{{ $settings.list }}" });
    expect(delivery?.trace).toContainEqual({
      place: "request.body",
      expression: "$settings.list",
      value: "autumn",
    });
  });

  it.each<[string, object, object | undefined, string]>([
    [
      "a name that is not set",
      { body: { a: ["{{ $settings.lst }}"] } },
      SETTINGS,
      ".body.a.0: there is no setting lst; there is list, tier, path, empty, braces",
    ],
    [
      "one in an expression",
      { body: "{{ $uppercase($settings.lst) }}" },
      { list: "a" },
      ".body: there is no setting lst; there is list",
    ],
    [
      "one in a loop",
      { body: { $each: "{{ order.items }}", $do: "{{ $settings.lst }}" } },
      { list: "a" },
      ".body.$do: there is no setting lst; there is list",
    ],
    [
      "one in the URL",
      { url: "https://crm.example.com/{{ $settings.lst }}" },
      { list: "a" },
      ".url: there is no setting lst; there is list",
    ],
    [
      "one in a header",
      { headers: { "x-a": "{{ $settings.lst }}" } },
      { list: "a" },
      ".headers.x-a: there is no setting lst; there is list",
    ],
    [
      "one without any settings",
      { body: "{{ $settings.list }}" },
      undefined,
      ".body: there is no setting list; the target has no settings",
    ],
    [
      "a name of every object's",
      { body: "{{ $settings.constructor }}" },
      { list: "a" },
      ".body: there is no setting constructor; there is list",
    ],
    [
      "something inside a text",
      { body: "{{ $settings.list.size }}" },
      { list: "a" },
      ".body: there is no setting list.size; there is list",
    ],
  ])("are missed when the table is published: %s", (_name, request, settings, issue) => {
    expect(
      issuesOf({ request: { url: "https://crm.example.com/", ...request }, ...(settings && { settings }) }),
    ).toEqual([`targets.crm.request${issue}`]);
  });

  it.each([
    ["a-b", "x", "a setting's name has up to 40 letters, digits and _, a letter first"],
    ["1st", "x", "a setting's name has up to 40 letters, digits and _, a letter first"],
    ["long", "x".repeat(2_001), "a setting has up to 2000 characters"],
  ])("have plain names and short texts: %s", (name, text, message) => {
    expect(issuesOf(own({}, { [name]: text }))).toEqual([`targets.crm.settings.${name}: ${message}`]);
  });

  it("are no numbers, and no secrets are named beside them", () => {
    expect(issuesOf(own({}, { size: 7 }))).toEqual([expect.stringMatching(/^targets\.crm\.settings\.size: /)]);
    expect(issuesOf({ ...own({}), secrets: { key: "CRM_KEY" } })).toEqual([
      "targets.crm.secrets: only a recipe has these",
    ]);
  });
});

describe("$settings elsewhere", () => {
  it("is refused in a route's condition", () => {
    const message = "routes.0.when.0: a condition of a route has no $settings, which are a target's";
    expect(issuesOf(own({}), { when: ["{{ $settings.tier = 'gold' }}"] })).toEqual([message]);
  });

  it("is refused in a recipe's templates, whose settings stand in them already", () => {
    const target = { recipe: "slack", settings: { channel: "C024BE91L", text: "{{ $settings.channel }}" } };
    expect(issuesOf(target)).toEqual([
      "targets.crm.settings.text: $settings is of targets with a request of their own",
    ]);
  });

  it("is a key of data to the Payload designer, and comes back from it", async () => {
    const text = '[\n  "{{$settings.a}}",\n  {{$settings.a}},\n  "> {{$settings.a}}"\n]';
    const imported = importDesigner(text);
    if (!imported.ok) throw new Error(imported.problem.message);
    expect(await renderWith({ $settings: { a: 1 } }, imported.body)).toEqual(["1", 1, "> 1"]);
    expect(exportDesigner(imported.body)).toEqual({ text, raw: true, losses: [] });
    expect(exportDesigner("{{ $settings.a }}").losses).toEqual([
      { place: "body", message: "the Payload designer has no settings; write the value itself" },
    ]);
  });
});
