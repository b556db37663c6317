// Everything that recipes send, the golden requests among it, against what their vendors publish on npm of the bodies
// they take: compiled, for every event type. A type that would take anything proves nothing, so bodies that are spoilt
// on purpose must be refused. And docs/recipes.md says which recipes this is true of.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { RECIPES } from "../../src/recipes/registry.ts";
import { bodyOf, recipeOf, sentBy } from "../recipes/all-sent.ts";
import { familiesOf } from "../recipes/render.ts";
import { compileBodies } from "../vendor-types/compile.ts";
import { PACKAGES, type PublishedId } from "../vendor-types/published.ts";
import { spoil } from "../vendor-types/spoil.ts";

// The keys of a record are its own type's.
const ids = Object.keys(PACKAGES) as PublishedId[];

/** A body that was held against its vendor's type. */
interface Held {
  id: PublishedId;
  name: string;
  body: unknown;
  /** Undefined for one that is as the recipe sends it. */
  spoiltAt?: string;
  /** What the compiler says; undefined when the type takes the body. */
  said: string | undefined;
}

let held: Held[] = [];

beforeAll(async () => {
  const bodies: Omit<Held, "said">[] = [];
  for (const id of ids) {
    const sent = await sentBy(recipeOf(id));
    bodies.push(...sent.map(({ type, family, golden }) => ({ id, name: `${family}: ${type}`, body: bodyOf(golden) })));
    const first = sent.find(({ type }) => type === "redemption.succeeded");
    for (const { path, wrong, body } of first === undefined ? [] : spoil(bodyOf(first.golden))) {
      bodies.push({ id, name: `${path}: ${wrong}`, body, spoiltAt: `${path}: ${wrong}` });
    }
  }
  const said = compileBodies(bodies);
  held = bodies.map((body, index) => ({ ...body, said: said[index] }));
});

/** Whether a vendor's type leaves to the customer what was spoilt. */
function isOpen(id: PublishedId, spoiltAt: string): boolean {
  return Object.entries(PACKAGES[id].open).some(
    ([path, open]) => spoiltAt.startsWith(`${path}.`) && (open === "values" || spoiltAt.endsWith(": misspelt")),
  );
}

describe("the type that a vendor publishes of a body", () => {
  it.each(ids)("takes everything that %s sends", (id) => {
    const sent = held.filter((one) => one.id === id && one.spoiltAt === undefined);
    expect(new Set(sent.map(({ name }) => name.split(":")[0]))).toEqual(new Set(familiesOf(recipeOf(id))));
    expect(sent.flatMap(({ name, said }) => (said === undefined ? [] : [`${name}: ${said}`]))).toEqual([]);
  });

  it.each(ids)("refuses what %s sends with a value spoilt, unless values are the customer's there", (id) => {
    const spoilt = held.flatMap((one) => (one.id === id && one.spoiltAt !== undefined ? [one.spoiltAt] : []));
    const taken = held.flatMap((one) =>
      one.id === id && one.spoiltAt !== undefined && one.said === undefined ? [one.spoiltAt] : [],
    );
    expect(taken).toEqual(spoilt.filter((place) => isOpen(id, place)));
    expect(spoilt.length).toBeGreaterThan(taken.length);
  });
});

describe("docs/recipes.md", () => {
  const page = readFileSync("docs/recipes.md", "utf8");
  const section = /^## Checked against what vendors publish\n.*?(?=^## )/ms.exec(page)?.[0] ?? "";
  const [compiled = [], once = [], nothing = []] = section
    .split(/\n\n(?=- )/)
    .slice(1)
    .map(entriesOf);

  it("says of every recipe what its bodies are held against, or that there is nothing", () => {
    const said = [...compiled, ...once, ...nothing].map(({ id }) => id);
    expect(said.toSorted()).toEqual(RECIPES.map(({ id }) => id));
  });

  it("names the package that the bodies of each are compiled against", () => {
    expect(compiled).toEqual(ids.map((id) => ({ id, package: PACKAGES[id].name })));
  });
});

/** The recipes of a list such as "- `one`, `other`: `package`, of which …", with the package they have. */
function entriesOf(list: string): { id: string; package: string | undefined }[] {
  return Array.from(list.matchAll(/^- (.+?): (.*)$/gm)).flatMap(([, recipes = "", about = ""]) =>
    Array.from(recipes.matchAll(/`(.+?)`/g), ([, id = ""]) => ({ id, package: /^`(.+?)`/.exec(about)?.[1] })),
  );
}
