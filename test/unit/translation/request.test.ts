import * as v from "valibot";
import { describe, expect, it } from "vitest";
import {
  compileRequest,
  renderRequest,
  REQUEST_BODY_BYTES_MAX,
  RequestTemplateSchema,
} from "../../../src/translation/request.ts";
import { createSendout } from "../../fixtures/sendout.ts";
import { createInput } from "./at-once.ts";

function compile(source: unknown) {
  return compileRequest(v.parse(RequestTemplateSchema, source), "targets.crm.request");
}

async function render(source: unknown, event: { data: unknown }) {
  const compiled = compile(source);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return renderRequest(compiled.value, createInput(event));
}

const url = "https://crm.example.com/events";

describe("RequestTemplateSchema", () => {
  it("takes POST, JSON and leaving out for what is left out", () => {
    expect(v.parse(RequestTemplateSchema, { url })).toEqual({ method: "POST", url, encoding: "json", missing: "omit" });
  });

  it.each([
    ["an unknown key", { url, verb: "POST" }],
    ["no URL", { method: "POST" }],
    ["a method in small letters", { url, method: "post" }],
    ["a method that is not offered", { url, method: "CONNECT" }],
    ["a URL of more than 2,000 characters", { url: url.padEnd(2_001, "x") }],
    ["a header that is an object", { url, headers: { a: { b: "c" } } }],
    ["a secret with company", { url, headers: { a: { $secret: "A_KEY", b: "c" } } }],
    ["a parameter that is a list", { url, query: { a: ["b"] } }],
    ["a header that is null", { url, headers: { a: null } }],
  ])("refuses %s", (_name, source) => {
    expect(v.safeParse(RequestTemplateSchema, source).success).toBe(false);
  });
});

describe("compileRequest", () => {
  it("reports the problems of URL, headers and body together, each at its place", () => {
    const compiled = compile({
      url: "https://{{ host }}/",
      headers: { host: "x" },
      body: { a: "{{ a", b: { $each: [], $do: 1 } },
    });
    expect(compiled.ok ? [] : compiled.issues.map(({ path }) => path)).toEqual([
      "targets.crm.request.url",
      "targets.crm.request.headers.host",
      "targets.crm.request.body.a",
      "targets.crm.request.body.b.$each",
    ]);
  });

  it("refuses a body on GET, and allows one on every other method", () => {
    expect(compile({ url, method: "GET", body: {} })).toEqual({
      ok: false,
      issues: [
        {
          path: "targets.crm.request.body",
          message: "a GET request has no body; use POST or leave the body out",
        },
      ],
    });
    expect(compile({ url, method: "GET" }).ok).toBe(true);
    for (const method of ["POST", "PUT", "PATCH", "DELETE"]) expect(compile({ url, method, body: {} }).ok).toBe(true);
  });
});

