import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EVENT_TYPES, findEvent } from "../../../src/voucherify/catalogue.ts";
import {
  DRIFT_OBSERVATIONS_MAX,
  DRIFT_VALUES_MAX,
  findDrift,
  type DriftObservation,
} from "../../../src/voucherify/drift.ts";
import {
  exampleCampaignNotification,
  exampleSendout,
  type CampaignNotificationKind,
  type ExampleOptions,
} from "../../../src/voucherify/examples.ts";
import { hasField } from "../../../src/voucherify/field-index.ts";
import { normalise, type InletExpectation } from "../../../src/voucherify/normalise.ts";
import { isJsonObject, type JsonObject } from "../../../src/voucherify/read-json.ts";
import { bytes } from "../bytes.ts";

/** What drift there is in a body, as text or as what it says. */
function driftIn(body: string | JsonObject, expected?: InletExpectation): DriftObservation[] {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const normalised = normalise(bytes(text), { expected });
  if (!normalised.ok) throw new Error(normalised.detail);
  return findDrift(normalised.value);
}

function example(type: string, options?: ExampleOptions): JsonObject & { data: JsonObject } {
  const sendout = exampleSendout(type, options);
  const data = sendout?.["data"];
  if (!isJsonObject(data)) throw new Error(`no example of ${type}`);
  return { ...sendout, data };
}

/** An example with a value put in at a path of plain names; the objects on the way are there or are made. */
function exampleWith(type: string, path: string, value: unknown, options?: ExampleOptions): JsonObject {
  const sendout = example(type, options);
  const names = path.split(".");
  const last = names.pop() ?? "";
  let owner: JsonObject = sendout;
  for (const name of names) {
    const inner = isJsonObject(owner[name]) ? owner[name] : {};
    owner[name] = inner;
    owner = inner;
  }
  owner[last] = value;
  return sendout;
}

/** A redemption that has this data and nothing else. */
function redemption(data: JsonObject): JsonObject {
  return { ...example("redemption.succeeded"), data };
}

/** An example of a type under another name. */
function renamed(type: string, options?: ExampleOptions): JsonObject {
  return exampleWith("redemption.succeeded", "event.type", type, options);
}

const SENDERS = ["webhook", "distribution"] as const;

describe("drift of what the catalogue knows", () => {
  it.each(EVENT_TYPES.flatMap((type) => SENDERS.map((source) => ({ type, source }))))(
    "is none in our example of $type from a $source",
    ({ type, source }) => {
      expect(driftIn(example(type, { source }))).toEqual([]);
    },
  );

  it.each(EVENT_TYPES.filter((type) => findEvent(type)?.versions.includes("v2018-08-01")))(
    "is none in our example of %s in v2018-08-01, which has other fields by design",
    (type) => {
      expect(driftIn(example(type, { version: "v2018-08-01" }))).toEqual([]);
    },
  );

  it.each([
    "loyalty_card_assigned",
    "referral_code_assigned",
    "points_redeemed",
    "referrer_rewarded",
    "points_earned",
    "referee_invited",
  ] satisfies CampaignNotificationKind[])("is none in the campaign notification %s", (kind) => {
    expect(driftIn(exampleCampaignNotification(kind))).toEqual([]);
  });

  it("is none in a raw payload, whatever type its inlet states", () => {
    expect(driftIn({ To: "mira@example.com", voucher: { lamp: 1 } }, { event: "lantern.lit" })).toEqual([]);
  });
});

