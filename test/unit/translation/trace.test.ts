// Why a value is empty: the first name on the way that leads nowhere, and why an expression failed.

import { describe, expect, it } from "vitest";
import { compileRequest, renderRequest, type RequestTemplateSource } from "../../../src/translation/request.ts";
import type { Scope } from "../../../src/translation/scope.ts";
import { traceRequest, type TraceEntry } from "../../../src/translation/trace.ts";
import { createContext, createInput } from "./at-once.ts";
import { textOf } from "./text-of.ts";

const EVENT = {
  id: "whs_1",
  event: { type: "redemption.succeeded", entity_id: null },
  data: {
    customer: { name: "Zoë", email: null, metadata: { "first-name": "Zoë" } },
    holder: null,
    order: {
      amount: 12_000,
      items: [
        { sku: "lamp", quantity: 2, tags: ["warm"] },
        { sku: "wick", quantity: 1 },
      ],
      empty: [],
    },
  },
};

async function trace(request: Partial<RequestTemplateSource>, event: Scope["event"] = EVENT): Promise<TraceEntry[]> {
  const source: RequestTemplateSource = {
    method: "POST",
    url: "https://crm.example.com/",
    encoding: "json",
    missing: "omit",
    ...request,
  };
  return traceRequest(source, { event, locals: new Map(), context: createContext() });
}

/** What is said of one expression, its place and text aside. */
async function traceOne(expression: string, event?: Scope["event"]): Promise<Partial<TraceEntry>> {
  const [entry, ...more] = await trace({ body: { it: `{{ ${expression} }}` } }, event);
  expect([entry, ...more]).toEqual([expect.objectContaining({ place: "request.body.it", expression })]);
  const { place: _, expression: __, ...said } = entry ?? { place: "", expression: "" };
  return said;
}

describe("an expression that gave something", () => {
  it.each([
    ["a text", "customer.name", "Zoë"],
    ["a number", "order.amount", 12_000],
    ["a position in a list", "order.items.1.sku", "wick"],
    ["a name between backticks", "customer.metadata.`first-name`", "Zoë"],
    ["a field of the whole sendout", "$webhook.event.type", "redemption.succeeded"],
    ["an expression", "$uppercase(customer.name)", "ZOË"],
    ["an expression through a list", "$join(order.items.sku, ' ')", "lamp wick"],
    ["one of several paths", "$default(holder.name, customer.name)", "Zoë"],
  ])("%s is traced with its value", async (_name, expression, value) => {
    expect(await traceOne(expression)).toEqual({ value });
  });
});

describe("a path that gave nothing", () => {
  it.each([
    ["the first name", "custmer.name", "custmer is missing"],
    ["a name on the way", "customer.address.city", "customer.address is missing"],
    ["the last name", "customer.phone", "customer.phone is missing"],
    ["a name between backticks", "customer.metadata.`last name`.x", "customer.metadata.`last name` is missing"],
    ["a name behind a text", "customer.name.first", "customer.name.first is missing"],
    ["a position", "order.items.7.sku", "order.items.7 is missing"],
    ["a name in an item", "order.items.1.tags", "order.items.1.tags is missing"],
    ["a field of the whole sendout", "$webhook.event.typ", "$webhook.event.typ is missing"],
    ["the whole sendout's own field, read from its data", "event.type", "event is missing"],
    [
      "a list's length, which is JavaScript's",
      "order.items.length",
      "order.items is a list: write order.items.0.length",
    ],
    ["a name of a list's items", "order.items.sku", "order.items is a list: write order.items.0.sku"],
    ["a name of JavaScript's own", "customer.constructor.name", "customer.constructor is missing"],
    ["another of those", "__proto__.x", "__proto__ is missing"],
  ])("ends at %s", async (_name, expression, empty) => {
    expect(await traceOne(expression)).toEqual({ empty });
  });

  it.each([
    ["at its end", "customer.email", { value: null, empty: "customer.email is null" }],
    ["at its first name", "holder", { value: null, empty: "holder is null" }],
    ["on the way", "holder.address.city", { empty: "holder is null" }],
    ["in the whole sendout", "$webhook.event.entity_id.x", { empty: "$webhook.event.entity_id is null" }],
  ])("ends at a null %s", async (_name, expression, said) => {
    expect(await traceOne(expression)).toEqual(said);
  });

  it.each<[string, unknown]>([
    ["no object", "text"],
    ["null", null],
    ["missing", undefined],
  ])("ends at its first name when the data are %s", async (_name, data) => {
    expect(await traceOne("customer.name", { data })).toEqual({ empty: "customer is missing" });
    expect(await traceOne("$webhook.id", { data })).toEqual({ empty: "$webhook.id is missing" });
  });
});

describe("an expression beyond a path that gave nothing", () => {
  it.each([
    ["of its paths the first that leads nowhere", "$default(holder.name, custmer.name)", "holder is null"],
    ["the second when the first leads somewhere", "customer.name[$$.vouchr.code = 'x']", "vouchr is missing"],
    ["a name in every item of a list", "$sum(order.items.prise)", "order.items.prise is missing"],
    ["a name behind a filter", "order.items[quantity > 1].prise", "order.items.prise is missing"],
  ])("names %s", async (_name, expression, empty) => {
    expect(await traceOne(expression)).toEqual({ empty });
  });

  it("names nothing when every path leads somewhere", async () => {
    expect(await traceOne("order.items[quantity > 9]")).toEqual({});
  });
});

