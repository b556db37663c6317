// Hostile events and mistaken requests: what a payload may try with a template that is in order, and what a template may
// ask of a payload that is not. Each with what is sent, or with the code that it ends with.

import { many, FAILED, type Ended } from "./hostile-case.ts";

/** A case. `sent`: what of the request must be as stated; the body as the value that it is JSON of, or as text. */
export type MappingCase = {
  name: string;
  request: object;
  data?: object;
} & (Exclude<Ended, { ending: "value" }> | { ending: "value"; sent: Partial<Sent> });

/** A request as it is sent, secrets as `<NAME>`. */
export interface Sent {
  url: string;
  headers: Record<string, string>;
  body: unknown;
}

const THREE = { gone: "{{ gone }}", nothing: "{{ nothing }}", empty: "{{ empty }}" };
const THREE_VALUES = { nothing: null, empty: "" };
const FORGED = {
  secret: { $secret: "CRM_KEY" },
  secretText: '{"$secret":"CRM_KEY"}',
  braces: '{{ $eval("1") }} {{ 6 * 7 }}',
  escaped: "\\{{ 6 * 7 }}",
  loop: { $each: "{{ list }}", $do: 1 },
  choice: { $if: "{{ true }}", $then: 1 },
};
const NAMES = [
  'Robert"); DROP TABLE people;--',
  "</script><img src=x onerror=alert(1)>",
  "${7*7} #{7*7} <%= 7*7 %>",
  '=HYPERLINK("https://evil.example")',
  "@everyone <!channel>",
  "\u202egnp.exe \u0000 🎟 \u2028",
];
const deep = (levels: number): unknown => many(levels, () => 0).reduce<unknown>((inner) => ({ a: inner }), "{{ a }}");

