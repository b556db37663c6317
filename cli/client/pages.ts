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
