// A page of a list over several databases, made of a page of each. Places in a list are a time of arrival and an id, which
// mean the same in all of them.

import type { Page } from "./list-sendouts.ts";
import { askAll, type ShardBindings } from "./shards.ts";
import type { Place } from "./walk.ts";

/**
 * Reads a page of each database and makes one of them, newest first.
 *
 * @param read reads a page of one database
 * @param placeOf where an item stands, by which the list goes on behind it
 * @throws whatever D1 throws: a list with holes would look like one without
 */
export async function mergePages<TItem, TPlace extends Place>(
  env: ShardBindings,
  limit: number,
  read: (db: D1Database) => Promise<Page<TItem, TPlace>>,
  placeOf: (item: TItem) => TPlace,
): Promise<Page<TItem, TPlace>> {
  const pages = await askAll(env, read);
  const [only, ...others] = pages;
  if (only !== undefined && others.length === 0) return only;
  // Up to where all of them have read: what comes behind is for the next page.
  const ends = pages.flatMap(({ next }) => next ?? []);
  const end = ends.toSorted(newestFirst)[0];
  const known = pages
    .flatMap(({ items }) => items)
    .filter((item) => end === undefined || newestFirst(placeOf(item), end) <= 0)
    .toSorted((one, other) => newestFirst(placeOf(one), placeOf(other)));
  const items = known.slice(0, limit);
  const last = items.at(-1);
  if (known.length > limit && last !== undefined) return { items, next: placeOf(last), isComplete: true };
  return { items, next: end, isComplete: end === undefined || items.length >= limit };
}

function newestFirst(one: Place, other: Place): number {
  if (one.receivedAt !== other.receivedAt) return other.receivedAt - one.receivedAt;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}
