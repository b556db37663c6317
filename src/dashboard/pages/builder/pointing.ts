// Which editor a field goes into when somebody clicks it: the one that was written in last, or the first there was.

import { createContext } from "preact";
import type { EditorHandle } from "../../editor/editor.tsx";
import type { EventField } from "./field-rows.ts";

/** What the page's editors share. */
export interface Pointing {
  /** The fields that expressions can read. */
  fields: readonly EventField[];
  /** An editor is there; `isMain` for the one that fields go to before any was chosen. Gives what takes it out again. */
  register: (handle: EditorHandle, isMain: boolean) => void;
  choose: (handle: EditorHandle) => void;
}

export const PointingContext = createContext<Pointing>({
  fields: [],
  register: () => undefined,
  choose: () => undefined,
});
