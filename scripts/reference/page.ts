// The reference page of the admin API, made of its OpenAPI document. It needs no script: it is one page, for the browser to
// search.

import { html } from "hono/html";
import { anchorOf, showCall, showFields, showRefusal, showType, type Call } from "./call.ts";
import type { OpenApi, Schema } from "./document.ts";
import { fieldsOf, typeOf } from "./fields.ts";
import { inline, prose, type Markup } from "./prose.ts";

/** The whole page as text. */
export async function referencePage(openapi: OpenApi): Promise<string> {
  return withoutIndentation(String(await page(openapi)));
}

/** Examples keep theirs. */
function withoutIndentation(text: string): string {
  const parts = text.split(/(<pre.*?<\/pre>)/s);
  return parts.map((part) => (part.startsWith("<pre") ? part : part.replaceAll(/\s*\n\s*/g, "\n"))).join("");
}

function page(openapi: OpenApi): Markup {
  const { info, tags, components } = openapi;
  const calls = callsOf(openapi);
  const resources = tags.map((tag) => ({
    ...tag,
    calls: calls.filter(({ operation }) => operation.tags.includes(tag.name)),
  }));
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title}</title>
        <link rel="stylesheet" href="/reference/style.css" />
      </head>
      <body>
        <nav aria-label="Calls">
          <p><a href="#top">${info.title}</a></p>
          ${resources.map(showInNavigation)}
          <h2><a href="#schemas">Schemas</a></h2>
        </nav>
        <main id="top">
          <header>
            <h1>${info.title}</h1>
            ${prose(info.description)}
            <p>
              Version ${info.version}. For programs: <a href="/schema/openapi.json">/schema/openapi.json</a> (OpenAPI
              3.1) and <a href="/schema/routing-table.json">/schema/routing-table.json</a> (JSON Schema).
            </p>
            <dl>
              ${Object.entries(components.securitySchemes).map(
                ([name, { description }]) =>
                  html`<dt>By ${name}</dt>
                    <dd>${inline(description)}</dd>`,
              )}
            </dl>
          </header>
          ${resources.map(
            ({ name, description, calls: own }) =>
              html`<section id="${name}">
                <h2>${name}</h2>
                <p>${inline(description)}</p>
                ${own.map((call) => showCall(call, openapi))}
              </section>`,
          )}
          <section id="refused">
            <h2>What every call can be refused for</h2>
            ${Object.entries(components.responses).map(([name, answer]) => showRefusal(name.slice(-3), answer))}
          </section>
          <section id="schemas">
            <h2>Schemas</h2>
            ${Object.entries(components.schemas).map(showSchema)}
          </section>
        </main>
      </body>
    </html>`;
}

function callsOf({ paths }: OpenApi): Call[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );
}

function showInNavigation({ name, calls }: { name: string; calls: readonly Call[] }): Markup {
  return html`<h2><a href="#${name}">${name}</a></h2>
    <ul>
      ${calls.map((call) => {
        const path = call.path.replace(/^\/admin/, "");
        return html`<li>
          <a href="#${anchorOf(call)}"><b class="${call.method}">${call.method.toUpperCase()}</b> ${path}</a>
        </li>`;
      })}
    </ul>`;
}

function showSchema([name, schema]: [string, Schema]): Markup {
  const rows = fieldsOf(schema);
  return html`<article id="schema-${name}">
    <h3><a href="#schema-${name}">${name}</a></h3>
    ${schema.description === undefined ? "" : prose(schema.description)}
    ${rows.length === 0 ? html`<p>${showType(typeOf(schema))}</p>` : showFields(rows)}
  </article>`;
}