describe("drift of types", () => {
  const TYPE = {
    kind: "type",
    type: "lantern.lit",
    path: "$webhook.event.type",
    example: "text of 11 characters",
  };

  it("is a type that nobody has heard of, with the keys that it carries", () => {
    const keys = Object.entries(example("redemption.succeeded").data);
    const drift = driftIn(renamed("lantern.lit"));
    expect(drift).toEqual([
      TYPE,
      ...keys.map(([path, value]) => ({
        kind: "field",
        type: "lantern.lit",
        path,
        example: isJsonObject(value)
          ? `object with ${Object.keys(value).length} keys`
          : value === null
            ? "null"
            : "text of 24 characters",
      })),
    ]);
  });

  it("is the type alone from a distribution: its data may be designed", () => {
    expect(driftIn(renamed("lantern.lit", { source: "distribution" }))).toEqual([TYPE]);
  });

  it("is the type alone in v2018-08-01", () => {
    expect(driftIn({ ...example("voucher.created", { version: "v2018-08-01" }), type: "lantern.lit" })).toEqual([TYPE]);
  });

  it.each([
    ["customer.entered.segment", "customer.segment.entered"],
    ["MANUAL_DISTRIBUTION_SCHEDULE", "manual_distribution_schedule"],
    ["customer.rewarded.main", "customer.rewarded"],
  ])("is none for %s, another spelling of %s", (alias, type) => {
    expect(driftIn(exampleWith(type, "event.type", alias))).toEqual([]);
  });

  it("cuts a type of 10,000 characters at 200", () => {
    const [observation] = driftIn(renamed("lantern.".repeat(1250)));
    expect(observation).toMatchObject({ kind: "type", example: "text of 10000 characters" });
    expect(observation?.type).toBe(`${"lantern.".repeat(25).slice(0, 199)}…`);
  });
});

describe("drift of fields", () => {
  it.each([
    ["a key of data", "data.lamp", "x", "lamp", "text of 1 character"],
    ["a key of an object", "data.customer.shoe_size", 44, "customer.shoe_size", "number"],
    ["a key far down", "data.redemption.reward.voucher.gift.lamp", true, "redemption.reward.voucher.gift.lamp", "flag"],
    ["null", "data.voucher.gift.lamp", null, "voucher.gift.lamp", "null"],
    ["an object, without what is in it", "data.order.tax", { rate: { of: 7 } }, "order.tax", "object with 1 key"],
    ["a list, without what is in it", "data.order.taxes", [{ rate: 7 }, 1], "order.taxes", "list of 2"],
    ["a key of list items", "data.order.items", [{ tax: 1 }, { tax: 2 }], "order.items[].tax", "number"],
    ["a key of lists in lists", "data.order.items", [[{ tax: 1 }]], "order.items[][].tax", "number"],
    ["a key of the envelope", "region", "eu1", "$webhook.region", "text of 3 characters"],
    ["a key of the event", "event.category", "EFFECT", "$webhook.event.category", "text of 6 characters"],
    ["a key below a known plain value", "data.voucher.code", { qr: {} }, "voucher.code.qr", "object with 0 keys"],
    ["a name with a dot", "data.order", { "a.b": 1 }, "order.`a.b`", "number"],
    ["a name with a space", "data.order", { "shoe size": 1 }, "order.`shoe size`", "number"],
    ["a name of digits", "data.order", { "007": 1 }, "order.007", "number"],
    ["a name with a hyphen", "data.order", { "first-name": [] }, "order.first-name", "list of 0"],
    ["a name in another script", "data.order", { größe: 1 }, "order.größe", "number"],
    ["an empty name", "data.order", { "": "" }, "order.``", "text of 0 characters"],
  ])("is %s", (_name, at, value, path, shown) => {
    expect(driftIn(exampleWith("redemption.succeeded", at, value))).toEqual([
      { kind: "field", type: "redemption.succeeded", path, example: shown },
    ]);
  });

  it("is found in events that nobody documents: that is how one learns what they carry", () => {
    expect(driftIn(exampleWith("campaign.vouchers.added", "data.added_count", 20))).toEqual([
      { kind: "field", type: "campaign.vouchers.added", path: "added_count", example: "number" },
    ]);
  });

  it("is told once for all the items of a list, by the first value that is not null", () => {
    const items = [{}, { tax: null }, { tax: "7 %", lamp: 1 }, { tax: [], lamp: 2 }];
    expect(driftIn(redemption({ order: { items } })).map(({ path, example: shown }) => [path, shown])).toEqual([
      ["order.items[].tax", "text of 3 characters"],
      ["order.items[].lamp", "number"],
    ]);
  });

  it.each([
    ["metadata", { customer: { metadata: { lamp: { wick: 1 } } } }],
    ["metadata in a list", { order: { items: [{ metadata: { lamp: 1 }, product: { metadata: { lamp: 1 } } }] } }],
    ["metadata far down", { holder: null, redemption: { reward: { customer: { metadata: { lamp: 1 } } } } }],
  ])("is not looked for in %s", (_name, data) => {
    expect(driftIn(redemption(data))).toEqual([]);
  });

  it("is not looked for where a schema has names below metadata, which people may choose", () => {
    const body = exampleWith("customer.segment.entered", "data.publication.metadata.lamp", 1);
    expect(driftIn(body)).toEqual([]);
  });

  it.each([
    ["customer.order.paid", "data.order.redemptions", { r_1: { lamp: 1 } }],
    ["customer.created", "data.customer.system_metadata", { lamp: 1 }],
    ["customer.loyalty.tier.joined", "data.loyalty_tier.earning_rules", { ern_1: { lamp: 1 } }],
    ["business_validation_rule.created", "data.rule.rules", { 1: { lamp: 1 } }],
  ])("of %s is not looked for in %s, whose keys are chosen by people or are ids", (type, path, value) => {
    expect(driftIn(exampleWith(type, path, value))).toEqual([]);
  });

  it("takes an object where the catalogue has a list, and a list where it has an object, for what they hold", () => {
    expect(driftIn(redemption({ order: { items: { quantity: 1 } }, customer: [{ email: "x" }] }))).toEqual([]);
    expect(driftIn(redemption({ customer: [{ shoe: 1 }] })).map(({ path }) => path)).toEqual(["customer[].shoe"]);
  });
});