describe("an expression that failed", () => {
  it.each([
    ["what the template says", "$required(custmer.id, 'nobody')", { error: "nobody", empty: "custmer is missing" }],
    ["why, with nothing missing", "$e164(customer.name)", { error: expect.stringContaining("$e164 takes a number") }],
  ])("says %s", async (_name, expression, said) => {
    expect(await traceOne(expression)).toEqual(said);
  });

  it("keeps none of the others from being traced", async () => {
    const entries = await trace({ body: ["{{ $required(custmer.id, 'nobody') }}", "{{ customer.name }}"] });
    expect(entries.map(({ value, error }) => value ?? error)).toEqual(["nobody", "Zoë"]);
  });
});

describe("a request", () => {
  it("is traced in all its parts, in the order they are written, texts with several expressions too", async () => {
    const entries = await trace({
      url: "https://crm.example.com/{{ customer.name }}?a={{ order.amount }}",
      query: { b: "{{ order.amount }}", plain: 1 },
      headers: { "x-c": "{{ customer.phone }}", "x-key": { $secret: "CRM_KEY" } },
      body: {
        d: ["text", { e: "{{ order.amount }} of {{ holder.name }}, \\{{ no }}" }],
        f: { $secret: "CRM_KEY" },
        g: null,
      },
    });
    expect(entries).toEqual([
      { place: "request.url", expression: "customer.name", value: "Zoë" },
      { place: "request.url", expression: "order.amount", value: 12_000 },
      { place: "request.query.b", expression: "order.amount", value: 12_000 },
      { place: "request.headers.x-c", expression: "customer.phone", empty: "customer.phone is missing" },
      { place: "request.body.d.1.e", expression: "order.amount", value: 12_000 },
      { place: "request.body.d.1.e", expression: "holder.name", empty: "holder is null" },
    ]);
  });

  it("without expressions has nothing to trace", async () => {
    expect(await trace({ body: { a: 1 } })).toEqual([]);
  });
});

describe("a list", () => {
  it("is traced by its first item, under the item's own name", async () => {
    const body = { $each: "{{ order.items }}", $as: "line", $do: { a: "{{ line.sku }}", b: "{{ line.prise.net }}" } };
    expect(await trace({ body })).toEqual([
      { place: "request.body.$each", expression: "order.items", value: EVENT.data.order.items },
      { place: "request.body.$do.a", expression: "line.sku", value: "lamp" },
      { place: "request.body.$do.b", expression: "line.prise.net", empty: "line.prise is missing" },
    ]);
  });

  it("in a list is traced by the first item of each", async () => {
    const inner = { $each: "{{ item.tags }}", $as: "tag", $do: "{{ item.sku & ' ' & tag }}" };
    expect(await trace({ body: { $each: "{{ order.items }}", $do: inner } })).toContainEqual({
      place: "request.body.$do.$do",
      expression: "item.sku & ' ' & tag",
      value: "lamp warm",
    });
  });

  it.each([
    ["missing", "order.itms", { empty: "order.itms is missing" }],
    ["null", "holder", { value: null, empty: "holder is null" }],
    ["empty", "order.empty", { value: [] }],
    [
      "an expression that fails",
      "$required(order.itms, 'no items')",
      { error: "no items", empty: "order.itms is missing" },
    ],
  ])("that is %s has no item to trace", async (_name, list, said) => {
    expect(await trace({ body: { $each: `{{ ${list} }}`, $do: "{{ item.sku }}" } })).toEqual([
      { place: "request.body.$each", expression: list, ...said },
    ]);
  });

  it("that is one value counts as a list of one", async () => {
    expect(await trace({ body: { $each: "{{ customer }}", $do: "{{ item.name }}" } })).toContainEqual({
      place: "request.body.$do",
      expression: "item.name",
      value: "Zoë",
    });
  });

  it("has for its first item the ids that the request has", async () => {
    const body = { $each: "{{ order.items }}", $do: { $each: "{{ item.tags }}", $do: "{{ $uuid() }}" } };
    const source = {
      method: "POST",
      url: "https://crm.example.com/",
      encoding: "json",
      missing: "omit",
      body,
    } as const;
    const compiled = compileRequest(source, "request");
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
    const rendered = await renderRequest(compiled.value, createInput(EVENT));
    const sent: unknown = JSON.parse(rendered.ok ? textOf({ ok: true, value: rendered.value.body ?? [] }) : "");
    expect((await trace({ body })).at(-1)?.value).toBe((sent as string[][])[0]?.[0]); // a list of lists, by the template
  });
});

describe("bounds", () => {
  it("trace a thousand expressions at most", async () => {
    const body = Array.from({ length: 1_500 }, () => "{{ customer.name }}");
    expect(await trace({ body })).toHaveLength(1_000);
  });

  it("end the trace when its values have become longer than anybody reads", async () => {
    const event = { data: { text: "x".repeat(500_000) } };
    const entries = await trace({ body: Array.from({ length: 100 }, () => "{{ text }}") }, event);
    expect(entries.length).toBeLessThanOrEqual(9);
    expect(entries[0]).toMatchObject({ value: event.data.text });
  });

  it("stop at templates that are nested deeper than any that compiles", async () => {
    let body: unknown = "{{ customer.name }}";
    for (let level = 0; level < 20_000; level++) body = [body];
    expect(await trace({ body })).toEqual([]);
  });

  it("leave out what is no template: such a table is refused before", async () => {
    expect(await trace({ body: ["{{ customer.", { $each: 5, $do: "{{ item }}" }] })).toEqual([]);
  });
});
