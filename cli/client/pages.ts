// Lists that come in pages, as if they came whole.

import { RouterError } from "./router-error.ts";

/** The largest page that the admin API gives. */
export const PAGE_MAX = 200;

/** A page; `next` is null on the last. */
interface Page {
  next: string | null;
}

/**
 * Reads page after page until the last, or until nobody wants another. A page may be empty and have a next one.
 *
 * @throws RouterError when a page names itself as the next
 */
export async function* readPages<TPage extends Page>(
  read: (cursor: string | undefined) => Promise<TPage>,
): AsyncGenerator<TPage> {
  let cursor: string | undefined;
  for (;;) {
    const page = await read(cursor);
    yield page;
    if (page.next === null) return;
    if (page.next === cursor) {
      throw new RouterError({ reason: "answer_unclear", detail: "The router's pages go round in a circle." }, 3);
    }
    cursor = page.next;
  }
}

/** What was collected, and the page that it ended with. */
export interface Collected<TPage, TItem> {
  items: TItem[];
  last: TPage;
}

/**
 * Collects the items of as many pages as it takes.
 *
 * @param most how many items at most
 * @throws RouterError
 */
export async function collectPages<TPage extends Page, TItem>(
  read: (query: { limit: string; cursor?: string }) => Promise<TPage>,
  itemsOf: (page: TPage) => readonly TItem[],
  most: number,
): Promise<Collected<TPage, TItem>> {
  const items: TItem[] = [];
  const pages = readPages(async (cursor) => {
    const limit = String(Math.min(most - items.length, PAGE_MAX));
    return read({ limit, ...(cursor !== undefined && { cursor }) });
  });
  for await (const page of pages) {
    items.push(...itemsOf(page));
    if (items.length >= most || page.next === null) return { items, last: page };
  }
  throw new Error("a list has a last page");
}