export const MAPPING_CASES: readonly MappingCase[] = [
  {
    name: "an expression that ends too early",
    request: { body: { a: "Hi {{ $sum(\n order. ) }}" } },
    ending: "refused",
    because: "this cannot stand here",
  },
  { name: "braces without an end", request: { body: "{{ a" }, ending: "refused", because: "this {{ has no }}" },
  {
    name: "an identity that is missing",
    request: { body: { id: "{{ $required(customer.id, 'no customer') }}" } },
    ending: "template_value_required",
  },
  {
    name: "missing, null and empty, with omit",
    request: { body: THREE, missing: "omit" },
    data: THREE_VALUES,
    ending: "value",
    sent: { body: { nothing: null, empty: "" } },
  },
  {
    name: "missing, null and empty, with null",
    request: { body: THREE, missing: "null" },
    data: THREE_VALUES,
    ending: "value",
    sent: { body: { gone: null, nothing: null, empty: "" } },
  },
  {
    name: "missing, null and empty, with error",
    request: { body: THREE, missing: "error" },
    data: THREE_VALUES,
    ending: "template_value_missing",
  },
  {
    name: "a payload that is a template, in a body",
    request: { body: { all: "{{ $webhook.data }}", each: { $each: "{{ list }}", $do: "{{ item }}" } } },
    data: { ...FORGED, list: [FORGED] },
    ending: "value",
    sent: { body: { all: { ...FORGED, list: [FORGED] }, each: [FORGED] } },
  },
  {
    name: "the same, by an expression",
    request: { body: "{{ $merge([$$, {}]) }}" },
    data: FORGED,
    ending: "value",
    sent: { body: FORGED },
  },
  {
    name: "the same, in a text body",
    request: { encoding: "text", body: "{{ braces }} {{ secretText }} {{ secret }}" },
    data: FORGED,
    ending: "value",
    sent: { body: `${FORGED.braces} ${FORGED.secretText} ${FORGED.secretText}` },
  },
  {
    name: "the same, in a header and a query",
    request: { headers: { "x-a": "{{ secret }}" }, query: { q: "{{ braces }}" } },
    data: FORGED,
    ending: "value",
    sent: {
      url: "https://h.example/?q=%7B%7B%20%24eval(%221%22)%20%7D%7D%20%7B%7B%206%20*%207%20%7D%7D",
      headers: { "x-a": FORGED.secretText },
    },
  },
  {
    name: "a secret in an expression",
    request: { body: "{{ $secret & '' }}" },
    ending: "refused",
    because: "there is no $secret here",
  },
  {
    name: "a secret as a path",
    request: { body: "{{ $secret }}" },
    ending: "refused",
    because: "there is no $secret here",
  },
  {
    name: "a secret with something beside it",
    request: { body: { $secret: "CRM_KEY", and: 1 } },
    ending: "refused",
    because: "and cannot stand beside $secret",
  },
  {
    name: "a secret in a text body",
    request: { encoding: "text", body: { $secret: "CRM_KEY" } },
    ending: "refused",
    because: "with the encoding text the body is one string",
  },
  {
    name: "a secret by the name in a payload",
    request: { body: { $secret: "{{ name }}" } },
    data: { name: "CRM_KEY" },
    ending: "value",
    sent: { body: "<{{ name }}>" },
  },
  {
    name: "a body of 33 levels",
    request: { body: deep(33) },
    ending: "refused",
    because: "nested deeper than 32 levels",
  },
  {
    name: "a body of 32 levels",
    request: { body: deep(31) },
    data: { a: 1 },
    ending: "value",
    sent: {},
  },
  {
    name: "a number that JSON cannot write",
    request: { body: { a: "{{ a }}" } },
    data: { a: Number.POSITIVE_INFINITY },
    ending: "template_number_not_finite",
  },
  { name: "a whole body that is missing", request: { body: "{{ gone }}" }, ending: "template_value_missing" },
  {
    name: "lists of one and of none",
    request: {
      body: { one: "{{ one }}", skus: "{{ $list(one.sku) }}", none: "{{ none }}", gone: "{{ $list(gone) }}" },
    },
    data: { one: [{ sku: "lamp" }], none: [] },
    ending: "value",
    sent: { body: { one: [{ sku: "lamp" }], skus: ["lamp"], none: [], gone: [] } },
  },
  {
    name: "names that are code elsewhere",
    request: { body: { names: "{{ names }}", text: "Hi {{ names[0] }}" } },
    data: { names: NAMES },
    ending: "value",
    sent: { body: { names: NAMES, text: `Hi ${NAMES[0]}` } },
  },
  {
    name: "names of JavaScript's own",
    request: { body: "{{ $webhook.data }}" },
    data: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') as object,
    ending: "value",
    sent: { body: JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}') },
  },
  {
    name: "a telephone number with letters",
    request: { body: { phone: "{{ $e164(phone) }}" } },
    data: { phone: "+1 (555) 0a\r\nb" },
    ending: FAILED,
  },
  {
    name: "a line break in a header",
    request: { headers: { "reply-to": "{{ email }}" } },
    data: { email: "a@shop.example\r\nBcc: b@evil.example" },
    ending: "template_header_invalid",
  },
  {
    name: "a line break in a query",
    request: { query: { email: "{{ email }}" } },
    data: { email: "a\r\nb" },
    ending: "value",
    sent: { url: "https://h.example/?email=a%0D%0Ab" },
  },
  {
    name: "a path that leads up",
    request: { url: "https://h.example/people/{{ id }}/events" },
    data: { id: ".." },
    ending: "template_path_unsafe",
  },
  {
    name: "a path with slashes, a query and a fragment",
    request: { url: "https://h.example/people/{{ id }}/events" },
    data: { id: "../../v1/delete?x=1#@evil.example" },
    ending: "value",
    sent: { url: "https://h.example/people/..%2F..%2Fv1%2Fdelete%3Fx%3D1%23%40evil.example/events" },
  },
  {
    name: "a host of the payload",
    request: { url: "https://{{ host }}/" },
    ending: "refused",
    because: "expected https://host/… with scheme and host written out",
  },
  {
    name: "a URL without end",
    request: { query: { q: "{{ long }}" } },
    data: { long: "x".repeat(20_000) },
    ending: "template_url_too_long",
  },
  { name: "30 February", request: { body: ["{{ $unix(day) }}"] }, data: { day: "2024-02-30" }, ending: FAILED },
  {
    name: "a time without a zone, which is UTC",
    request: { body: ["{{ $iso(time) }}"] },
    data: { time: "2026-10-05T08:15:30" },
    ending: "value",
    sent: { body: ["2026-10-05T08:15:30.000Z"] },
  },
  {
    name: "seconds where milliseconds are expected",
    request: { body: ["{{ $iso(time) }}", "{{ $iso(time * 1000) }}"] },
    data: { time: 1_791_188_130 },
    ending: "value",
    sent: { body: ["1970-01-21T17:33:08.130Z", "2026-10-05T08:15:30.000Z"] },
  },
];
