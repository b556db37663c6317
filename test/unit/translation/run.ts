// One expression or one request in, what becomes of it out: everything through the public surface.

import * as v from "valibot";
import {
  compileRequest,
  renderRequest,
  RequestTemplateSchema,
  type RenderInput,
} from "../../../src/translation/request.ts";
import { createInput } from "./at-once.ts";

const URL = "https://crm.example.com/events";

/** The data of an event that tests read. */
export const DATA = {
  id: "r_1",
  customer: {
    name: "Zoë Łódź",
    email: "zoe@example.com",
    phone: "912 34 567",
    age: 41,
    vip: true,
    note: "",
    nickname: null,
    metadata: { "first-name": "Zoë", size: "M", colours: ["red", "blue"] },
  },
  order: {
    id: "ord_1",
    amount: 12_000,
    currency: "EUR",
    created_at: "2026-10-05T08:15:30.250Z",
    items: [
      { sku: "lamp", quantity: 2, price: 5_000 },
      { sku: "wick", quantity: 1, price: 2_000 },
    ],
    one: [{ sku: "lamp" }],
    none: [],
  },
  words: ["b", "a", "c", "a"],
  numbers: [3, 1, 2],
} as const;

/** A compiled request; throws with the issues when there are any. */
export function compile(source: object) {
  const compiled = compileRequest(v.parse(RequestTemplateSchema, { url: URL, ...source }), "targets.crm.request");
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.issues));
  return compiled.value;
}

/** What a request is refused with, by place; empty when it is not. */
export function issuesOf(source: object): string[] {
  const compiled = compileRequest(v.parse(RequestTemplateSchema, { url: URL, ...source }), "request");
  return compiled.ok ? [] : compiled.issues.map(({ path, message }) => `${path}: ${message}`);
}

/** A request rendered for an event with these data. */
export async function render(source: object, data: unknown = DATA, input: Partial<RenderInput> = {}) {
  return renderRequest(compile(source), { ...createInput({ data }), ...input });
}

/** The body of a request as text; throws when it was refused. */
export async function bodyText(
  source: object,
  data: unknown = DATA,
  input: Partial<RenderInput> = {},
): Promise<string> {
  const rendered = await render(source, data, input);
  if (!rendered.ok) throw new Error(`${rendered.reason}: ${rendered.detail}`);
  return (rendered.value.body ?? []).map((part) => (typeof part === "string" ? part : `<${part.$secret}>`)).join("");
}

/** The body of a request as the value that it is JSON of. */
export async function bodyOf(source: object, data: unknown = DATA, input: Partial<RenderInput> = {}): Promise<unknown> {
  return JSON.parse(await bodyText(source, data, input));
}

/** The value of an expression, as JSON carries it; undefined when there is none. */
export async function valueOf(
  expression: string,
  data: unknown = DATA,
  input: Partial<RenderInput> = {},
): Promise<unknown> {
  const [value] = (await bodyOf({ body: [`{{ ${expression} }}`] }, data, input)) as unknown[]; // the body is a list
  return value;
}

/** Why an expression gives no value: the code and, behind the place, the sentence. */
export async function failureOf(expression: string, data: unknown = DATA): Promise<string> {
  const rendered = await render({ body: [`{{ ${expression} }}`] }, data);
  if (rendered.ok) throw new Error(`it gives ${JSON.stringify(rendered.value.body)}`);
  return `${rendered.reason}: ${rendered.detail.replace(/^request\.body\.0: /, "")}`;
}

/** Why an expression is refused at publish: where in it, and the sentence. */
export function refusalOf(expression: string): string | undefined {
  const [issue] = issuesOf({ body: `{{${expression}}}` });
  return issue?.replace(/^request\.body: /, "").replace(/^character (\d+)/, (_all, at) => String(Number(at) - 2));
}