describe("data that somebody designed for a distribution", () => {
  const distribution: ExampleOptions = { source: "distribution" };
  const DESIGNED = { To: "mira@example.com", Subject: "Your code", code: "AUTUMN-15" };

  it("is no drift", () => {
    expect(driftIn({ ...example("customer.publication.succeeded", distribution), data: DESIGNED })).toEqual([]);
    expect(driftIn({ ...example("customer.redemption.succeeded", distribution), data: {} })).toEqual([]);
  });

  it("is no drift as long as one key that the type always has is missing", () => {
    const { data, ...around } = example("customer.publication.succeeded", distribution);
    const { voucher, ...incomplete } = data;
    expect(driftIn({ ...around, data: { ...incomplete, ...DESIGNED } })).toEqual([]);
    const complete = driftIn({ ...around, data: { ...incomplete, voucher, ...DESIGNED } });
    expect(complete.map(({ path }) => path)).toEqual(["To", "Subject", "code"]);
  });

  it("is no drift as long as fewer than half of the keys of a type are there that has none for certain", () => {
    // customer.redemption.succeeded has eight.
    const around = example("customer.redemption.succeeded", distribution);
    const three = { customer: {}, order: {}, voucher: {} };
    expect(driftIn({ ...around, data: { ...three, ...DESIGNED } })).toEqual([]);
    const four = driftIn({ ...around, data: { ...three, holder: null, ...DESIGNED } });
    expect(four.map(({ path }) => path)).toEqual(["To", "Subject", "code"]);
  });

  it("is not expected from a project webhook, which sends what it has", () => {
    expect(driftIn(redemption({ code: "AUTUMN-15" })).map(({ path }) => path)).toEqual(["code"]);
  });

  it("may come from a kind of sender that nobody has heard of", () => {
    const source = { id: "cp_1", object: "carrier_pigeon" };
    expect(driftIn({ ...redemption(DESIGNED), source })).toEqual([]);
    const complete = { ...example("redemption.succeeded").data, code: "AUTUMN-15" };
    expect(driftIn({ ...redemption(complete), source }).map(({ path }) => path)).toEqual(["code"]);
  });

  it("does not hide drift of the envelope", () => {
    const body = { ...exampleWith("customer.publication.succeeded", "event.category", "EFFECT", distribution) };
    expect(driftIn({ ...body, data: DESIGNED }).map(({ path }) => path)).toEqual(["$webhook.event.category"]);
  });
});

