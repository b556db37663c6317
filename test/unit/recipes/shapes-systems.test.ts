// What the recipes for CRMs, messaging, shops, data stores and hooks send, against the shapes that those destinations
// document: for every event type, with no key more than the shape knows.

import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { bodyOf, recipeOf, sentBy } from "../../recipes/all-sent.ts";
import { familiesOf } from "../../recipes/render.ts";
import { SYSTEM_SHAPES } from "../../recipes/system-shapes.ts";

describe.each(Object.entries(SYSTEM_SHAPES))("%s", (id, shape) => {
  it("sends what the destination's shape knows, for every event type of its families", async () => {
    const recipe = recipeOf(id);
    const sent = await sentBy(recipe);
    expect(new Set(sent.map(({ family }) => family))).toEqual(new Set(familiesOf(recipe)));
    for (const { type, golden } of sent) {
      const { issues } = v.safeParse(shape.body, bodyOf(golden));
      expect({ type, issues: issues && v.flatten(issues) }).toEqual({ type, issues: undefined });
      expect({ type, method: golden.method, url: golden.url }).toEqual({
        type,
        method: shape.method ?? "POST",
        url: expect.stringMatching(shape.url),
      });
      expect(golden.headers).toMatchObject(shape.headers ?? { "content-type": "application/json" });
      const bytes = new TextEncoder().encode(JSON.stringify(bodyOf(golden))).length;
      expect(bytes, type).toBeLessThan(recipe.limits.bodyBytesMax);
    }
  });
});
