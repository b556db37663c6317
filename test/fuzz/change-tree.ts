// Bodies that are still JSON, with something in them that should not be there or is not where it should be.

import { CANARY, hostileLiteral, hostileName } from "./hostile.ts";
import { containersOf, scalar, type JsonMember, type JsonNode, type ListNode, type ObjectNode } from "./json-node.ts";
import type { Random } from "./random.ts";

type Container = ListNode | ObjectNode;
type Change = (container: Container, random: Random, root: ObjectNode) => void;

/** Changes a body in so many places; near the root, where Signalbox looks, more often than far down. */
export function changeTree(root: ObjectNode, random: Random, changes: number): void {
  for (let count = 0; count < changes; count++) {
    const containers = containersOf(root);
    const nearer = Math.min(random.below(containers.length), random.below(containers.length));
    random.pick(CHANGES)(containers[nearer] ?? root, random, root);
  }
}

/** Puts the canary into one to three texts of a body, before or instead of what they say, and perhaps into a name. */
export function plantCanary(root: ObjectNode, random: Random): void {
  const containers = containersOf(root);
  for (let count = random.below(3); count >= 0; count--) {
    const container = random.pick(containers);
    const position = random.below(sizeOf(container));
    const value = valueAt(container, position);
    const text = value?.is === "scalar" ? value.text : "";
    if (text.startsWith('"')) {
      setValue(container, position, scalar(random.chance(0.5) ? `"${CANARY}${text.slice(1)}` : `"${CANARY}"`));
    }
  }
  const owner = random.pick(containers);
  if (owner.is === "object" && random.chance(0.3)) {
    owner.members.push({ name: JSON.stringify(CANARY), value: scalar(JSON.stringify(CANARY)) });
  }
}

const CHANGES: readonly Change[] = [
  // A value becomes another.
  (container, random) => setValue(container, random.below(sizeOf(container)), scalar(hostileLiteral(random))),
  (container, random) => setValue(container, random.below(sizeOf(container)), scalar(hostileLiteral(random))),
  // A value becomes one from elsewhere in the body.
  (container, random, root) => {
    const other = random.pick(containersOf(root));
    const value = valueAt(other, random.below(sizeOf(other))) ?? other;
    setValue(container, random.below(sizeOf(container)), structuredClone(value));
  },
  // A value is wrapped, or the wrapping comes off.
  (container, random) => {
    const position = random.below(sizeOf(container));
    const value = valueAt(container, position) ?? scalar("0");
    const wrapped: JsonNode = random.chance(0.5)
      ? { is: "list", items: [value] }
      : { is: "object", members: [{ name: hostileName(random), value }] };
    setValue(container, position, wrapped);
  },
  (container, random) => {
    const position = random.below(sizeOf(container));
    const value = valueAt(container, position);
    if (value !== undefined && value.is !== "scalar" && sizeOf(value) > 0) {
      setValue(container, position, valueAt(value, random.below(sizeOf(value))) ?? value);
    }
  },
  // A value stands in quotes, as JSON does that was written twice.
  (container, random) => {
    const position = random.below(sizeOf(container));
    const value = valueAt(container, position);
    if (value?.is === "scalar") setValue(container, position, scalar(JSON.stringify(value.text)));
  },
  // Something is gone.
  (container, random) => {
    const position = random.below(sizeOf(container));
    if (container.is === "list") container.items.splice(position, 1);
    else container.members.splice(position, 1);
  },
  // A key is there twice, or under another name, or new.
  (container, random) => {
    if (container.is !== "object" || container.members.length === 0) return;
    const { name, value } = random.pick(container.members);
    const twin = random.chance(0.5) ? structuredClone(value) : scalar(hostileLiteral(random));
    container.members.splice(random.below(container.members.length + 1), 0, { name, value: twin });
  },
  (container, random) => {
    const member = container.is === "object" ? container.members[random.below(container.members.length)] : undefined;
    if (member !== undefined) member.name = hostileName(random);
  },
  (container, random) => {
    const member: JsonMember = { name: hostileName(random), value: scalar(hostileLiteral(random)) };
    if (container.is === "object") container.members.splice(random.below(container.members.length + 1), 0, member);
    else container.items.push({ is: "object", members: [member] });
  },
  // Everything is in another order.
  (container, random) => {
    if (container.is === "object") shuffle(container.members, random);
    else shuffle(container.items, random);
  },
  // A text is written in escapes alone.
  (container, random) => {
    const position = random.below(sizeOf(container));
    const value = valueAt(container, position);
    if (value?.is === "scalar") setValue(container, position, scalar(escapeAll(value.text)));
  },
];

function sizeOf(container: Container): number {
  return container.is === "list" ? container.items.length : container.members.length;
}

function valueAt(container: Container, position: number): JsonNode | undefined {
  return container.is === "list" ? container.items[position] : container.members[position]?.value;
}

function setValue(container: Container, position: number, value: JsonNode): void {
  const member = container.is === "object" ? container.members[position] : undefined;
  if (member !== undefined) member.value = value;
  else if (container.is === "list" && position < container.items.length) container.items[position] = value;
}

function shuffle(list: unknown[], random: Random): void {
  for (let left = list.length; left > 1; left--) {
    list.push(...list.splice(random.below(left), 1));
  }
}

/** A text without escapes as nothing but escapes; any other literal as it is. */
function escapeAll(literal: string): string {
  if (!/^"[^"\\]*"$/.test(literal)) return literal;
  const codes = Array.from({ length: literal.length - 2 }, (_, index) => literal.charCodeAt(index + 1));
  return `"${codes.map((code) => `\\u${code.toString(16).padStart(4, "0")}`).join("")}"`;
}
