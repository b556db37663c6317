// Edits that are not published yet: a draft of the whole table with the version that it began from. It lasts as long as the
// browser's tab does, over reloads too, and is nobody's but whoever began it.

import { computed, signal } from "@preact/signals";
import * as v from "valibot";
import { diffTables } from "../../../routing/diff-tables.ts";
import { readDocument, type TableDocument } from "../../../routing/edit-table.ts";
import { session } from "../../api/session-state.ts";
import { tell } from "../../components/toasts.tsx";
import type { Check } from "./check-places.ts";

/** A version, as far as a draft goes by it. */
export interface Base {
  version: number;
  document: TableDocument;
}

export interface Draft {
  base: Base;
  document: TableDocument;
}

const KEY = "signalbox-table-draft";

const DocumentSchema = v.pipe(v.unknown(), v.transform(readDocument));

const KeptSchema = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({
    by: v.string(),
    base: v.object({ version: v.number(), document: DocumentSchema }),
    document: DocumentSchema,
  }),
);

const kept = signal(readKept());

/** The draft of whoever is signed in; undefined where there is none. */
export const draft = computed<Draft | undefined>(() =>
  kept.value?.by === (session.value?.actor.id ?? "") ? kept.value : undefined,
);

/** What the draft changes. */
export const changes = computed(() =>
  draft.value === undefined ? [] : diffTables(draft.value.base.document, draft.value.document),
);

/** What the last check found; undefined before the first, and after another draft was begun. */
export const check = signal<Check | undefined>(undefined);

/** What the draft and somebody else have both changed, since it was put on top of their version. */
export const clashes = signal<readonly string[]>([]);

/** Changes the draft, which begins with that where there is none. One that changes nothing any more is none. */
export function edit(inForce: Base, change: (document: TableDocument) => TableDocument): void {
  const { base, document } = draft.value ?? { base: inForce, document: inForce.document };
  keepDraft({ base, document: change(document) });
}

/** Puts a draft in the place of whatever there was. */
export function keepDraft({ base, document }: Draft): void {
  if (diffTables(base.document, document).length === 0) return discardDraft();
  kept.value = { by: session.value?.actor.id ?? "", base, document };
  clearTimeout(storing);
  storing = setTimeout(store, STORED_AFTER_MS);
}

/** Forgets the draft. */
export function discardDraft(): void {
  kept.value = undefined;
  check.value = undefined;
  clashes.value = [];
  store();
}

/** How long after an edit the draft is stored, in milliseconds: a large table takes longer to write than a letter to type. */
const STORED_AFTER_MS = 300;

let storing: ReturnType<typeof setTimeout> | undefined;

function store(): void {
  clearTimeout(storing);
  try {
    if (kept.value === undefined) sessionStorage.removeItem(KEY);
    else sessionStorage.setItem(KEY, JSON.stringify(kept.value));
  } catch {
    sayNotKept();
  }
}

// Whoever leaves the page in between loses nothing.
addEventListener("pagehide", store);

/** A draft is never in the way: one that cannot be read, of another release for example, is none. */
function readKept(): (Draft & { by: string }) | undefined {
  try {
    const parsed = v.safeParse(KeptSchema, sessionStorage.getItem(KEY));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

let isSaid = false;

/** Once: a browser gives a tab about 5 MB, which two large tables may pass. */
function sayNotKept(): void {
  if (isSaid) return;
  isSaid = true;
  tell({
    title: "The draft is too large for a reload.",
    description: "Keep this tab open until it is published.",
    type: "info",
  });
}
