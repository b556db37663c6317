// Which database takes a sendout, and in which it can be found: by its id, by when it was received, and by which databases
// take new ones.

import { describe, expect, it } from "vitest";
import { databaseOf, placeOf, placesOf, shardsOf, type ShardBindings } from "../../../src/ledger/shards.ts";

const AT = Date.UTC(2026, 11, 1);
const SINCE = { 2: AT, 3: AT + 10_000 };

/** Databases that only have names. */
function bindings(numbers: readonly number[], since: Partial<Record<number, number>> = SINCE): ShardBindings {
  const databases = numbers.map((number) => [`LEDGER_${number}`, { number }]);
  const variables = Object.entries(since).map(([number, at]) => [
    `SIGNALBOX_LEDGER_${number}_SINCE`,
    new Date(at ?? 0).toISOString(),
  ]);
  // What decides reads nothing of a database.
  return { LEDGER: {}, ...Object.fromEntries([...databases, ...variables]) } as ShardBindings;
}

/** Ids as they are made: a prefix and 32 hexadecimal digits of a hash. */
async function createIds(count: number): Promise<string[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, index) => {
      const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`sendout ${index}`));
      return `so_${new Uint8Array(hash).toHex().slice(0, 32)}`;
    }),
  );
}

const IDS = await createIds(3_000);

describe("the databases", () => {
  it("are LEDGER alone where no other is bound", () => {
    expect(shardsOf(bindings([])).map(({ number }) => number)).toEqual([1]);
  });

  it("are found by their names, in order", () => {
    expect(shardsOf(bindings([3, 2])).map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it("are named when a row belongs to one that is not bound any more", () => {
    expect(() => databaseOf(bindings([2]), 3)).toThrow("LEDGER_3 is not bound");
  });
});

describe("the place of a sendout", () => {
  it("is LEDGER where no other is bound, and before another takes any", () => {
    for (const id of IDS) {
      expect(placeOf(bindings([]), id, AT)).toBe(1);
      expect(placeOf(bindings([2, 3]), id, AT - 1)).toBe(1);
    }
  });

  it("is in each of the databases about as often", () => {
    const env = bindings([2, 3]);
    for (const [at, numbers] of [[AT, [1, 2]] as const, [AT + 10_000, [1, 2, 3]] as const]) {
      const counts = Map.groupBy(IDS, (id) => placeOf(env, id, at));
      for (const number of numbers) {
        const part = (counts.get(number)?.length ?? 0) * (numbers.length / IDS.length);
        expect(part).toBeGreaterThan(0.9);
        expect(part).toBeLessThan(1.1);
      }
    }
  });

  it("changes with another database only for those that go there", () => {
    const env = bindings([2, 3]);
    const moved = IDS.filter((id) => placeOf(env, id, AT) !== placeOf(env, id, AT + 10_000));
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(moved.map((id) => placeOf(env, id, AT + 10_000)))).toEqual(new Set([3]));
  });

  it("stays what it was at the time of arrival, whatever is added later", () => {
    const ids = IDS.filter((id) => placeOf(bindings([2]), id, AT) !== placeOf(bindings([2, 3]), id, AT));
    expect(ids).toEqual([]);
  });

  it("is always among those where it is looked for", () => {
    const env = bindings([2, 3]);
    for (const id of IDS) {
      const places = placesOf(env, id).map(({ number }) => number);
      expect(places[0]).toBe(1);
      for (const at of [AT - 1, AT, AT + 10_000]) expect(places).toContain(placeOf(env, id, at));
    }
  });

  it.each(["", "soon", "2026-13-45"])("is no database that is bound without an instant: %j", (since) => {
    const env = { ...bindings([2], {}), SIGNALBOX_LEDGER_2_SINCE: since };
    for (const id of IDS) expect(placeOf(env, id, AT)).toBe(1);
    expect(IDS.some((id) => placesOf(env, id).length === 2)).toBe(true);
  });
});
