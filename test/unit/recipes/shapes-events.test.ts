// What the recipes for event systems, messaging about events and contacts send, against the shapes that those
// destinations document: for every event type, with no key more than the shape knows.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { typesOf } from "../../../src/recipes/families.ts";
import type { Recipe } from "../../../src/recipes/recipe.ts";
import { findRecipe } from "../../../src/recipes/registry.ts";
import { EVENT_SHAPES } from "../../recipes/event-shapes.ts";
import { familiesOf, renderRecipe, type Golden } from "../../recipes/render.ts";

const ids = Object.keys(EVENT_SHAPES);

const goldens = import.meta.glob<Record<string, Golden>>("../../fixtures/recipes/*.json", {
  eager: true,
  import: "default",
});

function recipeOf(id: string): Recipe {
  const recipe = findRecipe(id);
  if (recipe === undefined) throw new Error(`there is no recipe ${id}`);
  return recipe;
}

function expectShape(id: string, { method, url, headers, body }: Golden, about: string): void {
  const shape = EVENT_SHAPES[id];
  expect(method, about).toBe("POST");
  expect(url, about).toMatch(shape?.url ?? /^$/);
  expect(headers, about).toMatchObject({ "content-type": "application/json", ...shape?.headers });
  const { issues = [] } = v.safeParse(shape?.body ?? v.never(), body);
  expect(
    issues.map((issue) => `${v.getDotPath(issue) ?? "body"}: ${issue.message}`),
    about,
  ).toEqual([]);
  expect(new TextEncoder().encode(JSON.stringify(body)).length, about).toBeLessThanOrEqual(
    recipeOf(id).limits.bodyBytesMax,
  );
}

describe("the shape that a destination documents", () => {
  const rows = ids.flatMap((id) => Object.entries(goldens[`../../fixtures/recipes/${id}.json`] ?? {}));

  it("is there for a golden request of every family", () => {
    expect(rows.length).toBe(ids.map((id) => familiesOf(recipeOf(id)).length).reduce((sum, one) => sum + one, 0));
  });

  it.each(ids)("is what the golden requests of %s have", (id) => {
    for (const [family, golden] of Object.entries(goldens[`../../fixtures/recipes/${id}.json`] ?? {})) {
      expectShape(id, golden, family);
    }
  });

  const families = ids.flatMap((id) => familiesOf(recipeOf(id)).map((family) => ({ id, family })));

  it.each(families)("is what $id sends for every event of $family that it can", async ({ id, family }) => {
    const sent: string[] = [];
    for (const type of typesOf(family)) {
      const request = await renderRecipe(recipeOf(id), family, type).catch((error: unknown) => String(error));
      if (typeof request === "string") {
        expect(request, type).toContain("template_value_required");
        continue;
      }
      expectShape(id, request, type);
      sent.push(type);
    }
    expect(sent.length).toBeGreaterThan(0);
  });
});
