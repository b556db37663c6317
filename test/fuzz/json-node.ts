// JSON as it is written rather than as it is read: a node can hold a key twice, a number that JavaScript cannot, and any
// escape, and is written out with whatever whitespace is wanted.

/** A piece of JSON text. Scalars and names are literals and have no whitespace outside their quotes. */
export type JsonNode = ScalarNode | ListNode | ObjectNode;

/** A text, number, flag or null as it stands in the body, quotes and escapes included. */
export interface ScalarNode {
  is: "scalar";
  text: string;
}

export interface ListNode {
  is: "list";
  items: JsonNode[];
}

export interface ObjectNode {
  is: "object";
  members: JsonMember[];
}

/** A key, quotes included, and its value. */
export interface JsonMember {
  name: string;
  value: JsonNode;
}

/** A value that JSON can hold as a node of its own. */
export function toNode(value: unknown): JsonNode {
  if (Array.isArray(value)) return { is: "list", items: value.map(toNode) };
  return typeof value === "object" && value !== null ? toObjectNode(value) : scalar(JSON.stringify(value));
}

/** An object as a node of its own. */
export function toObjectNode(value: object): ObjectNode {
  const members = Object.entries(value).map(([key, inner]) => ({ name: JSON.stringify(key), value: toNode(inner) }));
  return { is: "object", members };
}

/** A literal as a node. */
export function scalar(text: string): ScalarNode {
  return { is: "scalar", text };
}

/** Every list and object of a node, from the outside in. */
export function containersOf(root: JsonNode): (ListNode | ObjectNode)[] {
  const containers = root.is === "scalar" ? [] : [root];
  // The list grows while it is read.
  for (const container of containers) {
    for (const inner of container.is === "list" ? container.items : container.members.map(({ value }) => value)) {
      if (inner.is !== "scalar") containers.push(inner);
    }
  }
  return containers;
}

/** Writes a node out, with whitespace wherever JSON allows it. */
export function writeNode(node: JsonNode, whitespace: () => string = () => ""): string {
  const parts: string[] = [];
  append(node, whitespace, parts);
  return parts.join("");
}

function append(node: JsonNode, whitespace: () => string, parts: string[]): void {
  parts.push(whitespace());
  if (node.is === "scalar") parts.push(node.text);
  else {
    parts.push(node.is === "list" ? "[" : "{");
    if (node.is === "list") appendAll(node.items, parts, (item) => append(item, whitespace, parts));
    else {
      appendAll(node.members, parts, ({ name, value }) => {
        parts.push(whitespace(), name, whitespace(), ":");
        append(value, whitespace, parts);
      });
    }
    parts.push(whitespace(), node.is === "list" ? "]" : "}");
  }
  parts.push(whitespace());
}

function appendAll<T>(entries: readonly T[], parts: string[], appendOne: (entry: T) => void): void {
  for (const [position, entry] of entries.entries()) {
    if (position > 0) parts.push(",");
    appendOne(entry);
  }
}
