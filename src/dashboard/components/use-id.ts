// Ids that tie labels and words to their fields. Preact's own hook counts anew whenever a portal renders: a field that appears
// in an open dialog would get the id of one that is there, and with it its label.

import { useState } from "preact/hooks";

let given = 0;

/** An id that nothing else on the page has; it stays the same as long as the component is there. */
export function useId(): string {
  const [id] = useState(() => `id-${++given}`);
  return id;
}
