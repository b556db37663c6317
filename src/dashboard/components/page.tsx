// How every page begins, and the boxes that it is made of.

import type { ComponentChildren } from "preact";
import { useEffect } from "preact/hooks";
import "./page.css";

/** A page: its heading, which is the document's title as well, what can be done on it, and what it shows. */
export function Page({
  title,
  lead,
  actions,
  isFilling = false,
  children,
}: {
  title: string;
  /** One sentence about what this is for. */
  lead?: ComponentChildren;
  actions?: ComponentChildren;
  /** Whether it fills the window and scrolls inside, as lists do. */
  isFilling?: boolean;
  children: ComponentChildren;
}) {
  useEffect(() => {
    document.title = `${title} · Signalbox`;
  }, [title]);
  return (
    <div class={`page ${isFilling ? "page-filling" : ""}`}>
      <header class="page-head">
        <div>
          <h1 tabIndex={-1}>{title}</h1>
          {lead !== undefined && <p class="quiet">{lead}</p>}
        </div>
        {actions !== undefined && <div class="page-actions">{actions}</div>}
      </header>
      {children}
    </div>
  );
}

/** A box with a heading. */
export function Panel({
  title,
  actions,
  isFlush = false,
  children,
}: {
  title?: ComponentChildren;
  actions?: ComponentChildren;
  /** Whether what it shows reaches its edges, as tables do. */
  isFlush?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section class={`panel ${isFlush ? "panel-flush" : ""}`}>
      {title !== undefined && (
        <header>
          <h2>{title}</h2>
          {actions}
        </header>
      )}
      <div class="panel-body">{children}</div>
    </section>
  );
}
