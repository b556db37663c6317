import { describe, expect, it } from "vitest";
import { readWarnings } from "../../../src/routing/check-reads.ts";
import { compileTable } from "../../../src/routing/compile.ts";

/** The warnings about a table with one target and one route. */
function warnings(parts: { request?: object; target?: object; route?: object; inlets?: object }): string[] {
  const compiled = compileTable({
    inlets: { voucherify: { auth: "none" }, ...parts.inlets },
    targets: { crm: { request: { url: "https://crm.example.com/", ...parts.request }, ...parts.target } },
    routes: [{ id: "all", events: ["redemption.succeeded"], to: ["crm"], ...parts.route }],
  });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return readWarnings(compiled.value.source);
}

describe("readWarnings", () => {
  it.each<[string, Parameters<typeof warnings>[0], string]>([
    [
      "a body, with the path that was meant",
      { request: { body: { to: { name: "Hello {{ customer.nmae }}" } } } },
      "targets.crm.request.body.to.name: redemption.succeeded has no customer.nmae; did you mean customer.name?",
    ],
    [
      "a URL",
      { request: { url: "https://crm.example.com/{{ customer.source_idd }}" } },
      "targets.crm.request.url: redemption.succeeded has no customer.source_idd; did you mean customer.source_id?",
    ],
    [
      "a query parameter",
      { request: { query: { code: "{{ vouchr.code }}" } } },
      "targets.crm.request.query.code: redemption.succeeded has no vouchr.code; did you mean voucher.code?",
    ],
    [
      "a header",
      { request: { headers: { "x-event": "{{ $webhook.event.typ }}" } } },
      "targets.crm.request.headers.x-event: redemption.succeeded has no $webhook.event.typ; did you mean $webhook.event.type?",
    ],
    [
      "a list in a body",
      { request: { body: ["{{ order.items.0.prise }}"] } },
      "targets.crm.request.body.0: redemption.succeeded has no order.items.0.prise; did you mean order.items[].price?",
    ],
    [
      "a condition",
      { route: { when: [{ path: "order.amout", op: "gt", value: 1 }] } },
      "routes.0.when.0.path: redemption.succeeded has no order.amout; did you mean order.amount?",
    ],
    [
      "several event types",
      { route: { events: ["voucher.enabled", "voucher.disabled"] }, request: { body: "{{ loyalty_tier.name }}" } },
      "targets.crm.request.body: none of the events coming by has loyalty_tier.name; did you mean campaign.name?",
    ],
    [
      "a distribution, whose payload may have been designed",
      { route: { events: ["customer.segment.entered"] }, request: { body: "{{ segmnt.name }}" } },
      "targets.crm.request.body: customer.segment.entered has no segmnt.name, unless somebody designed the payload so; did you mean segment.name?",
    ],
  ])("names a field that no event has in %s", (_name, parts, warning) => {
    expect(warnings(parts)).toEqual([warning]);
  });

  it.each<[string, Parameters<typeof warnings>[0]]>([
    ["a field that one of the types has", { route: { events: ["*"] }, request: { body: "{{ loyalty_tier.name }}" } }],
    ["metadata of one's own", { request: { body: "{{ customer.metadata.shoe_size }}" } }],
    [
      "an event type that nobody documents",
      { route: { events: ["campaign.referral_tier.created"] }, request: { body: "{{ x.y }}" } },
    ],
    [
      "an event type that nobody has heard of",
      { route: { events: ["lantern.lit", "redemption.failed"] }, request: { body: "{{ wick }}" } },
    ],
    ["the whole sendout and its data", { request: { body: ["{{ $webhook }}", "{{ $webhook.data.voucher.code }}"] } }],
    ["a payload of the old version", { target: { payload: "v2018-08-01" }, request: { body: "{{ object.code }}" } }],
    ["a payload as it was received", { target: { payload: "as received" }, request: { body: "{{ object.code }}" } }],
    [
      "a target that no route leads to",
      { route: { to: ["crm"], sourceKinds: ["nobody"] }, request: { body: "{{ nothing }}" } },
    ],
  ])("says nothing of %s", (_name, parts) => {
    expect(warnings(parts)).toEqual([]);
  });

  it("goes by the events that a kind of sender can send", () => {
    const request = { body: "{{ segment.name }}" };
    const route = { events: ["customer.updated", "customer.segment.entered"] };
    expect(warnings({ request, route: { ...route, sourceKinds: ["webhook"] } })).toEqual([
      "targets.crm.request.body: customer.updated has no segment.name; did you mean customer.name?",
    ]);
    expect(warnings({ request, route: { ...route, sourceKinds: ["distribution"] } })).toEqual([]);
  });
});