describe("what an observation says", () => {
  /** JSON of any shape in which every text, number and name is a secret. */
  const secret = fc.jsonValue({ maxDepth: 4, noUnicodeString: false }).map((value) => conceal(value));

  function conceal(value: unknown): unknown {
    if (typeof value === "string") return `HUSH${value}`;
    if (typeof value === "number") return 987_654_321.5;
    if (Array.isArray(value)) return value.map(conceal);
    if (!isJsonObject(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [`HUSH${key}`, conceal(inner)]));
  }

  it("never has a value, nor a name from inside an unknown or free object", () => {
    fc.assert(
      fc.property(secret, secret, secret, (unknown, free, scalar) => {
        const body = redemption({
          surprise: unknown,
          customer: { id: "HUSH", email: "HUSH", metadata: { HUSH: free }, lamp: unknown },
          order: { items: [{ lamp: unknown, quantity: typeof scalar === "object" ? 987_654_321.5 : scalar }] },
        });
        const drift = driftIn({ ...body, lamp: unknown });
        expect(drift.map(({ path }) => path)).toEqual([
          "$webhook.lamp",
          "surprise",
          "customer.lamp",
          "order.items[].lamp",
        ]);
        expect(JSON.stringify(drift)).not.toMatch(/HUSH|987654321/);
        for (const { example: shown } of drift) {
          expect(shown).toMatch(/^(?:null|flag|number|list of \d+|(?:text of \d+ character|object with \d+ key)s?)$/);
        }
      }),
    );
  });

  it("is a path that the field index does not have, below one that it has", () => {
    const name = fc.constantFrom("customer", "order", "items", "lamp", "a.b", "id", "product", "voucher", "shoe size");
    const { tree } = fc.letrec((again) => ({
      tree: fc.oneof(
        { maxDepth: 5 },
        fc.constantFrom(null, 1, "x"),
        fc.dictionary(name, again("tree")),
        fc.array(fc.dictionary(name, again("tree")), { maxLength: 3 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(name, tree), (data) => {
        for (const observation of driftIn(redemption(data))) {
          // The field index does not know of lists where the catalogue has objects; drift looks into them.
          const path = observation.path.replaceAll(/(?<!items)\[\]/g, "");
          expect(hasField("redemption.succeeded", path), path).toBe("no");
          const above = path.replace(/(?:\[\])*\.?(?:`[^`]+`|[^.`]+)$/, "");
          expect(hasField("redemption.succeeded", above), path).not.toBe("no");
        }
      }),
    );
  });
});

describe("limits of one event", () => {
  it("are 50 observations, its type among them", () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`lamp_${index}`, index]));
    expect(driftIn(redemption(many))).toHaveLength(DRIFT_OBSERVATIONS_MAX);
    expect(driftIn({ ...renamed("lantern.lit"), data: many })).toHaveLength(DRIFT_OBSERVATIONS_MAX);
  });

  it("are 5,000 values, those nearest to the root first", () => {
    const items = (count: number) => [...Array.from({ length: count }, () => ({ quantity: 1 })), { tax: 1 }];
    const paths = (count: number) =>
      driftIn(redemption({ order: { items: items(count), lamp: 1 }, surprise: 1 })).map(({ path }) => path);
    const near = ["surprise", "order.lamp"];
    expect(paths(DRIFT_VALUES_MAX / 4)).toEqual([...near, "order.items[].tax"]);
    expect(paths(DRIFT_VALUES_MAX)).toEqual(near);
  });

  it("are 200 characters of a path", () => {
    const [observation] = driftIn(redemption({ ["lamp".repeat(2500)]: 1 }));
    expect(observation?.path).toBe(`${"lamp".repeat(50).slice(0, 199)}…`);
  });
});

describe("hostile names", () => {
  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "valueOf", "__defineGetter__"])(
    "like %s are names like any other",
    (name) => {
      const text = JSON.stringify(redemption({ customer: { replace_me: { polluted: true } } }));
      const drift = driftIn(text.replace("replace_me", name));
      expect(drift.map(({ path, example: shown }) => [path, shown])).toEqual([
        [`customer.${name}`, "object with 1 key"],
      ]);
      expect(Reflect.get({}, "polluted")).toBeUndefined();
    },
  );

  it.each([
    ["a backtick", "a`b", "`a'b`"],
    ["a line feed", "a\nb", "`a\u{fffd}b`"],
    ["a template", "{{ customer.email }}", "`{{ customer.email }}`"],
    ["half a character", "\ud83d", "\u{fffd}"],
    ["brackets", "a[0]", "`a[0]`"],
  ])("with %s are written so that they cannot be taken for another path", (_name, name, path) => {
    expect(driftIn(redemption({ [name]: 1 })).map((observation) => observation.path)).toEqual([path]);
  });

  it("are never cut in the middle of a character", () => {
    const [observation] = driftIn(redemption({ ["🎟".repeat(300)]: 1 }));
    expect(observation?.path.isWellFormed()).toBe(true);
    expect(observation?.path).toHaveLength(200);
  });
});
