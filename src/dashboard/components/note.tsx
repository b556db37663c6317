// A word that must not be overlooked, on a ground of its own.

import type { ComponentChildren } from "preact";
import type { Mood } from "./badge.tsx";
import "./note.css";

/** The note. With a role screen readers say it when it appears. */
export function Note({
  mood = "calm",
  role,
  children,
}: {
  mood?: Mood;
  role?: "status" | "alert";
  children: ComponentChildren;
}) {
  return (
    <div class={`note note-${mood}`} role={role}>
      {children}
    </div>
  );
}
