import { describe, expect, it } from "vitest";
import { checkTable } from "../../../src/routing/check-table.ts";
import { compileTable } from "../../../src/routing/compile.ts";

interface Parts {
  request?: object;
  target?: object;
  route?: object;
  inlets?: object;
}

/** What a check finds in a table with one target and one route, a line each. */
async function findings(parts: Parts): Promise<string[]> {
  const compiled = compileTable({
    inlets: { voucherify: { auth: "none" }, ...parts.inlets },
    targets: { crm: { request: { url: "https://crm.example.com/", ...parts.request }, ...parts.target } },
    routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"], ...parts.route }],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  const { errors, warnings } = await checkTable(compiled.value);
  return [
    ...errors.map(({ path, message }) => `error ${path}: ${message}`),
    ...warnings.map((message) => `warning ${message}`),
  ];
}

const AT = "targets.crm.request";

describe("a field that nothing coming by has", () => {
  it.each<[string, Parts, string]>([
    [
      "in a body, with the path that was meant",
      { request: { body: { to: { name: "Hello {{ customer.nmae }}" } } } },
      `error ${AT}.body.to.name: redemption.succeeded has no customer.nmae; did you mean customer.name?`,
    ],
    [
      "in a query parameter",
      { request: { query: { code: "{{ vouchr.code }}" } } },
      `error ${AT}.query.code: redemption.succeeded has no vouchr.code; did you mean voucher.code?`,
    ],
    [
      "in a header",
      { request: { headers: { "x-event": "{{ $webhook.event.typ }}" } } },
      `error ${AT}.headers.x-event: redemption.succeeded has no $webhook.event.typ; did you mean $webhook.event.type?`,
    ],
    [
      "in a list of a body",
      { request: { body: ["{{ order.items.0.prise }}"] } },
      `error ${AT}.body.0: redemption.succeeded has no order.items.0.prise; did you mean order.items[].price?`,
    ],
    [
      "in an expression",
      { request: { body: "{{ $uppercase(vouchr.code) & '!' }}" } },
      `error ${AT}.body: redemption.succeeded has no vouchr.code; did you mean voucher.code?`,
    ],
    [
      "in a value made text, as an import of designed payloads writes it",
      { request: { body: { code: "{{ $text(vouchr.code) }}" } } },
      `error ${AT}.body.code: redemption.succeeded has no vouchr.code; did you mean voucher.code?`,
    ],
    [
      "in the item of a list",
      { request: { body: { $each: "{{ order.items }}", $as: "line", $do: "{{ line.prise }}" } } },
      `error ${AT}.body.$do: redemption.succeeded has no order.items[].prise; did you mean order.items[].price?`,
    ],
    [
      "in a condition",
      { route: { when: [{ path: "order.amout", op: "gt", value: 1 }] } },
      "error routes.0.when.0.path: redemption.succeeded has no order.amout; did you mean order.amount?",
    ],
    [
      "in an expression for a condition",
      { route: { when: ["{{ order.amout > 1 }}"] } },
      "error routes.0.when.0: redemption.succeeded has no order.amout; did you mean order.amount?",
    ],
    [
      "of several event types",
      { route: { events: ["voucher.enabled", "voucher.disabled"] }, request: { body: ["{{ loyalty_tier.name }}"] } },
      `error ${AT}.body.0: none of the events coming by has loyalty_tier.name; did you mean campaign.name?`,
    ],
    [
      "of a distribution, whose payload may have been designed",
      { route: { events: ["customer.segment.entered"] }, request: { body: ["{{ segmnt.name }}"] } },
      `warning ${AT}.body.0: customer.segment.entered has no segmnt.name, unless somebody designed the payload so; did you mean segment.name?`,
    ],
  ])("is found %s", async (_name, parts, finding) => {
    expect(await findings(parts)).toEqual([finding]);
  });

  it.each<[string, Parts]>([
    ["metadata of one's own", { request: { body: "{{ customer.metadata.shoe_size }}x" } }],
    [
      "a type that nobody documents",
      { route: { events: ["campaign.referral_tier.created"] }, request: { body: "{{ x.y }}!" } },
    ],
    [
      "a type that nobody has heard of",
      { route: { events: ["lantern.lit", "redemption.failed"] }, request: { body: "{{ wick }}!" } },
    ],
    ["the whole sendout and its data", { request: { body: ["{{ $webhook }}", "{{ $webhook.data.voucher.code }}"] } }],
    ["a payload of the old version", { target: { payload: "v2018-08-01" }, request: { body: "{{ object.cod }}!" } }],
    ["a payload as it was received", { target: { payload: "as received" }, request: { body: "{{ object.code }}!" } }],
    ["an expression with a value instead", { request: { body: "{{ $default(vouchr.code, 'none') }}" } }],
    ["an expression that asks first", { request: { body: "{{ $exists(vouchr) ? vouchr.code : 'none' }}" } }],
    ["a target that nothing comes to", { route: { sourceKinds: ["nobody"] }, request: { body: "{{ nothing }}!" } }],
  ])("is not found in %s", async (_name, parts) => {
    expect(await findings(parts)).toEqual([]);
  });
});

describe("a recipe's setting that is a template", () => {
  it("is read like a body", async () => {
    const compiled = compileTable({
      inlets: {},
      targets: { team: { recipe: "slack-webhook", settings: { text: "{{ custmer.name }}" } } },
      routes: [{ id: "all", events: ["redemption.succeeded"], to: ["team"] }],
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
    const { errors } = await checkTable(compiled.value);
    expect(errors).toEqual([
      {
        path: "targets.team.settings.text",
        message: "redemption.succeeded has no custmer.name; did you mean customer.name?",
      },
    ]);
  });
});

describe("a field that some of the events lack", () => {
  it("is a warning that names them", async () => {
    const route = { events: ["voucher.enabled", "voucher.published"] };
    expect(await findings({ route, request: { body: { to: "{{ customer.email }}" } } })).toEqual([
      `warning ${AT}.body.to: customer.email is not in 1 of 2 event types that come by: voucher.enabled`,
    ]);
  });

  it("is what conditions are for", async () => {
    const route = { events: ["voucher.enabled", "voucher.published"], when: ["{{ customer.email != '' }}"] };
    expect(await findings({ route })).toEqual([]);
  });

  it("goes by the events that a kind of sender can send", async () => {
    const request = { body: { name: "{{ segment.name }}" } };
    const route = { events: ["customer.updated", "customer.segment.entered"] };
    expect(await findings({ request, route: { ...route, sourceKinds: ["webhook"] } })).toEqual([
      `error ${AT}.body.name: customer.updated has no segment.name; did you mean customer.name?`,
    ]);
    expect(await findings({ request, route: { ...route, sourceKinds: ["distribution"] } })).toEqual([]);
  });
});

describe("a request that cannot be made", () => {
  it("of any event is an error", async () => {
    const request = { body: "{{ $required(customer.source_id, 'nobody') & $e164(customer.name) }}" };
    expect(await findings({ request })).toEqual([
      "error targets.crm: no event can be sent: request.body: $e164 takes a number with its country's code: +47…, 0047…, or $e164(number, '47')",
    ]);
  });

  it("of some events is a warning", async () => {
    const route = { events: ["redemption.succeeded", "voucher.enabled"] };
    const request = { body: "{{ $required(customer.source_id, 'no customer') }}" };
    expect(await findings({ request, route })).toEqual([
      "warning targets.crm: request.body: no customer, for 1 of 2 event types that come by: voucher.enabled",
    ]);
  });

  it("of a recipe is found too", async () => {
    const compiled = compileTable({
      inlets: {},
      targets: { braze: { recipe: "braze", settings: { instance: "EU-01" } } },
      routes: [{ id: "all", events: ["redemption.succeeded", "campaign.updated"], to: ["braze"] }],
    });
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
    expect(await checkTable(compiled.value)).toEqual({
      errors: [],
      warnings: [
        expect.stringContaining("the customer has no source_id, for 1 of 2 event types that come by: campaign.updated"),
      ],
    });
  });
});
