// What lies over the page stands at the end of the document. (The Portal of @zag-js/preact 1.44.0 asks for React.)

import type { ComponentChildren } from "preact";
import { createPortal } from "preact/compat";

/** Renders its children at the end of the document. */
export function Portal({ children }: { children: ComponentChildren }) {
  return createPortal(<>{children}</>, document.body);
}