describe("renderRequest", () => {
  it("renders every part of a request for an event", async () => {
    const sendout = createSendout();
    const source = {
      method: "PUT",
      url: "https://crm.example.com/people/{{ customer.source_id }}",
      query: { token: { $secret: "CRM_TOKEN" }, event: "{{ $webhook.event.type }}" },
      headers: { "X-Sendout": "{{ $webhook.id }}", "X-Key": { $secret: "CRM_KEY" } },
      body: {
        first: "{{ customer.metadata.first-name }}",
        spent: "{{ order.total_amount }}",
        sku: "{{ order.items[0].sku_id }}",
        line: "{{ voucher.code }}: {{ voucher.discount.percent_off }} %",
        failure: "{{ redemption.failure_code }}",
        phone: "{{ customer.phone }}",
        key: { $secret: "CRM_KEY" },
      },
    };
    expect(await render(source, sendout)).toEqual({
      ok: true,
      value: {
        method: "PUT",
        url: [
          "https://crm.example.com/people/crm-1042?token=",
          { $secret: "CRM_TOKEN", as: "uri" },
          "&event=redemption.succeeded",
        ],
        headers: [
          ["x-sendout", [sendout.id]],
          ["x-key", [{ $secret: "CRM_KEY", as: "text" }]],
          ["content-type", ["application/json"]],
        ],
        body: [
          '{"first":"Zoë","spent":10200,"sku":"sku_lamp","line":"AUTUMN-15: 15 %","failure":null,"key":',
          { $secret: "CRM_KEY", as: "json" },
          "}",
        ],
      },
    });
  });

  it("gives the same bytes for the same template and event", async () => {
    const sendout = createSendout();
    const source = { url: `${url}/{{ customer.id }}`, headers: { "x-a": "{{ order }}" }, body: "{{ $webhook }}" };
    const first = JSON.stringify(await render(source, sendout));
    expect(JSON.stringify(await render(source, structuredClone(sendout)))).toBe(first);
    expect(JSON.stringify(await render(structuredClone(source), sendout))).toBe(first);
  });

  it.each([
    ["none, so JSON", undefined, [["content-type", ["application/json"]]]],
    ["its own", { "Content-Type": "application/vnd.crm+json" }, [["content-type", ["application/vnd.crm+json"]]]],
    ["one without a value, so JSON", { "content-type": "{{ x }}" }, [["content-type", ["application/json"]]]],
  ])("sends a body under the content type of the template: %s", async (_name, headers, sent) => {
    expect(await render({ url, ...(headers && { headers }), body: {} }, { data: {} })).toEqual({
      ok: true,
      value: { method: "POST", url: [url], headers: sent, body: ["{}"] },
    });
  });

  it("sends neither body nor content type when the template has no body", async () => {
    expect(await render({ url, method: "DELETE" }, { data: {} })).toEqual({
      ok: true,
      value: { method: "DELETE", url: [url], headers: [] },
    });
  });

  it("sends null when the template's body is null", async () => {
    expect(await render({ url, body: null }, { data: {} })).toMatchObject({ ok: true, value: { body: ["null"] } });
  });

  it.each([
    [
      "URL",
      { url: `${url}/{{ nothing }}`, body: "{{ nothing }}" },
      "template_value_missing",
      "request.url: a value in the path is missing in this event",
    ],
    [
      "path",
      { url: `${url}/{{ up }}` },
      "template_path_unsafe",
      "request.url: a value would change the path (. or ..)",
    ],
    [
      "headers",
      { url, headers: { "x-a": "{{ broken }}" }, body: {} },
      "template_header_invalid",
      "request.headers.x-a: the value has a line break, a character outside ASCII, or over 4096 characters",
    ],
    [
      "body",
      { url, body: "{{ nothing }}" },
      "template_value_missing",
      "request.body: the whole body is missing in this event",
    ],
  ])("refuses a request whose %s cannot be rendered", async (_name, source, reason, detail) => {
    const data = { up: "..", broken: "a\r\nb" };
    expect(await render(source, { data })).toEqual({ ok: false, reason, detail });
  });

  it.each([
    ["the path", { url: `${url}/{{ n }}` }],
    ["the URL's own query", { url: `${url}?n={{ n }}` }],
    ["a parameter", { url, query: { n: "{{ n }}" } }],
    ["a parameter's text", { url, query: { n: "n: {{ n }}" } }],
    ["a header", { url, headers: { "x-n": "{{ n }}" } }],
    ["a header's text", { url, headers: { "x-n": "n: {{ n }}" } }],
    ["the whole body", { url, body: "{{ n }}" }],
    ["the body", { url, body: { a: ["{{ n }}"] } }],
    ["a text in the body", { url, body: { a: "n: {{ n }}" } }],
  ])("refuses a number that is not finite in %s, however deep in its value", async (_name, source) => {
    for (const n of ["1e999", "-1e999", "[1e999]", '{"a":[{"b":1e999}]}']) {
      expect(await render(source, { data: JSON.parse(`{"n":${n}}`) })).toEqual({
        ok: false,
        reason: "template_number_not_finite",
        detail: "request: a number of this event is too large to be sent",
      });
    }
  });

  it("does not mind a number that is not finite where the template does not look", async () => {
    const data: unknown = JSON.parse('{"n":1e999,"name":"Zoe"}');
    expect(await render({ url, body: { name: "{{ name }}" } }, { data })).toMatchObject({
      ok: true,
      value: { body: ['{"name":"Zoe"}'] },
    });
  });

  it("measures the largest body in bytes, quotes included", async () => {
    const room = REQUEST_BODY_BYTES_MAX - 2;
    const refused = {
      ok: false,
      reason: "template_body_too_large",
      detail: "request.body: over 2097152 bytes",
    };
    const source = { url, body: "{{ text }}" };
    expect(await render(source, { data: { text: "a".repeat(room) } })).toMatchObject({ ok: true });
    expect(await render(source, { data: { text: "a".repeat(room + 1) } })).toEqual(refused);
    expect(await render(source, { data: { text: "ż".repeat(room / 2) } })).toMatchObject({ ok: true });
    expect(await render(source, { data: { text: "ż".repeat(room / 2 + 1) } })).toEqual(refused);
  });

  it("never repeats the payload in the reason of a refusal", async () => {
    const data = { up: "..", name: "HUSH-1234\r\n", number: Number.POSITIVE_INFINITY, code: "HUSH-1234" };
    for (const source of [
      { url: `${url}/{{ up }}/{{ code }}` },
      { url: `${url}/{{ code }}/{{ nothing }}` },
      { url, headers: { "x-a": "{{ name }}" } },
      { url, body: { a: "{{ code }}", b: "{{ number }}" } },
    ]) {
      const rendered = await render(source, { data });
      expect(rendered.ok).toBe(false);
      expect(JSON.stringify(rendered)).not.toContain("HUSH");
    }
  });
});
