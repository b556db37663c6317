// Payload-designer documents made at random, as they are written down, and events to fill them from.

import * as fc from "fast-check";

/** A designer document, before it is written down. */
export type Document =
  | { kind: "static"; value: unknown }
  | { kind: "typed"; path: string }
  | { kind: "text"; text: string }
  | { kind: "list"; items: Document[] }
  | { kind: "object"; entries: [string, Document][] };

/** Writes a document, with whatever space between its tokens. */
function write(document: Document, space: () => string): string {
  const around = (text: string): string => `${space()}${text}${space()}`;
  switch (document.kind) {
    case "static":
      return around(JSON.stringify(document.value));
    case "typed":
      return around(`{{${space()}${document.path}${space()}}}`);
    case "text":
      return around(JSON.stringify(document.text));
    case "list":
      return around(`[${document.items.map((item) => write(item, space)).join(",") || space()}]`);
    case "object":
      return around(
        `{${document.entries.map(([key, inner]) => `${around(JSON.stringify(key))}:${write(inner, space)}`).join(",") || space()}}`,
      );
  }
}

const PATHS = [
  "name",
  "customer.name",
  "customer.first-name",
  "customer.first name",
  "customer.é.$x",
  "order.items",
  "order.items.0",
  "order.items.0.name",
  "order.items[1].name",
  "order.items.0.sizes.1",
  "order.items.7.name",
  "no.such.thing",
  "$webhook",
  "in.true.null",
];

const scalar = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 6 }),
  fc.constantFrom("{{ customer.name }}", "\\{{", "{{", '{{ $eval("1") }}', "null", ""),
  fc.integer(),
  fc.integer({ min: -9999, max: 9999 }).map((cents) => cents / 100),
  fc.boolean(),
  fc.constant(null),
);
const value = fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(fc.constantFrom("a", "b-c"), scalar));
const sparse = { requiredKeys: [] };

/** Events in which some of the paths lead somewhere. */
export const events = fc.record(
  {
    name: value,
    customer: fc.record(
      { name: value, "first-name": value, "first name": value, é: fc.record({ $x: value }, sparse) },
      sparse,
    ),
    order: fc.record(
      {
        items: fc.array(fc.record({ name: value, sizes: fc.array(value, { maxLength: 3 }) }, sparse), { maxLength: 3 }),
      },
      sparse,
    ),
    $webhook: value,
    in: fc.record({ true: fc.record({ null: value }, sparse) }, sparse),
  },
  sparse,
);

const pieces = fc.oneof(
  fc.constantFrom(...PATHS).map((path) => `{{${path}}}`),
  fc.constantFrom(...PATHS).map((path) => `{{ ${path}  }}`),
  fc.constantFrom(
    "{",
    "}",
    "{{",
    "}}",
    "\\",
    "{{{",
    "}}}",
    "{{#if}}",
    "name",
    "é",
    " ",
    "-",
    ".",
    '"',
    "“",
    "\n",
    "+",
    "$",
    "[0]",
  ),
);
const texts = fc.oneof(
  pieces,
  fc.array(pieces, { maxLength: 6 }).map((parts) => parts.join("")),
);
const keys = fc.oneof(
  fc.constantFrom("To", "order.status", "{{name}}", "__proto__", "constructor", "$x", "", "“", "0"),
  fc.string({ unit: "grapheme", maxLength: 4 }),
);
const { document: documents } = fc.letrec<{ document: Document }>((tie) => ({
  document: fc.oneof(
    { maxDepth: 4 },
    fc
      .oneof(
        fc.string({ unit: "grapheme" }).filter((text) => !text.includes("{{")),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
      )
      .map((constant): Document => ({ kind: "static", value: constant })),
    fc.constantFrom(...PATHS).map((path): Document => ({ kind: "typed", path })),
    texts.map((text): Document => ({ kind: "text", text })),
    fc.array(tie("document"), { maxLength: 4 }).map((items): Document => ({ kind: "list", items })),
    fc
      .uniqueArray(fc.tuple(keys, tie("document")), { maxLength: 4, selector: ([key]) => key })
      .map((entries): Document => ({ kind: "object", entries })),
  ),
}));

/** Documents with their text. */
export const written = fc
  .tuple(documents, fc.array(fc.constantFrom("", " ", "\n", "\r\n", "\t"), { minLength: 1, maxLength: 5 }))
  .map(([document, spaces]) => {
    let turn = 0;
    return { document, text: write(document, () => spaces[turn++ % spaces.length] ?? "") };
  });
