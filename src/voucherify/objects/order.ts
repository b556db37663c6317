// The order. All amounts are in the smallest unit of the project's currency, which is not in the payload.

import { PartialCustomerSchema } from "./customer.ts";
import * as f from "./field.ts";

const itemProductEntries = {
  id: f.id("prod_", "Voucherify's id of the product"),
  source_id: f.orNull(f.text("Your own id of the product", "lamp-storm")),
  metadata: f.metadata(),
  price: f.orNull(f.amount("Its own price", 4_500)),
  override: f.seldom(f.flag("Whether the order's values replaced the stored ones", false)),
};

const OrderItemSchema = f.shape("order_item", "A line of the order", {
  id: f.id("ordli_", "Voucherify's id of the line"),
  product_id: f.orNull(f.id("prod_", "Id of the product")),
  sku_id: f.orNull(f.id("sku_", "Id of the SKU")),
  source_id: f.orNull(f.text("Your own id of the product or SKU", "lamp-storm-brass")),
  related_object: f.choice("What the line is about", ["sku", "product"]),
  quantity: f.count("How many", 2),
  initial_quantity: f.seldom(f.count("How many before units were added", 2)),
  discount_quantity: f.seldom(f.count("How many of them are free", 1)),
  applied_discount_quantity: f.seldom(f.count("How many became free in this redemption", 1)),
  applied_quantity: f.seldom(f.count("How many the discount counted", 2)),
  applied_quantity_amount: f.seldom(f.amount("Value of those", 9_000)),
  price: f.amount("Price of one", 4_500),
  amount: f.amount("Price times quantity", 9_000),
  initial_amount: f.seldom(f.amount("The same before units were added", 9_000)),
  discount_amount: f.seldom(f.amount("Discount on this line", 1_000)),
  applied_discount_amount: f.seldom(f.amount("Discount on this line from this redemption", 1_000)),
  subtotal_amount: f.amount("Amount after the line's discount", 9_000),
  product: f.group("The product", { ...itemProductEntries, name: f.orNull(f.text("Name", "Storm lantern")) }),
  sku: f.group("The SKU", {
    ...itemProductEntries,
    id: f.id("sku_", "Voucherify's id of the SKU"),
    source_id: f.orNull(f.text("Your own id of the SKU", "lamp-storm-brass")),
    sku: f.orNull(f.text("Name", "Storm lantern, brass")),
  }),
  metadata: f.metadata(),
  object: f.objectName("order_item"),
});

const WICK = { name: "Spare wick", source_id: "wick-3", sku: "Spare wick, three", price: 3_000 };

/** The lines of our example orders: two lanterns and a wick, 12 000 together. */
const EXAMPLE_LINES = [
  {},
  {
    source_id: WICK.source_id,
    quantity: 1,
    price: WICK.price,
    amount: WICK.price,
    subtotal_amount: WICK.price,
    product: { source_id: WICK.source_id, name: WICK.name, price: WICK.price },
    sku: { source_id: WICK.source_id, sku: WICK.sku, price: WICK.price },
  },
];

/** The order in most events. */
export const SimpleOrderSchema = f.shape("order", "The order", {
  id: f.id("ord_", "Voucherify's id of the order"),
  source_id: f.orNull(f.text("Your own id of the order", "shop-88310")),
  status: f.choice("How far it is", ["PAID", "CREATED", "CANCELED", "FULFILLED"]),
  customer_id: f.orNull(f.id("cust_", "Id of the customer")),
  referrer_id: f.mostlyNull(f.id("cust_", "Id of the customer who referred the buyer", "referrer")),
  amount: f.amount("Value before any discount", 12_000),
  discount_amount: f.amount("Discount on the order as a whole", 1_800),
  applied_discount_amount: f.amount("The same from this redemption", 1_800),
  items_discount_amount: f.amount("Discount on single lines", 0),
  items_applied_discount_amount: f.amount("The same from this redemption", 0),
  total_discount_amount: f.amount("All discounts", 1_800),
  total_applied_discount_amount: f.amount("All discounts from this redemption", 1_800),
  total_amount: f.amount("What is left to pay", 10_200),
  items: f.list(OrderItemSchema, "Its lines", EXAMPLE_LINES),
  metadata: f.metadata({ currency: "NOK" }),
  created_at: f.instant("When it was created", "2026-10-05T08:15:29.871Z"),
  updated_at: f.orNull(f.instant("When it was last changed", "2026-10-05T08:15:30.233Z")),
  object: f.objectName("order"),
});

/** The order as Voucherify calculated it, in order events and behind earned points. */
export const OrderSchema = f.shape("order", "The order as Voucherify calculated it", {
  ...SimpleOrderSchema.entries,
  initial_amount: f.amount("Value before units were added", 12_000),
  created_at: f.instant("When it was created", "2026-10-05T08:15:29.871254Z"),
  updated_at: f.orNull(f.instant("When it was last changed", "2026-10-05T08:15:30.233918Z")),
  customer: f.orNull(f.part(PartialCustomerSchema)),
  referrer: f.mostlyNull(f.part(PartialCustomerSchema, "The customer who referred the buyer", "referrer")),
  redemptions: f.open("What was redeemed on it, by id of the redemption", {}),
});
