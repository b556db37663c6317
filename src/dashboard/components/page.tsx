// How every page begins, and the boxes that it is made of.

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
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
      {isFlush ? <FlushBody>{children}</FlushBody> : <div class="panel-body">{children}</div>}
    </section>
  );
}

/** What reaches the edges scrolls where it is too wide, and can then be reached and scrolled by keyboard. */
function FlushBody({ children }: { children: ComponentChildren }) {
  const body = useRef<HTMLDivElement>(null);
  const [isTooWide, setTooWide] = useState(false);
  useEffect(() => {
    const { current } = body;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => setTooWide(current.scrollWidth > current.clientWidth));
    for (const element of [current, ...current.children]) observer.observe(element);
    return () => observer.disconnect();
    // What is shown may be other elements than a moment ago.
  }, [children]);
  return (
    <div ref={body} class="panel-body" {...(isTooWide && { tabIndex: 0 })}>
      {children}
    </div>
  );
}
