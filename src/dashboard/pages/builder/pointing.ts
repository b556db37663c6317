// Which editor a field goes into when somebody clicks it: the one that was written in last, or the first there was.

import { createContext } from "preact";
import type { Family } from "../../../recipes/families.ts";
import type { EditorHandle } from "../../editor/editor.tsx";
import type { EventField } from "./field-rows.ts";
import type { Traced } from "./issue-places.ts";

/** What the page's editors share. */
export interface Pointing {
  /** The fields that expressions can read. */
  fields: readonly EventField[];
  /** The family of the event, which recipes go by. */
  family: Family;
  /** What the expressions of the draft gave, as far as the router has answered. */
  trace: readonly Traced[];
  /** An editor is there; `isMain` for the one that fields go to before any was chosen. Gives what takes it out again. */
  register: (handle: EditorHandle, isMain: boolean) => void;
  choose: (handle: EditorHandle) => void;
}

export const PointingContext = createContext<Pointing>({
  fields: [],
  family: "other",
  trace: [],
  register: () => undefined,
  choose: () => undefined,
});
