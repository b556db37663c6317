import * as v from "valibot";
import { describe, expect, expectTypeOf, it } from "vitest";
import { CampaignSchema, SimpleCampaignSchema } from "../../../src/voucherify/objects/campaign.ts";
import { CustomerSchema, SimpleCustomerSchema } from "../../../src/voucherify/objects/customer.ts";
import * as f from "../../../src/voucherify/objects/field.ts";
import { OrderSchema } from "../../../src/voucherify/objects/order.ts";
import { readSchema } from "../../../src/voucherify/objects/read-schema.ts";
import { RollbackSchema } from "../../../src/voucherify/objects/redemption.ts";
import { SimpleVoucherSchema, VoucherSchema } from "../../../src/voucherify/objects/voucher.ts";

describe("the objects of a sendout", () => {
  it.each([
    ["a customer", CustomerSchema],
    ["a voucher", VoucherSchema],
    ["a campaign", CampaignSchema],
    ["an order", OrderSchema],
  ])("let %s through with nothing in it, and with more than is known", (_name, schema) => {
    expect(v.parse(schema, {})).toEqual({});
    expect(v.parse(schema, { lantern: 1 })).toEqual({ lantern: 1 });
  });

  it("are the source of their types", () => {
    type Voucher = v.InferOutput<typeof SimpleVoucherSchema>;
    expectTypeOf<Voucher["code"]>().toEqualTypeOf<string | null | undefined>();
    expectTypeOf<NonNullable<Voucher["gift"]>["balance"]>().toEqualTypeOf<number | undefined>();
    type Line = NonNullable<v.InferOutput<typeof OrderSchema>["items"]>[number];
    expectTypeOf<Line["quantity"]>().toEqualTypeOf<number | undefined>();
  });

  it("take null where Voucherify sends it, and only there", () => {
    expect(v.is(SimpleCustomerSchema, { email: null })).toBe(true);
    expect(v.is(SimpleCustomerSchema, { id: null })).toBe(false);
  });

  it.each([
    ["a customer", SimpleCustomerSchema, CustomerSchema],
    ["a voucher", SimpleVoucherSchema, VoucherSchema],
    ["a campaign", SimpleCampaignSchema, CampaignSchema],
  ])("have in full all that %s has in short", (_name, simple, full) => {
    expect(Object.keys(full.entries)).toEqual(expect.arrayContaining(Object.keys(simple.entries)));
  });
});

describe("readSchema", () => {
  it.each([
    ["text", f.text("A name", "Mira"), { notes: { kind: "text" }, meaning: "A name", sample: "Mira", nullable: false }],
    ["id", f.id("cust_", "An id", "referrer"), { notes: { kind: "id", prefix: "cust_", role: "referrer" } }],
    ["choice", f.choice("A colour", ["red", "green"]), { notes: { choices: ["red", "green"] }, sample: "red" }],
    ["amount", f.amount("A price", 900), { notes: { kind: "amount" }, sample: 900 }],
    ["points", f.points("Points", -5), { notes: { kind: "points" }, sample: -5 }],
    ["flag", f.flag("Yes or no", false), { notes: { kind: "flag" }, sample: false }],
    ["metadata", f.metadata({ a: 1 }), { notes: { kind: "open" }, sample: { a: 1 } }],
    ["ids", f.ids("v_", "Some ids"), { notes: { kind: "list", prefix: "v_" } }],
    ["orNull", f.orNull(f.count("How many", 2)), { nullable: true, meaning: "How many", sample: 2 }],
    ["mostlyNull", f.mostlyNull(f.count("How many", 2)), { nullable: true, notes: { kind: "count", example: "null" } }],
    ["seldom", f.orNull(f.seldom(f.text("Why", "So"))), { nullable: true, notes: { example: "left out" } }],
    ["part", f.part(SimpleCustomerSchema), { notes: { kind: "object", name: "customer" } }],
    ["part with a role", f.part(SimpleCustomerSchema, "Who", "from"), { notes: { role: "from" }, meaning: "Who" }],
  ])("reads back what %s wrote down", (_name, schema, expected) => {
    expect(readSchema(schema)).toMatchObject(expected);
  });

  it("finds the fields of an object and the items of a list under their wrappers", () => {
    const list = f.orNull(f.list(SimpleCustomerSchema, "People"));
    expect(readSchema(list)).toMatchObject({ meaning: "People", item: SimpleCustomerSchema, nullable: true });
    expect(Object.keys(readSchema(f.part(SimpleCustomerSchema)).entries)).toContain("email");
  });
});

describe("the samples", () => {
  const schemas: Record<string, f.AnySchema> = {
    CustomerSchema,
    VoucherSchema,
    CampaignSchema,
    OrderSchema,
    RollbackSchema,
  };
  const fields = Object.entries(schemas).flatMap(([name, schema]) => [...fieldsOf(schema, name)]);

  it.each(fields)("$path says what it means in one line and has a sample of its own type", ({ schema }) => {
    const { meaning, sample, notes } = readSchema(schema);
    expect(meaning).toMatch(/^[^\n]{3,90}$/);
    if (notes.kind === "object" || (notes.kind === "list" && sample === undefined)) return;
    expect(v.is(schema, sample)).toBe(true);
    if (notes.kind === "id") expect(notes.prefix).toMatch(/^[a-z]+[_-]?$/);
    if (["amount", "points", "count"].includes(notes.kind)) expect(sample).toSatisfy(Number.isInteger);
    if (notes.kind === "instant") expect(sample).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\d{3})?Z$/);
    if (notes.kind === "date") expect(sample).toMatch(/^\d{4}-\d\d-\d\d$/);
  });

  it("give back what was taken: the amount of a rollback is negative", () => {
    expect(readSchema(RollbackSchema.entries.amount).sample).toBeLessThan(0);
  });
});

function* fieldsOf(schema: f.AnySchema, path: string): Generator<{ path: string; schema: f.AnySchema }> {
  yield { path, schema };
  const { entries, item } = readSchema(schema);
  for (const [key, entry] of Object.entries(entries)) yield* fieldsOf(entry, `${path}.${key}`);
  const inItem = item === undefined ? {} : readSchema(item).entries;
  for (const [key, entry] of Object.entries(inItem)) yield* fieldsOf(entry, `${path}[].${key}`);
}
