// The little Markdown that descriptions have: paragraphs, and code between backticks.

import { html } from "hono/html";

/** Markup that is safe to stand in a page. */
export type Markup = ReturnType<typeof html>;

/** Paragraphs. */
export function prose(text: string): Markup {
  return html`${text.split("\n\n").map((paragraph) => html`<p>${inline(paragraph)}</p>`)}`;
}

/** A line of it. */
export function inline(text: string): Markup {
  const parts = text.split("`").map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`));
  return html`${parts}`;
}
