// Hostile bodies for the signature check and the normaliser, made from our own example sendouts. A body is a function
// of seed and index alone: any one of a run can be made again without the others.

import { EVENT_TYPES } from "../../src/voucherify/catalogue.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
} from "../../src/voucherify/examples.ts";
import type { InletExpectation } from "../../src/voucherify/normalise.ts";
import type { JsonObject } from "../../src/voucherify/read-json.ts";
import { changeTree, plantCanary } from "./change-tree.ts";
import { almostJson, damageBytes, encode, encodeOtherwise } from "./damage.ts";
import { CANARY, hostileLiteral, hostileName, longText, nested } from "./hostile.ts";
import { containersOf, scalar, toNode, toObjectNode, writeNode, type JsonNode, type ObjectNode } from "./json-node.ts";
import { createRandom, type Random } from "./random.ts";

/** No body is larger, in bytes: a hundred times what Voucherify sends. */
export const BODY_BYTES_MAX = 1_048_576;

/** A body to be signed, verified and normalised. */
export interface FuzzBody {
  /** What was done to it. */
  family: string;
  bytes: Uint8Array<ArrayBuffer>;
  /** The same without whitespace outside strings, written separately; undefined where the body is no JSON. */
  compact: Uint8Array<ArrayBuffer> | undefined;
  contentEncoding: string | undefined;
  expected: InletExpectation | undefined;
}

type Draft = Pick<FuzzBody, "bytes" | "compact">;

/** The body of a run at an index. The same seed and index always give the same bytes. */
export function createBody(seed: number, index: number): FuzzBody {
  const random = createRandom(seed, index);
  let chosen = random.below(WEIGHTS);
  const family = FAMILIES.find(({ weight }) => (chosen -= weight) < 0) ?? INTACT;
  const draft = family.make(random);
  const fits = draft.bytes.length <= BODY_BYTES_MAX;
  return {
    family: family.name,
    bytes: fits ? draft.bytes : draft.bytes.slice(0, BODY_BYTES_MAX),
    compact: fits ? draft.compact : undefined,
    contentEncoding: random.chance(0.01) ? random.pick(["gzip", "br", "identity", "Identity", ""]) : undefined,
    expected: random.chance(0.3) ? random.pick(EXPECTATIONS) : undefined,
  };
}

const EXPECTATIONS: readonly InletExpectation[] = [
  { event: "customer.publication.succeeded" },
  { event: "customer.entered.segment", source: "distr_5a11ce0ffee0000003" },
];

const INTACT = {
  name: "only written otherwise",
  weight: 60,
  make: (random: Random) => written(example(random), random),
};

/** What is done to bodies, and how often out of a thousand. */
const FAMILIES: readonly { name: string; weight: number; make: (random: Random) => Draft }[] = [
  INTACT,
  { name: "keys and values", weight: 430, make: (random) => written(changed(example(random), random), random) },
  { name: "versions mixed", weight: 120, make: (random) => written(changed(mixed(random), random), random) },
  { name: "payload alone", weight: 80, make: (random) => written(changed(payload(random), random), random) },
  {
    name: "damaged bytes",
    weight: 150,
    make: (random) => unread(damageBytes(written(example(random), random).bytes, random, 1 + random.below(3))),
  },
  {
    name: "almost JSON",
    weight: 50,
    make: (random) => unread(encode(almostJson(writeNode(example(random)), random))),
  },
  {
    name: "other encoding",
    weight: 40,
    make: (random) => unread(encodeOtherwise(writeNode(example(random)), random)),
  },
  { name: "no object", weight: 30, make: (random) => written(noObject(random), random) },
  { name: "deep", weight: 25, make: (random) => written(deep(random), random) },
  { name: "noise", weight: 12, make: (random) => unread(noise(random)) },
  { name: "large", weight: 6, make: (random) => both(writeNode(large(random))) },
];

const WEIGHTS = FAMILIES.reduce((sum, { weight }) => sum + weight, 0);

const NOTIFICATION_KINDS = [
  "loyalty_card_assigned",
  "referral_code_assigned",
  "points_redeemed",
  "referrer_rewarded",
  "points_earned",
  "referee_invited",
] as const satisfies CampaignNotificationKind[];

const NOTIFICATIONS: readonly JsonObject[] = NOTIFICATION_KINDS.map((kind) => exampleCampaignNotification(kind));

/** All our examples: every type, sender and version, the campaign notifications. */
const EXAMPLES: readonly JsonObject[] = [
  ...EVENT_TYPES.flatMap((type) => [
    exampleSendout(type, { source: "webhook" }),
    exampleSendout(type, { source: "distribution" }),
    exampleSendout(type, { version: "v2018-08-01" }),
  ]).filter((sendout) => sendout !== undefined),
  ...NOTIFICATIONS,
];

function example(random: Random, among = EXAMPLES): ObjectNode {
  const root = toObjectNode(random.pick(among));
  plantCanary(root, random);
  return root;
}

function changed(root: ObjectNode, random: Random): ObjectNode {
  changeTree(root, random, 1 + random.below(6));
  return root;
}

