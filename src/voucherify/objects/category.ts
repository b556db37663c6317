// Categories: labels that decide in which order vouchers and promotions of an order are applied.

import * as f from "./field.ts";

const CategorySchema = f.shape("category", "A category", {
  id: f.id("cat_", "Voucherify's id of the category"),
  name: f.text("Name", "Seasonal"),
  hierarchy: f.number("Rank, 0 comes first", 10),
  stacking_rules_type: f.choice("Whether it combines with other categories", ["JOINT", "EXCLUSIVE"]),
  created_at: f.instant("When it was created", "2026-01-15T09:30:00.512Z"),
  updated_at: f.mostlyNull(f.instant("When it was last changed")),
  object: f.objectName("category"),
});

/** The categories of something; `category` is their older, single form. */
export const categoryEntries = {
  category: f.mostlyNull(f.text("Name of the category", "Seasonal")),
  category_id: f.orNull(f.id("cat_", "Id of the category")),
  categories: f.list(CategorySchema, "Its categories"),
};
