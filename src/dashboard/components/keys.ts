// Keys that do something: who registers them, what they are called, and which one was pressed. `?` lists those of the page
// that is open.

import { signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** A key and what it does, for the list as well. `keys` is one (`j`), one with modifiers (`mod+Enter`), or two in a row (`g s`). */
export interface KeyBinding {
  keys: string;
  does: string;
  /** `page` is what the open page has; `everywhere` is the frame's. */
  group?: "page" | "everywhere";
  run: (event: KeyboardEvent) => void;
  /** Whether it works while somebody types in a field as well. */
  isForFields?: boolean;
}

/** What is registered now, the last first, because the page's own come before the frame's. */
export const bindings = signal<readonly KeyBinding[]>([]);

/** How long the second of two keys may take, in milliseconds. */
const SECOND_KEY_MS = 1_000;

let first: { key: string; at: number } | undefined;

/** Registers keys for as long as the component is there. */
export function useKeys(own: readonly KeyBinding[]): void {
  const latest = useRef(own);
  latest.current = own;
  const listed = own.map(({ keys, does }) => `${keys} ${does}`).join("\n");
  useEffect(() => {
    const registered = latest.current.map((binding, index) => ({
      ...binding,
      run: (event: KeyboardEvent) => latest.current[index]?.run(event),
    }));
    bindings.value = [...registered, ...bindings.value];
    return () => {
      bindings.value = bindings.value.filter((binding) => !registered.includes(binding));
    };
  }, [listed]);
}

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  const isTyping = isField(event.target);
  const isOver = document.querySelector('[role="dialog"][data-state="open"]') !== null;
  const pressed = nameOf(event);
  const pair =
    first !== undefined && event.timeStamp - first.at < SECOND_KEY_MS ? `${first.key} ${pressed}` : undefined;
  const usable = bindings.value.filter(({ isForFields = false }) => isForFields || (!isTyping && !isOver));
  const found = usable.find(({ keys }) => keys === pair) ?? usable.find(({ keys }) => keys === pressed);
  first = isTyping ? undefined : { key: pressed, at: event.timeStamp };
  if (found === undefined) return;
  event.preventDefault();
  first = undefined;
  found.run(event);
});

/** `mod` is Command on Apple's machines and Control elsewhere. */
function nameOf({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): string {
  return [ctrlKey || metaKey ? "mod" : "", altKey ? "alt" : "", key].filter((part) => part !== "").join("+");
}

function isField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || target.shadowRoot !== null || target.matches("input, textarea, select");
}