/** Two bodies in one, mostly of different versions: the keys of both, one after the other or in either order. */
function mixed(random: Random): ObjectNode {
  const [first, second] = [example(random), example(random)];
  if (random.chance(0.3)) first.members.push({ name: '"object"', value: scalar('"event"') });
  if (random.chance(0.3)) first.members.unshift(...second.members.filter(() => random.chance(0.5)));
  else first.members.push(...second.members.filter(() => random.chance(0.5)));
  const data = first.members.find(({ name }) => name === '"data"')?.value;
  if (data?.is === "object" && random.chance(0.5)) {
    const name = random.pick(['"object"', '"related_object"', '"data_json"', '"previous_attributes"']);
    data.members.push({ name, value: random.chance(0.5) ? example(random) : scalar(hostileLiteral(random)) });
  }
  return first;
}

/** Data without an envelope, as Payload designer makes it. */
function payload(random: Random): ObjectNode {
  if (random.chance(0.5)) {
    const data = example(random).members.find(({ name }) => name === '"data"')?.value;
    if (data?.is === "object") return data;
  }
  return toObjectNode({
    To: `${CANARY}@example.com`,
    customer: { source_id: CANARY, id: "cust_1" },
    voucher: { code: CANARY },
    ...(random.chance(0.3) && { event: { type: "customer.created" } }),
    ...(random.chance(0.3) && { data: { object: {} } }),
  });
}

/** A whole body in quotes or in a list, or something that was never a body. */
function noObject(random: Random): JsonNode {
  const whole = example(random);
  return random.pick<() => JsonNode>([
    () => scalar(JSON.stringify(writeNode(whole))),
    () => ({ is: "list", items: [whole] }),
    () => ({ is: "list", items: [whole, whole] }),
    () => ({ is: "list", items: [] }),
    () => scalar(hostileLiteral(random)),
    () => scalar(JSON.stringify(CANARY)),
  ])();
}

/** A body with something in it that nests around the limit, or far beyond. */
function deep(random: Random): ObjectNode {
  const root = example(random);
  const depth = random.pick([58, 62, 63, 64, 65, 66, 200, 5000, 100_000]) - random.below(3);
  const value = scalar(nested(random.pick(["[", '{"a":', '{"__proto__":', '[{"data":']), depth));
  const owner = random.pick([root, ...root.members.map((member) => member.value)]);
  if (owner.is === "object") owner.members.push({ name: hostileName(random), value });
  else root.members.push({ name: '"data"', value });
  return root;
}

function noise(random: Random): Uint8Array<ArrayBuffer> {
  const alphabet = random.pick(ALPHABETS);
  const length = random.chance(0.2) ? 0 : random.below(400);
  return Uint8Array.from({ length }, () => random.pick(alphabet));
}

/** What noise is made of: any byte, or those that JSON is made of. */
const ALPHABETS: readonly (readonly number[])[] = [
  Array.from({ length: 256 }, (_, byte) => byte),
  [...encode('{}[]",:\\ \n0e-')],
  [...encode('{"data":[1]}')],
];

/** A body that something in it makes 16 KB to 1 MB large. Of notifications all keys are moved, so they come often. */
function large(random: Random): ObjectNode {
  const root = example(random, random.chance(0.3) ? NOTIFICATIONS : EXAMPLES);
  const length = Math.floor(16_000 * 64 ** (random.below(1000) / 1000));
  const item = random.pick(["0", "{}", "null", '"a"', '{"id":"x","price":1}', writeNode(toNode(EXAMPLES[0] ?? {}))]);
  const value = random.pick<() => string>([
    () => longText(random, length),
    () => `[${Array.from({ length: length / (item.length + 1) }, () => item).join(",")}]`,
    () => `{${Array.from({ length: length / 14 }, (_, index) => `"k${index}":${index}`).join(",")}}`,
    () => `{${Array.from({ length: length / 16 }, (_, index) => `"data":{"k":${index % 10}}`).join(",")}}`,
    () => nested(random.pick(["[", '{"a":']), Math.floor(length / 10)),
  ])();
  const { members } = random.pick(containersOf(root).filter((part) => part.is === "object"));
  const member = members[random.below(members.length)];
  if (random.chance(0.3)) members.push({ name: hostileName(random), value: scalar(value) });
  else if (member !== undefined) member.value = scalar(value);
  return root;
}

/** JSON as somebody might write it: compact, indented, or with whitespace wherever it may be. */
function written(root: JsonNode, random: Random): Draft {
  const compact = writeNode(root);
  const style = random.below(10);
  if (style < 6) return both(compact);
  const runs = style === 6 ? ["\n  ", ""] : style === 7 ? ["\r\n\t", "\t"] : [" ", "\t", "\r\n", "\n", "", "", "   "];
  const storm = style === 9 && random.chance(0.05) ? " ".repeat(random.below(300)) : "";
  const text = writeNode(root, () => random.pick(runs) + storm);
  return { bytes: encode(text), compact: encode(compact) };
}

function both(text: string): Draft {
  const bytes = encode(text);
  return { bytes, compact: bytes };
}

function unread(bytes: Uint8Array<ArrayBuffer>): Draft {
  return { bytes, compact: undefined };
}
