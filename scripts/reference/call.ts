// One call of the admin API on the reference page.

import { html } from "hono/html";
import type { Answer, Media, OpenApi, Operation, Parameter, Schema } from "./document.ts";
import { fieldsOf, typeOf, type Field, type Type } from "./fields.ts";
import { inline, prose, type Markup } from "./prose.ts";

/** A call with its place. */
export interface Call {
  method: string;
  path: string;
  operation: Operation;
}

/** Where the call stands on the page. */
export function anchorOf({ method, path }: Call): string {
  return `${method}${path.replaceAll(/\W+/g, "-")}`.replace(/-$/, "");
}

/** Everything about a call. */
export function showCall(call: Call, { components }: OpenApi): Markup {
  const { method, path, operation } = call;
  const { summary, description, parameters = [], requestBody, responses, security } = operation;
  const scopes = security.flatMap(({ token = [] }) => token);
  const body = requestBody?.content["application/json"];
  return html`<article id="${anchorOf(call)}">
    <h3>
      <a href="#${anchorOf(call)}"><b class="${method}">${method.toUpperCase()}</b> <code>${breakable(path)}</code></a>
      ${scopes.map((scope) => html`<span class="scope" title="a scope that it needs">${scope}</span>`)}
    </h3>
    <p>${inline(summary)}</p>
    ${prose(description)} ${showParameters(parameters)}
    ${
      body === undefined
        ? ""
        : html`<h4>Body</h4>
            ${showMedia(body)}`
    }
    ${Object.entries(responses).map(([status, answer]) => (isProblem(answer) ? "" : showAnswer(status, answer)))}
    ${showProblems(responses, components.schemas)}
  </article>`;
}

function showParameters(parameters: readonly Parameter[]): Markup | "" {
  if (parameters.length === 0) return "";
  const rows = parameters.map(({ in: place, name, required = false, description = "", schema }) => ({
    path: name,
    isRequired: required,
    type: [...typeOf(schema), place === "query" ? "" : place === "path" ? ", in the path" : ", a header"],
    description: [description, byDefault(schema)].filter((text) => text !== "").join(" "),
  }));
  return html`<h4>Parameters</h4>
    ${showFields(rows)}`;
}

function byDefault({ default: value }: Schema): string {
  return value === undefined ? "" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\` when left out.`;
}

function showAnswer(status: string, { content = {} }: Answer): Markup {
  return html`${Object.entries(content).map(([type, media]) =>
    type === "application/problem+json"
      ? ""
      : html`<h4>Answer <code>${status}</code>${type === "application/json" ? "" : html` <code>${type}</code>`}</h4>
          ${type === "application/json" ? showMedia(media) : ""}`,
  )}`;
}

function showMedia({ schema = {}, example }: Media): Markup {
  const rows = fieldsOf(schema);
  return html`${rows.length === 0 ? html`<p>${showType(typeOf(schema))}</p>` : showFields(rows)}
  ${example === undefined ? "" : html`<pre tabindex="0"><code>${JSON.stringify(example, null, 2)}</code></pre>`}`;
}

/** A table of fields. */
export function showFields(fields: readonly Field[]): Markup {
  return html`<div class="table" tabindex="0">
    <table>
      <tbody>
        ${fields.map(
          ({ path, isRequired, type, description }) =>
            html`<tr>
              <th scope="row"><code>${breakable(path)}</code>${isRequired ? "" : html` <i>optional</i>`}</th>
              <td>${showType(type)}</td>
              <td>${inline(description)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A type, its schemas as links. */
export function showType(type: Type): Markup {
  return html`${type.map((part) =>
    typeof part === "string" ? part : html`<a href="#schema-${part.schema}">${part.schema}</a>`,
  )}`;
}

/** What a call is refused for beside what every call is. */
function showProblems(responses: Operation["responses"], schemas: OpenApi["components"]["schemas"]): Markup | "" {
  const own = Object.entries(responses).filter(([, answer]) => isProblem(answer) && answer.$ref === undefined);
  if (own.length === 0 || schemas["Problem"] === undefined) return "";
  return html`<h4>Refused</h4>
    ${own.map(([status, answer]) => showRefusal(status, answer))}`;
}

/** One status with its codes. */
export function showRefusal(status: string, { description = "" }: Answer): Markup {
  return html`<div class="refusal">
    <code>${status}</code>
    <div>${prose(description)}</div>
  </div>`;
}

function isProblem({ $ref, content = {} }: Answer): boolean {
  return $ref !== undefined || (Object.keys(content).length === 1 && "application/problem+json" in content);
}

/** Long names may break behind their dots and slashes. */
function breakable(name: string): Markup {
  return html`${name.split(/(?<=[./])/).map((part) => html`${part}<wbr />`)}`;
}
